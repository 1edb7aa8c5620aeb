/* c_tables.c - the tables of generated C: results, questions, diagrams, candidates and what hangs on them, as the image has them.
 * May include: compiler/emit/c.h.
 * Start at kl_c_tables(); one_record.c.in reads them. */
#include "compiler/emit/c.h"

/* static const TYPE NAME[][WORDS] with some words of each row of a section, in that order. */
static void rows(kl_c *c, kl_buf *b, const char *name, kl_section s, const uint8_t *words, unsigned n) {
    uint32_t count = c->view.rows[s];
    kl_buf_fmt(b, "static const uint32_t %s[%u][%u] = {\n", name, count + 1, n);
    for (uint32_t i = 0; i < count; i++) {
        kl_buf_fmt(b, "    {");
        for (unsigned w = 0; w < n; w++) kl_buf_fmt(b, "%s%uu", w ? ", " : "", kl_view_word(&c->view, s, i, words[w]));
        kl_buf_fmt(b, "},\n");
    }
    kl_buf_fmt(b, "    {0}};\n");
}

static void list(kl_c *c, kl_buf *b, const char *name, kl_section s) {
    kl_buf_fmt(b, "static const uint32_t %s[%u] = {", name, c->view.rows[s] + 1);
    for (uint32_t i = 0; i < c->view.rows[s]; i++)
        kl_buf_fmt(b, "%s%uu,", i % 16 ? " " : "\n    ", kl_view_word(&c->view, s, i, 0));
    kl_buf_fmt(b, " 0};\n");
}

static void constants(kl_c *c, kl_buf *b) {
    kl_buf_fmt(b, "static const int64_t kr_consts[%u] = {", c->view.rows[KL_S_CONSTS] + 1);
    for (uint32_t i = 0; i < c->view.rows[KL_S_CONSTS]; i++)
        kl_buf_fmt(b, "%s%.*s,", i % 8 ? " " : "\n    ", KL_FMT(kl_c_int64(c->arena, kl_view_const(&c->view, i))));
    kl_buf_fmt(b, " 0};\nstatic const kr_text kr_texts[%u] = {\n", c->view.rows[KL_S_TEXTS] + 1);
    for (uint32_t i = 0; i < c->view.rows[KL_S_TEXTS]; i++) {
        kl_str t = kl_view_text(&c->view, KL_S_TEXTS, i, 0);
        kl_buf_fmt(b, "    {%.*s, %zu},\n", KL_FMT(kl_c_literal(c->arena, t)), t.n);
    }
    kl_buf_fmt(b, "    {NULL, 0}};\n");
}

static uint32_t word(const kl_c *c, kl_section s, uint32_t row, uint32_t w) {
    return kl_view_word(&c->view, s, row, w);
}

static uint32_t largest(const kl_c *c, uint32_t w) {
    uint32_t most = 1;
    for (uint32_t i = 0; i < c->view.rows[KL_S_SLOTS]; i++)
        if (word(c, KL_S_SLOTS, i, w) > most) most = word(c, KL_S_SLOTS, i, w);
    return most;
}

static uint32_t buckets(const kl_c *c) {
    return largest(c, KL_L_NODES) * 2 + 1;
}

static uint64_t stack_bytes(const kl_c *c) {
    kl_budget_info budget;
    kl_budget(c->program, &budget);
    uint64_t n = c->view.rows[KL_S_NODES], results = c->view.rows[KL_S_RESULTS];
    return budget.truth_registers + 16ull * budget.number_registers + 8ull * c->view.rows[KL_S_QUESTIONS] +
           (16 + 12) * n + 12 * results + 4ull * largest(c, KL_L_EDGES) * 2 + 8ull * buckets(c) +
           8ull * c->view.rows[KL_S_ENTRIES];
}

kl_str kl_c_stack(const kl_c *c) {
    return kl_str_fmt(c->arena, "%llu KB", (unsigned long long)(stack_bytes(c) / 1024 + 1));
}

