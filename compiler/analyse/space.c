/* space.c - questions in an order, conditions over them, what no record can answer together, and the search for a record.
 * May include: compiler/analyse/space.
 * Start at kl_space_find(): a way through the diagram is a guess that the witness refutes, with the answers that exclude each other, or makes a record of. */
#include "compiler/analyse/space.h"

#include <string.h>

void kl_space_init(kl_space *s, kl_endings *e, kl_witnesses *w, uint32_t effort) {
    memset(s, 0, sizeof *s);
    s->arena = e->forms->arena;
    s->e = e;
    s->forms = e->forms;
    s->witnesses = w;
    s->effort = effort;
    kl_diagram_init(&s->m, s->arena);
    kl_ask_init(&s->asked, s->forms);
}

static uint32_t answers_of(const kl_question *q) {
    return kl_question_answers(q) + (kl_question_strays(q) ? 1 : 0);
}

/* ------------------------------------------------------------------ truths */
static void make_room(kl_space *s) {
    size_t n = s->forms->nodes.n;
    if (n <= s->truth_room) return;
    uint32_t *truth = kl_alloc_array(s->arena, n * 2, sizeof *truth),
             *stamp = kl_alloc_array(s->arena, n * 2, sizeof *stamp);
    if (s->truth_room) {
        memcpy(truth, s->truth, s->truth_room * sizeof *truth);
        memcpy(stamp, s->truth_stamp, s->truth_room * sizeof *stamp);
    }
    s->truth = truth;
    s->truth_stamp = stamp;
    s->truth_room = n * 2;
}

static uint32_t truth_of(kl_space *s, uint32_t form) {
    const kl_form *n = kl_form_at(s->forms, form);
    uint32_t a = n->a, b = n->b;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_CONST: return n->lo == 1 ? KL_LEAF_YES : KL_LEAF_NO;
    case KL_FORM_NOT: return kl_dd_but(&s->m, KL_LEAF_YES, kl_space_truth(s, a));
    case KL_FORM_AND: {
        uint32_t x = kl_space_truth(s, a), y = kl_space_truth(s, b);
        return kl_dd_and(&s->m, x, y);
    }
    case KL_FORM_OR: {
        uint32_t x = kl_space_truth(s, a), y = kl_space_truth(s, b);
        return kl_dd_or(&s->m, x, y);
    }
    default: {
        const kl_atom *atom = kl_atom_of(&s->asked, form);
        return kl_dd_test(&s->m, s->level_of.p[atom->question], &s->asked.intervals.p[atom->first], atom->count);
    }
    }
}

uint32_t kl_space_truth(kl_space *s, uint32_t form) {
    make_room(s);
    if (s->truth_stamp[form] == s->stamp) return s->truth[form];
    uint32_t t = truth_of(s, form);
    s->truth_stamp[form] = s->stamp;
    return s->truth[form] = t;
}

/* ------------------------------------------------------------------ what one field says of another question about it */
static const kl_form *truth_form(const kl_space *s, const kl_question *q) {
    return q->kind == KL_Q_TRUTH ? kl_form_at(s->forms, q->source) : NULL;
}

static bool is_truth(const kl_space *s, const kl_question *q, kl_form_kind kind, uint32_t field) {
    const kl_form *n = truth_form(s, q);
    return n && (kl_form_kind)n->kind == kind && n->x == field;
}

static bool reads(kl_space *s, const kl_question *q, uint32_t field) {
    if (q->kind == KL_Q_VALUES || q->kind == KL_Q_NUMBER || q->kind == KL_Q_TEXT) return q->source == field;
    if (q->kind == KL_Q_EDITION || q->kind == KL_Q_SAME) return false;
    kl_ref_list refs = {0};
    kl_form_refs(s->forms, q->source, &refs);
    for (size_t i = 0; i < refs.n; i++)
        if (refs.p[i].kind == IR_REF_FIELD && refs.p[i].index == field) return true;
    return false;
}

