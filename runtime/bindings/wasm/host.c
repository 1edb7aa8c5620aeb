/* host.c - what JavaScript calls of the runtime: rules from images, records as bytes to decisions as JSON lines.
 * May include: the C library. Memory is the module's own; JavaScript writes where kl_take() says and reads kl_answer.
 * Start at load() and decide(); index.js is the other side. */
#include "runtime/bindings/wasm/host.h"

#include <stdlib.h>
#include <string.h>

#include "lang/diag.h"

kl_bytes kl_answer;

kl_bytes *kl_answer_anew(void) {
    kl_answer.size = 0;
    return &kl_answer;
}

KL_EXPORT("take") void *kl_take(size_t size) {
    return malloc(size ? size : 1);
}
KL_EXPORT("give") void kl_give(void *p) {
    free(p);
}
KL_EXPORT("answer") const char *kl_answer_data(void) {
    return kl_answer.failed ? NULL : kl_answer.data ? kl_answer.data : "";
}
KL_EXPORT("answer_size") size_t kl_answer_size(void) {
    return kl_answer.size;
}

/* ------------------------------------------------------------------ bytes from JavaScript */
uint8_t kl_next_byte(kl_given_bytes *g) {
    return g->at < g->end ? *g->at++ : 0;
}

uint32_t kl_next_number(kl_given_bytes *g) {
    uint32_t v = 0;
    if (g->end - g->at < 4) {
        g->at = g->end;
        return 0;
    }
    memcpy(&v, g->at, sizeof v);
    g->at += sizeof v;
    return v;
}

kl_string kl_next_text(kl_given_bytes *g) {
    size_t size = kl_next_number(g), left = (size_t)(g->end - g->at);
    if (size > left) size = left;
    kl_string s = {(const char *)g->at, size};
    g->at += size;
    return s;
}

/* ------------------------------------------------------------------ composition */
kl_string kl_composed(kl_pool *pool, kl_string s) {
    bool marks = false; /* U+0300..U+036F begin with CC 80..CD AF */
    for (size_t i = 0; i < s.size && !marks; i++)
        marks = (unsigned char)s.data[i] == 0xCC || (unsigned char)s.data[i] == 0xCD;
    if (!marks) return s;
    size_t room = s.size * 3; /* no text grows more */
    char *copy = kl_pool_take(pool, room);
    if (!copy) return s;
    return (kl_string){copy, kl_js_compose(s.data, s.size, copy, room)};
}

/* ------------------------------------------------------------------ rules */
static kl_desk *trouble(kl_ruleset *rules, kl_ruleset_trouble t, const kl_fault *fault, size_t at, kl_string name) {
    static const char *const words[] = {
        [KL_RULESET_FINE] = "fine",   [KL_RULESET_MEMORY] = "memory", [KL_RULESET_IMAGE] = "image",
        [KL_RULESET_MIXED] = "mixed", [KL_RULESET_NAME] = "name",     [KL_RULESET_VALUE] = "value"};
    kl_bytes *out = kl_answer_anew();
    kl_bytes_text(out, "{\"trouble\": \"");
    kl_bytes_text(out, words[t]);
    kl_bytes_text(out, "\", \"image\": ");
    kl_bytes_number(out, (int64_t)at, 0, '.');
    if (t == KL_RULESET_IMAGE) {
        kl_bytes_text(out, ", \"offset\": ");
        kl_bytes_number(out, (int64_t)fault->offset, 0, '.');
        kl_bytes_text(out, ", \"reason\": ");
        kl_bytes_json(out, (kl_string){fault->reason, strlen(fault->reason)});
    }
    kl_bytes_text(out, ", \"name\": ");
    kl_bytes_json(out, name);
    kl_bytes_char(out, '}');
    kl_ruleset_drop(rules);
    return NULL;
}

