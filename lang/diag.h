/* diag.h - diagnostics: collected while a file is read and checked, printed at the end in source order.
 * May include: lang/base, lang/tree. Codes, severities and wordings in both languages live in lang/diag.def.
 * Start at kl_report(); printers (text with carets, JSON, GitHub annotations) are at the bottom. */
#ifndef KL_LANG_DIAG_H
#define KL_LANG_DIAG_H

#include <stdio.h>

#include "lang/tree.h"

/* diag.def: KL_DIAG(code, name, severity, "svenska", "english", "tips eller NULL", "hint or NULL")
 * The wordings take arguments %1 %2 %3 (strings). Codes: K01xx reading and grammar, K02xx names, types and meaning, K03xx examples,
 * K04xx limits, K05xx records, K06xx images, K07xx the command's use, K08xx tables and overrides. */
typedef enum kl_diag_id {
#define KL_DIAG(code, name, severity, sv, en, tip, hint) KL_D_##name,
#include "lang/diag.def"
#undef KL_DIAG
    KL_D_COUNT
} kl_diag_id;

typedef enum kl_severity { KL_ERROR, KL_WARNING } kl_severity;

typedef struct kl_diag {
    kl_diag_id id;
    const kl_file *file;
    kl_span span;
    kl_str args[4];
    size_t arg_count;
    const kl_file *second_file; /* the other place, or NULL */
    kl_span second;
    kl_str second_note; /* what the other place is, already worded; may be empty */
    kl_str note;        /* an extra `= …` line (for example a witness), already worded; may be empty */
    kl_str suggestion;  /* a close name: printed as "menade du …?" */
} kl_diag;

typedef struct kl_diags {
    kl_arena *arena;
    kl_surface lang; /* wording */
    KL_VEC(kl_diag) list;
    size_t errors, warnings;
} kl_diags;

void kl_diags_init(kl_diags *d, kl_arena *a, kl_surface lang);

/* Adds a diagnostic; args are strings for %1… in the wording. The pointer is valid until the next report: use it to add a second place. */
kl_diag *kl_report(kl_diags *d, const kl_file *file, kl_span span, kl_diag_id id, size_t arg_count, ...); /* kl_str… */

const char *kl_diag_code(kl_diag_id id);
kl_severity kl_diag_severity(kl_diag_id id);

/* Sorts by file order and place; prints all of them. Colour only where `color`. */
void kl_diags_text(kl_diags *d, FILE *out, bool color);
void kl_diags_json(kl_diags *d, FILE *out);   /* one JSON object a line */
void kl_diags_github(kl_diags *d, FILE *out); /* ::error file=…,line=…,col=…::… */

/* The place of a byte offset: 1-based line and column (in characters). */
void kl_place(const kl_file *file, uint32_t offset, size_t *line, size_t *column);

#endif
