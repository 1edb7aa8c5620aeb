/* examples.c - runs the examples of a guideline through its image and compares: outcomes, what fired, what was missing, findings; counts coverage.
 * May include: the compiler's intermediate form, the runtime and its io.
 * Start at kl_examples_run(). */
#include "compiler/cli/examples.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/cli/trying.h"

typedef struct bench { /* one example on the runtime */
    kl_cli *cli;
    kl_examples *x;
    kl_workspace *workspace;
    kl_verdict *verdict;
    kl_example_run *run;
    const ir_example *example;
} bench;

/* ------------------------------------------------------------------ a batch of one */
typedef struct cell {
    uint64_t known[KL_WORDS], bits[KL_WORDS], set;
    uint16_t code;
    int64_t number;
    kl_string text;
} cell;

static bool decide(bench *b) {
    const ir_guideline *g = b->x->ir;
    cell *cells = kl_alloc_array(b->cli->arena, g->fields.n + 1, sizeof *cells);
    kl_column *columns = kl_alloc_array(b->cli->arena, g->fields.n + 1, sizeof *columns);
    for (size_t i = 0; i < b->example->given.n; i++) {
        const ir_given *given = &b->example->given.p[i];
        cell *c = &cells[given->field];
        kl_column *column = &columns[given->field];
        if (given->unknown) continue;
        c->known[0] = 1;
        column->known = c->known;
        switch (g->fields.p[given->field].type.kind) {
        case KL_T_BOOL:
            c->bits[0] = (uint64_t)(given->number != 0);
            column->as.bits = c->bits;
            break;
        case KL_T_VALUES:
            c->code = (uint16_t)given->number;
            column->as.codes = &c->code;
            break;
        case KL_T_SET:
            c->set = (uint64_t)given->number;
            column->as.sets = &c->set;
            break;
        case KL_T_TEXT:
            c->text = kl_string_from(given->text);
            column->as.texts = &c->text;
            break;
        default: c->number = given->number; column->as.numbers = &c->number;
        }
    }
    kl_fault fault;
    return kl_eval(b->workspace, &(kl_batch){1, columns}, &fault);
}

/* ------------------------------------------------------------------ what came and what was expected, as text */
static kl_str value_text(bench *b, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r) {
    kl_bytes bytes = {0};
    kl_cli *c = b->cli;
    if (r->state != KL_DECIDED) return kl_result_words(c, b->x->edition.program, kind, scale, set, r);
    kl_bytes_value(&bytes, b->x->edition.program, kind, scale, set, r, c->lang == KL_SV ? ',' : '.',
                   kl_cli_word(c, "ja", "yes"), kl_cli_word(c, "nej", "no"));
    kl_str s = kl_str_dup(c->arena, (kl_str){bytes.data, bytes.size});
    kl_bytes_free(&bytes);
    return s;
}

static kl_result expected_result(const ir_expected *e) {
    static const kl_state states[] = {[IR_X_VALUE] = KL_DECIDED,     [IR_X_NOT_STATED] = KL_NOT_STATED,
                                      [IR_X_EXTERNAL] = KL_EXTERNAL, [IR_X_UNDETERMINED] = KL_UNDETERMINED,
                                      [IR_X_NONE] = KL_NO_RESULT,    [IR_X_CONFLICT] = KL_CONFLICT,
                                      [IR_X_FAILED] = KL_FAILED};
    return (kl_result){
        .state = states[e->state], .number = e->number, .set = (uint64_t)e->number, .text = kl_string_from(e->text)};
}

static bool same_result(kl_kind kind, const kl_result *a, const kl_result *b) {
    if (a->state != b->state) return false;
    if (a->state == KL_EXTERNAL || (a->state == KL_DECIDED && kind == KL_TEXT))
        return kl_str_eq(kl_str_from(a->text), kl_str_from(b->text));
    if (a->state != KL_DECIDED) return true;
    return kind == KL_SET ? a->set == b->set : a->number == b->number;
}

static void fail(bench *b, kl_str what, kl_str expected, kl_str got, kl_span span) {
    KL_PUSH(b->cli->arena, &b->run->failures, (kl_failure){what, expected, got, span, b->example->file});
}

/* ------------------------------------------------------------------ outcomes */
static kl_str entry_text(bench *b, uint32_t outcome, uint32_t columns, const ir_expected *e, uint32_t slot) {
    kl_buf text;
    kl_buf_init(&text, b->cli->arena);
    for (uint32_t k = 0; k < columns; k++) {
        kl_column_info column;
        kl_result r;
        kl_outcome_column(b->x->edition.program, outcome, k, &column);
        if (e)
            r = expected_result(&e->columns[k]);
        else
            kl_many_value(b->workspace, outcome, slot, k, 0, &r);
        kl_buf_fmt(&text, "%s%.*s %.*s", k ? ", " : "(", (int)column.name.size, column.name.data,
                   KL_FMT(value_text(b, column.kind, column.scale, column.set, &r)));
    }
    kl_buf_fmt(&text, ")");
    return kl_buf_view(&text);
}

