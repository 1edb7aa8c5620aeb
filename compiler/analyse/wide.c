/* wide.c - making the diagrams: one order for all that is asked, states and unknowns carried through, what others answer put in its place.
 * May include: compiler/analyse/wide.
 * Start at kl_wide_start(); finish() turns a decision of questions into a function of records. */
#include "compiler/analyse/wide.h"

#include <string.h>

/* ------------------------------------------------------------------ the guideline's parts */
static void mark_fed(kl_wide *w, bool *fed) {
    for (size_t i = 0; i < w->f->nodes.n; i++) {
        const kl_form *n = kl_form_at(w->f, (uint32_t)i);
        if (n->kind == KL_FORM_FEED) fed[n->x] = true;
    }
}

static void take_side(kl_wide *w, size_t side) {
    uint32_t period = w->j->period_entry[side];
    if (w->j->period_entry[0] != IR_NONE && period != IR_NONE) period = w->j->period_entry[0]; /* one question */
    kl_deciding_side(&w->k, &w->j->heads[side], period);
}

static void add_slots(kl_wide *w, uint32_t outcome) {
    const ir_outcome *o = &w->f->g->outcomes.p[outcome];
    kl_many_entries entries = {0};
    w->first_slot[outcome] = (uint32_t)w->slots.n;
    if (!o->many) {
        kl_wide_slot s = {.outcome = outcome, .root = KL_LEAF};
        kl_candidates_single(&w->endings, outcome, &s.d);
        KL_PUSH(w->arena, &w->slots, s);
    } else {
        kl_candidates_many(&w->endings, outcome, &entries);
    }
    for (size_t i = 0; i < entries.n; i++)
        KL_PUSH(w->arena, &w->slots,
                ((kl_wide_slot){.outcome = outcome,
                                .d = kl_many_decision(&w->endings, &entries.p[i]),
                                .values = entries.p[i].values,
                                .root = KL_LEAF}));
    w->slot_count[outcome] = (uint32_t)w->slots.n - w->first_slot[outcome];
}

kl_wide *kl_wide_new(kl_arena *a, kl_joint *j, kl_surface lang) {
    kl_wide *w = kl_alloc(a, sizeof *w);
    const ir_guideline *g = &j->heads[0];
    w->arena = a;
    w->j = j;
    w->f = kl_forms_new(a, g);
    kl_diags_init(&w->diags, a, lang);
    kl_endings_init(&w->endings, w->f);
    kl_deciding_init(&w->k, a, &w->diags, w->f, &w->endings);
    w->undetermined = kl_result_put(&w->endings, KL_RESULT_OPEN, IR_NONE);
    w->differs = kl_result_put(&w->endings, KL_RESULT_OPEN, (int64_t)IR_NONE - 1);
    w->first_slot = kl_alloc_array(a, g->outcomes.n + 1, sizeof *w->first_slot);
    w->slot_count = kl_alloc_array(a, g->outcomes.n + 1, sizeof *w->slot_count);
    w->is_wanted = kl_alloc_array(a, g->outcomes.n + 1, sizeof *w->is_wanted);
    bool *fed = kl_alloc_array(a, g->outcomes.n + 1, sizeof *fed);
    mark_fed(w, fed);
    for (size_t side = 0; side < j->sides; side++) {
        take_side(w, side);
        for (size_t i = 0; i < j->heads[side].decide_order.n; i++) {
            uint32_t outcome = j->heads[side].decide_order.p[i];
            add_slots(w, outcome);
            if (!fed[outcome]) continue;
            kl_decision d = w->slots.p[w->first_slot[outcome]].d;
            if (kl_decision_build(&w->k, outcome, &d)) w->f->fed[outcome] = kl_decision_span(&w->k, &d);
        }
    }
    return w;
}

uint32_t kl_wide_fires(kl_wide *w, size_t side, const kl_arm *arm) {
    take_side(w, side);
    uint32_t by = arm->by;
    if (arm->blocked != KL_NO_FORM) by = kl_form_and(w->f, by, kl_form_not(w->f, arm->blocked));
    return kl_form_framed(w->f, w->k.scope, by);
}

