/* explain_text.c - the explanation for a person with the document beside her: outcomes, then every clause, requirement and row in the document's order.
 * May include: the runtime and its io.
 * Start at kl_explain_text(). Colour only adds; with --plain every mark is a word. */
#include "compiler/cli/explain.h"

#include <string.h>

enum { WIDTH = 118 };

typedef struct page {
    const kl_explained *x;
    kl_arena *arena;
    FILE *out;
    bool plain, color;
    size_t mark_width, id_width, title_width;
    bool *open;     /* per entry: something open that it hangs on can change an outcome */
    bool elsewhere; /* another text than the whole guideline's was in force */
} page;

static const char *word(const page *p, const char *sv, const char *en) {
    return kl_cli_word(p->x->cli, sv, en);
}

/* ------------------------------------------------------------------ values */
kl_str kl_explain_value(const kl_explained *x, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r) {
    kl_cli *c = x->cli;
    kl_bytes b = {0};
    kl_bytes_value(&b, x->edition->program, kind, scale, set, r, c->lang == KL_SV ? ',' : '.',
                   kl_cli_word(c, "ja", "yes"), kl_cli_word(c, "nej", "no"));
    kl_str s = {b.data, b.size};
    kl_string currency = x->edition->info.currency;
    bool crowns = kl_str_eq(kl_str_from(currency), KL_STR("SEK"));
    if (kind == KL_MONEY) {
        /* 100,00 kr is written 100 kr. */
        if (s.n > 3 && s.p[s.n - 1] == '0' && s.p[s.n - 2] == '0') s.n -= 3;
        s = kl_str_fmt(c->arena, "%.*s %.*s", KL_FMT(s), crowns ? 2 : (int)currency.size,
                       crowns ? "kr" : currency.data);
    } else if (kind == KL_MINUTES) {
        s = kl_str_fmt(c->arena, "%.*s min", KL_FMT(s));
    } else if (kind == KL_DAYS) {
        s = kl_str_fmt(c->arena, "%.*s %s", KL_FMT(s), kl_cli_word(c, "dagar", "days"));
    } else if (kind == KL_TEXT) {
        s = kl_str_fmt(c->arena, c->lang == KL_SV ? "”%.*s”" : "“%.*s”", KL_FMT(kl_visible(c->arena, s)));
    } else if (kind == KL_SET && !s.n) {
        s = kl_str_of(kl_cli_word(c, "inga", "empty"));
    } else {
        s = kl_str_dup(c->arena, s);
    }
    kl_bytes_free(&b);
    return s;
}

static kl_str state_text(const kl_explained *x, const kl_result *r) {
    static const char *const sv[] = {"avgjort", "ej angivet", "", "inget", "obestämt", "motstridigt", "fel"};
    static const char *const en[] = {"decided", "not stated", "", "none", "undetermined", "conflict", "error"};
    static const char *const why_sv[] = {"ingen klausul gäller", "utanför tillämpningsområdet",
                                         "gäller inte den dagen"};
    static const char *const why_en[] = {"no clause applies", "outside scope", "not in force"};
    kl_cli *c = x->cli;
    if (r->state == KL_EXTERNAL)
        return kl_str_fmt(c->arena, c->lang == KL_SV ? "enligt ”%.*s”" : "per “%.*s”", (int)r->text.size, r->text.data);
    const char *name = kl_cli_word(c, sv[r->state], en[r->state]);
    if (r->state != KL_NO_RESULT) return kl_str_of(name);
    return kl_str_fmt(c->arena, "%s (%s)", name, kl_cli_word(c, why_sv[r->reason % 3], why_en[r->reason % 3]));
}

static kl_str read_field(const kl_explained *x, uint32_t field) {
    kl_cli *c = x->cli;
    kl_field_info f;
    kl_result r;
    bool received;
    kl_field_of(x->edition->program, field, &f);
    kl_field_value(x->workspace, field, x->row, &received, &r);
    if (r.state != KL_DECIDED)
        return kl_str_fmt(c->arena, "%.*s %s", (int)f.name.size, f.name.data, kl_cli_word(c, "okänt", "unknown"));
    const char *note = !received    ? kl_cli_word(c, " (annars)", " (otherwise)")
                       : f.attested ? kl_cli_word(c, " (intygad)", " (attested)")
                                    : "";
    return kl_str_fmt(c->arena, "%.*s = %.*s%s", (int)f.name.size, f.name.data,
                      KL_FMT(kl_explain_value(x, f.kind, f.scale, f.set, &r)), note);
}

