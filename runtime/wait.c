/* wait.c - why an outcome is undetermined: missing fields, open assumptions, editions not at hand, undetermined outcomes that feed it.
 * May include: program.h of this room. Slots feed only later slots, so one pass downward follows every feed; nothing recurs.
 * Start at kl_wait(). */
#include "runtime/program.h"

static void add(uint64_t *set, uint32_t i) {
    if (set) set[i / 64] |= UINT64_C(1) << (i % 64);
}

/* Outside a period whose other side is another text, not at hand. The record's date must be known. */
bool kl_edition_open(const kl_workspace *w, uint32_t entry, uint32_t row) {
    const kl_program *p = w->program;
    uint32_t dated_by = kl_word(p, KL_S_GUIDELINE, 0, KL_G_DATED_BY);
    const uint8_t *e = kl_row(p, KL_S_ENTRIES, entry);
    kl_held day;
    if (dated_by == KL_ABSENT || !kl_field(w, dated_by, row, &day)) return false;
    return (day.number < kl_signed32(kl_at(e, KL_E_FROM)) && kl_at(e, KL_E_BEFORE) == 1) ||
           (day.number > kl_signed32(kl_at(e, KL_E_THROUGH)) && kl_at(e, KL_E_AFTER) == 1);
}

void kl_wait_edition(uint32_t entry, const kl_waiting *into) {
    add(into->entries, entry);
}

static void wait_outcome(kl_workspace *w, uint32_t outcome, uint32_t below, uint32_t row, const kl_waiting *into) {
    const kl_program *p = w->program;
    uint32_t first = kl_o(p, outcome, KL_O_FIRST_SLOT), end = first + kl_o(p, outcome, KL_O_SLOTS);
    for (uint32_t s = first; s < end && s < below; s++) {
        kl_result r;
        kl_resolve(w, kl_decision_of(w, s, row), row, &r);
        if (r.state != KL_UNDETERMINED) continue;
        add(into->outcomes, outcome);
        w->pending[s] = 1;
    }
}

void kl_wait_refs(kl_workspace *w, uint32_t first, uint32_t count, uint32_t slot, uint32_t row,
                  const kl_waiting *into) {
    const kl_program *p = w->program;
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t index = kl_word(p, KL_S_REFS, i, 1);
        kl_held held;
        switch ((kl_ref_kind)kl_word(p, KL_S_REFS, i, 0)) {
        case KL_REF_FIELD:
            if (!kl_field(w, index, row, &held)) add(into->fields, index);
            break;
        case KL_REF_ASSUMPTION:
            if (!w->assumed[index].known) add(into->assumptions, index);
            break;
        case KL_REF_OUTCOME: wait_outcome(w, index, slot, row, into); break;
        case KL_REF_ENTRY:
            if (kl_edition_open(w, index, row)) kl_wait_edition(index, into);
            break;
        }
    }
}

void kl_wait_result(kl_workspace *w, uint32_t result, uint32_t slot, uint32_t row, const kl_waiting *into) {
    const kl_program *p = w->program;
    kl_result r;
    if (kl_r(p, result, KL_R_KIND) == KL_RESULT_OPEN) kl_wait_edition(kl_r(p, result, KL_R_VALUE), into);
    kl_resolve(w, result, row, &r);
    if (r.state == KL_UNDETERMINED)
        kl_wait_refs(w, kl_r(p, result, KL_R_FIRST_REF), kl_r(p, result, KL_R_REFS), slot, row, into);
}

uint32_t kl_entries_under(kl_workspace *w, uint32_t entry) {
    const kl_program *p = w->program;
    uint32_t stamp = kl_new_stamp(w), n = 1, all = p->count[KL_S_ENTRIES];
    w->entries[entry].stamp = stamp;
    w->entries[0].value = entry;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t e = w->entries[i].value, first = kl_e(p, e, KL_E_FIRST_READ), end = first + kl_e(p, e, KL_E_READS);
        for (uint32_t r = first; r < end; r++) {
            uint32_t other = kl_word(p, KL_S_REFS, r, 1);
            if (kl_word(p, KL_S_REFS, r, 0) != KL_REF_ENTRY || w->entries[other].stamp == stamp) continue;
            w->entries[other].stamp = stamp;
            w->entries[n++].value = other;
        }
        for (uint32_t c = e + 1; c < all; c++) { /* what it holds lies right after it */
            uint32_t parent = kl_e(p, c, KL_E_PARENT);
            if (parent == KL_ABSENT || parent < e) break;
            if (w->entries[c].stamp == stamp) continue;
            w->entries[c].stamp = stamp;
            w->entries[n++].value = c;
        }
    }
    return n;
}

/* Whether the entry of a many-of outcome is in for some answers to what is open. */
static bool may_be_in(kl_workspace *w, uint32_t slot, uint32_t row) {
    kl_walk k;
    uint32_t result;
    kl_walk_start(&k, w, slot, row, false);
    while (kl_walk_next(&k, &result))
        if (kl_r(w->program, result, KL_R_KIND) == KL_RESULT_CONST) return true;
    return false;
}

void kl_wait(kl_workspace *w, uint32_t outcome, uint32_t row, const kl_waiting *into) {
    const kl_program *p = w->program;
    kl_result r;
    if (outcome >= p->count[KL_S_OUTCOMES] || row >= w->rows) return;
    kl_outcome(w, outcome, row, &r);
    if (r.state != KL_UNDETERMINED) return;
    uint32_t first = kl_o(p, outcome, KL_O_FIRST_SLOT), slots = kl_o(p, outcome, KL_O_SLOTS),
             columns = kl_o(p, outcome, KL_O_COLUMNS);
    memset(w->pending, 0, p->count[KL_S_SLOTS]);
    for (uint32_t s = 0; s < slots; s++) {
        kl_many(w, outcome, s, row, &r);
        if (r.state != KL_UNDETERMINED && r.state != KL_DECIDED) continue;
        bool in = columns && (r.state == KL_DECIDED || may_be_in(w, first + s, row));
        if (r.state == KL_UNDETERMINED) {
            uint32_t stands = kl_many_first(w, outcome, s, row);
            kl_many(w, outcome, stands, row, &r);
            w->pending[first + s] = r.state == KL_UNDETERMINED; /* equal to an entry that is in: nothing hangs on it */
        }
        for (uint32_t c = 0; in && c < columns; c++)
            kl_wait_result(w, kl_l(p, first + s, KL_L_FIRST_VALUE) + c, first + s, row, into);
    }
    for (uint32_t s = p->count[KL_S_SLOTS]; s-- > 0;) {
        if (!w->pending[s]) continue;
        if (kl_l(p, s, KL_L_ROOT) == KL_ABSENT)
            kl_agree_wait(w, s, row, into);
        else
            kl_walk_wait(w, s, row, into);
    }
}
