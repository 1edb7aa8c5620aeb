/* image.h - format v1 of a compiled guideline: header, section directory, fixed-width little-endian tables. Frozen once released.
 * May include: the C library's stdint only. Written by compiler/emit, admitted by the verifier, read by the evaluator; nothing else knows it.
 * Start at kl_section: every table is an array of rows of 32-bit words (stride in words), except STRINGS (bytes), CONSTS and MASKS (64-bit). */
#ifndef KL_RUNTIME_IMAGE_H
#define KL_RUNTIME_IMAGE_H

#include <stdint.h>

#define KL_IMAGE_MAGIC "KLAUSUL\x1a" /* 8 bytes */
#define KL_IMAGE_MAJOR 1u
#define KL_IMAGE_MINOR 0u
#define KL_ABSENT UINT32_MAX /* no index */
#define KL_BATCH_MAX 1024u

/* Header: 32-bit words unless said. All offsets are bytes from the start of the image; every section starts on an 8-byte boundary,
 * in directory order, with zero padding between, nothing after the last. */
enum {
    KL_H_MAGIC = 0,        /* 8 bytes */
    KL_H_VERSION = 8,      /* major << 16 | minor */
    KL_H_SIZE = 12,        /* bytes of the whole image */
    KL_H_CHECKSUM = 16,    /* 64 bits: FNV-1a over every byte from offset 24 to the end */
    KL_H_SECTIONS = 24,    /* number of directory entries: KL_S_COUNT */
    KL_H_B_REGISTERS = 28, /* budgets: registers, */
    KL_H_N_REGISTERS = 32,
    KL_H_SLOTS = 36,
    KL_H_WALK_NODES = 40, /* the largest diagram's nodes, */
    KL_H_WALK_EDGES = 44, /* and edges */
    KL_H_SCRATCH = 48,    /* 64 bits: workspace bytes for a full batch (must equal what the verifier computes) */
    KL_H_HASH = 56,       /* 32 bytes: SHA-256 over the sources' hashes in SOURCES order */
    KL_H_DIRECTORY = 88   /* KL_S_COUNT × { u32 offset, u32 count } */
};

/* Strings are (offset, length) pairs into STRINGS: two words, written S2 below. Index words may be KL_ABSENT where "or none" is said.
 * "first, count" pairs address rows of another table. */
typedef enum kl_section {
    KL_S_STRINGS,     /* bytes, UTF-8 */
    KL_S_CONSTS,      /* i64 */
    KL_S_MASKS,       /* u64 words of code masks */
    KL_S_TEXTS,       /* S2: constant texts */
    KL_S_SOURCES,     /* S2 path as given by the file's own piece name, 8 words hash (32 bytes): 10 words */
    KL_S_GUIDELINE,   /* one row, see kl_guideline_word */
    KL_S_SETS,        /* value sets: S2 name, S2 title, first value, count */
    KL_S_VALUES,      /* S2 name, S2 label, first code, count */
    KL_S_CODES,       /* S2: input codes of values; the first of each value is its own name */
    KL_S_FIELDS,      /* see kl_field_word */
    KL_S_INPUTS,      /* S2: input names of fields; the first of each field is its own name */
    KL_S_ASSUMPTIONS, /* see kl_assumption_word */
    KL_S_ENTRIES,     /* trace entries, see kl_entry_word */
    /* kind (kl_ref_kind), index: what entries read, what questions and results hang on, assumptions of candidates */
    KL_S_REFS,
    KL_S_OUTCOMES,   /* see kl_outcome_word */
    KL_S_COLUMNS,    /* columns of many-of outcomes: S2 name, type, scale, set or none */
    KL_S_SLOTS,      /* see kl_slot_word */
    KL_S_RESULTS,    /* see kl_result_word */
    KL_S_CANDIDATES, /* see kl_candidate_word */
    /* entry, advice 0/1, B applies, B met, B breached: (a breach counts where B breached and the scope are yes) */
    KL_S_REQUIREMENTS,
    KL_S_BLOCKS,    /* what blocks what: entry that blocks, B it holds, B the blocked would hold without it */
    KL_S_QUESTIONS, /* see kl_question_word */
    /* u32: cell tables of questions: for values questions one cell number per code; for number questions indexes into CONSTS, ascending
     * values: the cell of v is the number of cuts <= v; for text questions indexes into TEXTS: cell k when equal to the k-th, else count */
    KL_S_CUTS,
    /* diagram nodes: question, first edge. A node's children come before it (lower index): no cycles */
    KL_S_NODES,
    KL_S_EDGES, /* u32: child: node index, or KL_TERMINAL | result index */
    KL_S_CODE,  /* op, dst, a, b, c, d: 6 words */
    KL_S_COUNT
} kl_section;

