/* diagram.c - the diagrams' operations, orders and sifting against tables of all answers, on random small functions.
 * May include: compiler/analyse and cmocka.
 * Start at main(): the list of tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compiler/analyse/diagram.h"
#include "compiler/analyse/limits.h"
#include "compiler/analyse/order.h"

enum { LEVELS = 5, POINTS = 2 * 3 * 2 * 4 * 3, FUNCTIONS = 8, CONFLICT = 9 };
static const uint32_t ANSWERS[LEVELS] = {2, 3, 2, 4, 3};

/* A function as a table: the leaf at every point. */
typedef struct table {
    uint8_t at[POINTS];
} table;

static uint32_t answer_at(uint32_t point, uint32_t level) {
    for (uint32_t i = 0; i < level; i++) point /= ANSWERS[i];
    return point % ANSWERS[level];
}

/* order[level] = question: whose answer the level asks for. */
static uint32_t leaf_at(const kl_diagram *m, uint32_t r, uint32_t point, const uint32_t *order) {
    while (!kl_dd_is_leaf(r)) {
        uint32_t level = m->nodes.p[r].level;
        r = kl_dd_follow(m, r, answer_at(point, order ? order[level] : level));
    }
    return r & ~KL_LEAF;
}

static void check(const kl_diagram *m, uint32_t r, const table *t, const uint32_t *order) {
    for (uint32_t p = 0; p < POINTS; p++) assert_int_equal(leaf_at(m, r, p, order), t->at[p]);
}

