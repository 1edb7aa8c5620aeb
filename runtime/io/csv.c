/* csv.c - one group of CSV rows to the columns of each edition's batch: a loop per column, by the field's kind.
 * May include: the C library.
 * Start at kl_csv_group(); fill() picks the loop. */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

kl_string kl_cell_text(kl_pool *pool, const char *data, size_t start, size_t end, bool quoted) {
    if (!quoted || start == end || data[start] != '"') return kl_trimmed(data + start, end - start);
    size_t stop = end;
    while (stop > start + 1 && data[stop - 1] != '"') stop--;
    if (stop <= start + 1) return kl_trimmed(data + start, end - start);
    kl_string s = {data + start + 1, stop - start - 2};
    if (s.size && memchr(s.data, '"', s.size)) {
        char *copy = kl_pool_take(pool, s.size);
        if (!copy) return (kl_string){"", 0};
        size_t n = 0;
        for (size_t i = 0; i < s.size; i++) {
            copy[n++] = s.data[i];
            if (s.data[i] == '"' && i + 1 < s.size && s.data[i + 1] == '"') i++;
        }
        s = (kl_string){copy, n};
    }
    return kl_trimmed(s.data, s.size);
}

static inline kl_string cell(kl_reading *r, uint32_t row, uint32_t column) {
    const uint32_t *ends = r->split.ends + (size_t)row * r->split.columns;
    uint32_t start = column ? ends[column - 1] + 1 : r->split.starts[row], end = ends[column];
    if (start > end) start = end; /* a ragged row has no such cell */
    const char *data = r->chunk->bytes.data;
    if (r->split.flags[row] & KL_ROW_QUOTED) return kl_cell_text(&r->pool, data, start, end, true);
    return kl_trimmed(data + start, end - start);
}

/* ------------------------------------------------------------------ a loop per kind */
typedef struct column_fill {
    kl_reading *r;
    kl_intake *in;
    const uint16_t *rows;
    uint32_t count, column, field;
} column_fill;

static void refuse(const column_fill *c, uint32_t i, kl_reject_reason why, kl_string s) {
    kl_intake_fault(c->in, i, c->field, why, c->column, kl_feed_column(c->r->feed, c->column), s);
}

/* The word of `size` bytes at p, which has eight bytes to read: 0 no, 1 yes, 2 for kl_parse_bool() to say. */
static inline unsigned quick_bool(const char *p, uint32_t size) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Yes and no as the eight bytes of a word hold them: the product with `hash` has the word's place in its three high bits. */
    enum { FIRST_YES = 4 };
    static const uint64_t hash = UINT64_C(0x18074ae53df7b5a3);
    static const uint64_t words[8] = {/* falskt nej false no sant ja true yes */
                                      UINT64_C(0x746b736c6166), UINT64_C(0x6a656e),   UINT64_C(0x65736c6166),
                                      UINT64_C(0x6f6e),         UINT64_C(0x746e6173), UINT64_C(0x616a),
                                      UINT64_C(0x65757274),     UINT64_C(0x736579)};
    if (size - 2 <= 4) {
        uint64_t word, some = ~UINT64_C(0) >> (64 - 8 * size);
        memcpy(&word, p, sizeof word);
        word = (word | UINT64_C(0x2020202020202020)) & some;
        unsigned at = (unsigned)((word * hash) >> 61);
        if (words[at] == word) return at >= FIRST_YES;
    }
#else
    (void)p;
    (void)size;
#endif
    return 2;
}

static void fill_bools(const column_fill *c) {
    uint64_t *known = c->in->stores[c->field].known, *bits = c->in->stores[c->field].data;
    const kl_split *split = &c->r->split;
    const char *data = c->r->chunk->bytes.data;
    for (uint32_t w = 0; w * 64 < c->count; w++) {
        uint64_t k = 0, v = 0;
        for (uint32_t i = w * 64; i < c->count && i < w * 64 + 64; i++) {
            const uint32_t *ends = split->ends + (size_t)c->rows[i] * split->columns + c->column;
            uint32_t start = c->column ? ends[-1] + 1 : split->starts[c->rows[i]];
            if (start == *ends) continue;
            unsigned quick = quick_bool(data + start, *ends - start);
            if (quick < 2) {
                k |= UINT64_C(1) << (i % 64), v |= (uint64_t)quick << (i % 64);
                continue;
            }
            kl_string s = cell(c->r, c->rows[i], c->column);
            if (!s.size) continue;
            bool yes = false;
            kl_reject_reason why = kl_parse_bool(s, &yes);
            if (why)
                refuse(c, i, why, s);
            else
                k |= UINT64_C(1) << (i % 64), v |= (uint64_t)yes << (i % 64);
        }
        known[w] = k;
        bits[w] = v;
    }
}

