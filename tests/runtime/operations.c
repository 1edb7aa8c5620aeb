/* operations.c - every instruction on random columns against a model that looks at one record at a time.
 * May include: build_image.h, runtime/arith.h, runtime/dates.h, tests/chance.h and cmocka.
 * Start at model_truth() and model_number(): what opcodes.def says, written out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/arith.h"
#include "runtime/dates.h"
#include "tests/chance.h"
#include "tests/runtime/build_image.h"

/* ------------------------------------------------------------------ fields, two of each: with and without a default */
enum { F_BOOL = 0, F_VALUES = 2, F_MANY = 4, F_NUMBER = 6, F_DATE = 8, F_SET = 10, F_TEXT = 12, FIELDS = 14 };
enum { SMALL_SET = 5, LARGE_SET = 200, TRUTHS = 60, NUMBERS = 60 };
static const char *const texts[] = {"", "a", "å", "ab", "räksmörgås"};
enum { TEXTS = 5 };

typedef struct data {
    uint64_t known[KL_WORDS];
    union {
        uint64_t bits[KL_WORDS];
        uint16_t codes[KL_ROWS_MAX];
        int64_t numbers[KL_ROWS_MAX];
        uint64_t sets[KL_ROWS_MAX];
        kl_string strings[KL_ROWS_MAX];
    } u;
    bool absent; /* no column at all */
} data;

static int64_t a_number(void) {
    static const int64_t edges[] = {0, 1, -1, 2, 10, 17, 18, 100, -100, 1000000, KL_NUMBER_MAX, -KL_NUMBER_MAX};
    return below(2) ? edges[below(12)] : (int64_t)below(2001) - 1000;
}

static void fill(data *d, int kind, uint32_t rows) {
    uint32_t share = below(4);
    d->absent = below(12) == 0;
    for (uint32_t i = 0; i < KL_WORDS; i++)
        d->known[i] = share == 0 ? ~UINT64_C(0) : share == 1 ? chance() : chance() | chance();
    for (uint32_t i = 0; i < KL_WORDS && kind == F_BOOL; i++) d->u.bits[i] = chance();
    for (uint32_t row = 0; row < KL_ROWS_MAX; row++) {
        bool wild = row >= rows || !(d->known[row / 64] >> (row % 64) & 1); /* nobody may look at these */
        if (kind == F_VALUES) d->u.codes[row] = (uint16_t)(wild ? chance() : below(SMALL_SET));
        if (kind == F_MANY) d->u.codes[row] = (uint16_t)(wild ? chance() : below(LARGE_SET));
        if (kind == F_NUMBER) d->u.numbers[row] = wild ? (int64_t)chance() : a_number();
        if (kind == F_DATE)
            d->u.numbers[row] = wild       ? (int64_t)chance()
                                : below(3) ? (int64_t)below(60000) - 20000
                                : below(2) ? KL_DATE_MIN
                                           : KL_DATE_MAX;
        if (kind == F_SET) d->u.sets[row] = wild ? chance() : below(3) ? chance() & 31 : 0;
        if (kind == F_TEXT && wild) d->u.strings[row] = (kl_string){(const char *)(uintptr_t)1, SIZE_MAX};
        if (kind == F_TEXT && !wild) {
            const char *t = texts[below(TEXTS)];
            d->u.strings[row] = (kl_string){t, strlen(t)};
        }
    }
}

/* ------------------------------------------------------------------ the model: one record */
typedef struct
    scalar { /* tag as in opcodes.def: 0 unknown 1 value 2 error 3 none 4 not stated 5 external 6 conflict 7 unsure */
    int tag;
    int64_t n;
} scalar;
typedef struct step {
    uint32_t op, a, b, c, d;
} step;
typedef struct world {
    image *m;
    loaded l;
    data fields[FIELDS];
    int64_t defaults[FIELDS];
    const char *default_texts[2];
    step steps[TRUTHS + NUMBERS];
    uint32_t writes[TRUTHS + NUMBERS], count; /* the register each writes */
    kl_truth truth[TRUTHS];
    scalar number[NUMBERS];
    uint32_t entries[TRUTHS], results[NUMBERS];
    int64_t consts[64], assumed[4], low[4], high[4];
    bool assumed_known[4], bounded[4];
    uint32_t const_count, masks[4];
    uint64_t mask_bits[4][4];
    scalar fed[4]; /* the slots' results */
} world;

