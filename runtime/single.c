/* single.c - one record: the steps that eval.c runs, written out for a batch of one; and all truths of a record of any batch.
 * May include: program.h of this room. What is rare is left to the functions of larger batches; both must tell the same.
 * Start at kl_single(), which kl_eval calls where a table of kernels names it. */
#include "runtime/program.h"

static inline uint64_t known_of(const kl_column *c) {
    return c->known ? *c->known & 1 : 0;
}

/* ------------------------------------------------------------------ the plan of a record alone */
typedef struct asked { /* of a field, and the plane of yes */
    uint32_t field, to;
} asked;

typedef struct pair { /* a gate of three inputs: the and of their planes, and the or of the other planes */
    uint32_t and_to, and[3], or_to, or [3];
} pair;

/* The plan of the workspace as a record alone runs it: what diagrams by planes take left out, tests of the same kind together, planes by their
 * bytes where one has eight. It lies behind such planes, where larger batches have theirs, and is made anew after one. */
typedef struct alone {
    uint32_t *checks, *checks_end; /* fields of which not every number fits */
    asked *known, *known_end;      /* whether it was received */
    asked *facts, *facts_end;      /* yes/no fields without a default */
    kl_step *steps, *steps_end;    /* of gates: which of those here */
    pair *gates;
    uint32_t *truths;          /* per entry: the plane of its truth */
    uint32_t *rest, *rest_end; /* entries that have none, or more than one: asked for one by one */
    uint32_t *decisions;       /* of the last record, per slot */
} alone;
enum { PLANE = sizeof(uint64_t), OTHER = PLANE }; /* bytes; of the other plane of a literal, by ^ */

static inline uint64_t *word_at(uint64_t *planes, uint32_t bytes) {
    return (uint64_t *)(void *)((char *)planes + bytes);
}

static inline uint32_t planes_of(const kl_program *p) {
    return (uint32_t)((p->layout.at[KL_P_PLANES + 1] - p->layout.at[KL_P_PLANES]) / KL_PLANE_BYTES);
}

static inline alone *alone_of(const kl_workspace *w) {
    return (alone *)(void *)(w->planes + planes_of(w->program));
}

static void add_test(alone *x, const kl_step *s, const kl_test *t) {
    asked question = {t->source, t->to * PLANE};
    if (t->op == KL_OP_B_KNOWN)
        *x->known_end++ = question;
    else if (t->op == KL_OP_B_FIELD && !t->yes && !t->no)
        *x->facts_end++ = question;
    else
        *x->steps_end++ = *s;
}

static void add_step(const kl_workspace *w, alone *x, const kl_step *s) {
    for (uint32_t i = s->a; s->kind == KL_STEP_FIELDS && i < s->a + s->b; i++)
        add_test(x, &(kl_step){KL_STEP_TEST, i, 0}, &w->tests[i]);
    if (s->kind == KL_STEP_TEST)
        add_test(x, s, &w->tests[s->a]);
    else if (s->kind != KL_STEP_CELL && s->kind != KL_STEP_ASK && s->kind != KL_STEP_FIELDS)
        *x->steps_end++ = *s;
}

/* Gates one after another are one step, also where steps between them are left out. One of two inputs has a third that is always yes; one of
 * more is the gate of three, and then that with two of the others. */
static uint32_t add_gates(const kl_workspace *w, alone *x, const kl_step *s, uint32_t count) {
    enum { SHARE = KL_PLANE_BYTES / PLANE };
    bool follows = x->steps_end > x->steps && x->steps_end[-1].kind == KL_STEP_GATES;
    if (!follows) *x->steps_end++ = (kl_step){KL_STEP_GATES, count, 0};
    for (const kl_gate *g = w->gates + s->a, *end = g + s->b; g < end; g++) {
        uint32_t to = (g->to & ~KL_LAST) / SHARE, of[3] = {g->of / SHARE};
        bool needed = g->to / KL_PLANE_BYTES < w->program->layout.cells; /* not an answer's, for diagrams by planes */
        while (!(g->to & KL_LAST)) {
            of[1] = (++g)->of / SHARE;
            of[2] = g->to & KL_LAST ? KL_PLANE_ALL * PLANE : (++g)->of / SHARE;
            pair made = {to, {of[0], of[1], of[2]}, to ^ OTHER, {of[0] ^ OTHER, of[1] ^ OTHER, of[2] ^ OTHER}};
            if (needed) x->gates[count++] = made;
            of[0] = to;
        }
    }
    x->steps_end[-1].b = count - x->steps_end[-1].a;
    return count;
}

