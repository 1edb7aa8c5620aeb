/* c_header.c - the header of generated C: enums for codes, fields, entries and outcomes, the record, the decision, the function.
 * May include: compiler/emit/c.h.
 * Start at kl_c_header(). */
#include "compiler/emit/c.h"

static void line(kl_buf *b, const char *text) {
    kl_buf_str(b, kl_str_of(text));
    kl_buf_add(b, "\n", 1);
}

static kl_str of(kl_string s) {
    return (kl_str){s.data, s.size};
}

/* enum { UP_GROUP_NAME, … UP_GROUPS } with the title of each. */
static void constants(kl_c *c, kl_buf *b, const char *what, uint32_t n, const kl_str *names,
                      kl_str (*title)(kl_c *, uint32_t)) {
    kl_buf_fmt(b, "enum {\n");
    for (uint32_t i = 0; i < n; i++) {
        kl_str t = title(c, i);
        kl_buf_fmt(b, "    %.*s,", KL_FMT(names[i]));
        if (t.n) kl_buf_fmt(b, " /* %.*s */", KL_FMT(t));
        kl_buf_fmt(b, "\n");
    }
    kl_buf_fmt(b, "    %.*s_%s = %u\n};\n", KL_FMT(c->up), what, n);
}

static kl_str field_title(kl_c *c, uint32_t i) {
    kl_field_info f;
    kl_field_of(c->program, i, &f);
    return kl_c_comment(c->arena, of(f.name));
}

static kl_str outcome_title(kl_c *c, uint32_t i) {
    kl_outcome_info o;
    kl_outcome_of(c->program, i, &o);
    return kl_c_comment(c->arena, of(o.name));
}

static kl_str assumption_title(kl_c *c, uint32_t i) {
    kl_assumption_info a;
    kl_assumption_of(c->program, i, &a);
    return kl_c_comment(c->arena, of(a.title));
}

static kl_str entry_title(kl_c *c, uint32_t i) {
    kl_entry_info e;
    kl_entry_of(c->program, i, &e);
    kl_str id = kl_c_comment(c->arena, of(e.id)), title = kl_c_comment(c->arena, of(e.title)),
           cite = kl_c_comment(c->arena, of(e.citation));
    return kl_str_fmt(c->arena, "%.*s%s%.*s%s%.*s%s", KL_FMT(id), title.n ? " - " : "", KL_FMT(title),
                      cite.n ? " [" : "", KL_FMT(cite), cite.n ? "]" : "");
}

static void value_sets(kl_c *c, kl_buf *b) {
    for (uint32_t s = 0; s < c->info.sets; s++) {
        kl_set_info set;
        kl_set_of(c->program, s, &set);
        kl_str title = kl_c_comment(c->arena, of(set.title.size ? set.title : set.name));
        kl_buf_fmt(b, "typedef enum %.*s { /* %.*s */\n", KL_FMT(c->set[s]), KL_FMT(title));
        for (uint32_t v = 0; v < set.values; v++) {
            kl_value_info value;
            kl_value_of(c->program, s, v, &value);
            kl_str label = kl_c_comment(c->arena, of(value.label.size ? value.label : value.name));
            kl_buf_fmt(b, "    %.*s%s /* %.*s */\n", KL_FMT(c->value[s][v]), v + 1 < set.values ? "," : "",
                       KL_FMT(label));
        }
        kl_buf_fmt(b, "} %.*s;\nextern const char *const %.*s_names[%u];\n", KL_FMT(c->set[s]), KL_FMT(c->set[s]),
                   set.values ? set.values : 1);
    }
}

/* The type of a value and what it counts. */
static void value_type(kl_c *c, kl_kind kind, uint32_t scale, uint32_t set, const char **type, kl_str *unit) {
    static const char *const units[] = {[KL_BOOL] = "",
                                        [KL_VALUES] = "",
                                        [KL_SET] = "",
                                        [KL_INTEGER] = "",
                                        [KL_DECIMAL] = "",
                                        [KL_MONEY] = "hundredths",
                                        [KL_DATE] = "days since 1970-01-01",
                                        [KL_MINUTES] = "minutes",
                                        [KL_DAYS] = "days",
                                        [KL_TEXT] = ""};
    *unit = kl_str_of(units[kind]);
    *type = "int64_t";
    if (kind == KL_BOOL) *type = "bool";
    if (kind == KL_SET) {
        *type = "uint64_t";
        *unit = kl_str_fmt(c->arena, "bit n: code n of %.*s", KL_FMT(c->set[set]));
    }
    if (kind == KL_VALUES) *type = kl_str_fmt(c->arena, "%.*s", KL_FMT(c->set[set])).p;
    if (kind == KL_TEXT) *type = kl_str_fmt(c->arena, "%.*s_text", KL_FMT(c->low)).p;
    if (kind == KL_DECIMAL) *unit = kl_str_fmt(c->arena, "scaled by 10^%u", scale);
    if (kind == KL_MONEY && c->info.currency.size)
        *unit = kl_str_fmt(c->arena, "hundredths of %.*s", (int)c->info.currency.size, c->info.currency.data);
}

