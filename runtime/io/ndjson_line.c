/* ndjson_line.c - any one NDJSON line, read with care: first whether it is one object and which record it is, then its values to their fields.
 * May include: libyajl (number literals are kept as written).
 * Start at kl_ndjson_line(). Nothing is remembered of a line's values, so a long one costs no more than its bytes. */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

enum { DEPTH_MAX = 64 };

typedef struct line_walk {
    kl_reading *r;
    yajl_handle yajl;
    const char *text;
    size_t size;
    uint32_t row;
    size_t prefix[DEPTH_MAX]; /* bytes of r->path that name each open object */
    unsigned depth;           /* open objects outside lists */
    kl_string name;           /* of the value that comes; a view into the line, r->path or r->scratch */
    kl_string written;        /* that name before it was composed */
    size_t after_name;        /* offset after its key */
    unsigned lists, inner;    /* open lists; objects open inside a list */
    size_t list_start;
    bool deep, object;
    /* the first time through */
    bool keyed, dated; /* a value for the key, the date, was met */
    int64_t day;
    bool has_day;
    /* the second */
    kl_intake *in; /* NULL: the first time */
    uint32_t index, order;
    size_t kept;
} line_walk;

static bool within(const line_walk *w, const char *p) {
    return p >= w->text && p <= w->text + w->size;
}

static kl_string staying(line_walk *w, kl_string s) { /* yajl's own copies do not outlive the callback */
    if (within(w, s.data)) return s;
    char *copy = kl_pool_take(&w->r->pool, s.size ? s.size : 1);
    if (!copy) return (kl_string){"", 0};
    memcpy(copy, s.data, s.size);
    return (kl_string){copy, s.size};
}

/* The value as written: from the first byte after its name's colon to where the parser stands. */
static kl_string raw_from(const line_walk *w, size_t start) {
    size_t end = yajl_get_bytes_consumed(w->yajl);
    while (start < end && (w->text[start] == ' ' || w->text[start] == '\t' || w->text[start] == ':')) start++;
    return (kl_string){w->text + start, end - start};
}

/* A fault keeps its column's name and its value: here they do not stay where they are. */
static void make_stay(line_walk *w, uint32_t order) {
    kl_slip *slip = &w->in->slips[w->index];
    if (!(w->in->bad[w->index / 64] >> (w->index % 64) & 1) || slip->order != order) return;
    if (slip->column.data == w->name.data) slip->column = staying(w, slip->column);
    slip->value = staying(w, slip->value);
}

/* ------------------------------------------------------------------ the first time: is it whole, what is its key, what its date */
static bool seen(const line_walk *w) {
    const kl_editions *e = w->r->editions;
    return !w->in && (w->keyed || e->schemas[e->count - 1]->key == KL_INDEX_NONE) && (w->dated || e->count == 1);
}

static void look(line_walk *w, kl_string value) {
    const kl_editions *e = w->r->editions;
    size_t newest = e->count - 1;
    const kl_schema *s = e->schemas[newest];
    if (seen(w)) return;
    bool key = false, date = false;
    for (uint32_t f = kl_schema_find(s, w->name, KL_INDEX_NONE); f != KL_INDEX_NONE;
         f = kl_schema_find(s, w->name, f)) {
        key |= f == s->key;
        date |= newest && f == e->dated[newest];
    }
    value = kl_trimmed(value.data, value.size);
    if (key && !w->keyed) {
        w->keyed = true;
        w->r->keys[w->row] = staying(w, value);
    }
    if (date && !w->dated) {
        w->dated = true;
        w->has_day = kl_parse_date(value, &w->day) == KL_REJECT_NOT;
    }
}

/* ------------------------------------------------------------------ the second time: lists */
typedef struct list_walk {
    kl_intake *in;
    uint32_t set;
    uint64_t mask;
    bool bad;
    kl_string item; /* that is no code */
} list_walk;

