/* examples.c - the author's examples: what is given, inherited and expected, resolved to fields, outcomes and ids.
 * May include: compiler/front.
 * Start at kl_front_examples(); a table of examples makes one for each row. */
#include "compiler/front.h"

typedef struct source { /* one example as written: a piece, or a row of one */
    const kl_piece *piece;
    const kl_row *row; /* NULL when the piece is one example, or is what the rows of a table share */
    uint32_t shared;   /* a row: what its table's rows share */
    kl_str title;
    kl_span span;
    enum { NEW, OPEN, DONE } state;
    ir_example example;
} source;

typedef struct bench {
    kl_front *f;
    KL_VEC(source) sources;
    kl_map titles;
    KL_VEC(uint32_t) path; /* examples being resolved, for cycles of bases */
} bench;

/* ------------------------------------------------------------------ given, assumed */
static void put_given(kl_front *f, ir_example *x, ir_given given) {
    for (size_t i = 0; i < x->given.n; i++)
        if (x->given.p[i].field == given.field) {
            x->given.p[i] = given;
            return;
        }
    KL_PUSH(f->arena, &x->given, given);
}

static bool said_yes(kl_front *f, kl_span span, kl_str name, ir_type type, int64_t *number) {
    *number = 1;
    if (type.kind == KL_T_BOOL) return true;
    if (type.kind != KL_T_NONE) kl_front_report(f, span, KL_D_VALUE_MISSING, 2, name, kl_front_type_word(f, type));
    return false;
}

static void give(kl_front *f, ir_example *x, uint32_t field, const kl_expr *value, bool unknown, kl_str name,
                 kl_span span) {
    ir_type type = f->g->fields.p[field].type;
    ir_given given = {.field = field, .span = span, .unknown = unknown || (value && value->kind == KL_E_UNKNOWN)};
    if (!given.unknown && !(value ? kl_front_constant(f, value, type, &given.number, &given.text)
                                  : said_yes(f, span, name, type, &given.number)))
        return;
    put_given(f, x, given);
}

static void assume(kl_front *f, ir_example *x, uint32_t assumption, const kl_expr *value, bool unknown, kl_str name,
                   kl_span span) {
    const ir_assumption *a = &f->g->assumptions.p[assumption];
    ir_assumed assumed = {
        .assumption = assumption, .span = span, .unknown = unknown || (value && value->kind == KL_E_UNKNOWN)};
    kl_str text;
    if (!assumed.unknown && !(value ? kl_front_constant(f, value, a->type, &assumed.value, &text)
                                    : said_yes(f, span, name, a->type, &assumed.value)))
        return;
    if (!assumed.unknown && a->bounded && (assumed.value < a->lo || assumed.value > a->hi))
        kl_front_report(f, span, KL_D_ASSUMPTION_OUTSIDE, 1, name);
    for (size_t i = 0; i < x->assumed.n; i++)
        if (x->assumed.p[i].assumption == assumption) {
            x->assumed.p[i] = assumed;
            return;
        }
    KL_PUSH(f->arena, &x->assumed, assumed);
}

/* ------------------------------------------------------------------ expected */
static bool expected_value(kl_front *f, const kl_expr *e, ir_type type, ir_expected *out) {
    switch (e->kind) {
    case KL_E_UNDETERMINED: out->state = IR_X_UNDETERMINED; return true;
    case KL_E_NONE: out->state = IR_X_NONE; return true;
    case KL_E_CONFLICT: out->state = IR_X_CONFLICT; return true;
    case KL_E_FAILED: out->state = IR_X_FAILED; return true;
    case KL_E_NOT_STATED: out->state = IR_X_NOT_STATED; return true;
    case KL_E_EXTERNAL:
        out->state = IR_X_EXTERNAL;
        out->text = e->text.text;
        return true;
    default: out->state = IR_X_VALUE; return kl_front_constant(f, e, type, &out->number, &out->text);
    }
}

