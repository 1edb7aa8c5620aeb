/* planes.c - truths that say the same of every record, whatever in it is unknown, are one plane; and the cheapest way to write each plane.
 * May include: compiler/emit.
 * Start at kl_plane_of(). What is the same is proved, not guessed: a truth is two diagrams over the questions of the whole guideline, each
 * question with `unknown` among its answers: where it is yes, and where it is no. Elsewhere it is unknown. */
#include "compiler/emit/emit.h"

/* What an instruction costs, beside `and` of two planes, which is 1: over whole columns, over bits; and how deep costs are added up. */
enum { COST_COLUMN = 8, COST_TEXTS = 32, COST_BITS = 2, COST_BELOW = 3, DEPTH = 4 };

/* ------------------------------------------------------------------ the questions */
/* A question answers with its cells, with none where a number may be none, and last with unknown unless a default stands in for that. */
static bool never_unknown(const kl_emit *e, uint32_t field) {
    return e->g->fields.p[field].has_otherwise;
}

static bool feeds(const kl_emit *e, uint32_t form) {
    if (form == KL_NO_FORM) return false;
    const kl_form *n = kl_form_at(e->forms, form);
    return n->kind == KL_FORM_FEED || feeds(e, n->a) || feeds(e, n->b);
}

/* The field that a question is about, when it is unknown just where the field is; else KL_NO_FORM. */
static uint32_t field_of(const kl_emit *e, const kl_question *q) {
    if (q->kind == KL_Q_NUMBER || q->kind == KL_Q_VALUES || q->kind == KL_Q_TEXT) return q->source;
    if (q->kind != KL_Q_TRUTH) return KL_NO_FORM;
    const kl_form *n = kl_form_at(e->forms, q->source);
    return n->kind == KL_FORM_FIELD || n->kind == KL_FORM_HAS || n->kind == KL_FORM_EMPTY ? n->x : KL_NO_FORM;
}

static void add_level(kl_emit *e, uint32_t question) {
    kl_planes *p = &e->planes;
    const kl_question *q = &p->asked.list.p[question];
    uint32_t field = field_of(e, q), values = q->cells;
    bool known = q->kind == KL_Q_TRUTH && kl_form_at(e->forms, q->source)->kind == KL_FORM_KNOWN;
    if (kl_question_tagged(q) && feeds(e, q->source)) values++;
    if (field != KL_NO_FORM && never_unknown(e, field)) known = true;
    if (field != KL_NO_FORM && !known && p->of_field[field] == KL_NO_FORM) p->of_field[field] = question;
    KL_PUSH(e->arena, &p->values, values);
    kl_diagram_level(&p->m, values + !known);
}

void kl_planes_init(kl_emit *e, bool shared) {
    kl_planes *p = &e->planes;
    size_t truths = 0;
    for (uint32_t i = 0; i < e->forms->nodes.n; i++) truths += kl_form_is_truth(kl_form_at(e->forms, i));
    p->shared = shared && truths <= KL_MAX_SHARED_TRUTHS;
    if (!p->shared) return;
    kl_diagram_init(&p->m, e->arena);
    kl_ask_init(&p->asked, e->forms);
    p->asked.planes = true;
    kl_ask_start(&p->asked);
    for (uint32_t i = 0; i < e->forms->nodes.n; i++)
        if (kl_form_is_atom(kl_form_at(e->forms, i))) kl_ask(&p->asked, i);
    kl_ask_done(&p->asked);
    p->of_field = kl_alloc_array(e->arena, e->g->fields.n + 1, sizeof *p->of_field);
    for (size_t i = 0; i < e->g->fields.n; i++) p->of_field[i] = KL_NO_FORM;
    for (uint32_t i = 0; i < p->asked.list.n; i++) add_level(e, i);
}

/* ------------------------------------------------------------------ where a truth is yes, where no */
typedef struct rails {
    uint32_t yes, no;
} rails;

static const rails UNSAID = {KL_NO_FORM, KL_NO_FORM};
static const rails OF_CONST[3] = {{KL_LEAF_NO, KL_LEAF_YES}, {KL_LEAF_YES, KL_LEAF_NO}, {KL_LEAF_NO, KL_LEAF_NO}};

static bool is_said(rails r) {
    return r.yes != KL_NO_FORM;
}

