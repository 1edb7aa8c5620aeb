/* solver_terms.h - what the two solver files share: terms for fields, assumptions, conditions and numbers, each made once.
 * May include: compiler/analyse/solver, compiler/analyse/z3_calls.
 * Start at kl_term_truth() and kl_term_number(). */
#ifndef KL_COMPILER_ANALYSE_SOLVER_TERMS_H
#define KL_COMPILER_ANALYSE_SOLVER_TERMS_H

#include "compiler/analyse/decision.h"
#include "compiler/analyse/solver.h"
#include "compiler/analyse/z3_calls.h"

/* What a number is instead of a value, in the order in which one hides another, as the evaluator has them. */
enum {
    KL_TERM_VALUE,
    KL_TERM_UNKNOWN,
    KL_TERM_NONE,
    KL_TERM_NOT_STATED,
    KL_TERM_EXTERNAL,
    KL_TERM_CONFLICT,
    KL_TERM_ERROR
};

typedef struct kl_term { /* a number: `state` is NULL when it always has a value */
    Z3_ast value, state;
} kl_term;

typedef struct kl_term_parts { /* of a day */
    Z3_ast day, year, month, of_month;
} kl_term_parts;

typedef struct kl_term_span { /* whole months from one day to another */
    Z3_ast a, b, months;
} kl_term_span;

typedef struct kl_term_side { /* a guideline */
    kl_endings *e;
    Z3_ast *truths; /* per form */
    kl_term *terms; /* per form */
    size_t forms;   /* room in the two */
    Z3_ast *fields; /* the value; of a set: NULL */
    Z3_ast **codes; /* of a set: one truth a code */
    Z3_ast *known;
    Z3_ast *assumed, *editions;
    kl_term *outcomes;
} kl_term_side;

struct kl_solver {
    kl_arena *arena;
    Z3_context z;
    Z3_solver s;
    Z3_model model;
    bool failed; /* z3 reported an error */
    KL_VEC(kl_term_side) sides;
    KL_VEC(Z3_ast) definitions; /* what holds of every record */
    KL_VEC(kl_term_parts) parts;
    KL_VEC(kl_term_span) spans;
    KL_VEC(kl_str) texts;           /* a text's number is its place here */
    KL_VEC(Z3_ast) given, literals; /* conditions that stand behind a literal */
    uint32_t fresh;
};

void kl_term_define(kl_solver *s, Z3_ast holds);
Z3_ast kl_term_int(kl_solver *s, int64_t v);
Z3_ast kl_term_and(kl_solver *s, Z3_ast a, Z3_ast b);
Z3_ast kl_term_or(kl_solver *s, Z3_ast a, Z3_ast b);
Z3_ast kl_term_same(kl_solver *s, Z3_ast a, Z3_ast b);
Z3_ast kl_term_between(kl_solver *s, Z3_ast v, int64_t lo, int64_t hi);
Z3_ast kl_term_fresh(kl_solver *s, const char *name, bool truth);
int64_t kl_term_text(kl_solver *s, kl_str text);

Z3_ast kl_term_field(kl_solver *s, uint32_t side, uint32_t field); /* not of a set */
Z3_ast *kl_term_set(kl_solver *s, uint32_t side, uint32_t field);
Z3_ast kl_term_known(kl_solver *s, uint32_t side, uint32_t field);
Z3_ast kl_term_assumption(kl_solver *s, uint32_t side, uint32_t assumption);
Z3_ast kl_term_edition(kl_solver *s, uint32_t side, uint32_t entry);
Z3_ast kl_term_truth(kl_solver *s, uint32_t side, uint32_t form);
kl_term kl_term_number(kl_solver *s, uint32_t side, uint32_t form);
/* Results a and b come out alike. */
Z3_ast kl_term_alike(kl_solver *s, uint32_t side, uint32_t a, uint32_t b);

/* solver_number.c: one operation on values; states are the caller's */
kl_term kl_term_arithmetic(kl_solver *s, const kl_form *n, kl_span64 span, kl_term a, kl_term b);

#endif
