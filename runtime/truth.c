/* truth.c - the instructions that write truth registers: two bit-planes, 64 records to a word.
 * May include: program.h of this room. What each does is said in opcodes.def; value bits are 0 where a truth is unknown.
 * Start at kl_run_truth(). */
#include "runtime/program.h"

kl_truth kl_truth_at(const kl_workspace *w, uint32_t b, uint32_t row) {
    const uint64_t *known = kl_known(w, b) + row / 64;
    uint32_t bit = row % 64;
    return !(known[0] >> bit & 1) ? KL_UNKNOWN : known[w->words] >> bit & 1 ? KL_YES : KL_NO;
}

KL_APART void fill(kl_workspace *w, uint32_t to, bool known, bool value) {
    uint64_t *k = kl_known(w, to), *v = kl_value(w, to);
    for (uint32_t i = 0; i < w->words; i++) {
        k[i] = known ? ~UINT64_C(0) : 0;
        v[i] = known && value ? ~UINT64_C(0) : 0;
    }
}

/* not, and, or of `n` words. */
KL_INLINE void combine_words(uint32_t op, const uint64_t *a, const uint64_t *b, uint64_t *restrict to, uint32_t n) {
    const uint64_t *av = a + n, *bv = b + n;
    uint64_t *restrict v = to + n;
    if (op == KL_OP_B_NOT) {
        for (uint32_t x = 0; x < n; x++) {
            to[x] = a[x];
            v[x] = a[x] & ~av[x];
        }
    } else if (op == KL_OP_B_AND) {
        for (uint32_t x = 0; x < n; x++) {
            to[x] = (a[x] & (b[x] | ~av[x])) | (b[x] & ~bv[x]);
            v[x] = av[x] & bv[x];
        }
    } else {
        for (uint32_t x = 0; x < n; x++) {
            to[x] = (a[x] & b[x]) | av[x] | bv[x];
            v[x] = av[x] | bv[x];
        }
    }
}

/* A full batch and a single record are known lengths: the first is vectorised, the second has no loop. */
static void combine(kl_workspace *w, const uint8_t *i, uint32_t op) {
    const uint64_t *a = kl_known(w, kl_at(i, KL_I_A)), *b = kl_known(w, kl_at(i, KL_I_B));
    uint64_t *to = kl_known(w, kl_at(i, KL_I_TO));
    if (w->words == 1)
        combine_words(op, a, b, to, 1);
    else if (w->words == KL_WORDS)
        combine_words(op, a, b, to, KL_WORDS);
    else
        combine_words(op, a, b, to, w->words);
}

/* ------------------------------------------------------------------ fields */
typedef struct test { /* what is asked of each value of a field */
    uint32_t op;
    uint64_t from, span; /* a range, as one comparison without a sign */
    uint64_t bits;       /* codes: a mask of at most 64; sets: the codes that count; a range: 0 when it is empty */
    uint32_t mask, values;
    kl_string text;
} test;

static bool in_mask(const kl_program *p, uint32_t mask, uint32_t values, uint64_t code) {
    return code < values && (kl_mask(p, mask + (uint32_t)(code / 64)) >> (code % 64) & 1);
}

static void test_of(const kl_program *p, const uint8_t *i, test *t) {
    memset(t, 0, sizeof *t);
    t->op = kl_at(i, KL_I_OP);
    switch (t->op) {
    case KL_OP_B_RANGE_F:
    case KL_OP_B_RANGE: {
        int64_t low = kl_const(p, kl_at(i, KL_I_B)), high = kl_const(p, kl_at(i, KL_I_C));
        t->from = low <= high ? (uint64_t)low : 0;
        t->span = (uint64_t)high - t->from;
        t->bits = low <= high;
        break;
    }
    case KL_OP_B_IN:
        t->mask = kl_at(i, KL_I_B);
        t->values = kl_at(i, KL_I_C);
        t->bits = 1;
        break;
    case KL_OP_B_IN_F:
        t->mask = kl_at(i, KL_I_B);
        t->values = kl_values_in(p, kl_f(p, kl_at(i, KL_I_A), KL_F_SET));
        t->bits = kl_mask(p, kl_at(i, KL_I_B));
        break;
    case KL_OP_B_HAS: t->bits = UINT64_C(1) << kl_at(i, KL_I_B); break;
    case KL_OP_B_EMPTY: t->bits = ~UINT64_C(0); break;
    case KL_OP_B_TEXT: t->text = kl_text(p, kl_at(i, KL_I_B)); break;
    default: break;
    }
}