/* false: there is no room for it. */
KL_APART bool make(kl_workspace *w) {
    const kl_program *p = w->program;
    alone *x = alone_of(w);
    uint32_t fields = p->count[KL_S_FIELDS], entries = p->count[KL_S_ENTRIES], tests = 0, gates = 0;
    for (uint32_t i = 0; i < w->step_count; i++) {
        tests += w->steps[i].kind == KL_STEP_FIELDS ? w->steps[i].b : w->steps[i].kind == KL_STEP_TEST;
        gates += w->steps[i].kind == KL_STEP_GATES ? w->steps[i].b : 0;
    }
    uint64_t size = sizeof *x + (fields + 2 * (uint64_t)entries + p->budget.slots) * sizeof(uint32_t) +
                    2 * (uint64_t)tests * sizeof(asked) + (w->step_count + (uint64_t)tests) * sizeof(kl_step) +
                    (uint64_t)gates * sizeof(pair);
    if (size > (uint64_t)planes_of(p) * (KL_PLANE_BYTES - PLANE)) return false;
    x->checks = x->checks_end = (uint32_t *)(void *)(x + 1);
    x->truths = x->checks + fields;
    x->rest = x->rest_end = x->truths + entries;
    x->decisions = x->rest + entries;
    x->known = x->known_end = (asked *)(void *)(x->decisions + p->budget.slots);
    x->facts = x->facts_end = x->known + tests;
    x->steps = x->steps_end = (kl_step *)(void *)(x->facts + tests);
    x->gates = (pair *)(void *)(x->steps + w->step_count + tests);
    for (uint32_t f = 0; f < fields; f++)
        if (w->fields[f].type != KL_TYPE_BOOL && w->fields[f].type != KL_TYPE_TEXT) *x->checks_end++ = f;
    for (uint32_t e = 0; e < entries; e++) {
        uint32_t truth = kl_e(p, e, KL_E_TRUTH);
        bool own = truth != KL_ABSENT && kl_e(p, e, KL_E_REQUIREMENT) == KL_ABSENT;
        x->truths[e] = (own ? w->literals[truth] : (uint32_t)KL_LITERAL_UNKNOWN) * PLANE;
        if (!own) *x->rest_end++ = e;
    }
    uint32_t count = 0;
    for (const kl_step *s = w->steps, *end = s + w->step_count; s < end; s++)
        if (s->kind == KL_STEP_GATES)
            count = add_gates(w, x, s, count);
        else
            add_step(w, x, s);
    return true;
}

/* ------------------------------------------------------------------ steps */
/* Whether every field can hold what the record has. */
static inline bool fits(const kl_workspace *w, const alone *x, const kl_column *columns) {
    uint64_t bad = 0;
    for (const uint32_t *f = x->checks; f < x->checks_end; f++) {
        const kl_column *c = &columns[*f];
        const kl_field_plan *l = &w->fields[*f];
        if (!known_of(c)) continue;
        if (l->type == KL_TYPE_VALUES)
            bad |= *c->as.codes > l->span;
        else if (l->type == KL_TYPE_SET)
            bad |= *c->as.sets & ~l->span;
        else
            bad |= (uint64_t)*c->as.numbers - l->low > l->span;
    }
    return bad == 0;
}

/* Tests that nothing else comes before. */
static inline void facts(uint64_t *planes, const alone *x, const kl_column *columns) {
    for (const asked *a = x->known; a < x->known_end; a++) {
        uint64_t known = known_of(&columns[a->field]), *yes = word_at(planes, a->to);
        yes[0] = known;
        yes[1] = ~known;
    }
    for (const asked *a = x->facts; a < x->facts_end; a++) {
        const kl_column *c = &columns[a->field];
        uint64_t known = 0 - known_of(c), is = known ? *c->as.bits : 0, *yes = word_at(planes, a->to);
        yes[0] = is & known;
        yes[1] = ~is & known;
    }
}

