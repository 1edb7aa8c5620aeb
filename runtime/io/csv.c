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

/* ------------------------------------------------------------------ 64 rows of a column */
typedef struct part {
    kl_reading *r;
    kl_intake *in;
    const uint16_t *rows; /* of the group, by index in the batch; NULL: the same */
    const kl_binding *b;
    uint32_t first, count;
    uint64_t skip;  /* rows that are refused already */
    bool plain;     /* the quick ways may look at them */
    kl_cells cells; /* then */
} part;

static inline uint32_t row_of(const part *c, uint32_t i) {
    return c->rows ? c->rows[c->first + i] : c->first + i;
}

static uint64_t all_rows(const part *c) {
    return ~UINT64_C(0) >> (64 - c->count);
}

static void refuse(const part *c, uint32_t i, kl_reject_reason why, kl_string s) {
    kl_intake_fault(c->in, c->first + i, c->b->field, why, c->b->column, kl_feed_column(c->r->feed, c->b->column), s);
}

/* The bytes of a cell as they stand, with the separator after it, where that can be learnt from; else NULL. */
static const char *bare_cell(const part *c, uint32_t i, size_t *size) {
    const kl_split *s = &c->r->split;
    uint32_t row = row_of(c, i);
    const uint32_t *ends = s->ends + (size_t)row * s->columns + c->b->column;
    if (s->flags[row] || *ends >= c->r->chunk->bytes.size) return NULL;
    uint32_t start = c->b->column ? ends[-1] + 1 : s->starts[row];
    *size = *ends - start + 1;
    return c->r->chunk->bytes.data + start;
}

static void fill_bools(const part *c, const kl_bools *found) {
    kl_store *store = &c->in->stores[c->b->field];
    uint64_t k = found->known, v = found->yes, odd = found->odd;
    for (odd &= ~c->skip; odd; odd &= odd - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(odd);
        kl_string s = cell(c->r, row_of(c, i), c->b->column);
        bool yes = false;
        kl_reject_reason why = s.size ? kl_parse_bool(s, &yes) : KL_REJECT_NOT;
        if (why) {
            refuse(c, i, why, s);
            continue;
        }
        size_t size;
        const char *p = bare_cell(c, i, &size);
        if (p) kl_learn_word(c->b->learnt, !s.size ? KL_WORD_NOTHING : yes ? KL_WORD_YES : KL_WORD_NO, p, size);
        if (s.size) k |= UINT64_C(1) << i, v |= (uint64_t)yes << i;
    }
    store->known[c->first / 64] = k & ~c->skip;
    ((uint64_t *)store->data)[c->first / 64] = v & ~c->skip;
}

static void fill_codes(const part *c) {
    kl_store *store = &c->in->stores[c->b->field];
    uint16_t *codes = (uint16_t *)store->data + c->first;
    uint32_t set = c->in->schema->fields[c->b->field].set;
    const kl_lookup *lookup = &c->in->schema->sets[set].codes;
    uint64_t k = 0, odd = all_rows(c);
    if (c->plain && c->b->learnt->codes.count)
        odd = c->r->split.swift->codes(&c->cells, &c->b->learnt->codes, codes, &k);
    for (odd &= ~c->skip; odd; odd &= odd - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(odd);
        kl_string s = cell(c->r, row_of(c, i), c->b->column);
        if (!s.size) continue;
        uint32_t code = kl_lookup_find(lookup, s.data, s.size);
        if (code == KL_INDEX_NONE) code = kl_intake_code(c->in, set, s);
        if (code > UINT16_MAX) {
            refuse(c, i, KL_REJECT_CODE, s);
            continue;
        }
        codes[i] = (uint16_t)code;
        k |= UINT64_C(1) << i;
    }
    store->known[c->first / 64] = k & ~c->skip;
}

static void fill_dates(const part *c) {
    kl_store *store = &c->in->stores[c->b->field];
    int64_t *numbers = (int64_t *)store->data + c->first;
    uint64_t k = 0, odd = all_rows(c);
    bool turn = true;
    if (c->plain && c->b->learnt->months) odd = c->r->split.swift->dates(&c->cells, c->b->learnt->months, numbers, &k);
    for (odd &= ~c->skip; odd; odd &= odd - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(odd);
        kl_string s = cell(c->r, row_of(c, i), c->b->column);
        if (!s.size) continue;
        kl_reject_reason why = kl_parse_date(s, &numbers[i]);
        if (why) {
            refuse(c, i, why, s);
            continue;
        }
        k |= UINT64_C(1) << i;
        size_t size;
        const char *p = bare_cell(c, i, &size);
        if (p && p == s.data && size == s.size + 1) kl_learn_date(c->b->learnt, s, turn);
        turn = false;
    }
    store->known[c->first / 64] = k & ~c->skip;
}

