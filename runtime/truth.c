/* truth.c - the instructions that write truth registers: two bit-planes, 64 records to a word.
 * May include: program.h of this room. What each does is said in opcodes.def; value bits are 0 where a truth is unknown.
 * Start at kl_run_truth(). */
#include "runtime/program.h"

kl_truth kl_truth_at(const kl_workspace *w, uint32_t b, uint32_t row) {
    return !kl_bit(kl_known(w, b), row) ? KL_UNKNOWN : kl_bit(kl_value(w, b), row) ? KL_YES : KL_NO;
}

static void fill(kl_workspace *w, uint32_t to, bool known, bool value) {
    uint64_t *k = kl_known(w, to), *v = kl_value(w, to);
    for (uint32_t i = 0; i < w->words; i++) {
        k[i] = known ? ~UINT64_C(0) : 0;
        v[i] = known && value ? ~UINT64_C(0) : 0;
    }
}

static void set_bit(kl_workspace *w, uint32_t to, uint32_t row, bool known, bool value) {
    kl_known(w, to)[row / 64] |= (uint64_t)known << (row % 64);
    kl_value(w, to)[row / 64] |= (uint64_t)(known && value) << (row % 64);
}

/* not, and, or of whole planes. */
static void combine(kl_workspace *w, const kl_step *i) {
    const uint64_t *ak = kl_known(w, i->a), *av = kl_value(w, i->a), *bk = kl_known(w, i->b), *bv = kl_value(w, i->b);
    uint64_t *restrict k = kl_known(w, i->to), *restrict v = kl_value(w, i->to);
    uint32_t n = w->words;
    if (i->op == KL_OP_B_NOT) {
        for (uint32_t x = 0; x < n; x++) {
            k[x] = ak[x];
            v[x] = ak[x] & ~av[x];
        }
    } else if (i->op == KL_OP_B_AND) {
        for (uint32_t x = 0; x < n; x++) {
            k[x] = (ak[x] & (bk[x] | ~av[x])) | (bk[x] & ~bv[x]);
            v[x] = av[x] & bv[x];
        }
    } else {
        for (uint32_t x = 0; x < n; x++) {
            k[x] = (ak[x] & bk[x]) | av[x] | bv[x];
            v[x] = av[x] | bv[x];
        }
    }
}

/* ------------------------------------------------------------------ fields */
typedef struct test { /* what is asked of each value of a field */
    uint32_t op;
    uint64_t from, span; /* a range, as one comparison without a sign */
    uint64_t bits;       /* codes: a mask of at most 64; sets: the codes that count */
    uint32_t mask, values;
    kl_string text;
} test;

static bool in_mask(const kl_program *p, uint32_t mask, uint32_t values, uint64_t code) {
    return code < values && (kl_mask(p, mask + (uint32_t)(code / 64)) >> (code % 64) & 1);
}

static test test_of(const kl_program *p, const kl_step *i) {
    test t = {.op = i->op};
    switch (i->op) {
    case KL_OP_B_RANGE_F:
    case KL_OP_B_RANGE: {
        int64_t low = kl_const(p, i->b), high = kl_const(p, i->c);
        t.from = low <= high ? (uint64_t)low : 0; /* an empty range holds nothing: then `bits` is 0 */
        t.span = (uint64_t)high - t.from;
        t.bits = low <= high;
        break;
    }
    case KL_OP_B_IN_F:
        t.mask = i->b;
        t.values = kl_values_in(p, kl_f(p, i->a, KL_F_SET));
        t.bits = kl_mask(p, i->b);
        break;
    case KL_OP_B_HAS: t.bits = UINT64_C(1) << i->b; break;
    case KL_OP_B_EMPTY: t.bits = ~UINT64_C(0); break;
    case KL_OP_B_TEXT: t.text = kl_text(p, i->b); break;
    default: break;
    }
    return t;
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

static void from_field(kl_workspace *w, const kl_step *i) {
    const kl_program *p = w->program;
    test t = test_of(p, i);
    kl_held held;
    bool has = kl_default(p, i->a, &held), by_default = false;
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
        uint64_t received = kl_received(w, i->a, x), known = received & kl_rows_mask(w, x), bits = 0;
        if (known) bits = word_of(p, &t, &w->columns[i->a], x * 64, kl_rows_of_word(w, x), known);
        kl_known(w, i->to)[x] = has ? ~UINT64_C(0) : received;
        kl_value(w, i->to)[x] = (bits & received) | (by_default ? ~received : 0);
    }
}

static void received(kl_workspace *w, const kl_step *i) {
    for (uint32_t x = 0; x < w->words; x++) {
        kl_known(w, i->to)[x] = ~UINT64_C(0);
        kl_value(w, i->to)[x] = kl_received(w, i->a, x);
    }
}

static void same_text(kl_workspace *w, const kl_step *i) {
    fill(w, i->to, false, false);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_held a, b;
        bool known = kl_field(w, i->a, row, &a);
        known = kl_field(w, i->b, row, &b) && known;
        set_bit(w, i->to, row, known, known && kl_same_string(a.text, b.text));
    }
}

/* ------------------------------------------------------------------ numbers */
static void from_number(kl_workspace *w, const kl_step *i) {
    const kl_program *p = w->program;
    const int64_t *n = kl_numbers(w, i->a);
    const uint8_t *tag = kl_tags(w, i->a);
    test t = test_of(p, i);
    fill(w, i->to, false, false);
    for (uint32_t row = 0; row < w->rows; row++) {
        bool holds = i->op == KL_OP_B_IN ? in_mask(p, i->b, i->c, (uint64_t)n[row])
                                         : t.bits && (uint64_t)n[row] - t.from <= t.span;
        set_bit(w, i->to, row, tag[row] == KL_TAG_VALUE || tag[row] == KL_TAG_NONE, holds && tag[row] == KL_TAG_VALUE);
    }
}

void kl_run_truth(kl_workspace *w, const kl_step *i) {
    switch (i->op) {
    case KL_OP_B_CONST: fill(w, i->to, i->a != 2, i->a == 1); break;
    case KL_OP_B_ASSUME: fill(w, i->to, w->assumed[i->a].known != 0, w->assumed[i->a].value != 0); break;
    case KL_OP_B_NOT:
    case KL_OP_B_AND:
    case KL_OP_B_OR: combine(w, i); break;
    case KL_OP_B_KNOWN: received(w, i); break;
    case KL_OP_B_SAME: same_text(w, i); break;
    case KL_OP_B_RANGE:
    case KL_OP_B_IN: from_number(w, i); break;
    default: from_field(w, i);
    }
}
