/* suggest.c - for each limit and each clause, row and exception not tried yes, no and unknown: a record where it is so, decided, and written as an example.
 * May include: compiler/cli/suggest, given, trying, compiler/analyse/wide.
 * Start at kl_suggest(). One record is made to try as much as it can, so that few are needed. */
#include "compiler/cli/suggest.h"

#include <string.h>

#include "compiler/analyse/wide.h"
#include "compiler/cli/given.h"
#include "compiler/cli/trying.h"
#include "lang/catalogue.h"
#include "runtime/dates.h"

enum { NAMED_MOST = 3, TRUTHS = 3, DUTY_FORMS = 4, EFFORT = 100000, ROUNDS_MOST = 5, NODES_MOST = 20000 };

typedef struct suggesting {
    kl_cli *cli;
    const kl_examples *x;
    const ir_guideline *g;
    kl_rules rules;
    kl_joint *j;
    kl_wide *w;
    kl_trying trying;
    kl_reading_of *readings;
    uint32_t assumed; /* the assumption that has another value than in the text, or IR_NONE */
    uint64_t (*truths)[4];
    uint32_t (*planes)[TRUTHS]; /* per covered entry: where it is no, yes, unknown, in the wide at hand */
    KL_VEC(kl_datum *) tried;   /* the author's examples and those suggested */
    kl_bytes *out;
    size_t number;
    uint32_t *answers, *base, *cost;
} suggesting;

static const char *word(const suggesting *s, const char *sv, const char *en) {
    return s->g->files.p[0]->surface == KL_SV ? sv : en;
}

static kl_arena *arena(const suggesting *s) {
    return s->cli->arena;
}

/* ------------------------------------------------------------------ what is to be tried */
static void lay_out(suggesting *s) {
    const ir_guideline *in[1] = {s->g};
    const kl_reading_of *readings[1] = {s->readings};
    s->j = kl_joint_new(arena(s), in, 1, readings, NULL);
    s->w = kl_wide_new(arena(s), s->j, s->cli->lang);
    s->trying.j = s->j;
}

static uint32_t framed(const suggesting *s, uint32_t form) {
    return kl_form_framed(s->w->f, kl_form_const(s->w->f, 1), form);
}

static bool is_duty(const suggesting *s, uint32_t entry) {
    ir_entry_kind kind = s->g->entries.p[entry].kind;
    return kind == IR_E_REQUIREMENT || kind == IR_E_ADVICE;
}

static size_t forms_of(const suggesting *s, uint32_t entry, uint32_t forms[DUTY_FORMS]) {
    forms[0] = framed(s, kl_form_of_entry(s->w->f, entry));
    if (!is_duty(s, entry)) return 1;
    forms[1] = framed(s, kl_form_applies(s->w->f, entry));
    forms[2] = framed(s, kl_form_breached(s->w->f, entry));
    forms[3] = framed(s, s->w->k.scope);
    return DUTY_FORMS;
}

static void find_planes(suggesting *s, size_t i) {
    kl_diagram *m = &s->w->k.m;
    uint32_t forms[DUTY_FORMS], yes[DUTY_FORMS], no[DUTY_FORMS], *to = s->planes[i];
    size_t n = forms_of(s, s->x->covered.p[i].entry, forms);
    for (size_t k = 0; k < n; k++) kl_wide_truth(s->w, 0, forms[k], &yes[k], &no[k]);
    to[KL_NO] = n == 1 ? no[0] : yes[2];
    to[KL_YES] = n == 1 ? yes[0] : kl_dd_and(m, yes[0], yes[1]);
    to[KL_UNKNOWN] = kl_dd_but(m, kl_dd_but(m, KL_LEAF_YES, to[KL_NO]), to[KL_YES]);
    for (int t = 0; t < TRUTHS && n > 1; t++) /* outside the scope a requirement does not apply */
        to[t] = t == KL_UNKNOWN ? kl_dd_but(m, kl_dd_but(m, to[t], no[1]), no[3]) : kl_dd_and(m, to[t], yes[3]);
    for (int t = 0; t < TRUTHS; t++) to[t] = kl_wide_possible(s->w, to[t]);
}

