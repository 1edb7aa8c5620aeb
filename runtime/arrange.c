/* arrange.c - the plan's gates and diagrams for vectors: fewer gates with more inputs, and what waits for nothing side by side.
 * May include: program.h of this room. Beside the core: a plan that was not arranged says the same, only more slowly.
 * Start at kl_arrange(). Scratch is the memory of the planes, which holds no more than plan.c's marks before a batch. */
#include "runtime/program.h"

typedef struct arranging {
    kl_workspace *w;
    uint8_t *free, *end; /* what is left of the scratch */
} arranging;

/* NULL when that is too little; then nothing more is taken either, so that it is enough to look at the last. */
static void *take(arranging *x, size_t count, size_t size) {
    size_t bytes = (count * size + 63) & ~(size_t)63;
    if (!x->free || bytes > (size_t)(x->end - x->free)) return x->free = NULL;
    void *at = x->free;
    x->free += bytes;
    return at;
}

static uint32_t later(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* The `count` things of `from`, by ascending keys, those of equal keys as they were; `start` has room for as many as there are keys. */
static void sort(const uint32_t *key, uint32_t keys, const uint32_t *from, uint32_t *to, uint32_t count,
                 uint32_t *start) {
    memset(start, 0, keys * sizeof *start);
    for (uint32_t i = 0; i < count; i++) start[key[from[i]]]++;
    for (uint32_t k = 0, sum = 0; k < keys; k++) {
        uint32_t n = start[k];
        start[k] = sum;
        sum += n;
    }
    for (uint32_t i = 0; i < count; i++) to[start[key[from[i]]]++] = from[i];
}

/* ------------------------------------------------------------------ tests */
enum { ALIKE_MOST = 64 }; /* tests among which the same one is looked for */

/* Of codes and ranges that hold the first value there is, what they leave out is tested instead; true: that was done. Both sides of a
 * limit are one test then. */
static bool turned(const kl_workspace *w, kl_test *t) {
    const kl_field_plan *f = &w->fields[t->source];
    bool turn = false;
    if (t->op == KL_OP_B_IN_F && !t->values) {
        t->first = 0;
        turn = t->bits & 1;
        if (turn) t->bits ^= ~UINT64_C(0) >> (63 - f->span);
    } else if (t->op == KL_OP_B_RANGE_F && t->bits) {
        int64_t low = kl_signed(t->from), high = kl_signed(t->from + t->span);
        int64_t first = kl_signed(f->low), last = kl_signed(f->low + f->span);
        turn = low <= first && high < last;
        if (turn) low = high < first ? first : high + 1;
        if (turn || high > last) high = last;
        t->bits = low <= high;
        t->from = (uint64_t)low;
        t->span = (uint64_t)high - (uint64_t)low;
    }
    if (turn) { /* and what holds by default */
        uint64_t yes = t->yes;
        t->yes = t->no;
        t->no = yes;
    }
    return turn;
}

static bool of_bits(const kl_step *s, const kl_test *tests) {
    return s->kind == KL_STEP_TEST && (tests[s->a].op == KL_OP_B_FIELD || tests[s->a].op == KL_OP_B_KNOWN);
}

/* Of what waits for nothing, steps of a kind follow each other: a processor guesses then what comes next. */
enum { LAST_TURN = 3 };
static uint32_t turn_of(const kl_step *s, const kl_test *tests) {
    if (s->kind == KL_STEP_SLICES) return 0;
    if (s->kind != KL_STEP_TEST && s->kind != KL_STEP_CELL) return LAST_TURN;
    return tests[s->a].op == KL_OP_B_RANGE_F ? 1 : tests[s->a].op == KL_OP_B_IN_F ? 2 : LAST_TURN;
}

/* Whoever reads the literals that have become others. */
static void read_others(kl_workspace *w, const uint32_t *other, uint32_t inputs) {
    const kl_program *p = w->program;
    for (uint32_t b = 0; b < p->budget.truths; b++) w->literals[b] = other[w->literals[b]];
    for (uint32_t i = 0; i < inputs; i++) w->gates[i].of = other[w->gates[i].of / KL_PLANE_BYTES] * KL_PLANE_BYTES;
    for (uint32_t i = 0; i < w->reach_count; i++) {
        kl_reach *r = &w->reaches[i];
        uint32_t from = r->from / KL_PLANE_BYTES, but = r->but / KL_PLANE_BYTES;
        if (from < p->layout.slices) r->from = other[from] * KL_PLANE_BYTES;
        if (but < p->layout.slices) r->but = other[but] * KL_PLANE_BYTES | (r->but & KL_LAST);
    }
}

/* Tests that are the same are made once, and those that only take a column's bits apart all at once, before the others. */
static void arrange_tests(arranging x, uint32_t count, uint32_t inputs) {
    kl_workspace *w = x.w;
    uint32_t *other = take(&x, w->program->layout.slices, sizeof *other), steps = w->step_count, kept = 0;
    bool *same = take(&x, count, sizeof *same);
    kl_test *old = take(&x, count, sizeof *old);
    kl_step *step = take(&x, steps, sizeof *step), *to = w->steps;
    if (!step) return;
    for (uint32_t i = 0; i < w->program->layout.slices; i++) other[i] = i;
    memcpy(old, w->tests, count * sizeof *old);
    memcpy(step, w->steps, steps * sizeof *step);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t literal = old[i].to, turn = turned(w, &old[i]), k = i, most = i < ALIKE_MOST ? i : ALIKE_MOST;
        while (i - k < most && memcmp(&old[k - 1], &old[i], offsetof(kl_test, to)) != 0) k--;
        same[i] = i - k < most;
        if (same[i]) old[i].to = old[k - 1].to;
        other[literal] = old[i].to ^ turn;
        other[literal ^ 1] = other[literal] ^ 1;
    }
    for (uint32_t s = 0; s < steps; s++) {
        if (!of_bits(&step[s], old) || same[step[s].a]) continue;
        w->tests[kept] = old[step[s].a];
        if (w->tests[kept].op == KL_OP_B_KNOWN) w->tests[kept].bits = 0;
        kept++;
    }
    if (kept) *to++ = (kl_step){KL_STEP_FIELDS, 0, kept};
    for (uint32_t turn = 0; turn <= LAST_TURN; turn++)
        for (uint32_t s = 0; s < steps; s++) {
            bool test = step[s].kind == KL_STEP_TEST || step[s].kind == KL_STEP_CELL;
            if (of_bits(&step[s], old) || (test && same[step[s].a]) || turn_of(&step[s], old) != turn) continue;
            *to = step[s];
            if (test) {
                w->tests[kept] = old[step[s].a];
                to->a = kept++;
            }
            to++;
        }
    w->step_count = (uint32_t)(to - w->steps);
    read_others(w, other, inputs);
}

