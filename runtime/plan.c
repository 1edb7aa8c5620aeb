/* plan.c - the image's code and diagrams as one batch runs them: nothing looked up, what no one reads left out, nots as other literals.
 * May include: program.h of this room. It relies on the verifier: registers are written in order, nodes lie children first.
 * Start at kl_make_plan(); then slot() for the diagrams. */
#include "runtime/program.h"

typedef struct plan {
    kl_workspace *w;
    const kl_program *p;
    uint32_t tests, gates, reaches, keys, cells, slices, decisions;
    uint8_t *truth, *number; /* registers that something reads; the planes' memory serves */
} plan;

static void step(plan *x, kl_step_kind kind, uint32_t a) {
    x->w->steps[x->w->step_count++] = (kl_step){(uint32_t)kind, a, 0};
}

/* ------------------------------------------------------------------ what is read */
static void read_truths(plan *x, kl_section s, uint32_t word, uint32_t words) {
    for (uint32_t i = 0; i < x->p->count[s]; i++)
        for (uint32_t k = word; k < word + words; k++) {
            uint32_t b = kl_word(x->p, s, i, k);
            if (b != KL_ABSENT) x->truth[b] = KL_READ_ELSEWHERE;
        }
}

static void read_all(plan *x) {
    const kl_program *p = x->p;
    memset(x->truth, 0, p->budget.truths);
    memset(x->number, 0, p->budget.numbers);
    x->truth[p->scope] = KL_READ_ELSEWHERE;
    if (p->period != KL_ABSENT) x->truth[p->period] = KL_READ_ELSEWHERE;
    read_truths(x, KL_S_CANDIDATES, KL_C_FIRES, 2);
    read_truths(x, KL_S_REQUIREMENTS, 2, 3);
    read_truths(x, KL_S_BLOCKS, 1, 2);
    if (!x->w->untraced) read_truths(x, KL_S_ENTRIES, KL_E_TRUTH, 1);
    for (uint32_t i = 0; i < p->count[KL_S_QUESTIONS]; i++) {
        const uint8_t *q = kl_row(p, KL_S_QUESTIONS, i);
        uint32_t kind = kl_at(q, KL_Q_KIND), source = kl_at(q, KL_Q_SOURCE);
        if (kind == KL_Q_TRUTH) x->truth[source] = KL_READ_ELSEWHERE;
        if (kind == KL_Q_DERIVED || kind == KL_Q_CODES) x->number[source] = 1;
    }
    for (uint32_t i = 0; i < p->count[KL_S_RESULTS]; i++)
        if (kl_r(p, i, KL_R_KIND) == KL_RESULT_NUMBER) x->number[kl_r(p, i, KL_R_VALUE)] = 1;
    for (uint32_t i = p->count[KL_S_CODE]; i-- > 0;) {
        const uint8_t *code = kl_row(p, KL_S_CODE, i), *kind = kl_kinds[kl_at(code, KL_I_OP)];
        uint32_t to = kl_at(code, KL_I_TO);
        if (kind[0] != KL_IS_NO && !(kind[0] == KL_IS_B ? x->truth : x->number)[to]) continue;
        for (uint32_t k = 1; k < 5; k++) {
            if (kind[k] == KL_IS_B)
                x->truth[kl_at(code, KL_I_TO + k)] |= kind[0] == KL_IS_B ? KL_READ : KL_READ_ELSEWHERE;
            if (kind[k] == KL_IS_N) x->number[kl_at(code, KL_I_TO + k)] = 1;
        }
    }
}

/* ------------------------------------------------------------------ truths */
/* The literal of a test. */
static uint32_t test(plan *x, kl_test t, kl_step_kind kind) {
    kl_held held;
    if (t.op < KL_OP_B_RANGE && t.op != KL_OP_B_KNOWN && kl_default(x->p, t.source, &held))
        *(kl_test_default(x->p, &t, &held) ? &t.yes : &t.no) = ~UINT64_C(0);
    if (t.op == KL_OP_B_IN_F && !t.values) {
        kl_field_plan *f = &x->w->fields[t.source];
        if (!f->slices) {
            f->slices = x->slices;
            x->slices += kl_width((uint32_t)f->span);
            step(x, KL_STEP_SLICES, t.source);
        }
    }
    x->w->tests[x->tests] = t;
    step(x, kind, x->tests++);
    return t.to;
}

