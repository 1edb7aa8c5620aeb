/* arrow_out.c - decisions as Arrow columns: the key, each outcome with its state and document, who decided, what is missing, the row.
 * May include: the C library; knows nothing of Python.
 * Start at plan_all() for the columns, kl_arrow_out_add() for one record. Names and order are those of the command's CSV. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/bindings/python/arrow.h"

typedef enum column_form { F_INT64, F_BOOL, F_DAY, F_DECIMAL, F_TEXT, F_TEXTS } column_form;
typedef enum column_role {
    R_KEY,
    R_VALUE,
    R_STATE,
    R_DOCUMENT,
    R_DECIDED_BY,
    R_BLOCKED_BY,
    R_MISSING,
    R_OPEN,
    R_FINDINGS,
    R_WARNINGS,
    R_ASSUMED,
    R_ROW
} column_role;

typedef struct column {
    column_role role;
    column_form form;
    unsigned scale;
    char *name, format[16];
    uint32_t *where; /* per edition: the outcome, or KL_INDEX_NONE */
    kl_bytes valid, data, ends, item_ends;
    int64_t length, nulls, items;
} column;

struct kl_arrow_out {
    const kl_ruleset *rules;
    column *columns;
    size_t count;
    bool failed;
};

enum { TEXT_ROOM = 1 << 30 }; /* bytes of one column in one batch: offsets have 32 bits */

/* ------------------------------------------------------------------ the columns */
static column *add_column(kl_arrow_out *out, kl_string name, const char *suffix, column_role role, column_form form,
                          unsigned scale) {
    static const char *const formats[] = {"l", "b", "tdD", "", "u", "+l"};
    column *c = &out->columns[out->count++];
    *c = (column){.role = role, .form = form, .scale = scale};
    size_t size = name.size + strlen(suffix) + 1;
    c->name = malloc(size);
    c->where = malloc((out->rules->count + 1) * sizeof *c->where);
    if (!c->name || !c->where) {
        out->failed = true;
        return c;
    }
    snprintf(c->name, size, "%.*s%s", (int)name.size, name.data, suffix);
    snprintf(c->format, sizeof c->format, "%s", formats[form]);
    if (form == F_DECIMAL) snprintf(c->format, sizeof c->format, "d:19,%u", scale);
    for (size_t e = 0; e < out->rules->count; e++) c->where[e] = KL_INDEX_NONE;
    return c;
}

static column_form form_of(const kl_outcome_info *o) {
    if (o->many) return F_TEXT;
    switch (o->kind) {
    case KL_BOOL: return F_BOOL;
    case KL_DATE: return F_DAY;
    case KL_DECIMAL:
    case KL_MONEY: return F_DECIMAL;
    case KL_VALUES:
    case KL_TEXT: return F_TEXT;
    case KL_SET: return F_TEXTS;
    default: return F_INT64;
    }
}

static uint32_t outcome_named(const kl_ruleset_edition *e, kl_string name) {
    for (uint32_t i = 0; i < e->info.outcomes; i++) {
        kl_string own = e->teller->outcomes[i].name;
        if (own.size == name.size && memcmp(own.data, name.data, name.size) == 0) return i;
    }
    return KL_INDEX_NONE;
}

/* Where editions give an outcome different types its values are texts. */
static void plan_outcome(kl_arrow_out *out, const kl_outcome_info *o) {
    const kl_ruleset *r = out->rules;
    column_form form = form_of(o);
    for (size_t e = 0; e < r->count; e++) {
        uint32_t at = outcome_named(&r->editions[e], o->name);
        if (at == KL_INDEX_NONE) continue;
        const kl_outcome_info *other = &r->editions[e].teller->outcomes[at];
        if (form_of(other) != form || other->scale != o->scale) form = F_TEXT;
    }
    static const char *const suffixes[] = {"", ".state", ".document"};
    for (unsigned i = 0; i < 3; i++) {
        column *c = add_column(out, o->name, suffixes[i], (column_role)(R_VALUE + i), i ? F_TEXT : form, o->scale);
        for (size_t e = 0; c->where && e < r->count; e++) c->where[e] = outcome_named(&r->editions[e], o->name);
    }
}

