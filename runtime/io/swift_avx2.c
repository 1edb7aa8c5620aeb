/* swift_avx2.c - kernels for x86 with AVX2 and the bit instructions that came with it: thirty-two bytes or four cells at a time.
 * May include: immintrin.h. Everything after the pragma is compiled for those instructions; called only where kl_simd_has() them.
 * Start at load_block(); the loops stand in swift.inc. */
#include "runtime/io/swift.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt"))), apply_to = function)
#else
#pragma GCC target("avx2,bmi,bmi2,popcnt,lzcnt")
#endif

typedef struct block {
    __m256i low, high;
} block;

static inline __m256i thirty_two(const char *p) {
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}
static inline block load_block(const char *p) {
    return (block){thirty_two(p), thirty_two(p + 32)};
}
static inline uint64_t block_eq(block b, char c) {
    __m256i wanted = _mm256_set1_epi8(c);
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.low, wanted)) |
           (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b.high, wanted)) << 32;
}
static inline block block_or(block a, block b) {
    return (block){_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)};
}
static inline bool block_high(block b) {
    return _mm256_movemask_epi8(_mm256_or_si256(b.low, b.high)) != 0;
}
static inline unsigned count_bits(uint64_t mask) {
    return (unsigned)_mm_popcnt_u64(mask);
}

/* Writes some too many rather than asking before each. */
#define PUT(k) out[k] = base + (uint32_t)_tzcnt_u64(mask), mask = _blsr_u64(mask)
static inline __attribute__((always_inline)) void put_bits(uint32_t *out, uint64_t mask, uint32_t base) {
    PUT(0), PUT(1), PUT(2), PUT(3);
    if (!mask) return;
    PUT(4), PUT(5), PUT(6), PUT(7), PUT(8), PUT(9), PUT(10), PUT(11);
    for (; __builtin_expect(mask != 0, 0); out += 4) PUT(12), PUT(13), PUT(14), PUT(15);
}
#undef PUT

#define KL_FIRST_BYTES(w, n) _bzhi_u64(w, 8 * (n)) /* past 31 bytes anything: no code is so long */

#define KL_OWN_SAME
static inline bool same_cell(const char *p, const kl_code *k) {
    __m256i differ = _mm256_xor_si256(thirty_two(p), thirty_two((const char *)k->text));
    return _mm256_testz_si256(differ, thirty_two((const char *)k->mask));
}

#define KL_OWN_CODED
static inline __m256i without_code(uint16_t *codes) { /* which of sixteen; they get code 0 */
    __m256i some = thirty_two((const char *)codes),
            none = _mm256_cmpeq_epi16(some, _mm256_set1_epi16((short)KL_CODE_NONE));
    _mm256_storeu_si256((__m256i *)(void *)codes, _mm256_andnot_si256(none, some));
    return none;
}
static inline uint64_t coded(uint16_t *codes, uint32_t rows) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < rows; i += 32) { /* a column has room for all rows of its last word */
        __m256i a = without_code(codes + i), b = without_code(codes + i + 16);
        __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8);
        bits |= (uint64_t)(uint32_t)~_mm256_movemask_epi8(both) << i;
    }
    return bits;
}

#include "runtime/io/swift_cells.inc"

/* Eight cells: rows 0 1 4 5 and 2 3 6 7, so that packing the halves of both puts the rows in order. */
typedef struct eight {
    __m256i a, b;
} eight;
static inline eight eight_cells(const kl_cells *c, uint32_t row) {
    const uint32_t *before = c->ends - 1 + row * c->columns;
    return (eight){four_cells(c->data, before, c->columns, 4),
                   four_cells(c->data, before + 2 * c->columns, c->columns, 4)};
}
static inline eight those(eight cells, __m256i text, __m256i mask) { /* that are the text in the mask */
    return (eight){_mm256_cmpeq_epi64(_mm256_and_si256(cells.a, mask), text),
                   _mm256_cmpeq_epi64(_mm256_and_si256(cells.b, mask), text)};
}