kl_str kl_explain_read(const kl_explained *x, kl_ref ref) {
    kl_cli *c = x->cli;
    if (ref.kind == 0) return read_field(x, ref.index);
    if (ref.kind == 1) {
        kl_assumption_info a;
        int64_t value;
        kl_assumption_of(x->edition->program, ref.index, &a);
        if (!kl_assumed_value(x->workspace, ref.index, &value))
            return kl_str_fmt(c->arena, "%.*s %s", (int)a.name.size, a.name.data,
                              kl_cli_word(c, "okänt (antagande)", "unknown (assumption)"));
        kl_result r = {.state = KL_DECIDED, .number = value};
        return kl_str_fmt(c->arena, "%.*s = %.*s %s", (int)a.name.size, a.name.data,
                          KL_FMT(kl_explain_value(x, a.kind, a.scale, a.set, &r)),
                          kl_cli_word(c, "(antagande)", "(assumption)"));
    }
    if (ref.kind == 2) {
        kl_outcome_info o;
        kl_result r;
        kl_outcome_of(x->edition->program, ref.index, &o);
        kl_outcome(x->workspace, ref.index, x->row, &r);
        kl_str value =
            r.state == KL_DECIDED && !o.many ? kl_explain_value(x, o.kind, o.scale, o.set, &r) : state_text(x, &r);
        return kl_str_fmt(c->arena, "%.*s = %.*s", (int)o.name.size, o.name.data, KL_FMT(value));
    }
    kl_entry_info e;
    kl_entry_of(x->edition->program, ref.index, &e);
    kl_truth t = kl_truth_of(x->workspace, ref.index, x->row);
    bool duty = e.kind == 6 || e.kind == 7;
    if (duty) {
        static const char *const sv[] = {"brutet", "uppfyllt", "okänt", "gäller inte"}, *const en[] = {
                                                                                            "breached", "met",
                                                                                            "unknown",
                                                                                            "not applicable"};
        return kl_str_fmt(c->arena, "%.*s %s", (int)e.id.size, e.id.data, kl_cli_word(c, sv[t], en[t]));
    }
    if (t == KL_YES) return kl_str_from(e.id);
    if (t == KL_NO) return kl_str_fmt(c->arena, "%s %.*s", kl_cli_word(c, "inte", "not"), (int)e.id.size, e.id.data);
    return kl_str_fmt(c->arena, "%.*s %s", (int)e.id.size, e.id.data, kl_cli_word(c, "okänt", "unknown"));
}

/* ------------------------------------------------------------------ lines */
static void pad(const page *p, kl_str s, size_t width) {
    size_t w = kl_utf8_width(s);
    fprintf(p->out, "%.*s%*s", KL_FMT(s), w < width ? (int)(width - w) : 0, "");
}

static void mark(const page *p, const kl_entry_info *e, kl_truth t) {
    static const char *const marks[] = {"✗", "✓", "?", "–"}, *const colors[] = {"\033[31m", "\033[32m", "\033[33m",
                                                                                "\033[2m"};
    static const char *const sv[] = {"nej", "ja", "okänt", "gäller inte"}, *const en[] = {"no", "yes", "unknown",
                                                                                          "n/a"};
    static const char *const duty_sv[] = {"brutet", "uppfyllt", "okänt", "gäller inte"}, *const duty_en[] = {
                                                                                             "breached", "met",
                                                                                             "unknown", "n/a"};
    bool duty = e->kind == 6 || e->kind == 7;
    const char *text = p->plain ? (duty ? word(p, duty_sv[t], duty_en[t]) : word(p, sv[t], en[t])) : marks[t];
    if (p->color) fputs(colors[t], p->out);
    pad(p, kl_str_of(text), p->mark_width);
    if (p->color) fputs("\033[0m", p->out);
    fputc(' ', p->out);
}

