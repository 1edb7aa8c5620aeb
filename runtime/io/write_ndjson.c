/* write_ndjson.c - the full shape of a decision: one JSON object a line, keys always in the same order.
 * May include: the C library.
 * Start at kl_write_ndjson(); kl_write_selected() writes a flat object of the columns asked for. */
#include "runtime/io/teller.h"

#include <string.h>

const char *kl_kind_word(kl_kind kind) {
    static const char *const words[] = {"",      "yes/no", "values",  "set",  "integer", "decimal",
                                        "money", "date",   "minutes", "days", "text"};
    return words[kind];
}

const char *kl_entry_word(uint32_t kind) {
    static const char *const words[] = {"period",      "scope",  "clause", "item",  "exception", "exception item",
                                        "requirement", "advice", "rule",   "table", "row",       "note"};
    return words[kind < 12 ? kind : 11];
}

const char *kl_state_word(kl_state state) {
    static const char *const words[] = {"decided",      "not_stated", "external", "none",
                                        "undetermined", "conflict",   "error"};
    return words[state];
}

const char *kl_reason_word(uint32_t reason) {
    static const char *const words[] = {"no clause applies", "outside scope", "not in force"};
    return words[reason < 3 ? reason : 0];
}

const char *kl_truth_word(kl_truth truth) {
    static const char *const words[] = {"no", "yes", "unknown", "not_applicable"};
    return words[truth];
}

static void set_names(kl_bytes *out, const kl_program *p, uint32_t set, uint64_t mask, bool as_json) {
    bool first = true;
    for (; mask; mask &= mask - 1) {
        kl_value_info value;
        kl_value_of(p, set, (uint32_t)__builtin_ctzll(mask), &value);
        if (!first) kl_bytes_text(out, as_json ? ", " : " ");
        first = false;
        if (as_json)
            kl_bytes_json(out, value.name);
        else
            kl_bytes_string(out, value.name);
    }
}

void kl_bytes_value(kl_bytes *out, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r,
                    char decimal, const char *yes, const char *no) {
    kl_value_info value;
    switch (kind) {
    case KL_BOOL: kl_bytes_text(out, r->number ? yes : no); break;
    case KL_VALUES:
        kl_value_of(p, set, (uint32_t)r->number, &value);
        kl_bytes_string(out, value.name);
        break;
    case KL_SET: set_names(out, p, set, r->set, false); break;
    case KL_DATE: kl_bytes_date(out, r->number); break;
    case KL_TEXT: kl_bytes_string(out, r->text); break;
    default: kl_bytes_number(out, r->number, scale, decimal);
    }
}

void kl_bytes_json_value(kl_bytes *out, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set,
                         const kl_result *r) {
    if (r->state == KL_EXTERNAL) {
        kl_bytes_text(out, "{\"state\": \"external\", \"document\": ");
        kl_bytes_json(out, r->text);
        kl_bytes_char(out, '}');
    } else if (r->state == KL_NOT_STATED || r->state == KL_NO_RESULT) {
        kl_bytes_text(out, "null");
    } else if (r->state != KL_DECIDED) {
        kl_bytes_text(out, "{\"state\": \"");
        kl_bytes_text(out, kl_state_word(r->state));
        kl_bytes_text(out, "\"}");
    } else if (kind == KL_TEXT) {
        kl_bytes_json(out, r->text);
    } else if (kind == KL_SET) {
        kl_bytes_char(out, '[');
        set_names(out, p, set, r->set, true);
        kl_bytes_char(out, ']');
    } else if (kind == KL_VALUES || kind == KL_DATE) {
        kl_value_info value;
        if (kind == KL_VALUES) {
            kl_value_of(p, set, (uint32_t)r->number, &value);
            kl_bytes_json(out, value.name);
            return;
        }
        kl_bytes_char(out, '"');
        kl_bytes_date(out, r->number);
        kl_bytes_char(out, '"');
    } else {
        kl_bytes_value(out, p, kind, scale, set, r, '.', "true", "false");
    }
}