static void set_range(kl_test *t, int64_t low, int64_t high) {
    t->bits = low <= high;
    t->from = (uint64_t)low;
    t->span = (uint64_t)high - (uint64_t)low;
}

static void test_of(plan *x, const uint8_t *i) {
    const kl_program *p = x->p;
    uint32_t op = kl_at(i, KL_I_OP), b = kl_at(i, KL_I_B);
    kl_test t = {.op = op, .source = kl_at(i, KL_I_A), .to = x->w->literals[kl_at(i, KL_I_TO)], .bits = ~UINT64_C(0)};
    if (op == KL_OP_B_RANGE || op == KL_OP_B_RANGE_F) set_range(&t, kl_const(p, b), kl_const(p, kl_at(i, KL_I_C)));
    if (op == KL_OP_B_HAS) t.bits = UINT64_C(1) << b;
    if (op == KL_OP_B_IN || op == KL_OP_B_IN_F || op == KL_OP_B_TEXT) t.first = b;
    if (op == KL_OP_B_IN) t.values = kl_at(i, KL_I_C);
    if (op == KL_OP_B_IN) t.bits = t.values != 0;
    if (op == KL_OP_B_IN_F) {
        t.values = kl_values_in(p, kl_f(p, t.source, KL_F_SET));
        if (t.values <= KL_SLICED_MOST) {
            t.bits = kl_mask(p, b);
            t.values = t.first = 0;
        }
    }
    x->w->literals[kl_at(i, KL_I_TO)] = test(x, t, KL_STEP_TEST);
}

/* *is = a and b of literals, or with or_not 1 the or of them; *is is the literal that it may be written to. */
static void gate(plan *x, uint32_t *is, uint32_t a, uint32_t b, uint32_t or_not) {
    a ^= or_not;
    b ^= or_not;
    if (a == KL_LITERAL_YES || b == KL_LITERAL_NO || a == b) {
        *is = b ^ or_not;
    } else if (b == KL_LITERAL_YES || a == KL_LITERAL_NO) {
        *is = a ^ or_not;
    } else {
        kl_step *last = &x->w->steps[x->w->step_count] - 1;
        uint32_t to = (*is ^ or_not) * KL_PLANE_BYTES;
        if (!x->w->step_count || last->kind != KL_STEP_GATES) {
            step(x, KL_STEP_GATES, x->gates);
            last++;
        }
        last->b += 2;
        x->w->gates[x->gates++] = (kl_gate){a * KL_PLANE_BYTES, to};
        x->w->gates[x->gates++] = (kl_gate){b * KL_PLANE_BYTES, to | KL_LAST};
    }
}

