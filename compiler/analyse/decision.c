/* decision.c - building the diagram of one decision: truths of all forms, candidates merged two by two, states carried through, cells joined.
 * May include: compiler/analyse/decision.
 * Start at kl_decision_build(). The meaning of each step is in the manual's chapter "What a decision means". */
#include "compiler/analyse/decision.h"

#include <string.h>

enum { SET_NONE = 0, SET_CONFLICT = 1 }; /* no candidate fires; results that surely differ */

void kl_deciding_init(kl_deciding *k, kl_arena *a, kl_diags *diags, kl_forms *f, kl_endings *e) {
    memset(k, 0, sizeof *k);
    k->arena = a;
    k->diags = diags;
    k->forms = f;
    k->endings = e;
    k->limits = kl_diagram_limits_default;
    k->period_entry = IR_NONE;
    for (uint32_t i = 0; i < f->g->entries.n; i++)
        if (f->g->entries.p[i].kind == IR_E_PERIOD) k->period_entry = i;
    k->scope = f->g->scope == IR_NONE ? kl_form_const(f, 1) : kl_form_of(f, f->g->scope);
    kl_diagram_init(&k->m, a);
    kl_ask_init(&k->asked, f);
}

/* ------------------------------------------------------------------ results that meet: sets */
static bool fixed_in(const kl_deciding *k, uint32_t result) {
    return kl_result_is_fixed(k->endings, result);
}

static size_t hash_members(const uint32_t *p, size_t n) {
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 32;
    return (size_t)h;
}

static void start_sets(kl_deciding *k) {
    size_t n = k->endings->list.n;
    k->sets.n = k->members.n = 0;
    if (n > k->single_room) {
        k->single = kl_alloc_array(k->arena, n * 2, sizeof *k->single);
        k->single_room = n * 2;
    } else {
        memset(k->single, 0, n * sizeof *k->single);
    }
    if (k->set_cap == 0)
        k->set_table = kl_alloc_array(k->arena, k->set_cap = 256, sizeof *k->set_table);
    else
        memset(k->set_table, 0, k->set_cap * sizeof *k->set_table);
    KL_PUSH(k->arena, &k->members, KL_NO_FORM); /* both have no members */
    KL_PUSH(k->arena, &k->sets, 0);
    KL_PUSH(k->arena, &k->sets, 0);
}

static size_t set_size(const kl_deciding *k, uint32_t set) {
    size_t n = 0;
    while (k->members.p[k->sets.p[set] + n] != KL_NO_FORM) n++;
    return n;
}

static uint32_t set_of(kl_deciding *k, const uint32_t *p, size_t n) {
    if ((k->sets.n + 1) * 2 > k->set_cap) {
        k->set_table = kl_alloc_array(k->arena, k->set_cap *= 2, sizeof *k->set_table);
        for (uint32_t i = SET_CONFLICT + 1; i < k->sets.n; i++) {
            size_t at = hash_members(&k->members.p[k->sets.p[i]], set_size(k, i)) & (k->set_cap - 1);
            while (k->set_table[at]) at = (at + 1) & (k->set_cap - 1);
            k->set_table[at] = i;
        }
    }
    size_t at = hash_members(p, n) & (k->set_cap - 1);
    for (; k->set_table[at]; at = (at + 1) & (k->set_cap - 1)) {
        uint32_t set = k->set_table[at];
        if (set_size(k, set) == n && memcmp(&k->members.p[k->sets.p[set]], p, n * sizeof *p) == 0) return set;
    }
    KL_PUSH(k->arena, &k->sets, (uint32_t)k->members.n);
    for (size_t i = 0; i < n; i++) KL_PUSH(k->arena, &k->members, p[i]);
    KL_PUSH(k->arena, &k->members, KL_NO_FORM);
    return k->set_table[at] = (uint32_t)k->sets.n - 1;
}

static uint32_t set_of_one(kl_deciding *k, uint32_t result) {
    if (k->single[result] == 0) k->single[result] = set_of(k, &result, 1);
    return k->single[result];
}

static bool is_open(const kl_deciding *k, uint32_t result) {
    return kl_result_at(k->endings, result)->kind == KL_RESULT_OPEN;
}

