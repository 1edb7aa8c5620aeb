/* solver_form.c - fields, assumptions, conditions and fed outcomes as terms. What reads an error or a blank may come out either way: a record
 * found through it is tried before it is believed. May include: compiler/analyse/solver_terms, candidates.
 * Start at kl_term_truth(), kl_term_number() and outcome_term(). */
#include "compiler/analyse/solver_terms.h"

#include "compiler/analyse/candidates.h"
#include "runtime/klausul.h"

#include <string.h>

/* ------------------------------------------------------------------ small terms */
void kl_term_define(kl_solver *s, Z3_ast holds) {
    KL_PUSH(s->arena, &s->definitions, holds);
    Z3_solver_assert(s->z, s->s, holds);
}

Z3_ast kl_term_int(kl_solver *s, int64_t v) {
    return Z3_mk_int64(s->z, v, Z3_mk_int_sort(s->z));
}

Z3_ast kl_term_and(kl_solver *s, Z3_ast a, Z3_ast b) {
    Z3_ast both[2] = {a, b};
    return Z3_mk_and(s->z, 2, both);
}
Z3_ast kl_term_or(kl_solver *s, Z3_ast a, Z3_ast b) {
    Z3_ast both[2] = {a, b};
    return Z3_mk_or(s->z, 2, both);
}
Z3_ast kl_term_same(kl_solver *s, Z3_ast a, Z3_ast b) {
    return Z3_mk_eq(s->z, a, b);
}

Z3_ast kl_term_between(kl_solver *s, Z3_ast v, int64_t lo, int64_t hi) {
    return lo == hi ? kl_term_same(s, v, kl_term_int(s, lo))
                    : kl_term_and(s, Z3_mk_ge(s->z, v, kl_term_int(s, lo)), Z3_mk_le(s->z, v, kl_term_int(s, hi)));
}

Z3_ast kl_term_fresh(kl_solver *s, const char *name, bool truth) {
    return Z3_mk_fresh_const(s->z, name, truth ? Z3_mk_bool_sort(s->z) : Z3_mk_int_sort(s->z));
}

int64_t kl_term_text(kl_solver *s, kl_str text) {
    for (size_t i = 0; i < s->texts.n; i++)
        if (kl_str_eq(s->texts.p[i], text)) return (int64_t)i;
    KL_PUSH(s->arena, &s->texts, text);
    return (int64_t)s->texts.n - 1;
}

/* ------------------------------------------------------------------ fields: those of another guideline are the first one's by their names */
static const ir_guideline *guideline(const kl_solver *s, uint32_t side) {
    return s->sides.p[side].e->forms->g;
}

static uint32_t counterpart(const kl_solver *s, uint32_t side, uint32_t field) {
    const ir_guideline *g = guideline(s, 0);
    const ir_field *own = &guideline(s, side)->fields.p[field];
    for (uint32_t i = 0; side && i < g->fields.n; i++)
        if (kl_str_eq(g->fields.p[i].name, own->name) && g->fields.p[i].type.kind == own->type.kind &&
            g->fields.p[i].type.decimals == own->type.decimals)
            return i;
    return IR_NONE;
}

static const ir_set *set_of(const kl_solver *s, uint32_t side, uint32_t field) {
    const ir_guideline *g = guideline(s, side);
    return &g->sets.p[g->fields.p[field].type.set];
}

/* The code of the first guideline with the same name, or IR_NONE. */
static uint32_t code_of(const kl_solver *s, uint32_t side, uint32_t field, uint32_t code, uint32_t other) {
    const ir_set *own = set_of(s, side, field), *set = set_of(s, 0, other);
    for (uint32_t i = 0; i < set->values.n; i++)
        if (kl_str_eq(set->values.p[i].name, own->values.p[code].name)) return i;
    return IR_NONE;
}

static void same_codes(kl_solver *s, uint32_t side, uint32_t field, uint32_t other, Z3_ast v) {
    Z3_ast first = kl_term_field(s, 0, other);
    for (uint32_t code = 0; code < set_of(s, side, field)->values.n; code++) {
        uint32_t to = code_of(s, side, field, code, other);
        if (to == IR_NONE) continue;
        Z3_ast here = kl_term_same(s, v, kl_term_int(s, code)), there = kl_term_same(s, first, kl_term_int(s, to));
        kl_term_define(s, Z3_mk_iff(s->z, here, there));
    }
}

