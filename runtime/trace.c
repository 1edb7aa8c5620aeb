/* trace.c - reading the trace: the truth of clauses, rows and requirements, what was breached, what blocked, the values a record holds.
 * May include: program.h of this room. The trace is the register file of the run that decided.
 * Start at kl_truth_of(). */
#include "runtime/program.h"

bool kl_is_breached(const kl_workspace *w, uint32_t requirement, uint32_t row) {
    const kl_program *p = w->program;
    return kl_truth_at(w, kl_word(p, KL_S_REQUIREMENTS, requirement, 4), row) == KL_YES &&
           kl_truth_at(w, p->scope, row) == KL_YES;
}

kl_truth kl_truth_of(const kl_workspace *w, uint32_t entry, uint32_t row) {
    const kl_program *p = w->program;
    if (entry >= p->count[KL_S_ENTRIES] || row >= w->rows) return KL_UNKNOWN;
    uint32_t requirement = kl_e(p, entry, KL_E_REQUIREMENT), truth = kl_e(p, entry, KL_E_TRUTH);
    if (requirement != KL_ABSENT) {
        if (kl_truth_at(w, p->scope, row) == KL_NO ||
            kl_truth_at(w, kl_word(p, KL_S_REQUIREMENTS, requirement, 2), row) == KL_NO)
            return KL_NOT_APPLICABLE;
        if (kl_is_breached(w, requirement, row)) return KL_NO;
        return kl_truth_at(w, kl_word(p, KL_S_REQUIREMENTS, requirement, 3), row) == KL_YES ? KL_YES : KL_UNKNOWN;
    }
    return truth == KL_ABSENT || w->untraced ? KL_UNKNOWN : kl_truth_at(w, truth, row);
}

bool kl_truth_planes(const kl_workspace *w, uint32_t entry, const uint64_t **yes, const uint64_t **no) {
    const kl_program *p = w->program;
    if (entry >= p->count[KL_S_ENTRIES] || kl_e(p, entry, KL_E_TRUTH) == KL_ABSENT || w->rows == 0 || w->untraced)
        return false;
    *yes = kl_yes(w, kl_e(p, entry, KL_E_TRUTH));
    *no = kl_no(w, kl_e(p, entry, KL_E_TRUTH));
    return true;
}

size_t kl_breaches(const kl_workspace *w, uint32_t row, bool advice, uint32_t *entries, size_t most) {
    const kl_program *p = w->program;
    size_t n = 0;
    for (uint32_t i = 0; i < p->count[KL_S_REQUIREMENTS] && row < w->rows; i++) {
        if ((kl_word(p, KL_S_REQUIREMENTS, i, 1) != 0) != advice || !kl_is_breached(w, i, row)) continue;
        if (n < most) entries[n] = kl_word(p, KL_S_REQUIREMENTS, i, 0);
        n++;
    }
    return n;
}

size_t kl_value_reads(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t column, uint32_t row,
                      kl_ref *reads, size_t most) {
    const kl_program *p = w->program;
    if (outcome >= p->count[KL_S_OUTCOMES] || slot >= kl_o(p, outcome, KL_O_SLOTS) || row >= w->rows) return 0;
    uint32_t s = kl_o(p, outcome, KL_O_FIRST_SLOT) + slot, result = kl_decision_of(w, s, row);
    if (kl_o(p, outcome, KL_O_FLAGS) & KL_OUTCOME_MANY) {
        if (column >= kl_o(p, outcome, KL_O_COLUMNS)) return 0;
        result = kl_l(p, s, KL_L_FIRST_VALUE) + column;
    }
    if (result >= KL_DECISION_NONE) return 0;
    uint32_t first = kl_r(p, result, KL_R_FIRST_REF), n = kl_r(p, result, KL_R_REFS);
    for (uint32_t i = 0; i < n && i < most; i++)
        reads[i] = (kl_ref){kl_word(p, KL_S_REFS, first + i, 0), kl_word(p, KL_S_REFS, first + i, 1)};
    return n;
}

bool kl_is_overridden(const kl_workspace *w, uint32_t entry, uint32_t row) {
    const kl_program *p = w->program;
    bool some = false;
    if (row >= w->rows || kl_truth_of(w, entry, row) != KL_YES || kl_truth_at(w, p->scope, row) != KL_YES) return false;
    for (uint32_t c = 0; c < p->count[KL_S_CANDIDATES]; c++) {
        if (kl_c(p, c, KL_C_ENTRY) != entry) continue;
        if (kl_truth_at(w, kl_c(p, c, KL_C_BY), row) != KL_NO) return false;
        some = true;
    }
    return some;
}

static bool blocks(const kl_workspace *w, uint32_t i, uint32_t row) {
    const kl_program *p = w->program;
    return kl_truth_at(w, kl_word(p, KL_S_BLOCKS, i, 1), row) == KL_YES &&
           kl_truth_at(w, kl_word(p, KL_S_BLOCKS, i, 2), row) == KL_YES;
}

size_t kl_blocked_by(const kl_workspace *w, uint32_t row, uint32_t *entries, size_t most) {
    const kl_program *p = w->program;
    size_t n = 0;
    if (row >= w->rows || kl_truth_at(w, p->scope, row) == KL_NO) return 0;
    if (p->period != KL_ABSENT && kl_truth_at(w, p->period, row) != KL_YES) return 0; /* nothing surely held */
    for (uint32_t i = 0; i < p->count[KL_S_BLOCKS]; i++) {
        uint32_t entry = kl_word(p, KL_S_BLOCKS, i, 0), k = 0;
        if (!blocks(w, i, row)) continue;
        while (k < i && (kl_word(p, KL_S_BLOCKS, k, 0) != entry || !blocks(w, k, row))) k++;
        if (k < i) continue; /* it blocks something else too, and has been named */
        if (n < most) entries[n] = entry;
        n++;
    }
    return n;
}

void kl_field_value(const kl_workspace *w, uint32_t field, uint32_t row, bool *received, kl_result *out) {
    const kl_program *p = w->program;
    memset(out, 0, sizeof *out);
    out->state = KL_UNDETERMINED;
    *received = false;
    if (field >= p->count[KL_S_FIELDS] || row >= w->rows) return;
    kl_held held;
    *received = kl_was_received(w, field, row);
    if (kl_field(w, field, row, &held)) out->state = KL_DECIDED;
    out->number = held.number;
    out->set = (uint64_t)held.number;
    out->text = held.text;
}
