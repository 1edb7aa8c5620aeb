/* prove.h - what the proofs of one guideline share: its conditions, the space of records, the trial, what is accepted, what has been told.
 * May include: compiler/analyse, the compiler's front door.
 * Start at kl_prove() in compiler.h, which is in prove.c. */
#ifndef KL_COMPILER_ANALYSE_PROVE_H
#define KL_COMPILER_ANALYSE_PROVE_H

#include "compiler/analyse/candidates.h"
#include "compiler/analyse/space.h"
#include "compiler/analyse/trial.h"
#include "compiler/compiler.h"

typedef struct
    kl_told_gap { /* outcomes that the same rules and rows set have the same gap: it is searched and told once */
    const kl_arms *arms;
    kl_found found;
    kl_str note;
    KL_VEC(kl_str) days;    /* on which no candidate can fire */
    size_t diag, days_diag; /* in the list of diagnostics, or SIZE_MAX */
} kl_told_gap;

typedef struct kl_prover {
    kl_arena *arena;
    kl_diags *diags;
    ir_guideline *g;
    kl_forms *forms;
    kl_endings endings;
    kl_witnesses *witnesses;
    kl_space space;
    kl_trial *trial;
    const kl_proof_options *options;
    kl_decision *decisions; /* per outcome: its arms */
    kl_many_entries *many;
    uint32_t frame;    /* form: in force and in scope */
    bool *known_asked; /* per field: whether it is asked if it was received */
    bool *framing;     /* per entry: what period and scope rest on */
    kl_found *lives;   /* per entry: fires for some outcome */
    kl_found *holds;   /* per entry: holds in force and in scope */
    bool *tried;       /* per entry: the two are known */
    KL_VEC(kl_told_gap) gaps;
    bool undecided; /* something was: what seems to accept nothing may accept that */
    size_t steps, done;
} kl_prover;

/* Reports what was found at a place, unless the text accepts it there: `what`, and for notes that name something the `name`. */
kl_diag *kl_prove_tell(kl_prover *p, kl_accepted what, kl_str name, const kl_file *file, kl_span span, kl_diag_id id,
                       size_t arg_count, ...); /* kl_str… */
/* Already reported there, by the front end. */
bool kl_prove_said(const kl_prover *p, kl_diag_id id, const kl_file *file, kl_span span);
/* Accepted also by a note in the piece at another place. */
bool kl_prove_accepted(kl_prover *p, kl_accepted what, kl_str name, const kl_file *file, kl_span span);
void kl_prove_not_decided(kl_prover *p, const kl_file *file, kl_span span, kl_str name);
kl_str kl_prove_witness(kl_prover *p, const kl_witness *x);
void kl_prove_step(kl_prover *p);

/* The record with all that may be anything filled in, decided; then what the verdict does not hang on is left out of it. */
typedef bool kl_verdict(kl_prover *p, const void *what);
bool kl_prove_try(kl_prover *p, kl_witness *x, kl_verdict *holds, const void *what);

/* Opens a space over the forms in the first order of questions in which they can be built; false: in none. */
bool kl_prove_open(kl_prover *p, const uint32_t *forms, size_t n);

void kl_prove_outcome(kl_prover *p, uint32_t outcome); /* prove_outcomes.c */
void kl_prove_entries(kl_prover *p);                   /* prove_entries.c: after the outcomes */
void kl_prove_assumptions(kl_prover *p);               /* prove_assumptions.c */

#endif
