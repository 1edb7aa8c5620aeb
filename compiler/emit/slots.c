/* slots.c - outcomes: candidates with their planes, distinct entries of many-of outcomes, results, questions and diagrams, one DECIDE each.
 * May include: compiler/emit.
 * Start at kl_emit_slots(). */
#include <string.h>

#include "compiler/analyse/candidates.h"
#include "compiler/emit/emit.h"

/* ------------------------------------------------------------------ results */
static uint32_t result_value(kl_emit *e, const kl_ending *r) {
    switch (r->kind) {
    case KL_RESULT_CONST: return kl_const_row(e, r->value);
    case KL_RESULT_NUMBER: return kl_register(e, (uint32_t)r->value);
    default: return (uint32_t)r->value;
    }
}

static uint32_t put_result(kl_emit *e, uint32_t ending) {
    kl_ending r = *kl_result_at(&e->endings, ending);
    kl_ref_list refs = {0};
    kl_result_refs(&e->endings, ending, &refs);
    const kl_form *n = r.kind == KL_RESULT_NUMBER ? kl_form_at(e->forms, (uint32_t)r.value) : NULL;
    if (n && n->kind == KL_FORM_NUMBER_FIELD) { /* carried over as it is, without a register */
        r.kind = KL_RESULT_FIELD;
        r.value = n->x;
    }
    uint32_t value = result_value(e, &r), first = kl_refs_row(e, &refs), row = kl_rows(e, KL_S_RESULTS);
    kl_put(e, KL_S_RESULTS, r.kind);
    kl_put(e, KL_S_RESULTS, value);
    kl_put(e, KL_S_RESULTS, first);
    kl_put(e, KL_S_RESULTS, (uint32_t)refs.n);
    return row;
}

/* Its row in RESULTS, put there when it is first wanted. */
static uint32_t result_row(kl_emit *e, uint32_t ending) {
    while (e->result_row.n <= ending) KL_PUSH(e->arena, &e->result_row, 0);
    if (e->result_row.p[ending] == 0) {
        uint32_t row = put_result(e, ending);
        e->result_row.p[ending] = row + 1;
    }
    return e->result_row.p[ending] - 1;
}

/* ------------------------------------------------------------------ candidates */
/* Bits of the assumptions that each form hangs on, for all forms so far. */
static const uint64_t *assumed(kl_emit *e, uint32_t form) {
    size_t words = e->assumed_words;
    for (size_t i = words ? e->assumed.n / words : 0; i < e->forms->nodes.n && words; i++) {
        const kl_form *n = kl_form_at(e->forms, (uint32_t)i);
        bool own = n->kind == KL_FORM_ASSUME || n->kind == KL_FORM_NUMBER_ASSUME || n->kind == KL_FORM_LESS_ASSUME ||
                   n->kind == KL_FORM_MOST_ASSUME;
        for (size_t w = 0; w < words; w++) {
            uint64_t bits = own && n->x / 64 == w ? UINT64_C(1) << (n->x % 64) : 0;
            if (n->a != KL_NO_FORM) bits |= e->assumed.p[n->a * words + w];
            if (n->b != KL_NO_FORM) bits |= e->assumed.p[n->b * words + w];
            KL_PUSH(e->arena, &e->assumed, bits);
        }
    }
    return &e->assumed.p[form * words];
}

static void candidate_refs(kl_emit *e, const kl_arm *a, kl_ref_list *out) {
    const kl_ending *r = kl_result_at(&e->endings, a->result);
    uint32_t forms[2] = {a->holds, r->kind == KL_RESULT_NUMBER ? (uint32_t)r->value : KL_NO_FORM};
    for (size_t w = 0; w < e->assumed_words; w++) {
        uint64_t bits = 0;
        for (int i = 0; i < 2; i++)
            if (forms[i] != KL_NO_FORM) bits |= assumed(e, forms[i])[w];
        for (; bits; bits &= bits - 1)
            KL_PUSH(e->arena, out, ((ir_ref){IR_REF_ASSUMPTION, (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits)}));
    }
}

/* A slot with a diagram reads `fires` only of records in the frame, so that what is in it and fires serves too. */
static void put_candidate(kl_emit *e, const kl_arm *a, bool diagram) {
    uint32_t fires = a->holds, by = a->by;
    kl_ref_list refs = {0};
    if (a->blocked != KL_NO_FORM) {
        uint32_t free = kl_form_not(e->forms, a->blocked);
        fires = kl_form_and(e->forms, fires, free);
        by = kl_form_and(e->forms, by, free);
    }
    bool choice = fires != by;
    kl_framing in_frame = kl_framed(e, e->deciding.scope, by);
    if (diagram && !choice && !e->plain) fires = in_frame.within;
    candidate_refs(e, a, &refs);
    kl_put(e, KL_S_CANDIDATES, a->entry);
    kl_put(e, KL_S_CANDIDATES, result_row(e, a->result));
    kl_put(e, KL_S_CANDIDATES, kl_register(e, fires));
    kl_put(e, KL_S_CANDIDATES, kl_register(e, in_frame.all));
    kl_put(e, KL_S_CANDIDATES, kl_refs_row(e, &refs));
    kl_put(e, KL_S_CANDIDATES, (uint32_t)refs.n);
}

