/* number.c - the instructions that write number registers: a 64-bit integer and a tag for each record.
 * May include: program.h, arith.h and dates.h of this room. What each does is said in opcodes.def.
 * Start at kl_run_number(). */
#include "runtime/arith.h"
#include "runtime/dates.h"
#include "runtime/program.h"

static void fill(kl_workspace *w, uint32_t to, bool known, int64_t value) {
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_numbers(w, to)[row] = known ? value : 0;
        kl_tags(w, to)[row] = known ? KL_TAG_VALUE : KL_TAG_UNKNOWN;
    }
}

static void from_field(kl_workspace *w, const kl_step *i) {
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_held held;
        kl_tags(w, i->to)[row] = kl_field(w, i->a, row, &held) ? KL_TAG_VALUE : KL_TAG_UNKNOWN;
        kl_numbers(w, i->to)[row] = held.number;
    }
}

static void feed(kl_workspace *w, const kl_step *i) {
    static const uint8_t tag_of_state[] = {KL_TAG_VALUE,   KL_TAG_NOT_STATED, KL_TAG_EXTERNAL, KL_TAG_NONE,
                                           KL_TAG_UNKNOWN, KL_TAG_CONFLICT,   KL_TAG_ERROR};
    const kl_program *p = w->program;
    for (uint32_t row = 0; row < w->rows; row++) {
        uint32_t decision = kl_decisions(w, i->a)[row];
        kl_result r;
        kl_resolve(w, decision, row, &r);
        int64_t n = r.number;
        if (r.state == KL_EXTERNAL) { /* the document goes with it, wherever it came from */
            n = kl_r(p, decision, KL_R_VALUE);
            if (kl_r(p, decision, KL_R_KIND) == KL_RESULT_NUMBER) n = kl_numbers(w, (uint32_t)n)[row];
        }
        kl_numbers(w, i->to)[row] = n;
        kl_tags(w, i->to)[row] = tag_of_state[r.state];
    }
}

static void select_one(kl_workspace *w, const kl_step *i) {
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_truth t = kl_truth_at(w, i->a, row);
        uint32_t from = t == KL_YES ? i->b : i->c;
        kl_numbers(w, i->to)[row] = t == KL_UNKNOWN ? 0 : kl_numbers(w, from)[row];
        kl_tags(w, i->to)[row] = t == KL_UNKNOWN ? KL_TAG_UNKNOWN : kl_tags(w, from)[row];
    }
}

/* Compares with an assumption: with its value, or with every value within its bounds while it has none. */
static void against(kl_workspace *w, const kl_step *i) {
    const kl_program *p = w->program;
    const uint8_t *row_of = kl_row(p, KL_S_ASSUMPTIONS, i->b);
    int64_t low = INT64_MIN, high = INT64_MAX;
    if (w->assumed[i->b].known) {
        low = high = w->assumed[i->b].value;
    } else if (kl_at(row_of, KL_A_FLAGS) & KL_ASSUMPTION_BOUNDED) {
        low = kl_const(p, kl_at(row_of, KL_A_LOW));
        high = kl_const(p, kl_at(row_of, KL_A_HIGH));
    }
    for (uint32_t row = 0; row < w->rows; row++) {
        int64_t v = kl_numbers(w, i->a)[row];
        uint8_t tag = kl_tags(w, i->a)[row];
        bool yes = i->op == KL_OP_N_LT_A ? v < low : i->op == KL_OP_N_LE_A ? v <= low : low == high && v == low;
        bool no = i->op == KL_OP_N_LT_A ? v >= high : i->op == KL_OP_N_LE_A ? v > high : v < low || v > high;
        kl_numbers(w, i->to)[row] = tag == KL_TAG_EXTERNAL ? v : tag == KL_TAG_VALUE && yes;
        kl_tags(w, i->to)[row] = tag == KL_TAG_VALUE && !yes && !no ? KL_TAG_UNKNOWN : tag;
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

/* On values it computes; else the worst tag of the operands is the result's, and the document it brings. */
static void arithmetic(kl_workspace *w, const kl_step *i) {
    bool one = i->op == KL_OP_N_ROUND || i->op == KL_OP_N_RESCALE || i->op == KL_OP_N_NEG,
         scaled = i->op == KL_OP_N_DIV;
    uint32_t second = one ? i->a : i->b;
    int64_t constant = scaled                        ? kl_const(w->program, i->c)
                       : one && i->op != KL_OP_N_NEG ? kl_const(w->program, i->b)
                                                     : 0;
    kl_rounding way = (kl_rounding)(scaled ? i->d : i->c);
    const int64_t *a = kl_numbers(w, i->a), *b = kl_numbers(w, second);
    const uint8_t *at = kl_tags(w, i->a), *bt = kl_tags(w, second);
    for (uint32_t row = 0; row < w->rows; row++) {
        uint8_t worst = at[row] > bt[row] ? at[row] : bt[row];
        int64_t n = worst != KL_TAG_EXTERNAL ? 0 : at[row] == worst ? a[row] : b[row];
        if (worst == KL_TAG_VALUE && !compute(i->op, a[row], b[row], constant, way, &n)) worst = KL_TAG_ERROR;
        kl_numbers(w, i->to)[row] = n;
        kl_tags(w, i->to)[row] = worst;
    }
}

void kl_run_number(kl_workspace *w, const kl_step *i) {
    switch (i->op) {
    case KL_OP_N_CONST: fill(w, i->to, true, kl_const(w->program, i->a)); break;
    case KL_OP_N_ASSUME: fill(w, i->to, w->assumed[i->a].known != 0, w->assumed[i->a].value); break;
    case KL_OP_N_FIELD: from_field(w, i); break;
    case KL_OP_N_FEED: feed(w, i); break;
    case KL_OP_N_SELECT: select_one(w, i); break;
    case KL_OP_N_LT_A:
    case KL_OP_N_LE_A:
    case KL_OP_N_EQ_A: against(w, i); break;
    default: arithmetic(w, i);
    }
}
