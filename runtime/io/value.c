/* value.c - one value as text: yes/no, numbers, dates and sets, each accepted or refused with its reason.
 * May include: the C library.
 * Start at kl_parse_number(). */
#include "runtime/io/inside.h"

#include <string.h>

static size_t blank_at(const char *p, size_t n) { /* bytes of the blank at p, 0 when there is none */
    const unsigned char *u = (const unsigned char *)p;
    if (!n) return 0;
    if (u[0] == ' ' || u[0] == '\t') return 1;
    if (n >= 2 && u[0] == 0xC2 && u[1] == 0xA0) return 2;                                   /* no-break space */
    if (n >= 3 && u[0] == 0xE2 && u[1] == 0x80 && (u[2] == 0xAF || u[2] == 0x89)) return 3; /* narrow and thin space */
    return 0;
}

static size_t space_at(const char *p, size_t n) {
    return n && (*p == '\r' || *p == '\n') ? 1 : blank_at(p, n);
}

kl_string kl_trim(kl_string s) {
    for (size_t k; (k = space_at(s.data, s.size)) != 0; s.size -= k) s.data += k;
    while (s.size) {
        const char *end = s.data + s.size;
        if (space_at(end - 1, 1))
            s.size--;
        else if (s.size >= 2 && blank_at(end - 2, 2) == 2)
            s.size -= 2;
        else if (s.size >= 3 && blank_at(end - 3, 3) == 3)
            s.size -= 3;
        else
            break;
    }
    return s;
}

static bool same_word(const char *p, const char *word, size_t n) {
    for (size_t i = 0; i < n; i++)
        if ((p[i] | 0x20) != word[i]) return false;
    return true;
}

