/* io.h - the io room's front door: records from CSV or NDJSON into batches of columns, decisions out as NDJSON, CSV or a table.
 * May include: runtime/klausul.h, runtime/simd/cpu.h. Uses the heap, libyajl and libutf8proc; reads and writes through the caller's functions only.
 * Start at kl_schema (what the input may hold), kl_feed (bytes to chunks of whole records), kl_reading (chunks to batches), kl_verdict (batches to decisions). */
#ifndef KL_RUNTIME_IO_H
#define KL_RUNTIME_IO_H

#include "runtime/klausul.h"
#include "runtime/simd/cpu.h"

#define KL_CHUNK_BYTES ((size_t)1 << 18)  /* input handed to one worker at a time */
#define KL_RECORD_BYTES ((size_t)1 << 24) /* the longest record that is read; a longer one is rejected */
#define KL_UNREAD_MAX 200                 /* names of an NDJSON input that no field reads: no more are told */

/* ------------------------------------------------------------------ growing bytes */
typedef struct kl_bytes {
    char *data;
    size_t size, room;
    bool failed; /* memory was out; nothing is added any more */
} kl_bytes;
bool kl_bytes_room(kl_bytes *b, size_t more); /* room for `more` bytes beyond size */
void kl_bytes_add(kl_bytes *b, const void *data, size_t size);
void kl_bytes_char(kl_bytes *b, char c);
void kl_bytes_text(kl_bytes *b, const char *text);
void kl_bytes_string(kl_bytes *b, kl_string s);
void kl_bytes_number(kl_bytes *b, int64_t value, unsigned scale, char decimal);
void kl_bytes_date(kl_bytes *b, int64_t day);            /* 2023-09-01 */
void kl_bytes_hash(kl_bytes *b, const uint8_t hash[32]); /* quoted, in hexadecimal digits */
void kl_bytes_json(kl_bytes *b, kl_string s); /* a quoted JSON string; bytes that are not UTF-8 become U+FFFD */
void kl_bytes_free(kl_bytes *b);

/* ------------------------------------------------------------------ why a record is rejected */
typedef enum kl_reject_reason {
    KL_REJECT_NOT,
#define KL_REASON(name, code, words) KL_REJECT_##name,
#include "runtime/io/reject.def"
#undef KL_REASON
    KL_REJECT_COUNT
} kl_reject_reason;
const char *kl_reject_code(kl_reject_reason why);  /* K0509 */
const char *kl_reject_words(kl_reject_reason why); /* in English */

typedef struct kl_reject { /* one rejected record */
    kl_reject_reason reason;
    uint64_t record, line; /* the record's number (the first is 1) and the line it begins on */
    uint32_t field;        /* or KL_INDEX_NONE */
    kl_string column;      /* as the input names it; empty when the whole record is meant */
    kl_string value, key;  /* as received; empty when not read */
} kl_reject;

/* One line of the rejects file: row,line,key,column,value,code,reason. */
typedef struct kl_csv_form {
    char comma, decimal; /* , and . or ; and , */
} kl_csv_form;
void kl_rejects_head(kl_bytes *out, kl_csv_form form);
void kl_rejects_line(kl_bytes *out, kl_csv_form form, const kl_reject *r, kl_string code, kl_string reason);
void kl_bytes_cell(kl_bytes *out, kl_csv_form form, kl_string s); /* quoted where RFC 4180 wants it */

/* ------------------------------------------------------------------ what the input may hold */
typedef struct kl_schema kl_schema;
typedef struct kl_schema_field {
    kl_string name;
    kl_kind kind;
    uint32_t scale, set;
    bool required, key;
} kl_schema_field;

