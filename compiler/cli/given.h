/* given.h - values and names as rule text: what can stand after `givet`, `väntat` and `antaget` and be read back as the same.
 * May include: the language room, compiler/ir, compiler/analyse/witness.
 * Start at kl_given_text(). */
#ifndef KL_COMPILER_CLI_GIVEN_H
#define KL_COMPILER_CLI_GIVEN_H

#include "compiler/analyse/witness.h"

/* A value of the guideline's own numbering; `okänt` when it has none. */
kl_str kl_given_text(kl_arena *a, const ir_guideline *g, ir_type type, const kl_datum *d, kl_surface surface);
/* In back quotes where the bare name would be read as something else. */
kl_str kl_given_name(kl_arena *a, kl_str name, kl_surface surface);
/* "…", with what would end it escaped. */
kl_str kl_given_string(kl_arena *a, kl_str text);

#endif
