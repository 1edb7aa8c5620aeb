/* plan_records.h - two sides over the same records: what is counted of each outcome, by each thread, and the report of it.
 * May include: compiler/cli/run.
 * Start at kl_moves; plan_records.c counts, plan_report.c tells. */
#ifndef KL_COMPILER_CLI_PLAN_RECORDS_H
#define KL_COMPILER_CLI_PLAN_RECORDS_H

#include "compiler/cli/run.h"

typedef struct kl_move { /* from one result, or deciding rules, to another */
    kl_str from, to;
    uint64_t records;
    int64_t money; /* new less old, where both are numbers */
    bool past;     /* the sum is too large */
} kl_move;

typedef struct kl_moves { /* at most KL_MOVES_MOST different ones; the rest are one */
    KL_VEC(kl_move) list;
    uint32_t *table; /* hash: 0 free, else index + 1 */
    size_t cap;
} kl_moves;
#define KL_MOVES_MOST 2000u

typedef struct kl_shift { /* one outcome of both sides */
    kl_str name;
    kl_kind kind;
    unsigned scale;
    bool number, other_type;
    uint64_t changed;
    int64_t sums[2];
    bool past[2];
    kl_moves results, rules;
} kl_shift;

typedef struct kl_tallying { /* of one thread; then of all */
    kl_arena *arena;
    kl_shift *shifts;
    size_t shift_count;
    uint64_t records, changed, rejected[4]; /* by neither, the old one, the new one, both */
    uint64_t *breaches[2];                  /* per requirement of kl_comparing.requirements */
} kl_tallying;

typedef struct kl_comparing {
    kl_cli *cli;
    kl_rules *rules[2];
    kl_rules both; /* the schemas of both, for the header */
    kl_input input;
    kl_feed *feed;
    kl_sink out;
    bool want_out, ndjson, failed;
    kl_str_list names; /* outcomes that both have */
    uint32_t *at[2];   /* name by name, edition by edition: the outcome there, or KL_INDEX_NONE */
    kl_str_list requirements;
    size_t threads;
    kl_feed_state state;
    int why;
    uint64_t turn;
    pthread_mutex_t reading, turning;
    pthread_cond_t turned;
    kl_tallying all;
} kl_comparing;

void kl_plan_report_text(const kl_comparing *x, kl_bytes *out);
void kl_plan_report_json(const kl_comparing *x, kl_bytes *out);

/* The verb, with RECORDS. An exit status. */
int kl_plan_over_records(kl_cli *c, kl_rules *old, kl_rules *new);

#endif
