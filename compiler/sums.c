/* sums.c - value expressions to number nodes: names, constants, arithmetic, choices; decimals aligned, constants folded.
 * May include: compiler/front.
 * Start at kl_lower_sum(); arms.c takes the choices out of a node again. */
#include "compiler/front.h"

static const ir_type INTEGER = {KL_T_INTEGER, 0, IR_NONE};
static const ir_type BOOL = {KL_T_BOOL, 0, IR_NONE};
static const ir_type DATE = {KL_T_DATE, 0, IR_NONE};
static const ir_type DAYS = {KL_T_DAYS, 0, IR_NONE};

static kl_val val(kl_front *f, uint32_t node, kl_span span) {
    return (kl_val){node, kl_node_at(f, node)->type, false, span};
}

/* ------------------------------------------------------------------ arithmetic */
uint32_t kl_front_arith(kl_front *f, ir_kind kind, uint32_t a, uint32_t b, int64_t value, kl_round round, ir_type type,
                        kl_span span) {
    const ir_node *x = kl_node_at(f, a), *y = b == IR_NONE ? NULL : kl_node_at(f, b);
    if (x->kind != IR_NUMBER || (y && y->kind != IR_NUMBER)) return kl_n_sum(f, kind, a, b, value, round, type);
    int64_t out;
    switch (kl_fold(kind, x->value, y ? y->value : 0, value, round, &out)) {
    case KL_FOLD_OK: return kl_n_number(f, out, type);
    case KL_FOLD_OVERFLOW: kl_front_report(f, span, KL_D_NUMBER_OVERFLOW, 0); return IR_NONE;
    case KL_FOLD_ZERO: kl_front_report(f, span, KL_D_DIVISION_BY_ZERO, 0); return IR_NONE;
    }
    return IR_NONE;
}

static kl_val arith(kl_front *f, ir_kind kind, kl_val a, kl_val b, ir_type type, kl_span span) {
    uint32_t n = kl_front_arith(f, kind, a.node, b.node, 0, KL_ROUND_NONE, type, span);
    return n == IR_NONE ? kl_val_bad(span) : (kl_val){n, type, false, span};
}

kl_val kl_val_cannot(kl_front *f, kl_span span, kl_diag_id id, kl_val a, kl_val b) {
    if (a.type.kind != KL_T_NONE && b.type.kind != KL_T_NONE)
        kl_front_report(f, span, id, 2, kl_front_type_word(f, a.type), kl_front_type_word(f, b.type));
    return kl_val_bad(span);
}

static kl_val add(kl_front *f, const kl_expr *e, kl_val a, kl_val b) {
    ir_kind kind = e->kind == KL_E_ADD ? IR_ADD : IR_SUB;
    if (a.type.kind == KL_T_DATE && b.type.kind == KL_T_DAYS) return arith(f, kind, a, b, DATE, e->span);
    if (kind == IR_ADD && a.type.kind == KL_T_DAYS && b.type.kind == KL_T_DATE)
        return arith(f, kind, a, b, DATE, e->span);
    if (a.type.kind == KL_T_DATE || b.type.kind == KL_T_DATE) return kl_val_cannot(f, e->span, KL_D_DATE_SUM, a, b);
    if (!kl_front_meet(f, &a, &b, e->span)) return kl_val_bad(e->span);
    if (!kl_type_ordered(a.type)) return kl_val_cannot(f, e->span, KL_D_NOT_A_NUMBER, a, b);
    return arith(f, kind, a, b, a.type, e->span);
}

static kl_val multiply(kl_front *f, const kl_expr *e, kl_val a, kl_val b) {
    if (!kl_type_number(a.type)) { /* the plain number is the first */
        kl_val t = a;
        a = b;
        b = t;
    }
    ir_type type = b.type;
    bool unit =
        type.kind == KL_T_MONEY || ((type.kind == KL_T_MINUTES || type.kind == KL_T_DAYS) && a.type.decimals == 0);
    if (!kl_type_number(a.type) || !(unit || kl_type_number(type)))
        return kl_val_cannot(f, e->span, KL_D_CANNOT_MULTIPLY, a, b);
    unsigned decimals = (unsigned)a.type.decimals + type.decimals;
    if (decimals > 2 * KL_MAX_DECIMALS) {
        kl_front_report(f, e->span, KL_D_LIMIT_DECIMALS, 1, kl_str_fmt(f->arena, "%d", 2 * KL_MAX_DECIMALS));
        return kl_val_bad(e->span);
    }
    if (type.kind == KL_T_INTEGER && decimals > 0) type.kind = KL_T_DECIMAL;
    type.decimals = (uint8_t)decimals;
    return arith(f, IR_MUL, a, b, type, e->span);
}

