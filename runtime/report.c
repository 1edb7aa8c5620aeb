/* report.c - what a report adds to decisions and trace: the assumptions they hang on, and whether they agree with what was registered.
 * May include: program.h of this room. Reads what kl_eval left in the workspace; the audit walks a diagram again.
 * Start at kl_audit_of(). */
#include "runtime/program.h"

/* The assumptions that have a value among some refs. */
static void assumed(const kl_workspace *w, uint32_t first, uint32_t count, uint64_t *assumptions) {
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t a = kl_word(w->program, KL_S_REFS, i, 1);
        if (kl_word(w->program, KL_S_REFS, i, 0) != KL_REF_ASSUMPTION || !w->assumed[a].known) continue;
        assumptions[a / 64] |= UINT64_C(1) << (a % 64);
    }
}

static void assumed_by_slot(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row, bool all,
                            uint64_t *assumptions) {
    const kl_program *p = w->program;
    uint32_t s = kl_o(p, outcome, KL_O_FIRST_SLOT) + slot, first = kl_l(p, s, KL_L_FIRST_CANDIDATE),
             end = first + kl_l(p, s, KL_L_CANDIDATES);
    kl_result r;
    kl_many(w, outcome, slot, row, &r);
    if (!all && r.state == KL_NO_RESULT) return;
    bool sure = kl_by(w, outcome, slot, row, true, NULL, 0) != 0;
    for (uint32_t c = first; c < end; c++) {
        uint32_t refs = kl_c(p, c, KL_C_REFS);
        if (refs && (all || kl_by_counts(w, c, row, sure, &r)))
            assumed(w, kl_c(p, c, KL_C_FIRST_REF), refs, assumptions);
    }
}

void kl_assumptions_of(kl_workspace *w, uint32_t row, uint64_t *assumptions) {
    const kl_program *p = w->program;
    if (row >= w->rows || p->count[KL_S_ASSUMPTIONS] == 0) return;
    for (uint32_t o = 0; o < p->count[KL_S_OUTCOMES]; o++) {
        kl_result r;
        kl_outcome(w, o, row, &r);
        if (r.state == KL_NO_RESULT && r.reason != KL_REASON_NO_CLAUSE) continue;
        for (uint32_t s = 0; s < kl_o(p, o, KL_O_SLOTS); s++)
            assumed_by_slot(w, o, s, row, r.state == KL_NO_RESULT || r.state == KL_UNDETERMINED, assumptions);
    }
    for (uint32_t i = 0; i < p->count[KL_S_REQUIREMENTS]; i++) {
        if (!kl_is_breached(w, i, row)) continue;
        uint32_t n = kl_entries_under(w, kl_word(p, KL_S_REQUIREMENTS, i, 0));
        for (uint32_t k = 0; k < n; k++) {
            uint32_t e = w->entries[k].value;
            assumed(w, kl_e(p, e, KL_E_FIRST_READ), kl_e(p, e, KL_E_READS), assumptions);
        }
    }
}

/* Whether an undetermined outcome may still turn out to be what was registered. */
static bool possible(kl_workspace *w, uint32_t slot, uint32_t row, const kl_result *registered) {
    kl_walk k;
    kl_result r;
    uint32_t result;
    kl_walk_start(&k, w, slot, row, true); /* an error or a conflict is no value */
    while (kl_walk_next(&k, &result)) {
        kl_resolve(w, result, row, &r);
        bool never = (r.state == KL_NO_RESULT && r.reason == KL_REASON_NO_CLAUSE) || r.state == KL_NOT_STATED ||
                     (r.state == KL_DECIDED && !kl_same_result(&r, registered));
        if (!never) return true;
    }
    return false;
}

kl_audit kl_audit_of(kl_workspace *w, uint32_t outcome, uint32_t row) {
    const kl_program *p = w->program;
    kl_result r, registered;
    bool received;
    if (outcome >= p->count[KL_S_OUTCOMES] || kl_o(p, outcome, KL_O_SLOTS) == 0 || row >= w->rows ||
        kl_o(p, outcome, KL_O_AUDITED) == KL_ABSENT || kl_truth_at(w, p->scope, row) == KL_NO)
        return KL_AUDIT_NONE;
    kl_field_value(w, kl_o(p, outcome, KL_O_AUDITED), row, &received, &registered);
    if (registered.state != KL_DECIDED) return KL_AUDIT_UNKNOWN;
    kl_outcome(w, outcome, row, &r);
    switch (r.state) {
    case KL_DECIDED: return kl_same_result(&r, &registered) ? KL_AUDIT_AGREES : KL_AUDIT_DIFFERS;
    case KL_NOT_STATED: return KL_AUDIT_DIFFERS;
    case KL_NO_RESULT: /* may be outside the scope, where nothing is a finding */
    case KL_UNDETERMINED:
        return possible(w, kl_o(p, outcome, KL_O_FIRST_SLOT), row, &registered) ? KL_AUDIT_POSSIBLE : KL_AUDIT_DIFFERS;
    case KL_EXTERNAL:
    case KL_CONFLICT:
    case KL_FAILED: break;
    }
    return KL_AUDIT_POSSIBLE;
}
