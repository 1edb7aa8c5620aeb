/* pipeline.c - the threads of a run: each takes a chunk, works it through, and leaves the output to whoever writes. Output keeps the input's order.
 * May include: pthreads, the runtime and its io.
 * Start at kl_run_all(). Locks: `reading` over the feed, `turning` over the outputs' order; the one who has set `writing` writes without a lock. */
#include "compiler/cli/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_REJECTS = 5, THREADS_MAX = 64, GATHERED = 4, PATIENCE = 1000 };

/* ------------------------------------------------------------------ in turn */
static void show_progress(kl_run *run) {
    double now = kl_seconds();
    if (!run->progress || now - run->shown_at < 0.5) return;
    run->shown_at = now;
    fprintf(stderr, "\r%llu %s", (unsigned long long)run->records, kl_cli_word(run->cli, "poster", "records"));
    if (run->input.size) fprintf(stderr, ", %u %%", (unsigned)(run->input.bytes * 100 / run->input.size));
    fputs("   ", stderr);
    fflush(stderr);
}

static void halt_locked(kl_run *run, kl_stop stop, int why) {
    if (run->stop == KL_GO) run->stop = stop, run->why = why;
    pthread_cond_broadcast(&run->turned);
}

static void halt(kl_run *run, kl_stop stop, int why) {
    pthread_mutex_lock(&run->turning);
    halt_locked(run, stop, why);
    pthread_mutex_unlock(&run->turning);
}

