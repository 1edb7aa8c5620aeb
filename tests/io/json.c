/* json.c - tests that the quick way through NDJSON reads what the careful way reads: same values, rejections, names and kept values.
 * May include: the io room and its inside.h, cmocka.
 * Start at agree(); the lines are made by line(), then damaged. KLAUSUL_SEED and KLAUSUL_ROUNDS repeat or lengthen the search. */
#include "tests/io/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "runtime/io/inside.h"

/* ------------------------------------------------------------------ chance */
static uint64_t state;

static uint32_t below(uint32_t n) {
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((state >> 33) % n);
}

static bool one_in(uint32_t n) {
    return below(n) == 0;
}

#define PICK(list) list[below(sizeof(list) / sizeof *(list))]

/* ------------------------------------------------------------------ lines */
static const char *const names[] = {"contact_id", "contact_date", "mode",         "planned",        "fee",
                                    "points",     "duration",     "kva",          "registered_kva", "enhet",
                                    "unit",       "other",        "po\xC3\xA4ng", "po\\u00e4ng",    "poa\xCC\x88ng"};
static const char *const odd_names[] = {"form",
                                        "kontakt_id",
                                        "mod\\u0065",
                                        "",
                                        "a.b",
                                        "note",
                                        "note.unit",
                                        "x\\\"y",
                                        "\\ud83d\\ude00",
                                        "sjalvbetjaning_och_en_mycket_lang_kolumnrubrik_som_inte_far_plats",
                                        "e\xCC\x81",
                                        "deep"};
static const char *const values[] = {
    "true", "false", "null",    "\"phone\"", "\"video\"",   "\"2023-09-01\"",    "\"2019-02-28\"",
    "12",   "0.3",   "1200.50", "\"ZV051\"", "[\"ZV051\"]", "\"V\xC3\xA4stra\"", "\"\""};
static const char *const odd_values[] = {
    "\"a\\u00e5\"",
    "\"Videol\xC3\xA4nk\"",
    "\"Videola\xCC\x88nk\"",
    "\"Videol\\u00e4nk\"",
    "\"SMS & chatt\"",
    "\"  phone \"",
    "\"\\tphone\\n\"",
    "\"20230901\"",
    "\"2023-02-29\"",
    "\"2024-02-29\"",
    "\"0000-01-01\"",
    "\"2023-13-01\"",
    "\"9999-12-31\"",
    "\"0001-01-01\"",
    "\"ja\"",
    "\"fax\"",
    "-0",
    "-12.5",
    "007",
    "1.",
    "1e2",
    "1E-5",
    "20.0",
    "20.000",
    "0.500",
    "10.0e1",
    "\"20,0\"",
    "\"20.000\"",
    "1234567890123456",
    "999999999999999",
    "9999999999999.99",
    "12345678901234567890123",
    "0.30",
    "\"0,3\"",
    "\"1 200,50 kr\"",
    "[]",
    "[\"ZV051\", \"XS003\"]",
    "[ \"XS\\u003003\" , \"med mellanrum\" ]",
    "[\"Z\"]",
    "[null]",
    "[1,2.5,-3e4,true]",
    "[[1],{\"a\":[{}]}]",
    "{}",
    "{\"unit\":\"VC\"}",
    "{\"unit\":null,\"more\":{\"still\":1}}",
    "{\"er\":{\"still\":[{\"mode\":\"phone\"}]}}",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\u0000\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"tab\there\"",
    "\"\xC2\xA0phone\"",
    "\"\x7F\"",
    "\"en text som ar langre an sextio fyra byte och har ett \\\"citat\\\" langt in, och mer\"",
    "\"en text utan nagot att undvika, som ar langre an trettio tva och sextio fyra byte\"",
    "truex",
    "nul",
    "tru",
    "fals",
    "-",
    "\"ZV051,XS003\"",
    "\xFF",
    "\"\xFF\"",
    "\"\xED\xA0\x80\""};
static const char *const after_comma[] = {"", " ", "  ", "\t", "\r", " \t"};