/* ------------------------------------------------------------------ diagrams */
/* Literals for the answers of a question, unless it has them; false when there is no room. */
static bool ask(plan *x, uint32_t question) {
    const kl_program *p = x->p;
    const uint8_t *q = kl_row(p, KL_S_QUESTIONS, question);
    uint32_t kind = kl_at(q, KL_Q_KIND), answers = kl_answers(p, question), below = KL_LITERAL_NO;
    uint32_t cuts = kl_at(q, KL_Q_FIRST_CUT), count = kl_at(q, KL_Q_CUTS);
    bool codes = kind == KL_Q_VALUES && count <= KL_SLICED_MOST, range = kind == KL_Q_NUMBER && answers <= 16;
    if (x->w->asked[question] || kind == KL_Q_TRUTH || kind == KL_Q_EDITION) return true;
    if (answers > (p->layout.slices - x->cells) / 4) return false;
    x->w->asked[question] = x->cells;
    for (uint32_t a = 0; a < answers; a++) {
        uint32_t *is = &x->w->given[(x->cells - p->layout.cells) / 4];
        kl_test t = {.op = codes ? KL_OP_B_IN_F : KL_OP_B_RANGE_F, .source = kl_at(q, KL_Q_SOURCE), .to = x->cells};
        *is = x->cells + 2;
        x->cells += 4;
        for (uint32_t code = 0; code < count && codes; code++)
            t.bits |= (uint64_t)(kl_word1(p, KL_S_CUTS, cuts + code) == a) << code;
        if (codes) *is = answers == 2 && a ? is[-1] ^ 1 : test(x, t, KL_STEP_CELL);
        if (!range) continue;
        uint32_t under = KL_LITERAL_YES; /* a cell is what is under its cut and not under the one before */
        if (a < count) {
            int64_t cut = kl_const(p, kl_word1(p, KL_S_CUTS, cuts + a));
            set_range(&t, INT64_MIN, cut - (cut != INT64_MIN)); /* which no field holds */
            under = test(x, t, KL_STEP_CELL);
        }
        gate(x, is, under, below ^ 1, 0);
        below = under;
    }
    if (!codes && !range) step(x, KL_STEP_ASK, question);
    return true;
}

/* The plane of the records that surely do not give that answer. */
static uint32_t never(const plan *x, uint32_t question, uint32_t answer) {
    const uint8_t *q = kl_row(x->p, KL_S_QUESTIONS, question);
    uint32_t kind = kl_at(q, KL_Q_KIND);
    if (kind == KL_Q_TRUTH) return x->w->literals[kl_at(q, KL_Q_SOURCE)] ^ answer;
    if (kind == KL_Q_EDITION) return KL_PLANE_NONE;
    return x->w->given[(x->w->asked[question] - x->p->layout.cells) / 4 + answer] ^ 1;
}

uint32_t kl_key(const kl_program *p, uint32_t result) {
    uint32_t kind = kl_r(p, result, KL_R_KIND);
    uint32_t group = kind == KL_RESULT_NONE                                ? KL_GROUP_NONE
                     : kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD ? KL_GROUP_VARIABLE
                                                                           : KL_GROUP_CONSTANT;
    return group << KL_GROUP_SHIFT | result;
}

/* One more way to that result of the slot. `same` of its class counts them; `next` will be the next of them. */
static void count_way(plan *x, uint32_t result) {
    kl_class *c = &x->w->results[result];
    if (c->stamp != x->w->stamp) {
        *c = (kl_class){x->w->stamp, 0, 0};
        x->w->keys[x->keys++] = kl_key(x->p, result);
    }
    c->same++;
}

static void sort_keys(uint32_t *keys, uint32_t n) { /* shell's way, in place */
    uint32_t gap = 1;
    while (gap < n / 3) gap = 3 * gap + 1;
    for (; gap > 0; gap /= 3)
        for (uint32_t i = gap; i < n; i++) {
            uint32_t key = keys[i], k = i;
            for (; k >= gap && keys[k - gap] > key; k -= gap) keys[k] = keys[k - gap];
            keys[k] = key;
        }
}

/* Room for `ways` to the next place; where the first of them goes. */
static uint32_t place(plan *x, kl_slot_plan *s, uint32_t ways) {
    uint32_t first = x->reaches;
    memset(x->w->reaches + first, 0, ways * sizeof *x->w->reaches);
    x->reaches += ways;
    x->w->reaches[x->reaches - 1].but = KL_LAST;
    s->ends++;
    return first;
}

static void way(plan *x, uint32_t *at, uint32_t from, uint32_t but) {
    kl_reach *r = &x->w->reaches[(*at)++];
    r->from = from * KL_PLANE_BYTES;
    r->but |= but * KL_PLANE_BYTES;
}

