/* rich.c - one guideline by hand that has something in every table.
 * May include: rich.h.
 * Start at rich_new(). */
#include "tests/runtime/rich.h"

#include <string.h>

typedef struct registers {
    uint32_t period, scope, dialog, not_dialog, answer, not_answer, code1, code2, not_code2, empty, form0, of_age, yes,
        clause, body, row_a, row_b, breached, met_advice, number_double, number_form, number_registered;
} registers;

static registers code(image *m, uint32_t outcome_fed) {
    registers r;
    uint32_t start = image_const(m, RICH_START), top = image_const(m, INT64_MAX), zero = image_const(m, 0),
             two = image_const(m, 2);
    uint32_t mask0 = image_mask(m, 1), mask01 = image_mask(m, 3);
    uint32_t since = image_do(m, DO_B_RANGE_F, RICH_DATE, start, top, 0), unknown = image_do(m, DO_B_CONST, 2, 0, 0, 0);
    r.period = image_do(m, DO_B_OR, since, unknown, 0, 0);
    uint32_t within = image_do(m, DO_B_IN_F, RICH_FORM, mask01, 0, 0);
    r.scope = image_do(m, DO_B_AND, r.period, within, 0, 0);
    r.dialog = image_do(m, DO_B_FIELD, RICH_DIALOG, 0, 0, 0);
    r.not_dialog = image_do(m, DO_B_NOT, r.dialog, 0, 0, 0);
    r.answer = image_do(m, DO_B_FIELD, RICH_ANSWER, 0, 0, 0);
    r.not_answer = image_do(m, DO_B_NOT, r.answer, 0, 0, 0);
    r.code1 = image_do(m, DO_B_HAS, RICH_CODES, 1, 0, 0);
    r.code2 = image_do(m, DO_B_HAS, RICH_CODES, 2, 0, 0);
    r.not_code2 = image_do(m, DO_B_NOT, r.code2, 0, 0, 0);
    r.empty = image_do(m, DO_B_EMPTY, RICH_CODES, 0, 0, 0);
    r.form0 = image_do(m, DO_B_IN_F, RICH_FORM, mask0, 0, 0);
    r.yes = image_do(m, DO_B_CONST, 1, 0, 0, 0);
    uint32_t age = image_do(m, DO_N_FIELD, RICH_AGE, 0, 0, 0), younger = image_do(m, DO_N_LT_A, age, RICH_LIMIT, 0, 0);
    r.of_age = image_do(m, DO_B_RANGE, younger, zero, zero, 0);
    r.body = image_do(m, DO_B_AND, r.dialog, r.code1, 0, 0);
    r.clause = image_do(m, DO_B_AND, r.body, r.not_answer, 0, 0);
    r.row_a = image_do(m, DO_B_AND, r.dialog, r.not_answer, 0, 0);
    r.row_b = image_do(m, DO_B_AND, r.not_dialog, r.not_answer, 0, 0);
    r.breached = image_do(m, DO_B_AND, r.form0, r.not_dialog, 0, 0);
    r.number_form = image_do(m, DO_N_FIELD, RICH_FORM, 0, 0, 0);
    r.number_registered = image_do(m, DO_N_FIELD, RICH_REGISTERED, 0, 0, 0);
    image_do(m, DO_DECIDE, 0, 0, 0, 0);
    uint32_t fed = image_do(m, DO_N_FEED, outcome_fed, 0, 0, 0), factor = image_do(m, DO_N_CONST, two, 0, 0, 0);
    r.number_double = image_do(m, DO_N_MUL, fed, factor, 0, 0);
    for (uint32_t slot = 1; slot <= 5; slot++) image_do(m, DO_DECIDE, slot, 0, 0, 0);
    return r;
}

static uint32_t read_entry(image *m, const char *id, const char *label, kl_entry_kind kind, uint32_t parent,
                           uint32_t truth, uint32_t quantifier, uint32_t requirement, kl_ref_kind ref, uint32_t index) {
    uint32_t first = ROW(m, KL_S_REFS, (uint32_t)ref, index);
    bool period = kind == KL_ENTRY_PERIOD;
    return ROW(m, KL_S_ENTRIES, S(m, id), S(m, label), S(m, "titel"), S(m, "källa"), S(m, ""), S(m, ""), (uint32_t)kind,
               parent, truth, quantifier, period ? RICH_START : (uint32_t)INT32_MIN, (uint32_t)INT32_MAX,
               period ? 1 : 0, 0, requirement, first, 1);
}

