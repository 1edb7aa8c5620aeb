/* pipeline.c - the work of a run: each thread takes a chunk, reads, decides and formats it, then waits its turn to write. Output keeps the input's order.
 * May include: pthreads, the runtime and its io.
 * Start at kl_run_all(); one chunk's work is in work_through(). */
#include "compiler/cli/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN_REJECTS = 5, THREADS_MAX = 64 };

typedef struct refused { /* a rejected record, its texts copied */
    kl_reject r;
    size_t column, value, key; /* offsets into worker.texts */
} refused;

typedef struct worker {
    kl_run *run;
    kl_reading *reading;
    kl_workspace **workspaces;
    kl_verdict **verdicts;
    kl_tally **tallies;
    kl_memo **memos; /* NULL for an edition that has none */
    kl_groups groups;
    kl_chunk chunk;
    kl_bytes out, texts, cells;
    refused *refusals;
    size_t refused_count, refused_room;
    kl_kept *kept;
    kl_string *kept_cells;
    size_t kept_room, named; /* named: unread names handed over */
    kl_stop trouble;
} worker;

/* ------------------------------------------------------------------ a worker's own */
static void worker_free(worker *w) {
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
    kl_bytes_free(&w->out);
    kl_bytes_free(&w->texts);
    kl_bytes_free(&w->cells);
    free(w->refusals);
    free(w->kept);
    free(w->kept_cells);
    if (w->groups.arena) kl_arena_free(w->groups.arena);
}

static bool worker_init(worker *w, kl_run *run) {
    size_t n = run->rules.editions.n;
    *w = (worker){.run = run};
    w->workspaces = calloc(n, sizeof(kl_workspace *));
    w->verdicts = calloc(n, sizeof(kl_verdict *));
    w->tallies = calloc(n, sizeof(kl_tally *));
    w->memos = calloc(n, sizeof(kl_memo *));
    w->reading = kl_reading_new(&run->rules.dated, run->feed, run->keep);
    w->groups.arena = run->by ? kl_arena_new(0) : NULL;
    if (!w->workspaces || !w->verdicts || !w->tallies || !w->memos || !w->reading || (run->by && !w->groups.arena))
        return false;
    for (size_t e = 0; e < n; e++) {
        w->workspaces[e] = kl_rules_workspace(&run->rules, e);
        w->verdicts[e] = w->workspaces[e] ? kl_verdict_new(run->rules.tellers[e], w->workspaces[e]) : NULL;
        w->tallies[e] = kl_tally_new(run->rules.editions.p[e].program);
        if (!w->verdicts[e] || !w->tallies[e]) return false;
        if (run->out_form == KL_OUT_CSV && !run->keep && !run->count && !run->by)
            w->memos[e] = kl_memo_new(run->columns, run->csv, run->rules.tellers[e]);
    }
    return true;
}

/* ------------------------------------------------------------------ one chunk */
static void refuse(worker *w, const kl_reject *r) {
    if (w->refused_count == w->refused_room) {
        size_t room = w->refused_room ? w->refused_room * 2 : 64;
        refused *more = realloc(w->refusals, room * sizeof *more);
        if (!more) {
            w->trouble = KL_STOP_MEMORY;
            return;
        }
        w->refusals = more;
        w->refused_room = room;
    }
    refused *to = &w->refusals[w->refused_count++];
    *to = (refused){*r, w->texts.size, w->texts.size + r->column.size, w->texts.size + r->column.size + r->value.size};
    kl_bytes_string(&w->texts, r->column);
    kl_bytes_string(&w->texts, r->value);
    kl_bytes_string(&w->texts, r->key);
}

