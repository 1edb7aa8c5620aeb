/* plan_text.c - the plan for people: each outcome and requirement, its classes with what was, what becomes, by which rules, and a record.
 * May include: compiler/cli/plan.
 * Start at kl_plan_text(). */
#include "compiler/cli/given.h"
#include "compiler/cli/plan.h"

typedef struct telling {
    const kl_plan *p;
    kl_cli *c;
    kl_bytes *out;
} telling;

static void say(const telling *t, kl_str s) {
    kl_bytes_add(t->out, s.p, s.n);
}

static const char *word(const telling *t, const char *sv, const char *en) {
    return kl_cli_word(t->c, sv, en);
}

static void say_sides(const telling *t) {
    for (size_t side = 0; side < 2; side++) {
        const kl_edition *e = &t->p->rules[side]->editions.p[0];
        say(t, kl_str_fmt(t->c->arena, "%s %.*s (%.*s", side ? word(t, "ny:    ", "new:") : word(t, "gammal:", "old:"),
                          KL_FMT(e->path), KL_FMT(e->ir->name)));
        if (e->info.edition.size)
            say(t, kl_str_fmt(t->c->arena, ", %s %.*s", word(t, "utgåva", "edition"), (int)e->info.edition.size,
                              e->info.edition.data));
        kl_bytes_text(t->out, ")\n");
    }
}

static void say_by(const telling *t, size_t side, const kl_plan_was *w) {
    const ir_guideline *g = t->p->j->in[side];
    kl_bytes_text(t->out, "     ");
    kl_bytes_text(t->out, side ? word(t, "ny:     ", "new: ") : word(t, "gammal: ", "old: "));
    for (size_t i = 0; i < w->by.n; i++) {
        const ir_entry *e = &g->entries.p[w->by.p[i]];
        size_t line = 0, column = 0;
        kl_place(e->file, e->span.start, &line, &column);
        say(t, kl_str_fmt(t->c->arena, "%s%.*s (%.*s:%zu)", i ? ", " : "", KL_FMT(e->id), KL_FMT(e->file->path), line));
    }
    if (!w->by.n) kl_bytes_text(t->out, word(t, "ingen regel eller rad", "no rule or row"));
    kl_bytes_char(t->out, '\n');
}

static void say_record(const telling *t, const kl_plan_class *c) {
    const ir_guideline *g = t->p->wide->f->g;
    size_t n = 0;
    kl_bytes_text(t->out, word(t, "     till exempel: ", "     for example: "));
    for (size_t i = 0; i < g->fields.n; i++) {
        if (c->record[i].state != KL_DATUM_VALUE) continue;
        kl_str value = kl_given_text(t->c->arena, g, g->fields.p[i].type, &c->record[i], t->c->lang);
        say(t, kl_str_fmt(t->c->arena, "%s%.*s %.*s", n++ ? ", " : "", KL_FMT(g->fields.p[i].name), KL_FMT(value)));
    }
    kl_bytes_text(t->out, n ? word(t, "; resten okänt\n", "; the rest unknown\n")
                            : word(t, "en post där inget är känt\n", "a record of which nothing is known\n"));
}

static void say_class(const telling *t, size_t number, const kl_plan_class *c) {
    say(t,
        kl_str_fmt(t->c->arena, "  %zu. %.*s → %.*s%s\n", number, KL_FMT(c->was[0].words), KL_FMT(c->was[1].words),
                   c->unknown ? word(t, "   (bara med okända uppgifter)", "   (only where facts are unknown)") : ""));
    for (size_t side = 0; side < 2; side++) say_by(t, side, &c->was[side]);
    say_record(t, c);
}

static void say_verdict(const telling *t, const kl_plan_subject *s) {
    const char *text = "";
    switch (s->verdict) {
    case KL_PLAN_EQUIVALENT: text = word(t, "likvärdigt\n", "equivalent\n"); break;
    case KL_PLAN_NOT_DECIDED: text = word(t, "inte avgjort\n", "not decided\n"); break;
    case KL_PLAN_REMOVED: text = word(t, "finns bara i den gamla\n", "is in the old one only\n"); break;
    case KL_PLAN_ADDED: text = word(t, "finns bara i den nya\n", "is in the new one only\n"); break;
    case KL_PLAN_OTHER_TYPE: text = word(t, "har en annan typ\n", "has another type\n"); break;
    case KL_PLAN_DIFFERS:
        say(t, kl_str_fmt(t->c->arena,
                          s->classes.n == 1
                              ? word(t, "ändras, %zu klass av poster\n", "changes, %zu class of records\n")
                              : word(t, "ändras, %zu klasser av poster\n", "changes, %zu classes of records\n"),
                          s->classes.n));
    }
    kl_bytes_text(t->out, text);
}

static void say_subject(const telling *t, const kl_plan_subject *s) {
    const char *kind = s->requirement ? word(t, "fynd ", "finding ") : "";
    say(t, kl_str_fmt(t->c->arena, "\n%s%.*s: ", kind, KL_FMT(s->name)));
    say_verdict(t, s);
    for (size_t i = 0; i < s->classes.n; i++) say_class(t, i + 1, &s->classes.p[i]);
    if (s->more)
        kl_bytes_text(t->out,
                      word(t, "  det kan finnas fler klasser än dessa\n", "  there may be more classes than these\n"));
    for (size_t i = 0; i < s->why.n; i++)
        say(t,
            kl_str_fmt(t->c->arena, word(t, "  inte avgjort: %.*s\n", "  not decided: %.*s\n"), KL_FMT(s->why.p[i])));
}

static void say_changes(const telling *t) {
    const kl_plan *p = t->p;
    if (p->changes.n) kl_bytes_text(t->out, word(t, "\nord och antaganden:\n", "\nwords and assumptions:\n"));
    for (size_t i = 0; i < p->changes.n; i++) {
        const kl_plan_change *c = &p->changes.p[i];
        const char *none = word(t, "(inget)", "(nothing)");
        kl_str from = c->from.n ? c->from : kl_str_of(none), to = c->to.n ? c->to : kl_str_of(none);
        say(t, kl_str_fmt(t->c->arena, "  %.*s: %.*s → %.*s\n", KL_FMT(c->what), KL_FMT(from), KL_FMT(to)));
    }
}

/* What is equivalent is named in one line; the rest one by one. */
void kl_plan_text(const kl_plan *p, kl_bytes *out) {
    telling t = {p, p->cli, out};
    size_t equal = 0, shown = 0;
    say_sides(&t);
    for (size_t i = 0; i < p->subjects.n; i++) equal += p->subjects.p[i].verdict == KL_PLAN_EQUIVALENT;
    if (kl_plan_is_equal(p)) {
        kl_bytes_text(out, word(&t, "\nlikvärdiga\n", "\nequivalent\n"));
        return;
    }
    for (size_t i = 0; i < p->subjects.n; i++)
        if (p->subjects.p[i].verdict != KL_PLAN_EQUIVALENT) say_subject(&t, &p->subjects.p[i]);
    if (equal) kl_bytes_text(out, word(&t, "\nlikvärdigt: ", "\nequivalent: "));
    for (size_t i = 0; i < p->subjects.n; i++) {
        if (p->subjects.p[i].verdict != KL_PLAN_EQUIVALENT) continue;
        say(&t, kl_str_fmt(t.c->arena, "%s%.*s", shown++ ? ", " : "", KL_FMT(p->subjects.p[i].name)));
    }
    if (equal) kl_bytes_char(out, '\n');
    say_changes(&t);
}
