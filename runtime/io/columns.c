/* columns.c - the columns of a flat decision: all of them, or those that were asked for by name.
 * May include: the C library.
 * Start at kl_columns_all() and kl_columns_select(). */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

static const struct own {
    const char *name;
    kl_column_kind kind;
} own_columns[] = {
    {"key", KL_COLUMN_KEY},
    {"decided_by", KL_COLUMN_DECIDED_BY},
    {"blocked_by", KL_COLUMN_BLOCKED_BY},
    {"missing", KL_COLUMN_MISSING},
    {"open", KL_COLUMN_OPEN},
    {"findings", KL_COLUMN_FINDINGS},
    {"warnings", KL_COLUMN_WARNINGS},
    {"assumptions", KL_COLUMN_ASSUMED},
    {"clauses", KL_COLUMN_CLAUSES},
};
enum { OWN = sizeof own_columns / sizeof *own_columns };

static bool same(kl_string a, kl_string b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static uint32_t outcome_named(const kl_teller *t, kl_string name) {
    for (uint32_t i = 0; i < t->info.outcomes; i++)
        if (same(t->outcomes[i].name, name)) return i;
    return KL_INDEX_NONE;
}

static uint32_t field_named(const kl_teller *t, kl_string name) {
    for (uint32_t i = 0; i < t->info.fields; i++)
        if (same(t->fields[i].name, name)) return i;
    return KL_INDEX_NONE;
}

static kl_columns *empty(const kl_teller *const *tellers, size_t editions, size_t most, bool selected) {
    kl_columns *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->tellers = tellers;
    c->editions = editions;
    c->selected = selected;
    c->list = calloc(most + 1, sizeof *c->list);
    c->where = calloc(most * editions + 1, sizeof *c->where);
    if (c->list && c->where) return c;
    kl_columns_free(c);
    return NULL;
}

/* Adds the column; false when it is an outcome's or a field's and no edition has that. */
static bool add(kl_columns *c, kl_string heading, kl_string name, kl_column_kind kind) {
    bool found = false;
    for (size_t e = 0; e < c->editions; e++) {
        uint32_t at = KL_INDEX_NONE;
        if (kind == KL_COLUMN_OUTCOME || kind == KL_COLUMN_STATE) at = outcome_named(c->tellers[e], name);
        if (kind == KL_COLUMN_FIELD) at = field_named(c->tellers[e], name);
        c->where[c->count * c->editions + e] = at;
        found |= at != KL_INDEX_NONE;
    }
    if (!found && (kind == KL_COLUMN_OUTCOME || kind == KL_COLUMN_STATE || kind == KL_COLUMN_FIELD)) return false;
    c->list[c->count++] = (kl_column_plan){heading, kind, {0}};
    return true;
}

kl_columns *kl_columns_all(const kl_teller *const *tellers, size_t editions, bool trace) {
    size_t most = OWN;
    for (size_t e = 0; e < editions; e++) most += 2 * (size_t)tellers[e]->info.outcomes;
    kl_columns *c = empty(tellers, editions, most, false);
    if (!c) return NULL;
    add(c, (kl_string){"key", 3}, (kl_string){"key", 3}, KL_COLUMN_KEY);
    for (size_t e = editions; e-- > 0;)
        for (uint32_t i = 0; i < tellers[e]->info.outcomes; i++) {
            kl_string name = tellers[e]->outcomes[i].name;
            bool twice = false;
            for (size_t newer = e + 1; newer < editions && !twice; newer++)
                twice = outcome_named(tellers[newer], name) != KL_INDEX_NONE;
            if (twice) continue;
            add(c, name, name, KL_COLUMN_OUTCOME);
            add(c, name, name, KL_COLUMN_STATE);
        }
    for (size_t i = 1; i < OWN; i++) {
        kl_string name = {own_columns[i].name, strlen(own_columns[i].name)};
        if (own_columns[i].kind != KL_COLUMN_CLAUSES || trace) add(c, name, name, own_columns[i].kind);
    }
    return c;
}

static bool choose(kl_columns *c, kl_string name) {
    static const char state[] = ".state";
    enum { STATE = sizeof state - 1 };
    if (add(c, name, name, KL_COLUMN_OUTCOME)) return true;
    if (name.size > STATE && memcmp(name.data + name.size - STATE, state, STATE) == 0) {
        kl_string outcome = {name.data, name.size - STATE};
        if (add(c, outcome, outcome, KL_COLUMN_STATE)) return true;
    }
    for (size_t i = 0; i < OWN; i++)
        if (same(name, (kl_string){own_columns[i].name, strlen(own_columns[i].name)}))
            return add(c, name, name, own_columns[i].kind);
    return add(c, name, name, KL_COLUMN_FIELD);
}

kl_columns *kl_columns_select(const kl_teller *const *tellers, size_t editions, const kl_string *names, size_t count,
                              size_t *unknown) {
    kl_columns *c = empty(tellers, editions, count, true);
    *unknown = count;
    if (!c) return NULL;
    for (size_t i = 0; i < count; i++)
        if (!choose(c, names[i])) {
            *unknown = i;
            kl_columns_free(c);
            return NULL;
        }
    for (size_t i = 0; i < c->count; i++) { /* what the flat JSON object calls it */
        kl_bytes_json(&c->text, names[i]);
        kl_bytes_text(&c->text, ": ");
        c->list[i].json.size = c->text.size;
    }
    for (size_t i = 0, from = 0; i < c->count; i++) {
        size_t to = c->list[i].json.size;
        c->list[i].json = (kl_string){c->text.data + from, to - from};
        from = to;
    }
    if (!c->text.failed) return c;
    kl_columns_free(c);
    return NULL;
}

void kl_columns_free(kl_columns *c) {
    if (!c) return;
    kl_bytes_free(&c->text);
    free(c->list);
    free(c->where);
    free(c);
}

bool kl_columns_traced(const kl_columns *c) {
    for (size_t i = 0; i < c->count; i++)
        if (c->list[i].kind == KL_COLUMN_CLAUSES) return true;
    return false;
}

kl_string kl_columns_own(size_t i) {
    return i < OWN ? (kl_string){own_columns[i].name, strlen(own_columns[i].name)} : (kl_string){NULL, 0};
}
