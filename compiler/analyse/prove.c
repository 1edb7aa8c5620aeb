/* prove.c - the proofs of one guideline in order: every outcome, every clause, rule and row, every assumption; and notes that accept nothing.
 * May include: compiler/analyse/prove.
 * Start at kl_prove(). */
#include "compiler/analyse/prove.h"

#include <string.h>

/* ------------------------------------------------------------------ what is accepted */
static bool covers(const ir_accept *a, kl_accepted what, kl_str name, const kl_file *file, kl_span span) {
    if (a->kind != what || a->file != file || span.start < a->piece.start || span.end > a->piece.end) return false;
    for (size_t i = 0; i < a->names.n; i++)
        if (kl_str_eq(a->names.p[i], name)) return true;
    return a->names.n == 0;
}

bool kl_prove_accepted(kl_prover *p, kl_accepted what, kl_str name, const kl_file *file, kl_span span) {
    bool found = false;
    for (size_t i = 0; i < p->g->accepts.n; i++) {
        if (!covers(&p->g->accepts.p[i], what, name, file, span)) continue;
        p->g->accepts.p[i].used = found = true;
    }
    return found;
}

kl_diag *kl_prove_tell(kl_prover *p, kl_accepted what, kl_str name, const kl_file *file, kl_span span, kl_diag_id id,
                       size_t arg_count, ...) {
    kl_str args[4] = {{0}, {0}, {0}, {0}};
    va_list list;
    va_start(list, arg_count);
    for (size_t i = 0; i < arg_count && i < 4; i++) args[i] = va_arg(list, kl_str);
    va_end(list);
    if (kl_prove_accepted(p, what, name, file, span)) return NULL;
    return kl_report(p->diags, file, span, id, arg_count, args[0], args[1], args[2], args[3]);
}

bool kl_prove_said(const kl_prover *p, kl_diag_id id, const kl_file *file, kl_span span) {
    for (size_t i = 0; i < p->diags->list.n; i++) {
        const kl_diag *d = &p->diags->list.p[i];
        if (d->id == id && d->file == file && d->span.start == span.start) return true;
    }
    return false;
}

static void tell_idle_notes(kl_prover *p) {
    for (size_t i = 0; i < p->g->accepts.n && !p->undecided; i++) {
        const ir_accept *a = &p->g->accepts.p[i];
        if (!a->used && !(a->kind == KL_ACCEPTED_GAP && a->piece.start <= p->g->entries.p[0].span.start &&
                          p->g->entries.p[0].span.start < a->piece.end))
            kl_report(p->diags, a->file, a->span, KL_D_ACCEPTS_NOTHING, 0);
    }
}

/* ------------------------------------------------------------------ words */
void kl_prove_not_decided(kl_prover *p, const kl_file *file, kl_span span, kl_str name) {
    kl_diag *d = kl_report(p->diags, file, span, KL_D_NOT_DECIDED, 1, name);
    p->undecided = true;
    d->note = kl_space_why(&p->space, p->diags->lang);
}

kl_str kl_prove_witness(kl_prover *p, const kl_witness *x) {
    bool en = p->diags->lang == KL_EN;
    kl_str text = kl_witness_text(p->forms, x, p->g->files.p[0]->surface);
    if (text.n == 0) return en ? KL_STR("whatever the record") : KL_STR("vad posten än innehåller");
    return kl_str_fmt(p->arena, en ? "for example: %.*s" : "till exempel: %.*s", KL_FMT(text));
}

void kl_prove_step(kl_prover *p) {
    p->done++;
    if (p->options->progress) p->options->progress(p->options->self, p->done, p->steps);
}

/* ------------------------------------------------------------------ trying a record */
/* Surely in force and in scope. */
static bool inside(const kl_prover *p) {
    for (uint32_t i = 0; i < p->g->entries.n && i < 2; i++)
        if (kl_truth_of(p->trial->work, i, 0) != KL_YES) return false;
    return true;
}

static bool does(kl_prover *p, const kl_witness *x, kl_verdict *holds, const void *what) {
    return kl_trial_run(p->trial, x) && inside(p) && holds(p, what);
}

bool kl_prove_try(kl_prover *p, kl_witness *x, kl_verdict *holds, const void *what) {
    size_t fields = p->g->fields.n;
    kl_witness full = kl_witness_blank(p->forms);
    memcpy(full.fields, x->fields, fields * sizeof *x->fields);
    memcpy(full.assumptions, x->assumptions, p->g->assumptions.n * sizeof *x->assumptions);
    kl_witness_fill(p->forms, &full);
    if (!does(p, &full, holds, what)) return false;
    kl_datum unknown = {.state = KL_DATUM_UNKNOWN};
    for (size_t i = 0; i < fields; i++) /* does it stand with all unknown that may be anything? Then with less, too */
        if (x->fields[i].state == KL_DATUM_ANY && !p->known_asked[i]) full.fields[i] = unknown;
    if (!does(p, &full, holds, what)) return true;
    for (size_t i = 0; i < fields; i++) {
        if (x->fields[i].state != KL_DATUM_VALUE || p->known_asked[i]) continue;
        kl_datum was = full.fields[i];
        full.fields[i] = unknown;
        if (!p->g->fields.p[i].has_otherwise && does(p, &full, holds, what))
            x->fields[i].state = KL_DATUM_ANY;
        else
            full.fields[i] = was;
    }
    return true;
}

