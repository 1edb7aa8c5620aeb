/* solver_number.c - arithmetic and the calendar as terms: what runtime/arith.c and runtime/dates.c compute, said once more for the solver.
 * May include: compiler/analyse/solver_terms, the limits on input of klausul.h.
 * Start at kl_term_arithmetic(). */
#include "compiler/analyse/solver_terms.h"

#include "runtime/arith.h"
#include "runtime/klausul.h"

static Z3_ast plus(kl_solver *s, Z3_ast a, Z3_ast b) {
    Z3_ast both[2] = {a, b};
    return Z3_mk_add(s->z, 2, both);
}
static Z3_ast minus(kl_solver *s, Z3_ast a, Z3_ast b) {
    Z3_ast both[2] = {a, b};
    return Z3_mk_sub(s->z, 2, both);
}
static Z3_ast times(kl_solver *s, Z3_ast a, Z3_ast b) {
    Z3_ast both[2] = {a, b};
    return Z3_mk_mul(s->z, 2, both);
}
static Z3_ast one_if(kl_solver *s, Z3_ast truth) {
    return Z3_mk_ite(s->z, truth, kl_term_int(s, 1), kl_term_int(s, 0));
}
static Z3_ast negative(kl_solver *s, Z3_ast a) {
    return Z3_mk_lt(s->z, a, kl_term_int(s, 0));
}
static Z3_ast size_of(kl_solver *s, Z3_ast a) {
    return Z3_mk_ite(s->z, negative(s, a), Z3_mk_unary_minus(s->z, a), a);
}

/* a / b to a whole number, as kl_divide(): on sizes, then the sign. */
static Z3_ast divided(kl_solver *s, Z3_ast a, Z3_ast b, kl_rounding way) {
    Z3_ast up = size_of(s, a), down = size_of(s, b);
    Z3_ast whole = Z3_mk_div(s->z, up, down), rest = Z3_mk_mod(s->z, up, down), more;
    Z3_ast twice = times(s, kl_term_int(s, 2), rest);
    switch (way) {
    case KL_ROUNDING_UP: more = Z3_mk_gt(s->z, rest, kl_term_int(s, 0)); break;
    case KL_ROUNDING_HALF_UP: more = Z3_mk_ge(s->z, twice, down); break;
    case KL_ROUNDING_HALF_EVEN: {
        Z3_ast odd = kl_term_same(s, Z3_mk_mod(s->z, whole, kl_term_int(s, 2)), kl_term_int(s, 1));
        more = kl_term_or(s, Z3_mk_gt(s->z, twice, down), kl_term_and(s, kl_term_same(s, twice, down), odd));
        break;
    }
    case KL_ROUNDING_DOWN:
    default: more = Z3_mk_false(s->z); break;
    }
    Z3_ast size = plus(s, whole, one_if(s, more));
    Z3_ast below = Z3_mk_xor(s->z, negative(s, a), negative(s, b));
    return Z3_mk_ite(s->z, below, Z3_mk_unary_minus(s->z, size), size);
}

/* ------------------------------------------------------------------ the calendar */
/* Days before a month, in a year that begins in March. */
static Z3_ast days_before(kl_solver *s, Z3_ast month) {
    Z3_ast out = kl_term_int(s, 306);
    for (int m = 12; m >= 2; m--) {
        int of = m > 2 ? m - 3 : m + 9;
        out = Z3_mk_ite(s->z, kl_term_same(s, month, kl_term_int(s, m)), kl_term_int(s, (153 * of + 2) / 5), out);
    }
    return out;
}

static Z3_ast every(kl_solver *s, Z3_ast year, int n) {
    return Z3_mk_div(s->z, year, kl_term_int(s, n));
}
static Z3_ast falls_on(kl_solver *s, Z3_ast year, int n) {
    return kl_term_same(s, Z3_mk_mod(s->z, year, kl_term_int(s, n)), kl_term_int(s, 0));
}

static Z3_ast last_of_month(kl_solver *s, Z3_ast year, Z3_ast month) {
    static const int short_months[] = {4, 6, 9, 11};
    Z3_ast leap = kl_term_and(s, falls_on(s, year, 4),
                              kl_term_or(s, Z3_mk_not(s->z, falls_on(s, year, 100)), falls_on(s, year, 400)));
    Z3_ast out = kl_term_int(s, 31);
    for (int i = 0; i < 4; i++)
        out = Z3_mk_ite(s->z, kl_term_same(s, month, kl_term_int(s, short_months[i])), kl_term_int(s, 30), out);
    return Z3_mk_ite(s->z, kl_term_same(s, month, kl_term_int(s, 2)), plus(s, kl_term_int(s, 28), one_if(s, leap)),
                     out);
}

