/* solver.h - the one way to the solver (z3): is there a record on which these facts hold, derived questions worked out in exact integers?
 * May include: compiler/analyse/witness. Only solver.c, solver_form.c and witness.c know of it; nothing outside the two solver files knows of z3.
 * Start at kl_solver_check(). */
#ifndef KL_COMPILER_ANALYSE_SOLVER_H
#define KL_COMPILER_ANALYSE_SOLVER_H

#include "compiler/analyse/witness.h"

typedef struct kl_solver kl_solver;

/* NULL when z3 is not on this machine. */
kl_solver *kl_solver_new(kl_endings *e);
void kl_solver_free(kl_solver *s);
uint32_t kl_solver_side(kl_solver *s, kl_endings *e);

/* As kl_witness_find(), at most `effort` steps, once among ordinary values and once among all. KL_NOT_DECIDED: more would be needed, or the
 * theory has no answer. */
kl_found kl_solver_check(kl_solver *s, const kl_fact *facts, size_t n, bool stated, uint32_t effort, bool *core);
/* The record of a check that found one: fields and assumptions that matter to it. */
void kl_solver_record(kl_solver *s, kl_witness *out);

#endif
