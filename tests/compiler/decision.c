/* decision.c - questions and their cuts, decisions against a plain reading of the candidates, and the named limits at their edge.
 * May include: compiler/analyse, tests/compiler/checking.h and cmocka.
 * Start at main(): the list of tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/analyse/decision.h"
#include "tests/compiler/checking.h"

#define HEAD                                                                                                           \
    "riktlinje test.prov\n  gäller utan datum\n  valuta SEK\n"                                                        \
    "värden färg\n  röd\n  grön\n  blå\n  gul\n"                                                                  \
    "post kontakt\n  a : ja/nej\n  b : ja/nej\n  c : ja/nej\n  färg : färg\n  antal : heltal\n  tal : heltal\n"      \
    "  ord : text\n  flera : mängd av färg\n"

typedef struct bench { /* a checked text, ready to be decided */
    checking c;
    kl_forms *forms;
    kl_endings endings;
    kl_deciding k;
} bench;

static void set_up(bench *t, const char *text) {
    t->c = check_text(text);
    if (t->c.diags.errors) kl_diags_text(&t->c.diags, stderr, false);
    assert_int_equal(t->c.diags.errors, 0);
    t->forms = kl_forms_new(t->c.arena, t->c.g);
    kl_endings_init(&t->endings, t->forms);
    kl_deciding_init(&t->k, t->c.arena, &t->c.diags, t->forms, &t->endings);
}

static void tear_down(bench *t) {
    free_checking(&t->c);
}

/* ------------------------------------------------------------------ questions */
static void put_cells(bench *t, kl_buf *b, const kl_question *q) {
    const ir_guideline *g = t->c.g;
    for (size_t i = 0; i < q->cuts.n; i++) kl_buf_fmt(b, " %lld", (long long)q->cuts.p[i]);
    for (size_t i = 0; i < q->texts.n; i++) kl_buf_fmt(b, " \"%.*s\"", KL_FMT(t->endings.texts.p[q->texts.p[i]]));
    if (q->kind != KL_Q_VALUES) return;
    for (uint32_t cell = 0; cell < q->cells; cell++) {
        kl_buf_fmt(b, cell ? " |" : "");
        for (uint32_t code = 0; code < q->codes; code++)
            if (q->cell_of[code] == cell) kl_buf_fmt(b, " %.*s", KL_FMT(g->sets.p[0].values.p[code].name));
    }
}

/* The questions of a clause, one after the other: what each is about and how it is cut. */
static const char *asked(bench *t, const char *clause) {
    static const char *const kinds[] = {"ja/nej", "värden", "tal", "text", "uttryck", "koder", "utgåva", "lika"};
    kl_asked q;
    kl_buf b;
    kl_ask_init(&q, t->forms);
    kl_ask_start(&q);
    kl_ask(&q, kl_form_of_entry(t->forms, entry_named(&t->c, clause)));
    kl_ask_done(&q);
    kl_buf_init(&b, t->c.arena);
    for (size_t i = 0; i < q.list.n; i++) {
        const kl_question *s = &q.list.p[i];
        kl_ref_list refs = {0};
        if (s->kind == KL_Q_VALUES || s->kind == KL_Q_NUMBER || s->kind == KL_Q_TEXT)
            KL_PUSH(t->c.arena, &refs, ((ir_ref){IR_REF_FIELD, s->source}));
        else
            kl_form_refs(t->forms, s->source, &refs);
        kl_buf_fmt(&b, "%s%s", i ? "; " : "", kinds[s->kind]);
        for (size_t k = 0; k < refs.n; k++) kl_buf_fmt(&b, " %.*s", KL_FMT(t->c.g->fields.p[refs.p[k].index].name));
        kl_buf_fmt(&b, ":");
        put_cells(t, &b, s);
    }
    kl_buf_add(&b, "", 1);
    return b.p;
}

static void expect_asked(const char *condition, const char *questions) {
    bench t;
    char text[2000];
    snprintf(text, sizeof text, "%sklausul k\n  gäller när %s\nutfall u : ja/nej\nregel r\n  när k\n  ger u\n", HEAD,
             condition);
    set_up(&t, text);
    assert_string_equal(asked(&t, "k"), questions);
    tear_down(&t);
}

