/* diag.c - tests of how diagnostics are placed, ordered and printed.
 * May include: reading.h, lang/diag_internal.h and cmocka.
 * Start at carets_stand_under_their_place(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lang/diag_internal.h"
#include "lang/limits.h"
#include "tests/lang/reading.h"

static void expect_place(const kl_file *f, const char *needle, size_t line, size_t column) {
    const char *at = strstr(f->text.p, needle);
    assert_non_null(at);
    size_t l, c;
    kl_place(f, (uint32_t)(at - f->text.p), &l, &c);
    assert_int_equal(l, line);
    assert_int_equal(c, column);
}

static void places_count_characters(void **state) {
    (void)state;
    kl_file f = {.text = KL_STR("\xEF\xBB\xBF"
                                "ab!\r\nåäö@ a\xCC\x8A# 日本$\n\n%")};
    expect_place(&f, "ab", 1, 1);
    expect_place(&f, "!", 1, 3);
    expect_place(&f, "@", 2, 4);
    expect_place(&f, "#", 2, 7); /* a and its ring are one */
    expect_place(&f, "$", 2, 11);
    expect_place(&f, "%", 4, 1);
    size_t line, column;
    kl_place(&f, (uint32_t)f.text.n, &line, &column);
    assert_int_equal(line, 4);
    assert_int_equal(column, 2);
    kl_place(&f, (uint32_t)f.text.n + 9, &line, &column); /* past the end is the end */
    assert_int_equal(line, 4);
}