static void expect_entry(kl_front *f, ir_example *x, ir_expected expected, const kl_expr *e) {
    const ir_outcome *o = &f->g->outcomes.p[expected.outcome];
    bool *said = kl_alloc_array(f->arena, o->columns.n + 1, sizeof *said), ok = true;
    expected.columns = kl_alloc_array(f->arena, o->columns.n + 1, sizeof *expected.columns);
    for (size_t i = 0; i < e->entry->sets.n; i++) {
        const kl_set *set = &e->entry->sets.p[i];
        uint32_t column = kl_front_column(f, expected.outcome, set->name.text);
        if (column == IR_NONE) {
            kl_front_report(f, set->name.span, KL_D_COLUMN_UNKNOWN, 2, set->name.text, o->name);
            ok = false;
            continue;
        }
        if (said[column]) kl_front_report(f, set->name.span, KL_D_GIVEN_TWICE, 1, set->name.text);
        said[column] = true;
        expected.columns[column].span = set->span;
        ok = set->value && expected_value(f, set->value, o->columns.p[column].type, &expected.columns[column]) && ok;
    }
    kl_buf missing;
    kl_buf_init(&missing, f->arena);
    for (size_t i = 0; i < o->columns.n; i++)
        if (!said[i]) kl_buf_fmt(&missing, "%s%.*s", missing.n ? ", " : "", KL_FMT(o->columns.p[i].name));
    if (missing.n && ok) kl_front_report(f, expected.span, KL_D_ENTRY_INCOMPLETE, 2, o->name, kl_buf_view(&missing));
    if (!missing.n && ok) KL_PUSH(f->arena, &x->expected, expected);
}

static void expect(kl_front *f, ir_example *x, uint32_t outcome, const kl_expr *value, kl_str name, kl_span span) {
    const ir_outcome *o = &f->g->outcomes.p[outcome];
    ir_expected expected = {.outcome = outcome, .span = span};
    if (o->many && value && value->kind == KL_E_ENTRY) {
        expect_entry(f, x, expected, value);
        return;
    }
    for (size_t i = 0; i < x->expected.n; i++)
        if (x->expected.p[i].outcome == outcome) {
            kl_diag *d = kl_front_report(f, span, KL_D_GIVEN_TWICE, 1, name);
            kl_front_second(f, d, f->file, x->expected.p[i].span, KL_N_FIRST_HERE, KL_NO_ARG);
            return;
        }
    bool states = !o->many || (value && value->kind != KL_E_NOT_STATED && value->kind != KL_E_EXTERNAL);
    if (value && states ? expected_value(f, value, o->type, &expected)
                        : !o->many && said_yes(f, span, name, o->type, &expected.number)) {
        KL_PUSH(f->arena, &x->expected, expected);
    } else if (o->many && (!value || value->kind != KL_E_ERROR)) {
        kl_front_report(f, span, KL_D_ENTRY_WANTED, 2, name, o->columns.n ? o->columns.p[0].name : name);
    }
}

/* ------------------------------------------------------------------ ids */
static kl_str near_id(kl_front *f, kl_str name) {
    kl_str near = {0};
    size_t best = 3;
    for (size_t i = 0; i < f->g->entries.n; i++) {
        const ir_entry *e = &f->g->entries.p[i];
        if (e->kind != IR_E_RULE && e->kind != IR_E_ROW) continue;
        size_t d = kl_str_distance(name, e->id, best);
        if (d < best) best = d, near = e->id;
    }
    return near;
}

static void check_fired(kl_front *f, const kl_name *name) {
    uint32_t e = kl_map_get(&f->ids, 0, name->text);
    if (e == IR_NONE) {
        kl_str near = near_id(f, name->text);
        kl_front_report(f, name->span, KL_D_EXAMPLE_ID_UNKNOWN, 1, name->text)->suggestion = near;
    } else if (f->g->entries.p[e].kind != IR_E_RULE && f->g->entries.p[e].kind != IR_E_ROW) {
        kl_front_report(f, name->span, KL_D_EXAMPLE_NOT_FIRED, 1, name->text);
    }
}

/* A requirement or advice, or an outcome that is audited. */
static void check_finding(kl_front *f, const kl_name *name) {
    unsigned kinds = KL_KIND(KL_SYM_REQUIREMENT) | KL_KIND(KL_SYM_ADVICE);
    if (kl_front_peek(f, *name, kinds)) return;
    kl_symbol *o = kl_front_peek(f, *name, KL_KIND(KL_SYM_OUTCOME));
    if (o && f->g->outcomes.p[o->index].audited != IR_NONE) return;
    kl_str near = kl_front_suggest(f, name->text, kinds, IR_NONE);
    kl_front_report(f, name->span, KL_D_EXAMPLE_FINDING, 1, name->text)->suggestion = near;
}

