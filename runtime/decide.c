/* decide.c - DECIDE: one slot for every record of the batch, by its candidates' planes where these settle it, else record by record.
 * May include: program.h of this room. The diagram's walk is in walk.c, agreement row by row in agree.c.
 * Start at kl_decide(). */
#include "runtime/program.h"

enum { INDEX_BITS = 32 };

static void put(uint32_t *decisions, uint64_t rows, uint32_t decision) {
    for (; rows; rows &= rows - 1) decisions[kl_ones(rows)] = decision;
}

/* What the candidates say of 64 records. Whether all that may fire have the same result is found bit by bit of the results' indexes: where
 * some index has the bit and some lacks it, they differ. */
typedef struct tally {
    uint64_t some, sure; /* some candidate may fire; one surely does */
    uint64_t with[INDEX_BITS], without[INDEX_BITS];
} tally;

static void count_candidates(const kl_workspace *w, uint32_t word, uint64_t in, uint32_t first, uint32_t end,
                             uint32_t base, uint32_t bits, tally *t) {
    const kl_program *p = w->program;
    t->some = t->sure = 0;
    memset(t->with, 0, sizeof t->with[0] * bits);
    memset(t->without, 0, sizeof t->without[0] * bits);
    for (uint32_t c = first; c < end; c++) {
        const uint8_t *row = kl_row(p, KL_S_CANDIDATES, c);
        uint32_t fires = kl_at(row, KL_C_FIRES), index = kl_at(row, KL_C_RESULT) - base;
        uint64_t yes = kl_value(w, fires)[word] & in, may = yes | (in & ~kl_known(w, fires)[word]);
        if (!may) continue;
        t->some |= may;
        t->sure |= yes;
        for (uint32_t b = 0; b < bits; b++) *(index >> b & 1 ? &t->with[b] : &t->without[b]) |= may;
    }
}

void kl_decide(kl_workspace *w, uint32_t slot) {
    const kl_program *p = w->program;
    uint32_t first = kl_l(p, slot, KL_L_FIRST_CANDIDATE), end = first + kl_l(p, slot, KL_L_CANDIDATES);
    uint32_t otherwise = kl_l(p, slot, KL_L_OTHERWISE), base = KL_ABSENT, last = 0, bits = 0;
    for (uint32_t c = first; c < end; c++) {
        uint32_t r = kl_c(p, c, KL_C_RESULT);
        if (r < base) base = r;
        if (r > last) last = r;
    }
    while (first < end && (last - base) >> bits) bits++;
    for (uint32_t word = 0; word < w->words; word++) {
        uint32_t *decisions = kl_decisions(w, slot) + (size_t)word * 64;
        uint64_t rows = kl_rows_mask(w, word), in = kl_value(w, p->scope)[word] & rows;
        uint64_t left = rows & ~in;
        if (left) { /* surely outside: of the period, or else of the scope. A period that is unknown is for the diagram */
            uint64_t out = left & kl_known(w, p->scope)[word], inside = ~UINT64_C(0), after = 0;
            if (p->period != KL_ABSENT) {
                inside = kl_value(w, p->period)[word];
                after = kl_known(w, p->period)[word] & ~inside;
            }
            put(decisions, out & inside, kl_l(p, slot, KL_L_OUTSIDE));
            put(decisions, out & after, kl_l(p, slot, KL_L_NOT_IN_FORCE));
            left &= ~(out & (inside | after));
        }
        if (in) {
            tally t;
            count_candidates(w, word, in, first, end, base, bits, &t);
            uint64_t same = t.some;
            for (uint32_t b = 0; b < bits; b++) same &= ~(t.with[b] & t.without[b]);
            put(decisions, in & ~t.some, otherwise);
            left |= t.some & ~same;
            for (uint32_t c = first; c < end && same; c++) {
                uint32_t fires = kl_c(p, c, KL_C_FIRES), result = kl_c(p, c, KL_C_RESULT);
                uint64_t these = same & kl_value(w, fires)[word];
                if (result == otherwise) these |= same & ~t.sure & ~kl_known(w, fires)[word];
                put(decisions, these, result);
                same &= ~these;
            }
            left |= same;
        }
        for (; left; left &= left - 1) {
            uint32_t row = word * 64 + kl_ones(left);
            decisions[row % 64] = kl_walk_decide(w, slot, row);
        }
    }
}