/* ------------------------------------------------------------------ what is asked */
static void want_refs(kl_wide *w, const kl_ref_list *refs);

static void want_form(kl_wide *w, uint32_t form) {
    kl_ref_list refs = {0};
    if (form == KL_NO_FORM) return;
    kl_form_refs(w->f, form, &refs);
    want_refs(w, &refs);
}

static void want(kl_wide *w, uint32_t outcome) {
    if (w->is_wanted[outcome]) return;
    w->is_wanted[outcome] = true;
    take_side(w, kl_wide_side_of(w, outcome));
    want_form(w, w->k.scope);
    for (uint32_t i = 0; i < w->slot_count[outcome]; i++) {
        const kl_arms *arms = &w->slots.p[w->first_slot[outcome] + i].d.arms;
        for (size_t k = 0; k < arms->n; k++) {
            want_form(w, arms->p[k].holds);
            want_form(w, arms->p[k].blocked);
        }
    }
}

static void want_refs(kl_wide *w, const kl_ref_list *refs) {
    for (size_t i = 0; i < refs->n; i++)
        if (refs->p[i].kind == IR_REF_OUTCOME) want(w, refs->p[i].index);
}

/* A number that one field and one assumption settle: their comparison. */
static bool is_simple(const kl_wide *w, const kl_form *n, uint32_t *field, uint32_t *assumption) {
    const kl_form *a = n->a == KL_NO_FORM ? NULL : kl_form_at(w->f, n->a);
    const kl_form *b = n->b == KL_NO_FORM ? NULL : kl_form_at(w->f, n->b);
    bool assumed = n->kind == KL_FORM_LESS_ASSUME || n->kind == KL_FORM_MOST_ASSUME;
    if (assumed && a->kind == KL_FORM_NUMBER_FIELD) {
        *field = a->x;
        *assumption = n->x;
    } else if (n->kind == KL_FORM_COMPARE && a->kind == KL_FORM_NUMBER_FIELD && b->kind == KL_FORM_NUMBER_ASSUME) {
        *field = a->x;
        *assumption = b->x;
    } else if (n->kind == KL_FORM_COMPARE && b->kind == KL_FORM_NUMBER_FIELD && a->kind == KL_FORM_NUMBER_ASSUME) {
        *field = b->x;
        *assumption = a->x;
    } else {
        return false;
    }
    kl_type_kind type = w->f->g->fields.p[*field].type.kind;
    return type != KL_T_BOOL && type != KL_T_VALUES &&
           (w->j->readings[*assumption].known || (assumed && w->f->g->assumptions.p[*assumption].bounded));
}

/* Forms that cut the field where such a comparison changes. */
static void cut_simple(kl_wide *w, kl_index_list *cuts) {
    for (size_t i = 0; i < w->k.asked.reached.n; i++) {
        const kl_form *r = kl_form_at(w->f, w->k.asked.reached.p[i]);
        uint32_t field, assumption;
        if (r->kind != KL_FORM_RANGE || !is_simple(w, kl_form_at(w->f, r->a), &field, &assumption)) continue;
        const kl_reading_of *v = &w->j->readings[assumption];
        const ir_assumption *s = &w->f->g->assumptions.p[assumption];
        int64_t at[2] = {v->known ? v->value : s->lo, v->known ? v->value : s->hi};
        for (int k = 0; k < 2; k++) {
            uint32_t number = kl_form_number_field(w->f, field);
            KL_PUSH(w->arena, cuts, kl_form_range(w->f, number, at[k], at[k]));
        }
    }
}

typedef struct pair {
    uint32_t a, b;
    uint8_t states;
} pair;
typedef KL_VEC(pair) pair_list;