static void test_questions(void **state) {
    (void)state;
    expect_asked("a", "ja/nej a:");
    expect_asked("antal > 5 eller antal <= 2 eller antal = 9", "tal antal: 3 6 9 10");
    expect_asked("antal mellan 3 och 7 och antal < 7", "tal antal: 3 7 8");
    expect_asked("antal >= -1000000000000000", "tal antal:"); /* no record has less: one answer */
    expect_asked("färg = blå eller färg bland grön, blå", "värden färg: röd gul | grön | blå");
    expect_asked("inte (färg = gul)", "värden färg: röd grön blå | gul");
    expect_asked("ord = \"x\" eller ord = \"y\" och ord ≠ \"x\"", "text ord: \"x\" \"y\"");
    expect_asked("flera har röd, blå eller flera = inga", "ja/nej flera:; ja/nej flera:; ja/nej flera:");
    expect_asked("antal < tal och tal < antal",
                 "uttryck antal tal: 0 1"); /* one question of three answers, both ways round */
    expect_asked("antal ≤ tal", "uttryck antal tal: 1");
    expect_asked("antal + tal > 10 och antal + tal > 20 och tal + antal > 10", "uttryck antal tal: 11 21");
    expect_asked("antal är känd och antal > 3", "ja/nej:; tal antal: 4"); /* is known hangs on nothing */
    expect_asked("b och a och b", "ja/nej b:; ja/nej a:");                /* in the order of the document */
}

/* ------------------------------------------------------------------ decisions against a plain reading */
enum { FED_VALUES = 3, FED_NONE = FED_VALUES, FED_ERROR, FED_NOT_STATED, FED_STATES };

typedef struct world { /* what a record holds, and what the outcome `f` feeds: a value 0, 1, 2 or a state */
    int64_t fields[6];
    unsigned fed;
} world;

static bool atom_holds(const bench *t, const kl_form *n, const world *w) {
    const kl_form *a = n->a == KL_NO_FORM ? NULL : kl_form_at(t->forms, n->a);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_FIELD: return w->fields[n->x];
    case KL_FORM_RANGE_FIELD: return w->fields[n->x] >= n->lo && w->fields[n->x] <= n->hi;
    case KL_FORM_IN_FIELD: return t->c.g->mask_words.p[n->y] >> w->fields[n->x] & 1;
    default: /* the only other: a range of what f feeds */
        assert_int_equal(a->kind, KL_FORM_FEED);
        return w->fed < FED_VALUES && w->fed >= n->lo && w->fed <= n->hi;
    }
}

static bool form_holds(const bench *t, uint32_t form, const world *w) {
    const kl_form *n = kl_form_at(t->forms, form);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_CONST: return n->lo == 1;
    case KL_FORM_NOT: return !form_holds(t, n->a, w);
    case KL_FORM_AND: return form_holds(t, n->a, w) && form_holds(t, n->b, w);
    case KL_FORM_OR: return form_holds(t, n->a, w) || form_holds(t, n->b, w);
    default: return atom_holds(t, n, w);
    }
}

/* The result that the candidates give, read one by one. */
static uint32_t plain_result(bench *t, const kl_decision *d, const world *w) {
    uint32_t found = KL_NO_FORM;
    for (size_t i = 0; i < d->arms.n; i++) {
        const kl_arm *a = &d->arms.p[i];
        if (!form_holds(t, a->holds, w) || (a->blocked != KL_NO_FORM && form_holds(t, a->blocked, w))) continue;
        if (found != KL_NO_FORM && found != a->result) return kl_result_put(&t->endings, KL_RESULT_CONFLICT, 0);
        found = a->result;
    }
    return found == KL_NO_FORM ? d->otherwise : found;
}

/* … with the states of what is fed: what all values agree on, else the state. None is an answer like another. */
static uint32_t expected_result(bench *t, const kl_decision *d, world w) {
    if (w.fed <= FED_NONE) return plain_result(t, d, &w);
    uint32_t state = kl_result_put(&t->endings, w.fed == FED_ERROR ? KL_RESULT_ERROR : KL_RESULT_NOT_STATED, 0),
             all = KL_NO_FORM;
    for (w.fed = 0; w.fed < FED_VALUES; w.fed++) {
        uint32_t r = plain_result(t, d, &w);
        if (all != KL_NO_FORM && all != r) return state;
        all = r;
    }
    return all;
}

