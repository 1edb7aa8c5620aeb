/* program.h - what the runtime's own files share: an admitted image, a workspace, and how both are read.
 * May include: klausul.h and image.h of this room. Not installed; nothing outside runtime/ includes it.
 * Start at kl_word() (a word of a table) and struct kl_workspace (the registers of one batch). */
#ifndef KL_RUNTIME_PROGRAM_H
#define KL_RUNTIME_PROGRAM_H

#include <string.h>

#include "runtime/image.h"
#include "runtime/kernels.h"
#include "runtime/klausul.h"

#if defined(__GNUC__)
#define KL_INLINE static inline __attribute__((always_inline)) /* also where size counts: inlined they are smallest */
#define KL_APART static __attribute__((noinline))              /* kept out of the way of what runs often */
#else
#define KL_INLINE static inline
#define KL_APART static
#endif

/* ------------------------------------------------------------------ bytes: little-endian in the image, whatever the machine is */
KL_INLINE uint32_t kl_load32(const uint8_t *p) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
#else
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
#endif
}

KL_INLINE uint64_t kl_load64(const uint8_t *p) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
#else
    return (uint64_t)kl_load32(p) | (uint64_t)kl_load32(p + 4) << 32;
#endif
}

static inline uint32_t kl_ones(uint64_t v) { /* the position of the lowest bit that is set; v is not 0 */
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctzll(v);
#else
    uint32_t n = 0;
    while (!(v >> n & 1)) n++;
    return n;
#endif
}

/* Unsigned to signed, two's complement, without a conversion that C leaves to the compiler. */
static inline int64_t kl_signed(uint64_t v) {
    int64_t s;
    memcpy(&s, &v, sizeof s);
    return s;
}

static inline int32_t kl_signed32(uint32_t v) {
    int32_t s;
    memcpy(&s, &v, sizeof s);
    return s;
}

/* ------------------------------------------------------------------ the program */
typedef enum kl_opcode {
#define KL_OP(name, dst, a, b, c, d, semantics) KL_OP_##name,
#include "runtime/opcodes.def"
#undef KL_OP
    KL_OP_COUNT
} kl_opcode;

typedef enum kl_operand { /* operand kinds of opcodes.def */
                          KL_IS_NO,
                          KL_IS_B,
                          KL_IS_N,
                          KL_IS_F,
                          KL_IS_FB,
                          KL_IS_FC,
                          KL_IS_FN,
                          KL_IS_FS,
                          KL_IS_FT,
                          KL_IS_A,
                          KL_IS_I,
                          KL_IS_M,
                          KL_IS_V,
                          KL_IS_T,
                          KL_IS_R,
                          KL_IS_L
} kl_operand;

extern const uint8_t kl_kinds[KL_OP_COUNT][5]; /* verify_code.c: kl_operand of dst, a, b, c, d */

/* What one batch takes, part by part: byte offsets into the workspace, each a multiple of 64. */
typedef enum kl_part {
    KL_P_ASSUMED,
    KL_P_LITERALS,
    KL_P_FIELDS,
    KL_P_STEPS,
    KL_P_TESTS,
    KL_P_GATES,
    KL_P_REACHES,
    KL_P_KEYS,
    KL_P_SLOTS,
    KL_P_ASKED,
    KL_P_GIVEN,
    KL_P_PLANES,
    KL_P_NUMBERS,
    KL_P_TAGS,
    KL_P_ANSWERS,
    KL_P_RESULTS,
    KL_P_NODES,
    KL_P_EDGES,
    KL_P_BUCKETS,
    KL_P_ENTRIES,
    KL_P_PENDING,
    KL_P_COUNT
} kl_part;
typedef struct kl_layout {
    uint64_t at[KL_P_COUNT + 1];              /* the last is the size */
    uint32_t bucket_count;                    /* a power of two */
    uint32_t cells, slices, reach, decisions; /* planes: where each kind begins */
} kl_layout;

typedef struct kl_counts { /* what the layout depends on, besides the number of rows of the tables */
    uint32_t truths, numbers, slots, nodes, edges;
} kl_counts;

