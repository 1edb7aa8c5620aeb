/* date_text.c - dates as text, read and written: for whoever reads records and writes decisions; deciding needs none of it.
 * May include: dates.h of this room.
 * Start at kl_date_parse(). */
#include "runtime/dates.h"

static bool digits(const char *text, size_t n, int32_t *out) {
    int32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        v = v * 10 + (text[i] - '0');
    }
    *out = v;
    return true;
}

bool kl_date_parse(const char *text, size_t size, int32_t *days) {
    int32_t year, month, day;
    size_t dash = size == 10 ? 1 : 0;
    if (size != 8 && size != 10) return false;
    if (dash && (text[4] != '-' || text[7] != '-')) return false;
    return digits(text, 4, &year) && digits(text + 4 + dash, 2, &month) && digits(text + 6 + 2 * dash, 2, &day) &&
           kl_date_of(year, month, day, days);
}

void kl_date_write(int32_t days, char out[10]) {
    kl_civil c = kl_civil_of(days);
    int32_t parts[3] = {c.year, c.month, c.day};
    int last[3] = {3, 6, 9}, first[3] = {0, 5, 8};
    for (int i = 0; i < 3; i++)
        for (int at = last[i]; at >= first[i]; at--, parts[i] /= 10) out[at] = (char)('0' + parts[i] % 10);
    out[4] = out[7] = '-';
}
