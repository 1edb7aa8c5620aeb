/* single.c - one record: the steps that eval.c runs, written out for a batch of one; and all truths of a record of any batch.
 * May include: program.h of this room. What is rare is left to the functions of larger batches; both must tell the same.
 * Start at kl_single(), which kl_eval calls where a table of kernels names it. */
#include "runtime/program.h"

static inline uint64_t known_of(const kl_column *c) {
    return c->known ? *c->known & 1 : 0;
}

/* Whether every field can hold what the record has. */
static inline bool fits(const kl_workspace *w, const kl_column *columns) {
    uint64_t bad = 0;
    const kl_field_plan *l = w->fields;
    for (const kl_column *c = columns, *end = c + w->program->count[KL_S_FIELDS]; c < end; c++, l++) {
        if (!known_of(c)) continue;
        if (l->type == KL_TYPE_VALUES)
            bad |= *c->as.codes > l->span;
        else if (l->type == KL_TYPE_SET)
            bad |= *c->as.sets & ~l->span;
        else if (l->type >= KL_TYPE_INTEGER && l->type <= KL_TYPE_DAYS)
            bad |= (uint64_t)*c->as.numbers - l->low > l->span;
    }
    return bad == 0;
}

/* ------------------------------------------------------------------ steps */
static inline void test(kl_workspace *w, const kl_test *t) {
    const kl_column *c = &w->columns[t->source];
    uint64_t *yes = w->planes + t->to, known = 0, is = 0;
    switch (t->op) {
    case KL_OP_B_KNOWN:
        yes[0] = known_of(c);
        yes[1] = ~yes[0];
        return;
    case KL_OP_B_FIELD:
        known = 0 - known_of(c);
        if (known) is = *c->as.bits;
        break;
    case KL_OP_B_IN_F:
        if (t->values) {
            kl_run_test(w, t);
            return;
        }
        known = 0 - known_of(c);
        if (known) is = t->bits >> *c->as.codes;
        break;
    case KL_OP_B_RANGE_F:
        known = 0 - known_of(c);
        if (known) is = t->bits && (uint64_t)*c->as.numbers - t->from <= t->span;
        break;
    default: kl_run_test(w, t); return;
    }
    yes[0] = (is & known) | (t->yes & ~known);
    yes[1] = (~is & known) | (t->no & ~known);
}

static inline void slices(kl_workspace *w, uint32_t field) {
    uint64_t *to = w->planes + w->fields[field].slices;
    uint32_t bits = kl_width((uint32_t)w->fields[field].span);
    if (!w->columns[field].known) return;
    for (uint32_t b = 0; b < bits; b++) to[b] = *w->columns[field].as.codes >> b & 1;
}