static bool received(const world *w, uint32_t f, uint32_t row) {
    return !w->fields[f].absent && (w->fields[f].known[row / 64] >> (row % 64) & 1);
}

static scalar field(const world *w, uint32_t f, uint32_t row) {
    const data *d = &w->fields[f];
    if (!received(w, f, row)) return (scalar){f % 2, f % 2 ? w->defaults[f] : 0};
    switch (f & ~1u) {
    case F_BOOL: return (scalar){1, d->u.bits[row / 64] >> (row % 64) & 1};
    case F_VALUES:
    case F_MANY: return (scalar){1, d->u.codes[row]};
    case F_SET: return (scalar){1, (int64_t)d->u.sets[row]};
    default: return (scalar){1, d->u.numbers[row]};
    }
}

static const char *text(const world *w, uint32_t f, uint32_t row, size_t *size) {
    if (received(w, f, row)) {
        *size = w->fields[f].u.strings[row].size;
        return w->fields[f].u.strings[row].data;
    }
    *size = f % 2 ? strlen(w->default_texts[0]) : 0;
    return f % 2 ? w->default_texts[0] : NULL;
}

static kl_truth truth(bool known, bool value) {
    return !known ? KL_UNKNOWN : value ? KL_YES : KL_NO;
}

static kl_truth model_truth(const world *w, const step *s, uint32_t row) {
    size_t n, k;
    switch (s->op) {
    case DO_B_CONST: return s->a == 2 ? KL_UNKNOWN : s->a == 1 ? KL_YES : KL_NO;
    case DO_B_NOT: return w->truth[s->a] == KL_UNKNOWN ? KL_UNKNOWN : w->truth[s->a] == KL_YES ? KL_NO : KL_YES;
    case DO_B_AND:
        if (w->truth[s->a] == KL_NO || w->truth[s->b] == KL_NO) return KL_NO;
        return w->truth[s->a] == KL_YES && w->truth[s->b] == KL_YES ? KL_YES : KL_UNKNOWN;
    case DO_B_OR:
        if (w->truth[s->a] == KL_YES || w->truth[s->b] == KL_YES) return KL_YES;
        return w->truth[s->a] == KL_NO && w->truth[s->b] == KL_NO ? KL_NO : KL_UNKNOWN;
    case DO_B_KNOWN: return received(w, s->a, row) ? KL_YES : KL_NO;
    case DO_B_TEXT: {
        const char *t = text(w, s->a, row, &n);
        return truth(t, t && n == strlen(texts[s->b]) && memcmp(t, texts[s->b], n) == 0);
    }
    case DO_B_SAME: {
        const char *t = text(w, s->a, row, &n), *u = text(w, s->b, row, &k);
        return truth(t && u, t && u && n == k && memcmp(t, u, n) == 0);
    }
    case DO_B_ASSUME: return truth(w->assumed_known[s->a], w->assumed[s->a] != 0);
    case DO_B_RANGE:
    case DO_B_IN: {
        scalar x = w->number[s->a];
        bool in = s->op == DO_B_RANGE ? w->consts[s->b] <= x.n && x.n <= w->consts[s->c]
                                      : x.n >= 0 && x.n < LARGE_SET && (w->mask_bits[3][x.n / 64] >> (x.n % 64) & 1);
        return x.tag == 3 ? KL_NO : truth(x.tag == 1, in);
    }
    default: break;
    }
    scalar x = field(w, s->a, row);
    switch (s->op) {
    case DO_B_FIELD: return truth(x.tag, x.n);
    case DO_B_RANGE_F: return truth(x.tag, w->consts[s->b] <= x.n && x.n <= w->consts[s->c]);
    case DO_B_IN_F:
        return truth(x.tag, x.tag && (w->mask_bits[(s->a & ~1u) == F_MANY ? 3 : s->d][x.n / 64] >> (x.n % 64) & 1));
    case DO_B_HAS: return truth(x.tag, (uint64_t)x.n >> s->b & 1);
    default: return truth(x.tag, x.n == 0);
    }
}

