/* sse2.c - the kernels on SSE2, which every 64-bit x86 has: 128 records at a time.
 * May include: tables.h of this room, planes.inc of the runtime, the compiler's intrinsics.
 * Start at range64(): there is no comparison of 64 bits, so the borrow of span - (number - from) is asked. */
#include "runtime/simd/tables.h"

#if KL_TABLES_X86
#include <emmintrin.h>

typedef uint64_t vector __attribute__((vector_size(16)));
enum { LANES = 2 };
#define FULL 1

static inline __m128i load(const void *p) {
    return _mm_loadu_si128((const __m128i *)p);
}

static inline uint64_t range64(const int64_t *n, uint64_t from, uint64_t span) {
    vector low = {from, from}, most = {span, span};
    uint64_t out = 0;
    for (uint32_t x = 0; x < 64; x += 2) {
        vector v = (vector)load(n + x) - low, borrow = (~most & v) | ((~most | v) & (most - v));
        out |= (uint64_t)(uint32_t)_mm_movemask_pd((__m128d)borrow) << x;
    }
    return ~out;
}

static inline __m128i bytes_of(const uint16_t *code) { /* the low bytes of 16 codes */
    __m128i mask = _mm_set1_epi16(0xFF);
    return _mm_packus_epi16(_mm_and_si128(load(code), mask), _mm_and_si128(load(code + 8), mask));
}

static inline void slices64(uint64_t *to, uint32_t words, const uint16_t *code, uint32_t bits) {
    __m128i bytes[4] = {bytes_of(code), bytes_of(code + 16), bytes_of(code + 32), bytes_of(code + 48)};
    for (uint32_t b = 0; b < bits; b++) {
        uint64_t sum = 0;
        for (uint32_t i = 0; i < 4; i++)
            sum |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_slli_epi16(bytes[i], (int)(7 - b))) << (16 * i);
        to[b * words] = sum;
    }
}

static inline int beyond64(const uint16_t *code, uint32_t most) {
    __m128i limit = _mm_set1_epi16((short)most), bad = _mm_setzero_si128();
    for (uint32_t x = 0; x < 64; x += 8) bad = _mm_or_si128(bad, _mm_subs_epu16(load(code + x), limit));
    return _mm_movemask_epi8(_mm_cmpeq_epi8(bad, _mm_setzero_si128())) != 0xFFFF;
}

#include "runtime/planes.inc"

TABLE(kl_kernels_sse2, "sse2");
#endif
