/* reading.c - everything klausul.h tells of a decided batch, on the guideline of rich.h: results, by, waiting, many-of, audit, trace.
 * May include: rich.h and cmocka.
 * Start at decide(): the records, one for each story. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/runtime/rich.h"

enum { DATE = RICH_START + 100 };
enum { WHOLE, ANSWERED, NO_DIALOG, NO_DATE, EARLY, OUTSIDE, NO_FORM, NO_AGE, EMPTY, ROWS };

typedef struct fixture {
    image *m;
    loaded l;
    rich_data d;
    kl_workspace *w;
} fixture;

static int decide(void **state) {
    fixture *f = calloc(1, sizeof *f);
    f->m = rich_new();
    f->l = image_load(f->m);
    f->w = f->l.workspace;
    rich_clear(&f->d);
    static const int64_t whole[RICH_FIELDS] = {4, DATE, 0, 1, 2, 40, 10000, 0};
    for (uint32_t row = 0; row < EMPTY; row++)
        for (uint32_t k = 0; k < RICH_ANSWER; k++) rich_put(&f->d, row, k, whole[k]);
    rich_put(&f->d, ANSWERED, RICH_ANSWER, 1);
    f->d.known[RICH_DIALOG] &= ~(UINT64_C(1) << NO_DIALOG);
    f->d.known[RICH_DATE] &= ~(UINT64_C(1) << NO_DATE);
    rich_put(&f->d, EARLY, RICH_DATE, RICH_START - 1);
    rich_put(&f->d, OUTSIDE, RICH_FORM, 2);
    f->d.known[RICH_FORM] &= ~(UINT64_C(1) << NO_FORM);
    f->d.known[RICH_AGE] &= ~(UINT64_C(1) << NO_AGE);
    rich_put(&f->d, NO_AGE, RICH_DIALOG, 0);
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, NULL));
    *state = f;
    return 0;
}

static int done(void **state) {
    fixture *f = *state;
    loaded_free(&f->l);
    image_free(f->m);
    free(f);
    return 0;
}

static kl_result outcome(const fixture *f, uint32_t o, uint32_t row) {
    kl_result r;
    kl_outcome(f->w, o, row, &r);
    return r;
}

static void check(const fixture *f, uint32_t o, uint32_t row, kl_state state, int64_t number) {
    kl_result r = outcome(f, o, row);
    assert_int_equal(r.state, state);
    assert_int_equal(r.number, number);
}

/* Entries as bits. */
static uint64_t by(const fixture *f, uint32_t o, uint32_t slot, uint32_t row, bool sure) {
    uint32_t e[8];
    uint64_t bits = 0;
    size_t n = kl_by(f->w, o, slot, row, sure, e, 8);
    assert_true(n <= 8);
    for (size_t i = 0; i < n; i++) bits |= UINT64_C(1) << e[i];
    return bits;
}
#define BIT(e) (UINT64_C(1) << (e))

typedef struct waits {
    uint64_t fields, assumptions, entries, outcomes;
} waits;
static waits waiting(const fixture *f, uint32_t o, uint32_t row) {
    waits s = {0, 0, 0, 0};
    kl_wait(f->w, o, row, &(kl_waiting){&s.fields, &s.assumptions, &s.entries, &s.outcomes});
    return s;
}
static void check_waits(const fixture *f, uint32_t o, uint32_t row, uint64_t fields, uint64_t assumptions,
                        uint64_t entries, uint64_t outcomes) {
    waits s = waiting(f, o, row);
    assert_int_equal(s.fields, fields);
    assert_int_equal(s.assumptions, assumptions);
    assert_int_equal(s.entries, entries);
    assert_int_equal(s.outcomes, outcomes);
}

