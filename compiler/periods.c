/* periods.c - time: the guideline's period, narrower periods of its pieces, dated rows, tariffs as choices over the dating field.
 * May include: compiler/front.
 * Start at kl_front_period() (what a `gäller från …` line means) and kl_front_tariff(). */
#include "compiler/front.h"

/* ------------------------------------------------------------------ the two sides of a date */
static uint32_t date_node(kl_front *f) {
    return kl_n_field(f, f->g->dated_by);
}

/* The date assumption a date names, or IR_NONE after a report. */
static uint32_t date_assumption(kl_front *f, kl_name name) {
    kl_symbol *s = kl_front_find(f, name, KL_KIND(KL_SYM_ASSUMPTION), KL_D_ASSUMPTION_UNKNOWN);
    if (!s || s->index == IR_NONE) return IR_NONE;
    kl_type_kind kind = f->g->assumptions.p[s->index].type.kind;
    if (kind == KL_T_NONE) return IR_NONE;
    if (kind == KL_T_DATE) return s->index;
    kl_front_report(f, name.span, KL_D_TYPE_MISMATCH, 2, kl_front_type_word(f, (ir_type){KL_T_DATE, 0, IR_NONE}),
                    kl_front_type_word(f, f->g->assumptions.p[s->index].type));
    return IR_NONE;
}

/* Truth: the record's date is before `d`. IR_NONE when in error. */
static uint32_t is_before(kl_front *f, const kl_date *d) {
    if (!d->assumed) return kl_n_range(f, date_node(f), INT64_MIN, (int64_t)d->day - 1);
    uint32_t a = date_assumption(f, d->name);
    if (a == IR_NONE) return IR_NONE;
    uint32_t date = date_node(f), from = kl_n_assume(f, a);
    return kl_n_compare(f, date, KL_LT, from);
}

/* Truth: the record's date is after `d`. */
static uint32_t is_after(kl_front *f, const kl_date *d) {
    if (!d->assumed) return kl_n_range(f, date_node(f), (int64_t)d->day + 1, INT64_MAX);
    uint32_t a = date_assumption(f, d->name);
    if (a == IR_NONE) return IR_NONE;
    uint32_t through = kl_n_assume(f, a), date = date_node(f);
    return kl_n_compare(f, through, KL_LT, date);
}

/* ------------------------------------------------------------------ the guideline's own */
static void name_edition(kl_front *f) {
    ir_guideline *g = f->g;
    const kl_piece *p = f->head;
    if (p->u.guideline.edition.text.p) {
        g->edition = p->u.guideline.edition.text;
    } else if (g->from_assumption != IR_NONE) {
        const ir_assumption *a = &g->assumptions.p[g->from_assumption];
        if (a->has_value)
            g->edition = kl_front_day_word(f, (int32_t)a->value);
        else
            kl_front_report(f, p->period.from.span, KL_D_EDITION_UNNAMED, 0);
    } else if (g->from != INT32_MIN) {
        g->edition = kl_front_day_word(f, g->from);
    }
}

static void guideline_dates(kl_front *f) {
    ir_guideline *g = f->g;
    const kl_period *p = &f->head->period;
    uint32_t inside = kl_n_bool(f, 1);
    if (p->from.said) {
        if (p->from.assumed)
            g->from_assumption = date_assumption(f, p->from.name);
        else
            g->from = p->from.day;
        if (p->before == KL_BEYOND_UNSAID) kl_front_report(f, p->from.span, KL_D_BEFORE_UNSAID, 0);
        uint32_t before = g->period_before = is_before(f, &p->from);
        if (before != IR_NONE) inside = kl_n_and(f, inside, kl_n_not(f, before));
    }
    if (p->through.said) {
        if (!p->through.assumed) g->through = p->through.day;
        if (p->after == KL_BEYOND_UNSAID) kl_front_report(f, p->through.span, KL_D_AFTER_UNSAID, 0);
        uint32_t after = g->period_after = is_after(f, &p->through);
        if (after != IR_NONE) inside = kl_n_and(f, inside, kl_n_not(f, after));
    }
    if (p->from.said && p->through.said && !p->from.assumed && !p->through.assumed && p->from.day > p->through.day)
        kl_front_report(f, p->span, KL_D_PERIOD_BACKWARDS, 0);
    g->before = p->before;
    g->after = p->after;
    g->period = inside;
}

