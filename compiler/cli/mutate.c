/* mutate.c - one place of the tree changed at a time: the text is checked and built again, the examples are run, and a change that none notices is told
 * of, unless it is proved to change nothing.
 * May include: compiler/cli/mutate, compiler/cli/plan.
 * Start at kl_mutate(). */
#include "compiler/cli/mutate.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/cli/plan.h"

enum { SHOWN = 60 };

typedef struct mutating {
    kl_cli *c;
    const kl_examples *x;
    const kl_sources *sources;
    kl_file *file;
    bool json, ok;
    kl_bytes *out;
    size_t tried, noticed, refused, equal, left;
} mutating;

static const char *word(const mutating *m, const char *sv, const char *en) {
    return kl_cli_word(m->c, sv, en);
}

static void tell(mutating *m, kl_span span, kl_str what) {
    size_t line = 0, column = 0;
    kl_place(m->file, span.start, &line, &column);
    kl_str place = kl_str_fmt(m->c->arena, "%.*s:%zu:%zu", KL_FMT(m->file->path), line, column);
    if (m->json) {
        kl_bytes_text(m->out, m->left ? ",\n  {\"place\": " : "\n  {\"place\": ");
        kl_bytes_json(m->out, kl_string_from(place));
        kl_bytes_text(m->out, ", \"change\": ");
        kl_bytes_json(m->out, kl_string_from(what));
        kl_bytes_char(m->out, '}');
    } else {
        kl_str text = kl_str_fmt(m->c->arena, "%.*s: %.*s\n", KL_FMT(place), KL_FMT(what));
        kl_bytes_add(m->out, text.p, text.n);
    }
    m->left++;
}

static bool same_for_all(mutating *m, kl_cli *own, const kl_edition *changed) {
    kl_rules rules[2];
    kl_plan plan;
    memset(rules, 0, sizeof rules);
    KL_PUSH(own->arena, &rules[0].editions, m->x->edition);
    KL_PUSH(own->arena, &rules[1].editions, *changed);
    rules[0].editions.p[0].teller = kl_teller_new(m->x->edition.program);
    bool same = rules[0].editions.p[0].teller && kl_plan_compare(&plan, own, &rules[0], &rules[1], true);
    if (rules[0].editions.p[0].teller) {
        same = same && kl_plan_is_equal(&plan);
        kl_plan_free(&plan);
    }
    kl_teller_free(rules[0].editions.p[0].teller);
    return same;
}

/* The tree as it stands now against the examples. */
static void judge(mutating *m, kl_span span, kl_str what) {
    kl_cli own = *m->c;
    own.arena = kl_arena_new(0);
    if (!own.arena) {
        m->ok = false;
        return;
    }
    kl_diags d;
    kl_buf image;
    kl_diags_init(&d, own.arena, own.lang);
    kl_buf_init(&image, own.arena);
    m->tried++;
    ir_guideline *g = kl_check(own.arena, &d, m->sources);
    bool good = g && !d.errors && kl_emit_image(own.arena, &d, g, &image);
    kl_examples x = {.path = m->x->path, .ir = g, .edition = {.path = m->x->path, .ir = g}};
    if (good) {
        char *bytes = kl_alloc(own.arena, image.n);
        memcpy(bytes, image.p, image.n);
        x.edition.image = (kl_str){bytes, image.n};
        good = kl_rules_admit(&own, m->x->path, x.edition.image, &x.edition.program);
    }
    if (!good) {
        m->refused++;
    } else {
        kl_describe(x.edition.program, &x.edition.info);
        x.edition.teller = kl_teller_new(x.edition.program);
        m->ok = m->ok && x.edition.teller && kl_examples_run(&own, &x);
        if (x.failed)
            m->noticed++;
        else if (m->ok && same_for_all(m, &own, &x.edition))
            m->equal++;
        else
            tell(m, span, what);
        kl_teller_free(x.edition.teller);
    }
    kl_arena_free(own.arena);
}

