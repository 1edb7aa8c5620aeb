/* explain.c - the verb explain: finds the record by its key, decides its batch, and hands it to a writer.
 * May include: the runtime and its io.
 * Start at kl_verb_explain(). */
#include "compiler/cli/explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct search {
    kl_cli *cli;
    kl_rules rules;
    kl_input input;
    kl_feed *feed;
    kl_reading *reading;
    kl_chunk chunk;
    uint64_t records;
    kl_feed_state state;
    int why;
} search;

static bool key_is(const search *s, uint32_t row, kl_str wanted) {
    if (s->rules.editions.p[s->rules.editions.n - 1].info.key != KL_INDEX_NONE)
        return kl_str_eq(kl_str_from(kl_reading_key(s->reading, row)), wanted);
    char digits[24]; /* without a key field: the record's number */
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(s->records + row + 1));
    return kl_str_eq((kl_str){digits, (size_t)n}, wanted);
}

/* Reads on to the record; its group is then in s->reading. */
static bool find(search *s, kl_str wanted, uint32_t *row) {
    while ((s->state = kl_feed_next(s->feed, &s->chunk)) == KL_FEED_OK) {
        kl_reading_start(s->reading, &s->chunk);
        while (kl_reading_next(s->reading)) {
            for (*row = 0; *row < kl_reading_rows(s->reading); ++*row)
                if (key_is(s, *row, wanted)) return true;
            s->records += kl_reading_rows(s->reading);
        }
    }
    s->why = errno;
    return false;
}

static int tell(search *s, size_t e, uint32_t index, kl_string key) {
    kl_cli *c = s->cli;
    kl_explained x = {.cli = c, .edition = &s->rules.editions.p[e], .row = index};
    kl_fault fault;
    x.workspace = kl_rules_workspace(&s->rules, e);
    x.verdict = x.workspace ? kl_verdict_new(x.edition->teller, x.workspace) : NULL;
    int status = KL_EXIT_TROUBLE;
    if (x.verdict && kl_eval(x.workspace, kl_reading_batch(s->reading, e), &fault)) {
        kl_verdict_take(x.verdict, index, key);
        status = KL_EXIT_OK;
        if (kl_cli_is(c, KL_FLAG_FORMAT, "json")) {
            kl_bytes out = {0};
            kl_explain_json(&x, &out);
            fwrite(out.data, 1, out.size, stdout);
            kl_bytes_free(&out);
        } else {
            bool plain = kl_cli_has(c, KL_FLAG_PLAIN);
            kl_explain_text(&x, stdout, plain, c->color_out && !plain);
        }
    } else {
        kl_say(c, KL_D_FILE_READ, 2, s->input.path, kl_why(c, ENOMEM));
    }
    kl_verdict_free(x.verdict);
    free(x.workspace);
    return status;
}

static int explain(search *s) {
    kl_cli *c = s->cli;
    kl_str wanted = kl_cli_value(c, KL_FLAG_RECORD);
    uint32_t row = 0, index = 0;
    size_t edition = 0;
    if (!find(s, wanted, &row)) {
        if (s->state != KL_FEED_END)
            kl_say_feed(c, &s->input, s->state, s->why);
        else
            kl_say(c, KL_D_NO_RECORD, 2, wanted, kl_str_fmt(c->arena, "%llu", (unsigned long long)s->records));
        return KL_EXIT_TROUBLE;
    }
    const kl_reject *r = kl_reading_reject(s->reading, row);
    if (r) {
        kl_reject told = *r;
        told.line += s->chunk.line;
        kl_say_reject(c, s->input.path, &told);
        return KL_EXIT_FOUND;
    }
    kl_reading_place(s->reading, row, &edition, &index);
    return tell(s, edition, index, kl_string_from(wanted));
}

int kl_verb_explain(kl_cli *c) {
    search s = {.cli = c, .input = {.fd = -1}};
    int status = KL_EXIT_TROUBLE;
    if (!kl_cli_has(c, KL_FLAG_RECORD)) {
        kl_say(c, KL_D_USAGE_FEW, 2, KL_STR("explain"), kl_str_of(c->verb->operands[c->lang]));
        return status;
    }
    kl_catch_signals();
    if (kl_input_open(c, c->operands.p[1], &s.input) && kl_rules_load(c, c->operands.p[0], &s.rules)) {
        s.feed = kl_input_feed(c, &s.input, &s.rules, false);
        s.reading = s.feed ? kl_reading_new(&s.rules.dated, s.feed, false) : NULL;
        if (s.reading) status = explain(&s);
    }
    kl_reading_free(s.reading);
    kl_feed_free(s.feed);
    kl_bytes_free(&s.chunk.bytes);
    kl_rules_free(&s.rules);
    kl_input_close(&s.input);
    return status;
}
