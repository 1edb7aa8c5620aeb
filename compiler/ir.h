/* ir.h - the one typed intermediate form: a checked guideline edition with every name resolved and every type known.
 * May include: lang (spans, types, arena). Built by the front (names, types, checks), read by every emitter and analysis.
 * Start at ir_guideline; conditions and values are ir_nodes in one hash-consed pool, referred to by index. */
#ifndef KL_COMPILER_IR_H
#define KL_COMPILER_IR_H

#include "lang/lang.h"

#define IR_NONE UINT32_MAX

typedef struct ir_type {
    kl_type_kind kind;
    uint8_t decimals; /* KL_T_DECIMAL; money has 2 */
    uint32_t set;     /* KL_T_VALUES, KL_T_SET: index into ir_guideline.sets */
} ir_type;

/* ------------------------------------------------------------------ nodes
 * Truth nodes are yes/no/unknown. Number nodes are scaled 64-bit integers: integer, decimal and money scaled, dates as days since 1970-01-01,
 * minutes, days, yes/no as 0/1 and values as their code (index in the set). Scales are already aligned by the front: IR_MUL by a power of ten. */
typedef enum ir_kind {
    /* truth */
    IR_BOOL,     /* value: 0 no, 1 yes, 2 unknown */
    IR_NOT,      /* a */
    IR_AND,      /* a, b */
    IR_OR,       /* a, b */
    IR_KNOWN,    /* field: as received */
    IR_CLAUSE,   /* entry: the truth of that entry (clause, rule, row…) */
    IR_BREACHED, /* entry: a requirement that is breached */
    /* entry; a: truth while in force; b: truth "before the period" or IR_NONE; c: "after the period" or IR_NONE; before/after say what then:
     * nothing = no, unknown = an open question named by the entry */
    IR_EDITION,
    IR_RANGE,     /* a in lo..hi (both included; INT64_MIN/MAX: open end) */
    IR_IN,        /* a (values) in mask */
    IR_HAS,       /* field (set) has code `value` */
    IR_EMPTY,     /* field (set) has no code */
    IR_TEXT,      /* field (text) equals texts[value] */
    IR_SAME_TEXT, /* field equals field2 (text) */
    /* a (LT, LE, EQ: in `compare`) b; neither side constant. GT, GE, NE are written with IR_NOT or swapped sides */
    IR_COMPARE,
    /* truth or number, by type */
    IR_FIELD,  /* field: yes/no fields are truth nodes; also a number where a number is wanted */
    IR_ASSUME, /* assumption */
    IR_FEED,   /* outcome: its value (none: a comparison on it is no) */
    /* number */
    IR_NUMBER, /* value */
    IR_ADD,
    IR_SUB,
    IR_MUL,     /* a, b: checked */
    IR_DIV,     /* (a * 10^value) / b, rounded by `round` */
    IR_ROUND,   /* a to a multiple of `value` by `round` */
    IR_RESCALE, /* a / 10^value, rounded by `round` */
    IR_NEG,     /* a */
    IR_MIN,
    IR_MAX, /* a, b */
    IR_YEARS,
    IR_MONTHS,
    IR_DAYS,  /* whole units from a to b (negative when b is earlier) */
    IR_SELECT /* truth a ? b : c */
} ir_kind;

typedef struct ir_node {
    ir_kind kind;
    bool truth; /* a truth node */
    ir_type type;
    uint32_t a, b, c;
    uint32_t field, field2, assumption, outcome, entry;
    int64_t value, lo, hi;
    uint32_t mask; /* IR_IN: index into masks */
    kl_compare compare;
    kl_round round;
    kl_beyond before, after;
    const kl_file *file; /* first place it was written, for messages */
    kl_span span;
} ir_node;

/* ------------------------------------------------------------------ vocabulary */
typedef struct ir_value {
    kl_str name, label;
    KL_VEC(kl_str) codes; /* first the name itself */
} ir_value;

