/* vocabulary.c - what is declared before anything is decided: value sets, records, assumptions, outcomes.
 * May include: compiler/front.
 * Start at kl_front_vocabulary(): sets of all files first, then what has a type. */
#include "compiler/front.h"

/* ------------------------------------------------------------------ value sets */
static bool has_code(const ir_value *v, kl_str code) {
    for (size_t i = 0; i < v->codes.n; i++)
        if (kl_str_eq(v->codes.p[i], code)) return true;
    return false;
}

static void declare_set(kl_front *f, const kl_piece *p) {
    kl_symbol *s = kl_front_declare(f, KL_SYM_SET, p->name, p);
    uint32_t index = (uint32_t)f->g->sets.n;
    ir_set set = {.name = p->name.text, .title = p->title.text};
    kl_map codes; /* every code and name → value, to find those that two values claim */
    kl_map_init(&codes, f->arena);
    size_t count = p->u.values.values.n;
    if (count > KL_MAX_VALUES) {
        kl_front_report(f, p->name.span, KL_D_LIMIT_VALUES, 2, p->name.text, kl_str_fmt(f->arena, "%d", KL_MAX_VALUES));
        count = KL_MAX_VALUES;
    }
    if (count == 0) kl_front_report(f, p->name.span, KL_D_SET_EMPTY, 1, p->name.text);
    for (size_t i = 0; i < count; i++) {
        const kl_value *v = &p->u.values.values.p[i];
        ir_value value = {.name = v->name.text, .label = v->label.text};
        uint32_t code = (uint32_t)set.values.n;
        uint32_t first = kl_map_add(&f->values, index, v->name.text, code);
        if (first != IR_NONE) {
            kl_diag *d = kl_front_report(f, v->name.span, KL_D_NAME_TWICE, 1, v->name.text);
            kl_front_second(f, d, f->file, p->u.values.values.p[first].name.span, KL_N_FIRST_HERE, KL_NO_ARG);
            continue;
        }
        uint32_t taken = kl_map_add(&codes, 0, v->name.text, code);
        if (taken != IR_NONE && taken != code) {
            kl_diag *d = kl_front_report(f, v->name.span, KL_D_CODE_TWICE, 2, v->name.text, set.values.p[taken].name);
            kl_front_second(f, d, f->file, p->u.values.values.p[taken].span, KL_N_FIRST_HERE, KL_NO_ARG);
        }
        KL_PUSH(f->arena, &value.codes, v->name.text);
        for (size_t k = 0; k < v->codes.n; k++) {
            kl_str text = v->codes.p[k].text;
            taken = kl_map_add(&codes, 0, text, code);
            if (taken != IR_NONE && taken != code) {
                kl_diag *d = kl_front_report(f, v->codes.p[k].span, KL_D_CODE_TWICE, 2, text, set.values.p[taken].name);
                kl_front_second(f, d, f->file, p->u.values.values.p[taken].span, KL_N_FIRST_HERE, KL_NO_ARG);
            } else if (!has_code(&value, text)) {
                KL_PUSH(f->arena, &value.codes, text);
            }
        }
        KL_PUSH(f->arena, &set.values, value);
    }
    s->index = index;
    KL_PUSH(f->arena, &f->g->sets, set);
}

/* ------------------------------------------------------------------ constants */
bool kl_front_constant(kl_front *f, const kl_expr *e, ir_type type, int64_t *number, kl_str *text) {
    if (type.kind == KL_T_NONE || e->kind == KL_E_ERROR) return false;
    if (type.kind == KL_T_BOOL) {
        uint32_t n = kl_lower_truth(f, e);
        const ir_node *x = kl_node_at(f, n);
        if (x->kind != IR_BOOL) kl_front_report(f, e->span, KL_D_CONSTANT_WANTED, 0);
        *number = x->value;
        return x->kind == IR_BOOL && x->value < 2;
    }
    kl_val v = kl_front_fit(f, kl_lower_sum(f, e, type), type);
    if (v.node == IR_NONE) return false;
    if (!kl_val_constant(f, v)) {
        kl_front_report(f, e->span, KL_D_CONSTANT_WANTED, 0);
        return false;
    }
    *number = kl_node_at(f, v.node)->value;
    if (type.kind == KL_T_TEXT) *text = f->g->texts.p[*number];
    return true;
}