/* Pieces after each other, broken before a piece that would pass the width; the next lines begin at `indent`. */
static void pieces(const page *p, const kl_str *list, size_t n, size_t at, size_t indent, const char *comma) {
    for (size_t i = 0; i < n; i++) {
        size_t w = kl_utf8_width(list[i]);
        if (i && at + 1 + w > WIDTH) {
            fprintf(p->out, "%s\n%*s", comma, (int)indent, "");
            at = indent;
        } else if (i) {
            fprintf(p->out, "%s ", comma);
            at += 2;
        }
        fprintf(p->out, "%.*s", KL_FMT(list[i]));
        at += w;
    }
}

typedef KL_VEC(kl_str) texts;

static void add_reads(const page *p, uint32_t entry, texts *list) {
    kl_entry_info e;
    kl_entry_of(p->x->edition->program, entry, &e);
    for (uint32_t i = 0; i < e.reads; i++) {
        kl_str text = kl_explain_read(p->x, kl_entry_read(p->x->edition->program, entry, i));
        bool known = false;
        for (size_t k = 0; k < list->n && !known; k++) known = kl_str_eq(list->p[k], text);
        if (!known) KL_PUSH(p->arena, list, text);
    }
}

static size_t reads_of(const page *p, uint32_t entry, kl_str **list) {
    texts all = {0};
    add_reads(p, entry, &all);
    *list = all.p;
    return all.n;
}

/* What a clause reads itself or in its items, each once. */
static size_t clause_reads(const page *p, uint32_t entry, kl_str **list) {
    texts all = {0};
    add_reads(p, entry, &all);
    for (uint32_t i = entry + 1; i < p->x->edition->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(p->x->edition->program, i, &e);
        if (e.parent == entry && e.kind == 3) add_reads(p, i, &all);
    }
    *list = all.p;
    return all.n;
}

static bool is_in(const uint32_t *list, size_t n, uint32_t e) {
    for (size_t i = 0; i < n; i++)
        if (list[i] == e) return true;
    return false;
}

/* The record's date, when the entry (or the table it stands in) has another text on that day that is not at hand. */
static bool no_edition(const page *p, const kl_entry_info *e, kl_str *date) {
    const kl_explained *x = p->x;
    kl_entry_info of = *e;
    kl_field_info f;
    kl_result r;
    bool received;
    if (x->edition->info.dated_by == KL_INDEX_NONE) return false;
    kl_field_of(x->edition->program, x->edition->info.dated_by, &f);
    kl_field_value(x->workspace, x->edition->info.dated_by, x->row, &received, &r);
    if (r.state != KL_DECIDED) return false;
    *date = kl_explain_value(x, f.kind, f.scale, f.set, &r);
    for (;;) {
        if ((r.number < of.from && of.before == 1) || (r.number > of.through && of.after == 1)) return true;
        if (of.parent == KL_INDEX_NONE) return false;
        kl_entry_of(x->edition->program, of.parent, &of);
    }
}

static bool bit_of(const uint64_t *bits, uint32_t i) {
    return bits[i / 64] >> (i % 64) & 1;
}

/* Whether the entry itself reads something open that can change an outcome. */
static bool reads_open(const page *p, uint32_t entry, const kl_entry_info *e) {
    const kl_verdict *v = p->x->verdict;
    if (bit_of(v->open_entries, entry)) return true;
    if (e->parent != KL_INDEX_NONE && bit_of(v->open_entries, e->parent)) return true;
    for (uint32_t i = 0; i < e->reads; i++) {
        kl_ref r = kl_entry_read(p->x->edition->program, entry, i);
        if ((r.kind == 0 && bit_of(v->missing, r.index)) || (r.kind == 1 && bit_of(v->open_assumptions, r.index)) ||
            (r.kind == 2 && v->outcomes[r.index].result.state == KL_UNDETERMINED) || (r.kind == 3 && p->open[r.index]))
            return true;
    }
    return false;
}