/* false: too large. */
static bool look(suggesting *s) {
    kl_index_list forms = {0};
    kl_deciding_side(&s->w->k, &s->j->heads[0], s->j->period_entry[0]);
    for (size_t i = 0; i < s->x->covered.n; i++) {
        uint32_t own[DUTY_FORMS];
        size_t n = s->x->covered.p[i].counts ? forms_of(s, s->x->covered.p[i].entry, own) : 0;
        for (size_t k = 0; k < n; k++) KL_PUSH(arena(s), &forms, own[k]);
    }
    uint32_t *outcomes = kl_alloc_array(arena(s), s->g->outcomes.n + 1, sizeof *outcomes);
    for (uint32_t i = 0; i < s->g->outcomes.n; i++) outcomes[i] = i;
    if (!kl_wide_start(s->w, outcomes, s->g->outcomes.n, forms.p, forms.n) &&
        !kl_wide_start(s->w, NULL, 0, forms.p, forms.n))
        return false;
    for (size_t i = 0; i < s->x->covered.n; i++)
        if (s->x->covered.p[i].counts) find_planes(s, i);
    size_t n = s->w->levels.n + 1;
    s->answers = kl_alloc_array(arena(s), n, sizeof *s->answers);
    s->base = kl_alloc_array(arena(s), n, sizeof *s->base);
    s->cost = kl_alloc_array(arena(s), n, sizeof *s->cost);
    return !s->w->k.m.full;
}

/* ------------------------------------------------------------------ a record as an example */
static kl_str expected(suggesting *s, ir_type type, const kl_result *r) {
    kl_datum d = {KL_DATUM_VALUE, r->number, r->set, kl_str_from(r->text)};
    switch (r->state) {
    case KL_DECIDED: return kl_given_text(arena(s), s->g, type, &d, s->g->files.p[0]->surface);
    case KL_NOT_STATED: return kl_str_of(word(s, "ej angivet", "not stated"));
    case KL_EXTERNAL:
        return kl_str_fmt(arena(s), "%s %.*s", word(s, "enligt", "per"),
                          KL_FMT(kl_given_string(arena(s), kl_str_from(r->text))));
    case KL_NO_RESULT: return kl_str_of(word(s, "inget", "none"));
    case KL_UNDETERMINED: return kl_str_of(word(s, "obestämt", "undetermined"));
    case KL_CONFLICT: return kl_str_of(word(s, "motstridigt", "conflict"));
    case KL_FAILED: return kl_str_of(word(s, "fel", "error"));
    }
    return (kl_str){0};
}

static kl_str own_name(const suggesting *s, kl_str name) {
    return kl_given_name(arena(s), name, s->g->files.p[0]->surface);
}

/* false: an entry has a column that cannot be written as expected. */
static bool expected_entry(suggesting *s, uint32_t outcome, uint32_t slot, kl_buf *b) {
    const ir_outcome *o = &s->g->outcomes.p[outcome];
    for (uint32_t k = 0; k < o->columns.n; k++) {
        kl_result r;
        kl_many_value(s->trying.workspace, outcome, slot, k, 0, &r);
        if (r.state != KL_DECIDED && r.state != KL_NOT_STATED && r.state != KL_EXTERNAL) return false;
        if (r.state == KL_DECIDED && r.number < 0) return false; /* `-` begins no value here */
        kl_buf_fmt(b, "%s%.*s %.*s", k ? ", " : "(", KL_FMT(own_name(s, o->columns.p[k].name)),
                   KL_FMT(expected(s, o->columns.p[k].type, &r)));
    }
    kl_buf_fmt(b, ")");
    return true;
}