/* From a program (which must stay), or piece by piece. NULL or false when memory is out. */
kl_schema *kl_schema_new(const kl_program *p);
kl_schema *kl_schema_start(kl_string currency);
bool kl_schema_add_set(kl_schema *s, uint32_t values);
bool kl_schema_add_code(kl_schema *s, uint32_t set, kl_string code, uint32_t value);
bool kl_schema_add_field(kl_schema *s, const kl_schema_field *f);
bool kl_schema_add_input(kl_schema *s, uint32_t field, kl_string name); /* the own name too */
bool kl_schema_ready(kl_schema *s);                                     /* builds the lookups; once, last */
void kl_schema_free(kl_schema *s);

uint32_t kl_schema_fields(const kl_schema *s);
const kl_schema_field *kl_schema_field_of(const kl_schema *s, uint32_t field);
uint32_t kl_schema_key(const kl_schema *s); /* field, or KL_INDEX_NONE */
/* The field that reads an input name; `next`: the field that answered last, to ask for another that reads the same (start with KL_INDEX_NONE). */
uint32_t kl_schema_find(const kl_schema *s, kl_string name, uint32_t next);
uint32_t kl_schema_code(const kl_schema *s, uint32_t set, kl_string code); /* value, or KL_INDEX_NONE */

/* One value as text; scaled, days, 0/1, code. The caller has taken off the space around it. */
kl_reject_reason kl_parse_bool(kl_string s, bool *out);
/* unit: a currency that may follow; or empty. Noughts past the scale say nothing, unless there are three decimals: 12.000 may be thousands. */
kl_reject_reason kl_parse_number(kl_string s, unsigned scale, kl_string unit, int64_t *out);
kl_reject_reason kl_parse_date(kl_string s, int64_t *day);
kl_reject_reason kl_parse_set(const kl_schema *schema, uint32_t set, kl_string s, uint64_t *mask);
kl_string kl_trim(kl_string s);
bool kl_utf8_ok(const char *data, size_t size);
int64_t kl_day_of(int64_t year, unsigned month, unsigned day); /* days since 1970-01-01 */

/* ------------------------------------------------------------------ what a host assumes */
typedef struct kl_assumed {
    size_t edition; /* of those that the host has */
    uint32_t assumption;
    bool known;
    int64_t value;
} kl_assumed;
/* The value of an assumption as text, as kl_parse_number() and its like have it. Whether it lies within bounds is kl_assume()'s business. */
kl_reject_reason kl_parse_assumed(const kl_schema *s, const kl_assumption_info *a, kl_string text, int64_t *value);
/* A workspace of that edition with what is assumed of it; freed with free(). NULL when memory is out. */
kl_workspace *kl_workspace_new(const kl_program *p, size_t edition, const kl_assumed *assumed, size_t count);

/* ------------------------------------------------------------------ bytes to chunks of whole records */
typedef enum kl_input_form { KL_INPUT_CSV, KL_INPUT_NDJSON } kl_input_form;

typedef struct kl_origin { /* where the bytes come from */
    /* Up to `size` bytes; 0 at the end, -1 on trouble (errno says why). May give fewer than asked for. */
    ptrdiff_t (*read)(void *self, void *into, size_t size);
    bool (*waits)(void *self); /* whether the next read would wait: then a chunk is handed over early. May be NULL */
    void (*seen)(void *self, const void *bytes,
                 size_t size); /* every byte as read, in order (for a hash). May be NULL */
    void *self;
} kl_origin;

typedef struct kl_chunk { /* caller's, zeroed before the first use, freed with kl_bytes_free(&chunk->bytes) */
    kl_bytes bytes;       /* whole records, UTF-8 (unless the input is not), 64 readable bytes after the end */
    size_t wanted;        /* about so many bytes, set by the caller; 0: KL_CHUNK_BYTES */
    uint64_t number;      /* 0, 1, … */
    bool uncounted;       /* set by the caller, who adds up kl_reading_lines(): the feed counts no lines of chunks */
    uint64_t line;        /* of its first byte; uncounted: less those of the chunks before it */
    uint64_t record;      /* number of its first record; only where kl_feed counts records */
    bool overlong;        /* the beginning of one record longer than KL_RECORD_BYTES */
} kl_chunk;

