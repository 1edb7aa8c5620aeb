/* types.c - strict types: which kinds may meet, decimals aligned exactly, constants fitted to what they are given to.
 * May include: compiler/front.
 * Start at kl_front_fit() (a value to a declared type) and kl_front_meet() (two values of one expression). */
#include "compiler/front.h"

bool kl_type_same(ir_type a, ir_type b) {
    if (a.kind != b.kind) return false;
    if (a.kind == KL_T_VALUES || a.kind == KL_T_SET) return a.set == b.set;
    return a.decimals == b.decimals;
}

bool kl_type_number(ir_type t) {
    return t.kind == KL_T_INTEGER || t.kind == KL_T_DECIMAL;
}

bool kl_type_scaled(ir_type t) {
    return kl_type_number(t) || t.kind == KL_T_MONEY;
}

bool kl_type_ordered(ir_type t) {
    return kl_type_scaled(t) || t.kind == KL_T_DATE || t.kind == KL_T_MINUTES || t.kind == KL_T_DAYS;
}

/* ------------------------------------------------------------------ types as written */
ir_type kl_front_type(kl_front *f, const kl_type_ref *ref) {
    ir_type t = {ref->kind, 0, IR_NONE};
    if (ref->kind == KL_T_MONEY) {
        t.decimals = 2;
        kl_front_money(f, ref->span);
    }
    if (ref->kind == KL_T_DECIMAL) {
        t.decimals = ref->decimals;
        if (ref->decimals > KL_MAX_DECIMALS) {
            kl_front_report(f, ref->span, KL_D_LIMIT_DECIMALS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_DECIMALS));
            t.kind = KL_T_NONE;
        }
        if (ref->decimals == 0) t.kind = KL_T_INTEGER;
    }
    if (ref->kind == KL_T_VALUES || ref->kind == KL_T_SET) {
        const kl_symbol *s = kl_front_find(f, ref->name, KL_KIND(KL_SYM_SET), KL_D_TYPE_UNKNOWN);
        if (!s || s->index == IR_NONE) return (ir_type){KL_T_NONE, 0, IR_NONE};
        t.set = s->index;
        if (ref->kind == KL_T_SET && f->g->sets.p[t.set].values.n > KL_MAX_SET_VALUES) {
            kl_front_report(f, ref->span, KL_D_LIMIT_SET, 2, s->name, kl_str_fmt(f->arena, "%d", KL_MAX_SET_VALUES));
            t.kind = KL_T_NONE;
        }
    }
    return t;
}

void kl_front_money(kl_front *f, kl_span span) {
    if (f->money_used) return;
    f->money_used = true;
    f->money_span = span;
    f->money_file = f->file;
}

/* ------------------------------------------------------------------ fitting */
kl_val kl_val_bad(kl_span span) {
    return (kl_val){IR_NONE, {KL_T_NONE, 0, IR_NONE}, false, span};
}

bool kl_val_constant(const kl_front *f, kl_val v) {
    return v.node != IR_NONE && kl_node_at(f, v.node)->kind == IR_NUMBER;
}

/* The same value with more decimals; exact. */
static kl_val widen(kl_front *f, kl_val v, uint8_t decimals) {
    ir_type wide = v.type;
    if (wide.kind == KL_T_INTEGER && decimals > 0) wide.kind = KL_T_DECIMAL;
    wide.decimals = decimals;
    int64_t factor = 1;
    for (uint8_t i = v.type.decimals; i < decimals; i++) factor *= 10;
    if (factor == 1 && kl_type_same(wide, v.type)) return v;
    ir_type plain = {KL_T_INTEGER, 0, IR_NONE};
    kl_val ten = {kl_n_number(f, factor, plain), plain, false, v.span};
    v.node = kl_front_arith(f, IR_MUL, v.node, ten.node, 0, KL_ROUND_NONE, wide, v.span);
    if (v.node == IR_NONE) return kl_val_bad(v.span);
    v.type = wide;
    return v;
}

