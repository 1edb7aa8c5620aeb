/* plan_words.c - what else is not the same in two editions: fields, value sets and assumptions, named as the authors name them.
 * May include: compiler/cli/plan.
 * Start at kl_plan_vocabulary(). */
#include <string.h>

#include "compiler/cli/given.h"
#include "compiler/cli/plan.h"

static void change(kl_plan *p, kl_str what, kl_str from, kl_str to) {
    if (!kl_str_eq(from, to)) KL_PUSH(p->arena, &p->changes, ((kl_plan_change){what, from, to}));
}

static kl_str type_words(const kl_plan *p, size_t side, ir_type t) {
    const ir_guideline *g = p->j->in[side];
    kl_surface lang = p->cli->lang;
    kl_str word = kl_type_word(t.kind, lang);
    if (t.kind == KL_T_VALUES) return g->sets.p[t.set].name;
    if (t.kind == KL_T_SET) return kl_str_fmt(p->arena, "%.*s %.*s", KL_FMT(word), KL_FMT(g->sets.p[t.set].name));
    if (t.kind == KL_T_DECIMAL) return kl_str_fmt(p->arena, "%.*s(%u)", KL_FMT(word), t.decimals);
    return word;
}

static kl_str otherwise_words(const kl_plan *p, size_t side, const ir_field *f) {
    if (!f->has_otherwise) return kl_str_of(kl_cli_word(p->cli, "okänt", "unknown"));
    kl_datum d = {KL_DATUM_VALUE, f->otherwise, (uint64_t)f->otherwise, f->otherwise_text};
    return kl_given_text(p->arena, p->j->in[side], f->type, &d, p->cli->lang);
}

static kl_str field_words(const kl_plan *p, size_t side, const ir_field *f) {
    kl_str type = type_words(p, side, f->type), otherwise = otherwise_words(p, side, f);
    const char *required = f->required ? kl_cli_word(p->cli, ", krävs", ", required") : "";
    const char *word = kl_cli_word(p->cli, "annars", "otherwise");
    if (!f->has_otherwise) return kl_str_fmt(p->arena, "%.*s%s", KL_FMT(type), required);
    return kl_str_fmt(p->arena, "%.*s%s, %s %.*s", KL_FMT(type), required, word, KL_FMT(otherwise));
}

static void compare_fields(kl_plan *p) {
    const kl_str nothing = {0};
    const char *word = kl_cli_word(p->cli, "fältet %.*s", "the field %.*s");
    for (size_t side = 2; side-- > 0;)
        for (size_t i = 0; i < p->j->in[side]->fields.n; i++) {
            const ir_field *f = &p->j->in[side]->fields.p[i], *o = NULL;
            for (size_t k = 0; k < p->j->in[1 - side]->fields.n; k++)
                if (kl_str_eq(p->j->in[1 - side]->fields.p[k].name, f->name)) o = &p->j->in[1 - side]->fields.p[k];
            if (!side && o) continue;
            kl_str own = field_words(p, side, f), other = o ? field_words(p, 1 - side, o) : nothing;
            change(p, kl_str_fmt(p->arena, word, KL_FMT(f->name)), side ? other : own, side ? own : other);
        }
}

static kl_str one_sided(const kl_plan *p, size_t side, uint32_t set) {
    kl_buf b;
    kl_buf_init(&b, p->arena);
    const ir_set *s = &p->wide->f->g->sets.p[set];
    for (size_t c = 0; c < s->values.n; c++)
        if (p->j->code_in[side][set][c] != IR_NONE && p->j->code_in[1 - side][set][c] == IR_NONE)
            kl_buf_fmt(&b, "%s%.*s", b.n ? ", " : "", KL_FMT(s->values.p[c].name));
    return kl_buf_view(&b);
}

/* Only sets that a field has: their values decide which records can be read. */
static void compare_sets(kl_plan *p) {
    const ir_guideline *g = p->wide->f->g;
    bool *seen = kl_alloc_array(p->arena, g->sets.n + 1, sizeof *seen);
    for (size_t i = 0; i < g->fields.n; i++) {
        const ir_field *f = &g->fields.p[i];
        bool both = p->j->field_in[0][i] != IR_NONE && p->j->field_in[1][i] != IR_NONE;
        if (!both || (f->type.kind != KL_T_VALUES && f->type.kind != KL_T_SET) || seen[f->type.set]) continue;
        seen[f->type.set] = true;
        change(p,
               kl_str_fmt(p->arena, kl_cli_word(p->cli, "värden %.*s", "values %.*s"),
                          KL_FMT(g->sets.p[f->type.set].name)),
               one_sided(p, 0, f->type.set), one_sided(p, 1, f->type.set));
    }
}

static kl_str reading_words(const kl_plan *p, size_t side, const ir_assumption *s) {
    const kl_reading_of *r = &p->j->readings[p->j->assumption_to[side][s - p->j->in[side]->assumptions.p]];
    kl_datum d = {r->known ? KL_DATUM_VALUE : KL_DATUM_UNKNOWN, s->value, (uint64_t)s->value, {NULL, 0}};
    d.number = r->value;
    if (s->type.kind == KL_T_VALUES && r->known)
        d.number = p->j->code_in[side][p->j->set_to[side][s->type.set]][r->value];
    return kl_given_text(p->arena, p->j->in[side], s->type, &d, p->cli->lang);
}

static void compare_assumptions(kl_plan *p) {
    const kl_str nothing = {0};
    const char *word = kl_cli_word(p->cli, "antagandet %.*s", "the assumption %.*s");
    for (size_t side = 2; side-- > 0;)
        for (size_t i = 0; i < p->j->in[side]->assumptions.n; i++) {
            const ir_assumption *s = &p->j->in[side]->assumptions.p[i], *o = NULL;
            for (size_t k = 0; k < p->j->in[1 - side]->assumptions.n; k++)
                if (kl_str_eq(p->j->in[1 - side]->assumptions.p[k].name, s->name))
                    o = &p->j->in[1 - side]->assumptions.p[k];
            if (!side && o) continue;
            kl_str own = reading_words(p, side, s), other = o ? reading_words(p, 1 - side, o) : nothing;
            change(p, kl_str_fmt(p->arena, word, KL_FMT(s->name)), side ? other : own, side ? own : other);
        }
}

void kl_plan_vocabulary(kl_plan *p) {
    compare_fields(p);
    compare_sets(p);
    compare_assumptions(p);
}
