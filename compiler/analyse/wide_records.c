/* wide_records.c - from diagrams over all records to single records: what a record can hold, the nearest one, its answers.
 * May include: compiler/analyse/wide.
 * Start at kl_wide_possible() and kl_wide_nearest(). */
#include <string.h>

#include "compiler/analyse/wide.h"

static const kl_question *question_at(const kl_wide *w, uint32_t level) {
    return &w->k.asked.list.p[w->levels.p[level].question];
}

/* The form of a yes/no question; NULL of another. */
static const kl_form *truth_at(const kl_wide *w, uint32_t level) {
    const kl_question *q = question_at(w, level);
    return q->kind == KL_Q_TRUTH ? kl_form_at(w->f, q->source) : NULL;
}

static bool asks_known(const kl_wide *w, uint32_t level) {
    const kl_form *n = truth_at(w, level);
    return n && n->kind == KL_FORM_KNOWN;
}

static uint32_t test(kl_wide *w, uint32_t level, uint32_t from, uint32_t to) {
    uint32_t interval[2] = {from, to};
    return kl_dd_test(&w->k.m, level, interval, 2);
}

static uint32_t unless(kl_wide *w, uint32_t truth) {
    return kl_dd_but(&w->k.m, KL_LEAF_YES, truth);
}

static uint32_t unknown(kl_wide *w, uint32_t level) {
    uint32_t last = w->levels.p[level].answers - 1;
    return test(w, level, last, last + 1);
}

/* ------------------------------------------------------------------ leaves */
static uint32_t *endings_to(kl_wide *w, uint32_t leaf) {
    uint32_t *to = kl_alloc_array(w->arena, w->endings.list.n + 1, sizeof *to);
    for (size_t i = 0; i < w->endings.list.n; i++) to[i] = leaf;
    return to;
}

uint32_t kl_wide_differ(kl_wide *w, uint32_t a, uint32_t b) {
    uint32_t both = kl_dd_agree(&w->k.m, a, b, KL_LEAF | w->differs), *to = endings_to(w, KL_LEAF_NO);
    to[w->differs] = KL_LEAF_YES;
    return kl_dd_replace(&w->k.m, both, to);
}

uint32_t kl_wide_leaf(kl_wide *w, uint32_t root, uint32_t ending) {
    uint32_t *to = endings_to(w, KL_LEAF_NO);
    bool none = kl_result_at(&w->endings, ending)->kind == KL_RESULT_NONE;
    for (uint32_t i = 0; i < w->endings.list.n; i++)
        if (i == ending || (none && kl_result_at(&w->endings, i)->kind == KL_RESULT_NONE)) to[i] = KL_LEAF_YES;
    return kl_dd_replace(&w->k.m, root, to);
}

uint8_t *kl_wide_support(kl_wide *w, uint32_t root) {
    uint8_t *in = kl_alloc_array(w->arena, w->levels.n + 1, 1);
    kl_dd_list nodes = {0};
    kl_dd_reach(&w->k.m, root, &nodes);
    for (size_t i = 0; i < nodes.n; i++) in[w->k.m.nodes.p[nodes.p[i]].level] = 1;
    return in;
}

uint32_t kl_wide_known(kl_wide *w, uint32_t truth) {
    for (uint32_t i = (uint32_t)w->levels.n; i-- > 0;)
        if (w->levels.p[i].how == KL_HOW_FIELD || w->levels.p[i].how == KL_HOW_DERIVED)
            truth = kl_dd_but(&w->k.m, truth, unknown(w, i));
    return truth;
}

static void put_any(void *self, kl_diagram *m, uint32_t node, uint32_t *children) {
    const kl_wide *w = self;
    uint32_t answers = w->levels.p[m->nodes.p[node].level].answers;
    children[0] = KL_LEAF_NO;
    for (uint32_t a = 0; a + 1 < answers; a++) children[0] = kl_dd_or(m, children[0], kl_dd_follow(m, node, a));
}

