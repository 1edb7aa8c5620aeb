/* sql.h - what the files of the SQL emitter share: the dialect, the names of columns, and the stages in the making.
 * May include: compiler/compiler, compiler/emit/view, runtime/klausul (descriptions).
 * Start at kl_sql; sql.c has the order of work. */
#ifndef KL_COMPILER_SQL_H
#define KL_COMPILER_SQL_H

#include "compiler/compiler.h"
#include "compiler/emit/view.h"
#include "runtime/klausul.h"

/* What the dialects say differently. In templates $1 … $3 stand for the parts; the rest is the same for all. */
typedef struct kl_dialect {
    const char *name, *server; /* as it is asked for; the database and its oldest version */
    bool truths;               /* a truth is a value of its own, TRUE, FALSE or NULL; else 1, 0 or NULL */
    bool empty_is_null;        /* an empty text is NULL */
    const char *once;          /* after AS: computed once, however often it is read */
    const char *create,
        *fence; /* one query of many parts: before WITH; after a stage, so that it is not folded into the next */
    /* or a script that fills one table after another: before and after it; table $1 with columns $2 from query $3; the last */
    const char *begin, *end, *part, *named, *last;
    const char *more, *drop;  /* more rows of constants for table $1; in $2 of `begin`, for each table */
    const char *join;         /* text after text */
    const char *whole, *wide; /* types: 64 bits; wide enough for a product of two such */
    const char *boolean, *numeric, *text, *digits; /* types of a column that holds only NULL; of a number as text */
    const char *wide_most;                         /* whether a computed $1 fits into 64 bits */
    const char *dividend, *divisor;                /* $1 as a division takes it */
    const char *quotient, *rest;                   /* of $1 by $2, towards zero */
    const char *same_sign;                         /* whether $1 and $2 have it */
    const char *date, *days, *of_days;             /* a constant date '$1'; a date as days since 1970-01-01; and back */
    const char *year, *month, *day;                /* of a date $1, which is day $2 */
    int32_t first_day;                             /* dates before it are refused */
    const char *find;                              /* whether the text $1 holds $2 */
    const char *amount;                            /* a whole number $1 with $2 decimals, $3 = 10^-$2 */
    const char *greatest;
    const char *numbering;                                     /* of the records, 1, 2 … */
    const char *read_text, *read_set, *read_date, *read_plain; /* a column as it is read; the last: yes/no, numbers */
    const char *read_number,
        *misfit; /* a number times $2, where it is small enough; whether it has more than $3 decimals or is not */
    const char *no_date,
        *no_number; /* where columns hold what they like: after and before that, whether $1 is none; else NULL */
    const char *set, *blank,
        *shown_set;   /* a set from its words; whether a text is not blank; a set as it is given out */
    const char *none; /* the set of nothing */
    const char *held,
        *of_words;     /* whether the set $1 holds the code $2, a text with blanks around; a set from a constant $1 */
    const char *exact; /* a text that is compared letter by letter */
    const char *stop;  /* after a result's text, where blanks at the end of a text do not count */
    const char *empty, *list;           /* what a list of words grows from; the list without its first blank */
    const char *long_empty, *long_list; /* likewise where it may grow beyond `text_most` */
    const char *untold;                 /* a text that is never seen */
    const char *after_two, *first;      /* a text without its first two letters; its first */
    const char *row, *rows, *between;   /* a table of constants: a row $1, before the first, between two */
    const char *from_nothing;           /* a SELECT without a table */
    uint32_t rows_most, rows_in_line;   /* constants in one statement, 0: any number; in a line */
    uint32_t columns_most, name_most, text_most,
        list_most; /* of a table; of a name, of a constant: bytes; of IN (…); 0: any */
    /* what sql_spell.c does to the text: */
    char open, close;            /* around names; 0: as they are, "…" */
    const char *national;        /* before a text that is not ASCII */
    const char *temporary;       /* before the name of a part's table */
    const char *last_table;      /* before the guideline's, where it names the last table; NULL: its own name */
    const char *const *reserved; /* names that must be quoted */
    bool shallow;                /* nests a few dozen functions at the most */
    bool console;                /* read line by line by a console, which sees line ends in comments */
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
    uint32_t making; /* the number register under way */
    kl_str *decided; /* per slot: the column of its result, once decided */
    uint32_t *slot_level;
    KL_VEC(kl_sql_column) columns; /* not yet in a stage */
    uint32_t stage, stages;        /* the last stage written; names */
    uint32_t width;                /* columns of the last stage */
    kl_sql_trouble trouble;        /* what cannot be said in this dialect: the first of it */
} kl_sql;

#define KL_SQL_MORE '\f' /* in a table of constants: what follows goes into a statement of its own */

/* sql_text.c */
void kl_sql_refuse(kl_sql *q, kl_sql_reason reason, kl_str what, uint32_t most);
kl_str kl_sql_fill(kl_arena *a, const char *pattern, kl_str one, kl_str two, kl_str three);
kl_str kl_sql_name(kl_sql *q, kl_str name);    /* a quoted name that no other column has */
kl_str kl_sql_quoted(kl_sql *q, kl_str text);  /* 'text' */
kl_str kl_sql_ident(kl_arena *a, kl_str name); /* "name" */
kl_str kl_sql_iso(kl_arena *a, int64_t days);  /* 2023-06-01 */
kl_str kl_sql_date(kl_sql *q, int64_t days);
kl_str kl_sql_date_shown(kl_sql *q, int64_t days);          /* as a value, not to be compared with */
kl_str kl_sql_scaled(kl_sql *q, int64_t v, uint32_t scale); /* 150.00 */
kl_str kl_sql_code(kl_sql *q, uint32_t set, uint32_t code); /* 'name' */
kl_str kl_sql_string(kl_string s);
uint32_t kl_sql_word(const kl_sql *q, kl_section s, uint32_t row, uint32_t w);
kl_str kl_sql_held(kl_sql *q, kl_str field, kl_str word); /* whether the set field has that code */
kl_str kl_sql_exact(kl_sql *q, kl_str text);              /* compared letter by letter */
/* A truth: of a column as a predicate; of a predicate as a value; a constant, 0, 1 or 2 (NULL), as either. */
kl_str kl_sql_holds(const kl_sql *q, kl_str column);
kl_str kl_sql_as_value(const kl_sql *q, kl_str predicate);
kl_str kl_sql_constant_holds(const kl_sql *q, uint32_t truth);
kl_str kl_sql_constant(const kl_sql *q, uint32_t truth);
kl_str kl_sql_same_text(kl_sql *q, kl_str column, kl_str text); /* whether the column is that constant */

/* sql_spell.c: the names, texts and tables of the text as the dialect writes them */
void kl_sql_spell(kl_sql *q, kl_str text, kl_buf *out);

kl_str kl_sql_bare(kl_str head); /* sql.c: the name of a part without its columns */
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
