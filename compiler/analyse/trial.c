/* trial.c - one record as a batch of one, decided by the runtime.
 * May include: compiler/analyse/trial, the runtime's public interface.
 * Start at kl_trial_run(). */
#include "compiler/analyse/trial.h"

#include <string.h>

/* In the arena, aligned as a workspace must be. */
static void *aligned(kl_arena *a, size_t size) {
    char *p = kl_alloc(a, size + 64);
    return p + (64 - (uintptr_t)p % 64) % 64;
}

kl_trial *kl_trial_new(kl_arena *a, const ir_guideline *g, kl_str image) {
    kl_trial *t = kl_alloc(a, sizeof *t);
    char *bytes = aligned(a, image.n);
    memcpy(bytes, image.p, image.n);
    t->arena = a;
    t->g = g;
    t->program = kl_verify(kl_alloc(a, kl_program_size()), kl_program_size(), bytes, image.n, NULL);
    if (!t->program) return NULL;
    size_t size = kl_workspace_size(t->program);
    t->work = kl_workspace_init(t->program, aligned(a, size), size);
    t->columns = kl_alloc_array(a, g->fields.n + 1, sizeof *t->columns);
    return t->work ? t : NULL;
}

typedef struct cell { /* one field of the one record */
    uint64_t known, word;
    uint16_t code;
    int64_t number;
    kl_string text;
} cell;

static void place(const ir_field *f, const kl_datum *d, cell *c, kl_column *column) {
    c->known = d->state == KL_DATUM_VALUE;
    c->word = f->type.kind == KL_T_SET ? d->set : (uint64_t)(d->number != 0);
    c->code = (uint16_t)d->number;
    c->number = d->number;
    c->text = (kl_string){d->text.p, d->text.n};
    column->known = &c->known;
    switch (f->type.kind) {
    case KL_T_BOOL: column->as.bits = &c->word; break;
    case KL_T_VALUES: column->as.codes = &c->code; break;
    case KL_T_SET: column->as.sets = &c->word; break;
    case KL_T_TEXT: column->as.texts = &c->text; break;
    default: column->as.numbers = &c->number; break;
    }
}

bool kl_trial_run(kl_trial *t, const kl_witness *x) {
    const ir_guideline *g = t->g;
    cell *cells = kl_alloc_array(t->arena, g->fields.n + 1, sizeof *cells);
    for (size_t i = 0; i < g->fields.n; i++) place(&g->fields.p[i], &x->fields[i], &cells[i], &t->columns[i]);
    for (uint32_t i = 0; i < g->assumptions.n; i++) {
        const ir_assumption *a = &g->assumptions.p[i];
        bool said = x->assumptions[i].state == KL_DATUM_VALUE;
        if (!kl_assume(t->work, i, said || a->has_value, said ? x->assumptions[i].number : a->value)) return false;
    }
    kl_batch batch = {1, t->columns};
    return kl_eval(t->work, &batch, NULL);
}