uint32_t kl_wide_may(kl_wide *w, uint32_t truth) {
    for (uint32_t i = 0; i < w->levels.n && !w->k.m.full; i++)
        truth = kl_dd_extend(&w->k.m, truth, i, w->levels.p[i].answers - 1, 1, put_any, w);
    return truth;
}

/* ------------------------------------------------------------------ what a record can hold */
/* On every side that has the field. */
static bool is_common(const kl_wide *w, uint32_t field, uint32_t code) {
    uint32_t set = w->f->g->fields.p[field].type.set;
    for (size_t side = 0; side < w->j->sides; side++)
        if (w->j->field_in[side][field] != IR_NONE && w->j->code_in[side][set][code] == IR_NONE) return false;
    return true;
}

static bool is_required(const kl_wide *w, uint32_t field) {
    for (size_t side = 0; side < w->j->sides; side++) {
        uint32_t own = w->j->field_in[side][field];
        if (own == IR_NONE) continue;
        const ir_field *f = &w->j->in[side]->fields.p[own];
        if ((f->required || f->key) && !f->has_otherwise) return true;
    }
    return false;
}

static void forbid(kl_wide *w, uint32_t truth) {
    if (truth != KL_LEAF_NO) KL_PUSH(w->arena, &w->possible, unless(w, truth));
}

static void limit_codes(kl_wide *w, uint32_t level) {
    const kl_question *q = question_at(w, level);
    for (uint32_t cell = 0; cell < q->cells; cell++) {
        bool some = false;
        for (uint32_t code = 0; code < q->codes; code++)
            some = some || (q->cell_of[code] == cell && is_common(w, w->levels.p[level].field, code));
        if (!some) forbid(w, test(w, level, cell, cell + 1));
    }
}

/* A set is known or unknown as a whole, and empty when it has no code. */
static void limit_set(kl_wide *w, uint32_t field) {
    kl_diagram *m = &w->k.m;
    size_t codes = w->f->g->sets.p[w->f->g->fields.p[field].type.set].values.n;
    uint32_t all = KL_LEAF_YES, none = KL_LEAF_YES, empty = KL_LEAF_NO, some = KL_LEAF_NO;
    uint64_t left = codes < 64 ? (UINT64_C(1) << codes) - 1 : UINT64_MAX;
    for (uint32_t c = 0; c < codes; c++)
        if (!is_common(w, field, c)) left &= ~(UINT64_C(1) << c);
    for (uint32_t i = 0; i < w->levels.n; i++) {
        const kl_form *n = truth_at(w, i);
        if (w->levels.p[i].how != KL_HOW_FIELD || w->levels.p[i].field != field || asks_known(w, i)) continue;
        uint32_t yes = test(w, i, 1, 2);
        all = kl_dd_and(m, all, unknown(w, i));
        none = kl_dd_but(m, none, unknown(w, i));
        if (n->kind == KL_FORM_EMPTY) {
            empty = yes;
            continue;
        }
        some = kl_dd_or(m, some, yes);
        left &= ~(UINT64_C(1) << n->y);
        if (!is_common(w, field, n->y)) forbid(w, yes);
    }
    KL_PUSH(w->arena, &w->possible, kl_dd_or(m, all, none));
    forbid(w, kl_dd_and(m, empty, some));
    if (!left && empty != KL_LEAF_NO) KL_PUSH(w->arena, &w->possible, kl_dd_or(m, kl_dd_or(m, empty, some), all));
}

static void limit_level(kl_wide *w, uint32_t level) {
    const kl_wide_level *l = &w->levels.p[level];
    const kl_question *q = question_at(w, level);
    if (l->how == KL_HOW_DERIVED && kl_question_tagged(q))
        for (uint32_t t = 0; t < 5; t++)
            if (!(q->states >> t & 1)) forbid(w, test(w, level, q->cells + t, q->cells + t + 1));
    if (l->how != KL_HOW_FIELD) return;
    if (asks_known(w, level)) {
        forbid(w, unknown(w, level));
        if (is_required(w, l->field)) forbid(w, test(w, level, 0, 1));
        return;
    }
    if (is_required(w, l->field)) forbid(w, unknown(w, level));
    if (q->kind == KL_Q_VALUES) limit_codes(w, level);
}