void kl_front_guideline_period(kl_front *f) {
    ir_guideline *g = f->g;
    const kl_piece *head = f->head;
    const kl_name *dated_by = &head->u.guideline.dated_by;
    g->period = kl_n_bool(f, 1);
    g->period_before = g->period_after = IR_NONE;
    f->undated = head->period.undated;
    if (f->undated) {
        if (dated_by->text.p) kl_front_report(f, dated_by->span, KL_D_UNDATED_DATED, 0);
        name_edition(f);
        return;
    }
    if (dated_by->text.p) {
        kl_symbol *s = kl_front_find(f, *dated_by, KL_KIND(KL_SYM_FIELD), KL_D_FIELD_UNKNOWN);
        if (s && s->index != IR_NONE && f->g->fields.p[s->index].type.kind != KL_T_NONE) {
            ir_type type = f->g->fields.p[s->index].type;
            if (type.kind == KL_T_DATE) {
                g->dated_by = s->index;
            } else {
                kl_diag *d =
                    kl_front_report(f, dated_by->span, KL_D_DATED_BY_TYPE, 2, s->name, kl_front_type_word(f, type));
                kl_front_second(f, d, s->file, s->span, KL_N_DECLARED_HERE, KL_NO_ARG);
            }
        }
    } else if (head->period.said) {
        kl_front_report(f, head->period.span, KL_D_DATED_BY_MISSING, 0);
    }
    if (!head->period.said) kl_front_report(f, head->head_span, KL_D_PERIOD_UNSAID, 0);
    if (g->dated_by != IR_NONE && head->period.said) guideline_dates(f);
    name_edition(f);
}

/* ------------------------------------------------------------------ a piece's own */
kl_when kl_front_period(kl_front *f, const kl_piece *piece) {
    const kl_period *p = &piece->period;
    kl_when w = {IR_NONE, IR_NONE, p->before, p->after, INT32_MIN, INT32_MAX};
    if (!p->said) return w;
    bool own = f->file == 0; /* a shared piece may reach outside the guidelines that use it */
    if (p->undated || f->undated) {
        kl_front_report(f, p->span, p->undated ? KL_D_UNDATED_PIECE : KL_D_DATED_IN_UNDATED, 0);
        return w;
    }
    const ir_guideline *g = f->g;
    if (p->from.said && p->through.said && !p->from.assumed && !p->through.assumed && p->from.day > p->through.day) {
        kl_front_report(f, p->span, KL_D_PERIOD_BACKWARDS, 0);
        return w;
    }
    if (f->head && own &&
        ((p->through.said && !p->through.assumed && p->through.day < g->from) ||
         (p->from.said && !p->from.assumed && p->from.day > g->through))) {
        kl_diag *d = kl_front_report(f, p->span, KL_D_PERIOD_OUTSIDE, 0);
        kl_front_second(f, d, 0, f->head->period.span, KL_N_PERIOD_HERE, KL_NO_ARG);
    }
    if (p->from.said && (p->from.assumed || p->from.day > g->from || !f->head)) {
        if (p->before == KL_BEYOND_UNSAID) kl_front_report(f, p->from.span, KL_D_BEFORE_UNSAID, 0);
        if (g->dated_by != IR_NONE) w.before = is_before(f, &p->from);
        if (!p->from.assumed) w.from = p->from.day;
    }
    if (p->through.said && (p->through.assumed || p->through.day < g->through || !f->head)) {
        if (p->after == KL_BEYOND_UNSAID) kl_front_report(f, p->through.span, KL_D_AFTER_UNSAID, 0);
        if (g->dated_by != IR_NONE) w.after = is_after(f, &p->through);
        if (!p->through.assumed) w.through = p->through.day;
    }
    return w;
}

uint32_t kl_front_edition(kl_front *f, uint32_t entry, uint32_t in_force, const kl_when *w) {
    ir_entry *e = &f->g->entries.p[entry];
    e->from = w->from;
    e->through = w->through;
    e->before = w->before == IR_NONE ? KL_BEYOND_UNSAID : w->said_before;
    e->after = w->after == IR_NONE ? KL_BEYOND_UNSAID : w->said_after;
    if (w->before == IR_NONE && w->after == IR_NONE) return in_force;
    return kl_n_edition(f, entry, in_force, w->before, w->after, e->before, e->after);
}