static void ask_everything(kl_wide *w, const kl_index_list *cuts, const pair_list *pairs) {
    kl_asked *q = &w->k.asked;
    kl_ask_start(q);
    for (size_t i = 0; i < w->wanted.n; i++) {
        const kl_wide_slot *s = &w->slots.p[w->wanted.p[i]];
        take_side(w, kl_wide_side_of(w, s->outcome));
        kl_decision_ask(&w->k, &s->d);
    }
    for (size_t i = 0; i < w->truth_forms.n; i++) kl_ask(q, w->truth_forms.p[i]);
    for (size_t i = 0; cuts && i < cuts->n; i++) kl_ask(q, cuts->p[i]);
    for (size_t i = 0; i < pairs->n; i++) kl_ask_same(q, pairs->p[i].a, pairs->p[i].b, pairs->p[i].states);
}

/* ------------------------------------------------------------------ levels */
static uint32_t cell_of_value(const kl_question *q, int64_t v) {
    uint32_t cell = 0;
    while (cell < q->cuts.n && q->cuts.p[cell] <= v) cell++;
    return cell;
}

static int64_t least_of_cell(const kl_question *q, uint32_t cell) {
    return cell ? q->cuts.p[cell - 1] : q->lo;
}

static uint32_t level_of_field(const kl_wide *w, uint32_t field) {
    for (uint32_t i = 0; i < w->levels.n; i++) {
        const kl_wide_level *l = &w->levels.p[i];
        const kl_question *q = &w->k.asked.list.p[l->question];
        bool known = q->kind == KL_Q_TRUTH && kl_form_at(w->f, q->source)->kind == KL_FORM_KNOWN;
        if (l->how == KL_HOW_FIELD && l->field == field && !known) return i;
    }
    return KL_NO_FORM;
}

static int64_t simple_value(const kl_wide *w, const kl_form *n, uint32_t assumption, int64_t v, bool *unknown) {
    const kl_reading_of *r = &w->j->readings[assumption];
    const ir_assumption *s = &w->f->g->assumptions.p[assumption];
    int64_t lo = r->known ? r->value : s->lo, hi = r->known ? r->value : s->hi;
    *unknown = false;
    if (n->kind == KL_FORM_COMPARE) {
        int64_t way = (v > lo) - (v < lo);
        return kl_form_at(w->f, n->a)->kind == KL_FORM_NUMBER_FIELD ? way : -way;
    }
    bool most = n->kind == KL_FORM_MOST_ASSUME;
    if (most ? v <= lo : v < lo) return 1;
    if (most ? v > hi : v >= hi) return 0;
    *unknown = true;
    return 0;
}

static void map_simple(kl_wide *w, kl_wide_level *l, const kl_question *q, uint32_t assumption) {
    const kl_wide_level *field = &w->levels.p[l->level];
    const kl_question *from = &w->k.asked.list.p[field->question];
    l->map = kl_alloc_array(w->arena, field->answers, sizeof *l->map);
    for (uint32_t cell = 0; cell < from->cells; cell++) {
        bool unknown;
        int64_t v = simple_value(w, kl_form_at(w->f, q->source), assumption, least_of_cell(from, cell), &unknown);
        l->map[cell] = unknown ? l->answers - 1 : cell_of_value(q, v);
    }
    l->map[field->answers - 1] = l->answers - 1;
}

/* An assumption as a number, alone. */
static void read_assumption(kl_wide *w, kl_wide_level *l, const kl_question *q, uint32_t assumption) {
    const kl_reading_of *r = &w->j->readings[assumption];
    l->how = r->known ? KL_HOW_GIVEN : KL_HOW_OPEN;
    if (!r->known) return;
    l->answer = q->kind == KL_Q_CODES   ? q->cell_of[r->value]
                : q->kind == KL_Q_TRUTH ? (uint32_t)(r->value != 0)
                                        : cell_of_value(q, r->value);
}

static void describe_truth(kl_wide *w, kl_wide_level *l, const kl_question *q) {
    const kl_form *n = kl_form_at(w->f, q->source);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_FIELD:
    case KL_FORM_HAS:
    case KL_FORM_EMPTY:
    case KL_FORM_KNOWN:
        l->how = KL_HOW_FIELD;
        l->field = n->x;
        break;
    case KL_FORM_ASSUME: read_assumption(w, l, q, n->x); break;
    default: break;
    }
}

