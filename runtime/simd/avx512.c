/* avx512.c - the kernels on AVX-512: 512 records at a time.
 * May include: tables.h of this room, planes.inc of the runtime, the compiler's intrinsics.
 * Start at range64(): eight comparisons are eight bits. */
#include "runtime/simd/tables.h"

#if KL_TABLES_X86
#include <immintrin.h>
#include <string.h>
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,bmi2,prefer-vector-width=512")
#endif

typedef uint64_t vector __attribute__((vector_size(64)));
enum { LANES = 8 };
#define FULL 1

static inline __mmask8 range8(const int64_t *n, __m512i less, __m512i most) {
    return _mm512_cmple_epu64_mask(_mm512_add_epi64(less, _mm512_loadu_si512(n)), most);
}

static inline __mmask32 range32(const int64_t *n, __m512i less, __m512i most) {
    __mmask16 low = _mm512_kunpackb(range8(n + 8, less, most), range8(n, less, most));
    __mmask16 high = _mm512_kunpackb(range8(n + 24, less, most), range8(n + 16, less, most));
    return _mm512_kunpackw(high, low);
}

static inline uint64_t range64(const int64_t *n, uint64_t from, uint64_t span) {
    __m512i less = _mm512_set1_epi64((long long)(0 - from)), most = _mm512_set1_epi64((long long)span);
    return _cvtmask64_u64(_mm512_kunpackd(range32(n + 32, less, most), range32(n, less, most)));
}

static inline void slices64(uint64_t *to, uint32_t words, const uint16_t *code, uint32_t bits) {
    __m256i low = _mm512_cvtepi16_epi8(_mm512_loadu_si512(code)),
            high = _mm512_cvtepi16_epi8(_mm512_loadu_si512(code + 32));
    __m512i bytes = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    for (uint32_t b = 0; b < bits; b++) to[b * words] = _mm512_test_epi8_mask(bytes, _mm512_set1_epi8((char)(1u << b)));
}

static inline int beyond64(const uint16_t *code, uint32_t most) {
    __m512i limit = _mm512_set1_epi16((short)most);
    return (_mm512_cmpgt_epu16_mask(_mm512_loadu_si512(code), limit) |
            _mm512_cmpgt_epu16_mask(_mm512_loadu_si512(code + 32), limit)) != 0;
}

static inline vector swapped(vector v, uint32_t side) {
    __m512i x = (__m512i)v;
    if (side == 4) return (vector)_mm512_shuffle_i64x2(x, x, 0x4E);
    return (vector)(side == 2 ? _mm512_permutex_epi64(x, 0x4E) : _mm512_permutex_epi64(x, 0xB1));
}
#define SWAPPED swapped
#include "runtime/planes.inc"

TABLE(kl_kernels_avx512, "avx512");
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