static void test_single_outcomes(void **state) {
    const fixture *f = *state;
    check(f, RICH_FEE, WHOLE, KL_DECIDED, 10000);
    check(f, RICH_DOUBLE, WHOLE, KL_DECIDED, 20000);
    check(f, RICH_FEE, ANSWERED, KL_NOT_STATED, 0);
    check(f, RICH_DOUBLE, ANSWERED, KL_NOT_STATED, 0); /* what feeds it is not stated */
    check(f, RICH_FEE, NO_DIALOG, KL_UNDETERMINED, 0);
    check(f, RICH_DOUBLE, NO_DIALOG, KL_UNDETERMINED, 0);
    check(f, RICH_FEE, NO_DATE, KL_UNDETERMINED, 0);
    check(f, RICH_FEE, EARLY, KL_UNDETERMINED, 0);
    check(f, RICH_FEE, OUTSIDE, KL_NO_RESULT, 0);
    assert_int_equal(outcome(f, RICH_FEE, OUTSIDE).reason, 1);
    check(f, RICH_FEE, NO_FORM, KL_UNDETERMINED, 0);
    check(f, RICH_FEE, EMPTY, KL_UNDETERMINED, 0);
    check(f, RICH_ROWS, WHOLE, KL_DECIDED, 0);
    check(f, RICH_ROWS, NO_DIALOG, KL_DECIDED, 0);    /* b holds, a may: both give 0 */
    check(f, RICH_ROWS, NO_FORM, KL_UNDETERMINED, 0); /* perhaps outside */
}

static void test_what_is_missing(void **state) {
    const fixture *f = *state;
    check_waits(f, RICH_FEE, WHOLE, 0, 0, 0, 0);
    check_waits(f, RICH_FEE, NO_DIALOG, BIT(RICH_DIALOG), 0, 0, 0);
    check_waits(f, RICH_DOUBLE, NO_DIALOG, BIT(RICH_DIALOG), 0, 0,
                BIT(RICH_FEE)); /* through the outcome that feeds it */
    check_waits(f, RICH_FEE, NO_DATE, BIT(RICH_DATE), 0, BIT(E_PERIOD), 0);
    check_waits(f, RICH_FEE, EARLY, 0, 0, BIT(E_PERIOD), 0);
    check_waits(f, RICH_FEE, NO_FORM, BIT(RICH_FORM), 0, 0, 0);
    check_waits(f, RICH_FEE, EMPTY, BIT(RICH_DATE) | BIT(RICH_FORM) | BIT(RICH_DIALOG), 0, BIT(E_PERIOD),
                0); /* svar has a default */
    check_waits(f, RICH_ROWS, NO_FORM, BIT(RICH_FORM), 0, 0, 0);
    check_waits(f, RICH_ROWS, EMPTY, BIT(RICH_DATE) | BIT(RICH_FORM) | BIT(RICH_DIALOG) | BIT(RICH_CODES), 0, 0, 0);
    kl_wait(f->w, RICH_FEE, EMPTY, &(kl_waiting){NULL, NULL, NULL, NULL}); /* every part is optional */
}

static void test_by(void **state) {
    const fixture *f = *state;
    assert_int_equal(by(f, RICH_FEE, 0, WHOLE, true), BIT(E_ROW_A));
    assert_int_equal(by(f, RICH_FEE, 0, WHOLE, false), 0);
    assert_int_equal(by(f, RICH_FEE, 0, ANSWERED, true), BIT(E_RULE));
    assert_int_equal(by(f, RICH_FEE, 0, NO_DIALOG, true), 0);
    assert_int_equal(by(f, RICH_FEE, 0, NO_DIALOG, false), BIT(E_ROW_A) | BIT(E_ROW_B));
    assert_int_equal(by(f, RICH_FEE, 0, OUTSIDE, true), 0);
    assert_int_equal(by(f, RICH_ROWS, 0, NO_DIALOG, true), BIT(E_X_B));
    assert_int_equal(by(f, RICH_ROWS, 0, NO_DIALOG, false), BIT(E_X_A));
    assert_int_equal(kl_by(f->w, RICH_FEE, 0, NO_DIALOG, false, NULL, 0), 2);
}

