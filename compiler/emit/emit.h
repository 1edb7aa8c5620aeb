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
    KL_VEC(uint32_t) mask_row; /* per word of the guideline's masks, + 1 */
    kl_shared shared_strings, shared_consts, shared_refs;
    KL_VEC(uint32_t) registers;   /* per form, + 1 */
    uint32_t truths, numbers;     /* registers written */
    kl_index_list wanted, stack;  /* forms on their way to code */
    KL_VEC(uint32_t) result_row;  /* per ending, + 1 */
    uint32_t *first_slot, *slots; /* per outcome */
    KL_VEC(uint64_t) assumed;     /* per form: bits of the assumptions it hangs on */
    size_t assumed_words;
} kl_emit;

/* image.c: words, strings, constants */
void kl_put(kl_emit *e, kl_section s, uint32_t word);
void kl_put_string(kl_emit *e, kl_section s, kl_str text); /* two words */
uint32_t kl_rows(const kl_emit *e, kl_section s);
uint32_t kl_const_row(kl_emit *e, int64_t value);
uint32_t kl_mask_row(kl_emit *e, uint32_t mask, uint32_t codes); /* of a mask of the guideline */
/* First row in REFS of these; the same for the same. */
uint32_t kl_refs_row(kl_emit *e, const kl_ref_list *refs);
/* Where the words were put before, or `first` for the caller to put them at. */
uint32_t kl_share(kl_emit *e, kl_shared *s, const void *whole, size_t unit, uint32_t first, const void *words,
                  uint32_t n);

/* code.c: the register that holds a truth or a number, written when it is first wanted */
uint32_t kl_register(kl_emit *e, uint32_t form);
void kl_emit_instruction(kl_emit *e, kl_emit_op op, uint32_t dst, uint32_t a, uint32_t b, uint32_t c, uint32_t d);

/* slots.c: outcomes, in the order of deciding; false after a report */
bool kl_emit_slots(kl_emit *e);

/* tables.c: what is copied from the guideline; trace entries, requirements and what blocks what */
void kl_emit_vocabulary(kl_emit *e);
void kl_emit_trace(kl_emit *e);
void kl_emit_guideline(kl_emit *e);
void kl_emit_sources(kl_emit *e, uint8_t hash[32]);

#endif
