/* unused.c - what an author has written and nothing reads: warnings.
 * May include: compiler/front.
 * Start at kl_front_unused(); run before the examples, which do not count as a use. */
#include "compiler/front.h"

/* A clause with a source stands for a passage and is shown in the trace; one without is there to be used. */
static bool wanted(const kl_front *f, const kl_symbol *s) {
    switch (s->kind) {
    case KL_SYM_CLAUSE: return s->piece->source.cite.text.p == NULL;
    case KL_SYM_ASSUMPTION:
    case KL_SYM_TARIFF:
    case KL_SYM_SET: return true;
    case KL_SYM_OUTCOME: return f->g->outcomes.p[s->index].candidates.n == 0;
    default: return false;
    }
}

void kl_front_unused(kl_front *f) {
    for (size_t i = 0; f->head && i < f->symbols.n; i++) {
        const kl_symbol *s = f->symbols.p[i];
        if (s->file != 0 || s->bad || s->index == IR_NONE || !wanted(f, s)) continue;
        if (s->kind == KL_SYM_OUTCOME)
            kl_front_report(f, s->span, KL_D_OUTCOME_UNSET, 1, s->name);
        else if (!s->used)
            kl_front_report(f, s->span, KL_D_UNUSED, 2, kl_front_kind_word(f, s->kind), s->name);
    }
}