/* In plain C. */
void kl_plain_fields(uint64_t *planes, uint32_t words, const kl_test *t, uint32_t count, const kl_column *columns) {
    const uint64_t *all = planes + (size_t)KL_PLANE_ALL * words, *none = planes + (size_t)KL_PLANE_NONE * words;
    for (const kl_test *end = t + count; t < end; t++) {
        const kl_column *c = &columns[t->source];
        const uint64_t *known = c->known ? c->known : none, *bits = !c->known || !t->bits ? known : c->as.bits;
        kl_plain_spread(planes + (size_t)t->to * words, bits, t->bits ? known : all, t->yes, t->no, words);
    }
}

/* ------------------------------------------------------------------ gates */
/* A wire is a literal with its other plane: wire / 2. A gate that one other gate reads, and nothing else, becomes that gate's inputs. */
enum { NO_GATE = 0xFFFFFFFFu };
typedef struct wiring {
    uint32_t count, inputs;
    kl_gate *old;     /* inputs as they were */
    uint32_t *first;  /* of each gate: its first old input; one more at the end */
    uint32_t *of;     /* of each wire: its gate */
    uint32_t *ready;  /* of each wire: the first step that may read it */
    uint8_t *readers; /* of each literal: gates that read it, at most 2; what others read has 2 */
    uint32_t *runs;   /* of each step: the first step of gates that is not before it */
    uint32_t *step;   /* of each gate: the one that it belongs to, */
    uint32_t *level;  /* how many of its gates lie before this one, one after another, */
    uint32_t *begin;  /* and its first new input */
    uint32_t *input, *order, *sorted, *start;
} wiring;

static uint32_t literal(uint32_t offset) {
    return (offset & ~KL_LAST) / KL_PLANE_BYTES;
}

