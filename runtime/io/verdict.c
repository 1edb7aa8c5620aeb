/* verdict.c - one record's decision, collected from the workspace: results, who decided, what is missing, findings, assumptions.
 * May include: the C library.
 * Start at kl_verdict_take(); kl_teller holds what is the same for every record. */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

/* Who decided one outcome, for each record of a batch. */
typedef struct deciders {
    uint32_t *entries;
    size_t room;
    bool known; /* of this batch */
    uint32_t at[KL_ROWS_MAX + 1];
} deciders;

typedef struct collected {
    kl_verdict seen; /* first: what others see */
    uint32_t *list;  /* entries and slots of all lists, one after another */
    size_t size, room;
    size_t *at;     /* per outcome: where by, maybe, in and open begin */
    uint64_t *bits; /* per outcome: missing, assumptions, entries, outcomes; then the record's own */
    size_t words[4], outcome_words;
    uint32_t outcomes;
    bool failed, batch; /* a batch of several records is told */
    deciders **by;      /* per outcome; NULL: asked record by record */
} collected;

/* ------------------------------------------------------------------ what is the same for every record */
static kl_string json(kl_teller *t, kl_string s) {
    size_t at = t->text.size;
    kl_bytes_json(&t->text, s);
    return (kl_string){(const char *)at, t->text.size - at}; /* an offset until the text stands still */
}

static void settle(const kl_teller *t, kl_string *list, size_t n) {
    for (size_t i = 0; i < n; i++) list[i].data = t->text.data + (size_t)list[i].data;
}

kl_teller *kl_teller_new(const kl_program *p) {
    kl_teller *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    t->program = p;
    kl_describe(p, &t->info);
    kl_budget_info budget;
    kl_budget(p, &budget);
    t->outcomes = calloc(t->info.outcomes + 1, sizeof *t->outcomes);
    t->entries = calloc(t->info.entries + 1, sizeof *t->entries);
    t->fields = calloc(t->info.fields + 1, sizeof *t->fields);
    t->assumptions = calloc(t->info.assumptions + 1, sizeof *t->assumptions);
    t->outcome_json = calloc(t->info.outcomes + 1, sizeof(kl_string));
    t->entry_json = calloc(t->info.entries + 1, sizeof(kl_string));
    t->field_json = calloc(t->info.fields + 1, sizeof(kl_string));
    t->assumption_json = calloc(t->info.assumptions + 1, sizeof(kl_string));
    if (!t->outcomes || !t->entries || !t->fields || !t->assumptions || !t->outcome_json || !t->entry_json ||
        !t->field_json || !t->assumption_json) {
        kl_teller_free(t);
        return NULL;
    }
    t->name_json = json(t, t->info.name);
    t->edition_json = json(t, t->info.edition);
    for (uint32_t i = 0; i < t->info.outcomes; i++) {
        kl_outcome_of(p, i, &t->outcomes[i]);
        t->outcome_json[i] = json(t, t->outcomes[i].name);
    }
    for (uint32_t i = 0; i < t->info.entries; i++) {
        kl_entry_of(p, i, &t->entries[i]);
        t->entry_json[i] = json(t, t->entries[i].id);
    }
    for (uint32_t i = 0; i < t->info.fields; i++) {
        kl_field_of(p, i, &t->fields[i]);
        t->field_json[i] = json(t, t->fields[i].name);
    }
    for (uint32_t i = 0; i < t->info.assumptions; i++) {
        kl_assumption_of(p, i, &t->assumptions[i]);
        t->assumption_json[i] = json(t, t->assumptions[i].name);
    }
    if (t->text.failed) {
        kl_teller_free(t);
        return NULL;
    }
    settle(t, &t->name_json, 1);
    settle(t, &t->edition_json, 1);
    settle(t, t->outcome_json, t->info.outcomes);
    settle(t, t->entry_json, t->info.entries);
    settle(t, t->field_json, t->info.fields);
    settle(t, t->assumption_json, t->info.assumptions);
    return t;
}

