/* write_csv.c - the flat form of a decision: key, each outcome and its state, then lists joined by a space.
 * May include: the C library.
 * Start at kl_write_csv(). */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

struct kl_csv_plan {
    kl_csv_form form;
    bool trace;
    const kl_teller *const *tellers;
    kl_string *names; /* outcomes of all editions */
    size_t count;
    uint32_t *where; /* edition by edition: the outcome's index there, or KL_INDEX_NONE */
};

kl_csv_plan *kl_csv_plan_new(const kl_teller *const *tellers, size_t count, kl_csv_form form, bool trace) {
    kl_csv_plan *p = calloc(1, sizeof *p);
    size_t most = 0;
    for (size_t e = 0; e < count; e++) most += tellers[e]->info.outcomes;
    if (!p) return NULL;
    *p = (kl_csv_plan){
        form, trace, tellers, calloc(most + 1, sizeof(kl_string)), 0, calloc(most * count + 1, sizeof(uint32_t))};
    if (!p->names || !p->where) {
        kl_csv_plan_free(p);
        return NULL;
    }
    for (size_t e = count; e-- > 0;)
        for (uint32_t i = 0; i < tellers[e]->info.outcomes; i++) {
            kl_string name = tellers[e]->outcomes[i].name;
            size_t at = 0;
            while (at < p->count &&
                   !(p->names[at].size == name.size && memcmp(p->names[at].data, name.data, name.size) == 0))
                at++;
            if (at == p->count) p->names[p->count++] = name;
        }
    for (size_t e = 0; e < count; e++)
        for (size_t k = 0; k < p->count; k++) {
            uint32_t *where = &p->where[e * p->count + k];
            *where = KL_INDEX_NONE;
            for (uint32_t i = 0; i < tellers[e]->info.outcomes; i++) {
                kl_string name = tellers[e]->outcomes[i].name;
                if (name.size == p->names[k].size && memcmp(name.data, p->names[k].data, name.size) == 0) *where = i;
            }
        }
    return p;
}

void kl_csv_plan_free(kl_csv_plan *p) {
    if (!p) return;
    free(p->names);
    free(p->where);
    free(p);
}