void kl_layout_of(const uint32_t count[], const kl_counts *n, kl_layout *out);
uint32_t kl_width(uint32_t n); /* bits of n */
uint64_t kl_checksum(const uint8_t *image, size_t size);
uint32_t kl_stride(kl_section s); /* bytes of a row */

struct kl_program {
    const uint8_t *image;
    size_t size;
    const uint8_t *table[KL_S_COUNT];
    uint32_t count[KL_S_COUNT];
    uint32_t scope;                     /* truth register */
    uint32_t period;                    /* truth register of the period entry, or KL_ABSENT */
    uint32_t period_entry, scope_entry; /* or KL_ABSENT */
    kl_counts budget;
    kl_layout layout;
};

static const uint8_t kl_words_of[KL_S_COUNT] = KL_STRIDES;

KL_INLINE const uint8_t *kl_row(const kl_program *p, kl_section s, uint32_t row) {
    return p->table[s] + (size_t)row * kl_words_of[s] * 4;
}
KL_INLINE uint32_t kl_at(const uint8_t *row, uint32_t word) {
    return kl_load32(row + (size_t)word * 4);
}
KL_INLINE uint32_t kl_word(const kl_program *p, kl_section s, uint32_t row, uint32_t word) {
    return kl_at(kl_row(p, s, row), word);
}
KL_INLINE uint32_t kl_word1(const kl_program *p, kl_section s, uint32_t i) {
    return kl_at(p->table[s], i);
}
KL_INLINE int64_t kl_const(const kl_program *p, uint32_t i) {
    return kl_signed(kl_load64(p->table[KL_S_CONSTS] + (size_t)i * 8));
}
static inline uint64_t kl_mask(const kl_program *p, uint32_t i) {
    return kl_load64(p->table[KL_S_MASKS] + (size_t)i * 8);
}
kl_string kl_string_at(const kl_program *p, const uint8_t *row, uint32_t word);
kl_string kl_text(const kl_program *p, uint32_t i);
bool kl_same_string(kl_string a, kl_string b);

/* Shorthands: a word of the row `i` of one table. */
KL_INLINE uint32_t kl_f(const kl_program *p, uint32_t i, uint32_t word) {
    return kl_word(p, KL_S_FIELDS, i, word);
}
KL_INLINE uint32_t kl_l(const kl_program *p, uint32_t i, uint32_t word) {
    return kl_word(p, KL_S_SLOTS, i, word);
}
KL_INLINE uint32_t kl_r(const kl_program *p, uint32_t i, uint32_t word) {
    return kl_word(p, KL_S_RESULTS, i, word);
}
KL_INLINE uint32_t kl_c(const kl_program *p, uint32_t i, uint32_t word) {
    return kl_word(p, KL_S_CANDIDATES, i, word);
}
KL_INLINE uint32_t kl_o(const kl_program *p, uint32_t i, uint32_t word) {
    return kl_word(p, KL_S_OUTCOMES, i, word);
}
KL_INLINE uint32_t kl_e(const kl_program *p, uint32_t i, uint32_t word) {
    return kl_word(p, KL_S_ENTRIES, i, word);
}
KL_INLINE uint32_t kl_values_in(const kl_program *p, uint32_t set) {
    return kl_word(p, KL_S_SETS, set, 5);
}

/* ------------------------------------------------------------------ the workspace */
/* Tags of number registers, ordered so that the worst of several is their maximum. With EXTERNAL the value is the document (TEXTS).
 * UNKNOWN can only turn out to be a value; UNSURE is unknown too, and may turn out to be anything. */
enum {
    KL_TAG_VALUE,
    KL_TAG_UNKNOWN,
    KL_TAG_NONE,
    KL_TAG_NOT_STATED,
    KL_TAG_EXTERNAL,
    KL_TAG_CONFLICT,
    KL_TAG_UNSURE,
    KL_TAG_ERROR
};

