/* tree.h - the tree a rule file becomes: pieces, lines, expressions; every node with its byte span.
 * May include: lang/base only. The grammar builds it, the formatter and the compiler read it, nothing changes it.
 * Start at kl_file (pieces in source order) and kl_expr (conditions, sums, values: one type). */
#ifndef KL_LANG_TREE_H
#define KL_LANG_TREE_H

#include "lang/base/base.h"

/* Byte offsets into the file's text, end exclusive. Line, column and width are computed when printed. */
typedef struct kl_span {
    uint32_t start, end;
} kl_span;

/* A name as written: dots kept (`post.form`, `registrering.3b`, `vgr.ordlista`), back quotes taken off. */
typedef struct kl_name {
    kl_str text; /* composed (NFC) */
    kl_span span;
    bool quoted; /* stood in back quotes */
} kl_name;

typedef struct kl_text { /* a string literal: label, title, citation */
    kl_str text;         /* quotes off, escapes resolved; p == NULL when absent */
    kl_span span;
} kl_text;

/* ------------------------------------------------------------------ expressions */
typedef enum kl_expr_kind {
    KL_E_ERROR,    /* stands where recovery skipped something; already reported */
    KL_E_NAME,     /* name */
    KL_E_BOOL,     /* number.value 0/1: ja nej */
    KL_E_NUMBER,   /* number: integer or decimal, as written */
    KL_E_MONEY,    /* number + unit word (kr, öre, SEK...) in `name` */
    KL_E_DURATION, /* number + unit: minutes or days, see `unit` */
    KL_E_DATE,     /* number.value: days since 1970-01-01 */
    KL_E_STRING,   /* text */
    KL_E_NOT,      /* a */
    KL_E_AND,      /* a, b */
    KL_E_OR,       /* a, b */
    KL_E_IMPLIES,  /* a, b: medför */
    KL_E_COMPARE,  /* a op b, see `compare` */
    KL_E_IN,       /* a bland list (items: names, literals, KL_E_RANGE) ; negated when `negate` (inte bland) */
    KL_E_BETWEEN,  /* a mellan b och c: both ends included (a NULL in a cell); negated when `negate` */
    KL_E_RANGE,    /* a..b, both ends included; in lists and cells */
    KL_E_HAS,      /* a har list: all of them (a NULL in a cell) */
    KL_E_LACKS,    /* a saknar list: none of them (a NULL in a cell) */
    KL_E_EMPTY, /* a är inga / a = inga: the set is empty; negated when `negate`; as a value (a == NULL): the empty set */
    KL_E_KNOWN,    /* a är känd: of the record as received; negated when `negate` (är inte känd) */
    KL_E_BREACHED, /* brutet name */
    KL_E_IF,       /* om a så b annars c */
    KL_E_ADD,
    KL_E_SUB,
    KL_E_MUL,
    KL_E_DIV, /* a, b */
    KL_E_NEG, /* a */
    KL_E_MIN,
    KL_E_MAX, /* list */
    KL_E_YEARS,
    KL_E_MONTHS,
    KL_E_DAYS,       /* whole years/months/days mellan a och b */
    KL_E_ROUND,      /* avrunda a …, in the way `round`: b NULL: to number.value decimals; else to multiples of b */
    KL_E_EXTERNAL,   /* enligt text */
    KL_E_NOT_STATED, /* ej angivet; also the cell - */
    KL_E_SET,        /* a set value `(x, y)`: list of names (at least two; one alone is KL_E_NAME) */
    KL_E_ENTRY,      /* an entry of a many-of outcome `(betalare x, kanal y)`: `entry`; only as the value of a kl_set */
    /* only in `väntat` and its table cells: */
    KL_E_UNDETERMINED,
    KL_E_NONE,
    KL_E_CONFLICT,
    KL_E_FAILED, /* obestämt inget motstridigt fel */
    /* only as a table cell (see kl_cell for what a test cell means): */
    KL_E_ANY,    /* * */
    KL_E_UNKNOWN /* okänt */
} kl_expr_kind;