/* ------------------------------------------------------------------ literals */
static kl_val constant(kl_front *f, const kl_expr *e, int64_t value, ir_type type, bool literal) {
    if (value > KL_MAX_NUMBER || value < -KL_MAX_NUMBER) {
        kl_front_report(f, e->span, KL_D_NUMBER_OVERFLOW, 0);
        return kl_val_bad(e->span);
    }
    return (kl_val){kl_n_number(f, value, type), type, literal, e->span};
}

static bool crowns(kl_str currency) {
    return currency.n == 0 || kl_str_eq(currency, KL_STR("SEK")) || kl_str_eq(currency, KL_STR("NOK")) ||
           kl_str_eq(currency, KL_STR("DKK"));
}

static kl_val money(kl_front *f, const kl_expr *e) {
    ir_type type = {KL_T_MONEY, 2, IR_NONE};
    kl_front_money(f, e->span);
    int64_t value = e->number.value;
    unsigned decimals = e->number.decimals + (e->unit == KL_UNIT_ORE ? 2u : 0u);
    if (decimals > 2) {
        kl_front_report(f, e->span, KL_D_TYPE_DECIMALS, 2, kl_front_type_word(f, type),
                        kl_front_type_word(f, (ir_type){KL_T_DECIMAL, (uint8_t)decimals, IR_NONE}));
        return kl_val_bad(e->span);
    }
    bool code = e->name.text.n == 3 && e->name.text.p[0] >= 'A' && e->name.text.p[0] <= 'Z';
    if (code ? f->g->currency.n && !kl_str_eq(e->name.text, f->g->currency) : !crowns(f->g->currency)) {
        kl_front_report(f, e->span, KL_D_CURRENCY_OTHER, 2, e->name.text, f->g->currency);
        return kl_val_bad(e->span);
    }
    for (; decimals < 2; decimals++)
        if (__builtin_mul_overflow(value, 10, &value)) value = INT64_MAX;
    return constant(f, e, value, type, false);
}

static kl_val number(kl_front *f, const kl_expr *e) {
    ir_type type = {e->number.decimals ? KL_T_DECIMAL : KL_T_INTEGER, e->number.decimals, IR_NONE};
    if (e->number.decimals > KL_MAX_DECIMALS) {
        kl_front_report(f, e->span, KL_D_LIMIT_DECIMALS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_DECIMALS));
        return kl_val_bad(e->span);
    }
    return constant(f, e, e->number.value, type, true);
}

static kl_val duration(kl_front *f, const kl_expr *e) {
    ir_type type = {e->unit == KL_UNIT_DAYS ? KL_T_DAYS : KL_T_MINUTES, 0, IR_NONE};
    if (e->number.decimals) {
        kl_front_report(f, e->span, KL_D_TYPE_DECIMALS, 2, kl_front_type_word(f, type),
                        kl_front_type_word(f, (ir_type){KL_T_DECIMAL, e->number.decimals, IR_NONE}));
        return kl_val_bad(e->span);
    }
    return constant(f, e, e->number.value, type, false);
}

/* ------------------------------------------------------------------ names */
static bool names_field(const kl_name *n) {
    kl_str text = n->text;
    return kl_front_field_prefix(&text);
}