typedef struct ir_set {
    kl_str name, title;
    KL_VEC(ir_value) values; /* at most 65,535; at most 64 where a set type uses it */
} ir_set;

typedef struct ir_field {
    kl_str name, title;
    ir_type type;
    KL_VEC(kl_str) inputs; /* first the name itself */
    bool required, key, attested, has_otherwise;
    int64_t otherwise; /* number, code, 0/1, or set mask */
    kl_str otherwise_text;
    const kl_file *file;
    kl_span span;
} ir_field;

typedef struct ir_assumption {
    kl_str name, title, cite, open, because;
    ir_type type;
    bool has_value, bounded;
    int64_t value, lo, hi;
    const kl_file *file;
    kl_span span;
} ir_assumption;

/* ------------------------------------------------------------------ results */
typedef enum ir_result_kind {
    IR_R_NONE, /* no otherwise */
    /* node: IR_NUMBER or any number expression (IR_FIELD, IR_FEED, …); yes/no and values as numbers */
    IR_R_NUMBER,
    IR_R_SET,   /* mask: a constant set (0: empty) */
    IR_R_TEXT,  /* text: a constant text */
    IR_R_FIELD, /* field: a set or text field carried over */
    IR_R_NOT_STATED,
    IR_R_EXTERNAL /* text: the document */
} ir_result_kind;

typedef struct ir_result {
    ir_result_kind kind;
    uint32_t node, field;
    uint64_t mask;
    kl_str text;
} ir_result;

/* ------------------------------------------------------------------ trace entries */
typedef enum ir_entry_kind {
    IR_E_PERIOD,
    IR_E_SCOPE, /* the guideline's own two lines: ids `gäller` and `omfattar` */
    IR_E_CLAUSE,
    IR_E_ITEM,
    IR_E_EXCEPTION,
    IR_E_EXCEPTION_ITEM,
    IR_E_REQUIREMENT,
    IR_E_ADVICE,
    IR_E_RULE,
    IR_E_TABLE,
    IR_E_ROW,
    IR_E_NOTE
} ir_entry_kind;

typedef struct ir_ref { /* what an entry reads directly, or a question hangs on */
    enum { IR_REF_FIELD, IR_REF_ASSUMPTION, IR_REF_OUTCOME, IR_REF_ENTRY } kind;
    uint32_t index;
} ir_ref;

typedef struct ir_entry {
    ir_entry_kind kind;
    kl_str id;    /* kvalificerad.3, registrering.3b, … the same in both surfaces */
    kl_str label; /* 3  3b  a : as written, without bracket; empty when none */
    kl_str title, cite, open, because;
    uint32_t parent; /* entry, or IR_NONE */
    /* node, period and exceptions included; IR_NONE for tables and notes. For a requirement: met (applies and requires) */
    uint32_t truth;
    uint32_t body;            /* clause: node before exceptions and period; requirement: applies; else IR_NONE */
    uint32_t requires_node;   /* requirement: what it requires */
    kl_quantifier quantifier; /* clause, exception with items */
    bool first_applies;       /* row of a table where the first row applies */
    int32_t from, through;    /* own period; INT32_MIN / INT32_MAX when open */
    kl_beyond before, after;
    KL_VEC(ir_ref) reads;
    const kl_file *file;
    kl_span span;
} ir_entry;

/* ------------------------------------------------------------------ decisions */
typedef struct ir_candidate { /* one rule or row that sets one outcome (an `om` in its value splits it) */
    uint32_t entry, outcome;
    uint32_t guard; /* extra truth from a split `om`; IR_NONE when always */
    /* truth "no edition in force" (okänt side of its period); IR_NONE when never: while it holds, the result is open */
    uint32_t absent;
    ir_result result;
    ir_result *columns;          /* many-of: one per column of the outcome */
    KL_VEC(uint32_t) overriders; /* entries (rules, rows) that remove this candidate while their truth is yes */
} ir_candidate;

typedef struct ir_column {
    kl_str name;
    ir_type type;
} ir_column;

