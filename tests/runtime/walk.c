/* walk.c - random diagrams on random records: the result and what is missing, against trying every completion one by one.
 * May include: build_image.h, tests/chance.h and cmocka.
 * Start at judge(): the definition, by enumeration. Whole batches go down by planes, a record alone walks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/chance.h"
#include "tests/runtime/build_image.h"

enum { F_YES, F_FORM, F_AGE, F_TEXT, F_SUM, F_BY, F_FEE1, F_FEE2, F_CODE, F_SET, FIELDS, ROWS = 40 };
enum { Q_YES, Q_FORM, Q_AGE, Q_TEXT, Q_RATIO, Q_CODE, Q_SAME, Q_EDITION, Q_ASSUMED, Q_HAS, QUESTIONS };
enum {
    R_ONE,
    R_TWO,
    R_NO_CLAUSE,
    R_OUTSIDE,
    R_NOT_IN_FORCE,
    R_NOT_STATED,
    R_EXTERNAL,
    R_CONFLICT,
    R_ERROR,
    R_OPEN,
    R_FEE1,
    R_FEE2,
    RESULTS
};
static const uint32_t cells_of[QUESTIONS] = {2, 3, 3, 3, 2, 2, 2, 2, 2, 2};
static bool tagged(uint32_t q) {
    return q == Q_RATIO || q == Q_CODE || q == Q_SAME;
}
static uint32_t answers(uint32_t q) {
    return cells_of[q] + (tagged(q) ? 5 : 0);
}

typedef struct record {
    bool known[FIELDS];
    int64_t value[FIELDS]; /* a text: 0 a, 1 b, 2 c */
} record;

typedef struct diagram {
    uint32_t order[QUESTIONS], levels;
    uint32_t question[64], edge[64][8], nodes, root; /* an edge: a node, or T(result) */
    bool may_be_none[QUESTIONS];
} diagram;

/* ------------------------------------------------------------------ the model */
static int64_t divided(int64_t a, int64_t b) {
    return a / b;
}

/* The answer a record gives, or -1. */
static int known_answer(const record *r, uint32_t q) {
    switch (q) {
    case Q_YES: return r->known[F_YES] ? (int)r->value[F_YES] : -1;
    case Q_FORM: return r->known[F_FORM] ? (int)(r->value[F_FORM] == 0 ? 0 : r->value[F_FORM] == 3 ? 2 : 1) : -1;
    case Q_AGE: return r->known[F_AGE] ? (r->value[F_AGE] >= 18) + (r->value[F_AGE] >= 65) : -1;
    case Q_TEXT: return r->known[F_TEXT] ? (int)r->value[F_TEXT] : -1;
    case Q_RATIO:
        if (!r->known[F_SUM] || !r->known[F_BY]) return -1;
        return r->value[F_BY] == 0 ? 2 : divided(r->value[F_SUM], r->value[F_BY]) >= 2;
    case Q_CODE: return r->known[F_CODE] ? r->value[F_CODE] != 1 : -1;
    case Q_SAME: return r->known[F_FEE1] && r->known[F_FEE2] ? r->value[F_FEE1] == r->value[F_FEE2] : -1;
    case Q_HAS: return r->known[F_SET] ? r->value[F_SET] >> 1 & 1 : -1;
    default: return -1;
    }
}

/* A terminal as one number: equal results are equal; those that are unresolved are 100 and up. */
static int64_t key(const record *r, uint32_t result) {
    static const int64_t state[RESULTS] = {-1, -1, -2, -2, -2, -3, -4, -5, -6, 100, -1, -1};
    int64_t value = result == R_ONE ? 1 : result == R_TWO ? 2 : 0;
    if (result == R_FEE1 || result == R_FEE2) {
        uint32_t f = result == R_FEE1 ? F_FEE1 : F_FEE2;
        if (!r->known[f]) return 100 + result;
        value = r->value[f];
    }
    return state[result] == -1 ? value : state[result];
}

static uint32_t follow(const diagram *d, const int *given) {
    uint32_t at = d->root;
    while (!(at & KL_TERMINAL)) at = d->edge[at][given[d->question[at]]];
    return at & ~KL_TERMINAL;
}

typedef struct verdict {
    bool decided;
    int64_t key;      /* when decided */
    uint32_t reasons; /* of none: bits */
    uint64_t missing, open;
    bool edition, edition2;
} verdict;

static void blame_result(const record *r, uint32_t result, verdict *v) {
    if (result == R_OPEN) v->edition2 = true;
    if (result == R_FEE1 && !r->known[F_FEE1]) v->missing |= 1u << F_FEE1;
    if (result == R_FEE2 && !r->known[F_FEE2]) v->missing |= 1u << F_FEE2;
}