static void find_limits(kl_wide *w) {
    bool *done = kl_alloc_array(w->arena, w->f->g->fields.n + 1, sizeof *done);
    for (uint32_t i = 0; i < w->levels.n; i++) {
        const kl_wide_level *l = &w->levels.p[i];
        limit_level(w, i);
        if (l->how != KL_HOW_FIELD || done[l->field] || asks_known(w, i)) continue;
        done[l->field] = true;
        if (w->f->g->fields.p[l->field].type.kind == KL_T_SET) limit_set(w, l->field);
    }
    if (!w->possible.n) KL_PUSH(w->arena, &w->possible, KL_LEAF_YES);
}

uint32_t kl_wide_possible(kl_wide *w, uint32_t truth) {
    if (!w->possible.n) find_limits(w);
    for (size_t i = 0; i < w->possible.n && truth != KL_LEAF_NO; i++) {
        uint8_t *has = kl_wide_support(w, truth), *of = kl_wide_support(w, w->possible.p[i]);
        bool meet = false;
        for (size_t k = 0; k < w->levels.n; k++) meet = meet || (has[k] && of[k]);
        if (meet) truth = kl_dd_and(&w->k.m, truth, w->possible.p[i]);
    }
    return truth;
}

/* ------------------------------------------------------------------ the nearest yes */
#define NEVER UINT64_MAX

typedef struct nearing {
    kl_wide *w;
    const uint32_t *base, *cost;
    bool unknown;
    uint64_t *least;  /* per node */
    uint32_t *choice; /* per node: the answer to take */
} nearing;

/* The cheapest answer of a run. */
static uint64_t price(const nearing *x, uint32_t level, uint32_t from, uint32_t to, uint32_t *answer) {
    uint32_t base = x->base[level], last = x->w->levels.p[level].answers - 1;
    *answer = from;
    if (base >= from && base < to) return *answer = base, 0;
    if (x->cost[level] == UINT32_MAX) return NEVER;
    uint64_t least = base == KL_ANY_ANSWER ? 0 : x->cost[level];
    if (from == last) return x->unknown ? (uint64_t)x->cost[level] + 1 : NEVER;
    if (base != KL_ANY_ANSWER && base >= to && base != last) *answer = (to > last ? last : to) - 1; /* the near end */
    return least;
}

static uint64_t least_of(const nearing *x, uint32_t r) {
    if (kl_dd_is_leaf(r)) return r == KL_LEAF_YES ? 0 : NEVER;
    return x->least[r];
}

static void near_node(nearing *x, uint32_t node) {
    const kl_diagram *m = &x->w->k.m;
    const kl_dd_node *n = &m->nodes.p[node];
    x->least[node] = NEVER;
    for (uint32_t i = 0, from = 0; i < n->runs; i++) {
        kl_run run = m->runs.p[n->first + i];
        uint32_t answer;
        uint64_t below = least_of(x, run.child), own = price(x, n->level, from, run.end, &answer);
        from = run.end;
        if (below == NEVER || own == NEVER || below + own >= x->least[node]) continue;
        x->least[node] = below + own;
        x->choice[node] = answer;
    }
}