static void entries(image *m, const registers *r) {
    const uint32_t no = KL_ABSENT;
    read_entry(m, "gäller", "", KL_ENTRY_PERIOD, no, r->period, 0, no, KL_REF_FIELD, RICH_DATE);
    read_entry(m, "omfattar", "", KL_ENTRY_SCOPE, no, r->scope, 0, no, KL_REF_FIELD, RICH_FORM);
    read_entry(m, "k", "", KL_ENTRY_CLAUSE, no, r->clause, 1, no, KL_REF_ASSUMPTION, RICH_READING);
    read_entry(m, "k.a", "a", KL_ENTRY_ITEM, E_CLAUSE, r->dialog, 0, no, KL_REF_FIELD, RICH_DIALOG);
    read_entry(m, "k.b", "b", KL_ENTRY_ITEM, E_CLAUSE, r->code1, 0, no, KL_REF_FIELD, RICH_CODES);
    read_entry(m, "k.utom", "", KL_ENTRY_EXCEPTION, E_CLAUSE, r->answer, 0, no, KL_REF_FIELD, RICH_ANSWER);
    read_entry(m, "säker", "", KL_ENTRY_REQUIREMENT, no, r->dialog, 0, 0, KL_REF_ENTRY, E_CLAUSE);
    read_entry(m, "bör", "", KL_ENTRY_ADVICE, no, r->code2, 0, 1, KL_REF_FIELD, RICH_CODES);
    read_entry(m, "r", "", KL_ENTRY_RULE, no, r->answer, 0, no, KL_REF_FIELD, RICH_ANSWER);
    image_entry(m, "t", KL_ENTRY_TABLE, no, no);
    read_entry(m, "t.a", "a", KL_ENTRY_ROW, E_TABLE, r->dialog, 0, no, KL_REF_FIELD, RICH_DIALOG);
    read_entry(m, "t.b", "b", KL_ENTRY_ROW, E_TABLE, r->not_dialog, 0, no, KL_REF_FIELD, RICH_DIALOG);
    image_entry(m, "e", KL_ENTRY_NOTE, no, no);
    read_entry(m, "d", "", KL_ENTRY_RULE, no, r->yes, 0, no, KL_REF_OUTCOME, RICH_FEE);
    read_entry(m, "f1", "", KL_ENTRY_RULE, no, r->dialog, 0, no, KL_REF_FIELD, RICH_DIALOG);
    read_entry(m, "f2", "", KL_ENTRY_RULE, no, r->of_age, 0, no, KL_REF_FIELD, RICH_AGE);
    read_entry(m, "f3", "", KL_ENTRY_RULE, no, r->yes, 0, no, KL_REF_FIELD, RICH_REGISTERED);
    read_entry(m, "x.a", "a", KL_ENTRY_ROW, no, r->dialog, 0, no, KL_REF_FIELD, RICH_DIALOG);
    read_entry(m, "x.b", "b", KL_ENTRY_ROW, no, r->code1, 0, no, KL_REF_FIELD, RICH_CODES);
    read_entry(m, "x.c", "c", KL_ENTRY_ROW, no, r->empty, 0, no, KL_REF_FIELD, RICH_CODES);
}

typedef struct frame { /* results and questions that every slot has */
    uint32_t none, outside, not_in_force, open, date, form;
} frame;

/* The slot's diagram: before the period open, outside the scope none, else `inside`. */
static void framed_slot(image *m, const frame *f, uint32_t outcome, uint32_t otherwise, uint32_t first_candidate,
                        uint32_t first_node, uint32_t inside, uint32_t edges_inside, uint32_t values) {
    uint32_t form = NODE(m, f->form, inside, T(f->outside)), date = NODE(m, f->date, T(f->open), form);
    ROW(m, KL_S_SLOTS, outcome, otherwise, f->outside, f->not_in_force, first_candidate,
        image_count(m, KL_S_CANDIDATES) - first_candidate, date, first_node, date - first_node + 1, edges_inside + 4,
        values);
}

static void fee(image *m, const frame *f, const registers *r, uint32_t answer, uint32_t dialog) {
    uint32_t hundred = image_result(m, KL_RESULT_CONST, image_const(m, 10000)),
             nothing = image_result(m, KL_RESULT_CONST, image_const(m, 0)),
             not_stated = image_result(m, KL_RESULT_NOT_STATED, 0),
             ref = ROW(m, KL_S_REFS, KL_REF_ASSUMPTION, RICH_READING);
    ROW(m, KL_S_CANDIDATES, E_RULE, not_stated, r->answer, r->answer, 0, 0);
    ROW(m, KL_S_CANDIDATES, E_ROW_A, hundred, r->row_a, r->row_a, ref, 1);
    ROW(m, KL_S_CANDIDATES, E_ROW_B, nothing, r->row_b, r->row_b, 0, 0);
    uint32_t rows = NODE(m, dialog, T(nothing), T(hundred)), rule = NODE(m, answer, rows, T(not_stated));
    framed_slot(m, f, RICH_FEE, f->none, 0, 0, rule, 4, KL_ABSENT);
}

