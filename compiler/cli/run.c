/* run.c - the verb run: what was asked for, the output files, and how it ended.
 * May include: the compiler's front door, the runtime and its io.
 * Start at kl_verb_run(). */
#include "compiler/cli/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool ends_with(kl_str s, const char *suffix) {
    size_t n = strlen(suffix);
    return s.n > n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

/* --format, else the name of -o, else a table on a terminal, else the form that came in. Only a summary: nothing. */
static kl_out_form out_form(const kl_cli *c, const kl_input *in) {
    kl_str path = kl_cli_value(c, KL_FLAG_OUTPUT);
    if (kl_cli_is(c, KL_FLAG_FORMAT, "csv")) return KL_OUT_CSV;
    if (kl_cli_is(c, KL_FLAG_FORMAT, "ndjson")) return KL_OUT_NDJSON;
    if (kl_cli_is(c, KL_FLAG_FORMAT, "table")) return KL_OUT_TABLE;
    if (ends_with(path, ".csv") || ends_with(path, ".skv")) return KL_OUT_CSV;
    if (ends_with(path, ".ndjson") || ends_with(path, ".jsonl") || ends_with(path, ".json")) return KL_OUT_NDJSON;
    if (!path.n && kl_cli_has(c, KL_FLAG_SUMMARY)) return KL_OUT_NONE;
    if (kl_cli_has(c, KL_FLAG_CSV)) return KL_OUT_CSV;
    if (!path.n && !kl_cli_has(c, KL_FLAG_SELECT) && isatty(STDOUT_FILENO)) return KL_OUT_TABLE;
    return in->form == KL_INPUT_CSV ? KL_OUT_CSV : KL_OUT_NDJSON;
}

static bool together(kl_cli *c, const char *one, const char *other) {
    kl_say(c, KL_D_USAGE_TOGETHER, 2, kl_str_of(one), kl_str_of(other));
    return false;
}

/* Each of the outputs has a place of its own. */
static bool apart(kl_cli *c, bool decisions) {
    static const struct {
        kl_flag_id flag;
        const char *name;
    } outputs[] = {{KL_FLAG_OUTPUT, "output"}, {KL_FLAG_REJECTS, "rejects"}, {KL_FLAG_RECEIPT, "receipt"}};
    bool to_standard = decisions && (!kl_cli_has(c, KL_FLAG_OUTPUT) || kl_cli_is(c, KL_FLAG_OUTPUT, "-"));
    for (size_t i = 1; i < 3; i++) {
        kl_str path = kl_cli_value(c, outputs[i].flag), flag = kl_str_fmt(c->arena, "--%s", outputs[i].name);
        if (to_standard && kl_str_eq(path, KL_STR("-")))
            return together(c, kl_str_fmt(c->arena, "%.*s -", KL_FMT(flag)).p,
                            kl_cli_word(c, "beslut på standard ut", "decisions on standard output"));
        for (size_t k = 0; path.n && k < i; k++)
            if (kl_str_eq(path, kl_cli_value(c, outputs[k].flag)) && kl_path_is(c->arena, path) != KL_PATH_OTHER)
                return together(c, kl_str_fmt(c->arena, "--%s %.*s", outputs[k].name, KL_FMT(path)).p,
                                kl_str_fmt(c->arena, "%.*s %.*s", KL_FMT(flag), KL_FMT(path)).p);
    }
    return true;
}