static inline void test(kl_workspace *w, const kl_test *t) {
    bool code = t->op == KL_OP_B_IN_F && !t->values;
    if (!code && t->op != KL_OP_B_RANGE_F) { /* the source may be a number register */
        kl_run_test(w, t);
        return;
    }
    const kl_column *c = &w->columns[t->source];
    uint64_t *yes = w->planes + t->to, is = 0;
    bool known = known_of(c);
    if (known && code)
        is = t->bits >> *c->as.codes;
    else if (known)
        is = t->bits && (uint64_t)*c->as.numbers - t->from <= t->span;
    yes[0] = known ? is : t->yes;
    yes[1] = known ? ~is : t->no;
}

static inline void slices(kl_workspace *w, uint32_t field) {
    uint64_t *to = w->planes + w->fields[field].slices;
    uint32_t bits = kl_width((uint32_t)w->fields[field].span);
    if (!w->columns[field].known) return;
    for (uint32_t b = 0; b < bits; b++) to[b] = *w->columns[field].as.codes >> b & 1;
}

static inline void gates(uint64_t *planes, const pair *g, uint32_t count) {
    for (const pair *end = g + count; g < end; g++) {
        const uint32_t *and = g->and, * or = g->or ;
        *word_at(planes, g->and_to) = *word_at(planes, and[0]) & *word_at(planes, and[1]) & *word_at(planes, and[2]);
        *word_at(planes, g->or_to) = *word_at(planes, or [0]) | *word_at(planes, or [1]) | *word_at(planes, or [2]);
    }
}

/* The answer that the record gives, or KL_ABSENT; the usual kinds of questions without a call. */
static inline uint32_t answer_of(const kl_workspace *w, const uint8_t *q) {
    const kl_program *p = w->program;
    uint32_t source = kl_at(q, KL_Q_SOURCE), kind = kl_at(q, KL_Q_KIND);
    if (kind == KL_Q_TRUTH) {
        const uint64_t *planes = w->planes;
        uint32_t literal = w->literals[source];
        if (planes[literal] & 1) return 1;
        return planes[literal ^ 1] & 1 ? 0 : KL_ABSENT;
    }
    if (kind == KL_Q_VALUES || kind == KL_Q_NUMBER) {
        const kl_column *c = &w->columns[source];
        uint32_t first = kl_at(q, KL_Q_FIRST_CUT), cuts = kl_at(q, KL_Q_CUTS), below = 0;
        if (!known_of(c)) return kl_answer_of(w, q, 0);
        if (kind == KL_Q_VALUES) return kl_word1(p, KL_S_CUTS, first + *c->as.codes);
        if (cuts <= 8) {
            for (uint32_t i = 0; i < cuts; i++)
                below += kl_const(p, kl_word1(p, KL_S_CUTS, first + i)) <= *c->as.numbers;
            return below;
        }
    }
    return kl_answer_of(w, q, 0);
}

/* Down the diagram while the record answers; else the walk tries what it leaves open. */
static inline uint32_t decision(kl_workspace *w, uint32_t slot) {
    const kl_program *p = w->program;
    uint32_t at = kl_l(p, slot, KL_L_ROOT);
    if (at == KL_ABSENT) return kl_walk_decide(w, slot, 0);
    while (!(at & KL_TERMINAL)) {
        const uint8_t *node = kl_row(p, KL_S_NODES, at), *q = kl_row(p, KL_S_QUESTIONS, kl_at(node, 0));
        uint32_t answer = answer_of(w, q);
        if (answer == KL_ABSENT) return kl_walk_decide(w, slot, 0);
        at = kl_word1(p, KL_S_EDGES, kl_at(node, 1) + answer);
    }
    return at & ~KL_TERMINAL;
}

