/* c.c - a guideline as C: a header with typed records and decisions, and a source file that stands alone.
 * May include: compiler/compiler, compiler/emit/c.h, the two texts that the build makes of one_number.c.in and one_record.c.in.
 * Start at kl_emit_c(). */
#include "compiler/emit/c.h"
#include "compiler/compiler.h"
#include "compiler/emit/one_number.h"
#include "compiler/emit/one_record.h"

static kl_str of(kl_string s) {
    return (kl_str){s.data, s.size};
}

kl_str kl_c_comment(kl_arena *a, kl_str text) {
    kl_buf b;
    kl_buf_init(&b, a);
    for (size_t i = 0; i < text.n; i++) {
        bool ends = i > 0 && ((text.p[i - 1] == '*' && text.p[i] == '/') || (text.p[i - 1] == '/' && text.p[i] == '*'));
        if (ends) kl_buf_add(&b, " ", 1);
        kl_buf_add(&b, text.p[i] == '\n' || text.p[i] == '\r' ? " " : &text.p[i], 1);
    }
    return kl_buf_view(&b);
}

kl_str kl_c_literal(kl_arena *a, kl_str text) {
    kl_buf b;
    kl_buf_init(&b, a);
    kl_buf_add(&b, "\"", 1);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char ch = (unsigned char)text.p[i];
        if (ch < ' ' || ch == '"' || ch == '\\' || ch == '?' ||
            ch >= 0x7F) /* octal: three digits, so what follows is not part of it */
            kl_buf_fmt(&b, "\\%03o", ch);
        else
            kl_buf_add(&b, &text.p[i], 1);
    }
    kl_buf_add(&b, "\"", 1);
    return kl_buf_view(&b);
}

kl_str kl_c_int64(kl_arena *a, int64_t v) {
    if (v == INT64_MIN) return kl_str_fmt(a, "INT64_MIN");
    return kl_str_fmt(a, "INT64_C(%lld)", (long long)v);
}

/* ------------------------------------------------------------------ names */
static kl_str constant(kl_c *c, kl_c_names *group, const char *what, kl_str name) {
    return kl_c_name(c->arena, group, kl_str_fmt(c->arena, "%.*s_%s%.*s", KL_FMT(c->up), what, KL_FMT(name)), true);
}

static void take(kl_c *c, kl_c_names *group, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++) KL_PUSH(c->arena, group, kl_str_fmt(c->arena, "%.*s_%s", KL_FMT(c->up), names[i]));
}

