/* decide.c - decisions on hand-made guidelines: planes that settle, diagrams that are walked, what is missing, feeding, many-of, audit.
 * May include: build_image.h, tests/chance.h and cmocka.
 * Start at fee_table(): the guideline most cases use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/chance.h"
#include "tests/runtime/build_image.h"

enum { NO = 0, YES = 1, UNKNOWN = 2 };

/* dialog: yes/no, form: values (3), age: integer.
 * a) form0 och dialog            ger avgift 100
 * b) form0 och inte dialog       ger avgift 0
 * c) form1 och ålder >= 18       ger avgift 100
 * d) form1 och ålder < 18        ger avgift 0
 * utfall avgift annars ej angivet; inga villkor på form2. */
typedef struct fee {
    image *m;
    loaded l;
    uint32_t form, dialog, age, outcome;
    uint64_t dialog_known[KL_WORDS], dialog_bits[KL_WORDS], form_known[KL_WORDS], age_known[KL_WORDS];
    uint16_t forms[KL_ROWS_MAX];
    int64_t ages[KL_ROWS_MAX];
    kl_column columns[3];
} fee;

static fee *fee_table(void) {
    fee *f = calloc(1, sizeof *f);
    image *m = f->m = image_new();
    uint32_t set = image_set(m, "form", 3);
    f->form = image_field(m, "form", KL_TYPE_VALUES, 0, set);
    f->dialog = image_field(m, "dialog", KL_TYPE_BOOL, 0, KL_ABSENT);
    f->age = image_field(m, "ålder", KL_TYPE_INTEGER, 0, KL_ABSENT);
    uint32_t zero = image_const(m, 0), hundred = image_const(m, 10000), low = image_const(m, INT64_MIN),
             high = image_const(m, INT64_MAX);
    uint32_t seventeen = image_const(m, 17), eighteen = image_const(m, 18), f0 = image_mask(m, 1),
             f1 = image_mask(m, 2);
    uint32_t yes = image_do(m, DO_B_CONST, 1, 0, 0, 0);
    uint32_t is0 = image_do(m, DO_B_IN_F, f->form, f0, 0, 0), is1 = image_do(m, DO_B_IN_F, f->form, f1, 0, 0);
    uint32_t dialog = image_do(m, DO_B_FIELD, f->dialog, 0, 0, 0), not_dialog = image_do(m, DO_B_NOT, dialog, 0, 0, 0);
    uint32_t adult = image_do(m, DO_B_RANGE_F, f->age, eighteen, high, 0),
             child = image_do(m, DO_B_RANGE_F, f->age, low, seventeen, 0);
    uint32_t rows[4] = {image_do(m, DO_B_AND, is0, dialog, 0, 0), image_do(m, DO_B_AND, is0, not_dialog, 0, 0),
                        image_do(m, DO_B_AND, is1, adult, 0, 0), image_do(m, DO_B_AND, is1, child, 0, 0)};
    image_do(m, DO_DECIDE, 0, 0, 0, 0);
    image_guideline(m, "prov", KL_ABSENT, yes);
    image_entry(m, "omfattar", KL_ENTRY_SCOPE, KL_ABSENT, yes);
    uint32_t table = image_entry(m, "t", KL_ENTRY_TABLE, KL_ABSENT, KL_ABSENT);
    uint32_t fee0 = image_result(m, KL_RESULT_CONST, zero), fee100 = image_result(m, KL_RESULT_CONST, hundred);
    uint32_t otherwise = image_result(m, KL_RESULT_NOT_STATED, 0),
             outside = image_result(m, KL_RESULT_NONE, KL_REASON_OUTSIDE_SCOPE),
             not_in_force = image_result(m, KL_RESULT_NONE, KL_REASON_NOT_IN_FORCE);
    static const char *const ids[4] = {"t.a", "t.b", "t.c", "t.d"};
    for (int i = 0; i < 4; i++)
        image_candidate(m, image_entry(m, ids[i], KL_ENTRY_ROW, table, rows[i]), i % 2 ? fee0 : fee100, rows[i]);
    uint32_t q_form = image_question(m, KL_Q_VALUES, f->form, 3, (const uint32_t[]){0, 1, 2}, 3, KL_REF_FIELD, f->form);
    uint32_t q_dialog = image_question(m, KL_Q_TRUTH, dialog, 2, NULL, 0, KL_REF_FIELD, f->dialog);
    uint32_t q_age = image_question(m, KL_Q_NUMBER, f->age, 2, &eighteen, 1, KL_REF_FIELD, f->age);
    uint32_t n_dialog = NODE(m, q_dialog, T(fee0), T(fee100)), n_age = NODE(m, q_age, T(fee0), T(fee100));
    uint32_t root = NODE(m, q_form, n_dialog, n_age, T(otherwise));
    f->outcome = image_outcome(m, "avgift", KL_TYPE_MONEY, KL_ABSENT, 0, 0);
    ROW(m, KL_S_SLOTS, f->outcome, otherwise, outside, not_in_force, 0, 4, root, 0, 3, 7, KL_ABSENT);
    image_finish(m);
    f->l = image_load(m);
    f->columns[f->form] = (kl_column){f->form_known, {.codes = f->forms}};
    f->columns[f->dialog] = (kl_column){f->dialog_known, {.bits = f->dialog_bits}};
    f->columns[f->age] = (kl_column){f->age_known, {.numbers = f->ages}};
    return f;
}

