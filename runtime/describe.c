/* describe.c - what an admitted image says of itself: guideline, fields, value sets, outcomes, entries, instructions.
 * May include: program.h of this room. An index past its table gives an empty description, never a read outside.
 * Start at kl_describe(). */
#include "runtime/program.h"

#define CLEAR(out) memset(out, 0, sizeof *(out))

void kl_describe(const kl_program *p, kl_guideline_info *out) {
    CLEAR(out);
    out->name = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_NAME);
    out->title = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_TITLE);
    out->issuer = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_ISSUER);
    out->document = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_DOCUMENT);
    out->currency = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_CURRENCY);
    out->edition = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_EDITION);
    out->record = kl_string_at(p, kl_row(p, KL_S_GUIDELINE, 0), KL_G_RECORD);
    out->from = kl_signed32(kl_word(p, KL_S_GUIDELINE, 0, KL_G_FROM));
    out->through = kl_signed32(kl_word(p, KL_S_GUIDELINE, 0, KL_G_THROUGH));
    out->before = kl_word(p, KL_S_GUIDELINE, 0, KL_G_BEFORE);
    out->after = kl_word(p, KL_S_GUIDELINE, 0, KL_G_AFTER);
    out->dated_by = kl_word(p, KL_S_GUIDELINE, 0, KL_G_DATED_BY);
    out->key = kl_word(p, KL_S_GUIDELINE, 0, KL_G_KEY);
    out->fields = p->count[KL_S_FIELDS];
    out->sets = p->count[KL_S_SETS];
    out->assumptions = p->count[KL_S_ASSUMPTIONS];
    out->outcomes = p->count[KL_S_OUTCOMES];
    out->entries = p->count[KL_S_ENTRIES];
    out->sources = p->count[KL_S_SOURCES];
    out->source_hash = p->image + KL_H_HASH;
}

void kl_budget(const kl_program *p, kl_budget_info *out) {
    CLEAR(out);
    out->instructions = p->count[KL_S_CODE];
    out->truth_registers = p->budget.truths;
    out->number_registers = p->budget.numbers;
    out->slots = p->budget.slots;
    out->nodes = p->count[KL_S_NODES];
    out->edges = p->count[KL_S_EDGES];
    out->workspace_bytes = (size_t)p->layout.at[KL_P_COUNT];
    out->image_bytes = p->size;
}

void kl_source_of(const kl_program *p, uint32_t i, kl_source_info *out) {
    CLEAR(out);
    if (i >= p->count[KL_S_SOURCES]) return;
    out->name = kl_string_at(p, kl_row(p, KL_S_SOURCES, i), 0);
    out->hash = kl_row(p, KL_S_SOURCES, i) + 8;
}

void kl_field_of(const kl_program *p, uint32_t i, kl_field_info *out) {
    CLEAR(out);
    if (i >= p->count[KL_S_FIELDS]) return;
    uint32_t flags = kl_f(p, i, KL_F_FLAGS);
    out->name = kl_string_at(p, kl_row(p, KL_S_FIELDS, i), KL_F_NAME);
    out->title = kl_string_at(p, kl_row(p, KL_S_FIELDS, i), KL_F_TITLE);
    out->kind = (kl_kind)kl_f(p, i, KL_F_TYPE);
    out->scale = kl_f(p, i, KL_F_SCALE);
    out->set = kl_f(p, i, KL_F_SET);
    out->required = flags & KL_FIELD_REQUIRED;
    out->key = flags & KL_FIELD_KEY;
    out->attested = flags & KL_FIELD_ATTESTED;
    out->has_default = flags & KL_FIELD_DEFAULT;
    out->inputs = kl_f(p, i, KL_F_INPUTS);
}

kl_string kl_field_input(const kl_program *p, uint32_t field, uint32_t i) {
    if (field >= p->count[KL_S_FIELDS] || i >= kl_f(p, field, KL_F_INPUTS)) return (kl_string){NULL, 0};
    return kl_string_at(p, kl_row(p, KL_S_INPUTS, kl_f(p, field, KL_F_FIRST_INPUT) + i), 0);
}

void kl_set_of(const kl_program *p, uint32_t i, kl_set_info *out) {
    CLEAR(out);
    if (i >= p->count[KL_S_SETS]) return;
    out->name = kl_string_at(p, kl_row(p, KL_S_SETS, i), 0);
    out->title = kl_string_at(p, kl_row(p, KL_S_SETS, i), 2);
    out->values = kl_values_in(p, i);
}

static bool value_row(const kl_program *p, uint32_t set, uint32_t code, uint32_t *row) {
    if (set >= p->count[KL_S_SETS] || code >= kl_values_in(p, set)) return false;
    *row = kl_word(p, KL_S_SETS, set, 4) + code;
    return true;
}

void kl_value_of(const kl_program *p, uint32_t set, uint32_t code, kl_value_info *out) {
    uint32_t row;
    CLEAR(out);
    if (!value_row(p, set, code, &row)) return;
    out->name = kl_string_at(p, kl_row(p, KL_S_VALUES, row), 0);
    out->label = kl_string_at(p, kl_row(p, KL_S_VALUES, row), 2);
    out->codes = kl_word(p, KL_S_VALUES, row, 5);
}

