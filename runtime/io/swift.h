/* swift.h - the loops that touch every byte and every cell of a plain CSV chunk, one set of them for each kind of vector instructions.
 * May include: runtime/io/io.h. Not installed. They compare cells with what the careful way has read before; of values they know short numbers and plain dates.
 * Start at kl_swift_of(); swift.c is the plain C set, swift.inc what all sets share. */
#ifndef KL_RUNTIME_IO_SWIFT_H
#define KL_RUNTIME_IO_SWIFT_H

#include "runtime/io/io.h"

enum {
    KL_SLACK = 64,          /* bytes that may be read past the end of a chunk */
    KL_SPILL = 72,          /* entries that a kernel may write past the last wanted one */
    KL_MONTHS_BITS = 8,     /* months kept by a column of dates */
    KL_CODE_NONE = 65535,   /* what an empty cell has in a column of codes */
    KL_CODE_UNLIKE = 65534, /* no code: what a cell has that is like none of few */
    KL_CODES_FEW = 16
};

typedef struct kl_cut { /* where separators stand: from `at` to the first quote, the end, or until there are enough */
    const char *data;
    uint32_t at, size;
    char comma;
    uint32_t *ends, *stop;
} kl_cut;
typedef struct kl_cuts {
    uint32_t *end;  /* of what was written to ends */
    uint32_t lines; /* how many of them are line ends */
    bool high;      /* some byte that was looked at is not ASCII */
} kl_cuts;

/* One column of up to 64 plain rows: cell i lies between ends[i * columns - 1] and ends[i * columns], offsets of separators. */
typedef struct kl_cells {
    const char *data;
    const uint32_t *ends;
    size_t columns;
    uint32_t rows;
} kl_cells;

/* A cell with the separator after it, as first read; no cell differs from it only where `mask` is 0. */
typedef struct kl_word {
    uint64_t text, mask;
} kl_word;
enum { KL_WORD_NO, KL_WORD_YES, KL_WORD_NOTHING, KL_WORD_COUNT };
typedef struct kl_bools { /* a column of yes and no, and what is found of 64 rows */
    const kl_word *words;
    uint32_t column;
    uint64_t yes, known, odd;
} kl_bools;

typedef struct kl_code {
    uint64_t text[4], mask[4];
    uint64_t code;
} kl_code;
typedef struct kl_codes { /* the codes of a value set as they stand in one column; at most one in each slot */
    uint16_t *slots;      /* to codes; 0: a code that no cell equals */
    kl_code *codes;
    uint32_t count;
    unsigned shift;
    uint64_t factor;
    bool brief; /* every code fits one word with its separator */
} kl_codes;

typedef struct kl_month { /* "2023-09-" or "202309" */
    uint64_t text;
    int32_t before;  /* the day before its first */
    uint32_t length; /* days; 0: none such */
} kl_month;
typedef struct kl_months {
    uint32_t size; /* of a date: 10 or 8 */
    uint64_t mask; /* of its month's bytes */
    kl_month at[1 << KL_MONTHS_BITS];
} kl_months;

/* Lines that were written before, but for the key that each begins with. */
enum { KL_PIECE = 128 }; /* so much of a line is copied at once: there are as many bytes to spare after each */
typedef struct kl_line {
    uint32_t tail, size; /* what follows the key, in text */
    uint64_t count;      /* how often it was written */
} kl_line;
typedef struct kl_lines {
    const kl_string *keys; /* of each row */
    const uint32_t *like;  /* the line of each, counted from 1; 0: none */
    kl_line *lines;
    const char *text;
    char comma;
} kl_lines;

/* Each tells (odd, or what it returns) a bit for every row whose cell it does not know: that one is for the careful way, its known bit is 0. */
typedef struct kl_swift {
    kl_cuts (*cut)(const kl_cut *c);
    void (*bools)(const kl_cells *first, kl_bools *list, size_t count); /* first: cells of the record's first column */
    uint64_t (*codes)(const kl_cells *c, const kl_codes *codes, uint16_t *out, uint64_t *known);
    uint64_t (*dates)(const kl_cells *c, const kl_months *months, int64_t *out, uint64_t *known);
    uint64_t (*numbers)(const kl_cells *c, unsigned scale, int64_t *out, uint64_t *known);
    uint64_t (*texts)(const kl_cells *c, kl_string *out, uint64_t *known);
    /* Writes rows from `row` on, where there is room for more than them; stops at the first for the careful way: like no line, or with a key
     * that may want quotes. Returns that row. NULL: it has no loop for that. */
    uint32_t (*lines)(const kl_lines *l, uint32_t row, uint32_t rows, char **to, const char *end);
} kl_swift;

const kl_swift *kl_swift_of(kl_simd v); /* of the best there is, where this one cannot be had */

/* What kernels and the makers of their tables agree on. */
#define KL_MONTH_FACTOR UINT64_C(0x9E3779B97F4A7C15)
static inline uint64_t kl_first_bytes(uint64_t word, uint32_t n) { /* the others 0; n from 8: all of them */
    if (n >= 8) return word;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return word & ((UINT64_C(1) << (8 * n)) - 1);
#else
    return word & ~(~UINT64_C(0) >> (8 * n));
#endif
}
static inline size_t kl_month_slot(uint64_t text) {
    return (size_t)((text * KL_MONTH_FACTOR) >> (64 - KL_MONTHS_BITS));
}
static inline size_t kl_code_slot(const kl_codes *t, uint64_t first) {
    return (size_t)((first * t->factor) >> t->shift);
}

extern const kl_swift kl_swift_portable;
#if defined(__x86_64__)
extern const kl_swift kl_swift_sse2, kl_swift_avx2, kl_swift_avx512;
#elif defined(__aarch64__)
extern const kl_swift kl_swift_neon;
#endif

#endif
