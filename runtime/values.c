/* values.c - what one record holds in a field, and what a result of the image is for it.
 * May include: program.h of this room. Reads the batch's columns and the number registers; changes nothing.
 * Start at kl_resolve(). */
#include "runtime/program.h"

kl_string kl_string_at(const kl_program *p, const uint8_t *row, uint32_t word) {
    kl_string t = {(const char *)p->table[KL_S_STRINGS] + kl_at(row, word), kl_at(row, word + 1)};
    return t;
}

kl_string kl_text(const kl_program *p, uint32_t i) {
    return kl_string_at(p, kl_row(p, KL_S_TEXTS, i), 0);
}

bool kl_same_string(kl_string a, kl_string b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool kl_is_numeric(uint32_t type) {
    return type >= KL_TYPE_INTEGER && type <= KL_TYPE_DAYS;
}

kl_field_plan kl_limits(const kl_program *p, uint32_t type, uint32_t set) {
    kl_field_plan l = {0, 1, type, 0};
    if (type == KL_TYPE_VALUES || type == KL_TYPE_SET) l.span = kl_values_in(p, set) - 1;
    if (type == KL_TYPE_SET) l.span = ~UINT64_C(0) >> (63 - l.span);
    if (type == KL_TYPE_DATE) {
        l.low = (uint64_t)KL_DATE_MIN;
        l.span = (uint64_t)KL_DATE_MAX - l.low;
    } else if (kl_is_numeric(type)) {
        l.low = (uint64_t)-KL_NUMBER_MAX;
        l.span = 2 * (uint64_t)KL_NUMBER_MAX;
    }
    return l;
}

bool kl_fits(const kl_program *p, uint32_t type, uint32_t set, int64_t value) {
    kl_field_plan l = kl_limits(p, type, set);
    return type == KL_TYPE_SET ? ((uint64_t)value & ~l.span) == 0 : (uint64_t)value - l.low <= l.span;
}

bool kl_was_received(const kl_workspace *w, uint32_t field, uint32_t row) {
    return kl_received(w, field, row / 64) >> (row % 64) & 1;
}

bool kl_default(const kl_program *p, uint32_t field, kl_held *out) {
    const uint8_t *row = kl_row(p, KL_S_FIELDS, field);
    memset(out, 0, sizeof *out);
    if (!(kl_at(row, KL_F_FLAGS) & KL_FIELD_DEFAULT)) return false;
    if (kl_at(row, KL_F_TYPE) == KL_TYPE_TEXT)
        out->text = kl_text(p, kl_at(row, KL_F_DEFAULT));
    else
        out->number = kl_const(p, kl_at(row, KL_F_DEFAULT));
    return true;
}

bool kl_field(const kl_workspace *w, uint32_t field, uint32_t row, kl_held *out) {
    const kl_column *c = &w->columns[field];
    if (!kl_was_received(w, field, row)) return kl_default(w->program, field, out);
    memset(out, 0, sizeof *out);
    switch (kl_f(w->program, field, KL_F_TYPE)) {
    case KL_TYPE_BOOL: out->number = kl_bit(c->as.bits, row); break;
    case KL_TYPE_VALUES: out->number = c->as.codes[row]; break;
    case KL_TYPE_SET: out->number = kl_signed(c->as.sets[row]); break;
    case KL_TYPE_TEXT:
        out->text = c->as.texts[row];
        if (!out->text.data) out->text.size = 0;
        break;
    default: out->number = c->as.numbers[row];
    }
    return true;
}

/* ------------------------------------------------------------------ results */
static const uint8_t state_of_tag[] = {KL_DECIDED,  KL_UNDETERMINED, KL_NO_RESULT,    KL_NOT_STATED,
                                       KL_EXTERNAL, KL_CONFLICT,     KL_UNDETERMINED, KL_FAILED};
static const uint8_t state_of_kind[] = {KL_NO_RESULT,  KL_DECIDED,  KL_DECIDED,  KL_DECIDED, KL_DECIDED,
                                        KL_NOT_STATED, KL_EXTERNAL, KL_CONFLICT, KL_FAILED,  KL_UNDETERMINED};

void kl_resolve(const kl_workspace *w, uint32_t decision, uint32_t row, kl_result *out) {
    const kl_program *p = w->program;
    memset(out, 0, sizeof *out);
    out->state = decision == KL_DECISION_CONFLICT ? KL_CONFLICT
                 : decision == KL_DECISION_NONE   ? KL_NO_RESULT
                                                  : KL_UNDETERMINED;
    if (decision >= KL_DECISION_NONE) return;
    uint32_t kind = kl_r(p, decision, KL_R_KIND), value = kl_r(p, decision, KL_R_VALUE);
    kl_held held = {0, {NULL, 0}};
    out->state = (kl_state)state_of_kind[kind];
    switch ((kl_result_kind)kind) {
    case KL_RESULT_NONE: out->reason = value; break;
    case KL_RESULT_CONST: held.number = kl_const(p, value); break;
    case KL_RESULT_TEXT:
    case KL_RESULT_EXTERNAL: held.text = kl_text(p, value); break;
    case KL_RESULT_NUMBER:
        held.number = kl_numbers(w, value)[row];
        out->state = (kl_state)state_of_tag[kl_tags(w, value)[row]];
        if (out->state == KL_EXTERNAL) held.text = kl_text(p, (uint32_t)held.number);
        if (out->state != KL_DECIDED) held.number = 0;
        break;
    case KL_RESULT_FIELD:
        if (!kl_field(w, value, row, &held)) out->state = KL_UNDETERMINED;
        break;
    default: break;
    }
    out->number = held.number;
    out->set = (uint64_t)held.number;
    out->text = held.text;
}

bool kl_same_result(const kl_result *a, const kl_result *b) {
    return a->state == b->state && a->number == b->number && kl_same_string(a->text, b->text);
}

bool kl_same_in_row(const kl_workspace *w, uint32_t a, uint32_t b, uint32_t row) {
    kl_result x, y;
    if (a == b) return true;
    kl_resolve(w, a, row, &x);
    kl_resolve(w, b, row, &y);
    return x.state != KL_UNDETERMINED && kl_same_result(&x, &y);
}
