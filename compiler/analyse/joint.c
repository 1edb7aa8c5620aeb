/* joint.c - two guidelines laid side by side in one numbering: vocabulary by name, nodes and entries one side after the other.
 * May include: compiler/analyse/joint.
 * Start at kl_joint_new(); the newer side (the last) gives the order of values and fields. */
#include "compiler/analyse/joint.h"

#include <string.h>

enum { SET_BITS = 64 };

typedef struct building {
    kl_joint *j;
    ir_guideline *g; /* what both heads share */
    uint32_t first_node[2];
    uint32_t *text_to[2];
} building;

/* ------------------------------------------------------------------ value sets */
static uint32_t value_named(const ir_set *s, kl_str name) {
    for (size_t i = 0; i < s->values.n; i++)
        if (kl_str_eq(s->values.p[i].name, name)) return (uint32_t)i;
    return IR_NONE;
}

static uint32_t set_named(const ir_guideline *g, kl_str name) {
    for (size_t i = 0; i < g->sets.n; i++)
        if (kl_str_eq(g->sets.p[i].name, name)) return (uint32_t)i;
    return IR_NONE;
}

static uint32_t field_named(const ir_guideline *g, kl_str name) {
    for (size_t i = 0; i < g->fields.n; i++)
        if (kl_str_eq(g->fields.p[i].name, name)) return (uint32_t)i;
    return IR_NONE;
}

static bool has_set(ir_type t) {
    return t.kind == KL_T_VALUES || t.kind == KL_T_SET;
}

/* The set of the newer side that an older one is: of its name, else that of a field of the same name. */
static uint32_t counterpart(const kl_joint *j, uint32_t set) {
    const ir_guideline *old = j->in[0], *new = j->in[1];
    uint32_t found = set_named(new, old->sets.p[set].name);
    for (size_t i = 0; found == IR_NONE && i < old->fields.n; i++) {
        const ir_field *f = &old->fields.p[i];
        uint32_t other = has_set(f->type) && f->type.set == set ? field_named(new, f->name) : IR_NONE;
        if (other == IR_NONE || !has_set(new->fields.p[other].type)) continue;
        uint32_t candidate = new->fields.p[other].type.set;
        if (set_named(old, new->sets.p[candidate].name) == IR_NONE) found = candidate;
    }
    return found;
}

static uint32_t add_value(building *b, uint32_t set, const ir_value *v) {
    ir_set *s = &b->g->sets.p[set];
    KL_PUSH(b->j->arena, &s->values, *v);
    return (uint32_t)s->values.n - 1;
}

static void take_set(building *b, size_t side, uint32_t set, uint32_t to) {
    kl_joint *j = b->j;
    const ir_set *s = &j->in[side]->sets.p[set];
    j->set_to[side][set] = to;
    j->code_to[side][set] = kl_alloc_array(j->arena, s->values.n + 1, sizeof(uint32_t));
    for (size_t i = 0; i < s->values.n; i++) {
        uint32_t code = value_named(&b->g->sets.p[to], s->values.p[i].name);
        j->code_to[side][set][i] = code != IR_NONE ? code : add_value(b, to, &s->values.p[i]);
    }
}

static uint32_t new_set(building *b, const ir_set *s) {
    KL_PUSH(b->j->arena, &b->g->sets, ((ir_set){.name = s->name, .title = s->title}));
    return (uint32_t)b->g->sets.n - 1;
}

/* Together they would have more values than a set that is held as a whole may have. */
static bool too_wide(const ir_set *a, const ir_set *b) {
    size_t more = 0;
    for (size_t i = 0; i < a->values.n; i++) more += value_named(b, a->values.p[i].name) == IR_NONE;
    return b->values.n + more > SET_BITS && (a->values.n <= SET_BITS || b->values.n <= SET_BITS);
}

