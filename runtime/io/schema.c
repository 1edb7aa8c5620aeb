/* schema.c - what the input may hold: input names to fields and codes to values, by hash, built once when the guideline is loaded.
 * May include: libutf8proc (names and codes are compared composed).
 * Start at kl_schema_new(). */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

static bool room_for(void **p, uint32_t count, uint32_t *room, size_t size) {
    if (count < *room) return true;
    uint32_t more = *room ? *room * 2 : 16;
    void *q = realloc(*p, more * size);
    if (!q) return false;
    *p = q;
    *room = more;
    return true;
}

kl_schema *kl_schema_start(kl_string currency) {
    kl_schema *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->currency = currency;
    s->key = KL_INDEX_NONE;
    return s;
}

bool kl_schema_add_set(kl_schema *s, uint32_t values) {
    void *p = s->sets;
    if (!room_for(&p, s->set_count, &s->set_room, sizeof *s->sets)) return false;
    s->sets = p;
    s->sets[s->set_count++] = (struct kl_set_codes){{0}, values};
    return true;
}

bool kl_schema_add_code(kl_schema *s, uint32_t set, kl_string code, uint32_t value) {
    return kl_lookup_add(&s->sets[set].codes, code, value);
}

bool kl_schema_add_field(kl_schema *s, const kl_schema_field *f) {
    void *p = s->fields;
    if (!room_for(&p, s->field_count, &s->field_room, sizeof *s->fields)) return false;
    s->fields = p;
    if (f->key) s->key = s->field_count;
    s->fields[s->field_count++] = *f;
    return true;
}

bool kl_schema_add_input(kl_schema *s, uint32_t field, kl_string name) {
    void *p = s->inputs;
    if (!room_for(&p, s->input_count, &s->input_room, sizeof *s->inputs)) return false;
    s->inputs = p;
    s->inputs[s->input_count++] = (struct kl_input){name, field, KL_INDEX_NONE};
    return true;
}

bool kl_schema_ready(kl_schema *s) {
    for (uint32_t i = 0; i < s->input_count; i++) {
        struct kl_input *in = &s->inputs[i];
        uint32_t at = kl_lookup_find(&s->names, in->name.data, in->name.size);
        if (at == KL_INDEX_NONE) {
            if (!kl_lookup_add(&s->names, in->name, i)) return false;
            continue;
        }
        while (s->inputs[at].field != in->field && s->inputs[at].next != KL_INDEX_NONE) at = s->inputs[at].next;
        if (s->inputs[at].field != in->field) s->inputs[at].next = i;
    }
    return true;
}

void kl_schema_free(kl_schema *s) {
    if (!s) return;
    for (uint32_t i = 0; i < s->set_count; i++) kl_lookup_free(&s->sets[i].codes);
    kl_lookup_free(&s->names);
    free(s->sets);
    free(s->fields);
    free(s->inputs);
    free(s);
}

static bool fill(kl_schema *s, const kl_program *p, const kl_guideline_info *g) {
    for (uint32_t i = 0; i < g->sets; i++) {
        kl_set_info set;
        kl_set_of(p, i, &set);
        if (!kl_schema_add_set(s, set.values)) return false;
        for (uint32_t v = 0; v < set.values; v++) {
            kl_value_info value;
            kl_value_of(p, i, v, &value);
            for (uint32_t k = 0; k < value.codes; k++)
                if (!kl_schema_add_code(s, i, kl_value_code(p, i, v, k), v)) return false;
        }
    }
    for (uint32_t i = 0; i < g->fields; i++) {
        kl_field_info f;
        kl_field_of(p, i, &f);
        if (!kl_schema_add_field(s, &(kl_schema_field){f.name, f.kind, f.scale, f.set, f.required, f.key}))
            return false;
        for (uint32_t k = 0; k < f.inputs; k++)
            if (!kl_schema_add_input(s, i, kl_field_input(p, i, k))) return false;
    }
    return kl_schema_ready(s);
}

kl_schema *kl_schema_new(const kl_program *p) {
    kl_guideline_info g;
    kl_describe(p, &g);
    kl_schema *s = kl_schema_start(g.currency);
    if (s && fill(s, p, &g)) return s;
    kl_schema_free(s);
    return NULL;
}

uint32_t kl_schema_fields(const kl_schema *s) {
    return s->field_count;
}
const kl_schema_field *kl_schema_field_of(const kl_schema *s, uint32_t field) {
    return &s->fields[field];
}
uint32_t kl_schema_key(const kl_schema *s) {
    return s->key;
}

uint32_t kl_schema_find(const kl_schema *s, kl_string name, uint32_t next) {
    uint32_t at = kl_lookup_find(&s->names, name.data, name.size);
    if (next == KL_INDEX_NONE || at == KL_INDEX_NONE) return at == KL_INDEX_NONE ? at : s->inputs[at].field;
    while (at != KL_INDEX_NONE && s->inputs[at].field != next) at = s->inputs[at].next;
    if (at != KL_INDEX_NONE) at = s->inputs[at].next;
    return at == KL_INDEX_NONE ? at : s->inputs[at].field;
}

uint32_t kl_schema_code(const kl_schema *s, uint32_t set, kl_string code) {
    return kl_lookup_find(&s->sets[set].codes, code.data, code.size);
}