typedef struct layout { /* what lines of one input have in common */
    const char *names[12];
    const char *values[12];
    uint32_t count;
    bool spaced, nested, crlf;
} layout;

static void new_layout(layout *l) {
    l->count = 1 + below(12);
    for (uint32_t i = 0; i < l->count; i++) {
        l->names[i] = i < 2 && !one_in(8) ? names[i] : one_in(10) ? PICK(odd_names) : PICK(names);
        l->values[i] = i == 1 ? "\"2023-09-01\"" : PICK(values);
    }
    l->spaced = one_in(2);
    l->nested = one_in(3);
    l->crlf = one_in(6);
}

static void member(kl_bytes *b, const char *name, const char *value, bool spaced) {
    kl_bytes_char(b, '"');
    kl_bytes_text(b, name);
    kl_bytes_char(b, '"');
    if (one_in(200)) kl_bytes_text(b, PICK(after_comma));
    kl_bytes_char(b, ':');
    if (spaced) kl_bytes_char(b, ' ');
    if (one_in(200)) kl_bytes_text(b, PICK(after_comma));
    kl_bytes_text(b, value);
}

static void line(kl_bytes *b, const layout *l) {
    if (one_in(60)) kl_bytes_text(b, PICK(after_comma));
    kl_bytes_char(b, '{');
    for (uint32_t i = 0; i < l->count; i++) {
        if (one_in(25)) continue;
        const char *name = one_in(60) ? PICK(names) : one_in(80) ? PICK(odd_names) : l->names[i];
        const char *value = one_in(8) ? PICK(values) : one_in(12) ? PICK(odd_values) : l->values[i];
        char number[24];
        if (strcmp(name, "contact_id") == 0 && !one_in(9)) {
            snprintf(number, sizeof number, one_in(3) ? "\"k%u\"" : "%u", below(100000));
            value = number;
        }
        if (b->size && b->data[b->size - 1] != '{') kl_bytes_text(b, l->spaced ? ", " : ",");
        if (one_in(150)) kl_bytes_text(b, PICK(after_comma));
        member(b, name, value, l->spaced);
        if (!l->nested || i % 4 != 2) continue;
        kl_bytes_text(b, l->spaced ? ", \"note\": {" : ",\"note\":{");
        if (!one_in(5)) member(b, "unit", one_in(4) ? PICK(odd_values) : PICK(values), l->spaced);
        if (one_in(6)) kl_bytes_text(b, ",\"deep\":{\"er\":{\"still\":1},\"x\":{}}");
        kl_bytes_char(b, '}');
    }
    kl_bytes_char(b, '}');
    if (one_in(60)) kl_bytes_text(b, PICK(after_comma));
    kl_bytes_text(b, one_in(80) ? "" : l->crlf ? "\r\n" : one_in(40) ? "\n \n\n" : "\n");
}

static void damage(kl_bytes *b) {
    static const char bytes[] = "\"\\{}[],: \n\r\t0e.-tn\x01\xC3\xCC";
    size_t at = b->size ? below((uint32_t)b->size) : 0;
    if (!b->size) return;
    switch (below(3)) {
    case 0: b->data[at] = bytes[below(sizeof bytes)]; break;
    case 1: memmove(b->data + at, b->data + at + 1, --b->size - at); break;
    default:
        kl_bytes_char(b, 0);
        memmove(b->data + at + 1, b->data + at, b->size - at - 1);
        b->data[at] = bytes[below(sizeof bytes)];
    }
}

