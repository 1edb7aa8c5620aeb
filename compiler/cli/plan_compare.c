/* plan_compare.c - one outcome after the other: where the diagrams of both sides differ, a record is looked for, run on both, and its class taken off.
 * May include: compiler/cli/plan.
 * Start at kl_plan_compare(), then differ_where(): nothing is called different that no record shows, nothing equivalent that is not proved. */
#include <string.h>

#include "compiler/cli/plan.h"

enum {
    CLASSES_MOST = 200,
    REFUTED_MOST = 100,
    REPEATED_MOST = 1000,
    OPEN_MOST = 6,
    EXAMPLES_MOST = 60,
    EFFORT = 100000
};

typedef struct comparing { /* one subject */
    kl_plan *p;
    kl_plan_subject *s;
    kl_index_list roots[2]; /* functions of records, pair by pair; of a requirement: where it is breached */
    kl_index_list bases[2]; /* … as functions of questions */
    kl_index_list slots[2]; /* beside the roots: the entry of a many-of outcome, or IR_NONE */
    kl_arms *arms[2];       /* of a single-valued outcome, else NULL */
    uint32_t *answers, *base, *cost, *found;
    const kl_datum *model; /* the author's example that the witness is like */
    uint32_t refuted;      /* the truth of what was proved to be no record */
    size_t failures, open; /* paths without a record; those of them of which nothing was proved */
    size_t repeated;       /* paths whose record shows a class that is listed already */
} comparing;

static kl_wide *wide(const comparing *x) {
    return x->p->wide;
}

static kl_diagram *diagram(const comparing *x) {
    return &x->p->wide->k.m;
}

static void because(comparing *x, kl_str why) {
    for (size_t i = 0; i < x->s->why.n; i++)
        if (kl_str_eq(x->s->why.p[i], why)) return;
    KL_PUSH(x->p->arena, &x->s->why, why);
}

static kl_str words(const comparing *x, const char *sv, const char *en) {
    return kl_str_of(kl_cli_word(x->p->cli, sv, en));
}

/* ------------------------------------------------------------------ records to begin with: the authors' examples */
static kl_datum *common_record(const kl_plan *p, size_t side, const ir_example *e) {
    const kl_joint *j = p->j;
    kl_datum *record = kl_alloc_array(p->arena, p->wide->f->g->fields.n + 1, sizeof *record);
    for (size_t i = 0; i < p->wide->f->g->fields.n; i++) record[i].state = KL_DATUM_UNKNOWN;
    for (size_t i = 0; i < e->given.n; i++) {
        const ir_given *g = &e->given.p[i];
        const ir_type type = j->in[side]->fields.p[g->field].type;
        kl_datum *d = &record[j->field_to[side][g->field]];
        if (g->unknown) continue;
        *d = (kl_datum){.state = KL_DATUM_VALUE, .number = g->number, .text = g->text};
        if (type.kind == KL_T_VALUES) d->number = j->code_to[side][type.set][g->number];
        for (uint32_t c = 0; type.kind == KL_T_SET && c < 64; c++)
            if ((uint64_t)g->number >> c & 1) d->set |= UINT64_C(1) << j->code_to[side][type.set][c];
    }
    return record;
}

/* The yes nearest to some example, else the plainest. */
static bool nearest(comparing *x, uint32_t where, bool unknown) {
    kl_wide *w = wide(x);
    const kl_plan *p = x->p;
    uint64_t least = UINT64_MAX, total;
    uint32_t *found = x->found;
    x->model = NULL;
    for (size_t i = 0; i < w->levels.n; i++) x->cost[i] = 1;
    for (size_t i = 0; i < p->models.n && least; i++) {
        kl_wide_answers(w, p->models.p[i], x->base);
        if (!kl_wide_nearest(w, where, x->base, x->cost, unknown, found, &total) || total >= least) continue;
        least = total;
        x->model = p->models.p[i];
        memcpy(x->answers, found, w->levels.n * sizeof *found);
    }
    if (x->model) return true;
    for (size_t i = 0; i < w->levels.n; i++) x->base[i] = KL_ANY_ANSWER;
    return kl_wide_nearest(w, where, x->base, x->cost, unknown, x->answers, &total);
}

/* ------------------------------------------------------------------ a record to try */
/* What no question tells apart may still be read: it is given a plain value. */
static void fill(const comparing *x, kl_datum *record) {
    const kl_forms *f = wide(x)->f;
    kl_witness all = {record, NULL};
    kl_witness_fill(f, &all);
}

static kl_datum *blank(const comparing *x) {
    const ir_guideline *g = wide(x)->f->g;
    kl_datum *record = kl_alloc_array(x->p->arena, g->fields.n + 1, sizeof *record);
    if (x->model) memcpy(record, x->model, g->fields.n * sizeof *record);
    return record;
}

