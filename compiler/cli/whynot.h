/* whynot.h - the smallest change of one record that makes a clause hold, a rule or row fire, or an outcome take a value.
 * May include: compiler/cli/rules.
 * Start at kl_why_not(). */
#ifndef KL_COMPILER_CLI_WHYNOT_H
#define KL_COMPILER_CLI_WHYNOT_H

#include "compiler/cli/rules.h"

/* Of record `row`, which `workspace` has decided with edition `edition`; the target and the fixed fields are on the command line. Prints, and
 * returns the exit status. */
int kl_why_not(kl_cli *c, const kl_rules *rules, size_t edition, const kl_workspace *workspace, uint32_t row);

#endif
