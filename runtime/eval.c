/* eval.c - the evaluator: a workspace, the check of a batch's columns, and the steps of the plan.
 * May include: program.h of this room. What the steps are is decided once for a workspace, in plan.c.
 * Start at kl_eval(). */
#include "runtime/program.h"

enum { WAYS_PER_RECORD = 32 }; /* of a diagram: as dear as walking one record */

size_t kl_workspace_size(const kl_program *p) {
    return (size_t)p->layout.at[KL_P_COUNT];
}

kl_workspace *kl_workspace_init(const kl_program *p, void *memory, size_t size) {
    if (!memory || size < p->layout.at[KL_P_COUNT] || (uintptr_t)memory % 64 != 0) return NULL;
    uint8_t *base = memory;
    const kl_layout *at = &p->layout;
    kl_workspace *w = memory;
    memset(w, 0, KL_WORKSPACE_HEAD);
    w->program = p;
    for (uint32_t i = 0; i < KL_P_COUNT; i++) w->part[i] = base + at->at[i];
    memset(w->answers, 0, (size_t)(at->at[KL_P_COUNT] - at->at[KL_P_ANSWERS]));
    for (uint32_t i = 0; i < p->count[KL_S_ASSUMPTIONS]; i++) {
        w->assumed[i].known = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_FLAGS) & KL_ASSUMPTION_VALUE;
        w->assumed[i].value = w->assumed[i].known ? kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_VALUE)) : 0;
    }
    for (uint32_t f = 0; f < p->count[KL_S_FIELDS]; f++)
        w->fields[f] = kl_limits(p, kl_f(p, f, KL_F_TYPE), kl_f(p, f, KL_F_SET));
    kl_kernels_portable(&w->run);
    return w;
}

void kl_workspace_use(kl_workspace *w, const kl_kernels *k) {
    if (k)
        w->run = *k;
    else
        kl_kernels_portable(&w->run);
    w->rows = w->step_count = 0; /* without steps the plan is made when it is needed */
}

void kl_workspace_trace(kl_workspace *w, bool wanted) {
    w->untraced = !wanted;
    w->rows = w->step_count = 0;
}

bool kl_is_traced(const kl_workspace *w) {
    return !w->untraced;
}

bool kl_assume(kl_workspace *w, uint32_t assumption, bool known, int64_t value) {
    const kl_program *p = w->program;
    if (assumption >= p->count[KL_S_ASSUMPTIONS]) return false;
    const uint8_t *a = kl_row(p, KL_S_ASSUMPTIONS, assumption);
    bool bounded = kl_at(a, KL_A_FLAGS) & KL_ASSUMPTION_BOUNDED;
    if (known && !kl_fits(p, kl_at(a, KL_A_TYPE), kl_at(a, KL_A_SET), value)) return false;
    if (known && bounded && (value < kl_const(p, kl_at(a, KL_A_LOW)) || value > kl_const(p, kl_at(a, KL_A_HIGH))))
        return false;
    w->assumed[assumption].known = known;
    w->assumed[assumption].value = known ? value : 0;
    return true;
}

bool kl_assumed_value(const kl_workspace *w, uint32_t assumption, int64_t *value) {
    if (assumption >= w->program->count[KL_S_ASSUMPTIONS] || !w->assumed[assumption].known) return false;
    *value = w->assumed[assumption].value;
    return true;
}

/* ------------------------------------------------------------------ the batch */
/* Whether some record may hold what it must not, known or not: quick, and nearly always false. Compiled for size, each is looked at. */
static bool some_bad(const kl_workspace *w, const kl_column *c, const kl_field_plan *l, uint32_t rows) {
#if defined(__OPTIMIZE_SIZE__)
    (void)w, (void)c, (void)l, (void)rows;
    return true;
#else
    uint64_t fits[KL_WORDS], bad = 0;
    if (l->type == KL_TYPE_VALUES) return w->run.beyond(c->as.codes, rows, (uint32_t)l->span);
    if (l->type == KL_TYPE_SET)
        for (uint32_t i = 0; i < rows; i++) bad |= c->as.sets[i] & ~l->span;
    if (kl_is_numeric(l->type)) {
        w->run.range(fits, c->as.numbers, rows, l->low, l->span);
        for (uint32_t i = 0; i < (rows + 63) / 64; i++) bad |= ~fits[i] & c->known[i];
    }
    return bad != 0;
#endif
}

