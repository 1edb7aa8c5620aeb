/* prove_outcomes.c - of each outcome: which candidates can fire, which fire together with different results, which records and days none fires for.
 * May include: compiler/analyse/prove.
 * Start at kl_prove_outcome(). */
#include "compiler/analyse/boxes.h"
#include "compiler/analyse/prove.h"

#include <string.h>

enum { CONFLICTS_MOST = 20, MANY_ARMS = 64 };

typedef struct bench { /* one outcome on the table */
    kl_prover *p;
    kl_space *s;
    const ir_outcome *o;
    uint32_t outcome;
    const kl_arms *arms;
    uint32_t *fires; /* per arm: a truth */
    uint32_t frame, any;
    kl_boxes *boxes; /* the candidates as boxes, where there are many and each is one; else NULL */
    uint32_t clash;  /* where two fire that differ, or one fires beside a text that is not at hand */
} bench;

/* ------------------------------------------------------------------ building */
static uint32_t any_of(kl_space *s, const uint32_t *truths, size_t n) {
    if (n == 0) return KL_LEAF_NO;
    if (n == 1) return truths[0];
    uint32_t a = any_of(s, truths, n / 2), b = any_of(s, truths + n / 2, n - n / 2);
    return kl_dd_or(&s->m, a, b);
}

static bool build(bench *b) {
    kl_prover *p = b->p;
    kl_index_list forms = {0};
    KL_PUSH(p->arena, &forms, p->frame);
    for (size_t i = 0; i < b->arms->n; i++) {
        KL_PUSH(p->arena, &forms, b->arms->p[i].holds);
        if (b->arms->p[i].blocked != KL_NO_FORM) KL_PUSH(p->arena, &forms, b->arms->p[i].blocked);
    }
    if (!kl_prove_open(p, forms.p, forms.n)) return false;
    b->frame = kl_space_truth(b->s, p->frame);
    b->fires = kl_alloc_array(p->arena, b->arms->n + 1, sizeof *b->fires);
    for (size_t i = 0; i < b->arms->n; i++) {
        const kl_arm *a = &b->arms->p[i];
        b->fires[i] = kl_dd_and(&b->s->m, b->frame, kl_space_truth(b->s, a->holds));
        if (a->blocked != KL_NO_FORM) b->fires[i] = kl_dd_but(&b->s->m, b->fires[i], kl_space_truth(b->s, a->blocked));
    }
    return !kl_space_full(b->s);
}

static bool is_open(const bench *b, size_t arm) {
    return kl_result_at(&b->p->endings, b->arms->p[arm].result)->kind == KL_RESULT_OPEN;
}

static kl_found found_in(bench *b, uint32_t where) {
    if (where == KL_LEAF_NO && !kl_space_full(b->s)) return KL_FOUND_NONE;
    return kl_space_find(b->s, kl_space_sure(b->s, where, false), NULL, 0, false, NULL, NULL, NULL);
}

/* Many candidates that each test the questions one by one, none of them open or otherwise unknown. */
static void find_boxes(bench *b) {
    kl_boxes *boxes = kl_alloc(b->p->arena, sizeof *boxes);
    if (b->arms->n < MANY_ARMS || b->s->possible != KL_LEAF_YES || b->s->stated != KL_LEAF_YES) return;
    for (size_t i = 0; i < b->s->asked.list.n; i++) {
        const kl_question *q = &b->s->asked.list.p[i];
        if (kl_question_tagged(q) || q->kind == KL_Q_EDITION) return;
        if (q->kind == KL_Q_TRUTH && kl_form_at(b->p->forms, q->source)->kind == KL_FORM_KNOWN) return;
    }
    kl_boxes_init(boxes, b->s);
    for (uint32_t i = 0; i < b->arms->n; i++)
        if (is_open(b, i) || !kl_boxes_add(boxes, b->fires[i], i)) return;
    b->boxes = boxes;
}