static void record(kl_c *c, kl_buf *b) {
    line(b, "\n/* A record. All zero: nothing is known of it. */");
    kl_buf_fmt(b, "typedef struct %.*s_record {\n", KL_FMT(c->low));
    for (uint32_t i = 0; i < c->info.fields; i++) {
        kl_field_info f;
        const char *type;
        kl_str unit;
        kl_field_of(c->program, i, &f);
        value_type(c, f.kind, f.scale, f.set, &type, &unit);
        kl_buf_fmt(b, "    struct {\n        bool known;\n        %s value;%s%.*s%s\n    } %.*s;\n", type,
                   unit.n ? " /* " : "", KL_FMT(unit), unit.n ? " */" : "", KL_FMT(c->field[i]));
    }
    if (!c->info.fields) line(b, "    char unused;");
    kl_buf_fmt(b, "} %.*s_record;\n", KL_FMT(c->low));
}

static void many_columns(kl_c *c, kl_buf *b, uint32_t i, const kl_outcome_info *o) {
    kl_buf_fmt(b, "        struct {\n            %.*s_state state; /* decided: it is in; undetermined: it may be */\n",
               KL_FMT(c->low));
    for (uint32_t k = 0; k < o->columns; k++) {
        kl_column_info column;
        const char *type;
        kl_str unit;
        kl_outcome_column(c->program, i, k, &column);
        value_type(c, column.kind, column.scale, column.set, &type, &unit);
        kl_buf_fmt(b, "            struct {\n                %.*s_state state;\n                %s value;%s%.*s%s\n",
                   KL_FMT(c->low), type, unit.n ? " /* " : "", KL_FMT(unit), unit.n ? " */" : "");
        kl_buf_fmt(b, "                %.*s_text document;\n            } %.*s;\n", KL_FMT(c->low),
                   KL_FMT(c->column[i][k]));
    }
    kl_buf_fmt(b, "        } entries[%u];\n        size_t count;\n", o->slots ? o->slots : 1);
}

static void decision(kl_c *c, kl_buf *b) {
    const kl_str p = c->low, P = c->up;
    line(b,
         "\n/* What was decided. Sets are bits: bit n of word n / 64; of entries, fields, assumptions or outcomes. */");
    kl_buf_fmt(b, "typedef struct %.*s_decision {\n", KL_FMT(p));
    for (uint32_t i = 0; i < c->info.outcomes; i++) {
        kl_outcome_info o;
        const char *type;
        kl_str unit;
        kl_outcome_of(c->program, i, &o);
        kl_buf_fmt(b, "    struct {\n        %.*s_state state;\n        %.*s_reason reason; /* of none */\n", KL_FMT(p),
                   KL_FMT(p));
        if (o.many) {
            many_columns(c, b, i, &o);
        } else {
            value_type(c, o.kind, o.scale, o.set, &type, &unit);
            kl_buf_fmt(b, "        %s value; /* decided%s%.*s */\n        %.*s_text document; /* external */\n", type,
                       unit.n ? "; " : "", KL_FMT(unit), KL_FMT(p));
            if (o.audited != KL_INDEX_NONE) kl_buf_fmt(b, "        %.*s_audit audit;\n", KL_FMT(p));
        }
        kl_buf_fmt(b, "        uint64_t by[%.*s_WORDS(%.*s_ENTRIES)], by_one_of[%.*s_WORDS(%.*s_ENTRIES)];\n",
                   KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P));
        kl_buf_fmt(b, "        %.*s_waiting waiting; /* undetermined */\n    } %.*s;\n", KL_FMT(p),
                   KL_FMT(c->outcome[i]));
    }
    kl_buf_fmt(b, "    %.*s_waiting waiting; /* of all outcomes */\n", KL_FMT(p));
    kl_buf_fmt(b, "    uint64_t findings[%.*s_WORDS(%.*s_ENTRIES)], warnings[%.*s_WORDS(%.*s_ENTRIES)];\n", KL_FMT(P),
               KL_FMT(P), KL_FMT(P), KL_FMT(P));
    kl_buf_fmt(b, "    uint64_t blocked_by[%.*s_WORDS(%.*s_ENTRIES)], assumptions[%.*s_WORDS(%.*s_ASSUMPTIONS)];\n",
               KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P));
    kl_buf_fmt(b, "    unsigned char clauses[%.*s_ENTRIES + 1]; /* the trace: %.*s_truth of each entry */\n", KL_FMT(P),
               KL_FMT(p));
    kl_buf_fmt(b, "} %.*s_decision;\n", KL_FMT(p));
}

