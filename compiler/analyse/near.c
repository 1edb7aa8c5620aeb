/* near.c - an order that puts close together what conditions join: each question moves to the middle of the conditions that ask it.
 * May include: compiler/analyse/questions.
 * Start at kl_order_near(). Whole numbers and a fixed number of rounds: the same conditions give the same order. */
#include "compiler/analyse/questions.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 40, SCALE = 1 << 12 };

typedef struct groups { /* questions that one `och` or `eller` joins: members.p[first[i]] up to first[i + 1] */
    kl_index_list first, members;
} groups;

typedef struct place {
    uint64_t middle;
    uint32_t question, before;
} place;

static int by_middle(const void *a, const void *b) {
    const place *x = a, *y = b;
    if (x->middle != y->middle) return x->middle < y->middle ? -1 : 1;
    return x->before < y->before ? -1 : x->before > y->before;
}

static uint32_t without_not(const kl_forms *f, uint32_t form) {
    const kl_form *n = kl_form_at(f, form);
    return n->kind == KL_FORM_NOT ? n->a : form;
}

/* The atoms that the chain of `kind` from `form` on joins. */
static void join_chain(kl_asked *q, uint32_t form, uint8_t kind, groups *g) {
    kl_arena *arena = q->forms->arena;
    q->stack.n = 0;
    KL_PUSH(arena, &q->stack, form);
    KL_PUSH(arena, &g->first, (uint32_t)g->members.n);
    while (q->stack.n) {
        const kl_form *n = kl_form_at(q->forms, q->stack.p[--q->stack.n]);
        uint32_t parts[2] = {n->a, n->b};
        for (int i = 0; i < 2; i++) {
            uint32_t part = without_not(q->forms, parts[i]);
            const kl_form *p = kl_form_at(q->forms, part);
            if (kl_form_is_atom(p))
                KL_PUSH(arena, &g->members, kl_atom_of(q, part)->question);
            else if (p->kind == kind && part == parts[i])
                KL_PUSH(arena, &q->stack, part);
        }
    }
}

static void find_groups(kl_asked *q, groups *g) {
    const kl_forms *f = q->forms;
    uint8_t *inner = kl_alloc_array(f->arena, f->nodes.n + 1, 1); /* 1 + the kind of chain it is a link of */
    for (size_t i = q->reached.n; i-- > 0;) {                     /* what is made of others before these */
        const kl_form *n = kl_form_at(f, q->reached.p[i]);
        if (n->kind != KL_FORM_AND && n->kind != KL_FORM_OR) continue;
        if (kl_form_at(f, n->a)->kind == n->kind) inner[n->a] = n->kind;
        if (kl_form_at(f, n->b)->kind == n->kind) inner[n->b] = n->kind;
        if (inner[q->reached.p[i]] != n->kind) join_chain(q, q->reached.p[i], n->kind, g);
    }
    KL_PUSH(f->arena, &g->first, (uint32_t)g->members.n);
}

/* A group counts the less the larger it is: of two questions, that they are asked together says much; of a hundred, little. */
static uint64_t weight(const groups *g, size_t i) {
    uint32_t members = g->first.p[i + 1] - g->first.p[i];
    return members > 1 ? SCALE / members + 1 : 0;
}

/* How far apart the members of the groups lie, all in all. */
static uint64_t spread(const groups *g, const uint32_t *at) {
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < g->first.n; i++) {
        uint32_t least = UINT32_MAX, most = 0;
        for (uint32_t k = g->first.p[i]; k < g->first.p[i + 1]; k++) {
            uint32_t p = at[g->members.p[k]];
            least = p < least ? p : least;
            most = p > most ? p : most;
        }
        if (least < most) sum += (most - least) * weight(g, i);
    }
    return sum;
}

void kl_order_near(kl_asked *q, uint32_t *order) {
    size_t n = q->list.n;
    kl_arena *arena = q->forms->arena;
    groups g = {0};
    find_groups(q, &g);
    uint32_t *at = kl_alloc_array(arena, n + 1, sizeof *at);
    place *places = kl_alloc_array(arena, n + 1, sizeof *places);
    uint64_t *sum = kl_alloc_array(arena, n + 1, sizeof *sum), *count = kl_alloc_array(arena, n + 1, sizeof *count);
    for (uint32_t i = 0; i < n; i++) order[i] = at[i] = i;
    uint64_t least = spread(&g, at);
    for (int round = 0; round < ROUNDS; round++) {
        memset(sum, 0, n * sizeof *sum);
        memset(count, 0, n * sizeof *count);
        for (size_t i = 0; i + 1 < g.first.n; i++) {
            uint64_t middle = 0, members = g.first.p[i + 1] - g.first.p[i], w = weight(&g, i);
            for (uint32_t k = g.first.p[i]; k < g.first.p[i + 1]; k++) middle += (uint64_t)at[g.members.p[k]] * SCALE;
            for (uint32_t k = g.first.p[i]; k < g.first.p[i + 1]; k++) {
                sum[g.members.p[k]] += middle / members * w;
                count[g.members.p[k]] += w;
            }
        }
        for (uint32_t i = 0; i < n; i++)
            places[i] = (place){count[i] ? sum[i] / count[i] : (uint64_t)at[i] * SCALE, i, at[i]};
        if (n) qsort(places, n, sizeof *places, by_middle);
        bool moved = false;
        for (uint32_t i = 0; i < n; i++) {
            moved = moved || at[places[i].question] != i;
            at[places[i].question] = i;
        }
        if (!moved) break; /* nor will it be in any later round */
        uint64_t now = spread(&g, at);
        if (now >= least) continue;
        least = now;
        for (uint32_t i = 0; i < n; i++) order[i] = places[i].question;
    }
}
