/* conditions.c - conditions to truth nodes: comparisons, lists, sets, what is known, what is breached.
 * May include: compiler/front.
 * Start at kl_lower_truth(); comparisons with the left side given apart (table cells) enter at kl_front_compare(). */
#include "compiler/front.h"

static const ir_type NOTHING = {KL_T_NONE, 0, IR_NONE};

static uint32_t open_truth(kl_front *f) {
    return kl_n_bool(f, 2);
} /* stands for what was in error */

/* ------------------------------------------------------------------ comparing */
static kl_compare mirrored(kl_compare op) {
    switch (op) {
    case KL_LT: return KL_GT;
    case KL_LE: return KL_GE;
    case KL_GT: return KL_LT;
    case KL_GE: return KL_LE;
    default: return op;
    }
}

/* ------------------------------------------------------------------ what is not so, and what is none */
static bool feeds(const kl_front *f, uint32_t node) {
    const ir_node *n = node == IR_NONE ? NULL : kl_node_at(f, node);
    if (!n || n->kind == IR_NUMBER || n->kind == IR_FIELD || n->kind == IR_ASSUME) return false;
    return n->kind == IR_FEED || (n->kind != IR_SELECT && feeds(f, n->a)) || feeds(f, n->b) || feeds(f, n->c);
}

/* Yes where a number without choices has a value: no where an outcome that feeds it is none. */
static uint32_t has_value(kl_front *f, uint32_t node, ir_type type) {
    if (!feeds(f, node)) return kl_n_bool(f, 1);
    if (type.kind != KL_T_VALUES) return kl_n_range(f, node, INT64_MIN, INT64_MAX);
    size_t n = f->g->sets.p[type.set].values.n;
    uint64_t *all = kl_alloc_array(f->arena, (n + 63) / 64, sizeof *all);
    for (size_t i = 0; i < n; i++) all[i / 64] |= UINT64_C(1) << (i % 64);
    return kl_n_in(f, node, type.set, all);
}

/* A comparison of `a` said with inte or ≠. With a none it is no, as the plain one is. */
uint32_t kl_front_differs(kl_front *f, uint32_t same, kl_val a) {
    uint32_t out = kl_n_not(f, same);
    if (!feeds(f, a.node)) return out;
    kl_arm_list arms = kl_front_arms(f, a.node);
    uint32_t *truths = kl_alloc_array(f->arena, arms.n + 1, sizeof *truths);
    for (size_t i = 0; i < arms.n; i++) truths[i] = has_value(f, arms.p[i].node, a.type);
    return kl_n_and(f, out, kl_front_join_arms(f, &arms, truths));
}

static uint32_t pair_differs(kl_front *f, uint32_t a, uint32_t b) {
    if (!feeds(f, a) && !feeds(f, b)) return kl_n_compare(f, a, KL_NE, b);
    uint32_t less = kl_n_compare(f, a, KL_LT, b), more = kl_n_compare(f, b, KL_LT, a);
    return kl_n_or(f, less, more);
}

/* Two numbers without choices. */
static uint32_t compare_leaves(kl_front *f, uint32_t a, kl_compare op, uint32_t b) {
    if (kl_node_at(f, a)->kind == IR_NUMBER && kl_node_at(f, b)->kind != IR_NUMBER)
        return compare_leaves(f, b, mirrored(op), a);
    if (kl_node_at(f, b)->kind != IR_NUMBER) return op == KL_NE ? pair_differs(f, a, b) : kl_n_compare(f, a, op, b);
    int64_t v = kl_node_at(f, b)->value;
    switch (op) {
    case KL_EQ: return kl_n_range(f, a, v, v);
    case KL_NE: {
        uint32_t same = kl_n_range(f, a, v, v);
        return kl_front_differs(f, same, (kl_val){.node = a, .type = kl_node_at(f, a)->type});
    }
    case KL_LT: return kl_n_range(f, a, INT64_MIN, v - 1);
    case KL_LE: return kl_n_range(f, a, INT64_MIN, v);
    case KL_GT: return kl_n_range(f, a, v + 1, INT64_MAX);
    case KL_GE: return kl_n_range(f, a, v, INT64_MAX);
    }
    return open_truth(f);
}

