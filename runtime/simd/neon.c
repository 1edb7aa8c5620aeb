/* neon.c - the kernels on NEON: 128 records at a time.
 * May include: tables.h of this room, planes.inc of the runtime, the compiler's intrinsics.
 * Start at bits_of(): lanes that are all ones or all zeros become bits by weights and a sum. */
#include "runtime/simd/tables.h"

#if KL_TABLES_ARM
#include <arm_neon.h>

typedef uint64_t vector __attribute__((vector_size(16)));
enum { LANES = 2 };
#define FULL 1

static inline uint64_t bits_of(uint8x16_t lanes) { /* 16 bits */
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t some = vandq_u8(lanes, vld1q_u8(weights));
    return (uint64_t)vaddv_u8(vget_low_u8(some)) | (uint64_t)vaddv_u8(vget_high_u8(some)) << 8;
}

static inline uint64_t range64(const int64_t *n, uint64_t from, uint64_t span) {
    uint64x2_t low = vdupq_n_u64(from), most = vdupq_n_u64(span);
    uint64_t out = 0;
    for (uint32_t x = 0; x < 64; x += 16) {
        uint8x8_t half[2];
        for (uint32_t h = 0; h < 2; h++) {
            uint32x4_t four[2];
            for (uint32_t i = 0; i < 2; i++) {
                const int64_t *at = n + x + 8 * h + 4 * i;
                uint64x2_t a = vcleq_u64(vsubq_u64(vreinterpretq_u64_s64(vld1q_s64(at)), low), most);
                uint64x2_t b = vcleq_u64(vsubq_u64(vreinterpretq_u64_s64(vld1q_s64(at + 2)), low), most);
                four[i] = vcombine_u32(vmovn_u64(a), vmovn_u64(b));
            }
            half[h] = vmovn_u16(vcombine_u16(vmovn_u32(four[0]), vmovn_u32(four[1])));
        }
        out |= bits_of(vcombine_u8(half[0], half[1])) << x;
    }
    return out;
}

static inline void slices64(uint64_t *to, uint32_t words, const uint16_t *code, uint32_t bits) {
    for (uint32_t b = 0; b < bits; b++) {
        uint8x16_t bit = vdupq_n_u8((uint8_t)(1u << b));
        uint64_t sum = 0;
        for (uint32_t x = 0; x < 64; x += 16) {
            uint8x16_t bytes = vcombine_u8(vmovn_u16(vld1q_u16(code + x)), vmovn_u16(vld1q_u16(code + x + 8)));
            sum |= bits_of(vtstq_u8(bytes, bit)) << x;
        }
        to[b * words] = sum;
    }
}

static inline int beyond64(const uint16_t *code, uint32_t most) {
    uint16x8_t limit = vdupq_n_u16((uint16_t)most), bad = vdupq_n_u16(0);
    for (uint32_t x = 0; x < 64; x += 8) bad = vorrq_u16(bad, vcgtq_u16(vld1q_u16(code + x), limit));
    return vmaxvq_u16(bad) != 0;
}

#include "runtime/planes.inc"

TABLE(kl_kernels_neon, "neon");
#endif
