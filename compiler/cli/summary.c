/* summary.c - the summary of a run for people: counts per state, totals, what decided, what blocked, what was missing, findings.
 * May include: the runtime and its io.
 * Start at kl_summary(). */
#include "compiler/cli/run.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 15 };

typedef struct line { /* one line of a ranked list */
    kl_str name, text;
    uint64_t count;
} line;

typedef struct report {
    kl_run *run;
    kl_cli *cli;
    FILE *out;
} report;

static const char *word(const report *r, const char *sv, const char *en) {
    return kl_cli_word(r->cli, sv, en);
}

/* 1234567 as 1 234 567: grouped by three, with no-break spaces. */
static kl_str grouped(kl_arena *a, kl_str digits) {
    kl_buf b;
    kl_buf_init(&b, a);
    size_t whole = 0, start = digits.n && digits.p[0] == '-';
    while (start + whole < digits.n && digits.p[start + whole] >= '0' && digits.p[start + whole] <= '9') whole++;
    kl_buf_add(&b, digits.p, start);
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0) kl_buf_add(&b, "\xC2\xA0", 2);
        kl_buf_add(&b, digits.p + start + i, 1);
    }
    kl_buf_add(&b, digits.p + start + whole, digits.n - start - whole);
    return kl_buf_view(&b);
}

static kl_str count(const report *r, uint64_t n) {
    return grouped(r->cli->arena, kl_str_fmt(r->cli->arena, "%llu", (unsigned long long)n));
}

static kl_str amount(const report *r, const kl_program *p, const kl_outcome_info *info, int64_t sum) {
    kl_bytes b = {0};
    kl_guideline_info g;
    kl_describe(p, &g);
    kl_bytes_number(&b, sum, info->scale, r->run->words.decimal);
    kl_str s = grouped(r->cli->arena, (kl_str){b.data, b.size});
    kl_bytes_free(&b);
    bool crowns = kl_str_eq(kl_str_from(g.currency), KL_STR("SEK"));
    if (info->kind != KL_MONEY) return s;
    return kl_str_fmt(r->cli->arena, "%.*s %.*s", KL_FMT(s), crowns ? 2 : (int)g.currency.size,
                      crowns ? "kr" : g.currency.data);
}

/* ------------------------------------------------------------------ columns of text */
typedef struct grid {
    kl_arena *arena;
    size_t columns;
    KL_VEC(kl_str) cells;
} grid;

static void put(grid *g, kl_str s) {
    KL_PUSH(g->arena, &g->cells, s);
}

/* The first column and, when `tail`, the last are text; the others are numbers and stand to the right. */
static void print_grid(const report *r, const grid *g, bool tail) {
    size_t *width = kl_alloc_array(g->arena, g->columns, sizeof *width);
    for (size_t i = 0; i < g->cells.n; i++) {
        size_t w = kl_utf8_width(g->cells.p[i]);
        if (w > width[i % g->columns]) width[i % g->columns] = w;
    }
    for (size_t row = 0; row + g->columns <= g->cells.n; row += g->columns) {
        size_t ahead = 0; /* spaces to write before the next text: none is left at the end of a line */
        for (size_t c = 0; c < g->columns; c++) {
            kl_str s = g->cells.p[row + c];
            size_t space = width[c] - kl_utf8_width(s);
            bool left = c == 0 || (tail && c + 1 == g->columns);
            ahead += 2 + (left ? 0 : space);
            if (s.n) fprintf(r->out, "%*s%.*s", (int)ahead, "", KL_FMT(s));
            ahead = (s.n ? 0 : ahead) + (left ? space : 0);
        }
        fputc('\n', r->out);
    }
}

static void title(const report *r, const char *text) {
    fprintf(r->out, "\n%s\n", text);
}

static int most_first(const void *x, const void *y) {
    const line *a = x, *b = y;
    if (a->count != b->count) return a->count < b->count ? 1 : -1;
    return kl_str_cmp(a->name, b->name);
}

typedef KL_VEC(line) lines;

static void add_line(const report *r, lines *l, kl_str name, kl_str text, uint64_t n) {
    if (!n) return;
    for (size_t i = 0; i < l->n; i++)
        if (kl_str_eq(l->p[i].name, name)) {
            l->p[i].count += n;
            return;
        }
    KL_PUSH(r->cli->arena, l, (line){name, text, n});
}

static void print_lines(const report *r, lines *l, const char *heading) {
    if (!l->n) return;
    title(r, heading);
    qsort(l->p, l->n, sizeof *l->p, most_first);
    grid g = {.arena = r->cli->arena, .columns = 3};
    uint64_t rest = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (i >= MOST_LINES) {
            rest += l->p[i].count;
            continue;
        }
        put(&g, l->p[i].name);
        put(&g, count(r, l->p[i].count));
        put(&g, l->p[i].text);
    }
    if (l->n > MOST_LINES) {
        put(&g, kl_str_fmt(g.arena, word(r, "%zu till", "%zu more"), l->n - MOST_LINES));
        put(&g, count(r, rest));
        put(&g, KL_STR(""));
    }
    print_grid(r, &g, true);
}

