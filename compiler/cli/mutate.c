/* mutate.c - the text with one place changed at a time is read, checked and built, the examples are run, and a change that none notices is told
 * of, with a record that would show it, unless it is proved to change nothing.
 * May include: compiler/cli/mutate, mutations, given, plan.
 * Start at kl_mutate(), then judge(). */
#include "compiler/cli/mutate.h"

#include <stdlib.h>
#include <string.h>

#include "compiler/cli/given.h"
#include "compiler/cli/mutations.h"
#include "compiler/cli/plan.h"

enum { SHOWN = 60, AROUND = 24 }; /* characters of a change, and beside it where it is longer */

typedef enum effect { SHOWN_BY_RECORD, NOT_DECIDED, NO_EFFECT } effect;

typedef struct unnoticed {
    const kl_mutation *m;
    effect effect;
    kl_str subject, was, becomes; /* what a record shows */
    kl_str like;                  /* the example that it is, or is like but for what is in `record` */
    kl_str record, json;          /* its fields in words, and all of them as members of an object */
    size_t inside;                /* changes inside it that go unnoticed too */
} unnoticed;

typedef struct mutating {
    kl_cli *c;
    const kl_examples *x;
    const kl_file *file;
    kl_str text; /* as changed */
    kl_options options;
    kl_reader reader; /* of everything else */
    bool ok;
    KL_VEC(unnoticed) left;
    size_t noticed, refused, equal, undecided;
} mutating;

static const char *word(const mutating *m, const char *sv, const char *en) {
    return kl_cli_word(m->c, sv, en);
}

static bool read_changed(void *self, kl_arena *a, kl_str path, kl_str *text) {
    const mutating *m = self;
    if (!kl_str_eq(path, m->x->path)) return m->reader.read(m->reader.self, a, path, text);
    *text = m->text;
    return true;
}

/* ------------------------------------------------------------------ what it changes */
/* Of each field whether the record's value is another than the example has; how many. */
static size_t fields_changed(const ir_guideline *g, const kl_datum *like, const kl_datum *record, bool *changed) {
    size_t n = 0;
    for (size_t i = 0; i < g->fields.n; i++) {
        const kl_datum *a = &like[i], *b = &record[i];
        bool same = a->state == b->state && a->number == b->number && a->set == b->set && kl_str_eq(a->text, b->text);
        changed[i] = b->state == KL_DATUM_VALUE && !same;
        n += changed[i];
    }
    return n;
}

/* The author's example that shows the difference, as it is or with the fewest of the record's values: in `shown`. NULL: none does. */
static const ir_example *nearest_example(kl_plan *p, kl_plan_subject *s, const kl_datum *record, kl_datum *shown,
                                         kl_plan_was was[2]) {
    const ir_guideline *g = p->wide->f->g;
    bool *changed = kl_alloc_array(p->arena, g->fields.n + 1, sizeof *changed);
    for (size_t most = 0; most < g->fields.n; most++)
        for (size_t i = 0; i < p->models.n; i++) {
            size_t n = fields_changed(g, p->models.p[i], record, changed);
            if (p->modelled.p[i]->assumed.n || (most && n != most)) continue;
            for (size_t k = 0; k < g->fields.n; k++) shown[k] = most && changed[k] ? record[k] : p->models.p[i][k];
            if (!kl_plan_try(p, s, shown, was)) continue;
            for (size_t k = 0; k < g->fields.n; k++) { /* without what the difference does not need */
                kl_datum kept = shown[k];
                shown[k] = p->models.p[i][k];
                if (changed[k] && !kl_plan_try(p, s, shown, was)) shown[k] = kept;
            }
            kl_plan_try(p, s, shown, was);
            return p->modelled.p[i];
        }
    return NULL;
}

static kl_str json_pair(const mutating *m, kl_str name, kl_str value) {
    kl_bytes one = {0};
    kl_bytes_json(&one, kl_string_from(name));
    kl_bytes_text(&one, ": ");
    kl_bytes_json(&one, kl_string_from(value));
    kl_str out = kl_str_dup(m->c->arena, (kl_str){one.data, one.size});
    kl_bytes_free(&one);
    return out;
}