uint32_t kl_front_absent(kl_front *f, const kl_when *w) {
    uint32_t out = IR_NONE;
    if (w->before != IR_NONE && w->said_before == KL_BEYOND_UNKNOWN) out = w->before;
    if (w->after != IR_NONE && w->said_after == KL_BEYOND_UNKNOWN)
        out = out == IR_NONE ? w->after : kl_n_or(f, out, w->after);
    return out;
}

/* ------------------------------------------------------------------ dated rows */
/* The date in a cell of a från or till och med column; false when the cell says none. */
static bool cell_date(kl_front *f, const kl_cell *c, kl_date *d) {
    *d = (kl_date){.said = true, .span = c->span};
    if (c->empty || c->list.n == 0) return false;
    const kl_expr *e = c->list.p[0];
    if (e->kind == KL_E_ERROR) return false;
    if (c->list.n == 1 && !c->negate && e->kind == KL_E_DATE) {
        d->day = (int32_t)e->number.value;
        return true;
    }
    if (c->list.n == 1 && !c->negate && e->kind == KL_E_NAME) {
        d->assumed = true;
        d->name = e->name;
        return true;
    }
    if (c->list.n == 1 && (e->kind == KL_E_ANY || e->kind == KL_E_NOT_STATED)) return false;
    kl_front_report(f, c->span, KL_D_CELL_DATE, 0);
    return false;
}

uint32_t kl_front_row_dates(kl_front *f, const kl_cell *from, const kl_cell *through, ir_entry *entry) {
    kl_date a = {0}, b = {0};
    bool has_from = from && cell_date(f, from, &a), has_through = through && cell_date(f, through, &b);
    uint32_t out = kl_n_bool(f, 1);
    if (!has_from && !has_through) return out;
    if (f->undated) {
        kl_front_report(f, has_from ? from->span : through->span, KL_D_DATED_IN_UNDATED, 0);
        return out;
    }
    if (has_from && has_through && !a.assumed && !b.assumed && a.day > b.day) {
        kl_front_report(f, through->span, KL_D_PERIOD_BACKWARDS, 0);
        return out;
    }
    if (f->g->dated_by == IR_NONE) return out;
    if (has_from) {
        uint32_t before = is_before(f, &a);
        if (before != IR_NONE) out = kl_n_and(f, out, kl_n_not(f, before));
        if (!a.assumed && a.day > entry->from) entry->from = a.day;
        entry->before = KL_BEYOND_NOTHING;
    }
    if (has_through) {
        uint32_t after = is_after(f, &b);
        if (after != IR_NONE) out = kl_n_and(f, out, kl_n_not(f, after));
        if (!b.assumed && b.day < entry->through) entry->through = b.day;
        entry->after = KL_BEYOND_NOTHING;
    }
    return out;
}

/* ------------------------------------------------------------------ tariffs */
typedef struct step {
    int32_t from; /* INT32_MIN: before all */
    const kl_step *line;
    uint32_t node;
} step;
typedef KL_VEC(step) step_list;

static void sort_steps(step_list *s) {
    for (size_t i = 1; i < s->n; i++)
        for (size_t k = i; k > 0 && s->p[k - 1].from > s->p[k].from; k--) {
            step t = s->p[k];
            s->p[k] = s->p[k - 1];
            s->p[k - 1] = t;
        }
}

/* Every day once: the line `före D` must end where the first `från` begins, and no two may begin on one day. */
static void check_cover(kl_front *f, const step_list *s) {
    for (size_t i = 1; i < s->n; i++)
        if (s->p[i].from == s->p[i - 1].from) {
            kl_diag *d = kl_front_report(f, s->p[i].line->span, KL_D_TARIFF_TWICE, 0);
            kl_front_second(f, d, f->file, s->p[i - 1].line->span, KL_N_STEP_HERE, KL_NO_ARG);
        }
    const kl_step *first = s->p[0].line;
    if (s->p[0].from == INT32_MIN && s->n > 1 && s->p[1].from != INT32_MIN && first->before.said &&
        first->before.day != s->p[1].from) {
        kl_diag_id id = first->before.day < s->p[1].from ? KL_D_TARIFF_HOLE : KL_D_TARIFF_TWICE;
        int32_t day = first->before.day < s->p[1].from ? first->before.day : s->p[1].from;
        kl_diag *d = kl_front_report(f, s->p[1].line->span, id, 1, kl_front_day_word(f, day));
        kl_front_second(f, d, f->file, first->span, KL_N_STEP_HERE, KL_NO_ARG);
    }
    if (s->p[0].from == INT32_MIN && s->n == 1 && first->before.said)
        kl_front_report(f, first->span, KL_D_TARIFF_HOLE, 1, kl_front_day_word(f, first->before.day));
}