static uint64_t seed;
static uint32_t pick(uint32_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static uint32_t join(void *self, uint32_t a, uint32_t b) {
    (void)self;
    return a == 0 ? b : b == 0 || a == b ? a : CONFLICT;
}

static void start(kl_diagram *m) {
    kl_diagram_reset(m, UINT32_MAX);
    m->join = join;
    for (uint32_t i = 0; i < LEVELS; i++) kl_diagram_level(m, ANSWERS[i]);
}

/* A random test of one level. */
static uint32_t random_test(kl_diagram *m, table *t) {
    uint32_t level = pick(LEVELS), from = pick(ANSWERS[level]), to = from + 1 + pick(ANSWERS[level] - from);
    uint32_t interval[2] = {from, to};
    for (uint32_t p = 0; p < POINTS; p++) t->at[p] = answer_at(p, level) >= from && answer_at(p, level) < to;
    return kl_dd_test(m, level, interval, 2);
}

/* Random truths out of random tests: what the diagram says must be what the table says, and one function must be one node. */
static uint32_t random_truth(kl_diagram *m, table *t, int depth) {
    if (depth == 0) return random_test(m, t);
    table a, b, c;
    uint32_t x = random_truth(m, &a, depth - 1), y = random_truth(m, &b, depth - 1), z = KL_LEAF_NO, op = pick(4);
    if (op == 3) z = random_truth(m, &c, depth - 1);
    for (uint32_t p = 0; p < POINTS; p++) {
        uint8_t u = a.at[p], v = b.at[p];
        t->at[p] = op == 0 ? u && v : op == 1 ? u || v : op == 2 ? u && !v : u ? v : c.at[p];
    }
    if (op == 0) return kl_dd_and(m, x, y);
    if (op == 1) return kl_dd_or(m, x, y);
    if (op == 2) return kl_dd_but(m, x, y);
    return kl_dd_ite(m, x, y, z);
}

static uint32_t random_results(kl_diagram *m, table *t) {
    uint32_t r = KL_LEAF;
    for (uint32_t p = 0; p < POINTS; p++) t->at[p] = 0;
    for (uint32_t i = 1; i <= FUNCTIONS; i++) {
        table a;
        uint32_t truth = random_truth(m, &a, 2), value = 1 + pick(4);
        r = kl_dd_merge(m, r, kl_dd_give(m, truth, KL_LEAF | value));
        for (uint32_t p = 0; p < POINTS; p++)
            if (a.at[p]) t->at[p] = (uint8_t)join(NULL, t->at[p], value);
    }
    return r;
}

static void test_truths(void **state) {
    (void)state;
    kl_arena *arena = kl_arena_new(0);
    kl_diagram m;
    kl_diagram_init(&m, arena);
    for (seed = 1; seed < 400; seed += 1) {
        uint64_t kept = seed;
        start(&m);
        table t;
        uint32_t r = random_truth(&m, &t, 4), yes = KL_LEAF_NO;
        check(&m, r, &t, NULL);
        for (uint32_t p = 0; p < POINTS; p++) { /* the same function put together point by point */
            uint32_t one = KL_LEAF_YES;
            if (!t.at[p]) continue;
            for (uint32_t level = LEVELS; level-- > 0;) {
                uint32_t interval[2] = {answer_at(p, level), answer_at(p, level) + 1};
                one = kl_dd_and(&m, kl_dd_test(&m, level, interval, 2), one);
            }
            yes = kl_dd_or(&m, yes, one);
        }
        assert_int_equal(yes, r);
        seed = kept;
    }
    kl_arena_free(arena);
}

static void test_results(void **state) {
    (void)state;
    kl_arena *arena = kl_arena_new(0);
    kl_diagram m;
    kl_diagram_init(&m, arena);
    for (uint64_t n = 1; n < 200; n++) {
        seed = n;
        start(&m);
        table t, u;
        uint32_t r = random_results(&m, &t), s = random_results(&m, &u), same;
        check(&m, r, &t, NULL);
        same = kl_dd_agree(&m, r, s, KL_LEAF | 7);
        for (uint32_t p = 0; p < POINTS; p++)
            assert_int_equal(leaf_at(&m, same, p, NULL), t.at[p] == u.at[p] ? t.at[p] : 7);
        /* a leaf may become a function of any level, also one above */
        uint32_t to[CONFLICT + 1], interval[2] = {0, 1};
        uint32_t low = kl_dd_test(&m, LEVELS - 1, interval, 2), high = kl_dd_test(&m, 0, interval, 2);
        for (uint32_t i = 0; i <= CONFLICT; i++) to[i] = i == 2 ? low : i == 3 ? high : KL_LEAF | i;
        uint32_t replaced = kl_dd_replace(&m, r, to);
        for (uint32_t p = 0; p < POINTS; p++) {
            uint32_t want = t.at[p] == 2   ? answer_at(p, LEVELS - 1) == 0
                            : t.at[p] == 3 ? answer_at(p, 0) == 0
                                           : t.at[p];
            assert_int_equal(leaf_at(&m, replaced, p, NULL), want);
        }
    }
    kl_arena_free(arena);
}

/* One more answer, for which all first ones must agree, else 8. */
static void more(void *self, kl_diagram *m, uint32_t node, uint32_t *children) {
    uint32_t answers = *(uint32_t *)self;
    children[0] = kl_dd_follow(m, node, 0);
    for (uint32_t a = 1; a < answers; a++)
        children[0] = kl_dd_agree(m, children[0], kl_dd_follow(m, node, a), KL_LEAF | 8);
}

static void test_more_answers(void **state) {
    (void)state;
    kl_arena *arena = kl_arena_new(0);
    kl_diagram m;
    kl_diagram_init(&m, arena);
    for (uint64_t n = 1; n < 200; n++) {
        seed = n;
        start(&m);
        table t;
        uint32_t level = pick(LEVELS), answers = ANSWERS[level], r = random_results(&m, &t), step = 1;
        for (uint32_t i = 0; i < level; i++) step *= ANSWERS[i];
        r = kl_dd_extend(&m, r, level, answers, 1, more, &answers);
        assert_int_equal(m.answers.p[level], answers + 1);
        check(&m, r, &t, NULL);
        for (uint32_t p = 0; p < POINTS; p++) {
            if (answer_at(p, level) != 0) continue;
            uint32_t want = t.at[p], at = r;
            for (uint32_t a = 1; a < answers; a++)
                if (t.at[p + a * step] != t.at[p]) want = 8;
            while (!kl_dd_is_leaf(at)) {
                uint32_t l = m.nodes.p[at].level;
                at = kl_dd_follow(&m, at, l == level ? answers : answer_at(p, l));
            }
            assert_int_equal(at & ~KL_LEAF, want);
        }
    }
    kl_arena_free(arena);
}

static void test_sifting(void **state) {
    (void)state;
    kl_arena *arena = kl_arena_new(0);
    kl_diagram m;
    kl_diagram_init(&m, arena);
    uint64_t before = 0, after = 0;
    for (uint64_t n = 1; n < 300; n++) {
        seed = n;
        start(&m);
        table t;
        uint32_t order[LEVELS] = {0, 1, 2, 3, 4}, extra[LEVELS] = {0, 5, 0, 0, 5};
        size_t nodes;
        uint32_t r = random_results(&m, &t);
        uint64_t edges = kl_order_edges(&m, r, extra, &nodes), less;
        r = kl_order_sift(&m, r, order, extra, n % 3 == 0 ? 4 : 1000, 1000000);
        check(&m, r, &t, order);
        less = kl_order_edges(&m, r, extra, &nodes);
        assert_true(less <= edges);
        for (uint32_t level = 0; level < LEVELS; level++) {
            assert_int_equal(m.answers.p[level], ANSWERS[order[level]]);
            assert_int_equal(extra[level], order[level] == 1 || order[level] == 4 ? 5 : 0);
        }
        before += edges;
        after += less;
        /* sifting once more finds nothing that is not reduced: the same function, put together in the new order, is the same size */
        kl_dd_list list = {0};
        kl_dd_reach(&m, r, &list);
        assert_true(kl_dd_is_leaf(r) || list.n == nodes);
    }
    assert_true(after < before);
    kl_arena_free(arena);
}

static void test_orders(void **state) {
    (void)state;
    kl_order_key keys[4] = {{3, 10}, {2, 10}, {2, 50}, {9, 0}};
    uint32_t order[4];
    kl_order_of(KL_ORDER_DOCUMENT, keys, 4, order);
    assert_memory_equal(order, ((uint32_t[]){0, 1, 2, 3}), sizeof order);
    kl_order_of(KL_ORDER_SELECTIVE, keys, 4, order);
    assert_memory_equal(order, ((uint32_t[]){2, 0, 1, 3}), sizeof order);
    kl_order_of(KL_ORDER_SMALLEST, keys, 4, order);
    assert_memory_equal(order, ((uint32_t[]){1, 2, 0, 3}), sizeof order);
}

/* What a build needs is allowed; one run less is not. */
static void test_build_limit(void **state) {
    (void)state;
    kl_arena *arena = kl_arena_new(0);
    kl_diagram m;
    kl_diagram_init(&m, arena);
    table t;
    uint32_t need = 0;
    for (int tries = 0; tries < 3; tries++) {
        start(&m);
        m.limit = tries == 0 ? UINT32_MAX : tries == 1 ? need : need - 1;
        seed = 5;
        uint32_t r = random_results(&m, &t);
        if (tries == 0) need = (uint32_t)m.runs.n;
        assert_int_equal(m.full, tries == 2);
        if (tries < 2) check(&m, r, &t, NULL);
    }
    kl_arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_truths),  cmocka_unit_test(test_results), cmocka_unit_test(test_more_answers),
        cmocka_unit_test(test_sifting), cmocka_unit_test(test_orders),  cmocka_unit_test(test_build_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