/* ------------------------------------------------------------------ records */
static void declare_inputs(kl_front *f, const kl_field *line, ir_field *field, uint32_t index) {
    KL_PUSH(f->arena, &field->inputs, line->name.text);
    for (size_t i = 0; i < line->columns.n; i++) {
        kl_str text = line->columns.p[i].text;
        if (kl_str_eq(text, line->name.text)) continue;
        uint32_t taken = kl_map_add(&f->inputs, 0, text, index);
        if (taken != IR_NONE) {
            kl_diag *d = kl_front_report(f, line->columns.p[i].span, KL_D_COLUMN_TWICE, 2, text,
                                         taken == index ? line->name.text : f->g->fields.p[taken].name);
            if (taken != index) d->second_file = f->g->fields.p[taken].file, d->second = f->g->fields.p[taken].span;
            if (taken != index) d->second_note = kl_front_note(f, KL_N_DECLARED_HERE, KL_NO_ARG);
            continue;
        }
        KL_PUSH(f->arena, &field->inputs, text);
    }
}

static void declare_field(kl_front *f, const kl_piece *p, const kl_field *line) {
    kl_symbol *s = kl_front_declare(f, KL_SYM_FIELD, line->name, p);
    if (s->bad) return;
    uint32_t index = (uint32_t)f->g->fields.n;
    if (index >= KL_MAX_FIELDS) {
        if (index == KL_MAX_FIELDS)
            kl_front_report(f, line->name.span, KL_D_LIMIT_FIELDS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_FIELDS));
        s->bad = true;
        return;
    }
    ir_field field = {.name = line->name.text,
                      .title = line->title.text,
                      .required = line->required,
                      .key = line->key,
                      .attested = line->attested,
                      .file = kl_front_file(f),
                      .span = line->name.span};
    field.type = kl_front_type(f, &line->type);
    declare_inputs(f, line, &field, index);
    if (line->otherwise) {
        field.has_otherwise =
            kl_front_constant(f, line->otherwise, field.type, &field.otherwise, &field.otherwise_text);
        if (line->required) kl_front_report(f, line->otherwise->span, KL_D_REQUIRED_OTHERWISE, 1, line->name.text);
    }
    if (line->key) {
        if (f->g->key != IR_NONE) {
            const ir_field *first = &f->g->fields.p[f->g->key];
            kl_diag *d = kl_front_report(f, line->name.span, KL_D_KEY_TWICE, 2, line->name.text, first->name);
            d->second_file = first->file, d->second = first->span;
            d->second_note = kl_front_note(f, KL_N_FIRST_HERE, KL_NO_ARG);
        } else {
            f->g->key = index;
            f->g->record = p->name.text;
        }
        if (field.type.kind != KL_T_TEXT && field.type.kind != KL_T_NONE)
            kl_front_report(f, line->type.span, KL_D_KEY_TYPE, 2, line->name.text, kl_front_type_word(f, field.type));
    }
    s->index = index;
    KL_PUSH(f->arena, &f->g->fields, field);
}

/* An input name that is another field's own name. */
static void check_inputs(kl_front *f) {
    for (size_t i = 0; i < f->g->fields.n; i++) {
        const ir_field *field = &f->g->fields.p[i];
        uint32_t taken = kl_map_get(&f->inputs, 0, field->name);
        if (taken == IR_NONE || taken == i) continue;
        kl_diag *d = kl_report(f->diags, field->file, field->span, KL_D_COLUMN_TWICE, 2, field->name,
                               f->g->fields.p[taken].name);
        d->second_file = f->g->fields.p[taken].file, d->second = f->g->fields.p[taken].span;
        d->second_note = kl_front_note(f, KL_N_DECLARED_HERE, KL_NO_ARG);
    }
}

/* ------------------------------------------------------------------ assumptions */
static void check_bounds(kl_front *f, const kl_piece *p, ir_assumption *a) {
    const kl_expr *low = p->u.assumption.low, *high = p->u.assumption.high;
    kl_str none;
    if (!low || !high || a->type.kind == KL_T_NONE) return;
    if (!kl_type_ordered(a->type)) {
        kl_front_report(f, low->span, KL_D_NOT_ORDERED, 1, kl_front_type_word(f, a->type));
        return;
    }
    bool ok = kl_front_constant(f, low, a->type, &a->lo, &none);
    if (!kl_front_constant(f, high, a->type, &a->hi, &none) || !ok) return;
    if (a->lo > a->hi) {
        kl_front_report(f, (kl_span){low->span.start, high->span.end}, KL_D_RANGE_EMPTY, 0);
        return;
    }
    a->bounded = true;
    if (a->has_value && (a->value < a->lo || a->value > a->hi))
        kl_front_report(f, p->u.assumption.otherwise->span, KL_D_ASSUMPTION_OUTSIDE, 1, p->name.text);
}

