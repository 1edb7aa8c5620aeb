/* joint.h - one or two checked guidelines as one: fields, value sets and texts that are the same in both stand once, so that questions meet.
 * May include: compiler/ir.
 * Start at kl_joint_new(); heads[side] is that side's guideline in the common numbering. */
#ifndef KL_COMPILER_ANALYSE_JOINT_H
#define KL_COMPILER_ANALYSE_JOINT_H

#include "compiler/ir.h"

typedef struct kl_reading_of { /* the value an assumption has in this analysis */
    bool known;
    int64_t value;
} kl_reading_of;

typedef struct kl_joint {
    kl_arena *arena;
    size_t sides;
    const ir_guideline *in[2];
    ir_guideline heads[2]; /* nodes, fields, entries … are shared; period, scope and names are the side's own */
    uint32_t *field_to[2]; /* field of a side → common */
    uint32_t *field_in[2]; /* common → field of that side, or IR_NONE */
    bool *split;           /* common field: one of that name has another type on the other side */
    uint32_t *set_to[2];   /* value set of a side → common */
    uint32_t **code_to[2]; /* per set of a side: code → common code */
    uint32_t **code_in[2]; /* per common set: code → code of that side, or IR_NONE */
    uint32_t *assumption_to[2];
    kl_reading_of *readings; /* per common assumption */
    uint32_t first_entry[2], first_outcome[2], period_entry[2];
    const uint32_t
        *same; /* per outcome of the second side: the one of the first that it was proved to equal, or IR_NONE */
} kl_joint;

/* readings[side]: what each assumption of that side is; NULL: what the text says. same: as above, or NULL; what is the same feeds the same. */
kl_joint *kl_joint_new(kl_arena *a, const ir_guideline *const *in, size_t sides, const kl_reading_of *const *readings,
                       const uint32_t *same);

#endif