/* ------------------------------------------------------------------ which can fire */
static void note(kl_found *so_far, kl_found more) {
    if (*so_far == KL_FOUND_NONE || (*so_far == KL_NOT_DECIDED && more == KL_FOUND_RECORD)) *so_far = more;
}

static void find_living(bench *b) {
    for (size_t i = 0; i < b->arms->n; i++) {
        uint32_t entry = b->arms->p[i].entry;
        if (is_open(b, i) || b->p->lives[entry] == KL_FOUND_RECORD) continue;
        b->p->tried[entry] = true;
        note(&b->p->lives[entry], found_in(b, b->fires[i]));
        if (b->p->lives[entry] == KL_FOUND_RECORD) {
            b->p->holds[entry] = KL_FOUND_RECORD;
            continue;
        }
        uint32_t holds = kl_dd_and(&b->s->m, b->frame, kl_space_truth(b->s, b->arms->p[i].by));
        note(&b->p->holds[entry], found_in(b, holds));
    }
}

/* ------------------------------------------------------------------ two that give different results */
typedef struct pair {
    bench *b;
    uint32_t outcome;
} pair;

static bool in_conflict(kl_prover *p, const void *what) {
    kl_result r;
    kl_outcome(p->trial->work, ((const pair *)what)->outcome, 0, &r);
    return r.state == KL_CONFLICT;
}

static bool try_conflict(void *self, kl_witness *x) {
    pair *two = self;
    return kl_prove_try(two->b->p, x, in_conflict, two);
}

static kl_str name_of(const kl_prover *p, uint32_t entry) {
    return p->g->entries.p[entry].id;
}

static void tell_conflict(bench *b, size_t i, size_t j, const kl_witness *x) {
    kl_prover *p = b->p;
    uint32_t first = b->arms->p[i].entry, second = b->arms->p[j].entry;
    const ir_entry *one = &p->g->entries.p[first], *two = &p->g->entries.p[second];
    if (kl_prove_accepted(p, KL_ACCEPTED_CONFLICT, b->o->name, one->file, one->span)) return;
    kl_diag *d = kl_prove_tell(p, KL_ACCEPTED_CONFLICT, b->o->name, two->file, two->span, KL_D_CONFLICT, 3,
                               name_of(p, first), name_of(p, second), b->o->name);
    if (!d) return;
    d->second_file = one->file;
    d->second = one->span;
    d->second_note = name_of(p, first);
    d->note = kl_prove_witness(p, x);
}

/* Whether arms i and j fire together and come out different. */
static kl_found differ_together(bench *b, size_t i, size_t j, kl_witness *x) {
    kl_endings *e = &b->p->endings;
    uint32_t one = b->arms->p[i].result, two = b->arms->p[j].result;
    bool fixed = kl_result_is_fixed(e, one) && kl_result_is_fixed(e, two);
    kl_fact differ = {.a = one, .b = two};
    pair what = {b, b->outcome};
    uint32_t both = kl_dd_and(&b->s->m, b->fires[i], b->fires[j]);
    if (both == KL_LEAF_NO) return KL_FOUND_NONE;
    if (fixed) b->clash = kl_dd_or(&b->s->m, b->clash, both);
    if (is_open(b, i) || is_open(b, j)) return KL_FOUND_NONE;
    both = kl_space_sure(b->s, both, true);
    return kl_space_find(b->s, both, &differ, fixed ? 0 : 1, true, x, try_conflict, &what);
}

/* A record with unknown facts on which some two differ however they turn out, though not the same two: told of the first that may. */
static void find_common_conflict(bench *b) {
    kl_witness x;
    pair what = {b, b->outcome};
    uint32_t clash = kl_space_sure(b->s, b->clash, true);
    if (kl_space_find(b->s, clash, NULL, 0, true, &x, try_conflict, &what) != KL_FOUND_RECORD) return;
    for (size_t j = 0; j < b->arms->n; j++)
        for (size_t i = 0; i < j; i++) {
            if (is_open(b, i) || is_open(b, j) || b->arms->p[i].result == b->arms->p[j].result) continue;
            if (kl_dd_and(&b->s->m, b->fires[i], b->fires[j]) == KL_LEAF_NO) continue;
            tell_conflict(b, i, j, &x);
            return;
        }
}

