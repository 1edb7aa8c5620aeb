/* verify_code.c - the code of an image, driven by the operand kinds of opcodes.def, and each slot where it is decided.
 * May include: verify.h of this room. The tables have been admitted: their indexes stay within their tables.
 * Start at kl_verify_code(). */
#include "runtime/verify.h"

typedef struct progress { /* what has been written so far */
    uint32_t truths, numbers, slots;
    uint32_t edges; /* of all diagrams before the one under examination */
} progress;

/* ------------------------------------------------------------------ slots */
/* Whether a result of the image may stand where a value of that type is wanted, with number registers below `numbers` written. An entry of a
 * many-of outcome is type yes/no, and a constant is 1. */
static const char *misplaced(const kl_program *p, uint32_t result, uint32_t type, uint32_t set, bool entry,
                             uint32_t numbers) {
    uint32_t value = kl_r(p, result, KL_R_VALUE);
    switch ((kl_result_kind)kl_r(p, result, KL_R_KIND)) {
    case KL_RESULT_CONST:
        if (type == KL_TYPE_TEXT) return "a number where a text is wanted";
        if (entry && kl_const(p, value) != 1) return "an entry that is neither in nor out";
        if (!kl_is_numeric(type) || type == KL_TYPE_DATE)
            return kl_fits(p, type, set, kl_const(p, value)) ? NULL : "a constant its type cannot hold";
        return NULL;
    case KL_RESULT_TEXT: return type == KL_TYPE_TEXT ? NULL : "a text where none is wanted";
    case KL_RESULT_NUMBER:
        if (entry || type == KL_TYPE_TEXT || type == KL_TYPE_SET) return "a number where none is wanted";
        return value < numbers ? NULL : "a register that is not yet written";
    case KL_RESULT_FIELD:
        return !entry && kl_f(p, value, KL_F_TYPE) == type && kl_f(p, value, KL_F_SET) == set
                   ? NULL
                   : "a field of another type";
    case KL_RESULT_NONE:
    case KL_RESULT_NOT_STATED:
    case KL_RESULT_EXTERNAL:
    case KL_RESULT_CONFLICT:
    case KL_RESULT_ERROR:
    case KL_RESULT_OPEN: break;
    }
    return NULL;
}

static bool is_none(const kl_program *p, uint32_t result, kl_reason reason) {
    return kl_r(p, result, KL_R_KIND) == KL_RESULT_NONE && kl_r(p, result, KL_R_VALUE) == (uint32_t)reason;
}

static uint32_t answers(const kl_program *p, uint32_t question) {
    uint32_t kind = kl_q(p, question, KL_Q_KIND);
    return kl_q(p, question, KL_Q_CELLS) + (kind == KL_Q_DERIVED || kind == KL_Q_CODES || kind == KL_Q_SAME ? 5 : 0);
}

/* Whether what the question asks has been written. */
static bool asked_in_time(const kl_program *p, uint32_t question, const progress *so) {
    uint32_t source = kl_q(p, question, KL_Q_SOURCE);
    switch ((kl_question_kind)kl_q(p, question, KL_Q_KIND)) {
    case KL_Q_TRUTH: return source < so->truths;
    case KL_Q_DERIVED:
    case KL_Q_CODES: return source < so->numbers;
    case KL_Q_SAME: {
        uint32_t other = kl_word1(p, KL_S_CUTS, kl_q(p, question, KL_Q_FIRST_CUT));
        return (kl_r(p, source, KL_R_KIND) != KL_RESULT_NUMBER || kl_r(p, source, KL_R_VALUE) < so->numbers) &&
               (kl_r(p, other, KL_R_KIND) != KL_RESULT_NUMBER || kl_r(p, other, KL_R_VALUE) < so->numbers);
    }
    case KL_Q_VALUES:
    case KL_Q_NUMBER:
    case KL_Q_TEXT:
    case KL_Q_EDITION: break;
    }
    return true;
}

typedef struct wanted { /* what a slot's results must be */
    uint32_t type, set;
    bool entry;
} wanted;