static void fee_free(fee *f) {
    loaded_free(&f->l);
    image_free(f->m);
    free(f);
}

static void fee_record(fee *f, uint32_t row, int form, int dialog, int age) {
    uint64_t bit = UINT64_C(1) << (row % 64);
    if (form >= 0) f->form_known[row / 64] |= bit, f->forms[row] = (uint16_t)form;
    if (dialog != UNKNOWN) f->dialog_known[row / 64] |= bit;
    if (dialog == YES) f->dialog_bits[row / 64] |= bit;
    if (age >= 0) f->age_known[row / 64] |= bit, f->ages[row] = age;
}

/* What an avgift must be, by the definition: all completions. -1: undetermined; -2: not stated. missing: bit 0 form, 1 dialog, 2 age. */
static int expected(int form, int dialog, int age, unsigned *missing) {
    int found[3][2][2], all = -3;
    *missing = 0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 2; b++)
            for (int c = 0; c < 2; c++) {
                int x = form >= 0 ? form : a, y = dialog != UNKNOWN ? dialog : b, z = age >= 0 ? age >= 18 : c;
                found[a][b][c] = x == 0 ? (y ? 10000 : 0) : x == 1 ? (z ? 10000 : 0) : -2;
                all = all == -3 || all == found[a][b][c] ? found[a][b][c] : -1;
            }
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 2; b++)
            for (int c = 0; c < 2; c++) {
                if (found[a][b][c] != found[0][b][c]) *missing |= 1;
                if (found[a][b][c] != found[a][0][c]) *missing |= 2;
                if (found[a][b][c] != found[a][b][0]) *missing |= 4;
            }
    return all;
}

static void test_every_record(void **state) {
    (void)state;
    fee *f = fee_table();
    uint32_t rows = 0;
    int records[64][3];
    for (int form = -1; form < 3; form++)
        for (int dialog = 0; dialog < 3; dialog++)
            for (int age = 0; age < 3; age++, rows++) {
                int years = age == 0 ? -1 : age == 1 ? 17 : 18;
                fee_record(f, rows, form, dialog, years);
                memcpy(records[rows], (int[]){form, dialog, years}, sizeof records[0]);
            }
    assert_true(kl_eval(f->l.workspace, &(kl_batch){rows, f->columns}, NULL));
    for (uint32_t i = 0; i < rows; i++) {
        kl_result r;
        unsigned missing;
        uint64_t fields = 0;
        int want = expected(records[i][0], records[i][1], records[i][2], &missing);
        kl_outcome(f->l.workspace, f->outcome, i, &r);
        assert_int_equal(r.state, want == -1 ? KL_UNDETERMINED : want == -2 ? KL_NOT_STATED : KL_DECIDED);
        if (want >= 0) assert_int_equal(r.number, want);
        kl_wait(f->l.workspace, f->outcome, i, &(kl_waiting){.fields = &fields});
        assert_int_equal(fields, want == -1 ? missing : 0);
    }
    fee_free(f);
}