/* The caret's column, by display width, must be that of the text it points at. */
static void carets_stand_under_their_place(void **state) {
    (void)state;
    static const struct {
        const char *text, *marked;
    } cases[] = {
        {"klausul åäö \"å\" @x", "@"},    {"klausul a\xCC\x8Ao\xCC\x88 @", "@"}, {"klausul a \"日本語\" @", "@"},
        {"\xEF\xBB\xBFklausul a @", "@"}, {"\tklausul\ta\t@\r\n", "@"},          {"värden v\n  日×本 \"x\"", "日×本"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = read_text(cases[i].text);
        const char *out = printed_text(&r);
        const char *source = strstr(out, " | "), *caret = strchr(source, '^');
        const char *marked = strstr(source, cases[i].marked);
        const char *caret_line = caret;
        while (caret_line[-1] != '\n') caret_line--;
        const char *source_line = source;
        while (source_line[-1] != '\n') source_line--;
        kl_str before = {source_line, (size_t)(marked - source_line)};
        assert_int_equal(kl_utf8_width(before), caret - caret_line);
        size_t carets = strspn(caret, "^");
        assert_int_equal(carets, kl_utf8_width(kl_str_of(cases[i].marked)));
        free_reading(&r);
    }
}

static void text_has_second_place_note_and_hint(void **state) {
    (void)state;
    reading r = read_text("klausul åäö\n  gäller när x\n");
    kl_diag *d = kl_report(&r.diags, r.file, (kl_span){8, 14}, KL_D_NAME_DIGIT, 1, KL_STR("1å"));
    d->second_file = r.file;
    d->second = (kl_span){17, 20};
    d->second_note = KL_STR("överlappar rad 3b)");
    d->note = KL_STR("till exempel: a ja");
    d->suggestion = KL_STR("ö");
    assert_string_equal(printed_text(&r), "a.klausul:1:9: fel[K0111]: ett namn börjar inte med en siffra\n"
                                          "    1 | klausul åäö\n"
                                          "      |         ^^^ överlappar rad 3b) (rad 2)\n"
                                          "      = till exempel: a ja\n"
                                          "tips: menade du ”ö”?\n"
                                          "tips: skriv `1å` med bakåtvända citattecken\n");
    d->second_note = KL_STR("");
    assert_non_null(strstr(printed_text(&r), "^^^ se rad 2\n"));
    kl_file other = {.path = KL_STR("b.klausul"), .text = KL_STR("\n\nx")};
    d->second_file = &other;
    d->second = (kl_span){2, 3};
    assert_non_null(strstr(printed_text(&r), "^^^ se b.klausul:3\n"));
    r.diags.lang = KL_EN;
    assert_non_null(strstr(printed_text(&r), "error[K0111]: a name does not begin with a digit\n"));
    assert_non_null(strstr(printed_text(&r), "hint: did you mean “ö”?\nhint: write `1å` in back quotes\n"));
    free_reading(&r);
}

static void long_lines_are_cut_around_the_place(void **state) {
    (void)state;
    char text[600] = "klausul ";
    memset(text + 8, 'a', 80);
    strcat(text, " \"");
    memset(text + strlen(text), 'b', 200);
    strcat(text, "\" @ # ");
    memset(text + strlen(text), 'c', 200);
    reading r = read_text(text);
    const char *out = printed_text(&r), *line = strstr(out, "    1 | ") + 8;
    size_t width = kl_utf8_width((kl_str){line, strcspn(line, "\n")});
    assert_true(width <= 102);
    assert_int_equal(strncmp(line, "…", 3), 0);
    assert_non_null(strstr(line, "c…\n"));
    free_reading(&r);
}

static void tools_get_the_same(void **state) {
    (void)state;
    reading r = read_text("klausul \"å\\\"\n");
    const char *place =
        "\"file\": \"a.klausul\", \"line\": 1, \"column\": 9, \"end_line\": 1, \"end_column\": 13, \"start\": 8, "
        "\"end\": 13";
    kl_str wanted = kl_str_fmt(r.arena,
                               "{\"code\": \"K0106\", \"severity\": \"error\", \"message\": \"texten saknar avslutande "
                               "citattecken\", %s, \"hint\": "
                               "\"en text börjar och slutar på samma rad\"}\n"
                               "{\"code\": \"K0101\", \"severity\": \"error\", \"message\": \"här väntas ett namn, "
                               "inte \\\"å\\\\\\\"\", %s}\n",
                               place, place);
    assert_string_equal(printed(&r, kl_diags_json), wanted.p);
    free_reading(&r);
    r = read_text("klausul å÷\n");
    r.file->path = KL_STR("a,b:c%\n.klausul");
    assert_string_equal(
        printed(&r, kl_diags_github),
        "::error file=a%2Cb%3Ac%25%0A.klausul,line=1,endLine=1,col=9,endColumn=11,title=K0110::tecknet ”÷” kan inte "
        "stå i ett namn%0Anamn har bokstäver, siffror och understreck\n");
    free_reading(&r);
}

static void diagnostics_come_in_order(void **state) {
    (void)state;
    reading r = read_text("klausul a\n");
    kl_file other = {.path = KL_STR("b.klausul"), .text = KL_STR("abc\n")};
    kl_report(&r.diags, r.file, (kl_span){8, 9}, KL_D_NUL_BYTE, 0);
    kl_report(&r.diags, &other, (kl_span){0, 1}, KL_D_NOT_UTF8, 0);
    kl_report(&r.diags, r.file, (kl_span){2, 3}, KL_D_BAD_DATE, 1, KL_STR("x"));
    kl_report(&r.diags, r.file, (kl_span){2, 4}, KL_D_NO_PIECES, 0);
    assert_string_equal(codes(&r), "K0109 K0133 K0104 K0103");
    assert_int_equal(r.diags.errors, 4);
    free_reading(&r);
}

/* Every code once, every wording with the same arguments in both languages. */
static void table_is_sound(void **state) {
    (void)state;
    for (size_t i = 0; i < KL_D_COUNT; i++) {
        const kl_diag_entry *e = &kl_diag_table[i];
        assert_int_equal(strlen(e->code), 5);
        for (size_t k = 0; k < i; k++) assert_string_not_equal(e->code, kl_diag_table[k].code);
        assert_int_equal(e->hint[0] == NULL, e->hint[1] == NULL);
        for (size_t s = 0; s < 2; s++) {
            size_t n = strlen(e->wording[s]);
            if (n == 0 || e->wording[s][n - 1] == '.') print_message("%s\n", e->code);
            assert_true(n > 0 && e->wording[s][n - 1] != '.');
            assert_true(e->wording[s][0] < 'A' || e->wording[s][0] > 'Z');
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_count_characters),
        cmocka_unit_test(carets_stand_under_their_place),
        cmocka_unit_test(text_has_second_place_note_and_hint),
        cmocka_unit_test(long_lines_are_cut_around_the_place),
        cmocka_unit_test(tools_get_the_same),
        cmocka_unit_test(diagnostics_come_in_order),
        cmocka_unit_test(table_is_sound),
    };
    return cmocka_run_group_tests_name("lang/diag", tests, NULL, NULL);
}