/* Sizes are macros; what is compared with is a variable, so that no compiler finds a comparison that never holds. */
static void sizes(kl_c *c, kl_buf *b) {
    kl_budget_info budget;
    kl_budget(c->program, &budget);
    uint32_t period = KL_ABSENT, period_entry = KL_ABSENT, scope_entry = KL_ABSENT;
    for (uint32_t i = 0; i < c->info.entries; i++) {
        uint32_t kind = word(c, KL_S_ENTRIES, i, KL_E_KIND);
        if (kind == KL_ENTRY_PERIOD && period_entry == KL_ABSENT) {
            period_entry = i;
            period = word(c, KL_S_ENTRIES, i, KL_E_TRUTH);
        }
        if (kind == KL_ENTRY_SCOPE && scope_entry == KL_ABSENT) scope_entry = i;
    }
    const struct {
        const char *name;
        uint32_t value;
    } all[] = {{"TRUTHS", budget.truth_registers + 1},
               {"NUMBERS", budget.number_registers + 1},
               {"SLOTS", c->view.rows[KL_S_SLOTS] + 1},
               {"slot_count", c->view.rows[KL_S_SLOTS]},
               {"QUESTIONS", c->view.rows[KL_S_QUESTIONS] + 1},
               {"NODES", c->view.rows[KL_S_NODES] + 1},
               {"RESULTS", c->view.rows[KL_S_RESULTS] + 1},
               {"EDGES", largest(c, KL_L_EDGES) * 2},
               {"BUCKETS", buckets(c)},
               {"ENTRIES", c->info.entries + 1},
               {"entry_count", c->info.entries},
               {"outcome_count", c->info.outcomes},
               {"block_count", c->view.rows[KL_S_BLOCKS]},
               {"requirement_count", c->view.rows[KL_S_REQUIREMENTS]},
               {"scope", word(c, KL_S_GUIDELINE, 0, KL_G_SCOPE)},
               {"period_truth", period},
               {"period_entry", period_entry},
               {"scope_entry", scope_entry},
               {"dated_by", word(c, KL_S_GUIDELINE, 0, KL_G_DATED_BY)},
               {"DATE", KL_TYPE_DATE},
               {"RULE", KL_ENTRY_RULE},
               {"ROW", KL_ENTRY_ROW}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool size = all[i].name[0] >= 'A' && all[i].name[0] <= 'Z';
        kl_buf_fmt(b, size ? "#define KR_%s %uu\n" : "static const uint32_t kr_%s = %uu;\n", all[i].name, all[i].value);
    }
    kl_buf_fmt(b, "#define KR_DATE_FIRST INT64_C(%d)\n#define KR_DATE_LAST INT64_C(%d)\n", KL_DATE_MIN, KL_DATE_MAX);
}

static void assumptions(kl_c *c, kl_buf *b) {
    kl_buf_fmt(b, "static const bool kr_assumed[%u] = {", c->info.assumptions + 1);
    for (uint32_t i = 0; i < c->info.assumptions; i++)
        kl_buf_fmt(b, "%s,", word(c, KL_S_ASSUMPTIONS, i, KL_A_FLAGS) & KL_ASSUMPTION_VALUE ? "true" : "false");
    kl_buf_fmt(b, "false};\n");
}

static void periods(kl_c *c, kl_buf *b) {
    kl_buf_fmt(b, "static const int32_t kr_periods[%u][4] = { /* from, through, before, after */\n",
               c->info.entries + 1);
    for (uint32_t i = 0; i < c->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(c->program, i, &e);
        kl_buf_fmt(b, "    {%s%d, %d, %u, %u},\n", e.from == INT32_MIN ? "-INT32_MAX - " : "",
                   e.from == INT32_MIN ? 1 : e.from, e.through, e.before, e.after);
    }
    kl_buf_fmt(b, "    {0}};\n");
}

void kl_c_tables(kl_c *c, kl_buf *b) {
    static const uint8_t result[] = {0, 1, 2, 3}, ref[] = {0, 1}, question[] = {0, 1, 2, 3, 4, 5, 6, 7},
                         node[] = {0, 1}, slot[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, candidate[] = {0, 1, 2, 3, 4, 5},
                         requirement[] = {0, 1, 2, 3, 4}, block[] = {0, 1, 2},
                         outcome[] = {KL_O_TYPE,    KL_O_FLAGS,   KL_O_FIRST_SLOT,  KL_O_SLOTS,
                                      KL_O_COLUMNS, KL_O_AUDITED, KL_O_FIRST_COLUMN},
                         entry[] = {KL_E_PARENT, KL_E_TRUTH, KL_E_REQUIREMENT, KL_E_FIRST_READ, KL_E_READS, KL_E_KIND};
    sizes(c, b);
    constants(c, b);
    rows(c, b, "kr_results", KL_S_RESULTS, result, 4);
    rows(c, b, "kr_refs", KL_S_REFS, ref, 2);
    rows(c, b, "kr_questions", KL_S_QUESTIONS, question, 8);
    list(c, b, "kr_cuts", KL_S_CUTS);
    rows(c, b, "kr_nodes", KL_S_NODES, node, 2);
    list(c, b, "kr_edges", KL_S_EDGES);
    rows(c, b, "kr_slots", KL_S_SLOTS, slot, 11);
    rows(c, b, "kr_candidates", KL_S_CANDIDATES, candidate, 6);
    rows(c, b, "kr_requirements", KL_S_REQUIREMENTS, requirement, 5);
    rows(c, b, "kr_blocks", KL_S_BLOCKS, block, 3);
    rows(c, b, "kr_outcomes", KL_S_OUTCOMES, outcome, 7);
    rows(c, b, "kr_entries", KL_S_ENTRIES, entry, 6);
    kl_buf_fmt(b, "static const uint32_t kr_columns[%u] = {", c->view.rows[KL_S_COLUMNS] + 1);
    for (uint32_t i = 0; i < c->view.rows[KL_S_COLUMNS]; i++) kl_buf_fmt(b, "%uu, ", word(c, KL_S_COLUMNS, i, 2));
    kl_buf_fmt(b, "0};\n");
    assumptions(c, b);
    periods(c, b);
}