static void describe_level(kl_wide *w, uint32_t question) {
    const kl_question *q = &w->k.asked.list.p[question];
    kl_wide_level l = {.how = KL_HOW_DERIVED, .question = question, .answers = kl_question_all(q), .field = IR_NONE};
    switch (q->kind) {
    case KL_Q_TRUTH: describe_truth(w, &l, q); break;
    case KL_Q_VALUES:
    case KL_Q_NUMBER:
    case KL_Q_TEXT:
        l.how = KL_HOW_FIELD;
        l.field = q->source;
        break;
    case KL_Q_EDITION: l.how = KL_HOW_OPEN; break;
    case KL_Q_DERIVED:
    case KL_Q_CODES: {
        const kl_form *n = kl_form_at(w->f, q->source);
        if (n->kind == KL_FORM_NUMBER_ASSUME) read_assumption(w, &l, q, n->x);
        if (n->kind == KL_FORM_FEED) {
            l.how = KL_HOW_FED;
            l.outcome = n->x;
        }
        break;
    }
    case KL_Q_SAME: break;
    }
    KL_PUSH(w->arena, &w->levels, l);
}

/* What follows from another question about the same field. */
static void describe_mapped(kl_wide *w) {
    for (size_t i = 0; i < w->levels.n; i++) {
        kl_wide_level *l = &w->levels.p[i];
        const kl_question *q = &w->k.asked.list.p[l->question];
        const kl_form *n = q->kind == KL_Q_TRUTH || q->kind == KL_Q_DERIVED ? kl_form_at(w->f, q->source) : NULL;
        uint32_t field, assumption;
        if (!n) continue;
        if (n->kind == KL_FORM_KNOWN && level_of_field(w, n->x) != KL_NO_FORM) {
            l->how = KL_HOW_MAPPED;
            l->level = level_of_field(w, n->x);
            uint32_t answers = w->levels.p[l->level].answers;
            l->map = kl_alloc_array(w->arena, answers, sizeof *l->map);
            for (uint32_t a = 0; a + 1 < answers; a++) l->map[a] = 1;
        } else if (q->kind == KL_Q_DERIVED && is_simple(w, n, &field, &assumption) &&
                   level_of_field(w, field) != KL_NO_FORM) {
            l->how = KL_HOW_MAPPED;
            l->level = level_of_field(w, field);
            map_simple(w, l, q, assumption);
        }
    }
}

/* The answer that a field's default gives on a side, or KL_NO_FORM when it has none there. */
static uint32_t default_answer(const kl_wide *w, size_t side, uint32_t level) {
    const kl_wide_level *l = &w->levels.p[level];
    uint32_t own = l->how == KL_HOW_FIELD ? w->j->field_in[side][l->field] : IR_NONE;
    if (own == IR_NONE || !w->j->in[side]->fields.p[own].has_otherwise) return KL_NO_FORM;
    const ir_field *f = &w->j->in[side]->fields.p[own];
    kl_datum *record = kl_alloc_array(w->arena, w->f->g->fields.n + 1, sizeof *record);
    kl_datum *d = &record[l->field];
    d->state = KL_DATUM_VALUE;
    d->number = f->otherwise;
    d->text = f->otherwise_text;
    if (f->type.kind == KL_T_VALUES) d->number = w->j->code_to[side][f->type.set][f->otherwise];
    for (uint32_t c = 0; f->type.kind == KL_T_SET && c < 64; c++)
        if ((uint64_t)f->otherwise >> c & 1) d->set |= UINT64_C(1) << w->j->code_to[side][f->type.set][c];
    return kl_wide_answer(w, level, record);
}

