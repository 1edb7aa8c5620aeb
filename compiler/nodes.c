/* nodes.c - the pool of condition and value nodes: each distinct node once, constants folded as nodes are made.
 * May include: compiler/front.
 * Start at kl_node() (hash-consing); the constructors below it keep to Kleene's logic when they simplify. */
#include "compiler/front.h"

/* ------------------------------------------------------------------ the pool */
static bool same_node(const ir_node *x, const ir_node *y) {
    return x->kind == y->kind && x->truth == y->truth && x->type.kind == y->type.kind &&
           x->type.decimals == y->type.decimals && x->type.set == y->type.set && x->a == y->a && x->b == y->b &&
           x->c == y->c && x->field == y->field && x->field2 == y->field2 && x->assumption == y->assumption &&
           x->outcome == y->outcome && x->entry == y->entry && x->value == y->value && x->lo == y->lo &&
           x->hi == y->hi && x->mask == y->mask && x->compare == y->compare && x->round == y->round &&
           x->before == y->before && x->after == y->after;
}

static size_t hash_node(const ir_node *n) {
    const uint64_t parts[] = {(uint64_t)n->kind | (uint64_t)n->truth << 8 | (uint64_t)n->type.kind << 16 |
                                  (uint64_t)n->type.decimals << 24 | (uint64_t)n->compare << 32 |
                                  (uint64_t)n->round << 40 | (uint64_t)n->before << 48 | (uint64_t)n->after << 56,
                              n->type.set,
                              n->a,
                              n->b,
                              n->c,
                              n->field,
                              n->field2,
                              n->assumption,
                              n->outcome,
                              n->entry,
                              n->mask,
                              (uint64_t)n->value,
                              (uint64_t)n->lo,
                              (uint64_t)n->hi};
    uint64_t h = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        h = (h ^ parts[i]) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
    }
    return (size_t)h;
}

static void grow_table(kl_front *f) {
    size_t cap = f->node_cap ? f->node_cap * 2 : 1024;
    uint32_t *table = kl_alloc_array(f->arena, cap, sizeof *table); /* 0: empty, else index + 1 */
    for (size_t i = 0; i < f->g->nodes.n; i++) {
        size_t at = hash_node(&f->g->nodes.p[i]) & (cap - 1);
        while (table[at]) at = (at + 1) & (cap - 1);
        table[at] = (uint32_t)i + 1;
    }
    f->node_table = table;
    f->node_cap = cap;
}

static uint32_t kl_node(kl_front *f, ir_node n) {
    if ((f->g->nodes.n + 1) * 2 > f->node_cap) grow_table(f);
    size_t at = hash_node(&n) & (f->node_cap - 1);
    for (; f->node_table[at]; at = (at + 1) & (f->node_cap - 1))
        if (same_node(&f->g->nodes.p[f->node_table[at] - 1], &n)) return f->node_table[at] - 1;
    if (f->g->nodes.n >= KL_MAX_NODES) {
        if (!f->full) kl_front_report(f, f->at, KL_D_LIMIT_NODES, 1, kl_str_fmt(f->arena, "%d", KL_MAX_NODES));
        f->full = true;
        return 0;
    }
    n.file = kl_front_file(f);
    n.span = f->at;
    f->node_table[at] = (uint32_t)f->g->nodes.n + 1;
    KL_PUSH(f->arena, &f->g->nodes, n);
    return (uint32_t)f->g->nodes.n - 1;
}

static ir_node blank(ir_kind kind, bool truth, ir_type type) {
    return (ir_node){.kind = kind,
                     .truth = truth,
                     .type = type,
                     .a = IR_NONE,
                     .b = IR_NONE,
                     .c = IR_NONE,
                     .field = IR_NONE,
                     .field2 = IR_NONE,
                     .assumption = IR_NONE,
                     .outcome = IR_NONE,
                     .entry = IR_NONE,
                     .mask = IR_NONE};
}
static const ir_type BOOL = {KL_T_BOOL, 0, IR_NONE};

const ir_node *kl_node_at(const kl_front *f, uint32_t i) {
    return &f->g->nodes.p[i];
}