void kl_write_csv_head(kl_bytes *out, const kl_csv_plan *p, const kl_string *kept, size_t kept_count) {
    static const char *const lists[] = {"decided_by", "blocked_by", "missing",    "open",
                                        "findings",   "warnings",   "assumptions"};
    kl_bytes_text(out, "key");
    for (size_t i = 0; i < p->count; i++) {
        kl_bytes_char(out, p->form.comma);
        kl_bytes_cell(out, p->form, p->names[i]);
        kl_bytes_char(out, p->form.comma);
        kl_bytes_cell(out, p->form, p->names[i]);
        kl_bytes_text(out, ".state");
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        kl_bytes_char(out, p->form.comma);
        kl_bytes_text(out, lists[i]);
    }
    if (p->trace) {
        kl_bytes_char(out, p->form.comma);
        kl_bytes_text(out, "clauses");
    }
    for (size_t i = 0; i < kept_count; i++) {
        kl_bytes_char(out, p->form.comma);
        kl_bytes_cell(out, p->form, kept[i]);
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

static void outcome_cells(kl_bytes *out, const kl_csv_plan *p, const kl_verdict *v, uint32_t i) {
    kl_bytes_char(out, p->form.comma);
    if (i == KL_INDEX_NONE) { /* this edition has no such outcome */
        kl_bytes_char(out, p->form.comma);
        return;
    }
    const kl_verdict_outcome *o = &v->outcomes[i];
    const kl_outcome_info *info = &v->teller->outcomes[i];
    size_t from = out->size;
    if (o->result.state == KL_DECIDED && info->many)
        kl_bytes_slots(out, v, i, o->in, o->in_count);
    else if (o->result.state == KL_DECIDED)
        kl_bytes_value(out, v->teller->program, info->kind, info->scale, info->set, &o->result, p->form.decimal, "true",
                       "false");
    else if (o->result.state == KL_EXTERNAL)
        kl_bytes_string(out, o->result.text);
    quote_since(out, from, p->form);
    kl_bytes_char(out, p->form.comma);
    kl_bytes_text(out, kl_state_word(o->result.state));
}

static void id(kl_bytes *out, size_t from, kl_string name) {
    if (out->size > from) kl_bytes_char(out, ' ');
    kl_bytes_string(out, name);
}

static void entries(kl_bytes *out, const kl_csv_plan *p, const kl_teller *t, const uint32_t *list, size_t count) {
    kl_bytes_char(out, p->form.comma);
    size_t from = out->size;
    for (size_t i = 0; i < count; i++) id(out, from, t->entries[list[i]].id);
}

/* The candidates that fire, of all outcomes, each once: in the order of the rules. */
static void decided_by(kl_bytes *out, const kl_csv_plan *p, const kl_verdict *v) {
    kl_bytes_char(out, p->form.comma);
    size_t from = out->size;
    uint32_t n = v->teller->info.outcomes;
    for (uint64_t last = 0;;) { /* the least entry not yet written */
        uint32_t next = KL_INDEX_NONE;
        for (uint32_t o = 0; o < n; o++)
            for (size_t i = 0; i < v->outcomes[o].by_count; i++)
                if (v->outcomes[o].by[i] >= last && v->outcomes[o].by[i] < next) next = v->outcomes[o].by[i];
        if (next == KL_INDEX_NONE) return;
        id(out, from, v->teller->entries[next].id);
        last = (uint64_t)next + 1;
    }
}

static void names_of(kl_bytes *out, const kl_csv_plan *p, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    kl_field_info field;
    kl_assumption_info assumption;
    kl_bytes_char(out, p->form.comma);
    size_t from = out->size;
    for (uint32_t i = 0; i < t->info.fields; i++) {
        if (!kl_bit(v->missing, i)) continue;
        kl_field_of(t->program, i, &field);
        id(out, from, field.name);
    }
    kl_bytes_char(out, p->form.comma);
    from = out->size;
    for (uint32_t i = 0; i < t->info.assumptions; i++) {
        if (!kl_bit(v->open_assumptions, i)) continue;
        kl_assumption_of(t->program, i, &assumption);
        id(out, from, assumption.name);
    }
    for (uint32_t i = 0; i < t->info.entries; i++)
        if (kl_bit(v->open_entries, i)) id(out, from, t->entries[i].id);
}

static void clauses(kl_bytes *out, const kl_csv_plan *p, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    kl_bytes_char(out, p->form.comma);
    size_t from = out->size;
    for (uint32_t i = 0; i < t->info.entries; i++) {
        if (!t->entries[i].traced) continue;
        id(out, from, t->entries[i].id);
        kl_bytes_char(out, '=');
        kl_bytes_text(out, kl_truth_word(kl_truth_of(v->workspace, i, v->row)));
    }
}

void kl_write_csv(kl_bytes *out, const kl_csv_plan *p, size_t edition, const kl_verdict *v, const kl_string *kept,
                  size_t kept_count) {
    const kl_teller *t = v->teller;
    kl_assumption_info assumption;
    kl_bytes_cell(out, p->form, v->key);
    for (size_t k = 0; k < p->count; k++) outcome_cells(out, p, v, p->where[edition * p->count + k]);
    decided_by(out, p, v);
    entries(out, p, t, v->blocked, v->blocked_count);
    names_of(out, p, v);
    entries(out, p, t, v->findings, v->finding_count);
    for (uint32_t i = 0; v->failed_audit && i < t->info.outcomes; i++)
        if (v->outcomes[i].audit == KL_AUDIT_DIFFERS) {
            if (out->data[out->size - 1] != p->form.comma) kl_bytes_char(out, ' ');
            kl_bytes_string(out, t->outcomes[i].name);
        }
    entries(out, p, t, v->warnings, v->warning_count);
    kl_bytes_char(out, p->form.comma);
    size_t from = out->size;
    for (uint32_t i = 0; i < t->info.assumptions; i++) {
        if (!kl_bit(v->assumptions, i)) continue;
        kl_assumption_of(t->program, i, &assumption);
        id(out, from, assumption.name);
    }
    if (p->trace) clauses(out, p, v);
    for (size_t i = 0; i < kept_count; i++) {
        kl_bytes_char(out, p->form.comma);
        kl_bytes_cell(out, p->form, kept[i]);
    }
    kl_bytes_char(out, '\n');
}