static inline void decide(kl_workspace *w, const alone *x, uint32_t slot) {
    enum { FEW = 32 }; /* counted quicker than halved, which no branch can guess */
    const kl_slot_plan *s = &w->slots[slot];
    const uint32_t *keys = w->keys + s->first_key;
    uint32_t found = decision(w, slot), code = KL_CODES;
    x->decisions[slot] = found;
    if (found >= KL_DECISION_NONE || s->keys > FEW) {
        code = kl_code_of(w, slot, found);
    } else {
        uint32_t key = kl_key(w->program, found);
        for (uint32_t i = 0; i < s->keys; i++) code += keys[i] < key;
    }
    for (uint64_t *to = w->planes + s->plane, *end = to + s->bits; to < end; to++, code >>= 1) *to = code & 1;
}

bool kl_single(kl_workspace *w, const kl_batch *batch) {
    const alone *x = alone_of(w);
    if (w->walks != KL_ALONE && !make(w)) return false;
    w->walks = KL_ALONE;
    if (!fits(w, x, batch->columns)) return false;
    w->rows = w->words = 1;
    w->stride = 8;
    memset(w->planes, 0, KL_LITERALS * sizeof *w->planes);
    w->planes[KL_PLANE_ALL] = ~UINT64_C(0);
    facts(w->planes, x, batch->columns);
    for (const kl_step *s = x->steps; s < x->steps_end; s++) {
        switch ((kl_step_kind)s->kind) {
        case KL_STEP_GATES: gates(w->planes, x->gates + s->a, s->b); break;
        case KL_STEP_TEST: test(w, &w->tests[s->a]); break;
        case KL_STEP_SLICES: slices(w, s->a); break;
        case KL_STEP_DECIDE: decide(w, x, s->a); break;
        default: kl_run_step(w, s);
        }
    }
    return true;
}

/* ------------------------------------------------------------------ all that is told of a record */
/* The plan of the record that was decided last, if it was alone. */
static inline const alone *planned(const kl_workspace *w, uint32_t row) {
    return w->rows == 1 && w->walks == KL_ALONE && row == 0 ? alone_of(w) : NULL;
}

void kl_outcomes(const kl_workspace *w, uint32_t row, kl_result *results) {
    const kl_program *p = w->program;
    const alone *x = planned(w, row);
    for (uint32_t o = 0; o < p->count[KL_S_OUTCOMES]; o++) {
        const uint8_t *outcome = kl_row(p, KL_S_OUTCOMES, o);
        kl_result *to = &results[o];
        uint32_t many = kl_at(outcome, KL_O_FLAGS) & KL_OUTCOME_MANY, slots = kl_at(outcome, KL_O_SLOTS);
        if (!x || many || slots == 0 || kl_at(outcome, KL_O_TYPE) == KL_TYPE_DATE) {
            kl_outcome(w, o, row, to);
            continue;
        }
        uint32_t found = x->decisions[kl_at(outcome, KL_O_FIRST_SLOT)];
        if (found < KL_DECISION_NONE && kl_r(p, found, KL_R_KIND) == KL_RESULT_CONST) {
            int64_t n = kl_const(p, kl_r(p, found, KL_R_VALUE));
            *to = (kl_result){.state = KL_DECIDED, .number = n, .set = (uint64_t)n};
        } else {
            kl_resolve(w, found, 0, to);
        }
    }
}

void kl_truths(const kl_workspace *w, uint32_t row, uint8_t *truths) {
    const alone *x = w->untraced ? NULL : planned(w, row);
    uint32_t count = w->program->count[KL_S_ENTRIES];
    if (!x) {
        for (uint32_t e = 0; e < count; e++) truths[e] = (uint8_t)kl_truth_of(w, e, row);
        return;
    }
    uint64_t *planes = w->planes;
    for (const uint32_t *at = x->truths, *end = at + count; at < end; at++) {
        uint32_t yes = *word_at(planes, *at) & 1, no = *word_at(planes, *at ^ OTHER) & 1;
        *truths++ = (uint8_t)(KL_UNKNOWN - yes - 2 * no);
    }
    truths -= count;
    for (const uint32_t *e = x->rest, *end = x->rest_end; e < end; e++) truths[*e] = (uint8_t)kl_truth_of(w, *e, 0);
}
