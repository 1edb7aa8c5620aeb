/* arrow.h - the Arrow C data and stream interfaces, and what the two halves of the binding that speak it share.
 * May include: binding.h. The structures are laid out as the Arrow specification says; any library may be on the other side.
 * Start at kl_arrow_open(): a stream of record batches in, one of decisions out. */
#ifndef KL_BINDINGS_PYTHON_ARROW_H
#define KL_BINDINGS_PYTHON_ARROW_H

#include <pthread.h>

#include "runtime/bindings/python/binding.h"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#define ARROW_FLAG_NULLABLE 2
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* ---- arrow_in.c: which columns give which fields, and batches into a desk */
typedef struct kl_arrow_in kl_arrow_in;
/* NULL: memory is out, or *why says what is wrong with the schema. The schema may be released after. */
kl_arrow_in *kl_arrow_in_new(const kl_ruleset *rules, const struct ArrowSchema *schema, const char **why);
void kl_arrow_in_free(kl_arrow_in *in);
size_t kl_arrow_in_bound(const kl_arrow_in *in); /* columns that a field reads */
/* So far, column by column of each group of records: used where they lay, and read into columns of our own. */
void kl_arrow_in_used(const kl_arrow_in *in, uint64_t *lying, uint64_t *read);
/* Fills the desk with `rows` records from record `first` of the batch; the batch must stay until they are decided. */
bool kl_arrow_in_fill(kl_arrow_in *in, kl_desk *d, const struct ArrowArray *batch, int64_t first, uint32_t rows);
void kl_arrow_in_forget(kl_arrow_in *in); /* before a batch is released: what was worked out from its dictionaries */

/* ---- arrow_out.c: decisions as columns */
typedef struct kl_arrow_out kl_arrow_out;
kl_arrow_out *kl_arrow_out_new(const kl_ruleset *rules);
void kl_arrow_out_free(kl_arrow_out *out);
bool kl_arrow_out_schema(const kl_arrow_out *out, struct ArrowSchema *schema);
void kl_arrow_out_add(kl_arrow_out *out, size_t edition, const kl_verdict *v, uint64_t row, bool keyed);
int64_t kl_arrow_out_rows(const kl_arrow_out *out);
/* Hands over what was added so far; false: memory was out at some record. */
bool kl_arrow_out_take(kl_arrow_out *out, struct ArrowArray *array);

/* ---- arrow_stream.c: one run over a stream */
typedef struct kl_arrow_run {
    long users;
    kl_ruleset *rules;
    kl_desk *desk;
    kl_arrow_in *in;
    kl_arrow_out *out;
    struct ArrowArrayStream input;
    struct ArrowArray batch; /* under way; released: none */
    int64_t at;              /* its next record */
    uint64_t row;            /* of the input */
    char error[256];
    pthread_mutex_t lock; /* of the refusals: they may be read while a thread without the interpreter decides */
    kl_refusals refusals;
} kl_arrow_run;
/* Takes the stream over, also when it fails: then *why says so, or is NULL when memory is out. */
kl_arrow_run *kl_arrow_open(kl_ruleset *rules, struct ArrowArrayStream *input, char *why, size_t size);
/* The same of one batch. */
kl_arrow_run *kl_arrow_open_batch(kl_ruleset *rules, struct ArrowSchema *schema, struct ArrowArray *batch, char *why,
                                  size_t size);
void kl_arrow_drop(kl_arrow_run *run);
void kl_arrow_export(kl_arrow_run *run, struct ArrowArrayStream *out); /* shares the run */

#endif
