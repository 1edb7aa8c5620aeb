/* diagram.c - the diagrams' one table and their operations, each remembered while there is room.
 * May include: compiler/analyse/diagram.
 * Start at apply(): all operations walk their operands' runs together, from the highest level down. */
#include "compiler/analyse/diagram.h"

#include <string.h>

enum { TABLE_FIRST = 1024, CACHE_FIRST = 4096, CACHE_MOST = 1 << 20 };
typedef enum op { OP_AND, OP_OR, OP_BUT, OP_GIVE, OP_MERGE, OP_AGREE, OP_ITE, OP_REPLACE, OP_EXTEND } op;

void kl_diagram_init(kl_diagram *m, kl_arena *a) {
    memset(m, 0, sizeof *m);
    m->arena = a;
    kl_diagram_reset(m, UINT32_MAX);
}

static void clear_table(kl_diagram *m, size_t cap) {
    if (cap > m->table_room) {
        m->table = kl_alloc_array(m->arena, cap, sizeof *m->table);
        m->table_room = cap;
    } else {
        memset(m->table, 0, cap * sizeof *m->table);
    }
    m->table_cap = cap;
}

static void clear_cache(kl_diagram *m, size_t cap) {
    if (cap > m->cache_room) {
        m->cache = kl_alloc_array(m->arena, cap, sizeof *m->cache);
        m->cache_room = cap;
    }
    m->cache_cap = cap;
    m->stamp++;
}

void kl_diagram_reset(kl_diagram *m, uint32_t limit) {
    m->nodes.n = m->runs.n = m->stack.n = m->answers.n = 0;
    m->limit = limit;
    m->full = false;
    clear_table(m, TABLE_FIRST);
    clear_cache(m, CACHE_FIRST);
}

void kl_diagram_resume(kl_diagram *m) {
    m->full = false;
    m->stack.n = 0;
    clear_cache(m, m->cache_cap);
}

uint32_t kl_diagram_level(kl_diagram *m, uint32_t answers) {
    KL_PUSH(m->arena, &m->answers, answers);
    return (uint32_t)m->answers.n - 1;
}

uint32_t kl_dd_follow(const kl_diagram *m, uint32_t node, uint32_t answer) {
    const kl_dd_node *n = &m->nodes.p[node];
    uint32_t lo = n->first, hi = n->first + n->runs - 1;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        if (m->runs.p[middle].end <= answer)
            lo = middle + 1;
        else
            hi = middle;
    }
    return m->runs.p[lo].child;
}

/* ------------------------------------------------------------------ the one table */
static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static size_t hash_runs(uint32_t level, const kl_run *runs, size_t n) {
    uint64_t h = mix(0, level);
    for (size_t i = 0; i < n; i++) h = mix(h, (uint64_t)runs[i].end << 32 | runs[i].child);
    return (size_t)h;
}

static void grow_table(kl_diagram *m) {
    clear_table(m, m->table_cap * 2);
    for (size_t i = 0; i < m->nodes.n; i++) {
        const kl_dd_node *n = &m->nodes.p[i];
        size_t at = hash_runs(n->level, &m->runs.p[n->first], n->runs) & (m->table_cap - 1);
        while (m->table[at]) at = (at + 1) & (m->table_cap - 1);
        m->table[at] = (uint32_t)i + 1;
    }
}

/* The node of the runs on the stack from `base` on, which are taken off. Children lie below `level`. */
static uint32_t make(kl_diagram *m, uint32_t level, size_t base) {
    const kl_run *runs = &m->stack.p[base];
    size_t n = m->stack.n - base;
    m->stack.n = base;
    if (n == 1) return runs[0].child;
    if ((m->nodes.n + 1) * 2 > m->table_cap) grow_table(m);
    size_t at = hash_runs(level, runs, n) & (m->table_cap - 1);
    for (; m->table[at]; at = (at + 1) & (m->table_cap - 1)) {
        const kl_dd_node *k = &m->nodes.p[m->table[at] - 1];
        if (k->level == level && k->runs == n && memcmp(&m->runs.p[k->first], runs, n * sizeof *runs) == 0)
            return m->table[at] - 1;
    }
    if (m->runs.n + n > m->limit) {
        m->full = true;
        return KL_LEAF;
    }
    uint32_t first = (uint32_t)m->runs.n;
    for (size_t i = 0; i < n; i++) KL_PUSH(m->arena, &m->runs, m->stack.p[base + i]);
    KL_PUSH(m->arena, &m->nodes, ((kl_dd_node){level, first, (uint32_t)n}));
    m->table[at] = (uint32_t)m->nodes.n;
    if (m->nodes.n > m->cache_cap && m->cache_cap < CACHE_MOST) clear_cache(m, m->cache_cap * 2);
    return (uint32_t)m->nodes.n - 1;
}

