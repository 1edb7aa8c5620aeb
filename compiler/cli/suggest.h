/* suggest.h - examples for what no example tries yet, as rule text.
 * May include: compiler/cli/examples.
 * Start at kl_suggest(). */
#ifndef KL_COMPILER_CLI_SUGGEST_H
#define KL_COMPILER_CLI_SUGGEST_H

#include "compiler/cli/examples.h"

/* Writes examples for the clauses, exceptions, rows and limits that `x`, which has been run, does not try; then, as remarks, what no example can
 * try. false when memory is out. */
bool kl_suggest(kl_cli *c, const kl_examples *x, kl_bytes *out);

#endif
