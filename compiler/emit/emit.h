/* emit.h - what the emitter's files share: the tables of an image in the making, registers, strings and constants.
 * May include: compiler/analyse, runtime/image. Only the emitter includes this.
 * Start at kl_emit (one image under way), then image.c for the order of work. */
#ifndef KL_COMPILER_EMIT_H
#define KL_COMPILER_EMIT_H

#include "compiler/analyse/decision.h"
#include "compiler/compiler.h"
#include "runtime/image.h"

typedef enum kl_emit_op {
#define KL_OP(name, dst, a, b, c, d, semantics) KL_OP_##name,
#include "runtime/opcodes.def"
#undef KL_OP
    KL_OP_COUNT
} kl_emit_op;

typedef struct kl_shared { /* runs of words that are kept once: where they stand */
    uint32_t *table;       /* index + 1 into `at` */
    size_t cap;
    KL_VEC(uint64_t) at; /* first << 32 | count */
} kl_shared;

/* Planes: what the truth registers hold. A way to write one is an instruction, and what it reads. */
#define KL_MAX_SHARED_TRUTHS                                                                                           \
    16384u                         /* truths of a guideline, up to which equal ones are looked for beyond equal texts */
#define KL_MAX_SHARED_STEP 20000u  /* runs of edges that one truth may take */
#define KL_MAX_SHARED_RUNS 500000u /* and all of them */

typedef enum kl_way_kind {
    KL_WAY_CONST, /* a: 0 no, 1 yes, 2 unknown */
    KL_WAY_ATOM,  /* a: form */
    KL_WAY_NOT,   /* a: plane */
    KL_WAY_AND,   /* a, b: planes */
    KL_WAY_OR,
    KL_WAY_NARROW /* a: question; the plane's own diagrams say which of its values */
} kl_way_kind;

typedef struct kl_way {
    kl_way_kind kind;
    uint32_t a, b, next; /* next way + 1 */
} kl_way;

typedef struct kl_plane {
    uint32_t yes, no; /* diagrams: where it is yes, where no; KL_NO_FORM: not worked out, it stands for one form */
    uint32_t ways;    /* first way + 1 */
    uint32_t reg;     /* register + 1; 0: not written */
    bool wanted;      /* it will be written in any case: to read it costs nothing */
} kl_plane;

typedef struct kl_planes {
    bool shared;
    kl_diagram m; /* level: question of `asked` */
    kl_asked asked;
    KL_VEC(uint32_t) values; /* per question: answers without unknown */
    uint32_t *of_field;      /* per field: a question that is unknown where the field is */
    KL_VEC(kl_plane) list;
    KL_VEC(kl_way) ways;
    KL_VEC(uint32_t) of_form; /* plane + 1 */
    kl_index_list stack;
    uint32_t *table; /* by what they say: plane + 1 */
    size_t cap;
} kl_planes;

typedef struct kl_job { /* a register to write */
    bool truth, ready;  /* ready: what it reads has been seen to */
    uint32_t index;     /* plane or number form */
    kl_way way;
} kl_job;

typedef struct kl_emit {
    kl_arena *arena;
    const ir_guideline *g;
    kl_forms *forms;
    kl_endings endings;
    kl_deciding deciding;
    KL_VEC(uint32_t) tables[KL_S_COUNT]; /* words */
    kl_buf strings;
    KL_VEC(int64_t) consts;
    KL_VEC(uint64_t) masks;
    kl_shared shared_strings, shared_consts, shared_refs, shared_masks;
    kl_planes planes;
    bool plain;                 /* as the text has it: nothing but equal texts is shared */
    KL_VEC(uint32_t) registers; /* per number form, + 1 */
    uint32_t truths, numbers;   /* registers written */
    KL_VEC(kl_job) jobs;        /* registers on their way to code */
    kl_index_list stack;
    KL_VEC(uint32_t) result_row;  /* per ending, + 1 */
    uint32_t *first_slot, *slots; /* per outcome */
    KL_VEC(uint8_t) bare;         /* per form: it is read as it stands, not only inside a frame */
    KL_VEC(uint64_t) assumed;     /* per form: bits of the assumptions it hangs on */
    size_t assumed_words;
} kl_emit;

/* image.c: words, strings, constants */
void kl_put(kl_emit *e, kl_section s, uint32_t word);
void kl_put_string(kl_emit *e, kl_section s, kl_str text); /* two words */
uint32_t kl_rows(const kl_emit *e, kl_section s);
uint32_t kl_const_row(kl_emit *e, int64_t value);
uint32_t kl_mask_row(kl_emit *e, const uint64_t *words, uint32_t codes);
/* First row in REFS of these; the same for the same. */
uint32_t kl_refs_row(kl_emit *e, const kl_ref_list *refs);
/* Where the words were put before, or `first` for the caller to put them at. */
uint32_t kl_share(kl_emit *e, kl_shared *s, const void *whole, size_t unit, uint32_t first, const void *words,
                  uint32_t n);

/* planes.c: the plane of a truth; how it is best written, as things stand; the range or the codes of a plane that can be narrowed to one */
void kl_planes_init(kl_emit *e, bool shared); /* not shared: each form stands for itself */
uint32_t kl_plane_of(kl_emit *e, uint32_t form);
void kl_plane_wanted(kl_emit *e, uint32_t form);
kl_way kl_plane_way(const kl_emit *e, uint32_t plane);
bool kl_plane_range(const kl_emit *e, uint32_t plane, uint32_t *question, int64_t *lo, int64_t *hi);
const uint64_t *kl_plane_codes(const kl_emit *e, uint32_t plane, uint32_t *question);

/* frame.c: a truth inside the period and the truth `with`; and as the trace says it, see kl_form_framed() */
typedef struct kl_framing {
    uint32_t within, all; /* forms */
} kl_framing;
void kl_framing_init(kl_emit *e);
kl_framing kl_framed(kl_emit *e, uint32_t with, uint32_t form);

/* code.c: the register that holds a truth or a number, written when it is first wanted */
uint32_t kl_register(kl_emit *e, uint32_t form);
void kl_emit_instruction(kl_emit *e, kl_emit_op op, uint32_t dst, uint32_t a, uint32_t b, uint32_t c, uint32_t d);

/* slots.c: outcomes, in the order of deciding; false after a report */
bool kl_emit_slots(kl_emit *e);

/* tables.c: what is copied from the guideline; trace entries, requirements and what blocks what */
void kl_emit_vocabulary(kl_emit *e);
void kl_emit_trace(kl_emit *e);
void kl_want_trace(kl_emit *e); /* says beforehand which planes it will take */
void kl_emit_guideline(kl_emit *e);
void kl_emit_sources(kl_emit *e, uint8_t hash[32]);

#endif
