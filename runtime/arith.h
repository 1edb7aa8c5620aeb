/* arith.h - exact arithmetic on scaled 64-bit integers: every operation says whether the result fits; nothing wraps, nothing is a float.
 * May include: the C library's stdint and stdbool only. The evaluator computes with it and the compiler folds constants with it.
 * Start at kl_add(); each function returns false when there is no result (overflow, division by zero) and then leaves *out alone. */
#ifndef KL_RUNTIME_ARITH_H
#define KL_RUNTIME_ARITH_H

#include <stdbool.h>
#include <stdint.h>

/* What becomes of the half and of the rest, away from and towards zero alike on both sides of it; the numbers stand in images. */
typedef enum kl_rounding {
    KL_ROUNDING_HALF_UP = 1, /* to the nearest, the half away from zero */
    KL_ROUNDING_HALF_EVEN,   /* to the nearest, the half to the even neighbour */
    KL_ROUNDING_DOWN,        /* towards zero */
    KL_ROUNDING_UP           /* away from zero */
} kl_rounding;

bool kl_add(int64_t a, int64_t b, int64_t *out);
bool kl_subtract(int64_t a, int64_t b, int64_t *out);
bool kl_multiply(int64_t a, int64_t b, int64_t *out);
bool kl_negate(int64_t a, int64_t *out);
/* a / b to a whole number. */
bool kl_divide(int64_t a, int64_t b, kl_rounding way, int64_t *out);
/* a * scale / b to a whole number; a * scale must fit. scale > 0. */
bool kl_divide_scaled(int64_t a, int64_t scale, int64_t b, kl_rounding way, int64_t *out);
/* The multiple of `step` > 0 that a is rounded to. */
bool kl_round_to(int64_t a, int64_t step, kl_rounding way, int64_t *out);

#endif