static uint32_t answered(kl_space *s, uint32_t question, uint32_t first, uint32_t end) {
    uint32_t interval[2] = {first, end};
    return kl_dd_test(&s->m, s->level_of.p[question], interval, 2);
}

static uint32_t cell_of(const kl_question *q, int64_t v) {
    uint32_t cell = 0;
    while (cell < q->cuts.n && q->cuts.p[cell] <= v) cell++;
    return cell;
}

/* A set that is empty has no code, and one that is not has one. */
static uint32_t set_agrees(kl_space *s, uint32_t question) {
    uint32_t field = truth_form(s, &s->asked.list.p[question])->x, any = KL_LEAF_NO, codes = 0;
    for (uint32_t i = 0; i < s->asked.list.n; i++) {
        if (!is_truth(s, &s->asked.list.p[i], KL_FORM_HAS, field)) continue;
        any = kl_dd_or(&s->m, any, answered(s, i, 1, 2));
        codes++;
    }
    uint32_t empty = answered(s, question, 1, 2), out = kl_dd_but(&s->m, KL_LEAF_YES, kl_dd_and(&s->m, empty, any));
    const ir_guideline *g = s->forms->g;
    if (codes < g->sets.p[g->fields.p[field].type.set].values.n) return out;
    return kl_dd_and(&s->m, out, kl_dd_or(&s->m, empty, any));
}

/* The answer that `annars` gives to a question about the field itself; answers_of() when it is another question. */
static uint32_t default_answer(const kl_space *s, const kl_question *q, uint32_t field) {
    const ir_field *f = &s->forms->g->fields.p[field];
    uint32_t other = (uint32_t)q->texts.n;
    if (is_truth(s, q, KL_FORM_FIELD, field)) return (uint32_t)f->otherwise;
    if (is_truth(s, q, KL_FORM_HAS, field)) return (uint64_t)f->otherwise >> truth_form(s, q)->y & 1;
    if (is_truth(s, q, KL_FORM_EMPTY, field)) return f->otherwise == 0;
    if (q->source != field) return answers_of(q);
    switch (q->kind) {
    case KL_Q_VALUES: return q->cell_of[f->otherwise];
    case KL_Q_NUMBER: return cell_of(q, f->otherwise);
    case KL_Q_TEXT:
        for (uint32_t i = 0; i < q->texts.n; i++)
            if (kl_str_eq(s->forms->g->texts.p[q->texts.p[i]], f->otherwise_text)) return i;
        return other;
    default: return answers_of(q);
    }
}

/* What is not received has its `annars`; what is required is received. */
static uint32_t received_agrees(kl_space *s, uint32_t question) {
    uint32_t field = truth_form(s, &s->asked.list.p[question])->x, received = answered(s, question, 1, 2);
    const ir_field *f = &s->forms->g->fields.p[field];
    if (f->required || f->key) return received;
    uint32_t out = KL_LEAF_YES;
    for (uint32_t i = 0; i < s->asked.list.n && f->has_otherwise; i++) {
        const kl_question *q = &s->asked.list.p[i];
        uint32_t answer = default_answer(s, q, field);
        if (answer < answers_of(q)) out = kl_dd_and(&s->m, out, answered(s, i, answer, answer + 1));
    }
    return kl_dd_or(&s->m, received, out);
}

static uint32_t assumption_stated(kl_space *s, uint32_t question) {
    const kl_question *q = &s->asked.list.p[question];
    const kl_form *n = q->kind == KL_Q_TRUTH || q->kind == KL_Q_DERIVED ? kl_form_at(s->forms, q->source) : NULL;
    if (!n || (n->kind != KL_FORM_ASSUME && n->kind != KL_FORM_NUMBER_ASSUME)) return KL_LEAF_YES;
    const ir_assumption *a = &s->forms->g->assumptions.p[n->x];
    if (!a->has_value) return KL_LEAF_YES;
    uint32_t cell = n->kind == KL_FORM_ASSUME ? (uint32_t)a->value : cell_of(q, a->value);
    return answered(s, question, cell, cell + 1);
}

