/* boxes.h - conditions that test each question by itself, as boxes of answers: large tables without a diagram of them all.
 * May include: compiler/analyse/space.
 * Start at kl_boxes_add() for each condition, then kl_boxes_gap(). */
#ifndef KL_COMPILER_ANALYSE_BOXES_H
#define KL_COMPILER_ANALYSE_BOXES_H

#include "compiler/analyse/space.h"

typedef struct kl_boxes {
    kl_arena *arena;
    kl_diagram *m;
    uint32_t levels;
    KL_VEC(uint32_t) ends; /* per box and level: first answer, end */
    KL_VEC(uint32_t) owner;
    uint64_t left; /* comparisons of a box that may still be made */
    bool full;
} kl_boxes;

void kl_boxes_init(kl_boxes *b, kl_space *s);
static inline const uint32_t *kl_box_at(const kl_boxes *b, size_t i) {
    return &b->ends.p[i * 2 * b->levels];
}
/* The boxes where a truth of the space holds. false: there are more than a few. */
bool kl_boxes_add(kl_boxes *b, uint32_t truth, uint32_t owner);
bool kl_boxes_meet(const kl_boxes *b, size_t i, size_t j);

/* Looks in a box for answers that no box has, which `take` is given as a truth; true from it ends the search with true. */
typedef bool kl_boxes_take(void *self, uint32_t truth);
bool kl_boxes_gap(kl_boxes *b, const uint32_t *within, kl_boxes_take *take, void *self);

#endif
