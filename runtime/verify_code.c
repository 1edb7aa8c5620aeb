/* verify_code.c - the code of an image, driven by the operand kinds of opcodes.def, and each slot where it is decided.
 * May include: verify.h of this room. The tables have been admitted: their indexes stay within their tables.
 * Start at kl_verify_code(). */
#include "runtime/verify.h"

static const char unwritten[] = "a register that is not yet written", past[] = "past its table",
                  misfit[] = "of another type than is wanted here";

/* ------------------------------------------------------------------ slots */
typedef struct
    wanted { /* what a slot's results must be; an entry of a many-of outcome is yes/no, and a constant is 1 */
    uint32_t type, set;
    bool entry;
} wanted;

static const char *check_use(const kl_exam *x, uint32_t result, const wanted *t) {
    const kl_program *p = x->p;
    uint32_t kind = kl_r(p, result, KL_R_KIND), value = kl_r(p, result, KL_R_VALUE);
    bool number = t->type != KL_TYPE_TEXT, good = true;
    if (kind == KL_RESULT_CONST) {
        int64_t n = kl_const(p, value);
        bool any = kl_is_numeric(t->type) && t->type != KL_TYPE_DATE; /* computed, it may be larger than what is read */
        good = number && (t->entry ? n == 1 : any || kl_fits(p, t->type, t->set, n));
    } else if (kind == KL_RESULT_TEXT) {
        good = !number;
    } else if (kind == KL_RESULT_NUMBER) {
        if (value >= x->numbers) return unwritten;
        good = !t->entry && number && t->type != KL_TYPE_SET;
    } else if (kind == KL_RESULT_FIELD) {
        uint32_t type = kl_f(p, value, KL_F_TYPE);
        good = !t->entry && (type == t->type || (kl_is_numeric(type) && kl_is_numeric(t->type))) &&
               kl_f(p, value, KL_F_SET) == t->set;
    }
    return good ? NULL : misfit;
}

static bool is_none(const kl_program *p, uint32_t result, kl_reason reason) {
    return kl_r(p, result, KL_R_KIND) == KL_RESULT_NONE && kl_r(p, result, KL_R_VALUE) == (uint32_t)reason;
}

static bool written(const kl_exam *x, uint32_t result) {
    return kl_r(x->p, result, KL_R_KIND) != KL_RESULT_NUMBER || kl_r(x->p, result, KL_R_VALUE) < x->numbers;
}

/* Whether what the question asks has been written. */
static bool asked_in_time(const kl_exam *x, uint32_t question) {
    const uint8_t *q = kl_row(x->p, KL_S_QUESTIONS, question);
    uint32_t kind = kl_at(q, KL_Q_KIND), source = kl_at(q, KL_Q_SOURCE);
    if (kind == KL_Q_TRUTH) return source < x->truths;
    if (kind == KL_Q_SAME) return written(x, source) && written(x, kl_word1(x->p, KL_S_CUTS, kl_at(q, KL_Q_FIRST_CUT)));
    return (kind != KL_Q_DERIVED && kind != KL_Q_CODES) || source < x->numbers;
}

/* An edge, or the root: a result, or a node from `first` to before `end`. */
static const char *check_child(const kl_exam *x, uint32_t child, uint32_t first, uint32_t end, const wanted *t) {
    if (!(child & KL_TERMINAL)) return child >= first && child < end ? NULL : "a node that is not below its parent";
    child &= ~KL_TERMINAL;
    return child < x->p->count[KL_S_RESULTS] ? check_use(x, child, t) : past;
}

static const char *check_node(kl_exam *x, uint32_t node, uint32_t first, const wanted *t) {
    const kl_program *p = x->p;
    uint32_t question = kl_word(p, KL_S_NODES, node, 0);
    kl_blame(x, KL_S_NODES, node, 0, NULL);
    if (question >= p->count[KL_S_QUESTIONS]) return past;
    if (!asked_in_time(x, question)) return unwritten;
    x->at = 1;
    if (kl_word(p, KL_S_NODES, node, 1) != x->edges) return "edges that do not follow";
    uint32_t end = kl_answers(p, question);
    if (end > p->count[KL_S_EDGES] - x->edges) return "fewer edges than answers";
    for (end += x->edges; x->edges < end; x->edges++) {
        const char *wrong = check_child(x, kl_word1(p, KL_S_EDGES, x->edges), first, node, t);
        if (wrong) return kl_blame(x, KL_S_EDGES, x->edges, 0, wrong);
    }
    return NULL;
}

