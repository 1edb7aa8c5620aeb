/* solver.c - facts to literals, one question to z3, and its model back to a record.
 * May include: compiler/analyse/solver_terms, the limits on input of klausul.h.
 * Start at kl_solver_check(). Each fact stands behind a literal, so that the solver can say which of them exclude each other. */
#include "compiler/analyse/solver_terms.h"

#include "runtime/klausul.h"

#include <string.h>

enum { LITERALS_MOST = 4000 }; /* then the solver starts afresh, with the definitions alone */
/* Days and numbers that a reader takes for ordinary, tried first: 2000-01-01 (1920-01-01 of a day that dates nothing) to 2030-12-31, 0 to a thousand. */
enum { ORDINARY_DAY = 10957, ORDINARY_BIRTH = -18263, ORDINARY_LAST_DAY = 22279, ORDINARY_NUMBER = 1000 };

static void note_error(Z3_context z, Z3_error_code code) {
    (void)z;
    (void)code; /* read with Z3_get_error_code() */
}

kl_solver *kl_solver_new(kl_endings *e) {
    kl_arena *a = e->forms->arena;
    if (!kl_z3_load()) return NULL;
    kl_solver *s = kl_alloc(a, sizeof *s);
    s->arena = a;
    Z3_config c = Z3_mk_config();
    s->z = Z3_mk_context(c);
    Z3_del_config(c);
    Z3_set_error_handler(s->z, note_error);
    s->s = Z3_mk_simple_solver(s->z);
    Z3_solver_inc_ref(s->z, s->s);
    kl_solver_side(s, e);
    return s;
}

void kl_solver_free(kl_solver *s) {
    if (s->model) Z3_model_dec_ref(s->z, s->model);
    Z3_solver_dec_ref(s->z, s->s);
    Z3_del_context(s->z);
}

uint32_t kl_solver_side(kl_solver *s, kl_endings *e) {
    const ir_guideline *g = e->forms->g;
    kl_term_side x = {.e = e};
    x.fields = kl_alloc_array(s->arena, g->fields.n + 1, sizeof(Z3_ast));
    x.codes = kl_alloc_array(s->arena, g->fields.n + 1, sizeof(Z3_ast *));
    x.known = kl_alloc_array(s->arena, g->fields.n + 1, sizeof(Z3_ast));
    x.assumed = kl_alloc_array(s->arena, g->assumptions.n + 1, sizeof(Z3_ast));
    x.editions = kl_alloc_array(s->arena, g->entries.n + 1, sizeof(Z3_ast));
    x.outcomes = kl_alloc_array(s->arena, g->outcomes.n + 1, sizeof *x.outcomes);
    KL_PUSH(s->arena, &s->sides, x);
    return (uint32_t)s->sides.n - 1;
}

/* ------------------------------------------------------------------ facts */
/* The numbers of cells [first, end): the cuts are where cells begin. */
static Z3_ast in_cells(kl_solver *s, const kl_question *q, Z3_ast v, uint32_t first, uint32_t end) {
    Z3_ast out = Z3_mk_true(s->z);
    if (first) out = Z3_mk_ge(s->z, v, kl_term_int(s, q->cuts.p[first - 1]));
    if (end < q->cells) out = kl_term_and(s, out, Z3_mk_lt(s->z, v, kl_term_int(s, q->cuts.p[end - 1])));
    return out;
}

static Z3_ast in_codes(kl_solver *s, const kl_question *q, Z3_ast v, uint32_t first, uint32_t end) {
    Z3_ast out = Z3_mk_false(s->z);
    for (uint32_t code = 0; code < q->codes; code++) {
        uint32_t last = code;
        while (last < q->codes && q->cell_of[last] >= first && q->cell_of[last] < end) last++;
        if (last == code) continue;
        out = kl_term_or(s, out, kl_term_between(s, v, code, (int64_t)last - 1));
        code = last;
    }
    return out;
}