/* A number of images, each as a text; a number of assumptions: name, whether it has a value, the value. NULL: the answer says why. */
KL_EXPORT("load") kl_desk *kl_load_rules(const uint8_t *bytes, size_t size) {
    kl_given_bytes g = {bytes, bytes + size};
    size_t count = kl_next_number(&g), at = 0;
    kl_fault fault = {0, KL_INDEX_NONE, ""};
    kl_ruleset *rules = NULL;
    kl_string nothing = {"", 0}, *images = calloc(count + 1, sizeof *images);
    if (!images) return trouble(NULL, KL_RULESET_MEMORY, &fault, 0, nothing);
    for (size_t i = 0; i < count; i++) images[i] = kl_next_text(&g);
    kl_ruleset_trouble t = kl_ruleset_new(images, count, &rules, &fault, &at);
    free(images);
    if (t) return trouble(rules, t, &fault, at, nothing);
    for (size_t n = kl_next_number(&g); n; n--) {
        kl_string name = kl_next_text(&g);
        bool known = kl_next_byte(&g) != 0;
        t = kl_ruleset_assume(rules, name, known, kl_next_text(&g));
        if (t) return trouble(rules, t, &fault, 0, name);
    }
    kl_desk *desk = kl_desk_new(rules);
    if (!desk) return trouble(rules, KL_RULESET_MEMORY, &fault, 0, nothing);
    kl_ruleset_drop(rules); /* the desk has its share */
    return desk;
}

KL_EXPORT("drop") void kl_drop(kl_desk *desk) {
    kl_desk_free(desk);
}

KL_EXPORT("describe") void kl_describe_desk(const kl_desk *desk) {
    kl_describe_rules(kl_answer_anew(), desk->rules);
}

/* Whether a field of some edition reads this name of a record. */
KL_EXPORT("reads") bool kl_reads(const kl_desk *desk, const char *name, size_t size) {
    for (size_t e = 0; e < desk->rules->count; e++)
        if (kl_schema_find(desk->rules->editions[e].schema, (kl_string){name, size}, KL_INDEX_NONE) != KL_INDEX_NONE)
            return true;
    return false;
}

/* ------------------------------------------------------------------ one record: its values to their fields, in every edition */
enum { END, VALUE, LIST, SHAPE, BROKEN }; /* what comes next of a record */

typedef struct record {
    kl_desk *desk;
    uint32_t row, order;
} record;

static void put_list(kl_intake *in, const record *r, uint32_t field, kl_string name, kl_given_bytes items) {
    uint64_t mask = 0;
    if (in->schema->fields[field].kind != KL_SET) {
        kl_intake_fault(in, r->row, field, KL_REJECT_SHAPE, r->order, name, (kl_string){"", 0});
        return;
    }
    for (uint32_t n = kl_next_number(&items); n; n--) {
        kl_string item = kl_next_text(&items);
        item = kl_trimmed(item.data, item.size);
        uint32_t code = kl_intake_code(in, in->schema->fields[field].set, item);
        if (code >= 64) {
            kl_intake_fault(in, r->row, field, KL_REJECT_CODE, r->order, name, item);
            return;
        }
        mask |= UINT64_C(1) << code;
    }
    kl_intake_put_set(in, r->row, field, mask, r->order, name);
}

static void put(record *r, uint8_t what, kl_string name, kl_string value, kl_given_bytes items) {
    size_t newest = r->desk->rules->count - 1;
    name = kl_composed(&r->desk->pool, name);
    r->order++;
    for (size_t e = 0; e <= newest; e++) {
        kl_intake *in = r->desk->intakes[e];
        for (uint32_t f = kl_schema_find(in->schema, name, KL_INDEX_NONE); f != KL_INDEX_NONE;
             f = kl_schema_find(in->schema, name, f)) {
            if (what == LIST)
                put_list(in, r, f, name, items);
            else if (what != VALUE)
                kl_intake_fault(in, r->row, f, what == SHAPE ? KL_REJECT_SHAPE : KL_REJECT_UTF8, r->order, name, value);
            else if (value.size)
                kl_intake_put(in, r->row, f, value, r->order, name);
            if (what == VALUE && e == newest && f == in->schema->key && !r->desk->keys[r->row].data)
                r->desk->keys[r->row] = value;
        }
    }
}

