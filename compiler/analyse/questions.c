/* questions.c - atoms to questions: one for each field, code of a set, text, derived expression, assumption and absent edition.
 * May include: compiler/analyse/questions.
 * Start at kl_ask_done(): sorting, cutting, and for each atom the answers for which it holds. */
#include "compiler/analyse/questions.h"

#include <stdlib.h>
#include <string.h>

void kl_ask_init(kl_asked *q, kl_forms *f) {
    memset(q, 0, sizeof *q);
    q->forms = f;
}

void kl_ask_start(kl_asked *q) {
    size_t n = q->forms->nodes.n;
    if (n > q->form_room) {
        q->form_room = n * 2;
        q->atom_of = kl_alloc_array(q->forms->arena, q->form_room, sizeof *q->atom_of);
        q->atom_stamp = kl_alloc_array(q->forms->arena, q->form_room, sizeof *q->atom_stamp);
    }
    q->stamp++;
    q->list.n = q->atoms.n = q->reached.n = q->intervals.n = 0;
}

bool kl_is_asked(const kl_asked *q, uint32_t form) {
    return form < q->form_room && q->atom_stamp[form] == q->stamp;
}

const kl_atom *kl_atom_of(const kl_asked *q, uint32_t form) {
    return &q->atoms.p[q->atom_of[form]];
}

/* ------------------------------------------------------------------ meeting atoms */
void kl_ask(kl_asked *q, uint32_t form) {
    if (form == KL_NO_FORM) return;
    q->stack.n = 0;
    KL_PUSH(q->forms->arena, &q->stack, form);
    while (q->stack.n) {
        form = q->stack.p[--q->stack.n];
        if (q->atom_stamp[form] == q->stamp) continue;
        q->atom_stamp[form] = q->stamp;
        KL_PUSH(q->forms->arena, &q->reached, form);
        const kl_form *n = kl_form_at(q->forms, form);
        if (kl_form_is_atom(n)) continue;
        if (n->a != KL_NO_FORM) KL_PUSH(q->forms->arena, &q->stack, n->a);
        if (n->b != KL_NO_FORM) KL_PUSH(q->forms->arena, &q->stack, n->b);
    }
}

static kl_question blank(kl_question_kind kind, uint32_t source) {
    return (kl_question){.kind = kind, .source = source, .cells = 2, .place = UINT64_MAX};
}

void kl_ask_same(kl_asked *q, uint32_t a, uint32_t b, uint8_t states) {
    kl_question s = blank(KL_Q_SAME, a);
    s.other = b;
    s.states = states;
    KL_PUSH(q->forms->arena, &q->list, s);
}

uint32_t kl_asked_same(const kl_asked *q, uint32_t a, uint32_t b) {
    for (size_t i = 0; i < q->list.n; i++)
        if (q->list.p[i].kind == KL_Q_SAME && q->list.p[i].source == a && q->list.p[i].other == b) return (uint32_t)i;
    return KL_NO_FORM;
}

/* ------------------------------------------------------------------ which question an atom asks */
static kl_question question_of(kl_asked *q, uint32_t form) {
    kl_forms *f = q->forms;
    const kl_form *n = kl_form_at(f, form);
    kl_question s;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_RANGE_FIELD:
        s = blank(KL_Q_NUMBER, n->x);
        kl_field_domain(f, n->x, &s.lo, &s.hi);
        return s;
    case KL_FORM_IN_FIELD:
        s = blank(KL_Q_VALUES, n->x);
        s.codes = (uint32_t)f->g->sets.p[f->g->fields.p[n->x].type.set].values.n;
        return s;
    case KL_FORM_TEXT: return blank(KL_Q_TEXT, n->x);
    case KL_FORM_EDITION: return blank(KL_Q_EDITION, n->x);
    case KL_FORM_RANGE:
    case KL_FORM_IN: {
        uint32_t number = n->a;
        s = blank(n->kind == KL_FORM_IN ? KL_Q_CODES : KL_Q_DERIVED, number);
        if (n->kind == KL_FORM_IN) s.codes = n->x;
        kl_form_domain(f, number, &s.lo, &s.hi);
        if (q->planes) return s;
        kl_span64 span = kl_form_span(f, number);
        s.states = span.states;
        s.may_be_none = span.may_be_none;
        return s;
    }
    default: return blank(KL_Q_TRUTH, form);
    }
}

typedef struct met { /* an atom and what sorts it under its question */
    kl_question_kind kind;
    uint32_t source, form;
    uint64_t place;
} met;

