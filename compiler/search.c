/* search.c - looks for a record on which conditions hold together: answers to questions, tried one at a time, kept consistent.
 * May include: compiler/front, compiler/search.
 * Start at kl_search_run(). It never says yes wrongly: what it cannot judge surely it gives up on. */
#include "compiler/search.h"

#include "runtime/klausul.h"

enum { NO, YES, OPEN };

typedef struct answer { /* one question answered: an atom of the conditions */
    uint32_t atom;
    bool yes;
} answer;

struct kl_search {
    kl_front *f;
    KL_VEC(answer) trail;
    uint8_t *value; /* per node: the truth found under the answers so far */
    unsigned *stamp, now;
    size_t nodes; /* how many the two arrays have room for */
    uint32_t open_atom;
    unsigned steps;
    bool gave_up;
};

/* ------------------------------------------------------------------ truth under the answers */
static uint8_t not_of(uint8_t t) {
    return t == OPEN ? OPEN : !t;
}

static uint8_t eval(kl_search *s, uint32_t i);

static uint8_t eval_both(kl_search *s, uint32_t a, uint32_t b, uint8_t stops) {
    uint8_t x = eval(s, a);
    if (x == stops) return stops;
    uint8_t y = eval(s, b);
    if (y == stops) return stops;
    return x == OPEN ? OPEN : y;
}

static uint8_t eval_atom(kl_search *s, uint32_t i) {
    for (size_t k = 0; k < s->trail.n; k++)
        if (s->trail.p[k].atom == i) return s->trail.p[k].yes;
    if (s->open_atom == IR_NONE) s->open_atom = i;
    return OPEN;
}

/* In force and holding: a text that is not at hand proves nothing. */
static uint8_t eval_edition(kl_search *s, const ir_node *n) {
    uint8_t before = n->b == IR_NONE ? NO : eval(s, n->b), after = n->c == IR_NONE ? NO : eval(s, n->c);
    if (before == YES || after == YES) return NO;
    uint8_t t = eval(s, n->a);
    return t != NO && (before == OPEN || after == OPEN) ? OPEN : t;
}

static uint8_t eval_fresh(kl_search *s, uint32_t i) {
    const ir_guideline *g = s->f->g;
    const ir_node n = g->nodes.p[i];
    switch (n.kind) {
    case IR_BOOL: return (uint8_t)n.value;
    case IR_NOT: return not_of(eval(s, n.a));
    case IR_AND: return eval_both(s, n.a, n.b, NO);
    case IR_OR: return eval_both(s, n.a, n.b, YES);
    case IR_CLAUSE: return g->entries.p[n.entry].truth == IR_NONE ? OPEN : eval(s, g->entries.p[n.entry].truth);
    case IR_BREACHED: {
        const ir_entry *e = &g->entries.p[n.entry];
        uint8_t applies = eval(s, e->body), met = applies == NO ? NO : eval(s, e->requires_node);
        return applies == NO || met == YES ? NO : applies == OPEN ? OPEN : not_of(met);
    }
    case IR_EDITION: return eval_edition(s, &n);
    case IR_ASSUME:
        if (g->assumptions.p[n.assumption].has_value) return g->assumptions.p[n.assumption].value != 0;
        return eval_atom(s, i);
    case IR_RANGE: {
        const ir_node *a = &g->nodes.p[n.a];
        if (a->kind != IR_ASSUME || !g->assumptions.p[a->assumption].has_value) return eval_atom(s, i);
        int64_t v = g->assumptions.p[a->assumption].value;
        return v >= n.lo && v <= n.hi;
    }
    default: return eval_atom(s, i);
    }
}

static uint8_t eval(kl_search *s, uint32_t i) {
    if (i == IR_NONE) return OPEN;
    if (s->stamp[i] == s->now) return s->value[i];
    uint8_t t = eval_fresh(s, i);
    s->stamp[i] = s->now;
    s->value[i] = t;
    return t;
}

