/* rules.c - verified images shared by all threads, and a desk for each: records are put in its intakes, decided, and read as verdicts.
 * May include: the C library; knows nothing of Python or Arrow.
 * Start at kl_py_rules_new(), then kl_desk_decide(). */
#include <stdlib.h>
#include <string.h>

#include "runtime/bindings/python/binding.h"

static bool same(kl_string a, kl_string b) {
    return a.size == b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0);
}

static int by_start(const void *x, const void *y) {
    const kl_py_edition *a = x, *b = y;
    return (a->info.from > b->info.from) - (a->info.from < b->info.from);
}

static kl_py_trouble admit(kl_py_edition *e, kl_string image, kl_fault *fault) {
    size_t size = kl_program_size();
    e->image = malloc(image.size ? image.size : 1);
    e->image_size = image.size;
    e->memory = malloc(size);
    if (!e->image || !e->memory) return KL_PY_MEMORY;
    memcpy(e->image, image.data, image.size);
    e->program = kl_verify(e->memory, size, e->image, image.size, fault);
    if (!e->program) return KL_PY_IMAGE;
    kl_describe(e->program, &e->info);
    e->schema = kl_schema_new(e->program);
    e->teller = kl_teller_new(e->program);
    return e->schema && e->teller ? KL_PY_FINE : KL_PY_MEMORY;
}

kl_py_trouble kl_py_rules_new(const kl_string *images, size_t count, kl_py_rules **rules, kl_fault *fault, size_t *at) {
    kl_py_rules *r = calloc(1, sizeof *r);
    *rules = r;
    if (!r) return KL_PY_MEMORY;
    r->users = 1;
    r->editions = calloc(count + 1, sizeof *r->editions);
    if (!r->editions) return KL_PY_MEMORY;
    for (*at = 0; *at < count; ++*at) {
        kl_py_trouble t = admit(&r->editions[r->count++], images[*at], fault);
        if (t) return t;
        if (!same(r->editions[0].info.name, r->editions[*at].info.name)) return KL_PY_MIXED;
    }
    qsort(r->editions, r->count, sizeof *r->editions, by_start);
    return KL_PY_FINE;
}

kl_py_rules *kl_py_rules_share(kl_py_rules *r) {
    __atomic_add_fetch(&r->users, 1, __ATOMIC_RELAXED);
    return r;
}

void kl_py_rules_drop(kl_py_rules *r) {
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
static bool read_assumed(const kl_py_edition *e, const kl_assumption_info *a, kl_string text, int64_t *value) {
    bool yes = false;
    switch (a->kind) {
    case KL_BOOL:
        if (kl_parse_bool(text, &yes)) return false;
        *value = yes;
        return true;
    case KL_DATE: return kl_parse_date(text, value) == KL_REJECT_NOT;
    case KL_VALUES: {
        uint32_t code = kl_schema_code(e->schema, a->set, text);
        *value = code;
        return code != KL_INDEX_NONE;
    }
    default:
        return kl_parse_number(text, a->scale, a->kind == KL_MONEY ? e->info.currency : (kl_string){"", 0}, value) ==
               KL_REJECT_NOT;
    }
}

static kl_workspace *workspace_of(const kl_py_rules *r, size_t edition) {
    const kl_program *p = r->editions[edition].program;
    size_t size = (kl_workspace_size(p) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    kl_workspace *w = memory ? kl_workspace_init(p, memory, size) : NULL;
    if (!w) {
        free(memory);
        return NULL;
    }
    kl_workspace_use(w, kl_kernels_best());
    for (size_t i = 0; i < r->assumed_count; i++)
        if (r->assumed[i].edition == edition)
            kl_assume(w, r->assumed[i].assumption, r->assumed[i].known, r->assumed[i].value);
    return w;
}

/* Whether the runtime takes the value: types and bounds are its business. */
static kl_py_trouble assume(kl_py_rules *r, size_t edition, uint32_t assumption, bool known, int64_t value) {
    kl_workspace *w = workspace_of(r, edition);
    bool fits = w && kl_assume(w, assumption, known, value);
    free(w);
    if (!w) return KL_PY_MEMORY;
    if (!fits) return KL_PY_VALUE;
    kl_py_assumed *list = realloc(r->assumed, (r->assumed_count + 1) * sizeof *list);
    if (!list) return KL_PY_MEMORY;
    r->assumed = list;
    list[r->assumed_count++] = (kl_py_assumed){edition, assumption, known, value};
    return KL_PY_FINE;
}

kl_py_trouble kl_py_rules_assume(kl_py_rules *r, kl_string name, bool known, kl_string value) {
    kl_py_trouble found = KL_PY_NAME;
    for (size_t e = 0; e < r->count; e++) {
        const kl_py_edition *edition = &r->editions[e];
        for (uint32_t i = 0; i < edition->info.assumptions; i++) {
            const kl_assumption_info *a = &edition->teller->assumptions[i];
            int64_t number = 0;
            if (!same(a->name, name)) continue;
            if (known && !read_assumed(edition, a, kl_trim(value), &number)) return KL_PY_VALUE;
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
kl_desk *kl_desk_new(kl_py_rules *rules) {
    kl_desk *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->rules = kl_py_rules_share(rules);
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
    kl_py_rules_drop(d->rules);
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
    const kl_py_rules *r = d->rules;
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
