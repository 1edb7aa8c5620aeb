/* diag_internal.h - what diag.c and the printers share.
 * May include: lang/diag.h.
 * Start at kl_diag_table: diag.def as data. */
#ifndef KL_LANG_DIAG_INTERNAL_H
#define KL_LANG_DIAG_INTERNAL_H

#include "lang/diag.h"

typedef struct kl_diag_entry {
    const char *code;
    kl_severity severity;
    const char *wording[2], *hint[2]; /* by kl_surface; hint may be NULL */
} kl_diag_entry;

extern const kl_diag_entry kl_diag_table[KL_D_COUNT];

typedef KL_VEC(const kl_diag *) kl_diag_order;
kl_diag_order kl_diags_ordered(kl_diags *d);

kl_str kl_diag_fill(kl_arena *a, const char *pattern, const kl_diag *diag); /* %1… put in */
kl_str kl_diag_message(kl_diags *d, const kl_diag *diag);
kl_str kl_diag_hint(kl_diags *d, const kl_diag *diag); /* empty when there is none */

/* The line an offset stands on, without its line end and without a byte order mark. */
kl_span kl_line_span(const kl_file *file, uint32_t offset);

#endif