/* A field that is not received has its `annars`. */
static void define_default(kl_solver *s, uint32_t side, uint32_t field, Z3_ast is_default) {
    kl_term_define(s, kl_term_or(s, kl_term_known(s, side, field), is_default));
}

Z3_ast kl_term_known(kl_solver *s, uint32_t side, uint32_t field) {
    kl_term_side *x = &s->sides.p[side];
    if (x->known[field]) return x->known[field];
    const ir_field *f = &guideline(s, side)->fields.p[field];
    uint32_t other = counterpart(s, side, field);
    Z3_ast known = f->required || f->key ? Z3_mk_true(s->z)
                   : other != IR_NONE    ? kl_term_known(s, 0, other)
                                         : kl_term_fresh(s, "known", true);
    return s->sides.p[side].known[field] = known;
}

static Z3_ast new_field(kl_solver *s, uint32_t side, uint32_t field, uint32_t other) {
    const ir_field *f = &guideline(s, side)->fields.p[field];
    bool codes = f->type.kind == KL_T_VALUES, truth = f->type.kind == KL_T_BOOL;
    if (other != IR_NONE && !codes) return kl_term_field(s, 0, other);
    Z3_ast v = kl_term_fresh(s, "field", truth);
    int64_t lo, hi;
    kl_field_domain(s->sides.p[side].e->forms, field, &lo, &hi);
    if (codes) hi = (int64_t)set_of(s, side, field)->values.n - 1;
    if (f->type.kind == KL_T_TEXT) lo = 0, hi = INT32_MAX;
    if (!truth) kl_term_define(s, kl_term_between(s, v, lo, hi));
    if (codes && other != IR_NONE) same_codes(s, side, field, other, v);
    return v;
}

Z3_ast kl_term_field(kl_solver *s, uint32_t side, uint32_t field) {
    if (s->sides.p[side].fields[field]) return s->sides.p[side].fields[field];
    const ir_field *f = &guideline(s, side)->fields.p[field];
    Z3_ast v = new_field(s, side, field, counterpart(s, side, field));
    s->sides.p[side].fields[field] = v;
    if (!f->has_otherwise) return v;
    if (f->type.kind == KL_T_BOOL)
        define_default(s, side, field, f->otherwise ? v : Z3_mk_not(s->z, v));
    else
        define_default(
            s, side, field,
            kl_term_same(
                s, v, kl_term_int(s, f->type.kind == KL_T_TEXT ? kl_term_text(s, f->otherwise_text) : f->otherwise)));
    return v;
}

Z3_ast *kl_term_set(kl_solver *s, uint32_t side, uint32_t field) {
    if (s->sides.p[side].codes[field]) return s->sides.p[side].codes[field];
    const ir_field *f = &guideline(s, side)->fields.p[field];
    uint32_t n = (uint32_t)set_of(s, side, field)->values.n, other = counterpart(s, side, field);
    Z3_ast *codes = kl_alloc_array(s->arena, n + 1, sizeof(Z3_ast)), same = Z3_mk_true(s->z);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = other == IR_NONE ? IR_NONE : code_of(s, side, field, i, other);
        codes[i] = to == IR_NONE ? kl_term_fresh(s, "code", true) : kl_term_set(s, 0, other)[to];
        bool in = (uint64_t)f->otherwise >> i & 1;
        same = kl_term_and(s, same, in ? codes[i] : Z3_mk_not(s->z, codes[i]));
    }
    s->sides.p[side].codes[field] = codes;
    if (f->has_otherwise) define_default(s, side, field, same);
    return codes;
}