static bool check_batch(kl_workspace *w, const kl_batch *batch, kl_fault *fault) {
    if (batch->rows > KL_ROWS_MAX) fault->reason = "more records than a batch holds";
    for (uint32_t f = 0, fields = w->program->count[KL_S_FIELDS]; f < fields && !fault->reason; f++) {
        const kl_column *c = &batch->columns[f];
        const kl_field_plan *l = &w->fields[f];
        if (!c->known || l->type == KL_TYPE_BOOL || l->type == KL_TYPE_TEXT || !some_bad(w, c, l, batch->rows))
            continue;
        for (uint32_t row = 0; row < batch->rows && !fault->reason; row++) {
            kl_held held;
            if (kl_was_received(w, f, row) && kl_field(w, f, row, &held) &&
                !kl_fits(w->program, l->type, kl_f(w->program, f, KL_F_SET), held.number))
                *fault = (kl_fault){row, f, "a value its field cannot hold"};
        }
    }
    return !fault->reason;
}

void kl_run_step(kl_workspace *w, const kl_step *s) {
    const kl_program *p = w->program;
    if (w->walks && s->kind <= KL_STEP_ASK) return;
    switch ((kl_step_kind)s->kind) {
    case KL_STEP_GATES: w->run.gates(w->planes, w->words, w->gates + s->a, s->b); break;
    case KL_STEP_CELL:
    case KL_STEP_TEST: kl_run_test(w, &w->tests[s->a]); break;
    case KL_STEP_ASK: kl_answer_all(w, s->a); break;
    case KL_STEP_SLICES: {
        const kl_column *c = &w->columns[s->a];
        const kl_field_plan *f = &w->fields[s->a];
        if (c->known) w->run.slices(kl_plane(w, f->slices), c->as.codes, w->rows, kl_width((uint32_t)f->span));
        break;
    }
    case KL_STEP_CODE: {
        const uint8_t *code = kl_row(p, KL_S_CODE, s->a);
        if (kl_at(code, KL_I_OP) <= KL_OP_B_IN)
            kl_run_truth(w, code);
        else
            kl_run_number(w, code);
        break;
    }
    case KL_STEP_DECIDE: kl_decide(w, s->a); break;
    case KL_STEP_FIELDS: w->run.fields(w->planes, w->words, w->tests + s->a, s->b, w->columns); break;
    }
}

/* Columns are fetched while the first of them are looked at; their bits lie far apart. */
static inline void fetch(const kl_workspace *w, const kl_column *c) {
#if defined(__GNUC__) && !defined(__OPTIMIZE_SIZE__)
    for (uint32_t f = 0; f < w->program->count[KL_S_FIELDS]; f++) {
        const char *known = (const char *)c[f].known, *bits = (const char *)c[f].as.bits;
        if (!known) continue;
        __builtin_prefetch(known);
        __builtin_prefetch(known + KL_PLANE_BYTES / 2);
        __builtin_prefetch(bits);
        __builtin_prefetch(bits + KL_PLANE_BYTES / 2);
    }
#else
    (void)w;
    (void)c;
#endif
}

bool kl_eval(kl_workspace *w, const kl_batch *batch, kl_fault *fault) {
    kl_fault unused;
    if (!fault) fault = &unused;
    *fault = (kl_fault){0, KL_INDEX_NONE, NULL};
    w->rows = 0;
    w->columns = batch->columns;
    if (!w->step_count) kl_make_plan(w);
    if (batch->rows == 1 && w->run.single && w->run.single(w, batch)) return true;
    if (batch->rows > 512) fetch(w, batch->columns);
    if (!check_batch(w, batch, fault)) return false;
    w->rows = batch->rows;
    w->words = (batch->rows + 63) / 64;
    w->stride = (batch->rows + 7) & ~7u;
    w->walks = (uint64_t)batch->rows * WAYS_PER_RECORD < w->reach_count;
    memset(w->planes, 0, (size_t)KL_LITERALS * w->words * sizeof *w->planes);
    memset(w->planes, 0xFF, w->words * sizeof *w->planes);
    for (uint32_t i = 0; i < w->step_count; i++) kl_run_step(w, &w->steps[i]);
    return true;
}