static int by_question(const void *a, const void *b) {
    const met *x = a, *y = b;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    return x->form < y->form ? -1 : x->form > y->form;
}

static int by_place(const void *a, const void *b) {
    const kl_question *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void gather(kl_asked *q) {
    kl_arena *arena = q->forms->arena;
    met *all = kl_alloc_array(arena, q->reached.n + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < q->reached.n; i++) {
        uint32_t form = q->reached.p[i];
        if (!kl_form_is_atom(kl_form_at(q->forms, form))) continue;
        kl_question s = question_of(q, form);
        all[n++] = (met){s.kind, s.source, form, kl_form_at(q->forms, form)->place};
    }
    qsort(all, n, sizeof *all, by_question);
    kl_question *s = NULL;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || all[i].kind != all[i - 1].kind || all[i].source != all[i - 1].source) {
            KL_PUSH(arena, &q->list, question_of(q, all[i].form));
            s = &q->list.p[q->list.n - 1];
        }
        if (all[i].place < s->place) s->place = all[i].place;
        KL_PUSH(arena, &s->atoms, all[i].form);
    }
    if (q->list.n) qsort(q->list.p, q->list.n, sizeof *q->list.p, by_place);
}

/* ------------------------------------------------------------------ cutting */
static void add_cut(kl_asked *q, kl_question *s, int64_t at) {
    if (at > s->lo && at <= s->hi) KL_PUSH(q->forms->arena, &s->cuts, at);
}

/* A value's cell is the number of cuts up to it. */
static uint32_t cell_of_value(const kl_question *s, int64_t v) {
    size_t lo = 0, hi = s->cuts.n;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        if (s->cuts.p[middle] <= v)
            lo = middle + 1;
        else
            hi = middle;
    }
    return (uint32_t)lo;
}

static void cut_numbers(kl_asked *q, kl_question *s) {
    for (size_t i = 0; i < s->atoms.n; i++) {
        const kl_form *n = kl_form_at(q->forms, s->atoms.p[i]);
        if (n->lo > n->hi) continue;
        add_cut(q, s, n->lo);
        if (n->hi < INT64_MAX) add_cut(q, s, n->hi + 1);
    }
    if (s->cuts.n) qsort(s->cuts.p, s->cuts.n, sizeof *s->cuts.p, by_value);
    size_t n = 0;
    for (size_t i = 0; i < s->cuts.n; i++)
        if (i == 0 || s->cuts.p[i] != s->cuts.p[n - 1]) s->cuts.p[n++] = s->cuts.p[i];
    s->cuts.n = n;
    s->cells = (uint32_t)n + 1;
}

static void cut_texts(kl_asked *q, kl_question *s) {
    for (size_t i = 0; i < s->atoms.n; i++) KL_PUSH(q->forms->arena, &s->texts, kl_form_at(q->forms, s->atoms.p[i])->y);
    qsort(s->texts.p, s->texts.n, sizeof *s->texts.p, by_number); /* one atom for each text: all different */
    s->cells = (uint32_t)s->texts.n + 1;
}

