/* truth.c - truths of a batch: tests of fields and number registers, and the instructions that run as they stand.
 * May include: program.h of this room. A truth is two planes, where it is surely yes and where it is surely no, 64 records to a word.
 * Start at kl_run_test(). What each instruction does is said in opcodes.def. */
#include "runtime/program.h"

kl_truth kl_truth_at(const kl_workspace *w, uint32_t b, uint32_t row) {
    const uint64_t *word = w->planes + row / 64;
    uint32_t literal = w->literals[b], other = literal ^ 1, bit = row % 64;
    uint64_t yes = word[(size_t)literal * w->words] >> bit & 1, no = word[(size_t)other * w->words] >> bit & 1;
    return (kl_truth)(KL_UNKNOWN - yes - 2 * no);
}

/* ------------------------------------------------------------------ tests */
static bool in_mask(const kl_program *p, const kl_test *t, uint64_t code) {
    return code < t->values && (kl_mask(p, t->first + (uint32_t)(code / 64)) >> (code % 64) & 1);
}

bool kl_test_default(const kl_program *p, const kl_test *t, const kl_held *held) {
    uint64_t n = (uint64_t)held->number;
    switch (t->op) {
    case KL_OP_B_FIELD: return n != 0;
    case KL_OP_B_RANGE_F:
    case KL_OP_B_RANGE: return t->bits && n - t->from <= t->span;
    case KL_OP_B_IN_F:
    case KL_OP_B_IN: return t->values ? in_mask(p, t, n) : n < KL_SLICED_MOST && t->bits >> n & 1;
    case KL_OP_B_TEXT: return kl_same_string(held->text, kl_text(p, t->first));
    case KL_OP_B_EMPTY: return (n & t->bits) == 0;
    default: return (n & t->bits) != 0;
    }
}

/* Where records hold what is asked for. */
KL_APART void one_by_one(const kl_workspace *w, const kl_test *t, const uint64_t *known, uint64_t *to) {
    memset(to, 0, w->words * sizeof *to);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_held held;
        if (kl_bit(known, row) && kl_field(w, t->source, row, &held))
            to[row / 64] |= (uint64_t)kl_test_default(w->program, t, &held) << (row % 64);
    }
}

/* Of a number register: none is no; what is no value otherwise is unknown. */
KL_APART void test_number(kl_workspace *w, const kl_test *t) {
    const int64_t *n = kl_numbers(w, t->source);
    const uint8_t *tag = kl_tags(w, t->source);
    uint64_t *yes = kl_plane(w, t->to), *no = yes + w->words;
    memset(yes, 0, 2 * w->words * sizeof *yes);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_held held = {n[row], {NULL, 0}};
        uint64_t bit = UINT64_C(1) << (row % 64);
        if (tag[row] == KL_TAG_VALUE)
            *(kl_test_default(w->program, t, &held) ? &yes[row / 64] : &no[row / 64]) |= bit;
        else if (tag[row] == KL_TAG_NONE)
            no[row / 64] |= bit;
    }
}

void kl_run_test(kl_workspace *w, const kl_test *t) {
    if (t->op == KL_OP_B_RANGE || t->op == KL_OP_B_IN) {
        test_number(w, t);
        return;
    }
    const kl_column *c = &w->columns[t->source];
    const uint64_t *none = kl_plane(w, KL_PLANE_NONE), *known = c->known ? c->known : none;
    uint64_t *yes = kl_plane(w, t->to);
    const uint64_t *bits = yes;
    if (t->op == KL_OP_B_KNOWN) {
        bits = known;
        known = kl_plane(w, KL_PLANE_ALL);
    } else if (known == none || !t->bits) {
        bits = none;
    } else if (t->op == KL_OP_B_FIELD) {
        bits = c->as.bits;
    } else if (t->op == KL_OP_B_RANGE_F) {
        w->run.range(yes, c->as.numbers, w->rows, t->from, t->span);
    } else if (t->op == KL_OP_B_IN_F && !t->values) {
        const kl_field_plan *f = &w->fields[t->source];
        w->run.codes(yes, kl_plane(w, f->slices), kl_width((uint32_t)f->span), t->bits, w->words);
    } else {
        one_by_one(w, t, known, yes);
    }
    w->run.spread(yes, bits, known, t->yes, t->no, w->words);
}

/* ------------------------------------------------------------------ as they stand */
void kl_run_truth(kl_workspace *w, const uint8_t *i) {
    uint32_t a = kl_at(i, KL_I_A);
    uint64_t *yes = kl_plane(w, w->literals[kl_at(i, KL_I_TO)]), *no = yes + w->words;
    memset(yes, 0, 2 * w->words * sizeof *yes);
    if (kl_at(i, KL_I_OP) == KL_OP_B_ASSUME) {
        if (w->assumed[a].known) memset(w->assumed[a].value ? yes : no, 0xFF, w->words * sizeof *yes);
        return;
    }
    for (uint32_t row = 0; row < w->rows; row++) { /* B_SAME */
        kl_held one, other;
        if (!kl_field(w, a, row, &one) || !kl_field(w, kl_at(i, KL_I_B), row, &other)) continue;
        (kl_same_string(one.text, other.text) ? yes : no)[row / 64] |= UINT64_C(1) << (row % 64);
    }
}
