/* tables.c - tables to rows: headings tell tests from results, cells become conditions and results, dates date rows.
 * May include: compiler/front.
 * Start at kl_front_lower_table(); rows that contradict each other are found in overlap.c. */
#include "compiler/front.h"

static const ir_type NOTHING = {KL_T_NONE, 0, IR_NONE};

typedef struct column {
    enum { COL_IGNORED, COL_LABEL, COL_TEST, COL_RESULT, COL_FROM, COL_THROUGH } role;
    kl_val test;      /* COL_TEST: what the cells are compared with */
    uint32_t field;   /* COL_TEST: the field, when it is one */
    bool unknowns;    /* COL_TEST: a cell of the column is `okänt` */
    uint32_t outcome; /* COL_RESULT */
    uint32_t part;    /* COL_RESULT: column of a many-of outcome, or IR_NONE */
    ir_type type;     /* COL_RESULT */
    kl_span span;
} column;

/* ------------------------------------------------------------------ rows as entries */
void kl_front_make_rows(kl_front *f, const kl_symbol *s, uint32_t table) {
    const kl_grid *grid = &s->piece->u.table.grid;
    uint32_t first = (uint32_t)f->g->entries.n;
    for (size_t i = 0; i < grid->rows.n; i++) {
        const kl_row *row = &grid->rows.p[i];
        const kl_cell *cell =
            row->cells.n && grid->head_role.n && grid->head_role.p[0] == KL_COL_LABEL ? &row->cells.p[0] : NULL;
        bool labelled = cell && cell->label.text.p;
        kl_str label = labelled ? cell->label.text : kl_str_fmt(f->arena, "%zu", i + 1);
        kl_span span = labelled ? cell->label.span : row->span;
        uint32_t e =
            kl_front_entry(f, IR_E_ROW, kl_str_fmt(f->arena, "%.*s.%.*s", KL_FMT(s->name), KL_FMT(label)), table, span);
        f->g->entries.p[e].label = labelled ? label : (kl_str){0};
        if (cell) f->g->entries.p[e].title = cell->title.text;
    }
    KL_PUSH(f->arena, &f->tables,
            ((kl_table_rows){.symbol = s, .entry = table, .first = first, .last = (uint32_t)f->g->entries.n}));
}

kl_str kl_front_row_label(const kl_front *f, uint32_t entry) {
    const ir_entry *e = &f->g->entries.p[entry];
    if (e->kind != IR_E_ROW) return (kl_str){0};
    size_t skip = f->g->entries.p[e->parent].id.n + 1;
    return (kl_str){e->id.p + skip, e->id.n - skip};
}

/* ------------------------------------------------------------------ headings */
static void test_column(kl_front *f, const kl_expr *e, column *c) {
    c->test = kl_lower_sum(f, e, NOTHING);
    c->role = COL_TEST;
    if (c->test.node == IR_NONE) return;
    if (kl_val_constant(f, c->test) || kl_node_at(f, c->test.node)->kind == IR_BOOL) {
        kl_front_report(f, e->span, KL_D_HEADING_CONSTANT, 0);
        c->test = kl_val_bad(e->span);
        return;
    }
    const ir_node *n = kl_node_at(f, c->test.node);
    c->field = n->kind == IR_FIELD ? n->field : IR_NONE;
}

