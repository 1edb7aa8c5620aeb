/* form.h - what the analysis and the emitter work on: conditions and values with clauses expanded, folded and each kept once.
 * May include: compiler/ir and the library rooms. Built from the intermediate form on demand.
 * Start at kl_forms_new(), kl_form_of_entry(); a form is an index into kl_forms.nodes, its operands have lower indexes. */
#ifndef KL_COMPILER_ANALYSE_FORM_H
#define KL_COMPILER_ANALYSE_FORM_H

#include "compiler/ir.h"

#define KL_NO_FORM UINT32_MAX

typedef enum kl_form_kind {
    /* truth; AND, OR, NOT join the others, which are the atoms */
    KL_FORM_CONST,       /* lo: 0 no, 1 yes, 2 unknown */
    KL_FORM_NOT,         /* a */
    KL_FORM_AND,         /* a, b */
    KL_FORM_OR,          /* a, b */
    KL_FORM_FIELD,       /* x: a yes/no field */
    KL_FORM_KNOWN,       /* x: field, as received */
    KL_FORM_ASSUME,      /* x: a yes/no assumption */
    KL_FORM_RANGE_FIELD, /* lo <= field x <= hi */
    KL_FORM_IN_FIELD,    /* field x in mask y */
    KL_FORM_HAS,         /* set field x has code y */
    KL_FORM_EMPTY,       /* set field x */
    KL_FORM_TEXT,        /* text field x = text y of the guideline */
    KL_FORM_SAME_TEXT,   /* text field x = text field y */
    KL_FORM_RANGE,       /* lo <= a <= hi */
    KL_FORM_IN,          /* code a in mask y of x codes */
    KL_FORM_EDITION,     /* x: entry whose text for the record's date is not at hand: would it hold? */
    /* number */
    KL_FORM_NUMBER,        /* lo */
    KL_FORM_NUMBER_FIELD,  /* x */
    KL_FORM_NUMBER_ASSUME, /* x */
    KL_FORM_FEED,          /* x: outcome */
    KL_FORM_ADD,           /* a, b; SUB and MUL likewise */
    KL_FORM_SUB,
    KL_FORM_MUL,
    KL_FORM_DIV,     /* a * lo / b, rounded */
    KL_FORM_ROUND,   /* a to a multiple of lo, rounded */
    KL_FORM_RESCALE, /* a / lo, rounded */
    KL_FORM_NEG,     /* a */
    KL_FORM_MIN,     /* a, b; MAX, YEARS and MONTHS likewise */
    KL_FORM_MAX,
    KL_FORM_YEARS,
    KL_FORM_MONTHS,
    KL_FORM_COMPARE,     /* a, b: -1, 0, 1 */
    KL_FORM_LESS_ASSUME, /* a < assumption x (bounded): 1, else 0 */
    KL_FORM_MOST_ASSUME  /* a <= assumption x (bounded): 1, else 0 */
} kl_form_kind;

typedef struct kl_form {
    uint8_t kind, round;
    uint32_t a, b; /* forms, or KL_NO_FORM */
    uint32_t x, y;
    int64_t lo, hi;
    uint64_t place; /* where it is first written: file and byte. Not part of what makes two forms one */
} kl_form;

/* States other than a value that a number may take; bits by their order in the image's tag answers. */
enum { KL_CAN_ERROR = 1, KL_CAN_NONE = 2, KL_CAN_NOT_STATED = 4, KL_CAN_EXTERNAL = 8, KL_CAN_CONFLICT = 16 };

typedef struct kl_span64 { /* what values and states a number, or an outcome, can take */
    int64_t lo, hi;
    uint8_t states;
    bool may_be_none;  /* while it is unknown, none is among what it may turn out to be */
    uint32_t document; /* the one external document, as a result; KL_NO_FORM when several */
} kl_span64;

typedef struct kl_forms {
    kl_arena *arena;
    const ir_guideline *g;
    KL_VEC(kl_form) nodes;
    uint32_t *table; /* hash: 0 free, else index + 1 */
    size_t cap;
    uint32_t *of_node;       /* per IR node */
    uint32_t *of_entry;      /* per entry: its truth */
    uint64_t place;          /* of the IR node at hand */
    kl_span64 *fed;          /* per outcome: set when it has been decided */
    KL_VEC(kl_span64) spans; /* per form, as far as asked */
    KL_VEC(uint8_t) span_known;
    KL_VEC(uint32_t) marks; /* per form: the last search that met it */
    uint32_t mark;
} kl_forms;

kl_forms *kl_forms_new(kl_arena *a, const ir_guideline *g);

static inline const kl_form *kl_form_at(const kl_forms *f, uint32_t i) {
    return &f->nodes.p[i];
}
static inline bool kl_form_is_truth(const kl_form *n) {
    return n->kind <= KL_FORM_EDITION;
}
static inline bool kl_form_is_atom(const kl_form *n) {
    return n->kind >= KL_FORM_FIELD && n->kind <= KL_FORM_EDITION;
}

/* The form of an IR node; IR_NONE gives KL_NO_FORM. */
uint32_t kl_form_of(kl_forms *f, uint32_t node);
uint32_t kl_form_number_of(kl_forms *f, uint32_t node); /* of a yes/no node too: 0 or 1 */
uint32_t kl_form_number_field(kl_forms *f, uint32_t field);
uint32_t kl_form_of_entry(kl_forms *f, uint32_t entry); /* its truth */
/* A requirement: applies; is breached. Both with its period. */
uint32_t kl_form_applies(kl_forms *f, uint32_t entry);
uint32_t kl_form_breached(kl_forms *f, uint32_t entry);
/* The guideline's frame, which every piece inherits: the date is before its period, after it (truths); a truth as the trace says it: outside
 * the period unknown where another text, not at hand, was in force, and no where nothing was. `in_force` is the frame of yes. */
uint32_t kl_form_before(kl_forms *f);
uint32_t kl_form_after(kl_forms *f);
uint32_t kl_form_framed(kl_forms *f, uint32_t inside,
                        uint32_t holds); /* the truth `inside` and `holds`; the first is shared */
uint32_t kl_form_in_force(kl_forms *f);

uint32_t kl_form_range(kl_forms *f, uint32_t number, int64_t lo, int64_t hi); /* lo <= number <= hi */
uint32_t kl_form_const(kl_forms *f, int value);
uint32_t kl_form_not(kl_forms *f, uint32_t a);
uint32_t kl_form_and(kl_forms *f, uint32_t a, uint32_t b);
uint32_t kl_form_or(kl_forms *f, uint32_t a, uint32_t b);
/* Whose text may be missing: a row's is its table's. */
uint32_t kl_edition_entry(const kl_forms *f, uint32_t entry);
uint32_t kl_form_edition(kl_forms *f, uint32_t entry);

/* A comparison of an assumption that its bounds settle, whatever value it has: 0 or 1; else 2. */
int kl_form_settled(const kl_forms *f, uint32_t form);

/* bounds.c: what a number can be. Outcomes that feed it must have been decided. */
kl_span64 kl_form_span(kl_forms *f, uint32_t number);
/* The values a question about it is cut over: those of its type, whatever feeds it. */
void kl_form_domain(const kl_forms *f, uint32_t number, int64_t *lo, int64_t *hi);
void kl_field_domain(const kl_forms *f, uint32_t field, int64_t *lo, int64_t *hi);

/* All that a form reads, each once, ascending by kind and index. */
typedef KL_VEC(ir_ref) kl_ref_list;
void kl_form_refs(kl_forms *f, uint32_t form, kl_ref_list *out);
void kl_ref_sort(kl_ref_list *list);

#endif
