/* editions.c - the editions of one guideline: each day has one text, and every record a date to choose it by.
 * May include: compiler/compiler, runtime/dates.
 * Start at kl_check_editions(). */
#include "compiler/compiler.h"
#include "runtime/dates.h"

/* The first day of an edition; one whose first day is an assumption begins where its default says. */
static int64_t first_day(const ir_guideline *g) {
    if (g->from_assumption == IR_NONE) return g->from;
    const ir_assumption *a = &g->assumptions.p[g->from_assumption];
    return a->has_value ? a->value : INT32_MIN;
}

static kl_span place_of(const ir_guideline *g) {
    return g->entries.p[0].span;
}

static void report(kl_diags *d, const ir_guideline *g, const ir_guideline *other, kl_diag_id id) {
    kl_diag *diag = kl_report(d, g->files.p[0], place_of(g), id, 2, g->name, other->edition);
    diag->second_file = other->files.p[0];
    diag->second = place_of(other);
}

/* A record must have its date before an edition can be chosen. */
static void check_date(kl_diags *d, const ir_guideline *g, const ir_guideline *other) {
    if (g->dated_by == IR_NONE) {
        report(d, g, other, KL_D_EDITION_UNDATED);
        return;
    }
    const ir_field *field = &g->fields.p[g->dated_by];
    if (field->required) return;
    kl_diag *diag = kl_report(d, field->file, field->span, KL_D_EDITION_DATE, 2, field->name, g->name);
    diag->second_file = g->files.p[0];
    diag->second = place_of(g);
}

/* Accepted in the older edition, or the newer. */
static bool hole_accepted(const ir_guideline *g) {
    for (size_t i = 0; i < g->accepts.n; i++)
        if (g->accepts.p[i].kind == KL_ACCEPTED_GAP && g->accepts.p[i].piece.start <= place_of(g).start &&
            place_of(g).start < g->accepts.p[i].piece.end)
            return true;
    return false;
}

/* Days between two editions: those of the hole, in words. */
void kl_prove_editions(kl_arena *a, kl_diags *d, ir_guideline *const *g, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const ir_guideline *next = NULL;
        for (size_t k = 0; k < n; k++)
            if (first_day(g[k]) > first_day(g[i]) && (!next || first_day(g[k]) < first_day(next))) next = g[k];
        int64_t last = g[i]->through;
        if (!next || last == INT32_MAX || last + 1 >= first_day(next)) continue;
        if (hole_accepted(g[i]) || hole_accepted(next)) continue;
        char from[10], through[10];
        kl_date_write((int32_t)last + 1, from);
        kl_date_write((int32_t)first_day(next) - 1, through);
        kl_str days = kl_str_fmt(a, "%.10s–%.10s", from, through);
        kl_diag *diag = kl_report(d, next->files.p[0], place_of(next), KL_D_EDITION_HOLE, 2, next->name, days);
        diag->second_file = g[i]->files.p[0];
        diag->second = place_of(g[i]);
    }
}

bool kl_check_editions(kl_arena *a, kl_diags *d, ir_guideline *const *g, size_t n) {
    size_t before = d->errors;
    const ir_guideline **sorted = kl_alloc_array(a, n + 1, sizeof(const ir_guideline *));
    for (size_t i = 0; i < n; i++) {
        size_t k = i;
        for (; k > 0 && first_day(sorted[k - 1]) > first_day(g[i]); k--) sorted[k] = sorted[k - 1];
        sorted[k] = g[i];
    }
    for (size_t i = 0; n > 1 && i < n; i++) check_date(d, sorted[i], sorted[i ? 0 : 1]);
    for (size_t i = 1; i < n; i++) {
        if (first_day(sorted[i]) == first_day(sorted[i - 1]))
            report(d, sorted[i], sorted[i - 1], KL_D_EDITION_SAME_DAY);
        else if (sorted[i - 1]->through != INT32_MAX && sorted[i - 1]->through >= first_day(sorted[i]))
            report(d, sorted[i], sorted[i - 1], KL_D_EDITION_OVERLAPS);
    }
    return d->errors == before;
}
