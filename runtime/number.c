/* number.c - the operations that write number registers: a 64-bit integer and a tag for each record.
 * May include: program.h, arith.h and dates.h of this room. What each does is said in opcodes.def.
 * Start at each(): an operation on two values, and what becomes of operands that are not values. */
#include "runtime/arith.h"
#include "runtime/dates.h"
#include "runtime/program.h"

#define OPERATION(name) void kl_op_##name(kl_workspace *w, uint32_t to, uint32_t x, uint32_t y, uint32_t z, uint32_t u)
#define UNUSED3 (void)y, (void)z, (void)u
#define UNUSED2 (void)z, (void)u

static void fill(kl_workspace *w, uint32_t to, uint8_t tag, int64_t value) {
    for (uint32_t row = 0; row < w->rows; row++) kl_numbers(w, to)[row] = value;
    memset(kl_tags(w, to), tag, w->rows);
}

OPERATION(N_CONST) {
    UNUSED3;
    fill(w, to, KL_TAG_VALUE, kl_const(w->program, x));
}

OPERATION(N_FIELD) {
    UNUSED3;
    int64_t *n = kl_numbers(w, to);
    uint8_t *tag = kl_tags(w, to);
    for (uint32_t row = 0; row < w->rows; row++)
        tag[row] = kl_field_number(w, x, row, &n[row]) ? KL_TAG_VALUE : KL_TAG_UNKNOWN;
}

OPERATION(N_ASSUME) {
    UNUSED3;
    fill(w, to, w->assumed[x].known ? KL_TAG_VALUE : KL_TAG_UNKNOWN, w->assumed[x].known ? w->assumed[x].value : 0);
}

OPERATION(N_FEED) {
    UNUSED3;
    static const uint8_t tag_of_state[] = {KL_TAG_VALUE,   KL_TAG_NOT_STATED, KL_TAG_EXTERNAL, KL_TAG_NONE,
                                           KL_TAG_UNKNOWN, KL_TAG_CONFLICT,   KL_TAG_ERROR};
    const kl_program *p = w->program;
    const uint32_t *decisions = kl_decisions(w, x);
    int64_t *n = kl_numbers(w, to);
    uint8_t *tag = kl_tags(w, to);
    for (uint32_t row = 0; row < w->rows; row++) {
        uint32_t d = decisions[row];
        if (d < KL_DECISION_NONE &&
            kl_r(p, d, KL_R_KIND) == KL_RESULT_NUMBER) { /* as it stands there, a document included */
            n[row] = kl_numbers(w, kl_r(p, d, KL_R_VALUE))[row];
            tag[row] = kl_tags(w, kl_r(p, d, KL_R_VALUE))[row];
            continue;
        }
        kl_result result;
        kl_resolve(w, d, row, &result);
        tag[row] = tag_of_state[result.state];
        n[row] = result.state == KL_EXTERNAL ? (int64_t)kl_r(p, d, KL_R_VALUE) : result.number;
    }
}

typedef bool binary(int64_t a, int64_t b, int64_t *out);

/* f on every pair of values; where f has no result: error; where an operand is no value: the worst tag, and the document it brings. */
static void each(kl_workspace *w, uint32_t to, uint32_t x, uint32_t y, binary *f) {
    const int64_t *a = kl_numbers(w, x), *b = kl_numbers(w, y);
    const uint8_t *at = kl_tags(w, x), *bt = kl_tags(w, y);
    int64_t *n = kl_numbers(w, to);
    uint8_t *tag = kl_tags(w, to);
    for (uint32_t row = 0; row < w->rows; row++) {
        uint8_t worst = at[row] > bt[row] ? at[row] : bt[row];
        n[row] = worst == KL_TAG_EXTERNAL ? (at[row] == worst ? a[row] : b[row]) : 0;
        if (worst == KL_TAG_VALUE && !f(a[row], b[row], &n[row])) worst = KL_TAG_ERROR;
        tag[row] = worst;
    }
}

static bool smaller(int64_t a, int64_t b, int64_t *out) {
    *out = a < b ? a : b;
    return true;
}
static bool larger(int64_t a, int64_t b, int64_t *out) {
    *out = a > b ? a : b;
    return true;
}
static bool compare(int64_t a, int64_t b, int64_t *out) {
    *out = (a > b) - (a < b);
    return true;
}

#define BINARY(name, function)                                                                                         \
    OPERATION(name) {                                                                                                  \
        UNUSED2;                                                                                                       \
        each(w, to, x, y, function);                                                                                   \
    }
BINARY(N_ADD, kl_add)
BINARY(N_SUB, kl_subtract)
BINARY(N_MUL, kl_multiply)
BINARY(N_MIN, smaller)
BINARY(N_MAX, larger)
BINARY(N_YEARS, kl_years_between)
BINARY(N_MONTHS, kl_months_between)
BINARY(N_COMPARE, compare)
#undef BINARY