static Z3_ast in_texts(kl_solver *s, uint32_t side, const kl_question *q, uint32_t first, uint32_t end) {
    const ir_guideline *g = s->sides.p[side].e->forms->g;
    Z3_ast v = kl_term_field(s, side, q->source), out = Z3_mk_true(s->z);
    bool other = end == q->cells; /* any other text is among the answers: leave out those that are not */
    if (!other) out = Z3_mk_false(s->z);
    for (uint32_t i = 0; i < q->texts.n; i++) {
        Z3_ast same = kl_term_same(s, v, kl_term_int(s, kl_term_text(s, g->texts.p[q->texts.p[i]])));
        bool in = i >= first && i < end;
        if (other && !in) out = kl_term_and(s, out, Z3_mk_not(s->z, same));
        if (!other && in) out = kl_term_or(s, out, same);
    }
    return out;
}

static Z3_ast in_answers(kl_solver *s, const kl_fact *f) {
    const kl_question *q = f->question;
    uint32_t end = f->end < q->cells ? f->end : q->cells;
    kl_term t = kl_term_number(s, f->side, q->source);
    Z3_ast out = Z3_mk_false(s->z);
    if (f->first < end) {
        out = q->kind == KL_Q_CODES ? in_codes(s, q, t.value, f->first, end) : in_cells(s, q, t.value, f->first, end);
        if (t.state) out = kl_term_and(s, out, kl_term_same(s, t.state, kl_term_int(s, KL_TERM_VALUE)));
    }
    if (!t.state) return out;
    uint32_t none = kl_answer_none(q), other = kl_answer_other(q);
    if ((q->states & KL_CAN_NONE) && f->first <= none && none < f->end)
        out = kl_term_or(s, out, kl_term_same(s, t.state, kl_term_int(s, KL_TERM_NONE)));
    if (kl_question_strays(q) && f->first <= other && other < f->end)
        out = kl_term_or(s, out, Z3_mk_gt(s->z, t.state, kl_term_int(s, KL_TERM_NONE)));
    return out;
}

static Z3_ast yes_or_no(kl_solver *s, Z3_ast truth, const kl_fact *f) {
    if (f->end - f->first > 1) return Z3_mk_true(s->z);
    return f->first == 1 ? truth : Z3_mk_not(s->z, truth);
}

static Z3_ast condition_of(kl_solver *s, const kl_fact *f) {
    const kl_question *q = f->question;
    if (!q) return Z3_mk_not(s->z, kl_term_alike(s, f->side, f->a, f->b));
    switch (q->kind) {
    case KL_Q_TRUTH: return yes_or_no(s, kl_term_truth(s, f->side, q->source), f);
    case KL_Q_EDITION: return yes_or_no(s, kl_term_edition(s, f->side, q->source), f);
    case KL_Q_SAME: return yes_or_no(s, kl_term_alike(s, f->side, q->source, q->other), f);
    case KL_Q_VALUES: return in_codes(s, q, kl_term_field(s, f->side, q->source), f->first, f->end);
    case KL_Q_NUMBER: return in_cells(s, q, kl_term_field(s, f->side, q->source), f->first, f->end);
    case KL_Q_TEXT: return in_texts(s, f->side, q, f->first, f->end);
    case KL_Q_DERIVED:
    case KL_Q_CODES: return in_answers(s, f);
    }
    return Z3_mk_true(s->z);
}

/* The literal that a condition stands behind; a negation or a constant too. */
static Z3_ast literal_of(kl_solver *s, Z3_ast condition) {
    for (size_t i = 0; i < s->given.n; i++)
        if (s->given.p[i] == condition) return s->literals.p[i];
    Z3_ast literal = kl_term_fresh(s, "fact", true);
    Z3_solver_assert(s->z, s->s, Z3_mk_implies(s->z, literal, condition));
    KL_PUSH(s->arena, &s->given, condition);
    KL_PUSH(s->arena, &s->literals, literal);
    return literal;
}

