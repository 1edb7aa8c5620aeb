/* dates.c - the calendar, day by day from year 1 to 9999, against a plain counting model; spans against counting by hand.
 * May include: runtime/dates.h, klausul.h and cmocka.
 * Start at test_every_day(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/dates.h"
#include "runtime/klausul.h"

static int32_t month_days(int32_t year, int32_t month) {
    static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void test_every_day(void **state) {
    (void)state;
    int32_t n = KL_DATE_MIN;
    for (int32_t year = 1; year <= 9999; year++)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t day = 1; day <= month_days(year, month); day++, n++) {
                int32_t days = 0;
                kl_civil c = kl_civil_of(n);
                if (c.year != year || c.month != month || c.day != day || !kl_date_of(year, month, day, &days) ||
                    days != n)
                    fail_msg("%d-%d-%d is not day %d", year, month, day, n);
            }
    assert_int_equal(n - 1, KL_DATE_MAX);
    assert_int_equal(kl_civil_of(0).year, 1970);
}

static void test_no_such_day(void **state) {
    (void)state;
    int32_t days = 7;
    for (int32_t year = 1; year <= 9999; year += year < 1890 || year > 2110 ? 97 : 1)
        for (int32_t month = 1; month <= 12; month++)
            for (int32_t day = month_days(year, month) + 1; day <= 32; day++)
                assert_false(kl_date_of(year, month, day, &days));
    assert_false(kl_date_of(0, 1, 1, &days));
    assert_false(kl_date_of(10000, 1, 1, &days));
    assert_false(kl_date_of(2023, 0, 1, &days));
    assert_false(kl_date_of(2023, 13, 1, &days));
    assert_false(kl_date_of(2023, 1, 0, &days));
    assert_false(kl_date_of(2023, 1, -1, &days));
    assert_int_equal(days, 7);
}

static void test_text(void **state) {
    (void)state;
    char text[11] = {0};
    for (int32_t n = KL_DATE_MIN; n <= KL_DATE_MAX; n += 13) {
        int32_t back = 0;
        kl_date_write(n, text);
        assert_true(kl_date_parse(text, 10, &back));
        assert_int_equal(back, n);
        char plain[8] = {text[0], text[1], text[2], text[3], text[5], text[6], text[8], text[9]};
        assert_true(kl_date_parse(plain, 8, &back));
        assert_int_equal(back, n);
    }
    kl_date_write(19000, text);
    assert_string_equal(text, "2022-01-08");
    static const char *const bad[] = {
        "",          "2023",      "2023-1-01",   "2023-01-1",   "2023-13-01", "2023-02-29", "2023/01/01",
        "20230229",  "2023010",   "2023-01-011", " 2023-01-01", "2023-01-0x", "0000-01-01", "-023-01-01",
        "2023-0101", "202301-01", "20230101 ",   "2023–01-01",  "+0230101",   "2023-01-00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int32_t days;
        if (kl_date_parse(bad[i], strlen(bad[i]), &days)) fail_msg("\"%s\" is no date", bad[i]);
    }
}

/* The number of whole months from a to b, a not after b: the largest m such that m months after a's day is not past b, where a month
 * that lacks the day has not reached it. */
static int64_t count_months(int32_t a, int32_t b) {
    kl_civil x = kl_civil_of(a), y = kl_civil_of(b);
    int64_t m = 0;
    int32_t year = x.year, month = x.month;
    for (;;) {
        month++;
        if (month > 12) month = 1, year++;
        bool reached = year < y.year || (year == y.year && (month < y.month || (month == y.month && x.day <= y.day)));
        if (!reached) return m;
        m++;
    }
}

static void test_spans(void **state) {
    (void)state;
    static const int32_t starts[][3] = {{2000, 2, 29}, {2023, 1, 31}, {2023, 12, 31},
                                        {1999, 6, 15}, {2024, 2, 28}, {2020, 8, 1}};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        int32_t a = 0;
        assert_true(kl_date_of(starts[i][0], starts[i][1], starts[i][2], &a));
        for (int32_t b = a; b < a + 1600; b++) {
            int64_t months, years, back;
            assert_true(kl_months_between(a, b, &months));
            assert_true(kl_years_between(a, b, &years));
            assert_int_equal(months, count_months(a, b));
            assert_int_equal(years, months / 12);
            assert_true(kl_months_between(b, a, &back));
            assert_int_equal(back, -months);
            assert_true(kl_years_between(b, a, &back));
            assert_int_equal(back, -years);
        }
    }
    int64_t whole;
    assert_true(kl_years_between(KL_DATE_MIN, KL_DATE_MAX, &whole));
    assert_int_equal(whole, 9998);
    static const int64_t bad[] = {INT64_MIN, KL_DATE_MIN - 1, KL_DATE_MAX + 1, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        assert_false(kl_years_between(bad[i], 0, &whole));
        assert_false(kl_years_between(0, bad[i], &whole));
        assert_false(kl_months_between(bad[i], 0, &whole));
        assert_false(kl_months_between(0, bad[i], &whole));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_day), cmocka_unit_test(test_no_such_day),
                                       cmocka_unit_test(test_text), cmocka_unit_test(test_spans)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