static int item(list_walk *l, const char *data, size_t size) {
    kl_string s = kl_trimmed(data, size);
    uint32_t code = kl_intake_code(l->in, l->set, s);
    if (code < 64) {
        l->mask |= UINT64_C(1) << code;
        return 1;
    }
    char *copy = kl_pool_take(l->in->pool, s.size ? s.size : 1);
    if (copy) memcpy(copy, s.data, s.size);
    l->item = copy ? (kl_string){copy, s.size} : (kl_string){"", 0};
    l->bad = true;
    return 0;
}

static int item_bool(void *ctx, int yes) {
    return item(ctx, yes ? "true" : "false", yes ? 4 : 5);
}
static int item_number(void *ctx, const char *s, size_t n) {
    return item(ctx, s, n);
}
static int item_string(void *ctx, const unsigned char *s, size_t n) {
    return item(ctx, (const char *)s, n);
}

static const yajl_callbacks item_callbacks = {
    .yajl_boolean = item_bool, .yajl_number = item_number, .yajl_string = item_string};

static void put_list(line_walk *w, uint32_t field, kl_string raw) {
    const kl_schema_field *f = &w->in->schema->fields[field];
    if (f->kind != KL_SET || w->deep) {
        kl_intake_fault(w->in, w->index, field, KL_REJECT_SHAPE, w->order, w->name, raw);
        return;
    }
    list_walk l = {.in = w->in, .set = f->set};
    yajl_handle yajl = yajl_alloc(&item_callbacks, NULL, &l);
    if (!yajl) {
        w->r->failed = true;
        return;
    }
    yajl_config(yajl, yajl_dont_validate_strings, 1);
    (void)yajl_parse(yajl, (const unsigned char *)raw.data, raw.size); /* it was read once: only an item can stop it */
    yajl_free(yajl);
    if (l.bad)
        kl_intake_fault(w->in, w->index, field, KL_REJECT_CODE, w->order, w->name, l.item);
    else
        kl_intake_put_set(w->in, w->index, field, l.mask, w->order, w->name);
}

/* ------------------------------------------------------------------ the second time: every value */
typedef enum value_kind { VALUE, NOTHING, LIST, OBJECT } value_kind;

static void put(line_walk *w, value_kind kind, kl_string value, kl_string raw) {
    const kl_schema *s = w->in->schema;
    w->order++;
    value = kl_trimmed(value.data, value.size);
    for (uint32_t f = kl_schema_find(s, w->name, KL_INDEX_NONE); f != KL_INDEX_NONE;
         f = kl_schema_find(s, w->name, f)) {
        if (kind == LIST)
            put_list(w, f, raw);
        else if (kind == OBJECT)
            kl_intake_fault(w->in, w->index, f, KL_REJECT_SHAPE, w->order, w->name, (kl_string){"", 0});
        else if (kind == VALUE && value.size)
            (*raw.data == '"' ? kl_intake_put : kl_intake_put_literal)(
                w->in, w->index, f, s->fields[f].kind == KL_TEXT ? staying(w, value) : value, w->order, w->name);
        make_stay(w, w->order);
    }
    if (kind == OBJECT || kl_ndjson_read(w->r, w->name)) return;
    kl_ndjson_unread(w->r, w->name);
    if (w->r->keep) kl_ndjson_keep(w->r, staying(w, w->name), raw);
}

/* ------------------------------------------------------------------ what yajl tells */
static int scalar(line_walk *w, value_kind kind, kl_string value) {
    if (w->lists) {
        w->deep |= w->lists > 1 || w->inner || kind == NOTHING;
    } else if (w->depth) {
        if (w->in)
            put(w, kind, value, raw_from(w, w->after_name));
        else if (kind == VALUE)
            look(w, value);
    }
    return !w->r->too_much;
}

static int on_null(void *ctx) {
    return scalar(ctx, NOTHING, (kl_string){"", 0});
}
static int on_bool(void *ctx, int yes) {
    return scalar(ctx, VALUE, yes ? (kl_string){"true", 4} : (kl_string){"false", 5});
}
static int on_number(void *ctx, const char *s, size_t n) {
    return scalar(ctx, VALUE, (kl_string){s, n});
}
static int on_string(void *ctx, const unsigned char *s, size_t n) {
    return scalar(ctx, VALUE, (kl_string){(const char *)s, n});
}