static void blame_question(const record *r, uint32_t q, verdict *v) {
    static const int fields[QUESTIONS][2] = {{F_YES, F_YES}, {F_FORM, F_FORM}, {F_AGE, F_AGE},   {F_TEXT, F_TEXT},
                                             {F_SUM, F_BY},  {F_CODE, F_CODE}, {F_FEE1, F_FEE2}, {-1, -1},
                                             {-1, -1},       {F_SET, F_SET}};
    for (int k = 0; k < 2 && fields[q][k] >= 0; k++)
        if (!r->known[fields[q][k]]) v->missing |= 1u << fields[q][k];
    if (q == Q_EDITION) v->edition = true;
    if (q == Q_ASSUMED) v->open |= 1;
}

/* The next completion of the open questions; false after the last. */
static bool advance(const diagram *d, const record *r, int *given) {
    for (uint32_t q = 0; q < QUESTIONS; q++) {
        if (known_answer(r, q) >= 0) continue;
        int cells = (int)cells_of[q], last = d->may_be_none[q] ? cells + 1 : cells - 1;
        if (given[q] < cells - 1) return given[q]++, true;
        if (given[q] < last) return given[q] = last, true; /* the tag none */
        given[q] = 0;
    }
    return false;
}

static verdict judge(const diagram *d, const record *r) {
    verdict v = {.decided = true};
    int given[QUESTIONS] = {0};
    bool first = true;
    for (uint32_t q = 0; q < QUESTIONS; q++)
        if (known_answer(r, q) >= 0) given[q] = known_answer(r, q);
    do {
        uint32_t result = follow(d, given);
        int64_t k = key(r, result);
        if (first) v.key = k;
        if (k != v.key || k >= 100) v.decided = false;
        if (k == -2) v.reasons |= 1u << (result - R_NO_CLAUSE);
        first = false;
        blame_result(r, result, &v);
        for (uint32_t q = 0; q < QUESTIONS; q++) { /* one question answered otherwise */
            if (known_answer(r, q) >= 0) continue;
            int kept = given[q];
            for (int a = 0; a < (int)cells_of[q] + (d->may_be_none[q] ? 2 : 0); a++) {
                if (a == (int)cells_of[q]) continue; /* the tag error is never a completion */
                given[q] = a;
                if (key(r, follow(d, given)) != k) blame_question(r, q, &v);
            }
            given[q] = kept;
        }
    } while (advance(d, r, given));
    return v;
}

/* ------------------------------------------------------------------ the image */
static diagram random_diagram(void) {
    diagram d = {.levels = 1 + below(6)};
    uint32_t left[QUESTIONS], start[QUESTIONS + 1];
    for (uint32_t q = 0; q < QUESTIONS; q++) left[q] = q;
    for (uint32_t i = 0; i < d.levels; i++) {
        uint32_t k = i + below(QUESTIONS - i), q = left[k];
        left[k] = left[i];
        left[i] = d.order[i] = q;
    }
    d.may_be_none[Q_RATIO] = below(2);
    d.may_be_none[Q_CODE] = below(2);
    uint32_t narrow = below(2) ? 1 + below(3) : RESULTS, base = below(RESULTS); /* few results: more that agree */
    for (uint32_t level = d.levels; level-- > 0;) { /* the last level first: children lie below */
        start[level] = d.nodes;
        uint32_t width = level == 0 ? 1 : 1 + below(4);
        for (uint32_t n = 0; n < width; n++, d.nodes++) {
            d.question[d.nodes] = d.order[level];
            for (uint32_t e = 0; e < answers(d.order[level]); e++) {
                bool deeper = d.nodes > 0 && start[level] > 0 && below(3);
                d.edge[d.nodes][e] = deeper ? below(start[level]) : T((base + below(narrow)) % RESULTS);
            }
        }
    }
    d.root = below(12) ? d.nodes - 1 : T(below(RESULTS));
    return d;
}

typedef struct fields {
    uint64_t known[FIELDS][KL_WORDS], bits[KL_WORDS], sets[KL_ROWS_MAX];
    uint16_t codes[FIELDS][KL_ROWS_MAX];
    int64_t numbers[FIELDS][KL_ROWS_MAX];
    kl_string texts[KL_ROWS_MAX];
    kl_column columns[FIELDS];
} fields;

