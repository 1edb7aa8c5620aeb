/* run.h - one run: what was asked for, what its threads share, and what is counted.
 * May include: compiler/cli/rules, the io room, pthreads.
 * Start at kl_run; run.c fills it, pipeline.c works through it, summary.c and receipt.c tell of it. */
#ifndef KL_COMPILER_CLI_RUN_H
#define KL_COMPILER_CLI_RUN_H

#include <pthread.h>
#include <sha2.h>

#include "compiler/cli/rules.h"

typedef struct kl_input { /* RECORDS */
    kl_str path;          /* as given; shown in messages */
    int fd;
    bool regular;
    uint64_t size;          /* regular files */
    _Atomic uint64_t bytes; /* read so far; progress looks at it while another thread reads */
    kl_input_form form;
    bool latin1, hash;
    SHA2_CTX sha;
} kl_input;

typedef struct kl_group { /* --by: what is counted for one value of the field */
    kl_str value;
    int64_t number; /* a number's or a date's own: groups stand in its order, then in that of their texts */
    bool unknown;   /* stands last */
    uint64_t records;
    uint64_t (*states)[7]; /* per outcome of kl_run.outcomes */
    int64_t *sums;
    bool *past; /* the sum is too large */
} kl_group;
typedef struct kl_groups {
    kl_group *list;
    size_t count, room;
    kl_arena *arena;
} kl_groups;

typedef struct kl_all_outcomes { /* the outcomes of all editions by name, the newest edition's first */
    kl_str *names;
    size_t count;
    uint32_t *where; /* edition by edition: index there, or KL_INDEX_NONE */
    bool *mixed;     /* of another type in another edition: what they give has no total */
} kl_all_outcomes;

typedef enum kl_out_form { KL_OUT_NONE, KL_OUT_CSV, KL_OUT_NDJSON, KL_OUT_TABLE } kl_out_form;

typedef enum kl_stop {
    KL_GO,
    KL_STOP_INTERRUPT,
    KL_STOP_READ,
    KL_STOP_WRITE,
    KL_STOP_REJECTS,
    KL_STOP_MEMORY,
    KL_STOP_BATCH
} kl_stop;

typedef struct kl_times { /* seconds, summed over the threads */
    double reading, deciding, writing, waiting;
} kl_times;

#define KL_CHUNK_LEAST ((size_t)1 << 15) /* input of the first chunk, and of chunks whose decisions take much room */
#define KL_OUT_BYTES ((size_t)1 << 21)   /* an output that has grown to this is written before more is added */

typedef struct kl_run {
    kl_cli *cli;
    kl_rules rules;
    kl_input input;
    kl_feed *feed;
    kl_out_form out_form;
    kl_csv_form csv;
    bool trace, keep, count; /* count: clauses too, for the summary or the receipt */
    const uint32_t *by;      /* per edition: the field of --by, or NULL */
    kl_str by_name;
    size_t threads;
    kl_columns *columns; /* CSV, and NDJSON with --select */
    kl_table *table;
    kl_table_words words;
    kl_all_outcomes outcomes;
    kl_sink out, rejects, receipt;
    bool want_rejects;

    pthread_mutex_t reading, turning;
    pthread_cond_t turned; /* an output is free, or the turn or the writer another, or it all stops */
    uint64_t turn;         /* the chunk that is written next */
    bool writing;          /* someone writes it */
    struct kl_output **ready, *free;
    size_t outputs, gathered; /* gathered: so many are written at a time, */
    size_t spilling;          /* unless some thread must write at once */
    size_t chunk_bytes;       /* what the next chunk should hold */
    kl_stop stop;             /* why everything stops */
    int why;                  /* errno, where it has one */
    kl_feed_state feed_state;

    uint64_t records, rejected, shown, lines; /* lines: of the chunks written so far */
    uint64_t reject_reasons[KL_REJECT_COUNT];
    kl_str reject_texts[KL_REJECT_COUNT];
    kl_tally **tallies; /* per edition, merged */
    kl_groups groups;
    kl_str_list unread;
    bool progress, stats;
    kl_times times;
    double wall; /* seconds from the first chunk to the last */
    kl_simd simd;
    double shown_at;
} kl_run;

/* pipeline.c */
bool kl_input_open(kl_cli *c, kl_str path, kl_input *in); /* false after a message */
void kl_input_close(kl_input *in);
kl_origin kl_input_origin(kl_input *in);
/* The feed, its header read. NULL after a message. */
kl_feed *kl_input_feed(kl_cli *c, kl_input *in, const kl_rules *rules, bool count_records);
void kl_say_feed(kl_cli *c, const kl_input *in, kl_feed_state state, int why);
/* Names of columns and required fields that do not meet, once. */
bool kl_say_columns(kl_cli *c, const kl_input *in, const kl_rules *rules, const kl_feed *feed);
void kl_say_unread(kl_cli *c, const kl_str_list *names, const kl_rules *rules);
kl_diag_id kl_reject_message(kl_reject_reason why);
void kl_say_reject(kl_cli *c, kl_str path, const kl_reject *r);
void kl_catch_signals(void);
/* An interrupt is passed on to these threads, so that none stays in a write that waits. NULL before they are joined. */
void kl_relay_signals(const pthread_t *threads, size_t count);
void kl_run_all(kl_run *run);

/* groups.c */
kl_group *kl_groups_find(kl_groups *g, const kl_group *like, size_t outcomes);
void kl_groups_record(kl_groups *g, const kl_run *run, size_t edition, const kl_verdict *v);
void kl_groups_merge(kl_groups *into, const kl_groups *from, size_t outcomes);
void kl_all_outcomes_of(kl_cli *c, const kl_rules *rules, kl_all_outcomes *all);

/* summary.c, receipt.c, stats.c */
void kl_summary(kl_run *run, FILE *out);
void kl_receipt(kl_run *run, kl_bytes *out);
void kl_stats(const kl_run *run, FILE *out);
/* The vector instructions that the variable KLAUSUL_SIMD names, else the widest there are. false after a message. */
bool kl_stats_simd(kl_cli *c, kl_simd *simd);

#endif
