/* c_code.c - the straight line of generated C: what a field holds, and one statement for each instruction.
 * May include: compiler/emit/c.h, runtime/opcodes.def.
 * Start at kl_c_code(); clauses, rows and their citations stand as comments where their truth is written. */
#include "compiler/emit/c.h"

typedef enum opcode {
#define KL_OP(name, dst, a, b, c, d, semantics) OP_##name,
#include "runtime/opcodes.def"
#undef KL_OP
    OPS
} opcode;

static uint32_t word(const kl_c *c, kl_section s, uint32_t row, uint32_t w) {
    return kl_view_word(&c->view, s, row, w);
}

static kl_str number(const kl_c *c, uint32_t constant) {
    return kl_c_int64(c->arena, kl_view_const(&c->view, constant));
}

/* ------------------------------------------------------------------ fields */
static bool has_default(const kl_c *c, uint32_t field) {
    return word(c, KL_S_FIELDS, field, KL_F_FLAGS) & KL_FIELD_DEFAULT;
}

static kl_kind kind_of(const kl_c *c, uint32_t field) {
    return (kl_kind)word(c, KL_S_FIELDS, field, KL_F_TYPE);
}

static void fields(kl_c *c, kl_buf *b) {
    kl_buf_fmt(b, "\n/* What the record holds in a field, its default where nothing was received; false: unknown. */\n"
                  "static bool kr_field(const kr_record *in, uint32_t field, kr_held *out) {\n    switch (field) {\n");
    for (uint32_t i = 0; i < c->info.fields; i++) {
        kl_str f = c->field[i];
        kl_kind kind = kind_of(c, i);
        kl_buf_fmt(b, "    case %uu:\n", i);
        if (kind == KL_TEXT)
            kl_buf_fmt(b,
                       "        if (in->%.*s.known) out->text = (kr_text){in->%.*s.value.data, in->%.*s.value.size};\n",
                       KL_FMT(f), KL_FMT(f), KL_FMT(f));
        else
            kl_buf_fmt(b, "        if (in->%.*s.known) out->number = (int64_t)in->%.*s.value;\n", KL_FMT(f), KL_FMT(f));
        if (!has_default(c, i)) {
            kl_buf_fmt(b, "        return in->%.*s.known;\n", KL_FMT(f));
            continue;
        }
        uint32_t at = word(c, KL_S_FIELDS, i, KL_F_DEFAULT);
        if (kind == KL_TEXT)
            kl_buf_fmt(b, "        else out->text = kr_texts[%u];\n", at);
        else
            kl_buf_fmt(b, "        else out->number = %.*s;\n", KL_FMT(number(c, at)));
        kl_buf_fmt(b, "        return true;\n");
    }
    kl_buf_fmt(b, "    default: (void)in; (void)out; return false;\n    }\n}\n");
}

/* The first field that holds what it cannot, or that has to be known and is not; or -1. */
static void limits(kl_c *c, kl_buf *b) {
    kl_buf_fmt(b, "\nstatic int kr_fault(const kr_record *in) {\n");
    for (uint32_t i = 0; i < c->info.fields; i++) {
        kl_str f = c->field[i];
        kl_kind kind = kind_of(c, i);
        long long low = -KL_NUMBER_MAX, high = KL_NUMBER_MAX;
        kl_set_info set = {0};
        if (kind == KL_VALUES || kind == KL_SET) kl_set_of(c->program, word(c, KL_S_FIELDS, i, KL_F_SET), &set);
        if (kind == KL_DATE) low = KL_DATE_MIN, high = KL_DATE_MAX;
        kl_field_info info;
        kl_field_of(c->program, i, &info);
        if (info.required) kl_buf_fmt(b, "    if (!in->%.*s.known) return %u;\n", KL_FMT(f), i);
        if (kind == KL_BOOL) continue;
        kl_buf_fmt(b, "    if (in->%.*s.known && ", KL_FMT(f));
        if (kind == KL_VALUES)
            kl_buf_fmt(b, "(uint64_t)in->%.*s.value >= %u", KL_FMT(f), set.values);
        else if (kind == KL_SET)
            kl_buf_fmt(b, "(in->%.*s.value & ~UINT64_C(%llu)) != 0", KL_FMT(f),
                       (unsigned long long)(~UINT64_C(0) >> (64 - (set.values ? set.values : 1))));
        else if (kind == KL_TEXT)
            kl_buf_fmt(b, "!in->%.*s.value.data && in->%.*s.value.size > 0", KL_FMT(f), KL_FMT(f));
        else
            kl_buf_fmt(b, "(in->%.*s.value < INT64_C(%lld) || in->%.*s.value > INT64_C(%lld))", KL_FMT(f), low,
                       KL_FMT(f), high);
        kl_buf_fmt(b, ") return %u;\n", i);
    }
    kl_buf_fmt(b, "    (void)in;\n    return -1;\n}\n");
}