void kl_teller_free(kl_teller *t) {
    if (!t) return;
    kl_bytes_free(&t->text);
    free(t->outcomes);
    free(t->entries);
    free(t->fields);
    free(t->assumptions);
    free(t->outcome_json);
    free(t->entry_json);
    free(t->field_json);
    free(t->assumption_json);
    free(t);
}

const kl_program *kl_teller_program(const kl_teller *t) {
    return t->program;
}

/* ------------------------------------------------------------------ one record */
kl_verdict *kl_verdict_new(const kl_teller *t, kl_workspace *w) {
    collected *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    uint32_t n = t->info.outcomes;
    c->outcomes = n;
    c->words[0] = (t->info.fields + 63) / 64;
    c->words[1] = (t->info.assumptions + 63) / 64;
    c->words[2] = (t->info.entries + 63) / 64;
    c->words[3] = (n + 63) / 64;
    c->outcome_words = c->words[0] + c->words[1] + c->words[2] + c->words[3];
    c->room = 256 + t->info.entries;
    c->list = calloc(c->room, sizeof *c->list);
    c->at = calloc((size_t)n * 4 + 4, sizeof *c->at);
    c->bits = calloc((size_t)(n + 1) * c->outcome_words + c->words[1] + 1, sizeof *c->bits);
    c->by = calloc(n + 1, sizeof *c->by);
    c->seen.outcomes = calloc(n + 1, sizeof *c->seen.outcomes);
    c->seen.teller = t;
    c->seen.workspace = w;
    if (c->list && c->at && c->bits && c->by && c->seen.outcomes) return &c->seen;
    kl_verdict_free(&c->seen);
    return NULL;
}

void kl_verdict_free(kl_verdict *v) {
    collected *c = (collected *)v;
    if (!c) return;
    for (uint32_t o = 0; o < c->outcomes && c->by; o++) {
        if (c->by[o]) free(c->by[o]->entries);
        free(c->by[o]);
    }
    free(c->by);
    free(c->list);
    free(c->at);
    free(c->bits);
    free(c->seen.outcomes);
    free(c);
}

bool kl_verdict_failed(const kl_verdict *v) {
    return ((const collected *)v)->failed;
}

static bool room_for(collected *c, size_t more) {
    if (c->room - c->size >= more) return true;
    size_t room = c->room * 2 + more;
    uint32_t *list = realloc(c->list, room * sizeof *list);
    if (!list) {
        c->failed = true;
        return false;
    }
    c->list = list;
    c->room = room;
    return true;
}

/* Appends a list that `call` writes; call gives its length whatever the room. */
#define APPEND(c, count, call)                                                                                         \
    do {                                                                                                               \
        uint32_t *into = (c)->list + (c)->size;                                                                        \
        size_t most = (c)->room - (c)->size;                                                                           \
        (count) = call;                                                                                                \
        if ((count) > most) {                                                                                          \
            if (!room_for((c), (count))) {                                                                             \
                (count) = 0;                                                                                           \
            } else {                                                                                                   \
                into = (c)->list + (c)->size;                                                                          \
                most = (c)->room - (c)->size;                                                                          \
                (count) = call;                                                                                        \
            }                                                                                                          \
        }                                                                                                              \
        (c)->size += (count);                                                                                          \
    } while (0)

