/* whynot.c - the cheapest path to where the target holds, at one for each field that changes; then the changed record is run.
 * May include: compiler/cli/whynot, given, trying, compiler/analyse/wide.
 * Start at kl_why_not(); search() is exact: fields that several questions share are freed or kept as a whole, one choice after the other. */
#include "compiler/cli/whynot.h"

#include <string.h>

#include "compiler/analyse/wide.h"
#include "compiler/cli/given.h"
#include "compiler/cli/trying.h"

enum { SHARED_MOST = 16 };

typedef struct asking {
    kl_cli *c;
    const ir_guideline *g;
    kl_rules rules; /* the one edition */
    kl_joint *j;
    kl_wide *w;
    kl_trying trying;
    kl_str target;
    uint32_t entry, outcome, ending; /* IR_NONE: not it */
    uint32_t where;
    kl_datum *record, *changed;
    bool *fixed;
    kl_index_list shared; /* fields that several questions ask about */
    uint32_t *base, *answers, *best, *cost;
    uint64_t least;
    bool derived;
} asking;

/* ------------------------------------------------------------------ the target */
static kl_datum datum_of(const ir_field *f, bool received, const kl_result *r) {
    if (!received || r->state != KL_DECIDED) return (kl_datum){.state = KL_DATUM_UNKNOWN};
    return (kl_datum){KL_DATUM_VALUE, r->number, f->type.kind == KL_T_SET ? r->set : 0, kl_str_from(r->text)};
}

static uint32_t entry_named(const ir_guideline *g, kl_str id) {
    for (uint32_t i = 0; i < g->entries.n; i++)
        if (kl_str_eq(g->entries.p[i].id, id) && g->entries.p[i].truth != IR_NONE) return i;
    return IR_NONE;
}

/* The result that has these words, in either language. */
static bool is_value(const asking *x, const kl_ending *e, ir_type type, kl_str value) {
    static const char *const states[][2] = {{"ej angivet", "not stated"},
                                            {"inget", "none"},
                                            {"obestämt", "undetermined"},
                                            {"motstridigt", "conflict"},
                                            {"fel", "error"}};
    static const kl_result_kind kinds[] = {KL_RESULT_NOT_STATED, KL_RESULT_NONE, KL_RESULT_OPEN, KL_RESULT_CONFLICT,
                                           KL_RESULT_ERROR};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (e->kind == kinds[i])
            return kl_str_eq(value, kl_str_of(states[i][0])) || kl_str_eq(value, kl_str_of(states[i][1]));
    if (e->kind == KL_RESULT_TEXT || e->kind == KL_RESULT_EXTERNAL)
        return kl_str_eq(value, x->w->endings.texts.p[e->value]);
    if (e->kind != KL_RESULT_CONST) return false;
    if (type.kind == KL_T_VALUES && (uint64_t)e->value >= x->g->sets.p[type.set].values.n) return false; /* another's */
    if (type.kind == KL_T_DATE && (e->value < KL_DATE_MIN || e->value > KL_DATE_MAX)) return false;
    int64_t number;
    unsigned scale = type.kind == KL_T_MONEY ? 2 : type.decimals;
    bool numeric = type.kind == KL_T_MONEY || type.kind == KL_T_DECIMAL || type.kind == KL_T_INTEGER;
    if (numeric && !kl_parse_number(kl_string_from(value), scale, kl_string_from(x->g->currency), &number))
        return number == e->value;
    kl_datum d = {KL_DATUM_VALUE, e->value, (uint64_t)e->value, {NULL, 0}};
    return kl_str_eq(value, kl_given_text(x->c->arena, x->g, type, &d, KL_SV)) ||
           kl_str_eq(value, kl_given_text(x->c->arena, x->g, type, &d, KL_EN));
}

static bool is_rule(const asking *x) {
    ir_entry_kind kind = x->g->entries.p[x->entry].kind;
    return kind == IR_E_RULE || kind == IR_E_ROW;
}

/* Where the rule or row fires for one of its outcomes; or the forms it takes. */
static void firing(asking *x, kl_index_list *forms) {
    for (size_t i = 0; i < x->w->slots.n; i++) {
        const kl_arms *arms = &x->w->slots.p[i].d.arms;
        for (size_t k = 0; k < arms->n; k++)
            if (arms->p[k].entry == x->entry) KL_PUSH(x->c->arena, forms, kl_wide_fires(x->w, 0, &arms->p[k]));
    }
}

