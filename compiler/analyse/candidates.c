/* candidates.c - candidates to arms: what each gives when it holds, what it leaves open where its text is not at hand, what blocks it.
 * May include: compiler/analyse/candidates.
 * Start at kl_candidates_single(). */
#include "compiler/analyse/candidates.h"

#include <string.h>

static uint32_t any_of(kl_forms *f, const uint32_t *entries, size_t n) {
    uint32_t out = KL_NO_FORM;
    for (size_t i = 0; i < n; i++) {
        uint32_t form = kl_form_of_entry(f, entries[i]);
        out = out == KL_NO_FORM ? form : kl_form_or(f, out, form);
    }
    return out;
}

static void push_arm(kl_forms *f, const ir_candidate *c, uint32_t by, uint32_t holds, uint32_t result, kl_arms *out) {
    uint32_t blocked = any_of(f, c->overriders.p, c->overriders.n);
    KL_PUSH(f->arena, out, ((kl_arm){c->entry, holds, by, blocked, result}));
}

/* The truth "no edition at hand" of a candidate that may be without one, else KL_NO_FORM. */
static uint32_t absence(kl_forms *f, const ir_candidate *c) {
    uint32_t absent = kl_form_of(f, c->absent);
    return absent == kl_form_const(f, 0) ? KL_NO_FORM : absent;
}

static uint32_t open_result(kl_endings *e, const ir_candidate *c) {
    return kl_result_put(e, KL_RESULT_OPEN, kl_edition_entry(e->forms, c->entry));
}

/* Where its edition is not at hand, a rule or row gives something open instead, whatever its value and the choices in it: `elsewhere`, among
 * the arms `more`. */
static void add_arm(kl_forms *f, const ir_candidate *c, uint32_t result, kl_arms *out, uint32_t elsewhere,
                    kl_arms *more) {
    uint32_t by = kl_form_of_entry(f, c->entry), holds = by, absent = absence(f, c);
    if (c->guard != IR_NONE) holds = kl_form_and(f, by, kl_form_of(f, c->guard));
    if (absent == KL_NO_FORM) {
        push_arm(f, c, by, holds, result, out);
        return;
    }
    uint32_t at_hand = kl_form_not(f, absent), there = kl_form_and(f, by, absent), here = kl_form_and(f, by, at_hand);
    push_arm(f, c, here, kl_form_and(f, holds, at_hand), result, out);
    for (size_t i = more->n; i-- > 0 && more->p[i].entry == c->entry;)
        if (more->p[i].holds == there) return; /* by another arm of the same rule */
    push_arm(f, c, there, there, elsewhere, more);
}

void kl_candidates_single(kl_endings *e, uint32_t outcome, kl_decision *d) {
    const ir_guideline *g = e->forms->g;
    const ir_outcome *o = &g->outcomes.p[outcome];
    d->otherwise = kl_result_of(e, &o->otherwise);
    for (size_t i = 0; i < o->candidates.n; i++) {
        const ir_candidate *c = &g->candidates.p[o->candidates.p[i]];
        uint32_t result = kl_result_of(e, &c->result);
        add_arm(e->forms, c, result, &d->arms, absence(e->forms, c) == KL_NO_FORM ? result : open_result(e, c),
                &d->arms);
    }
}

static size_t find_entry(kl_arena *a, kl_many_entries *list, uint32_t *values, size_t columns) {
    for (size_t i = 0; i < list->n; i++)
        if (memcmp(list->p[i].values, values, columns * sizeof *values) == 0) return i;
    KL_PUSH(a, list, ((kl_many_entry){.values = values}));
    return list->n - 1;
}

void kl_candidates_many(kl_endings *e, uint32_t outcome, kl_many_entries *out) {
    kl_arena *a = e->forms->arena;
    const ir_guideline *g = e->forms->g;
    const ir_outcome *o = &g->outcomes.p[outcome];
    uint32_t in = kl_result_put(e, KL_RESULT_CONST, 1);
    for (size_t i = 0; i < o->candidates.n; i++) {
        const ir_candidate *c = &g->candidates.p[o->candidates.p[i]];
        uint32_t *values = kl_alloc_array(a, o->columns.n + 1, sizeof *values);
        for (size_t k = 0; k < o->columns.n; k++) values[k] = kl_result_of(e, &c->columns[k]);
        size_t at = find_entry(a, out, values, o->columns.n), open = at;
        if (absence(e->forms, c) != KL_NO_FORM) {
            uint32_t *unknown = kl_alloc_array(a, o->columns.n + 1, sizeof *unknown);
            for (size_t k = 0; k < o->columns.n; k++) unknown[k] = open_result(e, c);
            open = find_entry(a, out, unknown, o->columns.n);
        }
        add_arm(e->forms, c, in, &out->p[at].arms, in, &out->p[open].arms);
    }
}

kl_decision kl_many_decision(kl_endings *e, const kl_many_entry *entry) {
    return (kl_decision){.arms = entry->arms, .otherwise = kl_result_put(e, KL_RESULT_NONE, KL_REASON_NO_CLAUSE)};
}