/* Assumptions as the text has them, on every side. */
static Z3_ast as_stated(kl_solver *s) {
    Z3_ast out = Z3_mk_true(s->z);
    for (uint32_t side = 0; side < s->sides.n; side++) {
        const ir_guideline *g = s->sides.p[side].e->forms->g;
        for (uint32_t i = 0; i < g->assumptions.n; i++) {
            const ir_assumption *a = &g->assumptions.p[i];
            Z3_ast v = s->sides.p[side].assumed[i];
            if (!v || !a->has_value) continue;
            Z3_ast same = a->type.kind == KL_T_BOOL ? (a->value ? v : Z3_mk_not(s->z, v))
                                                    : kl_term_same(s, v, kl_term_int(s, a->value));
            out = kl_term_and(s, out, same);
        }
    }
    return out;
}

/* ------------------------------------------------------------------ what is ordinary */
static Z3_ast ordinary(kl_solver *s) {
    const ir_guideline *g = s->sides.p[0].e->forms->g;
    Z3_ast out = Z3_mk_true(s->z);
    for (uint32_t i = 0; i < g->fields.n; i++) {
        Z3_ast v = s->sides.p[0].fields[i];
        kl_type_kind kind = g->fields.p[i].type.kind;
        int64_t unit = 1;
        if (!v || kind == KL_T_BOOL || kind == KL_T_VALUES || kind == KL_T_TEXT) continue;
        for (unsigned k = 0; k < g->fields.p[i].type.decimals; k++) unit *= 10;
        out = kl_term_and(s, out,
                          kind == KL_T_DATE ? kl_term_between(s, v, i == g->dated_by ? ORDINARY_DAY : ORDINARY_BIRTH,
                                                              ORDINARY_LAST_DAY)
                                            : kl_term_between(s, v, 0, ORDINARY_NUMBER * unit));
    }
    return out;
}

static void keep_model(kl_solver *s) {
    Z3_model m = Z3_solver_get_model(s->z, s->s);
    if (!m) return;
    Z3_model_inc_ref(s->z, m);
    if (s->model) Z3_model_dec_ref(s->z, s->model);
    s->model = m;
}

/* ------------------------------------------------------------------ the question */
static void start_afresh(kl_solver *s) {
    Z3_solver_reset(s->z, s->s);
    s->given.n = s->literals.n = 0;
    for (size_t i = 0; i < s->definitions.n; i++) Z3_solver_assert(s->z, s->s, s->definitions.p[i]);
}

static void set_effort(kl_solver *s, uint32_t effort) {
    Z3_params p = Z3_mk_params(s->z);
    Z3_params_inc_ref(s->z, p);
    Z3_params_set_uint(s->z, p, Z3_mk_string_symbol(s->z, "rlimit"), effort);
    Z3_solver_set_params(s->z, s->s, p);
    Z3_params_dec_ref(s->z, p);
}

static void read_core(kl_solver *s, const Z3_ast *literals, size_t n, bool *core) {
    Z3_ast_vector v = Z3_solver_get_unsat_core(s->z, s->s);
    Z3_ast_vector_inc_ref(s->z, v);
    memset(core, 0, n * sizeof *core);
    for (unsigned i = 0; i < Z3_ast_vector_size(s->z, v); i++)
        for (size_t k = 0; k < n; k++)
            if (literals[k] == Z3_ast_vector_get(s->z, v, i)) core[k] = true;
    Z3_ast_vector_dec_ref(s->z, v);
}

/* Among the facts `n` literals stand for; `more` of them further conditions, which may be in the core too. */
static kl_found ask(kl_solver *s, Z3_ast *literals, size_t n, size_t more, uint32_t effort, bool *core) {
    bool *named = kl_alloc_array(s->arena, n + more + 1, sizeof *named);
    set_effort(s, effort);
    Z3_lbool found = Z3_solver_check_assumptions(s->z, s->s, (unsigned)(n + more), literals);
    if (found == Z3_L_UNDEF || Z3_get_error_code(s->z) != Z3_OK) return KL_NOT_DECIDED;
    if (found == Z3_L_TRUE) {
        keep_model(s);
        return KL_FOUND_RECORD;
    }
    read_core(s, literals, n + more, named);
    if (core) memcpy(core, named, (n + more) * sizeof *core);
    return KL_FOUND_NONE;
}

