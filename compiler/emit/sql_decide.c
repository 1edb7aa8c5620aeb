/* sql_decide.c - slots as SQL: by the truths of rules and rows where these settle it, else by the diagram, every branch taken where a fact is unknown.
 * May include: compiler/emit/sql.h.
 * Start at kl_sql_decide(); the diagrams' nodes and edges are tables of constants (kl_sql_tables()). */
#include "compiler/emit/sql.h"

/* Decisions that are no result. */
enum { OPEN = -1, MIXED_NONE = -3 };

static uint32_t slot_word(const kl_sql *q, uint32_t slot, uint32_t w) {
    return kl_sql_word(q, KL_S_SLOTS, slot, w);
}

static uint32_t result_word(const kl_sql *q, uint32_t r, uint32_t w) {
    return kl_sql_word(q, KL_S_RESULTS, r, w);
}

/* ------------------------------------------------------------------ tables of constants */
/* The order in which a slot's diagram asks its questions: 1, 2, …; one that holds on every path. */
static void order_questions(const kl_sql *q, uint32_t slot, uint32_t *level) {
    uint32_t first = slot_word(q, slot, KL_L_FIRST_NODE), n = slot_word(q, slot, KL_L_NODES);
    for (bool changed = true; changed;) { /* longest way down to each question; children have lower indexes */
        changed = false;
        for (uint32_t x = first + n; x-- > first;) {
            uint32_t own = kl_sql_word(q, KL_S_NODES, x, 0), from = kl_sql_word(q, KL_S_NODES, x, 1);
            uint32_t to =
                x + 1 < q->view.rows[KL_S_NODES] ? kl_sql_word(q, KL_S_NODES, x + 1, 1) : q->view.rows[KL_S_EDGES];
            if (level[own] == 0) level[own] = 1;
            for (uint32_t e = from; e < to; e++) {
                uint32_t child = kl_sql_word(q, KL_S_EDGES, e, 0);
                if (child & KL_TERMINAL) continue;
                uint32_t below = kl_sql_word(q, KL_S_NODES, child, 0);
                if (level[below] > level[own]) continue;
                level[below] = level[own] + 1;
                changed = true;
            }
        }
    }
    /* questions on one level are told apart, so that a pair of nodes asks one question at a time */
    for (uint32_t i = 0; i < q->view.rows[KL_S_QUESTIONS]; i++)
        if (level[i]) level[i] = level[i] * q->view.rows[KL_S_QUESTIONS] + i;
}

static long long child_number(uint32_t child) {
    return child & KL_TERMINAL ? -1 - (long long)(child & ~KL_TERMINAL) : (long long)child;
}

typedef struct rows { /* a list of constants under way */
    kl_buf *out;
    uint32_t n;
    const kl_dialect *dialect;
} rows;

static void row(rows *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void row(rows *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    kl_str s = kl_str_vfmt(r->out->arena, format, args);
    va_end(args);
    const kl_dialect *d = r->dialect;
    uint32_t in_statement = d->rows_most ? r->n % d->rows_most : r->n;
    if (r->n && in_statement == 0) kl_buf_fmt(r->out, "%c", KL_SQL_MORE);
    kl_str between = kl_str_of(d->between);
    if (in_statement == 0)
        kl_buf_fmt(r->out, "%s", d->rows);
    else if (in_statement % d->rows_in_line)
        kl_buf_str(r->out, between);
    else
        kl_buf_fmt(r->out, "%.*s\n    ", (int)between.n - 1, between.p);
    kl_buf_str(r->out, kl_sql_fill(r->out->arena, d->row, s, s, s));
    r->n++;
}

/* An empty table still has columns. */
static void end_rows(rows *r, uint32_t columns) {
    if (r->n == 0) {
        kl_buf_fmt(r->out, "\n  SELECT");
        for (uint32_t i = 0; i < columns; i++) kl_buf_fmt(r->out, "%s CAST(NULL AS integer)", i ? "," : "");
        kl_buf_fmt(r->out, "%s WHERE 1 = 0", r->dialect->from_nothing);
    }
}

static bool tagged(uint32_t kind) {
    return kind == KL_Q_DERIVED || kind == KL_Q_CODES || kind == KL_Q_SAME;
}

/* Whether answer `i` is among those tried where the question is open; `values`: of the tags only none. */
static bool tried(const kl_sql *q, uint32_t question, uint32_t i, bool values) {
    static const uint32_t flag_of[] = {KL_QUESTION_MAY_BE_ERROR, KL_QUESTION_MAY_BE_NONE, KL_QUESTION_MAY_BE_NOT_STATED,
                                       KL_QUESTION_MAY_BE_EXTERNAL, KL_QUESTION_MAY_BE_CONFLICT};
    uint32_t cells = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_CELLS);
    if (i < cells) return true;
    uint32_t flag = flag_of[i - cells];
    return (kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_FLAGS) & flag) &&
           (!values || flag == KL_QUESTION_MAY_BE_NONE);
}

