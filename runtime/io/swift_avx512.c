/* swift_avx512.c - kernels for x86 with AVX-512 as far as VBMI2: sixty-four bytes or eight cells at a time.
 * May include: immintrin.h. Everything after the pragma is compiled for those instructions; called only where kl_simd_has() them.
 * Start at load_block(); the loops stand in swift.inc. */
#include "runtime/io/swift.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#if defined(__clang__)
#pragma clang attribute push(                                                                                          \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,popcnt,lzcnt"))),   \
    apply_to = function)
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,popcnt,lzcnt")
#endif

typedef __m512i block;

static inline block load_block(const char *p) {
    return _mm512_loadu_si512((const void *)p);
}
static inline uint64_t block_eq(block b, char c) {
    return _cvtmask64_u64(_mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8(c)));
}
static inline block block_or(block a, block b) {
    return _mm512_or_si512(a, b);
}
static inline bool block_high(block b) {
    return _cvtmask64_u64(_mm512_movepi8_mask(b)) != 0;
}
static inline unsigned count_bits(uint64_t mask) {
    return (unsigned)_mm_popcnt_u64(mask);
}

static inline void put_sixteen(uint32_t *out, __m128i offsets, uint32_t base) {
    _mm512_storeu_si512((void *)out, _mm512_add_epi32(_mm512_cvtepu8_epi32(offsets), _mm512_set1_epi32((int)base)));
}

/* The offsets of the set bits, pressed together; sixteen are always written. */
static inline __attribute__((always_inline)) void put_bits(uint32_t *out, uint64_t mask, uint32_t base) {
    static const uint8_t offsets[64] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                        32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                        48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __m512i set = _mm512_maskz_compress_epi8(_cvtu64_mask64(mask), _mm512_loadu_si512((const void *)offsets));
    put_sixteen(out, _mm512_castsi512_si128(set), base);
    unsigned n = count_bits(mask);
    if (__builtin_expect(n <= 16, 1)) return;
    put_sixteen(out + 16, _mm512_extracti32x4_epi32(set, 1), base);
    if (n <= 32) return;
    put_sixteen(out + 32, _mm512_extracti32x4_epi32(set, 2), base);
    put_sixteen(out + 48, _mm512_extracti32x4_epi32(set, 3), base);
}

#define KL_FIRST_BYTES(w, n) _bzhi_u64(w, 8 * (n)) /* past 31 bytes anything: no code is so long */

#define KL_OWN_SAME
static inline bool same_cell(const char *p, const kl_code *k) {
    __m256i cell = _mm256_loadu_si256((const __m256i *)(const void *)p),
            text = _mm256_loadu_si256((const __m256i *)(const void *)k->text),
            mask = _mm256_loadu_si256((const __m256i *)(const void *)k->mask);
    return _mm256_testz_si256(_mm256_xor_si256(cell, text), mask);
}

#include "runtime/io/swift_cells.inc"
static inline __m512i eight_cells(const char *data, const uint32_t *before, size_t columns) {
    __m256i low = four_cells(data, before, columns, 2);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), four_cells(data, before + 4 * columns, columns, 2), 1);
}
static inline __mmask8 those(__m512i cells, __m512i text,
                             __m512i mask) { /* that differ from the text nowhere in the mask */
    return _mm512_testn_epi64_mask(_mm512_xor_si512(cells, text), mask);
}

#define KL_OWN_CODED
static inline uint64_t coded(uint16_t *codes, uint32_t rows) {
    const __m512i none = _mm512_set1_epi16((short)KL_CODE_NONE);
    uint64_t bits = 0;
    for (uint32_t i = 0; i < rows; i += 32) { /* a column has room for all rows of its last word */
        __m512i c = _mm512_loadu_si512((const void *)(codes + i));
        __mmask32 some = _mm512_cmpneq_epi16_mask(c, none);
        _mm512_storeu_si512((void *)(codes + i), _mm512_maskz_mov_epi16(some, c));
        bits |= (uint64_t)_cvtmask32_u32(some) << i;
    }
    return bits;
}

