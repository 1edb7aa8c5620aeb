/* receipt.c - the receipt of a run: what decided, on which input, under which assumptions, and the counts. Same inputs, same bytes.
 * May include: the runtime and its io, libmd.
 * Start at kl_receipt(). */
#include "compiler/cli/run.h"

#include <stdlib.h>
#include <string.h>

static void name(kl_bytes *out, const char *indent, const char *key) {
    kl_bytes_text(out, indent);
    kl_bytes_char(out, '"');
    kl_bytes_text(out, key);
    kl_bytes_text(out, "\": ");
}

static void number(kl_bytes *out, uint64_t n) {
    kl_bytes_number(out, (int64_t)n, 0, '.');
}

static void assumptions(kl_bytes *out, const kl_run *run, size_t e) {
    const kl_edition *edition = &run->rules.editions.p[e];
    kl_workspace *w = kl_rules_workspace(&run->rules, e);
    name(out, "      ", "assumptions");
    kl_bytes_char(out, '{');
    for (uint32_t i = 0; w && i < edition->info.assumptions; i++) {
        kl_assumption_info a;
        int64_t value;
        kl_assumption_of(edition->program, i, &a);
        if (i) kl_bytes_text(out, ", ");
        kl_bytes_json(out, a.name);
        kl_bytes_text(out, ": ");
        if (!kl_assumed_value(w, i, &value)) {
            kl_bytes_text(out, "null");
            continue;
        }
        bool quoted = a.kind == KL_VALUES || a.kind == KL_DATE;
        if (quoted) kl_bytes_char(out, '"');
        kl_bytes_value(out, edition->program, a.kind, a.scale, a.set,
                       &(kl_result){.state = KL_DECIDED, .number = value}, '.', "true", "false");
        if (quoted) kl_bytes_char(out, '"');
    }
    if (!w) out->failed = true;
    free(w);
    kl_bytes_text(out, "},\n");
}

static void outcomes(kl_bytes *out, const kl_program *p, const kl_tally *t, uint32_t count) {
    name(out, "      ", "outcomes");
    kl_bytes_char(out, '{');
    for (uint32_t o = 0; o < count; o++) {
        kl_outcome_info info;
        kl_outcome_of(p, o, &info);
        kl_bytes_text(out, o ? ",\n        " : "\n        ");
        kl_bytes_json(out, info.name);
        kl_bytes_text(out, ": {");
        for (size_t s = 0; s < 7; s++) {
            if (s) kl_bytes_text(out, ", ");
            name(out, "", kl_state_word((kl_state)s));
            number(out, t->states[o][s]);
        }
        if (!info.many && (info.kind == KL_MONEY || info.kind == KL_DECIMAL)) {
            kl_bytes_text(out, ", ");
            name(out, "", "total");
            if (t->sum_overflow[o])
                kl_bytes_text(out, "null");
            else
                kl_bytes_number(out, t->sums[o], info.scale, '.');
        }
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "\n      },\n");
}

static void clauses(kl_bytes *out, const kl_program *p, const kl_tally *t, uint32_t count) {
    bool first = true;
    name(out, "      ", "clauses");
    kl_bytes_char(out, '{');
    for (uint32_t e = 0; e < count; e++) {
        kl_entry_info info;
        kl_entry_of(p, e, &info);
        if (!info.traced) continue;
        kl_bytes_text(out, first ? "\n        " : ",\n        ");
        first = false;
        kl_bytes_json(out, info.id);
        kl_bytes_text(out, ": {");
        for (size_t k = 0; k < 3 + (info.kind == 6 || info.kind == 7); k++) {
            if (k) kl_bytes_text(out, ", ");
            name(out, "", kl_truth_word((kl_truth)k));
            number(out, t->truths[e][k]);
        }
        if (info.kind == 8 || info.kind == 10) {
            kl_bytes_text(out, ", \"fired\": ");
            number(out, t->fired[e]);
        }
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "\n      }\n");
}

static void edition(kl_bytes *out, kl_run *run, size_t e) {
    const kl_edition *ed = &run->rules.editions.p[e];
    kl_bytes_text(out, e ? ",\n    {\n" : "\n    {\n");
    name(out, "      ", "edition");
    kl_bytes_json(out, ed->info.edition);
    kl_bytes_text(out, ",\n");
    name(out, "      ", "sha256");
    kl_bytes_hash(out, ed->info.source_hash);
    kl_bytes_text(out, ",\n");
    name(out, "      ", "sources");
    kl_bytes_char(out, '{');
    for (uint32_t i = 0; i < ed->info.sources; i++) {
        kl_source_info s;
        kl_source_of(ed->program, i, &s);
        if (i) kl_bytes_text(out, ", ");
        kl_bytes_json(out, s.name);
        kl_bytes_text(out, ": ");
        kl_bytes_hash(out, s.hash);
    }
    kl_bytes_text(out, "},\n");
    assumptions(out, run, e);
    name(out, "      ", "records");
    number(out, run->tallies[e]->records);
    kl_bytes_text(out, ",\n");
    outcomes(out, ed->program, run->tallies[e], ed->info.outcomes);
    clauses(out, ed->program, run->tallies[e], ed->info.entries);
    kl_bytes_text(out, "    }");
}

void kl_receipt(kl_run *run, kl_bytes *out) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Final(digest, &run->input.sha);
    kl_bytes_text(out, "{\n");
    name(out, "  ", "guideline");
    kl_bytes_json(out, run->rules.editions.p[0].info.name);
    kl_bytes_text(out, ",\n  \"engine\": \"klausul " KLAUSUL_VERSION "\",\n");
    name(out, "  ", "input_sha256");
    kl_bytes_hash(out, digest);
    kl_bytes_text(out, ",\n");
    name(out, "  ", "counts");
    name(out, "{", "records");
    number(out, run->records);
    name(out, ", ", "judged");
    number(out, run->records - run->rejected);
    name(out, ", ", "rejected");
    number(out, run->rejected);
    kl_bytes_text(out, "},\n");
    name(out, "  ", "rejected_by_reason");
    kl_bytes_char(out, '{');
    bool first = true;
    for (size_t i = 1; i < KL_REJECT_COUNT; i++) {
        if (!run->reject_reasons[i]) continue;
        if (!first) kl_bytes_text(out, ", ");
        first = false;
        name(out, "", kl_diag_code(kl_reject_message((kl_reject_reason)i)));
        number(out, run->reject_reasons[i]);
    }
    kl_bytes_text(out, "},\n");
    name(out, "  ", "editions");
    kl_bytes_char(out, '[');
    for (size_t e = 0; e < run->rules.editions.n; e++) edition(out, run, e);
    kl_bytes_text(out, "\n  ]\n}\n");
}