static void invoices(image *m, const frame *f, const registers *r, uint32_t dialog, uint32_t of_age) {
    uint32_t in = image_result(m, KL_RESULT_CONST, image_const(m, 1)), zero = image_const(m, 0),
             one = image_const(m, 1), hundred = image_const(m, 10000);
    const uint32_t fires[3] = {r->dialog, r->of_age, r->yes};
    for (uint32_t k = 0; k < 3; k++) {
        uint32_t first = image_count(m, KL_S_CANDIDATES), node = image_count(m, KL_S_NODES), inside = T(in), values;
        image_candidate(m, E_INVOICE_1 + k, in, fires[k]);
        if (k < 2) inside = NODE(m, k == 0 ? dialog : of_age, T(f->none), T(in));
        values = k == 0   ? image_result(m, KL_RESULT_CONST, zero)
                 : k == 1 ? image_result_ref(m, KL_RESULT_NUMBER, r->number_form, KL_REF_FIELD, RICH_FORM)
                          : image_result(m, KL_RESULT_CONST, one);
        if (k < 2)
            image_result(m, KL_RESULT_CONST, hundred);
        else
            image_result_ref(m, KL_RESULT_NUMBER, r->number_registered, KL_REF_FIELD, RICH_REGISTERED);
        framed_slot(m, f, RICH_INVOICES, f->none, first, node, inside, k < 2 ? 2 : 0, values);
    }
}

static void row_by_row(image *m, const frame *f, const registers *r) {
    uint32_t zero = image_result(m, KL_RESULT_CONST, image_const(m, 0)),
             one = image_result(m, KL_RESULT_CONST, image_const(m, 1));
    uint32_t first = image_candidate(m, E_X_A, zero, r->dialog);
    image_candidate(m, E_X_B, zero, r->code1);
    image_candidate(m, E_X_C, one, r->empty);
    ROW(m, KL_S_SLOTS, RICH_ROWS, f->none, f->outside, f->not_in_force, first, 3, KL_ABSENT, image_count(m, KL_S_NODES),
        0, 0, KL_ABSENT);
}

static void schema(image *m) {
    uint32_t set = image_set(m, "form", 3), codes = image_set(m, "kod", 4);
    ROW(m, KL_S_SOURCES, S(m, "prov.klausul"), 1, 2, 3, 4, 5, 6, 7, 8);
    image_field(m, "kontakt_id", KL_TYPE_TEXT, 0, KL_ABSENT);
    image_field(m, "datum", KL_TYPE_DATE, 0, KL_ABSENT);
    image_field(m, "form", KL_TYPE_VALUES, 0, set);
    image_field(m, "dialog", KL_TYPE_BOOL, 0, KL_ABSENT);
    image_field(m, "koder", KL_TYPE_SET, 0, codes);
    image_field(m, "ålder", KL_TYPE_INTEGER, 0, KL_ABSENT);
    image_field(m, "registrerad", KL_TYPE_MONEY, 2, KL_ABSENT);
    image_field_default(m, "svar", KL_TYPE_BOOL, KL_ABSENT, 0);
    uint32_t low = image_const(m, 2), high = image_const(m, 10), yes = image_const(m, 1);
    ROW(m, KL_S_ASSUMPTIONS, S(m, "gräns"), S(m, "Gräns"), S(m, "j"), KL_TYPE_INTEGER, 0, KL_ABSENT,
        KL_ASSUMPTION_BOUNDED, KL_ABSENT, low, high);
    ROW(m, KL_S_ASSUMPTIONS, S(m, "läsning"), S(m, "Läsning"), S(m, "j"), KL_TYPE_BOOL, 0, KL_ABSENT,
        KL_ASSUMPTION_VALUE, yes, KL_ABSENT, KL_ABSENT);
    image_text(m, "prislista");
}

static void outcomes(image *m) {
    uint32_t form = 0; /* the first value set */
    image_outcome(m, "avgift", KL_TYPE_MONEY, KL_ABSENT, 0, 0);
    image_outcome(m, "dubbel", KL_TYPE_MONEY, KL_ABSENT, 0, 1);
    ROW(m, KL_S_COLUMNS, S(m, "betalare"), KL_TYPE_VALUES, 0, form);
    ROW(m, KL_S_COLUMNS, S(m, "belopp"), KL_TYPE_MONEY, 2, KL_ABSENT);
    ROW(m, KL_S_OUTCOMES, S(m, "fakturor"), S(m, "utfall"), 0, 0, KL_ABSENT, KL_OUTCOME_MANY, KL_ABSENT, 0, 2, 2, 3);
    image_outcome(m, "radvis", KL_TYPE_VALUES, form, KL_OUTCOME_ROW_BY_ROW, 5);
    image_change(m, KL_S_OUTCOMES, RICH_FEE, KL_O_AUDITED, RICH_REGISTERED);
}

