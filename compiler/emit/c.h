/* c.h - what the files of the C emitter share: the image, the names that its parts get, and the two texts in the making.
 * May include: compiler/emit/view, runtime/klausul (descriptions).
 * Start at kl_c; c.c has the order of work. */
#ifndef KL_COMPILER_C_H
#define KL_COMPILER_C_H

#include "compiler/emit/view.h"
#include "runtime/klausul.h"

typedef KL_VEC(kl_str) kl_c_names;

typedef struct kl_c {
    kl_arena *arena;
    const kl_program *program;
    kl_view view;
    kl_guideline_info info;
    kl_str low, up;            /* the prefix of types and functions, and of constants */
    kl_str *set, *SET;         /* per value set: type and prefix of its constants */
    kl_str **value;            /* per value set and code: the constant */
    kl_str *field, *FIELD;     /* per field: member and constant */
    kl_str *outcome, *OUTCOME; /* per outcome */
    kl_str **column;           /* per outcome and column */
    kl_str *ENTRY, *ASSUMPTION;
} kl_c;

/* A name like this one that is new in its group, and a name of C. */
kl_str kl_c_name(kl_arena *a, kl_c_names *group, kl_str name, bool upper);
/* The text as the inside of a comment, and as a string literal with its quotes. */
kl_str kl_c_comment(kl_arena *a, kl_str text);
kl_str kl_c_literal(kl_arena *a, kl_str text);
kl_str kl_c_int64(kl_arena *a, int64_t v);

kl_str kl_c_stack(const kl_c *c); /* how much stack the function takes, for a comment */

void kl_c_header(kl_c *c, kl_buf *out);   /* c_header.c */
void kl_c_tables(kl_c *c, kl_buf *out);   /* c_tables.c */
void kl_c_uses(kl_c *c, kl_buf *out);     /* c_code.c: which helpers the code needs */
void kl_c_code(kl_c *c, kl_buf *out);     /* c_code.c: fields and instructions */
void kl_c_decision(kl_c *c, kl_buf *out); /* c_decision.c: the one function */

#endif
