/* json.c - NDJSON lines the quick way, all but the loop: the names that are met, what follows what, values of every plain kind.
 * May include: the C library.
 * Start at kl_json_line(); kl_json_next() is the grammar between values, kl_json_value() that of a value. */
#include "runtime/io/json.h"

#include <stdlib.h>
#include <string.h>

enum { FORGET_MOST = 16, KEY_BYTES = 4 + KL_NAME_BYTES };

/* ------------------------------------------------------------------ what is remembered */
static kl_json_stop *stop_of(const kl_json *j, size_t edition, uint32_t name) {
    return &j->stops[edition * (KL_JSON_NAMES + 1) + name];
}

static void follow(kl_json *j, uint32_t from, const char *text, size_t size, uint32_t next) {
    const bool passable =
        from && next && next != KL_JSON_END && !j->names[from].opens && j->names[from].parent == j->names[next].parent;
    for (size_t e = 0; e < j->r->editions->count; e++) {
        kl_json_stop *s = stop_of(j, e, from);
        memset(s->text, 0, sizeof s->text);
        memcpy(s->text, text, size);
        s->size = (uint32_t)size;
        s->next = stop_of(j, e, next);
        s->passable = passable;
    }
}

static void nothing_follows(kl_json *j, uint32_t from) {
    follow(j, from, "\1", 1, 0); /* a byte that JSON has nowhere; and kl_json_value() takes no value for name 0 */
}

static void forget_all(kl_json *j) {
    kl_lookup_free(&j->by_name);
    nothing_follows(j, 0);
    j->count = 1;
    j->full = false;
}

kl_json *kl_json_new(kl_reading *r) {
    kl_json *j = calloc(1, sizeof *j);
    if (!j) return NULL;
    size_t size = r->editions->count * (KL_JSON_NAMES + 1) * sizeof *j->stops;
    j->r = r;
    j->edition = r->editions->count - 1;
    j->stops = aligned_alloc(_Alignof(kl_json_stop), size);
    j->names = calloc(KL_JSON_NAMES, sizeof *j->names);
    if (!j->stops || !j->names) {
        kl_json_free(j);
        return NULL;
    }
    memset(j->stops, 0, size);
    for (size_t e = 0; e < r->editions->count; e++) stop_of(j, e, KL_JSON_END)->way = KL_JSON_DONE;
    forget_all(j);
    return j;
}

void kl_json_free(kl_json *j) {
    if (!j) return;
    kl_lookup_free(&j->by_name);
    kl_pool_free(&j->pool);
    free(j->stops);
    free(j->names);
    free(j);
}

/* ------------------------------------------------------------------ how a name's values go to their field */
static kl_json_way way_of(const kl_schema *s, uint32_t f, const kl_json_name *n) {
    const kl_schema_field *field = &s->fields[f];
    if (n->date || kl_schema_find(s, n->name, f) != KL_INDEX_NONE) return KL_JSON_ANY;
    if (n->key || field->key) return n->key && f == s->key && field->kind == KL_TEXT ? KL_JSON_KEY : KL_JSON_ANY;
    switch (field->kind) {
    case KL_BOOL: return KL_JSON_BOOL;
    case KL_VALUES: return KL_JSON_CODE;
    case KL_SET: return KL_JSON_ANY;
    case KL_DATE: return KL_JSON_DATE;
    case KL_TEXT: return KL_JSON_WORDS;
    default: return KL_JSON_NUMBER;
    }
}

static void plan(kl_json *j, size_t edition, uint32_t name) {
    const kl_json_name *n = &j->names[name];
    kl_intake *in = j->r->intakes[edition];
    const kl_schema *s = in->schema;
    kl_json_stop *p = stop_of(j, edition, name);
    p->name = name;
    p->way = KL_JSON_ANY;
    if (n->opens) return;
    uint32_t field = kl_schema_find(s, n->name, KL_INDEX_NONE);
    if (field == KL_INDEX_NONE) {
        if (n->read ? !n->key && !n->date : n->told && !j->r->keep) p->way = KL_JSON_SKIP;
        return;
    }
    kl_json_way way = way_of(s, field, n);
    if (way == KL_JSON_ANY || !kl_intake_touch(in, field)) return;
    p->way = way;
    p->known = in->stores[field].known;
    p->data = in->stores[field].data;
    p->scale = (uint8_t)s->fields[field].scale;
    if (way != KL_JSON_CODE) return;
    p->lookup = &s->sets[s->fields[field].set].codes;
    if (p->codes) return;
    p->codes = (void *)kl_pool_take(&j->pool, KL_JSON_CODES * sizeof *p->codes);
    if (p->codes)
        memset(p->codes, 0, KL_JSON_CODES * sizeof *p->codes);
    else
        p->way = KL_JSON_ANY;
}

