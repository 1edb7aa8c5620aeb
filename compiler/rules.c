/* rules.c - rules to candidates, and who overrides whom.
 * May include: compiler/front.
 * Start at kl_front_lower_rule(); kl_front_resolve_overrides() runs when every rule and row is known. */
#include "compiler/front.h"

/* ------------------------------------------------------------------ candidates */
void kl_front_candidate(kl_front *f, uint32_t entry, uint32_t outcome, uint32_t guard, uint32_t absent,
                        ir_result result, ir_result *columns) {
    ir_candidate c = {
        .entry = entry, .outcome = outcome, .guard = guard, .absent = absent, .result = result, .columns = columns};
    uint32_t index = (uint32_t)f->g->candidates.n;
    KL_PUSH(f->arena, &f->g->candidates, c);
    KL_PUSH(f->arena, &f->g->outcomes.p[outcome].candidates, index);
}

void kl_front_candidates(kl_front *f, uint32_t entry, uint32_t outcome, uint32_t absent, const kl_case_list *cases) {
    for (size_t i = 0; i < cases->n; i++)
        kl_front_candidate(f, entry, outcome, cases->p[i].guard, absent, cases->p[i].result, NULL);
}

/* Every combination of the columns' cases is a candidate of its own. */
static void combine(kl_front *f, const kl_entry_cases *e, size_t column, uint32_t guard, ir_result *chosen) {
    const ir_outcome *o = &f->g->outcomes.p[e->outcome];
    if (column == o->columns.n) {
        ir_result *columns = kl_alloc_array(f->arena, o->columns.n, sizeof *columns);
        memcpy(columns, chosen, o->columns.n * sizeof *columns);
        kl_front_candidate(f, e->entry, e->outcome, guard, e->absent, (ir_result){IR_R_NONE, IR_NONE, IR_NONE, 0, {0}},
                           columns);
        return;
    }
    for (size_t i = 0; i < e->cases[column].n; i++) {
        const kl_case *c = &e->cases[column].p[i];
        uint32_t both = guard == IR_NONE ? c->guard : c->guard == IR_NONE ? guard : kl_n_and(f, guard, c->guard);
        if (both != IR_NONE && kl_node_at(f, both)->kind == IR_BOOL && kl_node_at(f, both)->value == 0) continue;
        chosen[column] = c->result;
        combine(f, e, column + 1, both, chosen);
    }
}

void kl_front_entry_candidates(kl_front *f, const kl_entry_cases *e, kl_span span) {
    const ir_outcome *o = &f->g->outcomes.p[e->outcome];
    size_t arms = 1;
    kl_buf missing;
    kl_buf_init(&missing, f->arena);
    for (size_t i = 0; i < o->columns.n; i++) {
        if (!e->said[i]) kl_buf_fmt(&missing, "%s%.*s", missing.n ? ", " : "", KL_FMT(o->columns.p[i].name));
        if (arms <= KL_MAX_ARMS) arms *= e->cases[i].n;
    }
    if (missing.n) {
        kl_front_report(f, span, KL_D_ENTRY_INCOMPLETE, 2, o->name, kl_buf_view(&missing));
        return;
    }
    if (arms > KL_MAX_ARMS) {
        kl_front_report(f, span, KL_D_LIMIT_ARMS, 1, kl_str_fmt(f->arena, "%d", KL_MAX_ARMS));
        return;
    }
    ir_result *chosen = kl_alloc_array(f->arena, o->columns.n + 1, sizeof *chosen);
    combine(f, e, 0, IR_NONE, chosen);
}

kl_entry_cases kl_front_entry_cases(kl_front *f, uint32_t entry, uint32_t outcome, uint32_t absent) {
    size_t n = f->g->outcomes.p[outcome].columns.n + 1;
    return (kl_entry_cases){entry, outcome, absent, kl_alloc_array(f->arena, n, sizeof(kl_case_list)),
                            kl_alloc_array(f->arena, n, sizeof(bool))};
}

uint32_t kl_front_column(const kl_front *f, uint32_t outcome, kl_str name) {
    const ir_outcome *o = &f->g->outcomes.p[outcome];
    for (size_t i = 0; i < o->columns.n; i++)
        if (kl_str_eq(o->columns.p[i].name, name)) return (uint32_t)i;
    return IR_NONE;
}

