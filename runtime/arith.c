/* arith.c - checked addition, subtraction, multiplication, division and rounding of 64-bit integers.
 * May include: arith.h only. No undefined behaviour on any operand: what could overflow is computed without a sign.
 * Start at kl_divide(): all four roundings are there. */
#include "runtime/arith.h"

static uint64_t magnitude(int64_t a) {
    return a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
}

/* The number of that magnitude and sign, if there is one. */
static bool with_sign(uint64_t m, bool negative, int64_t *out) {
    if (m > (uint64_t)INT64_MAX + (negative ? 1 : 0)) return false;
    *out = !negative ? (int64_t)m : m == 0 ? 0 : -(int64_t)(m - 1) - 1;
    return true;
}

bool kl_add(int64_t a, int64_t b, int64_t *out) {
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b) return false;
    *out = a + b;
    return true;
}

bool kl_subtract(int64_t a, int64_t b, int64_t *out) {
    if (b < 0 ? a > INT64_MAX + b : a < INT64_MIN + b) return false;
    *out = a - b;
    return true;
}

bool kl_multiply(int64_t a, int64_t b, int64_t *out) {
    uint64_t x = magnitude(a), y = magnitude(b);
    if (((x | y) >> 32) != 0 && y != 0 && x > UINT64_MAX / y) return false;
    return with_sign(x * y, (a < 0) != (b < 0), out);
}

bool kl_negate(int64_t a, int64_t *out) {
    return kl_subtract(0, a, out);
}

bool kl_divide(int64_t a, int64_t b, kl_rounding way, int64_t *out) {
    uint64_t x = magnitude(a), y = magnitude(b);
    if (y == 0) return false;
    uint64_t whole = x / y, rest = x % y, to_next = y - rest; /* the half is where both are equal */
    bool more = way == KL_ROUNDING_UP          ? rest != 0
                : way == KL_ROUNDING_HALF_UP   ? rest >= to_next
                : way == KL_ROUNDING_HALF_EVEN ? rest > to_next || (rest == to_next && (whole & 1))
                                               : false;
    return with_sign(whole + more, (a < 0) != (b < 0), out);
}

bool kl_divide_scaled(int64_t a, int64_t scale, int64_t b, kl_rounding way, int64_t *out) {
    int64_t scaled;
    return kl_multiply(a, scale, &scaled) && kl_divide(scaled, b, way, out);
}

bool kl_round_to(int64_t a, int64_t step, kl_rounding way, int64_t *out) {
    int64_t steps;
    return kl_divide(a, step, way, &steps) && kl_multiply(steps, step, out);
}