/* A record on which the two differ, kept when the proof is gone. */
static void keep_witness(const mutating *m, kl_plan *p, kl_plan_subject *s, unnoticed *u) {
    const ir_guideline *g = p->wide->f->g;
    kl_plan_was was[2] = {s->classes.p[0].was[0], s->classes.p[0].was[1]};
    kl_datum *record = s->classes.p[0].record, *shown = kl_alloc_array(p->arena, g->fields.n + 1, sizeof *shown);
    bool *changed = kl_alloc_array(p->arena, g->fields.n + 1, sizeof *changed);
    const ir_example *like = nearest_example(p, s, record, shown, was);
    kl_buf b, json;
    kl_buf_init(&b, m->c->arena);
    kl_buf_init(&json, m->c->arena);
    for (size_t i = 0; i < p->models.n; i++)
        if (p->modelled.p[i] == like) fields_changed(g, p->models.p[i], shown, changed);
    if (!like) memcpy(was, s->classes.p[0].was, sizeof was);
    if (!like) shown = record;
    for (size_t i = 0; i < g->fields.n; i++) {
        if (shown[i].state != KL_DATUM_VALUE) continue;
        kl_str name = g->fields.p[i].name;
        kl_str value = kl_given_text(m->c->arena, g, g->fields.p[i].type, &shown[i], m->c->lang);
        kl_str plain = kl_given_text(m->c->arena, g, g->fields.p[i].type, &shown[i], KL_EN);
        kl_buf_fmt(&json, "%s%.*s", json.n ? ", " : "", KL_FMT(json_pair(m, name, plain)));
        if (!like || changed[i]) kl_buf_fmt(&b, "%s%.*s %.*s", b.n ? ", " : "", KL_FMT(name), KL_FMT(value));
    }
    u->record = kl_visible(m->c->arena, kl_buf_view(&b));
    u->json = kl_buf_view(&json);
    u->subject = kl_str_fmt(m->c->arena, "%s%.*s", s->requirement ? word(m, "fynd ", "finding ") : "", KL_FMT(s->name));
    u->was = kl_str_dup(m->c->arena, was[0].words);
    u->becomes = kl_str_dup(m->c->arena, was[1].words);
    if (like) u->like = kl_visible(m->c->arena, kl_str_dup(m->c->arena, like->title));
}

static effect effect_of(mutating *m, kl_cli *own, const kl_edition *changed, unnoticed *u) {
    kl_rules rules[2];
    kl_plan plan;
    effect e = NO_EFFECT;
    memset(rules, 0, sizeof rules);
    KL_PUSH(own->arena, &rules[0].editions, m->x->edition);
    KL_PUSH(own->arena, &rules[1].editions, *changed);
    rules[0].editions.p[0].teller = kl_teller_new(m->x->edition.program);
    m->ok = rules[0].editions.p[0].teller != NULL;
    if (m->ok && !kl_plan_compare(&plan, own, &rules[0], &rules[1], true)) m->ok = false;
    for (size_t i = 0; m->ok && i < plan.subjects.n && e != SHOWN_BY_RECORD; i++) {
        kl_plan_subject *s = &plan.subjects.p[i];
        if (s->classes.n) keep_witness(m, &plan, s, u);
        if (s->classes.n || s->verdict > KL_PLAN_NOT_DECIDED)
            e = SHOWN_BY_RECORD;
        else if (s->verdict == KL_PLAN_NOT_DECIDED)
            e = NOT_DECIDED;
    }
    if (rules[0].editions.p[0].teller) kl_plan_free(&plan);
    kl_teller_free(rules[0].editions.p[0].teller);
    return e;
}

/* ------------------------------------------------------------------ one change */
/* Errors where the examples name what is no longer there: they do not hold any more. */
static bool only_in_examples(const kl_diags *d, const kl_sources *s) {
    for (size_t i = 0; i < d->list.n; i++) {
        const kl_diag *one = &d->list.p[i];
        bool in = kl_diag_severity(one->id) != KL_ERROR;
        for (size_t k = 0; one->file == s->files.p[0] && k < one->file->pieces.n && !in; k++) {
            const kl_piece *p = one->file->pieces.p[k];
            in = p->kind == KL_P_EXAMPLE && one->span.start >= p->span.start && one->span.start <= p->span.end;
        }
        if (!in) return false;
    }
    return d->errors > 0;
}