bool kl_front_part(kl_front *f, const kl_name *name, uint32_t *outcome, uint32_t *column) {
    unsigned found = 0;
    for (uint32_t i = 0; i < f->g->outcomes.n; i++) {
        const ir_outcome *o = &f->g->outcomes.p[i];
        kl_str rest = name->text;
        if (!o->many) continue;
        if (rest.n > o->name.n && rest.p[o->name.n] == '.' && memcmp(rest.p, o->name.p, o->name.n) == 0)
            rest = (kl_str){rest.p + o->name.n + 1, rest.n - o->name.n - 1};
        uint32_t part = kl_front_column(f, i, rest);
        if (part == IR_NONE || found++) continue;
        *outcome = i;
        *column = part;
    }
    if (found == 0 || kl_front_peek(f, *name, KL_IN_EXPRESSIONS)) return false; /* an outcome or a field comes first */
    if (found > 1) kl_front_report(f, name->span, KL_D_COLUMN_AMBIGUOUS, 1, name->text);
    return true;
}

/* ------------------------------------------------------------------ rules */
static void give_entry(kl_front *f, const kl_set *set, uint32_t entry, uint32_t outcome, uint32_t absent) {
    if (!set->value || set->value->kind != KL_E_ENTRY) {
        if (!set->value || set->value->kind != KL_E_ERROR)
            kl_front_report(f, set->span, KL_D_ENTRY_WANTED, 2, set->name.text,
                            f->g->outcomes.p[outcome].columns.n ? f->g->outcomes.p[outcome].columns.p[0].name
                                                                : set->name.text);
        return;
    }
    kl_entry_cases e = kl_front_entry_cases(f, entry, outcome, absent);
    const kl_set_list *sets = &set->value->entry->sets;
    for (size_t i = 0; i < sets->n; i++) {
        uint32_t column = kl_front_column(f, outcome, sets->p[i].name.text);
        if (column == IR_NONE) {
            kl_front_report(f, sets->p[i].name.span, KL_D_COLUMN_UNKNOWN, 2, sets->p[i].name.text,
                            f->g->outcomes.p[outcome].name);
            continue;
        }
        if (e.said[column]) kl_front_report(f, sets->p[i].name.span, KL_D_GIVEN_TWICE, 1, sets->p[i].name.text);
        e.said[column] = true;
        if (sets->p[i].value)
            e.cases[column] = kl_front_result(f, sets->p[i].value, f->g->outcomes.p[outcome].columns.p[column].type);
    }
    kl_front_entry_candidates(f, &e, set->span);
}

static void give(kl_front *f, const kl_set *set, uint32_t entry, uint32_t absent) {
    kl_symbol *s = kl_front_find(f, set->name, KL_KIND(KL_SYM_OUTCOME), KL_D_OUTCOME_UNKNOWN);
    if (!s || s->index == IR_NONE) return;
    if (f->g->outcomes.p[s->index].many) {
        give_entry(f, set, entry, s->index, absent);
        return;
    }
    ir_type type = f->g->outcomes.p[s->index].type;
    if (type.kind == KL_T_NONE) return;
    if (!set->value) {
        if (type.kind != KL_T_BOOL) {
            kl_front_report(f, set->span, KL_D_VALUE_MISSING, 2, set->name.text, kl_front_type_word(f, type));
            return;
        }
        ir_result yes = {IR_R_NUMBER, kl_n_number(f, 1, type), IR_NONE, 0, {0}};
        kl_front_candidate(f, entry, s->index, IR_NONE, absent, yes, NULL);
        return;
    }
    kl_case_list cases = kl_front_result(f, set->value, type);
    kl_front_candidates(f, entry, s->index, absent, &cases);
}

/* `OUTCOME.COLUMN value, …`: the columns of one entry, taken together at the first of them. */
static bool give_columns(kl_front *f, const kl_set_list *gives, size_t first, uint32_t entry, uint32_t absent,
                         bool *taken) {
    uint32_t outcome, column;
    if (!kl_front_part(f, &gives->p[first].name, &outcome, &column)) return false;
    kl_entry_cases e = kl_front_entry_cases(f, entry, outcome, absent);
    for (size_t i = first; i < gives->n; i++) {
        uint32_t other;
        const kl_set *set = &gives->p[i];
        if (!kl_front_part(f, &set->name, &other, &column) || other != outcome) continue;
        taken[i] = e.said[column] = true;
        ir_type type = f->g->outcomes.p[outcome].columns.p[column].type;
        if (set->value) {
            e.cases[column] = kl_front_result(f, set->value, type);
        } else if (type.kind == KL_T_BOOL) {
            kl_case yes = {IR_NONE, {IR_R_NUMBER, kl_n_number(f, 1, type), IR_NONE, 0, {0}}};
            KL_PUSH(f->arena, &e.cases[column], yes);
        } else {
            kl_front_report(f, set->span, KL_D_VALUE_MISSING, 2, set->name.text, kl_front_type_word(f, type));
        }
    }
    kl_front_entry_candidates(f, &e, gives->p[first].span);
    return true;
}