/* ------------------------------------------------------------------ what is read */
static kl_schema *
older_schema(void) { /* one name for two fields, other kinds, no key, a field that the newer one lacks */
    kl_schema *s = kl_schema_start(test_string("EUR"));
    static const struct {
        const char *name, *other;
        kl_kind kind;
        uint32_t scale, set;
    } fields[] = {{"kontaktdatum", "contact_date", KL_DATE, 0, KL_INDEX_NONE},
                  {"form", "mode", KL_VALUES, 0, 0},
                  {"form_text", "mode", KL_TEXT, 0, KL_INDEX_NONE},
                  {"minuter", "duration", KL_DECIMAL, 3, KL_INDEX_NONE},
                  {"annat", "other", KL_BOOL, 0, KL_INDEX_NONE},
                  {"kva", "registered_kva", KL_SET, 0, 0}};
    bool ok = kl_schema_add_set(s, 2) && kl_schema_add_code(s, 0, test_string("phone"), 0) &&
              kl_schema_add_code(s, 0, test_string("ZV051"), 1);
    for (uint32_t i = 0; ok && i < sizeof fields / sizeof *fields; i++) {
        kl_schema_field f = {
            test_string(fields[i].name), fields[i].kind, fields[i].scale, fields[i].set, i == 0, false};
        ok = kl_schema_add_field(s, &f) && kl_schema_add_input(s, i, test_string(fields[i].name)) &&
             kl_schema_add_input(s, i, test_string(fields[i].other));
    }
    assert_true(ok && kl_schema_ready(s));
    return s;
}

static void tell(kl_bytes *out, kl_string s) {
    kl_bytes_number(out, (int64_t)s.size, 0, '.');
    kl_bytes_char(out, ':');
    kl_bytes_string(out, s);
    kl_bytes_char(out, ' ');
}

static void tell_fields(kl_bytes *out, const kl_schema *s, const kl_batch *b, uint32_t i) {
    for (uint32_t f = 0; f < kl_schema_fields(s); f++) {
        const kl_column *c = &b->columns[f];
        int64_t number = 0;
        if (!c->known || !(c->known[i / 64] >> (i % 64) & 1)) continue;
        tell(out, kl_schema_field_of(s, f)->name);
        switch (kl_schema_field_of(s, f)->kind) {
        case KL_BOOL: number = (int64_t)(c->as.bits[i / 64] >> (i % 64) & 1); break;
        case KL_VALUES: number = c->as.codes[i]; break;
        case KL_SET: number = (int64_t)c->as.sets[i]; break;
        case KL_TEXT: tell(out, c->as.texts[i]); continue;
        default: number = c->as.numbers[i];
        }
        kl_bytes_number(out, number, 0, '.');
        kl_bytes_char(out, ' ');
    }
}

static void tell_row(kl_bytes *out, const kl_editions *e, const kl_reading *r, uint32_t row) {
    const kl_reject *why = kl_reading_reject(r, row);
    kl_bytes_number(out, (int64_t)kl_reading_line(r, row), 0, '.');
    kl_bytes_char(out, ' ');
    tell(out, kl_reading_key(r, row));
    if (why) {
        kl_bytes_text(out, "rejected ");
        kl_bytes_number(out, why->reason, 0, '.');
        kl_bytes_char(out, ' ');
        kl_bytes_number(out, (int64_t)why->record, 0, '.');
        kl_bytes_char(out, ' ');
        kl_bytes_number(out, (int64_t)why->field, 0, '.');
        kl_bytes_char(out, ' ');
        tell(out, why->column);
        tell(out, why->value);
        tell(out, why->key);
    }
    if (!why || why->field != KL_INDEX_NONE) {
        size_t edition;
        uint32_t index;
        kl_reading_place(r, row, &edition, &index);
        kl_bytes_number(out, (int64_t)edition, 0, '.');
        kl_bytes_char(out, '/');
        kl_bytes_number(out, (int64_t)index, 0, '.');
        kl_bytes_char(out, ' ');
        if (!why) tell_fields(out, e->schemas[edition], kl_reading_batch(r, edition), index);
    }
    size_t kept = kl_reading_kept(r, row);
    for (size_t i = 0; i < kept; i++) {
        kl_string name, value;
        kl_reading_kept_at((kl_reading *)r, row, i, &name, &value);
        tell(out, name);
        tell(out, value);
    }
    kl_bytes_char(out, '\n');
}