static void name_sets(kl_c *c, kl_c_names *constants) {
    kl_c_names types = {0};
    static const char *const own[] = {"record", "decision", "waiting", "entry",  "text",     "state",       "reason",
                                      "truth",  "audit",    "entries", "fields", "outcomes", "assumptions", "decide"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        KL_PUSH(c->arena, &types, kl_str_fmt(c->arena, "%.*s_%s", KL_FMT(c->low), own[i]));
    c->set = kl_alloc_array(c->arena, c->info.sets + 1, sizeof *c->set);
    c->value = kl_alloc_array(c->arena, c->info.sets + 1, sizeof *c->value);
    for (uint32_t s = 0; s < c->info.sets; s++) {
        kl_set_info set;
        kl_set_of(c->program, s, &set);
        c->set[s] =
            kl_c_name(c->arena, &types,
                      kl_str_fmt(c->arena, "%.*s_%.*s", KL_FMT(c->low), (int)set.name.size, set.name.data), false);
        c->value[s] = kl_alloc_array(c->arena, set.values + 1, sizeof **c->value);
        for (uint32_t v = 0; v < set.values; v++) {
            kl_value_info value;
            kl_value_of(c->program, s, v, &value);
            c->value[s][v] = constant(c, constants, "",
                                      kl_str_fmt(c->arena, "%.*s_%.*s", (int)set.name.size, set.name.data,
                                                 (int)value.name.size, value.name.data));
        }
    }
}

static void name_outcomes(kl_c *c, kl_c_names *constants) {
    kl_c_names members = {0};
    static const char *const own[] = {"waiting", "findings", "warnings", "blocked_by", "assumptions", "clauses"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) KL_PUSH(c->arena, &members, kl_str_of(own[i]));
    c->outcome = kl_alloc_array(c->arena, c->info.outcomes + 1, sizeof *c->outcome);
    c->OUTCOME = kl_alloc_array(c->arena, c->info.outcomes + 1, sizeof *c->OUTCOME);
    c->column = kl_alloc_array(c->arena, c->info.outcomes + 1, sizeof *c->column);
    for (uint32_t i = 0; i < c->info.outcomes; i++) {
        kl_outcome_info o;
        kl_c_names columns = {0};
        KL_PUSH(c->arena, &columns, KL_STR("state"));
        kl_outcome_of(c->program, i, &o);
        c->outcome[i] = kl_c_name(c->arena, &members, of(o.name), false);
        c->OUTCOME[i] = constant(c, constants, "OUTCOME_", of(o.name));
        c->column[i] = kl_alloc_array(c->arena, o.columns + 1, sizeof **c->column);
        for (uint32_t k = 0; k < o.columns; k++) {
            kl_column_info column;
            kl_outcome_column(c->program, i, k, &column);
            c->column[i][k] = kl_c_name(c->arena, &columns, of(column.name), false);
        }
    }
}

static void name_all(kl_c *c) {
    static const char *const own[] = {
        "DECIDED",  "NOT_STATED",     "EXTERNAL",      "NONE",         "UNDETERMINED", "CONFLICT",
        "ERROR",    "NO_CLAUSE",      "OUTSIDE_SCOPE", "NOT_IN_FORCE", "NO",           "YES",
        "UNKNOWN",  "NOT_APPLICABLE", "NOT_AUDITED",   "AGREES",       "DIFFERS",      "REGISTERED_UNKNOWN",
        "POSSIBLE", "FIELDS",         "OUTCOMES",      "ASSUMPTIONS",  "ENTRIES",      "WORDS",
        "H"};
    kl_c_names constants = {0}, members = {0}, prefix = {0};
    c->low = kl_c_name(c->arena, &prefix, of(c->info.name), false);
    c->up = kl_c_name(c->arena, &prefix, of(c->info.name), true);
    take(c, &constants, own, sizeof own / sizeof *own);
    name_sets(c, &constants);
    name_outcomes(c, &constants);
    c->field = kl_alloc_array(c->arena, c->info.fields + 1, sizeof *c->field);
    c->FIELD = kl_alloc_array(c->arena, c->info.fields + 1, sizeof *c->FIELD);
    c->ENTRY = kl_alloc_array(c->arena, c->info.entries + 1, sizeof *c->ENTRY);
    c->ASSUMPTION = kl_alloc_array(c->arena, c->info.assumptions + 1, sizeof *c->ASSUMPTION);
    for (uint32_t i = 0; i < c->info.fields; i++) {
        kl_field_info f;
        kl_field_of(c->program, i, &f);
        c->field[i] = kl_c_name(c->arena, &members, of(f.name), false);
        c->FIELD[i] = constant(c, &constants, "FIELD_", of(f.name));
    }
    for (uint32_t i = 0; i < c->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(c->program, i, &e);
        c->ENTRY[i] = constant(c, &constants, "ENTRY_", of(e.id));
    }
    for (uint32_t i = 0; i < c->info.assumptions; i++) {
        kl_assumption_info a;
        kl_assumption_of(c->program, i, &a);
        c->ASSUMPTION[i] = constant(c, &constants, "ASSUMPTION_", of(a.name));
    }
}

/* ------------------------------------------------------------------ the source */
static void names(kl_c *c, kl_buf *b) {
    const kl_str p = c->low, P = c->up;
    kl_buf_fmt(b, "const %.*s_entry %.*s_entries[%.*s_ENTRIES + 1] = {\n", KL_FMT(p), KL_FMT(p), KL_FMT(P));
    for (uint32_t i = 0; i < c->info.entries; i++) {
        kl_entry_info e;
        kl_entry_of(c->program, i, &e);
        kl_buf_fmt(b, "    {%.*s, %.*s, %.*s},\n", KL_FMT(kl_c_literal(c->arena, of(e.id))),
                   KL_FMT(kl_c_literal(c->arena, of(e.title))),
                   KL_FMT(kl_c_literal(c->arena, kl_view_cite(&c->view, i))));
    }
    kl_buf_fmt(b, "    {0, 0, 0}};\nconst char *const %.*s_fields[%.*s_FIELDS + 1] = {", KL_FMT(p), KL_FMT(P));
    for (uint32_t i = 0; i < c->info.fields; i++) {
        kl_field_info f;
        kl_field_of(c->program, i, &f);
        kl_buf_fmt(b, "%.*s, ", KL_FMT(kl_c_literal(c->arena, of(f.name))));
    }
    kl_buf_fmt(b, "0};\nconst char *const %.*s_outcomes[%.*s_OUTCOMES + 1] = {", KL_FMT(p), KL_FMT(P));
    for (uint32_t i = 0; i < c->info.outcomes; i++) {
        kl_outcome_info o;
        kl_outcome_of(c->program, i, &o);
        kl_buf_fmt(b, "%.*s, ", KL_FMT(kl_c_literal(c->arena, of(o.name))));
    }
    kl_buf_fmt(b, "0};\nconst char *const %.*s_assumptions[%.*s_ASSUMPTIONS + 1] = {", KL_FMT(p), KL_FMT(P));
    for (uint32_t i = 0; i < c->info.assumptions; i++) {
        kl_assumption_info a;
        kl_assumption_of(c->program, i, &a);
        kl_buf_fmt(b, "%.*s, ", KL_FMT(kl_c_literal(c->arena, of(a.name))));
    }
    kl_buf_fmt(b, "0};\n");
    for (uint32_t s = 0; s < c->info.sets; s++) {
        kl_set_info set;
        kl_set_of(c->program, s, &set);
        kl_buf_fmt(b, "const char *const %.*s_names[%u] = {", KL_FMT(c->set[s]), set.values ? set.values : 1);
        for (uint32_t v = 0; v < set.values; v++) {
            kl_value_info value;
            kl_value_of(c->program, s, v, &value);
            kl_buf_fmt(b, "%s%.*s", v ? ", " : "", KL_FMT(kl_c_literal(c->arena, of(value.name))));
        }
        kl_buf_fmt(b, "%s};\n", set.values ? "" : "0");
    }
    kl_buf_fmt(b, "\n");
}

static void lines(kl_buf *b, const char *const *text) {
    for (; *text; text++) kl_buf_str(b, kl_str_of(*text));
}

void kl_emit_c(kl_arena *a, const kl_program *program, kl_str image, kl_str include, kl_buf *header, kl_buf *source) {
    kl_c c = {.arena = a, .program = program, .view = kl_view_open(image)};
    kl_describe(program, &c.info);
    name_all(&c);
    kl_c_header(&c, header);
    kl_buf_fmt(source,
               "/* %.*s - see the header. Made by klausul %s; change the rules, not this file. */\n#include "
               "\"%.*s\"\n\n#include <string.h>\n\n",
               KL_FMT(include), KLAUSUL_VERSION, KL_FMT(include));
    names(&c, source);
    kl_buf_fmt(source, "typedef %.*s_record kr_record;\ntypedef %.*s_text kr_text;\n\n", KL_FMT(c.low), KL_FMT(c.low));
    kl_c_uses(&c, source);
    kl_c_tables(&c, source);
    lines(source, kl_one_record);
    lines(source, kl_one_number);
    kl_c_code(&c, source);
    kl_c_decision(&c, source);
}
