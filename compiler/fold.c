/* fold.c - arithmetic on constants: the runtime's own checked operations, so that folding never changes a result.
 * May include: compiler/front, runtime/arith, runtime/dates.
 * Start at kl_fold(): one operation of the number nodes. */
#include "compiler/front.h"
#include "runtime/arith.h"
#include "runtime/dates.h"

static kl_rounding way(kl_round round) {
    switch (round) {
    case KL_ROUND_HALF_UP: return KL_ROUNDING_HALF_UP;
    case KL_ROUND_HALF_EVEN: return KL_ROUNDING_HALF_EVEN;
    case KL_ROUND_UP: return KL_ROUNDING_UP;
    default: return KL_ROUNDING_DOWN;
    }
}

static int64_t power(int64_t exponent) {
    int64_t p = 1;
    while (exponent-- > 0) p *= 10;
    return p;
}

static bool fold(ir_kind kind, int64_t a, int64_t b, int64_t value, kl_round round, int64_t *out) {
    switch (kind) {
    case IR_ADD: return kl_add(a, b, out);
    case IR_SUB: return kl_subtract(a, b, out);
    case IR_MUL: return kl_multiply(a, b, out);
    case IR_NEG: return kl_negate(a, out);
    case IR_MIN: *out = a < b ? a : b; return true;
    case IR_MAX: *out = a > b ? a : b; return true;
    case IR_DIV: return kl_divide_scaled(a, power(value), b, way(round), out);
    case IR_RESCALE: return kl_divide(a, power(value), way(round), out);
    case IR_ROUND: return kl_round_to(a, value, way(round), out);
    case IR_DAYS: return kl_subtract(b, a, out);
    case IR_YEARS: return kl_years_between(a, b, out);
    case IR_MONTHS: return kl_months_between(a, b, out);
    default: return false;
    }
}

kl_fold_state kl_fold(ir_kind kind, int64_t a, int64_t b, int64_t value, kl_round round, int64_t *out) {
    if (kind == IR_DIV && b == 0) return KL_FOLD_ZERO;
    /* one unit is left on either side, for comparisons with what lies next to a constant */
    return fold(kind, a, b, value, round, out) && *out<INT64_MAX && * out> INT64_MIN + 1 ? KL_FOLD_OK
                                                                                         : KL_FOLD_OVERFLOW;
}
