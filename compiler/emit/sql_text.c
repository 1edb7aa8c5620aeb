/* sql_text.c - the dialects of SQL as a table, and how names, texts, dates and amounts are written in them.
 * May include: compiler/emit/sql.h.
 * Start at dialects[]. */
#include "compiler/emit/sql.h"

#include <string.h>

static const kl_dialect dialects[] = {
    {.name = "postgresql",
     .truths = true,
     .once = " MATERIALIZED",
     .create = "CREATE VIEW $1 AS\nWITH\n",
     .fence = " OFFSET 0",
     .join = "||",
     .whole = "bigint",
     .wide = "numeric",
     .wide_most = "$1 BETWEEN -9223372036854775808 AND 9223372036854775807",
     .quotient = "div($1, $2)",
     .rest = "mod($1, $2)",
     .date = "DATE '$1'",
     .days = "CAST($1 - DATE '1970-01-01' AS bigint)",
     .of_days = "(DATE '1970-01-01' + CAST($1 AS integer))",
     .year = "CAST(EXTRACT(YEAR FROM $1) AS bigint)",
     .month = "CAST(EXTRACT(MONTH FROM $1) AS bigint)",
     .day = "CAST(EXTRACT(DAY FROM $1) AS bigint)",
     .find = "strpos($1, $2) > 0",
     .amount = "CAST($1 AS numeric) * $3",
     .greatest = "GREATEST($1, $2)",
     .from_nothing = ""},
    {.name = "sqlite",
     .truths = true,
     .once = " MATERIALIZED",
     .script = true,
     .create = "CREATE VIEW $1 AS\nWITH\n",
     .fence = " LIMIT -1 OFFSET 0",
     .join = "||",
     .whole = "INTEGER",
     .wide = "INTEGER",
     .wide_most = "typeof($1) = 'integer'",
     .quotient = "($1) / ($2)",
     .rest = "($1) % ($2)",
     .date = "'$1'",
     .days = "CAST(julianday($1) - 2440587.5 AS INTEGER)",
     .of_days = "date(($1) * 86400, 'unixepoch')",
     .year = "CAST(strftime('%Y', $1) AS INTEGER)",
     .month = "CAST(strftime('%m', $1) AS INTEGER)",
     .day = "CAST(strftime('%d', $1) AS INTEGER)",
     .find = "instr($1, $2) > 0",
     .amount = "CASE WHEN ($1) < 0 THEN '-' WHEN ($1) IS NOT NULL THEN '' END || printf('%d.%0$2d', abs($1) / $4, abs($1) % $4)",
     .greatest = "max($1, $2)",
     .from_nothing = ""},
    {.name = "duckdb",
     .truths = true,
     .once = " MATERIALIZED",
     .create = "CREATE VIEW $1 AS\nWITH\n",
     .fence = "",
     .join = "||",
     .whole = "BIGINT",
     .wide = "HUGEINT",
     .wide_most = "$1 BETWEEN -9223372036854775808 AND 9223372036854775807",
     .quotient = "($1) // ($2)",
     .rest = "($1) % ($2)",
     .date = "DATE '$1'",
     .days = "CAST($1 - DATE '1970-01-01' AS BIGINT)",
     .of_days = "(DATE '1970-01-01' + CAST($1 AS INTEGER))",
     .year = "year($1)",
     .month = "month($1)",
     .day = "day($1)",
     .find = "strpos($1, $2) > 0",
     .amount = "CAST($1 AS DECIMAL(20, 0)) * $3",
     .greatest = "greatest($1, $2)",
     .from_nothing = ""},
};

const kl_dialect *kl_dialect_of(kl_str name) {
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (kl_str_eq(name, kl_str_of(dialects[i].name))) return &dialects[i];
    return NULL;
}

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

kl_str kl_sql_quoted(kl_arena *a, kl_str text) {
    return between(a, text, '\'');
}

kl_str kl_sql_ident(kl_arena *a, kl_str name) {
    return between(a, name, '"');
}

enum { NAME_MOST = 55 }; /* bytes; PostgreSQL cuts names at 63 */

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

kl_str kl_sql_date(kl_sql *q, int64_t days) {
    int64_t n = days + 719468, era = (n >= 0 ? n : n - 146096) / 146097, of_era = n - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * month + 2) / 5 + 1, y = era * 400 + year + (month >= 10);
    kl_str iso = kl_str_fmt(q->arena, "%04d-%02d-%02d", (int)y, (int)(month < 10 ? month + 3 : month - 9), (int)day);
    return kl_sql_fill(q->arena, q->d->date, iso, iso, iso);
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
    return kl_sql_quoted(q->arena, kl_sql_string(v.name));
}