static void describe_levels(kl_wide *w) {
    w->levels.n = 0;
    for (size_t i = 0; i < w->k.order.n; i++) describe_level(w, w->k.order.p[i]);
    describe_mapped(w);
    for (size_t side = 0; side < w->j->sides; side++) {
        w->defaults[side] = kl_alloc_array(w->arena, w->levels.n + 1, sizeof(uint32_t));
        for (uint32_t i = 0; i < w->levels.n; i++) w->defaults[side][i] = default_answer(w, side, i);
    }
}

/* ------------------------------------------------------------------ from a function of questions to one of records */
typedef struct finishing {
    kl_wide *w;
    size_t side;
    bool truth; /* unknown and states: neither yes nor no */
    const kl_wide_level *level;
    const kl_question *q;
    uint32_t leaf[5], otherwise;
} finishing;

static uint32_t agree_cells(const finishing *x, kl_diagram *m, uint32_t node, uint32_t other) {
    uint32_t all = kl_dd_follow(m, node, 0);
    for (uint32_t cell = 1; cell < x->q->cells; cell++) {
        uint32_t child = kl_dd_follow(m, node, cell);
        if (child != all) all = kl_dd_agree(m, all, child, other);
    }
    return all;
}

static void put_states(void *self, kl_diagram *m, uint32_t node, uint32_t *children) {
    const finishing *x = self;
    uint32_t first = kl_dd_follow(m, node, 0);
    for (unsigned t = 0; t < 5; t++) {
        children[t] = x->truth ? KL_LEAF_NO : first;
        if (!(x->q->states >> t & 1)) continue;
        if (1u << t == KL_CAN_NONE)
            children[t] = kl_dd_follow(m, node, x->q->cells + t);
        else if (!x->truth)
            children[t] = agree_cells(x, m, node, x->leaf[t]);
    }
    children[5] = first;
}

static void finish_states(finishing *x, uint32_t level, uint32_t *root) {
    kl_wide *w = x->w;
    kl_endings *e = &w->endings;
    x->level = &w->levels.p[level];
    x->q = &w->k.asked.list.p[x->level->question];
    uint32_t document = x->q->kind == KL_Q_SAME ? KL_NO_FORM : kl_form_span(w->f, x->q->source).document;
    x->leaf[0] = KL_LEAF | kl_result_put(e, KL_RESULT_ERROR, 0);
    x->leaf[2] = KL_LEAF | kl_result_put(e, KL_RESULT_NOT_STATED, 0);
    x->leaf[3] = KL_LEAF;
    x->leaf[4] = KL_LEAF | kl_result_put(e, KL_RESULT_CONFLICT, 0);
    if (x->q->states & KL_CAN_EXTERNAL)
        x->leaf[3] |= document != KL_NO_FORM ? document : kl_result_put(e, KL_RESULT_NUMBER, x->q->source);
    *root = kl_dd_extend(&w->k.m, *root, level, x->q->cells, 6, put_states, x);
}

static void put_unknown(void *self, kl_diagram *m, uint32_t node, uint32_t *children) {
    const finishing *x = self;
    kl_wide *w = x->w;
    if (x->otherwise != KL_NO_FORM) {
        children[0] = kl_dd_follow(m, node, x->otherwise);
        return;
    }
    children[0] = KL_LEAF_NO;
    if (x->truth) return;
    uint32_t undetermined = KL_LEAF | w->undetermined;
    children[0] = agree_cells(x, m, node, undetermined);
    if (kl_question_tagged(x->q) && x->q->may_be_none && x->q->states & KL_CAN_NONE)
        children[0] = kl_dd_agree(m, children[0], kl_dd_follow(m, node, x->q->cells + 1), undetermined);
}