static bool room_for_gates(arranging *x, wiring *g) {
    uint32_t wires = x->w->program->layout.slices / 2, steps = x->w->step_count + 1;
    g->old = take(x, g->inputs, sizeof *g->old);
    g->input = take(x, g->inputs, sizeof *g->input);
    g->of = take(x, wires, sizeof *g->of);
    g->ready = take(x, wires, sizeof *g->ready);
    g->readers = take(x, 2 * (size_t)wires, 1);
    g->runs = take(x, steps, sizeof *g->runs);
    uint32_t **of_gates[] = {&g->first, &g->step, &g->level, &g->begin, &g->order, &g->sorted};
    for (size_t i = 0; i < sizeof of_gates / sizeof *of_gates; i++)
        *of_gates[i] = take(x, g->count + 1, sizeof **of_gates[i]);
    g->start = take(x, later(g->count, steps) + 1, sizeof *g->start);
    if (!g->start) return false;
    memset(g->readers, 0, 2 * (size_t)wires);
    memset(g->of, 0xFF, wires * sizeof *g->of);
    memset(g->ready, 0, wires * sizeof *g->ready);
    return true;
}

/* Who reads what, and when it is there. `read`: plan.c's marks of truth registers, with KL_READ_ELSEWHERE. */
static void look(arranging *x, wiring *g, const uint8_t *read) {
    kl_workspace *w = x->w;
    const kl_program *p = w->program;
    memcpy(g->old, w->gates, g->inputs * sizeof *g->old);
    for (uint32_t i = 0, gate = 0; i < g->inputs; i++) {
        uint8_t *readers = &g->readers[literal(g->old[i].of)];
        if (i == 0 || g->old[i - 1].to & KL_LAST) g->first[gate] = i;
        *readers = (uint8_t)(*readers + (*readers < 2));
        if (g->old[i].to & KL_LAST) g->of[literal(g->old[i].to) / 2] = gate++;
    }
    g->first[g->count] = g->inputs;
    for (uint32_t b = 0; b < p->budget.truths; b++)
        if (read[b] & KL_READ_ELSEWHERE) g->readers[w->literals[b]] = 2;
    memset(g->readers + p->layout.cells, 2, p->layout.slices - p->layout.cells);
    for (uint32_t s = w->step_count, run = s; s-- > 0; g->runs[s] = run) {
        const kl_step *step = &w->steps[s];
        if (step->kind == KL_STEP_GATES) run = s;
        if (step->kind == KL_STEP_CELL || step->kind == KL_STEP_TEST) g->ready[w->tests[step->a].to / 2] = s + 1;
        for (uint32_t i = 0; step->kind == KL_STEP_FIELDS && i < step->b; i++)
            g->ready[w->tests[step->a + i].to / 2] = s + 1;
        if (step->kind != KL_STEP_CODE) continue;
        const uint8_t *code = kl_row(p, KL_S_CODE, step->a);
        if (kl_at(code, KL_I_OP) <= KL_OP_B_IN) g->ready[w->literals[kl_at(code, KL_I_TO)] / 2] = s + 1;
    }
}

/* Whether the gate is no more than inputs of the only one that reads it. */
static bool is_inner(const wiring *g, uint32_t gate) {
    uint32_t to = literal(g->old[g->first[gate + 1] - 1].to);
    return g->readers[to] == 1 && g->readers[to ^ 1] == 0;
}

static uint32_t inputs_of(wiring *g, uint32_t gate, uint32_t end) {
    uint32_t i = end;
    for (uint32_t k = g->first[gate]; k < g->first[gate + 1]; k++) g->input[end++] = literal(g->old[k].of);
    while (i < end) {
        uint32_t inner = g->of[g->input[i] / 2];
        if (inner == NO_GATE || !is_inner(g, inner)) {
            i++;
            continue;
        }
        g->input[i] = literal(g->old[g->first[inner]].of);
        for (uint32_t k = g->first[inner] + 1; k < g->first[inner + 1]; k++) g->input[end++] = literal(g->old[k].of);
    }
    return end;
}