static void nodes_of_slot(kl_sql *q, uint32_t slot, rows *nodes, rows *edges, rows *siblings, int what) {
    uint32_t *level = kl_alloc_array(q->arena, q->view.rows[KL_S_QUESTIONS] + 1, sizeof *level);
    uint32_t first = slot_word(q, slot, KL_L_FIRST_NODE), n = slot_word(q, slot, KL_L_NODES);
    if (what == 0) order_questions(q, slot, level);
    for (uint32_t x = first; x < first + n; x++) {
        uint32_t question = kl_sql_word(q, KL_S_NODES, x, 0), from = kl_sql_word(q, KL_S_NODES, x, 1);
        uint32_t answers = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_CELLS) +
                           (tagged(kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_KIND)) ? 5 : 0);
        if (what == 0) row(nodes, "%u, %u, %u", x, question, level[question]);
        uint32_t last = KL_ABSENT;
        for (uint32_t i = 0; i < answers; i++) {
            uint32_t child = kl_sql_word(q, KL_S_EDGES, from + i, 0);
            bool open = tried(q, question, i, false);
            if (what == 1)
                row(edges, "%u, %u, %lld, %d, %d", x, i, child_number(child), open, tried(q, question, i, true));
            if (what == 2 && open && last != KL_ABSENT && last != child)
                row(siblings, "%u, %u, %lld, %lld", x, question, child_number(last), child_number(child));
            if (open) last = child;
        }
    }
}

static void refs_of(kl_sql *q, rows *r, long long owner, uint32_t first, uint32_t count) {
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t kind = kl_sql_word(q, KL_S_REFS, i, 0), index = kl_sql_word(q, KL_S_REFS, i, 1);
        kl_assumption_info a;
        if (kind == KL_REF_ASSUMPTION) {
            kl_assumption_of(q->program, index, &a);
            if (a.has_value) continue;
        }
        row(r, "%lld, %u, %u", owner, kind, index);
    }
}

void kl_sql_tables(kl_sql *q) {
    static const char *const heads[] = {"nodes(node, question, place)",
                                        "edges(node, answer, child, tried, \"as value\")",
                                        "siblings(node, question, one, other)"};
    for (int what = 0; what < 3; what++) {
        kl_sql_begin(q, true, what == 0 ? "the diagrams: node, the question it asks, and in which order" : NULL, "%s",
                     heads[what]);
        rows r = {q->out, 0, q->d};
        for (uint32_t s = 0; s < q->view.rows[KL_S_SLOTS]; s++)
            if (slot_word(q, s, KL_L_ROOT) != KL_ABSENT) nodes_of_slot(q, s, &r, &r, &r, what);
        end_rows(&r, what == 0 ? 3 : what == 1 ? 5 : 4);
    }
    kl_sql_begin(
        q, true,
        "what questions (0, 1 ...) and results (-1, -2 ...) hang on: 0 field, 1 assumption, 2 outcome, 3 edition",
        "\"reads\"(owner, kind, number)");
    rows r = {q->out, 0, q->d};
    for (uint32_t i = 0; i < q->view.rows[KL_S_QUESTIONS]; i++) {
        if (kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_KIND) == KL_Q_EDITION)
            row(&r, "%u, 4, %u", i, kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_SOURCE));
        refs_of(q, &r, i, kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_FIRST_REF),
                kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_REFS));
    }
    for (uint32_t i = 0; i < q->view.rows[KL_S_RESULTS]; i++) {
        if (result_word(q, i, KL_R_KIND) == KL_RESULT_OPEN)
            row(&r, "%lld, 4, %u", -1 - (long long)i, result_word(q, i, KL_R_VALUE));
        refs_of(q, &r, -1 - (long long)i, result_word(q, i, KL_R_FIRST_REF), result_word(q, i, KL_R_REFS));
    }
    end_rows(&r, 3);
}