static void write_rejects(kl_run *run, const kl_output *o) {
    kl_bytes lines = {0};
    for (size_t i = 0; i < o->refused_count; i++) {
        const kl_refused *from = &o->refusals[i];
        kl_reject r = from->r;
        r.record += run->records + 1;
        r.line += run->lines + o->line;
        r.column.data = o->texts.data + from->column;
        r.value.data = o->texts.data + from->value;
        r.key.data = o->texts.data + from->key;
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
        halt(run, kl_interrupted() ? KL_STOP_INTERRUPT : KL_STOP_REJECTS, run->rejects.why);
    if (lines.failed) halt(run, KL_STOP_MEMORY, ENOMEM);
    kl_bytes_free(&lines);
}

/* Names first met in the output's chunk: in the input's order, whoever read it. */
static void take_names(kl_run *run, const kl_output *o) {
    for (size_t i = o->names_first; i < o->names_end; i++) {
        kl_str name = kl_str_from(kl_reading_unread_name(o->reading, i));
        bool known = run->unread.n == KL_UNREAD_MAX;
        for (size_t k = 0; k < run->unread.n && !known; k++) known = kl_str_eq(run->unread.p[k], name);
        if (!known) KL_PUSH(run->cli->arena, &run->unread, kl_str_dup(run->cli->arena, name));
    }
}

static void write_bytes(kl_run *run, kl_output *const *outputs, size_t count) {
    kl_str parts[GATHERED] = {{0}};
    for (size_t i = 0; i < count; i++) parts[i] = (kl_str){outputs[i]->out.data, outputs[i]->out.size};
    if (run->out_form != KL_OUT_NONE && !kl_sink_write_parts(&run->out, parts, count))
        halt(run, kl_interrupted() ? KL_STOP_INTERRUPT : KL_STOP_WRITE, run->out.why);
    for (size_t i = 0; i < count; i++) outputs[i]->out.size = 0;
}

/* Outputs whose turn it is; run->writing is this thread's, and no lock is held. One with trouble ends the run, and is not written. */
static void write_outputs(kl_run *run, kl_output *const *outputs, size_t count) {
    size_t good = 0;
    for (; good < count && !outputs[good]->trouble; good++) {
        const kl_output *o = outputs[good];
        write_rejects(run, o);
        if (run->input.form == KL_INPUT_NDJSON) take_names(run, o);
        run->records += o->records;
        run->lines += o->lines;
        run->rejected += o->refused_count;
    }
    write_bytes(run, outputs, good);
    if (good < count) halt(run, outputs[good]->trouble, ENOMEM);
    show_progress(run);
}

/* ------------------------------------------------------------------ outputs */
static void output_free(kl_output *o) {
    kl_bytes_free(&o->out);
    kl_bytes_free(&o->texts);
    free(o->refusals);
    *o = (kl_output){0};
}

/* The next chunks are as large as lets an output be well under KL_OUT_BYTES. */
static void suit_chunks(kl_run *run, const kl_output *o) {
    if (o->spilt || o->out.size > KL_OUT_BYTES / 2)
        run->chunk_bytes = run->chunk_bytes > 2 * KL_CHUNK_LEAST ? run->chunk_bytes / 2 : KL_CHUNK_LEAST;
    else if (o->out.size < KL_OUT_BYTES / 8 && run->chunk_bytes < KL_CHUNK_BYTES)
        run->chunk_bytes *= 2;
}

/* A free output, the one that was free last: it is likely in the cache. NULL: the run stops. */
static kl_output *take_output(kl_run *run, kl_worker *w) {
    pthread_mutex_lock(&run->turning);
    if (kl_interrupted()) halt_locked(run, KL_STOP_INTERRUPT, EINTR);
    while (!run->free && run->stop == KL_GO) pthread_cond_wait(&run->turned, &run->turning);
    kl_output *o = run->stop == KL_GO ? run->free : NULL;
    if (o) run->free = o->next;
    w->chunk.wanted = run->chunk_bytes;
    pthread_mutex_unlock(&run->turning);
    if (!o) return NULL;
    o->out.size = o->texts.size = o->refused_count = 0;
    o->trouble = KL_GO;
    o->spilt = false;
    return o;
}

static void give_back(kl_run *run, kl_output *o) {
    o->next = run->free;
    run->free = o;
    pthread_cond_broadcast(&run->turned);
}

/* Writes what stands ready, unless another does: at least `least` outputs at a time. The lock is held. */
static void write_ready(kl_run *run, kl_worker *w, size_t least) {
    kl_output *outputs[GATHERED];
    while (!run->writing && run->stop == KL_GO) {
        size_t count = 0;
        while (count < GATHERED && count < run->outputs &&
               (outputs[count] = run->ready[(run->turn + count) % run->outputs]) != NULL)
            count++;
        if (count < least) return;
        for (size_t i = 0; i < count; i++) run->ready[(run->turn + i) % run->outputs] = NULL;
        run->writing = true;
        pthread_mutex_unlock(&run->turning);
        kl_worker_spent(w, &w->times.waiting);
        write_outputs(run, outputs, count);
        kl_worker_spent(w, &w->times.writing);
        pthread_mutex_lock(&run->turning);
        run->writing = false;
        run->turn += count;
        for (size_t i = 0; i < count; i++) give_back(run, outputs[i]);
    }
}

/* Leaves the output where its turn will find it. Whoever finds nobody writing writes all that stands ready. */
static void hand_over(kl_worker *w) {
    kl_run *run = w->run;
    pthread_mutex_lock(&run->turning);
    suit_chunks(run, w->to);
    run->ready[w->to->number % run->outputs] = w->to;
    write_ready(run, w, run->spilling ? 1 : run->gathered);
    pthread_mutex_unlock(&run->turning);
    kl_worker_spent(w, &w->times.waiting);
}

void kl_worker_spill(kl_worker *w) {
    kl_run *run = w->run;
    kl_worker_spent(w, &w->times.writing);
    pthread_mutex_lock(&run->turning);
    run->spilling++; /* now nothing waits to be gathered */
    write_ready(run, w, 1);
    while ((run->turn != w->to->number || run->writing) && run->stop == KL_GO)
        pthread_cond_wait(&run->turned, &run->turning);
    run->spilling--;
    bool mine = run->stop == KL_GO;
    if (mine)
        run->writing = true;
    else
        w->to->trouble = run->stop;
    pthread_mutex_unlock(&run->turning);
    kl_worker_spent(w, &w->times.waiting);
    if (!mine) return;
    write_bytes(run, &w->to, 1);
    w->to->spilt = true;
    pthread_mutex_lock(&run->turning);
    run->writing = false;
    pthread_mutex_unlock(&run->turning);
    kl_worker_spent(w, &w->times.writing);
}

/* ------------------------------------------------------------------ a thread */
static void breathe(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Another holds the lock for some microseconds; to sleep and to be woken takes longer, most of all on a virtual machine. */
static void lock_soon(pthread_mutex_t *lock) {
    for (int i = 0; i < PATIENCE; i++) {
        if (pthread_mutex_trylock(lock) == 0) return;
        breathe();
    }
    pthread_mutex_lock(lock);
}

static bool next_chunk(kl_run *run, kl_worker *w) {
    lock_soon(&run->reading);
    kl_worker_spent(w, &w->times.waiting);
    kl_feed_state state = run->feed_state ? run->feed_state : kl_feed_next(run->feed, &w->chunk);
    int why = errno;
    bool first = state && !run->feed_state;
    run->feed_state = state;
    pthread_mutex_unlock(&run->reading);
    kl_worker_spent(w, &w->times.reading);
    if (first && state != KL_FEED_END) {
        bool stopped = state == KL_FEED_TROUBLE && why == EINTR && kl_interrupted();
        halt(run, stopped ? KL_STOP_INTERRUPT : KL_STOP_READ, why);
    }
    return state == KL_FEED_OK;
}

static void *labour(void *arg) {
    kl_worker *w = arg;
    w->since = kl_seconds();
    while ((w->to = take_output(w->run, w)) != NULL && next_chunk(w->run, w)) {
        kl_worker_chunk(w);
        hand_over(w);
    }
    pthread_mutex_lock(&w->run->turning);
    if (w->to) give_back(w->run, w->to);
    write_ready(w->run, w, 1);
    pthread_mutex_unlock(&w->run->turning);
    return NULL;
}

/* ------------------------------------------------------------------ all of it */
static void gather(kl_run *run, kl_worker *w) {
    for (size_t e = 0; e < run->rules.editions.n; e++) {
        if (w->memos[e]) kl_memo_count(w->memos[e], w->tallies[e]);
        kl_tally_merge(run->tallies[e], w->tallies[e]);
    }
    if (run->by) kl_groups_merge(&run->groups, &w->groups, run->outcomes.count);
    run->times.reading += w->times.reading;
    run->times.deciding += w->times.deciding;
    run->times.writing += w->times.writing;
    run->times.waiting += w->times.waiting;
}

/* Signals come to the first thread alone, which tells the others (kl_relay_signals). */
static size_t start_threads(kl_worker *workers, pthread_t *ids, size_t threads) {
    size_t started = 0;
    sigset_t ours, before;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ours, &before);
    while (started + 1 < threads && pthread_create(&ids[started + 1], NULL, labour, &workers[started + 1]) == 0)
        started++;
    kl_relay_signals(ids + 1, started);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void kl_run_all(kl_run *run) {
    size_t threads = run->threads < 1 ? 1 : run->threads > THREADS_MAX ? THREADS_MAX : run->threads;
    if (run->input.regular && run->input.size <= 2 * KL_CHUNK_LEAST) threads = 1;
    if (run->out_form == KL_OUT_TABLE) threads = 1;
    run->threads = threads;
    run->gathered = run->out.beside.n ? GATHERED : 1; /* nobody sees that file before the end */
    run->outputs = threads + (threads > 1 ? 2 : 1) * (run->gathered - 1) + (threads > 1);
    run->chunk_bytes = KL_CHUNK_LEAST;
    kl_worker *workers = calloc(threads, sizeof *workers);
    kl_output *outputs = calloc(run->outputs, sizeof *outputs);
    run->ready = calloc(run->outputs, sizeof *run->ready);
    pthread_t *ids = calloc(threads, sizeof *ids);
    size_t ready = 0;
    pthread_mutex_init(&run->reading, NULL);
    pthread_mutex_init(&run->turning, NULL);
    pthread_cond_init(&run->turned, NULL);
    double began = run->shown_at = kl_seconds();
    bool ok = workers && outputs && run->ready && ids;
    for (size_t i = 0; ok && i < run->outputs; i++) give_back(run, &outputs[i]);
    while (ok && ready < threads) ok = kl_worker_init(&workers[ready++], run);
    if (!ok) halt(run, KL_STOP_MEMORY, ENOMEM);
    if (ok) {
        size_t started = start_threads(workers, ids, threads);
        labour(&workers[0]);
        kl_relay_signals(NULL, 0);
        for (size_t i = 1; i <= started; i++) pthread_join(ids[i], NULL);
    }
    run->wall = kl_seconds() - began;
    for (size_t i = 0; i < ready; i++) {
        if (ok) gather(run, &workers[i]);
        kl_worker_free(&workers[i]);
    }
    for (size_t i = 0; outputs && i < run->outputs; i++) output_free(&outputs[i]);
    if (run->progress && run->shown_at > 0) fputs("\r\033[K", stderr);
    free(workers);
    free(outputs);
    free(run->ready);
    free(ids);
}
