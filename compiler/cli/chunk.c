/* chunk.c - one thread's work: a chunk is read, decided and formatted into an output, group by group.
 * May include: the runtime and its io.
 * Start at kl_worker_chunk(). */
#include "compiler/cli/worker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ------------------------------------------------------------------ time */
double kl_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void kl_worker_spent(kl_worker *w, double *spent) {
    if (!w->run->stats) return;
    double now = kl_seconds();
    *spent += now - w->since;
    w->since = now;
}

/* ------------------------------------------------------------------ a worker's own */
void kl_worker_free(kl_worker *w) {
    size_t n = w->run->rules.editions.n;
    for (size_t e = 0; e < n; e++) {
        if (w->verdicts) kl_verdict_free(w->verdicts[e]);
        if (w->workspaces) free(w->workspaces[e]);
        if (w->tallies) kl_tally_free(w->tallies[e]);
        if (w->memos) kl_memo_free(w->memos[e]);
    }
    free(w->verdicts);
    free(w->workspaces);
    free(w->tallies);
    free(w->memos);
    kl_reading_free(w->reading);
    kl_bytes_free(&w->chunk.bytes);
    kl_bytes_free(&w->cells);
    free(w->kept);
    free(w->kept_cells);
    if (w->groups.arena) kl_arena_free(w->groups.arena);
}

bool kl_worker_init(kl_worker *w, kl_run *run) {
    size_t n = run->rules.editions.n;
    *w = (kl_worker){.run = run, .chunk.uncounted = true};
    w->workspaces = calloc(n, sizeof(kl_workspace *));
    w->verdicts = calloc(n, sizeof(kl_verdict *));
    w->tallies = calloc(n, sizeof(kl_tally *));
    w->memos = calloc(n, sizeof(kl_memo *));
    w->reading = kl_reading_new(&run->rules.dated, run->feed, run->keep);
    if (w->reading) kl_reading_simd(w->reading, run->simd);
    w->groups.arena = run->by ? kl_arena_new(0) : NULL;
    if (!w->workspaces || !w->verdicts || !w->tallies || !w->memos || !w->reading || (run->by && !w->groups.arena))
        return false;
    kl_memo_form form = {.told = run->out_form != KL_OUT_NONE,
                         .json = run->out_form == KL_OUT_NDJSON,
                         .trace = run->trace,
                         .counted = run->count,
                         .columns = run->columns,
                         .csv = run->csv,
                         .simd = run->simd};
    bool traced = run->trace || run->count || (run->columns && kl_columns_traced(run->columns));
    for (size_t e = 0; e < n; e++) {
        w->workspaces[e] = kl_rules_workspace(&run->rules, e);
        if (w->workspaces[e]) {
            kl_workspace_use(w->workspaces[e], kl_kernels_of(kl_simd_name(run->simd)));
            kl_workspace_trace(w->workspaces[e], traced);
        }
        w->verdicts[e] = w->workspaces[e] ? kl_verdict_new(run->rules.tellers[e], w->workspaces[e]) : NULL;
        w->tallies[e] = kl_tally_new(run->rules.editions.p[e].program);
        if (!w->verdicts[e] || !w->tallies[e]) return false;
        if (!run->keep && !run->by && run->out_form != KL_OUT_TABLE)
            w->memos[e] = kl_memo_new(&form, run->rules.tellers[e], w->workspaces[e]);
    }
    return true;
}

/* ------------------------------------------------------------------ one chunk */
static void refuse(kl_output *to, const kl_reject *r) {
    if (to->refused_count == to->refused_room) {
        size_t room = to->refused_room ? to->refused_room * 2 : 64;
        kl_refused *more = realloc(to->refusals, room * sizeof *more);
        if (!more) {
            to->trouble = KL_STOP_MEMORY;
            return;
        }
        to->refusals = more;
        to->refused_room = room;
    }
    size_t at = to->texts.size;
    to->refusals[to->refused_count++] = (kl_refused){*r, at, at + r->column.size, at + r->column.size + r->value.size};
    kl_bytes_string(&to->texts, r->column);
    kl_bytes_string(&to->texts, r->value);
    kl_bytes_string(&to->texts, r->key);
}

/* What the record has in columns no field reads: as cells for CSV, as JSON for NDJSON. */
static size_t keep(kl_worker *w, uint32_t row) {
    kl_run *run = w->run;
    size_t n = kl_reading_kept(w->reading, row);
    if (n > w->kept_room) {
        kl_kept *kept = realloc(w->kept, n * sizeof *kept);
        if (kept) w->kept = kept;
        kl_string *cells = realloc(w->kept_cells, n * sizeof *cells);
        if (cells) w->kept_cells = cells;
        if (!kept || !cells) {
            w->to->trouble = KL_STOP_MEMORY;
            return 0;
        }
        w->kept_room = n;
    }
    bool encode = run->out_form == KL_OUT_NDJSON && run->input.form == KL_INPUT_CSV;
    w->cells.size = 0;
    for (size_t i = 0; i < n; i++) {
        size_t from = w->cells.size;
        kl_string name, value;
        kl_reading_kept_at(w->reading, row, i, &name, &value);
        if (encode) kl_bytes_json(&w->cells, value);
        w->kept_cells[i] = value;
        w->kept[i] = (kl_kept){name, {(const char *)from, w->cells.size - from}};
    }
    for (size_t i = 0; i < n; i++)
        w->kept[i].value = encode ? (kl_string){w->cells.data + (size_t)w->kept[i].value.data, w->kept[i].value.size}
                                  : w->kept_cells[i];
    return n;
}