#define KL_TERMINAL 0x80000000u

/* Order, so that a verifier without memory can admit an image in one pass:
 * - The n-th instruction that writes a truth register writes register n (from 0), likewise number registers; the n-th DECIDE decides slot n.
 *   So slots lie in the order of deciding. Every register and slot of the budget is written; what DECIDE reads is written before it.
 * - Tiled tables: each row's "first" is where the previous row's rows end, and the last row's end is the table's end. Values by sets, codes
 *   by values, inputs by fields, columns by outcomes, candidates and nodes by slots, cuts by questions, edges by nodes.
 *   An outcome's slots are a range of slots that name it, in outcome order or not. REFS, RESULTS and QUESTIONS may be shared freely.
 * - Strings begin and end at character boundaries of STRINGS, which is UTF-8 as a whole.
 * kl_image_seal() computes what the header says of the rest: size, section count, version, magic, budgets, scratch and checksum. The
 * caller has written the directory, the hash and all sections. */
void kl_image_seal(uint8_t *image, uint32_t size);

/* Words per row; 0: not made of words (bytes or 64-bit). */
#define KL_STRIDES                                                                                                     \
    {                                                                                                                  \
        0, 0, 0, 2, 10, KL_G_WORDS, 6, 6, 2, KL_F_WORDS, 2, KL_A_WORDS, KL_E_WORDS, 2, KL_O_WORDS, 5, KL_L_WORDS,      \
            KL_R_WORDS, KL_C_WORDS, 5, 3, KL_Q_WORDS, 1, 2, 1, 6                                                       \
    }

/* types in tables */
typedef enum kl_type_code {
    KL_TYPE_BOOL = 1,
    KL_TYPE_VALUES,
    KL_TYPE_SET,
    KL_TYPE_INTEGER,
    KL_TYPE_DECIMAL,
    KL_TYPE_MONEY,
    KL_TYPE_DATE,
    KL_TYPE_MINUTES,
    KL_TYPE_DAYS,
    KL_TYPE_TEXT
} kl_type_code;

typedef enum kl_ref_kind { KL_REF_FIELD, KL_REF_ASSUMPTION, KL_REF_OUTCOME, KL_REF_ENTRY } kl_ref_kind;

/* dates are days since 1970-01-01 as i32; INT32_MIN / INT32_MAX: open */
enum kl_guideline_word {
    /* S2 each */
    KL_G_NAME = 0,
    KL_G_TITLE = 2,
    KL_G_ISSUER = 4,
    KL_G_DOCUMENT = 6,
    KL_G_CURRENCY = 8,
    KL_G_EDITION = 10,
    KL_G_RECORD = 12, /* what the rules call a record: contact, referral */
    KL_G_FROM = 14,
    KL_G_THROUGH,
    KL_G_BEFORE,
    KL_G_AFTER,    /* before/after: 0 unsaid, 1 unknown, 2 nothing */
    KL_G_DATED_BY, /* field or none */
    KL_G_KEY,      /* field or none */
    KL_G_SCOPE,    /* B: inside the period and the scope */
    KL_G_WORDS
};

enum { KL_FIELD_REQUIRED = 1, KL_FIELD_KEY = 2, KL_FIELD_ATTESTED = 4, KL_FIELD_DEFAULT = 8 };
enum kl_field_word {
    KL_F_NAME = 0,
    KL_F_TITLE = 2,
    KL_F_TYPE = 4,
    KL_F_SCALE,
    KL_F_SET /* or none */,
    KL_F_FLAGS,
    KL_F_DEFAULT /* CONSTS; text: TEXTS; or none */,
    KL_F_FIRST_INPUT,
    KL_F_INPUTS,
    KL_F_WORDS
};