static rails rails_of(const kl_emit *e, uint32_t plane) {
    const kl_plane *p = &e->planes.list.p[plane];
    return (rails){p->yes, p->no};
}

static rails known_rails(kl_emit *e, uint32_t question) {
    kl_diagram *m = &e->planes.m;
    uint32_t all = m->answers.p[question], yes[2] = {0, all - 1}, no[2] = {all - 1, all};
    rails r = {kl_dd_test(m, question, yes, 2), KL_LEAF_NO};
    r.no = kl_dd_test(m, question, no, 2);
    return r;
}

/* Yes where the answer is in the atom's intervals, no for the other values and for none. */
static rails atom_rails(kl_emit *e, uint32_t form) {
    kl_planes *p = &e->planes;
    const kl_form *n = kl_form_at(e->forms, form);
    int settled = kl_form_settled(e->forms, form);
    if (n->kind == KL_FORM_EDITION) return OF_CONST[2];
    if (settled < 2) return OF_CONST[settled];
    if (n->kind == KL_FORM_KNOWN && p->of_field[n->x] != KL_NO_FORM) return known_rails(e, p->of_field[n->x]);
    if (!kl_is_asked(&p->asked, form)) return UNSAID;
    const kl_atom *a = kl_atom_of(&p->asked, form);
    const uint32_t *in = &p->asked.intervals.p[a->first];
    uint32_t done = 0;
    e->stack.n = 0;
    for (uint32_t i = 0; i <= a->count; i += 2) {
        uint32_t end = i < a->count ? in[i] : p->values.p[a->question];
        KL_PUSH(e->arena, &e->stack, done);
        KL_PUSH(e->arena, &e->stack, end);
        if (i < a->count) done = in[i + 1];
    }
    rails r = {kl_dd_test(&p->m, a->question, in, a->count), KL_LEAF_NO};
    r.no = kl_dd_test(&p->m, a->question, e->stack.p, e->stack.n);
    return r;
}

static rails joined(kl_emit *e, uint32_t kind, rails a, rails b) {
    kl_diagram *m = &e->planes.m;
    if (!is_said(a) || !is_said(b)) return UNSAID;
    if (kind == KL_FORM_OR) {
        rails swapped = joined(e, KL_FORM_AND, (rails){a.no, a.yes}, (rails){b.no, b.yes});
        return is_said(swapped) ? (rails){swapped.no, swapped.yes} : UNSAID;
    }
    rails r = {kl_dd_and(m, a.yes, b.yes), KL_LEAF_NO};
    r.no = kl_dd_or(m, a.no, b.no);
    return r;
}

static rails form_rails(kl_emit *e, uint32_t form) {
    kl_planes *p = &e->planes;
    const kl_form n = *kl_form_at(e->forms, form);
    if (!p->shared || p->m.full) return UNSAID;
    rails r = UNSAID;
    switch ((kl_form_kind)n.kind) {
    case KL_FORM_CONST: return OF_CONST[n.lo];
    case KL_FORM_NOT: r = rails_of(e, p->of_form.p[n.a] - 1); return is_said(r) ? (rails){r.no, r.yes} : UNSAID;
    case KL_FORM_AND:
    case KL_FORM_OR:
        p->m.limit = (uint32_t)p->m.runs.n + KL_MAX_SHARED_STEP;
        r = joined(e, n.kind, rails_of(e, p->of_form.p[n.a] - 1), rails_of(e, p->of_form.p[n.b] - 1));
        break;
    default: p->m.limit = UINT32_MAX; r = atom_rails(e, form);
    }
    if (p->m.full) {
        kl_diagram_resume(&p->m);
        r = UNSAID;
    }
    return r;
}

/* ------------------------------------------------------------------ planes */
static size_t place_in_table(const kl_planes *p, rails r) {
    uint64_t h = ((uint64_t)r.yes << 32 | r.no) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(h ^ h >> 32) & (p->cap - 1);
    for (; p->table[at]; at = (at + 1) & (p->cap - 1)) {
        const kl_plane *k = &p->list.p[p->table[at] - 1];
        if (k->yes == r.yes && k->no == r.no) break;
    }
    return at;
}

