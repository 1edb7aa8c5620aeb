/* groups.c - the summary split by a field: counts and sums for each of its values; and the outcomes of all editions by name.
 * May include: the runtime and its io.
 * Start at kl_groups_record(). */
#include "compiler/cli/run.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS_MAX = 500 };

void kl_all_outcomes_of(kl_cli *c, const kl_rules *rules, kl_all_outcomes *all) {
    size_t n = rules->editions.n, most = 0;
    for (size_t e = 0; e < n; e++) most += rules->editions.p[e].info.outcomes;
    all->names = kl_alloc_array(c->arena, most + 1, sizeof *all->names);
    for (size_t e = n; e-- > 0;)
        for (uint32_t i = 0; i < rules->editions.p[e].info.outcomes; i++) {
            kl_outcome_info info;
            kl_outcome_of(rules->editions.p[e].program, i, &info);
            size_t at = 0;
            while (at < all->count && !kl_str_eq(all->names[at], kl_str_from(info.name))) at++;
            if (at == all->count) all->names[all->count++] = kl_str_from(info.name);
        }
    all->where = kl_alloc_array(c->arena, n * all->count + 1, sizeof *all->where);
    all->mixed = kl_alloc_array(c->arena, all->count + 1, sizeof *all->mixed);
    kl_outcome_info *first = kl_alloc_array(c->arena, all->count + 1, sizeof *first);
    for (size_t e = 0; e < n; e++)
        for (size_t k = 0; k < all->count; k++) {
            uint32_t *where = &all->where[e * all->count + k];
            *where = KL_INDEX_NONE;
            for (uint32_t i = 0; i < rules->editions.p[e].info.outcomes; i++) {
                kl_outcome_info info;
                kl_outcome_of(rules->editions.p[e].program, i, &info);
                if (!kl_str_eq(kl_str_from(info.name), all->names[k])) continue;
                *where = i;
                if (!first[k].name.size) first[k] = info;
                all->mixed[k] |=
                    first[k].many != info.many || first[k].kind != info.kind || first[k].scale != info.scale;
            }
        }
}

/* The group with the value of another; past the limit one group, "…", holds the rest. */
kl_group *kl_groups_find(kl_groups *g, const kl_group *like, size_t outcomes) {
    static const kl_group rest = {.value = {"…", 3}, .number = INT64_MAX};
    for (size_t i = 0; i < g->count; i++)
        if (g->list[i].unknown == like->unknown && kl_str_eq(g->list[i].value, like->value)) return &g->list[i];
    if (g->count >= GROUPS_MAX && !like->unknown && !kl_str_eq(like->value, rest.value))
        return kl_groups_find(g, &rest, outcomes);
    if (g->count == g->room) {
        size_t room = g->room ? g->room * 2 : 16;
        kl_group *list = kl_alloc_array(g->arena, room, sizeof *list);
        if (g->count) memcpy(list, g->list, g->count * sizeof *list);
        g->list = list;
        g->room = room;
    }
    kl_group *n = &g->list[g->count++];
    *n = (kl_group){.value = kl_str_dup(g->arena, like->value), .number = like->number, .unknown = like->unknown};
    n->states = kl_alloc_array(g->arena, outcomes + 1, sizeof *n->states);
    n->sums = kl_alloc_array(g->arena, outcomes + 1, sizeof *n->sums);
    n->past = kl_alloc_array(g->arena, outcomes + 1, sizeof *n->past);
    return n;
}

void kl_groups_record(kl_groups *g, const kl_run *run, size_t edition, const kl_verdict *v) {
    const kl_program *p = run->rules.editions.p[edition].program;
    kl_field_info f;
    kl_result value;
    bool received;
    kl_field_of(p, run->by[edition], &f);
    kl_field_value(v->workspace, run->by[edition], v->row, &received, &value);
    kl_bytes text = {0};
    bool ordered = f.kind != KL_TEXT && f.kind != KL_SET && f.kind != KL_VALUES && f.kind != KL_BOOL;
    kl_group like = {.unknown = value.state != KL_DECIDED};
    if (!like.unknown && ordered) like.number = value.number;
    if (!like.unknown)
        kl_bytes_value(&text, p, f.kind, f.scale, f.set, &value, run->words.decimal, run->words.yes, run->words.no);
    else
        kl_bytes_text(&text, kl_cli_word(run->cli, "okänt", "unknown"));
    like.value = (kl_str){text.data, text.size};
    kl_group *to = kl_groups_find(g, &like, run->outcomes.count);
    kl_bytes_free(&text);
    to->records++;
    for (size_t k = 0; k < run->outcomes.count; k++) {
        uint32_t o = run->outcomes.where[edition * run->outcomes.count + k];
        if (o == KL_INDEX_NONE) continue;
        kl_outcome_info info;
        kl_outcome_of(p, o, &info);
        const kl_result *r = &v->outcomes[o].result;
        to->states[k][r->state]++;
        if (r->state == KL_DECIDED && !info.many && (info.kind == KL_MONEY || info.kind == KL_DECIMAL))
            to->past[k] |= __builtin_add_overflow(to->sums[k], r->number, &to->sums[k]);
    }
}

void kl_groups_merge(kl_groups *into, const kl_groups *from, size_t outcomes) {
    for (size_t i = 0; i < from->count; i++) {
        kl_group *to = kl_groups_find(into, &from->list[i], outcomes);
        to->records += from->list[i].records;
        for (size_t k = 0; k < outcomes; k++) {
            for (size_t s = 0; s < 7; s++) to->states[k][s] += from->list[i].states[k][s];
            to->past[k] |=
                from->list[i].past[k] || __builtin_add_overflow(to->sums[k], from->list[i].sums[k], &to->sums[k]);
        }
    }
}