kl_reject_reason kl_parse_bool(kl_string s, bool *out) {
    static const struct {
        const char *word;
        uint8_t size;
        bool value;
    } words[] = {{"ja", 2, true},  {"nej", 3, false}, {"true", 4, true}, {"false", 5, false},
                 {"yes", 3, true}, {"no", 2, false},  {"sant", 4, true}, {"falskt", 6, false}};
    if (s.size == 1) {
        char c = s.data[0];
        *out = c == '1' || c == 'j' || c == 'J' || c == 'y' || c == 'Y';
        return *out || c == '0' || c == 'n' || c == 'N' ? KL_REJECT_NOT : KL_REJECT_BOOL;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (s.size == words[i].size && same_word(s.data, words[i].word, s.size)) {
            *out = words[i].value;
            return KL_REJECT_NOT;
        }
    return KL_REJECT_BOOL;
}

/* ------------------------------------------------------------------ numbers */
typedef struct digits {
    uint64_t value;
    unsigned count; /* leading zeros not counted */
} digits;

static bool take_digit(digits *d, char c) {
    if (c < '0' || c > '9') return false;
    if (d->count < 19) d->value = d->value * 10 + (uint64_t)(c - '0');
    if (d->value) d->count++;
    return true;
}

/* 1200, 1 200 or 1 200 300: one to three digits, then groups of exactly three after one blank each. */
static bool whole_part(const char **p, size_t *n, digits *d) {
    size_t run = 0, groups = 0;
    while (*n) {
        if (take_digit(d, **p)) {
            run++, ++*p, --*n;
            continue;
        }
        size_t blank = blank_at(*p, *n);
        if (!blank || *n == blank || (*p)[blank] < '0' || (*p)[blank] > '9') break;
        if (groups ? run != 3 : run == 0 || run > 3) return false;
        groups++, run = 0, *p += blank, *n -= blank;
    }
    return groups == 0 || run == 3;
}

static bool unit_follows(const char *p, size_t n, kl_string unit) {
    for (size_t k; (k = blank_at(p, n)) != 0; p += k, n -= k) {
    }
    if (!n) return true;
    if (!unit.size) return false;
    bool crowns = unit.size == 3 && memcmp(unit.data, "SEK", 3) == 0;
    if (crowns && n == 2 && same_word(p, "kr", 2)) return true;
    if (n != unit.size) return false;
    for (size_t i = 0; i < n; i++) {
        char a = p[i], b = unit.data[i];
        if (a >= 'a' && a <= 'z') a = (char)(a - 32);
        if (b >= 'a' && b <= 'z') b = (char)(b - 32);
        if (a != b) return false;
    }
    return true;
}

enum { THOUSANDS = 3 }; /* digits after a point or comma that may be meant for no decimals */

kl_reject_reason kl_parse_number(kl_string s, unsigned scale, kl_string unit, int64_t *out) {
    const char *p = s.data;
    size_t n = s.size;
    bool minus = false;
    if (n && *p == '-')
        minus = true, p++, n--;
    else if (n >= 3 && memcmp(p, "\xE2\x88\x92", 3) == 0)
        minus = true, p += 3, n -= 3;
    digits d = {0, 0};
    size_t before = n;
    if (!whole_part(&p, &n, &d)) return KL_REJECT_NUMBER;
    bool whole = n < before;
    size_t decimals = 0;
    bool finer = false; /* than the scale */
    if (n && (*p == ',' || *p == '.')) {
        for (p++, n--; n && *p >= '0' && *p <= '9'; decimals++, p++, n--) {
            if (decimals < scale)
                take_digit(&d, *p);
            else
                finer |= *p != '0';
        }
        if (!decimals) return KL_REJECT_NUMBER;
    } else if (!whole) {
        return KL_REJECT_NUMBER;
    }
    if (!unit_follows(p, n, unit)) return KL_REJECT_NUMBER;
    if (decimals > scale && (finer || decimals == THOUSANDS)) return KL_REJECT_DECIMALS;
    if (d.count > 16) return KL_REJECT_RANGE;
    for (; decimals < scale && d.value <= (uint64_t)KL_NUMBER_MAX; decimals++) d.value *= 10;
    if (d.value > (uint64_t)KL_NUMBER_MAX) return KL_REJECT_RANGE;
    *out = minus ? -(int64_t)d.value : (int64_t)d.value;
    return KL_REJECT_NOT;
}

/* ------------------------------------------------------------------ dates */
int64_t kl_day_of(int64_t year, unsigned month, unsigned day) {
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t in_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

kl_reject_reason kl_parse_date(kl_string s, int64_t *out) {
    static const uint8_t lengths[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const char *p = s.data;
    char d[8];
    if (s.size == 10 && p[4] == '-' && p[7] == '-') {
        memcpy(d, p, 4);
        memcpy(d + 4, p + 5, 2);
        memcpy(d + 6, p + 8, 2);
    } else if (s.size == 8) {
        memcpy(d, p, 8);
    } else {
        return KL_REJECT_DATE;
    }
    for (size_t i = 0; i < 8; i++)
        if (d[i] < '0' || d[i] > '9') return KL_REJECT_DATE;
    unsigned year = (unsigned)(d[0] - '0') * 1000 + (unsigned)(d[1] - '0') * 100 + (unsigned)(d[2] - '0') * 10 +
                    (unsigned)(d[3] - '0');
    unsigned month = (unsigned)(d[4] - '0') * 10 + (unsigned)(d[5] - '0');
    unsigned day = (unsigned)(d[6] - '0') * 10 + (unsigned)(d[7] - '0');
    if (year == 0 || month == 0 || month > 12 || day == 0) return KL_REJECT_DATE;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month] + (unsigned)(month == 2 && leap)) return KL_REJECT_DATE;
    *out = kl_day_of(year, month, day);
    return KL_REJECT_NOT;
}

/* ------------------------------------------------------------------ sets: A,B  A;B  A|B  A B, or inga, empty, [] */
static bool divides(char c, bool spaces) {
    return c == ',' || c == ';' || c == '|' || c == '\n' || (spaces && (c == ' ' || c == '\t'));
}

kl_reject_reason kl_parse_set(const kl_schema *schema, uint32_t set, kl_string s, uint64_t *mask) {
    uint32_t whole = kl_schema_code(schema, set, s);
    if (whole < 64) {
        *mask = UINT64_C(1) << whole;
        return KL_REJECT_NOT;
    }
    *mask = 0;
    if ((s.size == 4 && same_word(s.data, "inga", 4)) || (s.size == 5 && same_word(s.data, "empty", 5)) ||
        (s.size == 2 && memcmp(s.data, "[]", 2) == 0))
        return KL_REJECT_NOT;
    bool spaces = true;
    for (size_t i = 0; i < s.size && spaces; i++) spaces = !divides(s.data[i], false);
    for (size_t i = 0; i < s.size;) {
        size_t n = 0;
        while (i + n < s.size && !divides(s.data[i + n], spaces)) n++;
        kl_string one = kl_trim((kl_string){s.data + i, n});
        i += n + 1;
        if (!one.size) continue;
        uint32_t code = kl_schema_code(schema, set, one);
        if (code >= 64) return KL_REJECT_CODE;
        *mask |= UINT64_C(1) << code;
    }
    return KL_REJECT_NOT;
}
