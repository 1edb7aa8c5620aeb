/* klausul.h - the public interface of the Klausul runtime: admit an image, describe it, decide batches of records, read decisions and trace.
 * May include: stdint, stddef, stdbool. C11; no heap, no stdio, no globals: the caller brings all memory; thread-safe (one workspace per thread).
 * Start at kl_verify(), kl_workspace_init(), kl_eval(), then kl_outcome() and kl_truth_of(). */
#ifndef KLAUSUL_H
#define KLAUSUL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KLAUSUL_VERSION "0.1.0"
#define KL_ROWS_MAX 1024u            /* records in one batch, at most */
#define KL_WORDS (KL_ROWS_MAX / 64u) /* 64-bit words of one bit-plane */
#define KL_INDEX_NONE UINT32_MAX
#define KL_NUMBER_MAX INT64_C(1000000000000000) /* input numbers (scaled) lie in -KL_NUMBER_MAX..KL_NUMBER_MAX */
#define KL_DATE_MIN INT32_C(-719162)            /* 0001-01-01, days since 1970-01-01 */
#define KL_DATE_MAX INT32_C(2932896)            /* 9999-12-31 */

typedef struct kl_string { /* UTF-8, not NUL-terminated; points into the image or the batch */
    const char *data;
    size_t size;
} kl_string;

typedef struct kl_fault { /* why something was refused */
    size_t offset;        /* image: byte offset. batch: row */
    uint32_t field;       /* batch: field; else KL_INDEX_NONE */
    const char *reason;   /* English, static */
} kl_fault;

/* ------------------------------------------------------------------ admitting an image */
/* immutable after kl_verify; may be shared by threads; refers to the image, which must stay */
typedef struct kl_program kl_program;

size_t kl_program_size(void);
/* Checks every byte of the image that evaluation relies on. `memory`: kl_program_size() bytes, aligned for any type, caller's.
 * Returns the program, or NULL with the offending offset and the reason in *fault (which may be NULL). Never reads outside the image. */
const kl_program *kl_verify(void *memory, size_t memory_size, const void *image, size_t image_size, kl_fault *fault);

/* ------------------------------------------------------------------ describing it */
typedef enum kl_kind {
    KL_BOOL = 1,
    KL_VALUES,
    KL_SET,
    KL_INTEGER,
    KL_DECIMAL,
    KL_MONEY,
    KL_DATE,
    KL_MINUTES,
    KL_DAYS,
    KL_TEXT
} kl_kind;

typedef struct kl_guideline_info {
    kl_string name, title, issuer, document, currency, edition;
    kl_string record;       /* what the rules call a record: contact, referral; empty when there is none */
    int32_t from, through;  /* days since 1970-01-01; INT32_MIN / INT32_MAX: open */
    uint32_t before, after; /* outside the period: 0 unsaid, 1 another text not at hand, 2 nothing */
    uint32_t dated_by, key; /* fields, or KL_INDEX_NONE */
    uint32_t fields, sets, assumptions, outcomes, entries, sources;
    const uint8_t *source_hash; /* 32 bytes, SHA-256 */
} kl_guideline_info;
typedef struct kl_source_info {
    kl_string name;
    const uint8_t *hash; /* 32 bytes */
} kl_source_info;
typedef struct kl_budget_info {
    uint32_t instructions, truth_registers, number_registers, slots, nodes, edges;
    size_t workspace_bytes, image_bytes;
} kl_budget_info;
typedef struct kl_field_info {
    kl_string name, title;
    kl_kind kind;
    uint32_t scale; /* decimals of KL_DECIMAL; 2 for KL_MONEY; else 0 */
    uint32_t set;   /* KL_VALUES, KL_SET: value set; else KL_INDEX_NONE */
    bool required, key, attested, has_default;
    uint32_t inputs; /* number of input names, the own name first */
} kl_field_info;
typedef struct kl_set_info {
    kl_string name, title;
    uint32_t values;
} kl_set_info;
typedef struct kl_value_info {
    kl_string name, label;
    uint32_t codes;
} kl_value_info;
typedef struct kl_assumption_info {
    kl_string name, title, citation;
    kl_kind kind;
    uint32_t scale, set;
    bool has_value, bounded; /* as compiled; kl_assume changes a workspace, not this */
    int64_t value, low, high;
} kl_assumption_info;
typedef struct kl_outcome_info {
    kl_string name, title;
    kl_kind kind;
    uint32_t scale, set;
    bool many, row_by_row;
    uint32_t audited;        /* field, or KL_INDEX_NONE */
    uint32_t columns, slots; /* many-of: columns of an entry, distinct entries */
} kl_outcome_info;
typedef struct kl_column_info {
    kl_string name;
    kl_kind kind;
    uint32_t scale, set;
} kl_column_info;
typedef struct kl_entry_info {
    kl_string id, label, title, citation, open, because;
    /* kl_entry_kind of image.h: 0 period, 1 scope, 2 clause, 3 item, 4 exception, 5 exception item, 6 requirement, 7 advice,
     * 8 rule, 9 table, 10 row, 11 note */
    uint32_t kind;
    uint32_t parent;     /* entry, or KL_INDEX_NONE */
    bool traced;         /* has a truth (tables and notes have none) */
    uint32_t quantifier; /* 0 one condition, 1 all items, 2 any item */
    int32_t from, through;
    uint32_t before, after;
    uint32_t reads;
} kl_entry_info;
typedef struct kl_ref {
    uint32_t kind; /* 0 field, 1 assumption, 2 outcome, 3 entry */
    uint32_t index;
} kl_ref;