static void check_twice(kl_front *f, const kl_set_list *gives, size_t i) {
    if (gives->p[i].value && gives->p[i].value->kind == KL_E_ENTRY) return; /* several entries may be given */
    for (size_t k = 0; k < i; k++)
        if (kl_str_eq(gives->p[k].name.text, gives->p[i].name.text)) {
            kl_diag *d = kl_front_report(f, gives->p[i].name.span, KL_D_GIVEN_TWICE, 1, gives->p[i].name.text);
            kl_front_second(f, d, f->file, gives->p[k].name.span, KL_N_FIRST_HERE, KL_NO_ARG);
            return;
        }
}

void kl_front_lower_rule(kl_front *f, const kl_symbol *s) {
    const kl_piece *p = s->piece;
    kl_when when = kl_front_period(f, p);
    uint32_t cond = p->u.rule.when ? kl_lower_truth(f, p->u.rule.when) : kl_n_bool(f, 1);
    kl_front_reads(f, s->index, cond);
    uint32_t truth = kl_front_edition(f, s->index, cond, &when);
    f->g->entries.p[s->index].truth = truth;
    uint32_t absent = kl_front_absent(f, &when);
    const kl_set_list *gives = &p->u.rule.gives;
    bool *taken = kl_alloc_array(f->arena, gives->n + 1, sizeof *taken);
    for (size_t i = 0; i < gives->n; i++) {
        check_twice(f, gives, i);
        if (taken[i] || give_columns(f, gives, i, s->index, absent, taken)) continue;
        give(f, &gives->p[i], s->index, absent);
    }
    if (gives->n == 0 && p->u.rule.overrides.n == 0)
        kl_front_report(f, p->name.span, KL_D_RULE_GIVES_NOTHING, 1, s->name);
    if (p->u.rule.overrides.n)
        KL_PUSH(f->arena, &f->overrides, ((kl_override){s, &p->u.rule.overrides, s->index, s->index + 1}));
}

/* ------------------------------------------------------------------ overrides */
typedef struct target { /* what an override names: entries [first, last), one outcome or all */
    const kl_symbol *symbol;
    uint32_t first, last, outcome;
    kl_str rows; /* only rows with this label, or that begin with it */
} target;

static const kl_table_rows *table_of(const kl_front *f, const kl_symbol *s) {
    for (size_t i = 0; i < f->tables.n; i++)
        if (f->tables.p[i].symbol == s) return &f->tables.p[i];
    return NULL;
}

/* Is `label` the row `wanted`, or one of its rows a, b, …? 5 means 5a but not 50. */
static bool row_named(kl_str label, kl_str wanted) {
    if (label.n < wanted.n || memcmp(label.p, wanted.p, wanted.n) != 0) return false;
    if (label.n == wanted.n) return true;
    char last = wanted.p[wanted.n - 1], next = label.p[wanted.n];
    bool digit_before = last >= '0' && last <= '9', digit_after = next >= '0' && next <= '9';
    return digit_before && !digit_after && next != '.';
}

static bool column_part(kl_str *rest) {
    static const char *const words[] = {"kolumn.", "column."};
    for (size_t i = 0; i < 2; i++)
        if (rest->n > 7 && memcmp(rest->p, words[i], 7) == 0) {
            rest->p += 7;
            rest->n -= 7;
            return true;
        }
    return false;
}

static bool sets_outcome(const kl_front *f, const kl_table_rows *t, uint32_t outcome) {
    const ir_outcome *o = &f->g->outcomes.p[outcome];
    for (size_t i = 0; i < o->candidates.n; i++) {
        uint32_t e = f->g->candidates.p[o->candidates.p[i]].entry;
        if (e >= t->first && e < t->last) return true;
    }
    return false;
}

/* The part of a table after its name: rows or one column. */
static bool resolve_part(kl_front *f, const kl_name *name, kl_str rest, const kl_table_rows *t, target *out) {
    if (column_part(&rest)) {
        kl_symbol *o =
            kl_front_find(f, (kl_name){rest, name->span, true}, KL_KIND(KL_SYM_OUTCOME), KL_D_OUTCOME_UNKNOWN);
        if (!o || o->index == IR_NONE) return false;
        if (!sets_outcome(f, t, o->index)) {
            kl_front_report(f, name->span, KL_D_OVERRIDE_COLUMN, 2, t->symbol->name, rest);
            return false;
        }
        out->outcome = o->index;
        return true;
    }
    for (uint32_t e = t->first; e < t->last; e++)
        if (row_named(kl_front_row_label(f, e), rest)) {
            out->rows = rest;
            return true;
        }
    kl_front_report(f, name->span, KL_D_OVERRIDE_ROW, 2, t->symbol->name, rest);
    return false;
}

