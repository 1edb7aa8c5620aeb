/* code.c - forms to instructions: each number and each plane is computed once, after what it reads.
 * May include: compiler/emit.
 * Start at kl_register(). */
#include "compiler/emit/emit.h"

void kl_emit_instruction(kl_emit *e, kl_emit_op op, uint32_t dst, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    uint32_t words[6] = {op, dst, a, b, c, d};
    for (int i = 0; i < 6; i++) kl_put(e, KL_S_CODE, words[i]);
}

static uint32_t truth_at(const kl_emit *e, uint32_t plane) {
    return e->planes.list.p[plane].reg - 1;
}

static uint32_t at(const kl_emit *e, uint32_t number) {
    return e->registers.p[number] - 1;
}

static void truth(kl_emit *e, uint32_t plane, kl_emit_op op, uint32_t a, uint32_t b, uint32_t c) {
    e->planes.list.p[plane].reg = ++e->truths;
    kl_emit_instruction(e, op, e->truths - 1, a, b, c, 0);
}

static void number(kl_emit *e, uint32_t form, kl_emit_op op, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    e->registers.p[form] = ++e->numbers;
    kl_emit_instruction(e, op, e->numbers - 1, a, b, c, d);
}

enum { WIDE = 4096 }; /* codes from which a mask of neighbours is not worth its bytes */

/* The codes of a mask when they are neighbours. */
static bool neighbours(const uint64_t *words, uint32_t codes, uint32_t *lo, uint32_t *hi) {
    uint32_t first = codes, last = 0, count = 0;
    for (uint32_t i = 0; i < codes; i++) {
        if (!(words[i / 64] >> (i % 64) & 1)) continue;
        if (count++ == 0) first = i;
        last = i;
    }
    *lo = first;
    *hi = last;
    return count > 0 && count == last - first + 1;
}

/* The codes of a field as numbers. */
static uint32_t field_register(kl_emit *e, uint32_t field) {
    uint32_t form = kl_form_number_field(e->forms, field);
    while (e->registers.n < e->forms->nodes.n) KL_PUSH(e->arena, &e->registers, 0);
    if (e->registers.p[form] == 0) number(e, form, KL_OP_N_FIELD, field, 0, 0, 0);
    return at(e, form);
}

static void write_in_field(kl_emit *e, uint32_t plane, uint32_t field, const uint64_t *words) {
    uint32_t codes = (uint32_t)e->g->sets.p[e->g->fields.p[field].type.set].values.n, lo, hi;
    if (codes <= WIDE || !neighbours(words, codes, &lo, &hi)) {
        truth(e, plane, KL_OP_B_IN_F, field, kl_mask_row(e, words, codes), 0);
        return;
    }
    uint32_t number_of = field_register(e, field), low = kl_const_row(e, lo), high = kl_const_row(e, hi);
    truth(e, plane, KL_OP_B_RANGE, number_of, low, high);
}

static void write_range(kl_emit *e, uint32_t plane, kl_emit_op op, uint32_t of, int64_t lo, int64_t hi) {
    uint32_t low = kl_const_row(e, lo), high = kl_const_row(e, hi);
    truth(e, plane, op, of, low, high);
}