typedef enum kl_compare { KL_EQ, KL_NE, KL_LT, KL_LE, KL_GT, KL_GE } kl_compare;

/* avrunda: named in the language; half_even and half_up (away from zero), down (towards zero), up (away from zero). */
typedef enum kl_round { KL_ROUND_NONE, KL_ROUND_HALF_UP, KL_ROUND_HALF_EVEN, KL_ROUND_DOWN, KL_ROUND_UP } kl_round;

typedef enum kl_unit { KL_UNIT_NONE, KL_UNIT_MINUTES, KL_UNIT_DAYS, KL_UNIT_ORE, KL_UNIT_CURRENCY } kl_unit;

typedef struct kl_number {
    int64_t value;    /* all digits as one integer: 0,30 is 30 with 2 decimals */
    uint8_t decimals; /* as written */
} kl_number;

typedef struct kl_expr kl_expr;
typedef KL_VEC(kl_expr *) kl_expr_list;

struct kl_expr {
    kl_expr_kind kind;
    kl_span span;    /* the whole expression, parentheses not included */
    kl_span op_span; /* the operator word, where there is one */
    kl_expr *a, *b, *c;
    kl_expr_list list;
    kl_name name;
    kl_text text;
    kl_number number;
    kl_compare compare;
    kl_unit unit;
    kl_round round;
    bool negate;
    uint16_t depth;         /* levels of tree below and with this node: at most KL_MAX_DEPTH (lang/limits.h) */
    struct kl_entry *entry; /* KL_E_ENTRY */
};

/* ------------------------------------------------------------------ lines that several pieces share */
typedef enum kl_beyond {
    KL_BEYOND_UNSAID,
    KL_BEYOND_UNKNOWN,
    KL_BEYOND_NOTHING
} kl_beyond; /* tidigare/senare okänt|inget */

typedef struct kl_date {
    bool said;
    bool assumed; /* från NAME: a date assumption stands in `name` */
    int32_t day;  /* days since 1970-01-01 */
    kl_name name;
    kl_span span;
} kl_date;

typedef struct
    kl_period { /* gäller från D [till och med D] [tidigare okänt|inget] [senare okänt|inget]; gäller utan datum */
    bool said;
    bool undated;
    kl_date from, through;
    kl_beyond before, after;
    kl_span span;
} kl_period;

typedef struct kl_source { /* källa "…" [öppen "…"] [därför att "…"] */
    kl_text cite, open, because;
} kl_source;

typedef struct kl_label { /* a)  3b)  1.2a)  •  : text without the bracket; NULL for a bullet or none */
    kl_str text;
    kl_span span;
    bool bullet;
} kl_label;

typedef struct kl_item { /* one lettered line of a clause */
    kl_label label;
    kl_text title;
    kl_expr *cond;
    kl_span span;
} kl_item;
typedef KL_VEC(kl_item) kl_item_list;

typedef enum kl_quantifier { KL_ONE, KL_ALL, KL_ANY_OF } kl_quantifier; /* one condition; alla; någon */

typedef struct kl_body { /* gäller när …; utom när … */
    kl_quantifier quantifier;
    kl_expr *cond;      /* KL_ONE */
    kl_item_list items; /* KL_ALL, KL_ANY_OF */
    kl_span span;
} kl_body;

typedef struct
    kl_set { /* one `OUTCOME VALUE` of ger, `FIELD VALUE` of givet, `OUTCOME VALUE` of väntat, `NAME VALUE` of antaget */
    kl_name name;
    kl_expr *value; /* NULL: the name alone (a yes) */
    bool unknown;   /* givet okänt FIELD: removes it */
    kl_span span;
} kl_set;
typedef KL_VEC(kl_set) kl_set_list;
typedef struct kl_entry { /* the fields of one entry of a many-of outcome, in the order written */
    kl_set_list sets;
} kl_entry;
typedef KL_VEC(kl_name) kl_name_list;

