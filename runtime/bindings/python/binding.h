/* binding.h - what the Python binding's files share: rules admitted once, a desk per thread at which batches are filled and decided, cells.
 * May include: the runtime, its io room, the compiler's and the language room's front doors. Python and Arrow stay in the files named after them.
 * Start at kl_py_rules and kl_desk. */
#ifndef KL_BINDINGS_PYTHON_BINDING_H
#define KL_BINDINGS_PYTHON_BINDING_H

#include "runtime/io/inside.h"
#include "runtime/io/teller.h"

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
/* A rejection's code and wording. */
const char *kl_py_reason_code(kl_reject_reason why);
const char *kl_py_reason_words(kl_reject_reason why);

/* ---- rules.c: rules, shared by all desks */
typedef struct kl_py_edition {
    void *image, *memory;
    size_t image_size;
    const kl_program *program;
    kl_guideline_info info;
    kl_schema *schema;
    kl_teller *teller;
} kl_py_edition;

typedef struct kl_py_assumed {
    size_t edition;
    uint32_t assumption;
    bool known;
    int64_t value;
} kl_py_assumed;

typedef struct kl_py_rules { /* immutable once made, but for the count of its users */
    long users;
    size_t count; /* editions, oldest first */
    kl_py_edition *editions;
    kl_py_assumed *assumed;
    size_t assumed_count;
} kl_py_rules;

typedef enum kl_py_trouble {
    KL_PY_FINE,
    KL_PY_MEMORY,
    KL_PY_IMAGE,
    KL_PY_MIXED,
    KL_PY_NAME,
    KL_PY_VALUE
} kl_py_trouble;
/* Copies the images and verifies them. *fault and *at say what is wrong with which. */
kl_py_trouble kl_py_rules_new(const kl_string *images, size_t count, kl_py_rules **rules, kl_fault *fault, size_t *at);
/* Before the rules are shared: in every edition that has it. */
kl_py_trouble kl_py_rules_assume(kl_py_rules *r, kl_string name, bool known, kl_string value);
kl_py_rules *kl_py_rules_share(kl_py_rules *r);
void kl_py_rules_drop(kl_py_rules *r);
static inline const kl_py_edition *kl_py_newest(const kl_py_rules *r) {
    return &r->editions[r->count - 1];
}

/* ---- rules.c: rejected records, their texts copied */
typedef struct kl_refusal {
    uint64_t row; /* of the input; the first is 0 */
    kl_reject_reason reason;
    size_t key, column, value, end; /* offsets into the texts, one after another */
} kl_refusal;
typedef struct kl_refusals {
    kl_bytes texts;
    kl_refusal *list;
    size_t count, room;
    bool failed;
} kl_refusals;
void kl_refusals_free(kl_refusals *r);

/* ---- rules.c: one thread's place of work */
typedef struct kl_desk {
    kl_py_rules *rules;
    kl_workspace **workspaces; /* per edition */
    kl_verdict **verdicts;
    kl_intake **intakes;
    kl_pool pool;
    uint32_t rows;
    uint16_t edition_of[KL_ROWS_MAX];
    uint64_t refused[KL_WORDS];
    kl_string keys[KL_ROWS_MAX]; /* as received; without data where the record has none */
    bool failed;                 /* memory was out */
} kl_desk;
kl_desk *kl_desk_new(kl_py_rules *rules);
void kl_desk_free(kl_desk *d);
void kl_desk_start(kl_desk *d, uint32_t rows); /* then the intakes are filled, row by row the same in each */
/* Chooses editions and decides. Refused rows, counted from `first`, are added to `refusals`. */
bool kl_desk_decide(kl_desk *d, bool trace, uint64_t first, kl_refusals *refusals);
static inline bool kl_desk_refused(const kl_desk *d, uint32_t row) {
    return d->refused[row / 64] >> (row % 64) & 1;
}
const kl_verdict *kl_desk_verdict(kl_desk *d, uint32_t row);

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