/* Two values of one set, or two texts: equal or not. */
static uint32_t equal_leaves(kl_front *f, uint32_t a, kl_compare op, uint32_t b, ir_type type) {
    uint32_t same;
    if (kl_node_at(f, a)->kind == IR_NUMBER) {
        uint32_t t = a;
        a = b;
        b = t;
    }
    ir_node x = *kl_node_at(f, a), y = *kl_node_at(f, b);
    if (type.kind == KL_T_TEXT) {
        if (x.kind == IR_NUMBER) return kl_n_bool(f, (x.value == y.value) == (op == KL_EQ));
        same =
            y.kind == IR_NUMBER ? kl_n_text(f, x.field, f->g->texts.p[y.value]) : kl_n_same_text(f, x.field, y.field);
        return op == KL_NE ? kl_n_not(f, same) : same;
    }
    if (y.kind != IR_NUMBER) return op == KL_NE ? pair_differs(f, a, b) : kl_n_compare(f, a, op, b);
    uint64_t *words = kl_alloc_array(f->arena, (f->g->sets.p[type.set].values.n + 63) / 64, sizeof *words);
    words[y.value / 64] |= UINT64_C(1) << (y.value % 64);
    same = kl_n_in(f, a, type.set, words);
    return op == KL_NE ? kl_front_differs(f, same, (kl_val){.node = a, .type = type}) : same;
}

/* Two yes/no: fields, assumptions and outcomes compare as values do, conditions by holding both or neither. */
static uint32_t equal_truths(kl_front *f, uint32_t a, kl_compare op, uint32_t b) {
    if (kl_node_at(f, a)->kind == IR_BOOL) {
        uint32_t t = a;
        a = b;
        b = t;
    }
    ir_node x = *kl_node_at(f, a), y = *kl_node_at(f, b);
    if (y.kind == IR_BOOL) {
        bool yes = y.value == (op == KL_EQ);
        return x.kind == IR_FEED ? kl_n_range(f, a, yes, yes) : yes ? a : kl_n_not(f, a);
    }
    bool plain = (x.kind == IR_FIELD || x.kind == IR_ASSUME || x.kind == IR_FEED) &&
                 (y.kind == IR_FIELD || y.kind == IR_ASSUME || y.kind == IR_FEED);
    if (plain) return op == KL_NE ? pair_differs(f, a, b) : kl_n_compare(f, a, KL_EQ, b);
    uint32_t same = kl_n_if(f, a, b, kl_n_not(f, b));
    return op == KL_NE ? kl_n_not(f, same) : same;
}

/* A constant with more decimals than what it is compared with can hold. */
static bool too_fine(kl_front *f, kl_val a, kl_val b) {
    if (!kl_type_scaled(a.type) || !kl_type_scaled(b.type) || !kl_val_constant(f, b) || kl_val_constant(f, a))
        return false;
    if (b.type.decimals <= a.type.decimals) return false;
    kl_front_report(f, b.span, KL_D_TYPE_DECIMALS, 2, kl_front_type_word(f, a.type), kl_front_type_word(f, b.type));
    return true;
}