/* A decision is the index of a result, or one of these. */
#define KL_DECISION_UNDETERMINED 0xFFFFFFFFu
#define KL_DECISION_CONFLICT 0xFFFFFFFEu
#define KL_DECISION_NONE 0xFFFFFFFDu /* none, for different reasons */

typedef struct kl_node {             /* of the walk: memory for one node of the largest diagram */
    uint32_t stamp, reduced;         /* the image's node: what it came to in the walk `stamp` */
    uint32_t frame, next;            /* the stack */
    uint32_t question, first, chain; /* the reduced node: edges from `first` in the pool; the next with the same hash */
} kl_node;
typedef struct kl_stamped {
    uint32_t stamp, value;
} kl_stamped;
typedef struct kl_class {
    uint32_t stamp, same, next;
} kl_class; /* a result in this walk: the first that equals it; the list of classes */
typedef struct kl_assumed {
    int64_t value;
    uint64_t known;
} kl_assumed;

/* ------------------------------------------------------------------ the plan: code and diagrams as one batch runs them
 * A literal is the number of the plane that says where a truth is surely yes; its other plane, literal ^ 1, where it is surely no. So the
 * literal of `not a` is that of a, ^ 1, and an or is an and of the other planes. */
enum {
    KL_LITERAL_YES = KL_PLANE_ALL,
    KL_LITERAL_NO = KL_PLANE_NONE,
    KL_LITERAL_UNKNOWN,
    KL_LITERALS = 4 /* the first register's */
};
enum {
    KL_EDGES_MOST = 4096, /* of a diagram that is decided by planes, */
    KL_CELLS_MOST = 4096, /* answers that have planes, */
    KL_SLICED_MOST = 64   /* and codes of a set whose numbers' bits have */
};

typedef enum kl_step_kind {
    KL_STEP_CELL,   /* a: of TESTS; for diagrams by planes only, as what follows */
    KL_STEP_ASK,    /* a: question */
    KL_STEP_GATES,  /* a: first of GATES, b: how many inputs */
    KL_STEP_TEST,   /* a: of TESTS */
    KL_STEP_SLICES, /* a: field; the bits of its codes as planes */
    KL_STEP_CODE,   /* a: instruction, run as it stands in the image */
    KL_STEP_DECIDE, /* a: slot */
    KL_STEP_FIELDS  /* a: first of TESTS that ask for yes/no or whether a field is known, b: how many; arrange.c's */
} kl_step_kind;
typedef struct kl_step {
    uint32_t kind, a, b;
} kl_step;

typedef struct
    kl_field_plan { /* what a column may hold: numbers from `low` over `span`, codes up to it, sets within it as a mask */
    uint64_t low, span;
    uint32_t type, slices; /* first plane of the bits of its codes, or 0 */
} kl_field_plan;

/* Where a slot's result can be: its results' planes lie in the order of its keys, which are ascending, a result each under its group. The
 * decision of a record is stored as bits over the planes from `plane` on: 0 undetermined, 1 conflict, 2 none for different reasons,
 * 3 + i the result of the i-th key. */
typedef struct kl_slot_plan {
    uint32_t first_reach, reaches, to; /* the diagram as REACHES, and the plane of the first of them */
    uint32_t ends;                     /* plane of the first result */
    uint32_t first_key, keys, plane, bits;
    bool walked;  /* record by record, through walk.c */
    bool careful; /* row by row: only records that can have one result are decided by planes */
} kl_slot_plan;
enum { KL_CODE_UNDETERMINED, KL_CODE_CONFLICT, KL_CODE_NONE, KL_CODES = KL_FIRST_CODE };