static column heading(kl_front *f, const kl_grid *grid, size_t i) {
    column c = {.role = COL_IGNORED,
                .field = IR_NONE,
                .outcome = IR_NONE,
                .part = IR_NONE,
                .type = NOTHING,
                .test = kl_val_bad((kl_span){0, 0})};
    const kl_name *name = &grid->heads.p[i];
    c.span = name->span;
    switch (grid->head_role.p[i]) {
    case KL_COL_LABEL: c.role = COL_LABEL; return c;
    case KL_COL_FROM: c.role = COL_FROM; return c;
    case KL_COL_THROUGH: c.role = COL_THROUGH; return c;
    default: break;
    }
    if (grid->head_exprs.p[i]) {
        c.span = grid->head_exprs.p[i]->span;
        test_column(f, grid->head_exprs.p[i], &c);
        return c;
    }
    if (name->text.n == 0) {
        kl_front_report(f, name->span, KL_D_HEADING_EMPTY, 0);
        return c;
    }
    kl_symbol *outcome = kl_front_peek(f, *name, KL_KIND(KL_SYM_OUTCOME));
    if (outcome) {
        outcome->used = true;
        if (f->g->outcomes.p[outcome->index].many) {
            kl_front_report(f, name->span, KL_D_HEADING_MANY, 2, outcome->name,
                            f->g->outcomes.p[outcome->index].columns.n
                                ? f->g->outcomes.p[outcome->index].columns.p[0].name
                                : outcome->name);
            return c;
        }
        c.role = COL_RESULT;
        c.outcome = outcome->index;
        c.type = f->g->outcomes.p[outcome->index].type;
        return c;
    }
    if (kl_front_part(f, name, &c.outcome, &c.part)) {
        c.role = COL_RESULT;
        c.type = f->g->outcomes.p[c.outcome].columns.p[c.part].type;
        return c;
    }
    kl_expr e = {.kind = KL_E_NAME, .span = name->span, .name = *name};
    test_column(f, &e, &c);
    return c;
}

/* ------------------------------------------------------------------ test cells */
static uint32_t set_cell(kl_front *f, const column *c, const kl_expr *e) {
    uint32_t set = c->test.type.set, out = kl_n_bool(f, 1), code;
    switch (e->kind) {
    case KL_E_ERROR: return kl_n_bool(f, 2);
    case KL_E_EMPTY: return kl_n_empty(f, c->field);
    case KL_E_HAS:
    case KL_E_LACKS:
        for (size_t i = 0; i < e->list.n; i++) {
            code = kl_front_code(f, e->list.p[i], set);
            if (code == IR_NONE) continue;
            uint32_t has = kl_n_has(f, c->field, code);
            out = kl_n_and(f, out, e->kind == KL_E_HAS ? has : kl_n_not(f, has));
        }
        return out;
    default: code = kl_front_code(f, e, set); return code == IR_NONE ? kl_n_bool(f, 2) : kl_n_has(f, c->field, code);
    }
}

/* One alternative of a test cell. */
static uint32_t alternative(kl_front *f, const column *c, const kl_expr *e, const kl_cell *cell) {
    switch (e->kind) {
    case KL_E_ERROR: return kl_n_bool(f, 2);
    case KL_E_ANY:
        if (cell->list.n > 1 || cell->negate) kl_front_report(f, e->span, KL_D_CELL_ANY, 0);
        return kl_n_bool(f, 1);
    case KL_E_UNKNOWN:
        if (c->field != IR_NONE) return kl_n_not(f, kl_n_known(f, c->field));
        kl_front_report(f, e->span, KL_D_CELL_UNKNOWN, 0);
        return kl_n_bool(f, 2);
    case KL_E_NOT_STATED: kl_front_report(f, e->span, KL_D_CELL_NOT_STATED, 0); return kl_n_bool(f, 2);
    default: break;
    }
    if (c->test.type.kind == KL_T_SET) return set_cell(f, c, e);
    if (e->kind == KL_E_COMPARE && !e->a) {
        kl_val b = kl_lower_sum(f, e->b, c->test.type);
        return kl_front_compare(f, c->test, e->compare, b, e->span);
    }
    if (e->kind == KL_E_BETWEEN && !e->a) {
        kl_expr range = {.kind = KL_E_RANGE, .span = e->span, .a = e->b, .b = e->c};
        kl_expr *one[] = {&range};
        kl_expr_list list = {one, 1, 1};
        uint32_t in = kl_front_among(f, c->test, &list, e->span);
        return e->negate ? kl_front_differs(f, in, c->test) : in;
    }
    if (e->kind == KL_E_HAS || e->kind == KL_E_LACKS || (e->kind == KL_E_EMPTY && !e->a)) {
        kl_front_report(f, e->span, KL_D_SET_WANTED, 0);
        return kl_n_bool(f, 2);
    }
    return IR_NONE; /* a plain value: with its fellows */
}