static void plan_all(kl_json *j, uint32_t name) {
    for (size_t e = 0; e < j->r->editions->count; e++) plan(j, e, name);
}

void kl_json_group(kl_json *j) {
    j->forgotten = 0;
    if (j->full) {
        forget_all(j);
        kl_pool_reset(&j->pool);
    }
    for (uint32_t i = 1; i < j->count; i++) plan_all(j, i);
}

static bool reads(const kl_schema *s, kl_string name, uint32_t field) {
    uint32_t f = KL_INDEX_NONE;
    while ((f = kl_schema_find(s, name, f)) != KL_INDEX_NONE)
        if (f == field) return true;
    return false;
}

/* The name `s` inside the object `parent`; `opens`: that object's own brace. Name 0: there is no room, or memory is out. */
static uint32_t name_in(kl_json *j, uint32_t parent, kl_string s, bool opens) {
    const kl_reading *r = j->r;
    char key[KEY_BYTES + 1];
    uint32_t tag = parent << 1 | opens, above = j->names[parent].bytes;
    if (s.size + above + 1 > KL_NAME_BYTES) return 0;
    memcpy(key, &tag, sizeof tag);
    memcpy(key + 4, s.data, s.size);
    uint32_t found = kl_lookup_find(&j->by_name, key, 4 + s.size);
    if (found != KL_INDEX_NONE) return found;
    j->full |= j->count == KL_JSON_NAMES;
    char *stays = j->full ? NULL : kl_pool_take(&j->pool, 4 + s.size);
    kl_string up = j->names[parent].name, name = s;
    char *full = stays ? kl_pool_take(&j->pool, up.size + 1 + s.size) : NULL;
    if (!full) return 0;
    memcpy(stays, key, 4 + s.size);
    memcpy(full, up.data ? up.data : "", up.size);
    full[up.size] = '.';
    memcpy(full + up.size + 1, s.data, s.size);
    name = up.size ? (kl_string){full, up.size + 1 + s.size} : (kl_string){full + up.size + 1, s.size};
    if (!kl_lookup_add(&j->by_name, (kl_string){stays, 4 + s.size}, j->count)) return 0;
    kl_json_name *n = &j->names[j->count];
    const kl_schema *newest = r->editions->schemas[r->editions->count - 1];
    *n = (kl_json_name){.name = kl_composed(&j->pool, name), .parent = parent, .opens = opens};
    n->depth = j->names[parent].depth + 1;
    n->bytes = (uint32_t)s.size + (above ? above + 1 : 0);
    n->read = kl_ndjson_read(r, n->name);
    n->key = newest->key != KL_INDEX_NONE && reads(newest, n->name, newest->key);
    n->date = r->editions->count > 1 && reads(newest, n->name, r->editions->dated[r->editions->count - 1]);
    nothing_follows(j, j->count);
    for (size_t e = 0; e < r->editions->count; e++) stop_of(j, e, j->count)->codes = NULL;
    plan_all(j, j->count);
    return j->count++;
}

