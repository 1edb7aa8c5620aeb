/* format.c - the canonical layout of a file: indents, columns, blanks; lines are never joined or broken.
 * May include: lang/format.h and the grammar's token numbers.
 * Start at kl_format(). */
#include "lang/format.h"

#include <string.h>

#include "lang/parse.h"

/* ---- lines ---- */

static kl_str comment_text(const kl_file *file, const kl_comment *c) {
    kl_str s = kl_token_text(file, c->span);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
    return s;
}

static bool written(const kl_token *t) {
    return t->kind != T_ROW_END;
}

/* Blank lines at the start and the end go; of several in a row one is kept. */
static void find_lines(kl_formatter *f) {
    const kl_file *file = f->file;
    size_t token = 0, comment = 0;
    bool gap = false;
    for (uint32_t at = 0; at < file->text.n;) {
        const char *newline = memchr(file->text.p + at, '\n', file->text.n - at);
        uint32_t end = newline ? (uint32_t)(newline - file->text.p) : (uint32_t)file->text.n;
        kl_line l = {.from = token};
        while (token < file->tokens.n && file->tokens.p[token].span.start <= end) {
            token++;
            if (written(&file->tokens.p[token - 1])) l.to = token;
        }
        l.to = l.to > l.from ? l.to : l.from;
        if (comment < file->comments.n && file->comments.p[comment].span.start < end)
            l.comment = comment_text(file, &file->comments.p[comment++]);
        l.blank = l.from == l.to && !l.comment.n;
        if (!l.blank) {
            if (gap && f->lines.n) KL_PUSH(f->arena, &f->lines, (kl_line){.from = l.from, .to = l.from, .blank = true});
            KL_PUSH(f->arena, &f->lines, l);
        }
        gap = l.blank;
        at = end + 1;
    }
}

/* ---- writing ---- */

typedef struct writer {
    kl_formatter *f;
    kl_table_widths widths;
    size_t hang;       /* where a line that goes on begins */
    size_t list;       /* where it begins after a comma, when that is further in */
    size_t parens[64]; /* columns past the parentheses still open */
    size_t open;
    int before;            /* the last token written */
    size_t indent;         /* of the last line with code that begins something */
    size_t comment_column; /* of the comments at the ends of neighbouring lines; 0: to be found */
} writer;

static void blanks(writer *w, size_t n) {
    while (n--) kl_buf_add(&w->f->out, " ", 1);
}

static size_t line_indent(const writer *w, size_t line) {
    switch (kl_line_kind_of(w->f, line)) {
    case KL_L_PIECE: return 0;
    case KL_L_ITEM: return 4;
    case KL_L_NONE:
    case KL_L_HEAD:
    case KL_L_NAME:
    case KL_L_ROW: return 2;
    case KL_L_MORE: break;
    }
    if (w->open) return w->parens[w->open - 1];
    return w->before == T_COMMA && w->list ? w->list : w->hang;
}

/* Words that may stand inside a line and still have their own text after them. */
static bool begins_condition(int token) {
    return token == T_WHEN || token == T_GIVES || token == T_FOR || token == T_REQUIRES || token == T_HOLDS_WHEN ||
           token == T_EXCEPT_WHEN || token == T_APPLIES_WHEN;
}

/* After the word that begins a line, the lines that go on with it begin past it. */
static void note_token(writer *w, const kl_line *l, size_t i, size_t column) {
    const kl_formatter *f = w->f;
    int kind = f->file->tokens.p[i].kind;
    size_t end = column + kl_format_width(f, i);
    if (kind == T_OPEN_PAREN && w->open < sizeof w->parens / sizeof *w->parens) w->parens[w->open++] = end;
    if (kind == T_CLOSE_PAREN && w->open) w->open--;
    if (kl_is_line_token(kind) && (i == l->from || begins_condition(kind))) {
        w->hang = l->stop[0] == i + 1 ? f->groups.p[l->group].column[0] : end + 1;
        w->list = 0;
    } else if (kind == T_COLUMN || kind == T_CODE) {
        w->list = end + 1;
    }
    w->before = kind;
}