/* ------------------------------------------------------------------ the parts */
static void print_head(const report *r) {
    const kl_run *run = r->run;
    const kl_edition *first = &run->rules.editions.p[0];
    fprintf(r->out, "%.*s", (int)first->info.name.size, first->info.name.data);
    for (size_t e = 0; e < run->rules.editions.n; e++) {
        kl_string edition = run->rules.editions.p[e].info.edition;
        if (edition.size)
            fprintf(r->out, "%s %.*s", e ? "," : word(r, " · utgåva", " · edition"), (int)edition.size, edition.data);
    }
    fprintf(r->out, "\n\n");
    grid g = {.arena = r->cli->arena, .columns = 2};
    put(&g, kl_str_of(word(r, "poster in", "records in")));
    put(&g, count(r, run->records));
    put(&g, kl_str_of(word(r, "prövade", "judged")));
    put(&g, count(r, run->records - run->rejected));
    put(&g, kl_str_of(word(r, "avvisade", "rejected")));
    put(&g, count(r, run->rejected));
    print_grid(r, &g, false);
}

static void print_outcomes(const report *r) {
    const kl_run *run = r->run;
    title(r, word(r, "Utfall", "Outcomes"));
    const char *heads[] = {word(r, "avgjort", "decided"),
                           word(r, "ej angivet", "not stated"),
                           word(r, "externt", "external"),
                           word(r, "inget", "none"),
                           word(r, "obestämt", "undetermined"),
                           word(r, "motstridigt", "conflict"),
                           word(r, "fel", "error"),
                           word(r, "summa", "total")};
    grid g = {.arena = r->cli->arena, .columns = 9};
    put(&g, KL_STR(""));
    for (size_t i = 0; i < 8; i++) put(&g, kl_str_of(heads[i]));
    for (size_t k = 0; k < run->outcomes.count; k++) {
        uint64_t states[7] = {0};
        int64_t sum = 0;
        bool summed = false, past = false;
        kl_str total = KL_STR("");
        for (size_t e = 0; e < run->rules.editions.n; e++) {
            uint32_t o = run->outcomes.where[e * run->outcomes.count + k];
            if (o == KL_INDEX_NONE) continue;
            const kl_tally *t = run->tallies[e];
            const kl_program *p = run->rules.editions.p[e].program;
            kl_outcome_info info;
            kl_outcome_of(p, o, &info);
            for (size_t s = 0; s < 7; s++) states[s] += t->states[o][s];
            if (info.many || (info.kind != KL_MONEY && info.kind != KL_DECIMAL)) continue;
            summed = true;
            if (run->outcomes.mixed[k]) {
                total = kl_str_of(word(r, "olika slag", "of several kinds"));
                continue;
            }
            past |= t->sum_overflow[o] || __builtin_add_overflow(sum, t->sums[o], &sum);
            total = past ? kl_str_of(word(r, "för stor", "too large")) : amount(r, p, &info, sum);
        }
        put(&g, run->outcomes.names[k]);
        for (size_t s = 0; s < 7; s++) put(&g, count(r, states[s]));
        put(&g, summed ? total : KL_STR(""));
    }
    print_grid(r, &g, false);
}

typedef enum what { FIRED, BLOCKED, BREACHED, ADVISED } what;

static void print_entries(const report *r, what which, const char *heading) {
    lines l = {0};
    for (size_t e = 0; e < r->run->rules.editions.n; e++) {
        const kl_tally *t = r->run->tallies[e];
        const kl_edition *ed = &r->run->rules.editions.p[e];
        for (uint32_t i = 0; i < ed->info.entries; i++) {
            kl_entry_info info, above;
            kl_entry_of(ed->program, i, &info);
            kl_str text = kl_str_from(info.title);
            if (!text.n && info.parent != KL_INDEX_NONE) {
                kl_entry_of(ed->program, info.parent, &above);
                text = kl_str_from(above.title);
            }
            uint64_t n = which == FIRED                           ? t->fired[i]
                         : which == BLOCKED                       ? t->blocked[i]
                         : (info.kind == 7) == (which == ADVISED) ? t->breached[i]
                                                                  : 0;
            add_line(r, &l, kl_str_from(info.id), text, n);
        }
        for (uint32_t o = 0; which == BREACHED && o < ed->info.outcomes; o++) {
            kl_outcome_info info;
            kl_field_info field;
            kl_outcome_of(ed->program, o, &info);
            if (info.audited == KL_INDEX_NONE) continue;
            kl_field_of(ed->program, info.audited, &field);
            add_line(r, &l, kl_str_from(info.name),
                     kl_str_fmt(r->cli->arena, word(r, "avviker från %.*s", "differs from %.*s"), (int)field.name.size,
                                field.name.data),
                     t->audits[o][KL_AUDIT_DIFFERS]);
        }
    }
    print_lines(r, &l, heading);
}