/* ------------------------------------------------------------------ types, as written */
typedef enum kl_type_kind {
    KL_T_NONE,    /* not said or in error */
    KL_T_BOOL,    /* ja/nej */
    KL_T_VALUES,  /* name of a value set */
    KL_T_SET,     /* mängd av NAME */
    KL_T_INTEGER, /* heltal */
    KL_T_DECIMAL, /* decimal(n) */
    KL_T_MONEY,   /* belopp */
    KL_T_DATE,    /* datum */
    KL_T_MINUTES, /* minuter */
    KL_T_DAYS,    /* dagar */
    KL_T_TEXT     /* text */
} kl_type_kind;

typedef struct kl_type_ref {
    kl_type_kind kind;
    uint8_t decimals; /* KL_T_DECIMAL */
    kl_name name;     /* KL_T_VALUES, KL_T_SET */
    kl_span span;
} kl_type_ref;

/* ------------------------------------------------------------------ pieces */
typedef enum kl_piece_kind {
    KL_P_GUIDELINE,
    KL_P_USE,
    KL_P_VALUES,
    KL_P_RECORD,
    KL_P_TARIFF,
    KL_P_ASSUMPTION,
    KL_P_OUTCOME,
    KL_P_CLAUSE,
    KL_P_REQUIREMENT,
    KL_P_ADVICE,
    KL_P_RULE,
    KL_P_TABLE,
    KL_P_NOTE,
    KL_P_EXAMPLE
} kl_piece_kind;

typedef struct kl_value { /* one line of värden */
    kl_name name;
    kl_text label;
    KL_VEC(kl_text) codes; /* the value's own name is always a code too */
    kl_span span;
} kl_value;

typedef struct kl_field { /* one line of post */
    kl_name name;
    kl_text title;
    kl_type_ref type;
    KL_VEC(kl_text) columns; /* the field's own name is always an input name too */
    bool required, key, attested;
    kl_expr *otherwise; /* NULL: a missing value is unknown */
    kl_span span;
} kl_field;

typedef struct kl_step { /* one line of taxa: före D: V, från D: V */
    kl_date from;        /* not said: före (only first) */
    kl_date before;      /* said on a före line */
    kl_expr *value;
    kl_span span;
} kl_step;

typedef struct kl_entry_field { /* one line of utfall … flera */
    kl_name name;
    kl_type_ref type;
    kl_span span;
} kl_entry_field;

typedef struct kl_example_body {
    kl_text title;
    kl_text base; /* utgår från */
    kl_set_list given, expected, assumed;
    kl_name_list fired, missing, findings;
    bool fired_said, missing_said, findings_said; /* the line stands, perhaps empty (inga) */
    kl_span span;
} kl_example_body;

typedef enum kl_cell_role {
    KL_COL_LABEL,
    KL_COL_TEST,
    KL_COL_RESULT,
    KL_COL_FROM,
    KL_COL_THROUGH,
    KL_COL_OTHER
} kl_cell_role;

typedef struct kl_cell { /* one cell of a table */
    kl_label label;      /* first column: a), a bare name or number, or a string */
    kl_text title;       /* a string after the label, in the first column */
    /* The cell's content as alternatives: `a, b` gives two; `inte a, b` sets negate (none of them). A test cell holds values, ranges,
     * comparisons with the left side missing (KL_E_COMPARE, a == NULL), ja/nej, KL_E_ANY, KL_E_UNKNOWN; a result cell one expression. */
    kl_expr_list list;
    bool negate;
    bool empty;
    kl_span span;
} kl_cell;

typedef struct kl_row {
    KL_VEC(kl_cell) cells; /* as many as the heading has, unless reported */
    kl_span span;
} kl_row;