static void fill_numbers(const part *c) {
    kl_store *store = &c->in->stores[c->b->field];
    int64_t *numbers = (int64_t *)store->data + c->first;
    const kl_schema_field *f = &c->in->schema->fields[c->b->field];
    kl_string unit = f->kind == KL_MONEY ? c->in->schema->currency : (kl_string){"", 0};
    uint64_t k = 0, odd = all_rows(c);
    if (c->plain) odd = c->r->split.swift->numbers(&c->cells, f->scale, numbers, &k);
    for (odd &= ~c->skip; odd; odd &= odd - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(odd);
        kl_string s = cell(c->r, row_of(c, i), c->b->column);
        if (!s.size) continue;
        kl_reject_reason why = kl_parse_number(s, f->scale, unit, &numbers[i]);
        if (why)
            refuse(c, i, why, s);
        else
            k |= UINT64_C(1) << i;
    }
    store->known[c->first / 64] = k & ~c->skip;
}

static void fill_texts(const part *c) {
    kl_store *store = &c->in->stores[c->b->field];
    kl_string *texts = (kl_string *)store->data + c->first;
    bool key = c->in->schema->fields[c->b->field].key;
    uint64_t k = 0, odd = all_rows(c);
    if (c->plain && (key || !c->r->split.high)) odd = c->r->split.swift->texts(&c->cells, texts, &k);
    for (odd &= ~c->skip; odd; odd &= odd - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(odd);
        kl_string s = cell(c->r, row_of(c, i), c->b->column);
        texts[i] = key ? s : kl_composed(&c->r->pool, s);
        k |= (uint64_t)(s.size != 0) << i;
    }
    store->known[c->first / 64] = k & ~c->skip;
}

static void fill_one_by_one(const part *c) {
    for (uint64_t rows = all_rows(c) & ~c->skip; rows; rows &= rows - 1) {
        uint32_t i = (uint32_t)__builtin_ctzll(rows);
        kl_string s = cell(c->r, row_of(c, i), c->b->column);
        if (s.size)
            kl_intake_put(c->in, c->first + i, c->b->field, s, c->b->column, kl_feed_column(c->r->feed, c->b->column));
    }
}

static void fill(const part *c) {
    kl_kind kind = c->in->schema->fields[c->b->field].kind;
    if (c->b->shared || kind == KL_SET)
        fill_one_by_one(c);
    else if (kind == KL_VALUES)
        fill_codes(c);
    else if (kind == KL_DATE)
        fill_dates(c);
    else if (kind == KL_TEXT)
        fill_texts(c);
    else
        fill_numbers(c);
}

/* 64 rows of every column, then the next: what was split lately is still near. */
static void fill_edition(kl_reading *r, size_t edition) {
    kl_intake *in = r->intakes[edition];
    const kl_split *split = &r->split;
    const kl_binding *bindings = r->bindings[edition], *end = bindings + r->binding_counts[edition];
    kl_bools *bools = r->bools[edition];
    for (const kl_binding *b = bindings; b < end; b++)
        if (!kl_intake_touch(in, b->field)) return;
    part c = {.r = r, .in = in, .rows = r->whole ? NULL : r->row_of + edition * KL_ROWS_MAX};
    for (c.first = 0; c.first < r->counts[edition]; c.first += 64) {
        uint32_t w = c.first / 64;
        const uint32_t *ends = split->ends + (size_t)c.first * split->columns;
        c.count = r->counts[edition] - c.first < 64 ? r->counts[edition] - c.first : 64;
        c.skip = r->whole ? r->refused[w] : 0;
        c.plain = r->whole && (split->plain >> w & 1);
        c.cells = (kl_cells){r->chunk->bytes.data, ends, split->columns, c.count};
        c.b = bindings;
        if (c.plain) split->swift->bools(&c.cells, bools, r->bool_counts[edition]);
        for (size_t k = 0; k < r->bool_counts[edition]; k++, c.b++) {
            if (!c.plain) bools[k].yes = bools[k].known = 0, bools[k].odd = all_rows(&c);
            fill_bools(&c, &bools[k]);
        }
        for (; c.b < end; c.b++) {
            c.cells.ends = ends + c.b->column;
            fill(&c);
        }
    }
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
            bool last = c + 1 == columns;
            const char comma[] = {kl_feed_separator(r->feed), 0}, *const ends[] = {last ? "\n" : comma, "\r\n"};
            kl_binding b = {c, f, false, kl_learnt_new(s, f, ends, last ? 2 : 1)};
            if (!b.learnt) return false;
            for (size_t i = 0; i < r->binding_counts[e]; i++)
                if (r->bindings[e][i].field == f) r->bindings[e][i].shared = b.shared = true;
            if (b.shared && f == s->key) r->own_key_column = false;
            r->bindings[e][r->binding_counts[e]++] = b;
            read[c] = true;
            if (e + 1 == r->editions->count && f == s->key && r->key_column == KL_INDEX_NONE) r->key_column = c;
            if (r->editions->count > 1 && f == r->editions->dated[e] && r->date_column == KL_INDEX_NONE)
                r->date_column = c;
        }
    }
    return true;
}