void kl_front_declare_tariff(kl_front *f, kl_symbol *symbol) {
    const kl_piece *p = symbol->piece;
    kl_tariff t = {.symbol = symbol, .node = IR_NONE, .steps = 0};
    t.type = kl_front_type(f, &p->u.tariff.type);
    step_list steps = {0};
    bool ok = true;
    for (size_t i = 0; i < p->u.tariff.steps.n; i++) {
        const kl_step *line = &p->u.tariff.steps.p[i];
        kl_val v = kl_lower_sum(f, line->value, t.type);
        if (t.type.kind == KL_T_NONE && p->u.tariff.type.kind == KL_T_NONE)
            t.type = v.type; /* the first step says the type */
        v = kl_front_fit(f, v, t.type);
        if (v.node != IR_NONE && !kl_val_constant(f, v)) kl_front_report(f, line->value->span, KL_D_CONSTANT_WANTED, 0);
        if (v.node == IR_NONE || !kl_val_constant(f, v)) ok = false;
        if (line->from.assumed || line->before.assumed) {
            kl_front_report(f, line->span, KL_D_TARIFF_ASSUMED, 0);
            ok = false;
            continue;
        }
        KL_PUSH(f->arena, &steps, ((step){line->from.said ? line->from.day : INT32_MIN, line, v.node}));
    }
    if (steps.n == 0) {
        if (ok && symbol->name.n) kl_front_report(f, p->name.span, KL_D_TARIFF_EMPTY, 1, symbol->name);
        ok = false;
    } else {
        sort_steps(&steps);
        check_cover(f, &steps);
    }
    if (!ok) t.type.kind = KL_T_NONE;
    t.steps = steps.n;
    t.from = kl_alloc_array(f->arena, steps.n + 1, sizeof *t.from);
    t.values = kl_alloc_array(f->arena, steps.n + 1, sizeof *t.values);
    for (size_t i = 0; i < steps.n; i++) {
        t.from[i] = steps.p[i].from;
        t.values[i] = steps.p[i].node;
    }
    symbol->index = (uint32_t)f->tariffs.n;
    KL_PUSH(f->arena, &f->tariffs, t);
}

/* The choice over the dating field, built where the tariff is first used. */
uint32_t kl_front_tariff(kl_front *f, const kl_symbol *s) {
    kl_tariff *t = &f->tariffs.p[s->index];
    if (t->type.kind == KL_T_NONE) return IR_NONE;
    if (t->node != IR_NONE) return t->node;
    bool stepped = t->steps > 1 || t->from[0] != INT32_MIN;
    if (f->undated && stepped) {
        kl_diag *d = kl_front_report(f, f->at, KL_D_TARIFF_UNDATED, 1, s->name);
        kl_front_second(f, d, s->file, s->span, KL_N_DECLARED_HERE, KL_NO_ARG);
        return IR_NONE;
    }
    int32_t from = f->g->from;
    if (f->head && t->from[0] != INT32_MIN && (from == INT32_MIN || from < t->from[0]) && !t->hole_said) {
        t->hole_said = true;
        kl_str day = from == INT32_MIN ? kl_front_day_word(f, t->from[0] - 1) : kl_front_day_word(f, from);
        uint32_t outer = f->file;
        f->file = s->file;
        kl_diag *d = kl_front_report(f, s->span, KL_D_TARIFF_HOLE, 1, day);
        f->file = outer;
        kl_front_second(f, d, 0, f->head->period.span, KL_N_PERIOD_HERE, KL_NO_ARG);
        return IR_NONE;
    }
    uint32_t node = t->values[0];
    for (size_t i = 1; i < t->steps && f->g->dated_by != IR_NONE; i++)
        node = kl_n_select(f, kl_n_range(f, date_node(f), t->from[i], INT64_MAX), t->values[i], node);
    return f->tariffs.p[s->index].node = node;
}
