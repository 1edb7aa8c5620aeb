/* kernels.h - the loops that every batch spends its time in, as a table of functions: the core's own, or those of a vector instruction set.
 * May include: klausul.h of this room. Planes are bits of records, `words` 64-bit words each, one after another from `planes` on.
 * Start at struct kl_kernels; planes.inc writes most of them once for any width. */
#ifndef KL_RUNTIME_KERNELS_H
#define KL_RUNTIME_KERNELS_H

#include "runtime/klausul.h"

#define KL_PLANE_BYTES (8 * KL_WORDS) /* of a full batch */
enum { KL_PLANE_ALL, KL_PLANE_NONE }; /* the first planes: every record, no record */
#define KL_LAST 1u                    /* in an offset, which is even: here a list ends */

typedef struct
    kl_gate { /* an input of a gate, which is the and of those that follow each other: literals * KL_PLANE_BYTES */
    uint32_t of, to; /* `to` | KL_LAST: the gate's last. The other plane of each is the other plane of the literal */
} kl_gate;

typedef struct kl_test { /* what is asked of each value of a field or of a number register, with nothing to look up */
    uint64_t from, span; /* a range, as one comparison without a sign */
    uint64_t bits;       /* codes: a mask of at most 64; sets: the codes that count; a range: 0 when it is empty */
    uint64_t yes, no;    /* all bits, or none: the answer where the field was not received */
    uint32_t op, source; /* instruction; field or number register */
    uint32_t first, values; /* a mask of more codes: row of MASKS and codes; a text: row of TEXTS */
    uint32_t to;            /* literal; what comes before says whether two tests are the same */
} kl_test;

/* A way down a diagram: the records of plane `from` but for those of plane `but`, both * KL_PLANE_BYTES. Ways to the same place follow each
 * other. */
typedef struct kl_reach {
    uint32_t from, but; /* | KL_LAST: the last way to its place; the next one leads to the next place */
} kl_reach;

/* Of a result's key: what it can be the same as. Two constants that are not none differ. */
enum { KL_GROUP_NONE, KL_GROUP_CONSTANT, KL_GROUP_VARIABLE };
#define KL_GROUP_SHIFT 30
#define KL_FIRST_CODE 3u /* of a decision: the code of the first key */

typedef struct kl_ends { /* what is settled: results' planes, and where the decisions go */
    const uint64_t *ends;
    const uint32_t *keys; /* their group << KL_GROUP_SHIFT */
    uint32_t count, bits;
    uint64_t *decisions, *rest; /* planes of the code's bits; records to be decided one by one */
    bool careful;               /* these are all that can have several results, or none */
} kl_ends;

struct kl_kernels {
    const char *name;
    /* yes = bits where known, else by_default_yes; no likewise. `yes` may be `bits`; the plane of no follows it. */
    void (*spread)(uint64_t *yes, const uint64_t *bits, const uint64_t *known, uint64_t by_default_yes,
                   uint64_t by_default_no, uint32_t words);
    void (*gates)(uint64_t *planes, uint32_t words, const kl_gate *g, uint32_t count);
    void (*reach)(uint64_t *planes, uint32_t words, const kl_reach *r, uint32_t count, uint32_t to);
    bool (*settle)(const kl_ends *e, uint32_t words); /* false: there is surely no rest */
    /* Where the code, `bits` planes of its bits, is in the mask. */
    void (*codes)(uint64_t *to, const uint64_t *slices, uint32_t bits, uint64_t mask, uint32_t words);
    /* Where number - from, without a sign, is at most span. */
    void (*range)(uint64_t *to, const int64_t *numbers, uint32_t rows, uint64_t from, uint64_t span);
    /* The lowest `bits` bits of codes, at most 6, as planes. */
    void (*slices)(uint64_t *to, const uint16_t *codes, uint32_t rows, uint32_t bits);
    bool (*beyond)(const uint16_t *codes, uint32_t rows, uint32_t most); /* some code is larger */
    void (*turn)(uint64_t square[64]);                                   /* bit i of word k becomes bit k of word i */
    bool (*single)(kl_workspace *w, const kl_batch *batch); /* a batch of one record; NULL, or false: as any other */
    void (*arrange)(kl_workspace *w, const uint8_t *read);  /* the plan, for these kernels; NULL: as it is */
    /* For arranged plans: tests of yes/no fields, or with `bits` 0 of whether a field is known, as columns have them. */
    void (*fields)(uint64_t *planes, uint32_t words, const kl_test *t, uint32_t count, const kl_column *columns);
};

void kl_kernels_portable(kl_kernels *out);
void kl_plain_spread(uint64_t *yes, const uint64_t *bits, const uint64_t *known, uint64_t y, uint64_t n,
                     uint32_t words);
void kl_plain_fields(uint64_t *planes, uint32_t words, const kl_test *t, uint32_t count, const kl_column *columns);
void kl_plain_gates(uint64_t *planes, uint32_t words, const kl_gate *g, uint32_t count);
void kl_plain_reach(uint64_t *planes, uint32_t words, const kl_reach *r, uint32_t count, uint32_t to);
bool kl_plain_settle(const kl_ends *e, uint32_t words);
void kl_plain_codes(uint64_t *to, const uint64_t *slices, uint32_t bits, uint64_t mask, uint32_t words);
void kl_plain_range(uint64_t *to, const int64_t *numbers, uint32_t rows, uint64_t from, uint64_t span);
void kl_plain_slices(uint64_t *to, const uint16_t *codes, uint32_t rows, uint32_t bits);
bool kl_plain_beyond(const uint16_t *codes, uint32_t rows, uint32_t most);
void kl_plain_turn(uint64_t square[64]);
bool kl_single(kl_workspace *w, const kl_batch *batch);
void kl_arrange(kl_workspace *w, const uint8_t *read);

#endif