static void join_sets(building *b) {
    kl_joint *j = b->j;
    for (size_t side = j->sides; side-- > 0;) {
        const ir_guideline *g = j->in[side];
        j->set_to[side] = kl_alloc_array(j->arena, g->sets.n + 1, sizeof(uint32_t));
        j->code_to[side] = kl_alloc_array(j->arena, g->sets.n + 1, sizeof(uint32_t *));
        for (uint32_t i = 0; i < g->sets.n; i++) {
            uint32_t other = side + 1 == j->sides ? IR_NONE : counterpart(j, i);
            if (other != IR_NONE && too_wide(&g->sets.p[i], &j->in[1]->sets.p[other])) other = IR_NONE;
            take_set(b, side, i, other == IR_NONE ? new_set(b, &g->sets.p[i]) : other);
        }
    }
    for (size_t side = 0; side < j->sides; side++) {
        j->code_in[side] = kl_alloc_array(j->arena, b->g->sets.n + 1, sizeof(uint32_t *));
        for (size_t s = 0; s < b->g->sets.n; s++) {
            size_t n = b->g->sets.p[s].values.n;
            j->code_in[side][s] = kl_alloc_array(j->arena, n + 1, sizeof(uint32_t));
            memset(j->code_in[side][s], 0xff, (n + 1) * sizeof(uint32_t));
        }
        for (size_t s = 0; s < j->in[side]->sets.n; s++)
            for (uint32_t c = 0; c < j->in[side]->sets.p[s].values.n; c++)
                j->code_in[side][j->set_to[side][s]][j->code_to[side][s][c]] = c;
    }
}

static ir_type type_of(const kl_joint *j, size_t side, ir_type t) {
    if (has_set(t) && t.set != IR_NONE) t.set = j->set_to[side][t.set];
    return t;
}

static uint64_t mask_of(const kl_joint *j, size_t side, uint32_t set, uint64_t mask) {
    uint64_t out = 0;
    for (uint32_t c = 0; mask; c++, mask >>= 1)
        if (mask & 1) out |= UINT64_C(1) << j->code_to[side][set][c];
    return out;
}

/* A constant of a type: a code in the common numbering. */
static int64_t constant_of(const kl_joint *j, size_t side, ir_type t, int64_t value) {
    if (t.kind == KL_T_VALUES && t.set != IR_NONE && value >= 0 &&
        (uint64_t)value < j->in[side]->sets.p[t.set].values.n)
        return j->code_to[side][t.set][value];
    return t.kind == KL_T_SET && t.set != IR_NONE ? (int64_t)mask_of(j, side, t.set, (uint64_t)value) : value;
}

/* ------------------------------------------------------------------ fields and assumptions */
static bool same_type(ir_type a, ir_type b) {
    return a.kind == b.kind && (a.kind != KL_T_DECIMAL || a.decimals == b.decimals) && (!has_set(a) || a.set == b.set);
}

static void join_fields(building *b) {
    kl_joint *j = b->j;
    size_t room = j->in[0]->fields.n + (j->sides > 1 ? j->in[1]->fields.n : 0) + 1;
    j->split = kl_alloc_array(j->arena, room, sizeof *j->split);
    for (size_t side = 0; side < j->sides; side++) {
        j->field_to[side] = kl_alloc_array(j->arena, j->in[side]->fields.n + 1, sizeof(uint32_t));
        j->field_in[side] = kl_alloc_array(j->arena, room, sizeof(uint32_t));
        memset(j->field_in[side], 0xff, room * sizeof(uint32_t));
    }
    for (size_t side = j->sides; side-- > 0;)
        for (uint32_t i = 0; i < j->in[side]->fields.n; i++) {
            ir_field f = j->in[side]->fields.p[i];
            f.type = type_of(j, side, f.type);
            uint32_t at = side + 1 == j->sides ? IR_NONE : field_named(b->g, f.name);
            if (at != IR_NONE && !same_type(b->g->fields.p[at].type, f.type)) {
                j->split[at] = j->split[b->g->fields.n] = true;
                at = IR_NONE;
            }
            if (at == IR_NONE) {
                KL_PUSH(j->arena, &b->g->fields, f);
                at = (uint32_t)b->g->fields.n - 1;
            }
            j->field_to[side][i] = at;
            j->field_in[side][at] = i;
        }
}