/* Marks the entries that hang on something open that can change an outcome, also through others and through what they hold. */
static void mark_open(page *p) {
    uint32_t count = p->x->edition->info.entries;
    p->open = kl_alloc_array(p->arena, count + 1, sizeof *p->open);
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = count; i-- > 0;) {
            kl_entry_info e;
            kl_entry_of(p->x->edition->program, i, &e);
            if (!p->open[i] && reads_open(p, i, &e)) p->open[i] = more = true;
            if (p->open[i] && e.parent != KL_INDEX_NONE && !p->open[e.parent]) p->open[e.parent] = more = true;
            p->elsewhere = p->elsewhere || (e.kind == 0 && bit_of(p->x->verdict->open_entries, i));
        }
    }
}

/* What else there is to say about the entry in this record. */
static void remarks(const page *p, uint32_t entry, const kl_entry_info *e, kl_truth t) {
    const kl_verdict *v = p->x->verdict;
    if ((e->kind == 8 || e->kind == 10) && kl_is_overridden(p->x->workspace, entry, p->x->row))
        fprintf(p->out, "  %s", word(p, "[åsidosatt]", "[overridden]"));
    if (is_in(v->blocked, v->blocked_count, entry)) fprintf(p->out, "  %s", word(p, "[hindrar]", "[blocks]"));
    if (is_in(v->findings, v->finding_count, entry)) fprintf(p->out, "  %s", word(p, "[fynd]", "[finding]"));
    if (is_in(v->warnings, v->warning_count, entry)) fprintf(p->out, "  %s", word(p, "[varning]", "[warning]"));
    kl_str date;
    if (t == KL_UNKNOWN && no_edition(p, e, &date))
        fprintf(p->out, word(p, "  [ingen utgåva till hands för %.*s]", "  [no edition at hand for %.*s]"),
                KL_FMT(date));
    if (t == KL_UNKNOWN && e->kind != 0 && e->kind != 6 && e->kind != 7 && !p->open[entry] && !p->elsewhere)
        fprintf(p->out, "  %s", word(p, "[samma utfall i alla fall]", "[the same in every case]"));
    if (e->open.size)
        fprintf(p->out, word(p, "  [öppen lista: ”%.*s”]", "  [open list: “%.*s”]"), (int)e->open.size, e->open.data);
}

typedef struct widths {
    size_t label, title;
} widths;

/* The columns of a clause's items line up with each other. */
static widths item_widths(const page *p, uint32_t parent, uint32_t kind) {
    widths w = {0, 0};
    for (uint32_t i = 0; i < p->x->edition->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(p->x->edition->program, i, &e);
        if (e.parent != parent || e.kind != kind) continue;
        size_t label = kl_utf8_width(kl_str_from(e.label)) + 1, title = kl_utf8_width(kl_str_from(e.title));
        if (label > w.label) w.label = label;
        if (title > w.title) w.title = title;
    }
    if (w.title > 48) w.title = 48;
    return w;
}

static void item_line(const page *p, uint32_t i, const kl_entry_info *e) {
    widths w = item_widths(p, e->parent, e->kind);
    kl_str *list;
    size_t n = reads_of(p, i, &list), at = 2 + p->mark_width + 1 + w.label + 1 + (w.title ? w.title + 2 : 0);
    kl_truth t = kl_truth_of(p->x->workspace, i, p->x->row);
    fputs("  ", p->out);
    mark(p, e, t);
    pad(p, e->label.size ? kl_str_fmt(p->arena, "%.*s)", (int)e->label.size, e->label.data) : KL_STR("•"), w.label + 1);
    if (w.title) pad(p, kl_str_from(e->title), w.title + 2);
    if (kl_utf8_width(kl_str_from(e->title)) > w.title) fprintf(p->out, "\n%*s", (int)at, "");
    pieces(p, list, n, at, at, ",");
    remarks(p, i, e, t);
    fputc('\n', p->out);
}

static void exception_line(const page *p, uint32_t i, const kl_entry_info *e) {
    const kl_program *program = p->x->edition->program;
    kl_truth t = kl_truth_of(p->x->workspace, i, p->x->row);
    fprintf(p->out, "  %s\n  ", word(p, "utom", "except"));
    mark(p, e, t);
    kl_ref first = e->reads ? kl_entry_read(program, i, 0) : (kl_ref){0, 0};
    bool clause = e->reads == 1 && first.kind == 3;
    kl_entry_info other;
    kl_str *list, name = kl_str_from(e->id);
    if (clause) kl_entry_of(program, first.index, &other), name = kl_str_from(other.id);
    size_t n = clause ? clause_reads(p, first.index, &list) : reads_of(p, i, &list);
    pad(p, name, p->id_width);
    fputs("  ", p->out);
    size_t w = kl_utf8_width(name), at = 2 + p->mark_width + 1 + (w > p->id_width ? w : p->id_width) + 2;
    pieces(p, list, n, at, at, ",");
    remarks(p, i, e, t);
    fputc('\n', p->out);
}

