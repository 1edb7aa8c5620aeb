/* swift.c - the set of kernels in plain C, which is what the others mean, and the choice of a set.
 * May include: the C library.
 * Start at kl_swift_of(). */
#include "runtime/io/swift.h"

#include <string.h>

#define ONES UINT64_C(0x0101010101010101)

/* The high bit of each byte of w that is c. */
static inline uint64_t equal_bytes(uint64_t w, char c) {
    const uint64_t low7 = ONES * 0x7F, x = w ^ (ONES * (unsigned char)c);
    return ~(((x & low7) + low7) | x | low7);
}

static kl_cuts cut(const kl_cut *c) {
    const char *data = c->data;
    uint32_t *out = c->ends, *starts = c->starts, *const last_start = c->starts + c->lines, at = c->at;
    uint64_t seen = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; c->size - at >= 8 && out < c->stop && starts < last_start; at += 8) {
        uint64_t w;
        memcpy(&w, data + at, 8);
        if (equal_bytes(w, '"')) break;
        seen |= w;
        for (uint64_t found = equal_bytes(w, '\n') | equal_bytes(w, c->comma); found; found &= found - 1) {
            uint32_t p = at + (uint32_t)__builtin_ctzll(found) / 8;
            *out++ = p;
            *starts = p + 1;
            starts += data[p] == '\n';
        }
    }
#endif
    for (; at < c->size && out < c->stop && starts < last_start && data[at] != '"'; at++) {
        seen |= (uint64_t)(unsigned char)data[at];
        if (data[at] != '\n' && data[at] != c->comma) continue;
        *out++ = at;
        if (data[at] == '\n') *starts++ = at + 1;
    }
    return (kl_cuts){out, (uint32_t)(starts - c->starts), (seen & (ONES * 0x80)) != 0};
}

#define KL_OWN_CUT
#define KL_SWIFT_NAME kl_swift_portable
#include "runtime/io/swift_body.h"

const kl_swift *kl_swift_of(kl_simd v) {
    if (!kl_simd_has(v)) v = kl_simd_best();
#if defined(__x86_64__)
    if (v == KL_SIMD_AVX512) return &kl_swift_avx512;
    if (v == KL_SIMD_AVX2) return &kl_swift_avx2;
    if (v == KL_SIMD_SSE2) return &kl_swift_sse2;
#elif defined(__aarch64__)
    if (v == KL_SIMD_NEON) return &kl_swift_neon;
#endif
    return &kl_swift_portable;
}
