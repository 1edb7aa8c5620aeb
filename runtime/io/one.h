/* one.h - one guideline deciding one record at a time, JSON in and JSON out: what databases and other hosts of single records bind.
 * May include: runtime/io/io.h. Uses the heap; not thread-safe: one kl_one for each thread.
 * Start at kl_one_new() and kl_one_decide(). */
#ifndef KL_RUNTIME_IO_ONE_H
#define KL_RUNTIME_IO_ONE_H

#include "runtime/io/io.h"

typedef struct kl_one kl_one;

typedef struct kl_one_refusal { /* why a record was refused, as the command rejects it */
    const char *code, *reason;  /* K0509 and its English words */
    kl_string column, value;    /* as received; empty when the whole record is meant. Until the next record */
} kl_one_refusal;

/* Copies and verifies the image. NULL: *fault says where it is unsound and why; no reason: memory was out. */
kl_one *kl_one_new(const void *image, size_t size, kl_fault *fault);
void kl_one_free(kl_one *o);
bool kl_one_is(const kl_one *o, const void *image, size_t size); /* it was made from these bytes */
const kl_program *kl_one_program(const kl_one *o);

/* Decides the record that a JSON object holds, with names and codes as `klausul run` reads them; white space may stand anywhere.
 * false: refused, *why says for what. With trace the truth of clauses is computed too. */
bool kl_one_decide(kl_one *o, const char *json, size_t size, bool trace, kl_one_refusal *why);
bool kl_one_failed(const kl_one *o); /* memory was out at some record; then nothing more can be relied on */
/* After a record that was decided. */
const kl_verdict *kl_one_verdict(const kl_one *o);
uint32_t kl_one_outcome(const kl_one *o, kl_string name); /* or KL_INDEX_NONE */

/* What is written stays until the next call. The decision as `klausul run --format ndjson` has it, without the line's end. */
kl_string kl_one_write(kl_one *o);
kl_string kl_one_write_refusal(kl_one *o, const kl_one_refusal *why); /* {"rejected": {"column": …, "value": …, … }} */
kl_string kl_one_write_value(kl_one *o, uint32_t outcome);            /* its value as JSON; null when there is none */
kl_string kl_one_inspect(kl_one *o);                                  /* what the guideline is, reads and gives */

#endif
