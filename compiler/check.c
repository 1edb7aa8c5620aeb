/* check.c - names, types and meaning of a guideline and what it uses, in the order the steps need each other.
 * May include: compiler/front, compiler/compiler.
 * Start at kl_check(): vocabulary, header, entries, truths, then what holds between them. */
#include "compiler/front.h"

/* ------------------------------------------------------------------ what a file may see */
static void see(kl_front *f, uint32_t from, uint32_t to) {
    size_t bit = (size_t)from * f->sources->files.n + to;
    if (f->sees[bit / 64] >> (bit % 64) & 1) return;
    f->sees[bit / 64] |= UINT64_C(1) << (bit % 64);
    for (size_t i = 0; i < f->sources->uses.n; i++)
        if (f->sources->uses.p[i].user == to) see(f, from, f->sources->uses.p[i].used);
}

static void set_sight(kl_front *f) {
    size_t n = f->sources->files.n;
    f->sees = kl_alloc_array(f->arena, (n * n + 63) / 64 + 1, sizeof *f->sees);
    for (uint32_t i = 0; i < n; i++) see(f, i, i);
}

/* ------------------------------------------------------------------ the guideline */
static void find_head(kl_front *f) {
    const kl_file *file = f->sources->files.p[0];
    for (size_t i = 0; i < file->pieces.n; i++) {
        const kl_piece *p = file->pieces.p[i];
        if (p->kind != KL_P_GUIDELINE) continue;
        if (!f->head) {
            f->head = p;
            continue;
        }
        kl_diag *d = kl_front_report(f, p->head_span, KL_D_GUIDELINE_TWICE, 0);
        kl_front_second(f, d, 0, f->head->head_span, KL_N_FIRST_HERE, KL_NO_ARG);
    }
}

static void name_guideline(kl_front *f) {
    const kl_piece *p = f->head;
    ir_guideline *g = f->g;
    g->name = p->name.text;
    g->title = p->title.text;
    g->issuer = p->u.guideline.issuer.text;
    g->document = p->u.guideline.document.text;
    g->currency = p->u.guideline.currency.text;
}

/* The trace's first two lines: the period and the scope. */
static void open_entries(kl_front *f) {
    const kl_piece *p = f->head;
    uint32_t period =
        kl_front_entry(f, IR_E_PERIOD, KL_STR("gäller"), IR_NONE, p->period.said ? p->period.span : p->head_span);
    f->g->entries.p[period].cite = p->source.cite.text;
    kl_front_entry(f, IR_E_SCOPE, KL_STR("omfattar"), IR_NONE,
                   p->u.guideline.scope ? p->u.guideline.scope->span : p->head_span);
}

static void lower_header(kl_front *f) {
    kl_front_guideline_period(f);
    ir_guideline *g = f->g;
    g->scope = f->head->u.guideline.scope ? kl_lower_truth(f, f->head->u.guideline.scope) : kl_n_bool(f, 1);
    g->entries.p[0].truth = g->period;
    g->entries.p[0].from = g->from;
    g->entries.p[0].through = g->through;
    g->entries.p[0].before = g->before;
    g->entries.p[0].after = g->after;
    g->entries.p[1].truth = g->scope;
    kl_front_reads(f, 0, g->period);
    kl_front_reads(f, 1, g->scope);
}

static void check_money(kl_front *f) {
    if (!f->head || !f->money_used || f->g->currency.n) return;
    f->file = f->money_file;
    kl_front_report(f, f->money_span, KL_D_CURRENCY_UNSAID, 0);
    f->file = 0;
}

/* ------------------------------------------------------------------ pieces */
/* What a file that others share accepts is for whoever checks it by itself. */
static void note_accepts(kl_front *f, const kl_piece *p) {
    for (size_t i = 0; i < p->accepts.n; i++) {
        const kl_accept *a = &p->accepts.p[i];
        ir_accept out = {.kind = a->kind,
                         .because = a->because.text,
                         .file = f->sources->files.p[0],
                         .span = a->span,
                         .piece = p->span};
        for (size_t k = 0; k < a->names.n; k++) KL_PUSH(f->arena, &out.names, a->names.p[k].text);
        KL_PUSH(f->arena, &f->g->accepts, out);
    }
}

static void make_entries(kl_front *f) {
    const kl_file *file = f->sources->files.p[0];
    for (size_t i = 0; i < file->pieces.n; i++) {
        kl_front_make_entries(f, file->pieces.p[i]);
        note_accepts(f, file->pieces.p[i]);
    }
}

static void lower_pieces(kl_front *f) {
    for (size_t i = 0; i < f->symbols.n; i++) { /* in the order declared, which within a kind is the source's */
        const kl_symbol *s = f->symbols.p[i];
        if (s->bad || s->file != 0 || s->index == IR_NONE) continue;
        switch (s->kind) {
        case KL_SYM_CLAUSE: kl_front_lower_clause(f, s); break;
        case KL_SYM_REQUIREMENT:
        case KL_SYM_ADVICE: kl_front_lower_requirement(f, s); break;
        case KL_SYM_RULE: kl_front_lower_rule(f, s); break;
        case KL_SYM_TABLE: kl_front_lower_table(f, s); break;
        default: break;
        }
    }
    for (size_t i = 0; i < f->clause_queue.n; i++) {
        f->file = f->clause_queue.p[i]->file;
        kl_front_lower_clause(f, f->clause_queue.p[i]);
    }
    f->file = 0;
}

static void start(kl_front *f, kl_arena *a, kl_diags *d, const kl_sources *s) {
    *f = (kl_front){
        .arena = a, .diags = d, .sources = s, .broken = d->errors > 0, .g = kl_alloc(a, sizeof(ir_guideline))};
    kl_map *maps[] = {&f->names, &f->values, &f->ids, &f->inputs, &f->masks, &f->texts};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) kl_map_init(maps[i], a);
    ir_guideline *g = f->g;
    g->arena = a;
    g->dated_by = g->key = g->from_assumption = IR_NONE;
    g->from = INT32_MIN;
    g->through = INT32_MAX;
    for (size_t i = 0; i < s->files.n; i++) KL_PUSH(a, &g->files, s->files.p[i]);
    kl_n_bool(f, 0);
    g->period = g->scope = kl_n_bool(f, 1);
    set_sight(f);
}

ir_guideline *kl_check(kl_arena *a, kl_diags *d, const kl_sources *s) {
    kl_front front, *f = &front;
    start(f, a, d, s);
    find_head(f);
    if (f->head) {
        name_guideline(f);
        open_entries(f);
    }
    kl_front_vocabulary(f);
    if (f->head) lower_header(f);
    make_entries(f);
    lower_pieces(f);
    kl_front_finish_outcomes(f);
    check_money(f);
    kl_front_resolve_overrides(f);
    size_t before = d->errors;
    kl_front_feeding(f);
    if (before == d->errors) kl_front_overlaps(f);
    if (d->errors == 0) kl_front_unused(f);
    kl_front_examples(f);
    return f->head ? f->g : NULL;
}
