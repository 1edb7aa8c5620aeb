/* results.c - what a rule, a cell or `annars` gives: constants, values carried over, documents, not stated; choices become cases.
 * May include: compiler/front.
 * Start at kl_front_result(): a list of cases, of which exactly one holds. */
#include "compiler/front.h"

static const ir_type BOOL = {KL_T_BOOL, 0, IR_NONE};

static ir_result blank(ir_result_kind kind) {
    return (ir_result){kind, IR_NONE, IR_NONE, 0, {0}};
}

static uint32_t guard_and(kl_front *f, uint32_t a, uint32_t b) {
    if (a == IR_NONE) return b;
    return b == IR_NONE ? a : kl_n_and(f, a, b);
}

static void push(kl_front *f, kl_case_list *out, uint32_t guard, ir_result r) {
    if (guard != IR_NONE && kl_node_at(f, guard)->kind == IR_BOOL) {
        if (kl_node_at(f, guard)->value == 0) return;
        if (kl_node_at(f, guard)->value == 1) guard = IR_NONE;
    }
    KL_PUSH(f->arena, out, ((kl_case){guard, r}));
}

static ir_result leaf(kl_front *f, uint32_t node, ir_type type) {
    const ir_node *n = kl_node_at(f, node);
    ir_result r = blank(IR_R_NUMBER);
    r.node = node;
    if (type.kind != KL_T_TEXT && type.kind != KL_T_SET) return r;
    r.node = IR_NONE;
    if (n->kind == IR_FIELD) {
        r.kind = IR_R_FIELD;
        r.field = n->field;
    } else if (type.kind == KL_T_TEXT) {
        r.kind = IR_R_TEXT;
        r.text = f->g->texts.p[n->value];
    } else {
        r.kind = IR_R_SET;
        r.mask = (uint64_t)n->value;
    }
    return r;
}

/* A yes/no result: a condition gives yes where it holds and no where it doesn't; another outcome is carried over. */
static void truth_result(kl_front *f, const kl_expr *e, uint32_t guard, kl_case_list *out) {
    uint32_t t = kl_lower_truth(f, e);
    const ir_node *n = kl_node_at(f, t);
    ir_result r = blank(IR_R_NUMBER);
    if (n->kind == IR_FEED) {
        r.node = t;
        push(f, out, guard, r);
        return;
    }
    for (int yes = 1; yes >= 0; yes--) {
        r.node = kl_n_number(f, yes, BOOL);
        push(f, out, guard_and(f, guard, yes ? t : kl_n_not(f, t)), r);
    }
}

static void lower(kl_front *f, const kl_expr *e, ir_type type, uint32_t guard, kl_case_list *out) {
    ir_result r;
    switch (e->kind) {
    case KL_E_ERROR: return;
    case KL_E_NOT_STATED: push(f, out, guard, blank(IR_R_NOT_STATED)); return;
    case KL_E_EXTERNAL:
        r = blank(IR_R_EXTERNAL);
        r.text = e->text.text;
        push(f, out, guard, r);
        return;
    case KL_E_IF: {
        uint32_t c = kl_lower_truth(f, e->a);
        lower(f, e->b, type, guard_and(f, guard, c), out);
        lower(f, e->c, type, guard_and(f, guard, kl_n_not(f, c)), out);
        return;
    }
    default: break;
    }
    if (type.kind == KL_T_BOOL) {
        truth_result(f, e, guard, out);
        return;
    }
    kl_val v = kl_front_fit(f, kl_lower_sum(f, e, type), type);
    if (v.node == IR_NONE) return;
    kl_arm_list arms = kl_front_arms(f, v.node);
    for (size_t i = 0; i < arms.n; i++)
        push(f, out, guard_and(f, guard, arms.p[i].guard), leaf(f, arms.p[i].node, type));
}

kl_case_list kl_front_result(kl_front *f, const kl_expr *e, ir_type type) {
    kl_case_list out = {0};
    kl_span outer = f->at;
    f->at = e->span;
    if (type.kind != KL_T_NONE) lower(f, e, type, IR_NONE, &out);
    if (out.n > KL_MAX_ARMS) {
        kl_front_report(f, e->span, KL_D_LIMIT_ARMS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_ARMS));
        out.n = 0;
    }
    f->at = outer;
    return out;
}
