/* reading.c - chunks to batches, for both input forms: which edition a record goes to, what was rejected, what was kept.
 * May include: the C library.
 * Start at kl_reading_next(). */
#include "runtime/io/json.h"

#include <stdlib.h>
#include <string.h>

kl_reading *kl_reading_new(const kl_editions *e, const kl_feed *f, bool keep) {
    kl_reading *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->editions = e;
    r->feed = f;
    r->form = kl_feed_form(f);
    r->keep = keep;
    r->simd = kl_simd_best();
    r->intakes = calloc(e->count, sizeof(kl_intake *));
    r->edition_of = calloc(KL_ROWS_MAX, sizeof *r->edition_of);
    r->index_of = calloc(KL_ROWS_MAX, sizeof *r->index_of);
    r->row_of = calloc(e->count * KL_ROWS_MAX, sizeof *r->row_of);
    r->counts = calloc(e->count, sizeof *r->counts);
    r->keys = calloc(KL_ROWS_MAX, sizeof *r->keys);
    r->rejects = calloc(KL_ROWS_MAX, sizeof *r->rejects);
    bool ok = r->intakes && r->edition_of && r->index_of && r->row_of && r->counts && r->keys && r->rejects;
    for (size_t i = 0; ok && i < e->count; i++) ok = (r->intakes[i] = kl_intake_new(e->schemas[i], &r->pool)) != NULL;
    if (ok && r->form == KL_INPUT_CSV) ok = kl_csv_bind(r);
    if (ok && r->form == KL_INPUT_NDJSON) {
        r->first_kept = calloc(KL_ROWS_MAX + 1, sizeof *r->first_kept);
        r->name_list = calloc(KL_UNREAD_MAX, sizeof *r->name_list);
        r->json = kl_json_new(r);
        ok = r->first_kept && r->name_list && r->json;
    }
    if (ok) return r;
    kl_reading_free(r);
    return NULL;
}

void kl_reading_free(kl_reading *r) {
    if (!r) return;
    for (size_t i = 0; r->intakes && i < r->editions->count; i++) kl_intake_free(r->intakes[i]);
    kl_csv_unbind(r);
    free(r->intakes);
    free(r->edition_of);
    free(r->index_of);
    free(r->row_of);
    free(r->counts);
    free(r->keys);
    free(r->rejects);
    free(r->unread);
    free(r->kept);
    kl_json_free(r->json);
    free(r->first_kept);
    free(r->name_list);
    kl_lookup_free(&r->names);
    kl_split_free(&r->split);
    kl_pool_free(&r->pool);
    kl_pool_free(&r->strings);
    kl_pool_free(&r->scratch);
    kl_bytes_free(&r->path);
    free(r);
}

void kl_reading_simd(kl_reading *r, kl_simd v) {
    r->simd = kl_simd_has(v) ? v : kl_simd_best();
    r->split.swift = kl_swift_of(r->simd);
}

void kl_reading_start(kl_reading *r, const kl_chunk *chunk) {
    r->chunk = chunk;
    r->dirty = r->form == KL_INPUT_NDJSON && !kl_utf8_ok(chunk->bytes.data, chunk->bytes.size);
    r->before = r->at = r->line = r->rows = 0;
    kl_split_start(&r->split);
}

static bool refused(const kl_reading *r, uint32_t row) {
    return r->refused[row / 64] >> (row % 64) & 1;
}

void kl_reading_refuse(kl_reading *r, uint32_t row, kl_reject_reason why, kl_string column, kl_string value) {
    r->refused[row / 64] |= UINT64_C(1) << (row % 64);
    if (r->form == KL_INPUT_CSV)
        r->rejects[row] = (kl_reject){.record = r->before + row,
                                      .line = kl_split_line(&r->split, row),
                                      .field = KL_INDEX_NONE,
                                      .key = kl_csv_key(r, row)};
    r->rejects[row].reason = why;
    r->rejects[row].column = column;
    r->rejects[row].value = value;
}

size_t kl_reading_edition(const kl_reading *r, bool dated, int64_t day) {
    const kl_editions *e = r->editions;
    size_t pick = dated || e->count == 1 ? 0 : e->count - 1; /* without a date it is rejected for that */
    while (dated && pick + 1 < e->count && e->from[pick + 1] <= day) pick++;
    return pick;
}

void kl_reading_assign(kl_reading *r, uint32_t row, size_t edition) {
    r->edition_of[row] = (uint16_t)edition;
    r->index_of[row] = (uint16_t)r->counts[edition];
    r->row_of[edition * KL_ROWS_MAX + r->counts[edition]++] = (uint16_t)row;
}

static bool overlong(kl_reading *r) {
    if (r->at) return false;
    r->at = 1;
    r->rows = 1;
    r->keys[0] = (kl_string){"", 0};
    r->own_keys = NULL;
    r->refused[0] = 1;
    r->rejects[0] = (kl_reject){.reason = KL_REJECT_LONG, .field = KL_INDEX_NONE};
    for (size_t e = 0; e < r->editions->count; e++) kl_intake_start(r->intakes[e], 0);
    return true;
}