static void test_many(void **state) {
    fixture *f = *state;
    kl_result r;
    /* gräns has no value but bounds 2..10: 40 is past all of them. Entry 2 has values of form 0: equal to entry 1 */
    check(f, RICH_INVOICES, WHOLE, KL_DECIDED, 0);
    for (uint32_t slot = 0; slot < 3; slot++) {
        kl_many(f->w, RICH_INVOICES, slot, WHOLE, &r);
        assert_int_equal(r.state, KL_DECIDED);
    }
    assert_int_equal(kl_many_first(f->w, RICH_INVOICES, 0, WHOLE), 0);
    assert_int_equal(kl_many_first(f->w, RICH_INVOICES, 1, WHOLE), 0);
    assert_int_equal(kl_many_first(f->w, RICH_INVOICES, 2, WHOLE), 2);
    kl_many_value(f->w, RICH_INVOICES, 1, 0, WHOLE, &r);
    assert_int_equal(r.number, 0);
    kl_many_value(f->w, RICH_INVOICES, 2, 1, WHOLE, &r);
    assert_int_equal(r.number, 10000);
    /* dialog unknown: entry 1 is open, but equals entry 2, which is in */
    kl_many(f->w, RICH_INVOICES, 0, NO_DIALOG, &r);
    assert_int_equal(r.state, KL_UNDETERMINED);
    assert_int_equal(kl_many_first(f->w, RICH_INVOICES, 0, NO_DIALOG), 1);
    check(f, RICH_INVOICES, NO_DIALOG, KL_DECIDED, 0);
    check_waits(f, RICH_INVOICES, NO_DIALOG, 0, 0, 0, 0);
    /* no dialog, age unknown: entry 2 open for want of the age and the limit */
    check(f, RICH_INVOICES, NO_AGE, KL_UNDETERMINED, 0);
    check_waits(f, RICH_INVOICES, NO_AGE, BIT(RICH_AGE), BIT(RICH_LIMIT), 0, 0);
    assert_int_equal(by(f, RICH_INVOICES, 1, NO_AGE, false), BIT(E_INVOICE_2));
    check(f, RICH_INVOICES, OUTSIDE, KL_NO_RESULT, 0);
    assert_int_equal(outcome(f, RICH_INVOICES, OUTSIDE).reason, 1);
    /* registrerad unknown: entry 3 is in, its amount is not known */
    f->d.known[RICH_REGISTERED] = 0;
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, NULL));
    check(f, RICH_INVOICES, WHOLE, KL_UNDETERMINED, 0);
    check_waits(f, RICH_INVOICES, WHOLE, BIT(RICH_REGISTERED), 0, 0, 0);
}

static void test_assumptions(void **state) {
    fixture *f = *state;
    int64_t v;
    assert_false(kl_assumed_value(f->w, RICH_LIMIT, &v));
    assert_true(kl_assumed_value(f->w, RICH_READING, &v));
    uint64_t bits = 0;
    kl_assumptions_of(f->w, WHOLE, &bits);
    assert_int_equal(bits, BIT(RICH_READING)); /* row a hangs on it */
    bits = 0;
    kl_assumptions_of(f->w, ANSWERED, &bits);
    assert_int_equal(bits, 0);
    bits = 0;
    kl_assumptions_of(f->w, NO_DIALOG, &bits);
    assert_int_equal(bits, BIT(RICH_READING)); /* undetermined: any candidate */
    bits = 0;
    kl_assumptions_of(f->w, NO_AGE, &bits);
    assert_int_equal(bits, BIT(RICH_READING)); /* the breached requirement reads the clause, which reads it */
    bits = 0;
    kl_assumptions_of(f->w, OUTSIDE, &bits);
    assert_int_equal(bits, 0);
    assert_false(kl_assume(f->w, RICH_LIMIT, true, 1)); /* outside its bounds */
    assert_false(kl_assume(f->w, RICH_READING, true, 2));
    assert_false(kl_assume(f->w, 2, true, 0));
    assert_true(kl_assume(f->w, RICH_LIMIT, true, 10));
    rich_put(&f->d, WHOLE, RICH_AGE, 9);
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, NULL));
    kl_result r;
    kl_many(f->w, RICH_INVOICES, 1, WHOLE, &r);
    assert_int_equal(r.state, KL_NO_RESULT);
    assert_true(kl_assume(f->w, RICH_LIMIT, true, 9));
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, NULL));
    kl_many(f->w, RICH_INVOICES, 1, WHOLE, &r);
    assert_int_equal(r.state, KL_DECIDED);
    assert_true(kl_assume(f->w, RICH_LIMIT, false, 0));
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, NULL));
    kl_many(f->w, RICH_INVOICES, 1, WHOLE, &r);
    assert_int_equal(r.state, KL_UNDETERMINED);
}

