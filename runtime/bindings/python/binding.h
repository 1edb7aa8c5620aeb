/* binding.h - what the Python binding's files share: rule text to images, and one value as Python or Arrow has it.
 * May include: the runtime, its io room, the compiler's and the language room's front doors. Python and Arrow stay in the files named after them.
 * Start at kl_py_compile() and kl_given; what decides is the io room's desk. */
#ifndef KL_BINDINGS_PYTHON_BINDING_H
#define KL_BINDINGS_PYTHON_BINDING_H

#include "runtime/io/desk.h"

/* ---- load.c: rule text to images */
typedef struct kl_py_image {
    char *data; /* on an eight-byte boundary; freed with free() */
    size_t size;
} kl_py_image;
typedef struct kl_py_source {
    kl_string path, text; /* text.data NULL: the file is read; else what stands there, and `path` only names it */
} kl_py_source;
typedef struct kl_py_compiled {
    kl_py_image *images;
    size_t count;
    char *trouble; /* diagnostics as the command prints them, or NULL; freed with free() */
} kl_py_compiled;
/* Every source that holds a guideline becomes an image; several are editions of one. */
void kl_py_compile(const kl_py_source *sources, size_t count, const kl_string *include, size_t includes, bool swedish,
                   kl_py_compiled *out);
void kl_py_compiled_free(kl_py_compiled *c);

/* ---- given.c: one value, as Python or Arrow has it */
typedef enum kl_given_kind {
    KL_GIVEN_NONE,
    KL_GIVEN_BOOL,   /* number */
    KL_GIVEN_NUMBER, /* number / 10^scale */
    KL_GIVEN_WIDE,   /* a number outside of -10^18..10^18 */
    KL_GIVEN_DOUBLE, /* real */
    KL_GIVEN_FLOAT,  /* real, of single precision */
    KL_GIVEN_DAY,    /* number: days since 1970-01-01 */
    KL_GIVEN_MOMENT, /* a day and a time that is not midnight */
    KL_GIVEN_TEXT,   /* text, which stays until the desk is started anew */
    KL_GIVEN_BROKEN, /* a text that is not UTF-8 */
    KL_GIVEN_SHAPE   /* what no field reads: lists inside lists, bytes, … */
} kl_given_kind;
typedef struct kl_given {
    kl_given_kind kind;
    unsigned scale;
    int64_t number;
    double real;
    kl_string text;
} kl_given;
typedef struct kl_spot { /* where a value goes, and what its column is called */
    kl_intake *in;
    uint32_t row, field, order;
    kl_string column;
} kl_spot;
void kl_given_put(const kl_spot *to, const kl_given *given);
/* The cell as text, in the pool; trimmed. */
kl_string kl_given_text(kl_pool *pool, const kl_given *given);
/* One code of a set; false: it is none, and the place has been told. */
bool kl_given_code(const kl_spot *to, const kl_given *given, uint64_t *mask);
/* A whole number or a day that is to stand in the field. */
void kl_given_put_number(const kl_spot *to, int64_t number, kl_reject_reason outside);

#endif