void kl_bytes_slots(kl_bytes *out, const kl_verdict *v, uint32_t outcome, const uint32_t *slots, size_t count) {
    const kl_program *p = v->teller->program;
    kl_bytes_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        kl_bytes_text(out, i ? ", {" : "{");
        for (uint32_t k = 0; k < v->teller->outcomes[outcome].columns; k++) {
            kl_column_info column;
            kl_result r;
            kl_outcome_column(p, outcome, k, &column);
            kl_many_value(v->workspace, outcome, slots[i], k, v->row, &r);
            if (k) kl_bytes_text(out, ", ");
            kl_bytes_json(out, column.name);
            kl_bytes_text(out, ": ");
            kl_bytes_json_value(out, p, column.kind, column.scale, column.set, &r);
        }
        kl_bytes_char(out, '}');
    }
    kl_bytes_char(out, ']');
}

/* ------------------------------------------------------------------ lists of names */
static void list_of(kl_bytes *out, const char *name, const kl_string *names, const uint32_t *which, size_t count) {
    kl_bytes_text(out, name);
    for (size_t i = 0; i < count; i++) {
        if (i) kl_bytes_text(out, ", ");
        kl_bytes_string(out, names[which[i]]);
    }
    kl_bytes_char(out, ']');
}

static void bits_of(kl_bytes *out, const kl_string *names, const uint64_t *bits, size_t count, bool *first) {
    KL_EACH_BIT(i, bits, count) {
        if (!*first) kl_bytes_text(out, ", ");
        *first = false;
        kl_bytes_string(out, names[i]);
    }
}

static void waits_for(kl_bytes *out, const kl_teller *t, const kl_verdict_outcome *o) {
    bool first = true;
    kl_bytes_text(out, ", \"missing\": [");
    bits_of(out, t->field_json, o->missing, t->info.fields, &first);
    first = true;
    kl_bytes_text(out, "], \"waiting\": [");
    bits_of(out, t->assumption_json, o->assumptions, t->info.assumptions, &first);
    bits_of(out, t->entry_json, o->entries, t->info.entries, &first);
    bits_of(out, t->outcome_json, o->outcomes, t->info.outcomes, &first);
    kl_bytes_char(out, ']');
}

static void outcome_of(kl_bytes *out, const kl_verdict *v, uint32_t i) {
    const kl_teller *t = v->teller;
    const kl_verdict_outcome *o = &v->outcomes[i];
    const kl_outcome_info *info = &t->outcomes[i];
    kl_bytes_string(out, t->outcome_json[i]);
    kl_bytes_text(out, ": {\"state\": \"");
    kl_bytes_text(out, kl_state_word(o->result.state));
    kl_bytes_char(out, '"');
    if (info->many) {
        if (o->result.state == KL_DECIDED || o->result.state == KL_UNDETERMINED) {
            kl_bytes_text(out, ", \"value\": ");
            kl_bytes_slots(out, v, i, o->in, o->in_count);
        }
        if (o->open_count) {
            kl_bytes_text(out, ", \"possible\": ");
            kl_bytes_slots(out, v, i, o->open, o->open_count);
        }
    } else if (o->result.state == KL_DECIDED) {
        kl_bytes_text(out, ", \"value\": ");
        kl_bytes_json_value(out, t->program, info->kind, info->scale, info->set, &o->result);
    } else if (o->result.state == KL_EXTERNAL) {
        kl_bytes_text(out, ", \"document\": ");
        kl_bytes_json(out, o->result.text);
    }
    if (o->result.state == KL_NO_RESULT) {
        kl_bytes_text(out, ", \"reason\": \"");
        kl_bytes_text(out, kl_reason_word(o->result.reason));
        kl_bytes_char(out, '"');
    }
    if (o->by_count) list_of(out, ", \"by\": [", t->entry_json, o->by, o->by_count);
    if (o->maybe_count) list_of(out, ", \"by_one_of\": [", t->entry_json, o->maybe, o->maybe_count);
    if (o->result.state == KL_UNDETERMINED) waits_for(out, t, o);
    kl_bytes_char(out, '}');
}

