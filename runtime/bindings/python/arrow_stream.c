/* arrow_stream.c - a stream of record batches in, a stream of decisions out: each batch is decided when the next is asked for.
 * May include: the C library; knows nothing of Python, so that any thread may read, with or without the interpreter's lock.
 * Start at kl_arrow_open(), then next_batch(). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/bindings/python/arrow.h"

enum { ROWS_MOST = 1 << 16 }; /* of a batch that is handed over */

static void say(char *why, size_t size, const char *text) {
    snprintf(why, size, "%s", text ? text : "out of memory");
}

static void end_stream(struct ArrowArrayStream *s) {
    if (s->release) s->release(s);
    s->release = NULL;
}

static void end_batch(kl_arrow_run *run) {
    if (run->in) kl_arrow_in_forget(run->in);
    if (run->batch.release) run->batch.release(&run->batch);
    run->batch.release = NULL;
    run->at = 0;
}

void kl_arrow_drop(kl_arrow_run *run) {
    if (!run || __atomic_sub_fetch(&run->users, 1, __ATOMIC_ACQ_REL)) return;
    end_batch(run);
    end_stream(&run->input);
    kl_arrow_in_free(run->in);
    kl_arrow_out_free(run->out);
    kl_desk_free(run->desk);
    kl_refusals_free(&run->refusals);
    pthread_mutex_destroy(&run->lock);
    kl_ruleset_drop(run->rules);
    free(run);
}

/* ------------------------------------------------------------------ opening */
static kl_arrow_run *begin(kl_ruleset *rules, const struct ArrowSchema *schema, char *why, size_t size) {
    const char *wrong = NULL;
    kl_arrow_run *run = calloc(1, sizeof *run);
    if (run && pthread_mutex_init(&run->lock, NULL) == 0) {
        run->users = 1;
        run->rules = kl_ruleset_share(rules);
        run->in = kl_arrow_in_new(rules, schema, &wrong);
        run->out = run->in ? kl_arrow_out_new(rules) : NULL;
        run->desk = run->out ? kl_desk_new(rules) : NULL;
        if (run->in && !kl_arrow_in_bound(run->in)) wrong = "no field of the guideline reads any of the columns";
        if (run->desk && !wrong) return run;
        kl_arrow_drop(run);
    } else {
        free(run);
    }
    say(why, size, wrong);
    return NULL;
}

kl_arrow_run *kl_arrow_open(kl_ruleset *rules, struct ArrowArrayStream *input, char *why, size_t size) {
    struct ArrowSchema schema = {0};
    kl_arrow_run *run = NULL;
    int failed = input->get_schema(input, &schema);
    if (failed) {
        const char *said = input->get_last_error(input);
        say(why, size, said ? said : strerror(failed));
    } else {
        run = begin(rules, &schema, why, size);
        schema.release(&schema);
    }
    if (!run) {
        end_stream(input);
        return NULL;
    }
    run->input = *input;
    input->release = NULL;
    return run;
}

kl_arrow_run *kl_arrow_open_batch(kl_ruleset *rules, struct ArrowSchema *schema, struct ArrowArray *batch, char *why,
                                  size_t size) {
    kl_arrow_run *run = begin(rules, schema, why, size);
    if (!run) return NULL;
    run->batch = *batch;
    batch->release = NULL;
    return run;
}

/* ------------------------------------------------------------------ what the reader asks */
static int fail(kl_arrow_run *run, int error, const char *text) {
    say(run->error, sizeof run->error, text);
    return error;
}

static int get_schema(struct ArrowArrayStream *s, struct ArrowSchema *schema) {
    kl_arrow_run *run = s->private_data;
    return kl_arrow_out_schema(run->out, schema) ? 0 : fail(run, ENOMEM, NULL);
}

static bool decide_group(kl_arrow_run *run, uint32_t rows) {
    kl_desk *d = run->desk;
    if (!kl_arrow_in_fill(run->in, d, &run->batch, run->at, rows)) return false;
    pthread_mutex_lock(&run->lock);
    bool ok = kl_desk_decide(d, false, run->row, &run->refusals);
    pthread_mutex_unlock(&run->lock);
    for (uint32_t i = 0; ok && i < rows; i++) {
        if (kl_desk_refused(d, i)) continue;
        kl_arrow_out_add(run->out, d->edition_of[i], kl_desk_verdict(d, i), run->row + i, d->keys[i].data != NULL);
    }
    run->at += rows;
    run->row += rows;
    return ok && !d->failed;
}

/* The next batch of the input that has records; *ended where there is none. */
static int have_batch(kl_arrow_run *run, bool *ended) {
    *ended = false;
    while (!run->batch.release || run->at == run->batch.length) {
        end_batch(run);
        *ended = !run->input.release;
        if (*ended) return 0;
        int failed = run->input.get_next(&run->input, &run->batch);
        if (failed) {
            const char *said = run->input.get_last_error(&run->input);
            run->batch.release = NULL;
            return fail(run, failed, said ? said : strerror(failed));
        }
        if (!run->batch.release) end_stream(&run->input);
    }
    if (run->batch.null_count > 0 && run->batch.n_buffers && run->batch.buffers[0])
        return fail(run, EINVAL, "a record batch has nulls in place of records");
    return 0;
}

static int get_next(struct ArrowArrayStream *s, struct ArrowArray *array) {
    kl_arrow_run *run = s->private_data;
    bool ended = false;
    array->release = NULL;
    while (kl_arrow_out_rows(run->out) == 0) {
        int failed = have_batch(run, &ended);
        if (failed) return failed;
        if (ended) return 0;
        int64_t left = run->batch.length - run->at, most = ROWS_MOST;
        for (left = left < most ? left : most; left > 0;) {
            uint32_t rows = left < KL_ROWS_MAX ? (uint32_t)left : KL_ROWS_MAX;
            if (!decide_group(run, rows)) return fail(run, ENOMEM, NULL);
            left -= rows;
        }
    }
    return kl_arrow_out_take(run->out, array) ? 0 : fail(run, ENOMEM, NULL);
}

static const char *get_last_error(struct ArrowArrayStream *s) {
    kl_arrow_run *run = s->private_data;
    return run->error[0] ? run->error : NULL;
}

static void release(struct ArrowArrayStream *s) {
    kl_arrow_run *run = s->private_data;
    s->release = NULL;
    kl_arrow_drop(run);
}

void kl_arrow_export(kl_arrow_run *run, struct ArrowArrayStream *out) {
    __atomic_add_fetch(&run->users, 1, __ATOMIC_RELAXED);
    *out = (struct ArrowArrayStream){get_schema, get_next, get_last_error, release, run};
}