struct kl_workspace {
    const kl_program *program;
    const kl_column *columns;
    uint32_t rows;
    uint32_t
        words; /* 64-bit words of a plane in this batch: planes lie close, so a small batch touches little memory */
    uint32_t stride; /* values of a number register: rows, rounded up to 8 */
    uint32_t stamp;  /* counts walks */
    uint32_t step_count, reach_count;
    bool untraced; /* only what decisions need is computed */
    uint8_t
        walks; /* in this batch: records are too few for planes; KL_ALONE: single.c's plan stands behind the planes */
    kl_kernels run;
    union {
        uint8_t *part[KL_P_COUNT];
        struct { /* in the order of kl_part */
            kl_assumed *assumed;
            uint32_t *literals; /* per truth register */
            kl_field_plan *fields;
            kl_step *steps;
            kl_test *tests;
            kl_gate *gates;
            kl_reach *reaches;
            uint32_t *keys;
            kl_slot_plan *slots;
            uint32_t *asked; /* per question: the first plane of its answers, four for each; or 0 */
            uint32_t *given; /* per four such planes: the literal of the answer */
            uint64_t *planes;
            int64_t *numbers;
            uint8_t *tags;
            kl_stamped *answers; /* per question, in this walk */
            kl_class *results;
            kl_node *nodes;
            uint32_t *edges;
            kl_stamped *buckets;
            kl_stamped *entries; /* .stamp: visited; .value: the stack */
            uint8_t *pending;    /* per slot */
        };
    };
};
#define KL_WORKSPACE_HEAD 320u
enum { KL_ALONE = 2 };