static void test_trace(void **state) {
    fixture *f = *state;
    uint32_t e[4];
    assert_int_equal(kl_truth_of(f->w, E_CLAUSE, WHOLE), KL_YES);
    assert_int_equal(kl_truth_of(f->w, E_CLAUSE, ANSWERED), KL_NO);
    assert_int_equal(kl_truth_of(f->w, E_CLAUSE, NO_DIALOG), KL_UNKNOWN);
    assert_int_equal(kl_truth_of(f->w, E_PERIOD, WHOLE), KL_YES);
    assert_int_equal(kl_truth_of(f->w, E_PERIOD, EARLY), KL_UNKNOWN);
    assert_int_equal(kl_truth_of(f->w, E_TABLE, WHOLE), KL_UNKNOWN);
    assert_int_equal(kl_truth_of(f->w, E_REQUIREMENT, WHOLE), KL_YES);
    assert_int_equal(kl_truth_of(f->w, E_REQUIREMENT, NO_AGE), KL_NO);
    assert_int_equal(kl_truth_of(f->w, E_REQUIREMENT, OUTSIDE), KL_NOT_APPLICABLE);
    assert_int_equal(kl_truth_of(f->w, E_REQUIREMENT, EMPTY), KL_UNKNOWN);
    assert_int_equal(kl_breaches(f->w, NO_AGE, false, e, 4), 1);
    assert_int_equal(e[0], E_REQUIREMENT);
    assert_int_equal(kl_breaches(f->w, NO_AGE, true, e, 4), 1);
    assert_int_equal(e[0], E_ADVICE);
    assert_int_equal(kl_breaches(f->w, NO_DIALOG, false, e, 4), 0);
    assert_int_equal(kl_breaches(f->w, OUTSIDE, true, e, 4), 0);
    assert_int_equal(kl_breaches(f->w, EARLY, true, e, 4), 0); /* not surely in force */
    assert_int_equal(kl_blocked_by(f->w, WHOLE, e, 4), 0);
    assert_int_equal(kl_blocked_by(f->w, ANSWERED, e, 4),
                     2); /* the exception, and the rule, which overrides two rows but is named once */
    assert_int_equal(e[0], E_EXCEPT);
    assert_int_equal(e[1], E_RULE);
    const uint64_t *yes, *no;
    assert_true(kl_truth_planes(f->w, E_ITEM_A, &yes, &no));
    assert_int_equal((yes[0] | no[0]) >> NO_DIALOG & 1, 0);
    assert_int_equal(yes[0] >> WHOLE & 1, 1);
    assert_false(kl_truth_planes(f->w, E_TABLE, &yes, &no));
}

