/* swift_sse2.c - kernels for every 64-bit x86: sixteen bytes at a time.
 * May include: emmintrin.h.
 * Start at load_block(); the loops stand in swift.inc. */
#include "runtime/io/swift.h"

#if defined(__x86_64__)
#include <emmintrin.h>

typedef struct block {
    __m128i part[4];
} block;

static inline __m128i sixteen(const char *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}
static inline block load_block(const char *p) {
    return (block){{sixteen(p), sixteen(p + 16), sixteen(p + 32), sixteen(p + 48)}};
}
static inline uint64_t block_eq(block b, char c) {
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(b.part[i], _mm_set1_epi8(c))) << (16 * i);
    return mask;
}
static inline block block_or(block a, block b) {
    for (unsigned i = 0; i < 4; i++) a.part[i] = _mm_or_si128(a.part[i], b.part[i]);
    return a;
}
static inline bool block_high(block b) {
    return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(b.part[0], b.part[1]), _mm_or_si128(b.part[2], b.part[3]))) != 0;
}
static inline unsigned count_bits(uint64_t mask) {
    const uint64_t twos = UINT64_C(0x3333333333333333);
    mask -= mask >> 1 & UINT64_C(0x5555555555555555);
    mask = (mask & twos) + (mask >> 2 & twos);
    return (unsigned)(((mask + (mask >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F)) * UINT64_C(0x0101010101010101) >> 56);
}
static inline __attribute__((always_inline)) void put_bits(uint32_t *out, uint64_t mask, uint32_t base) {
    for (; mask; mask &= mask - 1) *out++ = base + (uint32_t)__builtin_ctzll(mask);
}

#define KL_SWIFT_NAME kl_swift_sse2
#include "runtime/io/swift.inc"
#endif