static kl_reading_of reading_of(const kl_joint *j, size_t side, uint32_t i, const kl_reading_of *const *readings) {
    const ir_assumption *s = &j->in[side]->assumptions.p[i];
    kl_reading_of r = readings && readings[side] ? readings[side][i] : (kl_reading_of){s->has_value, s->value};
    r.value = r.known ? constant_of(j, side, s->type, r.value) : 0;
    return r;
}

static bool same_assumption(const ir_assumption *a, kl_reading_of x, const ir_assumption *b, kl_reading_of y) {
    return kl_str_eq(a->name, b->name) && same_type(a->type, b->type) && a->bounded == b->bounded &&
           (!a->bounded || (a->lo == b->lo && a->hi == b->hi)) && x.known == y.known && x.value == y.value;
}

static void join_assumptions(building *b, const kl_reading_of *const *readings) {
    kl_joint *j = b->j;
    size_t room = j->in[0]->assumptions.n + (j->sides > 1 ? j->in[1]->assumptions.n : 0) + 1;
    j->readings = kl_alloc_array(j->arena, room, sizeof *j->readings);
    for (size_t side = j->sides; side-- > 0;) {
        size_t n = j->in[side]->assumptions.n, before = b->g->assumptions.n;
        j->assumption_to[side] = kl_alloc_array(j->arena, n + 1, sizeof(uint32_t));
        for (uint32_t i = 0; i < n; i++) {
            ir_assumption s = j->in[side]->assumptions.p[i];
            kl_reading_of r = reading_of(j, side, i, readings);
            s.type = type_of(j, side, s.type);
            s.has_value = r.known;
            s.value = r.value;
            size_t at = 0;
            while (at < before && !same_assumption(&b->g->assumptions.p[at], j->readings[at], &s, r)) at++;
            if (at == before) {
                at = b->g->assumptions.n;
                KL_PUSH(j->arena, &b->g->assumptions, s);
                j->readings[at] = r;
            }
            j->assumption_to[side][i] = (uint32_t)at;
        }
    }
}

/* ------------------------------------------------------------------ nodes */
static void join_texts(building *b) {
    for (size_t side = 0; side < b->j->sides; side++) {
        const ir_guideline *g = b->j->in[side];
        b->text_to[side] = kl_alloc_array(b->j->arena, g->texts.n + 1, sizeof(uint32_t));
        for (size_t i = 0; i < g->texts.n; i++) {
            size_t at = 0;
            while (at < b->g->texts.n && !kl_str_eq(b->g->texts.p[at], g->texts.p[i])) at++;
            if (at == b->g->texts.n) KL_PUSH(b->j->arena, &b->g->texts, g->texts.p[i]);
            b->text_to[side][i] = (uint32_t)at;
        }
    }
}

static uint32_t join_mask(building *b, size_t side, uint32_t set, uint32_t mask) {
    kl_joint *j = b->j;
    const ir_guideline *g = j->in[side];
    uint32_t common = j->set_to[side][set];
    size_t words = (b->g->sets.p[common].values.n + 63) / 64;
    uint64_t *made = kl_alloc_array(j->arena, words + 1, sizeof *made);
    for (uint32_t c = 0; c < g->sets.p[set].values.n; c++)
        if (g->mask_words.p[mask + c / 64] >> (c % 64) & 1) {
            uint32_t to = j->code_to[side][set][c];
            made[to / 64] |= UINT64_C(1) << (to % 64);
        }
    for (size_t at = 0; at + words <= b->g->mask_words.n; at++) /* equal masks are one, so that equal conditions are */
        if (memcmp(&b->g->mask_words.p[at], made, words * sizeof *made) == 0) return (uint32_t)at;
    uint32_t first = (uint32_t)b->g->mask_words.n;
    for (size_t i = 0; i < words; i++) KL_PUSH(j->arena, &b->g->mask_words, made[i]);
    return first;
}

static uint32_t moved(uint32_t index, uint32_t first) {
    return index == IR_NONE ? IR_NONE : index + first;
}

static uint32_t fed_outcome(const kl_joint *j, size_t side, uint32_t outcome) {
    if (side && j->same && j->same[outcome] != IR_NONE) return j->same[outcome];
    return moved(outcome, j->first_outcome[side]);
}