image *rich_new(void) {
    image *m = image_new();
    schema(m);
    registers r = code(m, 0);
    outcomes(m);
    image_guideline(m, "prov.riktlinje", RICH_DATE, r.scope);
    image_change(m, KL_S_GUIDELINE, 0, KL_G_FROM, RICH_START);
    image_change(m, KL_S_GUIDELINE, 0, KL_G_BEFORE, 1);
    image_change(m, KL_S_GUIDELINE, 0, KL_G_KEY, RICH_KEY);
    entries(m, &r);
    ROW(m, KL_S_REQUIREMENTS, E_REQUIREMENT, 0, r.form0, r.dialog, r.breached);
    ROW(m, KL_S_REQUIREMENTS, E_ADVICE, 1, r.yes, r.code2, r.not_code2);
    ROW(m, KL_S_BLOCKS, E_EXCEPT, r.answer, r.body);
    ROW(m, KL_S_BLOCKS, E_RULE, r.answer, r.dialog);
    ROW(m, KL_S_BLOCKS, E_RULE, r.answer, r.not_dialog);
    frame f = {image_result(m, KL_RESULT_NONE, KL_REASON_NO_CLAUSE),
               image_result(m, KL_RESULT_NONE, KL_REASON_OUTSIDE_SCOPE),
               image_result(m, KL_RESULT_NONE, KL_REASON_NOT_IN_FORCE),
               image_result(m, KL_RESULT_OPEN, E_PERIOD),
               0,
               0};
    uint32_t start = image_const(m, RICH_START);
    f.date = image_question(m, KL_Q_NUMBER, RICH_DATE, 2, &start, 1, KL_REF_FIELD, RICH_DATE);
    f.form = image_question(m, KL_Q_VALUES, RICH_FORM, 2, (const uint32_t[]){0, 0, 1}, 3, KL_REF_FIELD, RICH_FORM);
    uint32_t answer = image_question(m, KL_Q_TRUTH, r.answer, 2, NULL, 0, KL_REF_FIELD, RICH_ANSWER),
             dialog = image_question(m, KL_Q_TRUTH, r.dialog, 2, NULL, 0, KL_REF_FIELD, RICH_DIALOG),
             of_age = image_question2(m, KL_Q_TRUTH, r.of_age, 2, NULL, 0, 0,
                                      (const uint32_t[]){KL_REF_FIELD, RICH_AGE, KL_REF_ASSUMPTION, RICH_LIMIT}, 2);
    fee(m, &f, &r, answer, dialog);
    uint32_t first = image_count(m, KL_S_CANDIDATES), node = image_count(m, KL_S_NODES);
    uint32_t twice = image_result_ref(m, KL_RESULT_NUMBER, r.number_double, KL_REF_OUTCOME, RICH_FEE);
    image_candidate(m, E_DOUBLE, twice, r.yes);
    framed_slot(m, &f, RICH_DOUBLE, f.none, first, node, T(twice), 0, KL_ABSENT);
    invoices(m, &f, &r, dialog, of_age);
    row_by_row(m, &f, &r);
    image_finish(m);
    return m;
}

void rich_clear(rich_data *d) {
    memset(d, 0, sizeof *d);
    for (uint32_t f = 0; f < RICH_FIELDS; f++) d->columns[f].known = &d->known[f];
    d->columns[RICH_KEY].as.texts = d->keys;
    d->columns[RICH_DATE].as.numbers = d->dates;
    d->columns[RICH_FORM].as.codes = d->forms;
    d->columns[RICH_DIALOG].as.bits = &d->dialog;
    d->columns[RICH_CODES].as.sets = d->codes;
    d->columns[RICH_AGE].as.numbers = d->ages;
    d->columns[RICH_REGISTERED].as.numbers = d->registered;
    d->columns[RICH_ANSWER].as.bits = &d->answer;
}

void rich_put(rich_data *d, uint32_t row, uint32_t field, int64_t value) {
    uint64_t bit = UINT64_C(1) << row;
    d->known[field] |= bit;
    switch (field) {
    case RICH_KEY: d->keys[row] = (kl_string){"K123456789", (size_t)value}; break;
    case RICH_DATE: d->dates[row] = value; break;
    case RICH_FORM: d->forms[row] = (uint16_t)value; break;
    case RICH_DIALOG: d->dialog = (d->dialog & ~bit) | (value ? bit : 0); break;
    case RICH_CODES: d->codes[row] = (uint64_t)value; break;
    case RICH_AGE: d->ages[row] = value; break;
    case RICH_REGISTERED: d->registered[row] = value; break;
    default: d->answer = (d->answer & ~bit) | (value ? bit : 0);
    }
}
