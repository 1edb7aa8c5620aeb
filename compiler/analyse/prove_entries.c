/* prove_entries.c - clauses, items, exceptions, requirements, rules and rows that never hold, always hold, or make no difference.
 * May include: compiler/analyse/prove.
 * Start at kl_prove_entries(). Period and scope are taken for given, except by what they themselves rest on. */
#include "compiler/analyse/prove.h"

typedef struct desk {
    kl_prover *p;
    const ir_guideline *g;
    bool *told; /* per entry: something has been said of it, or of what makes it so */
} desk;

/* `surely`: however what is not received would turn out. */
static kl_found is_there(kl_prover *p, uint32_t form, bool surely) {
    const kl_form *n = kl_form_at(p->forms, form);
    if (n->kind == KL_FORM_CONST) return n->lo == 0 ? KL_FOUND_NONE : KL_FOUND_RECORD;
    if (!kl_prove_open(p, &form, 1)) return KL_NOT_DECIDED;
    uint32_t where = kl_space_truth(&p->space, form);
    if (surely) where = kl_space_sure(&p->space, where, false);
    return kl_space_find(&p->space, where, NULL, 0, false, NULL, NULL, NULL);
}

/* Whether some record in force and in scope has it. */
static kl_found somewhere(desk *d, uint32_t entry, uint32_t form, bool surely) {
    return is_there(d->p, d->p->framing[entry] ? form : kl_form_and(d->p->forms, d->p->frame, form), surely);
}

static void tell(desk *d, uint32_t entry, kl_diag_id id, kl_str other) {
    const ir_entry *e = &d->g->entries.p[entry];
    d->told[entry] = true;
    kl_prove_tell(d->p, KL_ACCEPTED_IDLE, e->id, e->file, e->span, id, other.n ? 2 : 1, e->id, other);
}

static void undecided(desk *d, uint32_t entry) {
    const ir_entry *e = &d->g->entries.p[entry];
    if (d->told[entry]) return;
    d->told[entry] = true;
    kl_prove_not_decided(d->p, e->file, e->span, e->id);
}

/* Never, always, or not decided: true when something was said. */
static bool constant(desk *d, uint32_t entry, uint32_t form) {
    kl_found yes = somewhere(d, entry, form, true);
    if (yes == KL_FOUND_NONE) return tell(d, entry, KL_D_NEVER_HOLDS, (kl_str){0}), true;
    if (yes == KL_NOT_DECIDED) return undecided(d, entry), true;
    kl_found no = somewhere(d, entry, kl_form_not(d->p->forms, form), false);
    if (no == KL_FOUND_NONE) return tell(d, entry, KL_D_ALWAYS_HOLDS, (kl_str){0}), true;
    if (no == KL_NOT_DECIDED) return undecided(d, entry), true;
    return false;
}

/* The front end has said it: its cells, or the rows above, exclude all, or its period lies outside the guideline's. */
static bool said(const desk *d, uint32_t entry) {
    const ir_entry *e = &d->g->entries.p[entry];
    return kl_prove_said(d->p, KL_D_ROW_IDLE, e->file, e->span) || e->through < d->g->from || e->from > d->g->through;
}

static bool own(const desk *d, uint32_t entry) {
    return d->g->entries.p[entry].file == d->g->files.p[0];
}

/* ------------------------------------------------------------------ lists of items */
static bool item_of(const ir_entry *e, uint32_t list) {
    return e->parent == list && (e->kind == IR_E_ITEM || e->kind == IR_E_EXCEPTION_ITEM);
}

/* The list without one item, and without those found to make no difference. */
static uint32_t without(desk *d, uint32_t list, uint32_t item) {
    kl_forms *f = d->p->forms;
    bool all = d->g->entries.p[list].quantifier == KL_ALL;
    uint32_t out = kl_form_const(f, all);
    for (uint32_t i = list + 1; i < d->g->entries.n; i++) {
        if (!item_of(&d->g->entries.p[i], list) || i == item || (i > item && d->told[i])) continue;
        uint32_t truth = kl_form_of_entry(f, i);
        out = all ? kl_form_and(f, out, truth) : kl_form_or(f, out, truth);
    }
    return out;
}

/* How many of a list's items, and the frame, read each thing: what no other reads cannot hang together with another item. */
typedef struct readers {
    uint32_t *of[4]; /* by kind of reference */
} readers;

static void count_readers(desk *d, readers *r, uint32_t form) {
    kl_ref_list refs = {0};
    kl_form_refs(d->p->forms, form, &refs);
    for (size_t i = 0; i < refs.n; i++) r->of[refs.p[i].kind][refs.p[i].index]++;
}

static readers readers_of(desk *d, uint32_t list) {
    const ir_guideline *g = d->g;
    size_t sizes[4] = {[IR_REF_FIELD] = g->fields.n,
                       [IR_REF_ASSUMPTION] = g->assumptions.n,
                       [IR_REF_OUTCOME] = g->outcomes.n,
                       [IR_REF_ENTRY] = g->entries.n};
    readers r;
    for (size_t i = 0; i < 4; i++) r.of[i] = kl_alloc_array(d->p->arena, sizes[i] + 1, sizeof *r.of[i]);
    count_readers(d, &r, d->p->frame);
    for (uint32_t i = list + 1; i < g->entries.n; i++)
        if (item_of(&g->entries.p[i], list)) count_readers(d, &r, kl_form_of_entry(d->p->forms, i));
    return r;
}

