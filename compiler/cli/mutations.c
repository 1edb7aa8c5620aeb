/* mutations.c - walks the tree of a rule file and writes down the changes that mutations.def and the pieces allow, as replacements in the text.
 * May include: compiler/cli/mutations, compiler/cli/given, lang/catalogue, the runtime's dates.
 * Start at kl_mutations(), then put_all(), which looks up what can be done with one node. */
#include "compiler/cli/mutations.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/cli/given.h"
#include "lang/catalogue.h"
#include "lang/lang.h"
#include "runtime/dates.h"
#include "runtime/klausul.h"

typedef struct finding {
    kl_arena *arena;
    const ir_guideline *g;
    const kl_file *file;
    kl_surface lang;
    kl_mutation_list *out;
    kl_str part;    /* what is said before a change */
    kl_span within; /* what is shown of it, when `held` */
    bool held;
} finding;

/* Which form of a node a kind of change is for; of a comparison its sign instead. */
enum {
    KL_AS_NEVER = -2,
    KL_AS_ANY = -1,
    KL_AS_PLAIN = 0, /* without inte */
    KL_AS_NEGATED = 1,
    KL_AS_VALUE = 0, /* where a value is wanted, or a condition */
    KL_AS_CONDITION = 1,
    KL_AS_WHOLE = 1, /* not part of a larger condition */
    KL_AS_EVERY = -1,
    KL_AS_NEAREST = 0,
    KL_AS_UP = 1,
    KL_AS_DOWN = 2
};

typedef enum how { TURN, WORD, LAST, PUT_NOT, TAKE_NOT, STEP_A, STEP_B, STEP_C, STEP, OTHER_B, OTHER, WITHOUT } how;

typedef struct recipe {
    kl_expr_kind node;
    int as;
    how how;
    const char *word[2]; /* by kl_surface */
    int by;
    const char *kind;
} recipe;

static const recipe recipes[] = {
#define KL_MUTATION(node, as, how, sv, en, by, kind) {KL_E_##node, as, how, {sv, en}, by, kind},
#include "compiler/cli/mutations.def"
#undef KL_MUTATION
};

typedef struct at { /* where a node stands */
    ir_type type;   /* what is wanted there, KL_T_NONE when that is not known */
    bool condition, whole;
    bool turned; /* under `inte`: taking that away is the same as putting one more */
} at;

static const at VALUE = {.condition = false}, CONDITION = {.condition = true},
                WHOLE = {.condition = true, .whole = true};

static const char *say(const finding *f, const char *sv, const char *en) {
    return f->lang == KL_SV ? sv : en;
}

/* ------------------------------------------------------------------ text and tokens */
static kl_str text_at(const finding *f, kl_span s) {
    return (kl_str){f->file->text.p + s.start, s.end - s.start};
}

static bool is_word(const kl_token *t, kl_surface surface, const char *sv, const char *en) {
    return t->word != KL_NO_WORD && kl_str_eq(kl_words[t->word].text[surface], kl_str_of(surface == KL_SV ? sv : en));
}