static bool breached(const comparing *x, size_t side) {
    const kl_verdict *v = x->p->trying[side].verdict;
    for (size_t i = 0; i < v->finding_count; i++)
        if (v->findings[i] == x->s->at[side]) return true;
    for (size_t i = 0; i < v->warning_count; i++)
        if (v->warnings[i] == x->s->at[side]) return true;
    return false;
}

/* What a side makes of record `row` of the batch it has decided. */
static kl_plan_was seen(comparing *x, size_t side, uint32_t row) {
    kl_trying *t = &x->p->trying[side];
    kl_plan_was was = {.result = {.state = KL_NO_RESULT}};
    kl_trying_take(t, row);
    if (x->s->requirement) {
        bool is = x->s->at[side] != IR_NONE && breached(x, side);
        was.words = is ? words(x, "brister", "breached") : words(x, "brister inte", "not breached");
        if (is) KL_PUSH(x->p->arena, &was.by, x->s->at[side]);
        return was;
    }
    const kl_verdict_outcome *o = &t->verdict->outcomes[x->s->at[side]];
    was.words = kl_trying_words(t, x->s->at[side]);
    was.result = o->result;
    for (size_t i = 0; i < o->by_count; i++) KL_PUSH(x->p->arena, &was.by, o->by[i]);
    for (size_t i = 0; i < o->maybe_count && !o->by_count; i++) KL_PUSH(x->p->arena, &was.by, o->maybe[i]);
    return was;
}

static bool run_both(comparing *x, const kl_datum *record, kl_plan_was was[2]) {
    for (size_t side = 0; side < 2; side++) {
        if (!kl_trying_decide(&x->p->trying[side], &record, 1)) return false;
        was[side] = seen(x, side, 0);
    }
    return !kl_str_eq(was[0].words, was[1].words);
}

bool kl_plan_try(kl_plan *p, kl_plan_subject *s, const kl_datum *record, kl_plan_was was[2]) {
    return run_both(&(comparing){.p = p, .s = s}, record, was);
}

static bool seen_alike(const kl_plan_was *a, const kl_plan_was *b) {
    return kl_str_eq(a->words, b->words) && a->by.n == b->by.n &&
           (a->by.n == 0 || memcmp(a->by.p, b->by.p, a->by.n * sizeof *a->by.p) == 0);
}

/* Without what the difference does not need: the rest is unknown in the record. */
static void shrink(comparing *x, kl_datum *record, kl_plan_was was[2]) {
    const ir_guideline *g = wide(x)->f->g;
    for (size_t i = g->fields.n; i-- > 0;) {
        kl_datum kept = record[i];
        kl_plan_was now[2];
        if (kept.state == KL_DATUM_VALUE && x->p->j->field_in[1][i] != x->p->j->in[1]->key) {
            record[i] = (kl_datum){.state = KL_DATUM_UNKNOWN};
            if (!g->fields.p[i].required && run_both(x, record, now) && seen_alike(&now[0], &was[0]) &&
                seen_alike(&now[1], &was[1]))
                continue;
        }
        record[i] = kept;
    }
    run_both(x, record, was);
}

/* ------------------------------------------------------------------ the path: which answers lead there */
static void visit(const comparing *x, uint32_t root, uint32_t *answers, uint8_t *on) {
    const kl_diagram *m = diagram(x);
    while (!kl_dd_is_leaf(root)) {
        uint32_t level = m->nodes.p[root].level;
        if (answers[level] == KL_ANY_ANSWER) answers[level] = 0;
        on[level] = 1;
        root = kl_dd_follow(m, root, answers[level]);
    }
}

static uint8_t *path_of(comparing *x, uint32_t where) {
    uint8_t *on = kl_alloc_array(x->p->arena, wide(x)->levels.n + 1, 1);
    visit(x, where, x->answers, on);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < x->roots[side].n; i++) visit(x, x->roots[side].p[i], x->answers, on);
    return on;
}

static uint32_t cube(const comparing *x, const uint8_t *on) {
    uint32_t out = KL_LEAF_YES;
    for (uint32_t i = (uint32_t)wide(x)->levels.n; i-- > 0;) {
        if (!on[i]) continue;
        uint32_t interval[2] = {x->answers[i], x->answers[i] + 1};
        out = kl_dd_and(diagram(x), kl_dd_test(diagram(x), i, interval, 2), out);
    }
    return out;
}

static uint32_t leaf_under(const comparing *x, uint32_t root) {
    return kl_wide_follow(wide(x), root, x->answers) & ~KL_LEAF;
}

static bool is_computed(const comparing *x, uint32_t ending) {
    kl_result_kind kind = kl_result_at(&wide(x)->endings, ending)->kind;
    return kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD;
}