static scalar worst(scalar a, scalar b) {
    static const int order[] = {2, 7, 6, 5,
                                4, 3, 0, 1}; /* error, unsure, conflict, external, not stated, none, unknown, value */
    for (int i = 0; i < 8; i++) {
        if (a.tag == order[i]) return a;
        if (b.tag == order[i]) return b;
    }
    return a;
}

static scalar computed(bool fits, const int64_t *n) {
    return fits ? (scalar){1, *n} : (scalar){2, 0};
}

static scalar model_number(const world *w, const step *s, uint32_t row) {
    int64_t n = 0;
    switch (s->op) {
    case DO_N_CONST: return (scalar){1, w->consts[s->a]};
    case DO_N_FIELD: return field(w, s->a, row);
    case DO_N_ASSUME: return (scalar){w->assumed_known[s->a], w->assumed_known[s->a] ? w->assumed[s->a] : 0};
    case DO_N_FEED: return w->fed[s->a];
    default: break;
    }
    scalar a = w->number[s->a];
    if (s->op >= DO_N_LT_A) {
        int64_t low = w->assumed_known[s->b] ? w->assumed[s->b] : w->bounded[s->b] ? w->low[s->b] : INT64_MIN;
        int64_t high = w->assumed_known[s->b] ? w->assumed[s->b] : w->bounded[s->b] ? w->high[s->b] : INT64_MAX;
        if (a.tag != 1) return a;
        if (s->op == DO_N_LT_A) return a.n < low ? (scalar){1, 1} : a.n >= high ? (scalar){1, 0} : (scalar){0, 0};
        return a.n <= low ? (scalar){1, 1} : a.n > high ? (scalar){1, 0} : (scalar){0, 0};
    }
    bool one = s->op == DO_N_ROUND || s->op == DO_N_RESCALE || s->op == DO_N_NEG;
    scalar b = one ? a : w->number[s->b];
    if (a.tag != 1 || b.tag != 1) {
        scalar x = worst(a, b);
        bool fails = s->op != DO_N_MIN && s->op != DO_N_MAX && s->op != DO_N_COMPARE;
        return x.tag == 0 && fails ? (scalar){7, 0} : x;
    }
    switch (s->op) {
    case DO_N_ADD: return computed(kl_add(a.n, b.n, &n), &n);
    case DO_N_SUB: return computed(kl_subtract(a.n, b.n, &n), &n);
    case DO_N_MUL: return computed(kl_multiply(a.n, b.n, &n), &n);
    case DO_N_DIV: return computed(kl_divide_scaled(a.n, w->consts[s->c], b.n, (kl_rounding)s->d, &n), &n);
    case DO_N_ROUND: return computed(kl_round_to(a.n, w->consts[s->b], (kl_rounding)s->c, &n), &n);
    case DO_N_RESCALE: return computed(kl_divide(a.n, w->consts[s->b], (kl_rounding)s->c, &n), &n);
    case DO_N_NEG: return computed(kl_negate(a.n, &n), &n);
    case DO_N_MIN: return (scalar){1, a.n < b.n ? a.n : b.n};
    case DO_N_MAX: return (scalar){1, a.n > b.n ? a.n : b.n};
    case DO_N_YEARS: return computed(kl_years_between(a.n, b.n, &n), &n);
    case DO_N_MONTHS: return computed(kl_months_between(a.n, b.n, &n), &n);
    default: return (scalar){1, a.n < b.n ? -1 : a.n > b.n};
    }
}

/* ------------------------------------------------------------------ random programs */
static uint32_t constant(world *w, int64_t v) {
    w->consts[w->const_count] = v;
    (void)image_const(w->m, v);
    return w->const_count++;
}

static const uint32_t truth_ops[] = {DO_B_CONST, DO_B_NOT,     DO_B_AND,    DO_B_OR,    DO_B_FIELD,
                                     DO_B_KNOWN, DO_B_RANGE_F, DO_B_IN_F,   DO_B_HAS,   DO_B_EMPTY,
                                     DO_B_TEXT,  DO_B_SAME,    DO_B_ASSUME, DO_B_RANGE, DO_B_IN};