/* Where the fed outcome's result gives the answer. */
static uint32_t answer_of_result(const kl_wide *w, const kl_wide_level *l, uint32_t ending) {
    const kl_question *q = &w->k.asked.list.p[l->question];
    const kl_ending *r = kl_result_at(&w->endings, ending);
    switch (r->kind) {
    case KL_RESULT_CONST:
        if (q->kind == KL_Q_CODES) return (uint64_t)r->value < q->codes ? q->cell_of[r->value] : q->cells;
        return cell_of_value(q, r->value);
    case KL_RESULT_ERROR: return q->cells;
    case KL_RESULT_NONE: return q->cells + 1;
    case KL_RESULT_NOT_STATED: return q->cells + 2;
    case KL_RESULT_EXTERNAL: return q->cells + 3;
    case KL_RESULT_CONFLICT: return q->cells + 4;
    case KL_RESULT_OPEN: return l->answers - 1;
    default: return KL_NO_FORM;
    }
}

bool kl_wide_computed(kl_wide *w, uint32_t root) {
    kl_dd_list nodes = {0};
    kl_diagram *m = &w->k.m;
    kl_dd_reach(m, root, &nodes);
    for (size_t i = 0; i <= nodes.n; i++) {
        const kl_dd_node *n = i < nodes.n ? &m->nodes.p[nodes.p[i]] : NULL;
        for (uint32_t k = 0; k < (n ? n->runs : 1); k++) {
            uint32_t child = n ? m->runs.p[n->first + k].child : root;
            if (!kl_dd_is_leaf(child)) continue;
            kl_result_kind kind = kl_result_at(&w->endings, child & ~KL_LEAF)->kind;
            if (kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD || kind == KL_RESULT_TEXT) return true;
        }
    }
    return false;
}

static uint32_t put_fed(kl_wide *w, const kl_wide_level *l, uint32_t level, uint32_t root) {
    kl_diagram *m = &w->k.m;
    uint32_t fed = w->slots.p[w->first_slot[l->outcome]].root, out = kl_dd_restrict(m, root, level, l->answers - 1);
    uint32_t *to = kl_alloc_array(w->arena, w->endings.list.n + 1, sizeof *to);
    for (uint32_t a = 0; a + 1 < l->answers; a++) {
        uint32_t child = kl_dd_restrict(m, root, level, a);
        if (child == out) continue;
        for (uint32_t r = 0; r < w->endings.list.n; r++)
            to[r] = answer_of_result(w, l, r) == a ? KL_LEAF_YES : KL_LEAF_NO;
        out = kl_dd_ite(m, kl_dd_replace(m, fed, to), child, out);
    }
    return out;
}

static uint32_t put_mapped(kl_wide *w, const kl_wide_level *l, uint32_t level, uint32_t root) {
    kl_diagram *m = &w->k.m;
    uint32_t answers = w->levels.p[l->level].answers, out = kl_dd_restrict(m, root, level, l->map[0]);
    for (uint32_t a = 1; a < answers; a++) {
        uint32_t from = a;
        while (a + 1 < answers && l->map[a + 1] == l->map[from]) a++;
        uint32_t interval[2] = {from, a + 1};
        uint32_t test = kl_dd_test(m, l->level, interval, 2);
        out = kl_dd_ite(m, test, kl_dd_restrict(m, root, level, l->map[from]), out);
    }
    return out;
}

static uint32_t put_others(kl_wide *w, uint32_t root) {
    kl_diagram *m = &w->k.m;
    for (uint32_t i = 0; i < w->levels.n && !m->full; i++) {
        const kl_wide_level *l = &w->levels.p[i];
        if (l->how == KL_HOW_FIELD || l->how == KL_HOW_DERIVED) continue;
        uint32_t open = kl_dd_restrict(m, root, i, l->answers - 1);
        if (open == root) continue; /* not asked */
        if (l->how == KL_HOW_OPEN) root = open;
        if (l->how == KL_HOW_GIVEN) root = kl_dd_restrict(m, root, i, l->answer);
        if (l->how == KL_HOW_MAPPED) root = put_mapped(w, l, i, root);
        if (l->how == KL_HOW_FED) root = put_fed(w, l, i, root);
    }
    return root;
}