/* ------------------------------------------------------------------ computed values: the solver says whether they can be so */
static void put_fact(const comparing *x, uint32_t level, kl_fact_list *facts) {
    const kl_wide_level *l = &wide(x)->levels.p[level];
    const kl_question *q = &wide(x)->k.asked.list.p[l->question];
    uint32_t a = x->answers[level];
    if (a >= q->cells) a = a == q->cells + 1 ? kl_answer_none(q) : kl_answer_other(q);
    KL_PUSH(x->p->arena, facts, ((kl_fact){q, a, a + 1, 0, 0, 0}));
}

static kl_found solve(comparing *x, const uint8_t *on, kl_datum *record, uint8_t *core_on) {
    kl_wide *w = wide(x);
    kl_fact_list facts = {0};
    kl_index_list of = {0};
    for (uint32_t i = 0; i < w->levels.n; i++) {
        if (!on[i]) continue;
        if (x->answers[i] + 1 == w->levels.p[i].answers) return KL_NOT_DECIDED; /* unknown: no fact */
        put_fact(x, i, &facts);
        KL_PUSH(x->p->arena, &of, i);
    }
    for (size_t i = 0; i < x->roots[0].n && !x->s->requirement; i++) {
        uint32_t a = leaf_under(x, x->roots[0].p[i]), b = leaf_under(x, x->roots[1].p[i]);
        if (a != b && (is_computed(x, a) || is_computed(x, b)))
            KL_PUSH(x->p->arena, &facts, ((kl_fact){NULL, 0, 0, a, b, 0}));
    }
    kl_witness found = kl_witness_blank(w->f);
    bool *core = kl_alloc_array(x->p->arena, facts.n + 1, sizeof *core);
    kl_found answer = kl_witness_find(x->p->witnesses, facts.p, facts.n, true, &found, core);
    bool results = false;
    for (size_t i = of.n; i < facts.n; i++) results = results || core[i];
    for (size_t i = 0; i < of.n; i++) core_on[of.p[i]] = core[i] || results;
    memcpy(record, found.fields, w->f->g->fields.n * sizeof *record);
    return answer;
}

static void explain_failure(comparing *x, const uint8_t *on) {
    kl_wide *w = wide(x);
    kl_ref_list refs = {0};
    kl_buf b;
    kl_buf_init(&b, x->p->arena);
    for (uint32_t i = 0; i < w->levels.n; i++)
        if (on[i] && w->levels.p[i].how == KL_HOW_DERIVED) {
            const kl_question *q = &w->k.asked.list.p[w->levels.p[i].question];
            if (q->kind == KL_Q_SAME)
                kl_result_refs(&w->endings, q->source, &refs);
            else
                kl_form_refs(w->f, q->source, &refs);
        }
    for (size_t i = 0; i < refs.n; i++) {
        kl_str name = {0};
        if (refs.p[i].kind == IR_REF_FIELD) name = w->f->g->fields.p[refs.p[i].index].name;
        if (refs.p[i].kind == IR_REF_ASSUMPTION) name = w->f->g->assumptions.p[refs.p[i].index].name;
        if (refs.p[i].kind == IR_REF_OUTCOME) name = w->f->g->outcomes.p[refs.p[i].index].name;
        if (name.n) kl_buf_fmt(&b, "%s%.*s", b.n ? ", " : "", KL_FMT(name));
    }
    if (!b.n)
        because(x, words(x, "resultatet räknas ut olika", "the result is computed differently"));
    else
        because(x, kl_str_fmt(x->p->arena,
                              kl_cli_word(x->p->cli, "det hänger på vad som räknas ut av %.*s",
                                          "it hangs on what is computed from %.*s"),
                              (int)b.n, b.p));
}

/* ------------------------------------------------------------------ one class after the other */
/* Where a rule or row fires; it may have several arms. */
static uint32_t fires(comparing *x, size_t side, uint32_t entry) {
    uint32_t out = KL_LEAF_NO, yes, no;
    for (size_t i = 0; i < x->arms[side]->n; i++) {
        const kl_arm *arm = &x->arms[side]->p[i];
        if (entry != KL_NO_FORM && arm->entry != entry + x->p->j->first_entry[side]) continue;
        kl_wide_truth(wide(x), side, kl_wide_fires(wide(x), side, arm), &yes, &no);
        out = kl_dd_or(diagram(x), out, yes);
    }
    return out;
}

/* Where the same rules fire on a side; where it is not decided, anywhere. */
static uint32_t fired_alike(comparing *x, size_t side, const kl_plan_was *was, uint32_t region) {
    if (!x->arms[side] || was->result.state == KL_UNDETERMINED) return region;
    for (size_t i = 0; i < was->by.n; i++) region = kl_dd_and(diagram(x), region, fires(x, side, was->by.p[i]));
    return was->by.n ? region : kl_dd_but(diagram(x), region, fires(x, side, KL_NO_FORM));
}