static void read_record(record *r, kl_given_bytes *g) {
    for (uint8_t what; (what = kl_next_byte(g)) != END;) {
        kl_string name = kl_next_text(g), value = {"", 0};
        kl_given_bytes items = *g;
        if (what == VALUE) {
            value = kl_next_text(g);
            value = kl_trimmed(value.data, value.size);
        } else if (what == LIST) {
            for (uint32_t n = kl_next_number(g); n; n--) (void)kl_next_text(g);
        }
        put(r, what, name, value, items);
    }
}

/* ------------------------------------------------------------------ decisions */
static const char *const in_swedish[KL_D_COUNT] = {
#define KL_DIAG(code, name, severity, sv, en, tip, hint) [KL_D_##name] = sv,
#include "lang/diag.def"
#undef KL_DIAG
};
static const kl_diag_id reasons[KL_REJECT_COUNT] = {
#define KL_REASON(name, code, words) [KL_REJECT_##name] = KL_D_RECORD_##name,
#include "runtime/io/reject.def"
#undef KL_REASON
};

static void refused(kl_bytes *out, const kl_refusals *all, const kl_refusal *r, bool swedish) {
    const char *text = all->texts.data ? all->texts.data : "";
    const char *words = swedish ? in_swedish[reasons[r->reason]] : kl_reject_words(r->reason);
    kl_bytes_text(out, "{\"key\": ");
    kl_bytes_json(out, (kl_string){text + r->key, r->column - r->key});
    kl_bytes_text(out, ", \"rejected\": {\"code\": \"");
    kl_bytes_text(out, kl_reject_code(r->reason));
    kl_bytes_text(out, "\", \"message\": ");
    kl_bytes_json(out, (kl_string){words, strlen(words)});
    kl_bytes_text(out, ", \"name\": ");
    kl_bytes_json(out, (kl_string){text + r->column, r->value - r->column});
    kl_bytes_text(out, ", \"value\": ");
    kl_bytes_json(out, (kl_string){text + r->value, r->end - r->value});
    kl_bytes_text(out, "}}\n");
}

/* Where the guideline has no key a record's number is, as it is to the command. */
static void number_keys(kl_desk *d, uint64_t first) {
    for (uint32_t i = 0; i < d->rows; i++) {
        char *text = kl_pool_take(&d->pool, 24), digits[24];
        size_t n = 0;
        if (!text) return;
        for (uint64_t v = first + i + 1; v; v /= 10) digits[n++] = (char)('0' + v % 10);
        for (size_t k = 0; k < n; k++) text[k] = digits[n - 1 - k];
        d->keys[i] = (kl_string){text, n};
    }
}

/* A number of records (at most KL_ROWS_MAX), each: what comes, a name, and a value, or a number of items, until END. The answer: a line of
 * JSON for each. `first`: records decided before. false: memory is out. */
KL_EXPORT("decide")
bool kl_decide_records(kl_desk *desk, const uint8_t *bytes, size_t size, bool trace, bool swedish, uint32_t first) {
    kl_given_bytes g = {bytes, bytes + size};
    uint32_t rows = kl_next_number(&g);
    if (rows > KL_ROWS_MAX) rows = KL_ROWS_MAX;
    kl_desk_start(desk, rows);
    for (uint32_t row = 0; row < rows; row++) read_record(&(record){desk, row, 0}, &g);
    if (desk->rules->editions[desk->rules->count - 1].schema->key == KL_INDEX_NONE) number_keys(desk, first);
    kl_refusals no = {0};
    bool ok = kl_desk_decide(desk, trace, 0, &no);
    kl_bytes *out = kl_answer_anew();
    size_t next = 0;
    for (uint32_t row = 0; row < rows && ok; row++) {
        if (kl_desk_refused(desk, row))
            refused(out, &no, &no.list[next++], swedish);
        else
            kl_write_ndjson(out, kl_desk_verdict(desk, row), trace, NULL, 0);
    }
    kl_refusals_free(&no);
    return ok && !desk->failed && !out->failed;
}
