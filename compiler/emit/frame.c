/* frame.c - truths inside the guideline's period and scope: the frame joined to a whole condition, or to its first part, which rows share.
 * May include: compiler/emit.
 * Start at kl_framed(); kl_framing_init() finds which conditions are wanted without a frame too. */
#include "compiler/emit/emit.h"

static bool is_and(const kl_forms *f, uint32_t form) {
    return kl_form_at(f, form)->kind == KL_FORM_AND;
}

/* Of `x and y` the part that was put together last: of a row, what stands in the columns before. */
static uint32_t first_part(const kl_forms *f, uint32_t form) {
    const kl_form *n = kl_form_at(f, form);
    return is_and(f, n->b) ? n->b : n->a;
}

static uint32_t other_part(const kl_forms *f, uint32_t form) {
    const kl_form *n = kl_form_at(f, form);
    return first_part(f, form) == n->b ? n->a : n->b;
}

/* ------------------------------------------------------------------ what is read bare */
static void mark_bare(kl_emit *e, uint32_t form) {
    e->stack.n = 0;
    KL_PUSH(e->arena, &e->stack, form);
    while (e->stack.n) {
        form = e->stack.p[--e->stack.n];
        if (form == KL_NO_FORM || e->bare.p[form]) continue;
        e->bare.p[form] = 1;
        const kl_form *n = kl_form_at(e->forms, form);
        KL_PUSH(e->arena, &e->stack, n->a);
        KL_PUSH(e->arena, &e->stack, n->b);
    }
}

/* Rows are read inside the frame only, but what they join to what stands before is read as it is. */
static void mark_row(kl_emit *e, uint32_t form) {
    for (; is_and(e->forms, form); form = first_part(e->forms, form)) mark_bare(e, other_part(e->forms, form));
    mark_bare(e, form);
}

void kl_framing_init(kl_emit *e) {
    const ir_guideline *g = e->g;
    bool *whole = kl_alloc_array(e->arena, g->entries.n + 1, sizeof *whole);
    for (size_t i = 0; i < g->entries.n; i++) whole[i] = g->entries.p[i].kind != IR_E_ROW;
    for (size_t i = 0; i < g->candidates.n; i++) { /* but for rows that override, are overridden, or choose */
        const ir_candidate *c = &g->candidates.p[i];
        for (size_t k = 0; k < c->overriders.n; k++) whole[c->overriders.p[k]] = true;
        if (c->overriders.n || c->guard != IR_NONE || g->outcomes.p[c->outcome].row_by_row) whole[c->entry] = true;
    }
    for (uint32_t i = 0; i < g->entries.n; i++) kl_form_of_entry(e->forms, i);
    while (e->bare.n < e->forms->nodes.n) KL_PUSH(e->arena, &e->bare, 0);
    for (uint32_t i = 0; i < g->entries.n; i++) {
        uint32_t form = kl_form_of_entry(e->forms, i);
        if (whole[i])
            mark_bare(e, form);
        else
            mark_row(e, form);
    }
}

/* ------------------------------------------------------------------ frames */
/* `(frame and x) and y` for `x and y`: rows that begin alike share `frame and x`, so that each costs no more than without a frame. */
static uint32_t join_frame(kl_emit *e, uint32_t frame, uint32_t form) {
    kl_forms *f = e->forms;
    e->stack.n = 0;
    while (is_and(f, form) && !(form < e->bare.n && e->bare.p[form])) {
        KL_PUSH(e->arena, &e->stack, other_part(f, form));
        form = first_part(f, form);
    }
    uint32_t out = kl_form_and(f, frame, form);
    while (e->stack.n) out = kl_form_and(f, out, e->stack.p[--e->stack.n]);
    return out;
}

/* Yes where the date is in the period. */
static uint32_t inside(kl_forms *f) {
    uint32_t after = kl_form_not(f, kl_form_after(f));
    return kl_form_and(f, kl_form_not(f, kl_form_before(f)), after);
}

/* Unknown where another text was in force, else no. */
static uint32_t beyond(kl_forms *f) {
    uint32_t no = kl_form_const(f, 0), before = f->g->before == KL_BEYOND_UNKNOWN ? kl_form_before(f) : no,
             after = f->g->after == KL_BEYOND_UNKNOWN ? kl_form_after(f) : no;
    uint32_t either = kl_form_or(f, before, after);
    return kl_form_and(f, either, kl_form_const(f, 2));
}

kl_framing kl_framed(kl_emit *e, uint32_t with, uint32_t form) {
    uint32_t frame = kl_form_and(e->forms, inside(e->forms), with), within = join_frame(e, frame, form);
    return (kl_framing){within, kl_form_or(e->forms, within, beyond(e->forms))};
}
