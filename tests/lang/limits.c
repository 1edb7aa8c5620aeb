/* limits.c - tests of every limit of lang/limits.h, at the limit and one past it, and of running out of memory anywhere.
 * May include: reading.h, lang/limits.h and cmocka.
 * Start at main(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lang/limits.h"
#include "tests/lang/reading.h"

static kl_arena *scratch;

static int setup(void **state) {
    (void)state;
    scratch = kl_arena_new(0);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    kl_arena_free(scratch);
    return 0;
}

/* `before`, then `piece` n times, then `after`. */
static kl_str repeated(const char *before, const char *piece, size_t n, const char *after) {
    kl_buf b;
    kl_buf_init(&b, scratch);
    kl_buf_str(&b, kl_str_of(before));
    for (size_t i = 0; i < n; i++) kl_buf_str(&b, kl_str_of(piece));
    kl_buf_str(&b, kl_str_of(after));
    return kl_buf_view(&b);
}

static void expect(kl_str text, const char *reported) {
    reading r = read_bytes(text.p, text.n);
    assert_string_equal(codes(&r), reported);
    free_reading(&r);
}

static void file_size(void **state) {
    (void)state;
    const char *start = "klausul a\n  gäller när b\n";
    size_t n = KL_MAX_FILE - strlen(start);
    expect(repeated(start, " ", n, ""), "");
    expect(repeated(start, " ", n + 1, ""), "K0190");
}

static void nesting(void **state) {
    (void)state;
    kl_str open = repeated("klausul k\n  gäller när ", "(", KL_MAX_NESTING, "a");
    kl_str close = repeated("", ")", KL_MAX_NESTING, "");
    expect(kl_str_fmt(scratch, "%.*s%.*s", KL_FMT(open), KL_FMT(close)), "");
    open = repeated("klausul k\n  gäller när ", "(", KL_MAX_NESTING + 1, "a)");
    expect(kl_str_fmt(scratch, "%.*s%.*s", KL_FMT(open), KL_FMT(close)), "K0191");
}

static void depth(void **state) {
    (void)state;
    const char *start = "klausul k\n  gäller när ";
    expect(repeated(start, "inte ", KL_MAX_DEPTH - 1, "a"), "");
    expect(repeated(start, "inte ", KL_MAX_DEPTH, "a"), "K0192");
    expect(repeated(start, "a och ", KL_MAX_DEPTH - 1, "a"), "");
    expect(repeated(start, "a och ", KL_MAX_DEPTH, "a"), "K0192");
    expect(repeated(start, "a = -", 1, "a"), "");
    expect(repeated("klausul k\n  gäller när 1 < ", "-", KL_MAX_DEPTH, "a"), "K0192");
}

/* Lists are not deep: any number of elements will do. */
static void long_lists_are_not_deep(void **state) {
    (void)state;
    expect(repeated("regel r\n  ger a 1", ", b 2", 20000, ""), "");
    expect(repeated("klausul k\n  gäller när a bland b", ", c", 20000, ""), "");
    expect(repeated("klausul k\n  gäller när alla\n", "    a) b och c\n", 20000, ""), "");
}

/* The parser's own stack is exhausted before the depth of the tree can be known. */
static void parser_stack(void **state) {
    (void)state;
    expect(repeated("klausul k\n  gäller när ", "inte ", KL_MAX_STACK * 2, "a"), "K0192");
    expect(repeated("klausul k\n  gäller när ", "om a så ", KL_MAX_STACK, "a"), "K0192");
}

static void name_length(void **state) {
    (void)state;
    expect(repeated("klausul ", "å", KL_MAX_NAME, ""), "");
    expect(repeated("klausul ", "å", KL_MAX_NAME + 1, ""), "K0193");
    expect(repeated("klausul `", "1", KL_MAX_NAME, "`"), "");
}

static void number_length(void **state) {
    (void)state;
    expect(repeated("regel r ger a ", "9", KL_MAX_DIGITS, ""), "");
    expect(repeated("regel r ger a ", "9", KL_MAX_DIGITS + 1, ""), "K0194");
    expect(repeated("regel r ger a 0,", "9", KL_MAX_DIGITS, ""), "");
    expect(repeated("regel r ger a 0,", "9", KL_MAX_DIGITS + 1, ""), "K0194");
    expect(repeated("regel r ger a ", "0", 100, "1"), "");
}

