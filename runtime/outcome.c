/* outcome.c - reading decisions: results, entries of many-of outcomes, which rules and rows gave them.
 * May include: program.h of this room. Reads what kl_eval left in the workspace.
 * Start at kl_outcome(). */
#include "runtime/program.h"

static bool exists(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row) {
    return outcome < w->program->count[KL_S_OUTCOMES] && slot < kl_o(w->program, outcome, KL_O_SLOTS) && row < w->rows;
}

static void undetermined(kl_result *out) {
    memset(out, 0, sizeof *out);
    out->state = KL_UNDETERMINED;
}

/* A result of the image as a value of that type: a date that was computed past the calendar is an error. */
static void resolve(const kl_workspace *w, uint32_t decision, uint32_t type, uint32_t row, kl_result *out) {
    kl_resolve(w, decision, row, out);
    if (out->state != KL_DECIDED || type != KL_TYPE_DATE || kl_fits(w->program, type, 0, out->number)) return;
    memset(out, 0, sizeof *out);
    out->state = KL_FAILED;
}

void kl_many(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row, kl_result *out) {
    const kl_program *p = w->program;
    undetermined(out);
    if (!exists(w, outcome, slot, row)) return;
    const uint8_t *o = kl_row(p, KL_S_OUTCOMES, outcome);
    resolve(w, kl_decision_of(w, kl_at(o, KL_O_FIRST_SLOT) + slot, row), kl_at(o, KL_O_TYPE), row, out);
}

void kl_many_value(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t column, uint32_t row,
                   kl_result *out) {
    const kl_program *p = w->program;
    undetermined(out);
    if (!exists(w, outcome, slot, row) || column >= kl_o(p, outcome, KL_O_COLUMNS)) return;
    const uint8_t *o = kl_row(p, KL_S_OUTCOMES, outcome);
    resolve(w, kl_l(p, kl_at(o, KL_O_FIRST_SLOT) + slot, KL_L_FIRST_VALUE) + column,
            kl_word(p, KL_S_COLUMNS, kl_at(o, KL_O_FIRST_COLUMN) + column, 2), row, out);
}

static bool same_entry(const kl_workspace *w, uint32_t outcome, uint32_t a, uint32_t b, uint32_t row) {
    for (uint32_t c = 0; c < kl_o(w->program, outcome, KL_O_COLUMNS); c++) {
        kl_result x, y;
        kl_many_value(w, outcome, a, c, row, &x);
        kl_many_value(w, outcome, b, c, row, &y);
        if (x.state == KL_UNDETERMINED || !kl_same_result(&x, &y)) return false;
    }
    return true;
}

uint32_t kl_many_first(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row) {
    static const kl_state wanted[2] = {KL_DECIDED, KL_UNDETERMINED};
    kl_result r;
    kl_many(w, outcome, slot, row, &r);
    if (!exists(w, outcome, slot, row) || !(kl_o(w->program, outcome, KL_O_FLAGS) & KL_OUTCOME_MANY)) return slot;
    for (int i = 0; i < 2 && (r.state == KL_DECIDED || r.state == KL_UNDETERMINED); i++) {
        for (uint32_t s = 0; s < kl_o(w->program, outcome, KL_O_SLOTS); s++) {
            kl_result other;
            kl_many(w, outcome, s, row, &other);
            if (other.state == wanted[i] && (s == slot || same_entry(w, outcome, s, slot, row))) return s;
        }
    }
    return slot;
}

/* The graver of two entries' states says what the outcome is. */
static uint32_t weight(kl_state s) {
    static const uint8_t of[] = {1, 3, 4, 0, 2, 5, 6};
    return of[s];
}

/* Why there is nothing of an outcome that no rule or row gives. */
static uint32_t frame_reason(const kl_workspace *w, uint32_t row) {
    const kl_program *p = w->program;
    if (kl_truth_at(w, p->scope, row) != KL_NO) return KL_REASON_NO_CLAUSE;
    return p->period != KL_ABSENT && kl_truth_at(w, p->period, row) == KL_NO ? KL_REASON_NOT_IN_FORCE
                                                                             : KL_REASON_OUTSIDE_SCOPE;
}

void kl_outcome(const kl_workspace *w, uint32_t outcome, uint32_t row, kl_result *out) {
    kl_many(w, outcome, 0, row, out);
    if (outcome >= w->program->count[KL_S_OUTCOMES] || row >= w->rows) return;
    if (!(kl_o(w->program, outcome, KL_O_FLAGS) & KL_OUTCOME_MANY)) return;
    kl_state state = KL_NO_RESULT;
    uint32_t slots = kl_o(w->program, outcome, KL_O_SLOTS), columns = kl_o(w->program, outcome, KL_O_COLUMNS),
             reason = out->reason;
    for (uint32_t s = 0; s < slots; s++) {
        kl_result r;
        kl_many(w, outcome, s, row, &r);
        if (r.state == KL_UNDETERMINED) kl_many(w, outcome, kl_many_first(w, outcome, s, row), row, &r);
        if (weight(r.state) > weight(state)) state = r.state;
        for (uint32_t c = 0; c < columns && r.state == KL_DECIDED; c++) {
            kl_result v;
            kl_many_value(w, outcome, s, c, row, &v);
            bool open = v.state == KL_UNDETERMINED || v.state == KL_CONFLICT || v.state == KL_FAILED;
            if (open && weight(v.state) > weight(state)) state = v.state;
        }
    }
    if (slots == 0) reason = frame_reason(w, row);
    memset(out, 0, sizeof *out);
    out->state = state;
    if (state == KL_NO_RESULT) out->reason = reason;
}

/* ------------------------------------------------------------------ by */
bool kl_by_counts(const kl_workspace *w, uint32_t c, uint32_t row, bool sure, const kl_result *r) {
    const kl_program *p = w->program;
    kl_result own;
    if (kl_truth_at(w, kl_c(p, c, KL_C_BY), row) != (sure ? KL_YES : KL_UNKNOWN)) return false;
    if (sure || r->state != KL_DECIDED) return true;
    kl_resolve(w, kl_c(p, c, KL_C_RESULT), row, &own);
    return kl_truth_at(w, kl_c(p, c, KL_C_FIRES), row) != KL_NO && kl_same_result(&own, r);
}

size_t kl_by(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row, bool sure, uint32_t *entries,
             size_t most) {
    const kl_program *p = w->program;
    kl_result r;
    size_t n = 0;
    uint32_t last = KL_ABSENT;
    kl_many(w, outcome, slot, row, &r);
    if (!exists(w, outcome, slot, row) || r.state == KL_NO_RESULT) return 0;
    if (!sure && r.state != KL_DECIDED && r.state != KL_UNDETERMINED) return 0;
    uint32_t s = kl_o(p, outcome, KL_O_FIRST_SLOT) + slot, first = kl_l(p, s, KL_L_FIRST_CANDIDATE),
             end = first + kl_l(p, s, KL_L_CANDIDATES);
    const uint64_t *word = w->planes + row / 64;
    for (uint32_t c = first; c < end; c++) {
        size_t literal = w->literals[kl_c(p, c, KL_C_BY)], other = literal ^ 1;
        uint64_t is = word[literal * w->words];
        if (!sure) is = ~(is | word[other * w->words]);
        if (!(is >> (row % 64) & 1)) continue; /* as for most of many */
        uint32_t entry = kl_c(p, c, KL_C_ENTRY);
        if (entry == last || !kl_by_counts(w, c, row, sure, &r)) continue;
        if (n < most) entries[n] = entry;
        n++;
        last = entry;
    }
    return n;
}