/* Records decided as this one, by the same rules. */
static uint32_t region_of(comparing *x, const kl_plan_class *c) {
    uint32_t region = KL_LEAF_YES;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < x->roots[side].n; i++) {
            uint32_t root = x->roots[side].p[i], leaf = leaf_under(x, root);
            uint32_t is = x->s->requirement ? (leaf ? root : kl_dd_but(diagram(x), KL_LEAF_YES, root))
                                            : kl_wide_leaf(wide(x), root, leaf);
            region = kl_dd_and(diagram(x), region, is);
        }
    for (size_t side = 0; side < 2; side++) region = fired_alike(x, side, &c->was[side], region);
    return region;
}

static bool state_fits(const kl_ending *e, kl_state state) {
    static const kl_state states[] = {
        [KL_RESULT_NONE] = KL_NO_RESULT,        [KL_RESULT_CONST] = KL_DECIDED,     [KL_RESULT_TEXT] = KL_DECIDED,
        [KL_RESULT_NOT_STATED] = KL_NOT_STATED, [KL_RESULT_EXTERNAL] = KL_EXTERNAL, [KL_RESULT_CONFLICT] = KL_CONFLICT,
        [KL_RESULT_ERROR] = KL_FAILED,          [KL_RESULT_OPEN] = KL_UNDETERMINED};
    return e->kind == KL_RESULT_NUMBER || e->kind == KL_RESULT_FIELD || states[e->kind] == state;
}

/* Whether a side made of the record what the diagram says of the path: facts that are computed may have come out otherwise. */
static bool as_said(const comparing *x, size_t side, const kl_result *r) {
    const kl_trying *t = &x->p->trying[side];
    if (x->s->requirement) return true;
    for (size_t i = 0; i < x->slots[side].n; i++) {
        kl_result entry = *r;
        const kl_ending *e = kl_result_at(&wide(x)->endings, leaf_under(x, x->roots[side].p[i]));
        if (x->slots[side].p[i] == IR_NONE) continue;
        if (!x->arms[side]) kl_many(t->workspace, x->s->at[side], x->slots[side].p[i], 0, &entry);
        if (!state_fits(e, entry.state)) return false;
        const ir_type type = x->p->j->in[side]->outcomes.p[x->s->at[side]].type;
        if (!x->arms[side] || e->kind != KL_RESULT_CONST || type.kind == KL_T_SET) continue;
        int64_t number = type.kind == KL_T_VALUES ? x->p->j->code_to[side][type.set][r->number] : r->number;
        if (number != e->value) return false;
    }
    return true;
}

static bool try_record(comparing *x, kl_datum *record, kl_plan_class *c, bool *said) {
    kl_wide *w = wide(x);
    *said = true;
    if (!run_both(x, record, c->was)) return false;
    for (uint32_t i = 0; i < w->levels.n; i++) {
        uint32_t answer = kl_wide_answer(w, i, record);
        if (answer != KL_ANY_ANSWER) x->answers[i] = answer;
    }
    *said = as_said(x, 0, &c->was[0].result) && as_said(x, 1, &c->was[1].result);
    shrink(x, record, c->was);
    c->record = record;
    return true;
}

static void put_class(comparing *x, const kl_plan_class *c) {
    for (size_t i = 0; i < x->s->classes.n; i++) {
        const kl_plan_class *o = &x->s->classes.p[i];
        if (seen_alike(&o->was[0], &c->was[0]) && seen_alike(&o->was[1], &c->was[1])) return;
    }
    KL_PUSH(x->p->arena, &x->s->classes, *c);
}

/* A record on the path that both sides decide differently, as the path says. Else what was proved to be none, in `out`, or nothing was proved. */
static bool show(comparing *x, const uint8_t *on, kl_plan_class *c, uint32_t *out, bool *proved) {
    kl_wide *w = wide(x);
    kl_datum *record = blank(x);
    bool derived = false, computed = false, said;
    *out = cube(x, on);
    *proved = false;
    for (uint32_t i = 0; i < w->levels.n; i++) derived = derived || (on[i] && w->levels.p[i].how == KL_HOW_DERIVED);
    for (size_t i = 0; i < x->roots[0].n && !x->s->requirement; i++)
        computed = computed || is_computed(x, leaf_under(x, x->roots[0].p[i])) ||
                   is_computed(x, leaf_under(x, x->roots[1].p[i]));
    bool good = kl_wide_record(w, x->answers, record);
    fill(x, record);
    if (good && try_record(x, record, c, &said)) {
        if (said || !derived) return true;
        put_class(x, c); /* another one than was looked for */
    }
    if (!derived && !computed) return false;
    uint8_t *core = kl_alloc_array(x->p->arena, w->levels.n + 1, 1);
    kl_datum *solved = blank(x);
    kl_found found = solve(x, on, solved, core);
    if (found == KL_FOUND_RECORD) {
        fill(x, solved);
        bool differs = try_record(x, solved, c, &said);
        if (differs && !said) put_class(x, c);
        return differs && said;
    }
    if (found == KL_NOT_DECIDED) return false;
    *proved = true;
    *out = cube(x, core);
    return false;
}