bool kl_wide_nearest(kl_wide *w, uint32_t truth, const uint32_t *base, const uint32_t *cost, bool unknown_too,
                     uint32_t *answers, uint64_t *total) {
    size_t n = w->k.m.nodes.n + 1;
    if (w->near_room < n) {
        w->near_room = 2 * n;
        w->near_least = kl_alloc_array(w->arena, w->near_room, sizeof *w->near_least);
        w->near_choice = kl_alloc_array(w->arena, w->near_room, sizeof *w->near_choice);
    }
    if (w->near_root != truth) {
        w->near_nodes.n = 0;
        kl_dd_reach(&w->k.m, truth, &w->near_nodes);
        w->near_root = truth;
    }
    nearing x = {w, base, cost, unknown_too, w->near_least, w->near_choice};
    for (size_t i = 0; i < w->near_nodes.n; i++) near_node(&x, w->near_nodes.p[i]);
    *total = least_of(&x, truth);
    if (*total == NEVER) return false;
    memcpy(answers, base, w->levels.n * sizeof *answers);
    while (!kl_dd_is_leaf(truth)) {
        answers[w->k.m.nodes.p[truth].level] = x.choice[truth];
        truth = kl_dd_follow(&w->k.m, truth, x.choice[truth]);
    }
    return true;
}

uint32_t kl_wide_follow(const kl_wide *w, uint32_t root, const uint32_t *answers) {
    while (!kl_dd_is_leaf(root)) {
        uint32_t a = answers[w->k.m.nodes.p[root].level];
        root = kl_dd_follow(&w->k.m, root, a == KL_ANY_ANSWER ? 0 : a);
    }
    return root;
}

/* ------------------------------------------------------------------ a record's answers */
static uint32_t number_cell(const kl_question *q, int64_t v) {
    uint32_t cell = 0;
    while (cell < q->cuts.n && q->cuts.p[cell] <= v) cell++;
    return cell;
}

static uint32_t text_cell(const kl_wide *w, const kl_question *q, kl_str text) {
    uint32_t k = 0;
    while (k < q->texts.n && !kl_str_eq(text, w->endings.texts.p[q->texts.p[k]])) k++;
    return k;
}

uint32_t kl_wide_answer(const kl_wide *w, uint32_t level, const kl_datum *record) {
    const kl_wide_level *l = &w->levels.p[level];
    const kl_question *q = question_at(w, level);
    const kl_form *n = truth_at(w, level);
    if (l->how != KL_HOW_FIELD) return KL_ANY_ANSWER;
    const kl_datum *d = &record[l->field];
    bool has = d->state == KL_DATUM_VALUE;
    if (n && n->kind == KL_FORM_KNOWN) return d->state == KL_DATUM_ANY ? KL_ANY_ANSWER : has;
    if (d->state == KL_DATUM_ANY) return KL_ANY_ANSWER;
    if (!has) return l->answers - 1;
    if (n && n->kind == KL_FORM_FIELD) return d->number != 0;
    if (n && n->kind == KL_FORM_HAS) return d->set >> n->y & 1;
    if (n && n->kind == KL_FORM_EMPTY) return d->set == 0;
    if (q->kind == KL_Q_VALUES) return q->cell_of[d->number];
    return q->kind == KL_Q_TEXT ? text_cell(w, q, d->text) : number_cell(q, d->number);
}

void kl_wide_answers(const kl_wide *w, const kl_datum *record, uint32_t *answers) {
    for (uint32_t i = 0; i < w->levels.n; i++) answers[i] = kl_wide_answer(w, i, record);
}

/* ------------------------------------------------------------------ answers to a record */
static void put_number(const kl_question *q, uint32_t cell, kl_datum *d) {
    int64_t lo = cell ? q->cuts.p[cell - 1] : q->lo, hi = cell < q->cuts.n ? q->cuts.p[cell] - 1 : q->hi;
    if (d->state == KL_DATUM_VALUE) /* the near end */
        d->number = d->number < lo ? lo : d->number > hi ? hi : d->number;
    else if (cell == 0)
        d->number = lo <= 0 && (q->cuts.n == 0 || hi >= 0) ? 0 : hi;
    else
        d->number = lo;
}

static bool put_code(const kl_wide *w, const kl_question *q, uint32_t field, uint32_t cell, kl_datum *d) {
    for (uint32_t code = 0; code < q->codes; code++)
        if (q->cell_of[code] == cell && is_common(w, field, code)) return d->number = code, true;
    return false;
}