/* Boxes that meet and give different results; one is told for each that comes later. */
static void find_box_conflicts(bench *b) {
    const kl_boxes *x = b->boxes;
    size_t told = 0;
    uint32_t last = UINT32_MAX;
    for (size_t j = 0; j < x->owner.n && told < CONFLICTS_MOST; j++)
        for (size_t i = 0; i < j && x->owner.p[j] != last; i++) {
            kl_witness w;
            uint32_t one = x->owner.p[i], two = x->owner.p[j];
            if (b->arms->p[one].result == b->arms->p[two].result || !kl_boxes_meet(x, i, j)) continue;
            kl_found found = differ_together(b, one, two, &w);
            const ir_entry *e = &b->p->g->entries.p[b->arms->p[two].entry];
            if (found == KL_NOT_DECIDED) kl_prove_not_decided(b->p, e->file, e->span, e->id);
            if (found == KL_FOUND_RECORD) tell_conflict(b, one, two, &w);
            if (found == KL_FOUND_NONE) continue;
            told++;
            last = two;
        }
}

static void find_conflicts(bench *b) {
    uint32_t earlier = KL_LEAF_NO;
    size_t told = 0;
    for (size_t j = 0; j < b->arms->n && told < CONFLICTS_MOST; j++) {
        bool meets = kl_dd_and(&b->s->m, b->fires[j], earlier) != KL_LEAF_NO, undecided = false;
        for (size_t i = 0; meets && i < j; i++) {
            kl_witness x;
            if (b->arms->p[i].result == b->arms->p[j].result) continue;
            kl_found found = differ_together(b, i, j, &x);
            undecided = undecided || found == KL_NOT_DECIDED;
            if (found != KL_FOUND_RECORD) continue;
            tell_conflict(b, i, j, &x);
            told++;
            undecided = false;
            break;
        }
        const ir_entry *e = &b->p->g->entries.p[b->arms->p[j].entry];
        if (undecided) kl_prove_not_decided(b->p, e->file, e->span, e->id);
        earlier = kl_dd_or(&b->s->m, earlier, b->fires[j]);
    }
    if (told == 0 && b->clash != KL_LEAF_NO) find_common_conflict(b);
    if (kl_space_full(b->s)) kl_prove_not_decided(b->p, b->o->file, b->o->span, b->o->name);
}

/* ------------------------------------------------------------------ records and days for which nothing fires */
static bool without_result(kl_prover *p, const void *what) {
    kl_result r;
    kl_outcome(p->trial->work, ((const pair *)what)->outcome, 0, &r);
    return r.state == KL_NO_RESULT && r.reason == 0;
}

static bool try_gap(void *self, kl_witness *x) {
    pair *one = self;
    return kl_prove_try(one->b->p, x, without_result, one);
}

static bool same_arms(const kl_arms *a, const kl_arms *b) {
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->p[i].entry != b->p[i].entry || a->p[i].holds != b->p[i].holds || a->p[i].blocked != b->p[i].blocked)
            return false;
    return true;
}

/* In the outcome's own piece, or in a rule or table that sets it. */
static bool gap_accepted(bench *b) {
    kl_prover *p = b->p;
    bool found = kl_prove_accepted(p, KL_ACCEPTED_GAP, b->o->name, b->o->file, b->o->span);
    for (size_t i = 0; i < b->arms->n; i++) {
        const ir_entry *e = &p->g->entries.p[b->arms->p[i].entry];
        if (e->kind == IR_E_ROW && e->parent != IR_NONE) e = &p->g->entries.p[e->parent];
        found = kl_prove_accepted(p, KL_ACCEPTED_GAP, b->o->name, e->file, e->span) || found;
    }
    return found;
}

