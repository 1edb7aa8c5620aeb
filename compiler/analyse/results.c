/* results.c - results and texts, hashed.
 * May include: compiler/analyse/results.
 * Start at kl_result_of(): what a rule, a row or `annars` gives. */
#include "compiler/analyse/results.h"

#include <string.h>

static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static uint64_t hash_text(kl_str s) {
    uint64_t h = s.n;
    for (size_t i = 0; i < s.n; i++) h = mix(h, (unsigned char)s.p[i]);
    return h;
}

uint32_t kl_result_put(kl_endings *e, kl_result_kind kind, int64_t value) {
    if ((e->list.n + 1) * 2 > e->cap) {
        e->cap = e->cap ? e->cap * 2 : 256;
        e->table = kl_alloc_array(e->forms->arena, e->cap, sizeof *e->table);
        for (size_t i = 0; i < e->list.n; i++) {
            size_t at = mix(e->list.p[i].kind, (uint64_t)e->list.p[i].value) & (e->cap - 1);
            while (e->table[at]) at = (at + 1) & (e->cap - 1);
            e->table[at] = (uint32_t)i + 1;
        }
    }
    size_t at = mix(kind, (uint64_t)value) & (e->cap - 1);
    for (; e->table[at]; at = (at + 1) & (e->cap - 1)) {
        const kl_ending *k = &e->list.p[e->table[at] - 1];
        if (k->kind == kind && k->value == value) return e->table[at] - 1;
    }
    KL_PUSH(e->forms->arena, &e->list, ((kl_ending){kind, value}));
    return (e->table[at] = (uint32_t)e->list.n) - 1;
}

uint32_t kl_text_put(kl_endings *e, kl_str text) {
    if ((e->texts.n + 1) * 2 > e->text_cap) {
        e->text_cap = e->text_cap ? e->text_cap * 2 : 256;
        e->text_table = kl_alloc_array(e->forms->arena, e->text_cap, sizeof *e->text_table);
        for (size_t i = 0; i < e->texts.n; i++) {
            size_t at = hash_text(e->texts.p[i]) & (e->text_cap - 1);
            while (e->text_table[at]) at = (at + 1) & (e->text_cap - 1);
            e->text_table[at] = (uint32_t)i + 1;
        }
    }
    size_t at = hash_text(text) & (e->text_cap - 1);
    for (; e->text_table[at]; at = (at + 1) & (e->text_cap - 1))
        if (kl_str_eq(e->texts.p[e->text_table[at] - 1], text)) return e->text_table[at] - 1;
    KL_PUSH(e->forms->arena, &e->texts, text);
    return (e->text_table[at] = (uint32_t)e->texts.n) - 1;
}

void kl_endings_init(kl_endings *e, kl_forms *f) {
    memset(e, 0, sizeof *e);
    e->forms = f;
    for (size_t i = 0; i < f->g->texts.n; i++) KL_PUSH(f->arena, &e->texts, f->g->texts.p[i]);
    for (int reason = KL_REASON_NO_CLAUSE; reason <= KL_REASON_NOT_IN_FORCE; reason++)
        kl_result_put(e, KL_RESULT_NONE, reason);
}

uint32_t kl_result_of(kl_endings *e, const ir_result *r) {
    switch (r->kind) {
    case IR_R_NUMBER: {
        uint32_t form = kl_form_number_of(e->forms, r->node);
        const kl_form *n = kl_form_at(e->forms, form);
        return n->kind == KL_FORM_NUMBER ? kl_result_put(e, KL_RESULT_CONST, n->lo)
                                         : kl_result_put(e, KL_RESULT_NUMBER, form);
    }
    case IR_R_SET: return kl_result_put(e, KL_RESULT_CONST, (int64_t)r->mask);
    case IR_R_TEXT: return kl_result_put(e, KL_RESULT_TEXT, kl_text_put(e, r->text));
    case IR_R_FIELD: return kl_result_put(e, KL_RESULT_FIELD, r->field);
    case IR_R_NOT_STATED: return kl_result_put(e, KL_RESULT_NOT_STATED, 0);
    case IR_R_EXTERNAL: return kl_result_put(e, KL_RESULT_EXTERNAL, kl_text_put(e, r->text));
    case IR_R_NONE: break;
    }
    return kl_result_put(e, KL_RESULT_NONE, KL_REASON_NO_CLAUSE);
}

bool kl_result_is_fixed(const kl_endings *e, uint32_t i) {
    kl_result_kind kind = kl_result_at(e, i)->kind;
    return kind != KL_RESULT_NUMBER && kind != KL_RESULT_FIELD;
}

kl_span64 kl_result_span(kl_endings *e, uint32_t i) {
    kl_ending r = *kl_result_at(e, i);
    kl_span64 s = {INT64_MAX, INT64_MIN, 0, false, KL_NO_FORM}; /* no value at all */
    switch (r.kind) {
    case KL_RESULT_CONST: s.lo = s.hi = r.value; break;
    case KL_RESULT_NUMBER: return kl_form_span(e->forms, (uint32_t)r.value);
    case KL_RESULT_NONE: s.states = KL_CAN_NONE; break;
    case KL_RESULT_NOT_STATED: s.states = KL_CAN_NOT_STATED; break;
    case KL_RESULT_CONFLICT: s.states = KL_CAN_CONFLICT; break;
    case KL_RESULT_ERROR: s.states = KL_CAN_ERROR; break;
    case KL_RESULT_EXTERNAL:
        s.states = KL_CAN_EXTERNAL;
        s.document = i;
        break;
    case KL_RESULT_TEXT:
    case KL_RESULT_FIELD:
    case KL_RESULT_OPEN: break;
    }
    return s;
}

void kl_result_refs(kl_endings *e, uint32_t i, kl_ref_list *out) {
    const kl_ending *r = kl_result_at(e, i);
    if (r->kind == KL_RESULT_NUMBER) kl_form_refs(e->forms, (uint32_t)r->value, out);
    if (r->kind == KL_RESULT_FIELD) {
        KL_PUSH(e->forms->arena, out, ((ir_ref){IR_REF_FIELD, (uint32_t)r->value}));
        kl_ref_sort(out);
    }
}
