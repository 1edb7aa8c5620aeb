/* prove_assumptions.c - assumptions that change nothing: no outcome, finding or warning of any record, whatever their value.
 * May include: compiler/analyse/prove.
 * Start at kl_prove_assumptions(): a truth changes where it differs between two answers to a question that reads the assumption. */
#include "compiler/analyse/prove.h"

typedef struct desk {
    kl_prover *p;
    kl_space *s;
    kl_found *matters; /* per assumption */
} desk;

static bool reads(kl_prover *p, const kl_question *q, uint32_t assumption) {
    kl_ref_list refs = {0};
    if (q->kind != KL_Q_TRUTH && q->kind != KL_Q_DERIVED && q->kind != KL_Q_CODES) return false;
    kl_form_refs(p->forms, q->source, &refs);
    for (size_t i = 0; i < refs.n; i++)
        if (refs.p[i].kind == IR_REF_ASSUMPTION && refs.p[i].index == assumption) return true;
    return false;
}

static void note(kl_found *so_far, kl_found more) {
    if (*so_far == KL_FOUND_NONE || more == KL_FOUND_RECORD) *so_far = more;
}

/* Whether the truth changes with the assumption somewhere in `where`. */
static kl_found changes(desk *d, uint32_t assumption, uint32_t truth, uint32_t where) {
    kl_diagram *m = &d->s->m;
    kl_found out = KL_FOUND_NONE;
    for (uint32_t i = 0; i < d->s->asked.list.n; i++) {
        const kl_question *q = &d->s->asked.list.p[i];
        if (!reads(d->p, q, assumption)) continue;
        uint32_t first = kl_space_given(d->s, i, 0, truth), here = KL_LEAF_NO;
        for (uint32_t answer = 1; answer < kl_question_answers(q); answer++) {
            uint32_t other = kl_space_given(d->s, i, answer, truth);
            here = kl_dd_or(m, here, kl_dd_or(m, kl_dd_but(m, first, other), kl_dd_but(m, other, first)));
        }
        note(&out, kl_space_find(d->s, kl_dd_and(m, here, where), NULL, 0, false, NULL, NULL, NULL));
        if (out == KL_FOUND_RECORD) return out;
    }
    return out;
}

static void try_truth(desk *d, uint32_t truth, uint32_t where) {
    for (uint32_t i = 0; i < d->p->g->assumptions.n; i++)
        if (d->matters[i] != KL_FOUND_RECORD) note(&d->matters[i], changes(d, i, truth, where));
}

/* ------------------------------------------------------------------ outcomes */
static void values_read(desk *d, const kl_arms *arms) {
    for (size_t i = 0; i < arms->n; i++) {
        kl_ref_list refs = {0};
        kl_result_refs(&d->p->endings, arms->p[i].result, &refs);
        for (size_t k = 0; k < refs.n; k++)
            if (refs.p[k].kind == IR_REF_ASSUMPTION && d->p->lives[arms->p[i].entry] != KL_FOUND_NONE)
                note(&d->matters[refs.p[k].index], d->p->lives[arms->p[i].entry]);
    }
}

static void undecided(desk *d) {
    for (uint32_t i = 0; i < d->p->g->assumptions.n; i++) note(&d->matters[i], KL_NOT_DECIDED);
}

static uint32_t fires(desk *d, const kl_arm *a, uint32_t frame) {
    uint32_t t = kl_dd_and(&d->s->m, frame, kl_space_truth(d->s, a->holds));
    return a->blocked == KL_NO_FORM ? t : kl_dd_but(&d->s->m, t, kl_space_truth(d->s, a->blocked));
}

