/* questions.h - which questions the atoms of a decision ask, and how each is cut into the answers that the decision can tell apart.
 * May include: compiler/analyse/form, the image's names of kinds.
 * Start at kl_ask(), then kl_ask_done(); kl_asked.list is in document order. */
#ifndef KL_COMPILER_ANALYSE_QUESTIONS_H
#define KL_COMPILER_ANALYSE_QUESTIONS_H

#include "compiler/analyse/form.h"
#include "runtime/image.h"

typedef KL_VEC(uint32_t) kl_index_list;

typedef struct kl_question {
    kl_question_kind kind;
    uint32_t source;  /* truths and derived: form; fields; editions: entry; same: result */
    uint32_t other;   /* same: the other result */
    uint32_t cells;   /* answers, tags not counted */
    uint8_t states;   /* KL_CAN_…: tags it may answer with. NONE among them is an answer that conditions tell apart */
    bool may_be_none; /* … also while it is unknown */
    uint64_t place;
    uint64_t selectivity;
    int64_t lo, hi;           /* number kinds: the domain */
    KL_VEC(int64_t) cuts;     /* number kinds, ascending */
    kl_index_list texts;      /* text kind: texts of the guideline */
    uint32_t *cell_of, codes; /* code kinds */
    kl_index_list atoms;      /* the forms that ask it */
} kl_question;

/* Answers its diagram node has before the other tags are added: the cells and, where it can be, none. */
static inline uint32_t kl_question_answers(const kl_question *q) {
    return q->cells + (q->states & KL_CAN_NONE ? 1 : 0);
}
static inline bool kl_question_tagged(const kl_question *q) {
    return q->kind == KL_Q_DERIVED || q->kind == KL_Q_CODES || q->kind == KL_Q_SAME;
}

/* Where every answer has a place of its own: the cells, five tags if it has any (error, none, not stated, external, conflict), unknown. */
static inline uint32_t kl_question_all(const kl_question *q) {
    return q->cells + (kl_question_tagged(q) ? 5 : 0) + 1;
}

typedef struct kl_atom {
    uint32_t question;
    uint32_t first, count; /* kl_asked.intervals: the answers for which it holds */
} kl_atom;

typedef struct kl_asked {
    kl_forms *forms;
    bool
        planes; /* only cells are wanted: nothing is asked about the states of numbers, which outcomes not yet decided may feed */
    KL_VEC(kl_question) list;
    KL_VEC(kl_atom) atoms;
    uint32_t *atom_of; /* per form: stamp; see kl_atom_of */
    uint32_t *atom_stamp;
    size_t form_room;
    uint32_t stamp;
    kl_index_list reached; /* truth forms, ascending: operands before what is made of them */
    kl_index_list stack;
    kl_index_list intervals;
} kl_asked;

void kl_ask_init(kl_asked *q, kl_forms *f);
void kl_ask_start(kl_asked *q);          /* forgets what was asked */
void kl_ask(kl_asked *q, uint32_t form); /* all atoms of a truth form; KL_NO_FORM asks nothing */
void kl_ask_same(kl_asked *q, uint32_t a, uint32_t b, uint8_t states); /* are results a and b equal? */
void kl_ask_done(kl_asked *q);

bool kl_is_asked(const kl_asked *q, uint32_t form); /* was reached */
/* The atom of a form that was reached. */
const kl_atom *kl_atom_of(const kl_asked *q, uint32_t form);
/* Its place in the list, or KL_NO_FORM. */
uint32_t kl_asked_same(const kl_asked *q, uint32_t a, uint32_t b);
/* near.c: order[level] = question, so that what conditions join lies close. */
void kl_order_near(kl_asked *q, uint32_t *order);

#endif