enum { KL_ASSUMPTION_VALUE = 1, KL_ASSUMPTION_BOUNDED = 2 };
enum kl_assumption_word {
    KL_A_NAME = 0,
    KL_A_TITLE = 2,
    KL_A_CITE = 4,
    KL_A_TYPE = 6,
    KL_A_SCALE,
    KL_A_SET /* or none */,
    KL_A_FLAGS,
    KL_A_VALUE /* CONSTS or none */,
    KL_A_LOW,
    KL_A_HIGH /* CONSTS or none */,
    KL_A_WORDS
};

/* as in the trace */
typedef enum kl_entry_kind {
    KL_ENTRY_PERIOD,
    KL_ENTRY_SCOPE,
    KL_ENTRY_CLAUSE,
    KL_ENTRY_ITEM,
    KL_ENTRY_EXCEPTION,
    KL_ENTRY_EXCEPTION_ITEM,
    KL_ENTRY_REQUIREMENT,
    KL_ENTRY_ADVICE,
    KL_ENTRY_RULE,
    KL_ENTRY_TABLE,
    KL_ENTRY_ROW,
    KL_ENTRY_NOTE
} kl_entry_kind;
enum kl_entry_word {
    KL_E_ID = 0,
    KL_E_LABEL = 2,
    KL_E_TITLE = 4,
    KL_E_CITE = 6,
    KL_E_OPEN = 8,
    KL_E_BECAUSE = 10, /* S2 each */
    KL_E_KIND = 12,
    KL_E_PARENT /* entry or none */,
    KL_E_TRUTH /* B or none */,
    KL_E_QUANTIFIER /* 0 one, 1 all, 2 any */,
    KL_E_FROM,
    KL_E_THROUGH,
    KL_E_BEFORE,
    KL_E_AFTER,
    KL_E_REQUIREMENT /* row of REQUIREMENTS, or none */,
    KL_E_FIRST_READ,
    KL_E_READS /* REFS */,
    KL_E_WORDS
};

enum { KL_OUTCOME_MANY = 1, KL_OUTCOME_ROW_BY_ROW = 2 };
enum kl_outcome_word {
    KL_O_NAME = 0,
    KL_O_TITLE = 2,
    KL_O_TYPE = 4,
    KL_O_SCALE,
    KL_O_SET /* or none */,
    KL_O_FLAGS,
    KL_O_AUDITED /* field or none */,
    /* single-valued: one slot; many-of: one per distinct entry */
    KL_O_FIRST_COLUMN,
    KL_O_COLUMNS,
    KL_O_FIRST_SLOT,
    KL_O_SLOTS,
    KL_O_WORDS
};

/* A slot is decided by one DECIDE: the result of a single-valued outcome, or whether one entry of a many-of outcome is in (result decided 1) or out (none). */
enum kl_slot_word {
    KL_L_OUTCOME = 0,
    KL_L_OTHERWISE,    /* RESULTS: what holds when no candidate fires inside the scope (otherwise value or none) */
    KL_L_OUTSIDE,      /* RESULTS: none, reason outside scope */
    KL_L_NOT_IN_FORCE, /* RESULTS: none, reason not in force; used where the period says nothing */
    KL_L_FIRST_CANDIDATE,
    KL_L_CANDIDATES, /* CANDIDATES */
    KL_L_ROOT,       /* diagram: node index or KL_TERMINAL | result; KL_ABSENT for a row-by-row slot */
    KL_L_FIRST_NODE,
    KL_L_NODES,       /* the diagram's nodes are this range; the root is in it */
    KL_L_EDGES,       /* edges of those nodes, for the walk's budget */
    KL_L_FIRST_VALUE, /* many-of: RESULTS, one per column of the outcome; else none */
    KL_L_WORDS
};