/* ------------------------------------------------------------------ what a result is for a record */
/* A text that two results share exactly when they are equal: state and value; NULL: undetermined. */
kl_str kl_sql_told(kl_sql *q, uint32_t r) {
    uint32_t kind = result_word(q, r, KL_R_KIND), value = result_word(q, r, KL_R_VALUE);
    kl_arena *a = q->arena;
    const char *join = q->d->join;
    switch (kind) {
    case KL_RESULT_NONE: return KL_STR("'none'");
    case KL_RESULT_CONST: return kl_str_fmt(a, "'= %lld'", (long long)kl_view_const(&q->view, value));
    case KL_RESULT_TEXT:
        return kl_sql_quoted(
            q, kl_str_fmt(a, "= %.*s%s", KL_FMT(kl_view_text(&q->view, KL_S_TEXTS, value, 0)), q->d->stop));
    case KL_RESULT_EXTERNAL: return kl_str_fmt(a, "'external %u'", value);
    case KL_RESULT_NOT_STATED: return KL_STR("'not_stated'");
    case KL_RESULT_CONFLICT: return KL_STR("'conflict'");
    case KL_RESULT_ERROR: return KL_STR("'error'");
    case KL_RESULT_NUMBER:
        return kl_str_fmt(a,
                          "CASE %.*s WHEN 0 THEN '= ' %s CAST(%.*s AS %s) WHEN 2 THEN 'none' WHEN 3 THEN "
                          "'not_stated' WHEN 4 THEN 'external ' %s CAST(%.*s AS %s)"
                          " WHEN 5 THEN 'conflict' WHEN 7 THEN 'error' END",
                          KL_FMT(q->number[value].tag), join, KL_FMT(q->number[value].value), q->d->digits, join,
                          KL_FMT(q->number[value].value), q->d->digits);
    case KL_RESULT_FIELD: return kl_sql_told_field(q, value);
    default: return kl_str_fmt(a, "CAST(NULL AS %s)", q->d->digits);
    }
}

/* '= ' and the text, or nothing of a field that is unknown: where NULL is an empty text that must be said. */
static kl_str told_as(kl_sql *q, kl_str field, kl_str text) {
    kl_str told = kl_str_fmt(q->arena, "'= ' %s %.*s", q->d->join, KL_FMT(text));
    if (!q->d->empty_is_null) return told;
    return kl_str_fmt(q->arena, "CASE WHEN %.*s IS NOT NULL THEN %.*s END", KL_FMT(field), KL_FMT(told));
}

kl_str kl_sql_told_field(kl_sql *q, uint32_t value) {
    kl_arena *a = q->arena;
    const char *join = q->d->join;
    kl_str f = q->field[value];
    switch ((kl_kind)kl_sql_word(q, KL_S_FIELDS, value, KL_F_TYPE)) {
    case KL_TEXT:
        if (!*q->d->stop) return told_as(q, f, f);
        return told_as(q, f, kl_str_fmt(a, "%.*s %s '%s'", KL_FMT(f), join, q->d->stop));
    case KL_SET: {
        kl_buf b;
        kl_set_info set;
        uint32_t of = kl_sql_word(q, KL_S_FIELDS, value, KL_F_SET);
        kl_buf_init(&b, a);
        kl_set_of(q->program, of, &set);
        kl_buf_fmt(&b, "CASE WHEN %.*s IS NOT NULL THEN '= ' %s CAST(0", KL_FMT(f), join);
        for (uint32_t c = 0; c < set.values; c++) {
            kl_value_info v;
            kl_value_of(q->program, of, c, &v);
            kl_buf_fmt(&b, " + CASE WHEN %.*s THEN %lld ELSE 0 END", KL_FMT(kl_sql_held(q, f, kl_sql_string(v.name))),
                       (long long)(1ull << c)); /* as a constant is told: the 64th code is the sign */
        }
        kl_buf_fmt(&b, " AS %s) END", q->d->digits);
        return kl_buf_view(&b);
    }
    case KL_BOOL:
        f = kl_sql_holds(q, f);
        return kl_str_fmt(a, "CASE WHEN %.*s THEN '= 1' WHEN NOT %.*s THEN '= 0' END", KL_FMT(f), KL_FMT(f));
    case KL_VALUES: {
        kl_buf b;
        kl_set_info set;
        uint32_t of = kl_sql_word(q, KL_S_FIELDS, value, KL_F_SET);
        kl_buf_init(&b, a);
        kl_set_of(q->program, of, &set);
        kl_buf_fmt(&b, "CASE %.*s", KL_FMT(f));
        for (uint32_t c = 0; c < set.values; c++)
            kl_buf_fmt(&b, " WHEN %.*s THEN '= %u'", KL_FMT(kl_sql_code(q, of, c)), c);
        kl_buf_fmt(&b, " END");
        return kl_buf_view(&b);
    }
    case KL_DATE:
        return told_as(q, f,
                       kl_str_fmt(a, "CAST(%.*s AS %s)", KL_FMT(kl_sql_fill(a, q->d->days, f, f, f)), q->d->digits));
    default: return told_as(q, f, kl_str_fmt(a, "CAST(%.*s AS %s)", KL_FMT(f), q->d->digits));
    }
}

/* ------------------------------------------------------------------ settled by the rules and rows */
static kl_str any_fires(kl_sql *q, uint32_t slot, uint32_t result, bool others) {
    kl_buf b;
    uint32_t first = slot_word(q, slot, KL_L_FIRST_CANDIDATE), end = first + slot_word(q, slot, KL_L_CANDIDATES);
    kl_buf_init(&b, q->arena);
    for (uint32_t c = first; c < end; c++)
        if ((kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_RESULT) == result) != others)
            kl_buf_fmt(&b, "%s%.*s", b.n ? " OR " : "",
                       KL_FMT(kl_sql_truth(q, kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_FIRES))));
    return kl_buf_view(&b);
}