/* Year, month and day of the month: unknowns tied to the day by how days are counted. */
static kl_term_parts parts_of(kl_solver *s, Z3_ast day) {
    for (size_t i = 0; i < s->parts.n; i++)
        if (s->parts.p[i].day == day) return s->parts.p[i];
    kl_term_parts p = {day, kl_term_fresh(s, "year", false), kl_term_fresh(s, "month", false),
                       kl_term_fresh(s, "day", false)};
    Z3_ast early = Z3_mk_le(s->z, p.month, kl_term_int(s, 2));
    Z3_ast march = minus(s, p.year, one_if(s, early));
    Z3_ast n = times(s, kl_term_int(s, 365), march);
    n = plus(s, n, minus(s, every(s, march, 4), every(s, march, 100)));
    n = plus(s, n, plus(s, every(s, march, 400), days_before(s, p.month)));
    n = plus(s, n, minus(s, p.of_month, kl_term_int(s, 719468 + 1)));
    kl_term_define(s, kl_term_between(s, p.year, 1, 9999));
    kl_term_define(s, kl_term_between(s, p.month, 1, 12));
    kl_term_define(s, Z3_mk_ge(s->z, p.of_month, kl_term_int(s, 1)));
    kl_term_define(s, Z3_mk_le(s->z, p.of_month, last_of_month(s, p.year, p.month)));
    kl_term_define(s, Z3_mk_implies(s->z, kl_term_between(s, day, KL_DATE_MIN, KL_DATE_MAX), kl_term_same(s, n, day)));
    KL_PUSH(s->arena, &s->parts, p);
    return p;
}

/* Whole months from the earlier to the later. */
static Z3_ast months_to(kl_solver *s, kl_term_parts from, kl_term_parts to) {
    Z3_ast years = times(s, kl_term_int(s, 12), minus(s, to.year, from.year));
    Z3_ast months = plus(s, years, minus(s, to.month, from.month));
    return minus(s, months, one_if(s, Z3_mk_lt(s->z, to.of_month, from.of_month)));
}

/* What follows from months about days, said outright so that the solver need not look for it in the calendar: 4,800 months have 146,097
 * days, and no number of months is further than SLACK days from that measure. */
static void measure(kl_solver *s, Z3_ast months, Z3_ast days) {
    enum { MONTHS = 4800, DAYS = 146097, SLACK = 8 };
    Z3_ast scaled = times(s, kl_term_int(s, MONTHS), days), least = times(s, kl_term_int(s, DAYS), months);
    Z3_ast slack = kl_term_int(s, MONTHS * SLACK), next = plus(s, least, kl_term_int(s, DAYS));
    Z3_ast low = Z3_mk_ge(s->z, plus(s, scaled, slack), least), high = Z3_mk_le(s->z, minus(s, scaled, slack), next);
    Z3_ast in_order = Z3_mk_ge(s->z, days, kl_term_int(s, 0));
    kl_term_define(s, Z3_mk_implies(s->z, in_order, kl_term_and(s, low, high)));
    kl_term_define(s, Z3_mk_implies(s->z, in_order, Z3_mk_ge(s->z, months, kl_term_int(s, 0))));
}

/* An unknown of its own, the same for both ways round but for its sign, tied to the parts of the two days. */
static Z3_ast months_between(kl_solver *s, Z3_ast a, Z3_ast b) {
    if (a == b) return kl_term_int(s, 0);
    for (size_t i = 0; i < s->spans.n; i++) {
        const kl_term_span *p = &s->spans.p[i];
        if (p->a == a && p->b == b) return p->months;
        if (p->a == b && p->b == a) return Z3_mk_unary_minus(s->z, p->months);
    }
    kl_term_parts x = parts_of(s, a), y = parts_of(s, b);
    Z3_ast months = kl_term_fresh(s, "months", false), days = minus(s, b, a);
    Z3_ast dates = kl_term_and(s, kl_term_between(s, a, KL_DATE_MIN, KL_DATE_MAX),
                               kl_term_between(s, b, KL_DATE_MIN, KL_DATE_MAX));
    Z3_ast exact =
        Z3_mk_ite(s->z, Z3_mk_le(s->z, a, b), months_to(s, x, y), Z3_mk_unary_minus(s->z, months_to(s, y, x)));
    kl_term_define(s, Z3_mk_implies(s->z, dates, kl_term_same(s, months, exact)));
    measure(s, months, days);
    measure(s, Z3_mk_unary_minus(s->z, months), minus(s, a, b));
    KL_PUSH(s->arena, &s->spans, ((kl_term_span){a, b, months}));
    return months;
}