static step a_truth(world *w, uint32_t truths, uint32_t numbers) {
    uint32_t op = truth_ops[below(sizeof truth_ops / sizeof *truth_ops)], a = truths ? below(truths) : 0,
             b = truths ? below(truths) : 0;
    if ((op == DO_B_NOT || op == DO_B_AND || op == DO_B_OR) && !truths) op = DO_B_CONST;
    if ((op == DO_B_RANGE || op == DO_B_IN) && !numbers) op = DO_B_KNOWN;
    uint32_t low = below(w->const_count), high = below(w->const_count);
    switch (op) {
    case DO_B_CONST: return (step){op, below(3), 0, 0, 0};
    case DO_B_NOT: return (step){op, a, 0, 0, 0};
    case DO_B_AND:
    case DO_B_OR: return (step){op, a, b, 0, 0};
    case DO_B_FIELD: return (step){op, F_BOOL + below(2), 0, 0, 0};
    case DO_B_KNOWN: return (step){op, below(FIELDS), 0, 0, 0};
    case DO_B_RANGE_F: return (step){op, (below(2) ? F_NUMBER : F_DATE) + below(2), low, high, 0};
    case DO_B_IN_F: {
        uint32_t mask = below(3), many = below(2);
        return (step){op, (many ? F_MANY : F_VALUES) + below(2), many ? w->masks[3] : w->masks[mask], 0, mask};
    }
    case DO_B_HAS: return (step){op, F_SET + below(2), below(SMALL_SET), 0, 0};
    case DO_B_EMPTY: return (step){op, F_SET + below(2), 0, 0, 0};
    case DO_B_TEXT: return (step){op, F_TEXT + below(2), below(TEXTS), 0, 0};
    case DO_B_SAME: return (step){op, F_TEXT + below(2), F_TEXT + below(2), 0, 0};
    case DO_B_ASSUME: return (step){op, 0, 0, 0, 0};
    case DO_B_RANGE: return (step){op, below(numbers), low, high, 0};
    default: return (step){DO_B_IN, below(numbers), w->masks[3], LARGE_SET, 0};
    }
}

static step a_step(world *w, uint32_t numbers, uint32_t positive) {
    uint32_t op = DO_N_CONST + below(DO_N_LE_A - DO_N_CONST + 1), way = 1 + below(4);
    if (op > DO_N_FEED && numbers < 2) op = DO_N_FIELD;
    uint32_t a = numbers ? below(numbers) : 0, b = numbers ? below(numbers) : 0;
    switch (op) {
    case DO_N_CONST: return (step){op, below(w->const_count), 0, 0, 0};
    case DO_N_FIELD: return (step){op, below(F_SET), 0, 0, 0};
    case DO_N_ASSUME: return (step){op, below(4), 0, 0, 0};
    case DO_N_FEED: return (step){op, below(4), 0, 0, 0};
    case DO_N_DIV: return (step){op, a, b, positive, way};
    case DO_N_ROUND:
    case DO_N_RESCALE: return (step){op, a, positive, way, 0};
    case DO_N_NEG: return (step){op, a, 0, 0, 0};
    case DO_N_LT_A:
    case DO_N_LE_A: return (step){op, a, 1 + below(3), 0, 0};
    default: return (step){op, a, b, 0, 0};
    }
}

static void add_step(world *w, step s) {
    w->steps[w->count] = s;
    w->writes[w->count++] = image_do(w->m, (int)s.op, s.a, s.b, s.c, s.op == DO_B_IN_F ? 0 : s.d);
}

/* Slots 0 to 3 decide, whatever the record: a value, not stated, external, conflict. */
static void add_fed(world *w, uint32_t yes) {
    image *m = w->m;
    uint32_t document = image_text(m, "prislista"), value = constant(w, 4711),
             outside = image_result(m, KL_RESULT_NONE, KL_REASON_OUTSIDE_SCOPE),
             not_in_force = image_result(m, KL_RESULT_NONE, KL_REASON_NOT_IN_FORCE);
    uint32_t results[4] = {image_result(m, KL_RESULT_CONST, value), image_result(m, KL_RESULT_NOT_STATED, 0),
                           image_result(m, KL_RESULT_EXTERNAL, document), image_result(m, KL_RESULT_CONFLICT, 0)};
    static const int tags[4] = {1, 4, 5, 6};
    static const char *const names[4] = {"u0", "u1", "u2", "u3"};
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t o = image_outcome(m, names[i], KL_TYPE_INTEGER, KL_ABSENT, 0, i);
        ROW(m, KL_S_SLOTS, o, results[i], outside, not_in_force, 0, 0, T(results[i]), 0, 0, 0, KL_ABSENT);
        image_do(m, DO_DECIDE, i, 0, 0, 0);
        w->fed[i] = (scalar){tags[i], i == 0 ? 4711 : i == 2 ? (int64_t)document : 0};
    }
    image_guideline(m, "prov", KL_ABSENT, yes);
}