enum { SETTLED_MOST = 40 }; /* distinct results; with more the diagram is quicker */

static kl_str settled(kl_sql *q, uint32_t slot) {
    kl_buf b;
    uint32_t first = slot_word(q, slot, KL_L_FIRST_CANDIDATE), end = first + slot_word(q, slot, KL_L_CANDIDATES),
             results[SETTLED_MOST], n = 0;
    kl_str scope = kl_sql_truth(q, kl_sql_word(q, KL_S_GUIDELINE, 0, KL_G_SCOPE));
    kl_buf_init(&b, q->arena);
    for (uint32_t c = first; c < end && n < SETTLED_MOST; c++) {
        uint32_t r = kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_RESULT), k = 0;
        while (k < n && results[k] != r) k++;
        if (k == n) results[n++] = r;
    }
    if (n == SETTLED_MOST) return kl_str_fmt(q->arena, "CAST(NULL AS integer)");
    uint32_t otherwise = slot_word(q, slot, KL_L_OTHERWISE);
    kl_str all = any_fires(q, slot, KL_ABSENT, true);
    kl_buf_fmt(&b, "CASE WHEN %.*s THEN CASE", KL_FMT(scope));
    if (all.n)
        kl_buf_fmt(&b, "\n        WHEN NOT (%.*s) THEN %u", KL_FMT(all), otherwise);
    else
        kl_buf_fmt(&b, " WHEN 1 = 1 THEN %u", otherwise);
    for (uint32_t k = 0; k < n; k++) {
        kl_str own = any_fires(q, slot, results[k], false), others = any_fires(q, slot, results[k], true);
        if (results[k] == otherwise && others.n)
            kl_buf_fmt(&b, "\n        WHEN NOT (%.*s) THEN %u", KL_FMT(others), otherwise);
        else
            kl_buf_fmt(&b, "\n        WHEN (%.*s)%s%.*s%s THEN %u", KL_FMT(own), others.n ? " AND NOT (" : "",
                       KL_FMT(others), others.n ? ")" : "", results[k]);
    }
    uint32_t period = KL_ABSENT;
    for (uint32_t e = 0; e < q->info.entries && period == KL_ABSENT; e++)
        if (kl_sql_word(q, KL_S_ENTRIES, e, KL_E_KIND) == KL_ENTRY_PERIOD)
            period = kl_sql_word(q, KL_S_ENTRIES, e, KL_E_TRUTH);
    kl_buf_fmt(&b, " END\n      WHEN NOT %.*s", KL_FMT(scope));
    if (period == KL_ABSENT)
        kl_buf_fmt(&b, " THEN %u END", slot_word(q, slot, KL_L_OUTSIDE));
    else
        kl_buf_fmt(&b, " THEN CASE WHEN %.*s THEN %u WHEN NOT %.*s THEN %u END END", KL_FMT(kl_sql_truth(q, period)),
                   slot_word(q, slot, KL_L_OUTSIDE), KL_FMT(kl_sql_truth(q, period)),
                   slot_word(q, slot, KL_L_NOT_IN_FORCE));
    return kl_buf_view(&b);
}

/* ------------------------------------------------------------------ questions */
/* CASE … END: the number of the answer, NULL where it is open. `value`: what is compared with the cuts. */
static kl_str cells(kl_sql *q, uint32_t question, kl_str value, kl_str (*cut)(kl_sql *, uint32_t)) {
    kl_buf b;
    uint32_t first = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_FIRST_CUT),
             n = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_CUTS);
    kl_buf_init(&b, q->arena);
    kl_buf_fmt(&b, "CASE");
    for (uint32_t k = n; k-- > 0;)
        kl_buf_fmt(&b, " WHEN %.*s >= %.*s THEN %u", KL_FMT(value), KL_FMT(cut(q, first + k)), k + 1);
    kl_buf_fmt(&b, " WHEN %.*s IS NOT NULL THEN 0 END", KL_FMT(value));
    return kl_buf_view(&b);
}

static kl_str number_cut(kl_sql *q, uint32_t at) {
    return kl_str_fmt(q->arena, "%lld", (long long)kl_view_const(&q->view, kl_sql_word(q, KL_S_CUTS, at, 0)));
}

static kl_str date_cut(kl_sql *q, uint32_t at) {
    int64_t v = kl_view_const(&q->view, kl_sql_word(q, KL_S_CUTS, at, 0));
    return kl_sql_date(q, v < KL_DATE_MIN ? KL_DATE_MIN : v > KL_DATE_MAX ? KL_DATE_MAX : v);
}