/* ------------------------------------------------------------------ what answers allow together */
static bool ranges_allow(const kl_search *s, uint32_t subject, int64_t v) {
    for (size_t i = 0; i < s->trail.n; i++) {
        const ir_node *n = kl_node_at(s->f, s->trail.p[i].atom);
        if (n->kind == IR_RANGE && n->a == subject && (v >= n->lo && v <= n->hi) != s->trail.p[i].yes) return false;
    }
    return true;
}

/* A number that every range answered of `subject` allows. If there is one, one of these is: the least of all, the least of a range, the
 * first after a range left out; zero and the greatest of a range are tried first, as plainer to read. */
static bool number_for(const kl_search *s, uint32_t subject, int64_t *out) {
    const ir_node *of = kl_node_at(s->f, subject);
    bool field = of->kind == IR_FIELD, date = of->type.kind == KL_T_DATE;
    int64_t least = !field ? INT64_MIN
                    : date ? KL_DATE_MIN
                           : -KL_NUMBER_MAX,
            most = !field ? INT64_MAX
                   : date ? KL_DATE_MAX
                          : KL_NUMBER_MAX;
    if (of->kind == IR_ASSUME && s->f->g->assumptions.p[of->assumption].bounded) {
        least = s->f->g->assumptions.p[of->assumption].lo;
        most = s->f->g->assumptions.p[of->assumption].hi;
    }
    *out = 0;
    if (!date && least <= 0 && most >= 0 && ranges_allow(s, subject, 0)) return true;
    for (size_t i = 0; i < s->trail.n; i++) {
        const ir_node *n = kl_node_at(s->f, s->trail.p[i].atom);
        if (n->kind != IR_RANGE || n->a != subject) continue;
        int64_t tries[] = {n->lo, n->hi, n->hi == INT64_MAX ? n->hi : n->hi + 1,
                           n->lo == INT64_MIN ? n->lo : n->lo - 1};
        for (size_t k = 0; k < 4; k++) {
            *out = tries[k];
            if (*out >= least && *out <= most && *out != INT64_MIN && *out != INT64_MAX &&
                ranges_allow(s, subject, *out))
                return true;
        }
    }
    *out = least;
    return ranges_allow(s, subject, least);
}

/* A value of the set that every list answered of `subject` allows. */
static bool code_for(const kl_search *s, uint32_t subject, int64_t *out) {
    const ir_guideline *g = s->f->g;
    size_t count = g->sets.p[kl_node_at(s->f, subject)->type.set].values.n;
    for (size_t code = 0; code < count; code++) {
        bool allowed = true;
        for (size_t i = 0; i < s->trail.n && allowed; i++) {
            const ir_node *n = kl_node_at(s->f, s->trail.p[i].atom);
            if (n->kind != IR_IN || n->a != subject) continue;
            bool in = g->mask_words.p[n->mask + code / 64] >> (code % 64) & 1;
            allowed = in == s->trail.p[i].yes;
        }
        *out = (int64_t)code;
        if (allowed) return true;
    }
    return false;
}

/* <, = and > as bits: which of them the answers about one pair leave. */
static bool pair_allows(const kl_search *s, const ir_node *pair) {
    unsigned left = 7;
    for (size_t i = 0; i < s->trail.n; i++) {
        const ir_node *n = kl_node_at(s->f, s->trail.p[i].atom);
        if (n->kind != IR_COMPARE) continue;
        bool same = n->a == pair->a && n->b == pair->b, mirrored = n->a == pair->b && n->b == pair->a;
        if (!same && !mirrored) continue;
        unsigned means = n->compare == KL_EQ ? 2u : n->compare == KL_LT ? 1u : 3u;
        if (mirrored) means = (means & 2u) | (means & 1u) << 2 | (means & 4u) >> 2;
        left &= s->trail.p[i].yes ? means : 7u & ~means;
    }
    return left != 0;
}

