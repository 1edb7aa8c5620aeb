/* candidates.h - the rules and rows that set an outcome, as the arms of its decision.
 * May include: compiler/analyse.
 * Start at kl_candidates_single() and kl_candidates_many(). */
#ifndef KL_COMPILER_ANALYSE_CANDIDATES_H
#define KL_COMPILER_ANALYSE_CANDIDATES_H

#include "compiler/analyse/decision.h"

/* What gives the outcome its one value, and `annars`. */
void kl_candidates_single(kl_endings *e, uint32_t outcome, kl_decision *d);

typedef struct kl_many_entry { /* a distinct entry of a many-of outcome */
    uint32_t *values;          /* results, one per column */
    kl_arms arms;
} kl_many_entry;
typedef KL_VEC(kl_many_entry) kl_many_entries;

/* What an edition not at hand would add is an entry of its own, whose values are open. */
void kl_candidates_many(kl_endings *e, uint32_t outcome, kl_many_entries *out);
/* The decision whether such an entry is in. */
kl_decision kl_many_decision(kl_endings *e, const kl_many_entry *entry);

#endif