/* As the author wrote it: what stands on the first line, and of that so much as says which one is meant. */
static kl_str written(const mutating *m, kl_span span) {
    const char *p = m->file->text.p + span.start;
    size_t n = span.end - span.start, least = 0;
    while (least < n && least < SHOWN && p[least] != '\n') least++;
    while (least < n && least > 0 && ((unsigned char)p[least] & 0xC0) == 0x80) least--; /* whole characters */
    return least < n ? kl_str_fmt(m->c->arena, "%.*s…", (int)least, p) : (kl_str){p, n};
}

static kl_str about(const mutating *m, const char *sv, const char *en, kl_span span) {
    return kl_str_fmt(m->c->arena, word(m, sv, en), KL_FMT(written(m, span)));
}

/* ------------------------------------------------------------------ conditions and values */
static void mutate_compare(mutating *m, kl_expr *e) {
    static const kl_compare other[] = {
        [KL_EQ] = KL_NE, [KL_NE] = KL_EQ, [KL_LT] = KL_LE, [KL_LE] = KL_LT, [KL_GT] = KL_GE, [KL_GE] = KL_GT};
    kl_compare was = e->compare;
    e->compare = other[was];
    judge(m, e->span,
          about(m, "”%.*s” med gränsen flyttad eller svaret vänt", "“%.*s” with its limit moved or its answer turned",
                e->span));
    e->compare = was;
}

static void mutate_expr(mutating *m, kl_expr *e) {
    if (!e || !m->ok) return;
    kl_expr_kind was = e->kind;
    int64_t number = e->number.value;
    switch (e->kind) {
    case KL_E_AND:
    case KL_E_OR:
        e->kind = was == KL_E_AND ? KL_E_OR : KL_E_AND;
        judge(m, e->span, about(m, "”%.*s” med och och eller bytta", "“%.*s” with and and or swapped", e->span));
        break;
    case KL_E_COMPARE: mutate_compare(m, e); break;
    case KL_E_IN:
    case KL_E_BETWEEN:
        e->negate = !e->negate;
        judge(m, e->span, about(m, "”%.*s” vänt till sin motsats", "“%.*s” turned to its opposite", e->span));
        e->negate = !e->negate;
        break;
    case KL_E_BOOL:
    case KL_E_NUMBER:
    case KL_E_MONEY:
        e->number.value = was == KL_E_BOOL ? !number : number + 1;
        judge(m, e->span, about(m, "”%.*s” bytt mot ett annat värde", "“%.*s” changed to another value", e->span));
        e->number.value = number;
        break;
    default: break;
    }
    e->kind = was;
    mutate_expr(m, e->a);
    mutate_expr(m, e->b);
    mutate_expr(m, e->c);
}

/* ------------------------------------------------------------------ pieces */
static void mutate_body(mutating *m, kl_body *b) {
    mutate_expr(m, b->cond);
    for (size_t i = 0; i < b->items.n && m->ok; i++) {
        kl_item kept = b->items.p[i];
        memmove(&b->items.p[i], &b->items.p[i + 1], (b->items.n - i - 1) * sizeof kept);
        b->items.n--;
        if (b->items.n) judge(m, kept.span, about(m, "punkten ”%.*s” borta", "the item “%.*s” left out", kept.span));
        memmove(&b->items.p[i + 1], &b->items.p[i], (b->items.n - i) * sizeof kept);
        b->items.n++;
        b->items.p[i] = kept;
        mutate_expr(m, kept.cond);
    }
}

static void mutate_clause(mutating *m, kl_piece *p) {
    mutate_body(m, &p->u.clause.body);
    for (size_t i = 0; i < p->u.clause.except.n && m->ok; i++) {
        kl_body kept = p->u.clause.except.p[i];
        p->u.clause.except.p[i] = p->u.clause.except.p[p->u.clause.except.n - 1];
        p->u.clause.except.n--;
        judge(m, kept.span, about(m, "undantaget ”%.*s” borta", "the exception “%.*s” left out", kept.span));
        p->u.clause.except.n++;
        p->u.clause.except.p[i] = kept;
        mutate_body(m, &p->u.clause.except.p[i]);
    }
}

