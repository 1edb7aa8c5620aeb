/* trying.h - records that an analysis made up, decided by a loaded edition: the evaluator itself says whether they do what was proved.
 * May include: compiler/cli/rules, compiler/analyse, the runtime and its io.
 * Start at kl_trying_open(), kl_trying_decide(), kl_trying_result(). */
#ifndef KL_COMPILER_CLI_TRYING_H
#define KL_COMPILER_CLI_TRYING_H

#include "compiler/analyse/joint.h"
#include "compiler/analyse/witness.h"
#include "compiler/cli/rules.h"

typedef struct kl_trying {
    kl_cli *cli;
    const kl_joint *j;
    size_t side;
    const kl_edition *edition;
    kl_workspace *workspace;
    kl_verdict *verdict;
    struct kl_trying_column *columns; /* per field of the side */
    kl_column *batch;
} kl_trying;

/* `rules`: the one edition of this side, with what the command line assumes. false when memory is out. */
bool kl_trying_open(kl_trying *t, kl_cli *c, const kl_joint *j, size_t side, const kl_rules *rules);
void kl_trying_close(kl_trying *t);

/* Decides up to KL_ROWS_MAX records, each a kl_datum per common field; what may be anything is left unknown. false: one holds what its field
 * cannot. */
bool kl_trying_decide(kl_trying *t, const kl_datum *const *records, size_t n);
/* Reads one of them: t->verdict. */
void kl_trying_take(kl_trying *t, uint32_t row);
/* A result in words, after kl_trying_take(): equal words, equal results. */
kl_str kl_trying_words(kl_trying *t, uint32_t outcome);
/* The state of an outcome and a single value, before or after it. */
kl_result kl_trying_result(kl_trying *t, uint32_t outcome, uint32_t row);

/* A decided value, or the state, in the language of messages. */
kl_str kl_result_words(kl_cli *c, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r);

#endif