static void put_expected(suggesting *s, kl_buf *b) {
    const kl_verdict *v = s->trying.verdict;
    size_t n = 0;
    for (uint32_t i = 0; i < s->g->outcomes.n; i++) {
        const kl_verdict_outcome *o = &v->outcomes[i];
        kl_str name = own_name(s, s->g->outcomes.p[i].name);
        kl_buf one;
        kl_buf_init(&one, arena(s));
        bool many = s->g->outcomes.p[i].many && o->result.state == KL_DECIDED, good = true;
        for (size_t k = 0; many && k < o->in_count; k++) {
            kl_buf_fmt(&one, "%s%.*s ", k ? ", " : "", KL_FMT(name));
            good = good && expected_entry(s, i, o->in[k], &one);
        }
        if (!many)
            kl_buf_fmt(&one, "%.*s %.*s", KL_FMT(name), KL_FMT(expected(s, s->g->outcomes.p[i].type, &o->result)));
        if (good && one.n) kl_buf_fmt(b, "%s%.*s", n++ ? ", " : word(s, "  väntat ", "  expected "), (int)one.n, one.p);
    }
    if (n) kl_buf_fmt(b, "\n");
}

static void put_names(suggesting *s, const char *head, kl_str_list *names, kl_buf *b) {
    kl_buf_fmt(b, "  %s ", head);
    for (size_t i = 0; i < names->n; i++) kl_buf_fmt(b, "%s%.*s", i ? ", " : "", KL_FMT(own_name(s, names->p[i])));
    kl_buf_fmt(b, "%s\n", names->n ? "" : word(s, "inga", "none"));
}

static void add_entries(suggesting *s, const uint32_t *entries, size_t n, kl_str_list *names) {
    for (size_t i = 0; i < n; i++) {
        kl_str id = s->g->entries.p[entries[i]].id;
        bool there = false;
        for (size_t k = 0; k < names->n; k++) there = there || kl_str_eq(names->p[k], id);
        if (!there) KL_PUSH(arena(s), names, id);
    }
}

static void put_lists(suggesting *s, kl_buf *b) {
    const kl_verdict *v = s->trying.verdict;
    kl_str_list fired = {0}, missing = {0}, findings = {0};
    for (size_t o = 0; o < s->g->outcomes.n; o++) add_entries(s, v->outcomes[o].by, v->outcomes[o].by_count, &fired);
    for (uint32_t f = 0; f < s->g->fields.n; f++)
        if (v->missing[f / 64] >> (f % 64) & 1) KL_PUSH(arena(s), &missing, s->g->fields.p[f].name);
    add_entries(s, v->findings, v->finding_count, &findings);
    add_entries(s, v->warnings, v->warning_count, &findings);
    for (size_t o = 0; o < s->g->outcomes.n; o++)
        if (v->outcomes[o].audit == KL_AUDIT_DIFFERS) KL_PUSH(arena(s), &findings, s->g->outcomes.p[o].name);
    put_names(s, word(s, "utlöst", "fired"), &fired, b);
    put_names(s, word(s, "saknas", "missing"), &missing, b);
    put_names(s, word(s, "fynd  ", "findings"), &findings, b);
}

static void put_example(suggesting *s, const kl_datum *record, kl_str about) {
    kl_surface surface = s->g->files.p[0]->surface;
    kl_buf b;
    size_t n = 0;
    kl_buf_init(&b, arena(s));
    kl_str title = kl_str_fmt(arena(s), "%s %zu: %.*s", word(s, "förslag", "suggestion"), s->number++, KL_FMT(about));
    kl_buf_fmt(&b, "\n%s %.*s\n", word(s, "exempel", "example"), KL_FMT(kl_given_string(arena(s), title)));
    if (s->assumed != IR_NONE) {
        const ir_assumption *a = &s->g->assumptions.p[s->assumed];
        kl_datum d = {KL_DATUM_VALUE, s->readings[s->assumed].value, 0, {NULL, 0}};
        kl_buf_fmt(&b, "  %s %.*s %.*s\n", word(s, "antaget", "assuming"), KL_FMT(own_name(s, a->name)),
                   KL_FMT(kl_given_text(arena(s), s->g, a->type, &d, surface)));
    }
    for (uint32_t i = 0; i < s->g->fields.n; i++) {
        const ir_field *f = &s->g->fields.p[i];
        if (record[i].state != KL_DATUM_VALUE || i == s->g->key) continue;
        kl_buf_fmt(&b, "%s%.*s %.*s", n++ ? ", " : word(s, "  givet  ", "  given  "), KL_FMT(own_name(s, f->name)),
                   KL_FMT(kl_given_text(arena(s), s->g, f->type, &record[i], surface)));
    }
    if (n) kl_buf_fmt(&b, "\n");
    put_expected(s, &b);
    put_lists(s, &b);
    kl_bytes_add(s->out, b.p, b.n);
}