static kl_val lower_name(kl_front *f, const kl_expr *e, ir_type want) {
    if ((want.kind == KL_T_VALUES || want.kind == KL_T_SET) && !names_field(&e->name)) {
        uint32_t code = kl_map_get(&f->values, want.set, e->name.text);
        int64_t value = want.kind == KL_T_VALUES ? code : (int64_t)(UINT64_C(1) << (code & 63));
        if (code != IR_NONE) return (kl_val){kl_n_number(f, value, want), want, false, e->span};
        if (!kl_front_peek(f, e->name, ~0u)) { /* nor anything else: it was meant as a value */
            kl_str near = kl_front_suggest(f, e->name.text, 0, want.set);
            kl_diag *d =
                kl_front_report(f, e->name.span, KL_D_VALUE_UNKNOWN, 2, e->name.text, f->g->sets.p[want.set].name);
            d->suggestion = near;
            return kl_val_bad(e->span);
        }
    }
    uint32_t part = names_field(&e->name) ? IR_NONE : kl_front_clause_part(f, e->name);
    if (part != IR_NONE) return (kl_val){part, BOOL, false, e->span};
    kl_symbol *s = kl_front_find(f, e->name, KL_IN_EXPRESSIONS, KL_D_NAME_UNKNOWN);
    if (!s || s->bad) return kl_val_bad(e->span);
    switch (s->kind) {
    case KL_SYM_FIELD:
        if (f->g->fields.p[s->index].type.kind == KL_T_NONE) return kl_val_bad(e->span);
        return val(f, kl_n_field(f, s->index), e->span);
    case KL_SYM_ASSUMPTION:
        if (f->g->assumptions.p[s->index].type.kind == KL_T_NONE) return kl_val_bad(e->span);
        return val(f, kl_n_assume(f, s->index), e->span);
    case KL_SYM_OUTCOME: {
        const ir_outcome *o = &f->g->outcomes.p[s->index];
        if (o->type.kind == KL_T_NONE && !o->many) return kl_val_bad(e->span);
        if (o->many || o->type.kind == KL_T_SET || o->type.kind == KL_T_TEXT) {
            kl_front_report(f, e->span, KL_D_FEED_TYPE, 1, s->name);
            return kl_val_bad(e->span);
        }
        return val(f, kl_n_feed(f, s->index), e->span);
    }
    case KL_SYM_TARIFF: {
        uint32_t n = kl_front_tariff(f, s);
        return n == IR_NONE ? kl_val_bad(e->span) : val(f, n, e->span);
    }
    default: return (kl_val){kl_front_clause(f, s), BOOL, false, e->span};
    }
}

/* A set written out: names of one set, or `inga`. */
static kl_val lower_set(kl_front *f, const kl_expr *e, ir_type want) {
    if (want.kind != KL_T_SET) {
        kl_front_report(f, e->span, KL_D_SET_HERE, 0);
        return kl_val_bad(e->span);
    }
    uint64_t mask = 0;
    bool ok = true;
    for (size_t i = 0; i < e->list.n; i++) {
        uint32_t code = kl_front_code(f, e->list.p[i], want.set);
        if (code == IR_NONE)
            ok = false;
        else
            mask |= UINT64_C(1) << code;
    }
    return ok ? (kl_val){kl_n_number(f, (int64_t)mask, want), want, false, e->span} : kl_val_bad(e->span);
}

uint32_t kl_front_code(kl_front *f, const kl_expr *e, uint32_t set) {
    if (e->kind == KL_E_ERROR) return IR_NONE;
    if (e->kind != KL_E_NAME) {
        kl_front_report(f, e->span, KL_D_VALUE_EXPECTED, 1, f->g->sets.p[set].name);
        return IR_NONE;
    }
    uint32_t code = kl_map_get(&f->values, set, e->name.text);
    if (code == IR_NONE) {
        kl_str near = kl_front_suggest(f, e->name.text, 0, set);
        kl_front_report(f, e->name.span, KL_D_VALUE_UNKNOWN, 2, e->name.text, f->g->sets.p[set].name)->suggestion =
            near;
    }
    return code;
}

/* ------------------------------------------------------------------ the rest */
static kl_val lower_if(kl_front *f, const kl_expr *e, ir_type want) {
    uint32_t c = kl_lower_truth(f, e->a);
    kl_val x = kl_lower_sum(f, e->b, want);
    kl_val y = kl_lower_sum(f, e->c, want.kind ? want : x.type);
    if (x.type.kind == KL_T_BOOL && y.type.kind == KL_T_BOOL)
        return (kl_val){kl_n_if(f, c, x.node, y.node), BOOL, false, e->span};
    if (!kl_front_meet(f, &x, &y, e->span)) return kl_val_bad(e->span);
    return (kl_val){kl_n_select(f, c, x.node, y.node), x.type, false, e->span};
}

static kl_val lower_least(kl_front *f, const kl_expr *e, ir_type want) {
    kl_val best = kl_lower_sum(f, e->list.p[0], want);
    for (size_t i = 1; i < e->list.n; i++) {
        kl_val next = kl_lower_sum(f, e->list.p[i], want);
        if (!kl_front_meet(f, &best, &next, e->span)) return kl_val_bad(e->span);
        if (!kl_type_ordered(best.type)) return kl_val_cannot(f, e->span, KL_D_NOT_A_NUMBER, best, next);
        best = arith(f, e->kind == KL_E_MIN ? IR_MIN : IR_MAX, best, next, best.type, e->span);
    }
    if (best.type.kind != KL_T_NONE && !kl_type_ordered(best.type))
        return kl_val_cannot(f, e->span, KL_D_NOT_A_NUMBER, best, best);
    return best;
}

