/* tally.c - counts over many decisions: states, sums, clauses, missing fields; of one thread, then merged.
 * May include: the C library.
 * Start at kl_tally_record(). */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

kl_tally *kl_tally_new(const kl_program *p) {
    kl_tally *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    kl_guideline_info g;
    kl_describe(p, &g);
    t->program = p;
    t->states = calloc(g.outcomes + 1, sizeof *t->states);
    t->reasons = calloc(g.outcomes + 1, sizeof *t->reasons);
    t->audits = calloc(g.outcomes + 1, sizeof *t->audits);
    t->sums = calloc(g.outcomes + 1, sizeof *t->sums);
    t->sum_overflow = calloc(g.outcomes + 1, sizeof *t->sum_overflow);
    t->truths = calloc(g.entries + 1, sizeof *t->truths);
    t->fired = calloc(g.entries + 1, sizeof *t->fired);
    t->blocked = calloc(g.entries + 1, sizeof *t->blocked);
    t->breached = calloc(g.entries + 1, sizeof *t->breached);
    t->missing = calloc(g.fields + 1, sizeof *t->missing);
    t->open_assumptions = calloc(g.assumptions + 1, sizeof *t->open_assumptions);
    t->open_entries = calloc(g.entries + 1, sizeof *t->open_entries);
    t->seen = calloc(g.entries + 1, sizeof *t->seen);
    if (t->states && t->reasons && t->audits && t->sums && t->sum_overflow && t->truths && t->fired && t->blocked &&
        t->breached && t->missing && t->open_assumptions && t->open_entries && t->seen)
        return t;
    kl_tally_free(t);
    return NULL;
}

void kl_tally_free(kl_tally *t) {
    if (!t) return;
    free(t->states);
    free(t->reasons);
    free(t->audits);
    free(t->sums);
    free(t->sum_overflow);
    free(t->truths);
    free(t->fired);
    free(t->blocked);
    free(t->breached);
    free(t->missing);
    free(t->open_assumptions);
    free(t->open_entries);
    free(t->seen);
    free(t);
}

void kl_tally_batch(kl_tally *t, const kl_teller *teller, const kl_workspace *w, const uint64_t *rows) {
    for (uint32_t e = 0; e < teller->info.entries; e++) {
        const uint64_t *yes, *no;
        const kl_entry_info *info = &teller->entries[e];
        if (!info->traced) continue;
        bool requirement = info->kind == 6 || info->kind == 7;
        if (!requirement && kl_truth_planes(w, e, &yes, &no)) {
            for (size_t i = 0; i < KL_WORDS; i++) {
                uint64_t r = rows[i];
                t->truths[e][KL_NO] += (uint64_t)__builtin_popcountll(r & no[i]);
                t->truths[e][KL_YES] += (uint64_t)__builtin_popcountll(r & yes[i]);
                t->truths[e][KL_UNKNOWN] += (uint64_t)__builtin_popcountll(r & ~(yes[i] | no[i]));
            }
            continue;
        }
        for (uint32_t i = 0; i < KL_WORDS; i++)
            for (uint64_t r = rows[i]; r; r &= r - 1)
                t->truths[e][kl_truth_of(w, e, i * 64 + (uint32_t)__builtin_ctzll(r))]++;
    }
}

/* Counts an entry once a record, however many outcomes it decides. */
static void fired(kl_tally *t, const uint32_t *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (t->seen[list[i]] == t->records) continue;
        t->seen[list[i]] = t->records;
        t->fired[list[i]]++;
    }
}

static bool summed(const kl_outcome_info *info, const kl_result *r) {
    return r->state == KL_DECIDED && !info->many && (info->kind == KL_MONEY || info->kind == KL_DECIMAL);
}

void kl_tally_record(kl_tally *t, const kl_verdict *v) {
    const kl_teller *teller = v->teller;
    bool undetermined = false, conflict = false, error = false;
    t->records++;
    for (uint32_t o = 0; o < teller->info.outcomes; o++) {
        const kl_verdict_outcome *out = &v->outcomes[o];
        t->states[o][out->result.state]++;
        t->audits[o][out->audit]++;
        undetermined |= out->result.state == KL_UNDETERMINED;
        conflict |= out->result.state == KL_CONFLICT;
        error |= out->result.state == KL_FAILED;
        if (out->result.state == KL_NO_RESULT) t->reasons[o][out->result.reason < 3 ? out->result.reason : 0]++;
        if (summed(&teller->outcomes[o], &out->result))
            t->sum_overflow[o] |= __builtin_add_overflow(t->sums[o], out->result.number, &t->sums[o]);
        fired(t, out->by, out->by_count);
    }
    for (size_t i = 0; i < v->finding_count; i++) t->breached[v->findings[i]]++;
    for (size_t i = 0; i < v->warning_count; i++) t->breached[v->warnings[i]]++;
    for (size_t i = 0; i < v->blocked_count; i++) t->blocked[v->blocked[i]]++;
    t->undetermined += undetermined;
    t->conflicts += conflict;
    t->errors += error;
    t->findings += v->finding_count || v->failed_audit;
    t->warnings += v->warning_count > 0;
    if (!undetermined) return;
    KL_EACH_BIT(i, v->missing, teller->info.fields) t->missing[i]++;
    KL_EACH_BIT(i, v->open_assumptions, teller->info.assumptions) t->open_assumptions[i]++;
    KL_EACH_BIT(i, v->open_entries, teller->info.entries) t->open_entries[i]++;
}

