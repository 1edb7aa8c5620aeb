/* format_text.c - each token as it will be written: keywords of the surface, decimal signs, back quotes, blanks.
 * May include: lang/format.h and the grammar's token numbers.
 * Start at kl_format_tokens(). */
#include "lang/format.h"

#include <string.h>

#include "lang/parse.h"

static bool is_name(const kl_token *t) {
    return (t->kind == T_NAME || t->kind == T_LINE_NAME) && t->word == KL_NO_WORD;
}

static kl_str plain_name(kl_arena *a, kl_str s) {
    char *p = kl_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '`') p[n++] = s.p[i];
    return kl_utf8_compose(a, (kl_str){p, n});
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

/* A part of a name that is not written with letters, digits and _ alone, or whose first part begins with a digit. */
static bool part_needs_quotes(kl_str part, bool first) {
    return (first && part.n && digit(part.p[0])) || memchr(part.p, '-', part.n);
}

static kl_str quoted_name(kl_arena *a, kl_str name, bool all) {
    kl_buf b;
    kl_buf_init(&b, a);
    for (size_t from = 0; from <= name.n;) {
        const char *dot = memchr(name.p + from, '.', name.n - from);
        size_t to = dot ? (size_t)(dot - name.p) : name.n;
        kl_str part = {name.p + from, to - from};
        bool quotes = all || part_needs_quotes(part, from == 0);
        if (from) kl_buf_add(&b, ".", 1);
        kl_buf_fmt(&b, quotes ? "`%.*s`" : "%.*s", KL_FMT(part));
        from = to + 1;
    }
    return kl_buf_view(&b);
}

/* Digits as written, the groups held apart by plain blanks, the sign of the surface. */
static kl_str number(const kl_formatter *f, kl_str s) {
    char *p = kl_alloc(f->arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (digit(s.p[i]))
            p[n++] = s.p[i];
        else if (s.p[i] == ',' || s.p[i] == '.')
            p[n++] = f->surface == KL_SV ? ',' : '.';
        else if (n && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    return (kl_str){p, n};
}

static kl_str text_of(const kl_formatter *f, const kl_token *t) {
    kl_str s = kl_token_text(f->file, t->span);
    if (t->word != KL_NO_WORD) return kl_words[t->word].text[f->surface];
    switch (t->kind) {
    case T_NUMBER: return number(f, s);
    case T_NAME:
    case T_LINE_NAME: return plain_name(f->arena, s);
    case T_STRING:
    case T_TITLE: return kl_utf8_compose(f->arena, s);
    default: return s;
    }
}

/* No blank after ( and before ) , and around .. ; `decimal(1)`, `ja/nej` and `-5` are close; a tariff's colon is too. */
static bool blank_before(const kl_token *t, const kl_token *before, const kl_token *earlier, bool step) {
    if (t->kind == T_COMMA || t->kind == T_CLOSE_PAREN || before->kind == T_OPEN_PAREN) return false;
    if (t->kind == T_RANGE || before->kind == T_RANGE || (before->flags & KL_TOKEN_UNARY)) return false;
    if (t->kind == T_OPEN_PAREN && before->kind == T_TYPE_DECIMAL) return false;
    if (t->kind == T_SLASH && before->kind == T_YES && earlier->kind == T_COLON) return false;
    if (t->kind == T_NO && before->kind == T_SLASH) return earlier->kind != T_YES;
    return !(t->kind == T_COLON && step);
}

void kl_format_tokens(kl_formatter *f) {
    size_t n = f->file->tokens.n;
    const kl_token *tokens = f->file->tokens.p;
    f->text = kl_alloc_array(f->arena, n + 1, sizeof *f->text);
    f->space = kl_alloc_array(f->arena, n + 1, sizeof *f->space);
    bool *quoted = kl_alloc_array(f->arena, n + 1, sizeof *quoted);
    bool *dotted = kl_alloc_array(f->arena, n + 1, sizeof *dotted);
    for (size_t i = 0; i < n; i++) {
        f->text[i] = text_of(f, &tokens[i]);
        if (is_name(&tokens[i])) {
            dotted[i] = memchr(f->text[i].p, '.', f->text[i].n) != NULL;
            quoted[i] = !dotted[i] && part_needs_quotes(f->text[i], true);
        }
    }
    kl_find_quoted(f->arena, f->file, f->surface, f->text, quoted);
    bool step = false;
    static const kl_token none = {0};
    for (size_t i = 0; i < n; i++) {
        if (is_name(&tokens[i]) && (quoted[i] || dotted[i])) f->text[i] = quoted_name(f->arena, f->text[i], quoted[i]);
        if (tokens[i].flags & KL_TOKEN_FIRST) step = tokens[i].kind == T_BEFORE || tokens[i].kind == T_FROM;
        bool blank = i > 0 && blank_before(&tokens[i], &tokens[i - 1], i > 1 ? &tokens[i - 2] : &none, step);
        f->space[i] = blank ? tokens[i].kind == T_BECAUSE ? 2 : 1 : 0;
    }
}

size_t kl_format_width(const kl_formatter *f, size_t token) {
    return kl_utf8_width(f->text[token]);
}