static bool same_entry(bench *b, uint32_t outcome, uint32_t columns, const ir_expected *e, uint32_t slot) {
    for (uint32_t k = 0; k < columns; k++) {
        kl_column_info column;
        kl_result got, wanted = expected_result(&e->columns[k]);
        kl_outcome_column(b->x->edition.program, outcome, k, &column);
        kl_many_value(b->workspace, outcome, slot, k, 0, &got);
        if (!same_result(column.kind, &got, &wanted)) return false;
    }
    return true;
}

/* The entries expected of a many-of outcome are all that it has, in any order. */
static void compare_entries(bench *b, uint32_t outcome, const kl_outcome_info *info) {
    const kl_verdict_outcome *o = &b->verdict->outcomes[outcome];
    kl_buf wanted, got;
    kl_buf_init(&wanted, b->cli->arena);
    kl_buf_init(&got, b->cli->arena);
    size_t expected = 0, met = 0;
    kl_span span = {0, 0};
    for (size_t i = 0; i < b->example->expected.n; i++) {
        const ir_expected *e = &b->example->expected.p[i];
        if (e->outcome != outcome || e->state != IR_X_VALUE) continue;
        bool found = false;
        for (size_t k = 0; k < o->in_count; k++) found |= same_entry(b, outcome, info->columns, e, o->in[k]);
        met += found;
        if (!expected++) span = e->span;
        kl_buf_fmt(&wanted, "%s%.*s", wanted.n ? ", " : "", KL_FMT(entry_text(b, outcome, info->columns, e, 0)));
    }
    if (o->result.state == KL_DECIDED && met == expected && expected == o->in_count) return;
    for (size_t k = 0; k < o->in_count; k++)
        kl_buf_fmt(&got, "%s%.*s", k ? ", " : "", KL_FMT(entry_text(b, outcome, info->columns, NULL, o->in[k])));
    if (o->result.state != KL_DECIDED)
        kl_buf_fmt(&got, "%s%.*s", got.n ? ", " : "", KL_FMT(value_text(b, info->kind, 0, KL_INDEX_NONE, &o->result)));
    fail(b, kl_str_from(info->name), kl_buf_view(&wanted), kl_buf_view(&got), span);
}

static void compare_outcomes(bench *b) {
    bool *done = kl_alloc_array(b->cli->arena, b->x->ir->outcomes.n + 1, sizeof *done);
    for (size_t i = 0; i < b->example->expected.n; i++) {
        const ir_expected *e = &b->example->expected.p[i];
        kl_outcome_info info;
        kl_outcome_of(b->x->edition.program, e->outcome, &info);
        if (info.many && e->state == IR_X_VALUE) {
            if (!done[e->outcome]) compare_entries(b, e->outcome, &info);
            done[e->outcome] = true;
            continue;
        }
        const kl_result *got = &b->verdict->outcomes[e->outcome].result;
        kl_result wanted = expected_result(e);
        if (same_result(info.kind, got, &wanted)) continue;
        fail(b, kl_str_from(info.name), value_text(b, info.kind, info.scale, info.set, &wanted),
             value_text(b, info.kind, info.scale, info.set, got), e->span);
    }
}

/* ------------------------------------------------------------------ what fired, what was missing, findings */
typedef KL_VEC(kl_str) names;

static bool has(const names *list, kl_str name) {
    for (size_t i = 0; i < list->n; i++)
        if (kl_str_eq(list->p[i], name)) return true;
    return false;
}

static void add_entries(bench *b, names *list, const uint32_t *entries, size_t n) {
    for (size_t i = 0; i < n; i++) {
        kl_entry_info e;
        kl_entry_of(b->x->edition.program, entries[i], &e);
        if (!has(list, kl_str_from(e.id))) KL_PUSH(b->cli->arena, list, kl_str_from(e.id));
    }
}

static kl_str joined(bench *b, const names *list) {
    kl_buf text;
    kl_buf_init(&text, b->cli->arena);
    for (size_t i = 0; i < list->n; i++) kl_buf_fmt(&text, "%s%.*s", i ? ", " : "", KL_FMT(list->p[i]));
    return list->n ? kl_buf_view(&text) : kl_str_of(kl_cli_word(b->cli, "inga", "none"));
}

/* `all`: the list said is the whole list; else each named must be there. */
static void compare_names(bench *b, const char *what, const ir_named *said, size_t count, const names *got, bool all) {
    names wanted = {0};
    bool same = !all || count == got->n;
    for (size_t i = 0; i < count; i++) {
        same &= has(got, said[i].name);
        KL_PUSH(b->cli->arena, &wanted, said[i].name);
    }
    if (same) return;
    fail(b, kl_str_of(what), joined(b, &wanted), joined(b, got), count ? said[0].span : b->example->span);
}