uint32_t kl_front_compare(kl_front *f, kl_val a, kl_compare op, kl_val b, kl_span span) {
    if (a.type.kind == KL_T_NONE || b.type.kind == KL_T_NONE) return open_truth(f);
    if (a.type.kind == KL_T_SET || b.type.kind == KL_T_SET) {
        kl_front_report(f, span, KL_D_SET_COMPARED, 0);
        return open_truth(f);
    }
    if (too_fine(f, a, b) || too_fine(f, b, a)) return open_truth(f);
    if (!kl_front_meet(f, &a, &b, span)) return open_truth(f);
    bool ordered = kl_type_ordered(a.type);
    if (!ordered && op != KL_EQ && op != KL_NE) {
        kl_front_report(f, span, KL_D_NOT_ORDERED, 1, kl_front_type_word(f, a.type));
        return open_truth(f);
    }
    if (a.type.kind == KL_T_BOOL) return equal_truths(f, a.node, op, b.node);
    kl_arm_list left = kl_front_arms(f, a.node), right = kl_front_arms(f, b.node);
    uint32_t *outer = kl_alloc_array(f->arena, left.n + 1, sizeof *outer),
             *inner = kl_alloc_array(f->arena, right.n + 1, sizeof *inner);
    for (size_t i = 0; i < left.n; i++) {
        for (size_t j = 0; j < right.n; j++) {
            uint32_t x = left.p[i].node, y = right.p[j].node;
            inner[j] = ordered ? compare_leaves(f, x, op, y) : equal_leaves(f, x, op, y, a.type);
        }
        outer[i] = kl_front_join_arms(f, &right, inner);
    }
    return kl_front_join_arms(f, &left, outer);
}

/* The left side of a comparison. A bare name that is nothing but a value of the other side's set waits for it. */
static void lower_sides(kl_front *f, const kl_expr *x, const kl_expr *y, kl_val *a, kl_val *b) {
    if (x->kind == KL_E_NAME && !kl_front_peek(f, x->name, KL_IN_EXPRESSIONS) && y->kind == KL_E_NAME &&
        kl_front_peek(f, y->name, KL_IN_EXPRESSIONS)) {
        *b = kl_lower_sum(f, y, NOTHING);
        *a = kl_lower_sum(f, x, b->type);
        return;
    }
    *a = kl_lower_sum(f, x, NOTHING);
    bool lost = a->node == IR_NONE && y->kind == KL_E_NAME && !kl_front_peek(f, y->name, KL_IN_EXPRESSIONS);
    *b = lost ? kl_val_bad(y->span) : kl_lower_sum(f, y, a->type); /* a value of nobody knows which set */
}

/* ------------------------------------------------------------------ lists and ranges */
static uint32_t in_range(kl_front *f, kl_val a, const kl_expr *low, const kl_expr *high, kl_span span) {
    kl_val lo = kl_lower_sum(f, low, a.type), hi = kl_lower_sum(f, high, a.type);
    if (a.type.kind == KL_T_NONE || lo.type.kind == KL_T_NONE || hi.type.kind == KL_T_NONE) return open_truth(f);
    if (!kl_type_ordered(a.type)) {
        kl_front_report(f, span, KL_D_NOT_ORDERED, 1, kl_front_type_word(f, a.type));
        return open_truth(f);
    }
    if (kl_val_constant(f, lo) && kl_val_constant(f, hi)) {
        if (too_fine(f, a, lo) || too_fine(f, a, hi)) return open_truth(f);
        kl_val l = lo, h = hi;
        if (!kl_front_meet(f, &l, &h, span)) return open_truth(f);
        if (kl_node_at(f, l.node)->value > kl_node_at(f, h.node)->value) {
            kl_front_report(f, span, KL_D_RANGE_EMPTY, 0);
            return open_truth(f);
        }
        kl_val x = a, y = a;
        if (!kl_front_meet(f, &x, &lo, span) || !kl_front_meet(f, &y, &hi, span)) return open_truth(f);
        if (x.node == y.node) {
            kl_arm_list arms = kl_front_arms(f, x.node);
            uint32_t *truths = kl_alloc_array(f->arena, arms.n + 1, sizeof *truths);
            for (size_t i = 0; i < arms.n; i++)
                truths[i] = kl_n_range(f, arms.p[i].node, kl_node_at(f, lo.node)->value, kl_node_at(f, hi.node)->value);
            return kl_front_join_arms(f, &arms, truths);
        }
    }
    uint32_t least = kl_front_compare(f, a, KL_GE, lo, span), most = kl_front_compare(f, a, KL_LE, hi, span);
    return kl_n_and(f, least, most);
}

