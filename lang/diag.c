/* diag.c - collecting diagnostics: the table of codes, reporting, order.
 * May include: lang/diag.h, lang/limits.h. The printers are in diag_text.c and diag_forms.c.
 * Start at kl_report(). */
#include "lang/diag_internal.h"

#include <stdlib.h>

#include "lang/limits.h"

const kl_diag_entry kl_diag_table[KL_D_COUNT] = {
#define KL_DIAG(code, name, severity, sv, en, tip, hint) {code, severity, {sv, en}, {tip, hint}},
#include "lang/diag.def"
#undef KL_DIAG
};

void kl_diags_init(kl_diags *d, kl_arena *a, kl_surface lang) {
    *d = (kl_diags){.arena = a, .lang = lang};
}

static kl_diag *add(kl_diags *d, kl_diag diag) {
    KL_PUSH(d->arena, &d->list, diag);
    return &d->list.p[d->list.n - 1];
}

/* Past the limit one last diagnostic says so; the rest go to a spare place, so that callers need not look. */
kl_diag *kl_report(kl_diags *d, const kl_file *file, kl_span span, kl_diag_id id, size_t arg_count, ...) {
    kl_diag diag = {.id = id, .file = file, .span = span, .arg_count = arg_count};
    va_list args;
    va_start(args, arg_count);
    for (size_t i = 0; i < arg_count && i < sizeof diag.args / sizeof *diag.args; i++)
        diag.args[i] = va_arg(args, kl_str);
    va_end(args);
    if (kl_diag_table[id].severity == KL_WARNING) {
        d->warnings++;
        return add(d, diag);
    }
    d->errors++;
    if (d->errors <= KL_MAX_ERRORS) return add(d, diag);
    if (d->errors == KL_MAX_ERRORS + 1) {
        diag.id = KL_D_TOO_MANY_ERRORS;
        diag.args[0] = kl_str_fmt(d->arena, "%d", KL_MAX_ERRORS);
        diag.arg_count = 1;
        (void)add(d, diag);
    }
    return kl_alloc(d->arena, sizeof(kl_diag));
}

const char *kl_diag_code(kl_diag_id id) {
    return kl_diag_table[id].code;
}

kl_severity kl_diag_severity(kl_diag_id id) {
    return kl_diag_table[id].severity;
}

/* ---- order: files as they were first reported, then place, then as reported ---- */

typedef struct ranked {
    const kl_diag *diag;
    size_t file, index;
} ranked;

static int by_place(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    bool last_a = a->diag->id == KL_D_TOO_MANY_ERRORS, last_b = b->diag->id == KL_D_TOO_MANY_ERRORS;
    if (last_a != last_b) return last_a ? 1 : -1;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->diag->span.start != b->diag->span.start) return a->diag->span.start < b->diag->span.start ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

kl_diag_order kl_diags_ordered(kl_diags *d) {
    KL_VEC(const kl_file *) files = {0};
    ranked *all = kl_alloc_array(d->arena, d->list.n + 1, sizeof *all);
    for (size_t i = 0; i < d->list.n; i++) {
        size_t f = 0;
        while (f < files.n && files.p[f] != d->list.p[i].file) f++;
        if (f == files.n) KL_PUSH(d->arena, &files, d->list.p[i].file);
        all[i] = (ranked){&d->list.p[i], f, i};
    }
    qsort(all, d->list.n, sizeof *all, by_place);
    kl_diag_order order = {0};
    for (size_t i = 0; i < d->list.n; i++) KL_PUSH(d->arena, &order, all[i].diag);
    return order;
}

/* ---- wording ---- */

kl_str kl_diag_fill(kl_arena *a, const char *pattern, const kl_diag *diag) {
    kl_buf b;
    kl_buf_init(&b, a);
    for (const char *p = pattern; *p; p++) {
        size_t n = p[0] == '%' && p[1] >= '1' && p[1] <= '4' ? (size_t)(p[1] - '1') : SIZE_MAX;
        if (n != SIZE_MAX && n < diag->arg_count) {
            kl_buf_str(&b, diag->args[n]);
            p++;
        } else {
            kl_buf_add(&b, p, 1);
        }
    }
    return kl_buf_view(&b);
}

kl_str kl_diag_message(kl_diags *d, const kl_diag *diag) {
    return kl_diag_fill(d->arena, kl_diag_table[diag->id].wording[d->lang], diag);
}

kl_str kl_diag_hint(kl_diags *d, const kl_diag *diag) {
    const char *hint = kl_diag_table[diag->id].hint[d->lang];
    return hint ? kl_diag_fill(d->arena, hint, diag) : (kl_str){NULL, 0};
}

/* ---- places ---- */

kl_span kl_line_span(const kl_file *file, uint32_t offset) {
    kl_str t = file->text;
    uint32_t start = offset > t.n ? (uint32_t)t.n : offset, end;
    while (start > 0 && t.p[start - 1] != '\n') start--;
    if (start == 0 && t.n >= 3 && t.p[0] == '\xEF' && t.p[1] == '\xBB' && t.p[2] == '\xBF') start = 3;
    end = start;
    while (end < t.n && t.p[end] != '\n') end++;
    if (end > start && t.p[end - 1] == '\r') end--;
    return (kl_span){start, end};
}

/* Columns count what a reader counts: a letter and its combining marks are one. */
void kl_place(const kl_file *file, uint32_t offset, size_t *line, size_t *column) {
    if (offset > file->text.n) offset = (uint32_t)file->text.n;
    kl_span at = kl_line_span(file, offset);
    size_t n = 1;
    for (uint32_t i = 0; i < at.start; i++) n += file->text.p[i] == '\n';
    *line = n;
    n = 1;
    if (offset > file->text.n) offset = (uint32_t)file->text.n;
    kl_str before = {file->text.p + at.start, offset > at.start ? offset - at.start : 0};
    for (size_t i = 0; i < before.n;) {
        size_t from = i;
        (void)kl_utf8_next(before, &i);
        kl_str one = {before.p + from, i - from};
        n += one.n == 1 || kl_utf8_width(one) > 0;
    }
    *column = n;
}
