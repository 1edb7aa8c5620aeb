/* who.c - who decided, of a whole batch at once: the candidates are gone through once for all records instead of once for each.
 * May include: program.h of this room. Reads what kl_eval left in the workspace.
 * Start at kl_by_rows(); what counts is what counts for kl_by of outcome.c. */
#include "runtime/program.h"

typedef struct deciders {
    const kl_workspace *w;
    uint32_t *entries;          /* where those of all records go; NULL: they are only counted */
    uint64_t rows[KL_WORDS];    /* that are looked at */
    uint32_t at[KL_ROWS_MAX];   /* of each record: how many there are, or where the next one goes */
    uint32_t last[KL_ROWS_MAX]; /* the last one: an entry that gives a result in two ways stands once */
    bool several;               /* some record has more than one */
} deciders;

static inline bool some(const uint64_t *plane, size_t words) {
    const uint64_t *end = plane + words;
    uint64_t any = 0;
    for (; end - plane >= 4; plane += 4) any |= (plane[0] | plane[1]) | (plane[2] | plane[3]);
    for (; plane < end; plane++) any |= *plane;
    return any != 0;
}

static void add(deciders *d, const uint64_t *plane, uint32_t entry) {
    for (uint32_t x = 0; x < d->w->words; x++)
        for (uint64_t left = plane[x] & d->rows[x]; left; left &= left - 1) {
            uint32_t row = x * 64 + kl_ones(left);
            if (d->last[row] == entry) continue;
            d->several |= d->last[row] != KL_ABSENT;
            d->last[row] = entry;
            if (d->entries) d->entries[d->at[row]] = entry;
            d->at[row]++;
        }
}

static void all_candidates(deciders *d, uint32_t slot) {
    const kl_workspace *w = d->w;
    const kl_program *p = w->program;
    uint32_t first = kl_l(p, slot, KL_L_FIRST_CANDIDATE), end = first + kl_l(p, slot, KL_L_CANDIDATES);
    memset(d->last, 0xFF, w->rows * sizeof *d->last);
    for (uint32_t c = first; c < end; c++) {
        const uint64_t *plane = kl_yes(w, kl_c(p, c, KL_C_BY));
        if (some(plane, w->words)) add(d, plane, kl_c(p, c, KL_C_ENTRY));
    }
}

size_t kl_by_rows(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t *at, uint32_t *entries,
                  size_t most) {
    const kl_program *p = w->program;
    deciders d;
    memset(at, 0, (w->rows + 1) * sizeof *at);
    if (outcome >= p->count[KL_S_OUTCOMES] || slot >= kl_o(p, outcome, KL_O_SLOTS) || w->rows == 0) return 0;
    uint32_t s = kl_o(p, outcome, KL_O_FIRST_SLOT) + slot;
    d.w = w;
    d.entries = NULL;
    d.several = false;
    memset(d.at, 0, w->rows * sizeof *d.at);
    for (uint32_t x = 0; x < w->words; x++) d.rows[x] = kl_rows_mask(w, x);
    all_candidates(&d, s);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_result r;
        if (d.at[row]) kl_many(w, outcome, slot, row, &r);
        if (d.at[row] && r.state == KL_NO_RESULT) { /* which nobody gives */
            d.rows[row / 64] &= ~(UINT64_C(1) << (row % 64));
            d.at[row] = 0;
        }
        at[row + 1] = at[row] + d.at[row];
    }
    if (at[w->rows] > most) return at[w->rows];
    for (uint32_t row = 0; row < w->rows && !d.several; row++)
        if (d.at[row]) entries[at[row]] = d.last[row];
    if (d.several) {
        d.entries = entries;
        memcpy(d.at, at, w->rows * sizeof *at);
        all_candidates(&d, s);
    }
    return at[w->rows];
}