/* Takes the classes off `where` one by one; returns what was proved to be no record at all. */
static void differ_where(comparing *x, uint32_t where, bool unknown) {
    kl_diagram *m = diagram(x);
    while (where != KL_LEAF_NO && !m->full && !(x->p->any && x->s->classes.n)) {
        kl_plan_class c = {.unknown = unknown};
        bool proved;
        uint32_t out;
        if (x->s->classes.n >= CLASSES_MOST || x->failures >= REFUTED_MOST || x->repeated >= REPEATED_MOST ||
            x->open >= OPEN_MOST) {
            x->s->more = true;
            if (x->failures >= REFUTED_MOST)
                because(x, kl_str_fmt(x->p->arena,
                                      kl_cli_word(x->p->cli, "%d fall har prövats", "%d cases have been tried"),
                                      (int)REFUTED_MOST));
            return;
        }
        if (!nearest(x, where, unknown)) return;
        uint8_t *on = path_of(x, where);
        if (show(x, on, &c, &out, &proved)) {
            uint32_t left = kl_dd_but(m, where, region_of(x, &c));
            size_t classes = x->s->classes.n;
            put_class(x, &c);
            x->repeated += x->s->classes.n == classes;
            if (left == where || kl_wide_follow(wide(x), left, x->answers) != KL_LEAF_NO)
                left = kl_dd_but(m, where, cube(x, on));
            where = left != where ? left : kl_dd_but(m, where, out); /* the record is not on the path, which is done */
            continue;
        }
        x->failures++;
        x->open += !proved;
        if (!proved) explain_failure(x, on);
        if (proved) x->refuted = kl_dd_or(m, x->refuted, out);
        where = kl_dd_but(m, where, out);
    }
}

static bool split_in(const comparing *x, uint32_t where, kl_str *name) {
    kl_wide *w = wide(x);
    uint8_t *in = kl_wide_support(w, where);
    for (uint32_t i = 0; i < w->levels.n; i++)
        if (in[i] && w->levels.p[i].how == KL_HOW_FIELD && x->p->j->split[w->levels.p[i].field])
            return *name = w->f->g->fields.p[w->levels.p[i].field].name, true;
    return false;
}

static void settle(comparing *x) {
    kl_plan_subject *s = x->s;
    if (diagram(x)->full) because(x, words(x, "diagrammen blir för stora", "the diagrams grow too large"));
    s->verdict = s->classes.n ? KL_PLAN_DIFFERS : s->why.n ? KL_PLAN_NOT_DECIDED : KL_PLAN_EQUIVALENT;
}

static bool same_default(const kl_plan *p, uint32_t field) {
    uint32_t a = p->j->field_in[0][field], b = p->j->field_in[1][field];
    if (a == IR_NONE || b == IR_NONE) return true;
    const ir_field *x = &p->j->in[0]->fields.p[a], *y = &p->j->in[1]->fields.p[b];
    if (x->has_otherwise != y->has_otherwise) return false;
    if (!x->has_otherwise) return true;
    int64_t v = x->otherwise, w = y->otherwise;
    if (x->type.kind == KL_T_VALUES) {
        v = p->j->code_to[0][x->type.set][v];
        w = p->j->code_to[1][y->type.set][w];
    }
    return v == w && kl_str_eq(x->otherwise_text, y->otherwise_text);
}

/* What stands in the way of a proof for records with unknown facts. */
static bool sees_unknown(comparing *x) {
    kl_wide *w = wide(x);
    bool same = true, computed = false;
    for (size_t i = 0; i < x->bases[0].n; i++) {
        same = same && x->bases[0].p[i] == x->bases[1].p[i];
        computed = computed || kl_wide_computed(w, x->bases[0].p[i]) || kl_wide_computed(w, x->bases[1].p[i]);
    }
    if (computed && !same) {
        because(x, words(x, "värdet räknas ut: där något är okänt har inget jämförts",
                         "the value is computed: nothing was compared where something is unknown"));
        return false;
    }
    for (size_t i = 0; i < w->levels.n; i++) {
        if (w->levels.p[i].how != KL_HOW_DERIVED) continue;
        const kl_question *q = &w->k.asked.list.p[w->levels.p[i].question];
        kl_ref_list refs = {0};
        if (q->kind == KL_Q_SAME) {
            kl_result_refs(&w->endings, q->source, &refs);
            kl_result_refs(&w->endings, q->other, &refs);
        } else {
            kl_form_refs(w->f, q->source, &refs);
        }
        for (size_t k = 0; k < refs.n; k++) {
            if (refs.p[k].kind != IR_REF_FIELD || same_default(x->p, refs.p[k].index)) continue;
            because(x, kl_str_fmt(x->p->arena,
                                  kl_cli_word(x->p->cli, "det räknas på fältet %.*s, som har ett annat annars",
                                              "it computes with the field %.*s, which has another otherwise"),
                                  KL_FMT(w->f->g->fields.p[refs.p[k].index].name)));
            return false;
        }
    }
    return true;
}