kl_string kl_value_code(const kl_program *p, uint32_t set, uint32_t code, uint32_t i) {
    uint32_t row;
    if (!value_row(p, set, code, &row) || i >= kl_word(p, KL_S_VALUES, row, 5)) return (kl_string){NULL, 0};
    return kl_string_at(p, kl_row(p, KL_S_CODES, kl_word(p, KL_S_VALUES, row, 4) + i), 0);
}

void kl_assumption_of(const kl_program *p, uint32_t i, kl_assumption_info *out) {
    CLEAR(out);
    if (i >= p->count[KL_S_ASSUMPTIONS]) return;
    uint32_t flags = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_FLAGS);
    out->name = kl_string_at(p, kl_row(p, KL_S_ASSUMPTIONS, i), KL_A_NAME);
    out->title = kl_string_at(p, kl_row(p, KL_S_ASSUMPTIONS, i), KL_A_TITLE);
    out->citation = kl_string_at(p, kl_row(p, KL_S_ASSUMPTIONS, i), KL_A_CITE);
    out->kind = (kl_kind)kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_TYPE);
    out->scale = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_SCALE);
    out->set = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_SET);
    out->has_value = flags & KL_ASSUMPTION_VALUE;
    out->bounded = flags & KL_ASSUMPTION_BOUNDED;
    if (out->has_value) out->value = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_VALUE));
    if (!out->bounded) return;
    out->low = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_LOW));
    out->high = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_HIGH));
}

void kl_outcome_of(const kl_program *p, uint32_t i, kl_outcome_info *out) {
    CLEAR(out);
    if (i >= p->count[KL_S_OUTCOMES]) return;
    uint32_t flags = kl_o(p, i, KL_O_FLAGS);
    out->name = kl_string_at(p, kl_row(p, KL_S_OUTCOMES, i), KL_O_NAME);
    out->title = kl_string_at(p, kl_row(p, KL_S_OUTCOMES, i), KL_O_TITLE);
    out->kind = (kl_kind)kl_o(p, i, KL_O_TYPE);
    out->scale = kl_o(p, i, KL_O_SCALE);
    out->set = kl_o(p, i, KL_O_SET);
    out->many = flags & KL_OUTCOME_MANY;
    out->row_by_row = flags & KL_OUTCOME_ROW_BY_ROW;
    out->audited = kl_o(p, i, KL_O_AUDITED);
    out->columns = kl_o(p, i, KL_O_COLUMNS);
    out->slots = kl_o(p, i, KL_O_SLOTS);
}

void kl_outcome_column(const kl_program *p, uint32_t outcome, uint32_t column, kl_column_info *out) {
    CLEAR(out);
    if (outcome >= p->count[KL_S_OUTCOMES] || column >= kl_o(p, outcome, KL_O_COLUMNS)) return;
    uint32_t row = kl_o(p, outcome, KL_O_FIRST_COLUMN) + column;
    out->name = kl_string_at(p, kl_row(p, KL_S_COLUMNS, row), 0);
    out->kind = (kl_kind)kl_word(p, KL_S_COLUMNS, row, 2);
    out->scale = kl_word(p, KL_S_COLUMNS, row, 3);
    out->set = kl_word(p, KL_S_COLUMNS, row, 4);
}

void kl_entry_of(const kl_program *p, uint32_t i, kl_entry_info *out) {
    CLEAR(out);
    if (i >= p->count[KL_S_ENTRIES]) return;
    out->id = kl_string_at(p, kl_row(p, KL_S_ENTRIES, i), KL_E_ID);
    out->label = kl_string_at(p, kl_row(p, KL_S_ENTRIES, i), KL_E_LABEL);
    out->title = kl_string_at(p, kl_row(p, KL_S_ENTRIES, i), KL_E_TITLE);
    out->citation = kl_string_at(p, kl_row(p, KL_S_ENTRIES, i), KL_E_CITE);
    out->open = kl_string_at(p, kl_row(p, KL_S_ENTRIES, i), KL_E_OPEN);
    out->because = kl_string_at(p, kl_row(p, KL_S_ENTRIES, i), KL_E_BECAUSE);
    out->kind = kl_e(p, i, KL_E_KIND);
    out->parent = kl_e(p, i, KL_E_PARENT);
    out->traced = kl_e(p, i, KL_E_TRUTH) != KL_ABSENT || kl_e(p, i, KL_E_REQUIREMENT) != KL_ABSENT;
    out->quantifier = kl_e(p, i, KL_E_QUANTIFIER);
    out->from = kl_signed32(kl_e(p, i, KL_E_FROM));
    out->through = kl_signed32(kl_e(p, i, KL_E_THROUGH));
    out->before = kl_e(p, i, KL_E_BEFORE);
    out->after = kl_e(p, i, KL_E_AFTER);
    out->reads = kl_e(p, i, KL_E_READS);
}

kl_ref kl_entry_read(const kl_program *p, uint32_t entry, uint32_t i) {
    if (entry >= p->count[KL_S_ENTRIES] || i >= kl_e(p, entry, KL_E_READS)) return (kl_ref){0, KL_INDEX_NONE};
    uint32_t row = kl_e(p, entry, KL_E_FIRST_READ) + i;
    return (kl_ref){kl_word(p, KL_S_REFS, row, 0), kl_word(p, KL_S_REFS, row, 1)};
}

int64_t kl_constant(const kl_program *p, uint32_t i) {
    return i < p->count[KL_S_CONSTS] ? kl_const(p, i) : 0;
}