static void plan_all(kl_arrow_out *out) {
    static const struct {
        const char *name;
        column_role role;
    } own[] = {{"decided_by", R_DECIDED_BY}, {"blocked_by", R_BLOCKED_BY}, {"missing", R_MISSING},    {"open", R_OPEN},
               {"findings", R_FINDINGS},     {"warnings", R_WARNINGS},     {"assumptions", R_ASSUMED}};
    const kl_ruleset *r = out->rules;
    add_column(out, (kl_string){"key", 3}, "", R_KEY, F_TEXT, 0);
    for (size_t e = r->count; e-- > 0;)
        for (uint32_t i = 0; i < r->editions[e].info.outcomes; i++) {
            const kl_outcome_info *o = &r->editions[e].teller->outcomes[i];
            bool twice = false;
            for (size_t newer = e + 1; newer < r->count && !twice; newer++)
                twice = outcome_named(&r->editions[newer], o->name) != KL_INDEX_NONE;
            if (!twice) plan_outcome(out, o);
        }
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        add_column(out, (kl_string){own[i].name, strlen(own[i].name)}, "", own[i].role, F_TEXTS, 0);
    add_column(out, (kl_string){"row", 3}, "", R_ROW, F_INT64, 0);
}

kl_arrow_out *kl_arrow_out_new(const kl_ruleset *rules) {
    kl_arrow_out *out = calloc(1, sizeof *out);
    if (!out) return NULL;
    size_t most = 16;
    for (size_t e = 0; e < rules->count; e++) most += 3 * (size_t)rules->editions[e].info.outcomes;
    out->rules = rules;
    out->columns = calloc(most, sizeof *out->columns);
    if (out->columns) plan_all(out);
    if (out->columns && !out->failed) return out;
    kl_arrow_out_free(out);
    return NULL;
}

static void empty(column *c) {
    kl_bytes_free(&c->valid);
    kl_bytes_free(&c->data);
    kl_bytes_free(&c->ends);
    kl_bytes_free(&c->item_ends);
    c->length = c->nulls = c->items = 0;
}

void kl_arrow_out_free(kl_arrow_out *out) {
    if (!out) return;
    for (size_t i = 0; out->columns && i < out->count; i++) {
        empty(&out->columns[i]);
        free(out->columns[i].name);
        free(out->columns[i].where);
    }
    free(out->columns);
    free(out);
}

/* ------------------------------------------------------------------ one value */
static void add_bit(kl_bytes *bits, int64_t at, bool on) {
    if (at % 8 == 0) kl_bytes_char(bits, 0);
    if (on && !bits->failed) bits->data[at / 8] = (char)(bits->data[at / 8] | 1 << (at % 8));
}

static void add_end(kl_bytes *ends, size_t end) {
    int32_t at = (int32_t)end;
    if (!ends->size) kl_bytes_add(ends, &(int32_t){0}, sizeof at);
    kl_bytes_add(ends, &at, sizeof at);
}

static void finish(column *c, bool known) {
    if (c->form == F_TEXT) add_end(&c->ends, c->data.size);
    if (c->form == F_TEXTS) add_end(&c->ends, (size_t)c->items);
    add_bit(&c->valid, c->length, known);
    c->length++;
    c->nulls += !known;
}

static void add_null(column *c) {
    static const char none[16] = {0};
    if (c->form == F_BOOL) add_bit(&c->data, c->length, false);
    if (c->form == F_INT64) kl_bytes_add(&c->data, none, 8);
    if (c->form == F_DAY) kl_bytes_add(&c->data, none, 4);
    if (c->form == F_DECIMAL) kl_bytes_add(&c->data, none, 16);
    finish(c, false);
}

static void add_text(column *c, kl_string s) {
    kl_bytes_string(&c->data, s);
    finish(c, true);
}

static void add_words(column *c, const char *words) {
    add_text(c, (kl_string){words, strlen(words)});
}

static void add_item(column *c, kl_string s) {
    kl_bytes_string(&c->data, s);
    add_end(&c->item_ends, c->data.size);
    c->items++;
}

static void add_number(column *c, int64_t number) {
    int64_t wide[2] = {number, number < 0 ? -1 : 0};
    int32_t narrow = (int32_t)number;
    if (c->form == F_BOOL)
        add_bit(&c->data, c->length, number != 0);
    else if (c->form == F_DAY)
        kl_bytes_add(&c->data, &narrow, 4);
    else if (c->form == F_DECIMAL)
        kl_bytes_add(&c->data, wide, 16);
    else
        kl_bytes_add(&c->data, &number, 8);
    finish(c, true);
}

static void add_value(column *c, const kl_verdict *v, uint32_t at) {
    const kl_verdict_outcome *o = &v->outcomes[at];
    const kl_outcome_info *info = &v->teller->outcomes[at];
    const kl_program *p = v->teller->program;
    if (o->result.state != KL_DECIDED) {
        add_null(c);
    } else if (info->many) {
        kl_bytes_slots(&c->data, v, at, o->in, o->in_count);
        finish(c, true);
    } else if (c->form == F_TEXT) {
        kl_bytes_value(&c->data, p, info->kind, info->scale, info->set, &o->result, '.', "true", "false");
        finish(c, true);
    } else if (c->form == F_TEXTS) {
        for (uint64_t mask = o->result.set; mask; mask &= mask - 1) {
            kl_value_info value;
            kl_value_of(p, info->set, (uint32_t)__builtin_ctzll(mask), &value);
            add_item(c, value.name);
        }
        finish(c, true);
    } else {
        add_number(c, o->result.number);
    }
}

