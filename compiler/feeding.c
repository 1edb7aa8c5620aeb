/* feeding.c - what rests on what: clauses on clauses, outcomes on outcomes; cycles are errors, and the order to decide in follows.
 * May include: compiler/front.
 * Start at kl_front_feeding(); vertices are entries, then outcomes. */
#include "compiler/front.h"

typedef KL_VEC(uint32_t) vertex_list;

typedef struct walk {
    kl_front *f;
    uint32_t entries, vertices;
    enum { NEW, OPEN, DONE } * state;
    uint32_t *height;
    vertex_list path;
    bool too_deep;
} walk;

/* ------------------------------------------------------------------ what a vertex rests on */
static void node_uses(walk *w, uint32_t node, unsigned mark, vertex_list *out) {
    kl_front *f = w->f;
    if (node == IR_NONE || !kl_front_visit(f, node, mark)) return;
    const ir_node n = *kl_node_at(f, node);
    if (n.kind == IR_CLAUSE || n.kind == IR_BREACHED) KL_PUSH(f->arena, out, n.entry);
    if (n.kind == IR_FEED) KL_PUSH(f->arena, out, w->entries + n.outcome);
    node_uses(w, n.a, mark, out);
    node_uses(w, n.b, mark, out);
    node_uses(w, n.c, mark, out);
}

static void result_uses(walk *w, const ir_result *r, unsigned mark, vertex_list *out) {
    if (r->kind == IR_R_NUMBER) node_uses(w, r->node, mark, out);
}

static void outcome_uses(walk *w, const ir_outcome *o, unsigned mark, vertex_list *out) {
    kl_front *f = w->f;
    result_uses(w, &o->otherwise, mark, out);
    uint32_t last = IR_NONE;
    for (size_t i = 0; i < o->candidates.n; i++) {
        const ir_candidate *c = &f->g->candidates.p[o->candidates.p[i]];
        if (c->entry != last) KL_PUSH(f->arena, out, c->entry);
        last = c->entry;
        node_uses(w, c->guard, mark, out);
        node_uses(w, c->absent, mark, out);
        result_uses(w, &c->result, mark, out);
        for (size_t k = 0; c->columns && k < o->columns.n; k++) result_uses(w, &c->columns[k], mark, out);
        for (size_t k = 0; k < c->overriders.n; k++) KL_PUSH(f->arena, out, c->overriders.p[k]);
    }
}

static vertex_list uses(walk *w, uint32_t v) {
    vertex_list out = {0};
    unsigned mark = kl_front_new_mark(w->f);
    if (v >= w->entries) {
        outcome_uses(w, &w->f->g->outcomes.p[v - w->entries], mark, &out);
        return out;
    }
    const ir_entry *e = &w->f->g->entries.p[v];
    node_uses(w, e->truth, mark, &out);
    node_uses(w, e->body, mark, &out);
    node_uses(w, e->requires_node, mark, &out);
    return out;
}

/* ------------------------------------------------------------------ cycles */
static kl_str name_of(const walk *w, uint32_t v) {
    return v < w->entries ? w->f->g->entries.p[v].id : w->f->g->outcomes.p[v - w->entries].name;
}

static void report_cycle(walk *w, uint32_t back_to) {
    kl_front *f = w->f;
    size_t at = w->path.n;
    while (w->path.p[at - 1] != back_to) at--;
    kl_buf b;
    kl_buf_init(&b, f->arena);
    bool outcomes = false;
    for (size_t i = at - 1; i < w->path.n; i++) {
        kl_buf_fmt(&b, "%.*s → ", KL_FMT(name_of(w, w->path.p[i])));
        outcomes = outcomes || w->path.p[i] >= w->entries;
    }
    kl_buf_str(&b, name_of(w, back_to));
    bool entry = back_to < w->entries;
    const kl_file *file = entry ? f->g->entries.p[back_to].file : f->g->outcomes.p[back_to - w->entries].file;
    kl_span span = entry ? f->g->entries.p[back_to].span : f->g->outcomes.p[back_to - w->entries].span;
    kl_report(f->diags, file, span, outcomes ? KL_D_FEED_CYCLE : KL_D_CLAUSE_CYCLE, 1, kl_buf_view(&b));
}

static void visit(walk *w, uint32_t v) {
    kl_front *f = w->f;
    w->state[v] = OPEN;
    KL_PUSH(f->arena, &w->path, v);
    vertex_list next = uses(w, v);
    for (size_t i = 0; i < next.n && !w->too_deep; i++) {
        uint32_t u = next.p[i];
        if (w->state[u] == OPEN) report_cycle(w, u);
        if (w->state[u] == NEW && w->path.n <= KL_MAX_CLAUSE_DEPTH) visit(w, u);
        if (w->state[u] == DONE && w->height[u] >= w->height[v]) w->height[v] = w->height[u] + 1;
        if (w->state[u] == NEW || w->height[v] > KL_MAX_CLAUSE_DEPTH) {
            w->too_deep = true;
            bool entry = v < w->entries;
            kl_report(f->diags, entry ? f->g->entries.p[v].file : f->g->outcomes.p[v - w->entries].file,
                      entry ? f->g->entries.p[v].span : f->g->outcomes.p[v - w->entries].span, KL_D_LIMIT_CLAUSE_DEPTH,
                      2, name_of(w, v), kl_str_fmt(f->arena, "%d", KL_MAX_CLAUSE_DEPTH));
        }
    }
    w->path.n--;
    w->state[v] = DONE;
    if (v >= w->entries) KL_PUSH(f->arena, &f->g->decide_order, v - w->entries);
}

void kl_front_feeding(kl_front *f) {
    walk w = {.f = f, .entries = (uint32_t)f->g->entries.n};
    w.vertices = w.entries + (uint32_t)f->g->outcomes.n;
    w.state = kl_alloc_array(f->arena, w.vertices + 1u, sizeof *w.state);
    w.height = kl_alloc_array(f->arena, w.vertices + 1u, sizeof *w.height);
    for (uint32_t v = 0; v < w.vertices && !w.too_deep; v++)
        if (w.state[v] == NEW) visit(&w, v);
}
