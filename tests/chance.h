/* chance.h - random numbers of tests: the same ones after the same seed, on every machine.
 * May include: stdint.h.
 * Start at below(); a test sets `seed`. */
#ifndef KL_TESTS_CHANCE_H
#define KL_TESTS_CHANCE_H

#include <stdint.h>

static uint64_t seed;

static inline uint64_t chance(void) { /* splitmix64 */
    uint64_t z = (seed += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static inline uint32_t below(uint64_t n) { /* 0 when n is */
    return n ? (uint32_t)(chance() % n) : 0;
}

#endif