static kl_told_gap *same_gap(bench *b) {
    for (size_t i = 0; i < b->p->gaps.n; i++)
        if (same_arms(b->p->gaps.p[i].arms, b->arms)) return &b->p->gaps.p[i];
    return NULL;
}

/* With the outcomes that share it, in one report. */
static void report_gap(bench *b, kl_diag_id id, kl_str days, kl_str note, size_t *diag) {
    kl_diags *all = b->p->diags;
    if (*diag != SIZE_MAX) {
        kl_str *names = &all->list.p[*diag].args[0];
        *names = kl_str_fmt(b->p->arena, "%.*s, %.*s", KL_FMT(*names), KL_FMT(b->o->name));
        return;
    }
    kl_diag *d = kl_report(all, b->o->file, b->o->span, id, days.n ? 2 : 1, b->o->name, days);
    d->note = note;
    *diag = all->list.n - 1;
}

static void tell_gap(bench *b, kl_told_gap *g) {
    if (g->found == KL_FOUND_NONE && g->days.n == 0) return;
    if (gap_accepted(b)) return;
    kl_str days = {0};
    for (size_t i = 0; i < g->days.n; i++)
        days = i == 0 ? g->days.p[0] : kl_str_fmt(b->p->arena, "%.*s, %.*s", KL_FMT(days), KL_FMT(g->days.p[i]));
    if (g->days.n) report_gap(b, KL_D_DAYS_WITHOUT, days, (kl_str){0}, &g->days_diag);
    if (g->found == KL_FOUND_RECORD) report_gap(b, KL_D_GAP, (kl_str){0}, g->note, &g->diag);
    if (g->found == KL_NOT_DECIDED) b->p->undecided = true;
    if (g->found == KL_NOT_DECIDED) report_gap(b, KL_D_NOT_DECIDED, (kl_str){0}, g->note, &g->diag);
}

static kl_str days_text(kl_prover *p, int64_t from, int64_t through) {
    kl_datum first = {.state = KL_DATUM_VALUE, .number = from}, last = {.state = KL_DATUM_VALUE, .number = through};
    ir_type date = {KL_T_DATE, 0, IR_NONE};
    kl_str a = from > KL_DATE_MIN ? kl_datum_text(p->forms, date, &first, KL_EN) : KL_STR("…");
    kl_str b = through < KL_DATE_MAX ? kl_datum_text(p->forms, date, &last, KL_EN) : KL_STR("…");
    return from == through ? a : kl_str_fmt(p->arena, "%.*s–%.*s", KL_FMT(a), KL_FMT(b));
}

/* Days of the period on which no candidate can fire, whatever else the record holds; what is left of `gap`. */
static uint32_t find_days(bench *b, uint32_t gap, kl_told_gap *told) {
    uint32_t field = b->p->g->dated_by, question = 0;
    const kl_asked *asked = &b->s->asked;
    kl_diagram *m = &b->s->m;
    while (question < asked->list.n &&
           (asked->list.p[question].kind != KL_Q_NUMBER || asked->list.p[question].source != field))
        question++;
    if (kl_space_full(b->s) || field == IR_NONE || question == asked->list.n || b->arms->n == 0) return gap;
    const kl_question *q = &asked->list.p[question];
    int64_t from = INT64_MAX;
    for (uint32_t cell = 0; cell <= q->cells; cell++) {
        uint32_t interval[2] = {cell, cell + 1};
        int64_t start = cell ? q->cuts.p[cell - 1] : q->lo;
        bool hole = false;
        if (cell < q->cells) {
            uint32_t here = kl_dd_and(m, kl_dd_test(m, b->s->level_of.p[question], interval, 2), b->s->possible);
            here = kl_dd_and(m, here, b->frame);
            hole = here != KL_LEAF_NO && kl_dd_and(m, here, b->any) == KL_LEAF_NO && !m->full;
            if (hole) gap = kl_dd_but(m, gap, kl_dd_test(m, b->s->level_of.p[question], interval, 2));
        }
        if (hole && from == INT64_MAX) from = start;
        if (hole || from == INT64_MAX) continue;
        KL_PUSH(b->p->arena, &told->days, days_text(b->p, from, cell == q->cells ? q->hi : start - 1));
        from = INT64_MAX;
    }
    return gap;
}