static void find_possible(kl_space *s) {
    s->possible = s->stated = KL_LEAF_YES;
    for (uint32_t i = 0; i < s->asked.list.n; i++) {
        const kl_form *n = truth_form(s, &s->asked.list.p[i]);
        if (n && n->kind == KL_FORM_EMPTY) s->possible = kl_dd_and(&s->m, s->possible, set_agrees(s, i));
        if (n && n->kind == KL_FORM_KNOWN) s->possible = kl_dd_and(&s->m, s->possible, received_agrees(s, i));
        s->stated = kl_dd_and(&s->m, s->stated, assumption_stated(s, i));
    }
}

/* ------------------------------------------------------------------ opening */
static void order_questions(kl_space *s, kl_order kind) {
    size_t n = s->asked.list.n;
    kl_order_key *keys = kl_alloc_array(s->arena, n + 1, sizeof *keys);
    s->order.n = s->level_of.n = 0;
    for (size_t i = 0; i < n; i++) {
        keys[i] = (kl_order_key){answers_of(&s->asked.list.p[i]), s->asked.list.p[i].selectivity};
        KL_PUSH(s->arena, &s->order, 0);
        KL_PUSH(s->arena, &s->level_of, 0);
    }
    if (n && kind == KL_ORDER_NEAR) kl_order_near(&s->asked, s->order.p);
    if (n && kind != KL_ORDER_NEAR) kl_order_of(kind, keys, n, s->order.p);
    kl_diagram_reset(&s->m, s->effort);
    for (uint32_t level = 0; level < n; level++) {
        s->level_of.p[s->order.p[level]] = level;
        kl_diagram_level(&s->m, answers_of(&s->asked.list.p[s->order.p[level]]));
    }
}

void kl_space_open(kl_space *s, const uint32_t *forms, size_t n, kl_order order) {
    s->stamp++;
    s->searches = 0;
    kl_ask_start(&s->asked);
    for (size_t i = 0; i < n; i++) kl_ask(&s->asked, forms[i]);
    kl_ask_done(&s->asked);
    order_questions(s, order);
    find_possible(s);
}

/* ------------------------------------------------------------------ for all answers of a question */
typedef struct all_of {
    kl_space *s;
    uint32_t level;
    bool away;             /* the question goes; else only its last answer becomes what all its cells agree on */
    uint32_t first, cells; /* answers that must agree: [first, cells) */
} all_of;

static uint32_t agreed(const all_of *a, uint32_t node) {
    kl_diagram *m = &a->s->m;
    uint32_t out = KL_LEAF_YES, start = 0;
    kl_dd_node n = m->nodes.p[node];
    for (uint32_t i = 0; i < n.runs && start < a->cells; i++) {
        kl_run run = m->runs.p[n.first + i];
        if (run.end > a->first) out = kl_dd_and(m, out, run.child);
        start = run.end;
    }
    return out;
}

static uint32_t rebuild(const all_of *a, uint32_t r) {
    kl_space *s = a->s;
    kl_diagram *m = &s->m;
    if (m->full) return KL_LEAF;
    if (kl_dd_is_leaf(r) || kl_dd_level(m, r) > a->level) return r;
    if (r < s->memo_room && s->memo_stamp[r] == s->memo_now) return s->memo[r];
    kl_dd_node n = m->nodes.p[r];
    uint32_t out;
    if (n.level == a->level) {
        out = agreed(a, r);
        if (!a->away) {
            uint32_t last = m->answers.p[a->level] - 1;
            uint32_t interval[2] = {last, last + 1};
            out = kl_dd_ite(m, kl_dd_test(m, a->level, interval, 2), out, r);
        }
    } else {
        kl_run *runs = kl_alloc_array(s->arena, n.runs, sizeof *runs);
        for (uint32_t i = 0; i < n.runs; i++) {
            kl_run run = m->runs.p[n.first + i];
            runs[i] = (kl_run){run.end, rebuild(a, run.child)};
        }
        out = m->full ? KL_LEAF : kl_dd_node_of(m, n.level, runs, n.runs);
    }
    if (r < s->memo_room) {
        s->memo_stamp[r] = s->memo_now;
        s->memo[r] = out;
    }
    return out;
}