static image *build(const diagram *d) {
    image *m = image_new();
    uint32_t set = image_set(m, "form", 4);
    static const kl_type_code types[FIELDS] = {KL_TYPE_BOOL,    KL_TYPE_VALUES,  KL_TYPE_INTEGER, KL_TYPE_TEXT,
                                               KL_TYPE_INTEGER, KL_TYPE_INTEGER, KL_TYPE_INTEGER, KL_TYPE_INTEGER,
                                               KL_TYPE_VALUES,  KL_TYPE_SET};
    for (uint32_t f = 0; f < FIELDS; f++)
        image_field(m, "f", types[f], 0, types[f] == KL_TYPE_VALUES || types[f] == KL_TYPE_SET ? set : KL_ABSENT);
    uint32_t one = image_const(m, 1), two = image_const(m, 2), c18 = image_const(m, 18), c65 = image_const(m, 65);
    uint32_t document = image_text(m, "prislista"), a = image_text(m, "a"), b = image_text(m, "b");
    ROW(m, KL_S_ASSUMPTIONS, S(m, "läsning"), S(m, ""), S(m, ""), KL_TYPE_BOOL, 0, KL_ABSENT, 0, KL_ABSENT, KL_ABSENT,
        KL_ABSENT);
    uint32_t scope = image_do(m, DO_B_CONST, 2, 0, 0, 0), yes = image_do(m, DO_B_FIELD, F_YES, 0, 0, 0),
             assumed = image_do(m, DO_B_ASSUME, 0, 0, 0, 0), has = image_do(m, DO_B_HAS, F_SET, 1, 0, 0);
    uint32_t sum = image_do(m, DO_N_FIELD, F_SUM, 0, 0, 0), by = image_do(m, DO_N_FIELD, F_BY, 0, 0, 0),
             ratio = image_do(m, DO_N_DIV, sum, by, one, 3), fee1 = image_do(m, DO_N_FIELD, F_FEE1, 0, 0, 0),
             fee2 = image_do(m, DO_N_FIELD, F_FEE2, 0, 0, 0), code = image_do(m, DO_N_FIELD, F_CODE, 0, 0, 0);
    image_do(m, DO_DECIDE, 0, 0, 0, 0);
    image_guideline(m, "prov", KL_ABSENT, scope);
    uint32_t entry = image_entry(m, "regel", KL_ENTRY_RULE, KL_ABSENT, yes),
             clause = image_entry(m, "klausul", KL_ENTRY_CLAUSE, KL_ABSENT, yes);
    image_result(m, KL_RESULT_CONST, one);
    image_result(m, KL_RESULT_CONST, two);
    for (uint32_t reason = 0; reason < 3; reason++) image_result(m, KL_RESULT_NONE, reason);
    image_result(m, KL_RESULT_NOT_STATED, 0);
    image_result(m, KL_RESULT_EXTERNAL, document);
    image_result(m, KL_RESULT_CONFLICT, 0);
    image_result(m, KL_RESULT_ERROR, 0);
    image_result(m, KL_RESULT_OPEN, entry);
    image_result_ref(m, KL_RESULT_NUMBER, fee1, KL_REF_FIELD, F_FEE1);
    image_result_ref(m, KL_RESULT_NUMBER, fee2, KL_REF_FIELD, F_FEE2);
    image_question(m, KL_Q_TRUTH, yes, 2, NULL, 0, KL_REF_FIELD, F_YES);
    image_question(m, KL_Q_VALUES, F_FORM, 3, (const uint32_t[]){0, 1, 1, 2}, 4, KL_REF_FIELD, F_FORM);
    image_question(m, KL_Q_NUMBER, F_AGE, 3, (const uint32_t[]){c18, c65}, 2, KL_REF_FIELD, F_AGE);
    image_question(m, KL_Q_TEXT, F_TEXT, 3, (const uint32_t[]){a, b}, 2, KL_REF_FIELD, F_TEXT);
    image_question2(m, KL_Q_DERIVED, ratio, 2, &two, 1, d->may_be_none[Q_RATIO],
                    (const uint32_t[]){KL_REF_FIELD, F_SUM, KL_REF_FIELD, F_BY}, 2);
    image_question2(m, KL_Q_CODES, code, 2, (const uint32_t[]){1, 0, 1, 1}, 4, d->may_be_none[Q_CODE],
                    (const uint32_t[]){KL_REF_FIELD, F_CODE}, 1);
    image_question2(m, KL_Q_SAME, R_FEE1, 2, (const uint32_t[]){R_FEE2}, 1, 0,
                    (const uint32_t[]){KL_REF_FIELD, F_FEE1, KL_REF_FIELD, F_FEE2}, 2);
    image_question2(m, KL_Q_EDITION, clause, 2, NULL, 0, 0, NULL, 0);
    image_question(m, KL_Q_TRUTH, assumed, 2, NULL, 0, KL_REF_ASSUMPTION, 0);
    image_question(m, KL_Q_TRUTH, has, 2, NULL, 0, KL_REF_FIELD, F_SET);
    uint32_t edges = 0, used = d->root & KL_TERMINAL ? 0 : d->nodes;
    for (uint32_t n = 0; n < used; n++) {
        uint32_t count = answers(d->question[n]);
        image_node(m, d->question[n], d->edge[n], count);
        edges += count;
    }
    uint32_t o = image_outcome(m, "utfall", KL_TYPE_INTEGER, KL_ABSENT, 0, 0);
    ROW(m, KL_S_SLOTS, o, R_NO_CLAUSE, R_OUTSIDE, R_NOT_IN_FORCE, 0, 0, d->root, 0, used, edges, KL_ABSENT);
    image_finish(m);
    return m;
}

