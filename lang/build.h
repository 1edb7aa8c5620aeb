/* build.h - what the grammar's actions call: each makes a node or sets a part of the piece being read.
 * May include: lang/reader.h.
 * Start at kl_begin(); lines come in any order, so each kl_put_… says when its line stands twice. */
#ifndef KL_LANG_BUILD_H
#define KL_LANG_BUILD_H

#include "lang/reader.h"

kl_span kl_join(kl_span a, kl_span b);

/* ---- pieces (build.c) ---- */
void kl_begin(kl_reader *r, kl_piece_kind kind, kl_span head);
void kl_put_name(kl_reader *r, kl_name name);
void kl_put_title(kl_reader *r, kl_text title);
void kl_put_type(kl_reader *r, kl_type_ref type);

void kl_put_source(kl_reader *r, int which, kl_span at, kl_text text);
void kl_put_from(kl_reader *r, kl_span at, kl_date date);
void kl_put_through(kl_reader *r, kl_span at, kl_date date);
void kl_put_undated(kl_reader *r, kl_span at);
void kl_put_before(kl_reader *r, kl_span at, kl_beyond beyond);
void kl_put_after(kl_reader *r, kl_span at, kl_beyond beyond);

void kl_put_issuer(kl_reader *r, kl_span at, kl_text text);
void kl_put_document(kl_reader *r, kl_span at, kl_text text);
void kl_put_edition(kl_reader *r, kl_span at, kl_text text);
void kl_put_currency(kl_reader *r, kl_span at, kl_name name);
void kl_put_dated_by(kl_reader *r, kl_span at, kl_name name);
void kl_put_scope(kl_reader *r, kl_span at, kl_expr *condition);

void kl_add_value(kl_reader *r, kl_name name);
void kl_put_value_label(kl_reader *r, kl_text label);
void kl_add_code(kl_reader *r, kl_text code);

void kl_add_field(kl_reader *r, kl_name name);
void kl_put_field_title(kl_reader *r, kl_text title);
void kl_put_field_type(kl_reader *r, kl_type_ref type);
void kl_put_required(kl_reader *r, kl_span at);
void kl_put_key(kl_reader *r, kl_span at);
void kl_put_attested(kl_reader *r, kl_span at);
void kl_put_field_otherwise(kl_reader *r, kl_span at, kl_expr *value);
void kl_add_column(kl_reader *r, kl_text column);

void kl_add_step(kl_reader *r, bool from, kl_date date, kl_expr *value, kl_span span);
void kl_put_otherwise(kl_reader *r, kl_span at, kl_expr *value); /* NULL: unknown */
void kl_put_bounds(kl_reader *r, kl_span at, kl_expr *low, kl_expr *high);
void kl_put_many(kl_reader *r);
void kl_put_audited(kl_reader *r, kl_span at, kl_name name);
void kl_add_entry_field(kl_reader *r, kl_name name, kl_type_ref type, kl_span span);

void kl_begin_body(kl_reader *r, kl_span at);
void kl_begin_except(kl_reader *r, kl_span at);
void kl_put_condition(kl_reader *r, kl_expr *condition, kl_span span);
void kl_put_quantifier(kl_reader *r, kl_quantifier quantifier, kl_span span);
void kl_begin_item(kl_reader *r, kl_label label);
void kl_put_item_title(kl_reader *r, kl_text title);
void kl_end_item(kl_reader *r, kl_expr *condition, kl_span span);
kl_label kl_bullet(kl_span span);

void kl_put_applies(kl_reader *r, kl_span at, kl_expr *condition);
void kl_put_requires(kl_reader *r, kl_span at, kl_expr *condition);
void kl_put_when(kl_reader *r, kl_span at, kl_expr *condition);
void kl_put_first_row(kl_reader *r, kl_span at);
void kl_put_row_by_row(kl_reader *r, kl_span at);
void kl_put_note_label(kl_reader *r, kl_label label);
void kl_put_base(kl_reader *r, kl_span at, kl_text title);