static const char *check_slot(kl_exam *x, uint32_t slot) {
    const kl_program *p = x->p;
    const uint8_t *l = kl_row(p, KL_S_SLOTS, slot), *outcome = kl_row(p, KL_S_OUTCOMES, kl_at(l, KL_L_OUTCOME));
    uint32_t first = kl_at(l, KL_L_FIRST_NODE), end = first + kl_at(l, KL_L_NODES), root = kl_at(l, KL_L_ROOT),
             flags = kl_at(outcome, KL_O_FLAGS);
    uint32_t candidates = kl_at(l, KL_L_FIRST_CANDIDATE), columns = kl_at(outcome, KL_O_COLUMNS),
             values = kl_at(l, KL_L_FIRST_VALUE);
    wanted t = {kl_at(outcome, KL_O_TYPE), kl_at(outcome, KL_O_SET), flags & KL_OUTCOME_MANY};
    if (t.entry) t = (wanted){KL_TYPE_BOOL, KL_ABSENT, true};
    kl_blame(x, KL_S_SLOTS, slot, 0, NULL);
    if (p->scope >= x->truths || (p->period != KL_ABSENT && p->period >= x->truths)) return "decided before the scope";
    x->at = KL_L_OUTSIDE;
    if (!is_none(p, kl_at(l, KL_L_OUTSIDE), KL_REASON_OUTSIDE_SCOPE)) return misfit;
    x->at = KL_L_NOT_IN_FORCE;
    if (!is_none(p, kl_at(l, KL_L_NOT_IN_FORCE), KL_REASON_NOT_IN_FORCE)) return misfit;
    x->at = KL_L_OTHERWISE;
    const char *wrong = check_use(x, kl_at(l, KL_L_OTHERWISE), &t);
    if (wrong) return wrong;
    x->at = KL_L_ROOT;
    if ((root == KL_ABSENT) != ((flags & KL_OUTCOME_ROW_BY_ROW) != 0)) return "row by row with a diagram, or neither";
    if (root != KL_ABSENT) wrong = check_child(x, root, first, end, &t);
    if (wrong) return wrong;
    x->at = KL_L_FIRST_VALUE;
    if (columns && (values > p->count[KL_S_RESULTS] || columns > p->count[KL_S_RESULTS] - values)) return past;
    for (uint32_t k = 0; k < columns; k++) {
        const uint8_t *column = kl_row(p, KL_S_COLUMNS, kl_at(outcome, KL_O_FIRST_COLUMN) + k);
        wanted c = {kl_at(column, 2), kl_at(column, 4), false};
        wrong = check_use(x, values + k, &c);
        if (wrong) return kl_blame(x, KL_S_RESULTS, values + k, 0, wrong);
    }
    for (uint32_t c = candidates; c < candidates + kl_at(l, KL_L_CANDIDATES); c++) {
        kl_blame(x, KL_S_CANDIDATES, c, KL_C_RESULT, NULL);
        wrong = check_use(x, kl_c(p, c, KL_C_RESULT), &t);
        if (wrong) return wrong;
        x->at = KL_C_FIRES;
        if (kl_c(p, c, KL_C_FIRES) >= x->truths) return unwritten;
    }
    uint32_t edges = x->edges;
    for (uint32_t n = first; n < end && !wrong; n++) wrong = check_node(x, n, first, &t);
    if (wrong || x->edges - edges == kl_at(l, KL_L_EDGES)) return wrong;
    return kl_blame(x, KL_S_SLOTS, slot, KL_L_EDGES, "another number of edges than its nodes have");
}

/* ------------------------------------------------------------------ instructions */
static const char *check_operand(const kl_exam *x, uint32_t kind, uint32_t v) {
    const kl_program *p = x->p;
    uint32_t bound = KL_ABSENT;
    switch ((kl_operand)kind) {
    case KL_IS_NO: return v == 0 ? NULL : "an unused operand other than zero";
    case KL_IS_B: return v < x->truths ? NULL : unwritten;
    case KL_IS_N: return v < x->numbers ? NULL : unwritten;
    case KL_IS_R: return v - 1 < 4 ? NULL : "not a rounding";
    case KL_IS_A: bound = p->count[KL_S_ASSUMPTIONS]; break;
    case KL_IS_I: bound = p->count[KL_S_CONSTS]; break;
    case KL_IS_T: bound = p->count[KL_S_TEXTS]; break;
    case KL_IS_L: bound = p->count[KL_S_SLOTS]; break;
    case KL_IS_M: /* see check_special */
    case KL_IS_V: return NULL;
    default: bound = p->count[KL_S_FIELDS];
    }
    if (v >= bound) return past;
    if (kind < KL_IS_FB || kind > KL_IS_FT) return NULL;
    static const uint8_t types[] = {KL_TYPE_BOOL, KL_TYPE_VALUES, 0, KL_TYPE_SET, KL_TYPE_TEXT};
    uint32_t type = kl_f(p, v, KL_F_TYPE);
    return (kind == KL_IS_FN ? kl_is_numeric(type) : type == types[kind - KL_IS_FB]) ? NULL : misfit;
}

