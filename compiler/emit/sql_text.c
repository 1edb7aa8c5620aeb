/* sql_text.c - how names, texts, truths, dates and amounts are written in SQL.
 * May include: compiler/emit/sql.h.
 * Start at kl_sql_fill(), which puts parts into the templates of a dialect. */
#include "compiler/emit/sql.h"

kl_str kl_sql_fill(kl_arena *a, const char *pattern, kl_str one, kl_str two, kl_str three) {
    kl_buf b;
    kl_buf_init(&b, a);
    for (const char *p = pattern; *p; p++) {
        if (*p != '$' || p[1] < '1' || p[1] > '4') {
            kl_buf_add(&b, p, 1);
            continue;
        }
        const kl_str parts[] = {one, two, three, KL_STR("")};
        if (*++p != '4') {
            kl_buf_str(&b, parts[*p - '1']);
            continue;
        }
        kl_buf_add(&b, "1", 1); /* 10^two */
        for (int k = 0; k < (two.n ? two.p[0] - '0' : 0); k++) kl_buf_add(&b, "0", 1);
    }
    return kl_buf_view(&b);
}

kl_str kl_sql_string(kl_string s) {
    return (kl_str){s.data, s.size};
}

uint32_t kl_sql_word(const kl_sql *q, kl_section s, uint32_t row, uint32_t w) {
    return kl_view_word(&q->view, s, row, w);
}

static kl_str between(kl_arena *a, kl_str text, char quote) {
    kl_buf b;
    kl_buf_init(&b, a);
    kl_buf_add(&b, &quote, 1);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == quote) kl_buf_add(&b, &quote, 1);
        kl_buf_add(&b, &text.p[i], 1);
    }
    kl_buf_add(&b, &quote, 1);
    return kl_buf_view(&b);
}

void kl_sql_refuse(kl_sql *q, kl_sql_reason reason, kl_str what, uint32_t most) {
    if (!q->trouble.reason) q->trouble = (kl_sql_trouble){reason, what, most};
}

/* A console would look at each line of a text by itself. */
static kl_str on_one_line(kl_sql *q, kl_str quoted) {
    kl_buf b;
    kl_buf_init(&b, q->arena);
    for (size_t i = 0; i < quoted.n; i++)
        if (quoted.p[i] == '\n' || quoted.p[i] == '\r')
            kl_buf_fmt(&b, "' %s CHR(%d) %s '", q->d->join, quoted.p[i], q->d->join);
        else
            kl_buf_add(&b, &quoted.p[i], 1);
    return kl_buf_view(&b);
}

static kl_str cut_short(kl_str text) { /* at a letter */
    text.n = 40;
    while (text.n && ((unsigned char)text.p[text.n] & 0xC0) == 0x80) text.n--;
    return text;
}

kl_str kl_sql_quoted(kl_sql *q, kl_str text) {
    kl_str quoted = between(q->arena, text, '\'');
    if (q->d->console) quoted = on_one_line(q, quoted);
    if (q->d->text_most && text.n > q->d->text_most) kl_sql_refuse(q, KL_SQL_TEXT, cut_short(text), q->d->text_most);
    return quoted;
}

kl_str kl_sql_ident(kl_arena *a, kl_str name) {
    return between(a, name, '"');
}

enum { OCTOBER_4_1582 = -141428 }; /* the last day of the older calendar, for databases that have it */
enum { NAME_MOST = 55 };           /* bytes; PostgreSQL cuts names at 63 */

/* Names are the same to some databases when they differ in capitals only. */
static kl_str lowered(kl_arena *a, kl_str s) {
    kl_str low = kl_str_dup(a, s);
    char *p = kl_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = low.p[i] >= 'A' && low.p[i] <= 'Z' ? (char)(low.p[i] + 32) : low.p[i];
    return (kl_str){p, s.n};
}

kl_str kl_sql_name(kl_sql *q, kl_str name) {
    kl_str base = name, s;
    if (base.n > NAME_MOST) {
        base.n = NAME_MOST;
        while (base.n && ((unsigned char)base.p[base.n] & 0xC0) == 0x80) base.n--;
    }
    s = base;
    for (unsigned again = 2;; again++) {
        kl_str low = lowered(q->arena, s);
        bool taken = false;
        for (size_t i = 0; i < q->taken.n && !taken; i++) taken = kl_str_eq(q->taken.p[i], low);
        if (!taken) {
            KL_PUSH(q->arena, &q->taken, low);
            return kl_sql_ident(q->arena, s);
        }
        s = kl_str_fmt(q->arena, "%.*s %u", KL_FMT(base), again);
    }
}

