/* variants.c - the same CSV through every set of vector instructions and through the careful way alone gives the same records and rejections.
 * May include: the io room with its inside, cmocka.
 * Start at agree(): one random input; a seed on the command line repeats it. */
#include "tests/io/source.h"

#include "runtime/io/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = 1500, COLUMNS_MOST = 70 };

static uint64_t state;
static uint32_t below(uint32_t n) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)(state >> 33) % n;
}

/* ------------------------------------------------------------------ a random input */
static const char *const headings[] = {"kontakt_id", "kontaktdatum", "form", "mode", "planerad", "planned", "avgift",
                                       "poäng",      "minuter",      "kva",  "nivå", "level",    "enhet",   "x"};
static const char *const cells[] = {"true",
                                    "false",
                                    "",
                                    "ja",
                                    "nej",
                                    "1",
                                    "0",
                                    "J",
                                    "TRUE",
                                    "sant",
                                    "falskt",
                                    "",
                                    " ja",
                                    "nej ",
                                    "kanske",
                                    "tru",
                                    "trues",
                                    "2023-09-01",
                                    "2024-02-29",
                                    "20230901",
                                    "2023-02-29",
                                    "2023-13-01",
                                    "2023-9-1",
                                    "2023-09-31",
                                    "2023-09-0x",
                                    "0000-01-01",
                                    "telefon",
                                    "phone",
                                    "video",
                                    "Videolänk",
                                    "SMS & chatt",
                                    "telefonx",
                                    "fax",
                                    "skriftlig",
                                    "100",
                                    "12,5",
                                    "12.50",
                                    "-3",
                                    "−4",
                                    "1 000",
                                    "1000000",
                                    "123456789",
                                    "0,005",
                                    "5.",
                                    ".5",
                                    "-",
                                    "ZV051",
                                    "ZV051 XS003",
                                    "inga",
                                    "\xC2\xA0ja",
                                    "å",
                                    "a\xCC\x8A",
                                    "e\"f",
                                    "\xE5",
                                    "SMS & chatt och mer än trettiotvå tecken",
                                    "\r",
                                    "ja\r",
                                    "a\xCC\x8A-b",
                                    "2023-09-0:",
                                    "2023-09-2/",
                                    "L",
                                    "oklara",
                                    "oklarade",
                                    "A,B",
                                    "A;B"};
enum { CELLS = sizeof cells / sizeof *cells, HEADINGS = sizeof headings / sizeof *headings };

typedef struct shape {
    uint32_t columns, rows, odd; /* odd: of a thousand cells, how many may be anything */
    char comma;
    bool crlf, quotes, ragged;
    uint32_t column[COLUMNS_MOST]; /* what is in it: 0 anything, else a habit */
} shape;

static const char *usual(const shape *s, uint32_t column) {
    static const char *const habits[][4] = {{"true", "false", "true", ""},
                                            {"ja", "nej", "", "nej"},
                                            {"1", "0", "0", ""},
                                            {"2023-09-01", "2022-12-31", "2024-02-29", ""},
                                            {"20230901", "20221231", "20240229", "20240301"},
                                            {"telefon", "video", "skriftlig", ""},
                                            {"phone", "SMS & chatt", "Videolänk", "telefon"},
                                            {"100", "12,5", "-7", ""},
                                            {"A", "enhet 7", "B-12345678901", "12"},
                                            {"låg", "H", "oklarad", ""}};
    static char date[16];
    uint32_t habit = s->column[column];
    if (habit == 4 && below(2)) { /* most of them real */
        unsigned year = below(4) ? 1895 + below(120) : below(10000);
        (void)snprintf(date, sizeof date, "%04u-%02u-%02u", year, below(13 + !below(50)), below(29 + below(4)));
        return date;
    }
    return habit ? habits[habit - 1][below(4)] : cells[below(CELLS)];
}

static bool unmarked; /* no combining marks: what composes them is not there on every machine */

static void add_cell(kl_bytes *b, const shape *s, uint32_t column) {
    const char *text = below(1000) < s->odd ? cells[below(CELLS)] : usual(s, column);
    if (unmarked && strchr(text, '\xCC')) text = "";
    bool clash = strchr(text, s->comma) || (!s->quotes && strchr(text, '"'));
    if (s->quotes && (below(20) == 0 || (clash && below(10)))) {
        kl_bytes_char(b, '"');
        for (; *text; text++) {
            if (*text == '"' && below(10)) kl_bytes_char(b, '"');
            kl_bytes_char(b, *text);
        }
        if (below(8) == 0) kl_bytes_char(b, '\n');
        if (below(50)) kl_bytes_char(b, '"');
        return;
    }
    if (!clash || s->ragged) kl_bytes_text(b, text);
    if (below(1000) < s->odd / 8) kl_bytes_char(b, '\0');
}

