/* report.c - a decision that is too large: which table makes it so, which columns widen it, and the ways out.
 * May include: compiler/analyse/decision, lang's diagnostics.
 * Start at kl_decision_too_large(). */
#include "compiler/analyse/decision.h"

const kl_diagram_limits kl_diagram_limits_default = {KL_MAX_DIAGRAM_NODES, KL_MAX_DIAGRAM_EDGES, KL_MAX_DIAGRAM_BUILD,
                                                     KL_MAX_QUESTIONS};

enum { NAMED = 3 };

static kl_str name_of_ref(const ir_guideline *g, ir_ref r) {
    switch (r.kind) {
    case IR_REF_FIELD: return g->fields.p[r.index].name;
    case IR_REF_ASSUMPTION: return g->assumptions.p[r.index].name;
    case IR_REF_OUTCOME: return g->outcomes.p[r.index].name;
    case IR_REF_ENTRY: return g->entries.p[r.index].id;
    }
    return (kl_str){0};
}

/* What a question is about, in the author's names. */
static kl_str subject(kl_deciding *k, const kl_question *q) {
    const ir_guideline *g = k->forms->g;
    kl_ref_list refs = {0};
    if (q->kind == KL_Q_VALUES || q->kind == KL_Q_NUMBER || q->kind == KL_Q_TEXT) return g->fields.p[q->source].name;
    if (q->kind == KL_Q_EDITION) return g->entries.p[q->source].id;
    if (q->kind == KL_Q_SAME) {
        kl_result_refs(k->endings, q->source, &refs);
        kl_result_refs(k->endings, q->other, &refs);
    } else {
        kl_form_refs(k->forms, q->source, &refs);
    }
    return refs.n ? name_of_ref(g, refs.p[0]) : (kl_str){0};
}

static kl_str widest(kl_deciding *k, const kl_decision *d, const uint64_t *share) {
    const kl_question *list = d->nodes.n ? d->questions.p : k->asked.list.p;
    size_t n = d->nodes.n ? d->questions.n : k->asked.list.n;
    kl_str named[NAMED];
    size_t count = 0;
    uint8_t *taken = kl_alloc_array(k->arena, n + 1, 1);
    for (size_t round = 0; round < n && count < NAMED; round++) {
        size_t most = n;
        for (size_t i = 0; i < n; i++)
            if (!taken[i] && (most == n || share[i] > share[most])) most = i;
        taken[most] = 1;
        kl_str name = subject(k, &list[most]);
        bool fresh = name.n > 0;
        for (size_t i = 0; i < count; i++) fresh = fresh && !kl_str_eq(named[i], name);
        if (fresh) named[count++] = name;
    }
    kl_buf b;
    kl_buf_init(&b, k->arena);
    for (size_t i = 0; i < count; i++) {
        if (i) kl_buf_str(&b, KL_STR(", "));
        kl_buf_str(&b, named[i]);
    }
    return kl_buf_view(&b);
}

/* The table with the most rows among the candidates, or IR_NONE. */
static uint32_t largest_table(const kl_deciding *k, const kl_decision *d) {
    const ir_guideline *g = k->forms->g;
    uint32_t *rows = kl_alloc_array(k->arena, g->entries.n + 1, sizeof *rows), most = IR_NONE;
    for (size_t i = 0; i < d->arms.n; i++) {
        uint32_t table = g->entries.p[d->arms.p[i].entry].parent;
        if (table == IR_NONE || g->entries.p[table].kind != IR_E_TABLE) continue;
        rows[table]++;
        if (most == IR_NONE || rows[table] > rows[most]) most = table;
    }
    return most;
}

static kl_str measured(kl_deciding *k, kl_measure what, uint64_t size, uint64_t limit) {
    static const char *const words[][2] = {
        [KL_MEASURE_QUESTIONS] = {"frågor", "questions"},
        [KL_MEASURE_NODES] = {"noder", "nodes"},
        [KL_MEASURE_EDGES] = {"svar i noderna", "answers in the nodes"},
        [KL_MEASURE_BUILD] = {"byggsteg", "building steps"},
    };
    bool en = k->diags->lang == KL_EN;
    const char *least = what != KL_MEASURE_BUILD ? "" : en ? "at least " : "minst ";
    return kl_str_fmt(k->arena, "%s: %s%llu, %s %llu", words[what][en], least, (unsigned long long)size,
                      en ? "at most" : "högst", (unsigned long long)limit);
}

void kl_decision_too_large(kl_deciding *k, uint32_t outcome, const kl_decision *d, const uint64_t *share,
                           kl_measure what, uint64_t size, uint64_t limit) {
    bool warn = size <= limit;
    const ir_guideline *g = k->forms->g;
    const ir_outcome *o = &g->outcomes.p[outcome];
    uint32_t table = largest_table(k, d);
    const kl_file *file = table == IR_NONE ? o->file : g->entries.p[table].file;
    kl_span span = table == IR_NONE ? o->span : g->entries.p[table].span;
    bool en = k->diags->lang == KL_EN;
    kl_str columns = widest(k, d, share), where = en ? KL_STR("it") : KL_STR("det");
    if (table != IR_NONE)
        where = kl_str_fmt(k->arena, en ? "the table %.*s" : "tabellen %.*s", KL_FMT(g->entries.p[table].id));
    kl_diag *r =
        kl_report(k->diags, file, span, warn ? KL_D_DIAGRAM_LARGE : KL_D_DIAGRAM_TOO_LARGE, 3, o->name, where, columns);
    r->note = measured(k, what, size, limit);
}
