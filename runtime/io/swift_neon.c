/* swift_neon.c - kernels for 64-bit ARM: sixteen bytes at a time.
 * May include: arm_neon.h.
 * Start at load_block(); the loops stand in swift.inc. */
#include "runtime/io/swift.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

typedef struct block {
    uint8x16_t part[4];
} block;

static inline block load_block(const char *p) {
    const uint8_t *u = (const uint8_t *)p;
    return (block){{vld1q_u8(u), vld1q_u8(u + 16), vld1q_u8(u + 32), vld1q_u8(u + 48)}};
}
static inline uint64_t block_eq(block b,
                                char c) { /* each byte keeps the bit of its place; three pairwise sums gather them */
    const uint8x16_t wanted = vdupq_n_u8((uint8_t)c),
                     bits = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    uint8x16_t m[4];
    for (unsigned i = 0; i < 4; i++) m[i] = vandq_u8(vceqq_u8(b.part[i], wanted), bits);
    uint8x16_t sum = vpaddq_u8(vpaddq_u8(m[0], m[1]), vpaddq_u8(m[2], m[3]));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sum, sum)), 0);
}
static inline block block_or(block a, block b) {
    for (unsigned i = 0; i < 4; i++) a.part[i] = vorrq_u8(a.part[i], b.part[i]);
    return a;
}
static inline bool block_high(block b) {
    return vmaxvq_u8(vorrq_u8(vorrq_u8(b.part[0], b.part[1]), vorrq_u8(b.part[2], b.part[3]))) >= 0x80;
}
static inline unsigned count_bits(uint64_t mask) {
    return (unsigned)vaddv_u8(vcnt_u8(vcreate_u8(mask)));
}
static inline __attribute__((always_inline)) void put_bits(uint32_t *out, uint64_t mask, uint32_t base) {
    for (; mask; mask &= mask - 1) *out++ = base + (uint32_t)__builtin_ctzll(mask);
}

#define KL_SWIFT_NAME kl_swift_neon
#include "runtime/io/swift.inc"
#endif
