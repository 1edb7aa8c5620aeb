/* arms.c - takes the choices (om … så …, tariff steps) out of a value: a list of cases, each a guard and a value without choices.
 * May include: compiler/front.
 * Start at kl_front_arms(); comparisons over arms are conditions again, results over arms are candidates of their own. */
#include "compiler/front.h"

typedef struct literal { /* a condition taken one way, or a range of numbers a field or assumption is in */
    uint32_t node;       /* the condition; the field or assumption when `range` */
    bool yes, range;
    int64_t lo, hi;
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
    if (n->truth || n->kind == IR_NUMBER || n->kind == IR_FIELD || n->kind == IR_ASSUME || n->kind == IR_FEED)
        return false;
    return n->kind == IR_SELECT || has_choice(f, n->a) || has_choice(f, n->b);
}

/* A one-sided range of a field or assumption is a range either way; an outcome may be none, which is neither in nor out. */
static literal literal_of(const kl_front *f, uint32_t node, bool yes) {
    const ir_node *n = kl_node_at(f, node);
    literal l = {node, yes, false, 0, 0};
    if (n->kind != IR_RANGE || (n->lo != INT64_MIN && n->hi != INT64_MAX)) return l;
    ir_kind of = kl_node_at(f, n->a)->kind;
    if (of != IR_FIELD && of != IR_ASSUME) return l;
    l = (literal){n->a, true, true, n->lo, n->hi};
    if (!yes) {
        l.lo = n->lo == INT64_MIN ? n->hi + 1 : INT64_MIN;
        l.hi = n->lo == INT64_MIN ? INT64_MAX : n->lo - 1;
    }
    return l;
}

/* out ∧ l; false when it can never hold. */
static bool guard_with(kl_front *f, literals *out, literal l) {
    for (size_t i = 0; i < out->n; i++) {
        literal *o = &out->p[i];
        if (o->node != l.node || o->range != l.range) continue;
        if (!l.range) return o->yes == l.yes;
        if (l.lo > o->lo) o->lo = l.lo;
        if (l.hi < o->hi) o->hi = l.hi;
        return o->lo <= o->hi;
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
            if (guard_with(f, &a.guard, literal_of(f, n.a, yes)) && guard_both(f, &a.guard, &inner.p[i].guard, NULL))
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
            uint32_t part = l.range ? kl_n_range(f, l.node, l.lo, l.hi) : l.yes ? l.node : kl_n_not(f, l.node);
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
