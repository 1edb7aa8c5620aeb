/* feed.c - bytes to chunks of whole records: encoding, byte order mark, the CSV header and its separator, where a chunk may be cut.
 * May include: the C library.
 * Start at kl_feed_next(). */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

enum { READ_BYTES = 1 << 16 };

struct kl_feed {
    kl_origin origin;
    kl_input_form form;
    bool latin1, count_records, begun, ended, skipping;
    kl_bytes raw;   /* Latin-1 as read */
    kl_bytes carry; /* what comes after the last chunk */
    uint64_t number, line, record;
    char comma;
    uint32_t columns;
    kl_string *names;
    kl_pool strings;
};

kl_feed *kl_feed_new(kl_origin origin, kl_input_form form, bool latin1, bool count_records) {
    kl_feed *f = calloc(1, sizeof *f);
    if (!f) return NULL;
    f->origin = origin;
    f->form = form;
    f->latin1 = latin1;
    f->count_records = count_records;
    f->line = f->record = 1;
    f->comma = ',';
    return f;
}

void kl_feed_free(kl_feed *f) {
    if (!f) return;
    kl_bytes_free(&f->raw);
    kl_bytes_free(&f->carry);
    kl_pool_free(&f->strings);
    free(f->names);
    free(f);
}

uint32_t kl_feed_columns(const kl_feed *f) {
    return f->columns;
}
kl_string kl_feed_column(const kl_feed *f, uint32_t column) {
    return f->names[column];
}
char kl_feed_separator(const kl_feed *f) {
    return f->comma;
}
kl_input_form kl_feed_form(const kl_feed *f) {
    return f->form;
}

/* ------------------------------------------------------------------ reading */
/* What Windows-1252 has at 80..9F; Latin-1 proper has control characters there, which no export means. */
static const uint16_t upper[32] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                   0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                   0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

static void add_latin1(kl_bytes *b, const char *data, size_t size) {
    if (!kl_bytes_room(b, size * 3)) return;
    char *out = b->data + b->size;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c < 0x80) {
            *out++ = (char)c;
            continue;
        }
        unsigned u = c < 0xA0 ? upper[c - 0x80] : c;
        if (u < 0x800) {
            *out++ = (char)(0xC0 | u >> 6);
        } else {
            *out++ = (char)(0xE0 | u >> 12);
            *out++ = (char)(0x80 | (u >> 6 & 0x3F));
        }
        *out++ = (char)(0x80 | (u & 0x3F));
    }
    b->size = (size_t)(out - b->data);
}

static kl_feed_state read_more(kl_feed *f, kl_bytes *into, size_t most) {
    kl_bytes *to = f->latin1 ? &f->raw : into;
    if (f->latin1) to->size = 0;
    if (!kl_bytes_room(to, most + KL_SLACK)) return KL_FEED_MEMORY;
    ptrdiff_t n = f->origin.read(f->origin.self, to->data + to->size, most);
    if (n < 0) return KL_FEED_TROUBLE;
    if (n == 0) f->ended = true;
    if (n > 0 && f->origin.seen) f->origin.seen(f->origin.self, to->data + to->size, (size_t)n);
    if (f->latin1)
        add_latin1(into, to->data, (size_t)n);
    else
        into->size += (size_t)n;
    return into->failed ? KL_FEED_MEMORY : KL_FEED_OK;
}

/* The first bytes: a byte order mark is stepped over (and outweighs latin1), UTF-16 is refused. */
static kl_feed_state begin(kl_feed *f) {
    bool latin1 = f->latin1;
    f->begun = true;
    f->latin1 = false;
    while (!f->ended && f->carry.size < 4) {
        kl_feed_state state = read_more(f, &f->carry, READ_BYTES);
        if (state) return state;
    }
    const char *p = f->carry.data;
    size_t n = f->carry.size;
    if (n >= 2 && (memcmp(p, "\xFF\xFE", 2) == 0 || memcmp(p, "\xFE\xFF", 2) == 0)) return KL_FEED_UTF16;
    if (n >= 4 && ((!p[0] && p[1] && !p[2] && p[3]) || (p[0] && !p[1] && p[2] && !p[3]))) return KL_FEED_UTF16;
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        memmove(f->carry.data, f->carry.data + 3, n - 3);
        f->carry.size -= 3;
        return KL_FEED_OK;
    }
    f->latin1 = latin1;
    if (!latin1) return KL_FEED_OK;
    kl_bytes raw = f->carry;
    f->carry = (kl_bytes){0};
    add_latin1(&f->carry, raw.data, raw.size);
    kl_bytes_free(&raw);
    return f->carry.failed ? KL_FEED_MEMORY : KL_FEED_OK;
}