Z3_ast kl_term_assumption(kl_solver *s, uint32_t side, uint32_t assumption) {
    kl_term_side *x = &s->sides.p[side];
    if (x->assumed[assumption]) return x->assumed[assumption];
    const ir_assumption *a = &guideline(s, side)->assumptions.p[assumption];
    bool truth = a->type.kind == KL_T_BOOL;
    Z3_ast v = kl_term_fresh(s, "assumed", truth);
    x->assumed[assumption] = v;
    int64_t lo = a->type.kind == KL_T_DATE ? KL_DATE_MIN : -KL_NUMBER_MAX,
            hi = a->type.kind == KL_T_DATE ? KL_DATE_MAX : KL_NUMBER_MAX;
    if (a->type.kind == KL_T_VALUES) lo = 0, hi = (int64_t)guideline(s, side)->sets.p[a->type.set].values.n - 1;
    if (a->bounded) lo = a->lo, hi = a->hi;
    if (!truth) kl_term_define(s, kl_term_between(s, v, lo, hi));
    return v;
}

Z3_ast kl_term_edition(kl_solver *s, uint32_t side, uint32_t entry) {
    kl_term_side *x = &s->sides.p[side];
    if (!x->editions[entry]) x->editions[entry] = kl_term_fresh(s, "edition", true);
    return x->editions[entry];
}

/* ------------------------------------------------------------------ conditions */
static Z3_ast state_is(kl_solver *s, kl_term t, int state) {
    if (!t.state) return state == KL_TERM_VALUE ? Z3_mk_true(s->z) : Z3_mk_false(s->z);
    return kl_term_same(s, t.state, kl_term_int(s, state));
}

/* Of a number in a range or a mask: no of none; either of an error, a blank or a conflict. */
static Z3_ast tested(kl_solver *s, kl_term t, Z3_ast holds) {
    if (!t.state) return holds;
    Z3_ast either = kl_term_fresh(s, "either", true);
    return Z3_mk_ite(s->z, state_is(s, t, KL_TERM_VALUE), holds,
                     kl_term_and(s, Z3_mk_not(s->z, state_is(s, t, KL_TERM_NONE)), either));
}

static Z3_ast among(kl_solver *s, Z3_ast v, const uint64_t *words, uint32_t codes) {
    Z3_ast out = Z3_mk_false(s->z);
    for (uint32_t i = 0; i < codes; i++) {
        uint32_t end = i;
        while (end < codes && words[end / 64] >> (end % 64) & 1) end++;
        if (end == i) continue;
        out = kl_term_or(s, out, kl_term_between(s, v, i, (int64_t)end - 1));
        i = end;
    }
    return out;
}

static Z3_ast empty(kl_solver *s, uint32_t side, uint32_t field) {
    Z3_ast *codes = kl_term_set(s, side, field), any = Z3_mk_false(s->z);
    for (uint32_t i = 0; i < set_of(s, side, field)->values.n; i++) any = kl_term_or(s, any, codes[i]);
    return Z3_mk_not(s->z, any);
}

static Z3_ast truth_of(kl_solver *s, uint32_t side, kl_form n) {
    const ir_guideline *g = guideline(s, side);
    switch ((kl_form_kind)n.kind) {
    case KL_FORM_CONST: return n.lo == 2 ? kl_term_fresh(s, "open", true) : n.lo ? Z3_mk_true(s->z) : Z3_mk_false(s->z);
    case KL_FORM_NOT: return Z3_mk_not(s->z, kl_term_truth(s, side, n.a));
    case KL_FORM_AND:
    case KL_FORM_OR: {
        Z3_ast a = kl_term_truth(s, side, n.a), b = kl_term_truth(s, side, n.b);
        return n.kind == KL_FORM_AND ? kl_term_and(s, a, b) : kl_term_or(s, a, b);
    }
    case KL_FORM_FIELD: return kl_term_field(s, side, n.x);
    case KL_FORM_KNOWN: return kl_term_known(s, side, n.x);
    case KL_FORM_ASSUME: return kl_term_assumption(s, side, n.x);
    case KL_FORM_RANGE_FIELD: return kl_term_between(s, kl_term_field(s, side, n.x), n.lo, n.hi);
    case KL_FORM_IN_FIELD:
        return among(s, kl_term_field(s, side, n.x), &g->mask_words.p[n.y], (uint32_t)set_of(s, side, n.x)->values.n);
    case KL_FORM_HAS: return kl_term_set(s, side, n.x)[n.y];
    case KL_FORM_EMPTY: return empty(s, side, n.x);
    case KL_FORM_TEXT:
        return kl_term_same(s, kl_term_field(s, side, n.x), kl_term_int(s, kl_term_text(s, g->texts.p[n.y])));
    case KL_FORM_SAME_TEXT: return kl_term_same(s, kl_term_field(s, side, n.x), kl_term_field(s, side, n.y));
    case KL_FORM_EDITION: return kl_term_edition(s, side, n.x);
    case KL_FORM_RANGE: {
        kl_term t = kl_term_number(s, side, n.a);
        return tested(s, t, kl_term_between(s, t.value, n.lo, n.hi));
    }
    case KL_FORM_IN: {
        kl_term t = kl_term_number(s, side, n.a);
        return tested(s, t, among(s, t.value, &g->mask_words.p[n.y], n.x));
    }
    default: return Z3_mk_false(s->z);
    }
}