static bool asked_for(kl_run *run) {
    kl_cli *c = run->cli;
    run->out_form = out_form(c, &run->input);
    bool sv = kl_cli_has(c, KL_FLAG_CSV);
    run->csv = sv ? (kl_csv_form){';', ','} : (kl_csv_form){',', '.'};
    run->trace = kl_cli_has(c, KL_FLAG_TRACE);
    run->keep = kl_cli_has(c, KL_FLAG_KEEP);
    run->want_rejects = kl_cli_has(c, KL_FLAG_REJECTS);
    run->count = kl_cli_has(c, KL_FLAG_SUMMARY) || kl_cli_has(c, KL_FLAG_RECEIPT);
    run->stats = kl_cli_has(c, KL_FLAG_STATS);
    if (!kl_stats_simd(c, &run->simd)) return false;
    run->input.hash = kl_cli_has(c, KL_FLAG_RECEIPT);
    run->progress = isatty(STDERR_FILENO) &&
                    !(run->out_form != KL_OUT_NONE && !kl_cli_has(c, KL_FLAG_OUTPUT) && isatty(STDOUT_FILENO));
    if (run->out_form == KL_OUT_TABLE && (run->trace || run->keep))
        return together(c, run->trace ? "--trace" : "--keep", "--format table");
    if (run->out_form == KL_OUT_TABLE && kl_cli_has(c, KL_FLAG_SELECT))
        return together(c, "--select", "--format table");
    if (run->trace && kl_cli_has(c, KL_FLAG_SELECT)) return together(c, "--trace", "--select");
    if (run->keep && run->input.form == KL_INPUT_NDJSON && run->out_form == KL_OUT_CSV)
        return together(c, "--keep", "--format csv");
    if (kl_cli_has(c, KL_FLAG_BY) && !kl_cli_has(c, KL_FLAG_SUMMARY)) {
        kl_say(c, KL_D_USAGE_NEEDS, 2, KL_STR("--by"), KL_STR("--summary"));
        return false;
    }
    if (!apart(c, run->out_form != KL_OUT_NONE)) return false;
    run->threads = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (!kl_cli_has(c, KL_FLAG_THREADS)) return true;
    int64_t n = 0;
    kl_str given = kl_cli_value(c, KL_FLAG_THREADS);
    if (kl_parse_number(kl_string_from(given), 0, (kl_string){"", 0}, &n) || n < 1 || n > 64) {
        kl_say(c, KL_D_USAGE_CHOICE, 3, KL_STR("--threads"), given, KL_STR("1 … 64"));
        return false;
    }
    run->threads = (size_t)n;
    return true;
}

static bool fail_on(kl_cli *c, bool *undetermined, bool *findings) {
    kl_str_list what = kl_cli_list(c, KL_FLAG_FAIL_ON);
    for (size_t i = 0; i < what.n; i++) {
        if (kl_str_eq(what.p[i], KL_STR("undetermined"))) {
            *undetermined = true;
        } else if (kl_str_eq(what.p[i], KL_STR("findings"))) {
            *findings = true;
        } else {
            kl_say(c, KL_D_USAGE_CHOICE, 3, KL_STR("--fail-on"), what.p[i], KL_STR("undetermined, findings"));
            return false;
        }
    }
    return true;
}

static bool find_by(kl_run *run) {
    kl_cli *c = run->cli;
    if (!kl_cli_has(c, KL_FLAG_BY)) return true;
    size_t n = run->rules.editions.n;
    uint32_t *by = kl_alloc_array(c->arena, n, sizeof *by);
    kl_str_list names = {0};
    run->by_name = kl_cli_value(c, KL_FLAG_BY);
    for (size_t e = 0; e < n; e++) {
        by[e] = KL_INDEX_NONE;
        for (uint32_t f = 0; f < run->rules.editions.p[e].info.fields; f++) {
            kl_field_info info;
            kl_field_of(run->rules.editions.p[e].program, f, &info);
            KL_PUSH(c->arena, &names, kl_str_from(info.name));
            if (!kl_str_eq(kl_str_from(info.name), run->by_name)) continue;
            by[e] = f;
            if (info.kind != KL_BOOL && info.kind != KL_VALUES)
                run->threads = 1; /* so many values may come that the first ones count */
        }
        if (by[e] != KL_INDEX_NONE) continue;
        kl_say(c, KL_D_NO_FIELD, 1, run->by_name);
        kl_say_hint(c, kl_closest(run->by_name, names.p, names.n));
        return false;
    }
    run->by = by;
    return true;
}

