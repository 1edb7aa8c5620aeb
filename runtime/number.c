/* number.c - the instructions that write number registers: a 64-bit integer and a tag for each record.
 * May include: program.h, arith.h and dates.h of this room. What each does is said in opcodes.def.
 * Start at kl_run_number(). */
#include "runtime/arith.h"
#include "runtime/dates.h"
#include "runtime/program.h"

typedef struct numbers { /* a register in this batch */
    int64_t *restrict n;
    uint8_t *restrict tag;
} numbers;
static numbers numbers_of(const kl_workspace *w, uint32_t r) {
    return (numbers){kl_numbers(w, r), kl_tags(w, r)};
}

static void fill(const kl_workspace *w, numbers to, bool known, int64_t value) {
    for (uint32_t row = 0; row < w->rows; row++) {
        to.n[row] = known ? value : 0;
        to.tag[row] = known ? KL_TAG_VALUE : KL_TAG_UNKNOWN;
    }
}

static void from_field_at(const kl_workspace *w, numbers to, uint32_t field, uint32_t row) {
    kl_held held;
    to.tag[row] = kl_field(w, field, row, &held) ? KL_TAG_VALUE : KL_TAG_UNKNOWN;
    to.n[row] = held.number;
}

static void feed(const kl_workspace *w, numbers to, uint32_t slot) {
    static const uint8_t tag_of_state[] = {KL_TAG_VALUE,  KL_TAG_NOT_STATED, KL_TAG_EXTERNAL, KL_TAG_NONE,
                                           KL_TAG_UNSURE, KL_TAG_CONFLICT,   KL_TAG_ERROR};
    const kl_program *p = w->program;
    for (uint32_t row = 0, last = KL_DECISION_UNDETERMINED; row < w->rows; row++) {
        uint32_t d = kl_decision_of(w, slot, row), kind = d < KL_DECISION_NONE ? kl_r(p, d, KL_R_KIND) : KL_RESULT_OPEN;
        bool again = row > 0 && d == last;
        last = d;
        if (kind == KL_RESULT_NUMBER) { /* as it stands there, with its document if it has one */
            numbers from = numbers_of(w, kl_r(p, d, KL_R_VALUE));
            to.n[row] = from.n[row];
            to.tag[row] = from.tag[row];
            continue;
        }
        if (kind == KL_RESULT_FIELD) {
            from_field_at(w, to, kl_r(p, d, KL_R_VALUE), row);
            continue;
        }
        if (again) {
            to.n[row] = to.n[row - 1];
            to.tag[row] = to.tag[row - 1];
            continue;
        }
        kl_result r;
        kl_resolve(w, d, row, &r);
        to.n[row] = r.state == KL_EXTERNAL ? (int64_t)kl_r(p, d, KL_R_VALUE) : r.number;
        to.tag[row] = tag_of_state[r.state];
    }
}

/* Compares with an assumption: with its value, or with every value within its bounds while it has none. */
static void against(const kl_workspace *w, numbers to, uint32_t op, numbers a, uint32_t assumption) {
    const kl_program *p = w->program;
    const uint8_t *row_of = kl_row(p, KL_S_ASSUMPTIONS, assumption);
    int64_t low = INT64_MIN, high = INT64_MAX;
    if (w->assumed[assumption].known) {
        low = high = w->assumed[assumption].value;
    } else if (kl_at(row_of, KL_A_FLAGS) & KL_ASSUMPTION_BOUNDED) {
        low = kl_const(p, kl_at(row_of, KL_A_LOW));
        high = kl_const(p, kl_at(row_of, KL_A_HIGH));
    }
    bool less = op == KL_OP_N_LT_A;
    for (uint32_t row = 0; row < w->rows; row++) {
        int64_t v = a.n[row];
        uint8_t tag = a.tag[row];
        bool yes = less ? v < low : v <= low, no = less ? v >= high : v > high;
        to.n[row] = tag == KL_TAG_EXTERNAL ? v : tag == KL_TAG_VALUE && yes;
        to.tag[row] = tag == KL_TAG_VALUE && !yes && !no ? KL_TAG_UNKNOWN : tag;
    }
}