static bool says_unknown(const kl_cell *cell) {
    for (size_t i = 0; i < cell->list.n; i++)
        if (cell->list.p[i]->kind == KL_E_UNKNOWN) return true;
    return false;
}

/* Where some row is for what is unknown, the others are for what was received. */
static uint32_t received(kl_front *f, const column *c, const kl_cell *cell, uint32_t truth) {
    if (!c->unknowns || c->field == IR_NONE || says_unknown(cell) || kl_node_at(f, truth)->kind == IR_BOOL)
        return truth;
    uint32_t known = kl_n_known(f, c->field);
    return kl_n_and(f, known, truth);
}

static uint32_t test_cell(kl_front *f, const column *c, const kl_cell *cell) {
    if (cell->empty || cell->list.n == 0) {
        if (cell->empty) kl_front_report(f, cell->span, KL_D_CELL_EMPTY, 0);
        return kl_n_bool(f, 2);
    }
    if (c->test.type.kind == KL_T_NONE) return kl_n_bool(f, 2);
    f->at = cell->span;
    uint32_t *parts = kl_alloc_array(f->arena, cell->list.n + 1, sizeof *parts);
    size_t n = 0;
    kl_expr_list plain = {0};
    for (size_t i = 0; i < cell->list.n; i++) {
        uint32_t t = alternative(f, c, cell->list.p[i], cell);
        if (t != IR_NONE)
            parts[n++] = t;
        else
            KL_PUSH(f->arena, &plain, cell->list.p[i]);
    }
    if (plain.n) parts[n++] = kl_front_among(f, c->test, &plain, cell->span);
    uint32_t out = kl_n_fold(f, IR_OR, parts, n);
    return received(f, c, cell, cell->negate ? kl_front_differs(f, out, c->test) : out);
}

/* ------------------------------------------------------------------ result cells */
static kl_case_list result_cell(kl_front *f, const column *c, const kl_cell *cell) {
    kl_case_list none = {0};
    if (cell->empty || cell->list.n == 0 || c->type.kind == KL_T_NONE) return none;
    const kl_expr *first = cell->list.p[0];
    bool test = first->kind == KL_E_ANY || first->kind == KL_E_UNKNOWN || first->kind == KL_E_RANGE ||
                (!first->a && (first->kind == KL_E_COMPARE || first->kind == KL_E_BETWEEN || first->kind == KL_E_HAS ||
                               first->kind == KL_E_LACKS));
    if (cell->negate || test) {
        kl_front_report(f, cell->span, KL_D_CELL_RESULT, 0);
        return none;
    }
    if (cell->list.n == 1) return kl_front_result(f, first, c->type);
    if (c->type.kind != KL_T_SET) {
        kl_front_report(f, cell->span, KL_D_CELL_RESULTS, 0);
        return none;
    }
    kl_expr set = {.kind = KL_E_SET, .span = cell->span, .list = cell->list};
    return kl_front_result(f, &set, c->type);
}

typedef struct grid_columns {
    column *p;
    size_t n;
} grid_columns;

/* A row with too many or too few cells has been reported; what stands where is then anyone's guess. */
static bool whole(const grid_columns *cols, const kl_row *row) {
    return row->cells.n == cols->n;
}