static void grow(kl_emit *e) {
    kl_planes *p = &e->planes;
    p->cap = p->cap ? p->cap * 2 : 1024;
    p->table = kl_alloc_array(e->arena, p->cap, sizeof *p->table);
    for (uint32_t i = 0; i < p->list.n; i++)
        if (is_said(rails_of(e, i))) p->table[place_in_table(p, rails_of(e, i))] = i + 1;
}

/* The plane that says this, or KL_NO_FORM. */
static uint32_t find(const kl_planes *p, rails r) {
    if (!is_said(r) || p->cap == 0) return KL_NO_FORM;
    uint32_t found = p->table[place_in_table(p, r)];
    return found ? found - 1 : KL_NO_FORM;
}

static uint32_t put_plane(kl_emit *e, rails r) {
    kl_planes *p = &e->planes;
    if ((p->list.n + 1) * 2 > p->cap) grow(e);
    KL_PUSH(e->arena, &p->list, ((kl_plane){.yes = r.yes, .no = r.no}));
    if (is_said(r)) p->table[place_in_table(p, r)] = (uint32_t)p->list.n;
    return (uint32_t)p->list.n - 1;
}

/* A way reads planes that were there before its own: so ways never lead round. */
static void put_way(kl_emit *e, uint32_t plane, kl_way_kind kind, uint32_t a, uint32_t b) {
    kl_planes *p = &e->planes;
    bool reads = kind == KL_WAY_NOT || kind == KL_WAY_AND || kind == KL_WAY_OR;
    if (reads && (a >= plane || (kind != KL_WAY_NOT && b >= plane))) return;
    KL_PUSH(e->arena, &p->ways, ((kl_way){kind, a, b, 0}));
    uint32_t *end = &p->list.p[plane].ways;
    while (*end) end = &p->ways.p[*end - 1].next;
    *end = (uint32_t)p->ways.n;
}

/* ------------------------------------------------------------------ ways that the text does not name */
static bool says(kl_emit *e, uint32_t plane, kl_way_kind kind, uint32_t a, uint32_t b) {
    kl_planes *p = &e->planes;
    rails r = joined(e, kind == KL_WAY_AND ? KL_FORM_AND : KL_FORM_OR, rails_of(e, a), rails_of(e, b));
    if (p->m.full) {
        kl_diagram_resume(&p->m);
        return false;
    }
    return is_said(r) && r.yes == p->list.p[plane].yes && r.no == p->list.p[plane].no;
}

/* `a and (x and y)` where `a and x` says it all: a condition that another one holds already. */
static void drop_parts(kl_emit *e, uint32_t plane, kl_way_kind kind, uint32_t a, uint32_t b) {
    kl_planes *p = &e->planes;
    for (uint32_t i = p->list.p[b].ways; i; i = p->ways.p[i - 1].next) {
        kl_way w = p->ways.p[i - 1];
        if (w.kind != kind) continue;
        if (says(e, plane, kind, a, w.a)) put_way(e, plane, kind, a, w.a);
        if (says(e, plane, kind, a, w.b)) put_way(e, plane, kind, a, w.b);
    }
}

static bool asks_only(const kl_diagram *m, uint32_t r, uint32_t level) {
    if (kl_dd_is_leaf(r)) return true;
    const kl_dd_node *n = &m->nodes.p[r];
    for (uint32_t i = 0; i < n->runs; i++)
        if (!kl_dd_is_leaf(m->runs.p[n->first + i].child)) return false;
    return n->level == level;
}

static bool holds(const kl_diagram *m, uint32_t r, uint32_t answer) {
    return (kl_dd_is_leaf(r) ? r : kl_dd_follow(m, r, answer)) == KL_LEAF_YES;
}

/* A plane about one question, yes or no for each of its values and unknown with it: the cells for which it is yes, which for numbers lie
 * together from `first` on. */