/* Forms may be added while terms are made. */
static void make_room(kl_solver *s, uint32_t side) {
    kl_term_side *x = &s->sides.p[side];
    size_t n = x->e->forms->nodes.n;
    if (n <= x->forms) return;
    Z3_ast *truths = kl_alloc_array(s->arena, n * 2, sizeof(Z3_ast));
    kl_term *terms = kl_alloc_array(s->arena, n * 2, sizeof *terms);
    if (x->forms) {
        memcpy(truths, x->truths, x->forms * sizeof(Z3_ast));
        memcpy(terms, x->terms, x->forms * sizeof *terms);
    }
    x->truths = truths;
    x->terms = terms;
    x->forms = n * 2;
}

Z3_ast kl_term_truth(kl_solver *s, uint32_t side, uint32_t form) {
    make_room(s, side);
    if (s->sides.p[side].truths[form]) return s->sides.p[side].truths[form];
    Z3_ast t = truth_of(s, side, *kl_form_at(s->sides.p[side].e->forms, form));
    make_room(s, side);
    return s->sides.p[side].truths[form] = t;
}

/* ------------------------------------------------------------------ results and fed outcomes */
static kl_term in_state(kl_solver *s, int state, int64_t value) {
    return (kl_term){kl_term_int(s, value), kl_term_int(s, state)};
}

static kl_term with_state(kl_solver *s, kl_term t) {
    if (!t.state) t.state = kl_term_int(s, KL_TERM_VALUE);
    return t;
}

static kl_term result_term(kl_solver *s, uint32_t side, uint32_t result) {
    kl_ending r = *kl_result_at(s->sides.p[side].e, result);
    switch (r.kind) {
    case KL_RESULT_CONST: return (kl_term){kl_term_int(s, r.value), NULL};
    case KL_RESULT_NUMBER: return kl_term_number(s, side, (uint32_t)r.value);
    case KL_RESULT_NONE: return in_state(s, KL_TERM_NONE, 0);
    case KL_RESULT_NOT_STATED: return in_state(s, KL_TERM_NOT_STATED, 0);
    case KL_RESULT_EXTERNAL: return in_state(s, KL_TERM_EXTERNAL, r.value);
    case KL_RESULT_CONFLICT: return in_state(s, KL_TERM_CONFLICT, 0);
    case KL_RESULT_ERROR: return in_state(s, KL_TERM_ERROR, 0);
    default: return in_state(s, KL_TERM_UNKNOWN, 0); /* an edition not at hand; texts and sets feed nothing */
    }
}

/* Same state, and value or document where the state has one. */
static Z3_ast same_term(kl_solver *s, kl_term a, kl_term b) {
    Z3_ast values = kl_term_same(s, a.value, b.value);
    if (!a.state && !b.state) return values;
    a = with_state(s, a);
    b = with_state(s, b);
    Z3_ast plain = kl_term_or(s, state_is(s, a, KL_TERM_VALUE), state_is(s, a, KL_TERM_EXTERNAL));
    return kl_term_and(s, kl_term_same(s, a.state, b.state), Z3_mk_implies(s->z, plain, values));
}

