/* ndjson.c - one group of NDJSON lines to batches: each line to a list of named values, then the values to their fields.
 * May include: libyajl (number literals are kept as written).
 * Start at kl_ndjson_group(). */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

enum { DEPTH_MAX = 64 };

typedef struct line_parse {
    kl_reading *r;
    yajl_handle yajl;
    const char *text;
    size_t size;
    kl_string path[DEPTH_MAX]; /* the name down to each open object */
    unsigned depth;            /* open objects outside lists */
    kl_string name;            /* of the value that comes */
    size_t after_name;         /* offset after its key */
    unsigned lists, inner;     /* open lists; objects open inside a list */
    size_t list_start;
    uint32_t items;
    bool deep, object;
} line_parse;

/* ------------------------------------------------------------------ yajl's memory: a pool emptied for each line */
static void *take(void *ctx, size_t size) {
    size_t *p = (void *)kl_pool_take(ctx, size + 16);
    if (!p) return NULL;
    *p = size;
    return (char *)p + 16;
}

static void *take_again(void *ctx, void *old, size_t size) {
    void *p = take(ctx, size);
    size_t before = 0;
    if (old) memcpy(&before, (char *)old - 16, sizeof before);
    if (p && before) memcpy(p, old, before < size ? before : size);
    return p;
}

static void give_back(void *ctx, void *p) {
    (void)ctx;
    (void)p;
}

/* ------------------------------------------------------------------ events */
static kl_string stay(line_parse *p, const unsigned char *s,
                      size_t n) { /* yajl's own copies do not outlive the callback */
    const char *c = (const char *)s;
    if (c >= p->text && c <= p->text + p->size) return (kl_string){c, n};
    char *copy = kl_pool_take(&p->r->pool, n ? n : 1);
    if (!copy) return (kl_string){"", 0};
    memcpy(copy, c, n);
    return (kl_string){copy, n};
}

static bool add(line_parse *p, kl_event e) {
    kl_reading *r = p->r;
    if (r->event_count == r->event_room) {
        size_t room = r->event_room ? r->event_room * 2 : 4096;
        kl_event *more = realloc(r->events, room * sizeof *more);
        if (!more) {
            r->failed = true;
            return false;
        }
        r->events = more;
        r->event_room = room;
    }
    r->events[r->event_count++] = e;
    return true;
}

/* The value as written: from the first byte after its name's colon to where the parser stands. */
static kl_string raw_from(const line_parse *p, size_t start) {
    size_t end = yajl_get_bytes_consumed(p->yajl);
    while (start < end && (p->text[start] == ' ' || p->text[start] == '\t' || p->text[start] == ':')) start++;
    return (kl_string){p->text + start, end - start};
}

static int scalar(line_parse *p, kl_event_kind kind, kl_string value) {
    if (p->lists) {
        if (p->lists > 1 || p->inner || kind == KL_EVENT_NULL)
            p->deep = true;
        else
            p->items++;
        return p->deep || add(p, (kl_event){.kind = KL_EVENT_ITEM, .value = value});
    }
    return p->depth == 0 ||
           add(p, (kl_event){.kind = kind, .name = p->name, .value = value, .raw = raw_from(p, p->after_name)});
}

static int on_null(void *ctx) {
    return scalar(ctx, KL_EVENT_NULL, (kl_string){"", 0});
}
static int on_bool(void *ctx, int yes) {
    return scalar(ctx, KL_EVENT_VALUE, yes ? (kl_string){"true", 4} : (kl_string){"false", 5});
}
static int on_number(void *ctx, const char *s, size_t n) {
    return scalar(ctx, KL_EVENT_VALUE, stay(ctx, (const unsigned char *)s, n));
}
static int on_string(void *ctx, const unsigned char *s, size_t n) {
    return scalar(ctx, KL_EVENT_VALUE, stay(ctx, s, n));
}

static int on_map(void *ctx) {
    line_parse *p = ctx;
    if (p->lists) {
        p->inner++;
        p->deep = true;
        return 1;
    }
    if (p->depth == DEPTH_MAX) return 0;
    if (p->depth == 0)
        p->object = true;
    else if (!add(p, (kl_event){.kind = KL_EVENT_OBJECT, .name = p->name}))
        return 0;
    p->path[p->depth] = p->depth ? p->name : (kl_string){"", 0};
    p->depth++;
    return 1;
}