/* All that a reading says of the input, as text. */
static void tell_all(kl_bytes *out, const kl_bytes *in, const kl_editions *e, bool keep, bool careful, kl_simd simd) {
    test_source source = {in->data, in->size, 0, 0, SIZE_MAX};
    kl_feed *feed = kl_feed_new(test_origin(&source), KL_INPUT_NDJSON, false, false);
    kl_reading *r = kl_reading_new(e, feed, keep);
    kl_chunk chunk = {0};
    assert_non_null(r);
    kl_reading_simd(r, simd);
    r->careful = careful;
    out->size = 0;
    while (kl_feed_next(feed, &chunk) == KL_FEED_OK) {
        kl_reading_start(r, &chunk);
        while (kl_reading_next(r))
            for (uint32_t row = 0; row < kl_reading_rows(r); row++) tell_row(out, e, r, row);
    }
    assert_false(kl_reading_failed(r));
    for (size_t i = 0; i < kl_reading_unread(r); i++) tell(out, kl_reading_unread_name(r, i));
    kl_reading_free(r);
    kl_feed_free(feed);
    kl_bytes_free(&chunk.bytes);
}

static void same(const kl_bytes *in, const kl_editions *e, bool keep, kl_simd simd, const char *what) {
    kl_bytes careful = {0}, quick = {0};
    tell_all(&careful, in, e, keep, true, KL_SIMD_PORTABLE);
    tell_all(&quick, in, e, keep, false, simd);
    if (quick.size != careful.size || memcmp(quick.data, careful.data, quick.size) != 0)
        fail_msg("%s\n%.*s\ncareful:\n%.*s\nquick:\n%.*s", what, (int)in->size, in->data, (int)careful.size,
                 careful.data, (int)quick.size, quick.data);
    kl_bytes_free(&careful);
    kl_bytes_free(&quick);
}

/* The variant that the test is for; one that the machine lacks is skipped. */
static kl_simd variant(void **given) {
    kl_simd v = *(const kl_simd *)*given;
    if (!kl_simd_has(v)) {
        print_message("this machine has no %s\n", kl_simd_name(v));
        skip();
    }
    return v;
}

/* ------------------------------------------------------------------ tests */
static void agree(void **given) {
    const kl_simd simd = variant(given);
    const char *seed = getenv("KLAUSUL_SEED"), *rounds = getenv("KLAUSUL_ROUNDS");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1, count = rounds ? strtoull(rounds, NULL, 10) : 3000;
    kl_schema *newer = test_schema(), *older = older_schema();
    const kl_schema *one[] = {newer}, *two[] = {older, newer}, *swapped[] = {newer, older};
    const int32_t from[] = {INT32_MIN, 19000};
    const uint32_t dated[] = {0, F_DATE}, dated_swapped[] = {F_DATE, 0};
    const kl_editions editions[] = {
        {1, one, from, dated + 1}, {2, two, from, dated}, {2, swapped, from, dated_swapped}};
    kl_bytes in = {0};
    for (uint64_t round = first; round < first + count; round++) {
        char what[64];
        layout l;
        snprintf(what, sizeof what, "KLAUSUL_SEED=%llu KLAUSUL_ROUNDS=1", (unsigned long long)round);
        state = round * UINT64_C(0x9E3779B97F4A7C15);
        in.size = 0;
        new_layout(&l);
        for (uint32_t lines = 1 + below(one_in(40) ? 1500 : 20); lines; lines--) line(&in, &l);
        if (one_in(2))
            for (uint32_t n = below(4); n; n--) damage(&in);
        same(&in, &editions[below(3)], one_in(3), simd, what);
    }
    kl_bytes_free(&in);
    kl_schema_free(newer);
    kl_schema_free(older);
}

/* The schema as the one edition that there is. */
static kl_editions alone(const kl_schema *s) {
    static const kl_schema *one[1];
    static const int32_t from = INT32_MIN;
    static const uint32_t dated = F_DATE;
    one[0] = s;
    return (kl_editions){1, one, &from, &dated};
}

