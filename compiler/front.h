/* front.h - the front's shared state and the calls between its files: names, nodes, types, lowering.
 * May include: lang, compiler/ir, compiler/limits, compiler/compiler. Only the front (the .c files of this folder) includes this.
 * Start at kl_front (the state of one check), then check.c for the order of work. */
#ifndef KL_COMPILER_FRONT_H
#define KL_COMPILER_FRONT_H

#include <string.h>

#include "compiler/compiler.h"
#include "compiler/limits.h"

/* ------------------------------------------------------------------ maps: (number, string) → number, in the arena */
typedef struct kl_map_slot {
    kl_str key;
    uint32_t space, value;
    bool used;
} kl_map_slot;
typedef struct kl_map {
    kl_arena *arena;
    kl_map_slot *slots;
    size_t cap, n;
} kl_map;
void kl_map_init(kl_map *m, kl_arena *a);
/* Adds, or returns what stood there before (IR_NONE when new). */
uint32_t kl_map_add(kl_map *m, uint32_t space, kl_str key, uint32_t value);
uint32_t kl_map_get(const kl_map *m, uint32_t space, kl_str key); /* IR_NONE when absent */

/* ------------------------------------------------------------------ names */
typedef enum kl_symbol_kind {
    KL_SYM_FIELD,
    KL_SYM_CLAUSE,
    KL_SYM_OUTCOME,
    KL_SYM_ASSUMPTION,
    KL_SYM_TARIFF, /* may stand in an expression */
    KL_SYM_RULE,
    KL_SYM_TABLE,
    KL_SYM_REQUIREMENT,
    KL_SYM_ADVICE,
    KL_SYM_NOTE, /* only named where they are expected */
    KL_SYM_SET,  /* a type: a space of its own */
    KL_SYM_KINDS
} kl_symbol_kind;

typedef struct kl_symbol kl_symbol;
struct kl_symbol {
    kl_symbol_kind kind;
    kl_str name;
    uint32_t file;         /* index into sources->files */
    const kl_piece *piece; /* where it is declared */
    kl_span span;          /* of the name */
    uint32_t index;  /* field, set, outcome, assumption, tariff; entry of a clause, rule, …: IR_NONE until made */
    bool used, bad;  /* bad: declared with an error already reported */
    bool lowering;   /* a clause on its way (cycles) */
    kl_symbol *next; /* the next one of the same name */
};

/* ------------------------------------------------------------------ values under way */
typedef struct kl_val { /* a number expression that has been lowered */
    uint32_t node;      /* IR_NONE: in error, already reported */
    ir_type type;       /* KL_T_NONE when in error */
    bool literal;       /* a bare number: takes the unit of what it meets */
    kl_span span;
} kl_val;

typedef struct kl_case { /* one arm of a result: holds when `guard` does */
    uint32_t guard;      /* IR_NONE: always */
    ir_result result;
} kl_case;
typedef KL_VEC(kl_case) kl_case_list;

typedef struct kl_arm { /* one case of a value with choices: `node` has none, and is the value where `guard` holds */
    uint32_t guard;     /* IR_NONE: always */
    uint32_t node;
} kl_arm;
typedef KL_VEC(kl_arm) kl_arm_list;

typedef struct kl_entry_cases { /* one entry of a many-of outcome under way: what each column may be */
    uint32_t entry, outcome, absent;
    kl_case_list *cases; /* one a column */
    bool *said;
} kl_entry_cases;

typedef struct kl_when {    /* what a `gäller från …` line means */
    uint32_t before, after; /* truth: the record's date is outside on that side; IR_NONE when it cannot be */
    kl_beyond said_before, said_after;
    int32_t from, through;
} kl_when;

typedef struct kl_tariff {
    const kl_symbol *symbol;
    ir_type type;
    size_t steps;
    int32_t *from;    /* first day of each step, rising; INT32_MIN: from the beginning */
    uint32_t *values; /* IR_NUMBER */
    uint32_t node;    /* the choice over the dating field; IR_NONE until first used */
    bool hole_said;
} kl_tariff;

typedef struct kl_override { /* a rule or table that overrides, resolved after all rows are known */
    const kl_symbol *symbol;
    const kl_name_list *names;
    uint32_t first, last; /* its entries that hold or not: [first, last) rules or rows */
} kl_override;