typedef enum kl_feed_state {
    KL_FEED_OK,
    KL_FEED_END,
    KL_FEED_TROUBLE /* errno */,
    KL_FEED_MEMORY,
    KL_FEED_UTF16,
    KL_FEED_EMPTY,
    KL_FEED_CR,
    KL_FEED_HEADER_UTF8,
    KL_FEED_HEADER
} kl_feed_state;

typedef struct kl_feed kl_feed;
kl_feed *kl_feed_new(kl_origin origin, kl_input_form form, bool latin1, bool count_records);
void kl_feed_free(kl_feed *f);
/* CSV: reads the header, choosing the separator (of ; , and tab) under which most headings are known to the schemas. Call once, first. */
kl_feed_state kl_feed_header(kl_feed *f, const kl_schema *const *schemas, size_t count);
uint32_t kl_feed_columns(const kl_feed *f);
kl_string kl_feed_column(const kl_feed *f, uint32_t column);
char kl_feed_separator(const kl_feed *f);
kl_input_form kl_feed_form(const kl_feed *f);
/* The next chunk; KL_FEED_END when there is none. Not thread-safe: callers take turns. */
kl_feed_state kl_feed_next(kl_feed *f, kl_chunk *chunk);

/* ------------------------------------------------------------------ chunks to batches */
typedef struct
    kl_editions { /* oldest first; each record's date picks the last that began on or before it, else the first */
    size_t count;
    const kl_schema *const *schemas;
    const int32_t *from;   /* the day each begins */
    const uint32_t *dated; /* the dating field of each; not read when count is 1 */
} kl_editions;

typedef struct kl_reading kl_reading; /* one per thread */
kl_reading *kl_reading_new(const kl_editions *e, const kl_feed *f, bool keep);
void kl_reading_free(kl_reading *r);
void kl_reading_simd(kl_reading *r, kl_simd v); /* one that kl_simd_has(); else the best. Every one reads the same */
void kl_reading_start(kl_reading *r, const kl_chunk *chunk);
/* Reads the next group of up to KL_ROWS_MAX records of the chunk. false: the chunk has no more, or memory is out (kl_reading_failed). */
bool kl_reading_next(kl_reading *r);
bool kl_reading_failed(const kl_reading *r);
uint32_t kl_reading_rows(const kl_reading *r);
const kl_batch *kl_reading_batch(const kl_reading *r, size_t edition);
/* Where record `row` of the group went. A rejected one has *why set; its record and line count from the chunk's start (the first record is 0). */
void kl_reading_place(const kl_reading *r, uint32_t row, size_t *edition, uint32_t *index);
const kl_reject *kl_reading_reject(const kl_reading *r, uint32_t row); /* NULL: it was read */
uint64_t kl_reading_line(const kl_reading *r, uint32_t row);           /* from the chunk's start, as in a rejection */
uint64_t kl_reading_lines(const kl_reading *r);                        /* of the chunk, once it has no more */
kl_string kl_reading_key(const kl_reading *r, uint32_t row); /* as received; empty when the guideline has none */
/* Every row of the group was read, and there is one edition, so that a row's place is the row. */
bool kl_reading_plain(const kl_reading *r);
const kl_string *kl_reading_keys(const kl_reading *r); /* of each row that was read */
uint64_t kl_reading_records(const kl_reading *r);      /* of the chunk so far, this group included */
/* Columns that no field reads. CSV: known from the header; NDJSON: those met so far (at most KL_UNREAD_MAX). */
size_t kl_reading_unread(const kl_reading *r);
kl_string kl_reading_unread_name(const kl_reading *r, size_t i);
/* What record `row` has in unread columns, where `keep` was asked for: name and value (CSV: text, NDJSON: as written in JSON). */
size_t kl_reading_kept(const kl_reading *r, uint32_t row);
void kl_reading_kept_at(kl_reading *r, uint32_t row, size_t i, kl_string *name, kl_string *value);