/* A text that is not at hand on either side is one question, where the pieces have one id. (A requirement is asked about by its own entry.) */
static uint32_t edition_entry(const kl_joint *j, size_t side, uint32_t entry) {
    if (entry == IR_NONE || !side) return entry;
    const ir_entry *own = &j->in[1]->entries.p[entry];
    for (uint32_t i = 0; i < j->in[0]->entries.n; i++) {
        const ir_entry *e = &j->in[0]->entries.p[i];
        if (e->kind == own->kind && kl_str_eq(e->id, own->id) && e->kind != IR_E_REQUIREMENT && e->kind != IR_E_ADVICE)
            return i;
    }
    return moved(entry, j->first_entry[side]);
}

static void join_node(building *b, size_t side, ir_node n) {
    kl_joint *j = b->j;
    const ir_guideline *g = j->in[side];
    ir_type type = n.type;
    n.type = type_of(j, side, type);
    switch (n.kind) {
    case IR_KNOWN:
    case IR_EMPTY: n.field = j->field_to[side][n.field]; break;
    case IR_FIELD: n.field = j->field_to[side][n.field]; break;
    case IR_HAS:
        n.value = j->code_to[side][g->fields.p[n.field].type.set][n.value];
        n.field = j->field_to[side][n.field];
        break;
    case IR_TEXT:
        n.value = b->text_to[side][n.value];
        n.field = j->field_to[side][n.field];
        break;
    case IR_SAME_TEXT:
        n.field = j->field_to[side][n.field];
        n.field2 = j->field_to[side][n.field2];
        break;
    case IR_IN: n.mask = join_mask(b, side, g->nodes.p[n.a].type.set, n.mask); break;
    case IR_ASSUME: n.assumption = j->assumption_to[side][n.assumption]; break;
    case IR_FEED: n.outcome = fed_outcome(j, side, n.outcome); break;
    case IR_NUMBER: n.value = constant_of(j, side, type, n.value); break;
    case IR_CLAUSE:
    case IR_BREACHED: n.entry = moved(n.entry, j->first_entry[side]); break;
    case IR_EDITION: n.entry = edition_entry(j, side, n.entry); break;
    default: break;
    }
    n.a = moved(n.a, b->first_node[side]);
    n.b = moved(n.b, b->first_node[side]);
    n.c = moved(n.c, b->first_node[side]);
    KL_PUSH(j->arena, &b->g->nodes, n);
}

/* Operands that the kind does not have are 0 in some nodes; moving them is harmless, as nobody reads them. */
static void join_nodes(building *b) {
    for (size_t side = 0; side < b->j->sides; side++) {
        b->first_node[side] = (uint32_t)b->g->nodes.n;
        for (size_t i = 0; i < b->j->in[side]->nodes.n; i++) join_node(b, side, b->j->in[side]->nodes.p[i]);
    }
}

/* ------------------------------------------------------------------ entries, outcomes, candidates */
static ir_result result_of(building *b, size_t side, ir_type type, ir_result r) {
    if (r.kind == IR_R_NUMBER) r.node = moved(r.node, b->first_node[side]);
    if (r.kind == IR_R_FIELD) r.field = b->j->field_to[side][r.field];
    if (r.kind == IR_R_SET) r.mask = mask_of(b->j, side, type.set, r.mask);
    return r;
}

static void join_entries(building *b, size_t side) {
    kl_joint *j = b->j;
    uint32_t node = b->first_node[side];
    for (size_t i = 0; i < j->in[side]->entries.n; i++) {
        ir_entry e = j->in[side]->entries.p[i];
        if (e.kind == IR_E_PERIOD) j->period_entry[side] = (uint32_t)b->g->entries.n;
        e.parent = moved(e.parent, j->first_entry[side]);
        e.truth = moved(e.truth, node);
        e.body = moved(e.body, node);
        e.requires_node = moved(e.requires_node, node);
        memset(&e.reads, 0, sizeof e.reads);
        KL_PUSH(j->arena, &b->g->entries, e);
    }
}