static uint32_t rebuilt(kl_space *s, uint32_t truth, all_of a) {
    if (s->m.nodes.n > s->memo_room) {
        s->memo_room = s->m.nodes.n * 2;
        s->memo = kl_alloc_array(s->arena, s->memo_room, sizeof *s->memo);
        s->memo_stamp = kl_alloc_array(s->arena, s->memo_room, sizeof *s->memo_stamp);
    }
    s->memo_now++;
    return rebuild(&a, truth);
}

static uint32_t for_all(kl_space *s, uint32_t question, uint32_t truth, bool away) {
    const kl_question *q = &s->asked.list.p[question];
    return rebuilt(s, truth, (all_of){s, s->level_of.p[question], away, 0, away ? answers_of(q) : q->cells});
}

uint32_t kl_space_given(kl_space *s, uint32_t question, uint32_t answer, uint32_t truth) {
    return rebuilt(s, truth, (all_of){s, s->level_of.p[question], true, answer, answer + 1});
}

uint32_t kl_space_sure(kl_space *s, uint32_t truth, bool editions) {
    size_t n = s->asked.list.n;
    for (uint32_t i = 0; i < n; i++)
        if (kl_question_strays(&s->asked.list.p[i])) truth = for_all(s, i, truth, false);
    for (uint32_t i = 0; i < n; i++)
        if (editions && s->asked.list.p[i].kind == KL_Q_EDITION) truth = for_all(s, i, truth, true);
    for (uint32_t i = 0; i < n; i++) {
        const kl_form *known = truth_form(s, &s->asked.list.p[i]);
        if (!known || known->kind != KL_FORM_KNOWN || s->forms->g->fields.p[known->x].has_otherwise) continue;
        uint32_t field = known->x, all = truth;
        for (uint32_t k = 0; k < n; k++)
            if (k != i && reads(s, &s->asked.list.p[k], field)) all = for_all(s, k, all, true);
        truth = kl_dd_ite(&s->m, answered(s, i, 1, 2), truth, all);
    }
    return truth;
}

/* ------------------------------------------------------------------ the search for a record */
/* The fewest questions from each node to yes; a derived one counts for several. */
static uint32_t least_way(kl_space *s, uint32_t root, uint32_t *cost) {
    kl_dd_list nodes = {0};
    kl_dd_reach(&s->m, root, &nodes);
    for (size_t i = 0; i < nodes.n; i++) {
        kl_dd_node n = s->m.nodes.p[nodes.p[i]];
        const kl_question *q = &s->asked.list.p[s->order.p[n.level]];
        uint32_t least = UINT32_MAX / 2, own = kl_question_tagged(q) ? 4 : 1;
        for (uint32_t k = 0; k < n.runs; k++) {
            uint32_t child = s->m.runs.p[n.first + k].child, c = UINT32_MAX / 2;
            if (kl_dd_is_leaf(child))
                c = child == KL_LEAF_YES ? 0 : c;
            else
                c = cost[child];
            if (c < least) least = c;
        }
        cost[nodes.p[i]] = least + own;
    }
    return (uint32_t)nodes.n;
}

