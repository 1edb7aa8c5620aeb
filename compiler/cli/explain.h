/* explain.h - one record's decision and trace, found and evaluated, for the writers of the explanation.
 * May include: compiler/cli/rules, the io room.
 * Start at kl_explained. */
#ifndef KL_COMPILER_CLI_EXPLAIN_H
#define KL_COMPILER_CLI_EXPLAIN_H

#include "compiler/cli/run.h"

typedef struct kl_explained {
    kl_cli *cli;
    const kl_edition *edition;
    kl_verdict *verdict;
    kl_workspace *workspace;
    uint32_t row;
} kl_explained;

void kl_explain_text(const kl_explained *x, FILE *out, bool plain, bool color);
void kl_explain_json(const kl_explained *x, kl_bytes *out);

/* What an entry read, and what it says of this record: `dialog = ja (intygad)`. */
kl_str kl_explain_read(const kl_explained *x, kl_ref ref);
/* A row that is no: the cells the record does not meet, `planerad = ja, raden kräver nej`; 0 when the rule text does not tell plainly. */
size_t kl_explain_unmet(const kl_explained *x, uint32_t entry, kl_str **list);
kl_str kl_explain_value(const kl_explained *x, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r);

#endif
