/* values.c - tests of single values: yes/no, numbers, dates, sets; and how numbers, dates and strings are written.
 * May include: the io room, the catalogue of diagnostics, cmocka.
 * Start at main(). */
#include "tests/io/source.h"

#include <string.h>

#include "lang/diag.h"

static void bools(void **state) {
    (void)state;
    static const char *const yes[] = {"ja",   "JA",   "Ja",   "j", "J",    "yes", "y",
                                      "true", "TRUE", "True", "1", "sant", "SANT"};
    static const char *const no[] = {"nej", "NEJ", "n", "N", "no", "false", "FALSE", "0", "falskt", "FALSKT"};
    static const char *const neither[] = {"",  "x", "jaa",   "ne",     "2",     "-",   "01",
                                          "t", "f", "okänt", "ja nej", "true1", "jA\n"};
    bool b;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        assert_int_equal(kl_parse_bool(test_string(yes[i]), &b), KL_REJECT_NOT);
        assert_true(b);
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        assert_int_equal(kl_parse_bool(test_string(no[i]), &b), KL_REJECT_NOT);
        assert_false(b);
    }
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++)
        assert_int_equal(kl_parse_bool(test_string(neither[i]), &b), KL_REJECT_BOOL);
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned scale;
        const char *unit;
        kl_reject_reason why;
        int64_t value;
    } cases[] = {
        {"0", 0, "", KL_REJECT_NOT, 0},
        {"007", 0, "", KL_REJECT_NOT, 7},
        {"-5", 0, "", KL_REJECT_NOT, -5},
        {"\xE2\x88\x92"
         "5",
         0, "", KL_REJECT_NOT, -5},
        {"0,3", 1, "", KL_REJECT_NOT, 3},
        {"0.3", 1, "", KL_REJECT_NOT, 3},
        {",3", 1, "", KL_REJECT_NOT, 3},
        {"1", 2, "", KL_REJECT_NOT, 100},
        {"1,5", 2, "", KL_REJECT_NOT, 150},
        {"1 200", 0, "", KL_REJECT_NOT, 1200},
        {"1\xC2\xA0"
         "200\xC2\xA0"
         "300,50",
         2, "", KL_REJECT_NOT, 120030050},
        {"12\xE2\x80\xAF"
         "345",
         0, "", KL_REJECT_NOT, 12345},
        {"100 kr", 2, "SEK", KL_REJECT_NOT, 10000},
        {"100kr", 2, "SEK", KL_REJECT_NOT, 10000},
        {"100 KR", 2, "SEK", KL_REJECT_NOT, 10000},
        {"1 200,50 SEK", 2, "SEK", KL_REJECT_NOT, 120050},
        {"100 eur", 2, "EUR", KL_REJECT_NOT, 10000},
        {"1000000000000000", 0, "", KL_REJECT_NOT, KL_NUMBER_MAX},
        {"-1000000000000000", 0, "", KL_REJECT_NOT, -KL_NUMBER_MAX},
        {"1000000000000001", 0, "", KL_REJECT_RANGE, 0},
        {"10000000000000", 2, "", KL_REJECT_NOT, KL_NUMBER_MAX},
        {"10000000000000,01", 2, "", KL_REJECT_RANGE, 0},
        {"99999999999999999999999999999999", 0, "", KL_REJECT_RANGE, 0},
        {"00000000000000000000000000000001", 0, "", KL_REJECT_NOT, 1},
        {"0,31", 1, "", KL_REJECT_DECIMALS, 0},
        {"12,0", 0, "", KL_REJECT_NOT, 12},
        {"12.00", 0, "", KL_REJECT_NOT, 12},
        {"-12.0000", 0, "", KL_REJECT_NOT, -12},
        {",0", 0, "", KL_REJECT_NOT, 0},
        {"1 200,00 kr", 0, "SEK", KL_REJECT_NOT, 1200},
        {"12,50", 1, "", KL_REJECT_NOT, 125},
        {"1,5000", 2, "", KL_REJECT_NOT, 150},
        {"1000000000000000.0000000000000000000000", 0, "", KL_REJECT_NOT, KL_NUMBER_MAX},
        {"1000000000000001.0", 0, "", KL_REJECT_RANGE, 0},
        {"12.000", 0, "", KL_REJECT_DECIMALS, 0},
        {"1,500", 2, "", KL_REJECT_DECIMALS, 0},
        {"1,500", 3, "", KL_REJECT_NOT, 1500},
        {"12,01", 0, "", KL_REJECT_DECIMALS, 0},
        {"12,0000000000000000000001", 0, "", KL_REJECT_DECIMALS, 0},
        {"12,0x", 0, "", KL_REJECT_NUMBER, 0},
        {"12.000.000", 0, "", KL_REJECT_NUMBER, 0},
        {"1,", 1, "", KL_REJECT_NUMBER, 0},
        {"", 0, "", KL_REJECT_NUMBER, 0},
        {"-", 0, "", KL_REJECT_NUMBER, 0},
        {"+5", 0, "", KL_REJECT_NUMBER, 0},
        {"1e3", 0, "", KL_REJECT_NUMBER, 0},
        {"12 34", 0, "", KL_REJECT_NUMBER, 0},
        {"1234 567", 0, "", KL_REJECT_NUMBER, 0},
        {"1  200", 0, "", KL_REJECT_NUMBER, 0},
        {"1.200,50", 2, "", KL_REJECT_NUMBER, 0},
        {"100 kr", 2, "EUR", KL_REJECT_NUMBER, 0},
        {"100 kr", 0, "", KL_REJECT_NUMBER, 0},
        {"100 kronor", 2, "SEK", KL_REJECT_NUMBER, 0},
        {"0x10", 0, "", KL_REJECT_NUMBER, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t value = 0;
        assert_int_equal(
            kl_parse_number(test_string(cases[i].text), cases[i].scale, test_string(cases[i].unit), &value),
            cases[i].why);
        if (!cases[i].why) assert_int_equal(value, cases[i].value);
    }
}