static int on_key(void *ctx, const unsigned char *s, size_t n) {
    line_parse *p = ctx;
    if (p->lists) return 1;
    p->after_name = yajl_get_bytes_consumed(p->yajl);
    kl_string above = p->path[p->depth - 1];
    if (!above.size) {
        p->name = kl_composed(&p->r->pool, stay(p, s, n));
        return 1;
    }
    char *joined = kl_pool_take(&p->r->pool, above.size + 1 + n);
    if (!joined) return 0;
    memcpy(joined, above.data, above.size);
    joined[above.size] = '.';
    memcpy(joined + above.size + 1, s, n);
    p->name = kl_composed(&p->r->pool, (kl_string){joined, above.size + 1 + n});
    return 1;
}

static int on_map_end(void *ctx) {
    line_parse *p = ctx;
    if (p->lists)
        p->inner--;
    else
        p->depth--;
    return 1;
}

static int on_list(void *ctx) {
    line_parse *p = ctx;
    if (p->lists++ == 0) {
        p->items = 0;
        p->deep = false;
        p->list_start = yajl_get_bytes_consumed(p->yajl) - 1;
    } else {
        p->deep = true;
    }
    return 1;
}

static int on_list_end(void *ctx) {
    line_parse *p = ctx;
    if (--p->lists || p->depth == 0) return 1;
    return add(p, (kl_event){.kind = KL_EVENT_LIST,
                             .name = p->name,
                             .items = p->items,
                             .deep = p->deep,
                             .raw = raw_from(p, p->list_start)});
}

static const yajl_callbacks callbacks = {.yajl_null = on_null,
                                         .yajl_boolean = on_bool,
                                         .yajl_number = on_number,
                                         .yajl_string = on_string,
                                         .yajl_start_map = on_map,
                                         .yajl_map_key = on_key,
                                         .yajl_end_map = on_map_end,
                                         .yajl_start_array = on_list,
                                         .yajl_end_array = on_list_end};

static bool parse_line(kl_reading *r, const char *text, size_t size) {
    kl_pool_reset(&r->parser);
    yajl_alloc_funcs memory = {take, take_again, give_back, &r->parser};
    line_parse p = {.r = r, .text = text, .size = size};
    p.yajl = yajl_alloc(&callbacks, &memory, &p);
    if (!p.yajl) {
        r->failed = true;
        return false;
    }
    yajl_config(p.yajl, yajl_dont_validate_strings, 1); /* the reading has looked at the bytes */
    bool ok = yajl_parse(p.yajl, (const unsigned char *)text, size) == yajl_status_ok &&
              yajl_complete_parse(p.yajl) == yajl_status_ok;
    yajl_free(p.yajl);
    if (r->parser.failed) r->failed = true;
    return ok && p.object;
}

/* ------------------------------------------------------------------ names that no field reads */
static bool read_by_any(const kl_reading *r, kl_string name) {
    for (size_t e = 0; e < r->editions->count; e++)
        if (kl_schema_find(r->editions->schemas[e], name, KL_INDEX_NONE) != KL_INDEX_NONE) return true;
    return false;
}

static void note_unread(kl_reading *r, kl_event *e) {
    e->unread = !read_by_any(r, e->name);
    if (!e->unread || r->name_count == KL_UNREAD_MAX) return;
    if (kl_lookup_find(&r->names, e->name.data, e->name.size) != KL_INDEX_NONE) return;
    char *copy = kl_pool_take(&r->strings, e->name.size + 1);
    if (!copy) return;
    memcpy(copy, e->name.data, e->name.size);
    kl_string name = {copy, e->name.size};
    if (!kl_lookup_add(&r->names, name, (uint32_t)r->name_count)) return;
    r->name_list[r->name_count++] = name;
}

/* ------------------------------------------------------------------ events to fields */
static void put_list(kl_reading *r, kl_intake *in, uint32_t index, uint32_t field, const kl_event *e, uint32_t order) {
    const kl_schema_field *f = &in->schema->fields[field];
    kl_string raw = {"", 0};
    if (f->kind != KL_SET || e->deep) {
        kl_intake_fault(in, index, field, KL_REJECT_SHAPE, order, e->name, e->raw);
        return;
    }
    uint64_t mask = 0;
    for (uint32_t i = 0; i < e->items; i++) {
        raw = kl_trimmed(e[(ptrdiff_t)i - (ptrdiff_t)e->items].value.data,
                         e[(ptrdiff_t)i - (ptrdiff_t)e->items].value.size);
        uint32_t code = kl_intake_code(in, f->set, raw);
        if (code >= 64) {
            kl_intake_fault(in, index, field, KL_REJECT_CODE, order, e->name, raw);
            return;
        }
        mask |= UINT64_C(1) << code;
    }
    (void)r;
    kl_intake_put_set(in, index, field, mask, order, e->name);
}

