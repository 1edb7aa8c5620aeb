/* diag_text.c - diagnostics for a reader: the author's own line, carets under the place, notes and the way out.
 * May include: lang/diag_internal.h.
 * Start at kl_diags_text(). */
#include "lang/diag_internal.h"

enum { WINDOW = 100 }; /* columns of source shown; longer lines are cut around the place */

#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define BLUE "\033[1;34m"
#define PLAIN "\033[0m"

typedef struct printer {
    kl_diags *d;
    FILE *out;
    bool color;
} printer;

static void in_color(const printer *p, const char *code, kl_str s) {
    if (p->color)
        fprintf(p->out, "%s%.*s%s", code, KL_FMT(s), PLAIN);
    else
        fprintf(p->out, "%.*s", KL_FMT(s));
}

static const char *word(const printer *p, const char *sv, const char *en) {
    return p->d->lang == KL_SV ? sv : en;
}

/* Tabs and control characters would move the carets away from their place; bytes that are no text become one sign. */
static kl_str printable(kl_arena *a, kl_str s) {
    kl_buf b;
    kl_buf_init(&b, a);
    while (s.n) {
        size_t good = kl_utf8_check(s);
        for (size_t i = 0; i < good; i++)
            kl_buf_add(&b, (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F ? " " : s.p + i, 1);
        if (good < s.n) kl_buf_str(&b, KL_STR("\xEF\xBF\xBD"));
        size_t used = good < s.n ? good + 1 : good;
        s = (kl_str){s.p + used, s.n - used};
    }
    return kl_buf_view(&b);
}

/* The longest prefix (or suffix) of at most `width` columns. */
static kl_str fit(kl_str s, size_t width, bool from_end) {
    size_t total = kl_utf8_width(s), at = 0;
    if (!from_end) {
        size_t used = 0;
        while (at < s.n) {
            size_t next = at;
            (void)kl_utf8_next(s, &next);
            used += kl_utf8_width((kl_str){s.p + at, next - at});
            if (used > width) break;
            at = next;
        }
        return (kl_str){s.p, at};
    }
    while (at < s.n && total > width) {
        size_t next = at;
        (void)kl_utf8_next(s, &next);
        total -= kl_utf8_width((kl_str){s.p + at, next - at});
        at = next;
    }
    return (kl_str){s.p + at, s.n - at};
}

static void repeat(const printer *p, char c, size_t n) {
    for (; n; n--) fputc(c, p->out);
}

/* ` överlappar rad 3b) (rad 30)`: what the other place is, and where. */
static kl_str other_place(const printer *p, const kl_diag *diag) {
    if (!diag->second_file) return (kl_str){NULL, 0};
    size_t line, column;
    kl_place(diag->second_file, diag->second.start, &line, &column);
    kl_buf b;
    kl_buf_init(&b, p->d->arena);
    if (diag->second_note.n)
        kl_buf_fmt(&b, " %.*s (", KL_FMT(diag->second_note));
    else
        kl_buf_fmt(&b, " %s ", word(p, "se", "see"));
    if (diag->second_file == diag->file)
        kl_buf_fmt(&b, "%s %zu", word(p, "rad", "line"), line);
    else
        kl_buf_fmt(&b, "%.*s:%zu", KL_FMT(diag->second_file->path), line);
    if (diag->second_note.n) kl_buf_add(&b, ")", 1);
    return kl_buf_view(&b);
}

static void snippet(const printer *p, const kl_diag *diag, size_t line, const char *caret_color) {
    const kl_file *file = diag->file;
    kl_span at = kl_line_span(file, diag->span.start);
    uint32_t start = diag->span.start < at.start ? at.start : diag->span.start > at.end ? at.end : diag->span.start;
    uint32_t end = diag->span.end > at.end ? at.end : diag->span.end < start ? start : diag->span.end;
    kl_arena *a = p->d->arena;
    kl_str before = printable(a, (kl_str){file->text.p + at.start, start - at.start});
    kl_str marked = printable(a, (kl_str){file->text.p + start, end - start});
    kl_str after = printable(a, (kl_str){file->text.p + end, at.end - end});
    kl_str cut_before = KL_STR(""), cut_after = KL_STR("");
    if (kl_utf8_width(before) + kl_utf8_width(marked) + kl_utf8_width(after) > WINDOW) {
        kl_str left = fit(before, WINDOW / 2, true), middle = fit(marked, WINDOW, false);
        size_t used = kl_utf8_width(left) + kl_utf8_width(middle);
        kl_str right = fit(middle.n == marked.n ? after : KL_STR(""), used < WINDOW ? WINDOW - used : 0, false);
        cut_before = left.n < before.n ? KL_STR("…") : cut_before;
        cut_after = middle.n < marked.n || right.n < after.n ? KL_STR("…") : cut_after;
        before = left;
        marked = middle;
        after = right;
    }
    kl_str number = kl_str_fmt(a, "%5zu |", line);
    in_color(p, BLUE, number);
    if (before.n + marked.n + after.n > 0)
        fprintf(p->out, " %.*s%.*s%.*s%.*s%.*s", KL_FMT(cut_before), KL_FMT(before), KL_FMT(marked), KL_FMT(after),
                KL_FMT(cut_after));
    fputc('\n', p->out);
    in_color(p, BLUE, KL_STR("      |"));
    repeat(p, ' ', 1 + kl_utf8_width(cut_before) + kl_utf8_width(before));
    size_t width = kl_utf8_width(marked);
    if (p->color) fputs(caret_color, p->out);
    repeat(p, '^', width ? width : 1);
    fprintf(p->out, "%.*s", KL_FMT(other_place(p, diag)));
    if (p->color) fputs(PLAIN, p->out);
    fputc('\n', p->out);
}

static void print(const printer *p, const kl_diag *diag) {
    bool error = kl_diag_severity(diag->id) == KL_ERROR;
    const char *caret_color = error ? RED : YELLOW;
    size_t line = 0, column = 0;
    kl_arena *a = p->d->arena;
    if (diag->file) {
        kl_place(diag->file, diag->span.start, &line, &column);
        in_color(p, BOLD, kl_str_fmt(a, "%.*s:%zu:%zu: ", KL_FMT(diag->file->path), line, column));
    }
    const char *severity = error ? word(p, "fel", "error") : word(p, "varning", "warning");
    in_color(p, caret_color, kl_str_fmt(a, "%s[%s]", severity, kl_diag_code(diag->id)));
    fputs(": ", p->out);
    in_color(p, BOLD, printable(a, kl_diag_message(p->d, diag)));
    fputc('\n', p->out);
    if (diag->file && diag->file->text.n) snippet(p, diag, line, caret_color);
    if (diag->note.n) fprintf(p->out, "      = %.*s\n", KL_FMT(diag->note));
    if (diag->suggestion.n)
        fprintf(p->out, "%s%.*s”?\n", word(p, "tips: menade du ”", "hint: did you mean “"), KL_FMT(diag->suggestion));
    kl_str hint = kl_diag_hint(p->d, diag);
    if (hint.n) fprintf(p->out, "%s %.*s\n", word(p, "tips:", "hint:"), KL_FMT(hint));
}

void kl_diags_text(kl_diags *d, FILE *out, bool color) {
    printer p = {d, out, color};
    kl_diag_order order = kl_diags_ordered(d);
    for (size_t i = 0; i < order.n; i++) print(&p, order.p[i]);
}
