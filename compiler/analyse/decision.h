/* decision.h - one decision as a function of its questions: period and scope, candidates with exceptions and overrides, `annars`; as a diagram.
 * May include: compiler/analyse.
 * Start at kl_decision_build(). */
#ifndef KL_COMPILER_ANALYSE_DECISION_H
#define KL_COMPILER_ANALYSE_DECISION_H

#include "compiler/analyse/diagram.h"
#include "compiler/analyse/limits.h"
#include "compiler/analyse/order.h"
#include "compiler/analyse/questions.h"
#include "compiler/analyse/results.h"

typedef struct kl_arm { /* one way in which a rule or row can give one result */
    uint32_t entry;
    uint32_t holds;   /* form: its condition and period, and the choice in its value */
    uint32_t by;      /* form: without the choice */
    uint32_t blocked; /* form: something that overrides it holds; or KL_NO_FORM */
    uint32_t result;
} kl_arm;
typedef KL_VEC(kl_arm) kl_arms;

typedef struct kl_dd_row { /* a node, as written: one edge for each answer */
    uint32_t question, first;
} kl_dd_row;

typedef struct kl_decision {
    kl_arms arms;
    uint32_t otherwise, outside, not_in_force; /* results */
    bool diagram;                              /* false: candidates must agree, row by row */
    uint32_t root;                             /* node | KL_LEAF + result */
    KL_VEC(kl_question) questions;
    KL_VEC(kl_dd_row) nodes; /* children before parents */
    KL_VEC(uint32_t) edges;
} kl_decision;

typedef struct kl_deciding { /* what the decisions of a guideline share */
    kl_arena *arena;
    kl_diags *diags;
    kl_forms *forms;
    kl_endings *endings;
    kl_diagram_limits limits;
    uint32_t period_entry, scope; /* entry or IR_NONE; form */
    bool all;   /* each question has all its answers from the start: tags, and last that it is unknown */
    bool hasty; /* the first order that will do: for what is decided once and thrown away */
    kl_diagram m;
    kl_asked asked;
    uint32_t *truth, *truth_stamp; /* per form: its diagram in this build */
    size_t truth_room;
    uint32_t stamp;
    KL_VEC(uint32_t) order, level_of, more;
    KL_VEC(uint32_t) sets;    /* per set of results that meet: first member */
    KL_VEC(uint32_t) members; /* sorted results, then KL_NO_FORM */
    KL_VEC(uint32_t) both;    /* two sets coming together */
    uint32_t *single;         /* per result: its set of one, 0 when none yet */
    size_t single_room;
    uint32_t *set_table;
    size_t set_cap;
} kl_deciding;

void kl_deciding_init(kl_deciding *d, kl_arena *a, kl_diags *diags, kl_forms *f, kl_endings *e);

/* Finds the diagram of d->arms (unless the outcome goes row by row). false after a report: it passes a limit. */
bool kl_decision_build(kl_deciding *k, uint32_t outcome, kl_decision *d);
/* What an outcome with this decision feeds to others. */
kl_span64 kl_decision_span(kl_deciding *k, const kl_decision *d);

/* For what looks at several decisions over one set of questions, in one diagram. Between kl_ask_start() and kl_ask_done() each decision
 * asks, on its side; then the order is set, and each has its root: cells as the decision wants them, other answers still without meaning. */
void kl_deciding_side(kl_deciding *k, const ir_guideline *g, uint32_t period_entry);
void kl_decision_ask(kl_deciding *k, const kl_decision *d);
void kl_deciding_order(kl_deciding *k, kl_order kind);
uint32_t kl_deciding_truth(kl_deciding *k, uint32_t form);
/* false: whether results are equal must be asked too (they are now in k->asked), and the order set anew. KL_LEAF when k->m is full. */
bool kl_decision_root(kl_deciding *k, kl_decision *d, uint32_t *root);

/* report.c: the table that makes a decision large, the columns that widen it, and the ways out. */
typedef enum kl_measure { KL_MEASURE_QUESTIONS, KL_MEASURE_NODES, KL_MEASURE_EDGES, KL_MEASURE_BUILD } kl_measure;
/* `share`: how much each question takes part, of the diagram's when it has nodes, else of all that were asked. A size within the limit is a warning. */
void kl_decision_too_large(kl_deciding *k, uint32_t outcome, const kl_decision *d, const uint64_t *share,
                           kl_measure what, uint64_t size, uint64_t limit);

#endif
