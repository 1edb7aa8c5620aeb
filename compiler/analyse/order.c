/* order.c - orders of questions, and sifting: exchanging neighbouring levels in place, with counted references.
 * May include: compiler/analyse/order, limits.
 * Start at kl_order_sift(); swap() is the step it repeats. */
#include "compiler/analyse/order.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/analyse/limits.h"

/* ------------------------------------------------------------------ to begin with */
static bool precedes(kl_order kind, const kl_order_key *a, const kl_order_key *b) {
    if (kind == KL_ORDER_SELECTIVE) return a->selectivity > b->selectivity;
    return kind == KL_ORDER_SMALLEST && a->answers < b->answers;
}

void kl_order_of(kl_order kind, const kl_order_key *keys, size_t n, uint32_t *order) {
    for (size_t i = 0; i < n; i++) { /* insertion keeps the document's order among equals */
        size_t at = i;
        for (; at > 0 && precedes(kind, &keys[i], &keys[order[at - 1]]); at--) order[at] = order[at - 1];
        order[at] = (uint32_t)i;
    }
}

uint64_t kl_order_edges(kl_diagram *m, uint32_t root, const uint32_t *more, size_t *nodes) {
    kl_dd_list list = {0};
    kl_dd_reach(m, root, &list);
    uint64_t edges = 0;
    for (size_t i = 0; i < list.n; i++) {
        uint32_t level = m->nodes.p[list.p[i]].level;
        edges += (uint64_t)m->answers.p[level] + more[level];
    }
    *nodes = list.n;
    return edges;
}

/* ------------------------------------------------------------------ a diagram whose levels can move */
typedef struct mover { /* a node: its variable stays, the variable's level moves */
    uint32_t var, first, runs, refs, next;
    bool gone; /* nothing refers to it any more: out of the table, never back */
} mover;
typedef KL_VEC(uint32_t) ids;

typedef struct moving {
    kl_arena *arena;
    KL_VEC(mover) nodes;
    KL_VEC(kl_run) runs, outer;
    KL_VEC(uint32_t) ends, cursors;
    ids *lists;      /* per variable: its nodes, and some that are gone */
    uint32_t *heads; /* hash chains: index + 1 */
    size_t cap, vars;
    uint32_t *at, *var_at; /* variable → level and back */
    uint32_t *weight;      /* edges of one node of the variable */
    uint64_t size, work;
} moving;

static size_t hash_runs(const moving *s, uint32_t var, const kl_run *runs, size_t n) {
    uint64_t h = var;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ ((uint64_t)runs[i].end << 32 | runs[i].child)) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return (size_t)h & (s->cap - 1);
}

static void rehash(moving *s) {
    s->cap = s->cap ? s->cap * 2 : 1024;
    s->heads = kl_alloc_array(s->arena, s->cap, sizeof *s->heads);
    for (size_t i = 0; i < s->nodes.n; i++) {
        mover *n = &s->nodes.p[i];
        if (n->gone) continue;
        size_t h = hash_runs(s, n->var, &s->runs.p[n->first], n->runs);
        n->next = s->heads[h];
        s->heads[h] = (uint32_t)i + 1;
    }
}

static void unlink_node(moving *s, uint32_t id) {
    const mover *n = &s->nodes.p[id];
    uint32_t *p = &s->heads[hash_runs(s, n->var, &s->runs.p[n->first], n->runs)];
    while (*p != id + 1) p = &s->nodes.p[*p - 1].next;
    *p = n->next;
}

static void link_node(moving *s, uint32_t id) {
    mover *n = &s->nodes.p[id];
    size_t h = hash_runs(s, n->var, &s->runs.p[n->first], n->runs);
    n->next = s->heads[h];
    s->heads[h] = id + 1;
}

static void list_node(moving *s, uint32_t id) {
    KL_PUSH(s->arena, &s->lists[s->nodes.p[id].var], id);
}

static void take(moving *s, uint32_t r) { /* one more reference; the first makes a new node count */
    if (kl_dd_is_leaf(r)) return;
    mover n = s->nodes.p[r];
    s->nodes.p[r].refs++;
    if (n.refs > 0) return;
    s->size += s->weight[n.var];
    list_node(s, r);
    for (uint32_t i = 0; i < n.runs; i++) take(s, s->runs.p[n.first + i].child);
}

static void drop(moving *s, uint32_t r) {
    if (kl_dd_is_leaf(r)) return;
    mover *n = &s->nodes.p[r];
    if (--n->refs > 0) return;
    unlink_node(s, r);
    n->gone = true;
    s->size -= s->weight[n->var];
    for (uint32_t i = 0; i < n->runs; i++) drop(s, s->runs.p[n->first + i].child);
}