static void fill_codes(const column_fill *c) {
    uint64_t *known = c->in->stores[c->field].known;
    uint16_t *codes = c->in->stores[c->field].data;
    uint32_t set = c->in->schema->fields[c->field].set;
    const kl_lookup *lookup = &c->in->schema->sets[set].codes;
    for (uint32_t w = 0; w * 64 < c->count; w++) {
        uint64_t k = 0;
        for (uint32_t i = w * 64; i < c->count && i < w * 64 + 64; i++) {
            kl_string s = cell(c->r, c->rows[i], c->column);
            if (!s.size) continue;
            uint32_t code = kl_lookup_find(lookup, s.data, s.size);
            if (code == KL_INDEX_NONE) code = kl_intake_code(c->in, set, s);
            if (code > UINT16_MAX) {
                refuse(c, i, KL_REJECT_CODE, s);
                continue;
            }
            codes[i] = (uint16_t)code;
            k |= UINT64_C(1) << (i % 64);
        }
        known[w] = k;
    }
}

static void fill_dates(const column_fill *c) {
    uint64_t *known = c->in->stores[c->field].known;
    int64_t *numbers = c->in->stores[c->field].data;
    for (uint32_t w = 0; w * 64 < c->count; w++) {
        uint64_t k = 0;
        for (uint32_t i = w * 64; i < c->count && i < w * 64 + 64; i++) {
            kl_string s = cell(c->r, c->rows[i], c->column);
            if (!s.size) continue;
            kl_reject_reason why = kl_parse_date(s, &numbers[i]);
            if (why)
                refuse(c, i, why, s);
            else
                k |= UINT64_C(1) << (i % 64);
        }
        known[w] = k;
    }
}

static void fill_numbers(const column_fill *c) {
    uint64_t *known = c->in->stores[c->field].known;
    int64_t *numbers = c->in->stores[c->field].data;
    const kl_schema_field *f = &c->in->schema->fields[c->field];
    kl_string unit = f->kind == KL_MONEY ? c->in->schema->currency : (kl_string){"", 0};
    for (uint32_t w = 0; w * 64 < c->count; w++) {
        uint64_t k = 0;
        for (uint32_t i = w * 64; i < c->count && i < w * 64 + 64; i++) {
            kl_string s = cell(c->r, c->rows[i], c->column);
            if (!s.size) continue;
            kl_reject_reason why = kl_parse_number(s, f->scale, unit, &numbers[i]);
            if (why)
                refuse(c, i, why, s);
            else
                k |= UINT64_C(1) << (i % 64);
        }
        known[w] = k;
    }
}

static void fill_texts(const column_fill *c) {
    uint64_t *known = c->in->stores[c->field].known;
    kl_string *texts = c->in->stores[c->field].data;
    bool key = c->in->schema->fields[c->field].key;
    for (uint32_t w = 0; w * 64 < c->count; w++) {
        uint64_t k = 0;
        for (uint32_t i = w * 64; i < c->count && i < w * 64 + 64; i++) {
            kl_string s = cell(c->r, c->rows[i], c->column);
            if (!s.size) continue;
            texts[i] = key ? s : kl_composed(&c->r->pool, s);
            k |= UINT64_C(1) << (i % 64);
        }
        known[w] = k;
    }
}

static void fill_one_by_one(const column_fill *c) {
    for (uint32_t i = 0; i < c->count; i++) {
        kl_string s = cell(c->r, c->rows[i], c->column);
        if (s.size) kl_intake_put(c->in, i, c->field, s, c->column, kl_feed_column(c->r->feed, c->column));
    }
}

static void fill(kl_reading *r, size_t edition, const kl_binding *b) {
    kl_intake *in = r->intakes[edition];
    if (!kl_intake_touch(in, b->field)) return;
    column_fill c = {r, in, r->row_of + edition * KL_ROWS_MAX, r->counts[edition], b->column, b->field};
    kl_kind kind = in->schema->fields[b->field].kind;
    if (b->shared || kind == KL_SET)
        fill_one_by_one(&c);
    else if (kind == KL_BOOL)
        fill_bools(&c);
    else if (kind == KL_VALUES)
        fill_codes(&c);
    else if (kind == KL_DATE)
        fill_dates(&c);
    else if (kind == KL_TEXT)
        fill_texts(&c);
    else
        fill_numbers(&c);
}