/* A text field: equal to one constant at most. A set: empty when it has nothing. Known: not asked of what is missing. */
static bool field_allows(const kl_search *s, const ir_node *n, bool yes) {
    size_t lacked = 0;
    bool not_empty = n->kind == IR_EMPTY && !yes;
    for (size_t i = 0; i < s->trail.n; i++) {
        answer a = s->trail.p[i];
        const ir_node *m = kl_node_at(s->f, a.atom);
        if (m->field != n->field) continue;
        if (m->kind == IR_TEXT && n->kind == IR_TEXT && m != n && a.yes && yes) return false;
        if (m->kind == IR_EMPTY && a.yes && n->kind == IR_HAS && yes) return false;
        if (n->kind == IR_EMPTY && yes && m->kind == IR_HAS && a.yes) return false;
        not_empty = not_empty || (m->kind == IR_EMPTY && !a.yes);
        lacked += m->kind == IR_HAS && !a.yes;
    }
    const ir_type type = s->f->g->fields.p[n->field].type;
    return !(type.kind == KL_T_SET && not_empty && lacked >= s->f->g->sets.p[type.set].values.n);
}

static uint32_t field_of(const kl_front *f, const ir_node *n) {
    if (n->field != IR_NONE) return n->field;
    if (n->a == IR_NONE) return IR_NONE;
    const ir_node *a = kl_node_at(f, n->a);
    return a->kind == IR_FIELD ? a->field : IR_NONE;
}

static bool known_allows(const kl_search *s, uint32_t atom, bool yes) {
    const ir_node *n = kl_node_at(s->f, atom);
    uint32_t field = field_of(s->f, n);
    const ir_field *of = field == IR_NONE ? NULL : &s->f->g->fields.p[field];
    if (of && n->kind == IR_KNOWN && !yes && (of->required || of->key)) return false; /* such a record is rejected */
    for (size_t i = 0; i < s->trail.n && field != IR_NONE; i++) {
        const ir_node *m = kl_node_at(s->f, s->trail.p[i].atom);
        if (field_of(s->f, m) != field || s->trail.p[i].atom == atom) continue;
        if (m->kind == IR_KNOWN && !s->trail.p[i].yes) return false;
        if (n->kind == IR_KNOWN && !yes) return false;
    }
    return true;
}

/* Is the last answer consistent with the earlier ones? */
static bool consistent(const kl_search *s) {
    answer last = s->trail.p[s->trail.n - 1];
    const ir_node *n = kl_node_at(s->f, last.atom);
    int64_t any;
    if (!known_allows(s, last.atom, last.yes)) return false;
    switch (n->kind) {
    case IR_RANGE: return number_for(s, n->a, &any);
    case IR_IN: return code_for(s, n->a, &any);
    case IR_COMPARE: return pair_allows(s, n);
    case IR_TEXT:
    case IR_HAS:
    case IR_EMPTY: return field_allows(s, n, last.yes);
    default: return true;
    }
}

/* ------------------------------------------------------------------ questions that hang together unseen */
/* Counts what a number is computed from: fields, then assumptions without a value. false: an outcome, or a choice, is among it. */
static bool inputs_of(const kl_front *f, uint32_t i, uint32_t *count) {
    if (i == IR_NONE) return true;
    const ir_node *n = kl_node_at(f, i);
    if (n->kind == IR_FEED || n->kind == IR_SELECT) return false;
    if (n->kind == IR_FIELD) count[n->field]++;
    if (n->kind == IR_ASSUME && !f->g->assumptions.p[n->assumption].has_value) count[f->g->fields.n + n->assumption]++;
    return inputs_of(f, n->a, count) && inputs_of(f, n->b, count);
}

/* Whether it asks about one field or assumption, and of nothing else. */
static bool direct(const ir_node *n, const ir_node *a) {
    if (n->kind == IR_SAME_TEXT || n->b != IR_NONE) return false;
    return !a || a->kind == IR_FIELD || a->kind == IR_ASSUME;
}