#define KL_OWN_FEW
/* Sixty-four bits for each cell until its code is known. */
static inline uint64_t few_codes(const kl_cells *c, const kl_codes *t, uint16_t *out) {
    const __m512i unlike = _mm512_set1_epi64(KL_CODE_UNLIKE);
    uint64_t odd = 0;
    for (uint32_t i = 0; i + 8 <= c->rows; i += 8) {
        __m512i cells = eight_cells(c->data, c->ends - 1 + i * c->columns, c->columns), found = unlike;
        for (uint32_t k = 1; k < t->count; k++) {
            const kl_code *code = &t->codes[k];
            __mmask8 like =
                those(cells, _mm512_set1_epi64((long long)code->text[0]), _mm512_set1_epi64((long long)code->mask[0]));
            found = _mm512_mask_set1_epi64(found, like, (long long)code->code);
        }
        __mmask8 some = _mm512_cmpneq_epi64_mask(found, unlike);
        odd |= (uint64_t)(uint8_t)~_cvtmask8_u32(some) << i;
        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm512_cvtepi64_epi16(_mm512_maskz_mov_epi64(some, found)));
    }
    return odd;
}

#define KL_OWN_BOOLS
static inline __attribute__((always_inline)) void bool_cells(const kl_cells *c, const kl_word *words, uint64_t *sets) {
    const uint32_t *before = c->ends - 1;
    __m512i no = _mm512_set1_epi64((long long)words[KL_WORD_NO].text),
            no_mask = _mm512_set1_epi64((long long)words[KL_WORD_NO].mask),
            yes = _mm512_set1_epi64((long long)words[KL_WORD_YES].text),
            yes_mask = _mm512_set1_epi64((long long)words[KL_WORD_YES].mask),
            nothing = _mm512_set1_epi64((long long)words[KL_WORD_NOTHING].text),
            nothing_mask = _mm512_set1_epi64((long long)words[KL_WORD_NOTHING].mask);
    uint8_t found[KL_WORD_COUNT][8] = {{0}};
    uint32_t i = 0;
    for (; i + 8 <= c->rows; i += 8, before += 8 * c->columns) {
        __m512i cells = eight_cells(c->data, before, c->columns);
        _store_mask8(&found[KL_WORD_NO][i / 8], those(cells, no, no_mask));
        _store_mask8(&found[KL_WORD_YES][i / 8], those(cells, yes, yes_mask));
        _store_mask8(&found[KL_WORD_NOTHING][i / 8], those(cells, nothing, nothing_mask));
    }
    memcpy(sets, found, KL_WORD_COUNT * sizeof *sets);
    for (; i < c->rows; i++, before += c->columns) {
        uint64_t w;
        memcpy(&w, c->data + 1 + (ptrdiff_t)(int32_t)*before, sizeof w);
        for (unsigned k = 0; k < KL_WORD_COUNT; k++) sets[k] |= (uint64_t)((w & words[k].mask) == words[k].text) << i;
    }
}

static inline __m512i four_dates(const kl_cells *c, uint32_t row) { /* sixteen bytes of every other row */
    const size_t step = 2 * c->columns;
    const uint32_t *before = c->ends - 1 + row * c->columns;
#define DATE(k) _mm_loadu_si128((const __m128i *)(const void *)(c->data + 1 + (ptrdiff_t)(int32_t)before[(k)*step]))
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(DATE(0)), DATE(1), 1),
            high = _mm256_inserti128_si256(_mm256_castsi128_si256(DATE(2)), DATE(3), 1);
#undef DATE
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