static int on_map(void *ctx) {
    line_walk *w = ctx;
    if (w->lists) {
        w->inner++;
        w->deep = true;
        return 1;
    }
    if (w->depth == DEPTH_MAX) return 0;
    if (w->depth == 0)
        w->object = true;
    else if (w->in)
        put(w, OBJECT, (kl_string){"", 0}, (kl_string){"", 0});
    w->prefix[w->depth] = 0;
    if (w->depth && !seen(w)) {
        kl_bytes *path = &w->r->path;
        if (path->size == 0) kl_bytes_string(path, w->written);
        w->prefix[w->depth] = path->size;
        if (path->failed) return 0;
    }
    w->depth++;
    return 1;
}

static int on_key(void *ctx, const unsigned char *s, size_t n) {
    line_walk *w = ctx;
    kl_bytes *path = &w->r->path;
    if (w->lists || seen(w)) return 1;
    w->after_name = yajl_get_bytes_consumed(w->yajl);
    path->size = w->prefix[w->depth - 1];
    if (path->size || !within(w, (const char *)s)) {
        if (path->size) kl_bytes_char(path, '.');
        kl_bytes_add(path, s, n);
        if (path->failed) return 0;
        w->name = (kl_string){path->data ? path->data : "", path->size};
    } else {
        w->name = (kl_string){(const char *)s, n}; /* as it stands in the line */
    }
    w->written = w->name;
    if (w->name.size <= KL_NAME_BYTES) {
        kl_pool_reset(&w->r->scratch);
        w->name = kl_composed(&w->r->scratch, w->name);
    }
    return 1;
}

static int on_map_end(void *ctx) {
    line_walk *w = ctx;
    if (w->lists)
        w->inner--;
    else
        w->depth--;
    return 1;
}

static int on_list(void *ctx) {
    line_walk *w = ctx;
    if (w->lists++ == 0) {
        w->deep = false;
        w->list_start = yajl_get_bytes_consumed(w->yajl) - 1;
    } else {
        w->deep = true;
    }
    return 1;
}

static int on_list_end(void *ctx) {
    line_walk *w = ctx;
    if (--w->lists == 0 && w->depth && w->in) put(w, LIST, (kl_string){"", 0}, raw_from(w, w->list_start));
    return !w->r->too_much;
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

static bool walk(line_walk *w) {
    w->yajl = yajl_alloc(&callbacks, NULL, w);
    if (!w->yajl) {
        w->r->failed = true;
        return false;
    }
    yajl_config(w->yajl, yajl_dont_validate_strings, 1); /* the reading has looked at the bytes */
    bool ok = yajl_parse(w->yajl, (const unsigned char *)w->text, w->size) == yajl_status_ok &&
              yajl_complete_parse(w->yajl) == yajl_status_ok;
    yajl_free(w->yajl);
    if (w->r->path.failed || w->r->scratch.failed) w->r->failed = true;
    return ok && w->object;
}

kl_reject_reason kl_ndjson_line(kl_reading *r, uint32_t row, const char *text, size_t size) {
    line_walk w = {.r = r, .text = text, .size = size, .row = row};
    if (size > KL_RECORD_BYTES) return KL_REJECT_LONG;
    if (r->dirty && !kl_utf8_ok(text, size)) return KL_REJECT_UTF8;
    if (!walk(&w)) return KL_REJECT_JSON;
    size_t edition = kl_reading_edition(r, w.has_day, w.day);
    r->kept_bytes = 0;
    w = (line_walk){
        .r = r, .text = text, .size = size, .row = row, .in = r->intakes[edition], .index = r->counts[edition]};
    (void)walk(&w); /* it was whole the first time */
    if (r->too_much) {
        r->too_much = false;
        kl_intake_forget(w.in, w.index);
        return KL_REJECT_LONG;
    }
    r->rejects[row].key = r->keys[row];
    kl_reading_assign(r, row, edition);
    return KL_REJECT_NOT;
}