uint32_t kl_front_among(kl_front *f, kl_val a, const kl_expr_list *list, kl_span span) {
    if (a.node == IR_NONE) return open_truth(f);
    if (a.type.kind == KL_T_SET) {
        kl_front_report(f, span, KL_D_SET_COMPARED, 0);
        return open_truth(f);
    }
    uint64_t *words = NULL; /* the constants of a value set, together */
    if (a.type.kind == KL_T_VALUES)
        words = kl_alloc_array(f->arena, (f->g->sets.p[a.type.set].values.n + 63) / 64, sizeof *words);
    bool constants = false;
    uint32_t out = kl_n_bool(f, 0);
    for (size_t i = 0; i < list->n; i++) {
        const kl_expr *e = list->p[i];
        if (e->kind == KL_E_RANGE) {
            out = kl_n_or(f, out, in_range(f, a, e->a, e->b, e->span));
            continue;
        }
        kl_val v = kl_lower_sum(f, e, a.type);
        if (words && kl_val_constant(f, v) && kl_type_same(v.type, a.type)) {
            int64_t code = kl_node_at(f, v.node)->value;
            uint64_t bit = UINT64_C(1) << (code % 64);
            if (words[code / 64] & bit)
                kl_front_report(f, e->span, KL_D_LIST_TWICE, 1, f->g->sets.p[a.type.set].values.p[code].name);
            words[code / 64] |= bit;
            constants = true;
        } else {
            out = kl_n_or(f, out, kl_front_compare(f, a, KL_EQ, v, e->span));
        }
    }
    if (!constants) return out;
    kl_arm_list arms = kl_front_arms(f, a.node);
    uint32_t *truths = kl_alloc_array(f->arena, arms.n + 1, sizeof *truths);
    for (size_t i = 0; i < arms.n; i++) truths[i] = kl_n_in(f, arms.p[i].node, a.type.set, words);
    return kl_n_or(f, out, kl_front_join_arms(f, &arms, truths));
}

/* ------------------------------------------------------------------ fields as such: sets, known */
/* The field an expression names, or IR_NONE after a report. */
static uint32_t named_field(kl_front *f, const kl_expr *e, kl_diag_id otherwise) {
    if (e->kind == KL_E_ERROR) return IR_NONE;
    if (e->kind != KL_E_NAME) {
        kl_front_report(f, e->span, otherwise, 0);
        return IR_NONE;
    }
    kl_symbol *s = kl_front_peek(f, e->name, KL_IN_EXPRESSIONS);
    if (s && s->kind != KL_SYM_FIELD) {
        s->used = true;
        kl_front_report(f, e->span, otherwise, 0);
        return IR_NONE;
    }
    s = kl_front_find(f, e->name, KL_IN_EXPRESSIONS, KL_D_NAME_UNKNOWN);
    return s && !s->bad && f->g->fields.p[s->index].type.kind != KL_T_NONE ? s->index : IR_NONE;
}

static uint32_t set_field(kl_front *f, const kl_expr *e) {
    uint32_t field = named_field(f, e, KL_D_SET_WANTED);
    if (field != IR_NONE && f->g->fields.p[field].type.kind != KL_T_SET) {
        kl_front_report(f, e->span, KL_D_SET_WANTED, 0);
        return IR_NONE;
    }
    return field;
}

static uint32_t lower_has(kl_front *f, const kl_expr *e) {
    uint32_t field = set_field(f, e->a);
    if (field == IR_NONE) return open_truth(f);
    uint32_t out = kl_n_bool(f, 1);
    for (size_t i = 0; i < e->list.n; i++) {
        uint32_t code = kl_front_code(f, e->list.p[i], f->g->fields.p[field].type.set);
        if (code == IR_NONE) continue;
        uint32_t has = kl_n_has(f, field, code);
        out = kl_n_and(f, out, e->kind == KL_E_HAS ? has : kl_n_not(f, has));
    }
    return out;
}