static void put_run(kl_diagram *m, size_t base, uint32_t end, uint32_t child) {
    if (m->stack.n > base && m->stack.p[m->stack.n - 1].child == child)
        m->stack.p[m->stack.n - 1].end = end;
    else
        KL_PUSH(m->arena, &m->stack, ((kl_run){end, child}));
}

/* ------------------------------------------------------------------ what has been worked out */
static kl_cached *cached(kl_diagram *m, op o, uint32_t a, uint32_t b, uint32_t c) {
    return &m->cache[mix(mix(mix(o, a), b), c) & (m->cache_cap - 1)];
}

static bool recall(kl_diagram *m, op o, uint32_t a, uint32_t b, uint32_t c, uint32_t *result) {
    const kl_cached *k = cached(m, o, a, b, c);
    if (k->stamp != m->stamp || k->op != o || k->a != a || k->b != b || k->c != c) return false;
    *result = k->result;
    return true;
}

static uint32_t remember(kl_diagram *m, op o, uint32_t a, uint32_t b, uint32_t c, uint32_t result) {
    *cached(m, o, a, b, c) = (kl_cached){m->stamp, o, a, b, c, result};
    return result;
}

/* ------------------------------------------------------------------ operations */
static bool both_leaves(uint32_t a, uint32_t b) {
    return kl_dd_is_leaf(a) && kl_dd_is_leaf(b);
}

/* true when the result needs no walk. */
static bool settled(kl_diagram *m, op o, uint32_t a, uint32_t b, uint32_t c, uint32_t *r) {
    switch (o) {
    case OP_AND:
        if (a == KL_LEAF_NO || b == KL_LEAF_NO) return *r = KL_LEAF_NO, true;
        if (a == KL_LEAF_YES || a == b) return *r = b, true;
        if (b == KL_LEAF_YES) return *r = a, true;
        return false;
    case OP_OR:
        if (a == KL_LEAF_YES || b == KL_LEAF_YES) return *r = KL_LEAF_YES, true;
        if (a == KL_LEAF_NO || a == b) return *r = b, true;
        if (b == KL_LEAF_NO) return *r = a, true;
        return false;
    case OP_BUT:
        if (a == KL_LEAF_NO || b == KL_LEAF_YES || a == b) return *r = KL_LEAF_NO, true;
        if (b == KL_LEAF_NO) return *r = a, true;
        return false;
    case OP_GIVE:
        if (kl_dd_is_leaf(a)) return *r = a == KL_LEAF_YES ? b : KL_LEAF, true;
        return false;
    case OP_MERGE:
        if (a == KL_LEAF || a == b) return *r = b, true;
        if (b == KL_LEAF) return *r = a, true;
        if (both_leaves(a, b)) return *r = m->join(m->self, a & ~KL_LEAF, b & ~KL_LEAF) | KL_LEAF, true;
        return false;
    case OP_AGREE:
        if (a == b) return *r = a, true;
        if (a == c || b == c) return *r = c, true;
        if (!both_leaves(a, b)) return false;
        *r = m->alike && m->alike(m->self, a & ~KL_LEAF, b & ~KL_LEAF) ? (a > b ? a : b) : c;
        return true;
    case OP_ITE:
        if (kl_dd_is_leaf(a)) return *r = a == KL_LEAF_YES ? b : c, true;
        if (b == c) return *r = b, true;
        return false;
    case OP_REPLACE:
    case OP_EXTEND: break;
    }
    return false;
}