kl_str kl_sql_iso(kl_arena *a, int64_t days) {
    int64_t n = days + 719468, era = (n >= 0 ? n : n - 146096) / 146097, of_era = n - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1, y = era * 400 + year + (month >= 10);
    return kl_str_fmt(a, "%04d-%02d-%02d", (int)y, (int)(month < 10 ? month + 3 : month - 9), (int)day);
}

kl_str kl_sql_date(kl_sql *q, int64_t days) {
    if (days < q->d->first_day) days = q->d->first_day - 1; /* before every date of a record */
    kl_str iso = days == OCTOBER_4_1582 && days < q->d->first_day ? KL_STR("1582-10-04") : kl_sql_iso(q->arena, days);
    return kl_sql_fill(q->arena, q->d->date, iso, iso, iso);
}

kl_str kl_sql_date_shown(kl_sql *q, int64_t days) {
    kl_str iso = kl_sql_iso(q->arena, days);
    if (days < q->d->first_day) kl_sql_refuse(q, KL_SQL_DAY, iso, 0);
    return kl_sql_date(q, days);
}

kl_str kl_sql_scaled(kl_sql *q, int64_t v, uint32_t scale) {
    uint64_t m = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, one = 1;
    for (uint32_t i = 0; i < scale; i++) one *= 10;
    kl_str s = scale ? kl_str_fmt(q->arena, "%s%llu.%0*llu", v < 0 ? "-" : "", (unsigned long long)(m / one),
                                  (int)scale, (unsigned long long)(m % one))
                     : kl_str_fmt(q->arena, "%lld", (long long)v);
    return s;
}

kl_str kl_sql_code(kl_sql *q, uint32_t set, uint32_t code) {
    kl_value_info v;
    kl_value_of(q->program, set, code, &v);
    return kl_sql_quoted(q, kl_sql_string(v.name));
}

kl_str kl_sql_held(kl_sql *q, kl_str field, kl_str word) {
    kl_str wanted = kl_sql_quoted(q, kl_str_fmt(q->arena, " %.*s ", KL_FMT(word)));
    return kl_sql_fill(q->arena, q->d->held, field, wanted, wanted);
}

kl_str kl_sql_exact(kl_sql *q, kl_str text) {
    return kl_sql_fill(q->arena, q->d->exact, text, text, text);
}

/* ------------------------------------------------------------------ truths */
kl_str kl_sql_holds(const kl_sql *q, kl_str column) {
    return q->d->truths ? column : kl_str_fmt(q->arena, "%.*s = 1", KL_FMT(column));
}

kl_str kl_sql_as_value(const kl_sql *q, kl_str predicate) {
    if (q->d->truths) return predicate;
    for (uint32_t truth = 0; truth < 3; truth++)
        if (kl_str_eq(predicate, kl_sql_constant_holds(q, truth))) return kl_sql_constant(q, truth);
    return kl_str_fmt(q->arena, "CASE WHEN %.*s THEN 1\n      WHEN NOT (%.*s) THEN 0 END", KL_FMT(predicate),
                      KL_FMT(predicate));
}

kl_str kl_sql_constant_holds(const kl_sql *q, uint32_t truth) {
    static const char *const said[2][3] = {{"1 = 0", "1 = 1", "NULLIF(1, 1) = 1"},
                                           {"FALSE", "TRUE", "CAST(NULL AS boolean)"}};
    return kl_str_of(said[q->d->truths][truth]);
}

kl_str kl_sql_constant(const kl_sql *q, uint32_t truth) {
    static const char *const said[] = {"0", "1", "CAST(NULL AS integer)"};
    return q->d->truths ? kl_sql_constant_holds(q, truth) : kl_str_of(said[truth]);
}

kl_str kl_sql_same_text(kl_sql *q, kl_str column, kl_str text) {
    bool never = text.n == 0 ? q->d->empty_is_null : *q->d->stop && text.p[text.n - 1] == ' ';
    if (never) /* no text that is known is empty, or ends in a blank, where it was read without */
        return kl_str_fmt(q->arena, "%.*s <> %.*s", KL_FMT(column), KL_FMT(column));
    return kl_str_fmt(q->arena, "%.*s = %.*s", KL_FMT(column), KL_FMT(kl_sql_quoted(q, text)));
}