static int ascending(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* Sorts what was appended since `from` and drops repeats. */
static size_t distinct(collected *c, size_t from) {
    uint32_t *list = c->list + from;
    size_t n = c->size - from, kept = 0;
    if (n) qsort(list, n, sizeof *list, ascending);
    for (size_t i = 0; i < n; i++)
        if (!kept || list[kept - 1] != list[i]) list[kept++] = list[i];
    c->size = from + kept;
    return kept;
}

static bool open(kl_state state) {
    return state != KL_DECIDED && state != KL_NO_RESULT;
}

/* Whether some candidate surely gives entry `slot`, or one equal to it in this record. */
static bool surely_in(const kl_workspace *w, uint32_t o, uint32_t slots, uint32_t slot, uint32_t row) {
    uint32_t first = kl_many_first(w, o, slot, row);
    for (uint32_t s = 0; s < slots; s++)
        if (kl_many_first(w, o, s, row) == first && kl_by(w, o, s, row, true, NULL, 0)) return true;
    return false;
}

/* Entries that are equal in this record are listed once, with all that gave them. */
static void take_many(collected *c, uint32_t o, uint32_t row) {
    kl_workspace *w = c->seen.workspace;
    kl_verdict_outcome *out = &c->seen.outcomes[o];
    uint32_t slots = c->seen.teller->outcomes[o].slots;
    size_t *at = c->at + (size_t)o * 4;
    if (!room_for(c, (size_t)slots * 2)) return;
    kl_result r;
    size_t n;
    at[2] = c->size;
    for (uint32_t s = 0; s < slots; s++) {
        kl_many(w, o, s, row, &r);
        if (r.state == KL_DECIDED && kl_many_first(w, o, s, row) == s) c->list[c->size++] = s;
    }
    at[3] = c->size;
    out->in_count = at[3] - at[2];
    for (uint32_t s = 0; s < slots; s++) {
        kl_many(w, o, s, row, &r);
        if (open(r.state) && kl_many_first(w, o, s, row) == s) c->list[c->size++] = s;
    }
    at[0] = c->size;
    out->open_count = at[0] - at[3];
    for (uint32_t s = 0; s < slots; s++) {
        kl_many(w, o, s, row, &r);
        if (r.state == KL_DECIDED) APPEND(c, n, kl_by(w, o, s, row, true, into, most));
    }
    out->by_count = distinct(c, at[0]);
    at[1] = c->size;
    for (uint32_t s = 0; s < slots; s++) {
        kl_many(w, o, s, row, &r);
        if (r.state == KL_NO_RESULT || (r.state == KL_DECIDED && surely_in(w, o, slots, s, row))) continue;
        if (open(r.state)) APPEND(c, n, kl_by(w, o, s, row, true, into, most));
        APPEND(c, n, kl_by(w, o, s, row, false, into, most));
    }
    out->maybe_count = distinct(c, at[1]);
}

/* Who surely decided each record of the batch; NULL when that is asked record by record. */
static const deciders *deciders_of(collected *c, uint32_t o) {
    deciders *d = c->by[o];
    if (!c->batch) return NULL;
    if (!d) d = c->by[o] = calloc(1, sizeof *d);
    if (!d || d->known) return d;
    size_t n = kl_by_rows(c->seen.workspace, o, 0, d->at, d->entries, d->room);
    if (n > d->room) {
        size_t room = n + KL_ROWS_MAX;
        uint32_t *entries = realloc(d->entries, room * sizeof *entries);
        if (!entries) return NULL;
        d->entries = entries;
        d->room = room;
        (void)kl_by_rows(c->seen.workspace, o, 0, d->at, d->entries, d->room);
    }
    d->known = true;
    return d;
}

static size_t surely_by(collected *c, uint32_t o, uint32_t row, uint32_t *entries, size_t most) {
    const deciders *d = deciders_of(c, o);
    if (!d) return kl_by(c->seen.workspace, o, 0, row, true, entries, most);
    size_t n = d->at[row + 1] - d->at[row];
    memcpy(entries, d->entries + d->at[row], (n < most ? n : most) * sizeof *entries);
    return n;
}

void kl_verdict_batch(kl_verdict *v) {
    enum { MANY = 256 }; /* so many entries are gone through for all records rather than for those that are asked for */
    collected *c = (collected *)v;
    c->batch = v->teller->info.entries > MANY;
    for (uint32_t o = 0; o < c->outcomes; o++)
        if (c->by[o]) c->by[o]->known = false;
}

static void take_outcome(collected *c, uint32_t o, uint32_t row) {
    kl_workspace *w = c->seen.workspace;
    const kl_outcome_info *info = &c->seen.teller->outcomes[o];
    kl_verdict_outcome *out = &c->seen.outcomes[o];
    size_t *at = c->at + (size_t)o * 4;
    kl_outcome(w, o, row, &out->result);
    out->audit = info->audited == KL_INDEX_NONE ? KL_AUDIT_NONE : kl_audit_of(w, o, row);
    out->in_count = out->open_count = out->by_count = out->maybe_count = 0;
    at[0] = at[1] = at[2] = at[3] = c->size;
    if (info->many) {
        take_many(c, o, row);
    } else if (out->result.state != KL_NO_RESULT) {
        APPEND(c, out->by_count, surely_by(c, o, row, into, most));
        at[1] = c->size;
        if (!out->by_count) APPEND(c, out->maybe_count, kl_by(w, o, 0, row, false, into, most));
    }
    uint64_t *bits = c->bits + (size_t)o * c->outcome_words;
    out->missing = bits;
    out->assumptions = out->missing + c->words[0];
    out->entries = out->assumptions + c->words[1];
    out->outcomes = out->entries + c->words[2];
    if (out->result.state != KL_UNDETERMINED) return;
    memset(bits, 0, c->outcome_words * sizeof *bits);
    kl_waiting into = {bits, bits + c->words[0], bits + c->words[0] + c->words[1],
                       bits + c->words[0] + c->words[1] + c->words[2]};
    kl_wait(w, o, row, &into);
}

uint32_t kl_next_decider(const kl_verdict *v, uint64_t least) {
    uint32_t next = KL_INDEX_NONE;
    for (uint32_t o = 0; o < v->teller->info.outcomes; o++)
        for (size_t i = 0; i < v->outcomes[o].by_count; i++)
            if (v->outcomes[o].by[i] >= least && v->outcomes[o].by[i] < next) next = v->outcomes[o].by[i];
    return next;
}

void kl_verdict_take(kl_verdict *v, uint32_t row, kl_string key) {
    collected *c = (collected *)v;
    kl_workspace *w = v->workspace;
    v->row = row;
    v->key = key;
    v->failed_audit = false;
    c->size = 0;
    uint64_t *own = c->bits + (size_t)c->outcomes * c->outcome_words;
    memset(own, 0, (c->outcome_words + c->words[1]) * sizeof *own);
    for (uint32_t o = 0; o < c->outcomes; o++) {
        take_outcome(c, o, row);
        v->failed_audit |= v->outcomes[o].audit == KL_AUDIT_DIFFERS;
        if (v->outcomes[o].result.state != KL_UNDETERMINED) continue;
        for (size_t i = 0; i < c->words[0] + c->words[1] + c->words[2]; i++) own[i] |= v->outcomes[o].missing[i];
    }
    size_t findings = c->size, warnings, blocked;
    APPEND(c, v->finding_count, kl_breaches(w, row, false, into, most));
    warnings = c->size;
    APPEND(c, v->warning_count, kl_breaches(w, row, true, into, most));
    blocked = c->size;
    APPEND(c, v->blocked_count, kl_blocked_by(w, row, into, most));
    v->findings = c->list + findings;
    v->warnings = c->list + warnings;
    v->blocked = c->list + blocked;
    for (uint32_t o = 0; o < c->outcomes; o++) {
        const size_t *at = c->at + (size_t)o * 4;
        v->outcomes[o].by = c->list + at[0];
        v->outcomes[o].maybe = c->list + at[1];
        v->outcomes[o].in = c->list + at[2];
        v->outcomes[o].open = c->list + at[3];
    }
    v->missing = own;
    v->open_assumptions = own + c->words[0];
    v->open_entries = own + c->words[0] + c->words[1];
    v->assumptions = own + c->outcome_words;
    if (c->words[1]) kl_assumptions_of(w, row, own + c->outcome_words);
}
