/* teller.h - what the writers of decisions share: a program's names and ids, ready to be written.
 * May include: runtime/io/io.h. Not installed.
 * Start at struct kl_teller. */
#ifndef KL_RUNTIME_IO_TELLER_H
#define KL_RUNTIME_IO_TELLER_H

#include "runtime/io/io.h"

struct kl_teller {
    const kl_program *program;
    kl_guideline_info info;
    kl_outcome_info *outcomes;
    kl_entry_info *entries;
    kl_string name_json, edition_json, *outcome_json, *entry_json, *field_json, *assumption_json;
    kl_bytes text; /* what the JSON strings point into */
};

static inline bool kl_bit(const uint64_t *bits, size_t i) {
    return bits[i / 64] >> (i % 64) & 1;
}

/* The entries of a many-of outcome, as a JSON array. */
void kl_bytes_slots(kl_bytes *out, const kl_verdict *v, uint32_t outcome, const uint32_t *slots, size_t count);

#endif