/* ------------------------------------------------------------------ random tables */
enum { BITS = 4, SCOPE = BITS, CANDIDATES_MOST = 9, RECORDS = 3 * 3 * 3 * 3 * 3 };

typedef struct table { /* each row wants some of four answers; -1: any */
    uint32_t rows, result[CANDIDATES_MOST], otherwise;
    int wants[CANDIDATES_MOST][BITS];
} table;

/* The results: 0 to 2 constants, 3 none, 4 outside, 5 not in force, 6 conflict. */
static uint32_t applied(const table *t, const int *answer) {
    uint32_t found = KL_ABSENT;
    if (!answer[SCOPE]) return 4;
    for (uint32_t r = 0; r < t->rows; r++) {
        bool holds = true;
        for (int b = 0; b < BITS; b++) holds = holds && (t->wants[r][b] < 0 || t->wants[r][b] == answer[b]);
        if (!holds) continue;
        if (found != KL_ABSENT && found != t->result[r]) return 6;
        found = t->result[r];
    }
    return found == KL_ABSENT ? t->otherwise : found;
}

/* The tree of all answers, asked in order; children before parents. */
static uint32_t tree(image *m, const table *t, int *answer, int level) {
    if (level > SCOPE) return T(applied(t, answer));
    answer[level] = 0;
    uint32_t no = tree(m, t, answer, level + 1);
    answer[level] = 1;
    uint32_t yes = tree(m, t, answer, level + 1);
    return NODE(m, (uint32_t)level, no, yes);
}

static image *build_table(const table *t, bool rows) {
    static const char *const names[] = {"a", "b", "c", "d", "inom"};
    image *m = image_new();
    uint32_t plane[SCOPE + 1], inverse[BITS], fires[CANDIDATES_MOST];
    for (uint32_t f = 0; f <= SCOPE; f++) image_field(m, names[f], KL_TYPE_BOOL, 0, KL_ABSENT);
    for (uint32_t f = 0; f <= SCOPE; f++) plane[f] = image_do(m, DO_B_FIELD, f, 0, 0, 0);
    for (uint32_t f = 0; f < BITS; f++) inverse[f] = image_do(m, DO_B_NOT, plane[f], 0, 0, 0);
    for (uint32_t r = 0; r < t->rows; r++) {
        fires[r] = image_do(m, DO_B_CONST, 1, 0, 0, 0);
        for (uint32_t b = 0; b < BITS; b++)
            if (t->wants[r][b] >= 0)
                fires[r] = image_do(m, DO_B_AND, fires[r], t->wants[r][b] ? plane[b] : inverse[b], 0, 0);
    }
    image_do(m, DO_DECIDE, 0, 0, 0, 0);
    image_guideline(m, "tabell", KL_ABSENT, plane[SCOPE]);
    image_entry(m, "omfattar", KL_ENTRY_SCOPE, KL_ABSENT, plane[SCOPE]);
    image_change(m, KL_S_ENTRIES, 0, KL_E_FIRST_READ, 0);
    for (uint32_t f = 0; f <= SCOPE; f++) image_question(m, KL_Q_TRUTH, plane[f], 2, NULL, 0, KL_REF_FIELD, f);
    image_change(m, KL_S_ENTRIES, 0, KL_E_FIRST_READ, SCOPE);
    image_change(m, KL_S_ENTRIES, 0, KL_E_READS, 1);
    for (uint32_t k = 0; k < 3; k++) image_result(m, KL_RESULT_CONST, image_const(m, k));
    for (uint32_t reason = 0; reason < 3; reason++) image_result(m, KL_RESULT_NONE, reason);
    image_result(m, KL_RESULT_CONFLICT, 0);
    for (uint32_t r = 0; r < t->rows; r++) {
        uint32_t e = image_entry(m, "rad", KL_ENTRY_ROW, KL_ABSENT, fires[r]);
        image_change(m, KL_S_ENTRIES, e, KL_E_READS, BITS); /* references 0 to 3 are the four fields */
        image_candidate(m, e, t->result[r], fires[r]);
    }
    int answer[SCOPE + 1] = {0};
    uint32_t root = rows ? KL_ABSENT : tree(m, t, answer, 0), nodes = image_count(m, KL_S_NODES);
    uint32_t o = image_outcome(m, "utfall", KL_TYPE_INTEGER, KL_ABSENT, rows ? KL_OUTCOME_ROW_BY_ROW : 0, 0);
    ROW(m, KL_S_SLOTS, o, t->otherwise, 4, 5, 0, t->rows, root, 0, nodes, nodes * 2, KL_ABSENT);
    image_finish(m);
    return m;
}