static kl_term either_term(kl_solver *s, Z3_ast truth, kl_term yes, kl_term no) {
    kl_term out = {Z3_mk_ite(s->z, truth, yes.value, no.value), NULL};
    if (!yes.state && !no.state) return out;
    yes = with_state(s, yes);
    no = with_state(s, no);
    out.state = Z3_mk_ite(s->z, truth, yes.state, no.state);
    return out;
}

/* Whether a number among the conditions of a form is in a state other than a value and none. */
static Z3_ast strays(kl_solver *s, uint32_t side, uint32_t form, uint8_t *seen, size_t room, Z3_ast so_far) {
    kl_forms *f = s->sides.p[side].e->forms;
    if (form == KL_NO_FORM || (form < room && seen[form])) return so_far;
    if (form < room) seen[form] = 1;
    kl_form n = *kl_form_at(f, form);
    if (n.kind == KL_FORM_RANGE || n.kind == KL_FORM_IN) {
        kl_term t = kl_term_number(s, side, n.a);
        if (!t.state || !(kl_form_span(f, n.a).states & ~KL_CAN_NONE)) return so_far;
        return kl_term_or(s, so_far, Z3_mk_gt(s->z, t.state, kl_term_int(s, KL_TERM_NONE)));
    }
    if (n.kind != KL_FORM_AND && n.kind != KL_FORM_OR && n.kind != KL_FORM_NOT) return so_far;
    so_far = strays(s, side, n.a, seen, room, so_far);
    return strays(s, side, n.b, seen, room, so_far);
}

/* What the outcome comes to, as its decision has it. */
static kl_term outcome_term(kl_solver *s, uint32_t side, uint32_t outcome) {
    kl_endings *e = s->sides.p[side].e;
    kl_forms *f = e->forms;
    const ir_guideline *g = f->g;
    kl_decision d = {.otherwise = 0};
    kl_candidates_single(e, outcome, &d);
    size_t room = f->nodes.n;
    uint8_t *seen = kl_alloc_array(s->arena, room + 1, 1);
    kl_term out = result_term(s, side, d.otherwise);
    Z3_ast *fires = kl_alloc_array(s->arena, d.arms.n + 1, sizeof(Z3_ast)), stray = Z3_mk_false(s->z),
           differ = Z3_mk_false(s->z);
    for (size_t i = d.arms.n; i-- > 0;) {
        const kl_arm *a = &d.arms.p[i];
        fires[i] = kl_term_truth(s, side, a->holds);
        if (a->blocked != KL_NO_FORM)
            fires[i] = kl_term_and(s, fires[i], Z3_mk_not(s->z, kl_term_truth(s, side, a->blocked)));
        out = either_term(s, fires[i], result_term(s, side, a->result), out);
        stray = strays(s, side, a->holds, seen, room, stray);
        stray = strays(s, side, a->blocked, seen, room, stray);
    }
    for (size_t i = 0; i < d.arms.n; i++) {
        Z3_ast same = same_term(s, result_term(s, side, d.arms.p[i].result), out);
        differ = kl_term_or(s, differ, kl_term_and(s, fires[i], Z3_mk_not(s->z, same)));
    }
    out = either_term(s, differ, in_state(s, KL_TERM_CONFLICT, 0), out);
    kl_term other = {kl_term_int(s, 0), kl_term_fresh(s, "state", false)};
    kl_term_define(s, kl_term_between(s, other.state, KL_TERM_NOT_STATED, KL_TERM_ERROR));
    out = either_term(s, kl_term_and(s, stray, kl_term_fresh(s, "stray", true)), other, out);
    kl_term none = in_state(s, KL_TERM_NONE, 0), open = in_state(s, KL_TERM_UNKNOWN, 0);
    Z3_ast scope = g->scope == IR_NONE ? Z3_mk_true(s->z) : kl_term_truth(s, side, kl_form_of(f, g->scope));
    out = either_term(s, scope, out, none);
    Z3_ast after = kl_term_truth(s, side, kl_form_after(f)), before = kl_term_truth(s, side, kl_form_before(f));
    out = either_term(s, after, g->after == KL_BEYOND_UNKNOWN ? open : none, out);
    return either_term(s, before, g->before == KL_BEYOND_UNKNOWN ? open : none, out);
}