static void row_results(kl_front *f, const grid_columns *cols, const kl_row *row, uint32_t entry, uint32_t absent) {
    for (size_t i = 0; i < cols->n && whole(cols, row); i++) {
        const column *c = &cols->p[i];
        const kl_cell *cell = &row->cells.p[i];
        if (c->role != COL_RESULT) continue;
        if (c->part == IR_NONE) {
            kl_case_list cases = result_cell(f, c, cell);
            kl_front_candidates(f, entry, c->outcome, absent, &cases);
            continue;
        }
        bool first = true; /* the columns of one entry are taken together, at the first of them */
        for (size_t k = 0; k < i; k++)
            first = first && !(cols->p[k].role == COL_RESULT && cols->p[k].outcome == c->outcome);
        if (!first) continue;
        kl_entry_cases e = kl_front_entry_cases(f, entry, c->outcome, absent);
        bool any = false;
        for (size_t k = i; k < cols->n; k++) {
            const column *other = &cols->p[k];
            if (other->role != COL_RESULT || other->outcome != c->outcome || row->cells.p[k].empty) continue;
            e.cases[other->part] = result_cell(f, other, &row->cells.p[k]);
            e.said[other->part] = any = true;
        }
        if (any) kl_front_entry_candidates(f, &e, row->span);
    }
}

/* ------------------------------------------------------------------ the whole */
static grid_columns headings(kl_front *f, const kl_symbol *s) {
    const kl_grid *grid = &s->piece->u.table.grid;
    grid_columns cols = {kl_alloc_array(f->arena, grid->heads.n + 1, sizeof(column)), grid->heads.n};
    bool results = false, broken = false;
    for (size_t i = 0; i < cols.n; i++) {
        cols.p[i] = heading(f, grid, i);
        for (size_t row = 0; row < grid->rows.n && !cols.p[i].unknowns; row++)
            cols.p[i].unknowns = i < grid->rows.p[row].cells.n && says_unknown(&grid->rows.p[row].cells.p[i]);
        results = results || cols.p[i].role == COL_RESULT;
        broken =
            broken || cols.p[i].role == COL_IGNORED || (cols.p[i].role == COL_TEST && cols.p[i].test.node == IR_NONE);
        for (size_t k = 0; k < i; k++)
            if (cols.p[i].role == COL_RESULT && cols.p[k].role == COL_RESULT &&
                cols.p[i].outcome == cols.p[k].outcome && cols.p[i].part == cols.p[k].part) {
                kl_diag *d = kl_front_report(f, cols.p[i].span, KL_D_GIVEN_TWICE, 1, grid->heads.p[i].text);
                kl_front_second(f, d, f->file, cols.p[k].span, KL_N_FIRST_HERE, KL_NO_ARG);
                cols.p[i].role = COL_IGNORED;
                break;
            }
    }
    if (!results && !broken && cols.n) kl_front_report(f, s->span, KL_D_TABLE_NO_RESULT, 1, s->name);
    return cols;
}

/* The row's own condition; `cells` gets the truth of each test. */
static uint32_t row_tests(kl_front *f, const grid_columns *cols, const kl_row *row, uint32_t when, uint32_t *cells) {
    uint32_t out = when;
    size_t n = 0;
    for (size_t i = 0; i < cols->n; i++) {
        if (cols->p[i].role != COL_TEST) continue;
        cells[n] = whole(cols, row) ? test_cell(f, &cols->p[i], &row->cells.p[i]) : kl_n_bool(f, 2);
        out = kl_n_and(f, out, cells[n++]);
    }
    return out;
}

static void keep_tests(kl_front *f, kl_table_rows *t, const grid_columns *cols, size_t rows) {
    t->columns = kl_alloc_array(f->arena, cols->n + 1, sizeof *t->columns);
    t->subjects = kl_alloc_array(f->arena, cols->n + 1, sizeof *t->subjects);
    for (size_t i = 0; i < cols->n; i++) {
        if (cols->p[i].role != COL_TEST) continue;
        t->columns[t->tests] = i;
        t->subjects[t->tests++] = cols->p[i].test.node;
    }
    t->cells = kl_alloc_array(f->arena, rows * t->tests + 1, sizeof *t->cells);
}