static void check_missing(kl_front *f, const kl_name *name, kl_str *field) {
    kl_symbol *s = kl_front_find(f, *name, KL_KIND(KL_SYM_FIELD), KL_D_FIELD_UNKNOWN);
    *field = s ? s->name : name->text;
}

/* ------------------------------------------------------------------ one example */
static void resolve_body(kl_front *f, ir_example *x, const kl_example_body *b) {
    for (size_t i = 0; i < b->given.n; i++) {
        const kl_set *set = &b->given.p[i];
        kl_symbol *s = kl_front_find(f, set->name, KL_KIND(KL_SYM_FIELD), KL_D_FIELD_UNKNOWN);
        for (size_t k = 0; k < i && s; k++)
            if (kl_str_eq(b->given.p[k].name.text, set->name.text)) {
                kl_diag *d = kl_front_report(f, set->name.span, KL_D_GIVEN_TWICE, 1, set->name.text);
                kl_front_second(f, d, f->file, b->given.p[k].name.span, KL_N_FIRST_HERE, KL_NO_ARG);
                break;
            }
        if (s && s->index != IR_NONE) give(f, x, s->index, set->value, set->unknown, s->name, set->span);
    }
    for (size_t i = 0; i < b->assumed.n; i++) {
        const kl_set *set = &b->assumed.p[i];
        kl_symbol *s = kl_front_find(f, set->name, KL_KIND(KL_SYM_ASSUMPTION), KL_D_ASSUMPTION_UNKNOWN);
        if (s && s->index != IR_NONE) assume(f, x, s->index, set->value, set->unknown, s->name, set->span);
    }
    for (size_t i = 0; i < b->expected.n; i++) {
        const kl_set *set = &b->expected.p[i];
        kl_symbol *s = kl_front_find(f, set->name, KL_KIND(KL_SYM_OUTCOME), KL_D_OUTCOME_UNKNOWN);
        if (s && s->index != IR_NONE) expect(f, x, s->index, set->value, s->name, set->span);
    }
    for (size_t i = 0; i < b->fired.n; i++) {
        check_fired(f, &b->fired.p[i]);
        KL_PUSH(f->arena, &x->fired, ((ir_named){b->fired.p[i].text, b->fired.p[i].span}));
    }
    for (size_t i = 0; i < b->missing.n; i++) {
        kl_str field;
        check_missing(f, &b->missing.p[i], &field);
        KL_PUSH(f->arena, &x->missing, ((ir_named){field, b->missing.p[i].span}));
    }
    for (size_t i = 0; i < b->findings.n; i++) {
        check_finding(f, &b->findings.p[i]);
        KL_PUSH(f->arena, &x->findings, ((ir_named){b->findings.p[i].text, b->findings.p[i].span}));
    }
    x->fired_said = b->fired_said;
    x->missing_said = b->missing_said;
    x->findings_said = b->findings_said;
}

/* What a cell says; several names are a set. */
static const kl_expr *cell_value(kl_front *f, const kl_cell *cell) {
    if (cell->list.n == 1) return cell->list.p[0];
    kl_expr *set = kl_alloc(f->arena, sizeof *set);
    *set = (kl_expr){.kind = KL_E_SET, .span = cell->span, .list = cell->list};
    return set;
}

static void resolve_row(kl_front *f, ir_example *x, const kl_grid *grid, const kl_row *row) {
    for (size_t i = 1; i < grid->heads.n && row->cells.n == grid->heads.n; i++) {
        const kl_cell *cell = &row->cells.p[i];
        const kl_name *head = &grid->heads.p[i];
        if (cell->empty || cell->list.n == 0 || head->text.n == 0 || grid->head_role.p[i] != KL_COL_OTHER) continue;
        const kl_expr *value = cell_value(f, cell);
        if (value->kind == KL_E_ANY) continue;
        if (cell->negate) {
            kl_front_report(f, cell->span, KL_D_CONSTANT_WANTED, 0);
            continue;
        }
        kl_symbol *s = kl_front_peek(f, *head, KL_KIND(KL_SYM_OUTCOME));
        if (!s) s = kl_front_peek(f, *head, KL_KIND(KL_SYM_FIELD) | KL_KIND(KL_SYM_ASSUMPTION));
        if (!s || s->bad || s->index == IR_NONE) continue; /* the heading has been reported */
        if (s->kind == KL_SYM_OUTCOME)
            expect(f, x, s->index, value, s->name, cell->span);
        else if (s->kind == KL_SYM_FIELD)
            give(f, x, s->index, value, false, s->name, cell->span);
        else
            assume(f, x, s->index, value, false, s->name, cell->span);
    }
}

