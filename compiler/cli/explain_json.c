/* explain_json.c - the explanation for tools: the decision as run writes it, and every entry with its truth, citation and what it read.
 * May include: the runtime and its io.
 * Start at kl_explain_json(). */
#include "compiler/cli/explain.h"

#include <string.h>

static const char *const kinds[] = {"period",      "scope",  "clause", "item",  "exception", "exception_item",
                                    "requirement", "advice", "rule",   "table", "row",       "note"};
static const char *const ref_kinds[] = {"field", "assumption", "outcome", "entry"};

static void member(kl_bytes *out, const char *name, kl_string value) {
    if (!value.size) return;
    kl_bytes_text(out, ", \"");
    kl_bytes_text(out, name);
    kl_bytes_text(out, "\": ");
    kl_bytes_json(out, value);
}

static kl_string name_of(const kl_program *p, kl_ref ref) {
    kl_field_info f;
    kl_assumption_info a;
    kl_outcome_info o;
    kl_entry_info e;
    switch (ref.kind) {
    case 0: kl_field_of(p, ref.index, &f); return f.name;
    case 1: kl_assumption_of(p, ref.index, &a); return a.name;
    case 2: kl_outcome_of(p, ref.index, &o); return o.name;
    default: kl_entry_of(p, ref.index, &e); return e.id;
    }
}

/* What was read: the field's value as in the input forms, null when unknown. */
static void value_of(kl_bytes *out, const kl_explained *x, kl_ref ref) {
    const kl_program *p = x->edition->program;
    if (ref.kind == 3) {
        kl_bytes_char(out, '"');
        kl_bytes_text(out, kl_truth_word(kl_truth_of(x->workspace, ref.index, x->row)));
        kl_bytes_char(out, '"');
        return;
    }
    kl_result r = {.state = KL_UNDETERMINED};
    kl_kind kind = KL_TEXT;
    uint32_t scale = 0, set = KL_INDEX_NONE;
    if (ref.kind == 0) {
        kl_field_info f;
        bool received;
        kl_field_of(p, ref.index, &f);
        kl_field_value(x->workspace, ref.index, x->row, &received, &r);
        kind = f.kind, scale = f.scale, set = f.set;
    } else if (ref.kind == 1) {
        kl_assumption_info a;
        kl_assumption_of(p, ref.index, &a);
        r.state = kl_assumed_value(x->workspace, ref.index, &r.number) ? KL_DECIDED : KL_UNDETERMINED;
        kind = a.kind, scale = a.scale, set = a.set;
    } else {
        kl_outcome_info o;
        kl_outcome_of(p, ref.index, &o);
        kl_outcome(x->workspace, ref.index, x->row, &r);
        kind = o.kind, scale = o.scale, set = o.set;
        if (o.many) r.state = KL_UNDETERMINED;
    }
    if (r.state == KL_UNDETERMINED)
        kl_bytes_text(out, "null");
    else
        kl_bytes_json_value(out, p, kind, scale, set, &r);
}

/* Who stands for a field's value: a person who vouches for it, or the rules where the record has none. */
static void behind(kl_bytes *out, const kl_explained *x, uint32_t field) {
    kl_field_info f;
    kl_result r;
    bool received;
    kl_field_of(x->edition->program, field, &f);
    kl_field_value(x->workspace, field, x->row, &received, &r);
    if (r.state == KL_DECIDED && !received) kl_bytes_text(out, ", \"otherwise\": true");
    if (received && f.attested) kl_bytes_text(out, ", \"attested\": true");
}

static void reads(kl_bytes *out, const kl_explained *x, uint32_t entry, uint32_t count) {
    kl_bytes_text(out, ", \"reads\": [");
    for (uint32_t i = 0; i < count; i++) {
        kl_ref ref = kl_entry_read(x->edition->program, entry, i);
        kl_bytes_text(out, i ? ", {\"" : "{\"");
        kl_bytes_text(out, ref_kinds[ref.kind & 3]);
        kl_bytes_text(out, "\": ");
        kl_bytes_json(out, name_of(x->edition->program, ref));
        kl_bytes_text(out, ", \"value\": ");
        value_of(out, x, ref);
        if (ref.kind == 0) behind(out, x, ref.index);
        kl_bytes_char(out, '}');
    }
    kl_bytes_char(out, ']');
}

void kl_explain_json(const kl_explained *x, kl_bytes *out) {
    kl_write_ndjson(out, x->verdict, true, NULL, 0);
    if (out->failed || out->size < 2) return;
    out->size -= 2; /* reopen the object */
    kl_bytes_text(out, ", \"entries\": [");
    for (uint32_t i = 0; i < x->edition->info.entries; i++) {
        kl_entry_info e, parent;
        kl_entry_of(x->edition->program, i, &e);
        kl_bytes_text(out, i ? ",\n  {\"id\": " : "\n  {\"id\": ");
        kl_bytes_json(out, e.id);
        kl_bytes_text(out, ", \"kind\": \"");
        kl_bytes_text(out, kinds[e.kind % 12]);
        kl_bytes_char(out, '"');
        if (e.parent != KL_INDEX_NONE) {
            kl_entry_of(x->edition->program, e.parent, &parent);
            member(out, "parent", parent.id);
        }
        member(out, "label", e.label);
        member(out, "title", e.title);
        member(out, "citation", e.citation);
        member(out, "open", e.open);
        member(out, "because", e.because);
        if (e.traced) {
            kl_bytes_text(out, ", \"truth\": \"");
            kl_bytes_text(out, kl_truth_word(kl_truth_of(x->workspace, i, x->row)));
            kl_bytes_char(out, '"');
            reads(out, x, i, e.reads);
            if (kl_is_overridden(x->workspace, i, x->row)) kl_bytes_text(out, ", \"overridden\": true");
        }
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "\n]}\n");
}