static bool stands_alone(desk *d, const readers *r, uint32_t form) {
    kl_ref_list refs = {0};
    kl_form_refs(d->p->forms, form, &refs);
    for (size_t i = 0; i < refs.n; i++)
        if (refs.p[i].kind == IR_REF_OUTCOME || r->of[refs.p[i].kind][refs.p[i].index] > 1) return false;
    return refs.n > 0;
}

/* From the last item, so that of two alike the later is told. true: an item's constant truth makes the list's. */
static bool check_items(desk *d, uint32_t list) {
    kl_forms *f = d->p->forms;
    bool all = d->g->entries.p[list].quantifier == KL_ALL, settles = false;
    if (d->g->entries.p[list].quantifier == KL_ONE) return false;
    readers r = readers_of(d, list);
    for (uint32_t i = (uint32_t)d->g->entries.n; i-- > list + 1;) {
        if (!item_of(&d->g->entries.p[i], list)) continue;
        uint32_t item = kl_form_of_entry(f, i);
        if (constant(d, i, item)) {
            settles = true;
            continue;
        }
        if (stands_alone(d, &r, item)) continue;
        uint32_t rest = without(d, list, i);
        uint32_t matters =
            all ? kl_form_and(f, rest, kl_form_not(f, item)) : kl_form_and(f, kl_form_not(f, rest), item);
        kl_found found = somewhere(d, i, matters, false);
        if (found == KL_FOUND_NONE) tell(d, i, KL_D_NO_DIFFERENCE, d->g->entries.p[list].id);
        if (found == KL_NOT_DECIDED) undecided(d, i);
    }
    return settles;
}

/* ------------------------------------------------------------------ clauses */
static bool check_exceptions(desk *d, uint32_t clause) {
    kl_forms *f = d->p->forms;
    uint32_t left = kl_form_of(f, d->g->entries.p[clause].body);
    bool settles = false;
    for (uint32_t i = clause + 1; i < d->g->entries.n; i++) {
        const ir_entry *e = &d->g->entries.p[i];
        if (e->kind != IR_E_EXCEPTION || e->parent != clause) continue;
        uint32_t truth = kl_form_of_entry(f, i);
        bool items = check_items(d, i);
        settles = settles || items;
        if (!items && somewhere(d, i, truth, true) == KL_FOUND_NONE) {
            tell(d, i, KL_D_NEVER_HOLDS, (kl_str){0});
        } else if (!items) {
            kl_found found = somewhere(d, i, kl_form_and(f, left, truth), false);
            if (found == KL_FOUND_NONE) tell(d, i, KL_D_NO_DIFFERENCE, d->g->entries.p[clause].id);
            if (found == KL_NOT_DECIDED) undecided(d, i);
        }
        left = kl_form_and(f, left, kl_form_not(f, truth));
    }
    return settles;
}

static void check_clause(desk *d, uint32_t clause) {
    bool items = check_items(d, clause);
    bool exceptions = check_exceptions(d, clause);
    if (!items && !exceptions) constant(d, clause, kl_form_of_entry(d->p->forms, clause));
}

/* ------------------------------------------------------------------ requirements */
static void check_requirement(desk *d, uint32_t entry) {
    kl_found applies = somewhere(d, entry, kl_form_applies(d->p->forms, entry), true);
    if (applies == KL_FOUND_NONE) {
        tell(d, entry, KL_D_NEVER_APPLIES, (kl_str){0});
        return;
    }
    kl_found breached = somewhere(d, entry, kl_form_breached(d->p->forms, entry), true);
    if (breached == KL_FOUND_NONE) tell(d, entry, KL_D_NEVER_BREACHED, (kl_str){0});
    if (applies == KL_NOT_DECIDED || breached == KL_NOT_DECIDED) undecided(d, entry);
}

/* ------------------------------------------------------------------ rules and rows: what the outcomes found */
static bool first_row(const ir_guideline *g, uint32_t entry) {
    const ir_entry *e = &g->entries.p[entry];
    return e->kind == IR_E_ROW && e->first_applies;
}

static void check_candidate(desk *d, uint32_t entry) {
    kl_prover *p = d->p;
    if (!p->tried[entry] || d->told[entry]) return;
    if (p->holds[entry] == KL_FOUND_NONE)
        tell(d, entry, first_row(d->g, entry) ? KL_D_ROW_SHADOWED : KL_D_NEVER_HOLDS, (kl_str){0});
    else if (p->lives[entry] == KL_FOUND_NONE)
        tell(d, entry, KL_D_ALWAYS_OVERRIDDEN, (kl_str){0});
    else if (p->lives[entry] == KL_NOT_DECIDED)
        undecided(d, entry);
}

static void check_rule(desk *d, uint32_t entry) {
    uint32_t truth = kl_form_of_entry(d->p->forms, entry);
    check_candidate(d, entry);
    if (d->told[entry] || kl_form_at(d->p->forms, truth)->kind == KL_FORM_CONST) return;
    constant(d, entry, truth);
}

void kl_prove_entries(kl_prover *p) {
    desk d = {p, p->g, kl_alloc_array(p->arena, p->g->entries.n + 1, sizeof(bool))};
    for (uint32_t i = 0; i < p->g->entries.n; i++) {
        kl_prove_step(p);
        if (!own(&d, i) || said(&d, i)) continue;
        switch (p->g->entries.p[i].kind) {
        case IR_E_CLAUSE: check_clause(&d, i); break;
        case IR_E_REQUIREMENT:
        case IR_E_ADVICE: check_requirement(&d, i); break;
        case IR_E_RULE: check_rule(&d, i); break;
        case IR_E_ROW: check_candidate(&d, i); break;
        default: break;
        }
    }
}