static void test_audit(void **state) {
    fixture *f = *state;
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, WHOLE), KL_AUDIT_AGREES);
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, ANSWERED), KL_AUDIT_DIFFERS); /* not stated, yet registered */
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, NO_DIALOG), KL_AUDIT_POSSIBLE);
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, EARLY), KL_AUDIT_POSSIBLE);
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, OUTSIDE), KL_AUDIT_NONE);
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, EMPTY), KL_AUDIT_UNKNOWN);
    assert_int_equal(kl_audit_of(f->w, RICH_DOUBLE, WHOLE), KL_AUDIT_NONE);
    rich_put(&f->d, WHOLE, RICH_REGISTERED, 1);
    rich_put(&f->d, NO_DIALOG, RICH_REGISTERED, 1);
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, NULL));
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, WHOLE), KL_AUDIT_DIFFERS);
    assert_int_equal(kl_audit_of(f->w, RICH_FEE, NO_DIALOG), KL_AUDIT_DIFFERS); /* neither 0 nor 100 kr */
}

static void test_field_values(void **state) {
    fixture *f = *state;
    kl_result r;
    bool received;
    kl_field_value(f->w, RICH_ANSWER, WHOLE, &received, &r);
    assert_false(received);
    assert_int_equal(r.state, KL_DECIDED);
    assert_int_equal(r.number, 0);
    kl_field_value(f->w, RICH_CODES, WHOLE, &received, &r);
    assert_true(received);
    assert_int_equal(r.set, 2);
    kl_field_value(f->w, RICH_KEY, WHOLE, &received, &r);
    assert_int_equal(r.text.size, 4);
    kl_field_value(f->w, RICH_AGE, EMPTY, &received, &r);
    assert_int_equal(r.state, KL_UNDETERMINED);
    kl_field_value(f->w, 99, EMPTY, &received, &r);
    assert_int_equal(r.state, KL_UNDETERMINED);
}

static void test_refused_batches(void **state) {
    fixture *f = *state;
    kl_fault fault;
    assert_false(kl_eval(f->w, &(kl_batch){KL_ROWS_MAX + 1, f->d.columns}, &fault));
    static const struct {
        uint32_t field;
        int64_t value;
    } bad[] = {{RICH_FORM, 3},
               {RICH_CODES, 16},
               {RICH_DATE, KL_DATE_MAX + 1},
               {RICH_DATE, KL_DATE_MIN - 1},
               {RICH_AGE, KL_NUMBER_MAX + 1},
               {RICH_REGISTERED, -KL_NUMBER_MAX - 1}};
    static const int64_t good[RICH_FIELDS] = {4, DATE, 0, 1, 2, 40, 10000, 0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        rich_put(&f->d, 5, bad[i].field, bad[i].value);
        assert_false(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, &fault));
        assert_int_equal(fault.offset, 5);
        assert_int_equal(fault.field, bad[i].field);
        assert_non_null(fault.reason);
        assert_int_equal(outcome(f, RICH_FEE, 0).state, KL_UNDETERMINED); /* nothing was decided */
        f->d.known[bad[i].field] &= ~(UINT64_C(1) << 5);
        assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, &fault)); /* unknown: whatever lies there */
        rich_put(&f->d, 5, bad[i].field, good[bad[i].field]);
    }
    f->d.keys[5].data = NULL; /* without bytes a text is empty, whatever its size */
    assert_true(kl_eval(f->w, &(kl_batch){ROWS, f->d.columns}, &fault));
    bool received;
    kl_result key;
    kl_field_value(f->w, RICH_KEY, 5, &received, &key);
    assert_int_equal(key.text.size, 0);
    assert_true(kl_eval(f->w, &(kl_batch){0, f->d.columns}, &fault));
    kl_result r;
    uint32_t e;
    kl_outcome(f->w, RICH_FEE, 0, &r);
    assert_int_equal(r.state, KL_UNDETERMINED);
    kl_outcome(f->w, 77, 0, &r);
    assert_int_equal(r.state, KL_UNDETERMINED);
    assert_int_equal(
        kl_by(f->w, 77, 0, 0, true, &e, 1) + kl_breaches(f->w, 0, true, &e, 1) + kl_blocked_by(f->w, 0, &e, 1), 0);
    assert_int_equal(kl_audit_of(f->w, 77, 0), KL_AUDIT_NONE);
    assert_int_equal(kl_truth_of(f->w, 77, 0), KL_UNKNOWN);
}

