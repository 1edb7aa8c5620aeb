/* agree.c - row-by-row slots: no diagram; a record is decided when all candidates that may fire agree.
 * May include: program.h of this room. The author asked for this with `rad för rad`; it may leave open what a diagram would decide.
 * Start at kl_agree_decide(). */
#include "runtime/program.h"

static kl_truth period_of(const kl_workspace *w, uint32_t row) {
    return w->program->period == KL_ABSENT ? KL_YES : kl_truth_at(w, w->program->period, row);
}

static uint32_t decide_inside(const kl_workspace *w, uint32_t slot, uint32_t row) {
    const kl_program *p = w->program;
    uint32_t first = kl_l(p, slot, KL_L_FIRST_CANDIDATE), end = first + kl_l(p, slot, KL_L_CANDIDATES);
    uint32_t may = KL_ABSENT, yes = KL_ABSENT, otherwise = kl_l(p, slot, KL_L_OTHERWISE);
    bool agree = true;
    for (uint32_t c = first; c < end; c++) {
        kl_truth t = kl_truth_at(w, kl_c(p, c, KL_C_FIRES), row);
        uint32_t r = kl_c(p, c, KL_C_RESULT);
        kl_result a, b;
        if (t == KL_NO) continue;
        if (may == KL_ABSENT) may = r;
        agree = agree && kl_same_in_row(w, may, r, row);
        if (t != KL_YES) continue;
        if (yes == KL_ABSENT) yes = r;
        if (kl_same_in_row(w, yes, r, row)) continue;
        kl_resolve(w, yes, row, &a);
        kl_resolve(w, r, row, &b);
        if (a.state != KL_UNDETERMINED && b.state != KL_UNDETERMINED) return KL_DECISION_CONFLICT;
    }
    if (may == KL_ABSENT) return otherwise;
    if (agree && yes == KL_ABSENT) yes = kl_same_in_row(w, may, otherwise, row) ? otherwise : KL_ABSENT;
    return agree && yes != KL_ABSENT ? yes : KL_DECISION_UNDETERMINED;
}

uint32_t kl_agree_decide(kl_workspace *w, uint32_t slot, uint32_t row) {
    const kl_program *p = w->program;
    uint32_t inside = decide_inside(w, slot, row);
    if (kl_truth_at(w, p->scope, row) == KL_YES) return inside;
    /* Whether the record lies within is open: what holds within and what holds outside must be the same. */
    bool same = period_of(w, row) == KL_YES && inside != KL_DECISION_UNDETERMINED && inside != KL_DECISION_CONFLICT &&
                kl_same_in_row(w, inside, kl_l(p, slot, KL_L_OUTSIDE), row);
    return same ? inside : KL_DECISION_UNDETERMINED;
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