static bool find_entry(asking *x) {
    kl_index_list forms = {0};
    kl_deciding_side(&x->w->k, &x->j->heads[0], x->j->period_entry[0]);
    if (is_rule(x)) firing(x, &forms);
    if (!forms.n)
        KL_PUSH(x->c->arena, &forms,
                kl_form_framed(x->w->f, kl_form_const(x->w->f, 1), kl_form_of_entry(x->w->f, x->entry)));
    if (!kl_wide_start(x->w, NULL, 0, forms.p, forms.n)) return false;
    x->where = KL_LEAF_NO;
    for (size_t i = 0; i < forms.n; i++) {
        uint32_t yes, no;
        kl_wide_truth(x->w, 0, forms.p[i], &yes, &no);
        x->where = kl_dd_or(&x->w->k.m, x->where, yes);
    }
    return true;
}

static bool find_outcome(asking *x, kl_str value, bool *known) {
    if (!kl_wide_start(x->w, &x->outcome, 1, NULL, 0)) return false;
    uint32_t root = kl_wide_root(x->w, x->w->first_slot[x->outcome]);
    x->where = KL_LEAF_NO;
    *known = !kl_wide_computed(x->w, root); /* else a value that no rule names can still come out */
    for (uint32_t i = 0; i < x->w->endings.list.n; i++) {
        const kl_ending *e = kl_result_at(&x->w->endings, i);
        if (e->kind == KL_RESULT_OPEN && i != x->w->undetermined) continue;
        if (!is_value(x, e, x->g->outcomes.p[x->outcome].type, value)) continue;
        *known = true;
        x->where = kl_dd_or(&x->w->k.m, x->where, kl_wide_leaf(x->w, root, i));
    }
    return true;
}

/* ------------------------------------------------------------------ the smallest change */
static void find_shared(asking *x) {
    uint32_t *count = kl_alloc_array(x->c->arena, x->g->fields.n + 1, sizeof *count);
    for (size_t i = 0; i < x->w->levels.n; i++)
        if (x->w->levels.p[i].how == KL_HOW_FIELD) count[x->w->levels.p[i].field]++;
    uint8_t *in = kl_wide_support(x->w, x->where);
    for (size_t i = 0; i < x->w->levels.n; i++) {
        const kl_wide_level *l = &x->w->levels.p[i];
        const kl_question *q = &x->w->k.asked.list.p[l->question];
        if (!in[i] || l->how != KL_HOW_DERIVED) continue;
        kl_ref_list refs = {0};
        x->derived = true;
        if (q->kind != KL_Q_SAME) kl_form_refs(x->w->f, q->source, &refs);
        for (size_t k = 0; k < refs.n; k++)
            if (refs.p[k].kind == IR_REF_FIELD) count[refs.p[k].index] += 2;
    }
    for (uint32_t i = 0; i < x->g->fields.n; i++)
        if (count[i] > 1) KL_PUSH(x->c->arena, &x->shared, i);
}

static bool is_shared(const asking *x, uint32_t field, size_t *at) {
    for (*at = 0; *at < x->shared.n; (*at)++)
        if (x->shared.p[*at] == field) return true;
    return false;
}

/* With the shared fields of `free` (a bit each) changed, or at least free to. */
static void try_freed(asking *x, uint32_t freed, bool all_free) {
    uint64_t total, own = (uint64_t)__builtin_popcount(freed);
    if (own >= x->least) return;
    for (size_t i = 0; i < x->w->levels.n; i++) {
        const kl_wide_level *l = &x->w->levels.p[i];
        size_t at;
        x->cost[i] = 0;
        if (l->how != KL_HOW_FIELD) continue;
        x->cost[i] = 1;
        if (is_shared(x, l->field, &at)) x->cost[i] = freed >> at & 1 ? 0 : UINT32_MAX;
        if (!all_free && x->fixed[l->field]) x->cost[i] = UINT32_MAX;
    }
    if (!kl_wide_nearest(x->w, x->where, x->base, x->cost, false, x->answers, &total) || own + total >= x->least)
        return;
    x->least = own + total;
    memcpy(x->best, x->answers, x->w->levels.n * sizeof *x->best);
}