static void arrange_gates(arranging x, uint32_t inputs, const uint8_t *read) {
    kl_workspace *w = x.w;
    wiring g = {.inputs = inputs};
    for (uint32_t i = 0; i < g.inputs; i++) g.count += w->gates[i].to & KL_LAST;
    if (g.count == 0 || !room_for_gates(&x, &g)) return;
    look(&x, &g, read);
    uint32_t kept = 0, end = 0, levels = 1;
    for (uint32_t gate = 0; gate < g.count; gate++) {
        uint32_t wire = literal(g.old[g.first[gate + 1] - 1].to) / 2, step = 0, level = 0;
        g.begin[gate] = end;
        if (is_inner(&g, gate)) continue;
        end = inputs_of(&g, gate, end);
        for (uint32_t i = g.begin[gate]; i < end; i++) step = later(step, g.ready[g.input[i] / 2]);
        step = g.runs[step];
        for (uint32_t i = g.begin[gate]; i < end; i++) {
            uint32_t before = g.of[g.input[i] / 2];
            if (before != NO_GATE && g.step[before] == step) level = later(level, g.level[before] + 1);
        }
        g.ready[wire] = g.step[gate] = step;
        g.level[gate] = level;
        levels = later(levels, level + 1);
        g.sorted[kept++] = gate;
    }
    g.begin[g.count] = end;
    sort(g.level, levels, g.sorted, g.order, kept, g.start);
    sort(g.step, w->step_count, g.order, g.sorted, kept, g.start);
    for (uint32_t s = 0; s < w->step_count; s++)
        if (w->steps[s].kind == KL_STEP_GATES) w->steps[s].b = 0;
    kl_gate *to = w->gates;
    for (uint32_t i = 0; i < kept; i++) {
        uint32_t gate = g.sorted[i];
        kl_step *step = &w->steps[g.step[gate]];
        if (step->b == 0) step->a = (uint32_t)(to - w->gates);
        step->b += g.begin[gate + 1] - g.begin[gate];
        for (uint32_t k = g.begin[gate]; k < g.begin[gate + 1]; k++)
            *to++ = (kl_gate){g.input[k] * KL_PLANE_BYTES, g.old[g.first[gate]].to & ~KL_LAST};
        to[-1].to |= KL_LAST;
    }
}

/* ------------------------------------------------------------------ diagrams */
/* The places of a diagram that are no results, by how many lead to them one after another; the results come last and stay. */
static void arrange_slot(arranging x, const kl_slot_plan *s) {
    kl_reach *ways = x.w->reaches + s->first_reach;
    uint32_t places = s->ends - s->to, count = 0, levels = 1;
    if (s->walked || s->careful || places < 3) return;
    uint32_t *parts[6];
    for (int i = 0; i < 6; i++) parts[i] = take(&x, places + 1, sizeof **parts);
    kl_reach *old = take(&x, s->reaches, sizeof *old);
    if (!old) return;
    uint32_t *level = parts[0], *first = parts[1], *here = parts[2], *sorted = parts[3], *at = parts[4];
    for (uint32_t place = 0; place < places; place++) {
        level[place] = 0;
        here[place] = place;
        first[place] = count;
        for (bool last = false; !last; count++) {
            uint32_t from = ways[count].from / KL_PLANE_BYTES;
            last = ways[count].but & KL_LAST;
            if (from >= s->to) level[place] = later(level[place], level[from - s->to] + 1);
        }
        levels = later(levels, level[place] + 1);
    }
    first[places] = count;
    sort(level, levels, here, sorted, places, parts[5]);
    memcpy(old, ways, s->reaches * sizeof *old);
    for (uint32_t i = 0; i < places; i++) {
        at[sorted[i]] = i;
        for (uint32_t k = first[sorted[i]]; k < first[sorted[i] + 1]; k++) *ways++ = old[k];
    }
    ways -= count;
    for (uint32_t i = 0; i < s->reaches; i++) {
        uint32_t from = ways[i].from / KL_PLANE_BYTES;
        if (from >= s->to) ways[i].from = (s->to + at[from - s->to]) * KL_PLANE_BYTES;
    }
}

void kl_arrange(kl_workspace *w, const uint8_t *read) {
    const kl_program *p = w->program;
    arranging x = {w, (uint8_t *)w->planes + (p->budget.truths + 63) / 64 * 64, w->part[KL_P_ANSWERS]};
    uint32_t tests = 0, inputs = 0;
    for (const kl_step *s = w->steps, *end = s + w->step_count; s < end; s++) {
        if (s->kind == KL_STEP_TEST || s->kind == KL_STEP_CELL) tests++;
        if (s->kind == KL_STEP_GATES) inputs += s->b;
    }
    if (tests) arrange_tests(x, tests, inputs);
    arrange_gates(x, inputs, read);
    for (uint32_t i = 0; i < p->count[KL_S_SLOTS]; i++) arrange_slot(x, &w->slots[i]);
}