/* false: it is not a guideline any more; *noticed when only its examples are to blame. */
static bool build(mutating *m, kl_cli *own, kl_examples *x, bool *noticed) {
    kl_diags d;
    kl_buf image;
    kl_diags_init(&d, own->arena, own->lang);
    kl_buf_init(&image, own->arena);
    kl_sources *s = kl_load(own->arena, &d, &m->options, x->path);
    ir_guideline *g = s && !d.errors ? kl_check(own->arena, &d, s) : NULL;
    *noticed = g && only_in_examples(&d, s);
    if (!g || d.errors) return false;
    if (!kl_emit_image_hastily(own->arena, &d, g, &image)) {
        image.n = 0;
        if (!kl_emit_image(own->arena, &d, g, &image)) return false;
    }
    char *bytes = kl_alloc(own->arena, image.n);
    memcpy(bytes, image.p, image.n);
    x->ir = x->edition.ir = g;
    x->edition.image = (kl_str){bytes, image.n};
    return kl_rules_admit(own, x->path, x->edition.image, &x->edition.program);
}

static void judge(mutating *m, const kl_mutation *change) {
    kl_cli own = *m->c;
    kl_str was = m->file->text;
    unnoticed u = {.m = change};
    own.arena = kl_arena_new(0);
    if (!own.arena) {
        m->ok = false;
        return;
    }
    m->text = kl_str_fmt(own.arena, "%.*s%.*s%.*s", (int)change->span.start, was.p, KL_FMT(change->to),
                         (int)(was.n - change->span.end), was.p + change->span.end);
    kl_examples x = {.path = m->x->path, .edition = {.path = m->x->path}};
    bool noticed;
    if (!build(m, &own, &x, &noticed)) {
        m->noticed += noticed;
        m->refused += !noticed;
    } else {
        kl_describe(x.edition.program, &x.edition.info);
        x.edition.teller = kl_teller_new(x.edition.program);
        m->ok = x.edition.teller && kl_examples_run(&own, &x);
        u.effect = m->ok && !x.failed ? effect_of(m, &own, &x.edition, &u) : NO_EFFECT;
        if (x.failed)
            m->noticed++;
        else if (u.effect == NO_EFFECT)
            m->equal++;
        else
            KL_PUSH(m->c->arena, &m->left, u);
        m->undecided += u.effect == NOT_DECIDED;
        kl_teller_free(x.edition.teller);
    }
    kl_arena_free(own.arena);
}

/* ------------------------------------------------------------------ what is said */
static bool inside(const unnoticed *outer, const unnoticed *inner) {
    return outer->m->covers && inner->m->span.start >= outer->m->span.start && inner->m->span.end <= outer->m->span.end;
}

/* Blanks and line ends as one blank, none at the ends. */
static kl_str on_one_line(const mutating *m, kl_str s) {
    kl_buf b;
    kl_buf_init(&b, m->c->arena);
    for (size_t i = 0; i < s.n; i++) {
        bool blank = s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r';
        if (!blank)
            kl_buf_add(&b, s.p + i, 1);
        else if (b.n && b.p[b.n - 1] != ' ')
            kl_buf_add(&b, " ", 1);
    }
    while (b.n && b.p[b.n - 1] == ' ') b.n--;
    return kl_visible(m->c->arena, kl_buf_view(&b));
}

/* A long text cut short: so much as stands between, and some words before and after. */
static kl_str around(const mutating *m, kl_str s, size_t before, size_t after) {
    size_t start = before > AROUND ? before - AROUND : 0, end = after > AROUND ? s.n - after + AROUND : s.n;
    if (s.n <= SHOWN) return s;
    while (start && start < before && s.p[start - 1] != ' ') start++;
    while (end < s.n && end > s.n - after && s.p[end] != ' ') end--;
    while (start && (s.p[start] & 0xC0) == 0x80) start--; /* whole characters */
    while (end < s.n && (s.p[end] & 0xC0) == 0x80) end++;
    return kl_str_fmt(m->c->arena, "%s%.*s%s", start ? "… " : "", (int)(end - start), s.p + start,
                      end < s.n ? " …" : "");
}

/* `from → to`, each in quotes or as it is, with what both have in common cut short. */
static kl_str from_to(const mutating *m, kl_str from, kl_str to, const char *form) {
    size_t before = 0, after = 0;
    while (before < from.n && before < to.n && from.p[before] == to.p[before]) before++;
    while (after < from.n - before && after < to.n - before && from.p[from.n - 1 - after] == to.p[to.n - 1 - after])
        after++;
    kl_buf b;
    kl_buf_init(&b, m->c->arena);
    for (const char *p = form; *p; p++) {
        kl_str one = *p == '1' ? around(m, from, before, after) : around(m, to, before, after);
        if (*p == '1' || *p == '2')
            kl_buf_str(&b, one);
        else
            kl_buf_add(&b, p, 1);
    }
    return kl_buf_view(&b);
}