/* ------------------------------------------------------------------ trying a record */
static kl_str truth_word(const suggesting *s, int truth) {
    return kl_str_of(truth == KL_YES  ? word(s, "ja", "yes")
                     : truth == KL_NO ? word(s, "nej", "no")
                                      : word(s, "okänt", "unknown"));
}

/* Decides the record; when it tries something new, or `wanted` says that it is an example all the same, it is written. */
static bool suggest(suggesting *s, kl_datum *record, kl_str wanted) {
    const kl_datum *one = record;
    kl_buf about;
    size_t named = 0;
    kl_buf_init(&about, arena(s));
    for (size_t i = 0; i < s->g->fields.n; i++) /* a required field that nothing here asks about has some value */
        if (s->g->fields.p[i].required && record[i].state != KL_DATUM_VALUE) record[i].state = KL_DATUM_ANY;
    kl_witness_fill(s->w->f, &(kl_witness){record, NULL});
    if (s->g->key != IR_NONE) record[s->g->key] = (kl_datum){.state = KL_DATUM_UNKNOWN};
    if (s->assumed != IR_NONE) kl_assume(s->trying.workspace, s->assumed, true, s->readings[s->assumed].value);
    if (!kl_trying_decide(&s->trying, &one, 1)) return false;
    kl_trying_take(&s->trying, 0);
    kl_buf_str(&about, wanted);
    for (size_t i = 0; i < s->x->covered.n; i++) {
        if (!s->x->covered.p[i].counts) continue;
        uint32_t entry = s->x->covered.p[i].entry;
        kl_truth t = kl_truth_of(s->trying.workspace, entry, 0);
        if (s->truths[i][t]++ || t == KL_NOT_APPLICABLE) continue;
        if (named++ >= NAMED_MOST) continue;
        kl_buf_fmt(&about, "%s%.*s %.*s", about.n ? ", " : "", KL_FMT(s->g->entries.p[entry].id),
                   KL_FMT(truth_word(s, (int)t)));
    }
    if (named > NAMED_MOST) kl_buf_fmt(&about, " …");
    if (!named && !wanted.n) return false;
    put_example(s, record, kl_buf_view(&about));
    KL_PUSH(arena(s), &s->tried, record);
    return true;
}

/* Where something is computed of several facts: these as the solver finds them. */
static void solve(suggesting *s, uint32_t where, kl_datum *record) {
    kl_wide *w = s->w;
    kl_fact_list facts = {0};
    bool derived = false;
    for (uint32_t root = where; !kl_dd_is_leaf(root);) {
        uint32_t level = w->k.m.nodes.p[root].level, a = s->answers[level];
        const kl_wide_level *l = &w->levels.p[level];
        const kl_question *q = &w->k.asked.list.p[l->question];
        derived = derived || l->how == KL_HOW_DERIVED;
        root = kl_dd_follow(&w->k.m, root, a == KL_ANY_ANSWER ? 0 : a);
        if (a < q->cells) KL_PUSH(arena(s), &facts, ((kl_fact){q, a, a + 1, 0, 0, 0}));
    }
    if (!derived) return;
    kl_witness found = kl_witness_blank(w->f);
    kl_witnesses *witnesses = kl_witnesses_new(&w->endings, EFFORT);
    if (kl_witness_find(witnesses, facts.p, facts.n, true, &found, NULL) == KL_FOUND_RECORD)
        for (size_t i = 0; i < s->g->fields.n; i++)
            if (found.fields[i].state == KL_DATUM_VALUE) record[i] = found.fields[i];
    kl_witnesses_free(witnesses);
}