/* All that may stand after --select. */
static void selectable(kl_run *run, kl_str_list *names) {
    kl_arena *a = run->cli->arena;
    for (size_t e = run->rules.editions.n; e-- > 0;) {
        const kl_edition *edition = &run->rules.editions.p[e];
        for (uint32_t i = 0; i < edition->info.outcomes; i++) {
            kl_outcome_info outcome;
            kl_outcome_of(edition->program, i, &outcome);
            kl_str name = kl_str_from(outcome.name);
            KL_PUSH(a, names, name);
            KL_PUSH(a, names, kl_str_fmt(a, "%.*s.state", (int)name.n, name.p));
        }
        for (uint32_t f = 0; f < edition->info.fields; f++) {
            kl_field_info field;
            kl_field_of(edition->program, f, &field);
            KL_PUSH(a, names, kl_str_from(field.name));
        }
    }
    for (size_t i = 0; kl_columns_own(i).size; i++) KL_PUSH(a, names, kl_str_from(kl_columns_own(i)));
}

static bool find_columns(kl_run *run) {
    kl_cli *c = run->cli;
    if (!kl_cli_has(c, KL_FLAG_SELECT)) return true;
    kl_str_list given = kl_cli_list(c, KL_FLAG_SELECT), names = {0};
    for (size_t i = 0; i < given.n; i++)
        for (size_t k = 0; k < i; k++) {
            if (!kl_str_eq(given.p[k], given.p[i])) continue;
            kl_say(c, KL_D_SELECT_TWICE, 1, given.p[i]);
            return false;
        }
    kl_string *wanted = kl_alloc_array(c->arena, given.n, sizeof *wanted);
    for (size_t i = 0; i < given.n; i++) wanted[i] = kl_string_from(given.p[i]);
    size_t unknown;
    run->columns = kl_columns_select(run->rules.tellers, run->rules.editions.n, wanted, given.n, &unknown);
    if (run->columns) return true;
    if (unknown == given.n) {
        kl_say(c, KL_D_FILE_READ, 2, run->input.path, kl_why(c, ENOMEM));
        return false;
    }
    kl_say(c, KL_D_SELECT_NAME, 1, given.p[unknown]);
    selectable(run, &names);
    kl_say_hint(c, kl_closest(given.p[unknown], names.p, names.n));
    return false;
}

static bool cannot_write(kl_cli *c, const kl_sink *s, int why) {
    kl_str path =
        kl_str_eq(s->path, KL_STR("-")) ? kl_str_of(kl_cli_word(c, "standard ut", "standard output")) : s->path;
    kl_say(c, KL_D_FILE_WRITE, 2, path, kl_why_write(c, why));
    return false;
}

static bool write_head(kl_run *run) {
    kl_bytes head = {0};
    bool ok = true;
    if (run->want_rejects) {
        kl_rejects_head(&head, run->csv);
        ok = kl_sink_write(&run->rejects, head.data, head.size) ||
             cannot_write(run->cli, &run->rejects, run->rejects.why);
        head.size = 0;
    }
    if (ok && run->out_form == KL_OUT_CSV) {
        kl_reading *r = kl_reading_new(&run->rules.dated, run->feed, run->keep);
        size_t n = r && run->keep ? kl_reading_unread(r) : 0;
        kl_string *names = kl_alloc_array(run->cli->arena, n + 1, sizeof *names);
        for (size_t i = 0; i < n; i++) names[i] = kl_reading_unread_name(r, i);
        kl_write_csv_head(&head, run->columns, run->csv, names, n);
        kl_reading_free(r);
        ok = kl_sink_write(&run->out, head.data, head.size) || cannot_write(run->cli, &run->out, run->out.why);
    }
    kl_bytes_free(&head);
    return ok;
}

