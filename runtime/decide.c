/* decide.c - DECIDE: one slot for every record of the batch, down its diagram by planes, or record by record where that is cheaper.
 * May include: program.h of this room. Record by record it is the walk of walk.c; kl_make_plan() has said which way each slot goes.
 * Start at kl_decide(). */
#include "runtime/program.h"

uint32_t kl_decision_of(const kl_workspace *w, uint32_t slot, uint32_t row) {
    static const uint32_t special[KL_CODES] = {KL_DECISION_UNDETERMINED, KL_DECISION_CONFLICT, KL_DECISION_NONE};
    const kl_slot_plan *s = &w->slots[slot];
    uint32_t code = 0;
    for (uint32_t b = 0; b < s->bits; b++) code |= (uint32_t)kl_bit(kl_plane(w, s->plane + b), row) << b;
    if (code < KL_CODES) return special[code];
    return w->keys[s->first_key + code - KL_CODES] & ((1u << KL_GROUP_SHIFT) - 1);
}

uint32_t kl_code_of(const kl_workspace *w, uint32_t slot, uint32_t decision) {
    const kl_slot_plan *s = &w->slots[slot];
    if (decision >= KL_DECISION_NONE) return ~decision; /* they are numbered from above */
    uint32_t key = kl_key(w->program, decision), low = 0, high = s->keys;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (w->keys[s->first_key + middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return KL_CODES + low;
}

/* The rest is decided record by record; its bits are clear so far. */
static void walk(kl_workspace *w, uint32_t slot, const uint64_t *rest) {
    const kl_slot_plan *s = &w->slots[slot];
    for (uint32_t word = 0; word < w->words; word++) {
        for (uint64_t left = rest[word] & kl_rows_mask(w, word); left; left &= left - 1) {
            uint32_t row = word * 64 + kl_ones(left), code = kl_code_of(w, slot, kl_walk_decide(w, slot, row));
            for (uint32_t b = 0; code >> b; b++)
                kl_plane(w, s->plane + b)[word] |= (uint64_t)(code >> b & 1) << (row % 64);
        }
    }
}

void kl_decide(kl_workspace *w, uint32_t slot) {
    const kl_slot_plan *s = &w->slots[slot];
    uint64_t rest[KL_WORDS];
    if (s->walked || w->walks) {
        memset(kl_plane(w, s->plane), 0, (size_t)s->bits * w->words * sizeof *rest);
        memset(rest, 0xFF, sizeof rest);
    } else {
        kl_ends ends = {
            kl_plane(w, s->ends), w->keys + s->first_key, s->keys, s->bits, kl_plane(w, s->plane), rest, s->careful};
        w->run.reach(w->planes, w->words, w->reaches + s->first_reach, s->reaches, s->to);
        if (!w->run.settle(&ends, w->words)) return;
    }
    walk(w, slot, rest);
}