typedef enum kl_result_kind {
    KL_RESULT_NONE,   /* value: kl_reason */
    KL_RESULT_CONST,  /* value: CONSTS (number, code, 0/1, set mask, as the type says) */
    KL_RESULT_TEXT,   /* value: TEXTS */
    KL_RESULT_NUMBER, /* value: N register; its tag may give another state */
    KL_RESULT_FIELD, /* value: field carried over, of the outcome's type; numbers of one type may stand for another's */
    KL_RESULT_NOT_STATED,
    KL_RESULT_EXTERNAL, /* value: TEXTS: the document */
    KL_RESULT_CONFLICT,
    KL_RESULT_ERROR,
    KL_RESULT_OPEN /* value: entry: something unknown that an edition not at hand would give */
} kl_result_kind;
typedef enum kl_reason { KL_REASON_NO_CLAUSE, KL_REASON_OUTSIDE_SCOPE, KL_REASON_NOT_IN_FORCE } kl_reason;
enum kl_result_word {
    KL_R_KIND = 0,
    KL_R_VALUE,
    KL_R_FIRST_REF,
    KL_R_REFS /* REFS: what a NUMBER or FIELD result reads, all inputs */,
    KL_R_WORDS
};

enum kl_candidate_word {
    KL_C_ENTRY = 0, /* the rule or row */
    KL_C_RESULT,    /* RESULTS: for a many-of entry decided 1. Equal results have equal indexes within a slot */
    /* B: holds, with this result, and no overrider holds; without period and scope where the slot has no diagram, else with or without */
    KL_C_FIRES,
    /* B: holds, whichever way a choice in its value goes, no overrider holds, and the record is inside period and scope: what `by` lists */
    KL_C_BY,
    KL_C_FIRST_REF,
    KL_C_REFS, /* REFS: assumptions it hangs on, through clauses; ascending */
    KL_C_WORDS
};

typedef enum kl_question_kind {
    KL_Q_TRUTH,   /* source: B; answers no = 0, yes = 1 */
    KL_Q_VALUES,  /* source: field of values; CUTS: a cell per code */
    KL_Q_NUMBER,  /* source: number-like field; CUTS */
    KL_Q_TEXT,    /* source: text field; CUTS */
    KL_Q_DERIVED, /* source: N register; CUTS into CONSTS; then KL_Q_TAGS answers follow the cells, see below */
    KL_Q_CODES,   /* source: N register holding a code; CUTS: a cell per code; then tag answers likewise */
    /* source: entry whose edition is not at hand: answers 0 gives nothing, 1 gives something; never known */
    KL_Q_EDITION,
    /* source: RESULTS; one CUT: another of RESULTS; two candidates' results, not both constant. Cells 0 different, 1 equal (state and value;
     * for external the document); then tag answers likewise. In this order: either is conflict: 0; either is unknown: unknown
     * (never none); either is error: that tag's answer; else by their states and values, none being equal to none only */
    KL_Q_SAME
} kl_question_kind;
/* DERIVED, CODES and SAME: answers = cells + 5; answer cells + (tag - 2) for the tags error 2, none 3, not stated 4, external 5, conflict 6.
 * When such a question is unknown its completions are the cells, and also the tags it may turn out to be: its flags. Edges for tags that cannot be
 * are copies of the first cell's. */
enum {
    KL_QUESTION_MAY_BE_NONE = 1,
    KL_QUESTION_MAY_BE_ERROR = 2,
    KL_QUESTION_MAY_BE_NOT_STATED = 4,
    KL_QUESTION_MAY_BE_EXTERNAL = 8,
    KL_QUESTION_MAY_BE_CONFLICT = 16,
    KL_QUESTION_FLAGS = 31
};
enum kl_question_word {
    KL_Q_KIND = 0,
    KL_Q_SOURCE,
    KL_Q_CELLS /* answers without tags */,
    KL_Q_FIRST_CUT,
    KL_Q_CUTS,
    KL_Q_FLAGS,
    /* REFS: fields, assumptions, entries (editions), outcomes that may be why it is unknown */
    KL_Q_FIRST_REF,
    KL_Q_REFS,
    KL_Q_WORDS
};

#endif