bool kl_prove_open(kl_prover *p, const uint32_t *forms, size_t n) {
    static const kl_order orders[] = {KL_ORDER_NEAR, KL_ORDER_SELECTIVE, KL_ORDER_DOCUMENT, KL_ORDER_SMALLEST};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        kl_space_open(&p->space, forms, n, orders[i]);
        for (size_t k = 0; k < n && !kl_space_full(&p->space); k++) kl_space_truth(&p->space, forms[k]);
        if (!kl_space_full(&p->space)) return true;
    }
    return false;
}

/* ------------------------------------------------------------------ the start */
/* What a decision feeds to others is only known to lie among what its candidates give; no diagram is made for it here. */
static void prepare_outcomes(kl_prover *p, kl_deciding *deciding) {
    const ir_guideline *g = p->g;
    for (size_t i = 0; i < g->decide_order.n; i++) {
        uint32_t o = g->decide_order.p[i];
        kl_decision *d = &p->decisions[o];
        if (g->outcomes.p[o].many) {
            kl_candidates_many(&p->endings, o, &p->many[o]);
            continue;
        }
        kl_candidates_single(&p->endings, o, d);
        d->outside = kl_result_put(&p->endings, KL_RESULT_NONE, KL_REASON_OUTSIDE_SCOPE);
        d->not_in_force = kl_result_put(&p->endings, KL_RESULT_NONE, KL_REASON_NOT_IN_FORCE);
        p->forms->fed[o] = kl_decision_span(deciding, d);
    }
}

static void note_known(kl_prover *p) {
    for (size_t i = 0; i < p->forms->nodes.n; i++)
        if (p->forms->nodes.p[i].kind == KL_FORM_KNOWN) p->known_asked[p->forms->nodes.p[i].x] = true;
}

/* Entries that an entry's own nodes read, through clauses. */
static void note_framing(kl_prover *p, uint32_t entry) {
    const ir_entry *e = &p->g->entries.p[entry];
    if (p->framing[entry]) return;
    p->framing[entry] = true;
    for (size_t i = 0; i < e->reads.n; i++)
        if (e->reads.p[i].kind == IR_REF_ENTRY) note_framing(p, e->reads.p[i].index);
    for (uint32_t i = 0; i < p->g->entries.n; i++)
        if (p->g->entries.p[i].parent == entry) note_framing(p, i);
}

static void set_frame(kl_prover *p) {
    kl_forms *f = p->forms;
    uint32_t before = kl_form_before(f), after = kl_form_after(f);
    uint32_t inside = kl_form_and(f, kl_form_not(f, before), kl_form_not(f, after));
    uint32_t scope = p->g->scope == IR_NONE ? kl_form_const(f, 1) : kl_form_of(f, p->g->scope);
    p->frame = kl_form_and(f, inside, scope);
    for (uint32_t i = 0; i < p->g->entries.n; i++)
        if (p->g->entries.p[i].kind == IR_E_PERIOD || p->g->entries.p[i].kind == IR_E_SCOPE) note_framing(p, i);
}

void kl_prove(kl_arena *a, kl_diags *d, ir_guideline *g, kl_str image, const kl_proof_options *options) {
    kl_prover *p = kl_alloc(a, sizeof *p);
    kl_deciding deciding;
    *p = (kl_prover){.arena = a, .diags = d, .g = g, .options = options};
    p->trial = kl_trial_new(a, g, image);
    if (!p->trial) return;
    p->forms = kl_forms_new(a, g);
    kl_endings_init(&p->endings, p->forms);
    kl_deciding_init(&deciding, a, d, p->forms, &p->endings);
    p->decisions = kl_alloc_array(a, g->outcomes.n + 1, sizeof *p->decisions);
    p->many = kl_alloc_array(a, g->outcomes.n + 1, sizeof *p->many);
    p->known_asked = kl_alloc_array(a, g->fields.n + 1, sizeof *p->known_asked);
    p->framing = kl_alloc_array(a, g->entries.n + 1, sizeof *p->framing);
    p->tried = kl_alloc_array(a, g->entries.n + 1, sizeof *p->tried);
    p->lives = kl_alloc_array(a, g->entries.n + 1, sizeof *p->lives);
    p->holds = kl_alloc_array(a, g->entries.n + 1, sizeof *p->holds);
    prepare_outcomes(p, &deciding);
    note_known(p);
    set_frame(p);
    p->witnesses = kl_witnesses_new(&p->endings, options->effort / 4);
    kl_space_init(&p->space, &p->endings, p->witnesses, options->effort);
    p->steps = g->outcomes.n + g->entries.n + g->assumptions.n;
    for (uint32_t i = 0; i < g->outcomes.n; i++) {
        kl_prove_outcome(p, i);
        kl_prove_step(p);
    }
    kl_prove_entries(p);
    kl_prove_assumptions(p);
    tell_idle_notes(p);
    kl_witnesses_free(p->witnesses);
}