static kl_val lower_between(kl_front *f, const kl_expr *e) {
    kl_val a = kl_lower_sum(f, e->a, (ir_type){0}), b = kl_lower_sum(f, e->b, (ir_type){0});
    if (a.type.kind == KL_T_NONE || b.type.kind == KL_T_NONE) return kl_val_bad(e->span);
    if (a.type.kind != KL_T_DATE || b.type.kind != KL_T_DATE) return kl_val_cannot(f, e->span, KL_D_DATES_WANTED, a, b);
    ir_kind kind = e->kind == KL_E_YEARS ? IR_YEARS : e->kind == KL_E_MONTHS ? IR_MONTHS : IR_DAYS;
    return arith(f, kind, a, b, kind == IR_DAYS ? DAYS : INTEGER, e->span);
}

static kl_val lower_neg(kl_front *f, const kl_expr *e, ir_type want) {
    kl_val a = kl_lower_sum(f, e->a, want);
    if (a.type.kind == KL_T_NONE) return kl_val_bad(e->span);
    if (!kl_type_ordered(a.type) || a.type.kind == KL_T_DATE) return kl_val_cannot(f, e->span, KL_D_NOT_A_NUMBER, a, a);
    uint32_t n = kl_front_arith(f, IR_NEG, a.node, IR_NONE, 0, KL_ROUND_NONE, a.type, e->span);
    return n == IR_NONE ? kl_val_bad(e->span) : (kl_val){n, a.type, a.literal, e->span};
}

kl_val kl_lower_sum(kl_front *f, const kl_expr *e, ir_type want) {
    if (!e) return kl_val_bad(f->at); /* skipped while reading */
    kl_span outer = f->at;
    f->at = e->span;
    kl_val v = kl_val_bad(e->span);
    switch (e->kind) {
    case KL_E_ERROR: break;
    case KL_E_NAME: v = lower_name(f, e, want); break;
    case KL_E_NUMBER: v = number(f, e); break;
    case KL_E_MONEY: v = money(f, e); break;
    case KL_E_DURATION: v = duration(f, e); break;
    case KL_E_DATE: v = constant(f, e, e->number.value, DATE, false); break;
    case KL_E_STRING: {
        ir_type text = {KL_T_TEXT, 0, IR_NONE};
        v = (kl_val){kl_n_number(f, kl_front_text(f, e->text.text), text), text, false, e->span};
        break;
    }
    case KL_E_SET: v = lower_set(f, e, want); break;
    case KL_E_IF: v = lower_if(f, e, want); break;
    case KL_E_ADD:
    case KL_E_SUB: {
        kl_val a = kl_lower_sum(f, e->a, want), b = kl_lower_sum(f, e->b, (ir_type){0});
        v = add(f, e, a, b);
        break;
    }
    case KL_E_MUL: {
        kl_val a = kl_lower_sum(f, e->a, want), b = kl_lower_sum(f, e->b, want);
        v = a.type.kind == KL_T_NONE || b.type.kind == KL_T_NONE ? v : multiply(f, e, a, b);
        break;
    }
    case KL_E_DIV: {
        kl_lower_sum(f, e->a, want);
        kl_lower_sum(f, e->b, want);
        kl_front_report(f, e->op_span.end ? e->op_span : e->span, KL_D_DIVISION_ROUNDING, 0);
        break;
    }
    case KL_E_NEG: v = lower_neg(f, e, want); break;
    case KL_E_MIN:
    case KL_E_MAX: v = lower_least(f, e, want); break;
    case KL_E_YEARS:
    case KL_E_MONTHS:
    case KL_E_DAYS: v = lower_between(f, e); break;
    case KL_E_ROUND: v = kl_lower_round(f, e, want); break;
    case KL_E_EMPTY:
        if (!e->a) {
            v = lower_set(f, e, want);
            break;
        }
        v = (kl_val){kl_lower_truth(f, e), BOOL, false, e->span};
        break;
    case KL_E_ENTRY: kl_front_report(f, e->span, KL_D_ENTRY_HERE, 0); break;
    case KL_E_EXTERNAL:
    case KL_E_NOT_STATED: kl_front_report(f, e->span, KL_D_RESULT_ONLY, 0); break;
    case KL_E_UNDETERMINED:
    case KL_E_NONE:
    case KL_E_CONFLICT:
    case KL_E_FAILED:
    case KL_E_ANY:
    case KL_E_UNKNOWN:
    case KL_E_RANGE: kl_front_report(f, e->span, KL_D_NOT_A_VALUE, 0); break;
    default: v = (kl_val){kl_lower_truth(f, e), BOOL, false, e->span}; break;
    }
    f->at = outer;
    return v;
}