/* ------------------------------------------------------------------ arithmetic */
/* false: there is no result, an error. */
static bool compute(uint32_t op, int64_t a, int64_t b, int64_t constant, kl_rounding way, int64_t *out) {
    switch (op) {
    case KL_OP_N_ADD: return kl_add(a, b, out);
    case KL_OP_N_SUB: return kl_subtract(a, b, out);
    case KL_OP_N_MUL: return kl_multiply(a, b, out);
    case KL_OP_N_DIV: return kl_divide_scaled(a, constant, b, way, out);
    case KL_OP_N_ROUND: return kl_round_to(a, constant, way, out);
    case KL_OP_N_RESCALE: return kl_divide(a, constant, way, out);
    case KL_OP_N_NEG: return kl_negate(a, out);
    case KL_OP_N_MIN: *out = a < b ? a : b; return true;
    case KL_OP_N_MAX: *out = a > b ? a : b; return true;
    case KL_OP_N_COMPARE: *out = (a > b) - (a < b); return true;
    case KL_OP_N_YEARS: return kl_years_between(a, b, out);
    default: return kl_months_between(a, b, out);
    }
}

/* On values it computes; else the worst tag of the operands is the result's, and the document it brings. What is computed from something
 * unknown may turn out to be an error. */
static void arithmetic(const kl_workspace *w, const uint8_t *i, uint32_t op, numbers to) {
    bool fails = op != KL_OP_N_MIN && op != KL_OP_N_MAX && op != KL_OP_N_COMPARE;
    bool one = op == KL_OP_N_ROUND || op == KL_OP_N_RESCALE || op == KL_OP_N_NEG, scaled = op == KL_OP_N_DIV;
    numbers a = numbers_of(w, kl_at(i, KL_I_A)), b = one ? a : numbers_of(w, kl_at(i, KL_I_B));
    uint32_t constant = scaled ? KL_I_C : KL_I_B;
    int64_t k = scaled || (one && op != KL_OP_N_NEG) ? kl_const(w->program, kl_at(i, constant)) : 0;
    kl_rounding way = (kl_rounding)kl_at(i, constant + 1);
    for (uint32_t row = 0; row < w->rows; row++) {
        uint8_t worst = a.tag[row] > b.tag[row] ? a.tag[row] : b.tag[row];
        int64_t n = worst != KL_TAG_EXTERNAL ? 0 : a.tag[row] == worst ? a.n[row] : b.n[row];
        if (worst == KL_TAG_VALUE && !compute(op, a.n[row], b.n[row], k, way, &n)) worst = KL_TAG_ERROR;
        if (worst == KL_TAG_UNKNOWN && fails) worst = KL_TAG_UNSURE;
        to.n[row] = n;
        to.tag[row] = worst;
    }
}

void kl_run_number(kl_workspace *w, const uint8_t *i) {
    uint32_t op = kl_at(i, KL_I_OP), a = kl_at(i, KL_I_A), b = kl_at(i, KL_I_B);
    numbers to = numbers_of(w, kl_at(i, KL_I_TO));
    switch (op) {
    case KL_OP_N_CONST: fill(w, to, true, kl_const(w->program, a)); break;
    case KL_OP_N_ASSUME: fill(w, to, w->assumed[a].known != 0, w->assumed[a].value); break;
    case KL_OP_N_FIELD:
        for (uint32_t row = 0; row < w->rows; row++) from_field_at(w, to, a, row);
        break;
    case KL_OP_N_FEED: feed(w, to, a); break;
    case KL_OP_N_LT_A:
    case KL_OP_N_LE_A: against(w, to, op, numbers_of(w, a), b); break;
    default: arithmetic(w, i, op, to);
    }
}