static kl_str period_text(const page *p) {
    const kl_guideline_info *g = &p->x->edition->info;
    kl_bytes b = {0};
    if (g->from != INT32_MIN) {
        kl_bytes_text(&b, word(p, "från ", "from "));
        kl_bytes_date(&b, g->from);
    }
    if (g->through != INT32_MAX) {
        kl_bytes_text(&b, word(p, b.size ? " till och med " : "till och med ", b.size ? " through " : "through "));
        kl_bytes_date(&b, g->through);
    }
    if (!b.size && (g->before || g->after))
        kl_bytes_text(&b, word(p, "enligt ett antagande", "by an assumption"));
    else if (!b.size)
        kl_bytes_text(&b, word(p, "utan datum", "undated"));
    kl_str s = kl_str_dup(p->arena, (kl_str){b.data, b.size});
    kl_bytes_free(&b);
    return s;
}

/* A clause, requirement, rule, table, period or scope: name, title and citation; what it reads on the next line. */
static void head_line(const page *p, uint32_t i, const kl_entry_info *e, bool items) {
    kl_str *list;
    size_t n = items ? 0 : reads_of(p, i, &list);
    kl_truth t = e->traced ? kl_truth_of(p->x->workspace, i, p->x->row) : KL_YES;
    if (e->kind == 0) {
        mark(p, e, t);
        fprintf(p->out, "%.*s  %.*s", (int)e->id.size, e->id.data, KL_FMT(period_text(p)));
        remarks(p, i, e, t);
        fputc('\n', p->out);
        return;
    }
    if (e->traced)
        mark(p, e, t);
    else
        fprintf(p->out, "%*s", (int)p->mark_width + 1, "");
    if (p->color) fputs("\033[1m", p->out);
    pad(p, kl_str_from(e->id), e->title.size || e->citation.size ? p->id_width : 0);
    if (p->color) fputs("\033[0m", p->out);
    if (e->title.size || e->citation.size) {
        fputs("  ", p->out);
        pad(p, kl_str_from(e->title), e->citation.size ? p->title_width : 0);
    }
    if (e->citation.size) fprintf(p->out, "  %.*s", (int)e->citation.size, e->citation.data);
    if (e->traced) remarks(p, i, e, t);
    fputc('\n', p->out);
    if (!n) return;
    size_t at = p->mark_width + 5;
    fprintf(p->out, "%*s", (int)at, "");
    pieces(p, list, n, at, at, ",");
    fputc('\n', p->out);
}

static void row_line(const page *p, uint32_t i, const kl_entry_info *e) {
    kl_str *list;
    kl_truth t = kl_truth_of(p->x->workspace, i, p->x->row);
    size_t unmet = t == KL_NO ? kl_explain_unmet(p->x, i, &list) : 0, n = unmet ? unmet : reads_of(p, i, &list);
    size_t name = kl_utf8_width(kl_str_from(e->id)),
           at = p->mark_width + 1 + (name > p->id_width ? name : p->id_width) + 2;
    mark(p, e, t);
    pad(p, kl_str_from(e->id), p->id_width);
    fputs("  ", p->out);
    pieces(p, list, n, at, at, unmet ? ";" : ",");
    remarks(p, i, e, t);
    fputc('\n', p->out);
}

static bool has_items(const page *p, uint32_t entry) {
    for (uint32_t i = entry + 1; i < p->x->edition->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(p->x->edition->program, i, &e);
        if (e.parent == entry && (e.kind == 3 || e.kind == 5)) return true;
    }
    return false;
}