/* Results a and b meet. Two that are fixed and not one differ, and what an edition not at hand would give differs from all else. */
static uint32_t join_sets(void *self, uint32_t a, uint32_t b) {
    kl_deciding *k = self;
    if (a == b || b == SET_NONE) return a;
    if (a == SET_NONE) return b;
    if (a == SET_CONFLICT || b == SET_CONFLICT) return SET_CONFLICT;
    size_t n = set_size(k, a), m = set_size(k, b), count = 0, fixed = 0;
    bool open = false;
    k->both.n = 0;
    for (size_t i = 0, j = 0; i < n || j < m; count++) {
        uint32_t x = i < n ? k->members.p[k->sets.p[a] + i] : KL_NO_FORM,
                 y = j < m ? k->members.p[k->sets.p[b] + j] : KL_NO_FORM;
        uint32_t least = x < y ? x : y;
        i += x == least;
        j += y == least;
        fixed += fixed_in(k, least);
        open = open || is_open(k, least);
        KL_PUSH(k->arena, &k->both, least);
    }
    if (fixed > 1 || (open && count > 1)) return SET_CONFLICT;
    if (k->members.n > k->limits.build) k->m.full = true; /* more results meet than there is room for */
    return set_of(k, k->both.p, count);
}

/* None is none, for whatever reason. */
static bool alike(void *self, uint32_t a, uint32_t b) {
    const kl_deciding *k = self;
    return kl_result_at(k->endings, a)->kind == KL_RESULT_NONE && kl_result_at(k->endings, b)->kind == KL_RESULT_NONE;
}

/* The member that stands for all when they are equal: the fixed one, else the first. The others in order. */
static size_t leader(const kl_deciding *k, uint32_t set, uint32_t *lead, const uint32_t **members) {
    size_t n = set_size(k, set);
    *members = &k->members.p[k->sets.p[set]];
    *lead = (*members)[0];
    for (size_t i = 0; i < n; i++)
        if (fixed_in(k, (*members)[i])) *lead = (*members)[i];
    return n;
}

/* ------------------------------------------------------------------ truths */
static uint32_t truth(kl_deciding *k, uint32_t form) {
    const kl_form *n = kl_form_at(k->forms, form);
    if (n->kind != KL_FORM_NOT || k->truth_stamp[form] == k->stamp) return k->truth[form];
    k->truth_stamp[form] = k->stamp; /* a no is worked out only where it is wanted by itself */
    return k->truth[form] = kl_dd_but(&k->m, KL_LEAF_YES, k->truth[n->a]);
}

static uint32_t truth_of(kl_deciding *k, uint32_t form) {
    const kl_form *n = kl_form_at(k->forms, form);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_CONST: return n->lo == 1 ? KL_LEAF_YES : KL_LEAF_NO;
    case KL_FORM_AND: {
        const kl_form *a = kl_form_at(k->forms, n->a), *b = kl_form_at(k->forms, n->b);
        if (a->kind == KL_FORM_NOT) return kl_dd_but(&k->m, truth(k, n->b), k->truth[a->a]);
        if (b->kind == KL_FORM_NOT) return kl_dd_but(&k->m, truth(k, n->a), k->truth[b->a]);
        uint32_t x = truth(k, n->a), y = truth(k, n->b);
        return kl_dd_and(&k->m, x, y);
    }
    case KL_FORM_OR: {
        uint32_t a = truth(k, n->a), b = truth(k, n->b);
        return kl_dd_or(&k->m, a, b);
    }
    default: {
        const kl_atom *a = kl_atom_of(&k->asked, form);
        return kl_dd_test(&k->m, k->level_of.p[a->question], &k->asked.intervals.p[a->first], a->count);
    }
    }
}

static void build_truths(kl_deciding *k) {
    size_t n = k->forms->nodes.n;
    if (n > k->truth_room) {
        k->truth_room = n * 2;
        k->truth = kl_alloc_array(k->arena, k->truth_room, sizeof *k->truth);
        k->truth_stamp = kl_alloc_array(k->arena, k->truth_room, sizeof *k->truth_stamp);
    }
    k->stamp++;
    for (size_t i = 0; i < k->asked.reached.n && !k->m.full; i++) {
        uint32_t form = k->asked.reached.p[i];
        if (kl_form_at(k->forms, form)->kind != KL_FORM_NOT) k->truth[form] = truth_of(k, form);
    }
}

