/* worker.h - what a thread of a run has of its own, and what it leaves of a chunk until the chunk's turn to be written.
 * May include: compiler/cli/run.
 * Start at kl_worker; chunk.c does its work, pipeline.c hands out chunks and writes. */
#ifndef KL_COMPILER_CLI_WORKER_H
#define KL_COMPILER_CLI_WORKER_H

#include "compiler/cli/run.h"

typedef struct kl_refused { /* a rejected record, its texts copied */
    kl_reject r;
    size_t column, value, key; /* offsets into kl_output.texts */
} kl_refused;

typedef struct kl_output {                 /* what one chunk gave */
    uint64_t number, line, lines, records; /* as kl_chunk and kl_reading tell them */
    kl_bytes out, texts;
    kl_refused *refusals;
    size_t refused_count, refused_room;
    const kl_reading *reading; /* who read it, for unread names from names_first up to names_end */
    size_t names_first, names_end;
    kl_stop trouble;
    bool spilt;             /* some of it is written already */
    struct kl_output *next; /* while it is free */
} kl_output;

typedef struct kl_worker {
    kl_run *run;
    kl_reading *reading;
    kl_workspace **workspaces;
    kl_verdict **verdicts;
    kl_tally **tallies;
    kl_memo **memos; /* NULL for an edition that has none */
    kl_groups groups;
    kl_chunk chunk;
    kl_output *to;         /* of the chunk at hand */
    const kl_string *keys; /* of the group; own_keys and digits: where their numbers stand for them */
    kl_string own_keys[KL_ROWS_MAX];
    char digits[KL_ROWS_MAX][24];
    kl_bytes cells;
    kl_kept *kept;
    kl_string *kept_cells;
    size_t kept_room, named; /* named: unread names handed over */
    kl_times times;
    double since; /* until when the times are counted */
} kl_worker;

bool kl_worker_init(kl_worker *w, kl_run *run); /* false: memory is out; free it all the same */
void kl_worker_free(kl_worker *w);
/* Works through w->chunk into w->to. */
void kl_worker_chunk(kl_worker *w);
/* The time since the last call goes to *spent, where times are asked for. */
void kl_worker_spent(kl_worker *w, double *spent);
double kl_seconds(void);

/* pipeline.c: an output that grows large is written in pieces: waits for its turn and empties it. */
void kl_worker_spill(kl_worker *w);

#endif