/* ------------------------------------------------------------------ numbers */
static kl_term number_of(kl_solver *s, uint32_t side, uint32_t form) {
    kl_forms *f = s->sides.p[side].e->forms;
    kl_form n = *kl_form_at(f, form);
    kl_term none = {NULL, NULL};
    switch ((kl_form_kind)n.kind) {
    case KL_FORM_NUMBER: return (kl_term){kl_term_int(s, n.lo), NULL};
    case KL_FORM_NUMBER_FIELD:
    case KL_FORM_NUMBER_ASSUME: {
        bool field = n.kind == KL_FORM_NUMBER_FIELD;
        Z3_ast v = field ? kl_term_field(s, side, n.x) : kl_term_assumption(s, side, n.x);
        kl_type_kind type = field ? f->g->fields.p[n.x].type.kind : f->g->assumptions.p[n.x].type.kind;
        if (type == KL_T_BOOL) v = Z3_mk_ite(s->z, v, kl_term_int(s, 1), kl_term_int(s, 0));
        return (kl_term){v, NULL};
    }
    case KL_FORM_FEED:
        if (!s->sides.p[side].outcomes[n.x].value) {
            kl_term t = outcome_term(s, side, n.x);
            s->sides.p[side].outcomes[n.x] = t;
        }
        return s->sides.p[side].outcomes[n.x];
    case KL_FORM_LESS_ASSUME:
    case KL_FORM_MOST_ASSUME:
        return kl_term_arithmetic(s, &n, kl_form_span(f, form), kl_term_number(s, side, n.a),
                                  (kl_term){kl_term_assumption(s, side, n.x), NULL});
    default: {
        kl_term a = kl_term_number(s, side, n.a), b = n.b == KL_NO_FORM ? none : kl_term_number(s, side, n.b);
        return kl_term_arithmetic(s, &n, kl_form_span(f, form), a, b);
    }
    }
}

kl_term kl_term_number(kl_solver *s, uint32_t side, uint32_t form) {
    make_room(s, side);
    if (s->sides.p[side].terms[form].value) return s->sides.p[side].terms[form];
    kl_term t = number_of(s, side, form);
    make_room(s, side);
    return s->sides.p[side].terms[form] = t;
}

/* ------------------------------------------------------------------ two results */
static Z3_ast same_set(kl_solver *s, uint32_t side, uint32_t field, const Z3_ast *other, uint64_t mask) {
    Z3_ast *codes = kl_term_set(s, side, field), same = Z3_mk_true(s->z);
    for (uint32_t i = 0; i < set_of(s, side, field)->values.n; i++) {
        bool in = mask >> i & 1;
        same = kl_term_and(s, same,
                           other ? Z3_mk_iff(s->z, codes[i], other[i])
                           : in  ? codes[i]
                                 : Z3_mk_not(s->z, codes[i]));
    }
    return same;
}

Z3_ast kl_term_alike(kl_solver *s, uint32_t side, uint32_t a, uint32_t b) {
    kl_endings *e = s->sides.p[side].e;
    if (kl_result_at(e, a)->kind != KL_RESULT_FIELD) {
        uint32_t swap = a;
        a = b;
        b = swap;
    }
    kl_ending x = *kl_result_at(e, a), y = *kl_result_at(e, b);
    if (x.kind != KL_RESULT_FIELD) return same_term(s, result_term(s, side, a), result_term(s, side, b));
    uint32_t field = (uint32_t)x.value;
    bool set = guideline(s, side)->fields.p[field].type.kind == KL_T_SET;
    if (y.kind == KL_RESULT_FIELD)
        return set ? same_set(s, side, field, kl_term_set(s, side, (uint32_t)y.value), 0)
                   : kl_term_same(s, kl_term_field(s, side, field), kl_term_field(s, side, (uint32_t)y.value));
    if (set && y.kind == KL_RESULT_CONST) return same_set(s, side, field, NULL, (uint64_t)y.value);
    if (!set && y.kind == KL_RESULT_TEXT)
        return kl_term_same(s, kl_term_field(s, side, field), kl_term_int(s, kl_term_text(s, e->texts.p[y.value])));
    return Z3_mk_false(s->z);
}