static kl_str table_of(size_t n) {
    kl_str heading = repeated("tabell t\n|", " |", n, "\n|");
    return kl_str_fmt(scratch, "%.*s%.*s", KL_FMT(heading), KL_FMT(repeated("", "-|", n, "\n")));
}

static void columns(void **state) {
    (void)state;
    expect(table_of(KL_MAX_COLUMNS), "");
    expect(table_of(KL_MAX_COLUMNS + 1), "K0195");
}

static void errors(void **state) {
    (void)state;
    kl_str at = repeated("regel r\n  ger a 0.5", ", a 0.5", KL_MAX_ERRORS - 1, "");
    reading r = read_bytes(at.p, at.n);
    assert_int_equal(r.diags.list.n, KL_MAX_ERRORS);
    free_reading(&r);
    at = repeated("regel r\n  ger a 0.5", ", a 0.5", KL_MAX_ERRORS + 20, "");
    r = read_bytes(at.p, at.n);
    assert_int_equal(r.diags.list.n, KL_MAX_ERRORS + 1);
    assert_int_equal(r.diags.errors, KL_MAX_ERRORS + 21);
    assert_string_equal(kl_diag_code(r.diags.list.p[KL_MAX_ERRORS].id), "K0196");
    free_reading(&r);
}

/* ---- memory ---- */

static const char everything[] = "\xEF\xBB\xBFriktlinje a.b \"T\"\n  gäller från 2024-01-01 tidigare okänt\nvärden v\n "
                                 " a \"A\" kod \"1\"\npost p\n  f : v kolumn "
                                 "\"x\"\nklausul k\n  gäller när någon\n    a) \"t\" x har a, b och y = 1 200,5 kr\n   "
                                 " b) na\xCC\x8Amn = \"a\\\"b\"\n"
                                 "tabell t\n  | | f | u |\n  |---|---|---|\n  | 1) | a, b | 1 |  # c\nexempel \"e\"\n  "
                                 "givet f a, `källa` (a, b)\n  väntat u obestämt\n";
static const char faulty[] =
    "klasul k\n  gäller när (a och\n  källa x\nvärden v\n  okänt \"x\n  a÷b\nregel r\n ger = 1.5 x and y\n  giver q\n";

static bool survives(const char *text, size_t fail_after) {
    kl_arena *a = kl_arena_new(0);
    jmp_buf escape;
    FILE *out = fopen("/dev/null", "w");
    volatile bool done = false;
    kl_arena_guard(a, &escape);
    kl_arena_fail_after(a, fail_after);
    if (!setjmp(escape)) {
        kl_diags d;
        kl_diags_init(&d, a, KL_SV);
        kl_file *f = kl_parse(a, &d, KL_STR("a"), kl_str_of(text));
        kl_diags_text(&d, out, true);
        kl_diags_json(&d, out);
        kl_diags_github(&d, out);
        if (!d.errors) (void)kl_format(a, f, KL_EN);
        done = true;
    }
    fclose(out);
    kl_arena_free(a);
    return done;
}

/* Whichever allocation fails, the escape is taken and nothing is lost: the leak checker watches. */
static void every_allocation_may_fail(void **state) {
    (void)state;
    const char *const texts[] = {everything, faulty};
    for (size_t i = 0; i < 2; i++) {
        assert_true(survives(texts[i], 0));
        size_t n = 1;
        while (!survives(texts[i], n)) n++;
        assert_true(n > 100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_size, setup, teardown),
        cmocka_unit_test_setup_teardown(nesting, setup, teardown),
        cmocka_unit_test_setup_teardown(depth, setup, teardown),
        cmocka_unit_test_setup_teardown(long_lists_are_not_deep, setup, teardown),
        cmocka_unit_test_setup_teardown(parser_stack, setup, teardown),
        cmocka_unit_test_setup_teardown(name_length, setup, teardown),
        cmocka_unit_test_setup_teardown(number_length, setup, teardown),
        cmocka_unit_test_setup_teardown(columns, setup, teardown),
        cmocka_unit_test_setup_teardown(errors, setup, teardown),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("lang/limits", tests, NULL, NULL);
}