static uint32_t apply(kl_diagram *m, op o, uint32_t a, uint32_t b, uint32_t c) {
    uint32_t r;
    if (m->full) return KL_LEAF;
    if (settled(m, o, a, b, c, &r)) return r;
    if ((o == OP_AND || o == OP_OR || o == OP_MERGE || o == OP_AGREE) && a > b) {
        r = a;
        a = b;
        b = r;
    }
    if (recall(m, o, a, b, c, &r)) return r;
    uint32_t operand[3] = {a, b, c}, at[3], child[3], level = UINT32_MAX;
    unsigned n = o == OP_ITE ? 3 : o == OP_GIVE ? 1 : 2;
    for (unsigned i = 0; i < n; i++) {
        uint32_t l = kl_dd_level(m, operand[i]);
        if (l < level) level = l;
    }
    for (unsigned i = 0; i < n; i++)
        at[i] = kl_dd_level(m, operand[i]) == level ? m->nodes.p[operand[i]].first : UINT32_MAX;
    size_t base = m->stack.n;
    for (uint32_t done = 0, end; done < m->answers.p[level]; done = end) {
        end = m->answers.p[level];
        for (unsigned i = 0; i < 3; i++) {
            child[i] = operand[i];
            if (i >= n || at[i] == UINT32_MAX) continue;
            child[i] = m->runs.p[at[i]].child;
            if (m->runs.p[at[i]].end < end) end = m->runs.p[at[i]].end;
        }
        put_run(m, base, end, apply(m, o, child[0], child[1], child[2]));
        for (unsigned i = 0; i < n; i++)
            if (at[i] != UINT32_MAX && m->runs.p[at[i]].end == end) at[i]++;
        if (m->full) break;
    }
    if (m->full) {
        m->stack.n = base;
        return KL_LEAF;
    }
    return remember(m, o, a, b, c, make(m, level, base));
}

uint32_t kl_dd_and(kl_diagram *m, uint32_t a, uint32_t b) {
    return apply(m, OP_AND, a, b, 0);
}
uint32_t kl_dd_or(kl_diagram *m, uint32_t a, uint32_t b) {
    return apply(m, OP_OR, a, b, 0);
}
uint32_t kl_dd_but(kl_diagram *m, uint32_t a, uint32_t b) {
    return apply(m, OP_BUT, a, b, 0);
}
uint32_t kl_dd_give(kl_diagram *m, uint32_t a, uint32_t leaf) {
    return apply(m, OP_GIVE, a, leaf, 0);
}
uint32_t kl_dd_merge(kl_diagram *m, uint32_t a, uint32_t b) {
    return apply(m, OP_MERGE, a, b, 0);
}
uint32_t kl_dd_ite(kl_diagram *m, uint32_t truth, uint32_t yes, uint32_t no) {
    return apply(m, OP_ITE, truth, yes, no);
}
uint32_t kl_dd_agree(kl_diagram *m, uint32_t a, uint32_t b, uint32_t other) {
    return apply(m, OP_AGREE, a, b, other);
}

uint32_t kl_dd_test(kl_diagram *m, uint32_t level, const uint32_t *intervals, size_t n) {
    size_t base = m->stack.n;
    uint32_t done = 0, total = m->answers.p[level];
    if (total == 0) return KL_LEAF_NO;
    for (size_t i = 0; i < n; i += 2) {
        if (intervals[i] == intervals[i + 1]) continue;
        if (intervals[i] > done) put_run(m, base, intervals[i], KL_LEAF_NO);
        put_run(m, base, done = intervals[i + 1], KL_LEAF_YES);
    }
    if (done < total) put_run(m, base, total, KL_LEAF_NO);
    return make(m, level, base);
}

uint32_t kl_dd_node_of(kl_diagram *m, uint32_t level, const kl_run *runs, size_t n) {
    bool below = true;
    for (size_t i = 0; i < n; i++) below = below && kl_dd_level(m, runs[i].child) > level;
    if (below) {
        size_t base = m->stack.n;
        for (size_t i = 0; i < n; i++) put_run(m, base, runs[i].end, runs[i].child);
        return make(m, level, base);
    }
    uint32_t r = runs[n - 1].child;
    for (size_t i = n - 1; i-- > 0;) {
        uint32_t interval[2] = {i ? runs[i - 1].end : 0, runs[i].end};
        r = kl_dd_ite(m, kl_dd_test(m, level, interval, 2), runs[i].child, r);
    }
    return r;
}

/* ------------------------------------------------------------------ rebuilding */
typedef struct rebuild {
    kl_diagram *m;
    const uint32_t *to; /* REPLACE */
    uint32_t level, keep, n, serial;
    kl_dd_more *more;
    void *self;
} rebuild;

