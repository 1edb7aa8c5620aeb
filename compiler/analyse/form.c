/* form.c - the intermediate form's nodes as forms: clauses expanded, periods spelled out, comparisons put in one way, constants folded.
 * May include: compiler/analyse/form, the runtime's arithmetic and calendar.
 * Start at kl_form_of(). What is simplified holds in Kleene's logic too, so planes and diagrams share the forms. */
#include "compiler/analyse/form.h"

#include <string.h>

#include "runtime/arith.h"
#include "runtime/dates.h"

/* ------------------------------------------------------------------ the pool */
static uint64_t mix(uint64_t h, uint64_t v) {
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

static size_t hash_of(const kl_form *n) {
    uint64_t h = mix(mix(0, n->kind), n->round);
    h = mix(mix(h, n->a), n->b);
    h = mix(mix(h, n->x), n->y);
    return (size_t)mix(mix(h, (uint64_t)n->lo), (uint64_t)n->hi);
}

static bool same(const kl_form *m, const kl_form *n) {
    return m->kind == n->kind && m->round == n->round && m->a == n->a && m->b == n->b && m->x == n->x && m->y == n->y &&
           m->lo == n->lo && m->hi == n->hi;
}

static void grow(kl_forms *f) {
    f->cap = f->cap ? f->cap * 2 : 1024;
    f->table = kl_alloc_array(f->arena, f->cap, sizeof *f->table);
    for (size_t i = 0; i < f->nodes.n; i++) {
        size_t at = hash_of(&f->nodes.p[i]) & (f->cap - 1);
        while (f->table[at]) at = (at + 1) & (f->cap - 1);
        f->table[at] = (uint32_t)i + 1;
    }
}

static uint32_t intern(kl_forms *f, kl_form n) {
    if ((f->nodes.n + 1) * 2 > f->cap) grow(f);
    n.place = f->place;
    size_t at = hash_of(&n) & (f->cap - 1);
    for (; f->table[at]; at = (at + 1) & (f->cap - 1)) {
        kl_form *m = &f->nodes.p[f->table[at] - 1];
        if (!same(m, &n)) continue;
        if (n.place < m->place) m->place = n.place;
        return f->table[at] - 1;
    }
    f->table[at] = (uint32_t)f->nodes.n + 1;
    KL_PUSH(f->arena, &f->nodes, n);
    return (uint32_t)f->nodes.n - 1;
}

static kl_form blank(kl_form_kind kind) {
    return (kl_form){.kind = (uint8_t)kind, .a = KL_NO_FORM, .b = KL_NO_FORM};
}

/* ------------------------------------------------------------------ truth */
uint32_t kl_form_const(kl_forms *f, int value) {
    kl_form n = blank(KL_FORM_CONST);
    n.lo = value;
    return intern(f, n);
}

static int always(const kl_forms *f, uint32_t a) { /* 0, 1, 2, or -1: it depends */
    const kl_form *n = kl_form_at(f, a);
    return n->kind == KL_FORM_CONST ? (int)n->lo : -1;
}

uint32_t kl_form_not(kl_forms *f, uint32_t a) {
    int v = always(f, a);
    if (v >= 0) return kl_form_const(f, v == 2 ? 2 : !v);
    if (kl_form_at(f, a)->kind == KL_FORM_NOT) return kl_form_at(f, a)->a;
    kl_form n = blank(KL_FORM_NOT);
    n.a = a;
    return intern(f, n);
}

static uint32_t join(kl_forms *f, kl_form_kind kind, uint32_t a, uint32_t b) {
    int settles = kind == KL_FORM_OR, x = always(f, a), y = always(f, b);
    if (x == settles || y == settles) return kl_form_const(f, settles);
    if (x == !settles || a == b) return b;
    if (y == !settles) return a;
    kl_form n = blank(kind);
    n.a = a < b ? a : b;
    n.b = a < b ? b : a;
    return intern(f, n);
}

uint32_t kl_form_and(kl_forms *f, uint32_t a, uint32_t b) {
    return join(f, KL_FORM_AND, a, b);
}
uint32_t kl_form_or(kl_forms *f, uint32_t a, uint32_t b) {
    return join(f, KL_FORM_OR, a, b);
}

static uint32_t leaf(kl_forms *f, kl_form_kind kind, uint32_t x, uint32_t y) {
    kl_form n = blank(kind);
    n.x = x;
    n.y = y;
    return intern(f, n);
}

uint32_t kl_edition_entry(const kl_forms *f, uint32_t entry) {
    const ir_entry *e = &f->g->entries.p[entry];
    return e->kind == IR_E_ROW && e->parent != IR_NONE ? e->parent : entry;
}

uint32_t kl_form_edition(kl_forms *f, uint32_t entry) {
    return leaf(f, KL_FORM_EDITION, kl_edition_entry(f, entry), 0);
}

static const kl_span64 WHOLE = {INT64_MIN, INT64_MAX, 0, false, KL_NO_FORM};

static uint32_t range(kl_forms *f, uint32_t a, int64_t lo, int64_t hi) {
    const kl_form *n = kl_form_at(f, a);
    if (n->kind == KL_FORM_NUMBER) return kl_form_const(f, n->lo >= lo && n->lo <= hi);
    kl_form r = blank(KL_FORM_RANGE);
    if (n->kind == KL_FORM_NUMBER_FIELD) {
        kl_type_kind type = f->g->fields.p[n->x].type.kind;
        if (type == KL_T_BOOL || type == KL_T_VALUES) {
            r.a = a; /* a yes/no or a code as a number: a question of its own */
        } else {
            r.kind = KL_FORM_RANGE_FIELD;
            r.x = n->x;
        }
    } else {
        r.a = a;
    }
    r.lo = lo;
    r.hi = hi;
    return intern(f, r);
}

static uint32_t in_mask(kl_forms *f, uint32_t a, uint32_t set, uint32_t mask) {
    const kl_form *n = kl_form_at(f, a);
    if (n->kind == KL_FORM_NUMBER) {
        uint64_t word = f->g->mask_words.p[mask + (size_t)(n->lo / 64)];
        return kl_form_const(f, (int)(word >> (n->lo % 64) & 1));
    }
    if (n->kind == KL_FORM_NUMBER_FIELD) return leaf(f, KL_FORM_IN_FIELD, n->x, mask);
    kl_form r = blank(KL_FORM_IN);
    r.a = a;
    r.x = (uint32_t)f->g->sets.p[set].values.n;
    r.y = mask;
    return intern(f, r);
}

/* a against b, each way of comparing a range of the three-way question, so that both sides and all ways share it. */
static uint32_t compare_forms(kl_forms *f, uint32_t a, uint32_t b) {
    kl_form n = blank(KL_FORM_COMPARE);
    n.a = a;
    n.b = b;
    return intern(f, n);
}

static const struct {
    int lo, hi;
} WAYS[] = {
    [KL_EQ] = {0, 0}, [KL_NE] = {0, 0}, [KL_LT] = {-1, -1}, [KL_LE] = {-1, 0}, [KL_GT] = {1, 1}, [KL_GE] = {0, 1}};

/* a against an assumption with bounds: two yes/no questions that are decided where all values within the bounds agree. */
static uint32_t compare_assumed(kl_forms *f, uint32_t a, kl_compare way, uint32_t assumption) {
    kl_form n = blank(KL_FORM_LESS_ASSUME);
    n.a = a;
    n.x = assumption;
    uint32_t less = intern(f, n);
    n.kind = KL_FORM_MOST_ASSUME;
    uint32_t most = intern(f, n);
    uint32_t is_less = range(f, less, 1, 1), not_less = range(f, less, 0, 0);
    uint32_t is_most = range(f, most, 1, 1), not_most = range(f, most, 0, 0);
    uint32_t more = kl_form_and(f, not_less, not_most);
    switch (way) {
    case KL_LT: return is_less;
    case KL_GE: return not_less;
    case KL_LE: return kl_form_or(f, is_less, is_most);
    case KL_GT: return more;
    case KL_EQ: return kl_form_and(f, not_less, is_most);
    case KL_NE: return kl_form_or(f, is_less, more);
    }
    return kl_form_const(f, 2);
}

static kl_compare mirrored(kl_compare way) {
    switch (way) {
    case KL_LT: return KL_GT;
    case KL_LE: return KL_GE;
    case KL_GT: return KL_LT;
    case KL_GE: return KL_LE;
    case KL_EQ:
    case KL_NE: return way;
    }
    return way;
}

static uint32_t compare_constant(kl_forms *f, uint32_t a, kl_compare way, int64_t k) {
    bool least = k == INT64_MIN, most = k == INT64_MAX;
    switch (way) {
    case KL_LT: return least ? range(f, a, 1, 0) : range(f, a, INT64_MIN, k - 1);
    case KL_LE: return range(f, a, INT64_MIN, k);
    case KL_GT: return most ? range(f, a, 1, 0) : range(f, a, k + 1, INT64_MAX);
    case KL_GE: return range(f, a, k, INT64_MAX);
    case KL_EQ: return range(f, a, k, k);
    case KL_NE: break;
    }
    uint32_t less = compare_constant(f, a, KL_LT, k), more = compare_constant(f, a, KL_GT, k);
    return kl_form_or(f, less, more);
}

static bool is_bounded(const kl_forms *f, uint32_t a) {
    const kl_form *n = kl_form_at(f, a);
    return n->kind == KL_FORM_NUMBER_ASSUME && f->g->assumptions.p[n->x].bounded;
}

static uint32_t compare(kl_forms *f, uint32_t a, kl_compare way, uint32_t b) {
    const kl_form *m = kl_form_at(f, a), *n = kl_form_at(f, b);
    if (n->kind == KL_FORM_NUMBER) return compare_constant(f, a, way, n->lo);
    if (m->kind == KL_FORM_NUMBER) return compare_constant(f, b, mirrored(way), m->lo);
    if (is_bounded(f, b)) return compare_assumed(f, a, way, n->x);
    if (is_bounded(f, a)) return compare_assumed(f, b, mirrored(way), m->x);
    if (a > b) return compare(f, b, mirrored(way), a);
    uint32_t three = compare_forms(f, a, b);
    if (way != KL_NE) return range(f, three, WAYS[way].lo, WAYS[way].hi);
    uint32_t less = range(f, three, -1, -1), more = range(f, three, 1, 1);
    return kl_form_or(f, less, more);
}

/* ------------------------------------------------------------------ number */
static uint32_t number_form(kl_forms *f, int64_t value) {
    kl_form n = blank(KL_FORM_NUMBER);
    n.lo = value;
    return intern(f, n);
}

/* One operation on constants; false when it has no result (the evaluator then finds an error). */
static bool fold(kl_form_kind kind, kl_rounding way, int64_t a, int64_t b, int64_t k, int64_t *out) {
    switch (kind) {
    case KL_FORM_ADD: return kl_add(a, b, out);
    case KL_FORM_SUB: return kl_subtract(a, b, out);
    case KL_FORM_MUL: return kl_multiply(a, b, out);
    case KL_FORM_NEG: return kl_negate(a, out);
    case KL_FORM_DIV: return kl_divide_scaled(a, k, b, way, out);
    case KL_FORM_ROUND: return kl_round_to(a, k, way, out);
    case KL_FORM_RESCALE: return kl_divide(a, k, way, out);
    case KL_FORM_MIN: return *out = a < b ? a : b, true;
    case KL_FORM_MAX: return *out = a > b ? a : b, true;
    case KL_FORM_YEARS: return kl_years_between(a, b, out);
    case KL_FORM_MONTHS: return kl_months_between(a, b, out);
    default: return false;
    }
}

static uint32_t sum(kl_forms *f, kl_form_kind kind, uint32_t a, uint32_t b, int64_t k, kl_round round) {
    const kl_form *m = kl_form_at(f, a), *n = b == KL_NO_FORM ? NULL : kl_form_at(f, b);
    kl_rounding way = round == KL_ROUND_NONE ? KL_ROUNDING_DOWN : (kl_rounding)round;
    int64_t out;
    if (m->kind == KL_FORM_NUMBER && (!n || n->kind == KL_FORM_NUMBER) &&
        fold(kind, way, m->lo, n ? n->lo : 0, k, &out))
        return number_form(f, out);
    bool rounds = kind == KL_FORM_DIV || kind == KL_FORM_ROUND || kind == KL_FORM_RESCALE;
    bool either = kind == KL_FORM_ADD || kind == KL_FORM_MUL || kind == KL_FORM_MIN || kind == KL_FORM_MAX;
    kl_form r = blank(kind);
    r.a = either && a > b ? b : a;
    r.b = either && a > b ? a : b;
    r.lo = rounds ? k : 0;
    r.round = rounds ? (uint8_t)way : 0;
    return intern(f, r);
}

static int64_t power_of_ten(int64_t n) {
    int64_t p = 1;
    for (; n > 0 && p <= INT64_MAX / 10; n--) p *= 10;
    return p;
}

_Static_assert((int)KL_ROUND_HALF_UP == (int)KL_ROUNDING_HALF_UP && (int)KL_ROUND_UP == (int)KL_ROUNDING_UP &&
                   (int)KL_ROUND_HALF_EVEN == (int)KL_ROUNDING_HALF_EVEN && (int)KL_ROUND_DOWN == (int)KL_ROUNDING_DOWN,
               "roundings have one numbering");

/* Operands one after the other: forms are numbered in the order of making, whatever the C compiler. */
static uint32_t lower_sum(kl_forms *f, const ir_node *n, kl_form_kind kind, int64_t k, kl_round round) {
    uint32_t a = kl_form_number_of(f, n->a);
    uint32_t b = n->b == IR_NONE ? KL_NO_FORM : kl_form_number_of(f, n->b);
    uint32_t out = n->kind == IR_DAYS ? sum(f, kind, b, a, k, round) : sum(f, kind, a, b, k, round);
    if (n->type.kind != KL_T_DATE) return out;
    /* a day past the calendar is an error, as any overflow: no months lie between it and itself, as between any day and itself */
    uint32_t months = sum(f, KL_FORM_MONTHS, out, out, 0, KL_ROUND_NONE);
    return sum(f, KL_FORM_ADD, out, months, 0, KL_ROUND_NONE);
}

static uint32_t lower_number(kl_forms *f, const ir_node *n) {
    switch (n->kind) {
    case IR_NUMBER: return number_form(f, n->value);
    case IR_FIELD: return leaf(f, KL_FORM_NUMBER_FIELD, n->field, 0);
    case IR_ASSUME: return leaf(f, KL_FORM_NUMBER_ASSUME, n->assumption, 0);
    case IR_FEED: return leaf(f, KL_FORM_FEED, n->outcome, 0);
    case IR_ADD: return lower_sum(f, n, KL_FORM_ADD, 0, KL_ROUND_NONE);
    case IR_DAYS:
    case IR_SUB: return lower_sum(f, n, KL_FORM_SUB, 0, KL_ROUND_NONE);
    case IR_MUL: return lower_sum(f, n, KL_FORM_MUL, 0, KL_ROUND_NONE);
    case IR_DIV: return lower_sum(f, n, KL_FORM_DIV, power_of_ten(n->value), n->round);
    case IR_ROUND: return lower_sum(f, n, KL_FORM_ROUND, n->value, n->round);
    case IR_RESCALE: return lower_sum(f, n, KL_FORM_RESCALE, power_of_ten(n->value), n->round);
    case IR_NEG: return lower_sum(f, n, KL_FORM_NEG, 0, KL_ROUND_NONE);
    case IR_MIN: return lower_sum(f, n, KL_FORM_MIN, 0, KL_ROUND_NONE);
    case IR_MAX: return lower_sum(f, n, KL_FORM_MAX, 0, KL_ROUND_NONE);
    case IR_YEARS: return lower_sum(f, n, KL_FORM_YEARS, 0, KL_ROUND_NONE);
    case IR_MONTHS: return lower_sum(f, n, KL_FORM_MONTHS, 0, KL_ROUND_NONE);
    default: return KL_NO_FORM; /* a choice: see kl_forms_new() */
    }
}

/* ------------------------------------------------------------------ from the intermediate form */
static uint64_t place_of(const kl_forms *f, const ir_node *n) {
    size_t file = 0;
    while (file < f->g->files.n && f->g->files.p[file] != n->file) file++;
    return (uint64_t)file << 32 | n->span.start;
}

/* A yes/no field, assumption or outcome has two forms: a truth (kept per node) and a number. */
uint32_t kl_form_number_of(kl_forms *f, uint32_t node) {
    const ir_node *n = &f->g->nodes.p[node];
    if (!n->truth) return kl_form_of(f, node);
    uint64_t outer = f->place;
    f->place = place_of(f, n);
    uint32_t out = lower_number(f, n);
    f->place = outer;
    return out;
}

uint32_t kl_form_range(kl_forms *f, uint32_t number, int64_t lo, int64_t hi) {
    return range(f, number, lo, hi);
}

uint32_t kl_form_number_field(kl_forms *f, uint32_t field) {
    return leaf(f, KL_FORM_NUMBER_FIELD, field, 0);
}

/* `inside` and `holds` while in force; before and after (IR nodes or IR_NONE) what the text says of them. What many truths have in common,
 * the period and `inside`, is joined first. */
static uint32_t edition(kl_forms *f, uint32_t entry, uint32_t inside, uint32_t holds, const uint32_t sides[2],
                        const kl_beyond said[2]) {
    uint32_t common = kl_form_const(f, 1), absent = kl_form_const(f, 0);
    for (int i = 0; i < 2; i++) {
        if (sides[i] == IR_NONE) continue;
        uint32_t side = kl_form_of(f, sides[i]);
        common = kl_form_and(f, common, kl_form_not(f, side));
        if (said[i] == KL_BEYOND_UNKNOWN) absent = kl_form_or(f, absent, side);
    }
    uint32_t open = entry == IR_NONE ? kl_form_const(f, 2) : kl_form_edition(f, entry);
    uint32_t out = kl_form_and(f, kl_form_and(f, common, inside), holds);
    return kl_form_or(f, out, kl_form_and(f, absent, open));
}

static uint32_t lower_truth(kl_forms *f, const ir_node *n) {
    switch (n->kind) {
    case IR_BOOL: return kl_form_const(f, (int)n->value);
    case IR_NOT: return kl_form_not(f, kl_form_of(f, n->a));
    case IR_AND:
    case IR_OR: {
        uint32_t a = kl_form_of(f, n->a), b = kl_form_of(f, n->b);
        return join(f, n->kind == IR_AND ? KL_FORM_AND : KL_FORM_OR, a, b);
    }
    case IR_KNOWN: return leaf(f, KL_FORM_KNOWN, n->field, 0);
    case IR_CLAUSE: return kl_form_of_entry(f, n->entry);
    case IR_BREACHED: return kl_form_breached(f, n->entry);
    case IR_EDITION: {
        uint32_t sides[2] = {n->b, n->c};
        kl_beyond said[2] = {n->before, n->after};
        return edition(f, n->entry, kl_form_const(f, 1), kl_form_of(f, n->a), sides, said);
    }
    case IR_RANGE: return range(f, kl_form_number_of(f, n->a), n->lo, n->hi);
    case IR_IN: return in_mask(f, kl_form_number_of(f, n->a), f->g->nodes.p[n->a].type.set, n->mask);
    case IR_HAS: return leaf(f, KL_FORM_HAS, n->field, (uint32_t)n->value);
    case IR_EMPTY: return leaf(f, KL_FORM_EMPTY, n->field, 0);
    case IR_TEXT: return leaf(f, KL_FORM_TEXT, n->field, (uint32_t)n->value);
    case IR_SAME_TEXT: return leaf(f, KL_FORM_SAME_TEXT, n->field, n->field2);
    case IR_COMPARE: {
        uint32_t a = kl_form_number_of(f, n->a), b = kl_form_number_of(f, n->b);
        return compare(f, a, n->compare, b);
    }
    case IR_FIELD: return leaf(f, KL_FORM_FIELD, n->field, 0);
    case IR_ASSUME: return leaf(f, KL_FORM_ASSUME, n->assumption, 0);
    case IR_FEED: return range(f, leaf(f, KL_FORM_FEED, n->outcome, 0), 1, 1);
    default: return kl_form_const(f, 2);
    }
}

uint32_t kl_form_of(kl_forms *f, uint32_t node) {
    if (node == IR_NONE) return KL_NO_FORM;
    if (f->of_node[node] != KL_NO_FORM) return f->of_node[node];
    const ir_node *n = &f->g->nodes.p[node];
    uint64_t outer = f->place;
    f->place = place_of(f, n);
    uint32_t out = n->truth ? lower_truth(f, n) : lower_number(f, n);
    f->place = outer;
    return f->of_node[node] = out;
}

uint32_t kl_form_of_entry(kl_forms *f, uint32_t entry) {
    if (f->of_entry[entry] != KL_NO_FORM) return f->of_entry[entry];
    const ir_entry *e = &f->g->entries.p[entry];
    uint32_t out;
    if (e->kind == IR_E_PERIOD)
        out = kl_form_in_force(f);
    else
        out = e->truth == IR_NONE ? kl_form_const(f, 2) : kl_form_of(f, e->truth);
    return f->of_entry[entry] = out;
}

uint32_t kl_form_applies(kl_forms *f, uint32_t entry) {
    uint32_t body = f->g->entries.p[entry].body;
    return body == IR_NONE ? kl_form_const(f, 1) : kl_form_of(f, body);
}

uint32_t kl_form_breached(kl_forms *f, uint32_t entry) {
    const ir_entry *e = &f->g->entries.p[entry];
    uint32_t not_met = kl_form_not(f, kl_form_of(f, e->requires_node));
    const ir_node *body = e->body == IR_NONE ? NULL : &f->g->nodes.p[e->body];
    uint32_t applies = kl_form_applies(f, entry);
    if (!body || body->kind != IR_EDITION || body->entry != entry) return kl_form_and(f, applies, not_met);
    uint32_t sides[2] = {body->b, body->c}; /* its period says whether it is breached, not only whether it applies */
    kl_beyond said[2] = {body->before, body->after};
    return edition(f, entry, kl_form_of(f, body->a), not_met, sides, said);
}

uint32_t kl_form_before(kl_forms *f) {
    return f->g->period_before == IR_NONE ? kl_form_const(f, 0) : kl_form_of(f, f->g->period_before);
}
uint32_t kl_form_after(kl_forms *f) {
    return f->g->period_after == IR_NONE ? kl_form_const(f, 0) : kl_form_of(f, f->g->period_after);
}

uint32_t kl_form_framed(kl_forms *f, uint32_t inside, uint32_t holds) {
    uint32_t sides[2] = {f->g->period_before, f->g->period_after};
    kl_beyond said[2] = {f->g->before, f->g->after};
    return edition(f, IR_NONE, inside, holds, sides, said);
}

uint32_t kl_form_in_force(kl_forms *f) {
    return kl_form_framed(f, kl_form_const(f, 1), kl_form_const(f, 1));
}

int kl_form_settled(const kl_forms *f, uint32_t form) {
    const kl_form *n = kl_form_at(f, form), *a = n->kind == KL_FORM_RANGE ? kl_form_at(f, n->a) : NULL;
    if (!a || a->kind != KL_FORM_NUMBER_ASSUME || !f->g->assumptions.p[a->x].bounded) return 2;
    const ir_assumption *s = &f->g->assumptions.p[a->x];
    if (n->lo <= s->lo && n->hi >= s->hi) return 1;
    return n->lo > s->hi || n->hi < s->lo || n->lo > n->hi ? 0 : 2;
}

/* ------------------------------------------------------------------ what a form reads */
static void put_ref(kl_forms *f, int kind, uint32_t index, kl_ref_list *out) {
    ir_ref r = {.index = index};
    r.kind = (__typeof__(r.kind))kind;
    KL_PUSH(f->arena, out, r);
}

static void collect(kl_forms *f, uint32_t form, kl_ref_list *out) {
    if (form == KL_NO_FORM || f->marks.p[form] == f->mark) return;
    f->marks.p[form] = f->mark;
    const kl_form *n = kl_form_at(f, form);
    switch ((kl_form_kind)n->kind) {
    case KL_FORM_FIELD:
    case KL_FORM_RANGE_FIELD:
    case KL_FORM_IN_FIELD:
    case KL_FORM_HAS:
    case KL_FORM_EMPTY:
    case KL_FORM_TEXT:
    case KL_FORM_NUMBER_FIELD: put_ref(f, IR_REF_FIELD, n->x, out); break;
    case KL_FORM_SAME_TEXT:
        put_ref(f, IR_REF_FIELD, n->x, out);
        put_ref(f, IR_REF_FIELD, n->y, out);
        break;
    case KL_FORM_ASSUME:
    case KL_FORM_LESS_ASSUME:
    case KL_FORM_MOST_ASSUME:
    case KL_FORM_NUMBER_ASSUME: put_ref(f, IR_REF_ASSUMPTION, n->x, out); break;
    case KL_FORM_EDITION: put_ref(f, IR_REF_ENTRY, n->x, out); break;
    case KL_FORM_FEED: put_ref(f, IR_REF_OUTCOME, n->x, out); break;
    default: break; /* `är känd` is always answered */
    }
    collect(f, n->a, out);
    collect(f, n->b, out);
}

void kl_ref_sort(kl_ref_list *list) {
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) { /* insertion into the sorted, distinct head */
        ir_ref r = list->p[i];
        size_t at = n;
        while (at > 0 &&
               (list->p[at - 1].kind > r.kind || (list->p[at - 1].kind == r.kind && list->p[at - 1].index > r.index)))
            at--;
        if (at > 0 && list->p[at - 1].kind == r.kind && list->p[at - 1].index == r.index) continue;
        memmove(&list->p[at + 1], &list->p[at], (n - at) * sizeof r);
        list->p[at] = r;
        n++;
    }
    list->n = n;
}