static void dates(void **state) {
    (void)state;
    static const char *const bad[] = {"2023-02-29", "1900-02-29", "2023-00-10", "2023-13-01", "2023-04-31",
                                      "2023-4-3",   "2023/04/03", "0000-01-01", "202304",     "2023-09-01T00:00",
                                      "20230229",   "2023-0901",  "-023-01-01", "2023-09-0a", ""};
    int64_t day;
    assert_int_equal(kl_parse_date(test_string("1970-01-01"), &day), KL_REJECT_NOT);
    assert_int_equal(day, 0);
    assert_int_equal(kl_parse_date(test_string("0001-01-01"), &day), KL_REJECT_NOT);
    assert_int_equal(day, KL_DATE_MIN);
    assert_int_equal(kl_parse_date(test_string("99991231"), &day), KL_REJECT_NOT);
    assert_int_equal(day, KL_DATE_MAX);
    assert_int_equal(kl_parse_date(test_string("20000229"), &day), KL_REJECT_NOT);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(kl_parse_date(test_string(bad[i]), &day), KL_REJECT_DATE);
    kl_bytes out = {0};
    for (int64_t d = KL_DATE_MIN; d <= KL_DATE_MAX; d += 97) { /* written and read back */
        out.size = 0;
        kl_bytes_date(&out, d);
        assert_int_equal(kl_parse_date((kl_string){out.data, out.size}, &day), KL_REJECT_NOT);
        assert_int_equal(day, d);
    }
    kl_bytes_free(&out);
}

static void written(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        unsigned scale;
        const char *text;
    } cases[] = {{0, 0, "0"},
                 {0, 2, "0.00"},
                 {5, 2, "0.05"},
                 {-5, 2, "-0.05"},
                 {12345, 2, "123.45"},
                 {-100, 1, "-10.0"},
                 {INT64_MIN, 0, "-9223372036854775808"},
                 {INT64_MAX, 9, "9223372036.854775807"}};
    kl_bytes out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        out.size = 0;
        kl_bytes_number(&out, cases[i].value, cases[i].scale, '.');
        kl_bytes_char(&out, 0);
        assert_string_equal(out.data, cases[i].text);
    }
    out.size = 0;
    kl_bytes_json(&out, (kl_string){"a\"\\\n\t\x01å\xFF\xC3z", 11});
    kl_bytes_char(&out, 0);
    assert_string_equal(out.data, "\"a\\\"\\\\\\n\\t\\u0001å\xEF\xBF\xBD\xEF\xBF\xBDz\"");
    out.size = 0;
    kl_bytes_cell(&out, (kl_csv_form){';', ','}, test_string("a;\"b\""));
    kl_bytes_cell(&out, (kl_csv_form){',', '.'}, test_string("a;b"));
    kl_bytes_cell(&out, (kl_csv_form){',', '.'}, test_string(" x"));
    kl_bytes_char(&out, 0);
    assert_string_equal(out.data, "\"a;\"\"b\"\"\"a;b\" x\"");
    kl_bytes_free(&out);
}

