/* desk.h - many records for hosts that hold them as values: guidelines shared by all threads, and a desk for each where batches are filled.
 * May include: the io room's own headers.
 * Start at kl_ruleset_new() and kl_desk_new(); the intakes of a desk (inside.h) take the values. */
#ifndef KL_RUNTIME_IO_DESK_H
#define KL_RUNTIME_IO_DESK_H

#include "runtime/io/inside.h"
#include "runtime/io/teller.h"

/* ---- rules, shared by all desks */
typedef struct kl_ruleset_edition {
    void *image, *memory;
    size_t image_size;
    const kl_program *program;
    kl_guideline_info info;
    kl_schema *schema;
    kl_teller *teller;
} kl_ruleset_edition;

typedef struct kl_ruleset { /* immutable once made, but for the count of its users */
    long users;
    size_t count; /* editions, oldest first */
    kl_ruleset_edition *editions;
    kl_assumed *assumed;
    size_t assumed_count;
} kl_ruleset;

typedef enum kl_ruleset_trouble {
    KL_RULESET_FINE,
    KL_RULESET_MEMORY,
    KL_RULESET_IMAGE,
    KL_RULESET_MIXED,
    KL_RULESET_NAME,
    KL_RULESET_VALUE
} kl_ruleset_trouble;
/* Copies the images and verifies them. *fault and *at say what is wrong with which. */
kl_ruleset_trouble kl_ruleset_new(const kl_string *images, size_t count, kl_ruleset **rules, kl_fault *fault,
                                  size_t *at);
/* Before the rules are shared: in every edition that has it. */
kl_ruleset_trouble kl_ruleset_assume(kl_ruleset *r, kl_string name, bool known, kl_string value);
kl_ruleset *kl_ruleset_share(kl_ruleset *r);
void kl_ruleset_drop(kl_ruleset *r);
static inline const kl_ruleset_edition *kl_ruleset_newest(const kl_ruleset *r) {
    return &r->editions[r->count - 1];
}

/* ---- rejected records, their texts copied */
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

/* ---- one thread's place of work */
typedef struct kl_desk {
    kl_ruleset *rules;
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
kl_desk *kl_desk_new(kl_ruleset *rules);
void kl_desk_free(kl_desk *d);
void kl_desk_start(kl_desk *d, uint32_t rows); /* then the intakes are filled, row by row the same in each */
/* Chooses editions and decides. Refused rows, counted from `first`, are added to `refusals`. */
bool kl_desk_decide(kl_desk *d, bool trace, uint64_t first, kl_refusals *refusals);
static inline bool kl_desk_refused(const kl_desk *d, uint32_t row) {
    return d->refused[row / 64] >> (row % 64) & 1;
}
const kl_verdict *kl_desk_verdict(kl_desk *d, uint32_t row);

#endif