/* First among ordinary values, where a record is soon found and reads well. That there is none of them proves something only if it does not
 * rest on their being ordinary. */
kl_found kl_solver_check(kl_solver *s, const kl_fact *facts, size_t n, bool stated, uint32_t effort, bool *core) {
    Z3_ast *literals = kl_alloc_array(s->arena, n + 3, sizeof(Z3_ast));
    bool *named = kl_alloc_array(s->arena, n + 3, sizeof *named);
    if (s->given.n > LITERALS_MOST) start_afresh(s);
    for (size_t i = 0; i < n; i++) literals[i] = literal_of(s, condition_of(s, &facts[i]));
    size_t more = 0;
    if (stated) literals[n + more++] = literal_of(s, as_stated(s));
    literals[n + more] = literal_of(s, ordinary(s));
    kl_found found = ask(s, literals, n, more + 1, effort, named);
    if (found == KL_NOT_DECIDED || (found == KL_FOUND_NONE && named[n + more]))
        found = ask(s, literals, n, more, effort, named);
    if (found == KL_FOUND_NONE && core) memcpy(core, named, n * sizeof *core);
    return found;
}

/* ------------------------------------------------------------------ the record */
static bool value_of(kl_solver *s, Z3_ast term, int64_t *out) {
    Z3_ast v = NULL;
    if (!term || !s->model || !Z3_model_eval(s->z, s->model, term, false, &v) || !v) return false;
    Z3_lbool truth = Z3_get_bool_value(s->z, v);
    if (truth != Z3_L_UNDEF) {
        *out = truth == Z3_L_TRUE;
        return true;
    }
    return Z3_get_ast_kind(s->z, v) == Z3_NUMERAL_AST && Z3_get_numeral_int64(s->z, v, out);
}

static bool set_value(kl_solver *s, uint32_t field, uint64_t *out) {
    const ir_guideline *g = s->sides.p[0].e->forms->g;
    Z3_ast *codes = s->sides.p[0].codes[field];
    bool any = false;
    *out = 0;
    for (uint32_t i = 0; codes && i < g->sets.p[g->fields.p[field].type.set].values.n; i++) {
        int64_t in = 0;
        any = value_of(s, codes[i], &in) || any;
        *out |= (uint64_t)in << i;
    }
    return any;
}

static void text_value(kl_solver *s, int64_t v, kl_datum *d) {
    if (v >= 0 && v < (int64_t)s->texts.n)
        d->text = s->texts.p[v];
    else
        d->text = kl_str_fmt(s->arena, "#%lld", (long long)v);
}

void kl_solver_record(kl_solver *s, kl_witness *out) {
    const ir_guideline *g = s->sides.p[0].e->forms->g;
    for (uint32_t i = 0; i < g->fields.n; i++) {
        kl_datum *d = &out->fields[i];
        int64_t known = 1;
        bool set = g->fields.p[i].type.kind == KL_T_SET;
        if (d->state != KL_DATUM_ANY) continue;
        value_of(s, s->sides.p[0].known[i], &known);
        if (!known) {
            d->state = KL_DATUM_UNKNOWN;
            continue;
        }
        if (set ? !set_value(s, i, &d->set) : !value_of(s, s->sides.p[0].fields[i], &d->number)) continue;
        d->state = KL_DATUM_VALUE;
        if (g->fields.p[i].type.kind == KL_T_TEXT) text_value(s, d->number, d);
    }
    for (uint32_t i = 0; i < g->assumptions.n; i++) {
        kl_datum *d = &out->assumptions[i];
        if (d->state == KL_DATUM_ANY && value_of(s, s->sides.p[0].assumed[i], &d->number)) d->state = KL_DATUM_VALUE;
    }
}