/* Names and titles share two columns down the page; what is much longer than the rest stands out of them. */
static void set_columns(page *p) {
    p->id_width = 24;
    p->title_width = 44;
    for (uint32_t i = 0; i < p->x->edition->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(p->x->edition->program, i, &e);
        size_t id = kl_utf8_width(kl_str_from(e.id)), title = kl_utf8_width(kl_str_from(e.title));
        bool item = e.kind == 3 || e.kind == 4 || e.kind == 5, row = e.kind == 10;
        if (!item && e.kind != 11 && id > p->id_width && id <= 32) p->id_width = id;
        if (!item && !row && e.kind != 11 && title > p->title_width && title <= 56) p->title_width = title;
    }
}

static void trace(const page *p) {
    uint32_t last = KL_INDEX_NONE;
    for (uint32_t i = 0; i < p->x->edition->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(p->x->edition->program, i, &e);
        switch (e.kind) {
        case 3:
        case 5: item_line(p, i, &e); break;
        case 4:
            if (has_items(p, i)) {
                fprintf(p->out, "  %s", word(p, "utom", "except"));
                remarks(p, i, &e, kl_truth_of(p->x->workspace, i, p->x->row));
                fputc('\n', p->out);
            } else {
                exception_line(p, i, &e);
            }
            break;
        case 10: row_line(p, i, &e); break;
        case 11: break;
        default:
            if (last != KL_INDEX_NONE && !(e.kind == 1 && last == 0)) fputc('\n', p->out);
            head_line(p, i, &e, has_items(p, i));
        }
        last = e.kind;
    }
}

/* ------------------------------------------------------------------ outcomes */
static kl_str ids(const page *p, const uint32_t *list, size_t n) {
    kl_buf b;
    kl_buf_init(&b, p->arena);
    for (size_t i = 0; i < n; i++) {
        kl_entry_info e;
        kl_entry_of(p->x->edition->program, list[i], &e);
        kl_buf_fmt(&b, "%s%.*s", i ? " " : "", (int)e.id.size, e.id.data);
    }
    return kl_buf_view(&b);
}

static kl_str citation(const page *p, uint32_t entry) {
    kl_entry_info e;
    kl_entry_of(p->x->edition->program, entry, &e);
    if (!e.citation.size && e.parent != KL_INDEX_NONE) kl_entry_of(p->x->edition->program, e.parent, &e);
    return kl_str_from(e.citation);
}

static kl_str audit_text(const page *p, uint32_t outcome) {
    const kl_verdict_outcome *o = &p->x->verdict->outcomes[outcome];
    kl_outcome_info info;
    kl_field_info f;
    kl_result r;
    bool received;
    kl_outcome_of(p->x->edition->program, outcome, &info);
    if (info.audited == KL_INDEX_NONE || o->audit == KL_AUDIT_NONE) return KL_STR("");
    kl_field_of(p->x->edition->program, info.audited, &f);
    kl_field_value(p->x->workspace, info.audited, p->x->row, &received, &r);
    if (o->audit == KL_AUDIT_UNKNOWN)
        return kl_str_fmt(p->arena, word(p, "%.*s okänd: ogranskat", "%.*s unknown: unaudited"), (int)f.name.size,
                          f.name.data);
    const char *judged = o->audit == KL_AUDIT_AGREES    ? word(p, "stämmer", "agrees")
                         : o->audit == KL_AUDIT_DIFFERS ? word(p, "avviker", "differs")
                                                        : word(p, "kan stämma", "may agree");
    return kl_str_fmt(p->arena, "%s %.*s: %s", word(p, "registrerad som", "registered as"),
                      KL_FMT(kl_explain_value(p->x, f.kind, f.scale, f.set, &r)), judged);
}

static void names(const page *p, const char *heading, const uint64_t *bits, uint32_t count, int kind) {
    bool first = true;
    for (uint32_t i = 0; i < count; i++) {
        if (!(bits[i / 64] >> (i % 64) & 1)) continue;
        kl_str name;
        kl_field_info f;
        kl_assumption_info a;
        kl_outcome_info o;
        kl_entry_info e;
        if (kind == 0)
            kl_field_of(p->x->edition->program, i, &f), name = kl_str_from(f.name);
        else if (kind == 1)
            kl_assumption_of(p->x->edition->program, i, &a), name = kl_str_from(a.name);
        else if (kind == 2)
            kl_outcome_of(p->x->edition->program, i, &o), name = kl_str_from(o.name);
        else
            kl_entry_of(p->x->edition->program, i, &e), name = kl_str_from(e.id);
        fprintf(p->out, first ? "    %s %.*s" : "%s %.*s", first ? heading : ",", KL_FMT(name));
        first = false;
    }
    if (!first) fputc('\n', p->out);
}

