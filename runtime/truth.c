/* truth.c - the operations that write truth registers: two bit-planes, 64 records to a word.
 * May include: program.h of this room. What each does is said in opcodes.def; value bits are 0 where a record's truth is unknown.
 * Start at finish(): how a field's bits and its default become planes. */
#include "runtime/program.h"

#define OPERATION(name) void kl_op_##name(kl_workspace *w, uint32_t to, uint32_t x, uint32_t y, uint32_t z, uint32_t u)
#define UNUSED3 (void)y, (void)z, (void)u
#define UNUSED2 (void)z, (void)u

static void fill(kl_workspace *w, uint32_t to, bool known, bool value) {
    uint64_t *k = kl_known(w, to), *v = kl_value(w, to);
    for (uint32_t i = 0; i < w->words; i++) {
        k[i] = known ? ~UINT64_C(0) : 0;
        v[i] = known && value ? ~UINT64_C(0) : 0;
    }
}

OPERATION(B_CONST) {
    UNUSED3;
    fill(w, to, x != 2, x == 1);
}

OPERATION(B_NOT) {
    UNUSED3;
    const uint64_t *ak = kl_known(w, x), *av = kl_value(w, x);
    uint64_t *restrict k = kl_known(w, to), *restrict v = kl_value(w, to);
    for (uint32_t i = 0; i < w->words; i++) {
        k[i] = ak[i];
        v[i] = ak[i] & ~av[i];
    }
}

OPERATION(B_AND) {
    UNUSED2;
    const uint64_t *ak = kl_known(w, x), *av = kl_value(w, x), *bk = kl_known(w, y), *bv = kl_value(w, y);
    uint64_t *restrict k = kl_known(w, to), *restrict v = kl_value(w, to);
    for (uint32_t i = 0; i < w->words; i++) {
        k[i] = (ak[i] & bk[i]) | (ak[i] & ~av[i]) | (bk[i] & ~bv[i]);
        v[i] = av[i] & bv[i];
    }
}

OPERATION(B_OR) {
    UNUSED2;
    const uint64_t *ak = kl_known(w, x), *av = kl_value(w, x), *bk = kl_known(w, y), *bv = kl_value(w, y);
    uint64_t *restrict k = kl_known(w, to), *restrict v = kl_value(w, to);
    for (uint32_t i = 0; i < w->words; i++) {
        k[i] = (ak[i] & bk[i]) | av[i] | bv[i];
        v[i] = av[i] | bv[i];
    }
}

/* One word of the result: `bits` where the field was received, its default's answer elsewhere. */
static void finish(kl_workspace *w, uint32_t to, uint32_t field, uint32_t word, uint64_t bits, bool has_default,
                   bool by_default) {
    uint64_t received = kl_received(w, field, word);
    kl_known(w, to)[word] = has_default ? ~UINT64_C(0) : received;
    kl_value(w, to)[word] = (bits & received) | (has_default && by_default ? ~received : 0);
}

static bool default_of(const kl_program *p, uint32_t field, int64_t *value) {
    *value = 0;
    if (!(kl_f(p, field, KL_F_FLAGS) & KL_FIELD_DEFAULT)) return false;
    *value = kl_const(p, kl_f(p, field, KL_F_DEFAULT));
    return true;
}

OPERATION(B_FIELD) {
    UNUSED3;
    int64_t otherwise;
    bool has = default_of(w->program, x, &otherwise);
    for (uint32_t i = 0; i < w->words; i++)
        finish(w, to, x, i, kl_received(w, x, i) ? w->columns[x].as.bits[i] : 0, has, otherwise != 0);
}

OPERATION(B_KNOWN) {
    UNUSED3;
    for (uint32_t i = 0; i < w->words; i++) {
        kl_known(w, to)[i] = ~UINT64_C(0);
        kl_value(w, to)[i] = kl_received(w, x, i);
    }
}

/* lo <= n <= hi as one comparison without a sign. */
static bool inside(int64_t n, int64_t lo, int64_t hi) {
    return lo <= hi && (uint64_t)n - (uint64_t)lo <= (uint64_t)hi - (uint64_t)lo;
}

OPERATION(B_RANGE_F) {
    (void)u;
    int64_t otherwise, lo = kl_const(w->program, y), hi = kl_const(w->program, z);
    bool has = default_of(w->program, x, &otherwise);
    for (uint32_t i = 0; i < w->words; i++) {
        uint64_t bits = 0;
        if (kl_received(w, x, i) && lo <= hi) {
            const int64_t *n = w->columns[x].as.numbers + (size_t)i * 64;
            uint64_t from = (uint64_t)lo, span = (uint64_t)hi - from;
            uint32_t rows = kl_rows_of_word(w, i);
            for (uint32_t row = 0; row < rows; row++) bits |= (uint64_t)((uint64_t)n[row] - from <= span) << row;
        }
        finish(w, to, x, i, bits, has, inside(otherwise, lo, hi));
    }
}