static bool check_diagram(const kl_exam *x, uint32_t slot, const wanted *t, progress *so) {
    const kl_program *p = x->p;
    uint32_t root = kl_l(p, slot, KL_L_ROOT), first = kl_l(p, slot, KL_L_FIRST_NODE), nodes = kl_l(p, slot, KL_L_NODES),
             edges = 0;
    bool terminal = (root & KL_TERMINAL) != 0;
    if (terminal ? root != KL_ABSENT && (root & ~KL_TERMINAL) >= p->count[KL_S_RESULTS] : root - first >= nodes)
        return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_ROOT, "a root outside the diagram");
    if ((root == KL_ABSENT) != ((kl_o(p, kl_l(p, slot, KL_L_OUTCOME), KL_O_FLAGS) & KL_OUTCOME_ROW_BY_ROW) != 0))
        return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_ROOT,
                              "a diagram where the outcome is row by row, or none where it is not");
    const char *wrong = root != KL_ABSENT && terminal
                            ? misplaced(p, root & ~KL_TERMINAL, t->type, t->set, t->entry, so->numbers)
                            : NULL;
    if (wrong) return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_ROOT, wrong);
    for (uint32_t n = first; n < first + nodes; n++) {
        uint32_t question = kl_word(p, KL_S_NODES, n, 0), edge = kl_word(p, KL_S_NODES, n, 1);
        if (question >= p->count[KL_S_QUESTIONS])
            return kl_refuse_word(x, KL_S_NODES, n, 0, "a question past its table");
        if (!asked_in_time(p, question, so))
            return kl_refuse_word(x, KL_S_NODES, n, 0, "a question about a register that is not yet written");
        uint32_t count = answers(p, question);
        if (edge != so->edges + edges)
            return kl_refuse_word(x, KL_S_NODES, n, 1, "edges that do not follow those of the node before");
        if (count > p->count[KL_S_EDGES] - edge)
            return kl_refuse_word(x, KL_S_NODES, n, 1, "fewer edges than the question has answers");
        edges += count;
        for (uint32_t e = edge; e < edge + count; e++) {
            uint32_t child = kl_word1(p, KL_S_EDGES, e);
            if (!(child & KL_TERMINAL)) {
                if (child < first || child >= n)
                    return kl_refuse_word(x, KL_S_EDGES, e, 0,
                                          "a child that is not below its parent in the same diagram");
                continue;
            }
            if ((child & ~KL_TERMINAL) >= p->count[KL_S_RESULTS])
                return kl_refuse_word(x, KL_S_EDGES, e, 0, "a result past its table");
            wrong = misplaced(p, child & ~KL_TERMINAL, t->type, t->set, t->entry, so->numbers);
            if (wrong) return kl_refuse_word(x, KL_S_EDGES, e, 0, wrong);
        }
    }
    if (edges != kl_l(p, slot, KL_L_EDGES))
        return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_EDGES, "another number of edges than the nodes have");
    so->edges += edges;
    return true;
}

static bool check_slot(const kl_exam *x, uint32_t slot, progress *so) {
    const kl_program *p = x->p;
    uint32_t outcome = kl_l(p, slot, KL_L_OUTCOME), first = kl_l(p, slot, KL_L_FIRST_CANDIDATE),
             end = first + kl_l(p, slot, KL_L_CANDIDATES);
    bool many = kl_o(p, outcome, KL_O_FLAGS) & KL_OUTCOME_MANY;
    wanted t = {many ? KL_TYPE_BOOL : kl_o(p, outcome, KL_O_TYPE), many ? KL_ABSENT : kl_o(p, outcome, KL_O_SET), many};
    const char *wrong = misplaced(p, kl_l(p, slot, KL_L_OTHERWISE), t.type, t.set, t.entry, so->numbers);
    if (wrong) return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_OTHERWISE, wrong);
    if (!is_none(p, kl_l(p, slot, KL_L_OUTSIDE), KL_REASON_OUTSIDE_SCOPE))
        return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_OUTSIDE, "not the result outside the scope");
    if (!is_none(p, kl_l(p, slot, KL_L_NOT_IN_FORCE), KL_REASON_NOT_IN_FORCE))
        return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_NOT_IN_FORCE, "not the result while not in force");
    if (p->scope >= so->truths || (p->period != KL_ABSENT && p->period >= so->truths))
        return kl_refuse_word(x, KL_S_SLOTS, slot, 0, "decided before the scope is written");
    for (uint32_t c = first; c < end; c++) {
        wrong = misplaced(p, kl_c(p, c, KL_C_RESULT), t.type, t.set, t.entry, so->numbers);
        if (wrong) return kl_refuse_word(x, KL_S_CANDIDATES, c, KL_C_RESULT, wrong);
        if (kl_c(p, c, KL_C_FIRES) >= so->truths)
            return kl_refuse_word(x, KL_S_CANDIDATES, c, KL_C_FIRES, "a register that is not yet written");
    }
    uint32_t columns = kl_o(p, outcome, KL_O_COLUMNS), values = kl_l(p, slot, KL_L_FIRST_VALUE),
             column = kl_o(p, outcome, KL_O_FIRST_COLUMN);
    if (columns && (values > p->count[KL_S_RESULTS] || columns > p->count[KL_S_RESULTS] - values))
        return kl_refuse_word(x, KL_S_SLOTS, slot, KL_L_FIRST_VALUE, "values past their table");
    for (uint32_t k = 0; k < columns; k++) {
        uint32_t row = column + k;
        wrong = misplaced(p, values + k, kl_word(p, KL_S_COLUMNS, row, 2), kl_word(p, KL_S_COLUMNS, row, 4), false,
                          so->numbers);
        if (wrong) return kl_refuse_word(x, KL_S_RESULTS, values + k, 0, wrong);
    }
    return check_diagram(x, slot, &t, so);
}