/* ------------------------------------------------------------------ truth */
uint32_t kl_n_bool(kl_front *f, int value) {
    ir_node n = blank(IR_BOOL, true, BOOL);
    n.value = value;
    return kl_node(f, n);
}

/* 0 no, 1 yes, -1 neither: what a node always is. */
static int always(const kl_front *f, uint32_t x) {
    const ir_node *n = kl_node_at(f, x);
    return n->kind == IR_BOOL && n->value < 2 ? (int)n->value : -1;
}

uint32_t kl_n_not(kl_front *f, uint32_t a) {
    const ir_node *x = kl_node_at(f, a);
    if (x->kind == IR_BOOL) return kl_n_bool(f, x->value == 2 ? 2 : !x->value);
    if (x->kind == IR_NOT) return x->a;
    ir_node n = blank(IR_NOT, true, BOOL);
    n.a = a;
    return kl_node(f, n);
}

static uint32_t both(kl_front *f, ir_kind kind, uint32_t a, uint32_t b) {
    int stops = kind == IR_OR; /* the value that settles it */
    if (always(f, a) == stops || always(f, b) == stops) return kl_n_bool(f, stops);
    if (always(f, a) == !stops || a == b) return b;
    if (always(f, b) == !stops) return a;
    ir_node n = blank(kind, true, BOOL);
    n.a = a;
    n.b = b;
    return kl_node(f, n);
}

uint32_t kl_n_and(kl_front *f, uint32_t a, uint32_t b) {
    return both(f, IR_AND, a, b);
}
uint32_t kl_n_or(kl_front *f, uint32_t a, uint32_t b) {
    return both(f, IR_OR, a, b);
}

uint32_t kl_n_fold(kl_front *f, ir_kind kind, const uint32_t *parts, size_t n) {
    if (n == 0) return kl_n_bool(f, kind == IR_AND);
    if (n == 1) return parts[0];
    uint32_t left = kl_n_fold(f, kind, parts, n / 2), right = kl_n_fold(f, kind, parts + n / 2, n - n / 2);
    return both(f, kind, left, right);
}

uint32_t kl_n_if(kl_front *f, uint32_t c, uint32_t x, uint32_t y) {
    uint32_t yes = kl_n_and(f, c, x), no = kl_n_and(f, kl_n_not(f, c), y);
    return kl_n_or(f, yes, no);
}

uint32_t kl_n_range(kl_front *f, uint32_t a, int64_t lo, int64_t hi) {
    const ir_node *x = kl_node_at(f, a);
    if (x->kind == IR_NUMBER) return kl_n_bool(f, x->value >= lo && x->value <= hi);
    ir_node n = blank(IR_RANGE, true, BOOL);
    n.a = a;
    n.lo = lo;
    n.hi = hi;
    return kl_node(f, n);
}

uint32_t kl_n_in(kl_front *f, uint32_t a, uint32_t set, const uint64_t *words) {
    const ir_node *x = kl_node_at(f, a);
    if (x->kind == IR_NUMBER) return kl_n_bool(f, words[x->value / 64] >> (x->value % 64) & 1);
    size_t count = (f->g->sets.p[set].values.n + 63) / 64;
    kl_str key = {(const char *)words, count * sizeof *words};
    uint32_t mask = kl_map_get(&f->masks, set, key);
    if (mask == IR_NONE) {
        mask = (uint32_t)f->g->mask_words.n;
        kl_map_add(&f->masks, set, kl_str_dup(f->arena, key), mask);
        for (size_t i = 0; i < count; i++) KL_PUSH(f->arena, &f->g->mask_words, words[i]);
    }
    ir_node n = blank(IR_IN, true, BOOL);
    n.a = a;
    n.mask = mask;
    return kl_node(f, n);
}

uint32_t kl_n_compare(kl_front *f, uint32_t a, kl_compare op, uint32_t b) {
    switch (op) {
    case KL_NE: return kl_n_not(f, kl_n_compare(f, a, KL_EQ, b));
    case KL_GT: return kl_n_compare(f, b, KL_LT, a);
    case KL_GE: return kl_n_compare(f, b, KL_LE, a);
    default: break;
    }
    ir_node n = blank(IR_COMPARE, true, BOOL);
    n.a = a;
    n.b = b;
    n.compare = op;
    return kl_node(f, n);
}