static void join_outcomes(building *b, size_t side) {
    kl_joint *j = b->j;
    const ir_guideline *g = j->in[side];
    uint32_t first = (uint32_t)b->g->candidates.n, node = b->first_node[side];
    for (size_t i = 0; i < g->candidates.n; i++) {
        ir_candidate c = g->candidates.p[i];
        const ir_outcome *o = &g->outcomes.p[c.outcome];
        c.result = result_of(b, side, o->type, c.result);
        ir_result *columns = c.columns ? kl_alloc_array(j->arena, o->columns.n + 1, sizeof *columns) : NULL;
        for (size_t k = 0; c.columns && k < o->columns.n; k++)
            columns[k] = result_of(b, side, o->columns.p[k].type, c.columns[k]);
        c.columns = columns;
        c.entry = moved(c.entry, j->first_entry[side]);
        c.outcome = moved(c.outcome, j->first_outcome[side]);
        c.guard = moved(c.guard, node);
        c.absent = moved(c.absent, node);
        memset(&c.overriders, 0, sizeof c.overriders);
        for (size_t k = 0; k < g->candidates.p[i].overriders.n; k++)
            KL_PUSH(j->arena, &c.overriders, moved(g->candidates.p[i].overriders.p[k], j->first_entry[side]));
        KL_PUSH(j->arena, &b->g->candidates, c);
    }
    for (size_t i = 0; i < g->outcomes.n; i++) {
        ir_outcome o = g->outcomes.p[i];
        o.otherwise = result_of(b, side, o.type, o.otherwise);
        o.type = type_of(j, side, o.type);
        o.audited = o.audited == IR_NONE ? IR_NONE : j->field_to[side][o.audited];
        memset(&o.candidates, 0, sizeof o.candidates);
        for (size_t k = 0; k < g->outcomes.p[i].candidates.n; k++)
            KL_PUSH(j->arena, &o.candidates, moved(g->outcomes.p[i].candidates.p[k], first));
        KL_PUSH(j->arena, &b->g->outcomes, o);
    }
}

static void make_head(building *b, size_t side) {
    kl_joint *j = b->j;
    const ir_guideline *g = j->in[side];
    ir_guideline *h = &j->heads[side];
    uint32_t node = b->first_node[side];
    *h = *b->g;
    h->arena = j->arena;
    h->name = g->name;
    h->from = g->from;
    h->through = g->through;
    h->before = g->before;
    h->after = g->after;
    h->dated_by = g->dated_by == IR_NONE ? IR_NONE : j->field_to[side][g->dated_by];
    h->key = g->key == IR_NONE ? IR_NONE : j->field_to[side][g->key];
    h->from_assumption = g->from_assumption == IR_NONE ? IR_NONE : j->assumption_to[side][g->from_assumption];
    h->period = moved(g->period, node);
    h->period_before = moved(g->period_before, node);
    h->period_after = moved(g->period_after, node);
    h->scope = moved(g->scope, node);
    memset(&h->decide_order, 0, sizeof h->decide_order);
    for (size_t i = 0; i < g->decide_order.n; i++)
        KL_PUSH(j->arena, &h->decide_order, moved(g->decide_order.p[i], j->first_outcome[side]));
}

kl_joint *kl_joint_new(kl_arena *a, const ir_guideline *const *in, size_t sides, const kl_reading_of *const *readings,
                       const uint32_t *same) {
    kl_joint *j = kl_alloc(a, sizeof *j);
    building b = {.j = j, .g = kl_alloc(a, sizeof(ir_guideline))};
    j->arena = a;
    j->sides = sides;
    j->same = same;
    for (size_t i = 0; i < sides; i++) {
        j->in[i] = in[i];
        j->period_entry[i] = IR_NONE;
        j->first_entry[i] = i ? (uint32_t)in[0]->entries.n : 0;
        j->first_outcome[i] = i ? (uint32_t)in[0]->outcomes.n : 0;
        for (size_t k = 0; k < in[i]->files.n; k++) KL_PUSH(a, &b.g->files, in[i]->files.p[k]);
    }
    join_sets(&b);
    join_fields(&b);
    join_assumptions(&b, readings);
    join_texts(&b);
    join_nodes(&b);
    for (size_t i = 0; i < sides; i++) {
        join_entries(&b, i);
        join_outcomes(&b, i);
    }
    for (size_t i = 0; i < sides; i++) make_head(&b, i);
    return j;
}
