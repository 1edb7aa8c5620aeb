/* who.c - who decided, of a whole batch at once: the candidates are gone through once for all records instead of once for each.
 * May include: program.h of this room. Reads what kl_eval left in the workspace.
 * Start at kl_by_rows(); what counts is what counts for kl_by of outcome.c. */
#include "runtime/program.h"

enum { AHEAD = 12 };

typedef struct deciders {
    const kl_workspace *w;
    uint32_t *entries;          /* where those of all records go; NULL: they are only counted */
    uint64_t rows[KL_WORDS];    /* that are looked at */
    uint32_t at[KL_ROWS_MAX];   /* of each record: how many there are, or where the next one goes */
    uint32_t last[KL_ROWS_MAX]; /* the last one: an entry that gives a result in two ways stands once */
    bool several;               /* some record has more than one */
} deciders;

static inline void fetch(const uint64_t *plane) { /* planes of thousands of candidates are not at hand */
#if defined(__GNUC__)
    __builtin_prefetch(plane);
    __builtin_prefetch(plane + KL_WORDS / 2);
#else
    (void)plane;
#endif
}

static inline bool some(const uint64_t *p, size_t words) {
    const uint64_t *end = p + words;
    uint64_t any = 0;
    for (; end - p >= 8; p += 8) any |= p[0] | p[1] | p[2] | p[3] | p[4] | p[5] | p[6] | p[7];
    for (; p < end; p++) any |= *p;
    return any != 0;
}

/* Records of a word that have no result: nobody gives that. */
static uint64_t without(const kl_workspace *w, const kl_slot_plan *s, uint32_t word) {
    uint64_t none = 0;
    uint32_t end = KL_CODES;
    for (const uint32_t *key = w->keys + s->first_key;
         end < KL_CODES + s->keys && *key >> KL_GROUP_SHIFT == KL_GROUP_NONE; key++)
        end++;
    for (uint32_t code = KL_CODE_NONE; code < end; code++) {
        uint64_t is = ~UINT64_C(0);
        for (uint32_t b = 0; b < s->bits; b++) is &= kl_plane(w, s->plane + b)[word] ^ ((uint64_t)(code >> b & 1) - 1);
        none |= is;
    }
    return none;
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
        if (c + AHEAD < end) fetch(kl_yes(w, kl_c(p, c + AHEAD, KL_C_BY)));
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
    const kl_slot_plan *plan = &w->slots[s];
    bool computed = plan->keys && w->keys[plan->first_key + plan->keys - 1] >> KL_GROUP_SHIFT == KL_GROUP_VARIABLE;
    d.w = w;
    d.entries = NULL;
    d.several = false;
    memset(d.at, 0, w->rows * sizeof *d.at);
    for (uint32_t x = 0; x < w->words; x++) d.rows[x] = kl_rows_mask(w, x) & ~without(w, plan, x);
    for (uint32_t row = 0; row < w->rows && computed; row++) { /* which may come to nothing too */
        kl_result r;
        kl_many(w, outcome, slot, row, &r);
        if (r.state == KL_NO_RESULT) d.rows[row / 64] &= ~(UINT64_C(1) << (row % 64));
    }
    all_candidates(&d, s);
    for (uint32_t row = 0; row < w->rows; row++) at[row + 1] = at[row] + d.at[row];
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