static void write_atom(kl_emit *e, uint32_t plane, uint32_t form) {
    const kl_form *n = kl_form_at(e->forms, form);
    const uint64_t *masks = e->g->mask_words.p;
    int settled = kl_form_settled(e->forms, form);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_CONST: truth(e, plane, KL_OP_B_CONST, (uint32_t)n->lo, 0, 0); break;
    case KL_FORM_FIELD: truth(e, plane, KL_OP_B_FIELD, n->x, 0, 0); break;
    case KL_FORM_KNOWN: truth(e, plane, KL_OP_B_KNOWN, n->x, 0, 0); break;
    case KL_FORM_ASSUME: truth(e, plane, KL_OP_B_ASSUME, n->x, 0, 0); break;
    case KL_FORM_IN_FIELD: write_in_field(e, plane, n->x, &masks[n->y]); break;
    case KL_FORM_HAS: truth(e, plane, KL_OP_B_HAS, n->x, n->y, 0); break;
    case KL_FORM_EMPTY: truth(e, plane, KL_OP_B_EMPTY, n->x, 0, 0); break;
    case KL_FORM_TEXT: truth(e, plane, KL_OP_B_TEXT, n->x, n->y, 0); break;
    case KL_FORM_SAME_TEXT: truth(e, plane, KL_OP_B_SAME, n->x, n->y, 0); break;
    case KL_FORM_IN: truth(e, plane, KL_OP_B_IN, at(e, n->a), kl_mask_row(e, &masks[n->y], n->x), n->x); break;
    case KL_FORM_RANGE_FIELD: write_range(e, plane, KL_OP_B_RANGE_F, n->x, n->lo, n->hi); break;
    case KL_FORM_RANGE:
        if (settled < 2)
            truth(e, plane, KL_OP_B_CONST, (uint32_t)settled, 0, 0);
        else
            write_range(e, plane, KL_OP_B_RANGE, at(e, n->a), n->lo, n->hi);
        break;
    default: truth(e, plane, KL_OP_B_CONST, 2, 0, 0); break; /* a text not at hand */
    }
}

/* One instruction for all that a plane says of one field or number. */
static void write_narrow(kl_emit *e, uint32_t plane) {
    uint32_t question;
    int64_t lo, hi;
    if (kl_plane_range(e, plane, &question, &lo, &hi)) {
        const kl_question *q = &e->planes.asked.list.p[question];
        bool field = q->kind == KL_Q_NUMBER;
        write_range(e, plane, field ? KL_OP_B_RANGE_F : KL_OP_B_RANGE, field ? q->source : at(e, q->source), lo, hi);
        return;
    }
    const uint64_t *words = kl_plane_codes(e, plane, &question);
    const kl_question *q = &e->planes.asked.list.p[question];
    if (q->kind == KL_Q_VALUES)
        write_in_field(e, plane, q->source, words);
    else
        truth(e, plane, KL_OP_B_IN, at(e, q->source), kl_mask_row(e, words, q->codes), q->codes);
}

static void write_truth(kl_emit *e, uint32_t plane, kl_way w) {
    switch (w.kind) {
    case KL_WAY_CONST: truth(e, plane, KL_OP_B_CONST, w.a, 0, 0); break;
    case KL_WAY_ATOM: write_atom(e, plane, w.a); break;
    case KL_WAY_NOT: truth(e, plane, KL_OP_B_NOT, truth_at(e, w.a), 0, 0); break;
    case KL_WAY_AND: truth(e, plane, KL_OP_B_AND, truth_at(e, w.a), truth_at(e, w.b), 0); break;
    case KL_WAY_OR: truth(e, plane, KL_OP_B_OR, truth_at(e, w.a), truth_at(e, w.b), 0); break;
    case KL_WAY_NARROW: write_narrow(e, plane); break;
    }
}

static void write_number(kl_emit *e, uint32_t form, const kl_form *n) {
    static const kl_emit_op plain[] = {
        [KL_FORM_ADD] = KL_OP_N_ADD,       [KL_FORM_SUB] = KL_OP_N_SUB,         [KL_FORM_MUL] = KL_OP_N_MUL,
        [KL_FORM_MIN] = KL_OP_N_MIN,       [KL_FORM_MAX] = KL_OP_N_MAX,         [KL_FORM_YEARS] = KL_OP_N_YEARS,
        [KL_FORM_MONTHS] = KL_OP_N_MONTHS, [KL_FORM_COMPARE] = KL_OP_N_COMPARE,
    };
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_NUMBER: number(e, form, KL_OP_N_CONST, kl_const_row(e, n->lo), 0, 0, 0); break;
    case KL_FORM_NUMBER_FIELD: number(e, form, KL_OP_N_FIELD, n->x, 0, 0, 0); break;
    case KL_FORM_NUMBER_ASSUME: number(e, form, KL_OP_N_ASSUME, n->x, 0, 0, 0); break;
    case KL_FORM_FEED: number(e, form, KL_OP_N_FEED, e->first_slot[n->x], 0, 0, 0); break;
    case KL_FORM_DIV: number(e, form, KL_OP_N_DIV, at(e, n->a), at(e, n->b), kl_const_row(e, n->lo), n->round); break;
    case KL_FORM_ROUND: number(e, form, KL_OP_N_ROUND, at(e, n->a), kl_const_row(e, n->lo), n->round, 0); break;
    case KL_FORM_RESCALE: number(e, form, KL_OP_N_RESCALE, at(e, n->a), kl_const_row(e, n->lo), n->round, 0); break;
    case KL_FORM_NEG: number(e, form, KL_OP_N_NEG, at(e, n->a), 0, 0, 0); break;
    case KL_FORM_LESS_ASSUME: number(e, form, KL_OP_N_LT_A, at(e, n->a), n->x, 0, 0); break;
    case KL_FORM_MOST_ASSUME: number(e, form, KL_OP_N_LE_A, at(e, n->a), n->x, 0, 0); break;
    default: number(e, form, plain[n->kind], at(e, n->a), at(e, n->b), 0, 0); break;
    }
}