static void check_headings(kl_front *f, const kl_grid *grid) {
    unsigned kinds = KL_KIND(KL_SYM_OUTCOME) | KL_KIND(KL_SYM_FIELD) | KL_KIND(KL_SYM_ASSUMPTION);
    for (size_t i = 1; i < grid->heads.n; i++) {
        const kl_name *head = &grid->heads.p[i];
        const kl_expr *e = grid->head_exprs.p[i];
        kl_symbol *outcome = kl_front_peek(f, *head, KL_KIND(KL_SYM_OUTCOME));
        if (outcome) continue;
        if (head->text.n)
            kl_front_find(f, *head, kinds, KL_D_EXAMPLE_HEADING);
        else if (!e || e->kind != KL_E_ERROR)
            kl_front_report(f, e ? e->span : head->span, KL_D_EXAMPLE_HEADING_NAME, 0);
    }
}

/* ------------------------------------------------------------------ bases */
static void resolve(bench *b, uint32_t i);

static void report_base_cycle(bench *b, uint32_t back_to, kl_span span) {
    kl_buf path;
    kl_buf_init(&path, b->f->arena);
    size_t at = b->path.n;
    while (at > 0 && b->path.p[at - 1] != back_to) at--;
    for (size_t i = at ? at - 1 : 0; i < b->path.n; i++)
        kl_buf_fmt(&path, "%.*s → ", KL_FMT(b->sources.p[b->path.p[i]].title));
    kl_buf_str(&path, b->sources.p[back_to].title);
    kl_front_report(b->f, span, KL_D_EXAMPLE_BASE_CYCLE, 1, kl_buf_view(&path));
}

/* A row has all that its table says above it. */
static void inherit_shared(bench *b, uint32_t i) {
    kl_front *f = b->f;
    resolve(b, b->sources.p[i].shared);
    const ir_example *old = &b->sources.p[b->sources.p[i].shared].example;
    ir_example *x = &b->sources.p[i].example;
    for (size_t k = 0; k < old->given.n; k++) KL_PUSH(f->arena, &x->given, old->given.p[k]);
    for (size_t k = 0; k < old->assumed.n; k++) KL_PUSH(f->arena, &x->assumed, old->assumed.p[k]);
    for (size_t k = 0; k < old->expected.n; k++) KL_PUSH(f->arena, &x->expected, old->expected.p[k]);
    for (size_t k = 0; k < old->fired.n; k++) KL_PUSH(f->arena, &x->fired, old->fired.p[k]);
    for (size_t k = 0; k < old->missing.n; k++) KL_PUSH(f->arena, &x->missing, old->missing.p[k]);
    for (size_t k = 0; k < old->findings.n; k++) KL_PUSH(f->arena, &x->findings, old->findings.p[k]);
    x->fired_said = old->fired_said;
    x->missing_said = old->missing_said;
    x->findings_said = old->findings_said;
}

/* Copies what the base gives and assumes. */
static void inherit(bench *b, uint32_t i) {
    kl_front *f = b->f;
    kl_text base = b->sources.p[i].piece->u.example.one.base;
    if (!base.text.p) return;
    uint32_t from = kl_map_get(&b->titles, 0, base.text);
    if (from == IR_NONE) {
        kl_str near = {0};
        size_t best = base.text.n / 4 + 2;
        for (size_t k = 0; k < b->sources.n; k++) {
            size_t d = k == i ? best : kl_str_distance(base.text, b->sources.p[k].title, best);
            if (d < best) best = d, near = b->sources.p[k].title;
        }
        kl_front_report(f, base.span, KL_D_EXAMPLE_BASE_UNKNOWN, 1, base.text)->suggestion = near;
        return;
    }
    if (b->sources.p[from].state == OPEN) {
        report_base_cycle(b, from, base.span);
        return;
    }
    if (b->path.n > KL_MAX_BASES) {
        kl_front_report(f, base.span, KL_D_LIMIT_BASES, 1, kl_str_fmt(f->arena, "%d", KL_MAX_BASES));
        return;
    }
    resolve(b, from);
    const ir_example *old = &b->sources.p[from].example;
    ir_example *x = &b->sources.p[i].example;
    for (size_t k = 0; k < old->given.n; k++) KL_PUSH(f->arena, &x->given, old->given.p[k]);
    for (size_t k = 0; k < old->assumed.n; k++) KL_PUSH(f->arena, &x->assumed, old->assumed.p[k]);
}