void kl_form_refs(kl_forms *f, uint32_t form, kl_ref_list *out) {
    while (f->marks.n < f->nodes.n) KL_PUSH(f->arena, &f->marks, 0);
    f->mark++;
    collect(f, form, out);
    kl_ref_sort(out);
}

/* ------------------------------------------------------------------ the start */
kl_forms *kl_forms_new(kl_arena *a, const ir_guideline *g) {
    kl_forms *f = kl_alloc(a, sizeof *f);
    f->arena = a;
    f->g = g;
    f->of_node = kl_alloc_array(a, g->nodes.n + 1, sizeof *f->of_node);
    f->of_entry = kl_alloc_array(a, g->entries.n + 1, sizeof *f->of_entry);
    f->fed = kl_alloc_array(a, g->outcomes.n + 1, sizeof *f->fed);
    memset(f->of_node, 0xff, g->nodes.n * sizeof *f->of_node);
    memset(f->of_entry, 0xff, g->entries.n * sizeof *f->of_entry);
    for (size_t i = 0; i < g->outcomes.n; i++) f->fed[i] = WHOLE;
    /* Operands come before the nodes that use them: in this order no step goes deep. A number with a choice in it (om … så …, steps of a
     * tariff) has no form: what is compared and given are its cases, which compiler/arms.c takes out of it. */
    bool *choice = kl_alloc_array(a, g->nodes.n + 1, sizeof *choice);
    for (uint32_t i = 0; i < g->nodes.n; i++) {
        const ir_node *n = &g->nodes.p[i];
        bool among = (n->a != IR_NONE && choice[n->a]) || (n->b != IR_NONE && choice[n->b]);
        choice[i] = !n->truth && (n->kind == IR_SELECT || among);
        if (!choice[i]) kl_form_of(f, i);
    }
    f->place = UINT64_MAX; /* what is made from here on has no place of its own */
    return f;
}