static void findings(kl_bytes *out, const kl_verdict *v, const char *name) {
    const kl_teller *t = v->teller;
    list_of(out, name, t->entry_json, v->findings, v->finding_count);
    out->size--; /* the failed audits go inside */
    bool first = v->finding_count == 0;
    for (uint32_t i = 0; v->failed_audit && i < t->info.outcomes; i++) {
        if (v->outcomes[i].audit != KL_AUDIT_DIFFERS) continue;
        if (!first) kl_bytes_text(out, ", ");
        first = false;
        kl_bytes_string(out, t->outcome_json[i]);
    }
    kl_bytes_char(out, ']');
}

static void clauses(kl_bytes *out, const kl_verdict *v) {
    const kl_teller *t = v->teller;
    bool first = true;
    kl_bytes_char(out, '{');
    for (uint32_t i = 0; i < t->info.entries; i++) {
        if (!t->entries[i].traced) continue;
        if (!first) kl_bytes_text(out, ", ");
        first = false;
        kl_bytes_string(out, t->entry_json[i]);
        kl_bytes_text(out, ": \"");
        kl_bytes_text(out, kl_truth_word(kl_truth_of(v->workspace, i, v->row)));
        kl_bytes_char(out, '"');
    }
    kl_bytes_char(out, '}');
}

static void open(kl_bytes *out, const kl_verdict *v) {
    bool first = true;
    bits_of(out, v->teller->assumption_json, v->open_assumptions, v->teller->info.assumptions, &first);
    bits_of(out, v->teller->entry_json, v->open_entries, v->teller->info.entries, &first);
}

static void kept_object(kl_bytes *out, const kl_kept *kept, size_t count) {
    if (!count) return;
    kl_bytes_text(out, ", \"kept\": {");
    for (size_t i = 0; i < count; i++) {
        if (i) kl_bytes_text(out, ", ");
        kl_bytes_json(out, kept[i].name);
        kl_bytes_text(out, ": ");
        kl_bytes_string(out, kept[i].value);
    }
    kl_bytes_char(out, '}');
}

void kl_write_ndjson(kl_bytes *out, const kl_verdict *v, bool trace, const kl_kept *kept, size_t kept_count) {
    const kl_teller *t = v->teller;
    bool first = true;
    kl_bytes_text(out, "{\"key\": ");
    kl_bytes_json(out, v->key);
    kl_bytes_text(out, ", \"guideline\": ");
    kl_bytes_string(out, t->name_json);
    kl_bytes_text(out, ", \"edition\": ");
    if (t->info.edition.size)
        kl_bytes_string(out, t->edition_json);
    else
        kl_bytes_text(out, "null");
    kl_bytes_text(out, ", \"outcomes\": {");
    for (uint32_t i = 0; i < t->info.outcomes; i++) {
        if (i) kl_bytes_text(out, ", ");
        outcome_of(out, v, i);
    }
    findings(out, v, "}, \"findings\": [");
    list_of(out, ", \"warnings\": [", t->entry_json, v->warnings, v->warning_count);
    kl_bytes_text(out, ", \"missing\": [");
    bits_of(out, t->field_json, v->missing, t->info.fields, &first);
    kl_bytes_text(out, "], \"open\": [");
    open(out, v);
    list_of(out, "], \"blocked_by\": [", t->entry_json, v->blocked, v->blocked_count);
    kl_bytes_text(out, ", \"assumptions\": [");
    first = true;
    bits_of(out, t->assumption_json, v->assumptions, t->info.assumptions, &first);
    kl_bytes_char(out, ']');
    if (trace) {
        kl_bytes_text(out, ", \"clauses\": ");
        clauses(out, v);
    }
    kept_object(out, kept, kept_count);
    kl_bytes_text(out, "}\n");
}

