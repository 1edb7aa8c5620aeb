/* template.c - the verb template: the headings of a CSV file, or a JSON Schema of the record, from the fields of a guideline.
 * May include: the runtime and its io.
 * Start at kl_verb_template(). */
#include "compiler/cli/rules.h"

#include <string.h>

/* Fields of all editions, each name once, the newest edition's first. */
typedef struct field_of {
    const kl_edition *edition;
    uint32_t field;
    kl_field_info info;
} field_of;
typedef KL_VEC(field_of) fields;

static void all_fields(kl_cli *c, const kl_rules *rules, fields *list) {
    for (size_t e = rules->editions.n; e-- > 0;)
        for (uint32_t f = 0; f < rules->editions.p[e].info.fields; f++) {
            field_of one = {.edition = &rules->editions.p[e], .field = f};
            bool known = false;
            kl_field_of(one.edition->program, f, &one.info);
            for (size_t i = 0; i < list->n && !known; i++)
                known = kl_str_eq(kl_str_from(list->p[i].info.name), kl_str_from(one.info.name));
            if (!known) KL_PUSH(c->arena, list, one);
        }
}

static void headings(kl_bytes *out, const fields *list, kl_csv_form form) {
    for (size_t i = 0; i < list->n; i++) {
        if (i) kl_bytes_char(out, form.comma);
        kl_bytes_cell(out, form, list->p[i].info.name);
    }
    kl_bytes_char(out, '\n');
}

static void json_list(kl_bytes *out, const kl_string *names, size_t n) {
    kl_bytes_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) kl_bytes_text(out, ", ");
        kl_bytes_json(out, names[i]);
    }
    kl_bytes_char(out, ']');
}

static void value_names(kl_cli *c, kl_bytes *out, const kl_program *p, uint32_t set) {
    kl_set_info info;
    kl_set_of(p, set, &info);
    kl_string *names = kl_alloc_array(c->arena, info.values + 1, sizeof *names);
    for (uint32_t v = 0; v < info.values; v++) {
        kl_value_info value;
        kl_value_of(p, set, v, &value);
        names[v] = value.name;
    }
    kl_bytes_text(out, "\"enum\": ");
    json_list(out, names, info.values);
}

/* Codes besides the values' own names, and labels: what a person needs to map her own. */
static void value_codes(kl_bytes *out, const kl_program *p, uint32_t set) {
    kl_set_info info;
    kl_set_of(p, set, &info);
    kl_bytes_text(out, ", \"x-input-codes\": {");
    for (uint32_t v = 0; v < info.values; v++) {
        kl_value_info value;
        kl_value_of(p, set, v, &value);
        if (v) kl_bytes_text(out, ", ");
        kl_bytes_json(out, value.name);
        kl_bytes_text(out, ": [");
        for (uint32_t k = 1; k < value.codes; k++) {
            if (k > 1) kl_bytes_text(out, ", ");
            kl_bytes_json(out, kl_value_code(p, set, v, k));
        }
        kl_bytes_char(out, ']');
    }
    kl_bytes_char(out, '}');
}

static void property(kl_cli *c, kl_bytes *out, const field_of *f) {
    const kl_program *p = f->edition->program;
    kl_bytes_text(out, "    ");
    kl_bytes_json(out, f->info.name);
    kl_bytes_text(out, ": {");
    switch (f->info.kind) {
    case KL_BOOL: kl_bytes_text(out, "\"type\": \"boolean\""); break;
    case KL_VALUES:
        kl_bytes_text(out, "\"type\": \"string\", ");
        value_names(c, out, p, f->info.set);
        break;
    case KL_SET:
        kl_bytes_text(out, "\"type\": \"array\", \"uniqueItems\": true, \"items\": {\"type\": \"string\", ");
        value_names(c, out, p, f->info.set);
        kl_bytes_char(out, '}');
        break;
    case KL_DECIMAL:
    case KL_MONEY: kl_bytes_text(out, "\"type\": \"number\""); break;
    case KL_DATE: kl_bytes_text(out, "\"type\": \"string\", \"format\": \"date\""); break;
    case KL_TEXT: kl_bytes_text(out, "\"type\": \"string\""); break;
    case KL_INTEGER:
    case KL_MINUTES:
    case KL_DAYS: kl_bytes_text(out, "\"type\": \"integer\""); break;
    }
    if (f->info.title.size) {
        kl_bytes_text(out, ", \"title\": ");
        kl_bytes_json(out, f->info.title);
    }
    kl_bytes_text(out, ", \"x-type\": \"");
    kl_bytes_text(out, kl_kind_word(f->info.kind));
    kl_bytes_char(out, '"');
    if (f->info.kind == KL_DECIMAL || f->info.kind == KL_MONEY) {
        kl_bytes_text(out, ", \"x-decimals\": ");
        kl_bytes_number(out, (int64_t)f->info.scale, 0, '.');
    }
    if (f->info.set != KL_INDEX_NONE) value_codes(out, p, f->info.set);
    if (f->info.key) kl_bytes_text(out, ", \"x-key\": true");
    if (f->info.attested) kl_bytes_text(out, ", \"x-attested\": true");
    kl_bytes_text(out, ", \"x-input-names\": [");
    for (uint32_t i = 1; i < f->info.inputs; i++) {
        if (i > 1) kl_bytes_text(out, ", ");
        kl_bytes_json(out, kl_field_input(p, f->field, i));
    }
    kl_bytes_text(out, "]}");
}

static void schema(kl_cli *c, kl_bytes *out, const kl_rules *rules, const fields *list) {
    const kl_guideline_info *g = &rules->editions.p[rules->editions.n - 1].info;
    kl_bytes_text(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": ");
    kl_bytes_json(out, g->name);
    kl_bytes_text(out, ",\n  \"description\": ");
    kl_bytes_json(out, g->title);
    kl_bytes_text(out, ",\n  \"type\": \"object\",\n  \"properties\": {\n");
    for (size_t i = 0; i < list->n; i++) {
        property(c, out, &list->p[i]);
        kl_bytes_text(out, i + 1 < list->n ? ",\n" : "\n");
    }
    kl_string *required = kl_alloc_array(c->arena, list->n + 1, sizeof *required);
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        if (list->p[i].info.required || list->p[i].info.key) required[n++] = list->p[i].info.name;
    kl_bytes_text(out, "  },\n  \"required\": ");
    json_list(out, required, n);
    kl_bytes_text(out, "\n}\n");
}

int kl_verb_template(kl_cli *c) {
    kl_rules rules;
    fields list = {0};
    kl_bytes out = {0};
    int status = KL_EXIT_TROUBLE;
    if (kl_rules_load(c, c->operands.p[0], &rules)) {
        all_fields(c, &rules, &list);
        if (kl_cli_is(c, KL_FLAG_FORMAT, "json-schema"))
            schema(c, &out, &rules, &list);
        else
            headings(&out, &list, kl_cli_has(c, KL_FLAG_CSV) ? (kl_csv_form){';', ','} : (kl_csv_form){',', '.'});
        if (kl_write_all(c, kl_cli_value(c, KL_FLAG_OUTPUT), out.data, out.size)) status = KL_EXIT_OK;
    }
    kl_bytes_free(&out);
    kl_rules_free(&rules);
    return status;
}