static void fixed_types(kl_c *c, kl_buf *b) {
    const kl_str p = c->low, P = c->up;
    kl_buf_fmt(b, "#define %.*s_WORDS(n) (((n) + 63) / 64 + ((n) == 0))\n\n", KL_FMT(P));
    kl_buf_fmt(b,
               "typedef struct %.*s_text { /* UTF-8, not ended by a zero byte */\n    const char *data;\n    size_t "
               "size;\n} %.*s_text;\n",
               KL_FMT(p), KL_FMT(p));
    kl_buf_fmt(
        b,
        "typedef enum %.*s_state {\n    %.*s_DECIDED,\n    %.*s_NOT_STATED,\n    %.*s_EXTERNAL,\n    %.*s_NONE,\n"
        "    %.*s_UNDETERMINED,\n    %.*s_CONFLICT,\n    %.*s_ERROR\n} %.*s_state;\n",
        KL_FMT(p), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(p));
    kl_buf_fmt(b,
               "typedef enum %.*s_reason {\n    %.*s_NO_CLAUSE,\n    %.*s_OUTSIDE_SCOPE,\n    %.*s_NOT_IN_FORCE\n} "
               "%.*s_reason;\n",
               KL_FMT(p), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(p));
    kl_buf_fmt(b,
               "typedef enum %.*s_truth {\n    %.*s_NO,\n    %.*s_YES,\n    %.*s_UNKNOWN,\n    %.*s_NOT_APPLICABLE\n} "
               "%.*s_truth;\n",
               KL_FMT(p), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(p));
    kl_buf_fmt(b,
               "typedef enum %.*s_audit { /* what was registered */\n    %.*s_NOT_AUDITED,\n    %.*s_AGREES,\n    "
               "%.*s_DIFFERS,\n"
               "    %.*s_REGISTERED_UNKNOWN,\n    %.*s_POSSIBLE\n} %.*s_audit;\n",
               KL_FMT(p), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(p));
}

static void waiting(kl_c *c, kl_buf *b) {
    const kl_str p = c->low, P = c->up;
    kl_buf_fmt(
        b,
        "typedef struct %.*s_waiting { /* why something is undetermined */\n"
        "    uint64_t missing[%.*s_WORDS(%.*s_FIELDS)], assumptions[%.*s_WORDS(%.*s_ASSUMPTIONS)];\n"
        "    uint64_t editions[%.*s_WORDS(%.*s_ENTRIES)]; /* entries of which another edition is not at hand */\n"
        "    uint64_t outcomes[%.*s_WORDS(%.*s_OUTCOMES)];\n} %.*s_waiting;\n",
        KL_FMT(p), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(P), KL_FMT(p));
}

void kl_c_header(kl_c *c, kl_buf *b) {
    const kl_str p = c->low, P = c->up;
    kl_str name = kl_c_comment(c->arena, of(c->info.name)), edition = kl_c_comment(c->arena, of(c->info.edition)),
           document = kl_c_comment(c->arena, of(c->info.document));
    kl_buf_fmt(b, "/* %.*s %.*s - decides one record. Made by klausul %s; change the rules, not this file.\n",
               KL_FMT(name), KL_FMT(edition), KLAUSUL_VERSION);
    kl_buf_fmt(b, " * %.*s\n * sha256 of the rules: ", KL_FMT(document));
    for (int i = 0; i < 32; i++) kl_buf_fmt(b, "%02x", (unsigned)c->info.source_hash[i]);
    kl_buf_fmt(b, "\n * C11, no heap, no library but memcmp and memset. */\n#ifndef %.*s_H\n#define %.*s_H\n\n",
               KL_FMT(P), KL_FMT(P));
    line(b, "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" "
            "{\n#endif\n");
    value_sets(c, b);
    constants(c, b, "FIELDS", c->info.fields, c->FIELD, field_title);
    constants(c, b, "OUTCOMES", c->info.outcomes, c->OUTCOME, outcome_title);
    constants(c, b, "ASSUMPTIONS", c->info.assumptions, c->ASSUMPTION, assumption_title);
    constants(c, b, "ENTRIES", c->info.entries, c->ENTRY, entry_title);
    fixed_types(c, b);
    waiting(c, b);
    record(c, b);
    decision(c, b);
    kl_buf_fmt(b,
               "\ntypedef struct %.*s_entry { /* a clause, item, exception, requirement, rule, row … and where the "
               "document says it */\n"
               "    const char *id, *title, *citation;\n} %.*s_entry;\n"
               "extern const %.*s_entry %.*s_entries[%.*s_ENTRIES + 1];\n"
               "extern const char *const %.*s_fields[%.*s_FIELDS + 1], *const %.*s_outcomes[%.*s_OUTCOMES + 1];\n"
               "extern const char *const %.*s_assumptions[%.*s_ASSUMPTIONS + 1];\n\n",
               KL_FMT(p), KL_FMT(p), KL_FMT(p), KL_FMT(p), KL_FMT(P), KL_FMT(p), KL_FMT(P), KL_FMT(p), KL_FMT(P),
               KL_FMT(p), KL_FMT(P));
    kl_buf_fmt(
        b,
        "/* Decides the record. Returns -1, or the field that holds what it cannot (a code past its set, a "
        "number past\n"
        " * 10^15, a date past the calendar, a text without data) or that the rules require and is unknown; then\n"
        " * nothing is decided. Uses some %s of stack; safe in threads. */\n"
        "int %.*s_decide(const %.*s_record *record, %.*s_decision *decision);\n",
        kl_c_stack(c).p, KL_FMT(p), KL_FMT(p), KL_FMT(p));
    line(b, "\n#ifdef __cplusplus\n}\n#endif\n#endif");
}
