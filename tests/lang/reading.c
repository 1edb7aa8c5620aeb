/* reading.c - what reading.h promises.
 * May include: reading.h and the grammar's token numbers.
 * Start at expr_text(). */
#include "tests/lang/reading.h"

#include <stdlib.h>
#include <string.h>

#include "lang/diag_internal.h"
#include "lang/parse.h"

reading read_bytes(const char *bytes, size_t n) {
    reading r = {.arena = kl_arena_new(0)};
    kl_diags_init(&r.diags, r.arena, KL_SV);
    kl_str text = kl_str_dup(r.arena, (kl_str){bytes, n});
    r.file = kl_parse(r.arena, &r.diags, KL_STR("a.klausul"), text);
    return r;
}

reading read_text(const char *text) {
    return read_bytes(text, strlen(text));
}

void free_reading(reading *r) {
    kl_arena_free(r->arena);
}

static const char *kind_name(int kind) {
    static const struct {
        int kind;
        const char *name;
    } names[] = {
        {T_NAME, "NAME"},
        {T_LINE_NAME, "LINE_NAME"},
        {T_STRING, "STRING"},
        {T_TITLE, "TITLE"},
        {T_NUMBER, "NUMBER"},
        {T_DATE, "DATE"},
        {T_LABEL, "LABEL"},
        {T_UNIT, "UNIT"},
        {T_COMMA, ","},
        {T_COLON, ":"},
        {T_OPEN_PAREN, "("},
        {T_CLOSE_PAREN, ")"},
        {T_PLUS, "+"},
        {T_MINUS, "-"},
        {T_STAR, "*"},
        {T_SLASH, "/"},
        {T_EQ, "="},
        {T_NE, "!="},
        {T_LT, "<"},
        {T_LE, "<="},
        {T_GT, ">"},
        {T_GE, ">="},
        {T_RANGE, ".."},
        {T_BAR, "|"},
        {T_HEAD_BAR, "H|"},
        {T_ROW_END, "END"},
        {T_TABLE_RULE, "RULE"},
        {T_BULLET, "BULLET"},
        {T_OTHERWISE, "OTHERWISE"},
        {T_ELSE, "ELSE"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].kind == kind) return names[i].name;
    return NULL;
}

static const char *cut(kl_buf *b) {
    kl_buf_add(b, "", 1);
    return b->p;
}

const char *token_kinds(const reading *r) {
    kl_buf b;
    kl_buf_init(&b, r->arena);
    for (size_t i = 0; i < r->file->tokens.n; i++) {
        const kl_token *t = &r->file->tokens.p[i];
        const char *name = kind_name(t->kind);
        kl_str word = name ? kl_str_of(name) : kl_words[t->word].text[KL_SV];
        kl_buf_fmt(&b, "%s%.*s", i ? " " : "", KL_FMT(word));
    }
    return cut(&b);
}

const char *token_text(const reading *r, size_t i) {
    kl_span span = r->file->tokens.p[i].span;
    return kl_str_dup(r->arena, (kl_str){r->file->text.p + span.start, span.end - span.start}).p;
}

const char *codes(const reading *r) {
    kl_diags d = r->diags;
    kl_diag_order order = kl_diags_ordered(&d);
    kl_buf b;
    kl_buf_init(&b, r->arena);
    for (size_t i = 0; i < order.n; i++) kl_buf_fmt(&b, "%s%s", i ? " " : "", kl_diag_code(order.p[i]->id));
    return cut(&b);
}

/* ---- expressions ---- */

static void put(kl_buf *b, const kl_expr *e);

static void put_list(kl_buf *b, const char *word, const kl_expr *first, const kl_expr_list *list) {
    kl_buf_fmt(b, "(%s", word);
    if (first) {
        kl_buf_add(b, " ", 1);
        put(b, first);
    }
    for (size_t i = 0; i < list->n; i++) {
        kl_buf_add(b, " ", 1);
        put(b, list->p[i]);
    }
    kl_buf_add(b, ")", 1);
}

static void put_parts(kl_buf *b, const char *word, const kl_expr *e) {
    const kl_expr *parts[] = {e->a, e->b, e->c};
    kl_buf_fmt(b, "(%s%s", e->negate ? "inte-" : "", word);
    for (size_t i = 0; i < 3; i++)
        if (parts[i]) {
            kl_buf_add(b, " ", 1);
            put(b, parts[i]);
        }
    kl_buf_add(b, ")", 1);
}