#define KL_OWN_DATES
/* 2023-09-01 and the separator after it, eight at a time: their digits side by side, and what stands between them. Returns the odd ones. */
static inline uint64_t eight_dates(const kl_cells *c, uint32_t row, int64_t *out, uint64_t *empty) {
    const __m512i one = _mm512_set1_epi64(1), separator = _mm512_set1_epi64((unsigned char)c->data[c->ends[0]]),
                  order = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 4, 7, 10, -1, -1, -1, -1, -1));
    const __m512i lengths = _mm512_setr_epi32(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0),
                  passed = _mm512_setr_epi32(0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 0, 0, 0);
    __m512i a = _mm512_shuffle_epi8(four_dates(c, row), order), b = _mm512_shuffle_epi8(four_dates(c, row + 1), order),
            text = _mm512_unpacklo_epi64(a, b), between = _mm512_unpackhi_epi64(a, b);
    __m512i wanted = _mm512_or_si512(_mm512_slli_epi64(separator, 16), _mm512_set1_epi64('-' << 8 | '-')),
            digits = _mm512_xor_si512(text, _mm512_set1_epi8('0')),
            past = _mm512_or_si512(digits, _mm512_add_epi8(digits, _mm512_set1_epi8(0x76)));
    __mmask8 shaped = (__mmask8)(_mm512_cmpeq_epi64_mask(between, wanted) &
                                 _mm512_testn_epi64_mask(past, _mm512_set1_epi8((char)0x80)));
    /* century, year of it, month, day: sixteen bits each; then year, and month * 128 + day */
    __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A)),
            both = _mm512_madd_epi16(pairs, _mm512_set1_epi64(0x0001008000010064));
    __m512i year = _mm512_and_si512(both, _mm512_set1_epi64(0xFFFFFFFF)), rest = _mm512_srli_epi64(both, 32),
            month = _mm512_srli_epi64(rest, 7), day = _mm512_and_si512(rest, _mm512_set1_epi64(127));
    __mmask8 leap = (__mmask8)(_mm512_testn_epi64_mask(pairs, _mm512_set1_epi64(3 << 16)) &
                               (_mm512_test_epi64_mask(pairs, _mm512_set1_epi64(0xFFFF0000)) |
                                _mm512_testn_epi64_mask(pairs, _mm512_set1_epi64(3))));
    __m512i length = _mm512_maskz_permutexvar_epi32(0x5555, month, lengths),
            before = _mm512_maskz_permutexvar_epi32(0x5555, month, passed);
    const __m512i february = _mm512_set1_epi64(2);
    length = _mm512_mask_add_epi64(length, (__mmask8)(leap & _mm512_cmpeq_epi64_mask(month, february)), length, one);
    before = _mm512_mask_add_epi64(before, (__mmask8)(leap & _mm512_cmpgt_epu64_mask(month, february)), before, one);
    __mmask8 good =
        (__mmask8)(shaped & _mm512_cmple_epu64_mask(month, _mm512_set1_epi64(12)) & _mm512_test_epi64_mask(year, year) &
                   _mm512_cmplt_epu64_mask(_mm512_sub_epi64(day, one), length));
    __m512i years = _mm512_sub_epi64(year, one), /* whole ones since 0001-01-01, which is day -719162 */
        centuries = _mm512_srli_epi64(_mm512_mul_epu32(years, _mm512_set1_epi64(5243)), 19),
            days = _mm512_add_epi64(_mm512_mul_epu32(years, _mm512_set1_epi64(365)), _mm512_srli_epi64(years, 2));
    days = _mm512_add_epi64(_mm512_sub_epi64(days, centuries), _mm512_srli_epi64(centuries, 2));
    days = _mm512_add_epi64(_mm512_add_epi64(days, before), _mm512_sub_epi64(day, _mm512_set1_epi64(719163)));
    _mm512_storeu_si512((void *)out, days);
    __mmask8 nothing = _mm512_cmpeq_epi64_mask(_mm512_and_si512(text, _mm512_set1_epi64(0xFF)), separator);
    *empty |= (uint64_t)_cvtmask8_u32(nothing) << row;
    return (uint64_t)(uint8_t)~_cvtmask8_u32((__mmask8)(good | nothing)) << row;
}

static inline void copy64(char *to, const char *from) {
    _mm512_storeu_si512((void *)to, _mm512_loadu_si512((const void *)from));
}

#define KL_OWN_LINES lines
static uint32_t lines(const kl_lines *l, uint32_t row, uint32_t rows, char **to, const char *end) {
    const __m512i least = _mm512_set1_epi8('-'),
                  comma = _mm512_set1_epi8(l->comma); /* below are blank, quote and line ends */
    kl_line *all = l->lines - 1;
    char *at = *to;
    for (; row < rows && l->like[row]; row++) {
        kl_line *line = &all[l->like[row]];
        kl_string key = l->keys[row];
        if (key.size > 64 || (size_t)(end - at) < line->size + 64 + 2 * KL_PIECE) break;
        __mmask64 those = _cvtu64_mask64(_bzhi_u64(~UINT64_C(0), (unsigned)key.size));
        __m512i v = _mm512_maskz_loadu_epi8(those, key.data); /* reads no byte past the key */
        if (!_kortestz_mask64_u8(_mm512_mask_cmplt_epu8_mask(those, v, least),
                                 _mm512_mask_cmpeq_epi8_mask(those, v, comma)))
            break;
        _mm512_storeu_si512((void *)at, v);
        at += key.size;
        const char *tail = l->text + line->tail;
        copy64(at, tail);
        copy64(at + 64, tail + 64);
        for (size_t i = KL_PIECE; i < line->size; i += 64) copy64(at + i, tail + i);
        at += line->size;
        line->count++;
    }
    *to = at;
    return row;
}

#define KL_SWIFT_NAME kl_swift_avx512
#include "runtime/io/swift.inc"

#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
