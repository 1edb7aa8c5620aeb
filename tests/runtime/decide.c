/* decide.c - decisions on hand-made guidelines: planes that settle, diagrams that are walked, what is missing, feeding, many-of, audit.
 * May include: build_image.h and cmocka.
 * Start at fee_table(): the guideline most cases use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_record)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