/* ------------------------------------------------------------------ candidates */
static uint32_t one_arm(kl_deciding *k, const kl_arm *a) {
    return kl_dd_give(&k->m, truth(k, a->holds), KL_LEAF | set_of_one(k, a->result));
}

static uint32_t merge_group(kl_deciding *k, const kl_arm *arms, size_t n) {
    if (n == 1) return one_arm(k, arms);
    uint32_t first = merge_group(k, arms, n / 2), rest = merge_group(k, arms + n / 2, n - n / 2);
    return kl_dd_merge(&k->m, first, rest);
}

typedef struct groups { /* neighbours that the same candidates override: these are taken off once for all */
    const kl_arm *arms;
    size_t *ends, n;
} groups;

static uint32_t merge_groups(kl_deciding *k, const groups *g, size_t from, size_t to) {
    if (to - from > 1) {
        size_t middle = from + (to - from) / 2;
        uint32_t first = merge_groups(k, g, from, middle), rest = merge_groups(k, g, middle, to);
        return kl_dd_merge(&k->m, first, rest);
    }
    size_t first = from ? g->ends[from - 1] : 0;
    uint32_t group = merge_group(k, g->arms + first, g->ends[from] - first), blocked = g->arms[first].blocked;
    return blocked == KL_NO_FORM ? group : kl_dd_ite(&k->m, truth(k, blocked), KL_LEAF, group);
}

static uint32_t merge_all(kl_deciding *k, const kl_arms *arms) {
    groups g = {arms->p, kl_alloc_array(k->arena, arms->n + 1, sizeof(size_t)), 0};
    for (size_t i = 0; i < arms->n; i++) {
        if (i > 0 && arms->p[i].blocked != arms->p[i - 1].blocked) g.ends[g.n++] = i;
    }
    if (arms->n == 0) return KL_LEAF;
    g.ends[g.n++] = arms->n;
    return merge_groups(k, &g, 0, g.n);
}

/* ------------------------------------------------------------------ sets to results */
/* Adds the questions whether results that meet are equal; false when all were asked before. */
static bool ask_same(kl_deciding *k) {
    bool added = false;
    for (uint32_t set = SET_CONFLICT + 1; set < k->sets.n; set++) {
        const uint32_t *members;
        uint32_t lead;
        size_t n = leader(k, set, &lead, &members);
        for (size_t i = 0; i < n; i++) {
            if (members[i] == lead || kl_asked_same(&k->asked, lead, members[i]) != KL_NO_FORM) continue;
            kl_span64 a = kl_result_span(k->endings, lead), b = kl_result_span(k->endings, members[i]);
            kl_ask_same(&k->asked, lead, members[i], (a.states | b.states) & KL_CAN_ERROR);
            added = true;
        }
    }
    return added;
}

static uint32_t expand_set(kl_deciding *k, uint32_t set, uint32_t conflict) {
    const uint32_t *members;
    uint32_t lead;
    size_t n = leader(k, set, &lead, &members);
    uint32_t out = KL_LEAF | lead;
    for (size_t i = n; i-- > 0;) {
        if (members[i] == lead) continue;
        uint32_t question = kl_asked_same(&k->asked, lead, members[i]);
        uint32_t level = k->level_of.p[question];
        kl_run runs[2] = {{1, conflict}, {k->m.answers.p[level], out}};
        out = kl_dd_node_of(&k->m, level, runs, 2);
    }
    return out;
}

/* Outside the period: what the text says of it. */
static uint32_t beyond(kl_deciding *k, kl_beyond said, const kl_decision *d) {
    uint32_t none = KL_LEAF | d->not_in_force;
    if (said != KL_BEYOND_UNKNOWN || k->period_entry == IR_NONE) return none;
    uint32_t open = KL_LEAF | kl_result_put(k->endings, KL_RESULT_OPEN, k->period_entry);
    return kl_dd_ite(&k->m, truth(k, kl_form_edition(k->forms, k->period_entry)), open, none);
}