typedef struct kl_grid {          /* a pipe table */
    KL_VEC(kl_name) heads;        /* from/through columns: see head_role; the first column's heading may be empty */
    KL_VEC(kl_expr *) head_exprs; /* a heading that is more than a name, for example `år mellan a och b`; else NULL */
    KL_VEC(kl_cell_role)
    head_role; /* LABEL, FROM, THROUGH known by the grammar; the rest OTHER, for the compiler to say */
    KL_VEC(kl_row) rows;
    kl_span span;
} kl_grid;

typedef enum kl_accepted { KL_ACCEPTED_GAP, KL_ACCEPTED_CONFLICT, KL_ACCEPTED_IDLE } kl_accepted;

typedef struct kl_accept { /* godtar … "varför": what `check` finds here is as it should be */
    kl_accepted kind;
    kl_name_list names; /* only of these; none: of all in the piece */
    kl_text because;
    kl_span span;
} kl_accept;

typedef struct kl_piece {
    kl_piece_kind kind;
    kl_span span;      /* from the piece word to the end of its last line */
    kl_span head_span; /* the piece word */
    kl_name name;      /* guideline, use, values, record, …; a note's letter or name */
    kl_text title;
    kl_source source; /* källa */
    kl_period period; /* gäller från … */
    KL_VEC(kl_accept) accepts;
    union {
        struct {
            kl_text issuer, document;
            kl_name currency, dated_by;
            kl_expr *scope;  /* omfattar när */
            kl_text edition; /* utgåva "…", optional: else the file's from date names the edition */
        } guideline;
        struct {
            KL_VEC(kl_value) values;
        } values;
        struct {
            KL_VEC(kl_field) fields;
        } record;
        struct {
            kl_type_ref type;
            KL_VEC(kl_step) steps;
        } tariff;
        struct {
            kl_type_ref type;
            kl_expr *otherwise; /* NULL when unknown */
            bool otherwise_unknown;
            kl_expr *low, *high; /* mellan … och … */
        } assumption;
        struct {
            kl_type_ref type;
            kl_expr *otherwise;
            kl_name audited; /* granskas mot */
            bool many;
            KL_VEC(kl_entry_field) columns;
        } outcome;
        struct {
            kl_body body;
            KL_VEC(kl_body) except;
        } clause;
        struct {
            kl_expr *applies, *requires;
        } requirement; /* also advice; applies NULL: always */
        struct {
            kl_name_list overrides;
            kl_expr *when;
            kl_set_list gives;
        } rule; /* when NULL: always */
        struct {
            kl_name_list overrides;
            kl_expr *when;
            bool first_row, row_by_row;
            kl_grid grid;
        } table;
        struct {
            kl_label label;
        } note; /* e) or name */
        struct {
            bool tabular;
            kl_example_body one;
            kl_grid grid;
            kl_text base;
        } example; /* tabular: grid, one example a row */
    } u;
} kl_piece;

typedef struct kl_comment { /* # to the end of the line */
    kl_span span;
} kl_comment;

typedef struct kl_token { /* every token in source order, for the formatter */
    int kind;             /* T_… of the grammar */
    kl_span span;
    uint16_t word;  /* the catalogue's entry for a keyword, else KL_NO_WORD */
    uint16_t flags; /* KL_TOKEN_… */
} kl_token;
#define KL_NO_WORD UINT16_MAX
/* first on its line; in back quotes; in a table row; a minus sign that belongs to what follows */
enum { KL_TOKEN_FIRST = 1, KL_TOKEN_QUOTED = 2, KL_TOKEN_IN_ROW = 4, KL_TOKEN_UNARY = 8 };

typedef enum kl_surface { KL_SV, KL_EN } kl_surface;

typedef struct kl_file {
    kl_str path;        /* as named by the caller, for messages */
    kl_str text;        /* the bytes, BOM included if there was one */
    kl_surface surface; /* from the first keyword */
    KL_VEC(kl_piece *) pieces;
    KL_VEC(kl_comment) comments;
    KL_VEC(kl_token) tokens;
} kl_file;

#endif
