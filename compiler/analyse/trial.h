/* trial.h - decides a record that was found, by the evaluator itself, to see that it does what the analysis says.
 * May include: compiler/analyse, the runtime's public interface.
 * Start at kl_trial_new() with the bytes of the image, kl_trial_run(), then the readings of klausul.h on kl_trial.work, row 0. */
#ifndef KL_COMPILER_ANALYSE_TRIAL_H
#define KL_COMPILER_ANALYSE_TRIAL_H

#include "compiler/analyse/witness.h"
#include "runtime/klausul.h"

typedef struct kl_trial {
    kl_arena *arena;
    const ir_guideline *g;
    const kl_program *program;
    kl_workspace *work;
    kl_column *columns;
} kl_trial;

/* NULL when the image is not admitted. */
kl_trial *kl_trial_new(kl_arena *a, const ir_guideline *g, kl_str image);
/* false: the evaluator does not take the record. Fields that may hold anything are left unknown: fill them first. */
bool kl_trial_run(kl_trial *t, const kl_witness *x);

#endif