/* ------------------------------------------------------------------ instructions */
typedef struct operand {
    const char *kind;
    uint32_t value;
} operand;

static bool is_kind(const char *kind, const char *wanted_kind) {
    return kind[0] == wanted_kind[0] && kind[1] == wanted_kind[1];
}

static const char *check_field_operand(const kl_program *p, const char *kind, uint32_t field) {
    if (field >= p->count[KL_S_FIELDS]) return "a field past its table";
    uint32_t type = kl_f(p, field, KL_F_TYPE);
    bool ok = kind[1] == 'B'   ? type == KL_TYPE_BOOL
              : kind[1] == 'C' ? type == KL_TYPE_VALUES
              : kind[1] == 'N' ? kl_is_numeric(type)
              : kind[1] == 'S' ? type == KL_TYPE_SET
              : kind[1] == 'T' ? type == KL_TYPE_TEXT
                               : true;
    return ok ? NULL : "a field of another type than the instruction reads";
}

/* What no operand kind says: conditions of single instructions. */
static const char *check_special(const kl_program *p, kl_opcode op, const uint32_t *o, const progress *so) {
    uint32_t type;
    switch (op) {
    case KL_OP_B_CONST: return o[0] <= 2 ? NULL : "a truth that is none of no, yes and unknown";
    case KL_OP_B_HAS:
        return o[1] < kl_word(p, KL_S_SETS, kl_f(p, o[0], KL_F_SET), 5) ? NULL : "a code past the value set";
    case KL_OP_B_IN_F: {
        uint32_t words = (kl_word(p, KL_S_SETS, kl_f(p, o[0], KL_F_SET), 5) + 63) / 64;
        return words <= p->count[KL_S_MASKS] && o[1] <= p->count[KL_S_MASKS] - words ? NULL : "a mask past its table";
    }
    case KL_OP_B_IN: {
        uint32_t words = o[2] / 64 + (o[2] % 64 != 0);
        return words <= p->count[KL_S_MASKS] && o[1] <= p->count[KL_S_MASKS] - words ? NULL : "a mask past its table";
    }
    case KL_OP_B_ASSUME:
        return kl_word(p, KL_S_ASSUMPTIONS, o[0], KL_A_TYPE) == KL_TYPE_BOOL ? NULL
                                                                             : "an assumption that is not yes/no";
    case KL_OP_N_FIELD:
        type = kl_f(p, o[0], KL_F_TYPE);
        return type != KL_TYPE_SET && type != KL_TYPE_TEXT ? NULL : "a set or a text where a number is wanted";
    case KL_OP_N_FEED:
        if (o[0] >= so->slots) return "fed by a slot that is not yet decided";
        type = kl_o(p, kl_l(p, o[0], KL_L_OUTCOME), KL_O_TYPE);
        if (kl_o(p, kl_l(p, o[0], KL_L_OUTCOME), KL_O_FLAGS) & KL_OUTCOME_MANY)
            return "fed by an entry of a many-of outcome";
        return type != KL_TYPE_SET && type != KL_TYPE_TEXT ? NULL : "fed by an outcome that is no number";
    case KL_OP_N_DIV: return kl_const(p, o[2]) > 0 ? NULL : "a scale that is not positive";
    case KL_OP_N_ROUND:
    case KL_OP_N_RESCALE: return kl_const(p, o[1]) > 0 ? NULL : "a step that is not positive";
    case KL_OP_DECIDE: return o[0] == so->slots ? NULL : "a slot that is not the next to be decided";
    default: return NULL;
    }
}