/* ------------------------------------------------------------------ questions */
static void question_refs(kl_emit *e, const kl_question *q, kl_ref_list *refs) {
    switch (q->kind) {
    case KL_Q_VALUES:
    case KL_Q_NUMBER:
    case KL_Q_TEXT: KL_PUSH(e->arena, refs, ((ir_ref){IR_REF_FIELD, q->source})); break;
    case KL_Q_EDITION: KL_PUSH(e->arena, refs, ((ir_ref){IR_REF_ENTRY, q->source})); break;
    case KL_Q_SAME:
        kl_result_refs(&e->endings, q->source, refs);
        kl_result_refs(&e->endings, q->other, refs);
        kl_ref_sort(refs);
        break;
    case KL_Q_TRUTH:
    case KL_Q_DERIVED:
    case KL_Q_CODES: kl_form_refs(e->forms, q->source, refs); break;
    }
}

static uint32_t question_source(kl_emit *e, const kl_question *q) {
    if (q->kind == KL_Q_TRUTH || q->kind == KL_Q_DERIVED || q->kind == KL_Q_CODES) return kl_register(e, q->source);
    return q->kind == KL_Q_SAME ? result_row(e, q->source) : q->source;
}

/* What it may turn out to be while it is unknown, besides its values. */
static uint32_t tags_of(const kl_question *q) {
    static const struct {
        uint8_t can;
        uint32_t flag;
    } tags[] = {{KL_CAN_ERROR, KL_QUESTION_MAY_BE_ERROR},
                {KL_CAN_NOT_STATED, KL_QUESTION_MAY_BE_NOT_STATED},
                {KL_CAN_EXTERNAL, KL_QUESTION_MAY_BE_EXTERNAL},
                {KL_CAN_CONFLICT, KL_QUESTION_MAY_BE_CONFLICT}};
    uint32_t flags = q->may_be_none && q->states & KL_CAN_NONE ? KL_QUESTION_MAY_BE_NONE : 0;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (q->states & tags[i].can) flags |= tags[i].flag;
    return kl_question_tagged(q) ? flags : 0;
}

/* Same words, same row: outcomes that ask alike share their questions. */
static uint32_t put_question(kl_emit *e, const kl_question *q) {
    kl_index_list cuts = {0};
    kl_ref_list refs = {0};
    uint32_t source = question_source(e, q);
    for (size_t i = 0; i < q->cuts.n; i++) KL_PUSH(e->arena, &cuts, kl_const_row(e, q->cuts.p[i]));
    for (size_t i = 0; i < q->texts.n; i++) KL_PUSH(e->arena, &cuts, q->texts.p[i]);
    for (uint32_t i = 0; q->cell_of && i < q->codes; i++) KL_PUSH(e->arena, &cuts, q->cell_of[i]);
    if (q->kind == KL_Q_SAME) KL_PUSH(e->arena, &cuts, result_row(e, q->other));
    question_refs(e, q, &refs);
    uint32_t row[KL_Q_WORDS] = {q->kind,         source, q->cells, 0, (uint32_t)cuts.n, 0, kl_refs_row(e, &refs),
                                (uint32_t)refs.n};
    row[KL_Q_FLAGS] = tags_of(q);
    uint32_t n = kl_rows(e, KL_S_QUESTIONS);
    const uint32_t *rows = e->tables[KL_S_QUESTIONS].p, *all = e->tables[KL_S_CUTS].p;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t *old = &rows[i * KL_Q_WORDS];
        row[KL_Q_FIRST_CUT] = old[KL_Q_FIRST_CUT];
        if (memcmp(old, row, sizeof row) == 0 &&
            (cuts.n == 0 || memcmp(&all[old[KL_Q_FIRST_CUT]], cuts.p, cuts.n * sizeof *all) == 0))
            return i;
    }
    row[KL_Q_FIRST_CUT] = kl_rows(e, KL_S_CUTS);
    for (size_t i = 0; i < cuts.n; i++) kl_put(e, KL_S_CUTS, cuts.p[i]);
    for (size_t i = 0; i < KL_Q_WORDS; i++) kl_put(e, KL_S_QUESTIONS, row[i]);
    return n;
}