static void add_fields(world *w) {
    image *m = w->m;
    uint32_t small = image_set(m, "s", SMALL_SET), large = image_set(m, "l", LARGE_SET);
    static const kl_type_code types[] = {KL_TYPE_BOOL, KL_TYPE_VALUES, KL_TYPE_VALUES, KL_TYPE_INTEGER,
                                         KL_TYPE_DATE, KL_TYPE_SET,    KL_TYPE_TEXT};
    for (uint32_t i = 0; i < TEXTS; i++) (void)image_text(m, texts[i]);
    for (uint32_t f = 0; f < FIELDS; f++) {
        kl_type_code type = types[f / 2];
        uint32_t set = type == KL_TYPE_SET || f / 2 == 1 ? small : f / 2 == 2 ? large : KL_ABSENT;
        char name[8] = {'f', (char)('a' + f), 0};
        int64_t value = type == KL_TYPE_BOOL     ? below(2)
                        : type == KL_TYPE_VALUES ? below(f / 2 == 1 ? SMALL_SET : LARGE_SET)
                        : type == KL_TYPE_SET    ? below(32)
                        : type == KL_TYPE_TEXT   ? below(TEXTS)
                                                 : a_number() % 10000;
        w->defaults[f] = value;
        if (type == KL_TYPE_TEXT) w->default_texts[0] = texts[value];
        if (f % 2 == 0)
            image_field(m, name, type, 0, set);
        else if (type == KL_TYPE_TEXT)
            image_field_default(m, name, type, set, value);
        else {
            image_field_default(m, name, type, set, value);
            w->consts[w->const_count++] = value; /* it took a constant */
        }
    }
}

static void add_assumptions(world *w) {
    image *m = w->m;
    for (uint32_t i = 0; i < 4; i++) {
        bool known = w->assumed_known[i] = below(2), bounded = w->bounded[i] = i > 0 && below(2);
        int64_t value = w->assumed[i] = i == 0 ? below(2) : (int64_t)below(200) - 100;
        w->low[i] = value - below(30);
        w->high[i] = value + below(30);
        uint32_t v = known ? constant(w, value) : KL_ABSENT, low = bounded ? constant(w, w->low[i]) : KL_ABSENT,
                 high = bounded ? constant(w, w->high[i]) : KL_ABSENT;
        ROW(m, KL_S_ASSUMPTIONS, S(m, "antagande"), S(m, ""), S(m, ""), i == 0 ? KL_TYPE_BOOL : KL_TYPE_INTEGER, 0,
            KL_ABSENT, (known ? KL_ASSUMPTION_VALUE : 0u) | (bounded ? KL_ASSUMPTION_BOUNDED : 0u), v, low, high);
    }
}

static world *random_world(void) {
    world *w = calloc(1, sizeof *w);
    w->m = image_new();
    add_fields(w);
    add_assumptions(w);
    static const int64_t some[] = {INT64_MIN,           INT64_MAX,       0, 1, 10, -10, 17, 18, 100, 365, -1000, 20000,
                                   INT64_C(3037000500), INT64_C(1) << 62};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) (void)constant(w, some[i]);
    uint32_t positive = constant(w, below(2) ? 10 : 1 + below(1000));
    for (uint32_t i = 0; i < 3; i++) w->masks[i] = image_mask(w->m, w->mask_bits[i][0] = chance() & 31);
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t at = image_mask(w->m, w->mask_bits[3][i] = i == 3 ? chance() & 255 : chance());
        if (i == 0) w->masks[3] = at;
    }
    add_step(w, (step){DO_B_CONST, 1, 0, 0, 0});
    add_fed(w, 0);
    while (w->m->truths < TRUTHS || w->m->numbers < NUMBERS) {
        bool is_truth = w->m->numbers == NUMBERS || (w->m->truths < TRUTHS && below(2));
        add_step(w, is_truth ? a_truth(w, w->m->truths, w->m->numbers) : a_step(w, w->m->numbers, positive));
    }
    for (uint32_t i = 0; i < TRUTHS; i++) image_entry(w->m, "e", KL_ENTRY_CLAUSE, KL_ABSENT, i);
    return w;
}