static void places_of_results(plan *x, kl_slot_plan *s) {
    uint32_t ends = s->ends;
    for (uint32_t i = 0; i < s->keys; i++) {
        kl_class *c = &x->w->results[x->w->keys[s->first_key + i] & ((1u << KL_GROUP_SHIFT) - 1)];
        c->next = place(x, s, c->same);
    }
    s->ends = ends;
}

static void close_keys(plan *x, kl_slot_plan *s) {
    s->keys = x->keys - s->first_key;
    sort_keys(x->w->keys + s->first_key, s->keys);
    s->bits = kl_width(s->keys + KL_CODES);
    s->plane = x->decisions;
    x->decisions += s->bits;
}

/* All ways down a diagram of `top` nodes from `base` on: counted in `next` of the children first, then put where `first` of them says. */
static void ways_down(plan *x, uint32_t base, uint32_t top, bool put) {
    const kl_program *p = x->p;
    kl_node *nodes = x->w->nodes;
    for (uint32_t n = top; n-- > 0;) {
        const uint8_t *node = kl_row(p, KL_S_NODES, base + n);
        uint32_t question = kl_at(node, 0), answers = nodes[n].next ? kl_answers(p, question) : 0;
        for (uint32_t a = 0; a < answers; a++) {
            uint32_t child = kl_word1(p, KL_S_EDGES, kl_at(node, 1) + a), result = child & ~KL_TERMINAL;
            bool end = result != child;
            if (put)
                way(x, end ? &x->w->results[result].next : &nodes[child - base].first, nodes[n].frame,
                    never(x, question, a));
            else if (end)
                count_way(x, result);
            else
                nodes[child - base].next++;
        }
    }
}

/* A diagram: each node and result is a place, reached from the nodes that lead to it. */
static void diagram(plan *x, kl_slot_plan *s, const uint8_t *l) {
    kl_node *nodes = x->w->nodes;
    uint32_t base = kl_at(l, KL_L_FIRST_NODE), root = kl_at(l, KL_L_ROOT), end = root & ~KL_TERMINAL;
    uint32_t top = end == root ? root - base + 1 : 0;
    s->walked = kl_at(l, KL_L_EDGES) > KL_EDGES_MOST;
    for (uint32_t n = 0; n < top; n++) {
        nodes[n].next = n + 1 == top;
        s->walked = s->walked || !ask(x, kl_word(x->p, KL_S_NODES, base + n, 0));
    }
    if (top == 0) count_way(x, end);
    ways_down(x, base, top, false);
    close_keys(x, s);
    if (s->walked) return;
    for (uint32_t n = top; n-- > 0;) { /* where each is, and the first of its ways */
        nodes[n].frame = s->ends;
        if (n + 1 == top)
            nodes[n].frame = KL_PLANE_ALL;
        else if (nodes[n].next)
            nodes[n].first = place(x, s, nodes[n].next);
    }
    places_of_results(x, s);
    if (top == 0) way(x, &x->w->results[end].next, KL_PLANE_ALL, KL_PLANE_NONE);
    ways_down(x, base, top, true);
}

/* Row by row: what the candidates give, what holds when none surely fires, what holds outside. A record that may lie on either side of
 * the period reaches both. */