static inline uint64_t *kl_plane(const kl_workspace *w, uint32_t i) {
    return w->planes + (size_t)i * w->words;
}
static inline const uint64_t *kl_yes(const kl_workspace *w, uint32_t b) {
    return kl_plane(w, w->literals[b]);
}
static inline const uint64_t *kl_no(const kl_workspace *w, uint32_t b) {
    return kl_plane(w, w->literals[b] ^ 1);
}
static inline int64_t *kl_numbers(const kl_workspace *w, uint32_t n) {
    return w->numbers + (size_t)n * w->stride;
}
static inline uint8_t *kl_tags(const kl_workspace *w, uint32_t n) {
    return w->tags + (size_t)n * w->stride;
}
uint32_t kl_decision_of(const kl_workspace *w, uint32_t slot, uint32_t row);
uint32_t kl_key(const kl_program *p, uint32_t result); /* a result under its group */
static inline bool kl_bit(const uint64_t *plane, uint32_t row) {
    return plane[row / 64] >> (row % 64) & 1;
}
kl_truth kl_truth_at(const kl_workspace *w, uint32_t b, uint32_t row);
static inline uint64_t kl_received(const kl_workspace *w, uint32_t field, uint32_t word) {
    const uint64_t *known = w->columns[field].known;
    return known ? known[word] : 0;
}
static inline uint32_t kl_rows_of_word(const kl_workspace *w, uint32_t word) {
    uint32_t rest = w->rows - word * 64;
    return rest < 64 ? rest : 64;
}
static inline uint64_t kl_rows_mask(const kl_workspace *w, uint32_t word) {
    uint32_t n = kl_rows_of_word(w, word);
    return n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

/* values.c: what a record holds */
typedef struct kl_held {
    int64_t number; /* number, date, code, yes/no as 1/0, a set as its mask */
    kl_string text;
} kl_held;
bool kl_is_numeric(uint32_t type); /* integer, decimal, money, date, minutes, days */
kl_field_plan kl_limits(const kl_program *p, uint32_t type, uint32_t set); /* of a type */
/* Whether the type can hold the number; not for text. */
bool kl_fits(const kl_program *p, uint32_t type, uint32_t set, int64_t value);
/* Received, or the default; false: unknown. */
bool kl_field(const kl_workspace *w, uint32_t field, uint32_t row, kl_held *out);
bool kl_default(const kl_program *p, uint32_t field, kl_held *out);
bool kl_was_received(const kl_workspace *w, uint32_t field, uint32_t row);
/* results: what a decision or a result of the image is for one record */
void kl_resolve(const kl_workspace *w, uint32_t decision, uint32_t row, kl_result *out);
bool kl_same_result(const kl_result *a, const kl_result *b); /* of one outcome; state and value */
/* Results a and b of the image; two that are unresolved are equal only as one. */
bool kl_same_in_row(const kl_workspace *w, uint32_t a, uint32_t b, uint32_t row);

/* plan.c: what a batch runs, for the workspace as it is. Its marks of a truth register: gates read it, something else does. */
enum { KL_READ = 1, KL_READ_ELSEWHERE = 2 };
void kl_make_plan(kl_workspace *w);
/* truth.c, number.c: tests, and instructions that run as they stand; decide.c: DECIDE */
enum { KL_I_OP, KL_I_TO, KL_I_A, KL_I_B, KL_I_C, KL_I_D }; /* words of an instruction */
void kl_run_test(kl_workspace *w, const kl_test *t);
bool kl_test_default(const kl_program *p, const kl_test *t, const kl_held *held);
void kl_run_truth(kl_workspace *w, const uint8_t *i);
void kl_run_number(kl_workspace *w, const uint8_t *i);
void kl_decide(kl_workspace *w, uint32_t slot);
uint32_t kl_code_of(const kl_workspace *w, uint32_t slot, uint32_t decision); /* as its planes hold it */
void kl_run_step(kl_workspace *w, const kl_step *s);

/* walk.c: the diagram of a slot, for one record */
uint32_t kl_answer_of(const kl_workspace *w, const uint8_t *question, uint32_t row); /* the answer, or KL_ABSENT */
uint32_t kl_answers(const kl_program *p, uint32_t question);                         /* how many there are */
void kl_answer_all(kl_workspace *w,
                   uint32_t question); /* planes of every answer: where it is given, and where it cannot be */
typedef struct kl_branches {           /* the edges of a node that a record may take */
    uint32_t question, edge, count, cells;
    uint32_t tags; /* which tags are among the completions: the question's flags */
    bool open;     /* the question is unknown: every completion */
    bool values;   /* the caller's: of the tags only none is tried */
} kl_branches;
typedef struct kl_walk {
    kl_workspace *w;
    uint32_t slot, row, base, stamp, depth, at;
    uint32_t root; /* a diagram that is a terminal only, until it is read; else KL_ABSENT */
    bool rows;     /* row by row: candidates instead of a diagram */
    kl_branches node;
} kl_walk;
void kl_walk_start(kl_walk *k, kl_workspace *w, uint32_t slot, uint32_t row, bool values);
bool kl_walk_next(kl_walk *k, uint32_t *result); /* the results that are possible, some more than once */
uint32_t kl_walk_decide(kl_workspace *w, uint32_t slot, uint32_t row);
void kl_walk_wait(kl_workspace *w, uint32_t slot, uint32_t row, const kl_waiting *into);
uint32_t kl_new_stamp(kl_workspace *w);
/* agree.c: the row-by-row way: candidates that agree */
bool kl_agree_next(kl_walk *k, uint32_t *result);
bool kl_agree_clash(const kl_workspace *w, uint32_t slot, uint32_t row,
                    uint32_t *decision); /* settled without agreement */
void kl_agree_wait(kl_workspace *w, uint32_t slot, uint32_t row, const kl_waiting *into);

/* outcome.c: whether candidate c is one of those that kl_by names; `r`: its slot's result */
bool kl_by_counts(const kl_workspace *w, uint32_t c, uint32_t row, bool sure, const kl_result *r);

/* trace.c */
bool kl_is_breached(const kl_workspace *w, uint32_t requirement, uint32_t row);

/* wait.c: what is unknown in a record, added to `into`; an outcome that feeds `slot` marks its own slots, all below it, as pending */
void kl_wait_refs(kl_workspace *w, uint32_t first, uint32_t count, uint32_t slot, uint32_t row, const kl_waiting *into);
void kl_wait_result(kl_workspace *w, uint32_t result, uint32_t slot, uint32_t row, const kl_waiting *into);
void kl_wait_edition(uint32_t entry, const kl_waiting *into);
bool kl_edition_open(const kl_workspace *w, uint32_t entry, uint32_t row);
/* The entry, all it holds and all they read, each once: leaves them in w->entries[0..].value and returns how many. */
uint32_t kl_entries_under(kl_workspace *w, uint32_t entry);

#endif
