/* dates.c - days to calendar dates and back, whole months and years between dates.
 * May include: dates.h and klausul.h (for the range of dates). No tables, no loops over years.
 * Start at kl_civil_of(): years are counted from March, so that the leap day ends them. */
#include "runtime/dates.h"
#include "runtime/klausul.h"

enum { DAYS_400_YEARS = 146097, MARCH_YEAR_0 = 719468 /* days from 0000-03-01 to 1970-01-01 */ };

bool kl_date_of(int32_t year, int32_t month, int32_t day, int32_t *days) {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    int32_t y = month > 2 ? year : year - 1, era = y / 400, of_era = y % 400;
    int32_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int32_t n = era * DAYS_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_YEAR_0;
    if (day > 28) { /* the 29th to 31st exist when they do not run over into the next month */
        kl_civil c = kl_civil_of(n);
        if (c.day != day || c.month != month) return false;
    }
    *days = n;
    return true;
}

kl_civil kl_civil_of(int32_t days) {
    days = days < KL_DATE_MIN ? KL_DATE_MIN : days > KL_DATE_MAX ? KL_DATE_MAX : days;
    int32_t n = days + MARCH_YEAR_0, era = n / DAYS_400_YEARS, of_era = n % DAYS_400_YEARS;
    int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int32_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    kl_civil c;
    c.day = of_year - (153 * month + 2) / 5 + 1;
    c.month = month < 10 ? month + 3 : month - 9;
    c.year = era * 400 + year + (c.month <= 2);
    return c;
}

static bool is_date(int64_t d) {
    return d >= KL_DATE_MIN && d <= KL_DATE_MAX;
}

bool kl_months_between(int64_t a, int64_t b, int64_t *out) {
    if (!is_date(a) || !is_date(b)) return false;
    int64_t from = a < b ? a : b, to = a < b ? b : a;
    kl_civil x = kl_civil_of((int32_t)from), y = kl_civil_of((int32_t)to);
    int64_t months = (y.year - x.year) * 12 + y.month - x.month - (y.day < x.day);
    *out = a <= b ? months : -months;
    return true;
}

bool kl_years_between(int64_t a, int64_t b, int64_t *out) {
    int64_t months;
    if (!kl_months_between(a, b, &months)) return false;
    *out = months / 12;
    return true;
}