static uint32_t finish(kl_wide *w, size_t side, uint32_t root, bool truth) {
    finishing x = {.w = w, .side = side, .truth = truth};
    kl_diagram *m = &w->k.m;
    for (int same = 1; same >= 0; same--)
        for (uint32_t q = 0; q < w->k.asked.list.n && !m->full; q++) { /* in document order */
            const kl_question *asked = &w->k.asked.list.p[q];
            if (kl_question_tagged(asked) && (asked->kind == KL_Q_SAME) == same)
                finish_states(&x, w->k.level_of.p[q], &root);
        }
    for (uint32_t i = 0; i < w->levels.n && !m->full; i++) {
        x.level = &w->levels.p[i];
        x.q = &w->k.asked.list.p[x.level->question];
        x.otherwise = w->defaults[side][i];
        root = kl_dd_extend(m, root, i, x.level->answers - 1, 1, put_unknown, &x);
    }
    return put_others(w, root);
}

/* What an edition not at hand would give is undetermined. */
static uint32_t close_open(kl_wide *w, uint32_t root) {
    uint32_t *to = kl_alloc_array(w->arena, w->endings.list.n + 1, sizeof *to);
    for (uint32_t r = 0; r < w->endings.list.n; r++)
        to[r] = KL_LEAF | (kl_result_at(&w->endings, r)->kind == KL_RESULT_OPEN ? w->undetermined : r);
    return kl_dd_replace(&w->k.m, root, to);
}

static void loosen_fed(kl_wide *w, uint32_t outcome) {
    if (!kl_wide_computed(w, w->slots.p[w->first_slot[outcome]].root)) return;
    for (size_t i = 0; i < w->levels.n; i++)
        if (w->levels.p[i].how == KL_HOW_FED && w->levels.p[i].outcome == outcome) w->levels.p[i].how = KL_HOW_DERIVED;
}

/* ------------------------------------------------------------------ all in one order */
static bool build_roots(kl_wide *w, pair_list *pairs, bool *again) {
    kl_asked *q = &w->k.asked;
    *again = false;
    for (size_t i = 0; i < w->wanted.n && !*again; i++) {
        kl_wide_slot *s = &w->slots.p[w->wanted.p[i]];
        size_t side = kl_wide_side_of(w, s->outcome);
        take_side(w, side);
        *again = !kl_decision_root(&w->k, &s->d, &s->root);
        if (*again) break;
        if (w->k.m.full) return false;
        s->base = close_open(w, s->root);
        s->root = finish(w, side, s->base, false);
        if (w->k.m.full) return false;
        loosen_fed(w, s->outcome);
    }
    if (!*again) return true;
    pairs->n = 0;
    for (size_t i = 0; i < q->list.n; i++)
        if (q->list.p[i].kind == KL_Q_SAME)
            KL_PUSH(w->arena, pairs, ((pair){q->list.p[i].source, q->list.p[i].other, q->list.p[i].states}));
    return true;
}

static void forget_truths(kl_wide *w) {
    w->truth_room = w->f->nodes.n * 2;
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < 2; k++) {
            w->truths[side][k] = kl_alloc_array(w->arena, w->truth_room, sizeof(uint32_t));
            memset(w->truths[side][k], 0xff, w->truth_room * sizeof(uint32_t));
        }
    w->possible.n = 0;
    w->near_root = KL_NO_FORM;
    w->near_nodes.n = 0;
}

static bool try_order(kl_wide *w, kl_order kind, const kl_index_list *cuts, pair_list *pairs) {
    bool again = true;
    while (again) {
        ask_everything(w, cuts, pairs);
        kl_ask_done(&w->k.asked);
        if (w->k.asked.list.n > w->k.limits.questions) return false;
        kl_deciding_order(&w->k, kind);
        describe_levels(w);
        forget_truths(w);
        if (!build_roots(w, pairs, &again)) return false;
    }
    return !w->k.m.full;
}

