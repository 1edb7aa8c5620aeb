/* code.c - forms to instructions: each form is computed once, after what it reads.
 * May include: compiler/emit.
 * Start at kl_register(). */
#include "compiler/emit/emit.h"

#include <stdlib.h>

void kl_emit_instruction(kl_emit *e, kl_emit_op op, uint32_t dst, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    uint32_t words[6] = {op, dst, a, b, c, d};
    for (int i = 0; i < 6; i++) kl_put(e, KL_S_CODE, words[i]);
}

static uint32_t at(const kl_emit *e, uint32_t form) {
    return e->registers.p[form] - 1;
}

static void truth(kl_emit *e, uint32_t form, kl_emit_op op, uint32_t a, uint32_t b, uint32_t c) {
    e->registers.p[form] = ++e->truths;
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

static void write_in_field(kl_emit *e, uint32_t form, uint32_t field, uint32_t mask) {
    uint32_t codes = (uint32_t)e->g->sets.p[e->g->fields.p[field].type.set].values.n, lo, hi;
    if (codes <= WIDE || !neighbours(&e->g->mask_words.p[mask], codes, &lo, &hi)) {
        truth(e, form, KL_OP_B_IN_F, field, kl_mask_row(e, mask, codes), 0);
        return;
    }
    uint32_t number_of = field_register(e, field), low = kl_const_row(e, lo), high = kl_const_row(e, hi);
    truth(e, form, KL_OP_B_RANGE, number_of, low, high);
}

static void write_truth(kl_emit *e, uint32_t form, const kl_form *n) {
    uint32_t lo, hi;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_CONST: truth(e, form, KL_OP_B_CONST, (uint32_t)n->lo, 0, 0); break;
    case KL_FORM_NOT: truth(e, form, KL_OP_B_NOT, at(e, n->a), 0, 0); break;
    case KL_FORM_AND: truth(e, form, KL_OP_B_AND, at(e, n->a), at(e, n->b), 0); break;
    case KL_FORM_OR: truth(e, form, KL_OP_B_OR, at(e, n->a), at(e, n->b), 0); break;
    case KL_FORM_FIELD: truth(e, form, KL_OP_B_FIELD, n->x, 0, 0); break;
    case KL_FORM_KNOWN: truth(e, form, KL_OP_B_KNOWN, n->x, 0, 0); break;
    case KL_FORM_ASSUME: truth(e, form, KL_OP_B_ASSUME, n->x, 0, 0); break;
    case KL_FORM_IN_FIELD: write_in_field(e, form, n->x, n->y); break;
    case KL_FORM_HAS: truth(e, form, KL_OP_B_HAS, n->x, n->y, 0); break;
    case KL_FORM_EMPTY: truth(e, form, KL_OP_B_EMPTY, n->x, 0, 0); break;
    case KL_FORM_TEXT: truth(e, form, KL_OP_B_TEXT, n->x, n->y, 0); break;
    case KL_FORM_SAME_TEXT: truth(e, form, KL_OP_B_SAME, n->x, n->y, 0); break;
    case KL_FORM_IN: truth(e, form, KL_OP_B_IN, at(e, n->a), kl_mask_row(e, n->y, n->x), n->x); break;
    case KL_FORM_RANGE_FIELD:
    case KL_FORM_RANGE:
        if (kl_form_settled(e->forms, form) < 2) {
            truth(e, form, KL_OP_B_CONST, (uint32_t)kl_form_settled(e->forms, form), 0, 0);
            break;
        }
        lo = kl_const_row(e, n->lo);
        hi = kl_const_row(e, n->hi);
        if (n->kind == KL_FORM_RANGE)
            truth(e, form, KL_OP_B_RANGE, at(e, n->a), lo, hi);
        else
            truth(e, form, KL_OP_B_RANGE_F, n->x, lo, hi);
        break;
    default: truth(e, form, KL_OP_B_CONST, 2, 0, 0); break; /* a text not at hand */
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
    case KL_FORM_SELECT: number(e, form, KL_OP_N_SELECT, at(e, n->a), at(e, n->b), at(e, n->c), 0); break;
    case KL_FORM_LESS_ASSUME: number(e, form, KL_OP_N_LT_A, at(e, n->a), n->x, 0, 0); break;
    case KL_FORM_MOST_ASSUME: number(e, form, KL_OP_N_LE_A, at(e, n->a), n->x, 0, 0); break;
    default: number(e, form, plain[n->kind], at(e, n->a), at(e, n->b), 0, 0); break;
    }
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

uint32_t kl_register(kl_emit *e, uint32_t form) {
    const uint32_t waits = UINT32_MAX;
    while (e->registers.n < e->forms->nodes.n) KL_PUSH(e->arena, &e->registers, 0);
    if (e->registers.p[form]) return at(e, form);
    e->wanted.n = e->stack.n = 0;
    KL_PUSH(e->arena, &e->stack, form);
    while (e->stack.n) { /* all that it reads and that is not yet there; what is read has a lower index */
        uint32_t i = e->stack.p[--e->stack.n];
        if (i == KL_NO_FORM || e->registers.p[i]) continue;
        e->registers.p[i] = waits;
        KL_PUSH(e->arena, &e->wanted, i);
        const kl_form *n = kl_form_at(e->forms, i);
        KL_PUSH(e->arena, &e->stack, n->a);
        KL_PUSH(e->arena, &e->stack, n->b);
        KL_PUSH(e->arena, &e->stack, n->c);
    }
    if (e->wanted.n) qsort(e->wanted.p, e->wanted.n, sizeof *e->wanted.p, ascending);
    for (size_t i = 0; i < e->wanted.n; i++) {
        const kl_form n = *kl_form_at(e->forms, e->wanted.p[i]); /* a copy: the pool may move */
        if (e->registers.p[e->wanted.p[i]] != waits) continue;
        if (kl_form_is_truth(&n))
            write_truth(e, e->wanted.p[i], &n);
        else
            write_number(e, e->wanted.p[i], &n);
    }
    return at(e, form);
}