static bool prepare(kl_run *run) {
    kl_cli *c = run->cli;
    bool sv = c->lang == KL_SV;
    kl_all_outcomes_of(c, &run->rules, &run->outcomes);
    run->words =
        (kl_table_words){{"", sv ? "ej angivet" : "not stated", "", sv ? "inget" : "none",
                          sv ? "obestämt" : "undetermined", sv ? "motstridigt" : "conflict", sv ? "fel" : "error"},
                         sv ? "ja" : "yes",
                         sv ? "nej" : "no",
                         sv ? "nyckel" : "key",
                         sv ? "avgjord av" : "decided by",
                         sv ? ',' : '.'};
    for (size_t i = 1; i < KL_REJECT_COUNT; i++)
        run->reject_texts[i] = kl_wording(c->arena, c->lang, kl_reject_message((kl_reject_reason)i), NULL, 0);
    size_t n = run->rules.editions.n;
    run->tallies = kl_alloc_array(c->arena, n, sizeof *run->tallies);
    run->groups.arena = c->arena;
    if (run->out_form == KL_OUT_CSV && !run->columns) run->columns = kl_columns_all(run->rules.tellers, n, run->trace);
    if (run->out_form == KL_OUT_TABLE) run->table = kl_table_new(run->rules.tellers, n, &run->words);
    bool ok = (run->out_form != KL_OUT_CSV || run->columns) && (run->out_form != KL_OUT_TABLE || run->table);
    for (size_t e = 0; e < n; e++)
        ok = (run->tallies[e] = kl_tally_new(run->rules.editions.p[e].program)) != NULL && ok;
    if (!ok) {
        kl_say(c, KL_D_FILE_READ, 2, run->input.path, kl_why(c, ENOMEM));
        return false;
    }
    if (run->out_form != KL_OUT_NONE && !kl_sink_open(c->arena, &run->out, kl_cli_value(c, KL_FLAG_OUTPUT)))
        return cannot_write(c, &run->out, run->out.why);
    if (run->want_rejects && !kl_sink_open(c->arena, &run->rejects, kl_cli_value(c, KL_FLAG_REJECTS)))
        return cannot_write(c, &run->rejects, run->rejects.why);
    if (kl_cli_has(c, KL_FLAG_RECEIPT) && !kl_sink_open(c->arena, &run->receipt, kl_cli_value(c, KL_FLAG_RECEIPT)))
        return cannot_write(c, &run->receipt, run->receipt.why);
    return write_head(run);
}

static bool say_stop(kl_run *run) {
    kl_cli *c = run->cli;
    kl_str done = kl_str_fmt(c->arena,
                             kl_cli_word(c, "avbruten efter %llu poster; utdata är inte fullständiga",
                                         "interrupted after %llu records; the output is not complete"),
                             (unsigned long long)run->records);
    switch (run->stop) {
    case KL_GO: return true;
    case KL_STOP_INTERRUPT: kl_say(c, KL_D_FILE_READ, 2, run->input.path, done); break;
    case KL_STOP_READ: kl_say_feed(c, &run->input, run->feed_state, run->why); break;
    case KL_STOP_WRITE: cannot_write(c, &run->out, run->why); break;
    case KL_STOP_REJECTS: cannot_write(c, &run->rejects, run->why); break;
    case KL_STOP_MEMORY:
    case KL_STOP_BATCH: kl_say(c, KL_D_FILE_READ, 2, run->input.path, kl_why(c, ENOMEM)); break;
    }
    return false;
}

