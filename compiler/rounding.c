/* rounding.c - avrunda: to decimals, to whole units, to multiples; and the divisions that only rounding makes exact.
 * May include: compiler/front.
 * Start at kl_lower_round(). */
#include "compiler/front.h"

static const ir_type INTEGER = {KL_T_INTEGER, 0, IR_NONE};

typedef struct target { /* what is rounded to: so many decimals, or multiples of a step */
    uint8_t decimals;
    bool stepped;
    int64_t step; /* in units of those decimals */
    ir_type type; /* of the step */
} target;

static int64_t power(unsigned exponent) {
    int64_t p = 1;
    while (exponent--) p *= 10;
    return p;
}

static kl_val made(uint32_t node, ir_type type, kl_span span) {
    return node == IR_NONE ? kl_val_bad(span) : (kl_val){node, type, false, span};
}

/* A type with other decimals: numbers without any are integers. */
static bool with_decimals(kl_front *f, ir_type *type, uint8_t decimals, kl_span span) {
    if ((type->kind == KL_T_MINUTES || type->kind == KL_T_DAYS) && decimals > 0) {
        kl_front_report(f, span, KL_D_ROUND_UNIT, 1, kl_front_type_word(f, *type));
        return false;
    }
    if (kl_type_number(*type)) type->kind = decimals ? KL_T_DECIMAL : KL_T_INTEGER;
    type->decimals = decimals;
    return true;
}

/* What kind of number a / b is; false after a report. */
static bool quotient(kl_front *f, const kl_expr *e, kl_val a, kl_val b, ir_type *type) {
    if (a.type.kind == KL_T_NONE || b.type.kind == KL_T_NONE) return false;
    *type = a.type;
    bool counted = kl_type_ordered(a.type) && a.type.kind != KL_T_DATE;
    if (counted && kl_type_number(b.type)) return true; /* so many of a */
    if (counted && a.type.kind == b.type.kind) {        /* how many times b in a */
        *type = INTEGER;
        return true;
    }
    kl_val_cannot(f, e->span, KL_D_CANNOT_DIVIDE, a, b);
    return false;
}

/* a · 10^sb / (b · 10^sa), in steps of the target: A · 10^(sb + d − sa) / (B · step), then times the step. */
static kl_val divide(kl_front *f, const kl_expr *e, const kl_expr *round, const target *t, ir_type want) {
    kl_val a = kl_lower_sum(f, e->a, want), b = kl_lower_sum(f, e->b, (ir_type){0});
    ir_type type;
    if (!quotient(f, e, a, b, &type)) return kl_val_bad(round->span);
    if (t->stepped && t->type.kind != type.kind &&
        !(kl_type_number(t->type) && kl_type_ordered(type) && type.kind != KL_T_MONEY)) {
        kl_front_report(f, round->b->span, KL_D_TYPE_MISMATCH, 2, kl_front_type_word(f, type),
                        kl_front_type_word(f, t->type));
        return kl_val_bad(round->span);
    }
    if (!with_decimals(f, &type, t->decimals, round->span)) return kl_val_bad(round->span);
    int shift = t->decimals + b.type.decimals - a.type.decimals;
    if (shift > 2 * KL_MAX_DECIMALS) {
        kl_front_report(f, e->span, KL_D_LIMIT_DECIMALS, 1, kl_str_fmt(f->arena, "%d", 2 * KL_MAX_DECIMALS));
        return kl_val_bad(e->span);
    }
    int64_t below = (t->stepped ? t->step : 1) * (shift < 0 ? power((unsigned)-shift) : 1);
    uint32_t under = b.node;
    if (below != 1)
        under = kl_front_arith(f, IR_MUL, b.node, kl_n_number(f, below, INTEGER), 0, KL_ROUND_NONE, b.type, e->span);
    if (under == IR_NONE) return kl_val_bad(e->span);
    uint32_t n = kl_front_arith(f, IR_DIV, a.node, under, shift < 0 ? 0 : shift, round->round, type, e->span);
    if (n != IR_NONE && t->stepped && t->step != 1)
        n = kl_front_arith(f, IR_MUL, n, kl_n_number(f, t->step, INTEGER), 0, KL_ROUND_NONE, type, e->span);
    return made(n, type, round->span);
}

/* To multiples of a step: the result has the step's decimals. */
static kl_val to_step(kl_front *f, const kl_expr *e, kl_val a, kl_val step) {
    uint8_t decimals = step.type.decimals;
    if (!kl_front_meet(f, &a, &step, e->span)) return kl_val_bad(e->span);
    int64_t by = kl_node_at(f, step.node)->value;
    uint32_t n = kl_front_arith(f, IR_ROUND, a.node, IR_NONE, by, e->round, a.type, e->span);
    if (n == IR_NONE || a.type.decimals == decimals) return made(n, a.type, e->span);
    ir_type type = a.type;
    if (!with_decimals(f, &type, decimals, e->span)) return kl_val_bad(e->span);
    return made(kl_front_arith(f, IR_RESCALE, n, IR_NONE, a.type.decimals - decimals, KL_ROUND_DOWN, type, e->span),
                type, e->span);
}

static kl_val to_decimals(kl_front *f, const kl_expr *e, kl_val a, uint8_t decimals) {
    if (decimals >= a.type.decimals) return a; /* nothing to round away */
    ir_type type = a.type;
    if (!with_decimals(f, &type, decimals, e->span)) return kl_val_bad(e->span);
    return made(kl_front_arith(f, IR_RESCALE, a.node, IR_NONE, a.type.decimals - decimals, e->round, type, e->span),
                type, e->span);
}

kl_val kl_lower_round(kl_front *f, const kl_expr *e, ir_type want) {
    target t = {.decimals = (uint8_t)e->number.value};
    kl_val step = kl_val_bad(e->span);
    if (!e->b && e->number.value > KL_MAX_DECIMALS) {
        kl_front_report(f, e->span, KL_D_LIMIT_DECIMALS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_DECIMALS));
        return kl_val_bad(e->span);
    }
    if (e->b) {
        step = kl_lower_sum(f, e->b, (ir_type){0});
        if (step.node == IR_NONE) return step;
        if (!kl_val_constant(f, step) || !kl_type_ordered(step.type) || step.type.kind == KL_T_DATE ||
            kl_node_at(f, step.node)->value <= 0) {
            kl_front_report(f, e->b->span, KL_D_ROUND_STEP, 0);
            return kl_val_bad(e->span);
        }
        t = (target){step.type.decimals, true, kl_node_at(f, step.node)->value, step.type};
    }
    if (e->a->kind == KL_E_DIV) return divide(f, e->a, e, &t, want);
    kl_val a = kl_lower_sum(f, e->a, want);
    if (a.type.kind == KL_T_NONE) return kl_val_bad(e->span);
    if (!kl_type_ordered(a.type) || a.type.kind == KL_T_DATE) {
        kl_front_report(f, e->a->span, KL_D_CANNOT_ROUND, 1, kl_front_type_word(f, a.type));
        return kl_val_bad(e->span);
    }
    return t.stepped ? to_step(f, e, a, step) : to_decimals(f, e, a, t.decimals);
}