unsigned kl_tally_flags(const kl_verdict *v) {
    unsigned flags = v->finding_count || v->failed_audit ? KL_TOLD_FINDING : 0;
    if (v->warning_count) flags |= KL_TOLD_WARNING;
    for (uint32_t o = 0; o < v->teller->info.outcomes; o++) {
        kl_state state = v->outcomes[o].result.state;
        if (state == KL_UNDETERMINED) flags |= KL_TOLD_UNDETERMINED;
        if (state == KL_CONFLICT) flags |= KL_TOLD_CONFLICT;
        if (state == KL_FAILED) flags |= KL_TOLD_ERROR;
    }
    return flags;
}

enum { FLAGS, STATE, REASON, AUDIT, SUM, FIRED, BREACHED, BLOCKED };

static void fact(kl_bytes *into, uint32_t kind, uint32_t at, int64_t value) {
    kl_tally_fact f = {kind, at, value};
    kl_bytes_add(into, &f, sizeof f);
}

/* Each entry once, though it decides several outcomes. */
static void fired_facts(kl_bytes *into, size_t from, const uint32_t *list, size_t count) {
    for (size_t i = 0; i < count && !into->failed; i++) {
        const kl_tally_fact *seen = (const kl_tally_fact *)(const void *)(into->data + from);
        size_t n = (into->size - from) / sizeof *seen;
        bool twice = false;
        for (size_t k = 0; k < n; k++) twice |= seen[k].kind == FIRED && seen[k].at == list[i];
        if (!twice) fact(into, FIRED, list[i], 0);
    }
}

uint32_t kl_tally_facts(const kl_verdict *v, bool all, kl_bytes *into) {
    size_t from = into->size;
    fact(into, FLAGS, 0, (int64_t)kl_tally_flags(v));
    for (uint32_t o = 0; all && o < v->teller->info.outcomes; o++) {
        const kl_verdict_outcome *out = &v->outcomes[o];
        fact(into, STATE, o, out->result.state);
        fact(into, AUDIT, o, out->audit);
        if (out->result.state == KL_NO_RESULT) fact(into, REASON, o, out->result.reason);
        if (summed(&v->teller->outcomes[o], &out->result)) fact(into, SUM, o, out->result.number);
        fired_facts(into, from, out->by, out->by_count);
    }
    for (size_t i = 0; all && i < v->finding_count; i++) fact(into, BREACHED, v->findings[i], 0);
    for (size_t i = 0; all && i < v->warning_count; i++) fact(into, BREACHED, v->warnings[i], 0);
    for (size_t i = 0; all && i < v->blocked_count; i++) fact(into, BLOCKED, v->blocked[i], 0);
    return (uint32_t)((into->size - from) / sizeof(kl_tally_fact));
}

static void add_sum(kl_tally *t, uint32_t o, int64_t value, uint64_t records) {
    int64_t product;
    t->sum_overflow[o] |= records > INT64_MAX || __builtin_mul_overflow(value, (int64_t)records, &product) ||
                          __builtin_add_overflow(t->sums[o], product, &t->sums[o]);
}

void kl_tally_add(kl_tally *t, const kl_tally_fact *facts, uint32_t count, uint64_t records) {
    if (!records) return;
    t->records += records;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = facts[i].at;
        int64_t value = facts[i].value;
        switch (facts[i].kind) {
        case FLAGS:
            t->undetermined += value & KL_TOLD_UNDETERMINED ? records : 0;
            t->conflicts += value & KL_TOLD_CONFLICT ? records : 0;
            t->errors += value & KL_TOLD_ERROR ? records : 0;
            t->findings += value & KL_TOLD_FINDING ? records : 0;
            t->warnings += value & KL_TOLD_WARNING ? records : 0;
            break;
        case STATE: t->states[at][value] += records; break;
        case REASON: t->reasons[at][value < 3 ? value : 0] += records; break;
        case AUDIT: t->audits[at][value] += records; break;
        case SUM: add_sum(t, at, value, records); break;
        case FIRED: t->fired[at] += records; break;
        case BREACHED: t->breached[at] += records; break;
        case BLOCKED: t->blocked[at] += records; break;
        }
    }
}

static void add_all(uint64_t *into, const uint64_t *from, size_t n) {
    for (size_t i = 0; i < n; i++) into[i] += from[i];
}

void kl_tally_merge(kl_tally *into, const kl_tally *from) {
    kl_guideline_info g;
    kl_describe(into->program, &g);
    into->records += from->records;
    into->undetermined += from->undetermined;
    into->conflicts += from->conflicts;
    into->errors += from->errors;
    into->findings += from->findings;
    into->warnings += from->warnings;
    for (uint32_t o = 0; o < g.outcomes; o++) {
        add_all(into->states[o], from->states[o], 7);
        add_all(into->reasons[o], from->reasons[o], 3);
        add_all(into->audits[o], from->audits[o], 5);
        into->sum_overflow[o] |=
            from->sum_overflow[o] || __builtin_add_overflow(into->sums[o], from->sums[o], &into->sums[o]);
    }
    for (uint32_t e = 0; e < g.entries; e++) add_all(into->truths[e], from->truths[e], 4);
    add_all(into->fired, from->fired, g.entries);
    add_all(into->blocked, from->blocked, g.entries);
    add_all(into->breached, from->breached, g.entries);
    add_all(into->missing, from->missing, g.fields);
    add_all(into->open_assumptions, from->open_assumptions, g.assumptions);
    add_all(into->open_entries, from->open_entries, g.entries);
}