static void way_to_yes(kl_space *s, uint32_t root, kl_fact_list *facts) {
    uint32_t *cost = kl_alloc_array(s->arena, s->m.nodes.n + 1, sizeof *cost);
    least_way(s, root, cost);
    facts->n = 0;
    while (!kl_dd_is_leaf(root)) {
        kl_dd_node n = s->m.nodes.p[root];
        uint32_t best = UINT32_MAX, at = 0, start = 0, end = 0;
        for (uint32_t k = 0; k < n.runs; k++) {
            kl_run run = s->m.runs.p[n.first + k];
            uint32_t c = !kl_dd_is_leaf(run.child) ? cost[run.child] : run.child == KL_LEAF_YES ? 0 : UINT32_MAX / 2;
            uint32_t first = k ? s->m.runs.p[n.first + k - 1].end : 0;
            if (c >= best) continue;
            best = c;
            at = run.child;
            start = first;
            end = run.end;
        }
        kl_fact f = {.question = &s->asked.list.p[s->order.p[n.level]], .first = start, .end = end};
        KL_PUSH(s->arena, facts, f);
        root = at;
    }
}

/* The records with these answers. */
static uint32_t cube(kl_space *s, const kl_fact *facts, size_t n, const bool *only) {
    uint32_t out = KL_LEAF_YES;
    for (size_t i = n; i-- > 0;)
        if (facts[i].question && (!only || only[i]))
            out = kl_dd_and(&s->m, out,
                            answered(s, (uint32_t)(facts[i].question - s->asked.list.p), facts[i].first, facts[i].end));
    return out;
}

kl_found kl_space_find(kl_space *s, uint32_t where, const kl_fact *more, size_t n, bool stated, kl_witness *out,
                       kl_space_trial *trial, void *self) {
    kl_diagram *m = &s->m;
    bool decided = true;
    kl_fact_list facts = {0};
    s->limit_was_searches = s->limit_was_trial = false;
    uint32_t left = kl_dd_and(m, where, s->possible);
    if (stated) left = kl_dd_and(m, left, s->stated);
    while (left != KL_LEAF_NO && !m->full) {
        way_to_yes(s, left, &facts);
        size_t own = facts.n;
        for (size_t i = 0; i < n; i++) KL_PUSH(s->arena, &facts, more[i]);
        bool *core = kl_alloc_array(s->arena, facts.n + 1, sizeof *core), extra = false;
        kl_found found = kl_witness_find(s->witnesses, facts.p, facts.n, stated, out, core);
        if (found == KL_FOUND_RECORD && (!trial || trial(self, out))) return KL_FOUND_RECORD;
        s->limit_was_trial = s->limit_was_trial || found == KL_FOUND_RECORD;
        decided = decided && found == KL_FOUND_NONE;
        for (size_t i = own; i < facts.n; i++) extra = extra || core[i];
        uint32_t gone = cube(s, facts.p, own, found == KL_FOUND_NONE ? core : NULL);
        left = kl_dd_but(m, left, gone);
        if (found == KL_FOUND_NONE && !extra) {
            uint32_t *learnt = stated ? &s->stated : &s->possible;
            *learnt = kl_dd_but(m, *learnt, gone);
        }
        if (++s->searches <= s->effort / 2000) continue;
        s->limit_was_searches = true;
        return KL_NOT_DECIDED;
    }
    return m->full || !decided ? KL_NOT_DECIDED : KL_FOUND_NONE;
}

kl_str kl_space_why(const kl_space *s, kl_surface lang) {
    bool en = lang == KL_EN;
    if (s->m.full)
        return kl_str_fmt(s->arena, en ? "the questions need more than %u steps" : "frågorna kräver mer än %u steg",
                          s->effort);
    if (s->limit_was_searches)
        return kl_str_fmt(s->arena, en ? "more than %u ways were tried" : "mer än %u vägar prövades", s->effort / 2000);
    if (s->limit_was_trial)
        return en ? KL_STR("the records found rest on other outcomes that are themselves open")
                  : KL_STR("de poster som hittades vilar på andra utfall som själva är öppna");
    return kl_witness_why(s->witnesses, lang);
}