static kl_str change_text(const mutating *m, const kl_mutation *change) {
    kl_span s = change->span;
    kl_str from = on_one_line(m, (kl_str){m->file->text.p + s.start, s.end - s.start}), to = on_one_line(m, change->to);
    if (!change->to.n)
        from = on_one_line(m, (kl_str){m->file->text.p + change->shown.start, change->shown.end - change->shown.start});
    if (!change->to.n)
        return kl_str_fmt(m->c->arena, word(m, "%.*s borta: ”%.*s”", "%.*s left out: “%.*s”"), KL_FMT(change->part),
                          KL_FMT(around(m, from, 0, from.n > SHOWN ? from.n - SHOWN : 0)));
    return kl_str_fmt(m->c->arena, "%.*s%s%.*s", KL_FMT(change->part), change->part.n ? ": " : "",
                      KL_FMT(from_to(m, from, to, word(m, "”1” → ”2”", "“1” → “2”"))));
}

static void place_of(const mutating *m, const kl_mutation *change, size_t *line, size_t *column) {
    uint32_t at = change->span.start;
    while (at < change->span.end && (m->file->text.p[at] == ' ' || m->file->text.p[at] == '\t')) at++;
    kl_place(m->file, at, line, column);
}

static void tell(mutating *m, const unnoticed *u, kl_bytes *out) {
    size_t line = 0, column = 0;
    place_of(m, u->m, &line, &column);
    kl_buf b;
    kl_buf_init(&b, m->c->arena);
    kl_buf_fmt(&b, "%.*s:%zu:%zu: %.*s", KL_FMT(m->file->path), line, column, KL_FMT(change_text(m, u->m)));
    if (u->inside)
        kl_buf_fmt(&b,
                   u->inside == 1 ? word(m, " (och %zu ändring inuti)", " (and %zu change inside)")
                                  : word(m, " (och %zu ändringar inuti)", " (and %zu changes inside)"),
                   u->inside);
    if (u->effect == NOT_DECIDED)
        kl_buf_fmt(&b, "%s",
                   word(m, "\n    kan vara utan verkan: det är inte avgjort",
                        "\n    may be without effect: that is not decided"));
    if (u->was.n) {
        kl_str shown =
            kl_str_fmt(m->c->arena, "%.*s %.*s", KL_FMT(u->subject), KL_FMT(from_to(m, u->was, u->becomes, "1 → 2")));
        kl_buf_fmt(&b, "\n    ");
        if (u->like.n && u->record.n)
            kl_buf_fmt(&b, word(m, "som exemplet ”%.*s” men %.*s: %.*s", "like the example “%.*s” but %.*s: %.*s"),
                       KL_FMT(u->like), KL_FMT(u->record), KL_FMT(shown));
        else if (u->like.n)
            kl_buf_fmt(
                &b, word(m, "exemplet ”%.*s” säger inget om det: %.*s", "the example “%.*s” says nothing of it: %.*s"),
                KL_FMT(u->like), KL_FMT(shown));
        else if (u->record.n)
            kl_buf_fmt(&b, word(m, "till exempel %.*s: %.*s", "for example %.*s: %.*s"), KL_FMT(u->record),
                       KL_FMT(shown));
        else
            kl_buf_fmt(&b, word(m, "där inget är känt: %.*s", "where nothing is known: %.*s"), KL_FMT(shown));
    }
    kl_buf_fmt(&b, "\n");
    kl_bytes_add(out, b.p, b.n);
}

static void tell_all(mutating *m, kl_bytes *out) {
    size_t outer = SIZE_MAX, counted = m->noticed + m->left.n;
    unsigned share = kl_examples_share(m->noticed, counted);
    for (size_t i = 0; i < m->left.n; i++) {
        if (outer != SIZE_MAX && inside(&m->left.p[outer], &m->left.p[i]))
            m->left.p[outer].inside++;
        else if (m->left.p[i].m->covers)
            outer = i;
    }
    outer = SIZE_MAX;
    for (size_t i = 0; i < m->left.n; i++) {
        if (outer != SIZE_MAX && inside(&m->left.p[outer], &m->left.p[i])) continue;
        if (m->left.p[i].m->covers) outer = i;
        tell(m, &m->left.p[i], out);
    }
    kl_buf b;
    kl_buf_init(&b, m->c->arena);
    kl_buf_fmt(
        &b,
        word(m, "%.*s: exemplen märker %zu av %zu ändringar (%u %%); %zu ändrar inget, %zu avvisas av granskningen",
             "%.*s: the examples notice %zu of %zu changes (%u %%); %zu change nothing, %zu are refused by the check"),
        KL_FMT(m->x->path), m->noticed, counted, share / 10, m->equal, m->refused);
    if (m->undecided)
        kl_buf_fmt(&b, word(m, "; om %zu är det inte avgjort", "; of %zu it is not decided"), m->undecided);
    kl_buf_fmt(&b, "\n");
    kl_bytes_add(out, b.p, b.n);
}