/* ------------------------------------------------------------------ what is read comes first */
static void want_truth(kl_emit *e, uint32_t plane) {
    if (e->planes.list.p[plane].reg == 0) KL_PUSH(e->arena, &e->jobs, ((kl_job){.truth = true, .index = plane}));
}

static void want_number(kl_emit *e, uint32_t form) {
    while (e->registers.n < e->forms->nodes.n) KL_PUSH(e->arena, &e->registers, 0);
    if (form != KL_NO_FORM && e->registers.p[form] == 0)
        KL_PUSH(e->arena, &e->jobs, ((kl_job){.index = form, .way = {KL_WAY_ATOM, form, 0, 0}}));
}

/* Put on the stack last, what an instruction reads first is written first. */
static void want_read(kl_emit *e, const kl_job *job) {
    kl_way w = job->way;
    const kl_form n = w.kind == KL_WAY_ATOM ? *kl_form_at(e->forms, w.a) : (kl_form){0};
    switch (w.kind) {
    case KL_WAY_CONST: break;
    case KL_WAY_OR:
    case KL_WAY_AND:
        want_truth(e, w.b);
        want_truth(e, w.a);
        break;
    case KL_WAY_NOT: want_truth(e, w.a); break;
    case KL_WAY_NARROW:
        if (kl_question_tagged(&e->planes.asked.list.p[w.a])) want_number(e, e->planes.asked.list.p[w.a].source);
        break;
    case KL_WAY_ATOM:
        if (!kl_form_is_truth(&n) || n.kind == KL_FORM_RANGE || n.kind == KL_FORM_IN) {
            if (!kl_form_is_truth(&n)) want_number(e, n.b);
            if (kl_form_settled(e->forms, w.a) == 2) want_number(e, n.a);
        }
    }
}

static bool is_written(const kl_emit *e, const kl_job *job) {
    return job->truth ? e->planes.list.p[job->index].reg != 0 : e->registers.p[job->index] != 0;
}

static void write_job(kl_emit *e, const kl_job *job) {
    if (job->truth) {
        write_truth(e, job->index, job->way);
    } else {
        const kl_form n = *kl_form_at(e->forms, job->index); /* a copy: the pool may move */
        write_number(e, job->index, &n);
    }
}

uint32_t kl_register(kl_emit *e, uint32_t form) {
    bool is_truth = kl_form_is_truth(kl_form_at(e->forms, form));
    uint32_t plane = is_truth ? kl_plane_of(e, form) : 0;
    e->jobs.n = 0;
    if (is_truth)
        want_truth(e, plane);
    else
        want_number(e, form);
    while (e->jobs.n) {
        kl_job *top = &e->jobs.p[e->jobs.n - 1], job = *top;
        if (job.ready || is_written(e, &job)) {
            e->jobs.n--;
            if (!is_written(e, &job)) write_job(e, &job);
        } else {
            top->ready = true; /* the way is chosen when all that was wanted before is there */
            if (job.truth) job.way = top->way = kl_plane_way(e, job.index);
            want_read(e, &job);
        }
    }
    return is_truth ? truth_at(e, plane) : at(e, form);
}
