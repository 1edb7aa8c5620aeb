/* swift_body.h - the loops of a set of kernels, compiled once in each file that includes it, for that file's vector instructions.
 * May include: runtime/io/swift.h. The including file says beforehand what its instructions do better; see the #ifndef below.
 * Start at the table KL_SWIFT_NAME at the end. */
#include "runtime/io/swift.h"

#include <string.h>

#define KL_INLINE static inline __attribute__((always_inline))

KL_INLINE uint64_t word_at(const char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Offsets are below 2^31; the one before the first byte is -1. */
KL_INLINE const char *cell_at(const kl_cells *c, const uint32_t *end) {
    return c->data + 1 + (ptrdiff_t)(int32_t)end[-1];
}
KL_INLINE uint64_t rows_of(const kl_cells *c) {
    return ~UINT64_C(0) >> (64 - c->rows);
}

#ifndef KL_FIRST_BYTES
#define KL_FIRST_BYTES kl_first_bytes
#endif

/* ------------------------------------------------------------------ separators */
#ifndef KL_OWN_CUT
/* The including file has: block, load_block(p), block_eq(block, byte), block_or(block, block), block_high(block) for whether a byte of it is
 * past ASCII, put_bits(out, mask, base), count_bits(mask). */
static kl_cuts cut(const kl_cut *c) {
    const char *const data = c->data, comma = c->comma;
    uint32_t *out = c->ends, *const stop = c->stop, lines = 0;
    const uint32_t size = c->size;
    block seen = load_block(data + c->at);
    for (uint32_t at = c->at; at < size && out < stop; at += 64) {
        block b = load_block(data + at);
        uint64_t ends = block_eq(b, '\n'), all = block_eq(b, comma) | ends, quote = block_eq(b, '"');
        seen = block_or(seen, b);
        if (__builtin_expect(size - at < 64 || quote, 0)) {
            uint64_t keep = size - at < 64 ? (UINT64_C(1) << (size - at)) - 1 : ~UINT64_C(0);
            quote &= keep;
            if (quote) keep = (quote & (0 - quote)) - 1;
            ends &= keep, all &= keep;
        }
        lines += count_bits(ends);
        put_bits(out, all, at);
        out += count_bits(all);
        if (quote) break;
    }
    return (kl_cuts){out, lines, block_high(seen)};
}
#endif

/* ------------------------------------------------------------------ yes and no */
#ifndef KL_OWN_BOOLS
static void bool_cells(const kl_cells *c, const kl_word *words, uint64_t *sets) {
    const kl_word no = words[KL_WORD_NO], yes = words[KL_WORD_YES], nothing = words[KL_WORD_NOTHING];
    const uint32_t *end = c->ends + c->rows * c->columns;
    uint64_t nos = 0, yeses = 0, others = 0;
    for (uint32_t i = 0; i < c->rows; i++) { /* from the last to the first */
        end -= c->columns;
        uint64_t w = word_at(cell_at(c, end)), is_no = (w & no.mask) == no.text, is_yes = (w & yes.mask) == yes.text;
        nos = nos * 2 + is_no;
        yeses = yeses * 2 + is_yes;
    }
    for (others = rows_of(c) & ~(nos | yeses); others; others &= others - 1) {
        unsigned i = (unsigned)__builtin_ctzll(others);
        uint64_t w = word_at(cell_at(c, c->ends + i * c->columns));
        sets[KL_WORD_NOTHING] |= (uint64_t)((w & nothing.mask) == nothing.text) << i;
    }
    sets[KL_WORD_NO] = nos;
    sets[KL_WORD_YES] = yeses;
}
#endif

static uint64_t bools(const kl_cells *c, const kl_word *words, uint64_t *yes, uint64_t *known) {
    uint64_t sets[KL_WORD_COUNT] = {0};
    bool_cells(c, words, sets);
    *yes = sets[KL_WORD_YES];
    *known = sets[KL_WORD_YES] | sets[KL_WORD_NO];
    return rows_of(c) & ~(*known | sets[KL_WORD_NOTHING]);
}

/* ------------------------------------------------------------------ codes */
#ifndef KL_OWN_SAME
KL_INLINE bool same_cell(const char *p, const kl_code *k) {
    uint64_t differ = 0;
    for (unsigned i = 0; i < 4; i++) differ |= (word_at(p + 8 * i) ^ k->text[i]) & k->mask[i];
    return differ == 0;
}
#endif
#ifndef KL_OWN_CODED
KL_INLINE uint64_t coded(const uint16_t *codes, uint32_t rows) {
    uint64_t bits = 0;
    for (uint32_t i = 0; i < rows; i++) bits |= (uint64_t)(codes[i] != KL_CODE_NONE) << i;
    return bits;
}
#endif

KL_INLINE uint64_t code_cells(const kl_cells *c, const kl_codes *t, uint16_t *out, const bool brief) {
    uint64_t odd = 0;
    const uint32_t *end = c->ends;
    for (uint32_t i = 0; i < c->rows; i++, end += c->columns) {
        const char *p = cell_at(c, end);
        uint64_t w = word_at(p), first = KL_FIRST_BYTES(w, *end - end[-1] - 1);
        const kl_code *k = &t->codes[t->slots[kl_code_slot(t, first)]];
        out[i] = (uint16_t)k->code;
        bool same = brief ? ((w ^ k->text[0]) & k->mask[0]) == 0 : same_cell(p, k);
        if (__builtin_expect(!same, 0)) odd |= UINT64_C(1) << i;
    }
    return odd;
}

static uint64_t codes(const kl_cells *c, const kl_codes *t, uint16_t *out, uint64_t *known) {
    uint64_t odd = t->brief ? code_cells(c, t, out, true) : code_cells(c, t, out, false);
    *known = coded(out, c->rows) & rows_of(c) & ~odd;
    return odd;
}

/* ------------------------------------------------------------------ dates */
KL_INLINE uint64_t date_cells(const kl_cells *c, const kl_months *m, int64_t *out, uint64_t *known,
                              const uint32_t size) {
    uint64_t odd = 0, empty = 0;
    const uint32_t *end = c->ends;
    for (uint32_t i = 0; i < c->rows; i++, end += c->columns) {
        const char *p = cell_at(c, end);
        uint32_t cell = *end - end[-1] - 1;
        uint64_t w = word_at(p);
        if (size < 8 + 2) w &= m->mask;
        const kl_month *month = &m->at[kl_month_slot(w)];
        uint32_t ones = (uint32_t)(unsigned char)p[size - 1] - '0',
                 day = ((uint32_t)(unsigned char)p[size - 2] - '0') * 10 + ones;
        out[i] = month->before + (int32_t)day;
        if (__builtin_expect(month->text != w || cell != size || ones > 9 || day - 1 >= month->length, 0)) {
            if (cell)
                odd |= UINT64_C(1) << i;
            else
                empty |= UINT64_C(1) << i;
        }
    }
    *known = rows_of(c) & ~(odd | empty);
    return odd;
}

static uint64_t dates(const kl_cells *c, const kl_months *m, int64_t *out, uint64_t *known) {
    return m->size == 10 ? date_cells(c, m, out, known, 10) : date_cells(c, m, out, known, 8);
}

/* ------------------------------------------------------------------ numbers */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Up to eight characters that are digits, with a minus before them and a comma or a point between them. */
KL_INLINE bool plain_number(const char *p, uint32_t n, unsigned scale, int64_t *out) {
    static const uint32_t powers[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    bool minus = *p == '-';
    p += minus, n -= minus;
    if (n - 1 >= 8) return false;
    uint64_t x = (word_at(p) ^ UINT64_C(0x3030303030303030)) << (64 - 8 * n);
    uint64_t others = (x | (x + UINT64_C(0x7676767676767676))) & UINT64_C(0x8080808080808080);
    unsigned decimals = 0;
    if (others) {
        unsigned at = (unsigned)__builtin_ctzll(others) & ~7u;
        unsigned char mark = (unsigned char)(x >> at) ^ '0';
        if ((others & (others - 1)) || (mark != ',' && mark != '.') || at == 56) return false;
        decimals = 7 - at / 8;
        uint64_t below = (UINT64_C(1) << at) - 1;
        x = (x & below) << 8 | (x & ~(below << 8 | 0xFF));
    }
    if (decimals > scale || scale - decimals >= 8) return false;
    x = (x * 10 + (x >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
    x = (x * 100 + (x >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
    x = (x * 10000 + (x >> 32)) & UINT64_C(0xFFFFFFFF);
    int64_t value = (int64_t)x * powers[scale - decimals];
    *out = minus ? -value : value;
    return true;
}
#else
KL_INLINE bool plain_number(const char *p, uint32_t n, unsigned scale, int64_t *out) {
    (void)p, (void)n, (void)scale, (void)out;
    return false;
}
#endif

static uint64_t numbers(const kl_cells *c, unsigned scale, int64_t *out, uint64_t *known) {
    uint64_t odd = 0, empty = 0;
    const uint32_t *end = c->ends;
    for (uint32_t i = 0; i < c->rows; i++, end += c->columns) {
        uint32_t cell = *end - end[-1] - 1;
        empty |= (uint64_t)(cell == 0) << i;
        if (cell && !plain_number(cell_at(c, end), cell, scale, &out[i])) odd |= UINT64_C(1) << i;
    }
    *known = rows_of(c) & ~(odd | empty);
    return odd;
}

/* ------------------------------------------------------------------ texts */
static uint64_t texts(const kl_cells *c, kl_string *out, uint64_t *known) {
    uint64_t odd = 0, empty = 0;
    const uint32_t *end = c->ends;
    for (uint32_t i = 0; i < c->rows; i++, end += c->columns) {
        const char *p = cell_at(c, end), *stop = c->data + *end, *last = stop - (p != stop);
        out[i] = (kl_string){p, (size_t)(stop - p)};
        /* Between two separators there is no blank at the ends when both bytes are printing ASCII. */
        if (__builtin_expect((unsigned char)(p[0] - 0x21) >= 0x5E || (unsigned char)(*last - 0x21) >= 0x5E, 0))
            odd |= UINT64_C(1) << i;
        empty |= (uint64_t)(p == stop) << i;
    }
    odd &= ~empty;
    *known = rows_of(c) & ~(odd | empty);
    return odd;
}

const kl_swift KL_SWIFT_NAME = {cut, bools, codes, dates, numbers, texts};