static void drop(kl_bytes *b, size_t size) {
    if (size) memmove(b->data, b->data + size, b->size - size);
    b->size -= size;
}

/* ------------------------------------------------------------------ the CSV header */
static size_t blank_lines(const kl_bytes *b) {
    size_t n = 0;
    while (n < b->size && (b->data[n] == '\n' || (b->data[n] == '\r' && n + 1 < b->size && b->data[n + 1] == '\n')))
        n++;
    return n;
}

static bool is_blank(const char *data, size_t start, size_t end) {
    return start == end || (end == start + 1 && data[start] == '\r');
}

/* The header's cells under one separator; counts those that some schema knows. */
static uint32_t header_cells(kl_feed *f, char comma, size_t end, const kl_schema *const *schemas, size_t count,
                             kl_string *names, uint32_t *known) {
    uint32_t cells = 0;
    *known = 0;
    for (size_t at = 0;; at++) {
        bool quoted = at < end && f->carry.data[at] == '"', inside = quoted;
        size_t start = at;
        if (quoted) at++;
        for (; at < end && (inside || f->carry.data[at] != comma); at++)
            if (f->carry.data[at] == '"') inside = !inside && quoted;
        if (names) names[cells] = kl_composed(&f->strings, kl_cell_text(&f->strings, f->carry.data, start, at, quoted));
        for (size_t s = 0; names && s < count; s++)
            if (kl_schema_find(schemas[s], names[cells], KL_INDEX_NONE) != KL_INDEX_NONE) {
                ++*known;
                break;
            }
        cells++;
        if (at >= end) return cells;
    }
}

static kl_feed_state choose(kl_feed *f, const kl_schema *const *schemas, size_t count, char forced) {
    static const char commas[] = {';', ',', '\t'};
    uint32_t best_known = 0, best_cells = 0;
    size_t best_end = SIZE_MAX;
    for (size_t i = 0; i < sizeof commas; i++) {
        if (forced && commas[i] != forced) continue;
        bool broken;
        size_t end = kl_record_end(f->carry.data, f->carry.size, 0, commas[i], true, &broken);
        if (broken) continue;
        uint32_t known, cells = header_cells(f, commas[i], end, schemas, count, NULL, &known);
        kl_string *names = calloc(cells, sizeof *names);
        if (!names) return KL_FEED_MEMORY;
        header_cells(f, commas[i], end, schemas, count, names, &known);
        if (best_end != SIZE_MAX && (known < best_known || (known == best_known && cells <= best_cells))) {
            free(names);
            continue;
        }
        free(f->names);
        f->names = names;
        f->columns = best_cells = cells;
        f->comma = commas[i];
        best_known = known;
        best_end = end;
    }
    if (best_end == SIZE_MAX) return KL_FEED_HEADER;
    size_t after = best_end < f->carry.size ? best_end + 1 : best_end;
    if (!kl_utf8_ok(f->carry.data, best_end)) return KL_FEED_HEADER_UTF8;
    /* Names are views into the header or the pool: keep the header's bytes. */
    char *copy = kl_pool_take(&f->strings, after + 1);
    if (!copy) return KL_FEED_MEMORY;
    memcpy(copy, f->carry.data, after);
    for (uint32_t c = 0; c < f->columns; c++)
        if (f->names[c].data >= f->carry.data && f->names[c].data < f->carry.data + f->carry.size)
            f->names[c].data = copy + (f->names[c].data - f->carry.data);
    for (size_t i = 0; i < after; i++) f->line += f->carry.data[i] == '\n';
    drop(&f->carry, after);
    return KL_FEED_OK;
}