/* Columns of yes and no that nobody shares come first: they are looked at together. */
static bool list_bools(kl_reading *r, size_t e) {
    kl_binding *b = r->bindings[e];
    size_t n = 0;
    r->bools[e] = calloc(r->binding_counts[e] + 1, sizeof *r->bools[e]);
    if (!r->bools[e]) return false;
    for (size_t i = 0; i < r->binding_counts[e]; i++) {
        if (b[i].shared || r->editions->schemas[e]->fields[b[i].field].kind != KL_BOOL) continue;
        kl_binding other = b[n];
        b[n] = b[i];
        b[i] = other;
        r->bools[e][n] = (kl_bools){.words = b[n].learnt->words, .column = b[n].column};
        n++;
    }
    r->bool_counts[e] = n;
    return true;
}

bool kl_csv_bind(kl_reading *r) {
    uint32_t columns = kl_feed_columns(r->feed);
    bool *read = calloc(columns + 1, sizeof *read);
    r->unread = calloc(columns + 1, sizeof *r->unread);
    r->bindings = calloc(r->editions->count, sizeof *r->bindings);
    r->binding_counts = calloc(r->editions->count, sizeof *r->binding_counts);
    r->bools = calloc(r->editions->count, sizeof *r->bools);
    r->bool_counts = calloc(r->editions->count, sizeof *r->bool_counts);
    r->key_column = r->date_column = KL_INDEX_NONE;
    r->own_key_column = r->editions->count == 1;
    bool ok = read && r->unread && r->bindings && r->binding_counts && r->bools && r->bool_counts &&
              kl_split_new(&r->split, columns, kl_feed_separator(r->feed));
    for (size_t e = r->editions->count; ok && e-- > 0;) ok = bind_edition(r, e, read) && list_bools(r, e);
    for (uint32_t c = 0; ok && c < columns; c++)
        if (!read[c]) r->unread[r->unread_count++] = c;
    free(read);
    return ok;
}

void kl_csv_unbind(kl_reading *r) {
    for (size_t e = 0; r->bindings && e < r->editions->count; e++) {
        for (size_t i = 0; i < r->binding_counts[e]; i++) kl_learnt_free(r->bindings[e][i].learnt);
        free(r->bindings[e]);
        if (r->bools) free(r->bools[e]);
    }
    free(r->bindings);
    free(r->binding_counts);
    free(r->bools);
    free(r->bool_counts);
}

/* ------------------------------------------------------------------ a group */
kl_string kl_csv_key(kl_reading *r, uint32_t row) {
    if (r->key_column == KL_INDEX_NONE || r->split.flags[row] & (KL_ROW_BROKEN | KL_ROW_RAGGED))
        return (kl_string){"", 0};
    kl_string key = cell(r, row, r->key_column);
    return r->dirty && !kl_utf8_ok(key.data, key.size) ? (kl_string){"", 0} : key;
}

static void check_row(kl_reading *r, uint32_t row) {
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
}

static void check_rows(kl_reading *r) {
    bool all = r->dirty || r->chunk->bytes.size > KL_RECORD_BYTES;
    for (uint32_t row = 0; row < r->rows; row++) {
        if (!all && row % 64 == 0 && (r->split.plain >> (row / 64) & 1))
            row += 63;
        else
            check_row(r, row);
    }
}

/* Each row to the edition its date picks. */
static void assign_rows(kl_reading *r) {
    for (uint32_t row = 0; row < r->rows; row++) {
        if (r->refused[row / 64] >> (row % 64) & 1) continue;
        int64_t day = 0;
        bool dated =
            r->date_column != KL_INDEX_NONE && kl_parse_date(cell(r, row, r->date_column), &day) == KL_REJECT_NOT;
        kl_reading_assign(r, row, kl_reading_edition(r, dated, day));
    }
}

/* The key field's own column where it has the keys as received; else they are listed. */
static void find_keys(kl_reading *r) {
    const kl_schema *s = r->editions->schemas[0];
    r->own_keys = NULL;
    if (r->whole && r->key_column != KL_INDEX_NONE && s->fields[s->key].kind == KL_TEXT && r->own_key_column) {
        r->own_keys = r->intakes[0]->stores[s->key].data;
        return;
    }
    for (uint32_t row = 0; row < r->rows; row++) r->keys[row] = kl_csv_key(r, row);
}

bool kl_csv_group(kl_reading *r) {
    kl_split_group(&r->split, r->chunk->bytes.data, (uint32_t)r->chunk->bytes.size);
    r->rows = r->split.rows;
    if (!r->rows) return false;
    const char *first = r->chunk->bytes.data + r->split.starts[0], *end = r->chunk->bytes.data + r->split.at;
    r->dirty = r->split.high && !kl_utf8_ok(first, (size_t)(end - first));
    check_rows(r);
    r->whole = r->editions->count == 1;
    if (r->whole)
        r->counts[0] = r->rows;
    else
        assign_rows(r);
    for (size_t e = 0; e < r->editions->count; e++) {
        kl_intake_start(r->intakes[e], r->counts[e]);
        if (r->counts[e]) fill_edition(r, e);
    }
    find_keys(r);
    return true;
}