/* ------------------------------------------------------------------ lists of ids */
static void add_entries(column *c, const kl_verdict *v, const uint32_t *list, size_t count) {
    for (size_t i = 0; i < count; i++) add_item(c, v->teller->entries[list[i]].id);
}

static void add_open(column *c, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    KL_EACH_BIT(i, v->open_assumptions, t->info.assumptions) add_item(c, t->assumptions[i].name);
    KL_EACH_BIT(i, v->open_entries, t->info.entries) add_item(c, t->entries[i].id);
}

static void add_list(column *c, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    switch (c->role) {
    case R_DECIDED_BY:
        for (uint32_t e = kl_next_decider(v, 0); e != KL_INDEX_NONE; e = kl_next_decider(v, (uint64_t)e + 1))
            add_item(c, t->entries[e].id);
        break;
    case R_BLOCKED_BY: add_entries(c, v, v->blocked, v->blocked_count); break;
    case R_MISSING:
        for (uint32_t i = 0; i < t->info.fields; i++)
            if (kl_bit(v->missing, i)) add_item(c, t->fields[i].name);
        break;
    case R_OPEN: add_open(c, v); break;
    case R_FINDINGS:
        add_entries(c, v, v->findings, v->finding_count);
        for (uint32_t i = 0; v->failed_audit && i < t->info.outcomes; i++)
            if (v->outcomes[i].audit == KL_AUDIT_DIFFERS) add_item(c, t->outcomes[i].name);
        break;
    case R_WARNINGS: add_entries(c, v, v->warnings, v->warning_count); break;
    case R_ASSUMED:
        for (uint32_t i = 0; i < t->info.assumptions; i++)
            if (kl_bit(v->assumptions, i)) add_item(c, t->assumptions[i].name);
        break;
    default: break;
    }
    finish(c, true);
}

void kl_arrow_out_add(kl_arrow_out *out, size_t edition, const kl_verdict *v, uint64_t row, bool keyed) {
    for (size_t i = 0; i < out->count; i++) {
        column *c = &out->columns[i];
        uint32_t at = c->where[edition];
        bool outcome = c->role == R_VALUE || c->role == R_STATE || c->role == R_DOCUMENT;
        const kl_result *r = outcome && at != KL_INDEX_NONE ? &v->outcomes[at].result : NULL;
        if (outcome && !r)
            add_null(c);
        else if (c->role == R_KEY)
            keyed ? add_text(c, v->key) : add_null(c);
        else if (c->role == R_VALUE)
            add_value(c, v, at);
        else if (c->role == R_STATE)
            add_words(c, kl_state_word(r->state));
        else if (c->role == R_DOCUMENT)
            r->state == KL_EXTERNAL ? add_text(c, r->text) : add_null(c);
        else if (c->role == R_ROW)
            add_number(c, (int64_t)row);
        else
            add_list(c, v);
        if (c->data.size > TEXT_ROOM) out->failed = true;
    }
}

int64_t kl_arrow_out_rows(const kl_arrow_out *out) {
    return out->columns[0].length;
}

/* ------------------------------------------------------------------ handing over */
typedef struct held { /* what an exported array or schema owns */
    kl_bytes parts[4];
    const void *buffers[3];
    struct ArrowArray *children[1];
} held;

static void release_column(struct ArrowArray *a) {
    held *h = a->private_data;
    for (size_t i = 0; i < 4; i++) kl_bytes_free(&h->parts[i]);
    a->release = NULL;
    free(h);
}

static void release_item(struct ArrowArray *a) { /* its bytes are the list's */
    held *h = a->private_data;
    kl_bytes_free(&h->parts[1]);
    kl_bytes_free(&h->parts[3]);
    a->release = NULL;
    free(h);
}

static void release_batch(struct ArrowArray *a) {
    for (int64_t i = 0; i < a->n_children; i++) {
        if (a->children[i]->release) a->children[i]->release(a->children[i]);
        free(a->children[i]);
    }
    free(a->children);
    free(a->buffers);
    a->release = NULL;
}

static void release_list(struct ArrowArray *a) {
    struct ArrowArray *item = a->children[0];
    if (item->release) item->release(item);
    free(item);
    release_column(a);
}