static void make(kl_bytes *b) {
    shape s = {.columns = 1 + below(below(4) ? 20 : COLUMNS_MOST),
               .rows = below(8) ? below(400) : below(3000),
               .odd = below(3) ? below(30) : below(1000),
               .comma = ";,\t"[below(3)],
               .crlf = below(3) == 0,
               .quotes = below(3) == 0,
               .ragged = below(3) == 0};
    if (s.columns > 30) s.rows %= 300;
    b->size = 0;
    uint32_t order[HEADINGS];
    for (uint32_t i = 0; i < HEADINGS; i++) {
        uint32_t at = below(i + 1);
        order[i] = order[at];
        order[at] = i;
    }
    for (uint32_t c = 0; c < s.columns; c++) {
        static const uint32_t habit_of[][2] = {{9, 8}, {4, 5}, {6, 7}, {6, 7},   {1, 2},  {3, 1}, {8, 8},
                                               {8, 8}, {8, 3}, {0, 0}, {10, 10}, {10, 3}, {9, 9}, {0, 9}};
        uint32_t k = below(20) == 0 ? below(HEADINGS) : c < HEADINGS ? order[c] : HEADINGS - 1;
        s.column[c] = habit_of[k][below(2)];
        if (c) kl_bytes_char(b, s.comma);
        kl_bytes_text(b, headings[k]);
    }
    kl_bytes_text(b, s.crlf ? "\r\n" : "\n");
    for (uint32_t r = 0; r < s.rows; r++) {
        uint32_t n = s.columns;
        if (s.ragged && below(40) == 0) n = below(s.columns + 3);
        if (s.ragged && below(60) == 0) kl_bytes_text(b, s.crlf ? "\r\n" : "\n");
        for (uint32_t c = 0; c < n; c++) {
            if (c) kl_bytes_char(b, s.comma);
            add_cell(b, &s, c < s.columns ? c : 0);
        }
        if (r + 1 < s.rows || below(2)) kl_bytes_text(b, s.crlf && below(200) ? "\r\n" : "\n");
    }
    assert_false(b->failed);
}

/* ------------------------------------------------------------------ what a reading of it says */
static void mix(uint64_t *h, const void *data, size_t size) {
    for (size_t i = 0; i < size; i++) *h = (*h ^ ((const unsigned char *)data)[i]) * UINT64_C(0x100000001b3);
}
static void mix_number(uint64_t *h, int64_t n) {
    mix(h, &n, sizeof n);
}
static void mix_string(uint64_t *h, kl_string s) {
    mix_number(h, (int64_t)s.size);
    mix(h, s.data, s.size);
}

static void mix_values(uint64_t *h, const kl_intake *in, uint32_t i) {
    for (uint32_t f = 0; f < F_COUNT; f++) {
        const kl_column *c = &in->batch.columns[f];
        bool known = c->known && (c->known[i / 64] >> (i % 64) & 1);
        if ((f == F_FORM || f == F_LEVEL) && c->known) /* known or not: else every record is checked */
            assert_true(c->as.codes[i] < in->schema->sets[in->schema->fields[f].set].values);
        mix_number(h, known);
        if (!known) continue;
        if (f == F_KEY || f == F_TEXT)
            mix_string(h, c->as.texts[i]);
        else if (f == F_FORM || f == F_LEVEL)
            mix_number(h, c->as.codes[i]);
        else if (f == F_PLANNED)
            mix_number(h, (int64_t)(c->as.bits[i / 64] >> (i % 64) & 1));
        else if (f == F_KVA)
            mix_number(h, (int64_t)c->as.sets[i]);
        else
            mix_number(h, c->as.numbers[i]);
    }
}

