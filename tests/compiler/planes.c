/* planes.c - which conditions share an instruction, and which do not though they look alike: an unknown tells them apart.
 * May include: compiler/compiler.h, runtime/klausul.h, tests/compiler/checking.h and cmocka.
 * Start at code_of(): how many instructions of each kind two conditions come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/klausul.h"
#include "tests/compiler/checking.h"

static const char head[] =
    "riktlinje test.plan\n  gäller utan datum\nvärden yrke\n  läkare\n  kurator\n  annan\n"
    "post kontakt\n  nr : text nyckel\n  a : ja/nej\n  b : ja/nej\n  c : ja/nej\n  d : ja/nej annars nej\n"
    "  tid : minuter\n  antal : heltal annars 1\n  yrke : yrke\nutfall svar : heltal\nutfall tal : heltal\n"
    "regel q\n  när c\n  ger tal 1\n";

/* `NOT 1 OR 1`: the instructions beside those for `c` of a guideline with one clause for each condition, in the order of opcodes.def. */
static char said[200];

static const char *code_of(const char *one, const char *other) {
    static const char *const names[] = {"CONST",  "NOT", "AND", "OR",   "FIELD", "KNOWN", "RANGE_F", "IN_F",
                                        "ASSUME", "HAS", "IN",  "TEXT", "RANGE", "EMPTY", "SAME"};
    char text[2000];
    int counts[sizeof names / sizeof *names] = {0};
    snprintf(text, sizeof text,
             "%sklausul k\n  gäller när %s\nklausul l\n  gäller när %s\nregel r\n  när k och l\n  ger svar 1\n", head,
             one, other);
    checking c = check_text(text);
    if (c.diags.errors) kl_diags_text(&c.diags, stderr, false);
    assert_int_equal(c.diags.errors, 0);
    kl_buf image;
    kl_buf_init(&image, c.arena);
    assert_true(kl_emit_image(c.arena, &c.diags, c.g, &image));
    void *memory = malloc(kl_program_size());
    const kl_program *p = kl_verify(memory, kl_program_size(), image.p, image.n, NULL);
    assert_non_null(p);
    kl_instruction in;
    for (uint32_t i = 0; kl_disassemble(p, i, &in); i++)
        for (size_t k = 0; in.name[0] == 'B' && k < sizeof names / sizeof *names; k++)
            counts[k] += strcmp(in.name + 2, names[k]) == 0;
    counts[0]--; /* the scope: yes */
    counts[4]--; /* c */
    size_t n = 0;
    said[0] = 0;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (counts[k]) n += (size_t)snprintf(said + n, sizeof said - n, "%s%s %d", n ? " " : "", names[k], counts[k]);
    free(memory);
    free_checking(&c);
    return said;
}

static void test_same_truth_in_other_words(void **state) {
    (void)state;
    assert_string_equal(code_of("a och b", "b och a"), "AND 1 FIELD 2");
    assert_string_equal(code_of("a och b", "inte (inte b eller inte a)"), "AND 1 FIELD 2");
    assert_string_equal(code_of("a", "a och (a eller b)"), "FIELD 1");
    assert_string_equal(code_of("a eller b", "a eller b eller (a och c)"), "OR 1 FIELD 2");
    assert_string_equal(code_of("yrke = läkare", "inte (yrke = kurator eller yrke = annan)"), "IN_F 1");
    assert_string_equal(code_of("yrke = läkare", "yrke = kurator eller yrke = annan"), "NOT 1 AND 1 IN_F 1");
}

static void test_narrowed(void **state) {
    (void)state;
    assert_string_equal(code_of("tid >= 5 och tid < 10", "tid mellan 5 och 9"), "RANGE_F 1");
    assert_string_equal(code_of("tid < 5 eller (tid >= 5 och tid <= 9)", "tid <= 9"), "RANGE_F 1");
    assert_string_equal(code_of("yrke bland läkare, kurator och yrke bland kurator, annan", "yrke = kurator"),
                        "IN_F 1");
    assert_string_equal(code_of("tid < 5 eller tid > 9", "tid < 5 eller tid > 9"), "OR 1 RANGE_F 2");
}

static void test_unknown_counts(void **state) {
    (void)state;
    assert_string_equal(code_of("a eller inte a", "b"), "NOT 1 AND 1 OR 1 FIELD 2");
    assert_string_equal(code_of("a och (inte a eller b)", "a och b"), "NOT 1 AND 2 OR 1 FIELD 2");
    assert_string_equal(code_of("tid < 5 eller tid >= 5", "tid är känd"), "KNOWN 1 RANGE_F 1");
    assert_string_equal(code_of("a är känd och inte a", "a är känd"), "NOT 1 AND 1 FIELD 1 KNOWN 1");
}

static void test_default_is_never_unknown(void **state) {
    (void)state;
    assert_string_equal(code_of("d eller inte d", "a"), "FIELD 1");
    assert_string_equal(code_of("antal < 5 eller antal >= 5", "a"), "FIELD 1");
    assert_string_equal(code_of("antal < 5", "inte antal >= 5"), "RANGE_F 1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_truth_in_other_words),
        cmocka_unit_test(test_narrowed),
        cmocka_unit_test(test_unknown_counts),
        cmocka_unit_test(test_default_is_never_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
