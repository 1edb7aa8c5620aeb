/* mutations.h - small changes of a rule file, each as a place in its text and what is to stand there instead.
 * May include: the language room, compiler/ir.
 * Start at kl_mutations(); the kinds of change stand in mutations.def. */
#ifndef KL_COMPILER_CLI_MUTATIONS_H
#define KL_COMPILER_CLI_MUTATIONS_H

#include "compiler/ir.h"

typedef struct kl_mutation {
    const char *kind; /* condition joined limit value amount period left_out */
    kl_span span;     /* what is replaced: a whole condition, cell, item, row … */
    kl_str to;        /* by what; empty: left out */
    kl_span shown;    /* left out: so much of it as says which one is meant */
    kl_str part;      /* left out: what it is, "the item"; in a table: "row 3a, column fee" */
    bool covers;      /* where this goes unnoticed, so do changes inside it */
    size_t order;     /* as found */
} kl_mutation;

typedef KL_VEC(kl_mutation) kl_mutation_list;

/* Every change of the guideline's own file, in the order of the text. `lang`: of what is said in `part`. */
void kl_mutations(kl_arena *a, const ir_guideline *g, const kl_file *file, kl_surface lang, kl_mutation_list *out);

#endif
