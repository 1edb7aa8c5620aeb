/* values.c - what one record holds in a field, and what a result of the image is for it.
 * May include: program.h of this room. Reads the batch's columns and the number registers; changes nothing.
 * Start at kl_resolve(). */
#include "runtime/program.h"

bool kl_is_numeric(uint32_t type) {
    return type >= KL_TYPE_INTEGER && type <= KL_TYPE_DAYS;
}

bool kl_fits(const kl_program *p, uint32_t type, uint32_t set, int64_t value) {
    if (type == KL_TYPE_BOOL) return value == 0 || value == 1;
    if (type == KL_TYPE_DATE) return value >= KL_DATE_MIN && value <= KL_DATE_MAX;
    if (kl_is_numeric(type)) return value >= -KL_NUMBER_MAX && value <= KL_NUMBER_MAX;
    uint32_t values = kl_word(p, KL_S_SETS, set, 5);
    if (type == KL_TYPE_VALUES) return value >= 0 && value < (int64_t)values;
    return values >= 64 || (uint64_t)value >> values == 0;
}

bool kl_field_known(const kl_workspace *w, uint32_t field, uint32_t row) {
    return (kl_received(w, field, row / 64) >> (row % 64) & 1) ||
           (kl_f(w->program, field, KL_F_FLAGS) & KL_FIELD_DEFAULT);
}

bool kl_field_number(const kl_workspace *w, uint32_t field, uint32_t row, int64_t *value) {
    const kl_program *p = w->program;
    const kl_column *c = &w->columns[field];
    if (kl_received(w, field, row / 64) >> (row % 64) & 1) {
        uint32_t type = kl_f(p, field, KL_F_TYPE);
        *value = type == KL_TYPE_BOOL     ? kl_bit(c->as.bits, row)
                 : type == KL_TYPE_VALUES ? c->as.codes[row]
                                          : c->as.numbers[row];
        return true;
    }
    *value = 0;
    if (!(kl_f(p, field, KL_F_FLAGS) & KL_FIELD_DEFAULT)) return false;
    *value = kl_const(p, kl_f(p, field, KL_F_DEFAULT));
    return true;
}

bool kl_field_text(const kl_workspace *w, uint32_t field, uint32_t row, kl_string *text) {
    const kl_program *p = w->program;
    if (kl_received(w, field, row / 64) >> (row % 64) & 1) {
        *text = w->columns[field].as.texts[row];
        return true;
    }
    if (!(kl_f(p, field, KL_F_FLAGS) & KL_FIELD_DEFAULT)) return false;
    *text = kl_text(p, kl_f(p, field, KL_F_DEFAULT));
    return true;
}

bool kl_field_set(const kl_workspace *w, uint32_t field, uint32_t row, uint64_t *set) {
    const kl_program *p = w->program;
    if (kl_received(w, field, row / 64) >> (row % 64) & 1) {
        *set = w->columns[field].as.sets[row];
        return true;
    }
    if (!(kl_f(p, field, KL_F_FLAGS) & KL_FIELD_DEFAULT)) return false;
    *set = (uint64_t)kl_const(p, kl_f(p, field, KL_F_DEFAULT));
    return true;
}

void kl_resolve(const kl_workspace *w, uint32_t decision, uint32_t row, kl_result *out) {
    static const uint8_t state_of_tag[] = {KL_DECIDED,  KL_UNDETERMINED, KL_NO_RESULT, KL_NOT_STATED,
                                           KL_EXTERNAL, KL_CONFLICT,     KL_FAILED};
    const kl_program *p = w->program;
    memset(out, 0, sizeof *out);
    out->state = decision == KL_DECISION_CONFLICT ? KL_CONFLICT
                 : decision == KL_DECISION_NONE   ? KL_NO_RESULT
                                                  : KL_UNDETERMINED;
    if (decision >= KL_DECISION_NONE) return;
    uint32_t value = kl_r(p, decision, KL_R_VALUE);
    switch ((kl_result_kind)kl_r(p, decision, KL_R_KIND)) {
    case KL_RESULT_NONE:
        out->state = KL_NO_RESULT;
        out->reason = value;
        break;
    case KL_RESULT_CONST:
        out->state = KL_DECIDED;
        out->number = kl_const(p, value);
        out->set = (uint64_t)out->number;
        break;
    case KL_RESULT_TEXT:
    case KL_RESULT_EXTERNAL:
        out->state = kl_r(p, decision, KL_R_KIND) == KL_RESULT_TEXT ? KL_DECIDED : KL_EXTERNAL;
        out->text = kl_text(p, value);
        break;
    case KL_RESULT_NUMBER: {
        uint8_t tag = kl_tags(w, value)[row];
        int64_t n = kl_numbers(w, value)[row];
        out->state = (kl_state)state_of_tag[tag];
        if (tag == KL_TAG_VALUE) out->number = n;
        if (tag == KL_TAG_EXTERNAL) out->text = kl_text(p, (uint32_t)n);
        break;
    }
    case KL_RESULT_FIELD: {
        bool known = kl_f(p, value, KL_F_TYPE) == KL_TYPE_TEXT ? kl_field_text(w, value, row, &out->text)
                                                               : kl_field_set(w, value, row, &out->set);
        if (known) out->state = KL_DECIDED;
        out->number = kl_signed(out->set);
        break;
    }
    case KL_RESULT_NOT_STATED: out->state = KL_NOT_STATED; break;
    case KL_RESULT_CONFLICT: out->state = KL_CONFLICT; break;
    case KL_RESULT_ERROR: out->state = KL_FAILED; break;
    case KL_RESULT_OPEN: break;
    }
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