void kl_describe(const kl_program *p, kl_guideline_info *out);
void kl_budget(const kl_program *p, kl_budget_info *out);
void kl_source_of(const kl_program *p, uint32_t i, kl_source_info *out);
void kl_field_of(const kl_program *p, uint32_t i, kl_field_info *out);
kl_string kl_field_input(const kl_program *p, uint32_t field, uint32_t i);
void kl_set_of(const kl_program *p, uint32_t i, kl_set_info *out);
void kl_value_of(const kl_program *p, uint32_t set, uint32_t code, kl_value_info *out);
kl_string kl_value_code(const kl_program *p, uint32_t set, uint32_t code, uint32_t i);
void kl_assumption_of(const kl_program *p, uint32_t i, kl_assumption_info *out);
void kl_outcome_of(const kl_program *p, uint32_t i, kl_outcome_info *out);
void kl_outcome_column(const kl_program *p, uint32_t outcome, uint32_t column, kl_column_info *out);
void kl_entry_of(const kl_program *p, uint32_t i, kl_entry_info *out);
kl_ref kl_entry_read(const kl_program *p, uint32_t entry, uint32_t i);

/* ------------------------------------------------------------------ records: columns of a batch */
/* One column per field, in field order. Bit i of word i / 64 (least significant first) speaks of record i: Arrow's own bitmaps.
 * Only the member of the field's kind is read; a record whose known bit is 0 may hold anything there. */
typedef struct kl_column {
    /* (rows + 63) / 64 words, as for `bits`; NULL: unknown in every record (a column that is not in the input) */
    const uint64_t *known;
    union {
        const uint64_t *bits;  /* KL_BOOL */
        const uint16_t *codes; /* KL_VALUES: index in the value set */
        const uint64_t *sets;  /* KL_SET: bit c: code c is in the set */
        /* KL_INTEGER, KL_DECIMAL, KL_MONEY (scaled), KL_DATE (days since 1970-01-01), KL_MINUTES, KL_DAYS */
        const int64_t *numbers;
        const kl_string *texts; /* KL_TEXT; without data: empty */
    } as;
} kl_column;

typedef struct kl_batch {
    uint32_t rows;            /* 0..KL_ROWS_MAX */
    const kl_column *columns; /* as many as the program has fields */
} kl_batch;

/* ------------------------------------------------------------------ deciding */
typedef struct kl_workspace kl_workspace; /* registers and results of one batch; one per thread */

size_t kl_workspace_size(const kl_program *p);
/* `memory`: kl_workspace_size(p) bytes, aligned to 64, caller's. NULL when too small or misaligned. */
kl_workspace *kl_workspace_init(const kl_program *p, void *memory, size_t size);
/* Which loops decide: those of a vector instruction set, NULL for the core's own in plain C, which is what a workspace begins with. Decisions
 * and trace are the same to the bit. kl_kernels_best() are the widest that this machine runs; kl_kernels_of("portable", "sse2", "avx2",
 * "avx512" or "neon") is NULL when the name means nothing, or the compiler or this machine lacks them. What was decided is gone. */
