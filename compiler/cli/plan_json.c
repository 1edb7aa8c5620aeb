/* plan_json.c - the plan for tools: one object with a verdict for each outcome and requirement, classes and witnesses.
 * May include: compiler/cli/plan.
 * Start at kl_plan_json(). */
#include "compiler/cli/given.h"
#include "compiler/cli/plan.h"

static void text(kl_bytes *out, const char *before, kl_str s) {
    kl_bytes_text(out, before);
    kl_bytes_json(out, kl_string_from(s));
}

static void put_side(const kl_plan *p, size_t side, kl_bytes *out) {
    const kl_edition *e = &p->rules[side]->editions.p[0];
    text(out, side ? ", \"new\": {\"file\": " : "{\"old\": {\"file\": ", e->path);
    text(out, ", \"guideline\": ", e->ir->name);
    text(out, ", \"edition\": ", kl_str_from(e->info.edition));
    kl_bytes_char(out, '}');
}

static void put_was(const kl_plan *p, size_t side, const kl_plan_subject *s, const kl_plan_was *w, kl_bytes *out) {
    text(out, side ? ", \"new\": {\"result\": " : "{\"old\": {\"result\": ", w->words);
    if (!s->requirement) {
        kl_bytes_text(out, ", \"state\": \"");
        kl_bytes_text(out, kl_state_word(w->result.state));
        kl_bytes_char(out, '"');
    }
    kl_bytes_text(out, ", \"by\": [");
    for (size_t i = 0; i < w->by.n; i++) {
        const ir_entry *e = &p->j->in[side]->entries.p[w->by.p[i]];
        size_t line = 0, column = 0;
        kl_place(e->file, e->span.start, &line, &column);
        text(out, i ? ", {\"id\": " : "{\"id\": ", e->id);
        text(out, ", \"file\": ", e->file->path);
        kl_bytes_text(out, ", \"line\": ");
        kl_bytes_number(out, (int64_t)line, 0, '.');
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "]}");
}

static void put_class(const kl_plan *p, const kl_plan_subject *s, const kl_plan_class *c, kl_bytes *out) {
    const ir_guideline *g = p->wide->f->g;
    bool first = true;
    for (size_t side = 0; side < 2; side++) put_was(p, side, s, &c->was[side], out);
    kl_bytes_text(out, c->unknown ? ", \"only_unknown\": true, \"witness\": {"
                                  : ", \"only_unknown\": false, \"witness\": {");
    for (size_t i = 0; i < g->fields.n; i++) {
        if (c->record[i].state != KL_DATUM_VALUE) continue;
        text(out, first ? "" : ", ", g->fields.p[i].name);
        text(out, ": ", kl_given_text(p->arena, g, g->fields.p[i].type, &c->record[i], KL_EN));
        first = false;
    }
    kl_bytes_text(out, "}}");
}

static void put_subject(const kl_plan *p, const kl_plan_subject *s, kl_bytes *out) {
    static const char *const words[] = {"equivalent", "differs", "not_decided", "removed", "added", "other_type"};
    text(out, "{\"name\": ", s->name);
    kl_bytes_text(out, ", \"verdict\": \"");
    kl_bytes_text(out, words[s->verdict]);
    kl_bytes_text(out, "\", \"not_decided\": [");
    for (size_t i = 0; i < s->why.n; i++) text(out, i ? ", " : "", s->why.p[i]);
    kl_bytes_text(out, s->more ? "], \"more\": true, \"classes\": [" : "], \"more\": false, \"classes\": [");
    for (size_t i = 0; i < s->classes.n; i++) {
        kl_bytes_text(out, i ? ",\n   " : "\n   ");
        put_class(p, s, &s->classes.p[i], out);
    }
    kl_bytes_text(out, "]}");
}

void kl_plan_json(const kl_plan *p, kl_bytes *out) {
    for (size_t side = 0; side < 2; side++) put_side(p, side, out);
    kl_bytes_text(out, kl_plan_is_equal(p) ? ",\n \"equivalent\": true" : ",\n \"equivalent\": false");
    for (int requirements = 0; requirements < 2; requirements++) {
        bool first = true;
        kl_bytes_text(out, requirements ? ",\n \"requirements\": [" : ",\n \"outcomes\": [");
        for (size_t i = 0; i < p->subjects.n; i++) {
            if (p->subjects.p[i].requirement != requirements) continue;
            kl_bytes_text(out, first ? "\n  " : ",\n  ");
            put_subject(p, &p->subjects.p[i], out);
            first = false;
        }
        kl_bytes_char(out, ']');
    }
    kl_bytes_text(out, ",\n \"words\": [");
    for (size_t i = 0; i < p->changes.n; i++) {
        text(out, i ? ",\n  {\"what\": " : "\n  {\"what\": ", p->changes.p[i].what);
        text(out, ", \"old\": ", p->changes.p[i].from);
        text(out, ", \"new\": ", p->changes.p[i].to);
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "]}\n");
}
