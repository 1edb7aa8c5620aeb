/* explain.c - the verb explain: finds the record by its key, decides its batch, and hands it to a writer.
 * May include: the runtime and its io.
 * Start at kl_verb_explain(). */
#include "compiler/cli/explain.h"
#include "compiler/cli/whynot.h"

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
    bool reading_chunk;
    uint32_t row, rows; /* of the group in hand: the next to look at */
    uint64_t records;   /* before the group */
    kl_feed_state state;
    int why;
} search;

static bool key_is(const search *s, uint32_t row, kl_str wanted) {
    if (s->rules.editions.p[s->rules.editions.n - 1].info.key != KL_INDEX_NONE)
        return wanted.n && kl_str_eq(kl_str_from(kl_reading_key(s->reading, row)), wanted);
    char digits[24]; /* without a key field: the record's number */
    int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(s->records + row + 1));
    return kl_str_eq((kl_str){digits, (size_t)n}, wanted);
}

/* Reads on to the next record with the key; its group is then in s->reading, and the record is the one before s->row. */
static bool find(search *s, kl_str wanted) {
    for (;;) {
        while (s->row < s->rows)
            if (key_is(s, s->row++, wanted)) return true;
        s->records += s->rows;
        s->row = s->rows = 0;
        if (s->reading_chunk && kl_reading_next(s->reading)) {
            s->rows = kl_reading_rows(s->reading);
            continue;
        }
        s->reading_chunk = (s->state = kl_feed_next(s->feed, &s->chunk)) == KL_FEED_OK;
        s->why = errno;
        if (!s->reading_chunk) return false;
        kl_reading_start(s->reading, &s->chunk);
    }
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
        if (kl_cli_has(c, KL_FLAG_WHY_NOT)) {
            status = kl_why_not(c, &s->rules, e, x.workspace, index);
        } else if (kl_cli_is(c, KL_FLAG_FORMAT, "json")) {
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

/* The record that find() came to. */
static int found(search *s, kl_str wanted) {
    kl_cli *c = s->cli;
    uint32_t index = 0;
    size_t edition = 0;
    const kl_reject *r = kl_reading_reject(s->reading, s->row - 1);
    if (r) {
        kl_reject told = *r;
        told.line += s->chunk.line;
        kl_say_reject(c, s->input.path, &told);
        return KL_EXIT_FOUND;
    }
    kl_reading_place(s->reading, s->row - 1, &edition, &index);
    return tell(s, edition, index, kl_string_from(wanted));
}

static int explain(search *s) {
    kl_cli *c = s->cli;
    kl_str wanted = kl_cli_value(c, KL_FLAG_RECORD);
    if (!find(s, wanted)) {
        if (s->state != KL_FEED_END)
            kl_say_feed(c, &s->input, s->state, s->why);
        else
            kl_say(c, KL_D_NO_RECORD, 2, wanted, kl_str_fmt(c->arena, "%llu", (unsigned long long)s->records));
        return KL_EXIT_TROUBLE;
    }
    uint64_t line = s->chunk.line + kl_reading_line(s->reading, s->row - 1), same = 1;
    int status = found(s, wanted);
    if (s->rules.editions.p[s->rules.editions.n - 1].info.key == KL_INDEX_NONE) return status;
    fflush(stdout); /* the rest may be long */
    while (find(s, wanted)) same++;
    if (s->state != KL_FEED_END) {
        kl_say_feed(c, &s->input, s->state, s->why);
        return KL_EXIT_TROUBLE;
    }
    if (same > 1)
        kl_say_at(c, s->input.path, KL_D_SAME_KEY, 3, wanted, kl_str_fmt(c->arena, "%llu", (unsigned long long)same),
                  kl_str_fmt(c->arena, "%llu", (unsigned long long)line));
    return status;
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