static void begin_line(writer *w, const kl_line *l, size_t line) {
    const kl_formatter *f = w->f;
    const kl_group *g = &f->groups.p[l->group];
    switch (kl_line_kind_of(f, line)) {
    case KL_L_PIECE: w->hang = 2; break;
    case KL_L_ITEM:
        w->hang = l->stop[0] && f->file->tokens.p[l->stop[0]].kind == T_TITLE && g->column[1] ? g->column[1]
                  : g->column[0]                                                              ? g->column[0]
                                 : 4 + kl_format_width(f, l->from) + 1;
        break;
    case KL_L_NAME: w->hang = g->column[1] ? g->column[1] : 4; break;
    default: return;
    }
    w->list = 0;
    w->open = 0;
}

static size_t write_tokens(writer *w, const kl_line *l, size_t line) {
    kl_formatter *f = w->f;
    size_t column = line_indent(w, line);
    if (kl_line_kind_of(f, line) != KL_L_MORE) {
        w->open = 0;
        begin_line(w, l, line);
    }
    blanks(w, column);
    if (kl_line_kind_of(f, line) != KL_L_MORE) w->indent = column;
    if (kl_line_kind_of(f, line) == KL_L_ROW) {
        w->before = T_ROW_END;
        return column + kl_format_row(f, &w->widths, line);
    }
    for (size_t i = l->from; i < l->to; i++) {
        size_t to = column + (i > l->from ? f->space[i] : 0u);
        for (size_t k = 0; k < KL_STOPS; k++)
            if (l->stop[k] == i && i > l->from) to = f->groups.p[l->group].column[k];
        blanks(w, to > column ? to - column : 0);
        column = to > column ? to : column;
        kl_buf_str(&f->out, f->text[i]);
        note_token(w, l, i, column);
        column += kl_format_width(f, i);
    }
    return column;
}

/* Comments at the ends of neighbouring lines stand in one column; the first of them looks ahead for it by writing the
 * lines once for their widths alone. */
static size_t comment_column(const writer *w, size_t line) {
    kl_formatter copy = *w->f;
    writer ahead = *w;
    ahead.f = &copy;
    size_t column = 0;
    for (; line < copy.lines.n; line++) {
        const kl_line *l = &copy.lines.p[line];
        if (l->from == l->to || !l->comment.n) break;
        size_t end = write_tokens(&ahead, l, line);
        column = end > column ? end : column;
    }
    return column + 2;
}

/* A comment of its own stands as the line it is about; one that a blank line follows stays with what it follows. */
static size_t comment_indent(const writer *w, size_t line, bool flush) {
    const kl_formatter *f = w->f;
    for (size_t i = line + 1; i < f->lines.n && !f->lines.p[i].blank; i++)
        if (f->lines.p[i].from < f->lines.p[i].to) return line_indent(w, i);
    return flush ? 0 : w->indent;
}

static bool flush_comment(const kl_formatter *f, kl_str comment) {
    return comment.p == f->file->text.p || comment.p[-1] == '\n';
}

static void write_line(writer *w, size_t line) {
    kl_formatter *f = w->f;
    const kl_line *l = &f->lines.p[line];
    if (l->from < l->to) {
        if (l->comment.n && !w->comment_column) w->comment_column = comment_column(w, line);
        size_t column = write_tokens(w, l, line);
        if (l->comment.n)
            blanks(w, w->comment_column - column);
        else
            w->comment_column = 0;
    } else {
        w->comment_column = 0;
        if (l->comment.n) blanks(w, comment_indent(w, line, flush_comment(f, l->comment)));
    }
    kl_buf_str(&f->out, l->comment);
    kl_buf_add(&f->out, "\n", 1);
}

kl_str kl_format(kl_arena *a, const kl_file *file, kl_surface surface) {
    kl_formatter *f = kl_alloc(a, sizeof *f);
    *f = (kl_formatter){.arena = a, .file = file, .surface = surface};
    kl_buf_init(&f->out, a);
    find_lines(f);
    kl_format_tokens(f);
    kl_format_groups(f);
    writer w = {.f = f, .hang = 2};
    for (size_t i = 0; i < f->lines.n; i++) write_line(&w, i);
    return kl_buf_view(&f->out);
}
