/* sql.h - what the files of the SQL emitter share: the dialect, the names of columns, and the stages in the making.
 * May include: compiler/emit/view, runtime/klausul (descriptions).
 * Start at kl_sql; sql.c has the order of work. */
#ifndef KL_COMPILER_SQL_H
#define KL_COMPILER_SQL_H

#include "compiler/emit/view.h"
#include "runtime/klausul.h"

/* What the dialects say differently. In templates $1 … $3 stand for the parts. */
typedef struct kl_dialect {
    const char *name;
    bool truths;                       /* a truth is a value of its own, TRUE, FALSE or NULL; else 1, 0 or NULL */
    const char *once;                  /* after AS: computed once, however often it is read */
    bool script;                       /* tables filled one after another, instead of one query of many parts */
    const char *create, *fence;        /* before WITH; after a stage, so that it is not folded into the next */
    const char *join;                  /* text after text */
    const char *whole, *wide;          /* types: 64 bits; wide enough for a product of two such */
    const char *wide_most;             /* whether a computed $1 fits into 64 bits */
    const char *quotient, *rest;       /* of $1 by $2, towards zero */
    const char *date, *days, *of_days; /* a constant date '$1'; a date as days since 1970-01-01; and back */
    const char *year, *month, *day;    /* of a date */
    const char *find;                  /* whether the text $1 holds $2 */
    const char *amount;                /* a whole number $1 with $2 decimals, $3 = 10^-$2 */
    const char *greatest;
    const char *from_nothing; /* a SELECT without a table */
} kl_dialect;

const kl_dialect *kl_dialect_of(kl_str name); /* NULL: none of that name */

typedef struct kl_sql_column { /* a column that some stage adds */
    kl_str name, text, comment;
    uint32_t level;
} kl_sql_column;

typedef struct kl_sql_part { /* a table in the making: name(columns), and the query that fills it */
    kl_str head, comment;
    bool once; /* read more than once: worth keeping */
    kl_buf text;
} kl_sql_part;

typedef struct kl_sql_number { /* a number register: value and tag, as texts */
    kl_str value, tag;
} kl_sql_number;

typedef struct kl_sql {
    kl_arena *arena;
    const kl_program *program;
    const kl_dialect *d;
    kl_view view;
    kl_guideline_info info;
    KL_VEC(kl_sql_part *) parts; /* the last is the final query */
    kl_buf *out;                 /* the text of the part under way */
    KL_VEC(kl_str) taken;        /* column names, as they are compared: in small letters */
    kl_str *field, *known;       /* per field: column; whether it was received */
    kl_str *entry;               /* per entry: column of its truth */
    kl_str *outcome;             /* per outcome: column */
    /* per truth register: */
    kl_str *truth;  /* its column or expression */
    uint8_t *binds; /* how loosely the expression binds: 0 a name … 3 or */
    uint32_t *level, *depth, *uses;
    kl_sql_number *number; /* per number register */
    uint32_t *number_level;
    kl_str *decided; /* per slot: the column of its result, once decided */
    uint32_t *slot_level;
    KL_VEC(kl_sql_column) columns; /* not yet in a stage */
    uint32_t stage, stages;        /* the last stage written; names */
    kl_str trouble;                /* what cannot be said in this dialect */
} kl_sql;

/* sql_text.c */
kl_str kl_sql_fill(kl_arena *a, const char *pattern, kl_str one, kl_str two, kl_str three);
kl_str kl_sql_name(kl_sql *q, kl_str name);     /* a quoted name that no other column has */
kl_str kl_sql_quoted(kl_arena *a, kl_str text); /* 'text' */
kl_str kl_sql_ident(kl_arena *a, kl_str name);  /* "name" */
kl_str kl_sql_date(kl_sql *q, int64_t days);
kl_str kl_sql_scaled(kl_sql *q, int64_t v, uint32_t scale); /* 150.00 */
kl_str kl_sql_code(kl_sql *q, uint32_t set, uint32_t code); /* 'name' */
kl_str kl_sql_string(kl_string s);
uint32_t kl_sql_word(const kl_sql *q, kl_section s, uint32_t row, uint32_t w);

/* sql.c: what is written from now on is the query of that table */
void kl_sql_begin(kl_sql *q, bool once, const char *comment, const char *head, ...)
    __attribute__((format(printf, 4, 5)));

/* sql_fields.c: the stage of the records */
void kl_sql_fields(kl_sql *q);
/* sql_code.c: truths and numbers */
void kl_sql_line(kl_sql *q);
kl_sql_number kl_sql_field_number(kl_sql *q, uint32_t field);
kl_str kl_sql_truth(const kl_sql *q, uint32_t r); /* as a predicate, in parentheses where it needs them */
void kl_sql_add(kl_sql *q, kl_str name, kl_str text, kl_str comment, uint32_t level);
void kl_sql_stages(kl_sql *q); /* writes the columns so far */
/* sql_decide.c: slots; sql_wait.c: what undetermined ones wait for */
void kl_sql_decide(kl_sql *q, const uint32_t *slots, uint32_t n);
kl_sql_number kl_sql_feed(kl_sql *q, uint32_t slot);
void kl_sql_terminals(const kl_sql *q, uint32_t slot, bool *wanted);
/* A text that two results, or a result and a field, share exactly when they are equal: state and value; NULL: undetermined. */
kl_str kl_sql_told(kl_sql *q, uint32_t result);
kl_str kl_sql_told_field(kl_sql *q, uint32_t field);
uint32_t kl_sql_depth(const kl_sql *q, uint32_t slot);
void kl_sql_tables(kl_sql *q);
void kl_sql_wait(kl_sql *q);
bool kl_sql_may_be_open(const kl_sql *q, uint32_t entry);
/* sql_out.c: the columns of the view */
void kl_sql_select(kl_sql *q);

#endif