static const kl_cell *cell_of(const grid_columns *cols, const kl_row *row, int role) {
    for (size_t i = 0; i < cols->n && whole(cols, row); i++)
        if ((int)cols->p[i].role == role) return &row->cells.p[i];
    return NULL;
}

/* conds[0..n) holds each row's own condition: afterwards each leaves out what an earlier row takes. */
static void first_row_applies(kl_front *f, uint32_t *conds, size_t n) {
    if (n < 2) return;
    size_t half = n / 2;
    uint32_t earlier = kl_n_fold(f, IR_OR, conds, half);
    first_row_applies(f, conds, half);
    uint32_t *later = conds + half;
    first_row_applies(f, later, n - half);
    for (size_t i = 0; i < n - half; i++) later[i] = kl_n_and(f, later[i], kl_n_not(f, earlier));
}

/* Rows that can never apply: an earlier one takes all, or the cells exclude each other. */
static void warn_of_idle(kl_front *f, const kl_table_rows *t, const uint32_t *conds, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const ir_node *x = kl_node_at(f, conds[i]);
        if (x->kind == IR_BOOL && x->value == 0)
            kl_front_report(f, f->g->entries.p[t->first + i].span, KL_D_ROW_IDLE, 1,
                            kl_front_row_label(f, t->first + (uint32_t)i));
    }
}

void kl_front_lower_table(kl_front *f, const kl_symbol *s) {
    const kl_piece *p = s->piece;
    const kl_grid *grid = &p->u.table.grid;
    kl_table_rows *t = NULL;
    for (size_t i = 0; i < f->tables.n; i++)
        if (f->tables.p[i].symbol == s) t = &f->tables.p[i];
    kl_when when = kl_front_period(f, p);
    uint32_t cond = p->u.table.when ? kl_lower_truth(f, p->u.table.when) : kl_n_bool(f, 1);
    uint32_t absent = kl_front_absent(f, &when);
    grid_columns cols = headings(f, s);
    uint32_t first = t->first;
    size_t n = grid->rows.n;
    uint32_t *conds = kl_alloc_array(f->arena, n + 1, sizeof *conds);
    keep_tests(f, t, &cols, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t entry = first + (uint32_t)i;
        const kl_row *row = &grid->rows.p[i];
        f->g->entries.p[entry].first_applies = p->u.table.first_row;
        kl_front_edition(f, entry, IR_NONE, &(kl_when){IR_NONE, IR_NONE, 0, 0, when.from, when.through});
        conds[i] = row_tests(f, &cols, row, cond, t->cells + i * t->tests);
        kl_front_reads(f, entry, conds[i]);
        uint32_t dated = kl_front_row_dates(f, cell_of(&cols, row, COL_FROM), cell_of(&cols, row, COL_THROUGH),
                                            &f->g->entries.p[entry]);
        conds[i] = kl_n_and(f, dated, conds[i]);
    }
    if (p->u.table.first_row) first_row_applies(f, conds, n);
    warn_of_idle(f, t, conds, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t entry = first + (uint32_t)i;
        ir_entry own = f->g->entries.p[entry];
        uint32_t truth = kl_front_edition(f, entry, conds[i], &when);
        ir_entry *e = &f->g->entries.p[entry];
        e->truth = truth;
        if (own.from > e->from) e->from = own.from, e->before = own.before;
        if (own.through < e->through) e->through = own.through, e->after = own.after;
        row_results(f, &cols, &grid->rows.p[i], entry, absent);
    }
    for (size_t i = 0; p->u.table.row_by_row && i < cols.n; i++)
        if (cols.p[i].role == COL_RESULT) f->g->outcomes.p[cols.p[i].outcome].row_by_row = true;
    if (p->u.table.overrides.n)
        KL_PUSH(f->arena, &f->overrides, ((kl_override){s, &p->u.table.overrides, first, first + (uint32_t)n}));
}