static void write_record(kl_worker *w, size_t edition, uint32_t row) {
    kl_run *run = w->run;
    const kl_verdict *v = w->verdicts[edition];
    size_t kept = run->keep ? keep(w, row) : 0;
    switch (run->out_form) {
    case KL_OUT_NONE: break;
    case KL_OUT_CSV: kl_write_csv(&w->to->out, run->columns, run->csv, edition, v, w->kept_cells, kept); break;
    case KL_OUT_NDJSON:
        if (run->columns)
            kl_write_selected(&w->to->out, run->columns, edition, v, w->kept, kept);
        else
            kl_write_ndjson(&w->to->out, v, run->trace, w->kept, kept);
        break;
    case KL_OUT_TABLE: kl_write_table(&w->to->out, run->table, v); break;
    }
}

/* The key of each record; without a key field its number stands for it. */
static void take_keys(kl_worker *w, uint64_t first, uint32_t rows) {
    const kl_rules *rules = &w->run->rules;
    w->keys = kl_reading_keys(w->reading);
    if (rules->editions.p[rules->editions.n - 1].info.key != KL_INDEX_NONE) return;
    w->keys = w->own_keys;
    for (uint32_t row = 0; row < rows; row++) {
        int n = snprintf(w->digits[row], sizeof w->digits[row], "%llu", (unsigned long long)(first + row));
        w->own_keys[row] = (kl_string){w->digits[row], (size_t)n};
    }
}

static void whole_record(kl_worker *w, uint32_t row, size_t e, uint32_t index) {
    size_t from = w->to->out.size;
    kl_verdict_take(w->verdicts[e], index, w->keys[row]);
    kl_tally_record(w->tallies[e], w->verdicts[e]);
    if (w->run->by) kl_groups_record(&w->groups, w->run, e, w->verdicts[e]);
    write_record(w, e, row);
    if (w->memos[e]) kl_memo_learn(w->memos[e], index, w->verdicts[e], &w->to->out, from);
}

static void group(kl_worker *w, uint64_t first) {
    kl_run *run = w->run;
    kl_output *to = w->to;
    size_t editions = run->rules.editions.n;
    uint64_t read[KL_WORDS];
    for (size_t e = 0; e < editions && !to->trouble; e++) {
        const kl_batch *batch = kl_reading_batch(w->reading, e);
        kl_fault fault;
        if (!batch->rows) continue;
        bool decided = kl_eval(w->workspaces[e], batch, &fault);
        kl_worker_spent(w, &w->times.deciding);
        if (!decided) {
            to->trouble = KL_STOP_BATCH;
            break;
        }
        if (w->memos[e]) kl_memo_batch(w->memos[e], w->workspaces[e], batch->rows);
        kl_verdict_batch(w->verdicts[e]);
    }
    uint32_t rows = kl_reading_rows(w->reading);
    take_keys(w, first, rows);
    bool plain = kl_reading_plain(w->reading);
    for (uint32_t row = 0; row < rows && !to->trouble; row++) {
        if (plain && w->memos[0]) {
            row = kl_memo_rows(w->memos[0], row, rows, w->keys, &to->out);
            if (row < rows) whole_record(w, row, 0, row);
            continue;
        }
        const kl_reject *r = kl_reading_reject(w->reading, row);
        size_t e;
        uint32_t index;
        if (r) {
            refuse(to, r);
            continue;
        }
        kl_reading_place(w->reading, row, &e, &index);
        if (!w->memos[e] || !kl_memo_write(w->memos[e], index, w->keys[row], &to->out)) whole_record(w, row, e, index);
    }
    for (size_t e = 0; run->count && e < editions && !to->trouble; e++) {
        if (!kl_reading_batch(w->reading, e)->rows) continue;
        memset(read, 0, sizeof read);
        for (uint32_t row = 0; row < rows; row++) {
            size_t edition;
            uint32_t index;
            if (kl_reading_reject(w->reading, row)) continue;
            kl_reading_place(w->reading, row, &edition, &index);
            if (edition == e) read[index / 64] |= UINT64_C(1) << (index % 64);
        }
        kl_tally_batch(w->tallies[e], run->rules.tellers[e], w->workspaces[e], read);
    }
}

void kl_worker_chunk(kl_worker *w) {
    kl_output *to = w->to;
    to->number = w->chunk.number;
    to->line = w->chunk.line;
    kl_reading_start(w->reading, &w->chunk);
    while (!to->trouble && kl_reading_next(w->reading)) {
        kl_worker_spent(w, &w->times.reading);
        group(w, w->chunk.record + kl_reading_records(w->reading) - kl_reading_rows(w->reading));
        kl_worker_spent(w, &w->times.writing);
        if (to->out.size >= KL_OUT_BYTES) kl_worker_spill(w);
    }
    kl_worker_spent(w, &w->times.reading);
    bool failed = kl_reading_failed(w->reading) || to->out.failed || to->texts.failed || w->cells.failed;
    for (size_t e = 0; e < w->run->rules.editions.n; e++) failed |= kl_verdict_failed(w->verdicts[e]);
    if (failed) to->trouble = KL_STOP_MEMORY;
    to->lines = kl_reading_lines(w->reading);
    to->records = kl_reading_records(w->reading);
    to->reading = w->reading;
    to->names_first = w->named;
    to->names_end = w->named = kl_reading_unread(w->reading);
}
