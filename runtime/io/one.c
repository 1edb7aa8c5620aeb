/* one.c - a verified image with everything one record needs: schema, reading, workspace, verdict.
 * May include: the C library.
 * Start at kl_one_new(), then kl_one_decide(). */
#include "runtime/io/one.h"
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

struct kl_one {
    uint8_t *image;
    size_t size;
    void *program_memory;
    const kl_program *program;
    kl_workspace *workspace;
    kl_schema *schema;
    const kl_schema *schemas[1];
    int32_t from[1];
    uint32_t dated[1];
    kl_editions editions;
    kl_feed *feed;
    kl_reading *reading;
    kl_teller *teller;
    kl_verdict *verdict;
    kl_chunk chunk;
    kl_bytes out;
    bool trace, failed;
};

/* ------------------------------------------------------------------ making one */
static bool parts(kl_one *o) {
    o->workspace = kl_workspace_new(o->program, 0, NULL, 0);
    o->schema = kl_schema_new(o->program);
    o->schemas[0] = o->schema;
    o->dated[0] = KL_INDEX_NONE;
    o->editions = (kl_editions){1, o->schemas, o->from, o->dated};
    o->feed = kl_feed_new((kl_origin){.read = NULL}, KL_INPUT_NDJSON, false, false);
    if (!o->workspace || !o->schema || !o->feed) return false;
    kl_workspace_use(o->workspace, kl_kernels_best());
    kl_workspace_trace(o->workspace, false);
    o->reading = kl_reading_new(&o->editions, o->feed, false);
    o->teller = kl_teller_new(o->program);
    o->verdict = o->teller ? kl_verdict_new(o->teller, o->workspace) : NULL;
    return o->reading && o->verdict;
}

kl_one *kl_one_new(const void *image, size_t size, kl_fault *fault) {
    *fault = (kl_fault){.field = KL_INDEX_NONE, .reason = NULL};
    kl_one *o = calloc(1, sizeof *o);
    if (!o) return NULL;
    o->size = size;
    o->image = malloc(size ? size : 1);
    o->program_memory = malloc(kl_program_size());
    if (o->image && o->program_memory) {
        if (size) memcpy(o->image, image, size);
        o->program = kl_verify(o->program_memory, kl_program_size(), o->image, size, fault);
        if (o->program && parts(o)) return o;
    }
    kl_one_free(o);
    return NULL;
}

void kl_one_free(kl_one *o) {
    if (!o) return;
    kl_verdict_free(o->verdict);
    kl_teller_free(o->teller);
    kl_reading_free(o->reading);
    kl_feed_free(o->feed);
    kl_schema_free(o->schema);
    kl_bytes_free(&o->chunk.bytes);
    kl_bytes_free(&o->out);
    free(o->workspace);
    free(o->program_memory);
    free(o->image);
    free(o);
}

bool kl_one_is(const kl_one *o, const void *image, size_t size) {
    return o->size == size && memcmp(o->image, image, size) == 0;
}
const kl_program *kl_one_program(const kl_one *o) {
    return o->program;
}
const kl_verdict *kl_one_verdict(const kl_one *o) {
    return o->verdict;
}
bool kl_one_failed(const kl_one *o) {
    return o->failed;
}

uint32_t kl_one_outcome(const kl_one *o, kl_string name) {
    kl_guideline_info info;
    kl_describe(o->program, &info);
    for (uint32_t i = 0; i < info.outcomes; i++) {
        kl_outcome_info outcome;
        kl_outcome_of(o->program, i, &outcome);
        if (outcome.name.size == name.size && memcmp(outcome.name.data, name.data, name.size) == 0) return i;
    }
    return KL_INDEX_NONE;
}

/* ------------------------------------------------------------------ one record */
/* The object as one line: JSON's line breaks between values become spaces; inside a string they are no JSON, and stay. */
static bool lay_out(kl_one *o, const char *json, size_t size) {
    kl_bytes *line = &o->chunk.bytes;
    line->size = 0;
    if (!kl_bytes_room(line, size + 1 + 64)) return false;
    memcpy(line->data, json, size);
    if (memchr(json, '\n', size)) {
        bool inside = false;
        for (size_t i = 0; i < size; i++) {
            char *c = &line->data[i];
            if (inside && *c == '\\')
                i++;
            else if (*c == '"')
                inside = !inside;
            else if (*c == '\n' && !inside)
                *c = ' ';
        }
    }
    line->data[size] = '\n';
    memset(line->data + size + 1, 0, 64);
    line->size = size + 1;
    return true;
}

static bool refuse(kl_one_refusal *why, kl_reject_reason reason) {
    *why = (kl_one_refusal){kl_reject_code(reason), kl_reject_words(reason), {"", 0}, {"", 0}};
    return false;
}