/* ------------------------------------------------------------------ instructions */
/* What is asked of one value, written as C; `value` is its text. */
static kl_str test(kl_c *c, uint32_t i, uint32_t op, const char *value) {
    uint32_t x = word(c, KL_S_CODE, i, 3), y = word(c, KL_S_CODE, i, 4), field = word(c, KL_S_CODE, i, 2);
    kl_arena *a = c->arena;
    if (op == OP_B_RANGE_F) {
        int64_t low = kl_view_const(&c->view, x), high = kl_view_const(&c->view, y);
        if (low == INT64_MIN) return kl_str_fmt(a, "%s <= %.*s", value, KL_FMT(number(c, y)));
        if (high == INT64_MAX) return kl_str_fmt(a, "%s >= %.*s", value, KL_FMT(number(c, x)));
        if (low == high) return kl_str_fmt(a, "%s == %.*s", value, KL_FMT(number(c, x)));
        return kl_str_fmt(a, "%s >= %.*s && %s <= %.*s", value, KL_FMT(number(c, x)), value, KL_FMT(number(c, y)));
    }
    if (op == OP_B_IN_F) {
        kl_set_info set;
        kl_set_of(c->program, word(c, KL_S_FIELDS, field, KL_F_SET), &set);
        if (set.values > 64) return kl_str_fmt(a, "kr_in(kr_masks + %u, %u, (uint64_t)%s)", x, set.values, value);
        return kl_str_fmt(a, "UINT64_C(0x%llx) >> %s & 1", (unsigned long long)kl_view_mask(&c->view, x), value);
    }
    if (op == OP_B_HAS) return kl_str_fmt(a, "(uint64_t)%s >> %u & 1", value, x);
    if (op == OP_B_EMPTY) return kl_str_fmt(a, "%s == 0", value);
    if (op == OP_B_TEXT) return kl_str_fmt(a, "kr_same_text(%s, kr_texts[%u])", value, x);
    return kl_str_fmt(a, "%s", value);
}

static void field_test(kl_c *c, kl_buf *b, uint32_t i, uint32_t op) {
    uint32_t field = word(c, KL_S_CODE, i, 2), at = word(c, KL_S_FIELDS, field, KL_F_DEFAULT);
    kl_str f = c->field[field];
    const char *value =
        kl_str_fmt(c->arena,
                   op == OP_B_TEXT ? "((kr_text){in->%.*s.value.data, in->%.*s.value.size})" : "in->%.*s.value",
                   KL_FMT(f), KL_FMT(f))
            .p;
    kl_buf_fmt(b, "in->%.*s.known ? (unsigned char)(%.*s) : ", KL_FMT(f), KL_FMT(test(c, i, op, value)));
    if (!has_default(c, field)) {
        kl_buf_fmt(b, "KR_UNKNOWN");
        return;
    }
    const char *given = op == OP_B_TEXT ? kl_str_fmt(c->arena, "kr_texts[%u]", at).p
                                        : kl_str_fmt(c->arena, "%.*s", KL_FMT(number(c, at))).p;
    kl_buf_fmt(b, "(unsigned char)(%.*s)", KL_FMT(test(c, i, op, given)));
}

