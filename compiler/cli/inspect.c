/* inspect.c - the verb inspect: what an image holds, for a person: header, budgets, hashes, tables, instructions.
 * May include: the runtime.
 * Start at kl_verb_inspect(). */
#include "compiler/cli/rules.h"

#include <errno.h>
#include <string.h>

typedef struct view {
    kl_cli *c;
    const kl_program *p;
    kl_guideline_info g;
    kl_bytes out;
} view;

static const char *say(const view *v, const char *sv, const char *en) {
    return kl_cli_word(v->c, sv, en);
}

static void line(view *v, const char *name, kl_string value) {
    if (!value.size) return;
    kl_bytes_text(&v->out, "  ");
    kl_bytes_text(&v->out, name);
    for (size_t w = kl_text_width((kl_string){name, strlen(name)}); w < 22; w++) kl_bytes_char(&v->out, ' ');
    kl_bytes_string(&v->out, value);
    kl_bytes_char(&v->out, '\n');
}

static void number_line(view *v, const char *name, uint64_t n) {
    char text[24];
    int size = snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    line(v, name, (kl_string){text, (size_t)size});
}

static void hash_line(view *v, kl_string name, const uint8_t *hash) {
    kl_bytes_text(&v->out, "  ");
    for (size_t i = 0; i < 32; i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", (unsigned)hash[i]);
        kl_bytes_text(&v->out, two);
    }
    kl_bytes_text(&v->out, "  ");
    kl_bytes_string(&v->out, name);
    kl_bytes_char(&v->out, '\n');
}

static void heading(view *v, const char *text) {
    kl_bytes_char(&v->out, '\n');
    kl_bytes_text(&v->out, text);
    kl_bytes_char(&v->out, '\n');
}

static void head(view *v) {
    kl_budget_info b;
    kl_budget(v->p, &b);
    kl_bytes_string(&v->out, v->g.name);
    kl_bytes_text(&v->out, "  ");
    kl_bytes_string(&v->out, v->g.title);
    kl_bytes_char(&v->out, '\n');
    line(v, say(v, "utgåva", "edition"), v->g.edition);
    line(v, say(v, "utgivare", "issuer"), v->g.issuer);
    line(v, say(v, "dokument", "document"), v->g.document);
    line(v, say(v, "valuta", "currency"), v->g.currency);
    kl_bytes period = {0};
    if (v->g.from != INT32_MIN) kl_bytes_date(&period, v->g.from);
    if (v->g.from != INT32_MIN || v->g.through != INT32_MAX)
        kl_bytes_text(&period, " –");
    else if (v->g.before || v->g.after)
        kl_bytes_text(&period, say(v, "enligt ett antagande", "by an assumption"));
    else
        kl_bytes_text(&period, say(v, "utan datum", "undated"));
    if (v->g.through != INT32_MAX) kl_bytes_char(&period, ' '), kl_bytes_date(&period, v->g.through);
    line(v, say(v, "gäller", "in force"), (kl_string){period.data, period.size});
    kl_bytes_free(&period);
    heading(v, say(v, "Behov", "Budgets"));
    number_line(v, say(v, "instruktioner", "instructions"), b.instructions);
    number_line(v, say(v, "sanningsregister", "truth registers"), b.truth_registers);
    number_line(v, say(v, "talregister", "number registers"), b.number_registers);
    number_line(v, say(v, "utfallsplatser", "slots"), b.slots);
    number_line(v, say(v, "diagramnoder", "diagram nodes"), b.nodes);
    number_line(v, say(v, "diagramkanter", "diagram edges"), b.edges);
    number_line(v, say(v, "arbetsminne, byte", "workspace, bytes"), b.workspace_bytes);
    number_line(v, say(v, "avbild, byte", "image, bytes"), b.image_bytes);
}