typedef struct kl_table_rows {
    const kl_symbol *symbol;
    uint32_t entry;       /* the table's */
    uint32_t first, last; /* entries of its rows */
    size_t tests;         /* test columns, and for each: */
    size_t *columns;      /* its place in the grid */
    uint32_t *subjects;   /* what its cells are compared with */
    uint32_t *cells;      /* rows × tests: each cell's truth */
} kl_table_rows;

typedef enum kl_note_id {
#define KL_NOTE(name, sv, en) KL_N_##name,
#include "lang/notes.def"
#undef KL_NOTE
    KL_N_COUNT
} kl_note_id;
#define KL_NO_ARG ((kl_str){NULL, 0})

typedef struct kl_front {
    kl_arena *arena;
    kl_diags *diags;
    const kl_sources *sources;
    ir_guideline *g;
    const kl_piece *head; /* the guideline piece; NULL in a vocabulary */
    uint32_t file;        /* whose text is being checked, for messages and for what it may see */
    kl_span at;           /* where in it, for nodes */
    uint64_t *sees;       /* file × file bits: the second is the first, or used by it */
    kl_map names;         /* space 0: what may stand in expressions and entries; 1: value sets → symbols */
    kl_map values;        /* space set: value name → code */
    kl_map ids;           /* entry id → entry */
    kl_map inputs;        /* input name → field */
    kl_map masks;         /* space set: mask words → index */
    kl_map texts;         /* text → index */
    KL_VEC(kl_symbol *) symbols;
    KL_VEC(kl_tariff) tariffs;
    KL_VEC(kl_symbol *) clause_queue; /* shared clauses that something reads, to be lowered last */
    KL_VEC(kl_override) overrides;
    KL_VEC(kl_table_rows) tables;
    uint32_t *node_table; /* hash-consing */
    size_t node_cap;
    bool full;             /* too many nodes, already reported */
    unsigned *marks, mark; /* who has visited a node */
    size_t mark_cap;
    bool broken; /* reading the files met errors: what seems to be missing may only have been skipped */
    bool undated;
    bool money_used;
    kl_span money_span;
    uint32_t money_file;
} kl_front;

/* ------------------------------------------------------------------ wording.c */
const kl_file *kl_front_file(const kl_front *f);
kl_diag *kl_front_report(kl_front *f, kl_span span, kl_diag_id id, size_t arg_count, ...); /* kl_str… */
kl_str kl_front_note(const kl_front *f, kl_note_id id, kl_str arg);
kl_str kl_front_note_of(const kl_front *f, kl_note_id id, kl_str first, kl_str second);
void kl_front_second(kl_front *f, kl_diag *d, uint32_t file, kl_span span, kl_note_id note, kl_str arg);
kl_str kl_front_kind_word(const kl_front *f, kl_symbol_kind kind);
kl_str kl_front_type_word(const kl_front *f, ir_type t);
kl_str kl_front_day_word(const kl_front *f, int32_t day); /* 2024-01-31 */

/* ------------------------------------------------------------------ names.c */
#define KL_KIND(k) (1u << (k))
#define KL_IN_EXPRESSIONS                                                                                              \
    (KL_KIND(KL_SYM_FIELD) | KL_KIND(KL_SYM_CLAUSE) | KL_KIND(KL_SYM_OUTCOME) | KL_KIND(KL_SYM_ASSUMPTION) |           \
     KL_KIND(KL_SYM_TARIFF))
/* Enters a name; a clash is reported and leaves the symbol `bad`. */
kl_symbol *kl_front_declare(kl_front *f, kl_symbol_kind kind, kl_name name, const kl_piece *piece);
/* The one symbol of these kinds that the current file sees, or NULL after a report: `unknown` (with a suggestion), ambiguous, of another
 * kind, in a file it does not use. `post.X` is the field X. */
kl_symbol *kl_front_find(kl_front *f, kl_name name, unsigned kinds, kl_diag_id unknown);
kl_symbol *kl_front_peek(kl_front *f, kl_name name, unsigned kinds); /* silently: NULL when there is none, or several */
kl_str kl_front_suggest(kl_front *f, kl_str name, unsigned kinds, uint32_t set);
bool kl_front_field_prefix(kl_str *name);
bool kl_front_sees(const kl_front *f, uint32_t other);