static void check_required(kl_front *f, const source *s) {
    for (uint32_t field = 0; field < f->g->fields.n; field++) {
        if (!f->g->fields.p[field].required || f->g->fields.p[field].key) continue;
        bool given = false;
        for (size_t k = 0; k < s->example.given.n; k++)
            given = given || (s->example.given.p[k].field == field && !s->example.given.p[k].unknown);
        if (!given) kl_front_report(f, s->span, KL_D_EXAMPLE_REQUIRED, 1, f->g->fields.p[field].name);
    }
}

static void resolve(bench *b, uint32_t i) {
    if (b->sources.p[i].state == DONE) return;
    kl_front *f = b->f;
    source *s = &b->sources.p[i];
    ir_example *x = &s->example;
    s->state = OPEN;
    KL_PUSH(f->arena, &b->path, i);
    size_t errors = f->diags->errors;
    if (s->row) {
        inherit_shared(b, i);
        resolve_row(f, x, &s->piece->u.example.grid, s->row);
    } else {
        inherit(b, i);
        resolve_body(f, x, &s->piece->u.example.one);
    }
    x->title = s->title;
    x->file = kl_front_file(f);
    x->span = s->span;
    if (errors == f->diags->errors && (s->row || !s->piece->u.example.tabular)) {
        check_required(f, s);
        if (x->expected.n == 0 && !x->fired_said && !x->missing_said && !x->findings_said)
            kl_front_report(f, s->span, KL_D_EXAMPLE_EXPECTS_NOTHING, 0);
    }
    b->path.n--;
    s->state = DONE;
}

/* ------------------------------------------------------------------ the whole */
static void add(bench *b, source s) {
    kl_front *f = b->f;
    uint32_t first = kl_map_add(&b->titles, 0, s.title, (uint32_t)b->sources.n);
    KL_PUSH(f->arena, &b->sources, s);
    if (first == IR_NONE) return;
    kl_diag *d = kl_front_report(f, s.span, KL_D_EXAMPLE_TITLE_TWICE, 1, s.title);
    kl_front_second(f, d, f->file, b->sources.p[first].span, KL_N_FIRST_HERE, KL_NO_ARG);
}

static kl_str row_title(kl_front *f, kl_str title, const kl_row *row, size_t number) {
    const kl_cell *cell = row->cells.n ? &row->cells.p[0] : NULL;
    if (cell && cell->label.text.p) return kl_str_fmt(f->arena, "%.*s, %.*s", KL_FMT(title), KL_FMT(cell->label.text));
    return kl_str_fmt(f->arena, "%.*s, %zu", KL_FMT(title), number);
}

void kl_front_examples(kl_front *f) {
    bench b = {.f = f};
    kl_map_init(&b.titles, f->arena);
    const kl_file *file = f->sources->files.p[0];
    for (size_t i = 0; i < file->pieces.n; i++) {
        const kl_piece *p = file->pieces.p[i];
        if (p->kind != KL_P_EXAMPLE) continue;
        kl_text title = p->u.example.one.title;
        if (!title.text.p) {
            kl_front_report(f, p->head_span, KL_D_EXAMPLE_UNTITLED, 0);
            title = (kl_text){KL_STR("?"), p->head_span};
        }
        uint32_t shared = (uint32_t)b.sources.n;
        add(&b, (source){.piece = p, .title = title.text, .span = title.span});
        if (!p->u.example.tabular) continue;
        check_headings(f, &p->u.example.grid);
        for (size_t k = 0; k < p->u.example.grid.rows.n; k++) {
            const kl_row *row = &p->u.example.grid.rows.p[k];
            add(&b, (source){.piece = p,
                             .row = row,
                             .shared = shared,
                             .title = row_title(f, title.text, row, k + 1),
                             .span = row->span});
        }
    }
    for (uint32_t i = 0; i < b.sources.n; i++) resolve(&b, i);
    for (size_t i = 0; i < b.sources.n; i++)
        if (b.sources.p[i].row || !b.sources.p[i].piece->u.example.tabular)
            KL_PUSH(f->arena, &f->g->examples, b.sources.p[i].example);
}
