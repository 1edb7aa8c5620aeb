/* write_csv.c - the flat form of a decision as CSV: its columns one after another, lists joined by a space.
 * May include: the C library.
 * Start at kl_write_csv(). */
#include "runtime/io/teller.h"

void kl_write_csv_head(kl_bytes *out, const kl_columns *c, kl_csv_form form, const kl_string *kept, size_t kept_count) {
    for (size_t i = 0; i < c->count; i++) {
        if (i) kl_bytes_char(out, form.comma);
        kl_bytes_cell(out, form, c->list[i].name);
        if (c->list[i].kind == KL_COLUMN_STATE) kl_bytes_text(out, ".state");
    }
    for (size_t i = 0; i < kept_count; i++) {
        kl_bytes_char(out, form.comma);
        kl_bytes_cell(out, form, kept[i]);
    }
    kl_bytes_char(out, '\n');
}

/* Quotes what was written since `from`, when it needs it. */
static void quote_since(kl_bytes *out, size_t from, kl_csv_form form) {
    bool quote = false;
    for (size_t i = from; i < out->size && !quote; i++)
        quote = out->data[i] == '"' || out->data[i] == form.comma || out->data[i] == '\n' || out->data[i] == '\r';
    if (!quote) return;
    kl_bytes copy = {0};
    kl_bytes_add(&copy, out->data + from, out->size - from);
    out->size = from;
    kl_bytes_cell(out, form, (kl_string){copy.data, copy.size});
    out->failed |= copy.failed;
    kl_bytes_free(&copy);
}

/* Without its state beside it, an outcome without a value says its state; none is empty. */
static void outcome_cell(kl_bytes *out, const kl_columns *c, kl_csv_form form, const kl_verdict *v, uint32_t i) {
    const kl_verdict_outcome *o = &v->outcomes[i];
    const kl_outcome_info *info = &v->teller->outcomes[i];
    size_t from = out->size;
    if (o->result.state == KL_DECIDED && info->many)
        kl_bytes_slots(out, v, i, o->in, o->in_count);
    else if (o->result.state == KL_DECIDED)
        kl_bytes_value(out, v->teller->program, info->kind, info->scale, info->set, &o->result, form.decimal, "true",
                       "false");
    else if (o->result.state == KL_EXTERNAL)
        kl_bytes_string(out, o->result.text);
    else if (c->selected && o->result.state != KL_NO_RESULT)
        kl_bytes_text(out, kl_state_word(o->result.state));
    quote_since(out, from, form);
}

static void field_cell(kl_bytes *out, kl_csv_form form, const kl_verdict *v, uint32_t i) {
    const kl_field_info *info = &v->teller->fields[i];
    kl_result r;
    bool received;
    if (i == v->teller->info.key) {
        kl_bytes_cell(out, form, v->key);
        return;
    }
    size_t from = out->size;
    kl_field_value(v->workspace, i, v->row, &received, &r);
    if (r.state == KL_DECIDED)
        kl_bytes_value(out, v->teller->program, info->kind, info->scale, info->set, &r, form.decimal, "true", "false");
    quote_since(out, from, form);
}

static void id(kl_bytes *out, size_t from, kl_string name) {
    if (out->size > from) kl_bytes_char(out, ' ');
    kl_bytes_string(out, name);
}

static void entries(kl_bytes *out, const kl_teller *t, const uint32_t *list, size_t count) {
    size_t from = out->size;
    for (size_t i = 0; i < count; i++) id(out, from, t->entries[list[i]].id);
}

static void decided_by(kl_bytes *out, const kl_verdict *v) {
    size_t from = out->size;
    for (uint32_t next = kl_next_decider(v, 0); next != KL_INDEX_NONE; next = kl_next_decider(v, (uint64_t)next + 1))
        id(out, from, v->teller->entries[next].id);
}

static void missing(kl_bytes *out, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    size_t from = out->size;
    KL_EACH_BIT(i, v->missing, t->info.fields) id(out, from, t->fields[i].name);
}

static void assumptions(kl_bytes *out, const kl_teller *t, const uint64_t *bits) {
    size_t from = out->size;
    KL_EACH_BIT(i, bits, t->info.assumptions) id(out, from, t->assumptions[i].name);
}

static void open(kl_bytes *out, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    size_t from = out->size;
    assumptions(out, t, v->open_assumptions);
    KL_EACH_BIT(i, v->open_entries, t->info.entries) id(out, from, t->entries[i].id);
}

static void findings(kl_bytes *out, const kl_verdict *v) {
    size_t from = out->size;
    entries(out, v->teller, v->findings, v->finding_count);
    for (uint32_t i = 0; v->failed_audit && i < v->teller->info.outcomes; i++)
        if (v->outcomes[i].audit == KL_AUDIT_DIFFERS) id(out, from, v->teller->outcomes[i].name);
}

static void clauses(kl_bytes *out, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    size_t from = out->size;
    for (uint32_t i = 0; i < t->info.entries; i++) {
        if (!t->entries[i].traced) continue;
        id(out, from, t->entries[i].id);
        kl_bytes_char(out, '=');
        kl_bytes_text(out, kl_truth_word(kl_truth_of(v->workspace, i, v->row)));
    }
}

void kl_write_csv(kl_bytes *out, const kl_columns *c, kl_csv_form form, size_t edition, const kl_verdict *v,
                  const kl_string *kept, size_t kept_count) {
    for (size_t i = 0; i < c->count; i++) {
        uint32_t at = c->where[i * c->editions + edition];
        if (i) kl_bytes_char(out, form.comma);
        switch (c->list[i].kind) {
        case KL_COLUMN_KEY: kl_bytes_cell(out, form, v->key); break;
        case KL_COLUMN_OUTCOME:
            if (at != KL_INDEX_NONE) outcome_cell(out, c, form, v, at);
            break;
        case KL_COLUMN_STATE:
            if (at != KL_INDEX_NONE) kl_bytes_text(out, kl_state_word(v->outcomes[at].result.state));
            break;
        case KL_COLUMN_DECIDED_BY: decided_by(out, v); break;
        case KL_COLUMN_BLOCKED_BY: entries(out, v->teller, v->blocked, v->blocked_count); break;
        case KL_COLUMN_MISSING: missing(out, v); break;
        case KL_COLUMN_OPEN: open(out, v); break;
        case KL_COLUMN_FINDINGS: findings(out, v); break;
        case KL_COLUMN_WARNINGS: entries(out, v->teller, v->warnings, v->warning_count); break;
        case KL_COLUMN_ASSUMED: assumptions(out, v->teller, v->assumptions); break;
        case KL_COLUMN_CLAUSES: clauses(out, v); break;
        case KL_COLUMN_FIELD:
            if (at != KL_INDEX_NONE) field_cell(out, form, v, at);
            break;
        }
    }
    for (size_t i = 0; i < kept_count; i++) {
        kl_bytes_char(out, form.comma);
        kl_bytes_cell(out, form, kept[i]);
    }
    kl_bytes_char(out, '\n');
}
