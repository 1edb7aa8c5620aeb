/* order.h - in which order a diagram asks: some to begin with, then sifting, all of them repeatable to the last node.
 * May include: compiler/analyse/diagram.
 * Start at kl_order_of() and kl_order_sift(). */
#ifndef KL_COMPILER_ANALYSE_ORDER_H
#define KL_COMPILER_ANALYSE_ORDER_H

#include "compiler/analyse/diagram.h"

typedef enum kl_order { /* NEAR: what conditions join close together, see near.c */
                        KL_ORDER_DOCUMENT,
                        KL_ORDER_NEAR,
                        KL_ORDER_SELECTIVE,
                        KL_ORDER_SMALLEST,
                        KL_ORDER_COUNT
} kl_order;

typedef struct kl_order_key { /* of a question, in document order */
    uint32_t answers;
    uint64_t selectivity; /* how much its tests leave out, over all of them */
} kl_order_key;

/* order[level] = question, for the `n` questions. Not for NEAR. */
void kl_order_of(kl_order kind, const kl_order_key *keys, size_t n, uint32_t *order);

/* Edges of the diagram, with one for each answer and `more[level]` beside them. */
uint64_t kl_order_edges(kl_diagram *m, uint32_t root, const uint32_t *more, size_t *nodes);

/* Moves each level to where the diagram has the fewest edges, one level after the other, with at most `swaps` exchanges of neighbours and about
 * `work` runs touched. Rebuilds m in the order found, moves `order` and `more` along, and returns the new root. */
uint32_t kl_order_sift(kl_diagram *m, uint32_t root, uint32_t *order, uint32_t *more, uint32_t swaps, uint32_t work);

#endif