static void put_entry(kl_buf *b, const kl_entry *entry) {
    kl_buf_add(b, "(entry", 6);
    for (size_t i = 0; i < entry->sets.n; i++) {
        kl_buf_fmt(b, " %.*s=", KL_FMT(entry->sets.p[i].name.text));
        put(b, entry->sets.p[i].value);
    }
    kl_buf_add(b, ")", 1);
}

static void put(kl_buf *b, const kl_expr *e) {
    static const char *const compares[] = {"=", "!=", "<", "<=", ">", ">="};
    static const char *const ways[] = {"?", "närmast", "jämnt", "nedåt", "uppåt"};
    static const char *const parts[] = {
        [KL_E_NOT] = "inte",        [KL_E_AND] = "och",        [KL_E_OR] = "eller",
        [KL_E_IMPLIES] = "medför",  [KL_E_BETWEEN] = "mellan", [KL_E_RANGE] = "..",
        [KL_E_EMPTY] = "tom",       [KL_E_KNOWN] = "känd",     [KL_E_IF] = "om",
        [KL_E_ADD] = "+",           [KL_E_SUB] = "-",          [KL_E_MUL] = "*",
        [KL_E_DIV] = "/",           [KL_E_NEG] = "neg",        [KL_E_YEARS] = "år",
        [KL_E_MONTHS] = "månader",  [KL_E_DAYS] = "dagar",     [KL_E_NOT_STATED] = "ej",
        [KL_E_ANY] = "*",           [KL_E_UNKNOWN] = "okänt",  [KL_E_UNDETERMINED] = "obs",
        [KL_E_NONE] = "inget",      [KL_E_ERROR] = "fel",      [KL_E_CONFLICT] = "motstridigt",
        [KL_E_FAILED] = "räknefel",
    };
    switch (e->kind) {
    case KL_E_NAME: kl_buf_str(b, e->name.text); break;
    case KL_E_BOOL: kl_buf_fmt(b, "%s", e->number.value ? "ja" : "nej"); break;
    case KL_E_NUMBER: kl_buf_fmt(b, "%lld/%d", (long long)e->number.value, e->number.decimals); break;
    case KL_E_MONEY:
    case KL_E_DURATION:
        kl_buf_fmt(b, "%lld/%d:%.*s", (long long)e->number.value, e->number.decimals, KL_FMT(e->name.text));
        break;
    case KL_E_DATE: kl_buf_fmt(b, "dag%lld", (long long)e->number.value); break;
    case KL_E_STRING: kl_buf_fmt(b, "\"%.*s\"", KL_FMT(e->text.text)); break;
    case KL_E_EXTERNAL: kl_buf_fmt(b, "(enligt \"%.*s\")", KL_FMT(e->text.text)); break;
    case KL_E_COMPARE: put_parts(b, compares[e->compare], e); break;
    case KL_E_IN: put_list(b, e->negate ? "inte-bland" : "bland", e->a, &e->list); break;
    case KL_E_HAS: put_list(b, "har", e->a, &e->list); break;
    case KL_E_LACKS: put_list(b, "saknar", e->a, &e->list); break;
    case KL_E_MIN: put_list(b, "minsta", NULL, &e->list); break;
    case KL_E_MAX: put_list(b, "största", NULL, &e->list); break;
    case KL_E_SET: put_list(b, "mängd", NULL, &e->list); break;
    case KL_E_BREACHED: kl_buf_fmt(b, "(brutet %.*s)", KL_FMT(e->name.text)); break;
    case KL_E_ROUND:
        kl_buf_fmt(b, "(avrunda-%s-%lld ", ways[e->round], (long long)e->number.value);
        put(b, e->a);
        if (e->b) {
            kl_buf_add(b, " ", 1);
            put(b, e->b);
        }
        kl_buf_add(b, ")", 1);
        break;
    case KL_E_ENTRY: put_entry(b, e->entry); break;
    default: put_parts(b, parts[e->kind], e); break;
    }
}

const char *expr_text(kl_arena *a, const kl_expr *e) {
    kl_buf b;
    kl_buf_init(&b, a);
    if (e) put(&b, e);
    return cut(&b);
}

/* ---- what is printed ---- */

const char *printed(reading *r, void (*print)(kl_diags *, FILE *)) {
    FILE *f = tmpfile();
    if (!f) abort();
    print(&r->diags, f);
    long n = ftell(f);
    if (n < 0) abort();
    rewind(f);
    char *p = kl_alloc(r->arena, (size_t)n + 1);
    if (fread(p, 1, (size_t)n, f) != (size_t)n) abort();
    fclose(f);
    return p;
}

static void plain_text(kl_diags *d, FILE *out) {
    kl_diags_text(d, out, false);
}

const char *printed_text(reading *r) {
    return printed(r, plain_text);
}