/* The node of the last `n` runs of the pool, which stay only if it is new. */
static uint32_t node_of(moving *s, uint32_t var, size_t first) {
    size_t n = s->runs.n - first;
    if (n == 1) {
        s->runs.n = first;
        return s->runs.p[first].child;
    }
    for (uint32_t i = s->heads[hash_runs(s, var, &s->runs.p[first], n)]; i; i = s->nodes.p[i - 1].next) {
        const mover *k = &s->nodes.p[i - 1];
        if (k->var != var || k->runs != n || memcmp(&s->runs.p[k->first], &s->runs.p[first], n * sizeof(kl_run)) != 0)
            continue;
        s->runs.n = first;
        return i - 1;
    }
    uint32_t id = (uint32_t)s->nodes.n;
    KL_PUSH(s->arena, &s->nodes, ((mover){.var = var, .first = (uint32_t)first, .runs = (uint32_t)n}));
    if (s->nodes.n * 2 > s->cap)
        rehash(s);
    else
        link_node(s, id);
    return id;
}

static void put_run(moving *s, size_t first, uint32_t end, uint32_t child) {
    if (s->runs.n > first && s->runs.p[s->runs.n - 1].child == child)
        s->runs.p[s->runs.n - 1].end = end;
    else
        KL_PUSH(s->arena, &s->runs, ((kl_run){end, child}));
    s->work++;
}

