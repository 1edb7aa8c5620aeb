/* parse.y - the grammar: tokens to tree. Each action is one call to a builder in build.h; nothing is checked here.
 * May include: lang/build.h (and through it the reader and the tree).
 * Start at `file`; expressions are at the end: condition over sum, so that lists need no parentheses. */
%require "3.8"
%define api.pure full
%define api.prefix {kl_yy}
%define api.token.prefix {T_}
%define api.token.raw
%define api.value.type union
%define api.location.type {kl_span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {kl_reader *r}

%code requires {
#include "lang/reader.h"
}
%code {
#include "lang/build.h"
#include "lang/limits.h"

#define YYLLOC_DEFAULT(current, rhs, n)                                                                                \
    ((current) = (n) ? (kl_span){YYRHSLOC(rhs, 1).start, YYRHSLOC(rhs, n).end}                                         \
                     : (kl_span){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})
/* The stacks never grow: an escape from an action leaves nothing on the heap. */
#define YYINITDEPTH KL_MAX_STACK
#define YYMAXDEPTH KL_MAX_STACK

static int kl_yylex(KL_YYSTYPE *value, KL_YYLTYPE *span, kl_reader *r);
static void kl_yyerror(const KL_YYLTYPE *span, kl_reader *r, const char *message);
}
%initial-action { @$ = (kl_span){0, 0}; }

/* pieces */
%token GUIDELINE USE VALUES RECORD TARIFF ASSUMPTION OUTCOME CLAUSE REQUIREMENT ADVICE RULE TABLE NOTE EXAMPLE
/* lines */
%token ISSUER DOCUMENT EDITION CURRENCY DATED_BY SOURCE OVERRIDES FIRST_ROW ROW_BY_ROW BEFORE GIVEN EXPECTED FIRED MISSING
%token ACCEPTS_GAP ACCEPTS_CONFLICT ACCEPTS_IDLE
%token FINDINGS ASSUMING BASED_ON IN_FORCE_FROM IN_FORCE_THROUGH IN_FORCE_UNDATED THROUGH BEFORE_UNKNOWN BEFORE_NOTHING
%token AFTER_UNKNOWN AFTER_NOTHING APPLIES_WHEN HOLDS_WHEN EXCEPT_WHEN WHEN GIVES FOR REQUIRES FROM
/* attributes */
%token ALL ANY OPEN BECAUSE CODE COLUMN REQUIRED KEY ATTESTED AUDITED OTHERWISE MANY
/* types */
%token TYPE_INTEGER TYPE_DECIMAL TYPE_MONEY TYPE_DATE TYPE_MINUTES TYPE_DAYS TYPE_TEXT TYPE_SET
/* expressions */
%token YES NO AND OR NOT IMPLIES IN BETWEEN HAS LACKS EMPTY IS_KNOWN IS_NOT_KNOWN IS_EMPTY BREACHED UNKNOWN IF THEN ELSE
%token NOT_STATED MIN MAX YEARS MONTHS DAYS ROUND TO TO_WHOLE TO_MULTIPLES DECIMALS NEAREST NEAREST_EVEN UPWARDS DOWNWARDS
%token EXTERNAL UNDETERMINED NONE CONFLICT FAILED
/* keywords that no rule takes: here so that messages can say what to write instead */
%token IN_FORCE IS
/* punctuation; the bars of a table's first row are HEAD_BAR */
%token COMMA COLON OPEN_PAREN CLOSE_PAREN PLUS MINUS STAR SLASH EQ NE LT LE GT GE RANGE
%token BAR HEAD_BAR ROW_END TABLE_RULE BULLET
%token <kl_name> NAME LINE_NAME
%token <kl_text> STRING TITLE
%token <kl_number> NUMBER
%token <int32_t> DATE
%token <kl_label> LABEL
%token <kl_name> UNIT

%type <kl_date> date
%type <kl_type_ref> type
%type <kl_expr *> condition implication disjunction conjunction negation relation sum term unary primary value element alternative
%type <kl_expr_list *> elements sums alternatives
%type <kl_compare> comparison
%type <kl_round> way
%type <kl_entry *> entry_sets
%type <kl_label> label

%%

file: %empty | error | file piece;

piece: guideline | use | values | record | tariff | assumption | outcome | clause | requirement | rule | table | note
     | example;

/* Stands after each word that begins a piece, a line or a cell: from there on errors are news again. */
ok: %empty { yyerrok; };

/* ------------------------------------------------------------------ what pieces share */

defined: NAME { kl_put_name(r, $1); } | error;
title: %empty | STRING { kl_put_title(r, $1); };
typed: COLON type { kl_put_type(r, $2); } | error;

source_line:
    SOURCE ok STRING { kl_put_source(r, T_SOURCE, @1, $3); }
  | OPEN STRING      { kl_put_source(r, T_OPEN, @1, $2); }
  | BECAUSE STRING   { kl_put_source(r, T_BECAUSE, @1, $2); };

accept_line: accepts accepted STRING { kl_end_accept(r, $3); };
accepts:
    ACCEPTS_GAP ok      { kl_begin_accept(r, KL_ACCEPTED_GAP, @1); }
  | ACCEPTS_CONFLICT ok { kl_begin_accept(r, KL_ACCEPTED_CONFLICT, @1); }
  | ACCEPTS_IDLE ok     { kl_begin_accept(r, KL_ACCEPTED_IDLE, @1); };
accepted: %empty | names;

period_line:
    IN_FORCE_FROM ok date    { kl_put_from(r, @1, $3); }
  | IN_FORCE_THROUGH ok date { kl_put_through(r, @1, $3); }
  | THROUGH date             { kl_put_through(r, @1, $2); }
  | IN_FORCE_UNDATED ok      { kl_put_undated(r, @1); }
  | BEFORE_UNKNOWN           { kl_put_before(r, @1, KL_BEYOND_UNKNOWN); }
  | BEFORE_NOTHING           { kl_put_before(r, @1, KL_BEYOND_NOTHING); }
  | AFTER_UNKNOWN            { kl_put_after(r, @1, KL_BEYOND_UNKNOWN); }
  | AFTER_NOTHING            { kl_put_after(r, @1, KL_BEYOND_NOTHING); };

date: DATE { $$ = kl_date_said($1, @1); } | NAME { $$ = kl_date_named($1); };

type:
    YES SLASH NO                                 { $$ = kl_type(KL_T_BOOL, @$); }
  | TYPE_INTEGER                                 { $$ = kl_type(KL_T_INTEGER, @$); }
  | TYPE_DECIMAL OPEN_PAREN NUMBER CLOSE_PAREN   { $$ = kl_type_decimal(r, $3, @3, @$); }
  | TYPE_MONEY                                   { $$ = kl_type(KL_T_MONEY, @$); }
  | TYPE_DATE                                    { $$ = kl_type(KL_T_DATE, @$); }
  | TYPE_MINUTES                                 { $$ = kl_type(KL_T_MINUTES, @$); }
  | TYPE_DAYS                                    { $$ = kl_type(KL_T_DAYS, @$); }
  | TYPE_TEXT                                    { $$ = kl_type(KL_T_TEXT, @$); }
  | TYPE_SET NAME                                { $$ = kl_type_named(KL_T_SET, $2, @$); }
  | NAME                                         { $$ = kl_type_named(KL_T_VALUES, $1, @$); };

/* ------------------------------------------------------------------ pieces */

guideline: GUIDELINE ok { kl_begin(r, KL_P_GUIDELINE, @1); } defined title guideline_lines;
guideline_lines: %empty | guideline_lines guideline_line | guideline_lines error;
guideline_line:
    ISSUER ok STRING          { kl_put_issuer(r, @1, $3); }
  | DOCUMENT ok STRING        { kl_put_document(r, @1, $3); }
  | EDITION ok STRING         { kl_put_edition(r, @1, $3); }
  | CURRENCY ok NAME          { kl_put_currency(r, @1, $3); }
  | DATED_BY ok NAME          { kl_put_dated_by(r, @1, $3); }
  | APPLIES_WHEN ok condition { kl_put_scope(r, @1, $3); }
  | accept_line
  | source_line
  | period_line;

use: USE ok { kl_begin(r, KL_P_USE, @1); } defined use_lines;
use_lines: %empty | use_lines error;

values: VALUES ok { kl_begin(r, KL_P_VALUES, @1); } defined title value_lines;
value_lines: %empty | value_lines value_line | value_lines source_line | value_lines error;
value_line: LINE_NAME ok { kl_add_value(r, $1); } value_label codes;
value_label: %empty | STRING { kl_put_value_label(r, $1); };
codes: %empty | codes CODE code_list;
code_list: STRING { kl_add_code(r, $1); } | code_list COMMA STRING { kl_add_code(r, $3); };

record: RECORD ok { kl_begin(r, KL_P_RECORD, @1); } defined title record_lines;
record_lines: %empty | record_lines field_line | record_lines source_line | record_lines error;
field_line: LINE_NAME ok { kl_add_field(r, $1); } field_title COLON type { kl_put_field_type(r, $6); } attributes;
field_title: %empty | STRING { kl_put_field_title(r, $1); };
attributes: %empty | attributes attribute;
attribute:
    COLUMN column_list
  | REQUIRED        { kl_put_required(r, @1); }
  | KEY             { kl_put_key(r, @1); }
  | ATTESTED        { kl_put_attested(r, @1); }
  | OTHERWISE value { kl_put_field_otherwise(r, @1, $2); };
column_list: STRING { kl_add_column(r, $1); } | column_list COMMA STRING { kl_add_column(r, $3); };

tariff: TARIFF ok { kl_begin(r, KL_P_TARIFF, @1); } defined title tariff_type tariff_lines;
tariff_type: %empty | COLON type { kl_put_type(r, $2); };
tariff_lines: %empty | tariff_lines tariff_line | tariff_lines source_line | tariff_lines error;
tariff_line:
    BEFORE ok date COLON value { kl_add_step(r, false, $3, $5, @$); }
  | FROM ok date COLON value   { kl_add_step(r, true, $3, $5, @$); };

assumption: ASSUMPTION ok { kl_begin(r, KL_P_ASSUMPTION, @1); } defined title typed assumption_lines;
assumption_lines: %empty | assumption_lines assumption_line | assumption_lines error;
assumption_line:
    OTHERWISE value     { kl_put_otherwise(r, @1, $2); }
  | OTHERWISE UNKNOWN   { kl_put_otherwise(r, @1, NULL); }
  | BETWEEN sum AND sum { kl_put_bounds(r, @1, $2, $4); }
  | accept_line
  | source_line;

outcome: OUTCOME ok { kl_begin(r, KL_P_OUTCOME, @1); } defined title outcome_type outcome_lines;
outcome_type: typed | COLON MANY { kl_put_many(r); };
outcome_lines: %empty | outcome_lines outcome_line | outcome_lines error;
outcome_line:
    OTHERWISE value         { kl_put_otherwise(r, @1, $2); }
  | AUDITED NAME            { kl_put_audited(r, @1, $2); }
  | LINE_NAME ok COLON type { kl_add_entry_field(r, $1, $4, @$); }
  | accept_line
  | source_line;

clause: CLAUSE ok { kl_begin(r, KL_P_CLAUSE, @1); } defined title clause_lines;
clause_lines: %empty | clause_lines clause_line | clause_lines error;
clause_line:
    HOLDS_WHEN ok { kl_begin_body(r, @1); } body
  | EXCEPT_WHEN ok { kl_begin_except(r, @1); } body
  | item
  | accept_line
  | source_line
  | period_line;
body: condition { kl_put_condition(r, $1, @$); }
    | ALL { kl_put_quantifier(r, KL_ALL, @1); }
    | ANY { kl_put_quantifier(r, KL_ANY_OF, @1); };
item: label ok { kl_begin_item(r, $1); } item_title condition { kl_end_item(r, $5, @$); };
item_title: %empty | TITLE { kl_put_item_title(r, $1); };
label: LABEL | BULLET { $$ = kl_bullet(@1); };

requirement: requirement_word defined title requirement_lines;
requirement_word: REQUIREMENT ok { kl_begin(r, KL_P_REQUIREMENT, @1); } | ADVICE ok { kl_begin(r, KL_P_ADVICE, @1); };
requirement_lines: %empty | requirement_lines requirement_line | requirement_lines error;
requirement_line:
    FOR ok condition      { kl_put_applies(r, @1, $3); }
  | REQUIRES ok condition { kl_put_requires(r, @1, $3); }
  | accept_line
  | source_line
  | period_line;

rule: RULE ok { kl_begin(r, KL_P_RULE, @1); } defined title rule_lines;
rule_lines: %empty | rule_lines rule_line | rule_lines error;
rule_line:
    overrides_line
  | WHEN ok condition                    { kl_put_when(r, @1, $3); }
  | GIVES ok { kl_begin_gives(r); } sets
  | accept_line
  | source_line
  | period_line;
overrides_line: OVERRIDES ok { kl_begin_overrides(r); } names;

table: TABLE ok { kl_begin(r, KL_P_TABLE, @1); } defined title table_lines;
table_lines: %empty | table_lines table_line | table_lines error;
table_line:
    overrides_line
  | WHEN ok condition { kl_put_when(r, @1, $3); }
  | FIRST_ROW ok      { kl_put_first_row(r, @1); }
  | ROW_BY_ROW ok     { kl_put_row_by_row(r, @1); }
  | grid_line
  | accept_line
  | source_line
  | period_line;

note: NOTE ok { kl_begin(r, KL_P_NOTE, @1); } note_name note_lines;
note_name: defined title | label { kl_put_note_label(r, $1); } note_title;
note_title: %empty | TITLE { kl_put_title(r, $1); };
note_lines: %empty | note_lines source_line | note_lines period_line | note_lines error;

example: EXAMPLE ok { kl_begin(r, KL_P_EXAMPLE, @1); } title example_lines;
example_lines: %empty | example_lines example_line | example_lines error;
example_line:
    GIVEN ok { kl_begin_given(r); } sets
  | EXPECTED ok { kl_begin_expected(r); } sets
  | ASSUMING ok { kl_begin_assumed(r); } sets
  | FIRED ok { kl_begin_fired(r); } names_or_none
  | MISSING ok { kl_begin_missing(r); } names_or_none
  | FINDINGS ok { kl_begin_findings(r); } names_or_none
  | BASED_ON ok STRING { kl_put_base(r, @1, $3); }
  | grid_line
  | source_line;
names_or_none: names | EMPTY | NONE;

names: NAME { kl_add_name(r, $1); } | names COMMA NAME { kl_add_name(r, $3); };

sets: set | sets COMMA set;
set:
    NAME         { kl_add_set(r, $1, NULL, @$); }
  | NAME value   { kl_add_set(r, $1, $2, @$); }
  | NAME OPEN_PAREN entry_sets CLOSE_PAREN { kl_add_set(r, $1, kl_entry_value(r, $3, @$), @$); }
  | NAME UNKNOWN { kl_add_unknown(r, $1, @$); }
  | UNKNOWN NAME { kl_add_unknown(r, $2, @$); };
entry_sets:
    NAME primary                  { $$ = kl_entry_add(r, NULL, $1, $2); }
  | entry_sets COMMA NAME primary { $$ = kl_entry_add(r, $1, $3, $4); };

/* ------------------------------------------------------------------ tables */

grid_line: heading | TABLE_RULE { kl_put_table_rule(r, @1); } | row;

heading: HEAD_BAR ok { kl_begin_heading(r, @1); } head_cells ROW_END;
head_cells: head_cell | head_cells head_cell;
head_cell:
    HEAD_BAR ok           { kl_add_head(r, KL_COL_OTHER, NULL, @1); }
  | condition HEAD_BAR ok { kl_add_head(r, KL_COL_OTHER, $1, @1); }
  | FROM HEAD_BAR ok      { kl_add_head(r, KL_COL_FROM, NULL, @1); }
  | THROUGH HEAD_BAR ok   { kl_add_head(r, KL_COL_THROUGH, NULL, @1); }
  | error HEAD_BAR ok     { kl_add_head(r, KL_COL_OTHER, kl_error(r, @1), @1); };

row: BAR ok { kl_begin_row(r, @1); } cells ROW_END { kl_end_row(r, @$); };
cells: cell | cells cell;
cell:
    BAR ok                       { kl_add_empty_cell(r, @1); }
  | label BAR ok                 { kl_add_label_cell(r, $1, (kl_text){{NULL, 0}, @1}, @1); }
  | label TITLE BAR ok           { kl_add_label_cell(r, $1, $2, kl_join(@1, @2)); }
  | alternatives BAR ok          { kl_add_cell(r, $1, false, @1); }
  | NOT alternatives BAR ok      { kl_add_cell(r, $2, true, kl_join(@1, @2)); }
  | HAS elements BAR ok          { kl_add_cell(r, kl_one(r, kl_listed(r, KL_E_HAS, NULL, $2, @1, kl_join(@1, @2))), false, kl_join(@1, @2)); }
  | LACKS elements BAR ok        { kl_add_cell(r, kl_one(r, kl_listed(r, KL_E_LACKS, NULL, $2, @1, kl_join(@1, @2))), false, kl_join(@1, @2)); }
  | error BAR ok                 { kl_add_cell(r, kl_one(r, kl_error(r, @1)), false, @1); };
alternatives: alternative { $$ = kl_one(r, $1); } | alternatives COMMA alternative { $$ = kl_more(r, $1, $3); };
alternative:
    value
  | sum RANGE sum       { $$ = kl_binary(r, KL_E_RANGE, $1, $3, @2, @$); }
  | comparison sum      { $$ = kl_comparison(r, $1, NULL, $2, @1, @$); }
  | BETWEEN sum AND sum { $$ = kl_between(r, NULL, $2, $4, false, @1, @$); }
  | STAR                { $$ = kl_leaf(r, KL_E_ANY, @$); }
  | UNKNOWN             { $$ = kl_leaf(r, KL_E_UNKNOWN, @$); }
  | MINUS               { $$ = kl_leaf(r, KL_E_NOT_STATED, @$); }
  | RANGE               { $$ = kl_leaf(r, KL_E_NOT_STATED, @$); };

/* ------------------------------------------------------------------ expressions */

condition: implication | IF condition THEN condition ELSE condition { $$ = kl_if(r, $2, $4, $6, @1, @$); };
implication: disjunction | disjunction IMPLIES disjunction { $$ = kl_binary(r, KL_E_IMPLIES, $1, $3, @2, @$); };
disjunction: conjunction | disjunction OR conjunction { $$ = kl_binary(r, KL_E_OR, $1, $3, @2, @$); };
conjunction: negation | conjunction AND negation { $$ = kl_binary(r, KL_E_AND, $1, $3, @2, @$); };
negation: relation | NOT negation { $$ = kl_unary(r, KL_E_NOT, $2, @1, @$); };
relation:
    sum
  | sum comparison sum          { $$ = kl_comparison(r, $2, $1, $3, @2, @$); }
  | sum IN elements             { $$ = kl_listed(r, KL_E_IN, $1, $3, @2, @$); }
  | sum NOT IN elements         { $$ = kl_negated(kl_listed(r, KL_E_IN, $1, $4, kl_join(@2, @3), @$)); }
  | sum BETWEEN sum AND sum     { $$ = kl_between(r, $1, $3, $5, false, @2, @$); }
  | sum NOT BETWEEN sum AND sum { $$ = kl_between(r, $1, $4, $6, true, kl_join(@2, @3), @$); }
  | sum HAS elements            { $$ = kl_listed(r, KL_E_HAS, $1, $3, @2, @$); }
  | sum LACKS elements          { $$ = kl_listed(r, KL_E_LACKS, $1, $3, @2, @$); }
  | sum IS_KNOWN                { $$ = kl_unary(r, KL_E_KNOWN, $1, @2, @$); }
  | sum IS_NOT_KNOWN            { $$ = kl_negated(kl_unary(r, KL_E_KNOWN, $1, @2, @$)); }
  | sum IS_EMPTY                { $$ = kl_unary(r, KL_E_EMPTY, $1, @2, @$); }
  | BREACHED NAME               { $$ = kl_breached(r, $2, @1, @$); };
comparison: EQ { $$ = KL_EQ; } | NE { $$ = KL_NE; } | LT { $$ = KL_LT; } | LE { $$ = KL_LE; } | GT { $$ = KL_GT; } | GE { $$ = KL_GE; };
elements: element { $$ = kl_one(r, $1); } | elements COMMA element { $$ = kl_more(r, $1, $3); };
element: sum | sum RANGE sum { $$ = kl_binary(r, KL_E_RANGE, $1, $3, @2, @$); };

value: sum | IF condition THEN value ELSE value { $$ = kl_if(r, $2, $4, $6, @1, @$); };

sum: term
   | sum PLUS term  { $$ = kl_binary(r, KL_E_ADD, $1, $3, @2, @$); }
   | sum MINUS term { $$ = kl_binary(r, KL_E_SUB, $1, $3, @2, @$); };
term: unary
    | term STAR unary  { $$ = kl_binary(r, KL_E_MUL, $1, $3, @2, @$); }
    | term SLASH unary { $$ = kl_binary(r, KL_E_DIV, $1, $3, @2, @$); };
unary: primary | MINUS unary { $$ = kl_unary(r, KL_E_NEG, $2, @1, @$); };
primary:
    NAME                                    { $$ = kl_named(r, $1); }
  | YES                                     { $$ = kl_bool(r, true, @$); }
  | NO                                      { $$ = kl_bool(r, false, @$); }
  | NUMBER                                  { $$ = kl_numeral(r, $1, @$); }
  | NUMBER UNIT                             { $$ = kl_quantity(r, $1, $2, @$); }
  | DATE                                    { $$ = kl_day(r, $1, @$); }
  | STRING                                  { $$ = kl_worded(r, KL_E_STRING, $1, @$); }
  | EXTERNAL STRING                         { $$ = kl_worded(r, KL_E_EXTERNAL, $2, @$); }
  | NOT_STATED                              { $$ = kl_leaf(r, KL_E_NOT_STATED, @$); }
  | EMPTY                                   { $$ = kl_leaf(r, KL_E_EMPTY, @$); }
  | UNDETERMINED                            { $$ = kl_leaf(r, KL_E_UNDETERMINED, @$); }
  | NONE                                    { $$ = kl_leaf(r, KL_E_NONE, @$); }
  | CONFLICT                                { $$ = kl_leaf(r, KL_E_CONFLICT, @$); }
  | FAILED                                  { $$ = kl_leaf(r, KL_E_FAILED, @$); }
  | MIN OPEN_PAREN sums CLOSE_PAREN         { $$ = kl_listed(r, KL_E_MIN, NULL, $3, @1, @$); }
  | MAX OPEN_PAREN sums CLOSE_PAREN         { $$ = kl_listed(r, KL_E_MAX, NULL, $3, @1, @$); }
  | YEARS unary AND unary                   { $$ = kl_binary(r, KL_E_YEARS, $2, $4, @1, @$); }
  | MONTHS unary AND unary                  { $$ = kl_binary(r, KL_E_MONTHS, $2, $4, @1, @$); }
  | DAYS unary AND unary                    { $$ = kl_binary(r, KL_E_DAYS, $2, $4, @1, @$); }
  | ROUND sum TO NUMBER DECIMALS way        { $$ = kl_rounded(r, $2, $4, NULL, $6, @1, @$); }
  | ROUND sum TO_WHOLE UNIT way             { $$ = kl_rounded_whole(r, $2, $4, $5, @1, @$); }
  | ROUND sum TO_MULTIPLES unary way        { $$ = kl_rounded(r, $2, (kl_number){0, 0}, $4, $5, @1, @$); }
  | OPEN_PAREN condition CLOSE_PAREN        { $$ = $2; }
  | OPEN_PAREN sum COMMA sums CLOSE_PAREN   { $$ = kl_set_value(r, $2, $4, @$); };
sums: sum { $$ = kl_one(r, $1); } | sums COMMA sum { $$ = kl_more(r, $1, $3); };
way: NEAREST { $$ = KL_ROUND_HALF_UP; } | NEAREST_EVEN { $$ = KL_ROUND_HALF_EVEN; }
   | UPWARDS { $$ = KL_ROUND_UP; } | DOWNWARDS { $$ = KL_ROUND_DOWN; };

%%

/* The tokens are all there already: this hands them out, decoded. */
static int kl_yylex(KL_YYSTYPE *value, KL_YYLTYPE *span, kl_reader *r)
{
    if (r->next == r->file->tokens.n) {
        uint32_t end = r->next ? r->file->tokens.p[r->next - 1].span.end : 0;
        *span = (kl_span){end, end};
        return T_YYEOF;
    }
    const kl_token *t = &r->file->tokens.p[r->next++];
    *span = t->span;
    switch (t->kind) {
    case T_NAME:
    case T_LINE_NAME:
    case T_UNIT: value->T_NAME = kl_read_name(r, t); break;
    case T_STRING:
    case T_TITLE: value->T_STRING = kl_read_string(r, t); break;
    case T_NUMBER: value->T_NUMBER = kl_read_number(r, t); break;
    case T_DATE: value->T_DATE = kl_read_date(r, t); break;
    case T_LABEL: value->T_LABEL = kl_read_label(r, t); break;
    default: break;
    }
    return t->kind;
}

/* Called for what is not a syntax error: the stack is exhausted. */
static void kl_yyerror(const KL_YYLTYPE *span, kl_reader *r, const char *message)
{
    (void)message;
    kl_report(r->diags, r->file, *span, KL_D_TOO_DEEP, 1, kl_str_fmt(r->arena, "%d", KL_MAX_DEPTH));
}

static int yyreport_syntax_error(const yypcontext_t *context, kl_reader *r)
{
    int expected[YYNTOKENS];
    yysymbol_kind_t kinds[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    for (int i = 0; i < n; i++)
        expected[i] = (int)kinds[i];
    kl_unexpected(r, (int)yypcontext_token(context), *yypcontext_location(context), expected, n > 0 ? (size_t)n : 0);
    return 0;
}