static bool narrowed(const kl_emit *e, uint32_t plane, uint32_t *question, uint32_t *first, uint32_t *end) {
    const kl_planes *p = &e->planes;
    const kl_diagram *m = &p->m;
    rails r = rails_of(e, plane);
    if (!is_said(r) || (kl_dd_is_leaf(r.yes) && kl_dd_is_leaf(r.no))) return false;
    uint32_t level = kl_dd_level(m, kl_dd_is_leaf(r.yes) ? r.no : r.yes), runs = 0;
    const kl_question *q = &p->asked.list.p[level];
    bool numbers = q->kind == KL_Q_NUMBER || q->kind == KL_Q_DERIVED,
         codes = q->kind == KL_Q_VALUES || q->kind == KL_Q_CODES;
    if (!(numbers || codes) || !asks_only(m, r.yes, level) || !asks_only(m, r.no, level)) return false;
    *question = level;
    *first = *end = 0;
    for (uint32_t i = 0; i < m->answers.p[level]; i++) {
        bool yes = holds(m, r.yes, i), no = holds(m, r.no, i);
        if (i >= q->cells ? yes || no != (i < p->values.p[level]) : yes == no) return false;
        if (!yes) continue;
        if (runs == 0 || *end != i) runs++;
        if (runs == 1 && *end != i) *first = i;
        *end = i + 1;
    }
    return codes || runs < 2;
}

bool kl_plane_range(const kl_emit *e, uint32_t plane, uint32_t *question, int64_t *lo, int64_t *hi) {
    uint32_t first, end;
    if (!narrowed(e, plane, question, &first, &end)) return false;
    const kl_question *q = &e->planes.asked.list.p[*question];
    if (q->kind != KL_Q_NUMBER && q->kind != KL_Q_DERIVED) return false;
    *lo = first == end ? 1 : first == 0 ? INT64_MIN : q->cuts.p[first - 1];
    *hi = first == end ? 0 : end == q->cells ? INT64_MAX : q->cuts.p[end - 1] - 1;
    return true;
}

const uint64_t *kl_plane_codes(const kl_emit *e, uint32_t plane, uint32_t *question) {
    uint32_t first, end;
    if (!narrowed(e, plane, question, &first, &end)) return NULL;
    const kl_question *q = &e->planes.asked.list.p[*question];
    uint64_t *words = kl_alloc_array(e->arena, q->codes / 64 + 1, sizeof *words);
    for (uint32_t code = 0; code < q->codes; code++)
        if (holds(&e->planes.m, rails_of(e, plane).yes, q->cell_of[code]))
            words[code / 64] |= UINT64_C(1) << (code % 64);
    return words;
}

static void find_ways(kl_emit *e, uint32_t plane, kl_way_kind kind, uint32_t a, uint32_t b) {
    rails r = rails_of(e, plane);
    uint32_t question, first, end;
    if (!is_said(r)) return;
    if (kl_dd_is_leaf(r.yes) && kl_dd_is_leaf(r.no))
        put_way(e, plane, KL_WAY_CONST, r.yes == KL_LEAF_YES ? 1 : r.no == KL_LEAF_YES ? 0 : 2, 0);
    if (kind == KL_WAY_ATOM) return;
    if (narrowed(e, plane, &question, &first, &end)) put_way(e, plane, KL_WAY_NARROW, question, 0);
    if (kind == KL_WAY_NOT) return;
    drop_parts(e, plane, kind, a, b);
    drop_parts(e, plane, kind, b, a);
}

/* ------------------------------------------------------------------ from forms */
static void meet_form(kl_emit *e, uint32_t form) {
    kl_planes *p = &e->planes;
    const kl_form n = *kl_form_at(e->forms, form);
    kl_way_kind kind = n.kind == KL_FORM_NOT   ? KL_WAY_NOT
                       : n.kind == KL_FORM_AND ? KL_WAY_AND
                       : n.kind == KL_FORM_OR  ? KL_WAY_OR
                                               : KL_WAY_ATOM;
    uint32_t a = form, b = 0;
    if (kind != KL_WAY_ATOM) a = p->of_form.p[n.a] - 1;
    if (kind == KL_WAY_AND || kind == KL_WAY_OR) b = p->of_form.p[n.b] - 1;
    rails r = form_rails(e, form);
    uint32_t plane = find(p, r), old = (uint32_t)p->list.n;
    if (plane == KL_NO_FORM) plane = put_plane(e, r);
    put_way(e, plane, kind, a, b);
    if (plane == old) find_ways(e, plane, kind, a, b);
    p->of_form.p[form] = plane + 1;
}