/* ------------------------------------------------------------------ pieces of JSON */
static const char *spaces(const char *p) {
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool number_end(const char **at) {
    const char *p = *at;
    if (*p == '-') p++;
    if (!is_digit(*p) || (*p == '0' && is_digit(p[1]))) return false;
    while (is_digit(*p)) p++;
    if (*p == '.') {
        if (!is_digit(*++p)) return false;
        while (is_digit(*p)) p++;
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-') p++;
        if (!is_digit(*p)) return false;
        while (is_digit(*p)) p++;
    }
    *at = p;
    return true;
}

static int hex(char c) {
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static long four_hex(const char *p) {
    long code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex(p[i]);
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

/* From the byte after the opening quote to the closing one. *plain: there was no escape. */
static bool string_end(const char **at, bool *plain) {
    const char *p = *at;
    *plain = true;
    for (; *p != '"'; p++) {
        if ((unsigned char)*p < 0x20) return false;
        if (*p != '\\') continue;
        *plain = false;
        p++;
        if (*p == 'u' && four_hex(p + 1) >= 0)
            p += 4;
        else if (!*p || !strchr("\"\\/bfnrt", *p))
            return false;
    }
    *at = p;
    return true;
}

/* Escapes undone, into `out`, which has room for as many bytes. false: a surrogate among them. */
static bool undo_escapes(const char *p, const char *end, char *out, size_t *size) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char *start = out;
    while (p < end) {
        if (*p != '\\') {
            *out++ = *p++;
            continue;
        }
        if (p[1] != 'u') {
            *out++ = to[strchr(from, p[1]) - from];
            p += 2;
            continue;
        }
        long code = four_hex(p + 2);
        if (code >= 0xD800 && code < 0xE000) return false;
        if (code >= 0x800) {
            *out++ = (char)(0xE0 | code >> 12);
            *out++ = (char)(0x80 | (code >> 6 & 0x3F));
            *out++ = (char)(0x80 | (code & 0x3F));
        } else if (code >= 0x80) {
            *out++ = (char)(0xC0 | code >> 6);
            *out++ = (char)(0x80 | (code & 0x3F));
        } else {
            *out++ = (char)code;
        }
        p += 6;
    }
    *size = (size_t)(out - start);
    return true;
}

/* A string's text; p is at its quote, and moves past it. */
static bool text_of(kl_pool *pool, const char **at, kl_string *s) {
    const char *start = *at + 1, *end = start;
    bool plain;
    if (!string_end(&end, &plain)) return false;
    *at = end + 1;
    *s = (kl_string){start, (size_t)(end - start)};
    if (plain) return true;
    char *out = kl_pool_take(pool, s->size);
    s->data = out;
    return out && undo_escapes(start, end, out, &s->size);
}

static size_t literal(const char *p) {
    return strncmp(p, "true", 4) == 0 || strncmp(p, "null", 4) == 0 ? 4 : strncmp(p, "false", 5) == 0 ? 5 : 0;
}

/* Any scalar that is not a string: its bytes. */
static bool word_end(const char **at) {
    size_t n = literal(*at);
    *at += n;
    return n || number_end(at);
}

/* Past a list, or an object in one, that nobody reads. */
static bool skip_list(const char **at) {
    const char *p = *at;
    uint64_t objects = 0; /* a bit for each open level */
    unsigned depth = 0;
    bool plain, value = true;
    for (;;) {
        p = spaces(p);
        if (value && (*p == '[' || *p == '{')) {
            bool object = *p == '{';
            if (++depth == 64) return false;
            objects = objects << 1 | object;
            p = spaces(p + 1);
            value = *p != (object ? '}' : ']');
            if (!value) continue;
        } else if (value) {
            if (*p == '"') {
                if (p++, !string_end(&p, &plain)) return false;
                p++;
            } else if (!word_end(&p)) {
                return false;
            }
            value = false;
            continue;
        } else if (*p == ((objects & 1) ? '}' : ']')) {
            p++;
            objects >>= 1;
            if (--depth == 0) break;
            continue;
        } else if (*p++ != ',') {
            return false;
        }
        value = true;
        if (!(objects & 1)) continue;
        p = spaces(p); /* a member's name */
        if (*p++ != '"' || !string_end(&p, &plain)) return false;
        p = spaces(p + 1);
        if (*p++ != ':') return false;
    }
    *at = p;
    return true;
}

/* ------------------------------------------------------------------ between two values */
/* A name and its colon, from its quote to the first byte after. Name 0: not to be read here. */
static uint32_t member(kl_json *j, const char **at, uint32_t parent) {
    const char *p = spaces(*at), *start = p + 1, *end = start;
    char undone[KL_NAME_BYTES];
    bool plain;
    if (*p != '"' || !string_end(&end, &plain) || end - start > KL_NAME_BYTES) return 0;
    kl_string s = {start, (size_t)(end - start)};
    if (!plain) {
        if (!undo_escapes(start, end, undone, &s.size)) return 0;
        s.data = undone;
    }
    p = spaces(end + 1);
    if (*p != ':') return 0;
    *at = spaces(p + 1);
    return name_in(j, parent, s, false);
}

/* Past the braces that close after a value, to the comma or the line's end; *parent: the object that is still open, KL_JSON_END: none. */
static const char *closing(kl_json *j, const char *p, uint32_t *parent) {
    for (p = spaces(p); *p == '}'; p = spaces(p + 1)) {
        if (*parent == 0) {
            *parent = KL_JSON_END;
            return p + 1;
        }
        *parent = j->names[*parent].parent;
    }
    return p;
}

const char *kl_json_next(kl_json *j, const char *p, const char *end, uint32_t *name) {
    const char *start = p;
    uint32_t from = *name, parent = from == 0 || j->names[from].opens ? from : j->names[from].parent;
    bool open = from == 0 || j->names[from].opens; /* a brace comes */
    if (j->names[from].opens) parent = j->names[from].parent;
    for (;;) {
        if (open) {
            if (*p++ != '{' || j->names[parent].depth == KL_JSON_DEPTH) return NULL;
            p = spaces(p);
        }
        if (!open || *p == '}') {
            p = closing(j, p, &parent);
            if (parent == KL_JSON_END) break;
            if (*p++ != ',') return NULL;
        }
        uint32_t next = member(j, &p, parent);
        if (!next) return NULL;
        open = *p == '{';
        if (!open) {
            if (p - start <= KL_JSON_TEXT) follow(j, from, start, (size_t)(p - start), next);
            *name = next;
            return p;
        }
        if (j->names[next].read) return NULL; /* an object where a value belongs */
        parent = next;
    }
    while (*p == ' ' || *p == '\t' || *p == '\r') p++;
    *name = KL_JSON_END;
    if (p == end) return p;
    if (*p++ != '\n') return NULL;
    if (p - start <= KL_JSON_TEXT) follow(j, from, start, (size_t)(p - start), KL_JSON_END);
    return p;
}

/* ------------------------------------------------------------------ a value */
static void unread(kl_json *j, uint32_t name, const char *start, const char *end) {
    kl_json_name *n = &j->names[name];
    if (n->read) return;
    if (!n->told) {
        n->told = true;
        j->fresh[j->fresh_count++] = name;
    }
    if (j->r->keep) kl_ndjson_keep(j->r, n->name, (kl_string){start, (size_t)(end - start)});
}

/* The record's date picks its edition. false: not the one it was taken for. */
static bool belongs(kl_json *j, kl_string value) {
    int64_t day = 0;
    bool has_day = value.size && kl_parse_date(value, &day) == KL_REJECT_NOT;
    size_t edition = kl_reading_edition(j->r, has_day, day);
    j->dated = true;
    j->elsewhere = edition != j->edition;
    j->edition = edition;
    return !j->elsewhere;
}

static const char *list(kl_json *j, const char *p, uint32_t name) {
    const kl_json_name *n = &j->names[name];
    kl_intake *in = j->r->intakes[j->edition];
    const kl_schema *s = in->schema;
    const char *start = p;
    uint32_t field = kl_schema_find(s, n->name, KL_INDEX_NONE);
    if (field == KL_INDEX_NONE) {
        if (!skip_list(&p)) return NULL;
        unread(j, name, start, p);
        return p;
    }
    const kl_schema_field *f = &s->fields[field];
    if (f->kind != KL_SET || kl_schema_find(s, n->name, field) != KL_INDEX_NONE) return NULL;
    uint64_t mask = 0;
    p = spaces(p + 1);
    for (bool first = true; *p != ']' || !first; first = false) {
        kl_string one = {p, 0};
        if (*p == '"') {
            if (!text_of(&j->r->pool, &p, &one)) return NULL;
        } else {
            if (*p == 'n' || !word_end(&p)) return NULL;
            one.size = (size_t)(p - one.data);
        }
        one = kl_trimmed(one.data, one.size);
        uint32_t code = kl_intake_code(in, f->set, one);
        if (code >= 64) return NULL;
        mask |= UINT64_C(1) << code;
        p = spaces(p);
        if (*p == ']') break;
        if (*p != ',') return NULL;
        p = spaces(p + 1);
    }
    kl_intake_put_set(in, j->index, field, mask, j->order++, n->name);
    return p + 1;
}

const char *kl_json_value(kl_json *j, const char *p, uint32_t *name) {
    kl_json_name *n = &j->names[*name];
    kl_reading *r = j->r;
    kl_intake *in = r->intakes[j->edition];
    const kl_schema *s = in->schema;
    const char *start = p = spaces(p);
    kl_string value = {p, 0};
    bool plain, nothing = *p == 'n';
    if (!*name || n->opens) return NULL;
    if (*p == '{') {
        if (n->read) return NULL;
        *name = name_in(j, *name, (kl_string){"", 0}, true);
        return *name ? p : NULL;
    }
    if (*p == '[') return list(j, p, *name);
    if (*p == '"' && !n->read) {
        if (p++, !string_end(&p, &plain)) return NULL;
        p++;
    } else if (*p == '"') {
        if (!text_of(&r->pool, &p, &value)) return NULL;
    } else {
        if (!word_end(&p)) return NULL;
        value.size = nothing ? 0 : (size_t)(p - value.data);
    }
    unread(j, *name, start, p);
    value = kl_trimmed(value.data, value.size);
    if (n->date && !j->dated && !nothing && !belongs(j, value)) return NULL;
    if (n->key && !j->keyed && !nothing) {
        j->keyed = true;
        r->keys[j->row] = value;
    }
    j->order++;
    for (uint32_t f = kl_schema_find(s, n->name, KL_INDEX_NONE); value.size && f != KL_INDEX_NONE;
         f = kl_schema_find(s, n->name, f))
        (*start == '"' ? kl_intake_put : kl_intake_put_literal)(in, j->index, f, value, j->order, n->name);
    return p;
}

/* ------------------------------------------------------------------ a line */
static kl_json_loop *loop_of(kl_simd v) {
#ifdef KL_JSON_X86
    if (v == KL_SIMD_AVX2 || v == KL_SIMD_AVX512) return kl_json_loop_avx2;
    if (v == KL_SIMD_SSE2) return kl_json_loop_sse2;
#endif
    (void)v;
    return kl_json_loop_portable;
}

/* The line was read to its end: it stands in its edition, unless a line without a date belongs in another. */
static bool accept(kl_json *j) {
    kl_reading *r = j->r;
    if (r->editions->count > 1 && !j->dated && !belongs(j, (kl_string){"", 0})) return false;
    for (uint32_t i = 0; i < j->fresh_count; i++) {
        kl_ndjson_unread(r, j->names[j->fresh[i]].name);
        plan_all(j, j->fresh[i]);
    }
    r->rejects[j->row].key = r->keys[j->row];
    kl_reading_assign(r, j->row, j->edition);
    return true;
}

size_t kl_json_line(kl_json *j, uint32_t row, const char *text, const char *end) {
    kl_reading *r = j->r;
    size_t kept = r->kept_count;
    if (*text != '{') return 0;
    if (j->full && j->forgotten < FORGET_MOST) {
        forget_all(j);
        j->forgotten++;
    }
    for (int time = 0; time < 2; time++) {
        size_t edition = j->edition;
        j->row = row;
        j->index = r->counts[edition];
        j->order = j->fresh_count = 0;
        j->keyed = j->dated = j->elsewhere = false;
        r->kept_bytes = 0;
        const char *p = loop_of(r->simd)(j, text, end, stop_of(j, edition, 0));
        if (p && p - text <= (ptrdiff_t)KL_RECORD_BYTES && !r->too_much && accept(j)) return (size_t)(p - text);
        for (uint32_t i = 0; i < j->fresh_count; i++) j->names[j->fresh[i]].told = false;
        kl_intake_forget(r->intakes[edition], j->index);
        r->kept_count = kept;
        r->keys[row] = (kl_string){"", 0};
        r->too_much = false;
        if (!j->elsewhere) break;
    }
    return 0;
}