static uint32_t build_results(kl_deciding *k, const kl_decision *d, uint32_t merged) {
    kl_diagram *m = &k->m;
    uint32_t conflict = KL_LEAF | kl_result_put(k->endings, KL_RESULT_CONFLICT, 0);
    uint32_t *to = kl_alloc_array(k->arena, k->sets.n, sizeof *to);
    to[SET_NONE] = KL_LEAF | d->otherwise;
    to[SET_CONFLICT] = conflict;
    for (uint32_t set = SET_CONFLICT + 1; set < k->sets.n; set++) to[set] = expand_set(k, set, conflict);
    uint32_t r = kl_dd_replace(m, merged, to);
    r = kl_dd_ite(m, truth(k, k->scope), r, KL_LEAF | d->outside);
    uint32_t after = beyond(k, k->forms->g->after, d), before = beyond(k, k->forms->g->before, d);
    r = kl_dd_ite(m, truth(k, kl_form_after(k->forms)), after, r);
    return kl_dd_ite(m, truth(k, kl_form_before(k->forms)), before, r);
}

/* ------------------------------------------------------------------ one build */
void kl_decision_ask(kl_deciding *k, const kl_decision *d) {
    kl_forms *f = k->forms;
    uint32_t before = kl_form_before(f), after = kl_form_after(f), edition = KL_NO_FORM;
    const ir_guideline *g = f->g;
    bool open = g->before == KL_BEYOND_UNKNOWN || g->after == KL_BEYOND_UNKNOWN;
    if (open && k->period_entry != IR_NONE) edition = kl_form_edition(f, k->period_entry);
    kl_ask(&k->asked, before);
    kl_ask(&k->asked, after);
    kl_ask(&k->asked, edition);
    kl_ask(&k->asked, k->scope);
    for (size_t i = 0; i < d->arms.n; i++) {
        kl_ask(&k->asked, d->arms.p[i].holds);
        kl_ask(&k->asked, d->arms.p[i].blocked);
    }
}

static void ask_all(kl_deciding *k, const kl_decision *d) {
    kl_ask_start(&k->asked);
    kl_decision_ask(k, d);
}

static void order_of(kl_deciding *k, kl_order kind, uint32_t *order) {
    size_t n = k->asked.list.n;
    kl_order_key *keys = kl_alloc_array(k->arena, n + 1, sizeof *keys);
    if (kind == KL_ORDER_NEAR) {
        kl_order_near(&k->asked, order);
        return;
    }
    for (size_t i = 0; i < n; i++)
        keys[i] = (kl_order_key){kl_question_answers(&k->asked.list.p[i]), k->asked.list.p[i].selectivity};
    kl_order_of(kind, keys, n, order);
}

/* An order that an earlier kind gives too. */
static bool repeats(kl_deciding *k, kl_order kind) {
    size_t n = k->asked.list.n;
    uint32_t *own = kl_alloc_array(k->arena, n + 1, sizeof *own),
             *other = kl_alloc_array(k->arena, n + 1, sizeof *other);
    bool same = false;
    order_of(k, kind, own);
    for (kl_order before = 0; before < kind && !same; before++) {
        order_of(k, before, other);
        same = memcmp(own, other, n * sizeof *own) == 0;
    }
    return same;
}

static void set_order(kl_deciding *k, kl_order kind) {
    size_t n = k->asked.list.n;
    k->order.n = k->level_of.n = k->more.n = 0;
    for (size_t i = 0; i < n; i++) {
        KL_PUSH(k->arena, &k->order, 0);
        KL_PUSH(k->arena, &k->level_of, 0);
        KL_PUSH(k->arena, &k->more, 0);
    }
    if (n) order_of(k, kind, k->order.p);
    kl_diagram_reset(&k->m, k->limits.build);
    for (uint32_t level = 0; level < n; level++) {
        const kl_question *q = &k->asked.list.p[k->order.p[level]];
        k->level_of.p[k->order.p[level]] = level;
        k->more.p[level] = kl_question_tagged(q) ? 5 : 0;
        kl_diagram_level(&k->m, k->all ? kl_question_all(q) : kl_question_answers(q));
    }
}

static void start_diagram(kl_deciding *k, kl_order kind) {
    set_order(k, kind);
    k->m.join = join_sets;
    k->m.alike = alike;
    k->m.self = k;
    start_sets(k);
    build_truths(k);
}

