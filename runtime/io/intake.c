/* intake.c - one batch being filled: the columns of every field, one value at a time, with what was wrong with each row.
 * May include: the C library. Texts and codes are compared composed: compose.c.
 * Start at kl_intake_put(); csv.c has the quick loops that fill whole columns. */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

static size_t width_of(kl_kind kind) {
    switch (kind) {
    case KL_BOOL: return 0;
    case KL_VALUES: return sizeof(uint16_t);
    case KL_TEXT: return sizeof(kl_string);
    default: return sizeof(int64_t);
    }
}

kl_intake *kl_intake_new(const kl_schema *s, kl_pool *pool) {
    kl_intake *in = calloc(1, sizeof *in);
    if (!in) return NULL;
    uint32_t n = s->field_count;
    in->schema = s;
    in->pool = pool;
    in->columns = calloc(n + 1, sizeof *in->columns);
    in->stores = calloc(n + 1, sizeof *in->stores);
    in->touched = calloc(n / 64 + 1, sizeof *in->touched);
    in->slips = calloc(KL_ROWS_MAX, sizeof *in->slips);
    if (in->columns && in->stores && in->touched && in->slips) return in;
    kl_intake_free(in);
    return NULL;
}

void kl_intake_free(kl_intake *in) {
    if (!in) return;
    for (uint32_t f = 0; in->stores && f < in->schema->field_count; f++) {
        free(in->stores[f].known);
        free(in->stores[f].data);
    }
    free(in->columns);
    free(in->stores);
    free(in->touched);
    free(in->slips);
    free(in);
}

void kl_intake_start(kl_intake *in, uint32_t rows) {
    in->rows = rows;
    memset(in->bad, 0, sizeof in->bad);
    memset(in->touched, 0, (in->schema->field_count / 64 + 1) * sizeof *in->touched);
    for (uint32_t f = 0; f < in->schema->field_count; f++) in->columns[f].known = NULL;
    in->batch = (kl_batch){rows, in->columns};
}

bool kl_intake_touch(kl_intake *in, uint32_t field) {
    if (in->touched[field / 64] >> (field % 64) & 1) return true;
    kl_store *s = &in->stores[field];
    kl_kind kind = in->schema->fields[field].kind;
    size_t width = width_of(kind), size = width ? width * KL_ROWS_MAX : KL_WORDS * sizeof(uint64_t);
    if (!s->known) s->known = malloc(KL_WORDS * sizeof *s->known);
    if (!s->data) s->data = calloc(1, size);
    if (!s->known || !s->data) {
        in->pool->failed = true;
        return false;
    }
    memset(s->known, 0, KL_WORDS * sizeof *s->known);
    if (kind == KL_BOOL) memset(s->data, 0, size);
    in->columns[field].known = s->known;
    in->columns[field].as.bits = s->data;
    in->touched[field / 64] |= UINT64_C(1) << (field % 64);
    return true;
}

void kl_intake_fault(kl_intake *in, uint32_t row, uint32_t field, kl_reject_reason why, uint32_t order,
                     kl_string column, kl_string value) {
    kl_slip *slip = &in->slips[row];
    if ((in->bad[row / 64] >> (row % 64) & 1) && slip->order <= order) return;
    in->bad[row / 64] |= UINT64_C(1) << (row % 64);
    *slip = (kl_slip){why, order, field, column, value};
}

uint32_t kl_intake_code(kl_intake *in, uint32_t set, kl_string s) {
    uint32_t code = kl_schema_code(in->schema, set, s);
    if (code != KL_INDEX_NONE) return code;
    kl_string composed = kl_composed(in->pool, s);
    return composed.data == s.data ? code : kl_schema_code(in->schema, set, composed);
}

/* Marks the row's value of the field as known. false: another column gave a value already; *again says so. */
static bool first_value(kl_intake *in, uint32_t row, uint32_t field) {
    uint64_t bit = UINT64_C(1) << (row % 64), *word = &in->stores[field].known[row / 64];
    if (*word & bit) return false;
    *word |= bit;
    return true;
}

void kl_intake_put_set(kl_intake *in, uint32_t row, uint32_t field, uint64_t mask, uint32_t order, kl_string column) {
    if (!kl_intake_touch(in, field)) return;
    uint64_t *sets = in->stores[field].data;
    if (first_value(in, row, field))
        sets[row] = mask;
    else if (sets[row] != mask)
        kl_intake_fault(in, row, field, KL_REJECT_TWICE, order, column, (kl_string){"", 0});
}

static bool put_bool(kl_intake *in, uint32_t row, uint32_t field, bool value) {
    uint64_t bit = UINT64_C(1) << (row % 64), *word = (uint64_t *)in->stores[field].data + row / 64;
    if (!first_value(in, row, field)) return ((*word & bit) != 0) == value;
    if (value) *word |= bit;
    return true;
}