static bool search(asking *x, bool all_free) {
    x->least = UINT64_MAX;
    for (uint32_t size = 0; size <= x->shared.n; size++)
        for (uint32_t freed = 0; freed < UINT32_C(1) << x->shared.n; freed++)
            if ((uint32_t)__builtin_popcount(freed) == size) try_freed(x, freed, all_free);
    if (x->least == UINT64_MAX) return false;
    memcpy(x->changed, x->record, x->g->fields.n * sizeof *x->changed);
    return kl_wide_record(x->w, x->best, x->changed);
}

static bool reached(asking *x, const kl_datum *record, kl_str value) {
    if (!kl_trying_decide(&x->trying, &record, 1)) return false;
    kl_trying_take(&x->trying, 0);
    if (x->entry == IR_NONE) {
        kl_result r = kl_trying_result(&x->trying, x->outcome, 0);
        kl_ending e = {KL_RESULT_CONST, r.state == KL_DECIDED ? r.number : 0};
        static const kl_result_kind kinds[] = {
            [KL_DECIDED] = KL_RESULT_CONST,  [KL_NOT_STATED] = KL_RESULT_NOT_STATED, [KL_EXTERNAL] = KL_RESULT_EXTERNAL,
            [KL_NO_RESULT] = KL_RESULT_NONE, [KL_UNDETERMINED] = KL_RESULT_OPEN,     [KL_CONFLICT] = KL_RESULT_CONFLICT,
            [KL_FAILED] = KL_RESULT_ERROR};
        e.kind = kinds[r.state];
        ir_type type = x->g->outcomes.p[x->outcome].type;
        if (r.state == KL_EXTERNAL || (r.state == KL_DECIDED && type.kind == KL_T_TEXT))
            return kl_str_eq(kl_str_from(r.text), value);
        if (r.state == KL_DECIDED && type.kind == KL_T_SET) e.value = (int64_t)r.set;
        return is_value(x, &e, type, value);
    }
    if (!is_rule(x)) return kl_truth_of(x->trying.workspace, x->entry, 0) == KL_YES;
    for (size_t o = 0; o < x->g->outcomes.n; o++)
        for (size_t i = 0; i < x->trying.verdict->outcomes[o].by_count; i++)
            if (x->trying.verdict->outcomes[o].by[i] == x->entry) return true;
    return false;
}

/* ------------------------------------------------------------------ telling */
static kl_str value_text(const asking *x, uint32_t field, const kl_datum *d) {
    return kl_given_text(x->c->arena, x->g, x->g->fields.p[field].type, d, x->c->lang);
}

static bool differs(const asking *x, uint32_t field) {
    return !kl_str_eq(value_text(x, field, &x->record[field]), value_text(x, field, &x->changed[field]));
}

/* The exceptions that hold of the record as it is, and the rules that override. */
static void find_blocking(asking *x, kl_str_list *ids) {
    if (x->entry == IR_NONE) return;
    for (uint32_t i = 0; i < x->g->entries.n; i++) {
        const ir_entry *e = &x->g->entries.p[i];
        if (e->kind == IR_E_EXCEPTION && e->parent == x->entry && kl_truth_of(x->trying.workspace, i, 0) == KL_YES)
            KL_PUSH(x->c->arena, ids, e->id);
    }
    for (size_t i = 0; i < x->g->candidates.n; i++) {
        const ir_candidate *a = &x->g->candidates.p[i];
        for (size_t k = 0; a->entry == x->entry && k < a->overriders.n; k++) {
            kl_str id = x->g->entries.p[a->overriders.p[k]].id;
            bool there = kl_truth_of(x->trying.workspace, a->overriders.p[k], 0) != KL_YES;
            for (size_t n = 0; n < ids->n; n++) there = there || kl_str_eq(ids->p[n], id);
            if (!there) KL_PUSH(x->c->arena, ids, id);
        }
    }
}

typedef enum answer { HOLDS, FOUND, FIXED, NEVER, OPEN } answer;