bool kl_wide_start(kl_wide *w, const uint32_t *outcomes, size_t n, const uint32_t *forms, size_t count) {
    static const kl_order orders[] = {KL_ORDER_NEAR, KL_ORDER_DOCUMENT, KL_ORDER_SELECTIVE, KL_ORDER_SMALLEST};
    kl_index_list cuts = {0};
    pair_list pairs = {0};
    memset(w->is_wanted, 0, w->f->g->outcomes.n * sizeof *w->is_wanted);
    w->wanted.n = w->truth_forms.n = 0;
    for (size_t i = 0; i < n; i++) want(w, outcomes[i]);
    for (size_t i = 0; i < count; i++) {
        want_form(w, forms[i]);
        KL_PUSH(w->arena, &w->truth_forms, forms[i]);
    }
    for (uint32_t i = 0; i < w->slots.n; i++) /* slots lie in the order of deciding */
        if (w->is_wanted[w->slots.p[i].outcome]) KL_PUSH(w->arena, &w->wanted, i);
    ask_everything(w, NULL, &pairs);
    cut_simple(w, &cuts);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (try_order(w, orders[i], &cuts, &pairs)) return true;
    return false;
}

/* ------------------------------------------------------------------ truths as the trace says them */
static uint32_t atom_plane(kl_wide *w, size_t side, uint32_t form, bool yes) {
    const kl_asked *q = &w->k.asked;
    const kl_atom *a = kl_atom_of(q, form);
    const kl_question *s = &q->list.p[a->question];
    const uint32_t *in = &q->intervals.p[a->first];
    kl_index_list out = {0};
    uint32_t from = 0;
    for (uint32_t i = 0; i <= a->count; i += 2) {
        uint32_t to = i < a->count ? in[i] : s->cells;
        if (!yes && from < to) {
            KL_PUSH(w->arena, &out, from);
            KL_PUSH(w->arena, &out, to);
        }
        if (i >= a->count) break;
        from = in[i + 1];
        if (yes && in[i] < in[i + 1]) {
            KL_PUSH(w->arena, &out, in[i]);
            KL_PUSH(w->arena, &out, in[i + 1]);
        }
    }
    if (!yes && kl_question_tagged(s) && s->kind != KL_Q_SAME) { /* none: what compares it is no */
        KL_PUSH(w->arena, &out, s->cells + 1);
        KL_PUSH(w->arena, &out, s->cells + 2);
    }
    uint32_t test = kl_dd_test(&w->k.m, w->k.level_of.p[a->question], out.p, out.n);
    return finish(w, side, test, true);
}

static void make_truth(kl_wide *w, size_t side, uint32_t form) {
    uint32_t *yes = w->truths[side][0], *no = w->truths[side][1];
    const kl_form n = *kl_form_at(w->f, form);
    kl_diagram *m = &w->k.m;
    if (yes[form] != KL_NO_FORM) return;
    switch ((kl_form_kind)n.kind) {
    case KL_FORM_CONST:
        yes[form] = n.lo == 1 ? KL_LEAF_YES : KL_LEAF_NO;
        no[form] = n.lo == 0 ? KL_LEAF_YES : KL_LEAF_NO;
        return;
    case KL_FORM_NOT:
        make_truth(w, side, n.a);
        yes[form] = no[n.a];
        no[form] = yes[n.a];
        return;
    case KL_FORM_AND:
    case KL_FORM_OR: {
        bool and = n.kind == KL_FORM_AND;
        make_truth(w, side, n.a);
        make_truth(w, side, n.b);
        yes[form] = and? kl_dd_and(m, yes[n.a], yes[n.b]) : kl_dd_or(m, yes[n.a], yes[n.b]);
        no[form] = and? kl_dd_or(m, no[n.a], no[n.b]) : kl_dd_and(m, no[n.a], no[n.b]);
        return;
    }
    default: {
        uint32_t is = atom_plane(w, side, form, true), is_not = atom_plane(w, side, form, false);
        yes[form] = is;
        no[form] = is_not;
    }
    }
}

void kl_wide_truth(kl_wide *w, size_t side, uint32_t form, uint32_t *yes, uint32_t *no) {
    make_truth(w, side, form);
    *yes = w->truths[side][0][form];
    *no = w->truths[side][1][form];
}