/* One word of answers, for `rows` records from `row` on of a column; what is said of records that are not `known` means nothing. */
static uint64_t word_of(const kl_program *p, const test *t, const kl_column *c, uint32_t row, uint32_t rows,
                        uint64_t known) {
    uint64_t bits = 0;
    switch (t->op) {
    case KL_OP_B_FIELD: return c->as.bits[row / 64];
    case KL_OP_B_RANGE_F: {
        const int64_t *n = c->as.numbers + row;
        for (uint32_t x = 0; x < rows; x++) bits |= (uint64_t)((uint64_t)n[x] - t->from <= t->span) << x;
        return t->bits ? bits : 0;
    }
    case KL_OP_B_IN_F: {
        const uint16_t *code = c->as.codes + row;
        if (t->values <= 64)
            for (uint32_t x = 0; x < rows; x++) bits |= (t->bits >> (code[x] & 63) & 1) << x;
        else
            for (uint32_t x = 0; x < rows; x++) bits |= (uint64_t)in_mask(p, t->mask, t->values, code[x]) << x;
        return bits;
    }
    case KL_OP_B_TEXT:
        for (uint64_t left = known; left; left &= left - 1) {
            uint32_t x = kl_ones(left);
            bits |= (uint64_t)kl_same_string(c->as.texts[row + x], t->text) << x;
        }
        return bits;
    default: { /* sets */
        const uint64_t *sets = c->as.sets + row;
        for (uint32_t x = 0; x < rows; x++) bits |= (uint64_t)((sets[x] & t->bits) != 0) << x;
        return t->op == KL_OP_B_EMPTY ? ~bits : bits;
    }
    }
}

KL_APART void from_field(kl_workspace *w, const uint8_t *i) {
    const kl_program *p = w->program;
    uint32_t field = kl_at(i, KL_I_A);
    uint64_t *k = kl_known(w, kl_at(i, KL_I_TO)), *v = k + w->words;
    test t;
    kl_held held;
    bool has = kl_default(p, field, &held), by_default = false;
    test_of(p, i, &t);
    if (has) { /* asked of a column of one record that holds the default */
        uint64_t bits = (uint64_t)held.number;
        uint16_t code = (uint16_t)held.number;
        kl_column c = {&bits, {.bits = &bits}};
        if (t.op == KL_OP_B_RANGE_F) c.as.numbers = &held.number;
        if (t.op == KL_OP_B_IN_F) c.as.codes = &code;
        if (t.op == KL_OP_B_TEXT) c.as.texts = &held.text;
        by_default = word_of(p, &t, &c, 0, 1, 1) & 1;
    }
    for (uint32_t x = 0; x < w->words; x++) {
        uint64_t received = kl_received(w, field, x), known = received & kl_rows_mask(w, x), bits = 0;
        if (known) bits = word_of(p, &t, &w->columns[field], x * 64, kl_rows_of_word(w, x), known);
        k[x] = has ? ~UINT64_C(0) : received;
        v[x] = (bits & received) | (by_default ? ~received : 0);
    }
}

/* Whether fields were received, and whether two texts are the same. */
KL_APART void from_fields(kl_workspace *w, const uint8_t *i) {
    uint32_t one = kl_at(i, KL_I_A), other = kl_at(i, KL_I_B);
    uint64_t *k = kl_known(w, kl_at(i, KL_I_TO)), *v = k + w->words;
    for (uint32_t x = 0; x < w->words; x++) {
        k[x] = ~UINT64_C(0);
        v[x] = kl_received(w, one, x);
        if (kl_at(i, KL_I_OP) == KL_OP_B_KNOWN) continue;
        k[x] = v[x] = 0;
        for (uint32_t row = 0; row < kl_rows_of_word(w, x); row++) {
            kl_held a, b;
            if (!kl_field(w, one, x * 64 + row, &a) || !kl_field(w, other, x * 64 + row, &b)) continue;
            k[x] |= UINT64_C(1) << row;
            v[x] |= (uint64_t)kl_same_string(a.text, b.text) << row;
        }
    }
}

/* ------------------------------------------------------------------ numbers */
KL_APART void from_number(kl_workspace *w, const uint8_t *i) {
    const kl_program *p = w->program;
    uint64_t *k = kl_known(w, kl_at(i, KL_I_TO)), *v = k + w->words;
    test t;
    test_of(p, i, &t);
    for (uint32_t x = 0; x < w->words; x++) {
        const int64_t *n = kl_numbers(w, kl_at(i, KL_I_A)) + x * 64;
        const uint8_t *tag = kl_tags(w, kl_at(i, KL_I_A)) + x * 64;
        uint64_t value = 0, none = 0, holds = 0;
        for (uint32_t row = 0; row < kl_rows_of_word(w, x); row++) {
            value |= (uint64_t)(tag[row] == KL_TAG_VALUE) << row;
            none |= (uint64_t)(tag[row] == KL_TAG_NONE) << row;
            bool in = t.op == KL_OP_B_IN ? in_mask(p, t.mask, t.values, (uint64_t)n[row])
                                         : (uint64_t)n[row] - t.from <= t.span;
            holds |= (uint64_t)in << row;
        }
        k[x] = value | none;
        v[x] = t.bits ? value & holds : 0;
    }
}

void kl_run_truth(kl_workspace *w, const uint8_t *i) {
    uint32_t op = kl_at(i, KL_I_OP), to = kl_at(i, KL_I_TO), a = kl_at(i, KL_I_A);
    switch (op) {
    case KL_OP_B_NOT:
    case KL_OP_B_AND:
    case KL_OP_B_OR: combine(w, i, op); break;
    case KL_OP_B_CONST: fill(w, to, a != 2, a == 1); break;
    case KL_OP_B_ASSUME: fill(w, to, w->assumed[a].known != 0, w->assumed[a].value != 0); break;
    case KL_OP_B_KNOWN:
    case KL_OP_B_SAME: from_fields(w, i); break;
    case KL_OP_B_RANGE:
    case KL_OP_B_IN: from_number(w, i); break;
    default: from_field(w, i);
    }
}
