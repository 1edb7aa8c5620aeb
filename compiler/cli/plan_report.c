/* plan_report.c - what moved over the records: each outcome with its totals, from which result to which, from which rules to which.
 * May include: compiler/cli/plan_records.
 * Start at kl_plan_report_text() and kl_plan_report_json(). */
#include "compiler/cli/plan_records.h"

#include <stdlib.h>

enum { LINES_MOST = 30, WIDE = 44 };

static void put(kl_bytes *out, kl_str s) {
    kl_bytes_add(out, s.p, s.n);
}

static int by_records(const void *a, const void *b) {
    const kl_move *x = a, *y = b;
    if (x->records != y->records) return x->records > y->records ? -1 : 1;
    int from = kl_str_cmp(x->from, y->from);
    return from ? from : kl_str_cmp(x->to, y->to);
}

static kl_str amount(const kl_comparing *x, const kl_shift *s, int64_t v, bool sign) {
    kl_bytes b = {0};
    if (sign && v > 0) kl_bytes_char(&b, '+');
    kl_bytes_number(&b, v, s->scale, x->cli->lang == KL_SV ? ',' : '.');
    kl_str text = kl_str_dup(x->cli->arena, (kl_str){b.data, b.size});
    kl_bytes_free(&b);
    const kl_guideline_info *g = &x->rules[1]->editions.p[x->rules[1]->editions.n - 1].info;
    bool crowns = kl_str_eq(kl_str_from(g->currency), KL_STR("SEK"));
    if (s->kind != KL_MONEY) return text;
    return kl_str_fmt(x->cli->arena, "%.*s %.*s", KL_FMT(text), crowns ? 2 : (int)g->currency.size,
                      crowns ? "kr" : g->currency.data);
}

static void put_moves(const kl_comparing *x, const kl_shift *s, kl_moves *m, const char *head, kl_bytes *out) {
    if (m->list.n) qsort(m->list.p, m->list.n, sizeof *m->list.p, by_records);
    kl_bytes_text(out, head);
    for (size_t i = 0; i < m->list.n && i < LINES_MOST; i++) {
        const kl_move *v = &m->list.p[i];
        kl_str pair = kl_str_fmt(x->cli->arena, "%.*s → %.*s", KL_FMT(v->from), KL_FMT(v->to));
        size_t width = kl_utf8_width(pair);
        put(out, kl_str_fmt(x->cli->arena, "    %.*s%*s %8llu", KL_FMT(pair), width < WIDE ? (int)(WIDE - width) : 0,
                            "", (unsigned long long)v->records));
        if (s->number && v->past) kl_bytes_text(out, "   …");
        if (s->number && !v->past) put(out, kl_str_fmt(x->cli->arena, "   %.*s", KL_FMT(amount(x, s, v->money, true))));
        kl_bytes_char(out, '\n');
    }
    if (m->list.n > LINES_MOST)
        put(out, kl_str_fmt(x->cli->arena, kl_cli_word(x->cli, "    … och %zu till\n", "    … and %zu more\n"),
                            m->list.n - LINES_MOST));
}

static void put_shift(const kl_comparing *x, kl_shift *s, kl_bytes *out) {
    kl_cli *c = x->cli;
    put(out, kl_str_fmt(c->arena,
                        s->changed == 1 ? kl_cli_word(c, "\n%.*s: %llu post ändras", "\n%.*s: %llu record changes")
                                        : kl_cli_word(c, "\n%.*s: %llu poster ändras", "\n%.*s: %llu records change"),
                        KL_FMT(s->name), (unsigned long long)s->changed));
    int64_t moved;
    if (s->number && !s->past[0] && !s->past[1] && !__builtin_sub_overflow(s->sums[1], s->sums[0], &moved))
        put(out, kl_str_fmt(c->arena, kl_cli_word(c, "; summa %.*s → %.*s (%.*s)", "; total %.*s → %.*s (%.*s)"),
                            KL_FMT(amount(x, s, s->sums[0], false)), KL_FMT(amount(x, s, s->sums[1], false)),
                            KL_FMT(amount(x, s, moved, true))));
    kl_bytes_char(out, '\n');
    put_moves(x, s, &s->results, kl_cli_word(c, "  från → till\n", "  from → to\n"), out);
    put_moves(x, s, &s->rules, kl_cli_word(c, "  avgjort av\n", "  decided by\n"), out);
}

