/* describe.c - rules as JSON: the guideline, the fields and outcomes of its newest edition, clauses and rules with their citations.
 * May include: the C library.
 * Start at kl_describe_rules(). */
#include "runtime/bindings/wasm/host.h"

#include <string.h>

static void comma(kl_bytes *out) {
    char last = out->size ? out->data[out->size - 1] : '{';
    if (last != '{' && last != '[') kl_bytes_text(out, ", ");
}

static void name(kl_bytes *out, const char *key) {
    comma(out);
    kl_bytes_char(out, '"');
    kl_bytes_text(out, key);
    kl_bytes_text(out, "\": ");
}

static void text(kl_bytes *out, const char *key, kl_string s) {
    if (!s.size) return;
    name(out, key);
    kl_bytes_json(out, s);
}

static void word(kl_bytes *out, const char *key, const char *s) {
    text(out, key, (kl_string){s, strlen(s)});
}

static void number(kl_bytes *out, const char *key, int64_t n) {
    name(out, key);
    kl_bytes_number(out, n, 0, '.');
}

static void flag(kl_bytes *out, const char *key, bool set) {
    if (!set) return;
    name(out, key);
    kl_bytes_text(out, "true");
}

static void day(kl_bytes *out, const char *key, int32_t d) {
    if (d == INT32_MIN || d == INT32_MAX) return;
    name(out, key);
    kl_bytes_char(out, '"');
    kl_bytes_date(out, d);
    kl_bytes_char(out, '"');
}

static void hash(kl_bytes *out, const char *key, const uint8_t *bytes) {
    name(out, key);
    kl_bytes_hash(out, bytes);
}

static void type(kl_bytes *out, const kl_program *p, kl_kind kind, uint32_t scale, uint32_t set) {
    word(out, "type", kl_kind_word(kind));
    if (scale) number(out, "decimals", scale);
    if (set == KL_INDEX_NONE) return;
    kl_set_info info;
    kl_set_of(p, set, &info);
    name(out, "values");
    kl_bytes_char(out, '[');
    for (uint32_t i = 0; i < info.values; i++) {
        kl_value_info v;
        kl_value_of(p, set, i, &v);
        comma(out);
        kl_bytes_char(out, '{');
        text(out, "name", v.name);
        text(out, "label", v.label);
        name(out, "codes");
        kl_bytes_char(out, '[');
        for (uint32_t k = 0; k < v.codes; k++) {
            comma(out);
            kl_bytes_json(out, kl_value_code(p, set, i, k));
        }
        kl_bytes_text(out, "]}");
    }
    kl_bytes_char(out, ']');
}

static void field(kl_bytes *out, const kl_program *p, uint32_t i) {
    kl_field_info f;
    kl_field_of(p, i, &f);
    text(out, "name", f.name);
    text(out, "title", f.title);
    type(out, p, f.kind, f.scale, f.set);
    flag(out, "required", f.required);
    flag(out, "key", f.key);
    flag(out, "attested", f.attested);
    name(out, "reads");
    kl_bytes_char(out, '[');
    for (uint32_t k = 0; k < f.inputs; k++) {
        comma(out);
        kl_bytes_json(out, kl_field_input(p, i, k));
    }
    kl_bytes_char(out, ']');
}

static void assumption(kl_bytes *out, const kl_program *p, uint32_t i) {
    kl_assumption_info a;
    kl_assumption_of(p, i, &a);
    text(out, "name", a.name);
    text(out, "title", a.title);
    text(out, "citation", a.citation);
    type(out, p, a.kind, a.scale, a.set);
    flag(out, "hasValue", a.has_value);
}

static void outcome(kl_bytes *out, const kl_program *p, uint32_t i) {
    kl_outcome_info o;
    kl_outcome_of(p, i, &o);
    text(out, "name", o.name);
    text(out, "title", o.title);
    if (!o.many) {
        type(out, p, o.kind, o.scale, o.set);
        return;
    }
    name(out, "columns");
    kl_bytes_char(out, '[');
    for (uint32_t k = 0; k < o.columns; k++) {
        kl_column_info c;
        kl_outcome_column(p, i, k, &c);
        comma(out);
        kl_bytes_char(out, '{');
        text(out, "name", c.name);
        type(out, p, c.kind, c.scale, c.set);
        kl_bytes_char(out, '}');
    }
    kl_bytes_char(out, ']');
}

static void clause(kl_bytes *out, const kl_program *p, uint32_t i) {
    kl_entry_info e, parent;
    kl_entry_of(p, i, &e);
    text(out, "id", e.id);
    word(out, "kind", kl_entry_word(e.kind));
    text(out, "label", e.label);
    text(out, "title", e.title);
    text(out, "citation", e.citation);
    text(out, "open", e.open);
    if (e.parent == KL_INDEX_NONE) return;
    kl_entry_of(p, e.parent, &parent);
    text(out, "parent", parent.id);
}

static void list(kl_bytes *out, const kl_program *p, const char *key, uint32_t count,
                 void (*one)(kl_bytes *out, const kl_program *p, uint32_t i)) {
    name(out, key);
    kl_bytes_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        comma(out);
        kl_bytes_char(out, '{');
        one(out, p, i);
        kl_bytes_char(out, '}');
    }
    kl_bytes_char(out, ']');
}

void kl_describe_rules(kl_bytes *out, const kl_ruleset *rules) {
    const kl_ruleset_edition *newest = kl_ruleset_newest(rules);
    const kl_guideline_info *g = &newest->info;
    kl_bytes_char(out, '{');
    text(out, "name", g->name);
    text(out, "title", g->title);
    text(out, "issuer", g->issuer);
    text(out, "document", g->document);
    text(out, "currency", g->currency);
    text(out, "record", g->record);
    name(out, "editions");
    kl_bytes_char(out, '[');
    for (size_t i = 0; i < rules->count; i++) {
        const kl_guideline_info *e = &rules->editions[i].info;
        comma(out);
        kl_bytes_char(out, '{');
        text(out, "edition", e->edition);
        day(out, "from", e->from);
        day(out, "through", e->through);
        hash(out, "sha256", e->source_hash);
        kl_bytes_char(out, '}');
    }
    kl_bytes_char(out, ']');
    list(out, newest->program, "fields", g->fields, field);
    list(out, newest->program, "assumptions", g->assumptions, assumption);
    list(out, newest->program, "outcomes", g->outcomes, outcome);
    list(out, newest->program, "clauses", g->entries, clause);
    kl_bytes_char(out, '}');
}