static void test_memory(void **state) {
    fixture *f = *state;
    size_t size = kl_workspace_size(f->l.program);
    assert_null(kl_workspace_init(f->l.program, f->l.workspace_memory, size - 1));
    assert_null(kl_workspace_init(f->l.program, (char *)f->l.workspace_memory + 8, size));
    assert_null(kl_workspace_init(f->l.program, NULL, size));
    kl_budget_info b;
    kl_budget(f->l.program, &b);
    assert_int_equal(b.workspace_bytes, size);
    assert_int_equal(b.slots, 6);
}

static bool is(kl_string s, const char *text) {
    return s.size == strlen(text) && memcmp(s.data, text, s.size) == 0;
}

static void test_schema(void **state) {
    fixture *f = *state;
    const kl_program *p = f->l.program;
    kl_guideline_info g;
    kl_describe(p, &g);
    assert_true(is(g.name, "prov.riktlinje"));
    assert_int_equal(g.from, RICH_START);
    assert_int_equal(g.before, 1);
    assert_int_equal(g.dated_by, RICH_DATE);
    assert_int_equal(g.fields, RICH_FIELDS);
    assert_int_equal(g.entries, RICH_ENTRIES);
    kl_field_info field;
    kl_field_of(p, RICH_AGE, &field);
    assert_true(is(field.name, "ålder"));
    assert_true(is(kl_field_input(p, RICH_AGE, 0), "ålder"));
    assert_int_equal(kl_field_input(p, RICH_AGE, 1).size, 0);
    kl_field_of(p, RICH_ANSWER, &field);
    assert_true(field.has_default);
    kl_value_info v;
    kl_value_of(p, 0, 2, &v);
    assert_true(is(v.name, "form2"));
    assert_true(is(kl_value_code(p, 0, 2, 0), "form2"));
    kl_value_of(p, 0, 3, &v);
    assert_int_equal(v.name.size, 0);
    kl_assumption_info a;
    kl_assumption_of(p, RICH_LIMIT, &a);
    assert_true(a.bounded && !a.has_value && a.low == 2 && a.high == 10);
    kl_outcome_info o;
    kl_outcome_of(p, RICH_INVOICES, &o);
    assert_true(o.many && o.columns == 2 && o.slots == 3);
    kl_column_info c;
    kl_outcome_column(p, RICH_INVOICES, 1, &c);
    assert_true(is(c.name, "belopp") && c.kind == KL_MONEY);
    kl_entry_info e;
    kl_entry_of(p, E_ITEM_B, &e);
    assert_true(is(e.id, "k.b") && e.parent == E_CLAUSE && e.traced);
    kl_entry_of(p, E_NOTE, &e);
    assert_false(e.traced);
    assert_int_equal(kl_entry_read(p, E_SCOPE, 0).index, RICH_FORM);
    assert_int_equal(kl_entry_read(p, E_SCOPE, 1).index, KL_INDEX_NONE);
    kl_source_info s;
    kl_source_of(p, 0, &s);
    assert_true(is(s.name, "prov.klausul") && s.hash[0] == 1);
    kl_instruction i;
    assert_true(kl_disassemble(p, 0, &i));
    assert_string_equal(i.name, "B_RANGE_F");
    assert_memory_equal(i.kinds, "BFII-", 5);
    assert_int_equal(kl_constant(p, i.operands[1]), RICH_START);
    kl_budget_info b;
    kl_budget(p, &b);
    assert_false(kl_disassemble(p, b.instructions, &i));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, decide, done)
    const struct CMUnitTest tests[] = {
        TEST(test_single_outcomes), TEST(test_what_is_missing), TEST(test_by),    TEST(test_many),
        TEST(test_assumptions),     TEST(test_trace),           TEST(test_audit), TEST(test_field_values),
        TEST(test_refused_batches), TEST(test_memory),          TEST(test_schema)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