static void tell_text(asking *x, answer a, const kl_str_list *blocking, kl_bytes *out) {
    kl_cli *c = x->c;
    static const char *const heads[][2] = {
        [HOLDS] = {"%.*s: så är det redan\n", "%.*s: so it is already\n"},
        [FOUND] = {"%.*s: den minsta ändringen\n", "%.*s: the smallest change\n"},
        [FIXED] = {"%.*s: inte så länge dessa ligger fast; den minsta ändringen vore\n",
                   "%.*s: not while these are fixed; the smallest change would be\n"},
        [NEVER] = {"%.*s: ingen ändring räcker\n", "%.*s: no change is enough\n"},
        [OPEN] = {"%.*s: inte avgjort, det hänger på vad som räknas ut\n",
                  "%.*s: not decided, it hangs on what is computed\n"}};
    kl_str line = kl_str_fmt(c->arena, heads[a][c->lang == KL_EN], KL_FMT(x->target));
    kl_bytes_add(out, line.p, line.n);
    for (uint32_t i = 0; (a == FOUND || a == FIXED) && i < x->g->fields.n; i++) {
        if (!differs(x, i)) continue;
        kl_str from = value_text(x, i, &x->record[i]), to = value_text(x, i, &x->changed[i]);
        line = kl_str_fmt(c->arena, "  %.*s: %.*s → %.*s%s\n", KL_FMT(x->g->fields.p[i].name), KL_FMT(from), KL_FMT(to),
                          x->fixed[i] ? kl_cli_word(c, "   (ligger fast)", "   (fixed)") : "");
        kl_bytes_add(out, line.p, line.n);
    }
    for (size_t i = 0; a != HOLDS && i < blocking->n; i++) {
        line =
            kl_str_fmt(c->arena, kl_cli_word(c, "  hindras av %.*s\n", "  blocked by %.*s\n"), KL_FMT(blocking->p[i]));
        kl_bytes_add(out, line.p, line.n);
    }
}

static void tell_json(asking *x, answer a, const kl_str_list *blocking, kl_bytes *out) {
    static const char *const words[] = {"holds", "found", "fixed", "never", "not_decided"};
    bool first = true;
    kl_bytes_text(out, "{\"target\": ");
    kl_bytes_json(out, kl_string_from(x->target));
    kl_bytes_text(out, ", \"answer\": \"");
    kl_bytes_text(out, words[a]);
    kl_bytes_text(out, "\", \"changes\": [");
    for (uint32_t i = 0; (a == FOUND || a == FIXED) && i < x->g->fields.n; i++) {
        if (!differs(x, i)) continue;
        kl_bytes_text(out, first ? "{\"field\": " : ", {\"field\": ");
        kl_bytes_json(out, kl_string_from(x->g->fields.p[i].name));
        kl_bytes_text(out, ", \"from\": ");
        kl_bytes_json(out, kl_string_from(value_text(x, i, &x->record[i])));
        kl_bytes_text(out, ", \"to\": ");
        kl_bytes_json(out, kl_string_from(value_text(x, i, &x->changed[i])));
        kl_bytes_text(out, x->fixed[i] ? ", \"fixed\": true}" : ", \"fixed\": false}");
        first = false;
    }
    kl_bytes_text(out, "], \"blocked_by\": [");
    for (size_t i = 0; i < blocking->n; i++) {
        if (i) kl_bytes_text(out, ", ");
        kl_bytes_json(out, kl_string_from(blocking->p[i]));
    }
    kl_bytes_text(out, "]}\n");
}

/* ------------------------------------------------------------------ the command line */
static bool take_fixed(asking *x) {
    kl_str_list names = {0};
    for (size_t i = 0; i < x->g->fields.n; i++) KL_PUSH(x->c->arena, &names, x->g->fields.p[i].name);
    kl_str_list fixed = kl_cli_list(x->c, KL_FLAG_FIXED);
    for (size_t i = 0; i < fixed.n; i++) {
        size_t field = 0;
        while (field < names.n && !kl_str_eq(names.p[field], fixed.p[i])) field++;
        if (field == names.n) {
            kl_say(x->c, KL_D_NO_FIELD, 1, fixed.p[i]);
            kl_say_hint(x->c, kl_closest(fixed.p[i], names.p, names.n));
            return false;
        }
        x->fixed[field] = true;
    }
    return true;
}

static bool take_target(asking *x, kl_str *value) {
    kl_str_list names = {0};
    x->target = kl_cli_value(x->c, KL_FLAG_WHY_NOT);
    x->entry = entry_named(x->g, x->target);
    x->outcome = IR_NONE;
    if (x->entry != IR_NONE) return true;
    const char *eq = memchr(x->target.p, '=', x->target.n);
    kl_str name = {x->target.p, eq ? (size_t)(eq - x->target.p) : x->target.n};
    if (eq) *value = (kl_str){eq + 1, x->target.n - name.n - 1};
    for (uint32_t i = 0; i < x->g->outcomes.n; i++) {
        KL_PUSH(x->c->arena, &names, x->g->outcomes.p[i].name);
        if (eq && !x->g->outcomes.p[i].many && kl_str_eq(x->g->outcomes.p[i].name, name)) x->outcome = i;
    }
    for (uint32_t i = 0; i < x->g->entries.n; i++) KL_PUSH(x->c->arena, &names, x->g->entries.p[i].id);
    if (x->outcome != IR_NONE) return true;
    kl_say(x->c, KL_D_NO_TARGET, 1, x->target);
    kl_say_hint(x->c, kl_closest(name, names.p, names.n));
    return false;
}

