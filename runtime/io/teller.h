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
    kl_field_info *fields;
    kl_assumption_info *assumptions;
    kl_string name_json, edition_json, *outcome_json, *entry_json, *field_json, *assumption_json;
    kl_bytes text; /* what the JSON strings point into */
};

typedef enum kl_column_kind {
    KL_COLUMN_KEY,
    KL_COLUMN_OUTCOME,
    KL_COLUMN_STATE,
    KL_COLUMN_DECIDED_BY,
    KL_COLUMN_BLOCKED_BY,
    KL_COLUMN_MISSING,
    KL_COLUMN_OPEN,
    KL_COLUMN_FINDINGS,
    KL_COLUMN_WARNINGS,
    KL_COLUMN_ASSUMED,
    KL_COLUMN_CLAUSES,
    KL_COLUMN_FIELD
} kl_column_kind;

typedef struct kl_column_plan {
    kl_string name; /* of a state: the outcome's */
    kl_column_kind kind;
    kl_string json; /* "name": as a member of a flat object */
} kl_column_plan;

struct kl_columns {
    const kl_teller *const *tellers;
    size_t editions, count;
    bool selected; /* then an outcome without a value has its state's word */
    kl_column_plan *list;
    uint32_t *where; /* column by column, edition by edition: outcome or field, or KL_INDEX_NONE */
    kl_bytes text;   /* what the JSON names point into */
};

static inline bool kl_bit(const uint64_t *bits, size_t i) {
    return bits[i / 64] >> (i % 64) & 1;
}

/* The first bit from `from` on that is set, or `count`. */
static inline size_t kl_next_bit(const uint64_t *bits, size_t from, size_t count) {
    for (; from < count; from = (from / 64 + 1) * 64) {
        uint64_t left = bits[from / 64] >> (from % 64);
        if (left) from += (size_t)__builtin_ctzll(left);
        if (left) return from < count ? from : count;
    }
    return count;
}
#define KL_EACH_BIT(i, bits, count)                                                                                    \
    for (size_t i = kl_next_bit(bits, 0, count); i < (count); i = kl_next_bit(bits, i + 1, count))

/* The entries of a many-of outcome, as a JSON array. */
void kl_bytes_slots(kl_bytes *out, const kl_verdict *v, uint32_t outcome, const uint32_t *slots, size_t count);

/* tally.c: what a record adds, in a form that can be added again. */
enum { KL_TOLD_UNDETERMINED = 1, KL_TOLD_CONFLICT = 2, KL_TOLD_ERROR = 4, KL_TOLD_FINDING = 8, KL_TOLD_WARNING = 16 };
typedef struct kl_tally_fact {
    uint32_t kind, at; /* what is counted, and of which outcome or entry */
    int64_t value;
} kl_tally_fact;
unsigned kl_tally_flags(const kl_verdict *v);
/* Of a record without undetermined outcomes, or only the flags (all: false). Returns how many were appended to `into`. */
uint32_t kl_tally_facts(const kl_verdict *v, bool all, kl_bytes *into);
void kl_tally_add(kl_tally *t, const kl_tally_fact *facts, uint32_t count, uint64_t records);

/* clauses.c: the truth of every clause, from pieces that stand ready; for one thread and program. NULL: memory is out. */
typedef struct kl_clauses kl_clauses;
kl_clauses *kl_clauses_new(const kl_teller *t, bool json);
void kl_clauses_free(kl_clauses *c);
void kl_clauses_batch(kl_clauses *c, const kl_teller *t, const kl_workspace *w); /* after each kl_eval */
size_t kl_clauses_most(const kl_clauses *c);                         /* bytes that kl_clauses_write() may touch */
char *kl_clauses_write(const kl_clauses *c, uint32_t row, char *to); /* returns where it ended */

/* The least entry from `least` on that surely decides some outcome, or KL_INDEX_NONE: each once, in the order of the rules. */
uint32_t kl_next_decider(const kl_verdict *v, uint64_t least);

#endif