/* Each result: where something that gives it fires. That of `annars` counts only where something else fires too. */
static void try_outcome(desk *d, const kl_arms *arms, uint32_t otherwise) {
    kl_prover *p = d->p;
    kl_diagram *m = &d->s->m;
    kl_index_list forms = {0};
    KL_PUSH(p->arena, &forms, p->frame);
    for (size_t i = 0; i < arms->n; i++) {
        KL_PUSH(p->arena, &forms, arms->p[i].holds);
        if (arms->p[i].blocked != KL_NO_FORM) KL_PUSH(p->arena, &forms, arms->p[i].blocked);
    }
    if (!kl_prove_open(p, forms.p, forms.n)) {
        undecided(d);
        return;
    }
    uint32_t frame = kl_space_truth(d->s, p->frame), others = KL_LEAF_NO, same = KL_LEAF_NO;
    bool *done = kl_alloc_array(p->arena, arms->n + 1, sizeof *done);
    for (size_t i = 0; i < arms->n; i++) {
        uint32_t result = arms->p[i].result, where = KL_LEAF_NO;
        for (size_t k = i; k < arms->n && !done[i]; k++) {
            if (arms->p[k].result != result) continue;
            done[k] = k > i || done[k];
            where = kl_dd_or(m, where, fires(d, &arms->p[k], frame));
        }
        if (done[i]) continue;
        if (result == otherwise) {
            same = where;
            continue;
        }
        others = kl_dd_or(m, others, where);
        try_truth(d, where, KL_LEAF_YES);
    }
    try_truth(d, same, others);
    if (kl_space_full(d->s)) undecided(d);
}

/* ------------------------------------------------------------------ requirements */
static void try_entry(desk *d, uint32_t entry) {
    kl_prover *p = d->p;
    uint32_t breached = kl_form_and(p->forms, p->frame, kl_form_breached(p->forms, entry));
    if (kl_form_at(p->forms, breached)->kind == KL_FORM_CONST) return;
    if (!kl_prove_open(p, &breached, 1)) {
        undecided(d);
        return;
    }
    try_truth(d, kl_space_truth(d->s, breached), KL_LEAF_YES);
}

void kl_prove_assumptions(kl_prover *p) {
    const ir_guideline *g = p->g;
    desk d = {p, &p->space, kl_alloc_array(p->arena, g->assumptions.n + 1, sizeof(kl_found))};
    if (g->assumptions.n == 0) return;
    for (uint32_t i = 0; i < g->outcomes.n; i++) {
        if (!g->outcomes.p[i].many) {
            values_read(&d, &p->decisions[i].arms);
            try_outcome(&d, &p->decisions[i].arms, p->decisions[i].otherwise);
        }
        for (size_t k = 0; g->outcomes.p[i].many && k < p->many[i].n; k++) {
            for (size_t c = 0; c < g->outcomes.p[i].columns.n; c++) {
                kl_arms column = {0};
                for (size_t x = 0; x < p->many[i].p[k].arms.n; x++) {
                    kl_arm a = p->many[i].p[k].arms.p[x];
                    a.result = p->many[i].p[k].values[c];
                    KL_PUSH(p->arena, &column, a);
                }
                values_read(&d, &column);
            }
            try_outcome(&d, &p->many[i].p[k].arms, KL_NO_FORM);
        }
    }
    for (uint32_t i = 0; i < g->entries.n; i++)
        if (g->entries.p[i].kind == IR_E_REQUIREMENT || g->entries.p[i].kind == IR_E_ADVICE) try_entry(&d, i);
    for (uint32_t i = 0; i < g->assumptions.n; i++) {
        const ir_assumption *a = &g->assumptions.p[i];
        kl_prove_step(p);
        if (a->file != g->files.p[0] || d.matters[i] == KL_FOUND_RECORD) continue;
        if (kl_prove_said(p, KL_D_UNUSED, a->file, a->span)) continue;
        if (d.matters[i] == KL_NOT_DECIDED)
            kl_prove_not_decided(p, a->file, a->span, a->name);
        else
            kl_prove_tell(p, KL_ACCEPTED_IDLE, a->name, a->file, a->span, KL_D_ASSUMPTION_IDLE, 1, a->name);
    }
}
