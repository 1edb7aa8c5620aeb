/* sql_spell.c - the text of the script as a dialect writes it: [names], N'texts', the tables of parts by their own names, no long lines.
 * May include: compiler/emit/sql.h.
 * Start at kl_sql_spell(); what is inside quotes and comments is not looked into. */
#include "compiler/emit/sql.h"

#include <string.h>

enum { LINE_FULL = 100, LINE_MOST = 180 }; /* a line ends before WHEN, OR or AND; before anything */

typedef struct spelling {
    kl_sql *q;
    const char *at, *end;
    kl_buf *out;
    size_t line;     /* bytes on the line so far */
    kl_str before;   /* the last word */
    bool names_part; /* a table was named just now, and may want its alias */
    kl_str part;
} spelling;

static bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '#' || (unsigned char)c >= 0x80;
}

static void put(spelling *s, const char *p, size_t n) {
    if (n == 1 && *p == '\n') { /* no blanks at the end of a line */
        while (s->out->n && s->out->p[s->out->n - 1] == ' ') s->out->n--;
        s->line = 0;
    } else {
        s->line += n;
    }
    kl_buf_add(s->out, p, n);
}

/* A new line where a blank may stand, before what would pass the end. */
static void make_room(spelling *s, size_t n, size_t most) {
    if (s->line + n <= most || !s->out->n || s->out->p[s->out->n - 1] != ' ') return;
    put(s, "\n", 1);
    put(s, "      ", 6);
}

/* From a quote to the one that closes it; two of them are one inside. */
static kl_str until_quote(const spelling *s, char quote) {
    const char *p = s->at + 1;
    while (p < s->end && (*p != quote || (p + 1 < s->end && p[1] == quote))) p += *p == quote ? 2 : 1;
    return (kl_str){s->at, (size_t)(p + 1 - s->at)};
}

static void name(spelling *s, kl_str inside) { /* between "…" */
    const kl_dialect *d = s->q->d;
    kl_buf b;
    kl_buf_init(&b, s->q->arena);
    for (size_t i = 0; i < inside.n; i++) {
        if (d->open && inside.p[i] == '"') i++; /* two are one */
        if (d->open && inside.p[i] == d->close) kl_buf_add(&b, &d->close, 1);
        kl_buf_add(&b, &inside.p[i], 1);
    }
    char open = d->open ? d->open : '"', close = d->open ? d->close : '"';
    kl_str written = kl_str_fmt(s->q->arena, "%c%.*s%c", open, KL_FMT(kl_buf_view(&b)), close);
    make_room(s, written.n, LINE_MOST);
    put(s, written.p, written.n);
}

static bool is(kl_str word, const char *wanted) {
    return kl_str_eq(word, kl_str_of(wanted));
}

static bool is_part(const spelling *s, kl_str word) {
    for (size_t i = 0; i + 1 < s->q->parts.n; i++) {
        kl_str part = kl_sql_bare(s->q->parts.p[i]->head);
        if (kl_str_eq(part, word)) return true;
        if (part.p[0] == '"' && kl_str_eq((kl_str){part.p + 1, part.n - 2}, word)) return true;
    }
    return false;
}

static bool is_reserved(const spelling *s, kl_str word) {
    for (const char *const *r = s->q->d->reserved; *r; r++)
        if (is(word, *r)) return true;
    return false;
}

/* A part's table has a name of its own; where it is read without an alias, the part's name becomes one. */
static bool table(spelling *s, kl_str word, bool quoted) {
    bool read = is(s->before, "FROM") || is(s->before, "JOIN"), made = is(s->before, "INTO") || is(s->before, "TABLE");
    if (!(read && !(quoted && is(s->before, "FROM"))) && !made) return false; /* FROM "kontakt": of the records */
    if (!is_part(s, word)) return false;
    kl_str own = kl_str_fmt(s->q->arena, "%s%.*s", s->q->d->temporary, KL_FMT(word));
    make_room(s, own.n, LINE_MOST);
    put(s, own.p, own.n);
    s->names_part = read;
    s->part = word;
    return true;
}

/* After the table of a part: its alias, when none is given. */
static void alias(spelling *s) {
    const char *p = s->at;
    while (p < s->end && (*p == ' ' || *p == '\n')) p++;
    s->names_part = false;
    if (p < s->end && *p >= 'a' && *p <= 'z') return;
    put(s, " ", 1);
    if (is_reserved(s, s->part))
        name(s, s->part);
    else
        put(s, s->part.p, s->part.n);
}

static void word(spelling *s) {
    const char *p = s->at;
    while (p < s->end && in_word(*p)) p++;
    kl_str w = {s->at, (size_t)(p - s->at)};
    s->at = p;
    bool done = table(s, w, false);
    if (!done && is_reserved(s, w)) {
        name(s, w);
        done = true;
    }
    if (!done) {
        bool joint = is(w, "WHEN") || is(w, "OR") || (is(w, "AND") && !is(s->before, "BETWEEN"));
        if (!is(w, "ALL")) make_room(s, w.n, joint ? LINE_FULL : LINE_MOST); /* UNION ALL stays together */
        put(s, w.p, w.n);
    }
    s->before = w;
    if (s->names_part) alias(s);
}

static void quoted(spelling *s) {
    kl_str w = until_quote(s, '"'), inside = {w.p + 1, w.n - 2};
    s->at += w.n;
    if (!table(s, inside, true)) name(s, inside);
    s->before = KL_STR("");
    if (s->names_part) alias(s);
}

static void text(spelling *s) {
    kl_str w = until_quote(s, '\'');
    s->at += w.n;
    bool ascii = true;
    for (size_t i = 0; i < w.n; i++) ascii &= (unsigned char)w.p[i] < 0x80;
    make_room(s, w.n + 1, LINE_MOST);
    if (!ascii && s->q->d->national) put(s, s->q->d->national, strlen(s->q->d->national));
    put(s, w.p, w.n);
    s->before = KL_STR("");
}

/* A console reads ; and - at the end of a line as its own, also in a comment. */
static void comment(spelling *s) {
    const char *p = s->at;
    while (p < s->end && *p != '\n') p++;
    put(s, s->at, (size_t)(p - s->at));
    if (s->q->d->console && (p[-1] == ';' || p[-1] == '-')) put(s, " .", 2);
    s->at = p;
}

void kl_sql_spell(kl_sql *q, kl_str input, kl_buf *out) {
    if (!q->d->temporary) {
        kl_buf_str(out, input);
        return;
    }
    spelling s = {.q = q, .at = input.p, .end = input.p + input.n, .out = out};
    while (s.at < s.end) {
        if (*s.at == '"')
            quoted(&s);
        else if (*s.at == '\'')
            text(&s);
        else if (*s.at == '-' && s.at + 1 < s.end && s.at[1] == '-')
            comment(&s);
        else if (in_word(*s.at))
            word(&s);
        else
            put(&s, s.at++, 1);
    }
}