static int by_end(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static bool asks(const moving *s, uint32_t r, uint32_t var) {
    return !kl_dd_is_leaf(r) && s->nodes.p[r].var == var;
}

/* A node of x with children that ask y becomes a node of y with children that ask x, in place. */
static void exchange(moving *s, uint32_t id, uint32_t x, uint32_t y) {
    mover n = s->nodes.p[id];
    bool any = false;
    s->ends.n = s->cursors.n = 0;
    for (uint32_t i = 0; i < n.runs; i++) {
        uint32_t child = s->runs.p[n.first + i].child;
        KL_PUSH(s->arena, &s->cursors, 0);
        if (!asks(s, child, y)) continue;
        any = true;
        const mover *c = &s->nodes.p[child];
        for (uint32_t k = 0; k < c->runs; k++) KL_PUSH(s->arena, &s->ends, s->runs.p[c->first + k].end);
    }
    s->work += n.runs;
    if (!any) return;
    qsort(s->ends.p, s->ends.n, sizeof *s->ends.p, by_end);
    s->outer.n = 0;
    uint32_t done = 0;
    for (size_t e = 0; e < s->ends.n; e++) {
        uint32_t end = s->ends.p[e];
        if (end == done) continue;
        done = end;
        size_t first = s->runs.n;
        for (uint32_t i = 0; i < n.runs; i++) {
            kl_run run = s->runs.p[n.first + i];
            if (asks(s, run.child, y)) {
                const mover *c = &s->nodes.p[run.child];
                while (s->runs.p[c->first + s->cursors.p[i]].end < end) s->cursors.p[i]++;
                run.child = s->runs.p[c->first + s->cursors.p[i]].child;
            }
            put_run(s, first, run.end, run.child);
        }
        uint32_t child = node_of(s, x, first);
        take(s, child);
        if (s->outer.n && s->outer.p[s->outer.n - 1].child == child) {
            s->outer.p[s->outer.n - 1].end = end;
            drop(s, child);
        } else {
            KL_PUSH(s->arena, &s->outer, ((kl_run){end, child}));
        }
    }
    unlink_node(s, id);
    mover *m = &s->nodes.p[id];
    s->size = s->size - s->weight[x] + s->weight[y];
    m->var = y;
    m->first = (uint32_t)s->runs.n;
    m->runs = (uint32_t)s->outer.n;
    for (size_t i = 0; i < s->outer.n; i++) KL_PUSH(s->arena, &s->runs, s->outer.p[i]);
    link_node(s, id);
    list_node(s, id);
    for (uint32_t i = 0; i < n.runs; i++) drop(s, s->runs.p[n.first + i].child);
}

/* Exchanges the variables at `level` and the one below. */
static void swap(moving *s, uint32_t level) {
    uint32_t x = s->var_at[level], y = s->var_at[level + 1];
    ids old = s->lists[x];
    s->lists[x] = (ids){0};
    for (size_t i = 0; i < old.n; i++) {
        if (s->nodes.p[old.p[i]].gone) continue;
        exchange(s, old.p[i], x, y);
        if (s->nodes.p[old.p[i]].var == x) list_node(s, old.p[i]);
    }
    s->var_at[level] = y;
    s->var_at[level + 1] = x;
    s->at[x] = level + 1;
    s->at[y] = level;
}

/* ------------------------------------------------------------------ in and out */
static uint32_t move_in(moving *s, kl_diagram *m, uint32_t root, const uint32_t *more) {
    kl_dd_list list = {0};
    kl_dd_reach(m, root, &list);
    s->vars = m->answers.n;
    s->lists = kl_alloc_array(s->arena, s->vars, sizeof *s->lists);
    s->at = kl_alloc_array(s->arena, s->vars, sizeof *s->at);
    s->var_at = kl_alloc_array(s->arena, s->vars, sizeof *s->var_at);
    s->weight = kl_alloc_array(s->arena, s->vars, sizeof *s->weight);
    for (uint32_t i = 0; i < s->vars; i++) {
        s->at[i] = s->var_at[i] = i;
        s->weight[i] = m->answers.p[i] + more[i];
    }
    rehash(s);
    uint32_t *to = kl_alloc_array(s->arena, m->nodes.n + 1, sizeof *to);
    for (size_t i = 0; i < list.n; i++) {
        kl_dd_node n = m->nodes.p[list.p[i]];
        size_t first = s->runs.n;
        for (uint32_t k = 0; k < n.runs; k++) {
            kl_run run = m->runs.p[n.first + k];
            put_run(s, first, run.end, kl_dd_is_leaf(run.child) ? run.child : to[run.child]);
        }
        to[list.p[i]] = node_of(s, n.level, first);
    }
    s->work = 0;
    take(s, to[root]);
    return to[root];
}

static uint32_t move_out(moving *s, kl_diagram *m, uint32_t root, uint32_t *to) {
    if (kl_dd_is_leaf(root)) return root;
    if (to[root]) return to[root] - 1;
    mover n = s->nodes.p[root];
    kl_run *runs = kl_alloc_array(s->arena, n.runs, sizeof *runs);
    for (uint32_t i = 0; i < n.runs; i++) {
        runs[i] = s->runs.p[n.first + i];
        runs[i].child = move_out(s, m, runs[i].child, to);
    }
    uint32_t out = kl_dd_node_of(m, s->at[n.var], runs, n.runs);
    to[root] = out + 1;
    return out;
}

/* ------------------------------------------------------------------ sifting */
typedef struct sifting {
    moving *s;
    uint32_t swaps, work;
    uint64_t best;
    uint32_t best_at;
} sifting;

static bool spent(const sifting *t) {
    return t->swaps == 0 || t->s->work > t->work;
}

/* Moves the variable level by level to `to`, as long as it pays. */
static void travel(sifting *t, uint32_t var, uint32_t to) {
    moving *s = t->s;
    while (s->at[var] != to && !spent(t)) {
        swap(s, s->at[var] < to ? s->at[var] : s->at[var] - 1);
        t->swaps--;
        if (s->size < t->best) {
            t->best = s->size;
            t->best_at = s->at[var];
        }
        if (s->size > t->best * KL_SIFT_GROWTH) return;
    }
}

static void sift(sifting *t, uint32_t var) {
    moving *s = t->s;
    uint32_t last = (uint32_t)s->vars - 1, near = s->at[var] > last / 2 ? last : 0;
    t->best = s->size;
    t->best_at = s->at[var];
    travel(t, var, near);
    travel(t, var, last - near);
    while (s->at[var] != t->best_at) swap(s, s->at[var] < t->best_at ? s->at[var] : s->at[var] - 1);
}

uint32_t kl_order_sift(kl_diagram *m, uint32_t root, uint32_t *order, uint32_t *more, uint32_t swaps, uint32_t work) {
    if (kl_dd_is_leaf(root)) return root;
    moving s = {.arena = m->arena};
    uint32_t top = move_in(&s, m, root, more);
    uint32_t *by_size = kl_alloc_array(m->arena, s.vars, sizeof *by_size);
    for (uint32_t i = 0; i < s.vars; i++) { /* the variable with the most nodes first */
        uint32_t at = i;
        for (; at > 0 && s.lists[i].n > s.lists[by_size[at - 1]].n; at--) by_size[at] = by_size[at - 1];
        by_size[at] = i;
    }
    sifting t = {.s = &s, .swaps = swaps, .work = work};
    for (size_t i = 0; i < s.vars && !spent(&t); i++) sift(&t, by_size[i]);

    uint32_t *old = kl_alloc_array(m->arena, s.vars * 3, sizeof *old), limit = m->limit;
    memcpy(old, order, s.vars * sizeof *old);
    memcpy(old + s.vars, more, s.vars * sizeof *old);
    memcpy(old + 2 * s.vars, m->answers.p, s.vars * sizeof *old);
    kl_diagram_reset(m, limit);
    for (size_t level = 0; level < s.vars; level++) {
        uint32_t var = s.var_at[level];
        order[level] = old[var];
        more[level] = old[s.vars + var];
        kl_diagram_level(m, old[2 * s.vars + var]);
    }
    return move_out(&s, m, top, kl_alloc_array(m->arena, s.nodes.n, sizeof(uint32_t)));
}