typedef bool ternary(int64_t a, int64_t b, int64_t constant, kl_rounding way, int64_t *out);

/* As each(), with a constant and a rounding besides. */
static void each_rounded(kl_workspace *w, uint32_t to, uint32_t x, uint32_t y, uint32_t constant, uint32_t way,
                         ternary *f) {
    const int64_t *a = kl_numbers(w, x), *b = kl_numbers(w, y);
    const uint8_t *at = kl_tags(w, x), *bt = kl_tags(w, y);
    int64_t k = kl_const(w->program, constant), *n = kl_numbers(w, to);
    uint8_t *tag = kl_tags(w, to);
    for (uint32_t row = 0; row < w->rows; row++) {
        uint8_t worst = at[row] > bt[row] ? at[row] : bt[row];
        n[row] = worst == KL_TAG_EXTERNAL ? (at[row] == worst ? a[row] : b[row]) : 0;
        if (worst == KL_TAG_VALUE && !f(a[row], b[row], k, (kl_rounding)way, &n[row])) worst = KL_TAG_ERROR;
        tag[row] = worst;
    }
}

static bool divide(int64_t a, int64_t b, int64_t scale, kl_rounding way, int64_t *out) {
    return kl_divide_scaled(a, scale, b, way, out);
}
static bool round_to(int64_t a, int64_t b, int64_t step, kl_rounding way, int64_t *out) {
    (void)b;
    return kl_round_to(a, step, way, out);
}
static bool rescale(int64_t a, int64_t b, int64_t divisor, kl_rounding way, int64_t *out) {
    (void)b;
    return kl_divide(a, divisor, way, out);
}
static bool negate(int64_t a, int64_t b, int64_t *out) {
    (void)b;
    return kl_negate(a, out);
}

OPERATION(N_DIV) {
    each_rounded(w, to, x, y, z, u, divide);
}
OPERATION(N_ROUND) {
    (void)u;
    each_rounded(w, to, x, x, y, z, round_to);
}
OPERATION(N_RESCALE) {
    (void)u;
    each_rounded(w, to, x, x, y, z, rescale);
}
OPERATION(N_NEG) {
    UNUSED3;
    each(w, to, x, x, negate);
}

OPERATION(N_SELECT) {
    (void)u;
    int64_t *n = kl_numbers(w, to);
    uint8_t *tag = kl_tags(w, to);
    for (uint32_t row = 0; row < w->rows; row++) {
        kl_truth t = kl_truth_at(w, x, row);
        uint32_t from = t == KL_YES ? y : z;
        n[row] = t == KL_UNKNOWN ? 0 : kl_numbers(w, from)[row];
        tag[row] = t == KL_UNKNOWN ? KL_TAG_UNKNOWN : kl_tags(w, from)[row];
    }
}

/* Compares with an assumption: with its value, or with every value within its bounds while it has none. */
static void against(kl_workspace *w, uint32_t to, uint32_t x, uint32_t assumption, kl_opcode op) {
    const kl_program *p = w->program;
    const kl_assumed *a = &w->assumed[assumption];
    int64_t lo = INT64_MIN, hi = INT64_MAX, *n = kl_numbers(w, to);
    uint8_t *tag = kl_tags(w, to);
    if (a->known)
        lo = hi = a->value;
    else if (kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_FLAGS) & KL_ASSUMPTION_BOUNDED) {
        lo = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_LOW));
        hi = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_HIGH));
    }
    for (uint32_t row = 0; row < w->rows; row++) {
        int64_t v = kl_numbers(w, x)[row];
        bool yes = op == KL_OP_N_LT_A ? v < lo : op == KL_OP_N_LE_A ? v <= lo : lo == hi && v == lo;
        bool no = op == KL_OP_N_LT_A ? v >= hi : op == KL_OP_N_LE_A ? v > hi : v < lo || v > hi;
        uint8_t t = kl_tags(w, x)[row];
        tag[row] = t != KL_TAG_VALUE ? t : yes || no ? KL_TAG_VALUE : KL_TAG_UNKNOWN;
        n[row] = t == KL_TAG_EXTERNAL ? v : t == KL_TAG_VALUE && yes;
    }
}

OPERATION(N_LT_A) {
    UNUSED2;
    against(w, to, x, y, KL_OP_N_LT_A);
}
OPERATION(N_LE_A) {
    UNUSED2;
    against(w, to, x, y, KL_OP_N_LE_A);
}
OPERATION(N_EQ_A) {
    UNUSED2;
    against(w, to, x, y, KL_OP_N_EQ_A);
}