uint32_t kl_n_known(kl_front *f, uint32_t field) {
    ir_node n = blank(IR_KNOWN, true, BOOL);
    n.field = field;
    return kl_node(f, n);
}

uint32_t kl_n_has(kl_front *f, uint32_t field, uint32_t code) {
    ir_node n = blank(IR_HAS, true, BOOL);
    n.field = field;
    n.value = code;
    return kl_node(f, n);
}

uint32_t kl_n_empty(kl_front *f, uint32_t field) {
    ir_node n = blank(IR_EMPTY, true, BOOL);
    n.field = field;
    return kl_node(f, n);
}

uint32_t kl_front_text(kl_front *f, kl_str text) {
    uint32_t at = kl_map_add(&f->texts, 0, text, (uint32_t)f->g->texts.n);
    if (at != IR_NONE) return at;
    KL_PUSH(f->arena, &f->g->texts, text);
    return (uint32_t)f->g->texts.n - 1;
}

uint32_t kl_n_text(kl_front *f, uint32_t field, kl_str text) {
    ir_node n = blank(IR_TEXT, true, BOOL);
    n.field = field;
    n.value = kl_front_text(f, text);
    return kl_node(f, n);
}

uint32_t kl_n_same_text(kl_front *f, uint32_t field, uint32_t field2) {
    ir_node n = blank(IR_SAME_TEXT, true, BOOL);
    n.field = field < field2 ? field : field2;
    n.field2 = field < field2 ? field2 : field;
    return kl_node(f, n);
}

uint32_t kl_n_entry(kl_front *f, ir_kind kind, uint32_t entry) {
    ir_node n = blank(kind, true, BOOL);
    n.entry = entry;
    return kl_node(f, n);
}

uint32_t kl_n_edition(kl_front *f, uint32_t entry, uint32_t in_force, uint32_t before, uint32_t after,
                      kl_beyond said_before, kl_beyond said_after) {
    ir_node n = blank(IR_EDITION, true, BOOL);
    n.entry = entry;
    n.a = in_force;
    n.b = before;
    n.c = after;
    n.before = said_before;
    n.after = said_after;
    return kl_node(f, n);
}

/* ------------------------------------------------------------------ truth or number, by type */
uint32_t kl_n_field(kl_front *f, uint32_t field) {
    ir_type type = f->g->fields.p[field].type;
    ir_node n = blank(IR_FIELD, type.kind == KL_T_BOOL, type);
    n.field = field;
    return kl_node(f, n);
}

uint32_t kl_n_assume(kl_front *f, uint32_t assumption) {
    ir_type type = f->g->assumptions.p[assumption].type;
    ir_node n = blank(IR_ASSUME, type.kind == KL_T_BOOL, type);
    n.assumption = assumption;
    return kl_node(f, n);
}

uint32_t kl_n_feed(kl_front *f, uint32_t outcome) {
    ir_type type = f->g->outcomes.p[outcome].type;
    ir_node n = blank(IR_FEED, type.kind == KL_T_BOOL, type);
    n.outcome = outcome;
    return kl_node(f, n);
}

/* ------------------------------------------------------------------ numbers */
uint32_t kl_n_number(kl_front *f, int64_t value, ir_type type) {
    ir_node n = blank(IR_NUMBER, false, type);
    n.value = value;
    return kl_node(f, n);
}

/* A number node over one or two others, without folding (sums.c folds, through the checked arithmetic). */
uint32_t kl_n_sum(kl_front *f, ir_kind kind, uint32_t a, uint32_t b, int64_t value, kl_round round, ir_type type) {
    ir_node n = blank(kind, false, type);
    n.a = a;
    n.b = b;
    n.value = value;
    n.round = round;
    return kl_node(f, n);
}

uint32_t kl_n_select(kl_front *f, uint32_t c, uint32_t x, uint32_t y) {
    if (x == y || always(f, c) == 1) return x;
    if (always(f, c) == 0) return y;
    ir_node n = blank(IR_SELECT, false, kl_node_at(f, x)->type);
    n.a = c;
    n.b = x;
    n.c = y;
    return kl_node(f, n);
}