kl_feed_state kl_feed_header(kl_feed *f, const kl_schema *const *schemas, size_t count) {
    kl_feed_state state = begin(f);
    if (state) return state;
    for (;;) { /* until the first record is whole under every separator, or stays broken */
        size_t blank = blank_lines(&f->carry);
        for (size_t i = 0; i < blank; i++) f->line += f->carry.data[i] == '\n';
        drop(&f->carry, blank);
        bool broken, whole = f->carry.size > 0;
        for (size_t i = 0; whole && i < 3; i++)
            whole = kl_record_end(f->carry.data, f->carry.size, 0, ";,\t"[i], false, &broken) != SIZE_MAX;
        if (whole || f->ended || f->carry.size >= KL_RECORD_BYTES) break;
        if ((state = read_more(f, &f->carry, READ_BYTES)) != KL_FEED_OK) return state;
    }
    if (!f->carry.size) return KL_FEED_EMPTY;
    char forced = 0; /* a first line such as sep=; which some spreadsheets write */
    const char *p = f->carry.data;
    if (f->carry.size > 5 && memcmp(p, "sep=", 4) == 0 &&
        (p[5] == '\n' || (p[5] == '\r' && f->carry.size > 6 && p[6] == '\n'))) {
        if (p[4] == ';' || p[4] == ',' || p[4] == '\t') forced = p[4];
        drop(&f->carry, p[5] == '\n' ? 6 : 7);
        f->line++;
        while (!f->ended && !memchr(f->carry.data, '\n', f->carry.size) && f->carry.size < KL_RECORD_BYTES)
            if ((state = read_more(f, &f->carry, READ_BYTES)) != KL_FEED_OK) return state;
        if (!f->carry.size) return KL_FEED_EMPTY;
    }
    const char *cr = memchr(f->carry.data, '\r', f->carry.size);
    if (cr && !memchr(f->carry.data, '\n', f->carry.size) && cr + 1 < f->carry.data + f->carry.size) return KL_FEED_CR;
    return choose(f, schemas, count, forced);
}

/* ------------------------------------------------------------------ chunks */
/* Offset after the last whole record, 0 when there is none. */
static size_t cut_csv(const kl_feed *f, const char *data, size_t size) {
    size_t at = 0;
    for (;;) {
        const char *quote = memchr(data + at, '"', size - at);
        const char *limit = quote ? quote : data + size;
        const char *line = limit;
        while (line > data + at && line[-1] != '\n')
            line--; /* the line the quote stands on, or the last, unfinished one */
        if (!quote) return (size_t)(line - data);
        bool broken;
        size_t start = (size_t)(line - data), end = kl_record_end(data, size, start, f->comma, false, &broken);
        if (end == SIZE_MAX) return start;
        at = end + 1;
        if (at >= size) return size;
    }
}

static size_t cut_lines(const char *data, size_t size) {
    while (size && data[size - 1] != '\n') size--;
    return size;
}

static size_t cut_whole(const kl_feed *f, const char *data, size_t size) {
    return f->form == KL_INPUT_CSV ? cut_csv(f, data, size) : cut_lines(data, size);
}

/* Offset after the first record of the input's last bytes; one whose quotes are wrong ends with its line. */
static size_t cut_first(const kl_feed *f, const kl_bytes *b) {
    bool broken;
    size_t end = kl_record_end(b->data, b->size, 0, f->comma, true, &broken);
    return end < b->size ? end + 1 : b->size;
}

/* A record longer than the limit: its first line when that has an end, else its beginning, and the rest of the line is skipped. */
static size_t cut_long(kl_feed *f, kl_chunk *chunk) {
    const char *nl = memchr(chunk->bytes.data, '\n', chunk->bytes.size);
    if (nl) return (size_t)(nl - chunk->bytes.data) + 1;
    chunk->overlong = true;
    f->skipping = true;
    return chunk->bytes.size;
}

static uint64_t count_lines(const char *data, size_t size) {
    uint64_t n = 0;
    const char *end = data + size;
    for (const char *p = data; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) n++;
    return n;
}