/* ------------------------------------------------------------------ the operations */
static Z3_ast fits(kl_solver *s, Z3_ast v) {
    return kl_term_between(s, v, INT64_MIN, INT64_MAX);
}

static Z3_ast of_days(kl_solver *s, Z3_ast a, Z3_ast b) {
    return kl_term_and(s, kl_term_between(s, a, KL_DATE_MIN, KL_DATE_MAX),
                       kl_term_between(s, b, KL_DATE_MIN, KL_DATE_MAX));
}

static Z3_ast choose(kl_solver *s, Z3_ast truth, Z3_ast a, Z3_ast b) {
    return Z3_mk_ite(s->z, truth, a, b);
}

/* The value, and when there is one: NULL when always. */
static Z3_ast operate(kl_solver *s, const kl_form *n, Z3_ast a, Z3_ast b, Z3_ast *exists) {
    kl_rounding way = (kl_rounding)n->round;
    Z3_ast scaled;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_ADD: return plus(s, a, b);
    case KL_FORM_SUB: return minus(s, a, b);
    case KL_FORM_MUL: return times(s, a, b);
    case KL_FORM_NEG: return Z3_mk_unary_minus(s->z, a);
    case KL_FORM_MIN: return choose(s, Z3_mk_le(s->z, a, b), a, b);
    case KL_FORM_MAX: return choose(s, Z3_mk_ge(s->z, a, b), a, b);
    case KL_FORM_ROUND: return times(s, divided(s, a, kl_term_int(s, n->lo), way), kl_term_int(s, n->lo));
    case KL_FORM_RESCALE: return divided(s, a, kl_term_int(s, n->lo), way);
    case KL_FORM_DIV:
        scaled = times(s, a, kl_term_int(s, n->lo));
        *exists = kl_term_and(s, fits(s, scaled), Z3_mk_not(s->z, kl_term_same(s, b, kl_term_int(s, 0))));
        return divided(s, scaled, b, way);
    case KL_FORM_MONTHS: *exists = of_days(s, a, b); return months_between(s, a, b);
    case KL_FORM_YEARS:
        *exists = of_days(s, a, b);
        return divided(s, months_between(s, a, b), kl_term_int(s, 12), KL_ROUNDING_DOWN);
    case KL_FORM_LESS_ASSUME: return one_if(s, Z3_mk_lt(s->z, a, b));
    case KL_FORM_MOST_ASSUME: return one_if(s, Z3_mk_le(s->z, a, b));
    default: /* COMPARE */ return choose(s, Z3_mk_lt(s->z, a, b), kl_term_int(s, -1), one_if(s, Z3_mk_gt(s->z, a, b)));
    }
}

kl_term kl_term_arithmetic(kl_solver *s, const kl_form *n, kl_span64 span, kl_term a, kl_term b) {
    Z3_ast exists = NULL, worst = a.state ? a.state : b.state;
    kl_term out = {operate(s, n, a.value, b.value, &exists), NULL};
    if (a.state && b.state) worst = choose(s, Z3_mk_ge(s->z, a.state, b.state), a.state, b.state);
    bool overflows = span.lo == INT64_MIN || span.hi == INT64_MAX;
    if (overflows) exists = exists ? kl_term_and(s, exists, fits(s, out.value)) : fits(s, out.value);
    if (!(span.states & KL_CAN_ERROR)) exists = NULL;
    out.state = worst;
    if (!exists) return out;
    Z3_ast value = kl_term_int(s, KL_TERM_VALUE), error = kl_term_int(s, KL_TERM_ERROR);
    Z3_ast own = choose(s, exists, value, error);
    out.state = worst ? choose(s, kl_term_same(s, worst, value), own, worst) : own;
    return out;
}