/* The place of a keyword inside `in`; false when it is not there. */
static bool find_word(const finding *f, kl_span in, const char *sv, const char *en, kl_span *place) {
    for (size_t i = kl_token_from(f->file, in.start); i < f->file->tokens.n; i++) {
        const kl_token *t = &f->file->tokens.p[i];
        if (t->span.start >= in.end) break;
        if (!is_word(t, f->file->surface, sv, en)) continue;
        *place = t->span;
        return true;
    }
    return false;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* The lines that hold nothing else, or just the place when they do. */
static kl_span lines_of(const finding *f, kl_span s) {
    const kl_str t = f->file->text;
    uint32_t start = s.start, end = s.end;
    while (start > 0 && is_blank(t.p[start - 1])) start--;
    while (end < t.n && is_blank(t.p[end])) end++;
    if (end < t.n && t.p[end] == '#')
        while (end < t.n && t.p[end] != '\n') end++;
    if ((start > 0 && t.p[start - 1] != '\n') || (end < t.n && t.p[end] != '\n')) return s;
    return (kl_span){start, end < t.n ? end + 1 : end};
}

/* ------------------------------------------------------------------ putting down a change */
/* `place` becomes `to`, shown with what stands around it in `shown`. */
static void put(finding *f, const char *kind, kl_span shown, kl_span place, kl_str to, bool covers) {
    if (f->held) shown = f->within;
    kl_str before = text_at(f, (kl_span){shown.start, place.start}),
           after = text_at(f, (kl_span){place.end, shown.end});
    kl_str all = kl_str_fmt(f->arena, "%.*s%.*s%.*s", KL_FMT(before), KL_FMT(to), KL_FMT(after));
    if (kl_str_eq(all, text_at(f, shown))) return;
    KL_PUSH(f->arena, f->out, ((kl_mutation){kind, shown, all, shown, f->part, covers, 0}));
}

static void leave_out(finding *f, kl_span place, kl_span shown, const char *sv, const char *en) {
    kl_mutation m = {.kind = "left_out", .span = lines_of(f, place), .shown = shown, .covers = true};
    m.part = kl_str_of(say(f, sv, en));
    KL_PUSH(f->arena, f->out, m);
}

/* ------------------------------------------------------------------ what type is wanted */
static ir_type type_named(const finding *f, kl_str name) {
    for (size_t i = 0; i < f->g->fields.n; i++)
        if (kl_str_eq(f->g->fields.p[i].name, name)) return f->g->fields.p[i].type;
    for (size_t i = 0; i < f->g->outcomes.n; i++) {
        const ir_outcome *o = &f->g->outcomes.p[i];
        if (kl_str_eq(o->name, name)) return o->type;
        for (size_t k = 0; k < o->columns.n; k++) /* of a table: `utfall.kolumn` */
            if (name.n == o->name.n + 1 + o->columns.p[k].name.n && name.p[o->name.n] == '.' &&
                memcmp(name.p, o->name.p, o->name.n) == 0 &&
                memcmp(name.p + o->name.n + 1, o->columns.p[k].name.p, o->columns.p[k].name.n) == 0)
                return o->columns.p[k].type;
    }
    for (size_t i = 0; i < f->g->assumptions.n; i++)
        if (kl_str_eq(f->g->assumptions.p[i].name, name)) return f->g->assumptions.p[i].type;
    return (ir_type){.kind = KL_T_NONE};
}

static ir_type type_of(const finding *f, const kl_expr *e) {
    return e && e->kind == KL_E_NAME ? type_named(f, e->name.text) : (ir_type){.kind = KL_T_NONE};
}

static const ir_set *set_with(const finding *f, ir_type type, kl_str name, size_t *value) {
    bool known = type.kind == KL_T_VALUES || type.kind == KL_T_SET;
    for (size_t i = 0; i < f->g->sets.n; i++) {
        const ir_set *s = &f->g->sets.p[i];
        for (size_t k = 0; k < s->values.n && (!known || type.set == i); k++)
            if (kl_str_eq(s->values.p[k].name, name)) return *value = k, s;
    }
    return NULL;
}

static bool is_value(const finding *f, const kl_expr *e, ir_type type) {
    size_t value;
    if (e->kind != KL_E_NAME || !set_with(f, type, e->name.text, &value)) return false;
    return type.kind != KL_T_NONE || type_named(f, e->name.text).kind == KL_T_NONE;
}

/* ------------------------------------------------------------------ constants */
static bool is_constant(const kl_expr *e) {
    if (e && e->kind == KL_E_NEG) e = e->a;
    return e && (e->kind == KL_E_NUMBER || e->kind == KL_E_MONEY || e->kind == KL_E_DURATION || e->kind == KL_E_DATE);
}

static unsigned least_decimals(const kl_expr *e, ir_type type) {
    if (e->unit == KL_UNIT_ORE) return 0;
    if (e->kind == KL_E_MONEY) return 2;
    return e->kind == KL_E_NUMBER && type.kind == KL_T_DECIMAL ? type.decimals : 0;
}

/* A number in the digits of another: grouped and punctuated alike when as many are needed. */
static kl_str number_like(const finding *f, kl_str was, int64_t v, unsigned decimals, unsigned were) {
    char *p = kl_alloc(f->arena, was.n + 1);
    int64_t rest = v;
    bool fits = v >= 0 && decimals == were;
    memcpy(p, was.p, was.n);
    for (size_t i = was.n; i-- > 0 && fits;) {
        if (p[i] < '0' || p[i] > '9') continue;
        p[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    bool leads = was.n > 1 && p[0] == '0' && was.p[0] != '0';
    if (fits && !rest && !leads) return (kl_str){p, was.n};
    uint64_t one = 1, size = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;
    for (unsigned i = 0; i < decimals; i++) one *= 10;
    const char *minus = v < 0 ? "-" : "";
    if (!decimals) return kl_str_fmt(f->arena, "%s%llu", minus, (unsigned long long)size);
    return kl_str_fmt(f->arena, "%s%llu%c%0*llu", minus, (unsigned long long)(size / one),
                      f->file->surface == KL_SV ? ',' : '.', (int)decimals, (unsigned long long)(size % one));
}

static void put_step(finding *f, const recipe *r, kl_span shown, const kl_expr *e, ir_type type) {
    static const int64_t LARGE = INT64_C(1000000000000);
    int by = r->by;
    if (!is_constant(e)) return;
    if (e->kind == KL_E_NEG) e = e->a, by = -by;
    size_t i = kl_token_from(f->file, e->span.start);
    if (i == f->file->tokens.n || f->file->tokens.p[i].span.start != e->span.start) return;
    kl_span place = f->file->tokens.p[i].span;
    kl_str was = text_at(f, place);
    if (was.p[0] < '0' || was.p[0] > '9' || e->number.value > LARGE || e->number.value < -LARGE) return;
    if (e->kind == KL_E_DATE) {
        char day[10];
        if (e->number.value + by < KL_DATE_MIN || e->number.value + by > KL_DATE_MAX) return;
        kl_date_write((int32_t)e->number.value + by, day);
        put(f, r->kind, shown, place, kl_str_dup(f->arena, (kl_str){day, sizeof day}), false);
        return;
    }
    unsigned decimals = e->number.decimals, least = r->how == STEP ? 0 : least_decimals(e, type);
    int64_t v = e->number.value;
    for (; decimals < least && v < LARGE; decimals++) v *= 10;
    put(f, r->kind, shown, place, number_like(f, was, v + by, decimals, e->number.decimals), false);
}

static void put_other(finding *f, const recipe *r, kl_span shown, const kl_expr *e, ir_type type, bool two_too) {
    size_t value = 0;
    kl_surface own = f->file->surface;
    if (e->kind == KL_E_BOOL) {
        kl_str other = e->number.value ? (own == KL_SV ? KL_STR("nej") : KL_STR("no"))
                                       : (own == KL_SV ? KL_STR("ja") : KL_STR("yes"));
        put(f, r->kind, shown, e->span, other, true);
        return;
    }
    if (!is_value(f, e, type)) return;
    const ir_set *s = set_with(f, type, e->name.text, &value);
    if (s->values.n < 2 || (s->values.n == 2 && !two_too)) return; /* of two the other one is `inte` */
    put(f, r->kind, shown, e->span, kl_given_name(f->arena, s->values.p[(value + 1) % s->values.n].name, own), false);
}

/* ------------------------------------------------------------------ one node */
static bool needs_parentheses(const kl_expr *e) {
    return e->kind == KL_E_AND || e->kind == KL_E_OR || e->kind == KL_E_IMPLIES || e->kind == KL_E_IF;
}

static void put_not(finding *f, const recipe *r, const kl_expr *e) {
    bool parts = needs_parentheses(e);
    put(f, r->kind, e->span, e->span,
        kl_str_fmt(f->arena, parts ? "%s (%.*s)" : "%s %.*s", r->word[f->file->surface], KL_FMT(text_at(f, e->span))),
        true);
}

static void take_not(finding *f, const recipe *r, const kl_expr *e) {
    kl_span rest = {e->op_span.end, e->span.end};
    while (rest.start < rest.end && (is_blank(f->file->text.p[rest.start]) || f->file->text.p[rest.start] == '\n'))
        rest.start++;
    put(f, r->kind, e->span, e->span, text_at(f, rest), true);
}

/* With its comma: the one before, or after the first. */
static void put_without(finding *f, const recipe *r, kl_span shown, const kl_expr_list *list) {
    for (size_t i = 0; i < list->n && list->n > 1; i++) {
        kl_span place = {i ? list->p[i - 1]->span.end : list->p[0]->span.start,
                         i ? list->p[i]->span.end : list->p[1]->span.start};
        put(f, r->kind, shown, place, KL_STR(""), false);
    }
}

static void put_last(finding *f, const recipe *r, const kl_expr *e) {
    size_t i = kl_token_from(f->file, e->span.end);
    if (i > 0) put(f, r->kind, e->span, f->file->tokens.p[i - 1].span, kl_str_of(r->word[f->file->surface]), false);
}

static int form_of(const kl_expr *e, at where) {
    switch (e->kind) {
    case KL_E_COMPARE: return (int)e->compare;
    case KL_E_NAME: return where.condition;
    case KL_E_AND:
    case KL_E_OR:
    case KL_E_IMPLIES:
    case KL_E_IF: return where.whole;
    case KL_E_ROUND: return e->round == KL_ROUND_UP ? KL_AS_UP : e->round == KL_ROUND_DOWN ? KL_AS_DOWN : KL_AS_NEAREST;
    case KL_E_EMPTY: return e->a || where.condition ? e->negate : KL_AS_NEVER; /* the value `inga` has no opposite */
    default: return e->negate;
    }
}

static void put_one(finding *f, const recipe *r, const kl_expr *e, at where) {
    const char *word = r->word[f->file->surface];
    ir_type type = e->kind == KL_E_COMPARE || e->kind == KL_E_BETWEEN ? type_of(f, e->a) : where.type;
    if (type.kind == KL_T_NONE) type = where.type;
    bool same_answer = r->how == TURN || r->how == PUT_NOT || r->how == TAKE_NOT;
    if (same_answer && where.turned) return;
    switch (r->how) {
    case TURN: put(f, r->kind, e->span, e->op_span, kl_str_of(word), true); break;
    case WORD: put(f, r->kind, e->span, e->op_span, kl_str_of(word), false); break;
    case LAST: put_last(f, r, e); break;
    case PUT_NOT: put_not(f, r, e); break;
    case TAKE_NOT: take_not(f, r, e); break;
    case STEP_A: put_step(f, r, e->span, e->a, type); break;
    case STEP_B: put_step(f, r, e->span, e->b, type); break;
    case STEP_C: put_step(f, r, e->span, e->c, type); break;
    case STEP: put_step(f, r, e->span, e, type); break;
    case OTHER_B: put_other(f, r, e->span, e->b, type, false); break;
    case OTHER: put_other(f, r, e->span, e, where.type, true); break;
    case WITHOUT: put_without(f, r, e->span, &e->list);
    }
}

static void put_all(finding *f, const kl_expr *e, at where);

static void put_parts(finding *f, const kl_expr *e, at where) {
    at inner = {.type = where.type, .condition = where.condition};
    switch (e->kind) {
    case KL_E_NOT: put_all(f, e->a, (at){.condition = true, .turned = true}); return;
    case KL_E_AND:
    case KL_E_OR:
    case KL_E_IMPLIES:
        put_all(f, e->a, CONDITION);
        put_all(f, e->b, CONDITION);
        return;
    case KL_E_IF:
        put_all(f, e->a, WHOLE);
        put_all(f, e->b, inner);
        put_all(f, e->c, inner);
        return;
    case KL_E_COMPARE:
    case KL_E_BETWEEN:
    case KL_E_RANGE:
    case KL_E_IN: /* constants have been stepped, names of fields stay */
        if (e->a && !is_constant(e->a) && e->a->kind != KL_E_NAME) put_all(f, e->a, VALUE);
        if (e->b && !is_constant(e->b) && e->b->kind != KL_E_NAME && e->b->kind != KL_E_BOOL) put_all(f, e->b, VALUE);
        if (e->c && !is_constant(e->c) && e->c->kind != KL_E_NAME) put_all(f, e->c, VALUE);
        for (size_t i = 0; i < e->list.n; i++)
            if (e->list.p[i]->kind == KL_E_RANGE) put_all(f, e->list.p[i], (at){.type = type_of(f, e->a)});
        return;
    case KL_E_HAS:
    case KL_E_LACKS:
    case KL_E_SET:
    case KL_E_KNOWN:
    case KL_E_EMPTY: return;
    default: break;
    }
    at value = {.type = where.type};
    if (e->a) put_all(f, e->a, value);
    if (e->b) put_all(f, e->b, value);
    if (e->c) put_all(f, e->c, value);
    for (size_t i = 0; i < e->list.n; i++) put_all(f, e->list.p[i], value);
}

static void put_all(finding *f, const kl_expr *e, at where) {
    if (!e) return;
    int form = form_of(e, where);
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++)
        if (recipes[i].node == e->kind && (recipes[i].as == KL_AS_ANY || recipes[i].as == form))
            put_one(f, &recipes[i], e, where);
    put_parts(f, e, where);
}

static void put_value(finding *f, const kl_expr *e, ir_type type) {
    put_all(f, e, (at){.type = type});
}

static void put_condition(finding *f, const kl_expr *e) {
    put_all(f, e, WHOLE);
}

/* ------------------------------------------------------------------ days and periods */
static void put_day(finding *f, const kl_date *d, kl_span shown) {
    if (!d->said || d->assumed) return;
    for (int by = -1; by <= 1; by += 2) {
        char day[10];
        if (d->day + by < KL_DATE_MIN || d->day + by > KL_DATE_MAX) continue;
        kl_date_write(d->day + by, day);
        put(f, "period", shown, d->span, kl_str_dup(f->arena, (kl_str){day, sizeof day}), false);
    }
}

static void put_period(finding *f, const kl_period *p) {
    static const char *const beyond[][2][2] = {
        {{"tidigare okänt", "unknown before"}, {"tidigare inget", "nothing before"}},
        {{"senare okänt", "unknown after"}, {"senare inget", "nothing after"}}};
    kl_surface own = f->file->surface;
    if (!p->said) return;
    put_day(f, &p->from, p->span);
    put_day(f, &p->through, p->span);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++) {
            kl_span place;
            const char *const *word = beyond[i][k];
            if (find_word(f, p->span, word[KL_SV], word[KL_EN], &place))
                put(f, "period", p->span, place, kl_str_of(beyond[i][1 - k][own]), false);
        }
}

/* ------------------------------------------------------------------ tables */
static bool is_result(const finding *f, kl_str head) {
    size_t n = 0;
    while (n < head.n && head.p[n] != '.') n++; /* the column of an entry: `utfall.kolumn` */
    for (size_t i = 0; i < f->g->outcomes.n; i++)
        if (kl_str_eq(f->g->outcomes.p[i].name, (kl_str){head.p, n})) return true;
    return false;
}

static const recipe without = {.how = WITHOUT, .kind = "value"};

static void put_test_cell(finding *f, const kl_cell *c, ir_type type) {
    static const recipe other = {.how = OTHER, .kind = "value"}, step = {.how = STEP_A, .by = 1, .kind = "value"};
    const kl_expr *e = c->list.p[0];
    bool plain = e->kind == KL_E_NAME || e->kind == KL_E_RANGE || e->kind == KL_E_BETWEEN || e->kind == KL_E_STRING ||
                 is_constant(e);
    if (e->kind == KL_E_ANY || e->kind == KL_E_UNKNOWN || e->kind == KL_E_NOT_STATED) return;
    if (c->negate) {
        kl_span rest = {e->span.start, c->span.end};
        put(f, "condition", c->span, c->span, text_at(f, rest), true);
    } else if (plain || c->list.n > 1) {
        put(f, "condition", c->span, (kl_span){c->span.start, c->span.start},
            f->file->surface == KL_SV ? KL_STR("inte ") : KL_STR("not "), true);
    }
    put(f, "condition", c->span, c->span, KL_STR("*"), false);
    put_without(f, &without, c->span, &c->list);
    for (size_t i = 0; i < c->list.n; i++) {
        e = c->list.p[i];
        at where = {.type = type, .turned = e->kind == KL_E_BETWEEN};
        if (is_constant(e))
            put_step(f, &step, c->span, e, type);
        else if (c->list.n == 1 && (e->kind == KL_E_BOOL || e->kind == KL_E_NAME))
            put_other(f, &other, c->span, e, type, false);
        else if (e->kind != KL_E_NAME && e->kind != KL_E_BOOL)
            put_all(f, e, where);
    }
}

static void put_result_cell(finding *f, const kl_grid *t, size_t row, size_t column, ir_type type) {
    const kl_cell *c = &t->rows.p[row].cells.p[column];
    const kl_expr *e = c->list.p[0];
    if (c->list.n > 1) {
        put_without(f, &without, c->span, &c->list);
        return;
    }
    if (e->kind != KL_E_NOT_STATED && e->kind != KL_E_EMPTY && e->kind != KL_E_EXTERNAL) {
        put_value(f, e, type);
        return;
    }
    for (size_t i = 1; i < t->rows.n; i++) { /* has no neighbour of its own: another row's */
        const kl_cell *o = &t->rows.p[(row + i) % t->rows.n].cells.p[column];
        if (o->empty || o->list.n != 1 || o->list.p[0]->kind == e->kind) continue;
        put(f, "value", c->span, c->span, text_at(f, o->span), false);
        return;
    }
}

static void put_cell(finding *f, const kl_grid *t, size_t row, size_t column) {
    static const recipe days[] = {{.how = STEP, .by = -1, .kind = "period"}, {.how = STEP, .by = 1, .kind = "period"}};
    const kl_cell *c = &t->rows.p[row].cells.p[column];
    kl_str head = t->heads.p[column].text;
    if (c->empty || !c->list.n) return;
    if (!head.n) head = text_at(f, t->head_exprs.p[column] ? t->head_exprs.p[column]->span : t->heads.p[column].span);
    ir_type type = type_named(f, t->heads.p[column].text);
    f->part =
        head.n ? kl_str_fmt(f->arena, say(f, "%.*s, kolumnen %.*s", "%.*s, column %.*s"), KL_FMT(f->part), KL_FMT(head))
               : f->part;
    f->within = c->span;
    f->held = true;
    if (t->head_role.p[column] == KL_COL_FROM || t->head_role.p[column] == KL_COL_THROUGH) {
        for (size_t i = 0; i < 2; i++)
            if (c->list.p[0]->kind == KL_E_DATE) put_step(f, &days[i], c->span, c->list.p[0], type);
    } else if (is_result(f, t->heads.p[column].text)) {
        put_result_cell(f, t, row, column, type);
    } else {
        put_test_cell(f, c, type);
    }
    f->held = false;
}

static void put_rows(finding *f, const kl_grid *t) {
    for (size_t i = 0; i < t->rows.n; i++) {
        const kl_row *row = &t->rows.p[i];
        kl_str label = row->cells.n ? row->cells.p[0].label.text : (kl_str){NULL, 0};
        if (t->rows.n > 1) leave_out(f, row->span, label.n ? row->cells.p[0].span : row->span, "raden", "the row");
        if (!label.n) label = kl_str_fmt(f->arena, "%zu", i + 1);
        kl_str named = kl_str_fmt(f->arena, say(f, "rad %.*s", "row %.*s"), KL_FMT(label));
        for (size_t k = 1; k < row->cells.n && k < t->heads.n; k++) {
            f->part = named;
            put_cell(f, t, i, k);
        }
        f->part = (kl_str){NULL, 0};
    }
}

/* ------------------------------------------------------------------ pieces */
static void put_body(finding *f, const kl_body *b) {
    kl_span place;
    put_condition(f, b->cond);
    if (b->items.n > 1) {
        kl_span head = {b->span.start, b->items.p[0].span.start};
        bool all = find_word(f, head, "alla", "all", &place);
        if (all || find_word(f, head, "någon", "any", &place))
            put(f, "joined", (kl_span){b->span.start, place.end}, place,
                f->file->surface == KL_SV ? (all ? KL_STR("någon") : KL_STR("alla"))
                                          : (all ? KL_STR("any") : KL_STR("all")),
                false);
    }
    for (size_t i = 0; i < b->items.n; i++) {
        if (b->items.n > 1) leave_out(f, b->items.p[i].span, b->items.p[i].span, "punkten", "the item");
        put_condition(f, b->items.p[i].cond);
    }
}

static void put_clause(finding *f, const kl_piece *p) {
    put_body(f, &p->u.clause.body);
    for (size_t i = 0; i < p->u.clause.except.n; i++) {
        leave_out(f, p->u.clause.except.p[i].span, p->u.clause.except.p[i].span, "undantaget", "the exception");
        put_body(f, &p->u.clause.except.p[i]);
    }
}

/* Up to its title. */
static kl_span head_of(const kl_piece *p) {
    return (kl_span){p->span.start, p->title.text.p ? p->title.span.end : p->name.span.end};
}

/* One of several names, or the whole line. */
static void put_overrides(finding *f, const kl_name_list *names) {
    for (size_t i = 0; i < names->n; i++) {
        size_t line = kl_token_from(f->file, names->p[0].span.start);
        if (names->n == 1 && line > 0) {
            kl_span place = {f->file->tokens.p[line - 1].span.start, names->p[0].span.end};
            leave_out(f, place, place, "åsidosättandet", "the overriding");
        } else if (names->n > 1) {
            kl_span place = {i ? names->p[i - 1].span.end : names->p[0].span.start,
                             i ? names->p[i].span.end : names->p[1].span.start};
            put(f, "left_out", (kl_span){names->p[0].span.start, names->p[names->n - 1].span.end}, place, KL_STR(""),
                false);
        }
    }
}

/* A value with what stands around it. */
static void put_value_in(finding *f, kl_span around, const kl_expr *e, ir_type type) {
    f->within = around;
    f->held = true;
    put_value(f, e, type);
    f->held = false;
}

static void put_entry(finding *f, kl_str outcome, const kl_entry *entry) {
    for (size_t i = 0; i < entry->sets.n; i++) {
        const kl_set *s = &entry->sets.p[i];
        kl_str column = kl_str_fmt(f->arena, "%.*s.%.*s", KL_FMT(outcome), KL_FMT(s->name.text));
        put_value_in(f, s->span, s->value, type_named(f, column));
    }
}

static void put_gives(finding *f, const kl_set_list *gives) {
    for (size_t i = 0; i < gives->n; i++) {
        const kl_set *s = &gives->p[i];
        if (s->value && s->value->entry)
            put_entry(f, s->name.text, s->value->entry);
        else
            put_value_in(f, s->span, s->value, type_named(f, s->name.text));
    }
}

/* `annars` and its value, of the piece or the field. */
static void put_otherwise(finding *f, kl_str name, const kl_expr *e) {
    if (!e) return;
    size_t i = kl_token_from(f->file, e->span.start);
    uint32_t start = i ? f->file->tokens.p[i - 1].span.start : e->span.start;
    f->part = name;
    put_value_in(f, (kl_span){start, e->span.end}, e, type_named(f, name));
    f->part = (kl_str){NULL, 0};
}

/* `före` and the `från` after it name the same day: it moves in both. */
static void put_step_day(finding *f, const kl_step *before, const kl_step *s) {
    if (!before || !before->before.said || before->before.day != s->from.day || s->from.assumed) {
        put_day(f, &s->from, s->span);
        return;
    }
    kl_span place = {before->before.span.start, s->from.span.end};
    kl_str between = text_at(f, (kl_span){before->before.span.end, s->from.span.start});
    for (int by = -1; by <= 1; by += 2) {
        char day[10];
        if (s->from.day + by < KL_DATE_MIN || s->from.day + by > KL_DATE_MAX) continue;
        kl_date_write(s->from.day + by, day);
        kl_str to = kl_str_fmt(f->arena, "%.10s%.*s%.10s", day, KL_FMT(between), day);
        put(f, "period", (kl_span){before->span.start, s->span.end}, place, to, false);
    }
}

static void put_steps(finding *f, const kl_piece *p) {
    ir_type type = {.kind = p->u.tariff.type.kind, .decimals = p->u.tariff.type.decimals};
    for (size_t i = 0; i < p->u.tariff.steps.n; i++) {
        const kl_step *s = &p->u.tariff.steps.p[i];
        put_step_day(f, i ? s - 1 : NULL, s);
        put_value_in(f, s->span, s->value, type);
    }
}

static void put_piece(finding *f, const kl_piece *p) {
    switch (p->kind) {
    case KL_P_GUIDELINE: put_condition(f, p->u.guideline.scope); break;
    case KL_P_RECORD:
        for (size_t i = 0; i < p->u.record.fields.n; i++)
            put_otherwise(f, p->u.record.fields.p[i].name.text, p->u.record.fields.p[i].otherwise);
        break;
    case KL_P_TARIFF: put_steps(f, p); break;
    case KL_P_ASSUMPTION: put_otherwise(f, p->name.text, p->u.assumption.otherwise); break;
    case KL_P_OUTCOME: put_otherwise(f, p->name.text, p->u.outcome.otherwise); break;
    case KL_P_CLAUSE: put_clause(f, p); break;
    case KL_P_REQUIREMENT:
    case KL_P_ADVICE:
        leave_out(f, p->span, head_of(p), p->kind == KL_P_ADVICE ? "rådet" : "kravet",
                  p->kind == KL_P_ADVICE ? "the advice" : "the requirement");
        put_condition(f, p->u.requirement.applies);
        put_condition(f, p->u.requirement.requires);
        break;
    case KL_P_RULE:
        leave_out(f, p->span, head_of(p), "regeln", "the rule");
        put_overrides(f, &p->u.rule.overrides);
        put_condition(f, p->u.rule.when);
        put_gives(f, &p->u.rule.gives);
        break;
    case KL_P_TABLE:
        leave_out(f, p->span, head_of(p), "tabellen", "the table");
        put_overrides(f, &p->u.table.overrides);
        put_condition(f, p->u.table.when);
        put_rows(f, &p->u.table.grid);
        break;
    default: return;
    }
    put_period(f, &p->period);
}

/* By place, what holds others before them. */
static int by_place(const void *x, const void *y) {
    const kl_mutation *a = x, *b = y;
    if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
    if (a->span.end != b->span.end) return a->span.end > b->span.end ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

void kl_mutations(kl_arena *a, const ir_guideline *g, const kl_file *file, kl_surface lang, kl_mutation_list *out) {
    finding f = {.arena = a, .g = g, .file = file, .lang = lang, .out = out};
    for (size_t i = 0; i < file->pieces.n; i++) put_piece(&f, file->pieces.p[i]);
    for (size_t i = 0; i < out->n; i++) out->p[i].order = i;
    if (out->n) qsort(out->p, out->n, sizeof *out->p, by_place);
}
