/* arith.c - checked arithmetic against 128-bit integers: small numbers exhaustively, and every pair of edges.
 * May include: runtime/arith.h and cmocka.
 * Start at model(): the four roundings as the manual says them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runtime/arith.h"

__extension__ typedef __int128 wide;

static wide absolute(wide a) {
    return a < 0 ? -a : a;
}

static wide model(wide a, wide b, kl_rounding way) {
    wide whole = absolute(a) / absolute(b), rest = absolute(a) % absolute(b), twice = 2 * rest;
    if (way == KL_ROUNDING_UP && rest) whole++;
    if (way == KL_ROUNDING_HALF_UP && twice >= absolute(b)) whole++;
    if (way == KL_ROUNDING_HALF_EVEN && (twice > absolute(b) || (twice == absolute(b) && whole % 2))) whole++;
    return (a < 0) != (b < 0) ? -whole : whole;
}

static void expect(bool fits, int64_t got, wide want) {
    bool should = want >= INT64_MIN && want <= INT64_MAX;
    assert_int_equal(fits, should);
    if (should && got != (int64_t)want) fail_msg("%lld instead of %lld", (long long)got, (long long)want);
}

static bool fits(wide v) {
    return v >= INT64_MIN && v <= INT64_MAX;
}

static void pair(int64_t a, int64_t b) {
    int64_t r = 0;
    bool ok = kl_add(a, b, &r);
    expect(ok, r, (wide)a + b);
    ok = kl_subtract(a, b, &r);
    expect(ok, r, (wide)a - b);
    ok = kl_multiply(a, b, &r);
    expect(ok, r, (wide)a * b);
    ok = kl_negate(a, &r);
    expect(ok, r, -(wide)a);
    for (kl_rounding way = KL_ROUNDING_HALF_UP; way <= KL_ROUNDING_UP; way++) {
        if (b == 0) {
            assert_false(kl_divide(a, b, way, &r));
            assert_false(kl_divide_scaled(a, 10, b, way, &r));
            continue;
        }
        ok = kl_divide(a, b, way, &r);
        expect(ok, r, model(a, b, way));
        ok = kl_divide_scaled(a, 100, b, way, &r);
        if (fits((wide)a * 100))
            expect(ok, r, model((wide)a * 100, b, way));
        else
            assert_false(ok);
        if (b < 0) continue;
        ok = kl_round_to(a, b, way, &r);
        expect(ok, r, model(a, b, way) * b);
    }
}

static void test_small(void **state) {
    (void)state;
    for (int64_t a = -130; a <= 130; a++)
        for (int64_t b = -45; b <= 45; b++) pair(a, b);
}

static void test_edges(void **state) {
    (void)state;
    static const int64_t edges[] = {0,
                                    1,
                                    2,
                                    3,
                                    5,
                                    7,
                                    10,
                                    49,
                                    50,
                                    51,
                                    99,
                                    100,
                                    1000000007,
                                    INT64_C(3037000499),
                                    INT64_C(3037000500),
                                    INT64_C(4294967295),
                                    INT64_C(4294967296),
                                    INT64_C(4294967297),
                                    INT64_C(1000000000000000),
                                    INT64_C(92233720368547758),
                                    INT64_C(92233720368547759),
                                    INT64_MAX / 3,
                                    INT64_MAX / 2,
                                    INT64_MAX / 2 + 1,
                                    INT64_MAX - 50,
                                    INT64_MAX - 1,
                                    INT64_MAX};
    size_t n = sizeof edges / sizeof *edges;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (int signs = 0; signs < 4; signs++)
                pair(signs & 1 ? -edges[i] : edges[i], signs & 2 ? -edges[j] : edges[j]);
    for (size_t i = 0; i < n; i++)
        for (int sign = 0; sign < 2; sign++) {
            int64_t e = sign ? -edges[i] : edges[i];
            pair(INT64_MIN, e);
            pair(e, INT64_MIN);
            pair(INT64_MIN + 1, e);
        }
    pair(INT64_MIN, INT64_MIN);
}

static void test_failure_leaves_the_result_alone(void **state) {
    (void)state;
    int64_t r = 42;
    assert_false(kl_add(INT64_MAX, 1, &r));
    assert_false(kl_multiply(INT64_MIN, -1, &r));
    assert_false(kl_divide(INT64_MIN, -1, KL_ROUNDING_DOWN, &r));
    assert_false(kl_divide(1, 0, KL_ROUNDING_DOWN, &r));
    assert_false(kl_round_to(INT64_MAX, 10, KL_ROUNDING_UP, &r));
    assert_int_equal(r, 42);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small), cmocka_unit_test(test_edges),
                                       cmocka_unit_test(test_failure_leaves_the_result_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
