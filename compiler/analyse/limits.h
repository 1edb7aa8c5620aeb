/* limits.h - the named limits of the analysis: how large the diagram of one decision may grow, and the effort spent on it.
 * May include: the C library's stdint. Passing a limit is a diagnostic (K045x) with remedies; the result never depends on time.
 * Start at kl_diagram_limits; tests give smaller ones. */
#ifndef KL_COMPILER_ANALYSE_LIMITS_H
#define KL_COMPILER_ANALYSE_LIMITS_H

#include <stdint.h>

#define KL_MAX_DIAGRAM_NODES 100000u  /* nodes of one decision's diagram */
#define KL_MAX_DIAGRAM_EDGES 2000000u /* edges of one decision's diagram: an answer each */
#define KL_MAX_DIAGRAM_BUILD 4000000u /* runs of edges made while one diagram is built, in one order of questions */
#define KL_MAX_QUESTIONS 4096u        /* questions of one decision */
#define KL_MAX_IMAGE (1u << 26)       /* bytes of a compiled guideline */
#define KL_WARN_SHARE 2u              /* a warning from 1/2 of the limits on nodes and edges */

#define KL_ORDER_ENOUGH 24u   /* a diagram of so few nodes is left in the first order */
#define KL_SIFT_SWAPS 20000u  /* neighbouring questions that sifting exchanges, at most */
#define KL_SIFT_WORK 6000000u /* and runs of edges that it touches */
#define KL_SIFT_GROWTH 2u     /* a question is moved on until the diagram is this many times its best */

typedef struct kl_diagram_limits {
    uint32_t nodes, edges, build, questions;
} kl_diagram_limits;

extern const kl_diagram_limits kl_diagram_limits_default;

#endif
