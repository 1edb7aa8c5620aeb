/* desk.c - verified images shared by all threads, and a desk for each: records are put in its intakes, decided, and read as verdicts.
 * May include: the C library.
 * Start at kl_ruleset_new(), then kl_desk_decide(). */
#include "runtime/io/desk.h"

#include <stdlib.h>
#include <string.h>

static bool same(kl_string a, kl_string b) {
    return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

static int by_start(const void *x, const void *y) {
    const kl_ruleset_edition *a = x, *b = y;
    return (a->info.from > b->info.from) - (a->info.from < b->info.from);
}

static kl_ruleset_trouble admit(kl_ruleset_edition *e, kl_string image, kl_fault *fault) {
    size_t size = kl_program_size();
    e->image = malloc(image.size ? image.size : 1);
    e->image_size = image.size;
    e->memory = malloc(size);
    if (!e->image || !e->memory) return KL_RULESET_MEMORY;
    memcpy(e->image, image.data, image.size);
    e->program = kl_verify(e->memory, size, e->image, image.size, fault);
    if (!e->program) return KL_RULESET_IMAGE;
    kl_describe(e->program, &e->info);
    e->schema = kl_schema_new(e->program);
    e->teller = kl_teller_new(e->program);
    return e->schema && e->teller ? KL_RULESET_FINE : KL_RULESET_MEMORY;
}

kl_ruleset_trouble kl_ruleset_new(const kl_string *images, size_t count, kl_ruleset **rules, kl_fault *fault,
                                  size_t *at) {
    kl_ruleset *r = calloc(1, sizeof *r);
    *rules = r;
    if (!r) return KL_RULESET_MEMORY;
    r->users = 1;
    r->editions = calloc(count + 1, sizeof *r->editions);
    if (!r->editions) return KL_RULESET_MEMORY;
    for (*at = 0; *at < count; ++*at) {
        kl_ruleset_trouble t = admit(&r->editions[r->count++], images[*at], fault);
        if (t) return t;
        if (!same(r->editions[0].info.name, r->editions[*at].info.name)) return KL_RULESET_MIXED;
    }
    qsort(r->editions, r->count, sizeof *r->editions, by_start);
    return KL_RULESET_FINE;
}

kl_ruleset *kl_ruleset_share(kl_ruleset *r) {
    __atomic_add_fetch(&r->users, 1, __ATOMIC_RELAXED);
    return r;
}

void kl_ruleset_drop(kl_ruleset *r) {
    if (!r || __atomic_sub_fetch(&r->users, 1, __ATOMIC_ACQ_REL)) return;
    for (size_t i = 0; i < r->count; i++) {
        kl_schema_free(r->editions[i].schema);
        kl_teller_free(r->editions[i].teller);
        free(r->editions[i].memory);
        free(r->editions[i].image);
    }
    free(r->editions);
    free(r->assumed);
    free(r);
}

/* ------------------------------------------------------------------ assumptions */
static kl_workspace *workspace_of(const kl_ruleset *r, size_t edition) {
    kl_workspace *w = kl_workspace_new(r->editions[edition].program, edition, r->assumed, r->assumed_count);
    if (w) kl_workspace_use(w, kl_kernels_best());
    return w;
}

/* Whether the runtime takes the value: types and bounds are its business. */
static kl_ruleset_trouble assume(kl_ruleset *r, size_t edition, uint32_t assumption, bool known, int64_t value) {
    kl_workspace *w = workspace_of(r, edition);
    bool fits = w && kl_assume(w, assumption, known, value);
    free(w);
    if (!w) return KL_RULESET_MEMORY;
    if (!fits) return KL_RULESET_VALUE;
    kl_assumed *list = realloc(r->assumed, (r->assumed_count + 1) * sizeof *list);
    if (!list) return KL_RULESET_MEMORY;
    r->assumed = list;
    list[r->assumed_count++] = (kl_assumed){edition, assumption, known, value};
    return KL_RULESET_FINE;
}

kl_ruleset_trouble kl_ruleset_assume(kl_ruleset *r, kl_string name, bool known, kl_string value) {
    kl_ruleset_trouble found = KL_RULESET_NAME;
    for (size_t e = 0; e < r->count; e++) {
        const kl_ruleset_edition *edition = &r->editions[e];
        for (uint32_t i = 0; i < edition->info.assumptions; i++) {
            const kl_assumption_info *a = &edition->teller->assumptions[i];
            int64_t number = 0;
            if (!same(a->name, name)) continue;
            if (known && kl_parse_assumed(edition->schema, a, kl_trim(value), &number)) return KL_RULESET_VALUE;
            found = assume(r, e, i, known, number);
            if (found) return found;
        }
    }
    return found;
}

/* ------------------------------------------------------------------ rejected records */
void kl_refusals_free(kl_refusals *r) {
    kl_bytes_free(&r->texts);
    free(r->list);
    *r = (kl_refusals){0};
}

static void refuse(kl_refusals *r, uint64_t row, kl_string key, const kl_slip *slip) {
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 64;
        kl_refusal *list = realloc(r->list, room * sizeof *list);
        if (!list) {
            r->failed = true;
            return;
        }
        r->list = list;
        r->room = room;
    }
    kl_refusal *one = &r->list[r->count++];
    *one = (kl_refusal){.row = row, .reason = slip->reason, .key = r->texts.size};
    kl_bytes_string(&r->texts, key);
    one->column = r->texts.size;
    kl_bytes_string(&r->texts, slip->column);
    one->value = r->texts.size;
    kl_bytes_string(&r->texts, slip->value);
    one->end = r->texts.size;
    r->failed |= r->texts.failed;
}