static record random_record(void) {
    record r;
    for (uint32_t f = 0; f < FIELDS; f++) r.known[f] = below(3) != 0;
    r.value[F_YES] = below(2);
    r.value[F_FORM] = below(4);
    r.value[F_AGE] = (int64_t[]){0, 17, 18, 64, 65, 99}[below(6)];
    r.value[F_TEXT] = below(3);
    r.value[F_SUM] = below(9);
    r.value[F_BY] = below(4);
    r.value[F_FEE1] = below(3);
    r.value[F_FEE2] = below(3);
    r.value[F_CODE] = below(4);
    r.value[F_SET] = below(16);
    return r;
}

static void put_record(fields *f, uint32_t row, const record *r) {
    static const char *const text[] = {"a", "b", "ö"};
    for (uint32_t i = 0; i < FIELDS; i++) {
        uint64_t bit = UINT64_C(1) << (row % 64);
        f->known[i][row / 64] = (f->known[i][row / 64] & ~bit) | (r->known[i] ? bit : 0);
        f->numbers[i][row] = r->value[i];
        f->codes[i][row] = (uint16_t)r->value[i];
    }
    f->bits[row / 64] = (f->bits[row / 64] & ~(UINT64_C(1) << (row % 64))) | (uint64_t)r->value[F_YES] << (row % 64);
    f->sets[row] = (uint64_t)r->value[F_SET];
    f->texts[row] = (kl_string){text[r->value[F_TEXT]], strlen(text[r->value[F_TEXT]])};
}

static void set_columns(fields *f) {
    for (uint32_t i = 0; i < FIELDS; i++) f->columns[i] = (kl_column){f->known[i], {.numbers = f->numbers[i]}};
    f->columns[F_YES].as.bits = f->bits;
    f->columns[F_FORM].as.codes = f->codes[F_FORM];
    f->columns[F_CODE].as.codes = f->codes[F_CODE];
    f->columns[F_TEXT].as.texts = f->texts;
    f->columns[F_SET].as.sets = f->sets;
}

static void compare(kl_workspace *w, const diagram *d, const record *r, uint32_t row) {
    verdict want = judge(d, r);
    kl_result got;
    uint64_t missing = 0, open = 0, entries = 0, outcomes = 0;
    kl_outcome(w, 0, row, &got);
    kl_wait(w, 0, row, &(kl_waiting){&missing, &open, &entries, &outcomes});
    if (!want.decided) {
        assert_int_equal(got.state, KL_UNDETERMINED);
        assert_int_equal(missing, want.missing);
        assert_int_equal(open, want.open);
        assert_int_equal(entries, (uint64_t)want.edition2 | (uint64_t)want.edition << 1);
        return;
    }
    static const kl_state states[] = {KL_NO_RESULT, KL_NOT_STATED, KL_EXTERNAL, KL_CONFLICT, KL_FAILED};
    assert_int_equal(got.state, want.key >= 0 ? KL_DECIDED : states[-2 - want.key]);
    if (want.key >= 0) assert_int_equal(got.number, want.key);
    if (got.state == KL_NO_RESULT) assert_int_equal(got.reason, want.reasons == 2 ? 1 : want.reasons == 4 ? 2 : 0);
    if (got.state == KL_EXTERNAL) assert_memory_equal(got.text.data, "prislista", 9);
    assert_int_equal(missing | open | entries | outcomes, 0);
}

static void test_random_diagrams(void **state) {
    (void)state;
    fields *f = calloc(1, sizeof *f);
    set_columns(f);
    for (uint64_t n = 1; n < 400; n++) {
        seed = n * 1000;
        diagram d = random_diagram();
        image *m = build(&d);
        loaded l = image_load(m);
        record r[ROWS];
        for (uint32_t row = 0; row < ROWS; row++) {
            r[row] = random_record();
            put_record(f, row, &r[row]);
        }
        for (uint32_t rows = ROWS; rows > 0; rows /= ROWS) { /* by planes; and the first alone, which walks */
            kl_workspace_use(l.workspace, n % 2 ? kl_kernels_best() : NULL);
            assert_true(kl_eval(l.workspace, &(kl_batch){rows, f->columns}, NULL));
            for (uint32_t row = 0; row < rows; row++) compare(l.workspace, &d, &r[row], row);
        }
        loaded_free(&l);
        image_free(m);
    }
    free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_diagrams)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