/* ------------------------------------------------------------------ batches to decisions */
typedef struct kl_teller kl_teller; /* names and ids of a program ready to be written; immutable, shared by threads */
kl_teller *kl_teller_new(const kl_program *p);
void kl_teller_free(kl_teller *t);
const kl_program *kl_teller_program(const kl_teller *t);

typedef struct kl_verdict_outcome {
    kl_result result;
    kl_audit audit;
    const uint32_t *by, *maybe; /* entries: by, by_one_of */
    size_t by_count, maybe_count;
    const uint32_t *in, *open; /* many-of: slots */
    size_t in_count, open_count;
    const uint64_t *missing, *assumptions, *entries, *outcomes; /* undetermined: bit sets, as kl_waiting */
} kl_verdict_outcome;

typedef struct kl_verdict { /* one record's decision, collected; one per thread and program */
    const kl_teller *teller;
    kl_workspace *workspace;
    uint32_t row;
    kl_string key;
    kl_verdict_outcome *outcomes;
    const uint32_t *findings, *warnings, *blocked; /* entries; findings: breached requirements */
    size_t finding_count, warning_count, blocked_count;
    bool failed_audit;
    const uint64_t *missing, *open_assumptions, *open_entries, *assumptions; /* over all outcomes */
} kl_verdict;
kl_verdict *kl_verdict_new(const kl_teller *t, kl_workspace *w);
void kl_verdict_free(kl_verdict *v);
/* Optional, after each kl_eval: the batch has several records, so who decided is looked up for all of them at once. */
void kl_verdict_batch(kl_verdict *v);
void kl_verdict_take(kl_verdict *v, uint32_t row, kl_string key);
bool kl_verdict_failed(const kl_verdict *v); /* memory was out at some record */

typedef struct kl_kept {
    kl_string name, value;
} kl_kept;

/* NDJSON: one line. kept: JSON values. */
void kl_write_ndjson(kl_bytes *out, const kl_verdict *v, bool trace, const kl_kept *kept, size_t kept_count);

/* The columns of the flat form. Several editions share them: the outcomes of all, the newest edition's first. */
typedef struct kl_columns kl_columns;
kl_columns *kl_columns_all(const kl_teller *const *tellers, size_t editions, bool trace);
/* Only those named, in that order: an outcome, OUTCOME.state, one of the decision's own columns, or a field of the record.
 * NULL: *unknown is the index of a name that is none of these, or `count` when memory is out. The names must stay. */
kl_columns *kl_columns_select(const kl_teller *const *tellers, size_t editions, const kl_string *names, size_t count,
                              size_t *unknown);
void kl_columns_free(kl_columns *c);
bool kl_columns_traced(const kl_columns *c); /* they tell the truth of clauses */
kl_string kl_columns_own(size_t i);          /* the decision's own columns, one by one; empty after the last */

/* CSV; kept: cells after them. */
void kl_write_csv_head(kl_bytes *out, const kl_columns *c, kl_csv_form form, const kl_string *kept, size_t kept_count);
void kl_write_csv(kl_bytes *out, const kl_columns *c, kl_csv_form form, size_t edition, const kl_verdict *v,
                  const kl_string *kept, size_t kept_count);
/* NDJSON with selected columns: one flat object. kept: JSON values. */
void kl_write_selected(kl_bytes *out, const kl_columns *c, size_t edition, const kl_verdict *v, const kl_kept *kept,
                       size_t kept_count);