static void compare_where(comparing *x, uint32_t differ, bool exact) {
    kl_wide *w = wide(x);
    kl_diagram *m = diagram(x);
    kl_str name;
    size_t n = w->levels.n + 1;
    x->answers = kl_alloc_array(x->p->arena, n, sizeof *x->answers);
    x->base = kl_alloc_array(x->p->arena, n, sizeof *x->base);
    x->cost = kl_alloc_array(x->p->arena, n, sizeof *x->cost);
    x->found = kl_alloc_array(x->p->arena, n, sizeof *x->found);
    x->refuted = KL_LEAF_NO;
    uint32_t where = kl_wide_possible(w, differ), known = kl_wide_known(w, where);
    if (split_in(x, where, &name)) {
        because(x, kl_str_fmt(x->p->arena,
                              kl_cli_word(x->p->cli, "fältet %.*s har olika typ i de två",
                                          "the field %.*s has another type in the other one"),
                              KL_FMT(name)));
        settle(x);
        return;
    }
    differ_where(x, known, false);
    if (!exact) {
        because(x, words(x, "rad för rad: med okända uppgifter har inget jämförts",
                         "row by row: nothing was compared where facts are unknown"));
    } else if (!(x->p->any && x->s->classes.n) && !m->full && sees_unknown(x)) {
        uint32_t real = kl_dd_but(m, known, x->refuted);
        differ_where(x, kl_dd_but(m, where, kl_wide_may(w, real)), true);
    }
    settle(x);
}

/* ------------------------------------------------------------------ outcomes */
static uint32_t slot_like(const kl_wide *w, uint32_t outcome, const kl_wide_slot *s, size_t columns) {
    for (uint32_t i = 0; i < w->slot_count[outcome]; i++) {
        const kl_wide_slot *o = &w->slots.p[w->first_slot[outcome] + i];
        if (memcmp(o->values, s->values, columns * sizeof *s->values) == 0) return w->first_slot[outcome] + i;
    }
    return IR_NONE;
}

static void pair_slots(comparing *x, const uint32_t outcomes[2]) {
    kl_wide *w = wide(x);
    const ir_outcome *o = &w->f->g->outcomes.p[outcomes[0]];
    uint32_t absent = KL_LEAF | kl_result_put(&w->endings, KL_RESULT_NONE, KL_REASON_NO_CLAUSE);
    for (size_t side = 0; side < 2; side++)
        for (uint32_t i = 0; i < w->slot_count[outcomes[side]]; i++) {
            const kl_wide_slot *s = &w->slots.p[w->first_slot[outcomes[side]] + i];
            uint32_t other = o->many ? slot_like(w, outcomes[1 - side], s, o->columns.n) : w->first_slot[outcomes[1]];
            if (side && other != IR_NONE) continue; /* met from the other side */
            KL_PUSH(x->p->arena, &x->roots[side], s->root);
            KL_PUSH(x->p->arena, &x->roots[1 - side], other == IR_NONE ? absent : w->slots.p[other].root);
            KL_PUSH(x->p->arena, &x->bases[side], s->base);
            KL_PUSH(x->p->arena, &x->bases[1 - side], other == IR_NONE ? absent : w->slots.p[other].base);
            KL_PUSH(x->p->arena, &x->slots[side], i);
            KL_PUSH(x->p->arena, &x->slots[1 - side],
                    other == IR_NONE ? IR_NONE : other - w->first_slot[outcomes[1 - side]]);
        }
}

static bool same_type(const ir_outcome *a, const ir_outcome *b) {
    bool same = a->many == b->many && a->type.kind == b->type.kind && a->type.decimals == b->type.decimals &&
                a->columns.n == b->columns.n;
    for (size_t i = 0; same && i < a->columns.n; i++)
        same = kl_str_eq(a->columns.p[i].name, b->columns.p[i].name) &&
               a->columns.p[i].type.kind == b->columns.p[i].type.kind &&
               a->columns.p[i].type.decimals == b->columns.p[i].type.decimals;
    return same;
}