bool kl_one_decide(kl_one *o, const char *json, size_t size, bool trace, kl_one_refusal *why) {
    kl_fault fault = {.reason = NULL};
    if (size > KL_RECORD_BYTES) return refuse(why, KL_REJECT_LONG);
    if (!lay_out(o, json, size)) o->failed = true;
    if (o->failed) return refuse(why, KL_REJECT_JSON);
    kl_reading_start(o->reading, &o->chunk);
    bool read = kl_reading_next(o->reading);
    o->failed = kl_reading_failed(o->reading);
    if (!read) return refuse(why, KL_REJECT_JSON);
    const kl_reject *r = kl_reading_reject(o->reading, 0);
    if (r) {
        refuse(why, r->reason);
        why->column = r->column;
        why->value = r->value;
        return false;
    }
    if (trace != o->trace) kl_workspace_trace(o->workspace, trace);
    o->trace = trace;
    if (!kl_eval(o->workspace, kl_reading_batch(o->reading, 0), &fault)) {
        refuse(why, KL_REJECT_RANGE);
        why->reason = fault.reason;
        return false;
    }
    kl_verdict_take(o->verdict, 0, kl_reading_key(o->reading, 0));
    o->failed = kl_verdict_failed(o->verdict);
    return true;
}

/* ------------------------------------------------------------------ as JSON */
static kl_string written(kl_one *o) {
    if (o->out.failed) o->failed = true;
    return o->failed ? (kl_string){"null", 4} : (kl_string){o->out.data, o->out.size};
}

kl_string kl_one_write(kl_one *o) {
    o->out.size = 0;
    kl_write_ndjson(&o->out, o->verdict, o->trace, NULL, 0);
    if (o->out.size) o->out.size--;
    return written(o);
}

static void member(kl_bytes *out, const char *before, kl_string value) {
    kl_bytes_text(out, before);
    kl_bytes_json(out, value);
}

static kl_string text(const char *s) {
    return (kl_string){s, strlen(s)};
}

kl_string kl_one_write_refusal(kl_one *o, const kl_one_refusal *why) {
    o->out.size = 0;
    member(&o->out, "{\"rejected\": {\"column\": ", why->column);
    member(&o->out, ", \"value\": ", why->value);
    member(&o->out, ", \"code\": ", text(why->code));
    member(&o->out, ", \"reason\": ", text(why->reason));
    kl_bytes_text(&o->out, "}}");
    return written(o);
}

kl_string kl_one_write_value(kl_one *o, uint32_t outcome) {
    const kl_verdict_outcome *v = &o->verdict->outcomes[outcome];
    kl_outcome_info info;
    o->out.size = 0;
    kl_outcome_of(o->program, outcome, &info);
    if (v->result.state != KL_DECIDED)
        kl_bytes_text(&o->out, "null");
    else if (info.many)
        kl_bytes_slots(&o->out, o->verdict, outcome, v->in, v->in_count);
    else
        kl_bytes_json_value(&o->out, o->program, info.kind, info.scale, info.set, &v->result);
    return written(o);
}

/* ------------------------------------------------------------------ what the guideline is */
static void type_of(kl_one *o, kl_kind kind, uint32_t scale, uint32_t set) {
    member(&o->out, ", \"type\": ", text(kl_kind_word(kind)));
    if (kind == KL_DECIMAL || kind == KL_MONEY) {
        kl_bytes_text(&o->out, ", \"decimals\": ");
        kl_bytes_number(&o->out, scale, 0, '.');
    }
    if (kind != KL_VALUES && kind != KL_SET) return;
    kl_set_info info;
    kl_set_of(o->program, set, &info);
    kl_bytes_text(&o->out, ", \"values\": [");
    for (uint32_t code = 0; code < info.values; code++)
        member(&o->out, code ? ", " : "", kl_value_code(o->program, set, code, 0));
    kl_bytes_char(&o->out, ']');
}

static void day(kl_bytes *out, const char *before, int32_t d) {
    kl_bytes_text(out, before);
    if (d == INT32_MIN || d == INT32_MAX) {
        kl_bytes_text(out, "null");
        return;
    }
    kl_bytes_char(out, '"');
    kl_bytes_date(out, d);
    kl_bytes_char(out, '"');
}

kl_string kl_one_inspect(kl_one *o) {
    kl_bytes *out = &o->out;
    kl_guideline_info info;
    kl_describe(o->program, &info);
    out->size = 0;
    member(out, "{\"guideline\": ", info.name);
    member(out, ", \"title\": ", info.title);
    member(out, ", \"issuer\": ", info.issuer);
    member(out, ", \"document\": ", info.document);
    member(out, ", \"edition\": ", info.edition);
    day(out, ", \"from\": ", info.from);
    day(out, ", \"through\": ", info.through);
    kl_bytes_text(out, ", \"source_hash\": ");
    kl_bytes_hash(out, info.source_hash);
    kl_bytes_text(out, ", \"fields\": [");
    for (uint32_t i = 0; i < info.fields; i++) {
        kl_field_info f;
        kl_field_of(o->program, i, &f);
        member(out, i ? ", {\"name\": " : "{\"name\": ", f.name);
        type_of(o, f.kind, f.scale, f.set);
        kl_bytes_text(out, f.required ? ", \"required\": true}" : ", \"required\": false}");
    }
    kl_bytes_text(out, "], \"outcomes\": [");
    for (uint32_t i = 0; i < info.outcomes; i++) {
        kl_outcome_info x;
        kl_outcome_of(o->program, i, &x);
        member(out, i ? ", {\"name\": " : "{\"name\": ", x.name);
        member(out, ", \"title\": ", x.title);
        if (!x.many) type_of(o, x.kind, x.scale, x.set);
        kl_bytes_text(out, x.many ? ", \"many\": true}" : ", \"many\": false}");
    }
    kl_bytes_text(out, "]}");
    return written(o);
}