/* The diagram in one order, states not yet carried through. Asks for more questions when results meet that may be equal. */
static uint32_t build(kl_deciding *k, const kl_decision *d, kl_order kind) {
    for (;;) {
        start_diagram(k, kind);
        uint32_t merged = merge_all(k, &d->arms);
        if (k->m.full) return KL_LEAF;
        if (!ask_same(k)) return build_results(k, d, merged);
        ask_all(k, d); /* again, with the questions of the second kind after all others */
        ask_same(k);
        kl_ask_done(&k->asked);
    }
}

static bool choose_order(kl_deciding *k, const kl_decision *d, uint32_t *root) {
    uint64_t least = UINT64_MAX;
    kl_order best = KL_ORDER_COUNT, last = KL_ORDER_COUNT;
    size_t nodes = 0;
    bool enough = false;
    for (kl_order kind = 0; kind < KL_ORDER_COUNT && !enough; kind++) {
        if (repeats(k, kind)) continue;
        *root = build(k, d, last = kind);
        if (k->m.full) continue;
        uint64_t edges = kl_order_edges(&k->m, *root, k->more.p, &nodes);
        enough = k->hasty || nodes <= KL_ORDER_ENOUGH;
        if (edges >= least) continue;
        least = edges;
        best = kind;
    }
    if (best == KL_ORDER_COUNT) return false;
    if (best != last) *root = build(k, d, best);
    if (k->hasty) return true;
    *root = kl_order_sift(&k->m, *root, k->order.p, k->more.p, KL_SIFT_SWAPS, KL_SIFT_WORK);
    for (uint32_t level = 0; level < k->order.n; level++) k->level_of.p[k->order.p[level]] = level;
    return !k->m.full;
}

/* ------------------------------------------------------------------ states: errors, documents, not stated */
typedef struct carrying {
    kl_deciding *k;
    const kl_question *q;
    uint32_t leaf[5]; /* what each tag comes to when the values do not agree */
} carrying;

/* The further answers of a node: for each state that can be, what all values agree on, else the state; else the first answer's. */
static void carry(void *self, kl_diagram *m, uint32_t node, uint32_t *children) {
    const carrying *c = self;
    uint32_t first = kl_dd_follow(m, node, 0);
    for (unsigned t = 0; t < 5; t++) {
        children[t] = first;
        if (!(c->q->states >> t & 1)) continue;
        if (1u << t == KL_CAN_NONE) {
            children[t] = kl_dd_follow(m, node, c->q->cells);
            continue;
        }
        kl_dd_node n = m->nodes.p[node];
        uint32_t start = 0, all = first;
        for (uint32_t i = 0; i < n.runs && start < c->q->cells; i++) {
            kl_run run = m->runs.p[n.first + i];
            all = kl_dd_agree(m, all, run.child, c->leaf[t]);
            start = run.end;
        }
        children[t] = all;
    }
}

static uint32_t carry_question(kl_deciding *k, uint32_t i, uint32_t root) {
    const kl_question *q = &k->asked.list.p[i];
    carrying c = {.k = k, .q = q};
    kl_endings *e = k->endings;
    uint32_t document = q->kind == KL_Q_SAME ? KL_NO_FORM : kl_form_span(k->forms, q->source).document;
    c.leaf[0] = KL_LEAF | kl_result_put(e, KL_RESULT_ERROR, 0);
    c.leaf[2] = KL_LEAF | kl_result_put(e, KL_RESULT_NOT_STATED, 0);
    c.leaf[4] = KL_LEAF | kl_result_put(e, KL_RESULT_CONFLICT, 0);
    if (q->states & KL_CAN_EXTERNAL) /* one of several documents: the register knows which */
        c.leaf[3] = KL_LEAF | (document != KL_NO_FORM ? document : kl_result_put(e, KL_RESULT_NUMBER, q->source));
    return kl_dd_extend(&k->m, root, k->level_of.p[i], q->cells, 5, carry, &c);
}

/* First for results that meet, which are what they are before anything is decided; then in document order. */
static uint32_t carry_states(kl_deciding *k, uint32_t root) {
    for (uint32_t i = 0; i < k->asked.list.n; i++)
        if (k->asked.list.p[i].kind == KL_Q_SAME) root = carry_question(k, i, root);
    for (uint32_t i = 0; i < k->asked.list.n; i++) {
        const kl_question *q = &k->asked.list.p[i];
        if (kl_question_tagged(q) && q->kind != KL_Q_SAME) root = carry_question(k, i, root);
    }
    return root;
}