static void declare_assumption(kl_front *f, const kl_piece *p) {
    kl_symbol *s = kl_front_declare(f, KL_SYM_ASSUMPTION, p->name, p);
    ir_assumption a = {.name = p->name.text,
                       .title = p->title.text,
                       .cite = p->source.cite.text,
                       .open = p->source.open.text,
                       .because = p->source.because.text,
                       .file = kl_front_file(f),
                       .span = p->name.span};
    a.type = kl_front_type(f, &p->u.assumption.type);
    if (a.type.kind == KL_T_SET || a.type.kind == KL_T_TEXT || a.type.kind == KL_T_VALUES) {
        kl_front_report(f, p->u.assumption.type.span, KL_D_ASSUMPTION_TYPE, 0);
        a.type.kind = KL_T_NONE;
    }
    if (p->u.assumption.otherwise) {
        kl_str none;
        a.has_value = kl_front_constant(f, p->u.assumption.otherwise, a.type, &a.value, &none);
    }
    check_bounds(f, p, &a);
    s->index = (uint32_t)f->g->assumptions.n;
    KL_PUSH(f->arena, &f->g->assumptions, a);
}

/* ------------------------------------------------------------------ outcomes */
static void declare_columns(kl_front *f, const kl_piece *p, ir_outcome *o) {
    for (size_t i = 0; i < p->u.outcome.columns.n; i++) {
        const kl_entry_field *line = &p->u.outcome.columns.p[i];
        for (size_t k = 0; k < i; k++)
            if (kl_str_eq(p->u.outcome.columns.p[k].name.text, line->name.text)) {
                kl_diag *d = kl_front_report(f, line->name.span, KL_D_NAME_TWICE, 1, line->name.text);
                kl_front_second(f, d, f->file, p->u.outcome.columns.p[k].name.span, KL_N_FIRST_HERE, KL_NO_ARG);
                break;
            }
        KL_PUSH(f->arena, &o->columns, ((ir_column){line->name.text, kl_front_type(f, &line->type)}));
    }
    if (o->columns.n == 0) kl_front_report(f, p->name.span, KL_D_MANY_EMPTY, 1, p->name.text);
    if (p->u.outcome.otherwise) kl_front_report(f, p->u.outcome.otherwise->span, KL_D_MANY_OTHERWISE, 1, p->name.text);
    if (p->u.outcome.audited.text.p) kl_front_report(f, p->u.outcome.audited.span, KL_D_MANY_AUDITED, 1, p->name.text);
}

static void declare_outcome(kl_front *f, const kl_piece *p) {
    kl_symbol *s = kl_front_declare(f, KL_SYM_OUTCOME, p->name, p);
    ir_outcome o = {.name = p->name.text,
                    .title = p->title.text,
                    .many = p->u.outcome.many,
                    .audited = IR_NONE,
                    .type = {KL_T_NONE, 0, IR_NONE},
                    .file = kl_front_file(f),
                    .span = p->name.span};
    o.otherwise = (ir_result){IR_R_NONE, IR_NONE, IR_NONE, 0, {0}};
    if (o.many)
        declare_columns(f, p, &o);
    else
        o.type = kl_front_type(f, &p->u.outcome.type);
    s->index = (uint32_t)f->g->outcomes.n;
    KL_PUSH(f->arena, &f->g->outcomes, o);
}

