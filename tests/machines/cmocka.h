/* cmocka.h - what the unit tests use of cmocka, for machines that have no cmocka installed: it prints the same lines of TAP.
 * May include: the C library.
 * Start at kl_run_tests(). A failed assertion ends its test by longjmp; its teardown is run all the same. */
#ifndef KL_TESTS_MACHINES_CMOCKA_H
#define KL_TESTS_MACHINES_CMOCKA_H

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

typedef struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
    int (*setup)(void **state), (*teardown)(void **state);
    void *initial_state;
} CMUnitTest;

__attribute__((weak)) jmp_buf kl_after_test; /* one for all sources of a program */
enum { KL_TEST_FAILED = 1, KL_TEST_SKIPPED = 2 };

#define fail_msg(...)                                                                                                  \
    (printf("# " __VA_ARGS__), printf("\n# %s:%d\n", __FILE__, __LINE__), longjmp(kl_after_test, KL_TEST_FAILED))
#define skip() longjmp(kl_after_test, KL_TEST_SKIPPED)
#define print_message(...) printf(__VA_ARGS__)
#define kl_claim(good, what) ((good) ? (void)0 : (void)fail_msg("%s", what))
#define assert_true(x) kl_claim((x), #x)
#define assert_false(x) kl_claim(!(x), "not: " #x)
#define assert_null(x) kl_claim((x) == NULL, #x " is NULL")
#define assert_non_null(x) kl_claim((x) != NULL, #x " is not NULL")
#define assert_int_equal(a, b) kl_claim((unsigned long long)(a) == (unsigned long long)(b), #a " == " #b)
#define assert_int_not_equal(a, b) kl_claim((unsigned long long)(a) != (unsigned long long)(b), #a " != " #b)
#define assert_string_equal(a, b) kl_claim(strcmp(a, b) == 0, #a " equals " #b)
#define assert_string_not_equal(a, b) kl_claim(strcmp(a, b) != 0, #a " differs from " #b)
#define assert_memory_equal(a, b, size) kl_claim(memcmp(a, b, size) == 0, #a " equals " #b)

#define cmocka_unit_test(f)                                                                                            \
    { #f, f, NULL, NULL, NULL }
#define cmocka_unit_test_setup_teardown(f, setup, teardown)                                                            \
    { #f, f, setup, teardown, NULL }
#define cmocka_set_message_output(form) ((void)0)

static inline int kl_run_test(void (*run)(void **state), void **state) {
    int end = setjmp(kl_after_test);
    if (end == 0) run(state);
    return end;
}

static inline int kl_run_tests(const CMUnitTest *tests, size_t count, int (*setup)(void **), int (*teardown)(void **)) {
    int failed = 0;
    void *shared = NULL;
    if (setup && setup(&shared) != 0) return 1;
    for (size_t i = 0; i < count; i++) {
        void *state = tests[i].initial_state ? tests[i].initial_state : shared;
        int end = tests[i].setup && tests[i].setup(&state) != 0 ? KL_TEST_FAILED : kl_run_test(tests[i].run, &state);
        if (tests[i].teardown) tests[i].teardown(&state);
        printf("%s %zu%s - %s\n", end == KL_TEST_FAILED ? "not ok" : "ok", i + 1,
               end == KL_TEST_SKIPPED ? " # SKIP" : "", tests[i].name);
        failed += end == KL_TEST_FAILED;
    }
    if (teardown) teardown(&shared);
    return failed;
}
#define cmocka_run_group_tests(tests, setup, teardown)                                                                 \
    kl_run_tests(tests, sizeof tests / sizeof *tests, setup, teardown)

#endif