/* Number registers are seen through an outcome that gives them: one slot for each, decided last. */
static void show_numbers(world *w) {
    image *m = w->m;
    uint32_t outside = 0, not_in_force = 1; /* the first results, see add_fed */
    for (uint32_t i = 0; i < NUMBERS; i++) {
        w->results[i] = image_result(m, KL_RESULT_NUMBER, i);
        uint32_t o = image_outcome(m, "n", KL_TYPE_INTEGER, KL_ABSENT, 0, 4 + i);
        ROW(m, KL_S_SLOTS, o, w->results[i], outside, not_in_force, 0, 0, T(w->results[i]), 0, 0, 0, KL_ABSENT);
        image_do(m, DO_DECIDE, 4 + i, 0, 0, 0);
    }
}

static void compare(world *w, uint32_t rows) {
    static const kl_state states[] = {KL_UNDETERMINED, KL_DECIDED,  KL_FAILED,   KL_NO_RESULT,
                                      KL_NOT_STATED,   KL_EXTERNAL, KL_CONFLICT, KL_UNDETERMINED};
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t i = 0; i < w->count; i++) {
            const step *s = &w->steps[i];
            if (s->op <= DO_B_IN) {
                w->truth[w->writes[i]] = model_truth(w, s, row);
                assert_int_equal(kl_truth_of(w->l.workspace, w->writes[i], row), w->truth[w->writes[i]]);
                const uint64_t *yes, *no;
                assert_true(kl_truth_planes(w->l.workspace, w->writes[i], &yes, &no));
                if (yes[row / 64] & no[row / 64]) fail_msg("instruction %u: both yes and no", s->op);
                continue;
            }
            scalar want = w->number[w->writes[i]] = model_number(w, s, row);
            kl_result got;
            kl_outcome(w->l.workspace, 4 + w->writes[i], row, &got);
            if (got.state != states[want.tag] || (want.tag == 1 && got.number != want.n))
                fail_msg("instruction %u, row %u: state %d value %lld, not %d %lld", s->op, row, (int)got.state,
                         (long long)got.number, (int)states[want.tag], (long long)want.n);
            if (want.tag == 5) assert_memory_equal(got.text.data, "prislista", 9);
        }
    }
}

static void test_random_programs(void **state) {
    (void)state;
    static const uint32_t sizes[] = {1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 129, 400, 1000, 1023, 1024};
    for (seed = 1; seed < 120; seed++) {
        uint64_t kept = seed;
        world *w = random_world();
        show_numbers(w);
        image_finish(w->m);
        w->l = image_load(w->m);
        for (int batch = 0; batch < 8; batch++) {
            uint32_t rows = batch < 3 ? sizes[below(sizeof sizes / sizeof *sizes)] : 1;
            if (batch == 3)
                kl_workspace_use(w->l.workspace, kl_kernels_of("portable")); /* a record alone goes its own way */
            kl_column columns[FIELDS];
            for (uint32_t f = 0; f < FIELDS; f++) {
                fill(&w->fields[f], (int)(f & ~1u), rows);
                columns[f] =
                    (kl_column){w->fields[f].absent ? NULL : w->fields[f].known, {.bits = w->fields[f].u.bits}};
            }
            kl_fault fault;
            if (!kl_eval(w->l.workspace, &(kl_batch){rows, columns}, &fault))
                fail_msg("row %zu field %u: %s", fault.offset, fault.field, fault.reason);
            compare(w, rows);
        }
        loaded_free(&w->l);
        image_free(w->m);
        free(w);
        seed = kept;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
