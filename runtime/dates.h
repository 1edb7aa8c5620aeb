/* dates.h - the calendar: days since 1970-01-01 and year, month, day in the proleptic Gregorian calendar, years 1 to 9999.
 * May include: the C library's stdint, stdbool and stddef only. Pure functions, used by every room that meets a date.
 * Start at kl_date_of(), kl_civil_of() and kl_date_parse(). */
#ifndef KL_RUNTIME_DATES_H
#define KL_RUNTIME_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct kl_civil {
    int32_t year, month, day; /* 1..9999, 1..12, 1..31 */
} kl_civil;

/* false: there is no such day. */
bool kl_date_of(int32_t year, int32_t month, int32_t day, int32_t *days);
/* `days` in KL_DATE_MIN..KL_DATE_MAX of klausul.h; past these it gives the first or last day. */
kl_civil kl_civil_of(int32_t days);
/* YYYY-MM-DD or YYYYMMDD, nothing before or after. false: not such a date. */
bool kl_date_parse(const char *text, size_t size, int32_t *days);
/* Writes YYYY-MM-DD, without a NUL. `days` as for kl_civil_of. */
void kl_date_write(int32_t days, char out[10]);
/* Whole years or months from a to b, truncated towards zero: a day of month that is not reached does not count; negative when b is
 * earlier, and then the mirror of b to a. false: a or b is not a date. */
bool kl_years_between(int64_t a, int64_t b, int64_t *out);
bool kl_months_between(int64_t a, int64_t b, int64_t *out);

#endif