static void sources(view *v) {
    heading(v, say(v, "Kontrollsummor (SHA-256)", "Hashes (SHA-256)"));
    hash_line(v, (kl_string){"*", 1}, v->g.source_hash);
    for (uint32_t i = 0; i < v->g.sources; i++) {
        kl_source_info s;
        kl_source_of(v->p, i, &s);
        hash_line(v, s.name, s.hash);
    }
}

static void tables(view *v) {
    heading(v, say(v, "Innehåll", "Contents"));
    number_line(v, say(v, "fält", "fields"), v->g.fields);
    number_line(v, say(v, "värdemängder", "value sets"), v->g.sets);
    number_line(v, say(v, "antaganden", "assumptions"), v->g.assumptions);
    number_line(v, say(v, "utfall", "outcomes"), v->g.outcomes);
    number_line(v, say(v, "klausuler med mera", "clauses and so on"), v->g.entries);
    heading(v, say(v, "Klausuler, regler och rader", "Clauses, rules and rows"));
    for (uint32_t i = 0; i < v->g.entries; i++) {
        kl_entry_info e;
        kl_entry_of(v->p, i, &e);
        kl_bytes_text(&v->out, "  ");
        kl_bytes_string(&v->out, e.id);
        for (size_t w = kl_text_width(e.id); e.title.size + e.citation.size && w < 36; w++) kl_bytes_char(&v->out, ' ');
        kl_bytes_string(&v->out, e.title);
        if (e.citation.size) {
            kl_bytes_text(&v->out, "  [");
            kl_bytes_string(&v->out, e.citation);
            kl_bytes_char(&v->out, ']');
        }
        kl_bytes_char(&v->out, '\n');
    }
}

static void operand(view *v, char kind, uint32_t x) {
    char text[48];
    kl_field_info f;
    kl_assumption_info a;
    switch (kind) {
    case 'F':
        kl_field_of(v->p, x, &f);
        kl_bytes_string(&v->out, f.name);
        return;
    case 'A':
        kl_assumption_of(v->p, x, &a);
        kl_bytes_string(&v->out, a.name);
        return;
    case 'I': snprintf(text, sizeof text, "%lld", (long long)kl_constant(v->p, x)); break;
    case 'V':
    case 'R': snprintf(text, sizeof text, "%u", (unsigned)x); break;
    default: snprintf(text, sizeof text, "%c%u", kind, (unsigned)x);
    }
    kl_bytes_text(&v->out, text);
}

static void code(view *v) {
    kl_instruction in;
    heading(v, say(v, "Instruktioner", "Instructions"));
    for (uint32_t i = 0; kl_disassemble(v->p, i, &in); i++) {
        char at[32];
        snprintf(at, sizeof at, "  %5u  %-10s", (unsigned)i, in.name);
        kl_bytes_text(&v->out, at);
        if (in.kinds[0] != '-') {
            kl_bytes_char(&v->out, ' ');
            operand(v, in.kinds[0], in.dst);
            kl_bytes_text(&v->out, " <-");
        }
        for (size_t k = 0; k < 4; k++) {
            if (in.kinds[k + 1] == '-') continue;
            kl_bytes_char(&v->out, ' ');
            operand(v, in.kinds[k + 1], in.operands[k]);
        }
        kl_bytes_char(&v->out, '\n');
    }
}

int kl_verb_inspect(kl_cli *c) {
    kl_rules rules;
    int status = KL_EXIT_TROUBLE;
    if (kl_rules_load(c, c->operands.p[0], &rules)) {
        view v = {.c = c};
        for (size_t e = 0; e < rules.editions.n; e++) {
            if (e) kl_bytes_char(&v.out, '\n');
            v.p = rules.editions.p[e].program;
            v.g = rules.editions.p[e].info;
            head(&v);
            sources(&v);
            tables(&v);
            code(&v);
        }
        if (kl_write_all(c, kl_cli_value(c, KL_FLAG_OUTPUT), v.out.data, v.out.size)) status = KL_EXIT_OK;
        kl_bytes_free(&v.out);
    }
    kl_rules_free(&rules);
    return status;
}
