/* bounds.c - interval analysis: the values and states that a number can take, so that no question is asked about what cannot be.
 * May include: compiler/analyse/form; the limits on input of klausul.h.
 * Start at kl_form_span(). */
#include "compiler/analyse/form.h"

#include "runtime/klausul.h"

static const kl_span64 ANY = {INT64_MIN, INT64_MAX, 0, false, KL_NO_FORM};

static void type_domain(kl_type_kind type, int64_t *lo, int64_t *hi) {
    *lo = type == KL_T_DATE ? KL_DATE_MIN : -KL_NUMBER_MAX;
    *hi = type == KL_T_DATE ? KL_DATE_MAX : KL_NUMBER_MAX;
    if (type == KL_T_BOOL || type == KL_T_VALUES) *lo = 0;
    if (type == KL_T_BOOL) *hi = 1;
}

void kl_field_domain(const kl_forms *f, uint32_t field, int64_t *lo, int64_t *hi) {
    type_domain(f->g->fields.p[field].type.kind, lo, hi);
}

static void assumption_domain(const kl_forms *f, uint32_t assumption, int64_t *lo, int64_t *hi) {
    const ir_assumption *s = &f->g->assumptions.p[assumption];
    type_domain(s->type.kind, lo, hi);
    if (s->bounded) {
        *lo = s->lo;
        *hi = s->hi;
    }
}

void kl_form_domain(const kl_forms *f, uint32_t number, int64_t *lo, int64_t *hi) {
    const kl_form *n = kl_form_at(f, number);
    *lo = INT64_MIN;
    *hi = INT64_MAX;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_NUMBER_FIELD: kl_field_domain(f, n->x, lo, hi); break;
    case KL_FORM_NUMBER_ASSUME: assumption_domain(f, n->x, lo, hi); break;
    case KL_FORM_COMPARE:
        *lo = -1;
        *hi = 1;
        break;
    case KL_FORM_FEED: {
        kl_type_kind type = f->g->outcomes.p[n->x].type.kind;
        if (type == KL_T_BOOL) {
            *lo = 0;
            *hi = 1;
        }
        break;
    }
    case KL_FORM_LESS_ASSUME:
    case KL_FORM_MOST_ASSUME:
        *lo = 0;
        *hi = 1;
        break;
    default: break;
    }
}

/* The span of results that lie in lo..hi, which may leave 64 bits. */
static kl_span64 within(kl_span64 s, __int128 lo, __int128 hi) {
    if (lo < INT64_MIN || hi > INT64_MAX) s.states |= KL_CAN_ERROR;
    s.lo = lo < INT64_MIN ? INT64_MIN : lo > INT64_MAX ? INT64_MAX : (int64_t)lo;
    s.hi = hi > INT64_MAX ? INT64_MAX : hi < INT64_MIN ? INT64_MIN : (int64_t)hi;
    return s;
}

static kl_span64 product(kl_span64 s, kl_span64 a, kl_span64 b) {
    __int128 v[4] = {(__int128)a.lo * b.lo, (__int128)a.lo * b.hi, (__int128)a.hi * b.lo, (__int128)a.hi * b.hi};
    __int128 lo = v[0], hi = v[0];
    for (int i = 1; i < 4; i++) {
        lo = v[i] < lo ? v[i] : lo;
        hi = v[i] > hi ? v[i] : hi;
    }
    return within(s, lo, hi);
}

static kl_span64 sum(kl_span64 s, const kl_form *n, kl_span64 a, kl_span64 b) {
    __int128 low = a.lo, high = a.hi, largest;
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_ADD: return within(s, low + b.lo, high + b.hi);
    case KL_FORM_SUB: return within(s, low - b.hi, high - b.lo);
    case KL_FORM_NEG: return within(s, -high, -low);
    case KL_FORM_MUL: return product(s, a, b);
    case KL_FORM_DIV: /* the numerator must fit; a divisor is at least 1 in size */
        s = product(s, a, (kl_span64){.lo = n->lo, .hi = n->lo});
        if (b.lo <= 0 && b.hi >= 0) s.states |= KL_CAN_ERROR;
        largest = -(__int128)s.lo > s.hi ? -(__int128)s.lo : s.hi;
        return within(s, -largest, largest);
    case KL_FORM_ROUND: return within(s, low - n->lo, high + n->lo);
    case KL_FORM_RESCALE: return within(s, low / n->lo - 1, high / n->lo + 1);
    case KL_FORM_MIN: return within(s, a.lo < b.lo ? a.lo : b.lo, a.hi < b.hi ? a.hi : b.hi);
    case KL_FORM_MAX: return within(s, a.lo > b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi);
    case KL_FORM_YEARS:
    case KL_FORM_MONTHS: /* of two dates; of what is no date (a sum past the calendar) an error */
        if (a.lo < KL_DATE_MIN || a.hi > KL_DATE_MAX || b.lo < KL_DATE_MIN || b.hi > KL_DATE_MAX)
            s.states |= KL_CAN_ERROR;
        return within(s, -119988, 119988);
    default: return s;
    }
}

static kl_span64 span_of(kl_forms *f, const kl_form n) {
    kl_span64 s = ANY, a, b;
    switch ((kl_form_kind)n.kind) {
    case KL_FORM_NUMBER: s.lo = s.hi = n.lo; return s;
    case KL_FORM_NUMBER_FIELD: kl_field_domain(f, n.x, &s.lo, &s.hi); return s;
    case KL_FORM_NUMBER_ASSUME: assumption_domain(f, n.x, &s.lo, &s.hi); return s;
    case KL_FORM_FEED: return f->fed[n.x];
    default: break;
    }
    a = kl_form_span(f, n.a);
    b = n.b == KL_NO_FORM ? a : kl_form_span(f, n.b);
    s.states = a.states | b.states;
    s.may_be_none = a.may_be_none || b.may_be_none;
    s.document = a.states & KL_CAN_EXTERNAL ? a.document : KL_NO_FORM;
    if (b.states & KL_CAN_EXTERNAL)
        s.document = !(a.states & KL_CAN_EXTERNAL) || a.document == b.document ? b.document : KL_NO_FORM;
    switch ((kl_form_kind)n.kind) {
    case KL_FORM_COMPARE: return within(s, -1, 1);
    case KL_FORM_LESS_ASSUME:
    case KL_FORM_MOST_ASSUME: return within(s, 0, 1);
    default: return sum(s, &n, a, b);
    }
}

kl_span64 kl_form_span(kl_forms *f, uint32_t number) {
    while (f->spans.n < f->nodes.n) {
        KL_PUSH(f->arena, &f->spans, ANY);
        KL_PUSH(f->arena, &f->span_known, 0);
    }
    if (!f->span_known.p[number]) {
        kl_span64 s = span_of(f, *kl_form_at(f, number));
        f->spans.p[number] = s;
        f->span_known.p[number] = 1;
    }
    return f->spans.p[number];
}