/* ------------------------------------------------------------------ writing it out */
typedef struct writing {
    kl_deciding *k;
    kl_decision *d;
    kl_dd_list nodes;
    kl_index_list *of_question; /* per question: its nodes */
    uint32_t **keep;            /* per question: the old cell that each new one stands for */
    uint32_t *question_to, *node_to;
} writing;

static bool same_cell(const writing *w, uint32_t question, uint32_t a, uint32_t b) {
    const kl_index_list *nodes = &w->of_question[question];
    for (size_t i = 0; i < nodes->n; i++)
        if (kl_dd_follow(&w->k->m, nodes->p[i], a) != kl_dd_follow(&w->k->m, nodes->p[i], b)) return false;
    return true;
}

/* Where a cell leads, over all nodes of its question, in one number: cells that differ in it are told apart. */
static uint64_t *cell_marks(const writing *w, uint32_t question, uint32_t cells) {
    const kl_diagram *m = &w->k->m;
    uint64_t *marks = kl_alloc_array(w->k->arena, cells + 1, sizeof *marks);
    for (size_t i = 0; i < w->of_question[question].n; i++) {
        const kl_dd_node *n = &m->nodes.p[w->of_question[question].p[i]];
        for (uint32_t run = 0, cell = 0; run < n->runs; run++)
            for (; cell < m->runs.p[n->first + run].end && cell < cells; cell++) {
                marks[cell] = (marks[cell] ^ m->runs.p[n->first + run].child) * UINT64_C(0x9e3779b97f4a7c15);
                marks[cell] ^= marks[cell] >> 32;
            }
    }
    return marks;
}

/* The kept cell that `cell` is the same as, or `kept` when there is none. */
static uint32_t kept_cell(const writing *w, uint32_t question, const uint64_t *marks, const uint32_t *keep,
                          const uint32_t *table, size_t cap, uint32_t cell, uint32_t kept, size_t *at) {
    for (*at = marks[cell] & (cap - 1); table[*at]; *at = (*at + 1) & (cap - 1)) {
        uint32_t other = keep[table[*at] - 1];
        if (marks[other] == marks[cell] && same_cell(w, question, other, cell)) return table[*at] - 1;
    }
    return kept;
}

/* Cells that no node of the reduced diagram tells apart become one. */
static void join_cells(writing *w, uint32_t question, kl_question *q) {
    kl_arena *arena = w->k->arena;
    uint32_t *keep = w->keep[question] = kl_alloc_array(arena, q->cells + 1, sizeof *keep), cells = 0;
    uint32_t *to = kl_alloc_array(arena, q->cells + 1, sizeof *to);
    bool codes = q->kind == KL_Q_VALUES || q->kind == KL_Q_CODES,
         numbers = q->kind == KL_Q_NUMBER || q->kind == KL_Q_DERIVED;
    uint32_t last = q->cells - 1, *table = NULL;
    uint64_t *marks = codes ? cell_marks(w, question, q->cells) : NULL;
    size_t cap = 4, at = 0;
    while (cap < (size_t)q->cells * 2) cap *= 2;
    if (codes) table = kl_alloc_array(arena, cap, sizeof *table);
    kl_question old = *q;
    memset(&q->cuts, 0, sizeof q->cuts);
    memset(&q->texts, 0, sizeof q->texts);
    for (uint32_t cell = 0; cell < old.cells; cell++) {
        uint32_t into = cells;
        if (codes) into = kept_cell(w, question, marks, keep, table, cap, cell, cells, &at); /* any earlier cell */
        if (numbers && cells && same_cell(w, question, keep[cells - 1], cell)) into = cells - 1;
        if (q->kind == KL_Q_TEXT && cell != last && same_cell(w, question, cell, last))
            continue; /* as any other text */
        to[cell] = into;
        if (into < cells) continue;
        keep[cells++] = cell;
        if (codes) table[at] = cells;
        if (numbers && cell) KL_PUSH(arena, &q->cuts, old.cuts.p[cell - 1]);
        if (q->kind == KL_Q_TEXT && cell != last) KL_PUSH(arena, &q->texts, old.texts.p[cell]);
    }
    q->cells = cells;
    if (!codes) return;
    q->cell_of = kl_alloc_array(arena, q->codes + 1, sizeof *q->cell_of);
    for (uint32_t code = 0; code < q->codes; code++) q->cell_of[code] = to[old.cell_of[code]];
}