static void put_text(const kl_wide *w, const kl_question *q, uint32_t cell, kl_datum *d) {
    d->text = KL_STR("x");
    if (cell < q->texts.n) {
        d->text = w->endings.texts.p[q->texts.p[cell]];
        return;
    }
    while (text_cell(w, q, d->text) < q->texts.n) d->text = kl_str_fmt(w->arena, "%.*sx", KL_FMT(d->text));
}

/* Some code that no level asks about, so that the set is not empty; or any. */
static bool put_some_code(const kl_wide *w, uint32_t field, kl_datum *d) {
    uint64_t tested = 0;
    size_t codes = w->f->g->sets.p[w->f->g->fields.p[field].type.set].values.n;
    for (uint32_t i = 0; i < w->levels.n; i++) {
        const kl_form *n = truth_at(w, i);
        if (n && n->kind == KL_FORM_HAS && n->x == field) tested |= UINT64_C(1) << n->y;
    }
    for (uint32_t c = 0; c < codes; c++)
        if (!(tested >> c & 1) && is_common(w, field, c)) return d->set |= UINT64_C(1) << c, true;
    return false;
}

static bool put_set(const kl_wide *w, uint32_t field, const uint32_t *answers, kl_datum *d) {
    bool empty = false, some = false;
    uint64_t set = d->state == KL_DATUM_VALUE ? d->set : 0;
    for (uint32_t i = 0; i < w->levels.n; i++) {
        const kl_form *n = truth_at(w, i);
        if (w->levels.p[i].how != KL_HOW_FIELD || w->levels.p[i].field != field || answers[i] > 1) continue;
        if (n->kind == KL_FORM_EMPTY) *(answers[i] ? &empty : &some) = true;
        if (n->kind != KL_FORM_HAS) continue;
        if (answers[i])
            set |= UINT64_C(1) << n->y;
        else
            set &= ~(UINT64_C(1) << n->y);
    }
    d->set = empty ? 0 : set;
    return !some || d->set || put_some_code(w, field, d);
}

static bool put_answer(const kl_wide *w, uint32_t level, const uint32_t *answers, kl_datum *record) {
    const kl_wide_level *l = &w->levels.p[level];
    const kl_question *q = question_at(w, level);
    const kl_form *n = truth_at(w, level);
    kl_datum *d = &record[l->field];
    bool good = true;
    if (n && n->kind == KL_FORM_KNOWN) {
        if (!answers[level]) *d = (kl_datum){.state = KL_DATUM_UNKNOWN};
        if (answers[level] && d->state != KL_DATUM_VALUE) *d = (kl_datum){.state = KL_DATUM_VALUE, .text = KL_STR("x")};
        return true;
    }
    if (answers[level] == l->answers - 1) {
        *d = (kl_datum){.state = KL_DATUM_UNKNOWN};
        return true;
    }
    if (n && n->kind == KL_FORM_FIELD) d->number = answers[level] == 1;
    if (n && (n->kind == KL_FORM_HAS || n->kind == KL_FORM_EMPTY)) good = put_set(w, l->field, answers, d);
    if (q->kind == KL_Q_VALUES) good = put_code(w, q, l->field, answers[level], d);
    if (q->kind == KL_Q_NUMBER) put_number(q, answers[level], d);
    if (q->kind == KL_Q_TEXT) put_text(w, q, answers[level], d);
    d->state = KL_DATUM_VALUE;
    return good;
}

bool kl_wide_record(const kl_wide *w, const uint32_t *answers, kl_datum *record) {
    bool good = true;
    for (uint32_t i = 0; i < w->levels.n; i++) {
        if (w->levels.p[i].how != KL_HOW_FIELD || answers[i] == KL_ANY_ANSWER) continue;
        if (kl_wide_answer(w, i, record) != answers[i]) good = put_answer(w, i, answers, record) && good;
    }
    return good;
}