static kl_str with_tags(kl_sql *q, kl_sql_number n, kl_str of_value, uint32_t count) {
    return kl_str_fmt(
        q->arena,
        "CASE %.*s WHEN 0 THEN %.*s WHEN 7 THEN %u WHEN 2 THEN %u WHEN 3 THEN %u WHEN 4 THEN %u WHEN 5 THEN %u END",
        KL_FMT(n.tag), KL_FMT(of_value), count, count + 1, count + 2, count + 3, count + 4);
}

static kl_str of_codes(kl_sql *q, uint32_t question, kl_str value, uint32_t set) {
    kl_buf b;
    uint32_t first = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_FIRST_CUT),
             n = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_CUTS);
    kl_buf_init(&b, q->arena);
    kl_buf_fmt(&b, "CASE %.*s", KL_FMT(value));
    for (uint32_t k = 0; k < n; k++) {
        kl_str code = set == KL_ABSENT ? kl_str_fmt(q->arena, "%u", k) : kl_sql_code(q, set, k);
        kl_buf_fmt(&b, " WHEN %.*s THEN %u", KL_FMT(code), kl_sql_word(q, KL_S_CUTS, first + k, 0));
    }
    kl_buf_fmt(&b, " END");
    return kl_buf_view(&b);
}

static kl_str same_question(kl_sql *q, uint32_t question, uint32_t count) {
    uint32_t one = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_SOURCE),
             other = kl_sql_word(q, KL_S_CUTS, kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_FIRST_CUT), 0);
    kl_str x = kl_sql_exact(q, kl_sql_told(q, one)), y = kl_sql_exact(q, kl_sql_told(q, other));
    return kl_str_fmt(
        q->arena,
        "CASE WHEN (%.*s) = 'conflict' OR (%.*s) = 'conflict' THEN 0 WHEN (%.*s) IS NULL OR (%.*s) IS NULL THEN NULL"
        " WHEN (%.*s) = 'error' OR (%.*s) = 'error' THEN %u WHEN (%.*s) = (%.*s) THEN 1 ELSE 0 END",
        KL_FMT(x), KL_FMT(y), KL_FMT(x), KL_FMT(y), KL_FMT(x), KL_FMT(y), count, KL_FMT(x), KL_FMT(y));
}

static kl_str answer(kl_sql *q, uint32_t question) {
    uint32_t kind = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_KIND),
             source = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_SOURCE),
             count = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_CELLS);
    switch (kind) {
    case KL_Q_TRUTH:
        return kl_str_fmt(q->arena, "CASE WHEN %.*s THEN 1 WHEN NOT %.*s THEN 0 END", KL_FMT(kl_sql_truth(q, source)),
                          KL_FMT(kl_sql_truth(q, source)));
    case KL_Q_VALUES: return of_codes(q, question, q->field[source], kl_sql_word(q, KL_S_FIELDS, source, KL_F_SET));
    case KL_Q_NUMBER: {
        bool date = kl_sql_word(q, KL_S_FIELDS, source, KL_F_TYPE) == KL_TYPE_DATE;
        return cells(q, question, q->field[source], date ? date_cut : number_cut);
    }
    case KL_Q_TEXT: {
        kl_buf b;
        uint32_t first = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_FIRST_CUT),
                 n = kl_sql_word(q, KL_S_QUESTIONS, question, KL_Q_CUTS);
        kl_buf_init(&b, q->arena);
        kl_buf_fmt(&b, "CASE");
        for (uint32_t k = 0; k < n; k++)
            kl_buf_fmt(&b, " WHEN %.*s THEN %u",
                       KL_FMT(kl_sql_same_text(
                           q, q->field[source],
                           kl_view_text(&q->view, KL_S_TEXTS, kl_sql_word(q, KL_S_CUTS, first + k, 0), 0))),
                       k);
        kl_buf_fmt(&b, " WHEN %.*s IS NOT NULL THEN %u END", KL_FMT(q->field[source]), n);
        return kl_buf_view(&b);
    }
    case KL_Q_DERIVED:
        return with_tags(q, q->number[source], cells(q, question, q->number[source].value, number_cut), count);
    case KL_Q_CODES:
        return with_tags(q, q->number[source], of_codes(q, question, q->number[source].value, KL_ABSENT), count);
    case KL_Q_SAME: return same_question(q, question, count);
    default: return KL_STR("CAST(NULL AS integer)"); /* an edition that is not at hand */
    }
}

/* ------------------------------------------------------------------ deciding */
static bool in_diagram(const kl_sql *q, uint32_t slot, uint32_t question) {
    uint32_t first = slot_word(q, slot, KL_L_FIRST_NODE), n = slot_word(q, slot, KL_L_NODES);
    for (uint32_t x = first; x < first + n; x++)
        if (kl_sql_word(q, KL_S_NODES, x, 0) == question) return true;
    return false;
}