static bool in_mask(const kl_program *p, uint32_t mask, uint32_t values, uint64_t code) {
    return code < values && (kl_mask(p, mask + (uint32_t)(code / 64)) >> (code % 64) & 1);
}

OPERATION(B_IN_F) {
    UNUSED2;
    const kl_program *p = w->program;
    uint32_t values = kl_word(p, KL_S_SETS, kl_f(p, x, KL_F_SET), 5);
    int64_t otherwise;
    bool has = default_of(p, x, &otherwise);
    uint64_t small = values <= 64 && values ? kl_mask(p, y) : 0;
    for (uint32_t i = 0; i < w->words; i++) {
        uint64_t bits = 0;
        if (kl_received(w, x, i)) {
            const uint16_t *code = w->columns[x].as.codes + (size_t)i * 64;
            uint32_t rows = kl_rows_of_word(w, i);
            if (values <= 64)
                for (uint32_t row = 0; row < rows; row++) bits |= (small >> (code[row] & 63) & 1) << row;
            else
                for (uint32_t row = 0; row < rows; row++) bits |= (uint64_t)in_mask(p, y, values, code[row]) << row;
        }
        finish(w, to, x, i, bits, has, has && in_mask(p, y, values, (uint64_t)otherwise));
    }
}

static void set_bits(kl_workspace *w, uint32_t to, uint32_t field, uint64_t mask, bool wanted) {
    int64_t otherwise;
    bool has = default_of(w->program, field, &otherwise);
    for (uint32_t i = 0; i < w->words; i++) {
        uint64_t bits = 0;
        if (kl_received(w, field, i)) {
            const uint64_t *sets = w->columns[field].as.sets + (size_t)i * 64;
            uint32_t rows = kl_rows_of_word(w, i);
            for (uint32_t row = 0; row < rows; row++) bits |= (uint64_t)(((sets[row] & mask) != 0) == wanted) << row;
        }
        finish(w, to, field, i, bits, has, (((uint64_t)otherwise & mask) != 0) == wanted);
    }
}

OPERATION(B_HAS) {
    UNUSED2;
    set_bits(w, to, x, UINT64_C(1) << y, true);
}

OPERATION(B_EMPTY) {
    UNUSED3;
    set_bits(w, to, x, ~UINT64_C(0), false);
}

OPERATION(B_TEXT) {
    UNUSED2;
    const kl_program *p = w->program;
    kl_string wanted = kl_text(p, y);
    bool has = kl_f(p, x, KL_F_FLAGS) & KL_FIELD_DEFAULT;
    bool by_default = has && kl_same_string(kl_text(p, kl_f(p, x, KL_F_DEFAULT)), wanted);
    for (uint32_t i = 0; i < w->words; i++) {
        uint64_t bits = 0;
        for (uint64_t left = kl_received(w, x, i) & kl_rows_mask(w, i); left; left &= left - 1) {
            uint32_t row = kl_ones(left);
            bits |= (uint64_t)kl_same_string(w->columns[x].as.texts[i * 64 + row], wanted) << row;
        }
        finish(w, to, x, i, bits, has, by_default);
    }
}

OPERATION(B_SAME) {
    UNUSED2;
    fill(w, to, false, false);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_string a, b;
        if (!kl_field_text(w, x, row, &a) || !kl_field_text(w, y, row, &b)) continue;
        kl_known(w, to)[row / 64] |= UINT64_C(1) << (row % 64);
        kl_value(w, to)[row / 64] |= (uint64_t)kl_same_string(a, b) << (row % 64);
    }
}

OPERATION(B_ASSUME) {
    UNUSED3;
    fill(w, to, w->assumed[x].known != 0, w->assumed[x].value != 0);
}

OPERATION(B_RANGE) {
    (void)u;
    int64_t lo = kl_const(w->program, y), hi = kl_const(w->program, z);
    const int64_t *n = kl_numbers(w, x);
    const uint8_t *tag = kl_tags(w, x);
    fill(w, to, false, false);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_known(w, to)[row / 64] |= (uint64_t)(tag[row] == KL_TAG_VALUE || tag[row] == KL_TAG_NONE) << (row % 64);
        kl_value(w, to)[row / 64] |= (uint64_t)(tag[row] == KL_TAG_VALUE && inside(n[row], lo, hi)) << (row % 64);
    }
}

OPERATION(B_IN) {
    (void)u;
    const int64_t *n = kl_numbers(w, x);
    const uint8_t *tag = kl_tags(w, x);
    fill(w, to, false, false);
    for (uint32_t row = 0; row < w->rows; row++) {
        bool in = tag[row] == KL_TAG_VALUE && in_mask(w->program, y, z, (uint64_t)n[row]);
        kl_known(w, to)[row / 64] |= (uint64_t)(tag[row] == KL_TAG_VALUE || tag[row] == KL_TAG_NONE) << (row % 64);
        kl_value(w, to)[row / 64] |= (uint64_t)in << (row % 64);
    }
}
