/* avx2.c - the kernels on AVX2: 256 records at a time.
 * May include: tables.h of this room, planes.inc of the runtime, the compiler's intrinsics.
 * Start at range64(): comparisons are signed, so both sides are turned about the middle first. */
#include "runtime/simd/tables.h"

#if KL_TABLES_X86
#include <immintrin.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi2")
#endif

typedef uint64_t vector __attribute__((vector_size(32)));
enum { LANES = 4 };
#define FULL 1

static inline __m256i load(const void *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}

static inline uint64_t range64(const int64_t *n, uint64_t from, uint64_t span) {
    const uint64_t middle = UINT64_C(1) << 63;
    __m256i low = _mm256_set1_epi64x((long long)(from + middle)), most = _mm256_set1_epi64x((long long)(span ^ middle));
    uint64_t out = 0;
    for (uint32_t x = 0; x < 64; x += 4) {
        __m256i above = _mm256_cmpgt_epi64(_mm256_sub_epi64(load(n + x), low), most);
        out |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(above)) << x;
    }
    return ~out;
}

static inline __m256i bytes_of(const uint16_t *code) { /* the low bytes of 32 codes */
    __m256i mask = _mm256_set1_epi16(0xFF);
    __m256i two = _mm256_packus_epi16(_mm256_and_si256(load(code), mask), _mm256_and_si256(load(code + 16), mask));
    return _mm256_permute4x64_epi64(two, 0xD8);
}

static inline void slices64(uint64_t *to, uint32_t words, const uint16_t *code, uint32_t bits) {
    __m256i low = bytes_of(code), high = bytes_of(code + 32);
    for (uint32_t b = 0; b < bits; b++) {
        int up = (int)(7 - b);
        uint32_t one = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(low, up)),
                 two = (uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16(high, up));
        to[b * words] = (uint64_t)two << 32 | one;
    }
}

static inline int beyond64(const uint16_t *code, uint32_t most) {
    __m256i limit = _mm256_set1_epi16((short)most), bad = _mm256_setzero_si256();
    for (uint32_t x = 0; x < 64; x += 16) bad = _mm256_or_si256(bad, _mm256_subs_epu16(load(code + x), limit));
    return !_mm256_testz_si256(bad, bad);
}

static inline vector swapped(vector v, uint32_t side) {
    __m256i x = (__m256i)v;
    return (vector)(side == 2 ? _mm256_permute4x64_epi64(x, 0x4E) : _mm256_permute4x64_epi64(x, 0xB1));
}
#define SWAPPED swapped
#include "runtime/planes.inc"

TABLE(kl_kernels_avx2, "avx2");
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