#define EACH_CODE(words, codes, code)                                                                                  \
    for (uint32_t code##_word = 0, code; code##_word < ((codes) + 63) / 64; code##_word++)                             \
        for (uint64_t code##_bits = (words)[code##_word];                                                              \
             code##_bits && (code = code##_word * 64 + (uint32_t)__builtin_ctzll(code##_bits), code < (codes));        \
             code##_bits &= code##_bits - 1)

/* Partition refinement: two codes stay in one cell while every mask has both or neither. */
static void cut_codes(kl_asked *q, kl_question *s) {
    kl_arena *arena = q->forms->arena;
    const uint64_t *masks = q->forms->g->mask_words.p;
    uint32_t *size = kl_alloc_array(arena, s->codes + 1, sizeof *size),
             *hit = kl_alloc_array(arena, s->codes + 1, sizeof *hit);
    uint32_t *split = kl_alloc_array(arena, s->codes + 1, sizeof *split), cells = 1;
    kl_index_list touched = {0};
    s->cell_of = kl_alloc_array(arena, s->codes + 1, sizeof *s->cell_of);
    size[0] = s->codes;
    for (size_t i = 0; i < s->atoms.n; i++) {
        const uint64_t *words = &masks[kl_form_at(q->forms, s->atoms.p[i])->y];
        touched.n = 0;
        EACH_CODE(words, s->codes, code) {
            uint32_t cell = s->cell_of[code];
            if (hit[cell]++ == 0) KL_PUSH(arena, &touched, cell);
        }
        for (size_t k = 0; k < touched.n; k++) {
            uint32_t cell = touched.p[k];
            split[cell] = hit[cell] == size[cell] ? cell : cells;
            if (split[cell] != cell) {
                size[cells++] = hit[cell];
                size[cell] -= hit[cell];
            }
            hit[cell] = 0;
        }
        EACH_CODE(words, s->codes, code) s->cell_of[code] = split[s->cell_of[code]];
    }
    uint32_t *number = split, next = 0; /* cells in the order of their first code */
    memset(number, 0, (s->codes + 1) * sizeof *number);
    for (uint32_t code = 0; code < s->codes; code++) {
        uint32_t *c = &number[s->cell_of[code]];
        if (*c == 0) *c = ++next;
        s->cell_of[code] = *c - 1;
    }
    s->cells = next ? next : 1;
}

/* ------------------------------------------------------------------ the answers for which an atom holds */
static void interval(kl_asked *q, uint32_t from, uint32_t to) {
    KL_PUSH(q->forms->arena, &q->intervals, from);
    KL_PUSH(q->forms->arena, &q->intervals, to);
}

static void answer_range(kl_asked *q, const kl_question *s, int64_t lo, int64_t hi) {
    if (lo < s->lo) lo = s->lo;
    if (hi > s->hi) hi = s->hi;
    if (lo <= hi) interval(q, cell_of_value(s, lo), cell_of_value(s, hi) + 1);
}

static void answer_mask(kl_asked *q, const kl_question *s, const uint64_t *words) {
    kl_index_list cells = {0};
    EACH_CODE(words, s->codes, code) KL_PUSH(q->forms->arena, &cells, s->cell_of[code]);
    if (cells.n == 0) return;
    qsort(cells.p, cells.n, sizeof *cells.p, by_number);
    uint32_t from = cells.p[0], to = from + 1;
    for (size_t i = 1; i < cells.n; i++) {
        if (cells.p[i] > to) {
            interval(q, from, to);
            from = cells.p[i];
        }
        to = cells.p[i] + 1;
    }
    interval(q, from, to);
}

static void answer(kl_asked *q, uint32_t question, uint32_t form) {
    const kl_question *s = &q->list.p[question];
    const kl_form *n = kl_form_at(q->forms, form);
    kl_atom a = {question, (uint32_t)q->intervals.n, 0};
    uint32_t text = 0;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_RANGE_FIELD:
    case KL_FORM_RANGE: answer_range(q, s, n->lo, n->hi); break;
    case KL_FORM_IN_FIELD:
    case KL_FORM_IN: answer_mask(q, s, &q->forms->g->mask_words.p[n->y]); break;
    case KL_FORM_TEXT:
        while (s->texts.p[text] != n->y) text++;
        interval(q, text, text + 1);
        break;
    default: interval(q, 1, 2); break;
    }
    a.count = (uint32_t)q->intervals.n - a.first;
    q->atom_of[form] = (uint32_t)q->atoms.n;
    KL_PUSH(q->forms->arena, &q->atoms, a);
}

/* How much of the answers an atom leaves out, in thousandths; summed over the atoms it says how much a question narrows. */
static uint64_t leaves_out(const kl_asked *q, const kl_question *s, const kl_atom *a) {
    uint64_t in = 0;
    for (uint32_t i = 0; i < a->count; i += 2) in += q->intervals.p[a->first + i + 1] - q->intervals.p[a->first + i];
    return (s->cells - in) * 1000 / s->cells;
}

void kl_ask_done(kl_asked *q) {
    if (q->reached.n) qsort(q->reached.p, q->reached.n, sizeof *q->reached.p, by_number);
    gather(q);
    for (size_t i = 0; i < q->list.n; i++) {
        kl_question *s = &q->list.p[i];
        if (s->kind == KL_Q_NUMBER || s->kind == KL_Q_DERIVED) cut_numbers(q, s);
        if (s->kind == KL_Q_TEXT) cut_texts(q, s);
        if (s->kind == KL_Q_VALUES || s->kind == KL_Q_CODES) cut_codes(q, s);
        for (size_t k = 0; k < s->atoms.n; k++) {
            answer(q, (uint32_t)i, s->atoms.p[k]);
            s->selectivity += leaves_out(q, s, kl_atom_of(q, s->atoms.p[k]));
        }
    }
}
