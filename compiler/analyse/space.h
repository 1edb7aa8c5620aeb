/* space.h - all records, as the questions that a few conditions ask tell them apart: conditions as diagrams, and a record where one holds.
 * May include: compiler/analyse.
 * Start at kl_space_open(), kl_space_truth(), kl_space_find(). One space is open at a time; opening another forgets it. */
#ifndef KL_COMPILER_ANALYSE_SPACE_H
#define KL_COMPILER_ANALYSE_SPACE_H

#include "compiler/analyse/diagram.h"
#include "compiler/analyse/order.h"
#include "compiler/analyse/witness.h"

typedef struct kl_space {
    kl_arena *arena;
    kl_endings *e;
    kl_forms *forms;
    kl_witnesses *witnesses;
    uint32_t effort; /* steps of a diagram's building; searches for a record that the solver must refute */
    kl_asked asked;
    kl_diagram m;
    kl_index_list order, level_of;
    uint32_t *truth, *truth_stamp; /* per form: its diagram */
    size_t truth_room;
    uint32_t *memo, *memo_stamp; /* per node: what the rebuilding at hand made of it */
    size_t memo_room;
    uint32_t stamp, memo_now;
    uint32_t possible; /* what no record contradicts, as far as it has been found out */
    uint32_t stated;   /* … with assumptions as the text has them */
    uint32_t searches;
    bool limit_was_searches; /* why the last search was not decided */
    bool limit_was_trial;
} kl_space;

void kl_space_init(kl_space *s, kl_endings *e, kl_witnesses *w, uint32_t effort);
/* What the conditions ask. */
void kl_space_open(kl_space *s, const uint32_t *forms, size_t n, kl_order order);
/* Where a condition that was opened holds; a new condition over them too. */
uint32_t kl_space_truth(kl_space *s, uint32_t form);
static inline bool kl_space_full(const kl_space *s) { /* it has passed the effort: what it says means nothing */
    return s->m.full;
}

/* Where the truth holds however it turns out: what is not received, numbers that are in error, and, if `editions`, texts not at hand. */
uint32_t kl_space_sure(kl_space *s, uint32_t truth, bool editions);

/* The truth as it is with one answer to a question of the space; it no longer asks it. */
uint32_t kl_space_given(kl_space *s, uint32_t question, uint32_t answer, uint32_t truth);

/* Tries a record that has been found; false: it does not do what it should. */
typedef bool kl_space_trial(void *self, kl_witness *x);
/* A record in `where` for which `more` facts hold; `out` NULL: it is enough to know. KL_FOUND_NONE: proved that there is none. */
kl_found kl_space_find(kl_space *s, uint32_t where, const kl_fact *more, size_t n, bool stated, kl_witness *out,
                       kl_space_trial *trial, void *self);
/* Why the last search was not decided, in words. */
kl_str kl_space_why(const kl_space *s, kl_surface lang);

#endif