/* ------------------------------------------------------------------ types.c */
bool kl_type_same(ir_type a, ir_type b);
bool kl_type_number(ir_type t);  /* a plain number: integer, decimal */
bool kl_type_scaled(ir_type t);  /* or money */
bool kl_type_ordered(ir_type t); /* or a date, minutes, days */
ir_type kl_front_type(kl_front *f, const kl_type_ref *ref);
void kl_front_money(kl_front *f, kl_span span); /* money is used here: the guideline needs a currency */
kl_val kl_val_bad(kl_span span);
kl_val kl_val_cannot(kl_front *f, kl_span span, kl_diag_id id, kl_val a, kl_val b); /* reports the two types */
bool kl_val_constant(const kl_front *f, kl_val v);
kl_val kl_front_fit(kl_front *f, kl_val v, ir_type wanted);          /* to a declared type, exactly */
bool kl_front_meet(kl_front *f, kl_val *a, kl_val *b, kl_span span); /* to one type with as many decimals */

/* ------------------------------------------------------------------ nodes.c */
const ir_node *kl_node_at(const kl_front *f, uint32_t i);
uint32_t kl_n_bool(kl_front *f, int value);
uint32_t kl_n_not(kl_front *f, uint32_t a);
uint32_t kl_n_and(kl_front *f, uint32_t a, uint32_t b);
uint32_t kl_n_or(kl_front *f, uint32_t a, uint32_t b);
uint32_t kl_n_if(kl_front *f, uint32_t c, uint32_t x, uint32_t y);
uint32_t kl_n_fold(kl_front *f, ir_kind kind, const uint32_t *parts, size_t n); /* IR_AND or IR_OR of all, balanced */
uint32_t kl_n_range(kl_front *f, uint32_t a, int64_t lo, int64_t hi);
uint32_t kl_n_in(kl_front *f, uint32_t a, uint32_t set, const uint64_t *words);
uint32_t kl_n_compare(kl_front *f, uint32_t a, kl_compare op, uint32_t b);
uint32_t kl_n_known(kl_front *f, uint32_t field);
uint32_t kl_n_has(kl_front *f, uint32_t field, uint32_t code);
uint32_t kl_n_empty(kl_front *f, uint32_t field);
uint32_t kl_n_text(kl_front *f, uint32_t field, kl_str text);
uint32_t kl_n_same_text(kl_front *f, uint32_t field, uint32_t field2);
uint32_t kl_n_entry(kl_front *f, ir_kind kind, uint32_t entry); /* IR_CLAUSE, IR_BREACHED */
uint32_t kl_n_edition(kl_front *f, uint32_t entry, uint32_t in_force, uint32_t before, uint32_t after,
                      kl_beyond said_before, kl_beyond said_after);
uint32_t kl_n_field(kl_front *f, uint32_t field);
uint32_t kl_n_assume(kl_front *f, uint32_t assumption);
uint32_t kl_n_feed(kl_front *f, uint32_t outcome);
uint32_t kl_n_number(kl_front *f, int64_t value, ir_type type);
uint32_t kl_n_sum(kl_front *f, ir_kind kind, uint32_t a, uint32_t b, int64_t value, kl_round round, ir_type type);
uint32_t kl_n_select(kl_front *f, uint32_t c, uint32_t x, uint32_t y);
uint32_t kl_front_text(kl_front *f, kl_str text);               /* its index among the texts */
bool kl_front_visit(kl_front *f, uint32_t node, unsigned mark); /* true the first time under this mark */
unsigned kl_front_new_mark(kl_front *f);

/* ------------------------------------------------------------------ fold.c, sums.c, rounding.c, arms.c, conditions.c, results.c */
typedef enum kl_fold_state { KL_FOLD_OK, KL_FOLD_OVERFLOW, KL_FOLD_ZERO } kl_fold_state;
kl_fold_state kl_fold(ir_kind kind, int64_t a, int64_t b, int64_t value, kl_round round, int64_t *out);
/* A number node, folded when its parts are constants; IR_NONE after a report. */
uint32_t kl_front_arith(kl_front *f, ir_kind kind, uint32_t a, uint32_t b, int64_t value, kl_round round, ir_type type,
                        kl_span span);
/* want: the type wanted, for names of values and sets; KL_T_NONE when nothing says. */
kl_val kl_lower_sum(kl_front *f, const kl_expr *e, ir_type want);
kl_val kl_lower_round(kl_front *f, const kl_expr *e, ir_type want);
uint32_t kl_front_code(kl_front *f, const kl_expr *e,
                       uint32_t set); /* the value of the set that a name is; IR_NONE after a report */