/* A record where the truth holds, like one of the author's; NULL when there is none. */
static kl_datum *record_in(suggesting *s, uint32_t where) {
    kl_wide *w = s->w;
    uint64_t least = UINT64_MAX, total;
    const kl_datum *model = NULL;
    uint32_t *found = kl_alloc_array(arena(s), w->levels.n + 1, sizeof *found);
    kl_datum *record = kl_alloc_array(arena(s), s->g->fields.n + 1, sizeof *record);
    for (size_t i = 0; i < w->levels.n; i++) s->cost[i] = 1;
    for (size_t i = 0; i < s->tried.n && least; i++) {
        kl_wide_answers(w, s->tried.p[i], s->base);
        if (!kl_wide_nearest(w, where, s->base, s->cost, true, found, &total) || total >= least) continue;
        least = total;
        model = s->tried.p[i];
        memcpy(s->answers, found, w->levels.n * sizeof *found);
    }
    for (size_t i = 0; i < s->g->fields.n; i++) record[i] = model ? model[i] : (kl_datum){.state = KL_DATUM_UNKNOWN};
    if (!model) {
        for (size_t i = 0; i < w->levels.n; i++) s->base[i] = KL_ANY_ANSWER;
        if (!kl_wide_nearest(w, where, s->base, s->cost, true, s->answers, &total)) return NULL;
    }
    bool good = kl_wide_record(w, s->answers, record);
    solve(s, where, record);
    return good ? record : NULL;
}

/* ------------------------------------------------------------------ clauses, exceptions and rows */
static bool is_open(const suggesting *s, size_t i, int truth) {
    return s->x->covered.p[i].counts && !s->truths[i][truth];
}

/* As much more as goes together with it. */
static uint32_t gather(suggesting *s, uint32_t where, bool unknown) {
    kl_diagram *m = &s->w->k.m;
    for (size_t i = 0; i < s->x->covered.n; i++)
        for (int t = unknown ? KL_UNKNOWN : KL_NO; t <= (unknown ? KL_UNKNOWN : KL_YES); t++) {
            if (!is_open(s, i, t)) continue;
            kl_dd_list nodes = {0};
            uint32_t both = kl_dd_and(m, where, s->planes[i][t]);
            if (m->full || both == KL_LEAF_NO) continue;
            kl_dd_reach(m, both, &nodes);
            if (nodes.n <= NODES_MOST) where = both;
        }
    return where;
}

static void cover(suggesting *s, bool unknown) {
    for (size_t i = 0; i < s->x->covered.n; i++)
        for (int t = unknown ? KL_UNKNOWN : KL_YES; t >= (unknown ? KL_UNKNOWN : KL_NO); t--) {
            if (!is_open(s, i, t) || s->w->k.m.full) continue;
            uint32_t where = s->planes[i][t], known = unknown ? KL_LEAF_NO : kl_wide_known(s->w, where);
            if (known != KL_LEAF_NO) where = known;
            for (int alone = 0; alone < 2 && where != KL_LEAF_NO && is_open(s, i, t); alone++) {
                kl_datum *record = record_in(s, alone ? where : gather(s, where, unknown));
                if (record) suggest(s, record, (kl_str){NULL, 0});
            }
        }
}

/* ------------------------------------------------------------------ limits: just under, at, just over */
static bool is_in(suggesting *s, const kl_datum *record, uint32_t where) {
    kl_wide_answers(s->w, record, s->base);
    return kl_wide_follow(s->w, where, s->base) == KL_LEAF_YES;
}

/* In a record where it matters; `where` is yes where that cannot be said. */
static bool is_tried(suggesting *s, uint32_t field, int64_t v, uint32_t where) {
    for (size_t i = 0; i < s->tried.n; i++) {
        const kl_datum *d = &s->tried.p[i][field];
        if (d->state == KL_DATUM_VALUE && d->number == v && is_in(s, s->tried.p[i], where)) return true;
    }
    return false;
}

/* Where a clause, exception or row hangs on which side of the cut the value lies. */
static uint32_t entry_hangs(suggesting *s, size_t i, uint32_t level, uint32_t cell) {
    kl_diagram *m = &s->w->k.m;
    if (!s->x->covered.p[i].counts) return KL_LEAF_NO;
    uint32_t under = kl_dd_restrict(m, s->planes[i][KL_YES], level, cell),
             over = kl_dd_restrict(m, s->planes[i][KL_YES], level, cell + 1);
    return kl_dd_or(m, kl_dd_but(m, under, over), kl_dd_but(m, over, under));
}

