/* split.c - CSV records to cells: a quick way for plain rows (block masks, no branch on the data), a careful one for quotes and ragged rows.
 * May include: the C library, and emmintrin.h where the compiler targets SSE2.
 * Start at kl_split_group(); kl_record_end() is the grammar of a record, for the feed and for the careful way alike. */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { CAUTIOUS_ROWS = 64 };

#ifdef __SSE2__
static inline uint64_t sixteen(const char *p, __m128i wanted) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, wanted));
}

static inline uint64_t block_mask(const char *block, char wanted) {
    __m128i w = _mm_set1_epi8(wanted);
    return sixteen(block, w) | sixteen(block + 16, w) << 16 | sixteen(block + 32, w) << 32 |
           sixteen(block + 48, w) << 48;
}
#else
static inline uint64_t block_mask(const char *block, char wanted) {
    const uint64_t ones = UINT64_C(0x0101010101010101), low7 = ones * 0x7F;
    uint64_t mask = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t v;
        memcpy(&v, block + 8 * i, 8);
        v ^= ones * (unsigned char)wanted;
        uint64_t zero = ~(((v & low7) + low7) | v | low7); /* the high bit of each byte that is equal */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        zero = __builtin_bswap64(zero);
#endif
        mask |= ((zero >> 7) * UINT64_C(0x0102040810204080) >> 56) << (8 * i);
    }
    return mask;
}
#endif

uint64_t kl_block_mask(const char *block, char wanted) {
    return block_mask(block, wanted);
}

bool kl_split_new(kl_split *s, uint32_t columns, char comma) {
    *s = (kl_split){.columns = columns, .comma = comma};
    s->ends = malloc((size_t)columns * KL_ROWS_MAX * sizeof *s->ends);
    s->starts = malloc((KL_ROWS_MAX + 1) * sizeof *s->starts);
    s->lines = malloc(KL_ROWS_MAX * sizeof *s->lines);
    s->flags = malloc(KL_ROWS_MAX);
    return s->ends && s->starts && s->lines && s->flags;
}

void kl_split_free(kl_split *s) {
    free(s->ends);
    free(s->starts);
    free(s->lines);
    free(s->flags);
    *s = (kl_split){0};
}

/* ------------------------------------------------------------------ the grammar of a record */
static size_t first_line_end(const char *data, size_t size, size_t at, bool final) {
    const char *nl = memchr(data + at, '\n', size - at);
    return nl ? (size_t)(nl - data) : final ? size : SIZE_MAX;
}

/* Steps past a quoted cell that opens at `at`. Returns the offset after its closing quote, SIZE_MAX when it does not close here. */
static size_t quoted_end(const char *data, size_t size, size_t at) {
    for (size_t p = at + 1; p < size;) {
        const char *q = memchr(data + p, '"', size - p);
        if (!q) break;
        p = (size_t)(q - data) + 1;
        if (p >= size || data[p] != '"') return p;
        p++;
    }
    return SIZE_MAX;
}

typedef enum after_quote { NEXT_CELL, LINE_END, WRONG, MORE_WANTED } after_quote;

static after_quote what_follows(const char *data, size_t size, size_t *p, char comma, bool final) {
    if (*p == size) return final ? LINE_END : MORE_WANTED;
    if (data[*p] == comma) return NEXT_CELL;
    if (data[*p] == '\n') return LINE_END;
    if (data[*p] != '\r') return WRONG;
    if (*p + 1 == size) {
        if (!final) return MORE_WANTED;
        ++*p;
        return LINE_END;
    }
    if (data[*p + 1] != '\n') return WRONG;
    ++*p;
    return LINE_END;
}

/* Walks one record. Each cell's end goes to ends[0..columns), the number of cells to *cells; `ends` may be NULL. */
static size_t walk(const char *data, size_t size, size_t at, char comma, bool final, bool *broken, uint32_t *ends,
                   uint32_t columns, uint32_t *cells, bool *quoted) {
    uint32_t n = 0;
    size_t p = at;
    for (;;) {
        bool line_end;
        if (p < size && data[p] == '"') {
            *quoted = true;
            size_t q = quoted_end(data, size, p);
            if (q == SIZE_MAX && !final) return SIZE_MAX;
            after_quote next = q == SIZE_MAX ? WRONG : what_follows(data, size, &q, comma, final);
            if (next == MORE_WANTED) return SIZE_MAX;
            if (next == WRONG) {
                *broken = true;
                *cells = n;
                return first_line_end(data, size, at, final);
            }
            p = q;
            line_end = next == LINE_END;
        } else {
            while (p < size && data[p] != comma && data[p] != '\n') p++;
            if (p == size && !final) return SIZE_MAX;
            line_end = p == size || data[p] == '\n';
        }
        if (ends && n < columns) ends[n] = (uint32_t)p;
        n++;
        if (line_end) {
            *cells = n;
            return p;
        }
        p++;
    }
}