/* What the value of an outcome, or of an entry of it, was computed from. */
static void value_reads(const page *p, uint32_t outcome, uint32_t slot, uint32_t columns) {
    texts list = {0};
    for (uint32_t c = 0; c < (columns ? columns : 1); c++) {
        size_t n = kl_value_reads(p->x->workspace, outcome, slot, c, p->x->row, NULL, 0);
        kl_ref *refs = kl_alloc_array(p->arena, n + 1, sizeof *refs);
        kl_value_reads(p->x->workspace, outcome, slot, c, p->x->row, refs, n);
        for (size_t i = 0; i < n; i++) {
            kl_str text = kl_explain_read(p->x, refs[i]);
            bool known = false;
            for (size_t k = 0; k < list.n && !known; k++) known = kl_str_eq(list.p[k], text);
            if (!known) KL_PUSH(p->arena, &list, text);
        }
    }
    if (!list.n) return;
    size_t at = columns ? 6 : 4;
    fprintf(p->out, "%*s", (int)at, "");
    pieces(p, list.p, list.n, at, at, ",");
    fputc('\n', p->out);
}

static void entries_of(const page *p, uint32_t outcome, const kl_outcome_info *info, const uint32_t *slots, size_t n,
                       const char *heading) {
    for (size_t i = 0; i < n; i++) {
        fprintf(p->out, "    %s", heading);
        for (uint32_t k = 0; k < info->columns; k++) {
            kl_column_info column;
            kl_result r;
            kl_outcome_column(p->x->edition->program, outcome, k, &column);
            kl_many_value(p->x->workspace, outcome, slots[i], k, p->x->row, &r);
            kl_str value = r.state == KL_DECIDED ? kl_explain_value(p->x, column.kind, column.scale, column.set, &r)
                                                 : state_text(p->x, &r);
            fprintf(p->out, "%s%.*s = %.*s", k ? ", " : " ", (int)column.name.size, column.name.data, KL_FMT(value));
        }
        fputc('\n', p->out);
        value_reads(p, outcome, slots[i], info->columns);
    }
}

static void outcomes(const page *p) {
    const kl_verdict *v = p->x->verdict;
    const kl_program *program = p->x->edition->program;
    uint32_t count = p->x->edition->info.outcomes;
    kl_str *values = kl_alloc_array(p->arena, count + 1, sizeof *values),
           *by = kl_alloc_array(p->arena, count + 1, sizeof *by);
    size_t name_width = 0, value_width = 0, by_width = 0;
    for (uint32_t i = 0; i < count; i++) {
        const kl_verdict_outcome *o = &v->outcomes[i];
        kl_outcome_info info;
        kl_outcome_of(program, i, &info);
        values[i] = o->result.state == KL_DECIDED && !info.many
                        ? kl_explain_value(p->x, info.kind, info.scale, info.set, &o->result)
                        : state_text(p->x, &o->result);
        if (o->result.state == KL_DECIDED && info.many) values[i] = kl_str_fmt(p->arena, "%zu", o->in_count);
        by[i] = o->by_count                     ? ids(p, o->by, o->by_count)
                : o->maybe_count                ? kl_str_fmt(p->arena, "%s %.*s", word(p, "en av", "one of"),
                                                             KL_FMT(ids(p, o->maybe, o->maybe_count)))
                : o->result.state == KL_DECIDED ? kl_str_of(word(p, "annars", "otherwise"))
                                                : KL_STR("");
        size_t n = kl_utf8_width(kl_str_from(info.name)), w = kl_utf8_width(values[i]), b = kl_utf8_width(by[i]);
        if (n > name_width) name_width = n;
        if (w > value_width && w <= 40) value_width = w;
        if (b > by_width && b <= 32) by_width = b;
    }
    for (uint32_t i = 0; i < count; i++) {
        const kl_verdict_outcome *o = &v->outcomes[i];
        kl_outcome_info info;
        kl_outcome_of(program, i, &info);
        kl_str audit = audit_text(p, i), cite = o->by_count ? citation(p, o->by[0]) : KL_STR("");
        kl_str tail = kl_str_fmt(p->arena, "%.*s%s%.*s", KL_FMT(cite), cite.n && audit.n ? " · " : "", KL_FMT(audit));
        pad(p, kl_str_from(info.name), name_width + 3);
        pad(p, values[i], by[i].n || tail.n ? value_width : 0);
        if (by[i].n || tail.n) fputs("   ", p->out);
        pad(p, by[i], tail.n ? by_width : 0);
        fprintf(p->out, "%s%.*s\n", tail.n ? "   " : "", KL_FMT(tail));
        if (!info.many && o->result.state == KL_DECIDED) value_reads(p, i, 0, 0);
        entries_of(p, i, &info, o->in, o->in_count, "•");
        entries_of(p, i, &info, o->open, o->open_count, "?");
        if (o->result.state != KL_UNDETERMINED) continue;
        const kl_guideline_info *g = &p->x->edition->info;
        names(p, word(p, "saknas:", "missing:"), o->missing, g->fields, 0);
        names(p, word(p, "öppet antagande:", "open assumption:"), o->assumptions, g->assumptions, 1);
        names(p, word(p, "utgåva saknas för:", "no edition at hand for:"), o->entries, g->entries, 3);
        names(p, word(p, "väntar på:", "waits for:"), o->outcomes, g->outcomes, 2);
    }
}