/* Where some outcome does, else some clause, exception or row. */
static uint32_t hangs(suggesting *s, uint32_t level, uint32_t cell) {
    kl_diagram *m = &s->w->k.m;
    uint32_t where = KL_LEAF_NO;
    for (size_t i = 0; i < s->w->wanted.n && !m->full; i++) {
        uint32_t root = kl_wide_root(s->w, s->w->wanted.p[i]);
        uint32_t under = kl_dd_restrict(m, root, level, cell), over = kl_dd_restrict(m, root, level, cell + 1);
        where = kl_dd_or(m, where, kl_wide_possible(s->w, kl_wide_differ(s->w, under, over)));
    }
    for (size_t i = 0; i < s->x->covered.n && !m->full && where == KL_LEAF_NO; i++)
        where = entry_hangs(s, i, level, cell);
    return m->full ? KL_LEAF_NO : where;
}

/* Facts known if that can be, and as much as goes together hanging on it. */
static uint32_t hangs_most(suggesting *s, uint32_t where, uint32_t level, uint32_t cell) {
    kl_diagram *m = &s->w->k.m;
    uint32_t known = kl_wide_known(s->w, where);
    if (known != KL_LEAF_NO) where = known;
    for (size_t i = 0; i < s->x->covered.n && !m->full; i++) {
        kl_dd_list nodes = {0};
        uint32_t both = kl_dd_and(m, where, entry_hangs(s, i, level, cell));
        if (m->full || both == KL_LEAF_NO) continue;
        kl_dd_reach(m, both, &nodes);
        if (nodes.n <= NODES_MOST) where = both;
    }
    return where;
}

/* A number or a date as it stands in the text, in the type's own units; false when it is neither, or does not fit. */
static bool read_constant(const kl_file *file, size_t at, ir_type type, int64_t *v) {
    kl_span s = file->tokens.p[at].span;
    kl_str t = {file->text.p + s.start, s.end - s.start};
    int32_t day;
    if (type.kind == KL_T_DATE) return kl_date_parse(t.p, t.n, &day) && (*v = day, true);
    unsigned decimals = 0, wanted = type.kind == KL_T_MONEY ? 2 : type.decimals;
    bool part = false;
    if (!t.n || t.p[0] < '0' || t.p[0] > '9' || t.p[t.n - 1] == ')') return false;
    *v = 0;
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == ',' || t.p[i] == '.') part = true;
        if (t.p[i] < '0' || t.p[i] > '9') continue;
        if (*v > KL_NUMBER_MAX / 10) return false;
        *v = *v * 10 + (t.p[i] - '0');
        decimals += part;
    }
    if (type.kind == KL_T_MONEY && at + 1 < file->tokens.n) {
        kl_span unit = file->tokens.p[at + 1].span;
        if (kl_str_eq((kl_str){file->text.p + unit.start, unit.end - unit.start}, KL_STR("öre"))) wanted = 0;
    }
    for (; decimals < wanted && *v <= KL_NUMBER_MAX / 10; decimals++) *v *= 10;
    return decimals == wanted;
}

/* Which of the two the text holds between the offsets: the cut or the value below it, else INT64_MIN. */
static int64_t constant_in(const kl_file *file, kl_span in, ir_type type, int64_t cut) {
    int64_t found = INT64_MIN, v;
    for (size_t i = 0; i < file->tokens.n && file->tokens.p[i].span.start < in.end; i++) {
        if (file->tokens.p[i].span.start < in.start || !read_constant(file, i, type, &v)) continue;
        if (v == cut || -v == cut) return cut;
        if (v == cut - 1 || -v == cut - 1) found = cut - 1;
    }
    return found;
}

/* A cut is the first value of what lies above it; the author may have written that one or the last below: `< 20` and `>= 20` cut at 20
 * and are about 20, `<= 19` and `> 19` cut there too and are about 19. The first comparison says; a limit that is an assumption, a tariff's
 * or a period's stands somewhere else in the text. */