static void put_event(kl_reading *r, size_t edition, uint32_t index, const kl_event *e, uint32_t order) {
    kl_intake *in = r->intakes[edition];
    const kl_schema *s = in->schema;
    for (uint32_t f = kl_schema_find(s, e->name, KL_INDEX_NONE); f != KL_INDEX_NONE;
         f = kl_schema_find(s, e->name, f)) {
        if (e->kind == KL_EVENT_LIST)
            put_list(r, in, index, f, e, order);
        else if (e->kind == KL_EVENT_OBJECT)
            kl_intake_fault(in, index, f, KL_REJECT_SHAPE, order, e->name, (kl_string){"", 0});
        else if (e->kind == KL_EVENT_VALUE) {
            kl_string value = kl_trimmed(e->value.data, e->value.size);
            if (value.size) kl_intake_put(in, index, f, value, order, e->name);
        }
    }
}

/* The value of a field by any of its names, for the key and the date; empty when the record has none. */
static kl_string value_of(const kl_reading *r, uint32_t row, const kl_schema *s, uint32_t field) {
    for (size_t i = r->first_event[row]; field != KL_INDEX_NONE && i < r->first_event[row + 1]; i++) {
        const kl_event *e = &r->events[i];
        if (e->kind != KL_EVENT_VALUE) continue;
        for (uint32_t f = kl_schema_find(s, e->name, KL_INDEX_NONE); f != KL_INDEX_NONE;
             f = kl_schema_find(s, e->name, f))
            if (f == field) return kl_trimmed(e->value.data, e->value.size);
    }
    return (kl_string){"", 0};
}

/* ------------------------------------------------------------------ a group */
static bool blank(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r') return false;
    return true;
}

static void read_row(kl_reading *r, uint32_t row, const char *text, size_t size) {
    size_t first = r->event_count;
    kl_string nothing = {"", 0};
    r->first_event[row] = first;
    r->keys[row] = nothing;
    r->rejects[row] =
        (kl_reject){.reason = KL_REJECT_NOT, .record = r->before + row, .line = r->line, .field = KL_INDEX_NONE};
    bool fits = size <= KL_RECORD_BYTES, utf8 = !r->dirty || kl_utf8_ok(text, size),
         whole = fits && utf8 && parse_line(r, text, size);
    if (!whole) r->event_count = first;
    r->first_event[row + 1] = r->event_count;
    if (!whole) {
        kl_reading_refuse(r, row, !fits ? KL_REJECT_LONG : utf8 ? KL_REJECT_JSON : KL_REJECT_UTF8, nothing, nothing);
        return;
    }
    for (size_t i = first; i < r->event_count; i++)
        if (r->events[i].kind != KL_EVENT_ITEM && r->events[i].kind != KL_EVENT_OBJECT) note_unread(r, &r->events[i]);
    size_t newest = r->editions->count - 1;
    const kl_schema *s = r->editions->schemas[newest];
    r->keys[row] = r->rejects[row].key = value_of(r, row, s, s->key);
    int64_t day = 0;
    bool dated =
        r->editions->count > 1 && kl_parse_date(value_of(r, row, s, r->editions->dated[newest]), &day) == KL_REJECT_NOT;
    kl_reading_assign(r, row, dated, day);
}

bool kl_ndjson_group(kl_reading *r) {
    const char *data = r->chunk->bytes.data;
    uint32_t size = (uint32_t)r->chunk->bytes.size, row = 0;
    r->event_count = 0;
    while (r->at < size && row < KL_ROWS_MAX && !r->failed) {
        const char *nl = memchr(data + r->at, '\n', size - r->at);
        uint32_t end = nl ? (uint32_t)(nl - data) : size;
        if (!blank(data + r->at, end - r->at)) read_row(r, row++, data + r->at, end - r->at);
        r->at = end + 1;
        r->line++;
    }
    r->rows = row;
    for (size_t e = 0; e < r->editions->count; e++) kl_intake_start(r->intakes[e], r->counts[e]);
    for (uint32_t i = 0; i < row; i++) {
        if (r->rejects[i].reason) continue;
        for (size_t k = r->first_event[i]; k < r->first_event[i + 1]; k++)
            if (r->events[k].kind != KL_EVENT_ITEM)
                put_event(r, r->edition_of[i], r->index_of[i], &r->events[k], (uint32_t)(k - r->first_event[i]));
    }
    return row > 0;
}