/* Everything is written before anything appears, and the decisions appear last. */
static bool finish(kl_run *run) {
    kl_cli *c = run->cli;
    kl_bytes rest = {0}, receipt = {0};
    bool receipted = kl_cli_has(c, KL_FLAG_RECEIPT), ok = true;
    if (run->table) {
        kl_write_table_flush(&rest, run->table);
        ok = kl_sink_write(&run->out, rest.data, rest.size) || cannot_write(c, &run->out, run->out.why);
    }
    if (ok && receipted) {
        kl_receipt(run, &receipt);
        if (receipt.failed) run->receipt.failed = true, run->receipt.why = ENOMEM;
        ok = kl_sink_write(&run->receipt, receipt.data, receipt.size) ||
             cannot_write(c, &run->receipt, run->receipt.why);
    }
    kl_bytes_free(&rest);
    kl_bytes_free(&receipt);
    if (!ok) return false;
    if (run->want_rejects && !kl_sink_finish(&run->rejects)) return cannot_write(c, &run->rejects, run->rejects.why);
    if (receipted && !kl_sink_finish(&run->receipt)) return cannot_write(c, &run->receipt, run->receipt.why);
    return run->out_form == KL_OUT_NONE || kl_sink_finish(&run->out) || cannot_write(c, &run->out, run->out.why);
}

static void tell(kl_run *run) {
    kl_cli *c = run->cli;
    if (!run->keep) kl_say_unread(c, &run->unread, &run->rules);
    if (run->rejected) {
        kl_str some = kl_str_fmt(c->arena, "%llu", (unsigned long long)run->rejected),
               all = kl_str_fmt(c->arena, "%llu", (unsigned long long)run->records);
        kl_str to = kl_cli_value(c, KL_FLAG_REJECTS);
        if (kl_str_eq(to, KL_STR("-"))) to = kl_str_of(kl_cli_word(c, "standard ut", "standard output"));
        if (run->want_rejects)
            kl_say_at(c, run->input.path, KL_D_INPUT_REJECTED_TO, 3, some, all, to);
        else
            kl_say_at(c, run->input.path, KL_D_INPUT_REJECTED, 2, some, all);
    }
    bool decisions_out = run->out_form != KL_OUT_NONE && kl_str_eq(run->out.path, KL_STR("-"));
    if (kl_cli_has(c, KL_FLAG_SUMMARY)) kl_summary(run, decisions_out ? stderr : stdout);
    if (run->stats) kl_stats(run, stderr);
}

static int outcome_status(const kl_run *run, bool undetermined, bool findings) {
    bool found = run->rejected > 0;
    for (size_t e = 0; e < run->rules.editions.n; e++) {
        const kl_tally *t = run->tallies[e];
        found |= t->conflicts || t->errors || (undetermined && t->undetermined) || (findings && t->findings);
    }
    return found ? KL_EXIT_FOUND : KL_EXIT_OK;
}

static void put_away(kl_run *run) {
    kl_sink_drop(&run->out);
    kl_sink_drop(&run->rejects);
    kl_sink_drop(&run->receipt);
    for (size_t e = 0; run->tallies && e < run->rules.editions.n; e++) kl_tally_free(run->tallies[e]);
    kl_columns_free(run->columns);
    kl_table_free(run->table);
    kl_feed_free(run->feed);
    kl_rules_free(&run->rules);
    kl_input_close(&run->input);
}

int kl_verb_run(kl_cli *c) {
    static kl_run run;
    bool undetermined = false, findings = false;
    run = (kl_run){.cli = c, .input.fd = -1, .out.fd = -1, .rejects.fd = -1, .receipt.fd = -1};
    int status = KL_EXIT_TROUBLE;
    kl_catch_signals();
    bool ok = fail_on(c, &undetermined, &findings) && kl_input_open(c, c->operands.p[1], &run.input) &&
              asked_for(&run) && kl_rules_load(c, c->operands.p[0], &run.rules) && find_by(&run) && find_columns(&run);
    if (ok) {
        bool numbered = run.rules.editions.p[run.rules.editions.n - 1].info.key == KL_INDEX_NONE;
        run.feed = kl_input_feed(c, &run.input, &run.rules, numbered);
    }
    if (run.feed && prepare(&run)) {
        kl_run_all(&run);
        if (say_stop(&run) && finish(&run)) {
            tell(&run);
            status = outcome_status(&run, undetermined, findings);
        }
    }
    put_away(&run);
    return status;
}