static void compare_lists(bench *b) {
    const kl_verdict *v = b->verdict;
    const ir_example *e = b->example;
    names fired = {0}, missing = {0}, findings = {0};
    for (size_t o = 0; o < b->x->ir->outcomes.n; o++)
        add_entries(b, &fired, v->outcomes[o].by, v->outcomes[o].by_count);
    for (uint32_t f = 0; f < b->x->ir->fields.n; f++)
        if (v->missing[f / 64] >> (f % 64) & 1) KL_PUSH(b->cli->arena, &missing, b->x->ir->fields.p[f].name);
    add_entries(b, &findings, v->findings, v->finding_count);
    add_entries(b, &findings, v->warnings, v->warning_count);
    for (size_t o = 0; o < b->x->ir->outcomes.n; o++)
        if (v->outcomes[o].audit == KL_AUDIT_DIFFERS) KL_PUSH(b->cli->arena, &findings, b->x->ir->outcomes.p[o].name);
    if (e->fired_said)
        compare_names(b, kl_cli_word(b->cli, "utlöst", "fired"), e->fired.p, e->fired.n, &fired, e->fired.n == 0);
    if (e->missing_said)
        compare_names(b, kl_cli_word(b->cli, "saknas", "missing"), e->missing.p, e->missing.n, &missing, true);
    if (e->findings_said)
        compare_names(b, kl_cli_word(b->cli, "fynd", "findings"), e->findings.p, e->findings.n, &findings, true);
}

/* ------------------------------------------------------------------ coverage */
static bool is_constant(const ir_guideline *g, uint32_t entry) {
    uint32_t node = g->entries.p[entry].truth;
    return node == IR_NONE || g->nodes.p[node].kind == IR_BOOL;
}

static void begin_coverage(kl_cli *c, kl_examples *x) {
    for (uint32_t i = 0; i < x->ir->entries.n; i++) {
        ir_entry_kind kind = x->ir->entries.p[i].kind;
        bool wanted = kind != IR_E_PERIOD && kind != IR_E_SCOPE && kind != IR_E_TABLE && kind != IR_E_NOTE;
        KL_PUSH(c->arena, &x->covered, (kl_covered){.entry = i, .counts = wanted && !is_constant(x->ir, i)});
    }
}

static void cover(bench *b) {
    for (size_t i = 0; i < b->x->covered.n; i++) {
        kl_covered *k = &b->x->covered.p[i];
        if (k->counts) k->truths[kl_truth_of(b->workspace, k->entry, 0)]++;
    }
}

unsigned kl_examples_share(size_t both, size_t counted) {
    return counted ? (unsigned)(both * 1000 / counted) : 1000;
}

/* ------------------------------------------------------------------ all of them */
static bool run_one(bench *b) {
    const kl_program *p = b->x->edition.program;
    for (uint32_t i = 0; i < b->x->ir->assumptions.n; i++) { /* back to what the text says */
        kl_assumption_info a;
        kl_assumption_of(p, i, &a);
        kl_assume(b->workspace, i, a.has_value, a.value);
    }
    for (size_t i = 0; i < b->example->assumed.n; i++) {
        const ir_assumed *a = &b->example->assumed.p[i];
        kl_assume(b->workspace, a->assumption, !a->unknown, a->value);
    }
    if (!decide(b)) return false;
    kl_verdict_take(b->verdict, 0, (kl_string){"", 0});
    compare_outcomes(b);
    compare_lists(b);
    cover(b);
    return true;
}

bool kl_examples_run(kl_cli *c, kl_examples *x) {
    kl_rules rules = {0};
    KL_PUSH(c->arena, &rules.editions, x->edition);
    bench b = {.cli = c, .x = x, .workspace = kl_rules_workspace(&rules, 0)};
    b.verdict = b.workspace ? kl_verdict_new(x->edition.teller, b.workspace) : NULL;
    bool ok = b.verdict != NULL;
    begin_coverage(c, x);
    for (size_t i = 0; ok && i < x->ir->examples.n; i++) {
        b.example = &x->ir->examples.p[i];
        KL_PUSH(c->arena, &x->runs, (kl_example_run){.example = b.example});
        b.run = &x->runs.p[x->runs.n - 1];
        ok = run_one(&b) && !kl_verdict_failed(b.verdict);
        x->failed += b.run->failures.n > 0;
    }
    for (size_t i = 0; i < x->covered.n; i++) {
        const kl_covered *k = &x->covered.p[i];
        x->counted += k->counts;
        x->both += k->counts && k->truths[KL_YES] && k->truths[KL_NO];
    }
    kl_verdict_free(b.verdict);
    free(b.workspace);
    return ok;
}
