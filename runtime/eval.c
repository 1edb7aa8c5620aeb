/* eval.c - the evaluator: a workspace, the check of a batch's columns, and the straight line of instructions.
 * May include: program.h of this room. The operations are in truth.c, number.c and decide.c; dispatch comes from opcodes.def.
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
    if (known) {
        uint32_t set = kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_SET);
        if (!kl_fits(p, kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_TYPE), set, value)) return false;
        if ((kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_FLAGS) & KL_ASSUMPTION_BOUNDED) &&
            (value < kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_LOW)) ||
             value > kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, assumption, KL_A_HIGH))))
            return false;
    }
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
/* Whether no record, known or not, holds what the field cannot: quick, and nearly always true. */
static bool all_fit(const kl_column *c, uint32_t type, uint64_t most, uint32_t rows) {
    uint64_t bad = 0;
    if (type == KL_TYPE_VALUES)
        for (uint32_t i = 0; i < rows; i++) bad |= (uint64_t)c->as.codes[i] >= most;
    else if (type == KL_TYPE_SET)
        for (uint32_t i = 0; i < rows; i++) bad |= c->as.sets[i] & ~most;
    else
        for (uint32_t i = 0; i < rows; i++) bad |= (uint64_t)c->as.numbers[i] + most > 2 * most;
    return bad == 0;
}

static const char *misfit(const kl_program *p, uint32_t field, const kl_column *c, uint32_t row) {
    uint32_t type = kl_f(p, field, KL_F_TYPE), set = kl_f(p, field, KL_F_SET);
    if (type == KL_TYPE_BOOL) return NULL;
    if (type == KL_TYPE_TEXT)
        return c->as.texts[row].data || c->as.texts[row].size == 0 ? NULL : "a text without bytes";
    int64_t v = type == KL_TYPE_VALUES ? c->as.codes[row]
                : type == KL_TYPE_SET  ? kl_signed(c->as.sets[row])
                                       : c->as.numbers[row];
    if (kl_fits(p, type, set, v)) return NULL;
    return type == KL_TYPE_VALUES ? "a code past the value set"
           : type == KL_TYPE_SET  ? "a code past the value set, in a set"
           : type == KL_TYPE_DATE ? "a date outside the years 1 to 9999"
                                  : "a number past the largest that is read";
}

static bool check_batch(const kl_program *p, const kl_batch *batch, kl_fault *fault) {
    kl_fault unused;
    if (!fault) fault = &unused;
    *fault = (kl_fault){0, KL_INDEX_NONE, NULL};
    if (batch->rows > KL_ROWS_MAX) {
        fault->reason = "more records than a batch holds";
        return false;
    }
    for (uint32_t f = 0; f < p->count[KL_S_FIELDS]; f++) {
        const kl_column *c = &batch->columns[f];
        uint32_t type = kl_f(p, f, KL_F_TYPE), set = kl_f(p, f, KL_F_SET);
        if (!c->known || type == KL_TYPE_BOOL) continue;
        if (type != KL_TYPE_TEXT && type != KL_TYPE_DATE) {
            uint64_t most = kl_is_numeric(type) ? (uint64_t)KL_NUMBER_MAX : kl_word(p, KL_S_SETS, set, 5);
            if (type == KL_TYPE_SET) most = most < 64 ? (UINT64_C(1) << most) - 1 : ~UINT64_C(0);
            if (all_fit(c, type, most, batch->rows)) continue;
        }
        for (uint32_t row = 0; row < batch->rows; row++) {
            const char *reason = kl_bit(c->known, row) ? misfit(p, f, c, row) : NULL;
            if (!reason) continue;
            *fault = (kl_fault){row, f, reason};
            return false;
        }
    }
    return true;
}

bool kl_eval(kl_workspace *w, const kl_batch *batch, kl_fault *fault) {
    const kl_program *p = w->program;
    w->rows = 0;
    if (!check_batch(p, batch, fault)) return false;
    w->columns = batch->columns;
    w->rows = batch->rows;
    w->words = (batch->rows + 63) / 64;
    w->stride = (batch->rows + 7) & ~7u;
    const uint8_t *code = kl_row(p, KL_S_CODE, 0);
    for (uint32_t i = 0; i < p->count[KL_S_CODE]; i++, code += 24) {
        uint32_t to = kl_load32(code + 4), a = kl_load32(code + 8), b = kl_load32(code + 12), c = kl_load32(code + 16),
                 d = kl_load32(code + 20);
        switch ((kl_opcode)kl_load32(code)) {
#define KL_OP(name, dst, x, y, z, u, semantics)                                                                        \
    case KL_OP_##name:                                                                                                 \
        kl_op_##name(w, to, a, b, c, d);                                                                               \
        break;
#include "runtime/opcodes.def"
#undef KL_OP
        case KL_OP_COUNT: break;
        }
    }
    return true;
}
