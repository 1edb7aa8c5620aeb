/* split.c - CSV records to cells: a quick way for plain rows (see swift.h), a careful one for quotes and ragged rows.
 * May include: the C library.
 * Start at kl_split_group(); kl_record_end() is the grammar of a record, for the feed and for the careful way alike. */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

enum { CAUTION_MOST = 64, REACH_LEAST = 16 };

bool kl_split_new(kl_split *s, uint32_t columns, char comma) {
    *s = (kl_split){.swift = kl_swift_of(kl_simd_best()), .columns = columns, .comma = comma};
    s->room = malloc(((size_t)columns * KL_ROWS_MAX + 1 + KL_SPILL) * sizeof *s->ends);
    s->starts = malloc((KL_ROWS_MAX + 1) * sizeof *s->starts);
    s->lines = malloc(KL_ROWS_MAX * sizeof *s->lines);
    s->flags = malloc(KL_ROWS_MAX);
    if (s->room) s->ends = s->room + 1;
    return s->room && s->starts && s->lines && s->flags;
}

void kl_split_free(kl_split *s) {
    free(s->room);
    free(s->starts);
    free(s->lines);
    free(s->flags);
    *s = (kl_split){0};
}

void kl_split_start(kl_split *s) {
    s->at = s->line = s->cautious = 0;
    s->caution = 1;
    s->reach = KL_ROWS_MAX;
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
static void set_line(kl_split *s, uint32_t row, uint32_t line) {
    s->lines[row] = line;
    s->lined[row / 64] |= UINT64_C(1) << (row % 64);
}

uint32_t kl_split_line(const kl_split *s, uint32_t row) {
    uint32_t w = row / 64;
    uint64_t before = s->lined[w] & (~UINT64_C(0) >> (63 - row % 64));
    while (!before) before = s->lined[--w]; /* the first row has its line */
    uint32_t from = w * 64 + 63 - (uint32_t)__builtin_clzll(before);
    return s->lines[from] + (row - from);
}

/* Whether row `row` begins where the one before it ended. */
static bool follows(const kl_split *s, uint32_t row) {
    return s->starts[row] == s->ends[(size_t)row * s->columns - 1] + 1;
}

/* How many of the first rows have no line end but their last separator. */
static uint32_t unbroken_rows(const kl_split *s, const char *data, const uint32_t *ends, uint32_t rows) {
    for (uint32_t row = 0; row < rows; row++, ends += s->columns)
        for (uint32_t c = 0; c + 1 < s->columns; c++)
            if (data[ends[c]] == '\n') return row;
    return rows;
}

/* Rows without quotes that all have `columns` cells: then the separators of the bytes, in order, are the cells' ends, and the line ends are
 * every last one of them. Stops before the first other row. Returns the rows found. */
static uint32_t quick_rows(kl_split *s, const char *data, uint32_t size, uint32_t most) {
    const uint32_t columns = s->columns;
    uint32_t *ends = s->ends + (size_t)s->rows * columns, *starts = s->starts + s->rows, found = 0;
    kl_cut cut = {data, s->at, size, s->comma, ends, ends + (size_t)most * columns};
    kl_cuts cuts = s->swift->cut(&cut);
    uint32_t full = (uint32_t)((size_t)(cuts.end - ends) / columns);
    s->high |= cuts.high;
    if (full > most) full = most;
    for (const uint32_t *e = ends + (size_t)full * columns; e < cuts.end; e++) cuts.lines -= data[*e] == '\n';
    starts[0] = s->at;
    for (const uint32_t *last = ends + columns - 1; found < full && data[*last] == '\n'; last += columns)
        starts[++found] = *last + 1;
    if (found < full || cuts.lines != full) found = unbroken_rows(s, data, ends, found);
    if (columns == 1) /* an empty line is a record there, but one to be careful about */
        for (uint32_t i = 0; i < found; i++)
            if (ends[i] == starts[i] || (ends[i] == starts[i] + 1 && data[starts[i]] == '\r')) found = i;
    if (!found) return 0;
    memset(s->flags + s->rows, 0, found);
    if (!follows(s, s->rows)) s->flags[s->rows] = KL_ROW_APART;
    set_line(s, s->rows, s->line);
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
    set_line(s, s->rows, line);
    s->flags[s->rows] =
        (uint8_t)((quoted ? KL_ROW_QUOTED : 0) | (broken ? KL_ROW_BROKEN : 0) |
                  (!broken && cells != s->columns ? KL_ROW_RAGGED : 0) | (follows(s, s->rows) ? 0 : KL_ROW_APART));
    s->rows++;
}

static uint16_t plain_words(const kl_split *s) {
    unsigned plain = 0;
    for (uint32_t row = 0; row < s->rows; row += 64) {
        uint32_t n = s->rows - row < 64 ? s->rows - row : 64;
        uint64_t w, any = 0;
        for (uint32_t i = 0; i < n; i += 8) {
            memcpy(&w, s->flags + row + i, sizeof w);
            any |= w;
        }
        plain |= (unsigned)(any == 0) << (row / 64);
    }
    return (uint16_t)plain;
}

void kl_split_group(kl_split *s, const char *data, uint32_t size) {
    s->rows = 0;
    s->high = false;
    s->ends[-1] = s->at - 1;
    memset(s->lined, 0, sizeof s->lined);
    while (s->at < size && s->rows < KL_ROWS_MAX) {
        if (s->cautious || s->careful) {
            s->cautious -= s->cautious > 0;
            s->high = true;
            careful_row(s, data, size);
            continue;
        }
        uint32_t most = KL_ROWS_MAX - s->rows < s->reach ? KL_ROWS_MAX - s->rows : s->reach;
        uint32_t found = quick_rows(s, data, size, most);
        s->rows += found;
        if (found == most) {
            s->reach = s->reach * 2 < KL_ROWS_MAX ? s->reach * 2 : KL_ROWS_MAX;
            continue;
        }
        s->reach = found < REACH_LEAST ? REACH_LEAST : found;
        s->caution = found >= REACH_LEAST ? 1 : s->caution * 2 < CAUTION_MOST ? s->caution * 2 : CAUTION_MOST;
        s->cautious = s->caution;
    }
    s->starts[s->rows] = s->at;
    if (s->rows % 8) memset(s->flags + s->rows, 0, 8 - s->rows % 8);
    s->plain = s->careful ? 0 : plain_words(s);
}