/* ------------------------------------------------------------------ slots */
static uint32_t put_child(kl_emit *e, uint32_t child, uint32_t first_node) {
    return kl_dd_is_leaf(child) ? KL_TERMINAL | result_row(e, child & ~KL_LEAF) : child + first_node;
}

static void put_slot(kl_emit *e, uint32_t outcome, const kl_decision *d, uint32_t first_value) {
    uint32_t row[KL_L_WORDS];
    row[KL_L_OUTCOME] = outcome;
    row[KL_L_OTHERWISE] = result_row(e, d->otherwise);
    row[KL_L_OUTSIDE] = result_row(e, d->outside);
    row[KL_L_NOT_IN_FORCE] = result_row(e, d->not_in_force);
    row[KL_L_FIRST_CANDIDATE] = kl_rows(e, KL_S_CANDIDATES);
    row[KL_L_CANDIDATES] = (uint32_t)d->arms.n;
    row[KL_L_FIRST_NODE] = kl_rows(e, KL_S_NODES);
    row[KL_L_NODES] = (uint32_t)d->nodes.n;
    row[KL_L_EDGES] = (uint32_t)d->edges.n;
    row[KL_L_FIRST_VALUE] = first_value;
    for (size_t i = 0; i < d->arms.n; i++) put_candidate(e, &d->arms.p[i], d->diagram);
    uint32_t *questions = kl_alloc_array(e->arena, d->questions.n + 1, sizeof *questions);
    for (size_t i = 0; i < d->questions.n; i++) questions[i] = put_question(e, &d->questions.p[i]);
    uint32_t first_edge = kl_rows(e, KL_S_EDGES);
    for (size_t i = 0; i < d->nodes.n; i++) {
        kl_put(e, KL_S_NODES, questions[d->nodes.p[i].question]);
        kl_put(e, KL_S_NODES, first_edge + d->nodes.p[i].first);
    }
    for (size_t i = 0; i < d->edges.n; i++) kl_put(e, KL_S_EDGES, put_child(e, d->edges.p[i], row[KL_L_FIRST_NODE]));
    row[KL_L_ROOT] = d->diagram ? put_child(e, d->root, row[KL_L_FIRST_NODE]) : KL_ABSENT;
    uint32_t slot = kl_rows(e, KL_S_SLOTS);
    for (size_t i = 0; i < KL_L_WORDS; i++) kl_put(e, KL_S_SLOTS, row[i]);
    kl_emit_instruction(e, KL_OP_DECIDE, 0, slot, 0, 0, 0);
}

static bool emit_single(kl_emit *e, uint32_t outcome) {
    kl_decision d = {0};
    kl_candidates_single(&e->endings, outcome, &d);
    if (!kl_decision_build(&e->deciding, outcome, &d)) return false;
    e->forms->fed[outcome] = kl_decision_span(&e->deciding, &d);
    put_slot(e, outcome, &d, KL_ABSENT);
    return true;
}

static bool emit_many(kl_emit *e, uint32_t outcome) {
    const ir_outcome *o = &e->g->outcomes.p[outcome];
    kl_many_entries entries = {0};
    kl_candidates_many(&e->endings, outcome, &entries);
    for (size_t i = 0; i < entries.n; i++) {
        kl_decision d = kl_many_decision(&e->endings, &entries.p[i]);
        if (!kl_decision_build(&e->deciding, outcome, &d)) return false;
        uint32_t first = kl_rows(e, KL_S_RESULTS);
        for (size_t k = 0; k < o->columns.n; k++) { /* registers and refs first, so that the rows lie together */
            const kl_ending *r = kl_result_at(&e->endings, entries.p[i].values[k]);
            if (r->kind == KL_RESULT_NUMBER) kl_register(e, (uint32_t)r->value);
        }
        for (size_t k = 0; k < o->columns.n; k++) put_result(e, entries.p[i].values[k]);
        put_slot(e, outcome, &d, first);
    }
    e->slots[outcome] = (uint32_t)entries.n;
    return true;
}

bool kl_emit_slots(kl_emit *e) {
    bool ok = true;
    for (size_t i = 0; i < e->g->decide_order.n; i++) { /* all are tried, so that every one too large is reported */
        uint32_t outcome = e->g->decide_order.p[i];
        e->first_slot[outcome] = kl_rows(e, KL_S_SLOTS);
        e->slots[outcome] = 1;
        ok = (e->g->outcomes.p[outcome].many ? emit_many(e, outcome) : emit_single(e, outcome)) && ok;
    }
    return ok;
}