typedef struct kl_kernels kl_kernels;
const kl_kernels *kl_kernels_best(void);
const kl_kernels *kl_kernels_of(const char *name);
const char *kl_kernels_name(const kl_kernels *k);
void kl_workspace_use(kl_workspace *w, const kl_kernels *k);
/* Whether batches compute the trace (they do at first). Without it, what only kl_truth_of and kl_truth_planes of clauses, items, rules and
 * rows would read is left out, and these know nothing: KL_UNKNOWN and false. Everything else is told as with it. */
void kl_workspace_trace(kl_workspace *w, bool wanted);
bool kl_is_traced(const kl_workspace *w);
/* Gives an assumption a value for this workspace (known false: takes its value away). false: out of range for its type or bounds. */
bool kl_assume(kl_workspace *w, uint32_t assumption, bool known, int64_t value);
bool kl_assumed_value(const kl_workspace *w, uint32_t assumption, int64_t *value); /* false: open */
/* Decides every record of the batch. The batch must stay until the results are read. false: a column holds what its field cannot
 * (a code past the set, a number past KL_NUMBER_MAX, …); *fault says where; nothing is decided. */
bool kl_eval(kl_workspace *w, const kl_batch *batch, kl_fault *fault);

/* ------------------------------------------------------------------ reading decisions: after kl_eval, row < batch.rows */
typedef enum kl_state {
    KL_DECIDED,
    KL_NOT_STATED,
    KL_EXTERNAL,
    KL_NO_RESULT, /* none */
    KL_UNDETERMINED,
    KL_CONFLICT,
    KL_FAILED /* error */
} kl_state;

typedef struct kl_result {
    kl_state state;
    uint32_t reason; /* KL_NO_RESULT: 0 no clause applies, 1 outside scope, 2 not in force */
    int64_t number;  /* KL_DECIDED: scaled number, date, code, 0/1 */
    uint64_t set;    /* KL_DECIDED, KL_SET: mask of codes */
    kl_string text;  /* KL_DECIDED, KL_TEXT; KL_EXTERNAL: the document */
} kl_result;

/* A single-valued outcome's result, or a many-of outcome's state (DECIDED: some entries in, none open; NO_RESULT: none in; UNDETERMINED: some open). */
void kl_outcome(const kl_workspace *w, uint32_t outcome, uint32_t row, kl_result *out);
/* The same of all outcomes of a record at once: results[o], as many as the program has. */
void kl_outcomes(const kl_workspace *w, uint32_t row, kl_result *results);
/* Many-of: whether distinct entry `slot` is in (KL_DECIDED), out (KL_NO_RESULT), open (KL_UNDETERMINED) or another state; and its columns' values. */
void kl_many(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row, kl_result *out);
void kl_many_value(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t column, uint32_t row,
                   kl_result *out);
/* Many-of: entries whose values turn out equal in this record are one. The entry that stands for `slot` (which is in or open): the first
 * equal one that is in, else the first equal one that is open; `slot` itself when it is neither. kl_by of all that it stands for are its ids. */
uint32_t kl_many_first(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row);

/* Rules and rows of an outcome (many-of: of one entry `slot`; else slot 0). Writes up to `most` entry indexes, returns how many there are.
 * sure: those that fire. Not sure: those that may fire (for a decided outcome: with that result); meant for when none is sure. */
size_t kl_by(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t row, bool sure, uint32_t *entries,
             size_t most);
/* The same (sure) of every record of the batch, which costs little more than asking for one: those of a record stand in entries[at[row]] up to
 * entries[at[row + 1]]. `at`: the caller's, one more than the batch has records. Returns how many entries there are in all; when they are
 * more than `most`, only `at` is written. */
size_t kl_by_rows(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t *at, uint32_t *entries, size_t most);