static uint32_t lower_known(kl_front *f, const kl_expr *e) {
    uint32_t field = named_field(f, e, KL_D_KNOWN_FIELD);
    return field == IR_NONE ? open_truth(f) : kl_n_known(f, field);
}

static uint32_t lower_breached(kl_front *f, const kl_expr *e) {
    kl_symbol *s =
        kl_front_find(f, e->name, KL_KIND(KL_SYM_REQUIREMENT) | KL_KIND(KL_SYM_ADVICE), KL_D_REQUIREMENT_UNKNOWN);
    return s && s->index != IR_NONE ? kl_n_entry(f, IR_BREACHED, s->index) : open_truth(f);
}

/* ------------------------------------------------------------------ the whole */
static uint32_t lower_name_truth(kl_front *f, const kl_expr *e) {
    kl_val v = kl_lower_sum(f, e, NOTHING);
    if (v.type.kind == KL_T_NONE) return open_truth(f);
    if (v.type.kind != KL_T_BOOL) {
        kl_front_report(f, e->span, KL_D_CONDITION_EXPECTED, 1, kl_front_type_word(f, v.type));
        return open_truth(f);
    }
    return v.node;
}

uint32_t kl_lower_truth(kl_front *f, const kl_expr *e) {
    if (!e) return open_truth(f); /* skipped while reading */
    kl_span outer = f->at;
    f->at = e->span;
    uint32_t out = open_truth(f), x, y;
    kl_val a, b;
    switch (e->kind) {
    case KL_E_ERROR: break;
    case KL_E_BOOL: out = kl_n_bool(f, (int)e->number.value); break;
    case KL_E_NOT: out = kl_n_not(f, kl_lower_truth(f, e->a)); break;
    case KL_E_AND:
        x = kl_lower_truth(f, e->a), y = kl_lower_truth(f, e->b);
        out = kl_n_and(f, x, y);
        break;
    case KL_E_OR:
        x = kl_lower_truth(f, e->a), y = kl_lower_truth(f, e->b);
        out = kl_n_or(f, x, y);
        break;
    case KL_E_IMPLIES:
        x = kl_lower_truth(f, e->a), y = kl_lower_truth(f, e->b);
        out = kl_n_or(f, kl_n_not(f, x), y);
        break;
    case KL_E_IF: {
        x = kl_lower_truth(f, e->a), y = kl_lower_truth(f, e->b);
        uint32_t z = kl_lower_truth(f, e->c);
        out = kl_n_if(f, x, y, z);
        break;
    }
    case KL_E_COMPARE:
        lower_sides(f, e->a, e->b, &a, &b);
        out = kl_front_compare(f, a, e->compare, b, e->span);
        break;
    case KL_E_IN:
        a = kl_lower_sum(f, e->a, NOTHING);
        out = kl_front_among(f, a, &e->list, e->span);
        break;
    case KL_E_BETWEEN:
        a = kl_lower_sum(f, e->a, NOTHING);
        out = in_range(f, a, e->b, e->c, e->span);
        break;
    case KL_E_HAS:
    case KL_E_LACKS: out = lower_has(f, e); break;
    case KL_E_EMPTY:
        x = e->a ? set_field(f, e->a) : IR_NONE;
        if (!e->a)
            kl_front_report(f, e->span, KL_D_CONDITION_EXPECTED, 1, kl_front_note(f, KL_N_TYPE_NO_SET, KL_NO_ARG));
        if (x != IR_NONE) out = kl_n_empty(f, x);
        break;
    case KL_E_KNOWN: out = lower_known(f, e->a); break;
    case KL_E_BREACHED: out = lower_breached(f, e); break;
    default: out = lower_name_truth(f, e); break;
    }
    if (e->negate) out = e->kind == KL_E_IN || e->kind == KL_E_BETWEEN ? kl_front_differs(f, out, a) : kl_n_not(f, out);
    f->at = outer;
    return out;
}
