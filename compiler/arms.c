/* arms.c - takes the choices (om … så …, tariff steps) out of a value: a list of cases, each a guard and a value without choices.
 * May include: compiler/front.
 * Start at kl_front_arms(); comparisons over arms are conditions again, results over arms are candidates of their own. */
#include "compiler/front.h"

typedef struct literal { /* a condition taken one way */
    uint32_t node;
    bool yes;
} literal;
typedef KL_VEC(literal) literals;

typedef struct arm {
    literals guard;
    uint32_t node;
} arm;
typedef KL_VEC(arm) arm_list;

static bool has_choice(const kl_front *f, uint32_t i) {
    if (i == IR_NONE) return false;
    const ir_node *n = kl_node_at(f, i);
    if (n->truth || n->kind == IR_NUMBER || n->kind == IR_FIELD || n->kind == IR_ASSUME || n->kind == IR_FEED) return false;
    return n->kind == IR_SELECT || has_choice(f, n->a) || has_choice(f, n->b);
}

/* The interval a one-sided range leaves, taken one way; false when the literal is not such a range. */
static bool interval(const kl_front *f, literal l, uint32_t *of, int64_t *lo, int64_t *hi) {
    const ir_node *n = kl_node_at(f, l.node);
    if (n->kind != IR_RANGE || (n->lo != INT64_MIN && n->hi != INT64_MAX)) return false;
    *of = n->a;
    *lo = n->lo;
    *hi = n->hi;
    if (!l.yes) {
        *lo = n->lo == INT64_MIN ? n->hi + 1 : INT64_MIN;
        *hi = n->lo == INT64_MIN ? INT64_MAX : n->lo - 1;
    }
    return true;
}

/* Can the two never be taken together? */
static bool exclude(const kl_front *f, literal x, literal y) {
    if (x.node == y.node) return x.yes != y.yes;
    uint32_t a, b;
    int64_t alo, ahi, blo, bhi;
    if (!interval(f, x, &a, &alo, &ahi) || !interval(f, y, &b, &blo, &bhi) || a != b) return false;
    return alo > bhi || blo > ahi;
}

/* out ∧ l; false when it can never hold. */
static bool guard_with(kl_front *f, literals *out, literal l) {
    for (size_t i = 0; i < out->n; i++) {
        if (exclude(f, out->p[i], l)) return false;
        if (out->p[i].node == l.node) return true;
    }
    KL_PUSH(f->arena, out, l);
    return true;
}

static bool guard_both(kl_front *f, literals *out, const literals *x, const literals *y) {
    for (size_t i = 0; i < x->n; i++)
        if (!guard_with(f, out, x->p[i])) return false;
    for (size_t i = 0; y && i < y->n; i++)
        if (!guard_with(f, out, y->p[i])) return false;
    return true;
}

static void split(kl_front *f, uint32_t node, arm_list *out);

static void split_choice(kl_front *f, ir_node n, arm_list *out) {
    for (int yes = 1; yes >= 0; yes--) {
        arm_list inner = {0};
        split(f, yes ? n.b : n.c, &inner);
        for (size_t i = 0; i < inner.n; i++) {
            arm a = {.node = inner.p[i].node};
            if (guard_with(f, &a.guard, ((literal){n.a, yes})) && guard_both(f, &a.guard, &inner.p[i].guard, NULL))
                KL_PUSH(f->arena, out, a);
        }
    }
}

static void split_sum(kl_front *f, ir_node n, arm_list *out) {
    arm_list left = {0}, right = {0};
    split(f, n.a, &left);
    if (n.b != IR_NONE)
        split(f, n.b, &right);
    else
        KL_PUSH(f->arena, &right, ((arm){.node = IR_NONE}));
    for (size_t i = 0; i < left.n; i++)
        for (size_t j = 0; j < right.n && out->n <= KL_MAX_ARMS; j++) {
            arm a = {0};
            if (!guard_both(f, &a.guard, &left.p[i].guard, &right.p[j].guard)) continue;
            a.node = kl_front_arith(f, n.kind, left.p[i].node, right.p[j].node, n.value, n.round, n.type, n.span);
            if (a.node != IR_NONE) KL_PUSH(f->arena, out, a);
        }
}

static void split(kl_front *f, uint32_t node, arm_list *out) {
    if (!has_choice(f, node)) {
        KL_PUSH(f->arena, out, ((arm){.node = node}));
        return;
    }
    ir_node n = *kl_node_at(f, node); /* a copy: the pool may move */
    if (n.kind == IR_SELECT)
        split_choice(f, n, out);
    else
        split_sum(f, n, out);
}

kl_arm_list kl_front_arms(kl_front *f, uint32_t node) {
    arm_list all = {0};
    kl_arm_list out = {0};
    split(f, node, &all);
    if (all.n > KL_MAX_ARMS) {
        kl_front_report(f, f->at, KL_D_LIMIT_ARMS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_ARMS));
        all.n = 1;
    }
    for (size_t i = 0; i < all.n; i++) {
        uint32_t guard = IR_NONE;
        for (size_t k = 0; k < all.p[i].guard.n; k++) {
            literal l = all.p[i].guard.p[k];
            uint32_t part = l.yes ? l.node : kl_n_not(f, l.node);
            guard = guard == IR_NONE ? part : kl_n_and(f, guard, part);
        }
        KL_PUSH(f->arena, &out, ((kl_arm){guard, all.p[i].node}));
    }
    return out;
}

uint32_t kl_front_join_arms(kl_front *f, const kl_arm_list *arms, const uint32_t *truths) {
    if (arms->n == 0) return kl_n_bool(f, 2);
    if (arms->n == 1) return truths[0];
    uint32_t out = kl_n_bool(f, 0);
    for (size_t i = 0; i < arms->n; i++) out = kl_n_or(f, out, kl_n_and(f, arms->p[i].guard, truths[i]));
    return out;
}