static void utf8(void **state) {
    (void)state;
    static const char *const good[] = {
        "",
        "a",
        "å",
        "€",
        "𝄞",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaå",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xC3",
                                      "\xC0\xAF",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xE2\x82",
                                      "a\xFFzaaaaaaa",
                                      "\xF0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(kl_utf8_ok(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(kl_utf8_ok(bad[i], strlen(bad[i])));
}

static void trimming(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"a", "a"},
                                           {" a ", "a"},
                                           {"\ta b\r\n", "a b"},
                                           {"\xC2\xA0"
                                            "a\xE2\x80\xAF",
                                            "a"},
                                           {"   ", ""},
                                           {"", ""},
                                           {"å", "å"},
                                           {"à", "à"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kl_string s = kl_trim(test_string(cases[i][0]));
        assert_int_equal(s.size, strlen(cases[i][1]));
        assert_memory_equal(s.data, cases[i][1], s.size);
    }
}

static void lookups(void **state) {
    (void)state;
    kl_schema *s = test_schema();
    assert_int_equal(kl_schema_find(s, test_string("note.unit"), KL_INDEX_NONE), F_TEXT);
    assert_int_equal(kl_schema_find(s, test_string("note.uni"), KL_INDEX_NONE), KL_INDEX_NONE);
    assert_int_equal(kl_schema_find(s, test_string("note.unit"), F_TEXT), KL_INDEX_NONE);
    assert_int_equal(kl_schema_code(s, 0, test_string("SMS & chatt")), 2);
    assert_int_equal(kl_schema_code(s, 0, test_string("phone")), 0);
    assert_int_equal(kl_schema_code(s, 0, test_string("Phone")), KL_INDEX_NONE);
    assert_int_equal(kl_schema_code(s, 0, test_string("")), KL_INDEX_NONE);
    kl_schema_free(s);
    /* Two fields may read one column. */
    s = kl_schema_start(test_string(""));
    for (uint32_t i = 0; i < 3; i++) {
        kl_schema_field f = {test_string(i == 0 ? "a" : i == 1 ? "b" : "c"), KL_TEXT, 0, KL_INDEX_NONE, false, false};
        assert_true(kl_schema_add_field(s, &f) && kl_schema_add_input(s, i, f.name) &&
                    kl_schema_add_input(s, i, test_string("shared column name that is long")));
    }
    assert_true(kl_schema_ready(s));
    assert_int_equal(kl_schema_find(s, test_string("shared column name that is long"), KL_INDEX_NONE), 0);
    assert_int_equal(kl_schema_find(s, test_string("shared column name that is long"), 0), 1);
    assert_int_equal(kl_schema_find(s, test_string("shared column name that is long"), 1), 2);
    assert_int_equal(kl_schema_find(s, test_string("shared column name that is long"), 2), KL_INDEX_NONE);
    kl_schema_free(s);
}

/* What a host of the io room says of a rejection is what the command says in English. */
static void reasons(void **state) {
    (void)state;
    static const struct {
        const char *number, *english;
    } catalogue[KL_D_COUNT] = {
#define KL_DIAG(code, name, severity, sv, en, tip, hint) [KL_D_##name] = {code, en},
#include "lang/diag.def"
#undef KL_DIAG
    };
#define KL_REASON(name, code, words)                                                                                   \
    assert_string_equal(kl_reject_code(KL_REJECT_##name), catalogue[KL_D_RECORD_##name].number);                       \
    assert_string_equal(kl_reject_words(KL_REJECT_##name), catalogue[KL_D_RECORD_##name].english);
#include "runtime/io/reject.def"
#undef KL_REASON
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bools),   cmocka_unit_test(numbers), cmocka_unit_test(dates),
                                       cmocka_unit_test(written), cmocka_unit_test(utf8),    cmocka_unit_test(trimming),
                                       cmocka_unit_test(lookups), cmocka_unit_test(reasons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
