/* eval.c - the evaluator: a workspace, the check of a batch's columns, and the straight line of instructions.
 * May include: program.h of this room. Instructions go to truth.c, number.c or decide.c by what opcodes.def says they write.
 * Start at kl_eval(). */
#include "runtime/program.h"

size_t kl_workspace_size(const kl_program *p) {
    return (size_t)p->layout.size;
}

kl_workspace *kl_workspace_init(const kl_program *p, void *memory, size_t size) {
    if (!memory || size < p->layout.size || (uintptr_t)memory % 64 != 0) return NULL;
    uint8_t *base = memory;
    const kl_layout *at = &p->layout;
    kl_workspace *w = memory;
    memset(w, 0, KL_WORKSPACE_HEAD);
    w->program = p;
    w->assumed = (void *)(base + at->assumed);
    w->truths = (void *)(base + at->truths);
    w->numbers = (void *)(base + at->numbers);
    w->tags = base + at->tags;
    w->decisions = (void *)(base + at->decisions);
    w->answers = (void *)(base + at->answers);
    w->results = (void *)(base + at->results);
    w->nodes = (void *)(base + at->nodes);
    w->edges = (void *)(base + at->edges);
    w->buckets = (void *)(base + at->buckets);
    w->entries = (void *)(base + at->entries);
    w->pending = base + at->pending;
    memset(base + at->answers, 0, (size_t)(at->size - at->answers));
    for (uint32_t i = 0; i < p->count[KL_S_ASSUMPTIONS]; i++) {
        w->assumed[i].known = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_FLAGS) & KL_ASSUMPTION_VALUE;
        w->assumed[i].value = w->assumed[i].known ? kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_VALUE)) : 0;
    }
    return w;
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
/* What a field's column may hold: numbers from `low` over `span`, codes up to `span`, sets within the mask `span`. */
typedef struct limits {
    uint32_t type;
    uint64_t low, span;
} limits;

static limits limits_of(const kl_program *p, uint32_t field) {
    limits l = {kl_f(p, field, KL_F_TYPE), (uint64_t)-KL_NUMBER_MAX, 2 * (uint64_t)KL_NUMBER_MAX};
    if (l.type == KL_TYPE_VALUES || l.type == KL_TYPE_SET) l.span = kl_values_in(p, kl_f(p, field, KL_F_SET)) - 1;
    if (l.type == KL_TYPE_SET) l.span = ~UINT64_C(0) >> (63 - l.span);
    if (l.type == KL_TYPE_DATE) {
        l.low = (uint64_t)KL_DATE_MIN;
        l.span = (uint64_t)KL_DATE_MAX - l.low;
    }
    return l;
}

/* Whether one of `rows` records from `row` on holds what it may not, known or not: quick, and nearly always false. */
static bool some_bad(const kl_column *c, const limits *l, uint32_t row, uint32_t rows) {
    uint64_t bad = 0;
    uint32_t end = row + rows;
    if (l->type == KL_TYPE_VALUES)
        for (uint32_t i = row; i < end; i++) bad |= c->as.codes[i] > l->span;
    else if (l->type == KL_TYPE_SET)
        for (uint32_t i = row; i < end; i++) bad |= c->as.sets[i] & ~l->span;
    else if (l->type == KL_TYPE_TEXT)
        for (uint32_t i = row; i < end; i++) bad |= !c->as.texts[i].data && c->as.texts[i].size;
    else if (l->type != KL_TYPE_BOOL)
        for (uint32_t i = row; i < end; i++) bad |= (uint64_t)c->as.numbers[i] - l->low > l->span;
    return bad != 0;
}

static bool check_batch(const kl_program *p, const kl_batch *batch, kl_fault *fault) {
    kl_fault unused;
    if (!fault) fault = &unused;
    *fault = (kl_fault){0, KL_INDEX_NONE, NULL};
    if (batch->rows > KL_ROWS_MAX) fault->reason = "more records than a batch holds";
    for (uint32_t f = 0; f < p->count[KL_S_FIELDS] && !fault->reason; f++) {
        const kl_column *c = &batch->columns[f];
        limits l = limits_of(p, f);
        if (!c->known || !some_bad(c, &l, 0, batch->rows)) continue;
        for (uint32_t row = 0; row < batch->rows && !fault->reason; row++)
            if (kl_bit(c->known, row) && some_bad(c, &l, row, 1))
                *fault = (kl_fault){row, f, "a value its field cannot hold"};
    }
    return !fault->reason;
}

bool kl_eval(kl_workspace *w, const kl_batch *batch, kl_fault *fault) {
    static const uint8_t writes[] = {
#define KL_OP(name, dst, a, b, c, d, semantics) KL_IS_##dst,
#include "runtime/opcodes.def"
#undef KL_OP
    };
    const kl_program *p = w->program;
    w->rows = 0;
    if (!check_batch(p, batch, fault)) return false;
    w->columns = batch->columns;
    w->rows = batch->rows;
    w->words = (batch->rows + 63) / 64;
    w->stride = (batch->rows + 7) & ~7u;
    for (uint32_t i = 0; i < p->count[KL_S_CODE]; i++) {
        const uint8_t *code = kl_row(p, KL_S_CODE, i);
        uint32_t kind = writes[kl_at(code, KL_I_OP)];
        if (kind == KL_IS_B)
            kl_run_truth(w, code);
        else if (kind == KL_IS_N)
            kl_run_number(w, code);
        else
            kl_decide(w, kl_at(code, KL_I_A));
    }
    return true;
}