#define KL_OWN_FEW
static inline uint64_t few_codes(const kl_cells *c, const kl_codes *t, uint16_t *out) {
    const __m256i none = _mm256_set1_epi64x(KL_CODE_UNLIKE);
    const __m128i unlike = _mm_set1_epi16((short)KL_CODE_UNLIKE);
    uint64_t odd = 0;
    for (uint32_t i = 0; i + 8 <= c->rows; i += 8) {
        eight cells = eight_cells(c, i), found = {none, none};
        for (uint32_t k = 1; k < t->count; k++) {
            const kl_code *code = &t->codes[k];
            eight like = those(cells, _mm256_set1_epi64x((long long)code->text[0]),
                               _mm256_set1_epi64x((long long)code->mask[0]));
            __m256i value = _mm256_set1_epi64x((long long)code->code);
            found.a = _mm256_blendv_epi8(found.a, value, like.a);
            found.b = _mm256_blendv_epi8(found.b, value, like.b);
        }
        __m256i wide = _mm256_packus_epi32(found.a, found.b);
        __m128i codes = _mm_packus_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1)),
                is_odd = _mm_cmpeq_epi16(codes, unlike);
        odd |= (uint64_t)(uint8_t)_mm_movemask_epi8(_mm_packs_epi16(is_odd, _mm_setzero_si128())) << i;
        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm_andnot_si128(is_odd, codes));
    }
    return odd;
}

#define KL_OWN_BOOLS
static inline long long cell_word(const char *data, const uint32_t *end) {
    long long w;
    memcpy(&w, data + 1 + (ptrdiff_t)(int32_t)end[-1], sizeof w);
    return w;
}
static inline __attribute__((always_inline)) void bool_cells(const kl_cells *c, const kl_word *words, uint64_t *sets) {
    const size_t columns = c->columns;
    const uint32_t *end = c->ends;
    const char *data = c->data;
    __m256i text[KL_WORD_COUNT], mask[KL_WORD_COUNT];
    uint8_t found[KL_WORD_COUNT][8] = {{0}};
    for (unsigned k = 0; k < KL_WORD_COUNT; k++) {
        text[k] = _mm256_set1_epi64x((long long)words[k].text);
        mask[k] = _mm256_set1_epi64x((long long)words[k].mask);
    }
    uint32_t i = 0;
    for (; i + 8 <= c->rows; i += 8, end += 8 * columns) { /* so that packing two comparisons puts the rows in order */
        const uint32_t *later = end + 4 * columns;
        __m256i a = _mm256_set_epi64x(cell_word(data, later + columns), cell_word(data, later),
                                      cell_word(data, end + columns), cell_word(data, end)),
                b = _mm256_set_epi64x(cell_word(data, later + 3 * columns), cell_word(data, later + 2 * columns),
                                      cell_word(data, end + 3 * columns), cell_word(data, end + 2 * columns));
#define FIND(k)                                                                                                        \
    found[k][i / 8] = (uint8_t)_mm256_movemask_ps(                                                                     \
        _mm256_castsi256_ps(_mm256_packs_epi32(_mm256_cmpeq_epi64(_mm256_and_si256(a, mask[k]), text[k]),              \
                                               _mm256_cmpeq_epi64(_mm256_and_si256(b, mask[k]), text[k]))))
        FIND(0);
        FIND(1);
        FIND(2);
#undef FIND
    }
    memcpy(sets, found, KL_WORD_COUNT * sizeof *sets);
    for (; i < c->rows; i++, end += columns) {
        uint64_t w = (uint64_t)cell_word(data, end);
        for (unsigned k = 0; k < KL_WORD_COUNT; k++) sets[k] |= (uint64_t)((w & words[k].mask) == words[k].text) << i;
    }
}

#define KL_SWIFT_NAME kl_swift_avx2
#include "runtime/io/swift.inc"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