static void truth(kl_c *c, kl_buf *b, uint32_t i, uint32_t op) {
    static const char *const consts[] = {"KR_NO", "KR_YES", "KR_UNKNOWN"};
    uint32_t x = word(c, KL_S_CODE, i, 2), y = word(c, KL_S_CODE, i, 3), z = word(c, KL_S_CODE, i, 4);
    kl_buf_fmt(b, "    b[%u] = ", word(c, KL_S_CODE, i, 1));
    switch (op) {
    case OP_B_CONST: kl_buf_fmt(b, "%s", consts[x]); break;
    case OP_B_NOT: kl_buf_fmt(b, "kr_not(b[%u])", x); break;
    case OP_B_AND: kl_buf_fmt(b, "kr_and(b[%u], b[%u])", x, y); break;
    case OP_B_OR: kl_buf_fmt(b, "kr_or(b[%u], b[%u])", x, y); break;
    case OP_B_KNOWN: kl_buf_fmt(b, "in->%.*s.known", KL_FMT(c->field[x])); break;
    case OP_B_SAME: kl_buf_fmt(b, "kr_both(in, %uu, %uu)", x, y); break;
    case OP_B_RANGE: kl_buf_fmt(b, "kr_range(n[%u], %.*s, %.*s)", x, KL_FMT(number(c, y)), KL_FMT(number(c, z))); break;
    case OP_B_IN: kl_buf_fmt(b, "kr_number_in(n[%u], kr_masks + %u, %u)", x, y, z); break;
    case OP_B_ASSUME: {
        kl_assumption_info a;
        kl_assumption_of(c->program, x, &a);
        kl_buf_fmt(b, "%s", consts[a.has_value ? a.value != 0 : 2]);
        break;
    }
    default: field_test(c, b, i, op);
    }
}

static void against(kl_c *c, kl_buf *b, uint32_t i, uint32_t op) {
    kl_assumption_info a;
    kl_assumption_of(c->program, word(c, KL_S_CODE, i, 3), &a);
    int64_t low = a.has_value ? a.value
                  : a.bounded ? a.low
                              : INT64_MIN,
            high = a.has_value ? a.value
                   : a.bounded ? a.high
                               : INT64_MAX;
    kl_buf_fmt(b, "kr_against(%s, n[%u], %.*s, %.*s)", op == OP_N_LT_A ? "true" : "false", word(c, KL_S_CODE, i, 2),
               KL_FMT(kl_c_int64(c->arena, low)), KL_FMT(kl_c_int64(c->arena, high)));
}

static void number_register(kl_c *c, kl_buf *b, uint32_t i, uint32_t op) {
    static const struct {
        uint32_t op;
        const char *name;
        int constant, way; /* words of the instruction, 0: none */
    } arithmetic[] = {
        {OP_N_ADD, "KR_ADD", 0, 0},     {OP_N_SUB, "KR_SUB", 0, 0},       {OP_N_MUL, "KR_MUL", 0, 0},
        {OP_N_DIV, "KR_DIV", 4, 5},     {OP_N_ROUND, "KR_ROUND", 3, 4},   {OP_N_RESCALE, "KR_RESCALE", 3, 4},
        {OP_N_NEG, "KR_NEG", 0, 0},     {OP_N_MIN, "KR_MIN", 0, 0},       {OP_N_MAX, "KR_MAX", 0, 0},
        {OP_N_YEARS, "KR_YEARS", 0, 0}, {OP_N_MONTHS, "KR_MONTHS", 0, 0}, {OP_N_COMPARE, "KR_COMPARE", 0, 0}};
    uint32_t x = word(c, KL_S_CODE, i, 2), y = word(c, KL_S_CODE, i, 3);
    kl_buf_fmt(b, "    n[%u] = ", word(c, KL_S_CODE, i, 1));
    if (op == OP_N_CONST) {
        kl_buf_fmt(b, "(kr_number){%.*s, KR_VALUE}", KL_FMT(number(c, x)));
    } else if (op == OP_N_ASSUME) {
        kl_assumption_info a;
        kl_assumption_of(c->program, x, &a);
        kl_buf_fmt(b, "(kr_number){%.*s, %s}", KL_FMT(kl_c_int64(c->arena, a.has_value ? a.value : 0)),
                   a.has_value ? "KR_VALUE" : "KR_TAG_UNKNOWN");
    } else if (op == OP_N_FIELD) {
        kl_buf_fmt(b, "kr_number_field(in, %uu)", x);
    } else if (op == OP_N_FEED) {
        kl_buf_fmt(b, "kr_feed(w, %uu)", x);
    } else if (op == OP_N_LT_A || op == OP_N_LE_A) {
        against(c, b, i, op);
    } else {
        for (size_t k = 0; k < sizeof arithmetic / sizeof *arithmetic; k++) {
            if (arithmetic[k].op != op) continue;
            bool one = op == OP_N_NEG || op == OP_N_ROUND || op == OP_N_RESCALE;
            kl_str constant = arithmetic[k].constant
                                  ? number(c, word(c, KL_S_CODE, i, (uint32_t)arithmetic[k].constant))
                                  : KL_STR("0");
            kl_buf_fmt(b, "kr_arithmetic(%s, n[%u], n[%u], %.*s, %u)", arithmetic[k].name, x, one ? x : y,
                       KL_FMT(constant), arithmetic[k].way ? word(c, KL_S_CODE, i, (uint32_t)arithmetic[k].way) : 0);
        }
    }
}

