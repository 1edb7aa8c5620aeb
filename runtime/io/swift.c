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

/* Eight bytes as loaded, so that the first is the lowest. */
static inline uint64_t first_lowest(uint64_t w) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(w);
#else
    return w;
#endif
}

static kl_cuts cut(const kl_cut *c) {
    const uint64_t highs = ONES * 0x80, nl = ONES * '\n', quote = ONES * '"', comma = ONES * (unsigned char)c->comma;
    const char *const data = c->data, separator = c->comma;
    const uint32_t size = c->size;
    uint32_t *out = c->ends, *const stop = c->stop, at = c->at, lines = 0;
    uint64_t seen = 0;
    for (; size - at >= 8 && out < stop; at += 8) {
        uint64_t w, ends, found, quotes;
        memcpy(&w, data + at, 8);
        w = first_lowest(w);
        if (__builtin_expect((w & highs) == 0,
                             1)) { /* in each byte 80 less something below 80 keeps its bit only less 0 */
            ends = (highs - (w ^ nl)) & highs;
            found = ends | ((highs - (w ^ comma)) & highs);
            quotes = (highs - (w ^ quote)) & highs;
        } else {
            ends = equal_bytes(w, '\n');
            found = ends | equal_bytes(w, separator);
            quotes = equal_bytes(w, '"');
            seen |= w;
        }
        if (__builtin_expect(quotes != 0, 0)) break;
        for (; found; found &= found - 1) *out++ = at + (uint32_t)__builtin_ctzll(found) / 8;
        if (ends) lines += (uint32_t)((ends >> 7) * ONES >> 56);
    }
    for (; at < size && out < stop && data[at] != '"'; at++) {
        seen |= (uint64_t)(unsigned char)data[at];
        if (data[at] != '\n' && data[at] != separator) continue;
        *out++ = at;
        lines += data[at] == '\n';
    }
    return (kl_cuts){out, lines, (seen & highs) != 0};
}

#define KL_OWN_CUT
#define KL_SWIFT_NAME kl_swift_portable
#include "runtime/io/swift.inc"

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