size_t kl_record_end(const char *data, size_t size, size_t at, char comma, bool final, bool *broken) {
    uint32_t cells = 0;
    bool quoted = false;
    *broken = false;
    return walk(data, size, at, comma, final, broken, NULL, 0, &cells, &quoted);
}

/* ------------------------------------------------------------------ the quick way */
/* Rows without quotes that all have `columns` cells: then the separators of the bytes, in order, are the cells' ends, and the line ends are
 * every last one of them. Stops before the first other row. Returns the rows found. */
static uint32_t quick_rows(kl_split *s, const char *data, uint32_t size, uint32_t most) {
    uint32_t *ends = s->ends + (size_t)s->rows * s->columns, *out = ends;
    const uint32_t *stop = ends + (size_t)most * s->columns;
    uint32_t *starts = s->starts + s->rows, lines = 0;
    char comma = s->comma;
    starts[0] = s->at;
    for (uint32_t at = s->at; at < size && out < stop; at += 64) {
        uint64_t keep = size - at >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (size - at)) - 1;
        uint64_t quotes = block_mask(data + at, '"') & keep;
        if (quotes) keep = (quotes & (0 - quotes)) - 1;
        uint64_t line_ends = block_mask(data + at, '\n') & keep,
                 mask = (block_mask(data + at, comma) & keep) | line_ends;
        for (; line_ends && lines < most; line_ends &= line_ends - 1)
            starts[++lines] = at + (uint32_t)__builtin_ctzll(line_ends) + 1;
        for (; mask && out < stop; mask &= mask - 1) *out++ = at + (uint32_t)__builtin_ctzll(mask);
        if (quotes) break;
    }
    uint32_t found = 0, full = (uint32_t)((size_t)(out - ends) / s->columns);
    if (lines < full) full = lines;
    for (const uint32_t *last = ends + s->columns - 1; found < full; found++, last += s->columns) {
        uint32_t start = starts[found];
        if (*last + 1 != starts[found + 1]) break;
        if (s->columns == 1 && (*last == start || (*last == start + 1 && data[start] == '\r'))) break;
        s->lines[s->rows + found] = s->line + found;
    }
    memset(s->flags + s->rows, 0, found);
    s->line += found;
    s->at = starts[found];
    return found;
}

/* ------------------------------------------------------------------ the careful way */
static void careful_row(kl_split *s, const char *data, uint32_t size) {
    uint32_t *ends = s->ends + (size_t)s->rows * s->columns, cells = 0;
    bool broken = false, quoted = false;
    uint32_t start = s->at;
    size_t end = walk(data, size, start, s->comma, true, &broken, ends, s->columns, &cells, &quoted);
    uint32_t after = (uint32_t)(end < size ? end + 1 : end), line = s->line;
    s->at = after;
    for (const char *p = data + start; (p = memchr(p, '\n', (size_t)(data + after - p))) != NULL; p++) s->line++;
    if (end == size) s->line++;
    bool blank = end == start || (end == start + 1 && data[start] == '\r');
    if (blank && s->columns > 1) return; /* an empty line is no record */
    for (uint32_t c = cells; c < s->columns; c++) ends[c] = (uint32_t)end;
    s->starts[s->rows] = start;
    s->lines[s->rows] = line;
    s->flags[s->rows] = (uint8_t)((quoted ? KL_ROW_QUOTED : 0) | (broken ? KL_ROW_BROKEN : 0) |
                                  (!broken && cells != s->columns ? KL_ROW_RAGGED : 0));
    s->rows++;
}

void kl_split_group(kl_split *s, const char *data, uint32_t size) {
    s->rows = 0;
    while (s->at < size && s->rows < KL_ROWS_MAX) {
        if (!s->cautious) {
            uint32_t found = quick_rows(s, data, size, KL_ROWS_MAX - s->rows);
            s->rows += found;
            s->cautious = CAUTIOUS_ROWS;
            if (s->rows == KL_ROWS_MAX) s->cautious = 0;
            continue;
        }
        s->cautious--;
        careful_row(s, data, size);
    }
    s->starts[s->rows] = s->at;
}