static bool put_code(kl_intake *in, uint32_t row, uint32_t field, uint16_t code) {
    uint16_t *codes = in->stores[field].data;
    if (!first_value(in, row, field)) return codes[row] == code;
    codes[row] = code;
    return true;
}

static bool put_number(kl_intake *in, uint32_t row, uint32_t field, int64_t number) {
    int64_t *numbers = in->stores[field].data;
    if (!first_value(in, row, field)) return numbers[row] == number;
    numbers[row] = number;
    return true;
}

void kl_intake_put_number(kl_intake *in, uint32_t row, uint32_t field, int64_t number, uint32_t order,
                          kl_string column) {
    if (!kl_intake_touch(in, field)) return;
    if (!put_number(in, row, field, number))
        kl_intake_fault(in, row, field, KL_REJECT_TWICE, order, column, (kl_string){"", 0});
}

static bool put_text(kl_intake *in, uint32_t row, uint32_t field, kl_string text) {
    kl_string *texts = in->stores[field].data;
    if (!first_value(in, row, field))
        return texts[row].size == text.size && memcmp(texts[row].data, text.data, text.size) == 0;
    texts[row] = text;
    return true;
}

static void put(kl_intake *in, uint32_t row, uint32_t field, kl_string s, uint32_t order, kl_string column,
                kl_string received) {
    if (!kl_intake_touch(in, field)) return;
    const kl_schema_field *f = &in->schema->fields[field];
    kl_reject_reason why = KL_REJECT_NOT;
    bool same = true, yes = false;
    int64_t number = 0;
    uint64_t mask = 0;
    switch (f->kind) {
    case KL_BOOL:
        why = kl_parse_bool(s, &yes);
        if (!why) same = put_bool(in, row, field, yes);
        break;
    case KL_VALUES: {
        uint32_t code = kl_intake_code(in, f->set, s);
        if (code > UINT16_MAX)
            why = KL_REJECT_CODE;
        else
            same = put_code(in, row, field, (uint16_t)code);
        break;
    }
    case KL_SET:
        why = kl_parse_set(in->schema, f->set, kl_composed(in->pool, s), &mask);
        if (!why) kl_intake_put_set(in, row, field, mask, order, column);
        break;
    case KL_DATE:
        why = kl_parse_date(s, &number);
        if (!why) same = put_number(in, row, field, number);
        break;
    case KL_TEXT: same = put_text(in, row, field, f->key ? s : kl_composed(in->pool, s)); break;
    default:
        why = kl_parse_number(s, f->scale, f->kind == KL_MONEY ? in->schema->currency : (kl_string){"", 0}, &number);
        if (!why) same = put_number(in, row, field, number);
    }
    if (!same) why = KL_REJECT_TWICE;
    if (why) kl_intake_fault(in, row, field, why, order, column, received);
}

void kl_intake_put(kl_intake *in, uint32_t row, uint32_t field, kl_string s, uint32_t order, kl_string column) {
    put(in, row, field, s, order, column, s);
}

void kl_intake_put_literal(kl_intake *in, uint32_t row, uint32_t field, kl_string s, uint32_t order, kl_string column) {
    kl_kind kind = in->schema->fields[field].kind;
    bool number = kind == KL_INTEGER || kind == KL_DECIMAL || kind == KL_MONEY || kind == KL_MINUTES || kind == KL_DAYS;
    kl_string value = s;
    if (number && memchr(s.data, '.', s.size)) {
        while (value.size && value.data[value.size - 1] == '0') value.size--;
        if (value.size && value.data[value.size - 1] == '.') value.size--;
    }
    put(in, row, field, value, order, column, s);
}

void kl_intake_forget(kl_intake *in, uint32_t row) {
    uint64_t others = ~(UINT64_C(1) << (row % 64));
    for (uint32_t f = 0; f < in->schema->field_count; f++) {
        if (!(in->touched[f / 64] >> (f % 64) & 1)) continue;
        in->stores[f].known[row / 64] &= others;
        if (in->schema->fields[f].kind == KL_BOOL) ((uint64_t *)in->stores[f].data)[row / 64] &= others;
    }
    in->bad[row / 64] &= others;
}

void kl_intake_finish(kl_intake *in) {
    for (uint32_t f = 0; f < in->schema->field_count; f++) {
        const kl_schema_field *field = &in->schema->fields[f];
        if (!field->required && !field->key) continue;
        const uint64_t *known = in->columns[f].known;
        for (uint32_t w = 0; w * 64 < in->rows; w++) {
            uint64_t rows = in->rows - w * 64 >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << (in->rows - w * 64)) - 1;
            for (uint64_t gone = rows & ~(known ? known[w] : 0); gone; gone &= gone - 1)
                kl_intake_fault(in, w * 64 + (uint32_t)__builtin_ctzll(gone), f, KL_REJECT_MISSING, UINT32_MAX,
                                field->name, (kl_string){"", 0});
        }
    }
}