static void mutate_table(mutating *m, kl_piece *p) {
    kl_grid *t = &p->u.table.grid;
    mutate_expr(m, p->u.table.when);
    for (size_t i = 0; i < t->rows.n && m->ok; i++) {
        kl_row kept = t->rows.p[i];
        memmove(&t->rows.p[i], &t->rows.p[i + 1], (t->rows.n - i - 1) * sizeof kept);
        t->rows.n--;
        if (t->rows.n) judge(m, kept.span, about(m, "raden ”%.*s” borta", "the row “%.*s” left out", kept.span));
        memmove(&t->rows.p[i + 1], &t->rows.p[i], (t->rows.n - i) * sizeof kept);
        t->rows.n++;
        t->rows.p[i] = kept;
        for (size_t k = 1; k < kept.cells.n; k++)
            for (size_t v = 0; v < kept.cells.p[k].list.n; v++) mutate_expr(m, kept.cells.p[k].list.p[v]);
    }
}

static void mutate_piece(mutating *m, kl_piece *p) {
    switch (p->kind) {
    case KL_P_GUIDELINE: mutate_expr(m, p->u.guideline.scope); break;
    case KL_P_CLAUSE: mutate_clause(m, p); break;
    case KL_P_REQUIREMENT:
    case KL_P_ADVICE:
        mutate_expr(m, p->u.requirement.applies);
        mutate_expr(m, p->u.requirement.requires);
        break;
    case KL_P_RULE:
        mutate_expr(m, p->u.rule.when);
        for (size_t i = 0; i < p->u.rule.gives.n; i++) mutate_expr(m, p->u.rule.gives.p[i].value);
        break;
    case KL_P_TABLE: mutate_table(m, p); break;
    default: break;
    }
}

static void put_score(mutating *m) {
    size_t counted = m->noticed + m->left;
    unsigned share = kl_examples_share(m->noticed, counted);
    if (m->json) {
        kl_str text = kl_str_fmt(m->c->arena,
                                 "],\n \"noticed\": %zu, \"unnoticed\": %zu, \"equivalent\": %zu, \"refused\": %zu}\n",
                                 m->noticed, m->left, m->equal, m->refused);
        kl_bytes_add(m->out, text.p, text.n);
        return;
    }
    kl_str text = kl_str_fmt(
        m->c->arena,
        word(
            m, "%.*s: exemplen märker %zu av %zu ändringar (%u %%); %zu ändrar inget, %zu avvisas av granskningen\n",
            "%.*s: the examples notice %zu of %zu changes (%u %%); %zu change nothing, %zu are refused by the check\n"),
        KL_FMT(m->x->path), m->noticed, counted, share / 10, m->equal, m->refused);
    kl_bytes_add(m->out, text.p, text.n);
}

bool kl_mutate(kl_cli *c, const kl_examples *x, bool json, kl_bytes *out, size_t *left) {
    kl_diags d;
    kl_diags_init(&d, c->arena, c->lang);
    kl_options o = kl_cli_options(c);
    kl_sources *s = kl_load(c->arena, &d, &o, x->path);
    if (!s || d.errors) return false;
    mutating m = {.c = c, .x = x, .sources = s, .file = s->files.p[0], .json = json, .ok = true, .out = out};
    if (json) {
        kl_bytes_text(out, "{\"file\": ");
        kl_bytes_json(out, kl_string_from(x->path));
        kl_bytes_text(out, ",\n \"changes\": [");
    }
    for (size_t i = 0; i < m.file->pieces.n && m.ok; i++) mutate_piece(&m, m.file->pieces.p[i]);
    put_score(&m);
    *left += m.left;
    return m.ok && !out->failed;
}