static bool resolve(kl_front *f, const kl_name *name, target *out) {
    unsigned kinds = KL_KIND(KL_SYM_RULE) | KL_KIND(KL_SYM_TABLE);
    size_t dot = 0;
    while (dot < name->text.n && name->text.p[dot] != '.') dot++;
    kl_name whole = {{name->text.p, dot}, name->span, true};
    kl_symbol *s = kl_front_find(f, whole, kinds, KL_D_OVERRIDE_UNKNOWN);
    if (!s || s->bad || s->index == IR_NONE) return false;
    *out = (target){.symbol = s, .first = s->index, .last = s->index + 1, .outcome = IR_NONE};
    const kl_table_rows *t = s->kind == KL_SYM_TABLE ? table_of(f, s) : NULL;
    if (t) out->first = t->first, out->last = t->last;
    if (dot == name->text.n) return true;
    if (!t) {
        kl_front_report(f, name->span, KL_D_OVERRIDE_RULE_PART, 1, s->name);
        return false;
    }
    return resolve_part(f, name, (kl_str){name->text.p + dot + 1, name->text.n - dot - 1}, t, out);
}

static void apply(kl_front *f, const kl_override *o, const target *t) {
    for (size_t i = 0; i < f->g->candidates.n; i++) {
        ir_candidate *c = &f->g->candidates.p[i];
        if (c->entry < t->first || c->entry >= t->last || (t->outcome != IR_NONE && c->outcome != t->outcome)) continue;
        if (t->rows.n && !row_named(kl_front_row_label(f, c->entry), t->rows)) continue;
        bool there = false; /* by another of its targets: then all of it is */
        for (size_t k = 0; k < c->overriders.n && !there; k++) there = c->overriders.p[k] == o->first;
        for (uint32_t e = o->first; e < o->last && !there; e++) KL_PUSH(f->arena, &c->overriders, e);
    }
}

/* ------------------------------------------------------------------ cycles of overrides */
typedef struct edge {
    const kl_symbol *from, *to;
    const kl_name *name;
} edge;
typedef KL_VEC(edge) edge_list;

/* Is there a way from `at` to `goal`? `path` is filled from the goal backwards. */
static bool reaches(kl_front *f, const edge_list *edges, const kl_symbol *at, const kl_symbol *goal, bool *seen,
                    kl_buf *path) {
    for (size_t i = 0; i < edges->n; i++) {
        if (edges->p[i].from != at || seen[i]) continue;
        seen[i] = true;
        size_t mark = path->n;
        kl_buf_fmt(path, " → %.*s", KL_FMT(edges->p[i].to->name));
        if (edges->p[i].to == goal || reaches(f, edges, edges->p[i].to, goal, seen, path)) return true;
        path->n = mark;
    }
    return false;
}

/* One report for each cycle, at the first override in the file that closes it. */
static void check_cycles(kl_front *f, const edge_list *edges) {
    edge_list earlier = {0};
    for (size_t i = 0; i < edges->n; i++) {
        const edge *e = &edges->p[i];
        kl_buf path;
        kl_buf_init(&path, f->arena);
        kl_buf_fmt(&path, "%.*s → %.*s", KL_FMT(e->from->name), KL_FMT(e->to->name));
        bool *seen = kl_alloc_array(f->arena, edges->n + 1, sizeof *seen);
        if (e->from == e->to || reaches(f, &earlier, e->to, e->from, seen, &path))
            kl_front_report(f, e->name->span, KL_D_OVERRIDE_CYCLE, 1, kl_buf_view(&path));
        else
            KL_PUSH(f->arena, &earlier, *e);
    }
}

void kl_front_resolve_overrides(kl_front *f) {
    edge_list edges = {0};
    for (size_t i = 0; i < f->overrides.n; i++) {
        const kl_override *o = &f->overrides.p[i];
        for (size_t k = 0; k < o->names->n; k++) {
            target t;
            if (!resolve(f, &o->names->p[k], &t)) continue;
            KL_PUSH(f->arena, &edges, ((edge){o->symbol, t.symbol, &o->names->p[k]}));
            apply(f, o, &t);
        }
    }
    check_cycles(f, &edges);
}