static void answers(kl_sql *q, const uint32_t *slots, uint32_t n, uint32_t block) {
    bool some = false;
    kl_sql_begin(q, true, "what each unsettled record answers; NULL: open", "answers%u(record, question, answer)",
                 block);
    for (uint32_t i = 0; i < q->view.rows[KL_S_QUESTIONS]; i++) {
        bool asked = false;
        for (uint32_t k = 0; k < n && !asked; k++) asked = in_diagram(q, slots[k], i);
        if (!asked) continue;
        kl_str unsettled = kl_sql_holds(q, kl_str_fmt(q->arena, "\"unsettled%u\"", block));
        kl_buf_fmt(q->out, "%s\n  SELECT \"#\", %u, %.*s FROM s%u WHERE %.*s", some ? " UNION ALL" : "", i,
                   KL_FMT(answer(q, i)), q->stage, KL_FMT(unsettled));
        some = true;
    }
    if (!some) kl_buf_fmt(q->out, "\n  SELECT \"#\", 0, 0 FROM s%u WHERE 1 = 0", q->stage);
}

/* The most questions that the diagram asks of one record. */
uint32_t kl_sql_depth(const kl_sql *q, uint32_t slot) {
    uint32_t first = slot_word(q, slot, KL_L_FIRST_NODE), n = slot_word(q, slot, KL_L_NODES), most = 0;
    uint32_t *deep = kl_alloc_array(q->arena, n + 1, sizeof *deep);
    for (uint32_t x = first; x < first + n; x++) { /* children first */
        uint32_t from = kl_sql_word(q, KL_S_NODES, x, 1);
        uint32_t to =
            x + 1 < q->view.rows[KL_S_NODES] ? kl_sql_word(q, KL_S_NODES, x + 1, 1) : q->view.rows[KL_S_EDGES];
        for (uint32_t e = from; e < to; e++) {
            uint32_t child = kl_sql_word(q, KL_S_EDGES, e, 0);
            if (!(child & KL_TERMINAL) && deep[child - first] > deep[x - first]) deep[x - first] = deep[child - first];
        }
        if (++deep[x - first] > most) most = deep[x - first];
    }
    return most;
}

/* Where each slot's diagram may lead: step by step, every branch taken where the answer is open. */
static void reach(kl_sql *q, const uint32_t *slots, uint32_t n, uint32_t block) {
    uint32_t steps = 0;
    kl_sql_begin(q, true, "where each diagram may lead, step by step: every branch is taken where the answer is open",
                 "reach%u_0(record, slot, mode, node)", block);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t deep = kl_sql_depth(q, slots[k]);
        if (deep > steps) steps = deep;
        for (int mode = 0; mode < 2; mode++) {
            if (mode == 1 &&
                kl_sql_word(q, KL_S_OUTCOMES, slot_word(q, slots[k], KL_L_OUTCOME), KL_O_AUDITED) == KL_ABSENT)
                continue;
            kl_buf_fmt(q->out, "%s\n  SELECT \"#\", %u, %d, %lld FROM s%u WHERE %.*s", k || mode ? " UNION ALL" : "",
                       slots[k], mode, child_number(slot_word(q, slots[k], KL_L_ROOT)), q->stage,
                       KL_FMT(mode ? kl_sql_holds(q, kl_str_fmt(q->arena, "\"unsettled%u\"", block))
                                   : kl_str_fmt(q->arena, "\"d%u settled\" IS NULL", slots[k])));
        }
    }
    if (!n) kl_buf_fmt(q->out, "\n  SELECT \"#\", 0, 0, 0 FROM s%u WHERE 1 = 0", q->stage);
    for (uint32_t i = 0; i < steps; i++) {
        kl_sql_begin(q, true, NULL, "reach%u_%u(record, slot, mode, node)", block, i + 1);
        kl_buf_fmt(q->out,
                   "\n  SELECT DISTINCT r.record, r.slot, r.mode, e.child\n"
                   "  FROM reach%u_%u r JOIN nodes n ON n.node = r.node JOIN answers%u a ON a.record = r.record AND "
                   "a.question = n.question\n"
                   "    JOIN edges e ON e.node = r.node WHERE e.answer = a.answer OR (a.answer IS NULL AND e.tried = 1 "
                   "AND (r.mode = 0 OR e.\"as value\" = 1))",
                   block, i, block);
    }
    kl_sql_begin(q, true, NULL, "reach%u(record, slot, mode, node)", block);
    for (uint32_t i = 0; i <= steps; i++)
        kl_buf_fmt(q->out, "%s\n  SELECT record, slot, mode, node FROM reach%u_%u", i ? " UNION" : "", block, i);
}