static int64_t limit_at(const suggesting *s, uint32_t field, int64_t cut) {
    ir_type type = s->g->fields.p[field].type;
    int64_t found;
    for (size_t i = 0; i < s->g->nodes.n; i++) {
        const ir_node *n = &s->g->nodes.p[i];
        if (n->kind != IR_RANGE || !n->file || (n->lo != cut && (n->hi == INT64_MAX || n->hi + 1 != cut))) continue;
        const ir_node *of = &s->g->nodes.p[n->a];
        if (of->kind != IR_FIELD || of->field != field) continue;
        found = constant_in(n->file, n->span, type, cut);
        if (found != INT64_MIN) return found;
    }
    bool below = false;
    for (size_t i = 0; i < s->g->files.n; i++)
        for (size_t k = 0; k < s->g->files.p[i]->pieces.n; k++) {
            const kl_piece *p = s->g->files.p[i]->pieces.p[k];
            if (p->kind == KL_P_EXAMPLE) continue;
            found = constant_in(s->g->files.p[i], p->span, type, cut);
            if (found == cut) return cut;
            below = below || found != INT64_MIN;
        }
    return below ? cut - 1 : cut;
}

static void try_limit(suggesting *s, uint32_t level, uint32_t cell) {
    const kl_question *q = &s->w->k.asked.list.p[s->w->levels.p[level].question];
    uint32_t field = s->w->levels.p[level].field, where = hangs(s, level, cell);
    if (where == KL_LEAF_NO) return;
    int64_t limit = limit_at(s, field, q->cuts.p[cell]);
    bool all = true;
    for (int64_t v = limit - 1; v <= limit + 1; v++) all = all && is_tried(s, field, v, where);
    if (all) return;
    kl_datum *like = record_in(s, hangs_most(s, where, level, cell));
    if (!like) return;
    if (!is_in(s, like, where)) where = KL_LEAF_YES; /* hangs on what is computed */
    for (int64_t v = limit - 1; v <= limit + 1; v++) {
        if (v < q->lo || v > q->hi || is_tried(s, field, v, where)) continue;
        kl_datum *record = kl_alloc_array(arena(s), s->g->fields.n + 1, sizeof *record);
        memcpy(record, like, s->g->fields.n * sizeof *record);
        record[field] = (kl_datum){.state = KL_DATUM_VALUE, .number = v};
        kl_str text =
            kl_given_text(arena(s), s->g, s->g->fields.p[field].type, &record[field], s->g->files.p[0]->surface);
        suggest(s, record, kl_str_fmt(arena(s), "%.*s %.*s", KL_FMT(s->g->fields.p[field].name), KL_FMT(text)));
    }
}

static void try_limits(suggesting *s) {
    for (uint32_t i = 0; i < s->w->levels.n && !s->w->k.m.full; i++) {
        const kl_question *q = &s->w->k.asked.list.p[s->w->levels.p[i].question];
        if (s->w->levels.p[i].how != KL_HOW_FIELD || q->kind != KL_Q_NUMBER) continue;
        for (uint32_t cell = 0; cell < q->cuts.n; cell++) try_limit(s, i, cell);
    }
}

/* ------------------------------------------------------------------ assumptions: the other reading */
static bool is_left(const suggesting *s) {
    for (size_t i = 0; i < s->x->covered.n; i++)
        for (int t = 0; t < TRUTHS; t++)
            if (is_open(s, i, t)) return true;
    return false;
}

static void try_reading(suggesting *s, uint32_t assumption, int64_t value) {
    kl_reading_of kept = s->readings[assumption];
    if (!is_left(s)) return;
    s->readings[assumption] = (kl_reading_of){true, value};
    s->assumed = assumption;
    lay_out(s);
    if (look(s)) {
        cover(s, false);
        cover(s, true);
    }
    s->readings[assumption] = kept;
    s->assumed = IR_NONE;
    kl_assume(s->trying.workspace, assumption, kept.known, kept.value);
}