static uint32_t answer_of(const bench *t, const kl_question *q, const world *w) {
    static const uint32_t tags[] = {[FED_NONE] = 1, [FED_ERROR] = 0, [FED_NOT_STATED] = 2};
    int64_t v;
    if (q->kind == KL_Q_TRUTH) return form_holds(t, q->source, w);
    if (q->kind == KL_Q_VALUES) return q->cell_of[w->fields[q->source]];
    if (q->kind == KL_Q_DERIVED && w->fed >= FED_VALUES) return q->cells + tags[w->fed];
    v = q->kind == KL_Q_DERIVED ? (int64_t)w->fed : w->fields[q->source];
    uint32_t cell = 0;
    while (cell < q->cuts.n && q->cuts.p[cell] <= v) cell++;
    return cell;
}

static uint32_t decided(const bench *t, const kl_decision *d, const world *w) {
    uint32_t r = d->root;
    while (!kl_dd_is_leaf(r)) {
        const kl_dd_row *n = &d->nodes.p[r];
        r = d->edges.p[n->first + answer_of(t, &d->questions.p[n->question], w)];
    }
    return r & ~KL_LEAF;
}

static uint64_t seed;
static uint32_t pick(uint32_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static void random_condition(kl_buf *b, int depth) {
    static const char *const tests[] = {
        "a", "b", "c", "färg = röd", "färg bland grön, gul", "antal > 3", "antal mellan 2 och 6", "f > 0", "f = 1"};
    if (depth == 0) {
        kl_buf_fmt(b, "%s", tests[pick(9)]);
        return;
    }
    kl_buf_fmt(b, "%s(", pick(3) == 0 ? "inte " : "");
    random_condition(b, depth - 1);
    kl_buf_fmt(b, pick(2) ? ") och (" : ") eller (");
    random_condition(b, depth - 1);
    kl_buf_fmt(b, ")");
}

static void random_rules(kl_buf *b) {
    static const char *const values[] = {"1", "2", "3", "ej angivet"};
    uint32_t rules = 1 + pick(6);
    kl_buf_fmt(b, "%sutfall f : heltal\nutfall u : heltal%s\nregel r0\n  när a\n  ger f 5\n", HEAD,
               pick(2) ? " annars 9" : "");
    for (uint32_t i = 1; i <= rules; i++) {
        kl_buf_fmt(b, "regel r%u\n", i);
        if (i > 1 && pick(3) == 0) kl_buf_fmt(b, "  åsidosätter r%u\n", 1 + pick(i - 1));
        kl_buf_fmt(b, "  när ");
        random_condition(b, (int)pick(4));
        kl_buf_fmt(b, "\n  ger u %s\n", values[pick(4)]);
    }
}

/* The candidates of an outcome as arms, as the emitter makes them. */
static void arms_of(bench *t, uint32_t outcome, kl_decision *d) {
    const ir_outcome *o = &t->c.g->outcomes.p[outcome];
    memset(d, 0, sizeof *d);
    d->otherwise = kl_result_of(&t->endings, &o->otherwise);
    for (size_t i = 0; i < o->candidates.n; i++) {
        const ir_candidate *c = &t->c.g->candidates.p[o->candidates.p[i]];
        kl_arm a = {.entry = c->entry, .blocked = KL_NO_FORM, .result = kl_result_of(&t->endings, &c->result)};
        a.by = a.holds = kl_form_of_entry(t->forms, c->entry);
        for (size_t k = 0; k < c->overriders.n; k++) {
            uint32_t by = kl_form_of_entry(t->forms, c->overriders.p[k]);
            a.blocked = a.blocked == KL_NO_FORM ? by : kl_form_or(t->forms, a.blocked, by);
        }
        KL_PUSH(t->c.arena, &d->arms, a);
    }
}

static void test_decisions(void **state) {
    (void)state;
    for (uint64_t n = 1; n <= 300; n++) {
        bench t;
        kl_buf text;
        kl_decision d;
        kl_arena *arena = kl_arena_new(0);
        seed = n;
        kl_buf_init(&text, arena);
        random_rules(&text);
        kl_buf_add(&text, "", 1);
        set_up(&t, text.p);
        uint32_t u = outcome_named(&t.c, "u"), f = outcome_named(&t.c, "f");
        t.forms->fed[f] = (kl_span64){0, 2, KL_CAN_NONE | KL_CAN_ERROR | KL_CAN_NOT_STATED, true, KL_NO_FORM};
        arms_of(&t, u, &d);
        assert_true(kl_decision_build(&t.k, u, &d));
        for (uint32_t i = 0; i < 2 * 2 * 2 * 4 * 3 * FED_STATES; i++) {
            static const int64_t counts[] = {2, 3, 7};
            world w = {{i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 3, counts[i / 32 % 3], 0}, i / 96};
            uint32_t want = expected_result(&t, &d, w), got = decided(&t, &d, &w);
            if (want != got) fprintf(stderr, "%s\nrecord %u: %u, not %u\n", text.p, i, got, want);
            assert_int_equal(got, want);
        }
        tear_down(&t);
        kl_arena_free(arena);
    }
}

/* ------------------------------------------------------------------ the limits */
static void rule_per_field(kl_buf *b, unsigned fields, const char *gives) {
    kl_buf_fmt(b, "riktlinje test.prov\n  gäller utan datum\npost kontakt\n");
    for (unsigned i = 1; i <= fields; i++) kl_buf_fmt(b, "  x%u : ja/nej\n  p%u : heltal\n", i, i);
    kl_buf_fmt(b, "utfall u : heltal\n");
    for (unsigned i = 1; i <= fields; i++) kl_buf_fmt(b, "regel r%u\n  när x%u\n  ger u %s%u\n", i, i, gives, i);
    kl_buf_add(b, "", 1);
}

/* Decides `u` under a limit: 0 without a word, 1 with a warning, 2 refused. */
static int under(const char *text, kl_diagram_limits limits, kl_decision *d) {
    bench t;
    set_up(&t, text);
    t.k.limits = limits;
    t.c.diags.list.n = 0; /* what the front had to say */
    arms_of(&t, 0, d);
    bool ok = kl_decision_build(&t.k, 0, d);
    const char *codes = checked_codes(&t.c);
    int out = !ok ? 2 : codes[0] ? 1 : 0;
    assert_string_equal(codes, out == 0 ? "" : out == 1 ? "K0452" : "K0451");
    tear_down(&t);
    return out;
}

static void test_limits(void **state) {
    (void)state;
    const kl_diagram_limits wide = kl_diagram_limits_default;
    kl_decision d;
    kl_arena *arena = kl_arena_new(0);
    kl_buf text;
    kl_buf_init(&text, arena);
    rule_per_field(&text, 7, "");
    assert_int_equal(under(text.p, wide, &d), 0);
    uint32_t nodes = (uint32_t)d.nodes.n, edges = (uint32_t)d.edges.n, questions = (uint32_t)d.questions.n;
    assert_int_equal(questions, 7);
    kl_diagram_limits at = wide, past = wide, half = wide;
    at.nodes = nodes, past.nodes = nodes - 1, half.nodes = nodes * 2;
    assert_int_equal(under(text.p, half, &d), 0);
    assert_int_equal(under(text.p, at, &d), 1);
    assert_int_equal(under(text.p, past, &d), 2);
    at = past = half = wide;
    at.edges = edges, past.edges = edges - 1, half.edges = edges * 2;
    assert_int_equal(under(text.p, half, &d), 0);
    assert_int_equal(under(text.p, at, &d), 1);
    assert_int_equal(under(text.p, past, &d), 2);
    at = past = half = wide;
    at.questions = questions, past.questions = questions - 1, half.questions = questions * 2;
    assert_int_equal(under(text.p, half, &d), 0);
    assert_int_equal(under(text.p, at, &d), 1);
    assert_int_equal(under(text.p, past, &d), 2);
    uint32_t low = 1, high = 1u << 20; /* the least that a build needs */
    while (low < high) {
        past = wide;
        past.build = low + (high - low) / 2;
        if (under(text.p, past, &d) == 2)
            low = past.build + 1;
        else
            high = past.build;
    }
    at = past = wide;
    at.build = low, past.build = low - 1;
    assert_int_equal(under(text.p, at, &d), 0);
    assert_int_equal(under(text.p, past, &d), 2);
    kl_arena_free(arena);
}

/* The report names the table, the columns that widen it most, and what was measured. */
static void test_report(void **state) {
    (void)state;
    bench t;
    kl_decision d;
    set_up(&t, HEAD
           "utfall u : heltal\ntabell t\n  | | a | färg | antal | u |\n  |---|---|---|---|---|\n"
           "  | 1) | ja | röd | < 3 | 1 |\n  | 2) | ja | grön | 3..5 | 2 |\n  | 3) | nej | blå | 9, 11, 13 | 3 |\n");
    arms_of(&t, 0, &d);
    t.k.limits.nodes = 2;
    assert_false(kl_decision_build(&t.k, 0, &d));
    const kl_diag *r = &t.c.diags.list.p[t.c.diags.list.n - 1];
    assert_string_equal(kl_diag_code(r->id), "K0451");
    assert_true(kl_str_eq(r->args[0], KL_STR("u")));
    assert_true(kl_str_eq(r->args[1], KL_STR("tabellen t")));
    assert_string_equal(r->args[2].p, "färg, antal, a");
    tear_down(&t);
}

/* As many questions as there may be, one below the other: no step goes too deep for the stack. */
static void test_deep(void **state) {
    (void)state;
    kl_arena *arena = kl_arena_new(0);
    for (unsigned extra = 0; extra < 2; extra++) {
        bench t;
        kl_buf b;
        kl_decision d;
        kl_buf_init(&b, arena);
        kl_buf_fmt(&b, "riktlinje test.prov\n  gäller utan datum\npost kontakt\n");
        for (unsigned i = 0; i < KL_MAX_QUESTIONS + extra; i++) kl_buf_fmt(&b, "  x%u : ja/nej\n", i);
        kl_buf_fmt(&b, "utfall u : ja/nej\nklausul k\n  gäller när alla\n");
        for (unsigned i = 0; i < KL_MAX_QUESTIONS + extra; i++) kl_buf_fmt(&b, "    %u) x%u\n", i + 1, i);
        kl_buf_fmt(&b, "regel r\n  när k\n  ger u\n");
        kl_buf_add(&b, "", 1);
        set_up(&t, b.p);
        arms_of(&t, 0, &d);
        assert_int_equal(kl_decision_build(&t.k, 0, &d), extra == 0);
        assert_int_equal(d.nodes.n, extra == 0 ? KL_MAX_QUESTIONS : 0);
        tear_down(&t);
    }
    kl_arena_free(arena);
}

/* Pairs whose halves are declared far apart: in the document's order 2^40 nodes, in the one that keeps them together a few. */
static void test_pairs(void **state) {
    (void)state;
    enum { PAIRS = 40 };
    kl_arena *arena = kl_arena_new(0);
    bench t;
    kl_buf b;
    kl_decision d;
    kl_buf_init(&b, arena);
    kl_buf_fmt(&b, "riktlinje test.prov\n  gäller utan datum\npost kontakt\n");
    for (int i = 0; i < PAIRS; i++) kl_buf_fmt(&b, "  x%d : ja/nej\n  y%d : ja/nej\n", i, i);
    kl_buf_fmt(&b, "utfall u : heltal\nklausul alla\n  gäller när alla\n");
    for (int i = 0; i < PAIRS; i++) kl_buf_fmt(&b, "    %d) x%d\n", i + 1, i);
    kl_buf_fmt(&b, "klausul par\n  gäller när någon\n");
    for (int i = 0; i < PAIRS; i++) kl_buf_fmt(&b, "    %d) x%d och y%d\n", i + 1, i, i);
    kl_buf_fmt(&b, "regel ett\n  när alla\n  ger u 1\nregel två\n  när par\n  ger u 2\n");
    kl_buf_add(&b, "", 1);
    set_up(&t, b.p);
    arms_of(&t, 0, &d);
    assert_true(kl_decision_build(&t.k, 0, &d));
    assert_true(d.nodes.n < 10 * PAIRS);
    tear_down(&t);
    kl_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions), cmocka_unit_test(test_decisions), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_report),    cmocka_unit_test(test_deep),      cmocka_unit_test(test_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