/* What an undetermined outcome waits for: bit sets the caller owns, zeroed by the caller, to which bits are added. Any may be NULL. */
typedef struct kl_waiting {
    uint64_t *fields;      /* missing: (fields + 63) / 64 words */
    uint64_t *assumptions; /* open */
    uint64_t *entries;     /* open: editions not at hand (the guideline's own: its period entry) */
    uint64_t *outcomes;    /* undetermined outcomes that feed it */
} kl_waiting;
void kl_wait(kl_workspace *w, uint32_t outcome, uint32_t row, const kl_waiting *into);

typedef enum kl_truth { KL_NO, KL_YES, KL_UNKNOWN, KL_NOT_APPLICABLE /* requirements only */ } kl_truth;
kl_truth kl_truth_of(const kl_workspace *w, uint32_t entry, uint32_t row);
/* The same of all entries of a record at once: truths[e] is a kl_truth, one byte for each of the program's entries. */
void kl_truths(const kl_workspace *w, uint32_t row, uint8_t *truths);
/* The 64-bit words of an entry's planes over the batch: *yes and *no point to (rows + 63) / 64 words each, bits set where the truth is
 * yes and where it is no, neither where it is unknown (bits past the last record mean nothing), until the next kl_eval. A requirement's are its
 * `met`, whether it applies or not. */
bool kl_truth_planes(const kl_workspace *w, uint32_t entry, const uint64_t **yes, const uint64_t **no);

/* What the value was computed from or carried over from, of an outcome or a column of a many-of entry; none for constants. As kl_by. */
size_t kl_value_reads(const kl_workspace *w, uint32_t outcome, uint32_t slot, uint32_t column, uint32_t row,
                      kl_ref *reads, size_t most);
/* A rule or row that holds, in force and in scope, and fires for none of its outcomes: others override it. */
bool kl_is_overridden(const kl_workspace *w, uint32_t entry, uint32_t row);
/* Entries that are breached requirements (advice: false) or advice (true); and blocking entries. As kl_by. */
size_t kl_breaches(const kl_workspace *w, uint32_t row, bool advice, uint32_t *entries, size_t most);
size_t kl_blocked_by(const kl_workspace *w, uint32_t row, uint32_t *entries, size_t most);
/* Marks: records of a batch with equal marks have the same answers from kl_outcome, kl_by (sure), kl_breaches and kl_blocked_by, so that
 * what was told of one can be told of the others; with `all` also from kl_by (not sure), kl_wait, kl_audit_of and kl_assumptions_of. Words
 * of one record, the same for every batch of the workspace; 0: the program has no such marks (many-of outcomes, texts carried over, audited
 * outcomes unless `all`, or too much to tell). */
uint32_t kl_mark_words(kl_workspace *w, bool all);
/* As many words for each record, record by record. false: there are none of this batch (with `all`: it is too small; else: so many entries
 * decided one of its records that the marks have no room for them). */
bool kl_marks(const kl_workspace *w, bool all, uint64_t *marks);
/* Assumptions that have a value and that the decisions of this record hang on; bits as in kl_waiting.assumptions, added. */
void kl_assumptions_of(kl_workspace *w, uint32_t row, uint64_t *assumptions);

typedef enum kl_audit {
    KL_AUDIT_NONE /* not audited, or outside scope */,
    KL_AUDIT_AGREES,
    KL_AUDIT_DIFFERS,
    KL_AUDIT_UNKNOWN /* registered unknown: unaudited */,
    KL_AUDIT_POSSIBLE /* undetermined, registered is possible */
} kl_audit;
kl_audit kl_audit_of(kl_workspace *w, uint32_t outcome, uint32_t row);
/* The value a record holds in a field (its default where not received): KL_DECIDED, or KL_UNDETERMINED when unknown. */
void kl_field_value(const kl_workspace *w, uint32_t field, uint32_t row, bool *received, kl_result *out);

/* ------------------------------------------------------------------ disassembly, for inspect */
typedef struct kl_instruction {
    const char *name, *semantics;
    char kinds[5]; /* dst, a, b, c, d: letters B N F A I M V T R L or '-' */
    uint32_t dst, operands[4];
} kl_instruction;
bool kl_disassemble(const kl_program *p, uint32_t i, kl_instruction *out);
int64_t kl_constant(const kl_program *p, uint32_t i);

#ifdef __cplusplus
}
#endif
#endif