static void try_readings(suggesting *s) {
    for (uint32_t i = 0; i < s->g->assumptions.n; i++) {
        const ir_assumption *a = &s->g->assumptions.p[i];
        if (a->type.kind == KL_T_BOOL) {
            for (int64_t v = 0; v < 2; v++)
                if (!a->has_value || a->value != v) try_reading(s, i, v);
        } else if (a->bounded) {
            try_reading(s, i, a->lo);
            try_reading(s, i, a->hi);
        }
    }
}

static void put_left(suggesting *s) {
    for (size_t i = 0; i < s->x->covered.n; i++)
        for (int t = 0; t < TRUTHS; t++) {
            if (!is_open(s, i, t)) continue;
            kl_str line = kl_str_fmt(
                arena(s),
                word(s, "\n# %.*s: inget exempel med %.*s hittades\n", "\n# %.*s: no example with %.*s was found\n"),
                KL_FMT(s->g->entries.p[s->x->covered.p[i].entry].id), KL_FMT(truth_word(s, t)));
            kl_bytes_add(s->out, line.p, line.n);
        }
}

/* ------------------------------------------------------------------ all of it */
static kl_datum *given_record(const suggesting *s, const ir_example *e) {
    kl_datum *record = kl_alloc_array(arena(s), s->g->fields.n + 1, sizeof *record);
    for (size_t i = 0; i < s->g->fields.n; i++) record[i].state = KL_DATUM_UNKNOWN;
    for (size_t i = 0; i < e->given.n; i++) {
        const ir_given *v = &e->given.p[i];
        if (!v->unknown) record[v->field] = (kl_datum){KL_DATUM_VALUE, v->number, (uint64_t)v->number, v->text};
    }
    return record;
}

/* The first number for which no example has a title that begins as a suggestion's. */
static size_t first_number(const suggesting *s) {
    size_t number = 1;
    for (size_t i = 0; i < s->g->examples.n; i++) {
        kl_str head = kl_str_of(word(s, "förslag ", "suggestion ")), title = s->g->examples.p[i].title;
        size_t n = 0;
        if (title.n <= head.n || memcmp(title.p, head.p, head.n) != 0) continue;
        for (size_t k = head.n; k < title.n && title.p[k] >= '0' && title.p[k] <= '9' && n < 1000000; k++)
            n = n * 10 + (size_t)(title.p[k] - '0');
        if (n >= number) number = n + 1;
    }
    return number;
}

bool kl_suggest(kl_cli *c, const kl_examples *x, kl_bytes *out) {
    suggesting s = {.cli = c, .x = x, .g = x->ir, .out = out, .assumed = IR_NONE};
    KL_PUSH(c->arena, &s.rules.editions, x->edition);
    s.readings = kl_alloc_array(c->arena, x->ir->assumptions.n + 1, sizeof *s.readings);
    for (size_t i = 0; i < x->ir->assumptions.n; i++)
        s.readings[i] = (kl_reading_of){x->ir->assumptions.p[i].has_value, x->ir->assumptions.p[i].value};
    s.truths = kl_alloc_array(c->arena, x->covered.n + 1, sizeof *s.truths);
    s.planes = kl_alloc_array(c->arena, x->covered.n + 1, sizeof *s.planes);
    for (size_t i = 0; i < x->covered.n; i++) memcpy(s.truths[i], x->covered.p[i].truths, sizeof *s.truths);
    for (size_t i = 0; i < x->ir->examples.n; i++) KL_PUSH(c->arena, &s.tried, given_record(&s, &x->ir->examples.p[i]));
    s.number = first_number(&s);
    lay_out(&s);
    if (!kl_trying_open(&s.trying, c, s.j, 0, &s.rules)) return false;
    size_t before = 0;
    for (int round = 0; round < ROUNDS_MOST && s.number != before && (round || look(&s)); round++) {
        before = s.number; /* what was found leads on to more */
        try_limits(&s);
        cover(&s, false);
        cover(&s, true);
    }
    try_readings(&s);
    put_left(&s);
    bool ok = !kl_verdict_failed(s.trying.verdict) && !out->failed;
    kl_trying_close(&s.trying);
    return ok;
}
