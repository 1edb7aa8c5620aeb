/* checking.c - what checking.h promises.
 * May include: checking.h and the C library.
 * Start at check_files() and node_words(). */
#include "tests/compiler/checking.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static bool read_memory(void *self, kl_arena *a, kl_str path, kl_str *text) {
    (void)a;
    for (const char *const *f = self; *f; f += 2) {
        if (!kl_str_eq(path, kl_str_of(f[0]))) continue;
        *text = kl_str_of(f[1]);
        return true;
    }
    return false;
}

static void run(checking *c, const char *const *files, const char *include) {
    kl_str folder = include ? kl_str_of(include) : (kl_str){NULL, 0};
    kl_options o = {
        .reader = {read_memory, (void *)(uintptr_t)files}, .include = &folder, .include_count = include ? 1 : 0};
    kl_diags_init(&c->diags, c->arena, KL_SV);
    c->sources = kl_load(c->arena, &c->diags, &o, kl_str_of(files[0]));
    c->g = c->sources ? kl_check(c->arena, &c->diags, c->sources) : NULL;
}

checking check_files(const char *const *files, const char *include) {
    checking c = {.arena = kl_arena_new(0)};
    run(&c, files, include);
    return c;
}

checking check_text(const char *text) {
    const char *files[] = {"a.klausul", text, NULL};
    return check_files(files, NULL);
}

void free_checking(checking *c) {
    kl_arena_free(c->arena);
}

bool check_failing(const char *const *files, size_t allocation) {
    jmp_buf escape;
    checking *volatile c = calloc(1, sizeof *c);
    volatile bool done = true;
    if (!c) abort();
    c->arena = kl_arena_new(0);
    if (setjmp(escape) == 0) {
        kl_arena_guard(c->arena, &escape);
        kl_arena_fail_after(c->arena, allocation);
        run(c, files, NULL);
    } else {
        done = false;
    }
    free_checking(c);
    free(c);
    return done;
}

const char *checked_codes(const checking *c) {
    kl_buf b;
    kl_buf_init(&b, c->arena);
    for (size_t i = 0; i < c->diags.list.n; i++)
        kl_buf_fmt(&b, "%s%s", i ? " " : "", kl_diag_code(c->diags.list.p[i].id));
    kl_buf_add(&b, "", 1);
    return b.p;
}

/* ------------------------------------------------------------------ words */
static void put(const checking *c, kl_buf *b, uint32_t i);

static void put_pair(const checking *c, kl_buf *b, const char *word, const ir_node *n) {
    kl_buf_fmt(b, "(%s ", word);
    put(c, b, n->a);
    if (n->b != IR_NONE) {
        kl_buf_add(b, " ", 1);
        put(c, b, n->b);
    }
    if (n->kind == IR_DIV || n->kind == IR_ROUND || n->kind == IR_RESCALE) kl_buf_fmt(b, " %" PRId64, n->value);
    kl_buf_add(b, ")", 1);
}

static void put_bound(kl_buf *b, int64_t v) {
    if (v != INT64_MIN && v != INT64_MAX) kl_buf_fmt(b, "%" PRId64, v);
}

static void put_mask(const checking *c, kl_buf *b, const ir_node *n) {
    const ir_set *s = &c->g->sets.p[c->g->nodes.p[n->a].type.set];
    const char *between = "";
    put(c, b, n->a);
    kl_buf_fmt(b, " in {");
    for (size_t k = 0; k < s->values.n; k++) {
        if (!(c->g->mask_words.p[n->mask + k / 64] >> (k % 64) & 1)) continue;
        kl_buf_fmt(b, "%s%.*s", between, KL_FMT(s->values.p[k].name));
        between = ",";
    }
    kl_buf_add(b, "}", 1);
}

static void put(const checking *c, kl_buf *b, uint32_t i) {
    static const char *const pairs[] = {
        [IR_NOT] = "inte", [IR_AND] = "och",     [IR_OR] = "eller",      [IR_ADD] = "+",     [IR_SUB] = "-",
        [IR_MUL] = "*",    [IR_DIV] = "/",       [IR_ROUND] = "round",   [IR_NEG] = "neg",   [IR_MIN] = "min",
        [IR_MAX] = "max",  [IR_YEARS] = "years", [IR_MONTHS] = "months", [IR_DAYS] = "days", [IR_RESCALE] = "rescale",
    };
    static const char *const compared[] = {
        [KL_EQ] = "=", [KL_NE] = "!=", [KL_LT] = "<", [KL_LE] = "<=", [KL_GT] = ">", [KL_GE] = ">="};
    const ir_guideline *g = c->g;
    const ir_node *n = &g->nodes.p[i];
    switch (n->kind) {
    case IR_BOOL: kl_buf_fmt(b, "%s", n->value == 2 ? "?" : n->value ? "ja" : "nej"); return;
    case IR_KNOWN: kl_buf_fmt(b, "(known %.*s)", KL_FMT(g->fields.p[n->field].name)); return;
    case IR_CLAUSE: kl_buf_fmt(b, "@%.*s", KL_FMT(g->entries.p[n->entry].id)); return;
    case IR_BREACHED: kl_buf_fmt(b, "(breached %.*s)", KL_FMT(g->entries.p[n->entry].id)); return;
    case IR_EDITION:
        kl_buf_fmt(b, "(edition ");
        put(c, b, n->a);
        if (n->b != IR_NONE) {
            kl_buf_fmt(b, " before%d ", (int)n->before);
            put(c, b, n->b);
        }
        if (n->c != IR_NONE) {
            kl_buf_fmt(b, " after%d ", (int)n->after);
            put(c, b, n->c);
        }
        kl_buf_add(b, ")", 1);
        return;
    case IR_RANGE:
        put(c, b, n->a);
        kl_buf_add(b, "[", 1);
        put_bound(b, n->lo);
        kl_buf_add(b, "..", 2);
        put_bound(b, n->hi);
        kl_buf_add(b, "]", 1);
        return;
    case IR_IN: put_mask(c, b, n); return;
    case IR_HAS: kl_buf_fmt(b, "(has %.*s %" PRId64 ")", KL_FMT(g->fields.p[n->field].name), n->value); return;
    case IR_EMPTY: kl_buf_fmt(b, "(empty %.*s)", KL_FMT(g->fields.p[n->field].name)); return;
    case IR_TEXT:
        kl_buf_fmt(b, "(%.*s = \"%.*s\")", KL_FMT(g->fields.p[n->field].name), KL_FMT(g->texts.p[n->value]));
        return;
    case IR_SAME_TEXT:
        kl_buf_fmt(b, "(%.*s = %.*s)", KL_FMT(g->fields.p[n->field].name), KL_FMT(g->fields.p[n->field2].name));
        return;
    case IR_COMPARE: put_pair(c, b, compared[n->compare], n); return;
    case IR_FIELD: kl_buf_str(b, g->fields.p[n->field].name); return;
    case IR_ASSUME: kl_buf_fmt(b, "$%.*s", KL_FMT(g->assumptions.p[n->assumption].name)); return;
    case IR_FEED: kl_buf_fmt(b, "^%.*s", KL_FMT(g->outcomes.p[n->outcome].name)); return;
    case IR_NUMBER:
        if (n->type.kind == KL_T_VALUES)
            kl_buf_str(b, g->sets.p[n->type.set].values.p[n->value].name);
        else
            kl_buf_fmt(b, "%" PRId64, n->value);
        return;
    default: put_pair(c, b, pairs[n->kind], n); return;
    }
}