static const char *check_mask(const kl_program *p, uint32_t mask, uint32_t values) {
    uint32_t words = values / 64 + (values % 64 != 0), all = p->count[KL_S_MASKS];
    return words <= all && mask <= all - words ? NULL : past;
}

/* What no operand kind says: conditions of single instructions. */
static const char *check_special(const kl_exam *x, uint32_t op, const uint32_t *o) {
    const kl_program *p = x->p;
    uint32_t type = KL_TYPE_BOOL;
    switch (op) {
    case KL_OP_B_CONST: return o[0] <= 2 ? NULL : "not a truth";
    case KL_OP_B_HAS: return o[1] < kl_values_in(p, kl_f(p, o[0], KL_F_SET)) ? NULL : past;
    case KL_OP_B_IN_F: return check_mask(p, o[1], kl_values_in(p, kl_f(p, o[0], KL_F_SET)));
    case KL_OP_B_IN: return check_mask(p, o[1], o[2]);
    case KL_OP_B_ASSUME: return kl_word(p, KL_S_ASSUMPTIONS, o[0], KL_A_TYPE) == KL_TYPE_BOOL ? NULL : misfit;
    case KL_OP_N_DIV: return kl_const(p, o[2]) > 0 ? NULL : "a scale that is not positive";
    case KL_OP_N_ROUND:
    case KL_OP_N_RESCALE: return kl_const(p, o[1]) > 0 ? NULL : "a step that is not positive";
    case KL_OP_N_FIELD: type = kl_f(p, o[0], KL_F_TYPE); break;
    case KL_OP_N_FEED: {
        const uint8_t *outcome = kl_row(p, KL_S_OUTCOMES, kl_l(p, o[0], KL_L_OUTCOME));
        if (o[0] >= x->decided) return "fed by a slot that is not yet decided";
        type = kl_at(outcome, KL_O_FLAGS) & KL_OUTCOME_MANY ? KL_TYPE_SET : kl_at(outcome, KL_O_TYPE);
        break;
    }
    case KL_OP_DECIDE: return o[0] == x->decided ? NULL : "not the next slot to be decided";
    default: break;
    }
    return type != KL_TYPE_SET && type != KL_TYPE_TEXT ? NULL : misfit;
}

const uint8_t kl_kinds[KL_OP_COUNT][5] = {
#define KL_OP(name, dst, a, b, c, d, semantics) {KL_IS_##dst, KL_IS_##a, KL_IS_##b, KL_IS_##c, KL_IS_##d},
#include "runtime/opcodes.def"
#undef KL_OP
};

const char *kl_verify_code(kl_exam *x) {
    const kl_program *p = x->p;
    uint32_t nodes = 0, edges = 0;
    const char *wrong;
    for (uint32_t i = 0; i < p->count[KL_S_CODE]; i++) {
        const uint8_t *row = kl_row(p, KL_S_CODE, i);
        uint32_t op = kl_at(row, 0), o[4];
        kl_blame(x, KL_S_CODE, i, 0, NULL);
        if (op >= KL_OP_COUNT) return "an unknown instruction";
        for (uint32_t k = 0; k < 4; k++) {
            x->at = 2 + k;
            o[k] = kl_at(row, 2 + k);
            wrong = check_operand(x, kl_kinds[op][k + 1], o[k]);
            if (wrong) return wrong;
        }
        x->at = 2;
        wrong = check_special(x, op, o);
        if (wrong) return wrong;
        bool truth = kl_kinds[op][0] == KL_IS_B, number = kl_kinds[op][0] == KL_IS_N;
        x->at = 1;
        if (kl_at(row, 1) != (truth ? x->truths : number ? x->numbers : 0)) return "a register out of order";
        x->truths += truth;
        x->numbers += number;
        if (truth || number) continue;
        uint32_t slot = x->decided++;
        wrong = check_slot(x, slot);
        if (wrong) return wrong;
        if (kl_l(p, slot, KL_L_NODES) > nodes) nodes = kl_l(p, slot, KL_L_NODES);
        if (kl_l(p, slot, KL_L_EDGES) > edges) edges = kl_l(p, slot, KL_L_EDGES);
    }
    bool whole = x->truths == p->budget.truths && x->numbers == p->budget.numbers && x->decided == p->budget.slots &&
                 x->edges == p->count[KL_S_EDGES] && nodes == p->budget.nodes && edges == p->budget.edges;
    return whole ? NULL : kl_blame(x, KL_S_CODE, 0, 0, "another budget than the header's, or unused slots or edges");
}