/* More names than are remembered, in one group and in the next, with values carried along. */
static void many_names(void **given) {
    const kl_simd simd = variant(given);
    kl_schema *s = test_schema();
    const kl_editions e = alone(s);
    kl_bytes in = {0};
    for (int i = 0; i < 3000; i++) {
        char text[200];
        snprintf(text, sizeof text,
                 "{\"contact_id\":%d,\"contact_date\":\"2023-09-01\",\"x%d\":{\"y\":%d},\"planned\":%s}\n", i, i % 1500,
                 i, i % 2 ? "true" : "false");
        kl_bytes_text(&in, text);
    }
    same(&in, &e, true, simd, "many names, kept");
    same(&in, &e, false, simd, "many names");
    kl_bytes_free(&in);
    kl_schema_free(s);
}

/* Every day that there is, and every text near one. */
static void dates(void **given) {
    const kl_simd simd = variant(given);
    kl_schema *s = test_schema();
    const kl_editions e = alone(s);
    kl_bytes in = {0};
    state = 7;
    for (int i = 0; i < 40000; i++) {
        char text[100], date[16];
        snprintf(date, sizeof date, "%04u-%02u-%02u", one_in(2) ? 1890 + below(300) : below(10000), below(14),
                 below(33));
        if (one_in(20)) date[below(10)] = (char)(0x20 + below(0x5F));
        snprintf(text, sizeof text, "{\"contact_id\":%d,\"contact_date\":\"%s\"}\n", i, date);
        kl_bytes_text(&in, text);
    }
    same(&in, &e, false, simd, "dates");
    kl_bytes_free(&in);
    kl_schema_free(s);
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED false
#endif

static long peak_kilobytes(void) {
    struct rusage use;
    return getrusage(RUSAGE_SELF, &use) == 0 ? use.ru_maxrss : 0;
}

/* Lines of millions of items or members: no more memory than a few times their bytes, and with --keep an end to it. */
static void long_lines(void **given) {
    const kl_simd simd = variant(given);
    static const struct {
        const char *before, *item, *after;
        bool too_much; /* to keep */
    } cases[] = {{"\"other\":[", "1,", "1]}\n", false},
                 {"\"kva\":[", "\"XS003\",", "\"ZV051\"]}\n", false},
                 {"", "\"a\":1,", "\"b\":1}\n", true},
                 {"\"x\":{", "\"planned\":true,", "\"b\":[[1]]}}\n", true},
                 {"", "\"planned\":true,", "\"note\":{}}\n", false}};
    kl_schema *s = test_schema();
    const kl_editions e = alone(s);
    kl_bytes in = {0}, out = {0};
    assert_true(kl_bytes_room(&in, (size_t)12 << 20));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        in.size = 0;
        kl_bytes_text(&in, "{\"contact_id\":1,\"contact_date\":\"2023-09-01\",");
        kl_bytes_text(&in, cases[i].before);
        while (in.size < (size_t)10 << 20) kl_bytes_text(&in, cases[i].item);
        kl_bytes_text(&in, cases[i].after);
        long before = peak_kilobytes();
        same(&in, &e, false, simd, cases[i].item);
        same(&in, &e, true, simd, cases[i].item);
        tell_all(&out, &in, &e, true, false, simd);
        kl_bytes_char(&out, 0);
        assert_int_equal(strstr(out.data, "rejected 3 ") != NULL, cases[i].too_much);
        if (!SANITIZED) assert_true(peak_kilobytes() - before < 96 << 10);
    }
    kl_bytes_free(&in);
    kl_bytes_free(&out);
    kl_schema_free(s);
}

int main(void) {
    static kl_simd portable = KL_SIMD_PORTABLE, sse2 = KL_SIMD_SSE2, avx2 = KL_SIMD_AVX2;
    const struct CMUnitTest tests[] = {{"agree, portable", agree, NULL, NULL, &portable},
                                       {"agree, sse2", agree, NULL, NULL, &sse2},
                                       {"agree, avx2", agree, NULL, NULL, &avx2},
                                       {"many names, portable", many_names, NULL, NULL, &portable},
                                       {"many names, sse2", many_names, NULL, NULL, &sse2},
                                       {"many names, avx2", many_names, NULL, NULL, &avx2},
                                       {"dates", dates, NULL, NULL, &portable},
                                       {"long lines", long_lines, NULL, NULL, &portable}};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
