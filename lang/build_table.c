/* build_table.c - the rows and cells of a pipe table.
 * May include: lang/build.h, lang/limits.h.
 * Start at kl_begin_heading(); the first column is the rows' labels, whatever it is called. */
#include "lang/build.h"
#include "lang/limits.h"

kl_grid *kl_piece_grid(kl_piece *piece) {
    return piece->kind == KL_P_TABLE ? &piece->u.table.grid : &piece->u.example.grid;
}

void kl_begin_heading(kl_reader *r, kl_span at) {
    if (r->piece->kind == KL_P_EXAMPLE) r->piece->u.example.tabular = true;
    kl_piece_grid(r->piece)->span = at;
}

void kl_add_head(kl_reader *r, kl_cell_role role, kl_expr *heading, kl_span span) {
    kl_grid *grid = kl_piece_grid(r->piece);
    if (grid->heads.n == KL_MAX_COLUMNS)
        kl_report(r->diags, r->file, span, KL_D_TOO_MANY_COLUMNS, 1, kl_str_fmt(r->arena, "%d", KL_MAX_COLUMNS));
    bool named = heading && heading->kind == KL_E_NAME;
    kl_name name = {.span = span};
    if (named) name = heading->name;
    KL_PUSH(r->arena, &grid->head_role, grid->heads.n == 0 ? KL_COL_LABEL : role);
    KL_PUSH(r->arena, &grid->heads, name);
    KL_PUSH(r->arena, &grid->head_exprs, named ? NULL : heading);
    grid->span.end = span.end;
}

static void check_count(kl_reader *r, const kl_grid *grid, size_t cells, kl_span span) {
    if (!grid->heads.n || cells == grid->heads.n) return;
    kl_diag *d = kl_report(r->diags, r->file, span, KL_D_CELL_COUNT, 2, kl_str_fmt(r->arena, "%zu", cells),
                           kl_str_fmt(r->arena, "%zu", grid->heads.n));
    d->second_file = r->file;
    d->second = grid->heads.p[0].span;
}

void kl_put_table_rule(kl_reader *r, kl_span at) {
    kl_grid *grid = kl_piece_grid(r->piece);
    kl_str text = kl_token_text(r->file, at);
    size_t bars = 0;
    for (size_t i = 0; i < text.n; i++) bars += text.p[i] == '|';
    bars += text.p[text.n - 1] != '|'; /* reported already */
    if (grid->heads.n == 0 || grid->rows.n || r->ruled)
        kl_report(r->diags, r->file, at, KL_D_TABLE_RULE_PLACE, 0);
    else
        check_count(r, grid, bars - 1, at);
    r->ruled = true;
    grid->span = kl_join(grid->span, at);
}

void kl_begin_row(kl_reader *r, kl_span at) {
    kl_grid *grid = kl_piece_grid(r->piece);
    if (!r->ruled && grid->heads.n) kl_report(r->diags, r->file, at, KL_D_NO_TABLE_RULE, 0);
    r->ruled = true;
    KL_PUSH(r->arena, &grid->rows, (kl_row){.span = at});
    r->row = &grid->rows.p[grid->rows.n - 1];
    if (grid->heads.n) { /* as many cells as headings, in most rows */
        r->row->cells.p = kl_alloc_array(r->arena, grid->heads.n, sizeof *r->row->cells.p);
        r->row->cells.cap = grid->heads.n;
    }
}

/* An empty cell has the place between its bars. */
void kl_add_empty_cell(kl_reader *r, kl_span bar) {
    uint32_t start = bar.start;
    const char *p = r->file->text.p;
    while (start > r->row->span.start + 1 && p[start - 1] != '|') start--;
    KL_PUSH(r->arena, &r->row->cells, (kl_cell){.empty = true, .span = {start, bar.start}});
}

void kl_add_label_cell(kl_reader *r, kl_label label, kl_text title, kl_span span) {
    if (r->row->cells.n > 0)
        kl_report(r->diags, r->file, label.span, KL_D_LABEL_PLACE, 1, kl_quoted(r, kl_token_text(r->file, label.span)));
    KL_PUSH(r->arena, &r->row->cells, (kl_cell){.label = label, .title = title, .span = span});
}

/* In the first column a bare name, a number or a string labels the row too. */
void kl_add_cell(kl_reader *r, kl_expr_list *list, bool negate, kl_span span) {
    kl_cell cell = {.list = *list, .negate = negate, .span = span};
    if (r->row->cells.n == 0) {
        const kl_expr *e = list->p[0];
        bool one = list->n == 1 && !negate;
        if (one && e->kind == KL_E_NAME)
            cell.label = (kl_label){.text = e->name.text, .span = e->span};
        else if (one && e->kind == KL_E_STRING)
            cell.label = (kl_label){.text = e->text.text, .span = e->span};
        else if (one && e->kind == KL_E_NUMBER)
            cell.label = (kl_label){.text = kl_token_text(r->file, e->span), .span = e->span};
        else if (e->kind != KL_E_ERROR)
            kl_report(r->diags, r->file, span, KL_D_LABEL_COLUMN, 0);
    }
    KL_PUSH(r->arena, &r->row->cells, cell);
}

void kl_end_row(kl_reader *r, kl_span span) {
    kl_grid *grid = kl_piece_grid(r->piece);
    r->row->span = span;
    grid->span = kl_join(grid->span, span);
    check_count(r, grid, r->row->cells.n, span);
}