static uint32_t written(const writing *w, uint32_t child) {
    return kl_dd_is_leaf(child) ? child : w->node_to[child];
}

static void write_node(writing *w, uint32_t node) {
    kl_deciding *k = w->k;
    kl_decision *d = w->d;
    uint32_t question = k->order.p[k->m.nodes.p[node].level], cells = k->asked.list.p[question].cells;
    const kl_question *q = &d->questions.p[w->question_to[question]];
    w->node_to[node] = (uint32_t)d->nodes.n;
    KL_PUSH(k->arena, &d->nodes, ((kl_dd_row){w->question_to[question], (uint32_t)d->edges.n}));
    for (uint32_t cell = 0; cell < q->cells; cell++)
        KL_PUSH(k->arena, &d->edges, written(w, kl_dd_follow(&k->m, node, w->keep[question][cell])));
    for (uint32_t tag = 0; tag < (kl_question_tagged(q) ? 5u : 0u); tag++)
        KL_PUSH(k->arena, &d->edges, written(w, kl_dd_follow(&k->m, node, cells + tag)));
}

static void write_out(kl_deciding *k, uint32_t root, kl_decision *d) {
    size_t n = k->asked.list.n;
    writing w = {.k = k, .d = d};
    kl_dd_reach(&k->m, root, &w.nodes);
    w.of_question = kl_alloc_array(k->arena, n + 1, sizeof *w.of_question);
    w.keep = kl_alloc_array(k->arena, n + 1, sizeof *w.keep);
    w.question_to = kl_alloc_array(k->arena, n + 1, sizeof *w.question_to);
    w.node_to = kl_alloc_array(k->arena, k->m.nodes.n + 1, sizeof *w.node_to);
    for (size_t i = 0; i < w.nodes.n; i++)
        KL_PUSH(k->arena, &w.of_question[k->order.p[k->m.nodes.p[w.nodes.p[i]].level]], w.nodes.p[i]);
    for (uint32_t i = 0; i < n; i++) {
        if (w.of_question[i].n == 0) continue;
        kl_question q = k->asked.list.p[i];
        join_cells(&w, i, &q);
        w.question_to[i] = (uint32_t)d->questions.n;
        KL_PUSH(k->arena, &d->questions, q);
    }
    for (size_t i = 0; i < w.nodes.n; i++) write_node(&w, w.nodes.p[i]);
    d->root = written(&w, root);
}

/* ------------------------------------------------------------------ the whole */
/* How much each question takes part: in the diagram, or, when there is none, by its answers and atoms. */
static uint64_t *shares(kl_deciding *k, const kl_decision *d) {
    const kl_asked *a = &k->asked;
    uint64_t *share = kl_alloc_array(k->arena, a->list.n + d->questions.n + 1, sizeof *share);
    for (size_t i = 0; i < d->nodes.n; i++)
        share[d->nodes.p[i].question] += d->questions.p[d->nodes.p[i].question].cells;
    for (size_t i = 0; d->nodes.n == 0 && i < a->list.n; i++)
        share[i] = (uint64_t)a->list.p[i].cells * a->list.p[i].atoms.n;
    return share;
}