/* Marks the results that the slot's diagram may end in. */
void kl_sql_terminals(const kl_sql *q, uint32_t slot, bool *wanted) {
    uint32_t first = slot_word(q, slot, KL_L_FIRST_NODE), last = first + slot_word(q, slot, KL_L_NODES);
    uint32_t root = slot_word(q, slot, KL_L_ROOT);
    if (root != KL_ABSENT && root & KL_TERMINAL) wanted[root & ~KL_TERMINAL] = true;
    if (first == last) return;
    uint32_t from = kl_sql_word(q, KL_S_NODES, first, 1),
             to = last < q->view.rows[KL_S_NODES] ? kl_sql_word(q, KL_S_NODES, last, 1) : q->view.rows[KL_S_EDGES];
    for (uint32_t e = from; e < to; e++) {
        uint32_t child = kl_sql_word(q, KL_S_EDGES, e, 0);
        if (child & KL_TERMINAL) wanted[child & ~KL_TERMINAL] = true;
    }
}

/* What each reachable result says of its record: constants by a list, the rest by columns. */
static void ends(kl_sql *q, const uint32_t *slots, uint32_t n, uint32_t block) {
    kl_sql_begin(q, true, NULL, "ends%u(record, slot, mode, result, told, reason)", block);
    kl_buf told;
    kl_buf_init(&told, q->arena);
    kl_buf_fmt(&told, "CASE -1 - r.node");
    uint32_t all = q->view.rows[KL_S_RESULTS];
    bool *wanted = kl_alloc_array(q->arena, all + 1, sizeof *wanted);
    for (uint32_t k = 0; k < n; k++) kl_sql_terminals(q, slots[k], wanted);
    for (uint32_t r = 0; r < all; r++)
        if (wanted[r] && result_word(q, r, KL_R_KIND) != KL_RESULT_OPEN)
            kl_buf_fmt(&told, "\n      WHEN %u THEN %.*s", r, KL_FMT(kl_sql_told(q, r)));
    kl_buf_fmt(&told, "\n      WHEN -9 THEN %s END", q->d->untold);
    kl_buf_fmt(q->out, "\n  SELECT r.record, r.slot, r.mode, -1 - r.node, %.*s, CASE -1 - r.node",
               KL_FMT(kl_sql_exact(q, kl_buf_view(&told))));
    for (uint32_t r = 0; r < all; r++)
        if (wanted[r] && result_word(q, r, KL_R_KIND) == KL_RESULT_NONE)
            kl_buf_fmt(q->out, " WHEN %u THEN %u", r, result_word(q, r, KL_R_VALUE));
    kl_buf_fmt(q->out, " WHEN -9 THEN 0 END\n  FROM reach%u r JOIN s%u s ON s.\"#\" = r.record WHERE r.node < 0", block,
               q->stage);
    kl_sql_begin(q, true, NULL, "walked%u(record, slot, result)", block);
    kl_buf_fmt(q->out,
               "\n  SELECT record, slot, CASE WHEN count(*) = 1 THEN min(result) WHEN count(told) < count(*) OR "
               "min(told) <> max(told) THEN %d\n"
               "      WHEN min(told) = 'none' AND min(reason) <> max(reason) THEN %d ELSE min(result) END\n  FROM "
               "ends%u WHERE mode = 0 GROUP BY record, slot",
               OPEN, MIXED_NONE, block);
}