static void findings(const page *p) {
    const kl_verdict *v = p->x->verdict;
    for (int advice = 0; advice < 2; advice++) {
        const uint32_t *list = advice ? v->warnings : v->findings;
        for (size_t i = 0; i < (advice ? v->warning_count : v->finding_count); i++) {
            kl_entry_info e;
            kl_entry_of(p->x->edition->program, list[i], &e);
            fprintf(p->out, "%s %.*s  %.*s  %.*s\n",
                    advice ? word(p, "varning", "warning") : word(p, "fynd", "finding"), (int)e.id.size, e.id.data,
                    (int)e.title.size, e.title.data, (int)e.citation.size, e.citation.data);
        }
    }
    for (uint32_t i = 0; i < p->x->edition->info.outcomes; i++) {
        if (v->outcomes[i].audit != KL_AUDIT_DIFFERS) continue;
        kl_outcome_info info;
        kl_outcome_of(p->x->edition->program, i, &info);
        fprintf(p->out, "%s %.*s  %.*s\n", word(p, "fynd", "finding"), (int)info.name.size, info.name.data,
                KL_FMT(audit_text(p, i)));
    }
}

void kl_explain_text(const kl_explained *x, FILE *out, bool plain, bool color) {
    const kl_guideline_info *g = &x->edition->info;
    page p = {.x = x, .arena = x->cli->arena, .out = out, .plain = plain, .color = color, .mark_width = plain ? 11 : 1};
    kl_str record = g->record.size ? kl_str_from(g->record) : kl_str_of(word(&p, "post", "record"));
    kl_str key = kl_visible(p.arena, kl_str_from(x->verdict->key));
    fprintf(out, "%.*s %.*s · %.*s", KL_FMT(record), KL_FMT(key), (int)g->name.size, g->name.data);
    if (g->edition.size)
        fprintf(out, " · %s %.*s", word(&p, "utgåva", "edition"), (int)g->edition.size, g->edition.data);
    if (g->dated_by != KL_INDEX_NONE) {
        kl_field_info f;
        kl_result r;
        bool received;
        kl_field_of(x->edition->program, g->dated_by, &f);
        kl_field_value(x->workspace, g->dated_by, x->row, &received, &r);
        fprintf(out, " · %.*s %.*s", (int)f.name.size, f.name.data,
                KL_FMT(r.state == KL_DECIDED ? kl_explain_value(x, f.kind, f.scale, f.set, &r)
                                             : kl_str_of(word(&p, "okänt", "unknown"))));
    }
    fputs("\n\n", out);
    set_columns(&p);
    mark_open(&p);
    outcomes(&p);
    findings(&p);
    fputc('\n', out);
    trace(&p);
}
