/* boxes.c - boxes of answers out of diagrams with one way to yes, and the search for what they leave: the space cut in two where that helps most.
 * May include: compiler/analyse/boxes.
 * Start at search(). */
#include "compiler/analyse/boxes.h"

#include <string.h>

enum { WAYS_MOST = 64, PER_STEP = 64 };

void kl_boxes_init(kl_boxes *b, kl_space *s) {
    *b = (kl_boxes){
        .arena = s->arena, .m = &s->m, .levels = (uint32_t)s->order.n, .left = (uint64_t)s->effort * PER_STEP};
}

/* ------------------------------------------------------------------ diagrams to boxes */
static bool add_ways(kl_boxes *b, uint32_t r, uint32_t owner, uint32_t *box, size_t most) {
    if (r == KL_LEAF_NO) return true;
    if (r == KL_LEAF_YES) {
        if (b->owner.n >= most) return false;
        for (uint32_t i = 0; i < 2 * b->levels; i++) KL_PUSH(b->arena, &b->ends, box[i]);
        KL_PUSH(b->arena, &b->owner, owner);
        return true;
    }
    kl_dd_node n = b->m->nodes.p[r];
    uint32_t first = 0, all = box[2 * n.level + 1];
    bool ok = true;
    for (uint32_t i = 0; i < n.runs && ok; i++) {
        kl_run run = b->m->runs.p[n.first + i];
        box[2 * n.level] = first;
        box[2 * n.level + 1] = first = run.end;
        ok = add_ways(b, run.child, owner, box, most);
    }
    box[2 * n.level] = 0;
    box[2 * n.level + 1] = all;
    return ok;
}

bool kl_boxes_add(kl_boxes *b, uint32_t truth, uint32_t owner) {
    uint32_t *box = kl_alloc_array(b->arena, 2 * b->levels + 1, sizeof *box);
    for (uint32_t i = 0; i < b->levels; i++) box[2 * i + 1] = b->m->answers.p[i];
    return add_ways(b, truth, owner, box, b->owner.n + WAYS_MOST);
}

bool kl_boxes_meet(const kl_boxes *b, size_t i, size_t j) {
    const uint32_t *x = kl_box_at(b, i), *y = kl_box_at(b, j);
    for (uint32_t k = 0; k < b->levels; k++)
        if (x[2 * k] >= y[2 * k + 1] || y[2 * k] >= x[2 * k + 1]) return false;
    return true;
}

/* ------------------------------------------------------------------ what they leave */
typedef struct hunt {
    kl_boxes *b;
    kl_boxes_take *take;
    void *self;
    uint32_t *region;
    uint32_t *low, *high; /* per answer: how many boxes begin there, end there */
} hunt;

static bool covers(const kl_boxes *b, uint32_t box, const uint32_t *region) {
    const uint32_t *x = kl_box_at(b, box);
    for (uint32_t k = 0; k < b->levels; k++)
        if (x[2 * k] > region[2 * k] || x[2 * k + 1] < region[2 * k + 1]) return false;
    return true;
}

static bool reaches(const kl_boxes *b, uint32_t box, const uint32_t *region) {
    const uint32_t *x = kl_box_at(b, box);
    for (uint32_t k = 0; k < b->levels; k++)
        if (x[2 * k] >= region[2 * k + 1] || x[2 * k + 1] <= region[2 * k]) return false;
    return true;
}

static uint32_t truth_of(const hunt *h) {
    kl_diagram *m = h->b->m;
    uint32_t out = KL_LEAF_YES;
    for (uint32_t k = h->b->levels; k-- > 0;) {
        uint32_t interval[2] = {h->region[2 * k], h->region[2 * k + 1]};
        if (interval[1] - interval[0] < m->answers.p[k]) out = kl_dd_and(m, kl_dd_test(m, k, interval, 2), out);
    }
    return out;
}

/* The cut that leaves fewest boxes on its fuller side: at which level, before which answer. */
static bool best_cut(hunt *h, const uint32_t *list, size_t n, uint32_t *level, uint32_t *answer) {
    const kl_boxes *b = h->b;
    uint64_t best = UINT64_MAX;
    for (uint32_t k = 0; k < b->levels; k++) {
        uint32_t from = h->region[2 * k], to = h->region[2 * k + 1];
        if (to - from < 2) continue;
        memset(h->low + from, 0, (to - from + 1) * sizeof *h->low);
        memset(h->high + from, 0, (to - from + 1) * sizeof *h->high);
        for (size_t i = 0; i < n; i++) {
            const uint32_t *x = kl_box_at(b, list[i]);
            h->low[x[2 * k] < from ? from : x[2 * k]]++;
            h->high[x[2 * k + 1] > to ? to : x[2 * k + 1]]++;
        }
        uint64_t begun = 0, ended = 0;
        for (uint32_t at = from + 1; at < to; at++) { /* begun before `at`; ended at or before it */
            begun += h->low[at - 1];
            ended += h->high[at];
            if (h->low[at] == 0 && h->high[at] == 0) continue; /* nothing changes here */
            uint64_t left = begun, right = n - ended, fuller = left > right ? left : right;
            uint64_t score = fuller * 4 * (n + 1) + left + right;
            if (score >= best) continue;
            best = score;
            *level = k;
            *answer = at;
        }
    }
    return best != UINT64_MAX;
}

static bool search(hunt *h, const uint32_t *list, size_t n);

static bool search_side(hunt *h, const uint32_t *list, size_t n, uint32_t level, uint32_t from, uint32_t to) {
    uint32_t *mine = kl_alloc_array(h->b->arena, n + 1, sizeof *mine),
             was[2] = {h->region[2 * level], h->region[2 * level + 1]};
    size_t count = 0;
    h->region[2 * level] = from;
    h->region[2 * level + 1] = to;
    for (size_t i = 0; i < n; i++)
        if (reaches(h->b, list[i], h->region)) mine[count++] = list[i];
    bool found = search(h, mine, count);
    h->region[2 * level] = was[0];
    h->region[2 * level + 1] = was[1];
    return found;
}

static bool search(hunt *h, const uint32_t *list, size_t n) {
    uint32_t level = 0, answer = 0;
    if (h->b->left < n + 1) h->b->full = true;
    if (h->b->full) return false;
    h->b->left -= n + 1;
    if (n == 0) return h->take(h->self, truth_of(h));
    for (size_t i = 0; i < n; i++)
        if (covers(h->b, list[i], h->region)) return false;
    if (!best_cut(h, list, n, &level, &answer)) return false;
    uint32_t from = h->region[2 * level], to = h->region[2 * level + 1];
    return search_side(h, list, n, level, from, answer) || search_side(h, list, n, level, answer, to);
}

bool kl_boxes_gap(kl_boxes *b, const uint32_t *within, kl_boxes_take *take, void *self) {
    uint32_t widest = 0, *region = kl_alloc_array(b->arena, 2 * b->levels + 1, sizeof *region);
    memcpy(region, within, 2 * b->levels * sizeof *region);
    for (uint32_t i = 0; i < b->levels; i++)
        if (b->m->answers.p[i] > widest) widest = b->m->answers.p[i];
    hunt h = {b,
              take,
              self,
              region,
              kl_alloc_array(b->arena, widest + 2, sizeof *h.low),
              kl_alloc_array(b->arena, widest + 2, sizeof *h.high)};
    uint32_t *list = kl_alloc_array(b->arena, b->owner.n + 1, sizeof *list);
    size_t n = 0;
    for (uint32_t i = 0; i < b->owner.n; i++)
        if (reaches(b, i, region)) list[n++] = i;
    return search(&h, list, n);
}
