/* fold.c - arithmetic on constants, checked as the runtime checks it.
 * May include: compiler/front.
 * Start at kl_fold(): one operation of the number nodes. */
#include "compiler/front.h"

static kl_fold_state narrow(__int128 v, int64_t *out) {
    if (v > INT64_MAX - 1 || v < INT64_MIN + 2) return KL_FOLD_OVERFLOW;
    *out = (int64_t)v;
    return KL_FOLD_OK;
}

/* a / b to a whole number; b is not zero. */
static __int128 rounded(__int128 a, __int128 b, kl_round round) {
    __int128 q = a / b, r = a % b;
    if (r == 0) return q;
    int away = (a < 0) == (b < 0) ? 1 : -1;
    __int128 twice = r < 0 ? -2 * r : 2 * r, whole = b < 0 ? -b : b;
    bool up = false;
    switch (round) {
    case KL_ROUND_NONE:
    case KL_ROUND_DOWN: break;
    case KL_ROUND_UP: up = true; break;
    case KL_ROUND_HALF_UP: up = twice >= whole; break;
    case KL_ROUND_HALF_EVEN: up = twice > whole || (twice == whole && q % 2 != 0); break;
    }
    return up ? q + away : q;
}

static __int128 power(int64_t exponent) {
    __int128 p = 1;
    for (; exponent > 0; exponent--) p *= 10;
    return p;
}

kl_fold_state kl_fold(ir_kind kind, int64_t a, int64_t b, int64_t value, kl_round round, int64_t *out) {
    switch (kind) {
    case IR_ADD: return narrow((__int128)a + b, out);
    case IR_SUB: return narrow((__int128)a - b, out);
    case IR_MUL: return narrow((__int128)a * b, out);
    case IR_NEG: return narrow(-(__int128)a, out);
    case IR_MIN: return narrow(a < b ? a : b, out);
    case IR_MAX: return narrow(a > b ? a : b, out);
    case IR_DIV: return b == 0 ? KL_FOLD_ZERO : narrow(rounded(a * power(value), b, round), out);
    case IR_RESCALE: return narrow(rounded(a, power(value), round), out);
    case IR_ROUND: return narrow(rounded(a, value, round) * value, out);
    case IR_DAYS: return narrow((__int128)b - a, out);
    case IR_YEARS:
    case IR_MONTHS: {
        int32_t months = kl_front_months((int32_t)a, (int32_t)b);
        return narrow(kind == IR_MONTHS ? months : months / 12, out);
    }
    default: return KL_FOLD_OVERFLOW;
    }
}
