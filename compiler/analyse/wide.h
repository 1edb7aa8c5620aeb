/* wide.h - outcomes and truths as functions of every record there can be, those with unknown facts too; of one guideline, or of two together.
 * May include: compiler/analyse. Diagrams are over "levels": questions about fields, with one answer more, that the fact is unknown.
 * Start at kl_wide_new(), kl_wide_start(); then kl_wide_root() and kl_wide_truth(), joined by the calls of diagram.h on w->k.m. */
#ifndef KL_COMPILER_ANALYSE_WIDE_H
#define KL_COMPILER_ANALYSE_WIDE_H

#include "compiler/analyse/candidates.h"
#include "compiler/analyse/joint.h"
#include "compiler/analyse/witness.h"

typedef enum kl_how {                /* what answers a question */
                      KL_HOW_FIELD,  /* the record's field, alone */
                      KL_HOW_GIVEN,  /* an assumption with a value: `answer` */
                      KL_HOW_OPEN,   /* nothing: an edition not at hand, an assumption without a value */
                      KL_HOW_MAPPED, /* the answer to another question, about field `level` */
                      KL_HOW_FED,    /* the outcome that feeds it */
                      KL_HOW_DERIVED /* several facts together: taken as free here */
} kl_how;

typedef struct kl_wide_level {
    kl_how how;
    uint32_t question; /* of w->k.asked */
    uint32_t answers;  /* the last one: unknown */
    uint32_t field;    /* FIELD: common field */
    uint32_t answer, outcome, level;
    uint32_t *map; /* MAPPED: answer of `level` → answer */
} kl_wide_level;

typedef struct kl_wide_slot { /* an outcome, or one entry of a many-of outcome */
    uint32_t outcome;
    kl_decision d;
    const uint32_t *values; /* many-of: results, one per column */
    uint32_t base, root;    /* over questions, over records */
} kl_wide_slot;

typedef struct kl_wide {
    kl_arena *arena;
    kl_joint *j;
    kl_forms *f;
    kl_endings endings;
    kl_diags diags;
    kl_deciding k;
    KL_VEC(kl_wide_level) levels;      /* of the diagram, in its order */
    KL_VEC(kl_wide_slot) slots;        /* all outcomes, those of a side in its order of deciding */
    uint32_t *first_slot, *slot_count; /* per common outcome */
    kl_index_list wanted;              /* slots that are built */
    bool *is_wanted;                   /* per common outcome */
    uint32_t undetermined, differs;    /* endings */
    uint32_t *truths[2][2];            /* per side: yes, no, per form; KL_NO_FORM when not made */
    size_t truth_room;
    uint32_t *defaults[2];     /* per side and level: the answer that the field's default gives, or KL_NO_FORM */
    kl_index_list truth_forms; /* asked for by kl_wide_start */
    KL_VEC(uint32_t) possible; /* what no record breaks */
    kl_dd_list near_nodes;     /* of near_root, children first; per node what the nearest yes costs, and its answer */
    uint32_t near_root;
    uint64_t *near_least;
    uint32_t *near_choice;
    size_t near_room;
} kl_wide;

#define KL_ANY_ANSWER UINT32_MAX

kl_wide *kl_wide_new(kl_arena *a, kl_joint *j, kl_surface lang);

static inline size_t kl_wide_side_of(const kl_wide *w, uint32_t outcome) {
    return w->j->sides > 1 && outcome >= w->j->first_outcome[1];
}

/* Makes the diagrams of these outcomes and what feeds them; truths of these forms (of either side) can then be asked for. false: larger than
 * the limits of analyse/limits.h. */
bool kl_wide_start(kl_wide *w, const uint32_t *outcomes, size_t n, const uint32_t *forms, size_t count);

/* What a rule or row fires by: in force, in scope, holding, not overridden. */
uint32_t kl_wide_fires(kl_wide *w, size_t side, const kl_arm *arm);

/* Leaves are results: w->endings. w->undetermined is one of them. */
static inline uint32_t kl_wide_root(const kl_wide *w, uint32_t slot) {
    return w->slots.p[slot].root;
}
/* As the trace says it: where it is yes, where it is no; elsewhere it is unknown. */
/* Whether some result is computed or carried over from a field: then results that are not the same leaf may still be equal. */
bool kl_wide_computed(kl_wide *w, uint32_t root);
void kl_wide_truth(kl_wide *w, size_t side, uint32_t form, uint32_t *yes, uint32_t *no);

uint32_t kl_wide_differ(kl_wide *w, uint32_t a, uint32_t b);       /* a truth */
uint32_t kl_wide_leaf(kl_wide *w, uint32_t root, uint32_t ending); /* where it ends there (none: for any reason) */
uint32_t kl_wide_known(kl_wide *w, uint32_t truth);                /* and nothing that it asks about is unknown */
/* Where some way the unknown facts could turn out makes the truth (of known facts) yes. */
uint32_t kl_wide_may(kl_wide *w, uint32_t truth);
/* And what a record can hold: required fields known, a set either empty or not, values that both sides have. */
uint32_t kl_wide_possible(kl_wide *w, uint32_t truth);
/* The levels that a diagram asks: one byte for each. */
uint8_t *kl_wide_support(kl_wide *w, uint32_t root);

/* ------------------------------------------------------------------ from answers to records (kl_datum per common field) and back */
/* The yes nearest to `base` (an answer per level, KL_ANY_ANSWER where there is none): leaving a level's answer costs cost[level], UINT32_MAX
 * forbids it; a fact is made unknown only where `unknown` allows it, at one more. false: there is none. What it does not ask stays as in base. */
bool kl_wide_nearest(kl_wide *w, uint32_t truth, const uint32_t *base, const uint32_t *cost, bool unknown,
                     uint32_t *answers, uint64_t *total);
uint32_t kl_wide_answer(const kl_wide *w, uint32_t level, const kl_datum *record);
void kl_wide_answers(const kl_wide *w, const kl_datum *record, uint32_t *answers);
/* Changes the record's fields so that it gives these answers; what they say nothing of stays. false: it can't (a set with no code left). */
bool kl_wide_record(const kl_wide *w, const uint32_t *answers, kl_datum *record);
/* The leaf of a diagram under answers, all of them given: KL_ANY_ANSWER is read as the first. */
uint32_t kl_wide_follow(const kl_wide *w, uint32_t root, const uint32_t *answers);

#endif