kl_arm_list kl_front_arms(kl_front *f, uint32_t node);
uint32_t kl_front_join_arms(kl_front *f, const kl_arm_list *arms,
                            const uint32_t *truths); /* the truth of whichever arm holds */
uint32_t kl_lower_truth(kl_front *f, const kl_expr *e);
uint32_t kl_front_compare(kl_front *f, kl_val a, kl_compare op, kl_val b, kl_span span);
uint32_t kl_front_differs(kl_front *f, uint32_t same, kl_val a); /* `same`, a comparison of a, said with inte */
uint32_t kl_front_among(kl_front *f, kl_val a, const kl_expr_list *list, kl_span span);
kl_case_list kl_front_result(kl_front *f, const kl_expr *e, ir_type type);

/* ------------------------------------------------------------------ vocabulary.c, periods.c */
void kl_front_vocabulary(kl_front *f);
void kl_front_finish_outcomes(kl_front *f);
/* A constant of a type: number (code, 0/1, set mask) or text. False after a report. */
bool kl_front_constant(kl_front *f, const kl_expr *e, ir_type type, int64_t *number, kl_str *text);
void kl_front_guideline_period(kl_front *f);
kl_when kl_front_period(kl_front *f, const kl_piece *piece);
/* The truth of an entry in force under `w`, as an IR_EDITION where it may not be; writes the entry's period. */
uint32_t kl_front_edition(kl_front *f, uint32_t entry, uint32_t in_force, const kl_when *w);
uint32_t kl_front_absent(kl_front *f,
                         const kl_when *w); /* truth: another text applied, not at hand; IR_NONE when never */
uint32_t kl_front_row_dates(kl_front *f, const kl_cell *from, const kl_cell *through, ir_entry *entry);
void kl_front_declare_tariff(kl_front *f, kl_symbol *symbol);
uint32_t kl_front_tariff(kl_front *f, const kl_symbol *s);

/* ------------------------------------------------------------------ entries.c, rules.c, tables.c, feeding.c */
uint32_t kl_front_entry(kl_front *f, ir_entry_kind kind, kl_str id, uint32_t parent, kl_span span);
void kl_front_make_entries(kl_front *f, const kl_piece *p);
void kl_front_make_rows(kl_front *f, const kl_symbol *s, uint32_t table);
kl_symbol *kl_front_peek_piece(kl_front *f, const kl_piece *p);
void kl_front_reads(kl_front *f, uint32_t entry, uint32_t node); /* adds what the node reads to the entry */
uint32_t kl_front_clause(kl_front *f, kl_symbol *s);             /* its truth, as IR_CLAUSE */
uint32_t kl_front_clause_part(kl_front *f, kl_name name); /* CLAUSE.ITEM; IR_NONE when the name is no such thing */
void kl_front_lower_clause(kl_front *f, const kl_symbol *s);
void kl_front_lower_requirement(kl_front *f, const kl_symbol *s);
void kl_front_candidate(kl_front *f, uint32_t entry, uint32_t outcome, uint32_t guard, uint32_t absent,
                        ir_result result, ir_result *columns);
void kl_front_candidates(kl_front *f, uint32_t entry, uint32_t outcome, uint32_t absent, const kl_case_list *cases);
kl_entry_cases kl_front_entry_cases(kl_front *f, uint32_t entry, uint32_t outcome, uint32_t absent);
void kl_front_entry_candidates(kl_front *f, const kl_entry_cases *e, kl_span span);
uint32_t kl_front_column(const kl_front *f, uint32_t outcome, kl_str name);
/* The column of a many-of outcome that a name says: OUTCOME.COLUMN, or COLUMN where nothing else has the name. */
bool kl_front_part(kl_front *f, const kl_name *name, uint32_t *outcome, uint32_t *column);
kl_str kl_front_row_label(const kl_front *f,
                          uint32_t entry); /* the part of a row's id after its table's; empty for what is no row */
void kl_front_lower_rule(kl_front *f, const kl_symbol *s);
void kl_front_lower_table(kl_front *f, const kl_symbol *s);
void kl_front_resolve_overrides(kl_front *f);
void kl_front_feeding(kl_front *f);

/* ------------------------------------------------------------------ overlap.c, examples.c, unused.c */
void kl_front_overlaps(kl_front *f);
void kl_front_examples(kl_front *f);
void kl_front_unused(kl_front *f);

#endif