void kl_plan_report_text(const kl_comparing *x, kl_bytes *out) {
    kl_cli *c = x->cli;
    const kl_tallying *t = &x->all;
    const unsigned long long counts[] = {t->records, t->changed, t->rejected[3], t->rejected[1], t->rejected[2]};
    put(out,
        kl_str_fmt(c->arena,
                   kl_cli_word(c,
                               "%llu poster, %llu ändras; avvisade: %llu av båda, %llu bara av den gamla, %llu bara "
                               "av den nya\n",
                               "%llu records, %llu change; rejected: %llu by both, %llu by the old one only, %llu by "
                               "the new one only\n"),
                   counts[0], counts[1], counts[2], counts[3], counts[4]));
    size_t same = 0, shown = 0;
    for (size_t i = 0; i < t->shift_count; i++) {
        same += !t->shifts[i].changed;
        if (t->shifts[i].changed) put_shift(x, &t->shifts[i], out);
    }
    bool first = true;
    for (size_t i = 0; i < x->requirements.n; i++) {
        unsigned long long a = t->breaches[0][i], b = t->breaches[1][i];
        if (a == b) continue;
        put(out, kl_str_fmt(c->arena, kl_cli_word(c, "%sfynd %.*s: %llu → %llu\n", "%sfinding %.*s: %llu → %llu\n"),
                            first ? "\n" : "", KL_FMT(x->requirements.p[i]), a, b));
        first = false;
    }
    if (same) kl_bytes_text(out, kl_cli_word(c, "\noförändrat: ", "\nunchanged: "));
    for (size_t i = 0; i < t->shift_count; i++)
        if (!t->shifts[i].changed)
            put(out, kl_str_fmt(c->arena, "%s%.*s", shown++ ? ", " : "", KL_FMT(t->shifts[i].name)));
    if (same) kl_bytes_char(out, '\n');
}

/* ------------------------------------------------------------------ JSON */
static void member(kl_bytes *out, const char *before, uint64_t n) {
    kl_bytes_text(out, before);
    kl_bytes_number(out, (int64_t)n, 0, '.');
}

static void json_moves(const kl_shift *s, kl_moves *m, const char *name, kl_bytes *out) {
    if (m->list.n) qsort(m->list.p, m->list.n, sizeof *m->list.p, by_records);
    kl_bytes_text(out, name);
    for (size_t i = 0; i < m->list.n; i++) {
        const kl_move *v = &m->list.p[i];
        kl_bytes_text(out, i ? ",\n    {\"from\": " : "\n    {\"from\": ");
        kl_bytes_json(out, kl_string_from(v->from));
        kl_bytes_text(out, ", \"to\": ");
        kl_bytes_json(out, kl_string_from(v->to));
        member(out, ", \"records\": ", v->records);
        if (s->number && !v->past) {
            kl_bytes_text(out, ", \"moved\": ");
            kl_bytes_number(out, v->money, s->scale, '.');
        }
        kl_bytes_char(out, '}');
    }
    kl_bytes_char(out, ']');
}

void kl_plan_report_json(const kl_comparing *x, kl_bytes *out) {
    const kl_tallying *t = &x->all;
    member(out, "{\"records\": ", t->records);
    member(out, ", \"changed\": ", t->changed);
    member(out, ", \"rejected\": {\"both\": ", t->rejected[3]);
    member(out, ", \"old\": ", t->rejected[1]);
    member(out, ", \"new\": ", t->rejected[2]);
    kl_bytes_text(out, "},\n \"outcomes\": [");
    for (size_t i = 0; i < t->shift_count; i++) {
        kl_shift *s = &t->shifts[i];
        kl_bytes_text(out, i ? ",\n  {\"name\": " : "\n  {\"name\": ");
        kl_bytes_json(out, kl_string_from(s->name));
        member(out, ", \"changed\": ", s->changed);
        for (int k = 0; k < 2 && s->number && !s->past[0] && !s->past[1]; k++) {
            kl_bytes_text(out, k ? ", \"new_total\": " : ", \"old_total\": ");
            kl_bytes_number(out, s->sums[k], s->scale, '.');
        }
        json_moves(s, &s->results, ",\n   \"results\": [", out);
        json_moves(s, &s->rules, ",\n   \"rules\": [", out);
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "],\n \"requirements\": [");
    for (size_t i = 0; i < x->requirements.n; i++) {
        kl_bytes_text(out, i ? ",\n  {\"name\": " : "\n  {\"name\": ");
        kl_bytes_json(out, kl_string_from(x->requirements.p[i]));
        member(out, ", \"old\": ", t->breaches[0][i]);
        member(out, ", \"new\": ", t->breaches[1][i]);
        kl_bytes_char(out, '}');
    }
    kl_bytes_text(out, "]}\n");
}