bool kl_decision_build(kl_deciding *k, uint32_t outcome, kl_decision *d) {
    kl_endings *e = k->endings;
    d->outside = kl_result_put(e, KL_RESULT_NONE, KL_REASON_OUTSIDE_SCOPE);
    d->not_in_force = kl_result_put(e, KL_RESULT_NONE, KL_REASON_NOT_IN_FORCE);
    d->diagram = !k->forms->g->outcomes.p[outcome].row_by_row;
    if (!d->diagram) return true;
    ask_all(k, d);
    kl_ask_done(&k->asked);
    uint32_t root;
    size_t questions = k->asked.list.n;
    if (questions * KL_WARN_SHARE > k->limits.questions)
        kl_decision_too_large(k, outcome, d, shares(k, d), KL_MEASURE_QUESTIONS, questions, k->limits.questions);
    if (questions > k->limits.questions) return false;
    if (!choose_order(k, d, &root)) {
        kl_decision_too_large(k, outcome, d, shares(k, d), KL_MEASURE_BUILD, (uint64_t)k->limits.build + 1,
                              k->limits.build);
        return false;
    }
    root = carry_states(k, root);
    if (!k->m.full) write_out(k, root, d);
    bool nodes = (uint64_t)d->nodes.n * k->limits.edges >=
                 (uint64_t)d->edges.n * k->limits.nodes; /* which is nearer its limit */
    uint64_t size = nodes ? d->nodes.n : d->edges.n, limit = nodes ? k->limits.nodes : k->limits.edges;
    if (k->m.full) size = (limit = k->limits.build) + 1;
    kl_measure what = k->m.full ? KL_MEASURE_BUILD : nodes ? KL_MEASURE_NODES : KL_MEASURE_EDGES;
    if (size * KL_WARN_SHARE > limit) kl_decision_too_large(k, outcome, d, shares(k, d), what, size, limit);
    return size <= limit;
}

/* ------------------------------------------------------------------ several decisions in one diagram */
void kl_deciding_side(kl_deciding *k, const ir_guideline *g, uint32_t period_entry) {
    k->forms->g = g;
    k->period_entry = period_entry;
    k->scope = g->scope == IR_NONE ? kl_form_const(k->forms, 1) : kl_form_of(k->forms, g->scope);
}

void kl_deciding_order(kl_deciding *k, kl_order kind) {
    k->all = true;
    start_diagram(k, kind);
}

uint32_t kl_deciding_truth(kl_deciding *k, uint32_t form) {
    return truth(k, form);
}

bool kl_decision_root(kl_deciding *k, kl_decision *d, uint32_t *root) {
    d->outside = kl_result_put(k->endings, KL_RESULT_NONE, KL_REASON_OUTSIDE_SCOPE);
    d->not_in_force = kl_result_put(k->endings, KL_RESULT_NONE, KL_REASON_NOT_IN_FORCE);
    *root = KL_LEAF;
    uint32_t merged = merge_all(k, &d->arms);
    if (k->m.full) return true;
    if (ask_same(k)) return false;
    *root = build_results(k, d, merged);
    return true;
}

kl_span64 kl_decision_span(kl_deciding *k, const kl_decision *d) {
    kl_endings *e = k->endings;
    kl_span64 all = {INT64_MAX, INT64_MIN, 0, false, KL_NO_FORM};
    uint8_t *reached = kl_alloc_array(k->arena, e->list.n + 1, sizeof *reached);
    bool several = false;
    if (d->diagram && kl_dd_is_leaf(d->root)) reached[d->root & ~KL_LEAF] = 1;
    for (size_t i = 0; i < d->edges.n; i++)
        if (kl_dd_is_leaf(d->edges.p[i])) reached[d->edges.p[i] & ~KL_LEAF] = 1;
    if (!d->diagram) reached[d->otherwise] = reached[d->outside] = 1;
    for (size_t i = 0; i < d->arms.n && !d->diagram; i++) reached[d->arms.p[i].result] = 1;
    for (uint32_t i = 0; i < e->list.n; i++) {
        if (!reached[i]) continue;
        kl_span64 s = kl_result_span(e, i);
        if (s.lo < all.lo) all.lo = s.lo;
        if (s.hi > all.hi) all.hi = s.hi;
        all.states |= s.states;
        if (s.states & KL_CAN_EXTERNAL) {
            several = several || s.document == KL_NO_FORM || (all.document != KL_NO_FORM && all.document != s.document);
            all.document = s.document;
        }
        all.may_be_none = all.may_be_none ||
                          (kl_result_at(e, i)->kind == KL_RESULT_NUMBER && (s.may_be_none || s.states & KL_CAN_NONE));
    }
    if (!d->diagram) all.states |= KL_CAN_CONFLICT;
    if (several) all.document = KL_NO_FORM;
    if (kl_result_at(e, d->otherwise)->kind == KL_RESULT_NONE) all.may_be_none = true;
    if (all.lo > all.hi) all.lo = all.hi = 0;
    return all;
}