static void print_missing(const report *r) {
    lines fields = {0}, open = {0};
    for (size_t e = 0; e < r->run->rules.editions.n; e++) {
        const kl_tally *t = r->run->tallies[e];
        const kl_edition *ed = &r->run->rules.editions.p[e];
        for (uint32_t i = 0; i < ed->info.fields; i++) {
            kl_field_info f;
            kl_field_of(ed->program, i, &f);
            add_line(r, &fields, kl_str_from(f.name), kl_str_from(f.title), t->missing[i]);
        }
        for (uint32_t i = 0; i < ed->info.assumptions; i++) {
            kl_assumption_info a;
            kl_assumption_of(ed->program, i, &a);
            add_line(r, &open, kl_str_from(a.name), kl_str_from(a.title), t->open_assumptions[i]);
        }
        for (uint32_t i = 0; i < ed->info.entries; i++) {
            kl_entry_info info;
            kl_entry_of(ed->program, i, &info);
            add_line(r, &open, kl_str_from(info.id),
                     kl_str_of(word(r, "utgåvan finns inte till hands", "the edition is not at hand")),
                     t->open_entries[i]);
        }
    }
    print_lines(r, &fields,
                word(r, "Uppgifter som saknas och kan ändra ett utfall", "Missing facts that can change an outcome"));
    print_lines(r, &open, word(r, "Öppna frågor som inga uppgifter besvarar", "Open questions that no facts answer"));
}

static void print_audits(const report *r) {
    lines l = {0};
    for (size_t e = 0; e < r->run->rules.editions.n; e++) {
        const kl_edition *ed = &r->run->rules.editions.p[e];
        for (uint32_t o = 0; o < ed->info.outcomes; o++) {
            kl_outcome_info info;
            kl_outcome_of(ed->program, o, &info);
            add_line(r, &l, kl_str_from(info.name),
                     kl_str_of(word(r, "registrerat värde saknas", "no registered value")),
                     r->run->tallies[e]->audits[o][KL_AUDIT_UNKNOWN]);
        }
    }
    print_lines(r, &l, word(r, "Ogranskade", "Unaudited"));
}

static void print_rejects(const report *r) {
    lines l = {0};
    for (size_t i = 1; i < KL_REJECT_COUNT; i++)
        add_line(r, &l, kl_str_of(kl_diag_code(kl_reject_message((kl_reject_reason)i))), r->run->reject_texts[i],
                 r->run->reject_reasons[i]);
    print_lines(r, &l, word(r, "Avvisade poster", "Rejected records"));
}

static int by_value(const void *x, const void *y) {
    const kl_group *a = x, *b = y;
    if (a->unknown != b->unknown) return a->unknown ? 1 : -1;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return kl_str_cmp(a->value, b->value);
}

static void print_groups(const report *r) {
    kl_run *run = r->run;
    if (!run->by) return;
    if (run->groups.count) qsort(run->groups.list, run->groups.count, sizeof *run->groups.list, by_value);
    fprintf(r->out, "\n%s %.*s\n", word(r, "Efter", "By"), KL_FMT(run->by_name));
    grid g = {.arena = r->cli->arena, .columns = 2 + run->outcomes.count};
    put(&g, KL_STR(""));
    put(&g, kl_str_of(word(r, "poster", "records")));
    for (size_t k = 0; k < run->outcomes.count; k++) put(&g, run->outcomes.names[k]);
    for (size_t i = 0; i < run->groups.count; i++) {
        const kl_group *group = &run->groups.list[i];
        put(&g, kl_visible(r->cli->arena, group->value));
        put(&g, count(r, group->records));
        for (size_t k = 0; k < run->outcomes.count; k++) {
            kl_outcome_info info = {0};
            for (size_t e = run->rules.editions.n; e-- > 0 && !info.name.size;) {
                uint32_t o = run->outcomes.where[e * run->outcomes.count + k];
                if (o != KL_INDEX_NONE) kl_outcome_of(run->rules.editions.p[e].program, o, &info);
            }
            bool summed = !info.many && (info.kind == KL_MONEY || info.kind == KL_DECIMAL);
            put(&g, !summed || run->outcomes.mixed[k] ? count(r, group->states[k][KL_DECIDED])
                    : group->past[k]                  ? kl_str_of(word(r, "för stor", "too large"))
                                     : amount(r, run->rules.editions.p[0].program, &info, group->sums[k]));
        }
    }
    print_grid(r, &g, false);
    fprintf(r->out, "  %s\n",
            word(r, "belopp och decimaltal: summan av de avgjorda; andra utfall: antalet avgjorda",
                 "money and decimals: the total of the decided; other outcomes: how many are decided"));
}

void kl_summary(kl_run *run, FILE *out) {
    report r = {run, run->cli, out};
    print_head(&r);
    print_outcomes(&r);
    print_entries(&r, FIRED,
                  word(&r, "Regler och rader som avgjorde (poster)", "Rules and rows that decided (records)"));
    print_entries(&r, BLOCKED,
                  word(&r, "Undantag och regler som hindrade (poster)", "Exceptions and rules that blocked (records)"));
    print_missing(&r);
    print_entries(&r, BREACHED, word(&r, "Fynd (poster)", "Findings (records)"));
    print_entries(&r, ADVISED, word(&r, "Varningar (poster)", "Warnings (records)"));
    print_audits(&r);
    print_rejects(&r);
    print_groups(&r);
}