/* ------------------------------------------------------------------ the line */
static bool uses(const kl_c *c, uint32_t from, uint32_t to) {
    for (uint32_t i = 0; i < c->view.rows[KL_S_CODE]; i++) {
        uint32_t op = word(c, KL_S_CODE, i, 0);
        if (op >= from && op <= to) return true;
    }
    return false;
}

static bool wide_masks(const kl_c *c) {
    for (uint32_t i = 0; i < c->view.rows[KL_S_CODE]; i++) {
        kl_set_info set;
        if (word(c, KL_S_CODE, i, 0) != OP_B_IN_F) continue;
        kl_set_of(c->program, word(c, KL_S_FIELDS, word(c, KL_S_CODE, i, 2), KL_F_SET), &set);
        if (set.values > 64) return true;
    }
    return false;
}

static bool audits(const kl_c *c) {
    bool some = false;
    for (uint32_t i = 0; i < c->info.outcomes; i++) some |= word(c, KL_S_OUTCOMES, i, KL_O_AUDITED) != KL_ABSENT;
    return some;
}

void kl_c_uses(kl_c *c, kl_buf *b) {
    const struct {
        const char *name;
        bool used;
    } all[] = {{"RANGE", uses(c, OP_B_RANGE, OP_B_RANGE)},
               {"IN", uses(c, OP_B_IN, OP_B_IN)},
               {"MASK", uses(c, OP_B_IN, OP_B_IN) || wide_masks(c)},
               {"ARITHMETIC", uses(c, OP_N_ADD, OP_N_COMPARE)},
               {"BOUNDS", uses(c, OP_N_LT_A, OP_N_LE_A)},
               {"FEED", uses(c, OP_N_FEED, OP_N_FEED)},
               {"FIELD", uses(c, OP_N_FIELD, OP_N_FIELD)},
               {"SAME", uses(c, OP_B_SAME, OP_B_SAME)},
               {"AUDIT", audits(c)},
               {"NOT", uses(c, OP_B_NOT, OP_B_NOT)},
               {"AND", uses(c, OP_B_AND, OP_B_AND)},
               {"OR", uses(c, OP_B_OR, OP_B_OR)}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        kl_buf_fmt(b, "#define KR_USES_%s %d\n", all[i].name, all[i].used);
}

static void masks(kl_c *c, kl_buf *b) {
    if (!wide_masks(c) && !uses(c, OP_B_IN, OP_B_IN)) return;
    kl_buf_fmt(b, "static const uint64_t kr_masks[%u] = {", c->view.rows[KL_S_MASKS] + 1);
    for (uint32_t i = 0; i < c->view.rows[KL_S_MASKS]; i++)
        kl_buf_fmt(b, "%sUINT64_C(0x%llx),", i % 4 ? " " : "\n    ", (unsigned long long)kl_view_mask(&c->view, i));
    kl_buf_fmt(b, " 0};\n");
}

/* Per truth register, the first entry whose truth it is. */
static uint32_t *told(kl_c *c, uint32_t truths) {
    uint32_t *at = kl_alloc_array(c->arena, truths + 1, sizeof *at);
    for (uint32_t i = 0; i <= truths; i++) at[i] = KL_ABSENT;
    for (uint32_t e = c->info.entries; e-- > 0;) {
        uint32_t truth = word(c, KL_S_ENTRIES, e, KL_E_TRUTH);
        if (truth != KL_ABSENT) at[truth] = e;
    }
    return at;
}

void kl_c_code(kl_c *c, kl_buf *b) {
    static const char writes[] = {
#define KL_OP(name, dst, a, b, c, d, semantics) #dst[0],
#include "runtime/opcodes.def"
#undef KL_OP
    };
    kl_budget_info budget;
    kl_budget(c->program, &budget);
    uint32_t *entry_of = told(c, budget.truth_registers);
    masks(c, b);
    fields(c, b);
    limits(c, b);
    if (uses(c, OP_N_FIELD, OP_N_FIELD))
        kl_buf_fmt(b, "\nstatic kr_number kr_number_field(const kr_record *in, uint32_t field) {\n    kr_held held = "
                      "{0, {NULL, 0}};\n"
                      "    unsigned char tag = kr_field(in, field, &held) ? KR_VALUE : KR_TAG_UNKNOWN;\n"
                      "    return (kr_number){held.number, tag};\n}\n");
    if (uses(c, OP_B_SAME, OP_B_SAME))
        kl_buf_fmt(b, "\nstatic unsigned char kr_both(const kr_record *in, uint32_t one, uint32_t other) {\n    "
                      "kr_held a = {0, {NULL, 0}}, b = a;\n"
                      "    if (!kr_field(in, one, &a) || !kr_field(in, other, &b)) return KR_UNKNOWN;\n"
                      "    return kr_same_text(a.text, b.text);\n}\n");
    kl_buf_fmt(b, "\n/* Every clause, item, exception, requirement, rule and row, and what they are made of. */\n"
                  "static void kr_run(kr_work *w) {\n    const kr_record *in = w->in;\n    unsigned char *b = w->b;\n  "
                  "  kr_number *n = w->n;\n");
    for (uint32_t i = 0; i < c->view.rows[KL_S_CODE]; i++) {
        uint32_t op = word(c, KL_S_CODE, i, 0), to = word(c, KL_S_CODE, i, 1);
        if (op == OP_DECIDE) {
            uint32_t slot = word(c, KL_S_CODE, i, 2), outcome = word(c, KL_S_SLOTS, slot, KL_L_OUTCOME);
            kl_outcome_info o;
            kl_outcome_of(c->program, outcome, &o);
            kl_buf_fmt(b, "    w->decided[%u] = kr_decide(w, %uu); /* %.*s */\n", slot, slot,
                       KL_FMT(kl_c_comment(c->arena, (kl_str){o.name.data, o.name.size})));
            continue;
        }
        bool is_truth = writes[op] == 'B';
        if (is_truth)
            truth(c, b, i, op);
        else
            number_register(c, b, i, op);
        kl_buf_fmt(b, ";");
        if (is_truth && entry_of[to] != KL_ABSENT) {
            kl_entry_info e;
            kl_entry_of(c->program, entry_of[to], &e);
            kl_str cite = kl_c_comment(c->arena, kl_view_cite(&c->view, entry_of[to]));
            kl_buf_fmt(b, " /* %.*s%s%.*s%s */", KL_FMT(kl_c_comment(c->arena, (kl_str){e.id.data, e.id.size})),
                       cite.n ? " [" : "", KL_FMT(cite), cite.n ? "]" : "");
        }
        kl_buf_fmt(b, "\n");
    }
    kl_buf_fmt(b, "    (void)in;\n    (void)b;\n    (void)n;\n}\n");
}