static void check_audit(kl_front *f, const kl_symbol *s) {
    const kl_name *audited = &s->piece->u.outcome.audited;
    if (!audited->text.p || f->g->outcomes.p[s->index].many) return;
    kl_symbol *field = kl_front_find(f, *audited, KL_KIND(KL_SYM_FIELD), KL_D_FIELD_UNKNOWN);
    if (!field || field->index == IR_NONE) return;
    ir_type a = f->g->outcomes.p[s->index].type, b = f->g->fields.p[field->index].type;
    if (a.kind == KL_T_NONE || b.kind == KL_T_NONE) return;
    if (!kl_type_same(a, b)) {
        kl_diag *d = kl_front_report(f, audited->span, KL_D_AUDIT_TYPE, 3, s->name, kl_front_type_word(f, a),
                                     kl_front_type_word(f, b));
        kl_front_second(f, d, field->file, field->span, KL_N_DECLARED_HERE, KL_NO_ARG);
        return;
    }
    f->g->outcomes.p[s->index].audited = field->index;
}

/* What an outcome is otherwise, and what it is audited against: after every name is declared. */
static void finish_outcome(kl_front *f, const kl_symbol *s) {
    check_audit(f, s);
    const kl_expr *e = s->piece->u.outcome.otherwise;
    if (!e || f->g->outcomes.p[s->index].many) return;
    kl_case_list cases = kl_front_result(f, e, f->g->outcomes.p[s->index].type);
    if (cases.n > 1) kl_front_report(f, e->span, KL_D_OTHERWISE_CHOICE, 0);
    if (cases.n == 1) f->g->outcomes.p[s->index].otherwise = cases.p[0].result;
}

/* ------------------------------------------------------------------ the whole */
static bool shareable(kl_piece_kind kind) {
    return kind == KL_P_USE || kind == KL_P_VALUES || kind == KL_P_RECORD || kind == KL_P_TARIFF ||
           kind == KL_P_ASSUMPTION || kind == KL_P_CLAUSE || kind == KL_P_NOTE;
}

/* In the file itself one report is enough: it is the guideline that is missing. */
static void refuse_unshareable(kl_front *f, const kl_piece *p, bool *said) {
    if (shareable(p->kind) || (f->file == 0 && (f->head || *said))) return;
    if (f->file == 0) {
        *said = true;
        kl_front_report(f, p->head_span, KL_D_NEEDS_GUIDELINE, 1, kl_piece_word(p->kind, kl_front_file(f)->surface));
        return;
    }
    kl_front_report(f, p->head_span, KL_D_NOT_SHARED, 1, kl_piece_word(p->kind, kl_front_file(f)->surface));
}

typedef void declare_piece(kl_front *f, const kl_piece *p);

static void each(kl_front *f, kl_piece_kind kind, bool own_only, declare_piece *declare) {
    for (f->file = 0; f->file < f->sources->files.n; f->file++) {
        const kl_file *file = kl_front_file(f);
        for (size_t i = 0; i < file->pieces.n; i++)
            if (file->pieces.p[i]->kind == kind && (f->file == 0 || !own_only)) declare(f, file->pieces.p[i]);
    }
    f->file = 0;
}

static void declare_record(kl_front *f, const kl_piece *p) {
    if (!f->g->record.n) f->g->record = p->name.text;
    for (size_t i = 0; i < p->u.record.fields.n; i++) declare_field(f, p, &p->u.record.fields.p[i]);
}

static void declare_tariff(kl_front *f, const kl_piece *p) {
    kl_front_declare_tariff(f, kl_front_declare(f, KL_SYM_TARIFF, p->name, p));
}

static void declare_clause(kl_front *f, const kl_piece *p) {
    kl_front_declare(f, KL_SYM_CLAUSE, p->name, p);
}

void kl_front_vocabulary(kl_front *f) {
    bool said = false;
    for (f->file = 0; f->file < f->sources->files.n; f->file++)
        for (size_t i = 0; i < kl_front_file(f)->pieces.n; i++)
            refuse_unshareable(f, kl_front_file(f)->pieces.p[i], &said);
    each(f, KL_P_VALUES, false, declare_set);
    each(f, KL_P_RECORD, false, declare_record);
    check_inputs(f);
    each(f, KL_P_ASSUMPTION, false, declare_assumption);
    each(f, KL_P_OUTCOME, true, declare_outcome);
    each(f, KL_P_CLAUSE, false, declare_clause);
    each(f, KL_P_TARIFF, false, declare_tariff);
}

void kl_front_finish_outcomes(kl_front *f) {
    for (size_t i = 0; i < f->symbols.n; i++)
        if (f->symbols.p[i]->kind == KL_SYM_OUTCOME && !f->symbols.p[i]->bad) finish_outcome(f, f->symbols.p[i]);
}