static const char *check_operand(const kl_program *p, const char *kind, uint32_t v, const progress *so) {
    switch (kind[0]) {
    case 'B': return v < so->truths ? NULL : "a register that is not yet written";
    case 'N':
        if (kind[1] == 'O') return v == 0 ? NULL : "an unused operand that is not zero";
        return v < so->numbers ? NULL : "a register that is not yet written";
    case 'F': return check_field_operand(p, kind, v);
    case 'A': return v < p->count[KL_S_ASSUMPTIONS] ? NULL : "an assumption past its table";
    case 'I': return v < p->count[KL_S_CONSTS] ? NULL : "a constant past its table";
    case 'T': return v < p->count[KL_S_TEXTS] ? NULL : "a text past its table";
    case 'L': return v < p->count[KL_S_SLOTS] ? NULL : "a slot past its table";
    case 'R': return v >= 1 && v <= 4 ? NULL : "not a rounding";
    default: return NULL; /* M and V: see check_special */
    }
}

bool kl_verify_code(const kl_exam *x) {
    static const char kinds[KL_OP_COUNT][5][3] = {
#define KL_OP(name, dst, a, b, c, d, semantics) {#dst, #a, #b, #c, #d},
#include "runtime/opcodes.def"
#undef KL_OP
    };
    const kl_program *p = x->p;
    progress so = {0, 0, 0, 0};
    uint32_t nodes = 0, edges = 0;
    for (uint32_t i = 0; i < p->count[KL_S_CODE]; i++) {
        uint32_t op = kl_word(p, KL_S_CODE, i, 0), to = kl_word(p, KL_S_CODE, i, 1), o[4];
        if (op >= KL_OP_COUNT) return kl_refuse_word(x, KL_S_CODE, i, 0, "an unknown instruction");
        for (uint32_t k = 0; k < 4; k++) {
            o[k] = kl_word(p, KL_S_CODE, i, 2 + k);
            const char *wrong = check_operand(p, kinds[op][k + 1], o[k], &so);
            if (wrong) return kl_refuse_word(x, KL_S_CODE, i, 2 + k, wrong);
        }
        const char *wrong = check_special(p, (kl_opcode)op, o, &so);
        if (wrong) return kl_refuse_word(x, KL_S_CODE, i, 2, wrong);
        bool truth = is_kind(kinds[op][0], "B"), number = is_kind(kinds[op][0], "N");
        if (to != (truth ? so.truths : number ? so.numbers : 0))
            return kl_refuse_word(x, KL_S_CODE, i, 1, "a register out of order");
        so.truths += truth;
        so.numbers += number;
        if (op != KL_OP_DECIDE) continue;
        if (!check_slot(x, so.slots, &so)) return false;
        if (kl_l(p, so.slots, KL_L_NODES) > nodes) nodes = kl_l(p, so.slots, KL_L_NODES);
        if (kl_l(p, so.slots, KL_L_EDGES) > edges) edges = kl_l(p, so.slots, KL_L_EDGES);
        so.slots++;
    }
    if (so.truths != p->budget.truths) return kl_refuse(x, KL_H_B_REGISTERS, "registers that no instruction writes");
    if (so.numbers != p->budget.numbers) return kl_refuse(x, KL_H_N_REGISTERS, "registers that no instruction writes");
    if (so.slots != p->budget.slots) return kl_refuse(x, KL_H_SLOTS, "slots that nothing decides");
    if (so.edges != p->count[KL_S_EDGES]) return kl_refuse(x, KL_H_DIRECTORY + KL_S_EDGES * 8 + 4, "edges of no node");
    if (nodes != p->budget.nodes)
        return kl_refuse(x, KL_H_WALK_NODES, "another number than the largest diagram's nodes");
    if (edges != p->budget.edges)
        return kl_refuse(x, KL_H_WALK_EDGES, "another number than the largest diagram's edges");
    return true;
}
