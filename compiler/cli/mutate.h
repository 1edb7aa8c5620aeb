/* mutate.h - changes of the rules that no example notices.
 * May include: compiler/cli/examples.
 * Start at kl_mutate(). */
#ifndef KL_COMPILER_CLI_MUTATE_H
#define KL_COMPILER_CLI_MUTATE_H

#include "compiler/cli/examples.h"

/* Changes the guideline in one place at a time, runs its examples, and lists the changes that none notices. *left: how many. false when memory is
 * out or the file cannot be read. */
bool kl_mutate(kl_cli *c, const kl_examples *x, bool json, kl_bytes *out, size_t *left);

#endif
