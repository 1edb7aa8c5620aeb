/* json_avx2.c - the loop over NDJSON lines, thirty-two bytes at a time: AVX2.
 * May include: runtime/io/json_scan.inc, immintrin.h. Run only where kl_simd_has(KL_SIMD_AVX2).
 * Start at kl_json_loop_avx2(). */
#include "runtime/io/json.h"

#ifdef KL_JSON_X86
#include <immintrin.h>
#include <string.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,lzcnt")
#endif

#define LOOP kl_json_loop_avx2

static inline __m256i thirty_two(const char *p) {
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline uint32_t equal(const char *p, const char *q) {
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(thirty_two(p), thirty_two(q)));
}

static inline bool alike(const char *p, const char *text, uint32_t size) {
    if (__builtin_expect(size <= 32, 1)) return _bzhi_u32(~equal(p, text), size) == 0;
    return equal(p, text) == UINT32_MAX && _bzhi_u32(~equal(p + 32, text + 32), size - 32) == 0;
}

static inline size_t plain(const char *p, bool *high) {
    for (size_t n = 0;; n += 32) {
        __m256i v = thirty_two(p + n), control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1F)), v);
        __m256i stop = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('"')), control),
                                       _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
        uint32_t stops = (uint32_t)_mm256_movemask_epi8(stop), tops = (uint32_t)_mm256_movemask_epi8(v);
        if (stops) {
            *high |= (tops & (stops ^ (stops - 1))) != 0;
            return n + (size_t)__builtin_ctz(stops);
        }
        *high |= tops != 0;
    }
}

#include "runtime/io/json_scan.inc"

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