static uint32_t replace(const rebuild *b, uint32_t r) {
    kl_diagram *m = b->m;
    uint32_t out;
    if (m->full) return KL_LEAF;
    if (kl_dd_is_leaf(r)) return b->to[r & ~KL_LEAF];
    if (recall(m, OP_REPLACE, r, b->serial, 0, &out)) return out;
    kl_dd_node n = m->nodes.p[r];
    kl_run *runs = kl_alloc_array(m->arena, n.runs, sizeof *runs);
    for (uint32_t i = 0; i < n.runs; i++) {
        kl_run run = m->runs.p[n.first + i];
        runs[i] = (kl_run){run.end, replace(b, run.child)};
    }
    out = m->full ? KL_LEAF : kl_dd_node_of(m, n.level, runs, n.runs);
    return remember(m, OP_REPLACE, r, b->serial, 0, out);
}

uint32_t kl_dd_replace(kl_diagram *m, uint32_t a, const uint32_t *to) {
    rebuild b = {.m = m, .to = to, .serial = m->serial++};
    return replace(&b, a);
}

static uint32_t extend(const rebuild *b, uint32_t r) {
    kl_diagram *m = b->m;
    uint32_t out, children[KL_DD_MORE];
    if (m->full) return KL_LEAF;
    if (kl_dd_level(m, r) > b->level) return r;
    if (recall(m, OP_EXTEND, r, b->serial, 0, &out)) return out;
    kl_dd_node n = m->nodes.p[r];
    if (n.level == b->level) b->more(b->self, m, r, children);
    size_t base = m->stack.n;
    for (uint32_t i = 0; i < n.runs; i++) {
        kl_run run = m->runs.p[n.first + i];
        if (n.level == b->level && i > 0 && m->runs.p[n.first + i - 1].end >= b->keep) break;
        put_run(m, base, n.level == b->level && run.end > b->keep ? b->keep : run.end, extend(b, run.child));
    }
    for (uint32_t i = 0; i < b->n && n.level == b->level; i++) put_run(m, base, b->keep + i + 1, children[i]);
    if (m->full) {
        m->stack.n = base;
        return KL_LEAF;
    }
    return remember(m, OP_EXTEND, r, b->serial, 0, make(m, n.level, base));
}

uint32_t kl_dd_extend(kl_diagram *m, uint32_t root, uint32_t level, uint32_t keep, uint32_t n, kl_dd_more *more,
                      void *self) {
    rebuild b = {.m = m, .level = level, .keep = keep, .n = n, .serial = m->serial++, .more = more, .self = self};
    uint32_t out = extend(&b, root);
    m->answers.p[level] = keep + n;
    return out;
}

static uint32_t pick(const rebuild *b, uint32_t r) {
    kl_diagram *m = b->m;
    uint32_t out;
    if (m->full) return KL_LEAF;
    if (kl_dd_level(m, r) > b->level) return r;
    if (kl_dd_level(m, r) == b->level) return kl_dd_follow(m, r, b->keep);
    if (recall(m, OP_EXTEND, r, b->serial, 0, &out)) return out;
    kl_dd_node n = m->nodes.p[r];
    size_t base = m->stack.n;
    for (uint32_t i = 0; i < n.runs; i++) {
        kl_run run = m->runs.p[n.first + i];
        put_run(m, base, run.end, pick(b, run.child));
    }
    if (m->full) {
        m->stack.n = base;
        return KL_LEAF;
    }
    return remember(m, OP_EXTEND, r, b->serial, 0, make(m, n.level, base));
}

uint32_t kl_dd_restrict(kl_diagram *m, uint32_t root, uint32_t level, uint32_t answer) {
    rebuild b = {.m = m, .level = level, .keep = answer, .serial = m->serial++};
    return pick(&b, root);
}

static void reach(kl_diagram *m, uint32_t r, kl_dd_list *out) {
    if (kl_dd_is_leaf(r) || m->marks.p[r] == m->mark) return;
    m->marks.p[r] = m->mark;
    kl_dd_node n = m->nodes.p[r];
    for (uint32_t i = 0; i < n.runs; i++) reach(m, m->runs.p[n.first + i].child, out);
    KL_PUSH(m->arena, out, r);
}

void kl_dd_reach(kl_diagram *m, uint32_t root, kl_dd_list *out) {
    while (m->marks.n < m->nodes.n) KL_PUSH(m->arena, &m->marks, 0);
    m->mark++;
    reach(m, root, out);
}