/* Where the names and the sets that follow go. */
void kl_begin_overrides(kl_reader *r);
void kl_begin_accept(kl_reader *r, kl_accepted kind, kl_span at);
void kl_end_accept(kl_reader *r, kl_text because);
void kl_begin_fired(kl_reader *r);
void kl_begin_missing(kl_reader *r);
void kl_begin_findings(kl_reader *r);
void kl_add_name(kl_reader *r, kl_name name);
void kl_begin_gives(kl_reader *r);
void kl_begin_given(kl_reader *r);
void kl_begin_expected(kl_reader *r);
void kl_begin_assumed(kl_reader *r);
void kl_add_set(kl_reader *r, kl_name name, kl_expr *value, kl_span span);
void kl_add_unknown(kl_reader *r, kl_name name, kl_span span);

/* After the last token: closes the last piece. */
void kl_finish(kl_reader *r);

/* ---- tables (build_table.c) ---- */
void kl_begin_heading(kl_reader *r, kl_span at);
void kl_add_head(kl_reader *r, kl_cell_role role, kl_expr *heading, kl_span span);
void kl_put_table_rule(kl_reader *r, kl_span at);
void kl_begin_row(kl_reader *r, kl_span at);
void kl_add_empty_cell(kl_reader *r, kl_span bar);
void kl_add_label_cell(kl_reader *r, kl_label label, kl_text title, kl_span span);
void kl_add_cell(kl_reader *r, kl_expr_list *list, bool negate, kl_span span);
void kl_end_row(kl_reader *r, kl_span span);
kl_grid *kl_piece_grid(kl_piece *piece);

/* ---- expressions, dates and types (build_expr.c) ---- */
kl_date kl_date_said(int32_t day, kl_span span);
kl_date kl_date_named(kl_name name);
kl_type_ref kl_type(kl_type_kind kind, kl_span span);
kl_type_ref kl_type_named(kl_type_kind kind, kl_name name, kl_span span);
kl_type_ref kl_type_decimal(kl_reader *r, kl_number decimals, kl_span at, kl_span span);

kl_expr *kl_error(kl_reader *r, kl_span span);
kl_expr *kl_leaf(kl_reader *r, kl_expr_kind kind, kl_span span);
kl_expr *kl_named(kl_reader *r, kl_name name);
kl_expr *kl_bool(kl_reader *r, bool value, kl_span span);
kl_expr *kl_numeral(kl_reader *r, kl_number number, kl_span span);
kl_expr *kl_quantity(kl_reader *r, kl_number number, kl_name unit, kl_span span);
kl_expr *kl_day(kl_reader *r, int32_t day, kl_span span);
kl_expr *kl_worded(kl_reader *r, kl_expr_kind kind, kl_text text, kl_span span);
kl_expr *kl_unary(kl_reader *r, kl_expr_kind kind, kl_expr *a, kl_span op, kl_span span);
kl_expr *kl_binary(kl_reader *r, kl_expr_kind kind, kl_expr *a, kl_expr *b, kl_span op, kl_span span);
kl_expr *kl_comparison(kl_reader *r, kl_compare compare, kl_expr *a, kl_expr *b, kl_span op, kl_span span);
kl_expr *kl_between(kl_reader *r, kl_expr *a, kl_expr *low, kl_expr *high, bool negate, kl_span op, kl_span span);
kl_expr *kl_listed(kl_reader *r, kl_expr_kind kind, kl_expr *a, kl_expr_list *list, kl_span op, kl_span span);
kl_expr *kl_negated(kl_expr *e);
kl_expr *kl_breached(kl_reader *r, kl_name name, kl_span op, kl_span span);
kl_expr *kl_if(kl_reader *r, kl_expr *condition, kl_expr *yes, kl_expr *no, kl_span op, kl_span span);
kl_expr *kl_rounded(kl_reader *r, kl_expr *a, kl_number decimals, kl_expr *step, kl_round way, kl_span op,
                    kl_span span);
kl_expr *kl_rounded_whole(kl_reader *r, kl_expr *a, kl_name unit, kl_round way, kl_span op, kl_span span);
kl_expr *kl_set_value(kl_reader *r, kl_expr *first, kl_expr_list *rest, kl_span span);
kl_entry *kl_entry_add(kl_reader *r, kl_entry *entry, kl_name name, kl_expr *value);
kl_expr *kl_entry_value(kl_reader *r, kl_entry *entry, kl_span span);
kl_expr_list *kl_one(kl_reader *r, kl_expr *e);
kl_expr_list *kl_more(kl_reader *r, kl_expr_list *list, kl_expr *e);

#endif