static void put_member(kl_bytes *out, const char *name, kl_str value) {
    kl_bytes_text(out, name);
    kl_bytes_json(out, kl_string_from(value));
}

static void put_number(kl_bytes *out, const char *name, size_t value) {
    kl_bytes_text(out, name);
    kl_bytes_number(out, (int64_t)value, 0, '.');
}

static void put_change(const mutating *m, const unnoticed *u, kl_bytes *out) {
    kl_span s = u->m->span;
    size_t line = 0, column = 0;
    place_of(m, u->m, &line, &column);
    put_member(out, "{\"place\": {\"file\": ", m->file->path);
    put_number(out, ", \"line\": ", line);
    put_number(out, ", \"column\": ", column);
    put_number(out, ", \"start\": ", s.start);
    put_number(out, ", \"end\": ", s.end);
    put_member(out, "}, \"kind\": ", kl_str_of(u->m->kind));
    put_member(out, ", \"from\": ", (kl_str){m->file->text.p + s.start, s.end - s.start});
    put_member(out, ", \"to\": ", u->m->to);
    put_member(out, ", \"change\": ", change_text(m, u->m));
    kl_bytes_text(out, u->effect == NOT_DECIDED ? ", \"effect\": \"not_decided\"" : ", \"effect\": \"shown\"");
    if (u->was.n) {
        put_member(out, ", \"shown_by\": {\"what\": ", u->subject);
        put_member(out, ", \"old\": ", u->was);
        put_member(out, ", \"new\": ", u->becomes);
        if (u->like.n) put_member(out, ", \"like\": ", u->like);
        kl_bytes_text(out, ", \"witness\": {");
        kl_bytes_add(out, u->json.p, u->json.n);
        kl_bytes_text(out, "}}");
    }
    kl_bytes_char(out, '}');
}

static void put_json(const mutating *m, kl_bytes *out) {
    put_member(out, "{\"file\": ", m->x->path);
    kl_bytes_text(out, ",\n \"changes\": [");
    for (size_t i = 0; i < m->left.n; i++) {
        kl_bytes_text(out, i ? ",\n  " : "\n  ");
        put_change(m, &m->left.p[i], out);
    }
    put_number(out, "],\n \"noticed\": ", m->noticed);
    put_number(out, ", \"unnoticed\": ", m->left.n);
    put_number(out, ", \"not_decided\": ", m->undecided);
    put_number(out, ", \"equivalent\": ", m->equal);
    put_number(out, ", \"refused\": ", m->refused);
    kl_bytes_text(out, "}\n");
}

/* Examples that fail anyway notice nothing. */
static void refuse(const mutating *m, bool json, kl_bytes *out) {
    if (json) {
        put_member(out, "{\"file\": ", m->x->path);
        put_number(out, ", \"failed\": ", m->x->failed);
        kl_bytes_text(out, "}\n");
        return;
    }
    kl_str text = kl_str_fmt(m->c->arena,
                             word(m, "%.*s: %zu exempel stämmer inte; ändringar prövas när alla gör det\n",
                                  "%.*s: %zu examples fail; changes are tried when all hold\n"),
                             KL_FMT(m->x->path), m->x->failed);
    kl_bytes_add(out, text.p, text.n);
}

bool kl_mutate(kl_cli *c, const kl_examples *x, bool json, kl_bytes *out, size_t *left) {
    kl_mutation_list changes = {0};
    mutating m = {.c = c, .x = x, .file = x->ir->files.p[0], .ok = true, .options = kl_cli_options(c)};
    m.reader = m.options.reader;
    m.options.reader = (kl_reader){read_changed, &m};
    if (x->failed) {
        refuse(&m, json, out);
        return !out->failed;
    }
    kl_mutations(c->arena, x->ir, m.file, c->lang, &changes);
    for (size_t i = 0; i < changes.n && m.ok; i++) judge(&m, &changes.p[i]);
    if (json)
        put_json(&m, out);
    else
        tell_all(&m, out);
    *left += m.left.n;
    return m.ok && !out->failed;
}
