/* agree.c - row-by-row slots: no diagram; a record is decided when all candidates that may fire agree.
 * May include: program.h of this room. The author asked for this with `rad för rad`; it may leave open what a diagram would decide.
 * Start at kl_agree_next(): the results that are possible. */
#include "runtime/program.h"

static kl_truth period_of(const kl_workspace *w, uint32_t row) {
    return w->program->period == KL_ABSENT ? KL_YES : kl_truth_at(w, w->program->period, row);
}

/* Candidates that may fire; what else holds when none surely does; what holds outside when the record may lie there. */
bool kl_agree_next(kl_walk *k, uint32_t *result) {
    const kl_workspace *w = k->w;
    const uint8_t *l = kl_row(w->program, KL_S_SLOTS, k->slot);
    uint32_t first = kl_at(l, KL_L_FIRST_CANDIDATE), count = kl_at(l, KL_L_CANDIDATES);
    while (k->at < count) {
        uint32_t c = first + k->at++;
        kl_truth t = kl_truth_at(w, kl_c(w->program, c, KL_C_FIRES), k->row);
        *result = kl_c(w->program, c, KL_C_RESULT);
        if (t == KL_YES) k->depth = 1;
        if (t != KL_NO) return true;
    }
    *result = kl_at(l, k->at == count ? KL_L_OTHERWISE : KL_L_OUTSIDE);
    if (k->at == count) {
        k->at++;
        if (k->depth == 0) return true;
        *result = kl_at(l, KL_L_OUTSIDE);
    }
    return k->at++ == count + 1 && kl_truth_at(w, w->program->scope, k->row) != KL_YES;
}

/* Surely outside, what holds there; two that surely fire and differ are a conflict; a period that is unknown leaves everything open. */
bool kl_agree_clash(const kl_workspace *w, uint32_t slot, uint32_t row, uint32_t *decision) {
    const kl_program *p = w->program;
    uint32_t first = kl_l(p, slot, KL_L_FIRST_CANDIDATE), end = first + kl_l(p, slot, KL_L_CANDIDATES), yes = KL_ABSENT;
    kl_truth in = kl_truth_at(w, p->scope, row), period = period_of(w, row);
    *decision = in == KL_YES ? KL_DECISION_CONFLICT : KL_DECISION_UNDETERMINED;
    if (in == KL_NO && period != KL_UNKNOWN) *decision = kl_l(p, slot, KL_L_OUTSIDE + (period == KL_NO));
    for (uint32_t c = first; c < end && in == KL_YES; c++) {
        uint32_t r = kl_c(p, c, KL_C_RESULT);
        kl_result a, b;
        if (kl_truth_at(w, kl_c(p, c, KL_C_FIRES), row) != KL_YES) continue;
        if (yes == KL_ABSENT) yes = r;
        kl_resolve(w, yes, row, &a);
        kl_resolve(w, r, row, &b);
        if (a.state != KL_UNDETERMINED && b.state != KL_UNDETERMINED && !kl_same_result(&a, &b)) return true;
    }
    return in == KL_NO || (in == KL_UNKNOWN && period != KL_YES);
}

static void wait_entry(kl_workspace *w, uint32_t entry, uint32_t slot, uint32_t row, const kl_waiting *into) {
    const kl_program *p = w->program;
    if (entry == KL_ABSENT) return;
    uint32_t n = kl_entries_under(w, entry);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t e = w->entries[i].value;
        if (kl_edition_open(w, e, row)) kl_wait_edition(e, into);
        kl_wait_refs(w, kl_e(p, e, KL_E_FIRST_READ), kl_e(p, e, KL_E_READS), slot, row, into);
    }
}

void kl_agree_wait(kl_workspace *w, uint32_t slot, uint32_t row, const kl_waiting *into) {
    const kl_program *p = w->program;
    uint32_t first = kl_l(p, slot, KL_L_FIRST_CANDIDATE), end = first + kl_l(p, slot, KL_L_CANDIDATES);
    if (period_of(w, row) != KL_YES) wait_entry(w, p->period_entry, slot, row, into);
    if (kl_truth_at(w, p->scope, row) != KL_YES) wait_entry(w, p->scope_entry, slot, row, into);
    for (uint32_t c = first; c < end; c++) {
        kl_truth t = kl_truth_at(w, kl_c(p, c, KL_C_FIRES), row);
        if (t != KL_NO) kl_wait_result(w, kl_c(p, c, KL_C_RESULT), slot, row, into);
        if (t == KL_UNKNOWN) wait_entry(w, kl_c(p, c, KL_C_ENTRY), slot, row, into);
    }
    for (uint32_t i = 0; i < p->count[KL_S_BLOCKS]; i++) { /* rules and rows that may override one that would hold */
        uint32_t blocker = kl_word(p, KL_S_BLOCKS, i, 0), kind = kl_e(p, blocker, KL_E_KIND);
        bool relevant = (kind == KL_ENTRY_RULE || kind == KL_ENTRY_ROW) &&
                        kl_truth_at(w, kl_word(p, KL_S_BLOCKS, i, 1), row) == KL_UNKNOWN &&
                        kl_truth_at(w, kl_word(p, KL_S_BLOCKS, i, 2), row) != KL_NO;
        if (relevant) wait_entry(w, blocker, slot, row, into);
    }
}