const char *node_words(const checking *c, uint32_t node) {
    kl_buf b;
    kl_buf_init(&b, c->arena);
    if (node != IR_NONE) put(c, &b, node);
    kl_buf_add(&b, "", 1);
    return b.p;
}

const char *result_words(const checking *c, const ir_result *r) {
    switch (r->kind) {
    case IR_R_NONE: return "none";
    case IR_R_NUMBER: return node_words(c, r->node);
    case IR_R_SET: return kl_str_fmt(c->arena, "set %" PRIu64, r->mask).p;
    case IR_R_TEXT: return kl_str_fmt(c->arena, "\"%.*s\"", KL_FMT(r->text)).p;
    case IR_R_FIELD: return kl_str_fmt(c->arena, "%.*s", KL_FMT(c->g->fields.p[r->field].name)).p;
    case IR_R_NOT_STATED: return "-";
    case IR_R_EXTERNAL: return kl_str_fmt(c->arena, "per \"%.*s\"", KL_FMT(r->text)).p;
    }
    return "";
}

uint32_t entry_named(const checking *c, const char *id) {
    for (uint32_t i = 0; i < c->g->entries.n; i++)
        if (kl_str_eq(c->g->entries.p[i].id, kl_str_of(id))) return i;
    return IR_NONE;
}

uint32_t outcome_named(const checking *c, const char *name) {
    for (uint32_t i = 0; i < c->g->outcomes.n; i++)
        if (kl_str_eq(c->g->outcomes.p[i].name, kl_str_of(name))) return i;
    return IR_NONE;
}

const char *candidate_words(const checking *c, const char *outcome) {
    const ir_outcome *o = &c->g->outcomes.p[outcome_named(c, outcome)];
    kl_buf b;
    kl_buf_init(&b, c->arena);
    for (size_t i = 0; i < o->candidates.n; i++) {
        const ir_candidate *x = &c->g->candidates.p[o->candidates.p[i]];
        kl_buf_fmt(&b, "%s%.*s", i ? "\n" : "", KL_FMT(c->g->entries.p[x->entry].id));
        if (x->guard != IR_NONE) kl_buf_fmt(&b, " if %s", node_words(c, x->guard));
        kl_buf_fmt(&b, " =");
        if (!x->columns) kl_buf_fmt(&b, " %s", result_words(c, &x->result));
        for (size_t k = 0; x->columns && k < o->columns.n; k++) kl_buf_fmt(&b, " %s", result_words(c, &x->columns[k]));
        for (size_t k = 0; k < x->overriders.n; k++)
            kl_buf_fmt(&b, " < %.*s", KL_FMT(c->g->entries.p[x->overriders.p[k]].id));
    }
    kl_buf_add(&b, "", 1);
    return b.p;
}

/* ------------------------------------------------------------------ truth */
bool truth_at(const checking *c, uint32_t i, const int64_t *values) {
    const ir_node *n = &c->g->nodes.p[i];
    switch (n->kind) {
    case IR_BOOL: return n->value == 1;
    case IR_NOT: return !truth_at(c, n->a, values);
    case IR_AND: return truth_at(c, n->a, values) && truth_at(c, n->b, values);
    case IR_OR: return truth_at(c, n->a, values) || truth_at(c, n->b, values);
    case IR_CLAUSE: return truth_at(c, c->g->entries.p[n->entry].truth, values);
    case IR_FIELD: return values[n->field] != 0;
    case IR_RANGE: {
        int64_t v = values[c->g->nodes.p[n->a].field];
        return v >= n->lo && v <= n->hi;
    }
    case IR_IN: {
        int64_t v = values[c->g->nodes.p[n->a].field];
        return c->g->mask_words.p[n->mask + (size_t)v / 64] >> (v % 64) & 1;
    }
    default: abort();
    }
}