/* What was written of a record stands for every later one with equal marks; only the key differs. One per thread and edition. */
typedef struct kl_memo kl_memo;
typedef struct kl_tally kl_tally;
typedef struct kl_memo_form {  /* what is written of each record */
    bool told;                 /* false: nothing, it is only counted */
    bool json;                 /* kl_write_selected(), or kl_write_ndjson() without columns; else kl_write_csv() */
    bool trace;                /* of kl_write_ndjson() */
    bool counted;              /* the tally is wanted per outcome, entry and field */
    const kl_columns *columns; /* or NULL */
    kl_csv_form csv;
    kl_simd simd; /* one that kl_simd_has() */
} kl_memo_form;
/* NULL: this form says more than the marks (or memory is out); then every record is written on its own. */
kl_memo *kl_memo_new(const kl_memo_form *form, const kl_teller *t, kl_workspace *w);
void kl_memo_free(kl_memo *m);
void kl_memo_batch(kl_memo *m, const kl_workspace *w, uint32_t rows); /* after each kl_eval */
/* Writes record `row` of the batch if one like it was learnt. */
bool kl_memo_write(kl_memo *m, uint32_t row, kl_string key, kl_bytes *out);
/* The same of records row, row + 1, … with their keys; stops at the first that is like none, and returns it, or at `rows`. */
uint32_t kl_memo_rows(kl_memo *m, uint32_t row, uint32_t rows, const kl_string *keys, kl_bytes *out);
/* Learns from what was written since `from`, with the verdict of that record. */
void kl_memo_learn(kl_memo *m, uint32_t row, const kl_verdict *v, const kl_bytes *out, size_t from);
/* Adds the records that were written from here to the tally, and forgets how many they were. */
void kl_memo_count(kl_memo *m, kl_tally *t);

/* A table for a terminal: widths come from the first rows; call flush at the end. */
typedef struct kl_table kl_table;
typedef struct kl_table_words {
    const char *states[7], *yes, *no, *key, *decided_by;
    char decimal;
} kl_table_words;
kl_table *kl_table_new(const kl_teller *const *tellers, size_t count, const kl_table_words *words);
void kl_table_free(kl_table *t);
void kl_write_table(kl_bytes *out, kl_table *t, const kl_verdict *v);
void kl_write_table_flush(kl_bytes *out, kl_table *t);
size_t kl_text_width(kl_string s); /* columns a terminal gives the text */

/* A value as text (not quoted): money and decimals with their decimals, dates, yes/no as the words given, values by name. */
void kl_bytes_value(kl_bytes *out, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r,
                    char decimal, const char *yes, const char *no);

/* The value of a result as JSON: a decided one, or an entry's column in another state. */
void kl_bytes_json_value(kl_bytes *out, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set,
                         const kl_result *r);
const char *kl_state_word(kl_state state); /* as in the output: decided, not_stated, … */
const char *kl_kind_word(kl_kind kind);    /* as hosts are told of it: yes/no, values, … */
const char *kl_entry_word(uint32_t kind);  /* likewise: clause, item, … */
const char *kl_reason_word(uint32_t reason);
const char *kl_truth_word(kl_truth truth);

/* ------------------------------------------------------------------ counting */
struct kl_tally { /* of one program */
    const kl_program *program;
    uint64_t records;
    uint64_t (*states)[7];  /* per outcome */
    uint64_t (*reasons)[3]; /* per outcome: none, by reason */
    uint64_t (*audits)[5];  /* per outcome, by kl_audit */
    int64_t *sums;          /* per outcome: decided money and decimals, scaled */
    bool *sum_overflow;
    uint64_t (*truths)[4];                /* per entry: no, yes, unknown, not applicable */
    uint64_t *fired, *blocked, *breached; /* per entry: records */
    uint64_t *missing;                    /* per field: records */
    uint64_t *open_assumptions, *open_entries;
    uint64_t *seen; /* per entry: the last record that it was counted for */
    uint64_t undetermined, conflicts, errors, findings, warnings; /* records with at least one */
};
kl_tally *kl_tally_new(const kl_program *p);
void kl_tally_free(kl_tally *t);
void kl_tally_batch(kl_tally *t, const kl_teller *teller, const kl_workspace *w,
                    const uint64_t *rows); /* truths of the rows whose bit is set (KL_WORDS words) */
void kl_tally_record(kl_tally *t, const kl_verdict *v);
void kl_tally_merge(kl_tally *into, const kl_tally *from);

#endif