uint32_t kl_plane_of(kl_emit *e, uint32_t form) {
    kl_planes *p = &e->planes;
    if (p->m.runs.n > KL_MAX_SHARED_RUNS) p->shared = false; /* from here on each form stands for itself */
    while (p->of_form.n < e->forms->nodes.n) KL_PUSH(e->arena, &p->of_form, 0);
    p->stack.n = 0;
    KL_PUSH(e->arena, &p->stack, form);
    while (p->stack.n) {
        uint32_t top = p->stack.p[p->stack.n - 1];
        const kl_form *n = kl_form_at(e->forms, top);
        uint32_t parts[2] = {KL_NO_FORM, KL_NO_FORM};
        size_t height = p->stack.n;
        if (!kl_form_is_atom(n)) parts[0] = n->b, parts[1] = n->a;
        for (int i = 0; i < 2 && !p->of_form.p[top]; i++)
            if (parts[i] != KL_NO_FORM && !p->of_form.p[parts[i]]) KL_PUSH(e->arena, &p->stack, parts[i]);
        if (p->stack.n > height) continue;
        p->stack.n--;
        if (!p->of_form.p[top]) meet_form(e, top);
    }
    return p->of_form.p[form] - 1;
}

void kl_plane_wanted(kl_emit *e, uint32_t form) {
    uint32_t plane = kl_plane_of(e, form);
    e->planes.list.p[plane].wanted = true;
}

/* ------------------------------------------------------------------ the cheapest way */
static uint32_t number_cost(const kl_emit *e, uint32_t number) {
    return COST_COLUMN + (number < e->registers.n && e->registers.p[number] ? 0 : COST_COLUMN);
}

static uint32_t atom_cost(const kl_emit *e, uint32_t form) {
    const kl_form *n = kl_form_at(e->forms, form);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_RANGE_FIELD:
    case KL_FORM_IN_FIELD:
    case KL_FORM_HAS:
    case KL_FORM_EMPTY: return COST_COLUMN;
    case KL_FORM_TEXT:
    case KL_FORM_SAME_TEXT: return COST_TEXTS;
    case KL_FORM_RANGE:
    case KL_FORM_IN: return number_cost(e, n->a);
    default: return COST_BITS;
    }
}

static uint32_t cheapest(const kl_emit *e, uint32_t plane, uint32_t depth, kl_way *way);

static uint32_t cost(const kl_emit *e, uint32_t plane, uint32_t depth) {
    kl_way unused;
    if (e->planes.list.p[plane].reg || e->planes.list.p[plane].wanted) return 0;
    return depth ? cheapest(e, plane, depth - 1, &unused) : COST_BELOW;
}

static uint32_t way_cost(const kl_emit *e, const kl_way *w, uint32_t depth) {
    const kl_question *q;
    switch (w->kind) {
    case KL_WAY_CONST: return COST_BITS;
    case KL_WAY_ATOM: return atom_cost(e, w->a);
    case KL_WAY_NOT: return 1 + cost(e, w->a, depth);
    case KL_WAY_AND:
    case KL_WAY_OR: return 1 + cost(e, w->a, depth) + cost(e, w->b, depth);
    case KL_WAY_NARROW: break;
    }
    q = &e->planes.asked.list.p[w->a];
    return kl_question_tagged(q) ? number_cost(e, q->source) : COST_COLUMN;
}

/* The first of the cheapest; what says the opposite is a way too, once it is there. */
static uint32_t cheapest(const kl_emit *e, uint32_t plane, uint32_t depth, kl_way *way) {
    const kl_planes *p = &e->planes;
    rails r = rails_of(e, plane);
    uint32_t best = UINT32_MAX, opposite = find(p, (rails){r.no, r.yes});
    if (opposite != KL_NO_FORM && opposite != plane && p->list.p[opposite].reg) {
        *way = (kl_way){KL_WAY_NOT, opposite, 0, 0};
        best = 1;
    }
    for (uint32_t i = p->list.p[plane].ways; i; i = p->ways.p[i - 1].next) {
        uint32_t costs = best > 1 ? way_cost(e, &p->ways.p[i - 1], depth) : UINT32_MAX;
        if (costs >= best) continue;
        best = costs;
        *way = p->ways.p[i - 1];
    }
    return best;
}

kl_way kl_plane_way(const kl_emit *e, uint32_t plane) {
    kl_way way = {KL_WAY_CONST, 2, 0, 0};
    cheapest(e, plane, DEPTH, &way);
    return way;
}