static inline void gates(uint64_t *planes, const kl_gate *g, uint32_t count) {

    for (const kl_gate *end = g + count; g < end; g++) {
        uint32_t to = g->to / KL_PLANE_BYTES, a = g->a / KL_PLANE_BYTES, b = g->b / KL_PLANE_BYTES;
        planes[to] = planes[a] & planes[b];
        planes[to ^ 1] = planes[a ^ 1] | planes[b ^ 1];
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

static inline void decide(kl_workspace *w, uint32_t slot) {
    enum { FEW = 32 }; /* counted quicker than halved, which no branch can guess */
    const kl_slot_plan *s = &w->slots[slot];
    const uint32_t *keys = w->keys + s->first_key;
    uint32_t found = decision(w, slot), code = KL_CODES;
    if (found >= KL_DECISION_NONE || s->keys > FEW) {
        code = kl_code_of(w, slot, found);
    } else {
        uint32_t key = kl_key(w->program, found);
        for (uint32_t i = 0; i < s->keys; i++) code += keys[i] < key;
    }
    for (uint64_t *to = w->planes + s->plane, *end = to + s->bits; to < end; to++, code >>= 1) *to = code & 1;
}

bool kl_single(kl_workspace *w, const kl_batch *batch) {
    if (!fits(w, batch->columns)) return false;
    w->rows = w->words = 1;
    w->stride = 8;
    w->walks = true;
    memset(w->planes, 0, KL_LITERALS * sizeof *w->planes);
    w->planes[KL_PLANE_ALL] = ~UINT64_C(0);
    for (const kl_step *s = w->steps, *end = s + w->step_count; s < end; s++) {
        switch ((kl_step_kind)s->kind) {
        case KL_STEP_CELL:
        case KL_STEP_ASK: break; /* of diagrams by planes */
        case KL_STEP_GATES: gates(w->planes, w->gates + s->a, s->b); break;
        case KL_STEP_TEST: test(w, &w->tests[s->a]); break;
        case KL_STEP_SLICES: slices(w, s->a); break;
        case KL_STEP_DECIDE: decide(w, s->a); break;
        default: kl_run_step(w, s);
        }
    }
    return true;
}

/* ------------------------------------------------------------------ all that is told of a record */
/* Constants and what nothing gives; false: what is asked for one by one. */
static inline bool plain(const kl_workspace *w, const uint8_t *outcome, uint32_t row, kl_result *out) {
    const kl_program *p = w->program;
    uint32_t many = kl_at(outcome, KL_O_FLAGS) & KL_OUTCOME_MANY, slots = kl_at(outcome, KL_O_SLOTS);
    if (many || slots == 0 || kl_at(outcome, KL_O_TYPE) == KL_TYPE_DATE) return false;
    const kl_slot_plan *s = &w->slots[kl_at(outcome, KL_O_FIRST_SLOT)];
    const uint64_t *word = kl_plane(w, s->plane) + row / 64;
    uint32_t code = 0;
    for (uint32_t b = 0; b < s->bits; b++, word += w->words) code |= (uint32_t)(*word >> row % 64 & 1) << b;
    if (code < KL_CODES) return false;
    const uint8_t *result =
        kl_row(p, KL_S_RESULTS, w->keys[s->first_key + code - KL_CODES] & ((1u << KL_GROUP_SHIFT) - 1));
    uint32_t kind = kl_at(result, KL_R_KIND), value = kl_at(result, KL_R_VALUE);
    if (kind == KL_RESULT_NONE) {
        *out = (kl_result){.state = KL_NO_RESULT, .reason = value};
        return true;
    }
    if (kind != KL_RESULT_CONST) return false;
    int64_t n = kl_const(p, value);
    *out = (kl_result){.state = KL_DECIDED, .number = n, .set = (uint64_t)n};
    return true;
}

void kl_outcomes(const kl_workspace *w, uint32_t row, kl_result *results) {
    const kl_program *p = w->program;
    const uint8_t *outcome = kl_row(p, KL_S_OUTCOMES, 0);
    for (uint32_t o = 0; o < p->count[KL_S_OUTCOMES]; o++, outcome += kl_words_of[KL_S_OUTCOMES] * 4)
        if (row >= w->rows || !plain(w, outcome, row, &results[o])) kl_outcome(w, o, row, &results[o]);
}

/* Planes are `words` apart. Requirements may be without application, and tables and notes have no truth: they are asked for one by one. */
static inline void truths_of(const kl_workspace *w, uint32_t row, size_t words, uint8_t *truths) {
    const kl_program *p = w->program;
    const uint8_t *entry = kl_row(p, KL_S_ENTRIES, 0);
    const uint64_t *word = w->planes + row / 64;
    const uint32_t *literals = w->literals;
    for (uint8_t *to = truths, *end = to + p->count[KL_S_ENTRIES]; to < end; to++) {
        uint32_t truth = kl_at(entry, KL_E_TRUTH), requirement = kl_at(entry, KL_E_REQUIREMENT);
        entry += kl_words_of[KL_S_ENTRIES] * 4;
        if (truth == KL_ABSENT || requirement != KL_ABSENT) {
            *to = (uint8_t)kl_truth_of(w, (uint32_t)(to - truths), row);
            continue;
        }
        size_t literal = literals[truth];
        uint32_t yes = word[literal * words] >> row % 64 & 1, no = word[(literal ^ 1) * words] >> row % 64 & 1;
        *to = (uint8_t)(KL_UNKNOWN - yes - 2 * no);
    }
}

void kl_truths(const kl_workspace *w, uint32_t row, uint8_t *truths) {
    if (row >= w->rows || w->untraced)
        for (uint32_t e = 0; e < w->program->count[KL_S_ENTRIES]; e++) truths[e] = (uint8_t)kl_truth_of(w, e, row);
    else if (w->rows == 1)
        truths_of(w, 0, 1, truths);
    else
        truths_of(w, row, w->words, truths);
}