/* What the input calls the column whose value is missing; the field's own name where it has no such column. */
static kl_string missing_column(const kl_reading *r, size_t edition, const kl_slip *slip) {
    for (size_t i = 0; r->form == KL_INPUT_CSV && i < r->binding_counts[edition]; i++)
        if (r->bindings[edition][i].field == slip->field)
            return kl_feed_column(r->feed, r->bindings[edition][i].column);
    return slip->column;
}

/* Faults that the batches found become the rows' rejections. */
static void collect(kl_reading *r, size_t edition) {
    kl_intake *in = r->intakes[edition];
    kl_intake_finish(in);
    for (uint32_t w = 0; w * 64 < in->rows; w++)
        for (uint64_t bad = in->bad[w]; bad; bad &= bad - 1) {
            uint32_t i = w * 64 + (uint32_t)__builtin_ctzll(bad);
            uint32_t row = r->whole ? i : r->row_of[edition * KL_ROWS_MAX + i];
            if (refused(r, row)) continue;
            const kl_slip *slip = &in->slips[i];
            bool missing = slip->reason == KL_REJECT_MISSING;
            kl_reading_refuse(r, row, slip->reason, missing ? missing_column(r, edition, slip) : slip->column,
                              slip->value);
            r->rejects[row].field = slip->field;
        }
}

bool kl_reading_next(kl_reading *r) {
    r->before += r->rows;
    r->rows = 0;
    kl_pool_reset(&r->pool);
    memset(r->counts, 0, r->editions->count * sizeof *r->counts);
    memset(r->refused, 0, sizeof r->refused);
    r->whole = false;
    if (r->chunk->overlong) return overlong(r);
    bool more = r->form == KL_INPUT_CSV ? kl_csv_group(r) : kl_ndjson_group(r);
    if (r->pool.failed || r->strings.failed) r->failed = true;
    if (!more || r->failed) return false;
    for (size_t e = 0; e < r->editions->count; e++) collect(r, e);
    return true;
}

bool kl_reading_failed(const kl_reading *r) {
    return r->failed;
}
uint32_t kl_reading_rows(const kl_reading *r) {
    return r->rows;
}
const kl_batch *kl_reading_batch(const kl_reading *r, size_t edition) {
    return &r->intakes[edition]->batch;
}
uint64_t kl_reading_records(const kl_reading *r) {
    return r->before + r->rows;
}

void kl_reading_place(const kl_reading *r, uint32_t row, size_t *edition, uint32_t *index) {
    *edition = r->whole ? 0 : r->edition_of[row];
    *index = r->whole ? row : r->index_of[row];
}

const kl_reject *kl_reading_reject(const kl_reading *r, uint32_t row) {
    return refused(r, row) ? &r->rejects[row] : NULL;
}
uint64_t kl_reading_line(const kl_reading *r, uint32_t row) {
    return r->form == KL_INPUT_CSV && !r->chunk->overlong ? kl_split_line(&r->split, row) : r->rejects[row].line;
}
uint64_t kl_reading_lines(const kl_reading *r) {
    return r->form == KL_INPUT_CSV ? r->split.line : r->line;
}
kl_string kl_reading_key(const kl_reading *r, uint32_t row) {
    if (!r->own_keys) return r->keys[row];
    return refused(r, row) ? r->rejects[row].key : r->own_keys[row];
}
const kl_string *kl_reading_keys(const kl_reading *r) {
    return r->own_keys ? r->own_keys : r->keys;
}

bool kl_reading_plain(const kl_reading *r) {
    uint64_t any = 0;
    for (uint32_t w = 0; w < KL_WORDS; w++) any |= r->refused[w];
    return r->editions->count == 1 && !any;
}

/* ------------------------------------------------------------------ columns no field reads */
size_t kl_reading_unread(const kl_reading *r) {
    return r->form == KL_INPUT_CSV ? r->unread_count : r->name_count;
}

kl_string kl_reading_unread_name(const kl_reading *r, size_t i) {
    return r->form == KL_INPUT_CSV ? kl_feed_column(r->feed, r->unread[i]) : r->name_list[i];
}

size_t kl_reading_kept(const kl_reading *r, uint32_t row) {
    if (!r->keep) return 0;
    if (r->form == KL_INPUT_CSV) return r->unread_count;
    return r->first_kept[row + 1] - r->first_kept[row];
}

void kl_reading_kept_at(kl_reading *r, uint32_t row, size_t i, kl_string *name, kl_string *value) {
    if (r->form == KL_INPUT_CSV) {
        const uint32_t *ends = r->split.ends + (size_t)row * r->split.columns, column = r->unread[i];
        uint32_t start = column ? ends[column - 1] + 1 : r->split.starts[row];
        *name = kl_feed_column(r->feed, column);
        *value = kl_cell_text(&r->pool, r->chunk->bytes.data, start, ends[column],
                              (r->split.flags[row] & KL_ROW_QUOTED) != 0);
        return;
    }
    *name = r->kept[r->first_kept[row] + i].name;
    *value = r->kept[r->first_kept[row] + i].value;
}