/* ------------------------------------------------------------------ the desk */
kl_desk *kl_desk_new(kl_ruleset *rules) {
    kl_desk *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->rules = kl_ruleset_share(rules);
    d->workspaces = calloc(rules->count, sizeof *d->workspaces);
    d->verdicts = calloc(rules->count, sizeof *d->verdicts);
    d->intakes = calloc(rules->count, sizeof *d->intakes);
    bool ok = d->workspaces && d->verdicts && d->intakes;
    for (size_t e = 0; ok && e < rules->count; e++) {
        d->workspaces[e] = workspace_of(rules, e);
        if (d->workspaces[e]) d->verdicts[e] = kl_verdict_new(rules->editions[e].teller, d->workspaces[e]);
        d->intakes[e] = kl_intake_new(rules->editions[e].schema, &d->pool);
        ok = d->verdicts[e] && d->intakes[e];
    }
    if (ok) return d;
    kl_desk_free(d);
    return NULL;
}

void kl_desk_free(kl_desk *d) {
    if (!d) return;
    for (size_t e = 0; e < d->rules->count; e++) {
        if (d->verdicts) kl_verdict_free(d->verdicts[e]);
        if (d->workspaces) free(d->workspaces[e]);
        if (d->intakes) kl_intake_free(d->intakes[e]);
    }
    free(d->verdicts);
    free(d->workspaces);
    free(d->intakes);
    kl_pool_free(&d->pool);
    kl_ruleset_drop(d->rules);
    free(d);
}

void kl_desk_start(kl_desk *d, uint32_t rows) {
    kl_pool_reset(&d->pool);
    d->rows = rows;
    memset(d->refused, 0, sizeof d->refused);
    for (uint32_t i = 0; i < rows; i++) d->keys[i] = (kl_string){NULL, 0};
    for (size_t e = 0; e < d->rules->count; e++) kl_intake_start(d->intakes[e], rows);
}

/* The last edition that began on or before the record's date, else the first; without a date the newest, which rejects it for that. */
static void choose_editions(kl_desk *d) {
    const kl_ruleset *r = d->rules;
    size_t newest = r->count - 1;
    if (!newest) {
        memset(d->edition_of, 0, d->rows * sizeof *d->edition_of);
        return;
    }
    uint32_t dated = r->editions[newest].info.dated_by;
    const kl_column *day = dated == KL_INDEX_NONE ? NULL : &d->intakes[newest]->columns[dated];
    for (uint32_t i = 0; i < d->rows; i++) {
        bool known = day && day->known && (day->known[i / 64] >> (i % 64) & 1);
        size_t pick = known ? 0 : newest;
        while (known && pick < newest && r->editions[pick + 1].info.from <= day->as.numbers[i]) pick++;
        d->edition_of[i] = (uint16_t)pick;
    }
}

static void collect(kl_desk *d, size_t edition, uint64_t first, kl_refusals *refusals) {
    const kl_intake *in = d->intakes[edition];
    for (uint32_t i = 0; i < d->rows; i++) {
        if (d->edition_of[i] != edition || !(in->bad[i / 64] >> (i % 64) & 1)) continue;
        d->refused[i / 64] |= UINT64_C(1) << (i % 64);
        refuse(refusals, first + i, d->keys[i], &in->slips[i]);
    }
}

static int by_row(const void *x, const void *y) {
    const kl_refusal *a = x, *b = y;
    return (a->row > b->row) - (a->row < b->row);
}

bool kl_desk_decide(kl_desk *d, bool trace, uint64_t first, kl_refusals *refusals) {
    size_t before = refusals->count;
    choose_editions(d);
    for (size_t e = 0; e < d->rules->count; e++) {
        bool any = false;
        for (uint32_t i = 0; i < d->rows && !any; i++) any = d->edition_of[i] == e;
        if (!any) continue;
        kl_intake_finish(d->intakes[e]);
        collect(d, e, first, refusals);
        if (kl_is_traced(d->workspaces[e]) != trace) kl_workspace_trace(d->workspaces[e], trace);
        kl_fault fault;
        if (!kl_eval(d->workspaces[e], &d->intakes[e]->batch, &fault)) d->failed = true;
        kl_verdict_batch(d->verdicts[e]);
    }
    if (d->rules->count > 1 && refusals->count > before)
        qsort(refusals->list + before, refusals->count - before, sizeof *refusals->list, by_row);
    if (d->pool.failed || refusals->failed) d->failed = true;
    return !d->failed;
}

const kl_verdict *kl_desk_verdict(kl_desk *d, uint32_t row) {
    kl_verdict *v = d->verdicts[d->edition_of[row]];
    kl_verdict_take(v, row, d->keys[row]);
    if (kl_verdict_failed(v)) d->failed = true;
    return v;
}