void kl_sql_decide(kl_sql *q, const uint32_t *slots, uint32_t n) {
    for (uint32_t k = 0; k < n; k++) {
        kl_outcome_info o;
        kl_outcome_of(q->program, slot_word(q, slots[k], KL_L_OUTCOME), &o);
        if (slot_word(q, slots[k], KL_L_ROOT) == KL_ABSENT) kl_sql_refuse(q, KL_SQL_ROWS, kl_sql_string(o.name), 0);
    }
    if (q->trouble.reason) return;
    uint32_t block = q->stages++;
    kl_sql_begin(q, false, "what the rules and rows settle; the number is that of a result", "s%u", q->stage + 1);
    kl_buf_fmt(q->out, "\n  SELECT s%u.*", q->stage);
    for (uint32_t k = 0; k < n; k++) {
        kl_outcome_info o;
        kl_outcome_of(q->program, slot_word(q, slots[k], KL_L_OUTCOME), &o);
        kl_buf_fmt(q->out, ",\n    -- %.*s\n    %.*s AS \"d%u settled\"", (int)o.name.size, o.name.data,
                   KL_FMT(settled(q, slots[k])), slots[k]);
    }
    kl_buf_fmt(q->out, "\n  FROM s%u%s", q->stage, q->d->fence);
    kl_sql_begin(q, true, NULL, "s%u", q->stage + 2);
    kl_buf_fmt(q->out, "\n  SELECT s%u.*", q->stage + 1);
    kl_buf unsettled;
    kl_buf_init(&unsettled, q->arena);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t audited = kl_sql_word(q, KL_S_OUTCOMES, slot_word(q, slots[k], KL_L_OUTCOME), KL_O_AUDITED);
        kl_buf_fmt(&unsettled, "%s\"d%u settled\" IS NULL", k ? " OR " : "", slots[k]);
        if (audited != KL_ABSENT) kl_buf_fmt(&unsettled, " OR %.*s IS NOT NULL", KL_FMT(q->field[audited]));
    }
    if (!n) kl_buf_fmt(&unsettled, "1 = 0");
    kl_buf_fmt(q->out, ",\n    %.*s AS \"unsettled%u\"\n  FROM s%u%s",
               KL_FMT(kl_sql_as_value(q, kl_buf_view(&unsettled))), block, q->stage + 1, q->d->fence);
    q->width += 2 * n + 1;
    q->stage += 2;
    answers(q, slots, n, block);
    reach(q, slots, n, block);
    ends(q, slots, n, block);
    kl_sql_begin(q, true, NULL, "s%u", q->stage + 1);
    kl_buf_fmt(q->out, "\n  SELECT s%u.*", q->stage);
    for (uint32_t k = 0; k < n; k++) {
        q->decided[slots[k]] = kl_str_fmt(q->arena, "\"d%u\"", slots[k]);
        kl_buf_fmt(q->out, ",\n    COALESCE(\"d%u settled\", w%u.result, %d) AS \"d%u\"", slots[k], slots[k], OPEN,
                   slots[k]);
    }
    kl_buf_fmt(q->out, "\n  FROM s%u", q->stage);
    for (uint32_t k = 0; k < n; k++)
        kl_buf_fmt(q->out, "\n    LEFT JOIN walked%u w%u ON w%u.record = s%u.\"#\" AND w%u.slot = %u", block, slots[k],
                   slots[k], q->stage, slots[k], slots[k]);
    kl_buf_fmt(q->out, "%s", q->d->fence);
    q->stage++;
}

/* ------------------------------------------------------------------ what feeds */
kl_sql_number kl_sql_feed(kl_sql *q, uint32_t slot) {
    kl_buf value, tag;
    uint32_t first = slot_word(q, slot, KL_L_FIRST_CANDIDATE), end = first + slot_word(q, slot, KL_L_CANDIDATES);
    kl_buf_init(&value, q->arena);
    kl_buf_init(&tag, q->arena);
    kl_buf_fmt(&value, "CASE %.*s", KL_FMT(q->decided[slot]));
    kl_buf_fmt(&tag, "CASE %.*s", KL_FMT(q->decided[slot]));
    bool *wanted = kl_alloc_array(q->arena, q->view.rows[KL_S_RESULTS] + 1, sizeof *wanted);
    for (uint32_t c = first; c < end; c++) wanted[kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_RESULT)] = true;
    kl_sql_terminals(q, slot, wanted); /* what feeds it in its turn may hand on a state */
    wanted[slot_word(q, slot, KL_L_OTHERWISE)] = wanted[slot_word(q, slot, KL_L_OUTSIDE)] =
        wanted[slot_word(q, slot, KL_L_NOT_IN_FORCE)] = true;
    for (uint32_t r = 0; r < q->view.rows[KL_S_RESULTS]; r++) {
        static const uint8_t tag_of[] = {2, 0, 0, 0, 0, 3, 4, 5, 7, 6};
        uint32_t kind = result_word(q, r, KL_R_KIND), v = result_word(q, r, KL_R_VALUE);
        if (!wanted[r] && kind != KL_RESULT_CONFLICT && kind != KL_RESULT_ERROR && kind != KL_RESULT_NONE) continue;
        if (kind == KL_RESULT_FIELD) {
            kl_sql_number n = kl_sql_field_number(q, v);
            kl_buf_fmt(&value, " WHEN %u THEN %.*s", r, KL_FMT(n.value));
            kl_buf_fmt(&tag, " WHEN %u THEN %.*s", r, KL_FMT(n.tag));
            continue;
        }
        if (kind == KL_RESULT_NUMBER) {
            kl_buf_fmt(&value, " WHEN %u THEN %.*s", r, KL_FMT(q->number[v].value));
            kl_buf_fmt(&tag, " WHEN %u THEN %.*s", r, KL_FMT(q->number[v].tag));
            continue;
        }
        kl_buf_fmt(&tag, " WHEN %u THEN %u", r, tag_of[kind]);
        if (kind == KL_RESULT_CONST) kl_buf_fmt(&value, " WHEN %u THEN %lld", r, (long long)kl_view_const(&q->view, v));
        if (kind == KL_RESULT_EXTERNAL) kl_buf_fmt(&value, " WHEN %u THEN %u", r, v);
    }
    kl_buf_fmt(&value, " ELSE 0 END");
    kl_buf_fmt(&tag, " WHEN %d THEN 2 ELSE 6 END", MIXED_NONE);
    return (kl_sql_number){kl_buf_view(&value), kl_buf_view(&tag)};
}