static bool blank_line(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r') return false;
    return true;
}

static uint64_t count_all(const kl_feed *f, const char *data, size_t size) {
    uint64_t n = 0;
    for (size_t at = 0; at < size;) {
        bool broken;
        const char *nl = memchr(data + at, '\n', size - at);
        size_t end = f->form == KL_INPUT_CSV ? kl_record_end(data, size, at, f->comma, true, &broken)
                     : nl                    ? (size_t)(nl - data)
                                             : size;
        n += f->form == KL_INPUT_CSV ? !(f->columns > 1 && is_blank(data, at, end)) : !blank_line(data + at, end - at);
        at = end + 1;
    }
    return n;
}

static kl_feed_state skip_line(kl_feed *f) {
    for (;;) {
        const char *nl = f->carry.size ? memchr(f->carry.data, '\n', f->carry.size) : NULL;
        if (nl) {
            drop(&f->carry, (size_t)(nl - f->carry.data) + 1);
            f->line++;
            break;
        }
        f->carry.size = 0;
        if (f->ended) break;
        kl_feed_state state = read_more(f, &f->carry, READ_BYTES);
        if (state) return state;
    }
    f->skipping = false;
    return KL_FEED_OK;
}

/* Reads until there is a whole record and enough of them, or an end, or nothing more to be had at once. *cut: offset after the last whole record. */
static kl_feed_state gather(kl_feed *f, kl_chunk *chunk, size_t *cut) {
    kl_bytes *b = &chunk->bytes;
    size_t usual = chunk->wanted ? chunk->wanted : KL_CHUNK_BYTES, wanted = usual,
           looked = 0; /* looked: bytes that are known to hold no whole record */
    for (;;) {
        bool idle = b->size > looked && f->origin.waits && f->origin.waits(f->origin.self);
        if (!f->ended && b->size < wanted && !idle) {
            kl_feed_state state = read_more(f, b, wanted - b->size > READ_BYTES ? wanted - b->size : READ_BYTES);
            if (state) return state;
            continue;
        }
        bool much = b->size > 2 * usual; /* what a long record left behind goes out in the usual pieces */
        if (much && (*cut = cut_whole(f, b->data, usual)) != 0) return KL_FEED_OK;
        *cut = b->size;
        if (f->ended && b->size <= KL_RECORD_BYTES) {
            if (much && f->form == KL_INPUT_CSV) *cut = cut_first(f, b);
            return KL_FEED_OK;
        }
        bool line = memchr(b->data + looked, '\n', b->size - looked) != NULL;
        *cut = line ? cut_whole(f, b->data, b->size) : 0;
        if (*cut) return KL_FEED_OK;
        looked = b->size;
        if (b->size >= KL_RECORD_BYTES || f->ended) {
            *cut = cut_long(f, chunk);
            return KL_FEED_OK;
        }
        if (b->size >= wanted) wanted *= 2;
    }
}

kl_feed_state kl_feed_next(kl_feed *f, kl_chunk *chunk) {
    kl_feed_state state = f->begun ? KL_FEED_OK : begin(f);
    if (!state && f->skipping) state = skip_line(f);
    if (state) return state;
    kl_bytes *b = &chunk->bytes;
    b->size = 0;
    chunk->overlong = false;
    kl_bytes_add(b, f->carry.data, f->carry.size);
    f->carry.size = 0;
    size_t cut = 0;
    state = gather(f, chunk, &cut);
    if (state) return state;
    kl_bytes_add(&f->carry, b->data + cut, b->size - cut);
    b->size = cut;
    if (!kl_bytes_room(b, KL_SLACK) || f->carry.failed) return KL_FEED_MEMORY;
    memset(b->data + b->size, 0, KL_SLACK);
    if (!cut) return KL_FEED_END;
    chunk->number = f->number++;
    chunk->line = f->line;
    chunk->record = f->record;
    if (!chunk->uncounted) f->line += count_lines(b->data, b->size);
    if (f->count_records) f->record += chunk->overlong ? 1 : count_all(f, b->data, b->size);
    return KL_FEED_OK;
}
