/* format_table.c - rows of a pipe table, their cells aligned by display width.
 * May include: lang/format.h and the grammar's token numbers.
 * Start at kl_format_row(). */
#include "lang/format.h"

#include "lang/parse.h"

static bool is_bar(const kl_formatter *f, size_t token) {
    int kind = f->file->tokens.p[token].kind;
    return kind == T_BAR || kind == T_HEAD_BAR;
}

static bool in_table(const kl_formatter *f, size_t line) {
    const kl_line *l = &f->lines.p[line];
    if (l->from == l->to) return l->comment.n || l->blank; /* a table goes on past comments and blank lines */
    int kind = f->file->tokens.p[l->from].kind;
    return kind == T_BAR || kind == T_HEAD_BAR || kind == T_TABLE_RULE;
}

/* The tokens of the next cell begin at *at, which steps past the bar that ends it. */
static bool next_cell(const kl_formatter *f, const kl_line *l, size_t *at, size_t *from, size_t *to) {
    if (*at >= l->to) return false;
    *from = *at;
    while (*at < l->to && !is_bar(f, *at)) ++*at;
    *to = *at;
    bool ended = *at < l->to;
    ++*at;
    return ended;
}

static size_t cell_width(const kl_formatter *f, size_t from, size_t to) {
    size_t width = 0;
    for (size_t i = from; i < to; i++) width += kl_format_width(f, i) + (i > from ? f->space[i] : 0u);
    return width;
}

static void find_widths(kl_formatter *f, kl_table_widths *w, size_t line) {
    *w = (kl_table_widths){0};
    for (; line < f->lines.n && in_table(f, line); line++) {
        const kl_line *l = &f->lines.p[line];
        if (l->from == l->to || !is_bar(f, l->from)) continue;
        size_t at = l->from + 1, from, to;
        for (size_t column = 0; next_cell(f, l, &at, &from, &to); column++) {
            if (column == w->width.n) KL_PUSH(f->arena, &w->width, 1);
            size_t width = cell_width(f, from, to);
            if (width > w->width.p[column]) w->width.p[column] = width;
        }
    }
    w->through = line;
}

static void pad(kl_formatter *f, char c, size_t n) {
    while (n--) kl_buf_add(&f->out, &c, 1);
}

/* The line under the heading; the colons that Markdown aligns columns by stay. */
static size_t write_rule(kl_formatter *f, const kl_table_widths *w, kl_str rule) {
    size_t written = 1, at = 1;
    for (size_t column = 0; column < w->width.n && at < rule.n; column++) {
        kl_str cell = {rule.p + at, 0};
        while (at < rule.n && rule.p[at] != '|') at++;
        cell.n = (size_t)(rule.p + at++ - cell.p);
        bool left = false, right = false, dashed = false;
        for (size_t i = 0; i < cell.n; i++) {
            dashed = dashed || cell.p[i] == '-';
            left = left || (cell.p[i] == ':' && !dashed);
            right = right || (cell.p[i] == ':' && dashed);
        }
        pad(f, ':', left);
        pad(f, '-', w->width.p[column] + 2 - left - right);
        pad(f, ':', right);
        kl_buf_add(&f->out, "|", 1);
        written += w->width.p[column] + 3;
    }
    return written;
}

size_t kl_format_row(kl_formatter *f, kl_table_widths *w, size_t line) {
    if (line >= w->through) find_widths(f, w, line);
    const kl_line *l = &f->lines.p[line];
    size_t written = 1;
    kl_buf_add(&f->out, "|", 1);
    if (!is_bar(f, l->from)) return write_rule(f, w, f->text[l->from]);
    size_t at = l->from + 1, from, to;
    for (size_t column = 0; next_cell(f, l, &at, &from, &to); column++) {
        kl_buf_add(&f->out, " ", 1);
        for (size_t i = from; i < to; i++) {
            if (i > from ? f->space[i] : 0u) kl_buf_add(&f->out, " ", 1);
            kl_buf_str(&f->out, f->text[i]);
        }
        pad(f, ' ', w->width.p[column] - cell_width(f, from, to) + 1);
        kl_buf_add(&f->out, "|", 1);
        written += w->width.p[column] + 3;
    }
    return written;
}