static void compare_outcome(kl_plan *p, kl_plan_subject *s) {
    kl_wide *w = p->wide;
    comparing x = {.p = p, .s = s};
    uint32_t outcomes[2] = {s->at[0] + p->j->first_outcome[0], s->at[1] + p->j->first_outcome[1]};
    const ir_outcome *a = &w->f->g->outcomes.p[outcomes[0]], *b = &w->f->g->outcomes.p[outcomes[1]];
    if (!same_type(a, b)) {
        s->verdict = KL_PLAN_OTHER_TYPE;
        return;
    }
    kl_index_list fires = {0};
    for (size_t side = 0; side < 2 && !a->many; side++) {
        x.arms[side] = &w->slots.p[w->first_slot[outcomes[side]]].d.arms;
        for (size_t i = 0; i < x.arms[side]->n; i++)
            KL_PUSH(p->arena, &fires, kl_wide_fires(w, side, &x.arms[side]->p[i]));
    }
    if (!kl_wide_start(w, outcomes, 2, fires.p, fires.n)) {
        because(&x, words(&x, "diagrammen blir för stora", "the diagrams grow too large"));
        s->verdict = KL_PLAN_NOT_DECIDED;
        return;
    }
    pair_slots(&x, outcomes);
    uint32_t differ = KL_LEAF_NO;
    for (size_t i = 0; i < x.roots[0].n; i++)
        differ = kl_dd_or(&w->k.m, differ, kl_wide_differ(w, x.roots[0].p[i], x.roots[1].p[i]));
    compare_where(&x, differ, !a->row_by_row && !b->row_by_row);
}

/* ------------------------------------------------------------------ requirements */
static uint32_t breach_form(kl_plan *p, size_t side, uint32_t entry) {
    kl_wide *w = p->wide;
    kl_deciding_side(&w->k, &p->j->heads[side], p->j->period_entry[side]);
    return kl_form_framed(w->f, w->k.scope, kl_form_breached(w->f, entry + p->j->first_entry[side]));
}

static void compare_requirement(kl_plan *p, kl_plan_subject *s) {
    kl_wide *w = p->wide;
    comparing x = {.p = p, .s = s};
    uint32_t forms[2], yes[2] = {KL_LEAF_NO, KL_LEAF_NO}, no;
    size_t n = 0;
    for (size_t side = 0; side < 2; side++)
        if (s->at[side] != IR_NONE) forms[n++] = breach_form(p, side, s->at[side]);
    if (!kl_wide_start(w, NULL, 0, forms, n)) {
        because(&x, words(&x, "diagrammen blir för stora", "the diagrams grow too large"));
        s->verdict = KL_PLAN_NOT_DECIDED;
        return;
    }
    for (size_t side = 0; side < 2; side++) {
        if (s->at[side] != IR_NONE) kl_wide_truth(w, side, breach_form(p, side, s->at[side]), &yes[side], &no);
        KL_PUSH(p->arena, &x.roots[side], yes[side]);
    }
    uint32_t only_old = kl_dd_but(&w->k.m, yes[0], yes[1]), only_new = kl_dd_but(&w->k.m, yes[1], yes[0]);
    compare_where(&x, kl_dd_or(&w->k.m, only_old, only_new), true);
}

/* ------------------------------------------------------------------ all of them */
static uint32_t outcome_named(const ir_guideline *g, kl_str name) {
    for (uint32_t i = 0; i < g->outcomes.n; i++)
        if (kl_str_eq(g->outcomes.p[i].name, name)) return i;
    return IR_NONE;
}

static uint32_t requirement_named(const ir_guideline *g, kl_str id) {
    for (uint32_t i = 0; i < g->entries.n; i++) {
        const ir_entry *e = &g->entries.p[i];
        if ((e->kind == IR_E_REQUIREMENT || e->kind == IR_E_ADVICE) && kl_str_eq(e->id, id)) return i;
    }
    return IR_NONE;
}

static void list_subjects(kl_plan *p) {
    for (size_t side = 2; side-- > 0;) /* the newer one's order, then what is gone */
        for (uint32_t i = 0; i < p->j->in[side]->outcomes.n; i++) {
            kl_plan_subject s = {.name = p->j->in[side]->outcomes.p[i].name};
            s.at[side] = i;
            s.at[1 - side] = outcome_named(p->j->in[1 - side], s.name);
            if (side == 0 && s.at[1] != IR_NONE) continue;
            if (s.at[1 - side] == IR_NONE) s.verdict = side ? KL_PLAN_ADDED : KL_PLAN_REMOVED;
            KL_PUSH(p->arena, &p->subjects, s);
        }
    for (size_t side = 2; side-- > 0;)
        for (uint32_t i = 0; i < p->j->in[side]->entries.n; i++) {
            const ir_entry *e = &p->j->in[side]->entries.p[i];
            if (e->kind != IR_E_REQUIREMENT && e->kind != IR_E_ADVICE) continue;
            kl_plan_subject s = {.name = e->id, .requirement = true};
            s.at[side] = i;
            s.at[1 - side] = requirement_named(p->j->in[1 - side], e->id);
            if (side == 0 && s.at[1] != IR_NONE) continue;
            KL_PUSH(p->arena, &p->subjects, s);
        }
}