/* A derived question, an outcome read or an unset assumption compared may be tied to other questions in ways not looked into. */
static bool judged(const kl_search *s) {
    const kl_front *f = s->f;
    size_t inputs = f->g->fields.n + f->g->assumptions.n;
    uint32_t *uses = kl_alloc_array(f->arena, inputs + 1, sizeof *uses);
    bool *derived = kl_alloc_array(f->arena, inputs + 1, sizeof *derived);
    for (size_t i = 0; i < s->trail.n; i++) {
        uint32_t atom = s->trail.p[i].atom;
        const ir_node *n = kl_node_at(f, atom);
        uint32_t *mine = kl_alloc_array(f->arena, inputs + 1, sizeof *mine);
        bool seen = false; /* another answer about the same subject */
        for (size_t k = 0; k < i && n->a != IR_NONE; k++) {
            const ir_node *m = kl_node_at(f, s->trail.p[k].atom);
            seen = seen || (m->kind == n->kind && m->a == n->a && m->b == n->b);
        }
        if (!inputs_of(f, atom, mine)) return false;
        if (n->field != IR_NONE) mine[n->field] = 1;
        if (n->field2 != IR_NONE) mine[n->field2] = 1;
        bool plain = direct(n, n->a == IR_NONE ? NULL : kl_node_at(f, n->a));
        for (size_t k = 0; k < inputs; k++) {
            if (!mine[k] || (seen && !plain)) continue;
            uses[k] += !plain || uses[k] == 0;
            derived[k] = derived[k] || !plain;
        }
    }
    for (size_t k = 0; k < inputs; k++)
        if (derived[k] && uses[k] > 1) return false;
    return true;
}

/* ------------------------------------------------------------------ the search */
static bool search(kl_search *s, const uint32_t *roots, size_t n) {
    if (s->steps == 0) {
        s->gave_up = true;
        return false;
    }
    s->steps--;
    s->now++;
    s->open_atom = IR_NONE;
    uint32_t atom = IR_NONE;
    for (size_t i = 0; i < n; i++) {
        uint8_t t = eval(s, roots[i]);
        if (t == NO) return false;
        if (t == OPEN && atom == IR_NONE) {
            atom = s->open_atom;
            if (atom == IR_NONE) return false; /* nothing to ask: never surely yes */
        }
    }
    if (atom == IR_NONE) return judged(s);
    for (int yes = 1; yes >= 0; yes--) {
        KL_PUSH(s->f->arena, &s->trail, ((answer){atom, yes}));
        size_t here = s->trail.n;
        if (consistent(s) && search(s, roots, n)) return true;
        s->trail.n = here - 1;
        if (s->gave_up) return false;
    }
    return false;
}

kl_search *kl_search_new(kl_front *f) {
    kl_search *s = kl_alloc(f->arena, sizeof *s);
    s->f = f;
    return s;
}

bool kl_search_run(kl_search *s, const uint32_t *roots, size_t n, unsigned *left) {
    size_t nodes = s->f->g->nodes.n;
    if (nodes > s->nodes) {
        s->nodes = nodes * 2;
        s->value = kl_alloc_array(s->f->arena, s->nodes, sizeof *s->value);
        s->stamp = kl_alloc_array(s->f->arena, s->nodes, sizeof *s->stamp);
        s->now = 0;
    }
    s->trail.n = 0;
    unsigned most = *left < KL_MAX_SEARCH ? *left : KL_MAX_SEARCH;
    s->steps = most;
    s->gave_up = false;
    bool found = search(s, roots, n);
    *left -= most - s->steps;
    return found;
}

bool kl_search_truth(kl_search *s, uint32_t node, bool *yes) {
    s->now++;
    uint8_t t = node < s->nodes ? eval(s, node) : OPEN;
    *yes = t == YES;
    return t != OPEN;
}

bool kl_search_number(const kl_search *s, uint32_t subject, int64_t *out) {
    return kl_node_at(s->f, subject)->type.kind == KL_T_VALUES ? code_for(s, subject, out)
                                                               : number_for(s, subject, out);
}

bool kl_search_text(const kl_search *s, uint32_t field, kl_str *out) {
    for (size_t i = 0; i < s->trail.n; i++) {
        const ir_node *n = kl_node_at(s->f, s->trail.p[i].atom);
        if (n->kind != IR_TEXT || n->field != field || !s->trail.p[i].yes) continue;
        *out = s->f->g->texts.p[n->value];
        return true;
    }
    return false;
}