static void candidates(plan *x, kl_slot_plan *s, const uint8_t *l) {
    const kl_program *p = x->p;
    kl_workspace *w = x->w;
    uint32_t first = kl_at(l, KL_L_FIRST_CANDIDATE), end = first + kl_at(l, KL_L_CANDIDATES),
             scope = w->literals[p->scope];
    uint32_t period = p->period == KL_ABSENT ? (uint32_t)KL_LITERAL_YES : w->literals[p->period], sure = s->to;
    const uint32_t from[3] = {scope, scope ^ 1, scope ^ 1}, but[3] = {sure, period ^ 1, period};
    for (uint32_t c = first; c < end; c++) count_way(x, kl_c(p, c, KL_C_RESULT));
    for (uint32_t i = 0; i < 3; i++) count_way(x, kl_at(l, KL_L_OTHERWISE + i));
    close_keys(x, s);
    s->careful = true;
    s->walked = s->keys > KL_EDGES_MOST;
    if (s->walked) return;
    uint32_t at = place(x, s, end - first + 1);
    way(x, &at, KL_PLANE_NONE, KL_PLANE_NONE);
    for (uint32_t c = first; c < end; c++) way(x, &at, w->literals[kl_c(p, c, KL_C_FIRES)], KL_PLANE_NONE);
    places_of_results(x, s);
    for (uint32_t c = first; c < end; c++)
        way(x, &w->results[kl_c(p, c, KL_C_RESULT)].next, scope, w->literals[kl_c(p, c, KL_C_FIRES)] ^ 1);
    for (uint32_t i = 0; i < 3; i++) way(x, &w->results[kl_at(l, KL_L_OTHERWISE + i)].next, from[i], but[i]);
}

static void slot(plan *x, uint32_t i) {
    const uint8_t *l = kl_row(x->p, KL_S_SLOTS, i);
    kl_slot_plan *s = &x->w->slots[i];
    memset(s, 0, sizeof *s);
    s->first_reach = x->reaches;
    s->first_key = x->keys;
    s->to = s->ends = x->p->layout.reach;
    (void)kl_new_stamp(x->w);
    if (kl_at(l, KL_L_ROOT) == KL_ABSENT)
        candidates(x, s, l);
    else
        diagram(x, s, l);
    s->reaches = x->reaches - s->first_reach;
    step(x, KL_STEP_DECIDE, i);
}

/* ------------------------------------------------------------------ all */
void kl_make_plan(kl_workspace *w) {
    const kl_program *p = w->program;
    plan x = {.w = w,
              .p = p,
              .truth = (uint8_t *)w->planes,
              .number = w->tags,
              .cells = p->layout.cells,
              .slices = p->layout.slices,
              .decisions = p->layout.decisions};
    w->rows = w->step_count = w->walks = 0;
    memset(w->asked, 0, p->count[KL_S_QUESTIONS] * sizeof *w->asked);
    for (uint32_t f = 0; f < p->count[KL_S_FIELDS]; f++) w->fields[f].slices = 0;
    read_all(&x);
    for (int late = 0; late < 2; late++) { /* tests of fields first, so that the gates stand together */
        for (uint32_t i = 0; i < p->count[KL_S_CODE]; i++) {
            const uint8_t *code = kl_row(p, KL_S_CODE, i);
            uint32_t op = kl_at(code, KL_I_OP), to = kl_at(code, KL_I_TO), a = kl_at(code, KL_I_A);
            bool truth = op <= KL_OP_B_IN, early = op >= KL_OP_B_FIELD && op <= KL_OP_B_TEXT;
            if (early == late) continue;
            if (op == KL_OP_DECIDE) {
                slot(&x, a);
                continue;
            }
            if (truth) w->literals[to] = x.truth[to] ? KL_LITERALS + 2 * to : (uint32_t)KL_LITERAL_UNKNOWN;
            if (!(truth ? x.truth : x.number)[to]) continue;
            if (early || op == KL_OP_B_RANGE || op == KL_OP_B_IN)
                test_of(&x, code);
            else if (op == KL_OP_B_CONST)
                w->literals[to] = a == 2 ? KL_LITERAL_UNKNOWN : a == 1 ? KL_LITERAL_YES : KL_LITERAL_NO;
            else if (op == KL_OP_B_NOT)
                w->literals[to] = w->literals[a] ^ 1;
            else if (op == KL_OP_B_AND || op == KL_OP_B_OR)
                gate(&x, &w->literals[to], w->literals[a], w->literals[kl_at(code, KL_I_B)], op == KL_OP_B_OR);
            else
                step(&x, KL_STEP_CODE, i);
        }
    }
    w->reach_count = x.reaches;
    if (w->run.arrange) w->run.arrange(w, x.truth);
}
