/* decode.c - what a token says: names composed, strings without quotes, numbers and dates as integers.
 * May include: lang/reader.h, lang/limits.h and the grammar's token numbers.
 * Start at kl_read_name(); the parser asks once for each token, so each fault is reported once. */
#include <string.h>

#include "lang/limits.h"
#include "lang/parse.h"
#include "lang/reader.h"

static kl_str limit(kl_reader *r, long n) {
    return kl_str_fmt(r->arena, "%ld", n);
}

static bool ascii_name(kl_str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80) return false;
    return true;
}

/* The scanner matches letters coarsely; this is the exact check. */
static void check_letters(kl_reader *r, kl_str name, kl_span span) {
    for (size_t at = 0; at < name.n;) {
        size_t from = at;
        uint32_t c = kl_utf8_next(name, &at);
        if (c >= 0x80 && !kl_utf8_letter(c)) {
            kl_report(r->diags, r->file, span, KL_D_NAME_CHARACTER, 1, (kl_str){name.p + from, at - from});
            return;
        }
    }
}

static size_t characters(kl_str s) {
    size_t n = 0;
    for (size_t at = 0; at < s.n; n++) (void)kl_utf8_next(s, &at);
    return n;
}

static kl_str without_back_quotes(kl_arena *a, kl_str s) {
    char *p = kl_alloc(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '`') p[n++] = s.p[i];
    return (kl_str){p, n};
}

kl_name kl_read_name(kl_reader *r, const kl_token *t) {
    kl_str text = kl_token_text(r->file, t->span);
    kl_name name = {.span = t->span, .quoted = t->flags & KL_TOKEN_QUOTED};
    if (name.quoted) text = without_back_quotes(r->arena, text);
    name.text = text;
    if (!ascii_name(text)) {
        name.text = kl_utf8_compose(r->arena, text);
        check_letters(r, name.text, t->span);
    }
    if (text.n > KL_MAX_NAME && characters(name.text) > KL_MAX_NAME)
        kl_report(r->diags, r->file, t->span, KL_D_NAME_TOO_LONG, 1, limit(r, KL_MAX_NAME));
    return name;
}

/* The bytes the opening mark takes: " (and ', which is reported) is one, ” and “ are three. */
static size_t mark_length(kl_str s) {
    return s.p[0] == '"' || s.p[0] == '\'' ? 1 : 3;
}

static bool closes(kl_str s, size_t mark) {
    if (s.n < 2 * mark) return false;
    return mark == 1 ? s.p[s.n - 1] == s.p[0] : memcmp(s.p + s.n - 3, "\xE2\x80\x9D", 3) == 0;
}

kl_text kl_read_string(kl_reader *r, const kl_token *t) {
    kl_str s = kl_token_text(r->file, t->span);
    size_t mark = mark_length(s), end = closes(s, mark) ? s.n - mark : s.n;
    kl_str inner = {s.p + mark, end - mark};
    if (inner.n && memchr(inner.p, '\\', inner.n)) {
        char *p = kl_alloc(r->arena, inner.n);
        size_t n = 0;
        for (size_t i = 0; i < inner.n; i++) {
            if (inner.p[i] == '\\' && i + 1 < inner.n) {
                char c = inner.p[++i];
                if (c != '\\' && c != '"' && c != '|') {
                    size_t next = i;
                    (void)kl_utf8_next(inner, &next);
                    uint32_t at = t->span.start + (uint32_t)(mark + i);
                    kl_report(r->diags, r->file, (kl_span){at - 1, at + (uint32_t)(next - i)}, KL_D_UNKNOWN_ESCAPE, 1,
                              (kl_str){inner.p + i, next - i});
                    p[n++] = '\\';
                }
            }
            p[n++] = inner.p[i];
        }
        inner = (kl_str){p, n};
    }
    return (kl_text){kl_utf8_compose(r->arena, inner), t->span};
}

/* What the number should have looked like, for the hint. */
static kl_str with_sign(kl_reader *r, kl_str s, char wrong, char right) {
    kl_str copy = kl_str_dup(r->arena, s);
    char *p = memchr((char *)(uintptr_t)copy.p, wrong, copy.n);
    if (p) *p = right;
    return copy;
}

static kl_str sign_word(const kl_reader *r, char sign) {
    bool sv = r->diags->lang == KL_SV;
    return kl_str_of(sign == ',' ? (sv ? "komma" : "a comma") : (sv ? "punkt" : "a point"));
}

kl_number kl_read_number(kl_reader *r, const kl_token *t) {
    kl_str s = kl_token_text(r->file, t->span);
    char sign = r->file->surface == KL_SV ? ',' : '.';
    kl_number number = {0, 0};
    size_t digits = 0;
    bool after = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == ',' || s.p[i] == '.') {
            after = true;
            if (s.p[i] != sign)
                kl_report(r->diags, r->file, t->span, KL_D_DECIMAL_SIGN, 2, sign_word(r, sign),
                          with_sign(r, s, s.p[i], sign));
        }
        if (s.p[i] < '0' || s.p[i] > '9') continue; /* the blanks between groups */
        digits += digits > 0 || s.p[i] != '0' || after;
        if (digits > KL_MAX_DIGITS) continue;
        number.value = number.value * 10 + (s.p[i] - '0');
        number.decimals = (uint8_t)(number.decimals + after);
    }
    if (digits <= KL_MAX_DIGITS) return number;
    kl_report(r->diags, r->file, t->span, KL_D_NUMBER_TOO_LONG, 1, limit(r, KL_MAX_DIGITS));
    return (kl_number){0, 0}; /* said once is enough */
}

static int part(const char **p) {
    int n = 0;
    while (**p >= '0' && **p <= '9') n = n * 10 + *(*p)++ - '0';
    ++*p;
    return n;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
static int32_t day_number(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int32_t kl_read_date(kl_reader *r, const kl_token *t) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    kl_str s = kl_token_text(r->file, t->span);
    char copy[16] = {0};
    memcpy(copy, s.p, s.n < sizeof copy ? s.n : sizeof copy - 1);
    const char *p = copy;
    int year = part(&p), month = part(&p), day = part(&p);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (s.n != 10 || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > lengths[month - 1] + (month == 2 && leap)) {
        kl_report(r->diags, r->file, t->span, KL_D_BAD_DATE, 1, s);
        return 0;
    }
    return day_number(year, month, day);
}

kl_label kl_read_label(kl_reader *r, const kl_token *t) {
    kl_str s = kl_token_text(r->file, t->span);
    return (kl_label){.text = {s.p, s.n - 1}, .span = t->span};
}
