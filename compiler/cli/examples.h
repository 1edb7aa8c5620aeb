/* examples.h - the examples of one guideline, run: what failed, and what they covered.
 * May include: compiler/cli/rules.
 * Start at kl_examples_run(). */
#ifndef KL_COMPILER_CLI_EXAMPLES_H
#define KL_COMPILER_CLI_EXAMPLES_H

#include "compiler/cli/rules.h"

typedef struct kl_failure { /* an expectation that did not hold */
    kl_str what, expected, got;
    kl_span span;
    const kl_file *file;
} kl_failure;

typedef struct kl_example_run {
    const ir_example *example;
    KL_VEC(kl_failure) failures;
} kl_example_run;

typedef struct kl_covered { /* how often an entry was no, yes, unknown, not applicable */
    uint32_t entry;
    uint64_t truths[4];
    bool counts; /* it can be both yes and no, and its kind is one that examples should try */
} kl_covered;

typedef struct kl_examples {
    kl_str path;
    const ir_guideline *ir;
    kl_edition edition;
    KL_VEC(kl_example_run) runs;
    KL_VEC(kl_covered) covered;
    size_t failed, counted, both; /* examples that failed; entries that count; of them tried with yes and no */
} kl_examples;

/* Runs every example of a checked guideline. false when memory is out. */
bool kl_examples_run(kl_cli *c, kl_examples *x);

/* How much of it, in tenths of a per cent: 1000 is all. */
unsigned kl_examples_share(size_t both, size_t counted);

#endif