static const kl_reading_of *readings_of(kl_cli *c, const kl_rules *rules) {
    const ir_guideline *g = rules->editions.p[0].ir;
    kl_reading_of *all = kl_alloc_array(c->arena, g->assumptions.n + 1, sizeof *all);
    for (size_t i = 0; i < g->assumptions.n; i++)
        all[i] = (kl_reading_of){g->assumptions.p[i].has_value, g->assumptions.p[i].value};
    for (size_t i = 0; i < rules->assumed.n; i++)
        all[rules->assumed.p[i].assumption] = (kl_reading_of){rules->assumed.p[i].known, rules->assumed.p[i].value};
    return all;
}

/* Everything in one numbering; outcomes proved equal so far feed the same. */
static void lay_out(kl_plan *p, const uint32_t *same) {
    const ir_guideline *in[2] = {p->rules[0]->editions.p[0].ir, p->rules[1]->editions.p[0].ir};
    const kl_reading_of *readings[2] = {readings_of(p->cli, p->rules[0]), readings_of(p->cli, p->rules[1])};
    if (p->witnesses) kl_witnesses_free(p->witnesses);
    p->j = kl_joint_new(p->arena, in, 2, readings, same);
    p->wide = kl_wide_new(p->arena, p->j, p->cli->lang);
    p->witnesses = kl_witnesses_new(&p->wide->endings, EFFORT);
    for (size_t side = 0; side < 2; side++) p->trying[side].j = p->j;
}

static bool compare_subjects(kl_plan *p, bool again) {
    for (size_t i = 0; i < p->subjects.n; i++) {
        kl_plan_subject *s = &p->subjects.p[i];
        if (again && !s->why.n) continue;
        s->why.n = s->classes.n = 0;
        s->more = false;
        if (again) s->verdict = KL_PLAN_EQUIVALENT;
        if (s->requirement)
            compare_requirement(p, s);
        else if (s->verdict == KL_PLAN_EQUIVALENT)
            compare_outcome(p, s);
        if (p->any && s->verdict != KL_PLAN_EQUIVALENT && s->verdict != KL_PLAN_NOT_DECIDED) return true;
    }
    return false;
}

/* More outcomes that were proved equal than `same` knows, while something is not decided. */
static bool learn(const kl_plan *p, uint32_t *same) {
    bool more = false, open = false;
    for (size_t i = 0; i < p->subjects.n; i++) {
        const kl_plan_subject *s = &p->subjects.p[i];
        open = open || s->why.n > 0;
        if (s->requirement || s->verdict != KL_PLAN_EQUIVALENT || same[s->at[1]] != IR_NONE) continue;
        same[s->at[1]] = s->at[0];
        more = true;
    }
    return more && open;
}

bool kl_plan_compare(kl_plan *p, kl_cli *c, const kl_rules *old, const kl_rules *new, bool any) {
    const ir_guideline *in[2] = {old->editions.p[0].ir, new->editions.p[0].ir};
    *p = (kl_plan){.cli = c, .arena = c->arena, .rules = {old, new}, .any = any};
    uint32_t *same = kl_alloc_array(p->arena, in[1]->outcomes.n + 1, sizeof *same);
    memset(same, 0xff, in[1]->outcomes.n * sizeof *same);
    lay_out(p, NULL);
    for (size_t side = 0; side < 2; side++)
        if (!kl_trying_open(&p->trying[side], c, p->j, side, p->rules[side])) return false;
    for (size_t side = 2; side-- > 0;)
        for (size_t i = 0; i < in[side]->examples.n && i < EXAMPLES_MOST; i++) {
            KL_PUSH(p->arena, &p->models, common_record(p, side, &in[side]->examples.p[i]));
            KL_PUSH(p->arena, &p->modelled, &in[side]->examples.p[i]);
        }
    kl_plan_vocabulary(p);
    list_subjects(p);
    bool enough = compare_subjects(p, false);
    while (!enough && learn(p, same)) {
        lay_out(p, same);
        enough = compare_subjects(p, true);
    }
    return !kl_verdict_failed(p->trying[0].verdict) && !kl_verdict_failed(p->trying[1].verdict);
}

bool kl_plan_is_equal(const kl_plan *p) {
    for (size_t i = 0; i < p->subjects.n; i++)
        if (p->subjects.p[i].verdict != KL_PLAN_EQUIVALENT) return false;
    return p->changes.n == 0;
}

void kl_plan_free(kl_plan *p) {
    for (size_t side = 0; side < 2; side++) kl_trying_close(&p->trying[side]);
    if (p->witnesses) kl_witnesses_free(p->witnesses);
    p->witnesses = NULL;
}