/* ------------------------------------------------------------------ which field reads which column */
static bool bind_edition(kl_reading *r, size_t e, bool *read) {
    const kl_schema *s = r->editions->schemas[e];
    uint32_t columns = kl_feed_columns(r->feed);
    size_t room = 0;
    for (uint32_t c = 0; c < columns; c++) {
        kl_string name = kl_feed_column(r->feed, c);
        for (uint32_t f = kl_schema_find(s, name, KL_INDEX_NONE); f != KL_INDEX_NONE; f = kl_schema_find(s, name, f)) {
            if (r->binding_counts[e] == room) {
                room = room ? room * 2 : 32;
                kl_binding *more = realloc(r->bindings[e], room * sizeof *more);
                if (!more) return false;
                r->bindings[e] = more;
            }
            kl_binding b = {c, f, false};
            for (size_t i = 0; i < r->binding_counts[e]; i++)
                if (r->bindings[e][i].field == f) r->bindings[e][i].shared = b.shared = true;
            r->bindings[e][r->binding_counts[e]++] = b;
            read[c] = true;
            if (e + 1 == r->editions->count && f == s->key && r->key_column == KL_INDEX_NONE) r->key_column = c;
            if (r->editions->count > 1 && f == r->editions->dated[e] && r->date_column == KL_INDEX_NONE)
                r->date_column = c;
        }
    }
    return true;
}

bool kl_csv_bind(kl_reading *r) {
    uint32_t columns = kl_feed_columns(r->feed);
    bool *read = calloc(columns + 1, sizeof *read);
    r->unread = calloc(columns + 1, sizeof *r->unread);
    r->bindings = calloc(r->editions->count, sizeof *r->bindings);
    r->binding_counts = calloc(r->editions->count, sizeof *r->binding_counts);
    r->key_column = r->date_column = KL_INDEX_NONE;
    bool ok = read && r->unread && r->bindings && r->binding_counts &&
              kl_split_new(&r->split, columns, kl_feed_separator(r->feed));
    for (size_t e = r->editions->count; ok && e-- > 0;) ok = bind_edition(r, e, read);
    for (uint32_t c = 0; ok && c < columns; c++)
        if (!read[c]) r->unread[r->unread_count++] = c;
    free(read);
    return ok;
}

/* ------------------------------------------------------------------ a group */
static bool row_readable(kl_reading *r, uint32_t row) {
    uint8_t flags = r->split.flags[row];
    const char *data = r->chunk->bytes.data;
    size_t start = r->split.starts[row], end = r->split.ends[(size_t)row * r->split.columns + r->split.columns - 1];
    kl_string nothing = {"", 0};
    if (end - start > KL_RECORD_BYTES)
        kl_reading_refuse(r, row, KL_REJECT_LONG, nothing, nothing);
    else if (flags & KL_ROW_BROKEN)
        kl_reading_refuse(r, row, KL_REJECT_QUOTE, nothing, nothing);
    else if (flags & KL_ROW_RAGGED)
        kl_reading_refuse(r, row, KL_REJECT_CELLS, nothing, nothing);
    else if (r->dirty && !kl_utf8_ok(data + start, end - start))
        kl_reading_refuse(r, row, KL_REJECT_UTF8, nothing, nothing);
    else
        return true;
    return false;
}

bool kl_csv_group(kl_reading *r) {
    kl_split_group(&r->split, r->chunk->bytes.data, (uint32_t)r->chunk->bytes.size);
    r->rows = r->split.rows;
    if (!r->rows) return false;
    for (uint32_t row = 0; row < r->rows; row++) {
        r->keys[row] = (kl_string){"", 0};
        r->rejects[row] = (kl_reject){
            .reason = KL_REJECT_NOT, .record = r->before + row, .line = r->split.lines[row], .field = KL_INDEX_NONE};
        bool readable = row_readable(r, row);
        if (r->key_column != KL_INDEX_NONE && !(r->split.flags[row] & (KL_ROW_BROKEN | KL_ROW_RAGGED)))
            r->keys[row] = r->rejects[row].key = cell(r, row, r->key_column);
        if (!readable) {
            if (!kl_utf8_ok(r->keys[row].data, r->keys[row].size)) r->rejects[row].key.size = 0;
            continue;
        }
        int64_t day = 0;
        bool dated =
            r->date_column != KL_INDEX_NONE && kl_parse_date(cell(r, row, r->date_column), &day) == KL_REJECT_NOT;
        kl_reading_assign(r, row, kl_reading_edition(r, dated, day));
    }
    for (size_t e = 0; e < r->editions->count; e++) {
        kl_intake_start(r->intakes[e], r->counts[e]);
        if (!r->counts[e]) continue;
        for (size_t i = 0; i < r->binding_counts[e]; i++) fill(r, e, &r->bindings[e][i]);
    }
    return true;
}