static answer answer_of(asking *x, kl_str value, kl_str_list *blocking) {
    bool known = true;
    if (reached(x, x->record, value)) return HOLDS;
    find_blocking(x, blocking);
    bool built = x->entry != IR_NONE ? find_entry(x) : find_outcome(x, value, &known);
    if (!built || x->w->k.m.full) return OPEN;
    x->where = kl_wide_possible(x->w, x->where);
    size_t n = x->w->levels.n + 1;
    x->base = kl_alloc_array(x->c->arena, n, sizeof *x->base);
    x->answers = kl_alloc_array(x->c->arena, n, sizeof *x->answers);
    x->best = kl_alloc_array(x->c->arena, n, sizeof *x->best);
    x->cost = kl_alloc_array(x->c->arena, n, sizeof *x->cost);
    kl_wide_answers(x->w, x->record, x->base);
    find_shared(x);
    if (x->shared.n > SHARED_MOST) return OPEN;
    if (search(x, false)) return reached(x, x->changed, value) ? FOUND : OPEN;
    if (search(x, true)) return reached(x, x->changed, value) ? FIXED : OPEN;
    return x->derived || !known ? OPEN : NEVER;
}

int kl_why_not(kl_cli *c, const kl_rules *rules, size_t edition, const kl_workspace *workspace, uint32_t row) {
    asking x = {.c = c, .g = rules->editions.p[edition].ir};
    kl_str value = {0};
    kl_str_list blocking = {0};
    if (!x.g) {
        kl_say(c, KL_D_IMAGE_TEXT, 1, rules->editions.p[edition].path);
        return KL_EXIT_TROUBLE;
    }
    size_t n = x.g->fields.n + 1;
    x.record = kl_alloc_array(c->arena, n, sizeof *x.record);
    x.changed = kl_alloc_array(c->arena, n, sizeof *x.changed);
    x.fixed = kl_alloc_array(c->arena, n, sizeof *x.fixed);
    kl_reading_of *all = kl_alloc_array(c->arena, x.g->assumptions.n + 1, sizeof *all);
    for (uint32_t i = 0; i < x.g->fields.n; i++) {
        bool received;
        kl_result r;
        kl_field_value(workspace, i, row, &received, &r);
        x.record[i] = datum_of(&x.g->fields.p[i], received, &r);
    }
    for (uint32_t i = 0; i < x.g->assumptions.n; i++) all[i].known = kl_assumed_value(workspace, i, &all[i].value);
    KL_PUSH(c->arena, &x.rules.editions, rules->editions.p[edition]);
    for (size_t i = 0; i < rules->assumed.n; i++) {
        kl_assumed as = rules->assumed.p[i];
        if (as.edition != edition) continue;
        as.edition = 0;
        KL_PUSH(c->arena, &x.rules.assumed, as);
    }
    if (!take_target(&x, &value) || !take_fixed(&x)) return KL_EXIT_TROUBLE;
    if (x.g->key != IR_NONE) x.fixed[x.g->key] = true;
    const ir_guideline *in[1] = {x.g};
    const kl_reading_of *readings[1] = {all};
    x.j = kl_joint_new(c->arena, in, 1, readings, NULL);
    x.w = kl_wide_new(c->arena, x.j, c->lang);
    if (!kl_trying_open(&x.trying, c, x.j, 0, &x.rules)) return KL_EXIT_TROUBLE;
    kl_bytes out = {0};
    answer a = answer_of(&x, value, &blocking);
    if (kl_cli_is(c, KL_FLAG_FORMAT, "json"))
        tell_json(&x, a, &blocking, &out);
    else
        tell_text(&x, a, &blocking, &out);
    bool good = kl_write_all(c, KL_STR(""), out.data, out.size);
    kl_bytes_free(&out);
    kl_trying_close(&x.trying);
    return !good ? KL_EXIT_TROUBLE : a == HOLDS || a == FOUND ? KL_EXIT_OK : KL_EXIT_FOUND;
}
