/* plan.h - what changes between two editions: each outcome and requirement equivalent, or the classes of records that differ.
 * May include: compiler/cli/trying, compiler/analyse/wide.
 * Start at kl_plan_compare(); plan.c is the verb, plan_text.c and plan_json.c tell of it. */
#ifndef KL_COMPILER_CLI_PLAN_H
#define KL_COMPILER_CLI_PLAN_H

#include "compiler/analyse/wide.h"
#include "compiler/cli/trying.h"

typedef enum kl_plan_verdict {
    KL_PLAN_EQUIVALENT,
    KL_PLAN_DIFFERS,
    KL_PLAN_NOT_DECIDED, /* `why` says for want of what */
    KL_PLAN_REMOVED,
    KL_PLAN_ADDED,
    KL_PLAN_OTHER_TYPE
} kl_plan_verdict;

typedef struct kl_plan_was { /* what one side makes of a record */
    kl_str words;
    kl_result result;
    KL_VEC(uint32_t) by; /* entries of that side */
} kl_plan_was;

typedef struct kl_plan_class {
    kl_plan_was was[2];
    kl_datum *record; /* per common field; checked by running both */
    bool unknown;     /* every record of full facts is decided alike */
} kl_plan_class;

typedef struct kl_plan_subject { /* an outcome, or a requirement with its breaches */
    kl_str name;
    bool requirement;
    uint32_t at[2]; /* outcome or entry of each side, or IR_NONE */
    kl_plan_verdict verdict;
    KL_VEC(kl_plan_class) classes;
    kl_str_list why;
    bool more; /* classes beyond those listed */
} kl_plan_subject;

typedef struct kl_plan_change { /* what a record may hold, and what is assumed */
    kl_str what, from, to;      /* empty: not there */
} kl_plan_change;

typedef struct kl_plan {
    kl_cli *cli;
    kl_arena *arena;
    const kl_rules *rules[2]; /* one edition each, with its rule text */
    kl_joint *j;
    kl_wide *wide;
    kl_witnesses *witnesses;
    kl_trying trying[2];
    bool any;                            /* one difference is enough */
    KL_VEC(kl_datum *) models;           /* the authors' examples as common records, */
    KL_VEC(const ir_example *) modelled; /* … and these */
    KL_VEC(kl_plan_subject) subjects;
    KL_VEC(kl_plan_change) changes;
} kl_plan;

/* Compares; false when memory is out. The verdicts stand in p->subjects. */
bool kl_plan_compare(kl_plan *p, kl_cli *c, const kl_rules *old, const kl_rules *new, bool any);
void kl_plan_free(kl_plan *p);
/* What both sides make of a record, as far as the subject goes; false: the same, or the record cannot be. */
bool kl_plan_try(kl_plan *p, kl_plan_subject *s, const kl_datum *record, kl_plan_was was[2]);
bool kl_plan_is_equal(const kl_plan *p); /* all outcomes and requirements proved equivalent, and nothing else changed */
/* plan_words.c: fields, values and assumptions that are not the same */
void kl_plan_vocabulary(kl_plan *p);

/* plan_records.c: both sides over the records of the third operand. An exit status. */
int kl_plan_over_records(kl_cli *c, kl_rules *old, kl_rules *new);

void kl_plan_text(const kl_plan *p, kl_bytes *out);
void kl_plan_json(const kl_plan *p, kl_bytes *out);

#endif