typedef struct ir_outcome {
    kl_str name, title;
    ir_type type;
    bool many, row_by_row; /* row_by_row: some table that sets it asks for candidate agreement */
    KL_VEC(ir_column) columns;
    ir_result otherwise;
    uint32_t audited;            /* field, or IR_NONE */
    KL_VEC(uint32_t) candidates; /* in source order */
    const kl_file *file;
    kl_span span;
} ir_outcome;

/* ------------------------------------------------------------------ examples */
typedef struct ir_given {
    uint32_t field;
    bool unknown;
    int64_t number; /* number, code, 0/1, set mask */
    kl_str text;
    kl_span span;
} ir_given;

typedef enum ir_expected_state {
    IR_X_VALUE,
    IR_X_NOT_STATED,
    IR_X_EXTERNAL,
    IR_X_UNDETERMINED,
    IR_X_NONE,
    IR_X_CONFLICT,
    IR_X_FAILED
} ir_expected_state;

typedef struct ir_expected {
    uint32_t outcome;
    ir_expected_state state;
    int64_t number; /* or set mask */
    kl_str text;    /* text value, external document */
    /* many-of, IR_X_VALUE: one entry, a value for each column; the entries expected of an outcome are all
     * that it has, in any order */
    struct ir_expected *columns;
    kl_span span;
} ir_expected;

typedef struct ir_assumed {
    uint32_t assumption;
    bool unknown;
    int64_t value;
    kl_span span;
} ir_assumed;

typedef struct
    ir_accept { /* godtar …: findings of the kind in its piece, of these names or of all, are as they should be */
    kl_accepted kind;
    KL_VEC(kl_str) names;
    kl_str because;
    const kl_file *file;
    kl_span span, piece;
    bool used; /* the proofs found what it accepts */
} ir_accept;

typedef struct ir_named { /* utlöst, saknas, fynd: an entry id, a field name, a finding id */
    kl_str name;
    kl_span span;
} ir_named;

typedef struct ir_example {
    kl_str title;
    KL_VEC(ir_given) given; /* the base's included and overridden */
    KL_VEC(ir_expected) expected;
    KL_VEC(ir_assumed) assumed;
    KL_VEC(ir_named) fired, missing, findings;
    bool fired_said, missing_said, findings_said;
    const kl_file *file;
    kl_span span;
} ir_example;

/* ------------------------------------------------------------------ the whole */
typedef struct ir_guideline {
    kl_arena *arena;
    kl_str name, title, issuer, document, currency, edition; /* edition: 2023-06-01, or as said */
    kl_str record;     /* the name of the record piece with the key, else of the first */
    uint32_t dated_by; /* field, or IR_NONE */
    uint32_t key;      /* field, or IR_NONE */
    int32_t from, through;
    kl_beyond before, after;
    uint32_t from_assumption; /* gäller från NAME; IR_NONE when a plain date */
    uint32_t period;          /* truth node: the date is inside the guideline's period */
    /* truth nodes: the date is before it, after it; IR_NONE where that side is open */
    uint32_t period_before, period_after;
    uint32_t scope; /* truth node */
    KL_VEC(ir_set) sets;
    KL_VEC(ir_field) fields;
    KL_VEC(ir_assumption) assumptions;
    KL_VEC(ir_entry) entries;      /* in source order, children after their parent */
    KL_VEC(ir_outcome) outcomes;   /* in source order */
    KL_VEC(uint32_t) decide_order; /* outcomes, fed ones first */
    KL_VEC(ir_candidate) candidates;
    KL_VEC(ir_example) examples;
    KL_VEC(ir_accept) accepts;
    KL_VEC(ir_node) nodes;
    KL_VEC(uint64_t) mask_words; /* IR_IN masks: ir_node.mask is the first word, ceil(values / 64) words */
    KL_VEC(kl_str) texts;
    KL_VEC(const kl_file *) files; /* the guideline's own file first, then what it uses */
} ir_guideline;

#endif