/* All completions of one record: the result they share or KL_ABSENT, and the fields that matter. none for whatever reason is one result. */
static uint32_t shared(const table *t, const int *record, uint64_t *missing) {
    int answer[SCOPE + 1];
    uint32_t all = KL_ABSENT;
    bool differ = false;
    *missing = 0;
    for (uint32_t c = 0; c < 32; c++) {
        for (int f = 0; f <= SCOPE; f++) answer[f] = record[f] == UNKNOWN ? (int)(c >> f & 1) : record[f];
        uint32_t r = applied(t, answer) == 4 ? 3 : applied(t, answer);
        differ = differ || (all != KL_ABSENT && all != r);
        all = r;
        for (int f = 0; f <= SCOPE; f++) {
            if (record[f] != UNKNOWN) continue;
            answer[f] = !answer[f];
            uint32_t other = applied(t, answer) == 4 ? 3 : applied(t, answer);
            if (other != r) *missing |= UINT64_C(1) << f;
            answer[f] = !answer[f];
        }
    }
    if (!differ) *missing = 0;
    return differ ? KL_ABSENT : all;
}

static kl_truth holds(const table *t, uint32_t r, const int *record) {
    kl_truth all = KL_YES;
    for (int b = 0; b < BITS; b++) {
        if (t->wants[r][b] < 0) continue;
        if (record[b] == UNKNOWN) all = all == KL_NO ? KL_NO : KL_UNKNOWN;
        if (record[b] != UNKNOWN && record[b] != t->wants[r][b]) all = KL_NO;
    }
    return all;
}

/* Row by row: what the rows that may hold agree on. */
static uint32_t agreed(const table *t, const int *record) {
    uint32_t may = KL_ABSENT, yes = KL_ABSENT;
    bool differ = false;
    if (record[SCOPE] == NO) return 3;
    for (uint32_t r = 0; r < t->rows; r++) {
        kl_truth h = holds(t, r, record);
        if (h == KL_NO) continue;
        if (h == KL_YES && yes != KL_ABSENT && yes != t->result[r] && record[SCOPE] == YES) return 6;
        if (h == KL_YES) yes = t->result[r];
        differ = differ || (may != KL_ABSENT && may != t->result[r]);
        may = t->result[r];
    }
    uint32_t inside = may == KL_ABSENT                                      ? t->otherwise
                      : differ || (yes == KL_ABSENT && may != t->otherwise) ? KL_ABSENT
                                                                            : may;
    return record[SCOPE] == YES || inside == 3 ? inside : KL_ABSENT;
}