/* ------------------------------------------------------------------ selected columns */
static void decided_by(kl_bytes *out, const kl_verdict *v) {
    const char *between = "";
    kl_bytes_char(out, '[');
    for (uint32_t next = kl_next_decider(v, 0); next != KL_INDEX_NONE; next = kl_next_decider(v, (uint64_t)next + 1)) {
        kl_bytes_text(out, between);
        kl_bytes_string(out, v->teller->entry_json[next]);
        between = ", ";
    }
    kl_bytes_char(out, ']');
}

static void outcome_value(kl_bytes *out, const kl_verdict *v, uint32_t i) {
    const kl_verdict_outcome *o = &v->outcomes[i];
    const kl_outcome_info *info = &v->teller->outcomes[i];
    if (info->many && o->result.state == KL_DECIDED)
        kl_bytes_slots(out, v, i, o->in, o->in_count);
    else if (o->result.state == KL_NOT_STATED) /* null is none */
        kl_bytes_text(out, "{\"state\": \"not_stated\"}");
    else
        kl_bytes_json_value(out, v->teller->program, info->kind, info->scale, info->set, &o->result);
}

static void field_value(kl_bytes *out, const kl_verdict *v, uint32_t i) {
    const kl_field_info *info = &v->teller->fields[i];
    kl_result r;
    bool received;
    if (i == v->teller->info.key) {
        kl_bytes_json(out, v->key);
        return;
    }
    kl_field_value(v->workspace, i, v->row, &received, &r);
    if (r.state == KL_DECIDED)
        kl_bytes_json_value(out, v->teller->program, info->kind, info->scale, info->set, &r);
    else
        kl_bytes_text(out, "null");
}

static void named_list(kl_bytes *out, const kl_string *names, const uint64_t *bits, size_t count) {
    bool first = true;
    kl_bytes_char(out, '[');
    bits_of(out, names, bits, count, &first);
    kl_bytes_char(out, ']');
}

static void member(kl_bytes *out, const kl_verdict *v, kl_column_kind kind, uint32_t at) {
    const kl_teller *t = v->teller;
    switch (kind) {
    case KL_COLUMN_KEY: kl_bytes_json(out, v->key); break;
    case KL_COLUMN_OUTCOME: outcome_value(out, v, at); break;
    case KL_COLUMN_STATE:
        kl_bytes_char(out, '"');
        kl_bytes_text(out, kl_state_word(v->outcomes[at].result.state));
        kl_bytes_char(out, '"');
        break;
    case KL_COLUMN_DECIDED_BY: decided_by(out, v); break;
    case KL_COLUMN_BLOCKED_BY: list_of(out, "[", t->entry_json, v->blocked, v->blocked_count); break;
    case KL_COLUMN_MISSING: named_list(out, t->field_json, v->missing, t->info.fields); break;
    case KL_COLUMN_OPEN:
        kl_bytes_char(out, '[');
        open(out, v);
        kl_bytes_char(out, ']');
        break;
    case KL_COLUMN_FINDINGS: findings(out, v, "["); break;
    case KL_COLUMN_WARNINGS: list_of(out, "[", t->entry_json, v->warnings, v->warning_count); break;
    case KL_COLUMN_ASSUMED: named_list(out, t->assumption_json, v->assumptions, t->info.assumptions); break;
    case KL_COLUMN_CLAUSES: clauses(out, v); break;
    case KL_COLUMN_FIELD: field_value(out, v, at); break;
    }
}

void kl_write_selected(kl_bytes *out, const kl_columns *c, size_t edition, const kl_verdict *v, const kl_kept *kept,
                       size_t kept_count) {
    for (size_t i = 0; i < c->count; i++) {
        uint32_t at = c->where[i * c->editions + edition];
        kl_column_kind kind = c->list[i].kind;
        kl_bytes_text(out, i ? ", " : "{");
        kl_bytes_string(out, c->list[i].json);
        if (at == KL_INDEX_NONE && (kind == KL_COLUMN_OUTCOME || kind == KL_COLUMN_STATE || kind == KL_COLUMN_FIELD))
            kl_bytes_text(out, "null"); /* this edition has no such thing */
        else
            member(out, v, kind, at);
    }
    kept_object(out, kept, kept_count);
    kl_bytes_text(out, "}\n");
}