/* What the record has in columns no field reads: as cells for CSV, as JSON for NDJSON. */
static size_t keep(worker *w, uint32_t row) {
    kl_run *run = w->run;
    size_t n = kl_reading_kept(w->reading, row);
    if (n > w->kept_room) {
        kl_kept *kept = realloc(w->kept, n * sizeof *kept);
        if (kept) w->kept = kept;
        kl_string *cells = realloc(w->kept_cells, n * sizeof *cells);
        if (cells) w->kept_cells = cells;
        if (!kept || !cells) {
            w->trouble = KL_STOP_MEMORY;
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

static void write_record(worker *w, size_t edition, uint32_t row) {
    kl_run *run = w->run;
    const kl_verdict *v = w->verdicts[edition];
    size_t kept = run->keep ? keep(w, row) : 0;
    switch (run->out_form) {
    case KL_OUT_NONE: break;
    case KL_OUT_CSV: kl_write_csv(&w->out, run->columns, run->csv, edition, v, w->kept_cells, kept); break;
    case KL_OUT_NDJSON:
        if (run->columns)
            kl_write_selected(&w->out, run->columns, edition, v, w->kept, kept);
        else
            kl_write_ndjson(&w->out, v, run->trace, w->kept, kept);
        break;
    case KL_OUT_TABLE: kl_write_table(&w->out, run->table, v); break;
    }
}

/* Without a key field a record's number stands as its key. */
static kl_string key_of(const worker *w, uint32_t row, uint64_t record, char digits[24]) {
    kl_string key = kl_reading_key(w->reading, row);
    const kl_edition *newest = &w->run->rules.editions.p[w->run->rules.editions.n - 1];
    if (newest->info.key != KL_INDEX_NONE) return key;
    int n = snprintf(digits, 24, "%llu", (unsigned long long)record);
    return (kl_string){digits, (size_t)n};
}

static void group(worker *w, uint64_t first) {
    kl_run *run = w->run;
    size_t editions = run->rules.editions.n;
    uint64_t read[KL_WORDS];
    for (size_t e = 0; e < editions && !w->trouble; e++) {
        const kl_batch *batch = kl_reading_batch(w->reading, e);
        kl_fault fault;
        if (!batch->rows) continue;
        if (!kl_eval(w->workspaces[e], batch, &fault))
            w->trouble = KL_STOP_BATCH;
        else if (w->memos[e])
            kl_memo_batch(w->memos[e], w->workspaces[e]);
    }
    uint32_t rows = kl_reading_rows(w->reading);
    for (uint32_t row = 0; row < rows && !w->trouble; row++) {
        const kl_reject *r = kl_reading_reject(w->reading, row);
        if (r) {
            refuse(w, r);
            continue;
        }
        size_t e;
        uint32_t index;
        char digits[24];
        kl_reading_place(w->reading, row, &e, &index);
        kl_string key = key_of(w, row, first + row, digits);
        if (w->memos[e] && kl_memo_write(w->memos[e], index, key, &w->out, w->tallies[e])) continue;
        size_t from = w->out.size;
        kl_verdict_take(w->verdicts[e], index, key);
        kl_tally_record(w->tallies[e], w->verdicts[e]);
        if (run->by) kl_groups_record(&w->groups, run, e, w->verdicts[e]);
        write_record(w, e, row);
        if (w->memos[e]) kl_memo_learn(w->memos[e], index, w->verdicts[e], &w->out, from);
    }
    for (size_t e = 0; run->count && e < editions && !w->trouble; e++) {
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

static uint64_t work_through(worker *w) {
    w->out.size = w->texts.size = w->refused_count = 0;
    kl_reading_start(w->reading, &w->chunk);
    while (!w->trouble && kl_reading_next(w->reading))
        group(w, w->chunk.record + kl_reading_records(w->reading) - kl_reading_rows(w->reading));
    bool failed = kl_reading_failed(w->reading) || w->out.failed || w->texts.failed || w->cells.failed;
    for (size_t e = 0; e < w->run->rules.editions.n; e++) failed |= kl_verdict_failed(w->verdicts[e]);
    if (failed) w->trouble = KL_STOP_MEMORY;
    return kl_reading_records(w->reading);
}

/* ------------------------------------------------------------------ in turn */
static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void show_progress(kl_run *run) {
    double now = seconds();
    if (!run->progress || now - run->shown_at < 0.5) return;
    run->shown_at = now;
    fprintf(stderr, "\r%llu %s", (unsigned long long)run->records, kl_cli_word(run->cli, "poster", "records"));
    if (run->input.size) fprintf(stderr, ", %u %%", (unsigned)(run->input.bytes * 100 / run->input.size));
    fputs("   ", stderr);
    fflush(stderr);
}

static void halt(kl_run *run, kl_stop stop, int why) {
    if (run->stop == KL_GO) run->stop = stop, run->why = why;
}

static void hand_over_rejects(kl_run *run, const worker *w) {
    kl_bytes lines = {0};
    for (size_t i = 0; i < w->refused_count; i++) {
        const refused *from = &w->refusals[i];
        kl_reject r = from->r;
        r.record += run->records + 1;
        r.line += w->chunk.line;
        r.column.data = w->texts.data + from->column;
        r.value.data = w->texts.data + from->value;
        r.key.data = w->texts.data + from->key;
        run->reject_reasons[r.reason]++;
        if (run->want_rejects) {
            const char *code = kl_diag_code(kl_reject_message(r.reason));
            kl_rejects_line(&lines, run->csv, &r, (kl_string){code, strlen(code)},
                            kl_string_from(run->reject_texts[r.reason]));
        } else if (run->shown < SHOWN_REJECTS) {
            run->shown++;
            if (run->progress) fputs("\r\033[K", stderr);
            kl_say_reject(run->cli, run->input.path, &r);
        }
    }
    if (run->want_rejects && !kl_sink_write(&run->rejects, lines.data, lines.size))
        halt(run, KL_STOP_REJECTS, run->rejects.why);
    if (lines.failed) halt(run, KL_STOP_MEMORY, ENOMEM);
    kl_bytes_free(&lines);
}

/* Names first met in the worker's chunk: in the input's order, whoever read it. */
static void hand_over_names(kl_run *run, worker *w) {
    for (; w->named < kl_reading_unread(w->reading); w->named++) {
        kl_str name = kl_str_from(kl_reading_unread_name(w->reading, w->named));
        bool known = run->unread.n == KL_UNREAD_MAX;
        for (size_t k = 0; k < run->unread.n && !known; k++) known = kl_str_eq(run->unread.p[k], name);
        if (!known) KL_PUSH(run->cli->arena, &run->unread, kl_str_dup(run->cli->arena, name));
    }
}

static void hand_over(kl_run *run, worker *w, uint64_t records) {
    pthread_mutex_lock(&run->turning);
    while (run->turn != w->chunk.number && run->stop == KL_GO) pthread_cond_wait(&run->turned, &run->turning);
    if (run->stop == KL_GO && w->trouble) halt(run, w->trouble, ENOMEM);
    if (run->stop == KL_GO) {
        hand_over_rejects(run, w);
        if (run->input.form == KL_INPUT_NDJSON) hand_over_names(run, w);
        if (run->out_form != KL_OUT_NONE && !kl_sink_write(&run->out, w->out.data, w->out.size))
            halt(run, KL_STOP_WRITE, run->out.why);
        run->records += records;
        run->rejected += w->refused_count;
        show_progress(run);
    }
    run->turn++;
    pthread_cond_broadcast(&run->turned);
    pthread_mutex_unlock(&run->turning);
}

static bool next_chunk(kl_run *run, worker *w) {
    pthread_mutex_lock(&run->reading);
    kl_feed_state state = run->feed_state ? run->feed_state : kl_feed_next(run->feed, &w->chunk);
    int why = errno;
    bool first = state && !run->feed_state;
    run->feed_state = state;
    pthread_mutex_unlock(&run->reading);
    if (first && state != KL_FEED_END) {
        pthread_mutex_lock(&run->turning);
        bool stopped = state == KL_FEED_TROUBLE && why == EINTR && kl_interrupted();
        halt(run, stopped ? KL_STOP_INTERRUPT : KL_STOP_READ, why);
        pthread_cond_broadcast(&run->turned);
        pthread_mutex_unlock(&run->turning);
    }
    return state == KL_FEED_OK;
}

static void *labour(void *arg) {
    worker *w = arg;
    kl_run *run = w->run;
    for (;;) {
        pthread_mutex_lock(&run->turning);
        if (kl_interrupted()) halt(run, KL_STOP_INTERRUPT, EINTR);
        bool stop = run->stop != KL_GO;
        pthread_mutex_unlock(&run->turning);
        if (stop || !next_chunk(run, w)) return NULL;
        hand_over(run, w, work_through(w));
    }
}

/* ------------------------------------------------------------------ all of it */
static void gather(kl_run *run, worker *w) {
    for (size_t e = 0; e < run->rules.editions.n; e++) kl_tally_merge(run->tallies[e], w->tallies[e]);
    if (run->by) kl_groups_merge(&run->groups, &w->groups, run->outcomes.count);
}

void kl_run_all(kl_run *run) {
    size_t threads = run->threads < 1 ? 1 : run->threads > THREADS_MAX ? THREADS_MAX : run->threads;
    if (run->input.regular && run->input.size <= KL_CHUNK_BYTES) threads = 1;
    if (run->out_form == KL_OUT_TABLE) threads = 1;
    worker *workers = calloc(threads, sizeof *workers);
    pthread_t *ids = calloc(threads, sizeof *ids);
    size_t started = 0, ready = 0;
    pthread_mutex_init(&run->reading, NULL);
    pthread_mutex_init(&run->turning, NULL);
    pthread_cond_init(&run->turned, NULL);
    run->shown_at = seconds();
    bool ok = workers && ids;
    while (ok && ready < threads) ok = worker_init(&workers[ready++], run);
    if (!ok) halt(run, KL_STOP_MEMORY, ENOMEM);
    for (size_t i = 1; ok && i < threads; i++, started++)
        if (pthread_create(&ids[i], NULL, labour, &workers[i]) != 0) break;
    if (ok) labour(&workers[0]);
    for (size_t i = 1; i <= started; i++) pthread_join(ids[i], NULL);
    for (size_t i = 0; i < ready; i++) {
        if (ok) gather(run, &workers[i]);
        worker_free(&workers[i]);
    }
    if (run->progress && run->shown_at > 0) fputs("\r\033[K", stderr);
    free(workers);
    free(ids);
}