static bool takes_bare(ir_type t) {
    return t.kind == KL_T_MINUTES || t.kind == KL_T_DAYS;
}

/* A bare whole number where minutes or days stand: that many. */
static kl_val adopt(kl_front *f, kl_val v, ir_type t) {
    v.node = kl_n_number(f, kl_node_at(f, v.node)->value, t);
    v.type = t;
    v.literal = false;
    return v;
}

static void mismatch(kl_front *f, kl_val v, ir_type wanted) {
    kl_diag_id id = KL_D_TYPE_MISMATCH;
    if (wanted.kind == KL_T_MONEY && kl_type_number(v.type)) id = KL_D_TYPE_MONEY_UNIT;
    if (wanted.kind == KL_T_DATE && kl_type_number(v.type)) id = KL_D_TYPE_DATE_FORM;
    kl_front_report(f, v.span, id, 2, kl_front_type_word(f, wanted), kl_front_type_word(f, v.type));
}

static kl_str places_word(kl_front *f, unsigned n) {
    const char *one = n == 1 ? "" : f->diags->lang == KL_SV ? "er" : "s";
    return kl_str_fmt(f->arena, "%u decimal%s", n, one);
}

kl_val kl_front_fit(kl_front *f, kl_val v, ir_type wanted) {
    if (v.type.kind == KL_T_NONE || wanted.kind == KL_T_NONE) return kl_val_bad(v.span);
    if (kl_type_same(v.type, wanted)) return v;
    if (v.literal && takes_bare(wanted) && v.type.decimals == 0) return adopt(f, v, wanted);
    bool scaled =
        (kl_type_number(v.type) && kl_type_number(wanted)) || (v.type.kind == KL_T_MONEY && wanted.kind == KL_T_MONEY);
    if (!scaled) {
        mismatch(f, v, wanted);
        return kl_val_bad(v.span);
    }
    if (v.type.decimals > wanted.decimals) {
        kl_front_report(f, v.span, kl_val_constant(f, v) ? KL_D_TYPE_DECIMALS : KL_D_TYPE_NEEDS_ROUNDING, 3,
                        kl_front_type_word(f, wanted), kl_front_type_word(f, v.type), places_word(f, wanted.decimals));
        return kl_val_bad(v.span);
    }
    v = widen(f, v, wanted.decimals);
    if (v.type.kind != KL_T_NONE) v.type = wanted;
    return v;
}

bool kl_front_meet(kl_front *f, kl_val *a, kl_val *b, kl_span span) {
    if (a->type.kind == KL_T_NONE || b->type.kind == KL_T_NONE) return false;
    if (a->literal && takes_bare(b->type)) *a = kl_front_fit(f, *a, b->type);
    if (b->literal && takes_bare(a->type)) *b = kl_front_fit(f, *b, a->type);
    if (a->type.kind == KL_T_NONE || b->type.kind == KL_T_NONE) return false;
    if (kl_type_same(a->type, b->type)) return true;
    bool scaled = (kl_type_number(a->type) && kl_type_number(b->type)) ||
                  (a->type.kind == KL_T_MONEY && b->type.kind == KL_T_MONEY);
    if (!scaled) {
        kl_diag_id id = KL_D_TYPE_MIXED;
        bool money = a->type.kind == KL_T_MONEY || b->type.kind == KL_T_MONEY;
        bool date = a->type.kind == KL_T_DATE || b->type.kind == KL_T_DATE;
        bool number = kl_type_number(a->type) || kl_type_number(b->type);
        if (money && number) id = KL_D_TYPE_MIXED_MONEY;
        if (date && number) id = KL_D_TYPE_MIXED_DATE;
        kl_front_report(f, span, id, 2, kl_front_type_word(f, a->type), kl_front_type_word(f, b->type));
        return false;
    }
    uint8_t decimals = a->type.decimals > b->type.decimals ? a->type.decimals : b->type.decimals;
    *a = widen(f, *a, decimals);
    *b = widen(f, *b, decimals);
    return a->type.kind != KL_T_NONE && b->type.kind != KL_T_NONE;
}