typedef struct gap_hunt {
    bench *b;
    kl_witness *x;
    kl_found found;
} gap_hunt;

static bool take_gap(void *self, uint32_t truth) {
    gap_hunt *h = self;
    pair one = {h->b, h->b->outcome};
    h->found = kl_space_find(h->b->s, truth, NULL, 0, true, h->x, try_gap, &one);
    return h->found != KL_FOUND_NONE;
}

static kl_found find_box_gap(bench *b, kl_witness *x) {
    gap_hunt h = {b, x, KL_FOUND_NONE};
    kl_boxes frame;
    kl_boxes_init(&frame, b->s);
    if (!kl_boxes_add(&frame, b->frame, 0)) return KL_NOT_DECIDED;
    for (size_t i = 0; i < frame.owner.n; i++)
        if (kl_boxes_gap(b->boxes, kl_box_at(&frame, i), take_gap, &h)) return h.found;
    return b->boxes->full ? KL_NOT_DECIDED : KL_FOUND_NONE;
}

static void search_gap(bench *b, kl_told_gap *told, kl_witness *x) {
    pair one = {b, b->outcome};
    b->any = any_of(b->s, b->fires, b->arms->n);
    uint32_t gap = kl_space_sure(b->s, kl_dd_but(&b->s->m, b->frame, b->any), true);
    gap = find_days(b, gap, told);
    told->found = kl_space_find(b->s, gap, NULL, 0, true, x, try_gap, &one);
}

static kl_str too_many(const bench *b) {
    const char *words = b->p->diags->lang == KL_EN ? "the rows need more than %llu comparisons"
                                                   : "raderna kräver mer än %llu jämförelser";
    return kl_str_fmt(b->p->arena, words, (unsigned long long)b->s->effort * 64);
}

static void find_gap(bench *b) {
    kl_prover *p = b->p;
    kl_witness x;
    kl_told_gap *earlier = same_gap(b), told = {.arms = b->arms, .diag = SIZE_MAX, .days_diag = SIZE_MAX};
    if (b->arms->n == 0) return;
    if (earlier) {
        tell_gap(b, earlier);
        return;
    }
    if (b->boxes) {
        told.found = find_box_gap(b, &x);
    } else {
        search_gap(b, &told, &x);
    }
    if (told.found == KL_FOUND_RECORD) told.note = kl_prove_witness(p, &x);
    if (told.found == KL_NOT_DECIDED)
        told.note = b->boxes && b->boxes->full ? too_many(b) : kl_space_why(b->s, p->diags->lang);
    tell_gap(b, &told);
    KL_PUSH(p->arena, &p->gaps, told);
}
/* ------------------------------------------------------------------ the whole */
void kl_prove_outcome(kl_prover *p, uint32_t outcome) {
    const ir_outcome *o = &p->g->outcomes.p[outcome];
    bench b = {.p = p, .s = &p->space, .o = o, .outcome = outcome, .arms = &p->decisions[outcome].arms};
    kl_arms every = {0};
    for (size_t i = 0; o->many && i < p->many[outcome].n; i++)
        for (size_t k = 0; k < p->many[outcome].p[i].arms.n; k++)
            KL_PUSH(p->arena, &every, p->many[outcome].p[i].arms.p[k]);
    if (o->many) b.arms = &every;
    if (!build(&b)) {
        kl_prove_not_decided(p, o->file, o->span, o->name);
        return;
    }
    find_living(&b);
    if (o->many) return;
    b.clash = KL_LEAF_NO;
    find_boxes(&b);
    if (b.boxes)
        find_box_conflicts(&b);
    else
        find_conflicts(&b);
    if (kl_result_at(&p->endings, p->decisions[outcome].otherwise)->kind == KL_RESULT_NONE) find_gap(&b);
}