static void check_record(kl_workspace *w, const table *t, const int *record, uint32_t row, bool rows) {
    uint64_t missing, got_missing = 0;
    kl_result got;
    uint32_t want = shared(t, record, &missing), e[CANDIDATES_MOST];
    if (rows) want = agreed(t, record);
    kl_outcome(w, 0, row, &got);
    assert_int_equal(got.state, want == KL_ABSENT ? KL_UNDETERMINED
                                : want < 3        ? KL_DECIDED
                                : want == 3       ? KL_NO_RESULT
                                                  : KL_CONFLICT);
    if (want < 3) assert_int_equal(got.number, want);
    kl_wait(w, 0, row, &(kl_waiting){.fields = &got_missing});
    if (!rows)
        assert_int_equal(got_missing, missing);
    else if (want == KL_ABSENT)
        assert_int_equal(missing & ~got_missing, 0); /* it may name more than the diagram, never less */
    for (int sure = 0; sure < 2; sure++) {
        size_t n = kl_by(w, 0, 0, row, sure, e, CANDIDATES_MOST), expected_count = 0;
        bool asked = want < 3 || (want != 3 && (sure || want == KL_ABSENT));
        for (uint32_t r = 0; r < t->rows && asked; r++) {
            if (holds(t, r, record) != (sure ? KL_YES : KL_UNKNOWN) || (!sure && want < 3 && t->result[r] != want))
                continue;
            if (expected_count >= n || e[expected_count] != r + 1) fail_msg("row %u is not listed", r);
            expected_count++;
        }
        assert_int_equal(n, expected_count);
    }
}

/* An entry that gives its result in two ways stands once, asked for all records at once or one by one. */
static void check_twice(image *m, const table *t, const kl_column *columns) {
    static uint32_t at[KL_ROWS_MAX + 1], entries[RECORDS * CANDIDATES_MOST];
    uint32_t one[CANDIDATES_MOST];
    for (uint32_t r = 0; r < t->rows; r++) image_change(m, KL_S_CANDIDATES, r, KL_C_ENTRY, 1 + r / 2);
    image_finish(m);
    loaded l = image_load(m);
    assert_true(kl_eval(l.workspace, &(kl_batch){RECORDS, columns}, NULL));
    size_t all = kl_by_rows(l.workspace, 0, 0, at, entries, RECORDS * CANDIDATES_MOST);
    for (uint32_t i = 0; i < RECORDS; i++) {
        size_t n = kl_by(l.workspace, 0, 0, i, true, one, CANDIDATES_MOST);
        assert_int_equal(at[i + 1] - at[i], n);
        assert_memory_equal(entries + at[i], one, n * sizeof *one);
    }
    assert_int_equal(at[RECORDS], all);
    loaded_free(&l);
}

static void test_random_tables(void **state) {
    (void)state;
    static uint64_t known[SCOPE + 1][KL_WORDS], value[SCOPE + 1][KL_WORDS];
    static int records[RECORDS][SCOPE + 1];
    kl_column columns[SCOPE + 1];
    for (uint32_t i = 0; i < RECORDS; i++) {
        uint32_t rest = i;
        for (int f = 0; f <= SCOPE; f++, rest /= 3) {
            records[i][f] = (int)(rest % 3);
            known[f][i / 64] |= (uint64_t)(records[i][f] != UNKNOWN) << (i % 64);
            value[f][i / 64] |= (uint64_t)(records[i][f] != NO) << (i % 64); /* where it is unknown, anything */
        }
    }
    for (int f = 0; f <= SCOPE; f++) columns[f] = (kl_column){known[f], {.bits = value[f]}};
    for (seed = 1; seed < 150; seed++) {
        uint64_t kept = seed;
        table t = {.rows = below(CANDIDATES_MOST + 1), .otherwise = below(4)};
        uint32_t kinds = 1 + below(3);
        for (uint32_t r = 0; r < t.rows; r++) {
            t.result[r] = below(kinds);
            for (int b = 0; b < BITS; b++) t.wants[r][b] = (int)below(4) - 2 < 0 ? -1 : (int)below(2);
        }
        for (int rows = 0; rows < 2; rows++) {
            image *m = build_table(&t, rows);
            loaded l = image_load(m);
            assert_true(kl_eval(l.workspace, &(kl_batch){RECORDS, columns}, NULL));
            for (uint32_t i = 0; i < RECORDS; i++) check_record(l.workspace, &t, records[i], i, rows);
            loaded_free(&l);
            check_twice(m, &t, columns);
            image_free(m);
        }
        seed = kept;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_record), cmocka_unit_test(test_random_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
