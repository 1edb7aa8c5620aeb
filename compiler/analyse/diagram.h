/* diagram.h - multi-valued decision diagrams: each function kept once, over levels (questions in an order), edges kept as runs of answers.
 * May include: lang/base. Knows nothing of guidelines: leaves are numbers, what they mean is the caller's.
 * Start at kl_diagram_reset(), kl_dd_test(), kl_dd_ite(). A reference is a node or KL_LEAF | number. */
#ifndef KL_COMPILER_ANALYSE_DIAGRAM_H
#define KL_COMPILER_ANALYSE_DIAGRAM_H

#include "lang/base/base.h"

#define KL_LEAF 0x80000000u
#define KL_LEAF_NO (KL_LEAF | 0u) /* truths: leaves 0 and 1 */
#define KL_LEAF_YES (KL_LEAF | 1u)

typedef struct kl_run { /* answers up to `end` (not included) lead to `child` */
    uint32_t end, child;
} kl_run;

typedef struct kl_dd_node {
    uint32_t level, first, runs; /* runs.p[first..] */
} kl_dd_node;

typedef struct kl_cached {
    uint32_t stamp, op, a, b, c, result;
} kl_cached;

typedef struct kl_diagram {
    kl_arena *arena;
    KL_VEC(kl_dd_node) nodes;
    KL_VEC(kl_run) runs, stack;
    KL_VEC(uint32_t) answers; /* per level: how many answers its question has */
    KL_VEC(uint32_t) marks;
    uint32_t *table;
    kl_cached *cache;
    size_t table_cap, table_room, cache_cap, cache_room;
    uint32_t stamp, mark, serial;
    uint32_t limit; /* runs it may make */
    bool full;      /* the limit was passed: what it returns from then on means nothing */
    /* Two leaves that meet in kl_dd_merge: their join. Must be commutative and associative; 0 is neutral. */
    uint32_t (*join)(void *self, uint32_t a, uint32_t b);
    /* Whether two different leaves count as one in kl_dd_agree; NULL: never. */
    bool (*alike)(void *self, uint32_t a, uint32_t b);
    void *self;
} kl_diagram;

void kl_diagram_init(kl_diagram *m, kl_arena *a);
/* Forgets all nodes; memory is used again. */
void kl_diagram_reset(kl_diagram *m, uint32_t limit);
/* After it was full: goes on with what there was, nothing half done remembered. The caller sets a new limit. */
void kl_diagram_resume(kl_diagram *m);
uint32_t kl_diagram_level(kl_diagram *m, uint32_t answers); /* adds one below those there are */

static inline bool kl_dd_is_leaf(uint32_t r) {
    return r >= KL_LEAF;
}
static inline uint32_t kl_dd_level(const kl_diagram *m, uint32_t r) {
    return kl_dd_is_leaf(r) ? UINT32_MAX : m->nodes.p[r].level;
}
/* Where an answer leads. */
uint32_t kl_dd_follow(const kl_diagram *m, uint32_t node, uint32_t answer);

/* The function that asks `level` first: children per run of answers, the last run ending at all answers. Children may ask any level. */
uint32_t kl_dd_node_of(kl_diagram *m, uint32_t level, const kl_run *runs, size_t n);
/* Yes for the answers in the intervals [p[0], p[1]), [p[2], p[3]) …, ascending. */
uint32_t kl_dd_test(kl_diagram *m, uint32_t level, const uint32_t *intervals, size_t n);

uint32_t kl_dd_and(kl_diagram *m, uint32_t a, uint32_t b);
uint32_t kl_dd_or(kl_diagram *m, uint32_t a, uint32_t b);
uint32_t kl_dd_but(kl_diagram *m, uint32_t a, uint32_t b);     /* a and not b */
uint32_t kl_dd_give(kl_diagram *m, uint32_t a, uint32_t leaf); /* the leaf where the truth a is yes, else leaf 0 */
uint32_t kl_dd_merge(kl_diagram *m, uint32_t a, uint32_t b);
uint32_t kl_dd_ite(kl_diagram *m, uint32_t truth, uint32_t yes, uint32_t no);
/* The leaf both agree on (of two that are alike the higher), else `other`. */
uint32_t kl_dd_agree(kl_diagram *m, uint32_t a, uint32_t b, uint32_t other);
/* Each leaf n becomes to[n]: any function. */
uint32_t kl_dd_replace(kl_diagram *m, uint32_t a, const uint32_t *to);

/* Gives the question at `level` other last answers: it keeps the first `keep` and gets `n` more, whose children `more` finds for each of
 * its nodes. */
#define KL_DD_MORE 8u /* at most */
typedef void kl_dd_more(void *self, kl_diagram *m, uint32_t node, uint32_t *children);
uint32_t kl_dd_extend(kl_diagram *m, uint32_t root, uint32_t level, uint32_t keep, uint32_t n, kl_dd_more *more,
                      void *self);

/* The function where the question at `level` has that answer. */
uint32_t kl_dd_restrict(kl_diagram *m, uint32_t root, uint32_t level, uint32_t answer);

/* The nodes that `root` reaches, children before parents, in a fixed order. */
typedef KL_VEC(uint32_t) kl_dd_list;
void kl_dd_reach(kl_diagram *m, uint32_t root, kl_dd_list *out);

#endif
