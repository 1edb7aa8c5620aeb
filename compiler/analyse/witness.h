/* witness.h - a record on which given answers hold together, in the author's words; "there is none" and "not decided" are answers too.
 * May include: compiler/analyse. Derived questions are put to the solver; plain ones need none.
 * Start at kl_witnesses_new(), kl_witness_find(); kl_trial_run() (trial.h) decides the record that was found. */
#ifndef KL_COMPILER_ANALYSE_WITNESS_H
#define KL_COMPILER_ANALYSE_WITNESS_H

#include "compiler/analyse/questions.h"
#include "compiler/analyse/results.h"

/* After its cells a question about a number that may be none has the answer none; then, where it may be in another state (an error, not
 * stated, external, conflict), one answer more for all of them. */
static inline uint32_t kl_answer_none(const kl_question *q) {
    return q->cells;
}
static inline bool kl_question_strays(const kl_question *q) {
    return kl_question_tagged(q) && q->kind != KL_Q_SAME && (q->states & ~KL_CAN_NONE);
}
static inline uint32_t kl_answer_other(const kl_question *q) {
    return kl_question_answers(q);
}

typedef struct kl_fact {         /* what is to hold of the record */
    const kl_question *question; /* NULL: results a and b come out different */
    uint32_t first, end;         /* its answer is one of [first, end) */
    uint32_t a, b;
    uint32_t side; /* whose question or results: 0 the guideline's, else a number from kl_witnesses_side() */
} kl_fact;
typedef KL_VEC(kl_fact) kl_fact_list;

typedef enum kl_datum_state {
    KL_DATUM_ANY,     /* a field that may hold anything; an assumption as the text has it */
    KL_DATUM_UNKNOWN, /* not in the record */
    KL_DATUM_VALUE
} kl_datum_state;

typedef struct kl_datum {
    kl_datum_state state;
    int64_t number; /* number, date, code, 0/1 */
    uint64_t set;
    kl_str text;
} kl_datum;

typedef struct kl_witness {
    kl_datum *fields, *assumptions; /* of the guideline, side 0 */
} kl_witness;

typedef enum kl_found { KL_FOUND_NONE, KL_FOUND_RECORD, KL_NOT_DECIDED } kl_found;

typedef struct kl_witnesses kl_witnesses;

/* `effort`: the count of steps that the solver may take for one question. */
kl_witnesses *kl_witnesses_new(kl_endings *e, uint32_t effort);
void kl_witnesses_free(kl_witnesses *w); /* what lies outside the arena */
/* Another guideline over records with fields of the same names; its facts say this number. */
uint32_t kl_witnesses_side(kl_witnesses *w, kl_endings *e);

/* A record for which all facts hold. `stated`: assumptions have the values that the text gives them; else any within their bounds.
 * `out` NULL: it is enough to know. When there is none, core[i] says whether fact i takes part in why (core may be NULL). */
kl_found kl_witness_find(kl_witnesses *w, const kl_fact *facts, size_t n, bool stated, kl_witness *out, bool *core);
/* Why the last search was not decided: the limit, or the construct, in the language of messages. */
kl_str kl_witness_why(const kl_witnesses *w, kl_surface lang);
/* How often the solver was asked. */
uint64_t kl_witness_asked(const kl_witnesses *w);

/* Gives every field that may hold anything a value of its type, so that all is known that is not to be unknown. */
void kl_witness_fill(const kl_forms *f, kl_witness *x);
/* kontakttyp TB, yrke läkare, planerad ja, registrerad_avgift okänt: as in `givet`, in the guideline's order, without what may be anything. */
kl_str kl_witness_text(const kl_forms *f, const kl_witness *x, kl_surface surface);
kl_str kl_datum_text(const kl_forms *f, ir_type type, const kl_datum *d, kl_surface surface);
kl_witness kl_witness_blank(const kl_forms *f);

#endif