static void mix_group(uint64_t *h, kl_reading *r) {
    for (uint32_t i = 0; i < kl_reading_rows(r); i++) {
        const kl_reject *why = kl_reading_reject(r, i);
        mix_number(h, (int64_t)kl_reading_line(r, i));
        mix_string(h, kl_reading_key(r, i));
        mix_number(h, why ? (int64_t)why->reason : -1);
        if (why) {
            assert_false(kl_reading_plain(r));
            mix_number(h, (int64_t)why->record);
            mix_number(h, (int64_t)why->line);
            mix_number(h, why->field);
            mix_string(h, why->column);
            mix_string(h, why->value);
            mix_string(h, why->key);
            continue;
        }
        size_t edition;
        uint32_t index;
        kl_reading_place(r, i, &edition, &index);
        mix_number(h, (int64_t)edition);
        if (kl_reading_plain(r)) {
            assert_true(edition == 0 && index == i);
            mix_string(h, kl_reading_keys(r)[i]);
        } else {
            mix_string(h, kl_reading_key(r, i));
        }
        mix_values(h, r->intakes[edition], index);
        for (size_t k = 0; k < kl_reading_kept(r, i); k++) {
            kl_string name, value;
            kl_reading_kept_at(r, i, k, &name, &value);
            mix_string(h, value);
        }
    }
}

static uint64_t digest(const kl_bytes *b, size_t piece, kl_simd v, bool careful, size_t editions) {
    test_source source = {b->data, b->size, 0, piece, SIZE_MAX};
    kl_schema *schema = test_schema();
    const kl_schema *schemas[] = {schema, schema};
    int32_t from[] = {INT32_MIN, 19400};
    uint32_t dated[] = {F_DATE, F_DATE};
    kl_editions both = {editions, schemas, from, dated};
    kl_feed *feed = kl_feed_new(test_origin(&source), KL_INPUT_CSV, false, false);
    kl_chunk chunk = {0};
    uint64_t h = UINT64_C(0xcbf29ce484222325), before = 0;
    kl_feed_state end = kl_feed_header(feed, schemas, 1);
    kl_reading *r = end ? NULL : kl_reading_new(&both, feed, true);
    if (r) kl_reading_simd(r, v);
    if (r) r->split.careful = careful;
    while (!end && (end = kl_feed_next(feed, &chunk)) == KL_FEED_OK) {
        mix_number(&h, (int64_t)chunk.line);
        mix_number(&h, (int64_t)chunk.bytes.size);
        kl_reading_start(r, &chunk);
        while (kl_reading_next(r)) mix_group(&h, r);
        before += kl_reading_records(r);
        mix_number(&h, (int64_t)before);
    }
    mix_number(&h, end);
    kl_reading_free(r);
    kl_feed_free(feed);
    kl_schema_free(schema);
    kl_bytes_free(&chunk.bytes);
    return h;
}

static void check(uint64_t seed, kl_bytes *b) {
    static const size_t pieces[] = {0, 0, 0, 1000, 4096, 1};
    state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    make(b);
    size_t piece = pieces[below(b->size < 5000 ? 6 : 5)], editions = below(4) ? 1 : 2;
    uint64_t wanted = digest(b, piece, KL_SIMD_PORTABLE, true, editions);
    for (int v = 0; v < KL_SIMD_COUNT; v++) {
        if (!kl_simd_has((kl_simd)v)) continue;
        if (digest(b, piece, (kl_simd)v, false, editions) == wanted) continue;
        fail_msg("input %llu is read otherwise by %s", (unsigned long long)seed, kl_simd_name((kl_simd)v));
    }
}

static uint64_t only;

static void agree(void **unused) {
    (void)unused;
    kl_bytes b = {0};
    for (uint64_t seed = 1; seed <= INPUTS; seed++)
        if (!only || seed == only) check(seed, &b);
    kl_bytes_free(&b);
}

static void agree_unmarked(void **unused) {
    (void)unused;
    kl_bytes b = {0};
    unmarked = true;
    for (uint64_t seed = 1; seed <= INPUTS / 8; seed++) check(seed, &b);
    unmarked = false;
    kl_bytes_free(&b);
}

/* A variant that this machine lacks is seen to be skipped. */
static void tried(void **which) {
    kl_simd v = **(kl_simd **)which;
    if (!kl_simd_has(v)) skip();
    assert_non_null(kl_swift_of(v));
}

int main(int argc, char **argv) {
    static kl_simd all[KL_SIMD_COUNT] = {KL_SIMD_PORTABLE, KL_SIMD_SSE2, KL_SIMD_AVX2, KL_SIMD_AVX512, KL_SIMD_NEON};
    if (argc > 1) only = strtoull(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {cmocka_unit_test(agree),
                                       cmocka_unit_test(agree_unmarked),
                                       {"portable", tried, NULL, NULL, &all[0]},
                                       {"sse2", tried, NULL, NULL, &all[1]},
                                       {"avx2", tried, NULL, NULL, &all[2]},
                                       {"avx512", tried, NULL, NULL, &all[3]},
                                       {"neon", tried, NULL, NULL, &all[4]}};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