/* An empty column has its first offset all the same. */
static void have_offset(kl_bytes *ends) {
    if (!ends->size) kl_bytes_add(ends, &(int32_t){0}, sizeof(int32_t));
}

static bool hand_over_items(column *c, held *list, struct ArrowArray *array) {
    struct ArrowArray *item = calloc(1, sizeof *item);
    held *h = calloc(1, sizeof *h);
    if (!item || !h) {
        free(item);
        free(h);
        return false;
    }
    have_offset(&c->item_ends);
    h->parts[1] = c->data;
    h->parts[3] = c->item_ends;
    h->buffers[1] = c->item_ends.data;
    h->buffers[2] = c->data.data;
    *item = (struct ArrowArray){
        .length = c->items, .n_buffers = 3, .buffers = h->buffers, .release = release_item, .private_data = h};
    list->children[0] = item;
    array->n_children = 1;
    array->children = list->children;
    array->release = release_list;
    c->data = c->item_ends = (kl_bytes){0};
    return true;
}

static bool hand_over(column *c, struct ArrowArray *array) {
    held *h = calloc(1, sizeof *h);
    if (!h) return false;
    *array = (struct ArrowArray){.length = c->length,
                                 .null_count = c->nulls,
                                 .n_buffers = c->form == F_TEXT ? 3 : 2,
                                 .buffers = h->buffers,
                                 .release = release_column,
                                 .private_data = h};
    if (c->form == F_TEXT || c->form == F_TEXTS) have_offset(&c->ends);
    bool failed = c->valid.failed || c->data.failed || c->ends.failed || c->item_ends.failed;
    if (failed || (c->form == F_TEXTS && !hand_over_items(c, h, array))) {
        array->release = NULL;
        free(h);
        return false;
    }
    h->buffers[0] = c->nulls ? c->valid.data : NULL;
    h->buffers[1] = c->form == F_TEXT || c->form == F_TEXTS ? c->ends.data : c->data.data;
    h->buffers[2] = c->form == F_TEXT ? c->data.data : NULL;
    h->parts[0] = c->valid;
    h->parts[1] = c->data;
    h->parts[2] = c->ends;
    c->valid = c->data = c->ends = (kl_bytes){0};
    c->length = c->nulls = c->items = 0;
    return true;
}

bool kl_arrow_out_take(kl_arrow_out *out, struct ArrowArray *array) {
    *array = (struct ArrowArray){.length = kl_arrow_out_rows(out), .n_buffers = 1, .release = release_batch};
    array->buffers = calloc(1, sizeof *array->buffers);
    array->children = calloc(out->count, sizeof *array->children);
    bool ok = !out->failed && array->buffers && array->children;
    for (size_t i = 0; ok && i < out->count; i++) {
        array->children[i] = calloc(1, sizeof **array->children);
        ok = array->children[i] != NULL;
        if (!ok) break;
        array->n_children++;
        ok = hand_over(&out->columns[i], array->children[i]);
    }
    if (ok) return true;
    release_batch(array);
    for (size_t i = 0; i < out->count; i++) empty(&out->columns[i]);
    return false;
}

static void release_schema(struct ArrowSchema *s) {
    for (int64_t i = 0; i < s->n_children; i++) {
        if (!s->children[i]) continue;
        if (s->children[i]->release) s->children[i]->release(s->children[i]);
        free(s->children[i]);
    }
    free(s->children);
    free(s->private_data); /* the name and the format */
    s->release = NULL;
}

static bool make_schema(struct ArrowSchema *s, const char *format, const char *name, size_t children) {
    size_t size = strlen(format) + 1, more = strlen(name) + 1;
    char *text = malloc(size + more);
    *s = (struct ArrowSchema){.flags = ARROW_FLAG_NULLABLE, .release = release_schema, .private_data = text};
    s->children = calloc(children + 1, sizeof *s->children);
    if (!text || !s->children) return false;
    memcpy(text, format, size);
    memcpy(text + size, name, more);
    s->format = text;
    s->name = text + size;
    for (size_t i = 0; i < children; i++, s->n_children++) {
        s->children[i] = calloc(1, sizeof **s->children);
        if (!s->children[i]) return false;
    }
    return true;
}

bool kl_arrow_out_schema(const kl_arrow_out *out, struct ArrowSchema *schema) {
    bool ok = make_schema(schema, "+s", "", out->count);
    schema->flags = 0;
    for (size_t i = 0; ok && i < out->count; i++) {
        const column *c = &out->columns[i];
        struct ArrowSchema *s = schema->children[i];
        ok = make_schema(s, c->format, c->name, c->form == F_TEXTS) &&
             (c->form != F_TEXTS || make_schema(s->children[0], "u", "item", 0));
    }
    if (!ok) release_schema(schema);
    return ok;
}
