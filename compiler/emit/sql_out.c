/* sql_out.c - the columns of the view: key, each outcome with its state, who decided, what blocked, what is missing, findings.
 * May include: compiler/emit/sql.h.
 * Start at kl_sql_select(); names and forms are those of the decisions that the command writes as CSV. */
#include "compiler/emit/sql.h"

#include <string.h>

static uint32_t result_word(const kl_sql *q, uint32_t r, uint32_t w) {
    return kl_sql_word(q, KL_S_RESULTS, r, w);
}

static kl_str typed_null(const kl_sql *q, kl_kind kind) {
    const char *type = kind == KL_BOOL                                          ? q->d->boolean
                       : kind == KL_DATE                                        ? "date"
                       : kind == KL_MONEY || kind == KL_DECIMAL                 ? q->d->numeric
                       : kind == KL_VALUES || kind == KL_TEXT || kind == KL_SET ? q->d->text
                                                                                : q->d->whole;
    return kl_str_fmt(q->arena, "CAST(NULL AS %s)", type);
}

/* What a number of that type is as a value of the database. */
static kl_str shown(kl_sql *q, kl_kind kind, uint32_t scale, uint32_t set, kl_str n) {
    kl_arena *a = q->arena;
    switch (kind) {
    case KL_BOOL: return q->d->truths ? kl_str_fmt(a, "%.*s = 1", KL_FMT(n)) : n;
    case KL_DATE: return kl_sql_fill(a, q->d->of_days, n, n, n);
    case KL_MONEY:
    case KL_DECIMAL: {
        uint32_t s = kind == KL_MONEY ? 2 : scale;
        return kl_sql_fill(a, q->d->amount, n, kl_str_fmt(a, "%u", s), s ? kl_sql_scaled(q, 1, s) : KL_STR("1"));
    }
    case KL_VALUES: {
        kl_buf b;
        kl_set_info info;
        kl_buf_init(&b, a);
        kl_set_of(q->program, set, &info);
        kl_buf_fmt(&b, "CASE %.*s", KL_FMT(n));
        for (uint32_t c = 0; c < info.values; c++)
            kl_buf_fmt(&b, " WHEN %u THEN %.*s", c, KL_FMT(kl_sql_code(q, set, c)));
        kl_buf_fmt(&b, " END");
        return kl_buf_view(&b);
    }
    default: return n;
    }
}

static kl_str names_of_set(kl_sql *q, uint32_t set, uint64_t mask) {
    kl_buf b;
    kl_buf_init(&b, q->arena);
    for (uint32_t c = 0; c < 64; c++) {
        kl_value_info v;
        if (!(mask >> c & 1)) continue;
        kl_value_of(q->program, set, c, &v);
        kl_buf_fmt(&b, "%s%.*s", b.n ? " " : "", (int)v.name.size, v.name.data);
    }
    return kl_sql_quoted(q, kl_buf_view(&b));
}

static kl_str constant(kl_sql *q, uint32_t r, kl_kind kind, uint32_t scale, uint32_t set) {
    int64_t v = kl_view_const(&q->view, result_word(q, r, KL_R_VALUE));
    kl_arena *a = q->arena;
    switch (kind) {
    case KL_BOOL: return kl_sql_constant(q, v != 0);
    case KL_VALUES: return kl_sql_code(q, set, (uint32_t)v);
    case KL_SET: return names_of_set(q, set, (uint64_t)v);
    case KL_DATE: return kl_sql_date_shown(q, v);
    case KL_MONEY:
    case KL_DECIMAL: {
        kl_str n = kl_sql_scaled(q, v, kind == KL_MONEY ? 2 : scale);
        return kl_str_eq(kl_str_of(q->d->name), KL_STR("sqlite")) ? kl_sql_quoted(q, n) : n;
    }
    default: return kl_str_fmt(a, "%lld", (long long)v);
    }
}

/* Results a slot may have: of its candidates, what holds otherwise, and the states that what feeds it hands on. */
static bool *results_of(kl_sql *q, uint32_t slot) {
    bool *wanted = kl_alloc_array(q->arena, q->view.rows[KL_S_RESULTS] + 1, sizeof *wanted);
    uint32_t first = kl_sql_word(q, KL_S_SLOTS, slot, KL_L_FIRST_CANDIDATE),
             end = first + kl_sql_word(q, KL_S_SLOTS, slot, KL_L_CANDIDATES);
    for (uint32_t c = first; c < end; c++) wanted[kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_RESULT)] = true;
    for (uint32_t w = KL_L_OTHERWISE; w <= KL_L_NOT_IN_FORCE; w++) wanted[kl_sql_word(q, KL_S_SLOTS, slot, w)] = true;
    kl_sql_terminals(q, slot, wanted);
    for (uint32_t r = 0; r < q->view.rows[KL_S_RESULTS]; r++) {
        uint32_t kind = result_word(q, r, KL_R_KIND);
        if (kind == KL_RESULT_CONFLICT || kind == KL_RESULT_ERROR) wanted[r] = true;
    }
    return wanted;
}

static void value_and_state(kl_sql *q, uint32_t outcome, const kl_outcome_info *o) {
    static const char *const state_of[] = {"none",       "decided",  "decided",  "",      "",
                                           "not_stated", "external", "conflict", "error", "undetermined"};
    uint32_t slot = kl_sql_word(q, KL_S_OUTCOMES, outcome, KL_O_FIRST_SLOT);
    bool *wanted = results_of(q, slot);
    kl_buf value, state;
    kl_buf_init(&value, q->arena);
    kl_buf_init(&state, q->arena);
    for (uint32_t r = 0; r < q->view.rows[KL_S_RESULTS]; r++) {
        uint32_t kind = result_word(q, r, KL_R_KIND), v = result_word(q, r, KL_R_VALUE);
        if (!wanted[r]) continue;
        if (kind == KL_RESULT_CONST) {
            kl_buf_fmt(&value, " WHEN %u THEN %.*s", r, KL_FMT(constant(q, r, o->kind, o->scale, o->set)));
        } else if (kind == KL_RESULT_TEXT) {
            kl_str text = kl_sql_quoted(q, kl_view_text(&q->view, KL_S_TEXTS, v, 0));
            if (text.n == 2) text = kl_str_of(q->d->untold);
            kl_buf_fmt(&value, " WHEN %u THEN %.*s", r, KL_FMT(text));
        } else if (kind == KL_RESULT_NUMBER) {
            kl_sql_number n = q->number[v];
            kl_buf_fmt(&value, " WHEN %u THEN CASE %.*s WHEN 0 THEN %.*s END", r, KL_FMT(n.tag),
                       KL_FMT(shown(q, o->kind, o->scale, o->set, n.value)));
            kl_buf_fmt(&state,
                       " WHEN %u THEN CASE %.*s WHEN 0 THEN 'decided' WHEN 2 THEN 'none' WHEN 3 THEN 'not_stated' WHEN "
                       "4 THEN 'external' WHEN 5 THEN 'conflict' WHEN 7 THEN 'error' ELSE 'undetermined' END",
                       r, KL_FMT(n.tag));
            continue;
        } else if (kind == KL_RESULT_FIELD) {
            bool scaled = o->kind == KL_MONEY || o->kind == KL_DECIMAL;
            kl_str f = scaled ? shown(q, o->kind, o->scale, o->set, q->field[v]) : q->field[v];
            if (o->kind == KL_SET) f = kl_sql_fill(q->arena, q->d->shown_set, f, f, f);
            kl_buf_fmt(&value, " WHEN %u THEN %.*s", r, KL_FMT(f));
            kl_buf_fmt(&state, " WHEN %u THEN CASE WHEN %.*s IS NULL THEN 'undetermined' ELSE 'decided' END", r,
                       KL_FMT(q->field[v]));
            continue;
        }
        kl_buf_fmt(&state, " WHEN %u THEN '%s'", r, state_of[kind]);
    }
    kl_str v = kl_buf_view(&value), s = kl_buf_view(&state);
    kl_str name = q->outcome[outcome],
           state_name = kl_sql_name(q, kl_str_fmt(q->arena, "%.*s.state", (int)o->name.size, o->name.data));
    kl_str given = v.n ? kl_str_fmt(q->arena, "CASE \"d%u\"%.*s END", slot, KL_FMT(v)) : typed_null(q, o->kind);
    if (v.n && o->kind == KL_BOOL && !q->d->truths)
        given = kl_str_fmt(q->arena, "CAST(%.*s AS %s)", KL_FMT(given), q->d->boolean);
    if (q->d->name_most && o->name.size + strlen(".state") > q->d->name_most)
        kl_sql_refuse(q, KL_SQL_NAME, kl_sql_string(o->name), q->d->name_most - (uint32_t)strlen(".state"));
    kl_str of_state =
        kl_str_fmt(q->arena, "CASE \"d%u\"%.*s WHEN -3 THEN 'none' ELSE 'undetermined' END", slot, KL_FMT(s));
    kl_buf_fmt(q->out, ",\n  %.*s AS %.*s,\n  %.*s AS %.*s", KL_FMT(given), KL_FMT(name), KL_FMT(of_state),
               KL_FMT(state_name));
}

/* ------------------------------------------------------------------ many-of */
static kl_str json_text(kl_sql *q, kl_str t) {
    kl_buf b;
    kl_buf_init(&b, q->arena);
    kl_buf_add(&b, "\"", 1);
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '"' || t.p[i] == '\\') kl_buf_add(&b, "\\", 1);
        if ((unsigned char)t.p[i] < ' ')
            kl_buf_fmt(&b, "\\u%04x", (unsigned char)t.p[i]);
        else
            kl_buf_add(&b, &t.p[i], 1);
    }
    kl_buf_add(&b, "\"", 1);
    return kl_buf_view(&b);
}

static kl_str json_column(kl_sql *q, uint32_t r, const kl_column_info *column) {
    uint32_t kind = result_word(q, r, KL_R_KIND), v = result_word(q, r, KL_R_VALUE);
    kl_arena *a = q->arena;
    if (kind == KL_RESULT_NONE || kind == KL_RESULT_NOT_STATED) return KL_STR("null");
    if (kind == KL_RESULT_TEXT) return json_text(q, kl_view_text(&q->view, KL_S_TEXTS, v, 0));
    if (kind == KL_RESULT_EXTERNAL)
        return kl_str_fmt(a, "{\"state\": \"external\", \"document\": %.*s}",
                          KL_FMT(json_text(q, kl_view_text(&q->view, KL_S_TEXTS, v, 0))));
    if (kind != KL_RESULT_CONST) {
        kl_sql_refuse(q, KL_SQL_COMPUTED, kl_sql_string(column->name), 0);
        return KL_STR("null");
    }
    int64_t n = kl_view_const(&q->view, v);
    kl_value_info value;
    switch (column->kind) {
    case KL_BOOL: return n ? KL_STR("true") : KL_STR("false");
    case KL_VALUES:
        kl_value_of(q->program, column->set, (uint32_t)n, &value);
        return json_text(q, kl_sql_string(value.name));
    case KL_MONEY: return kl_sql_scaled(q, n, 2);
    case KL_DECIMAL: return kl_sql_scaled(q, n, column->scale);
    case KL_DATE: return json_text(q, kl_sql_iso(a, n));
    case KL_SET: kl_sql_refuse(q, KL_SQL_COMPUTED, kl_sql_string(column->name), 0); return KL_STR("null");
    default: return kl_str_fmt(a, "%lld", (long long)n);
    }
}

/* What a list grows from, of so many bytes at the most. */
static const char *grows(const kl_sql *q, size_t most) {
    return q->d->text_most && most > q->d->text_most ? q->d->long_empty : q->d->empty;
}

static void many(kl_sql *q, uint32_t outcome, const kl_outcome_info *o) {
    size_t most = 2;
    uint32_t first = kl_sql_word(q, KL_S_OUTCOMES, outcome, KL_O_FIRST_SLOT);
    kl_buf list, open, in;
    kl_buf_init(&list, q->arena);
    kl_buf_init(&open, q->arena);
    kl_buf_init(&in, q->arena);
    for (uint32_t s = first; s < first + o->slots; s++) {
        kl_buf e;
        kl_buf_init(&e, q->arena);
        for (uint32_t k = 0; k < o->columns; k++) {
            kl_column_info column;
            kl_outcome_column(q->program, outcome, k, &column);
            kl_str json = json_column(q, kl_sql_word(q, KL_S_SLOTS, s, KL_L_FIRST_VALUE) + k, &column);
            kl_buf_fmt(&e, "%s%.*s: %.*s", k ? ", " : ", {", KL_FMT(json_text(q, kl_sql_string(column.name))),
                       KL_FMT(json));
        }
        kl_buf_fmt(&e, "}");
        kl_buf decided;
        kl_buf_init(&decided, q->arena);
        for (uint32_t c = kl_sql_word(q, KL_S_SLOTS, s, KL_L_FIRST_CANDIDATE),
                      end = c + kl_sql_word(q, KL_S_SLOTS, s, KL_L_CANDIDATES);
             c < end; c++) {
            uint32_t r = kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_RESULT);
            if (result_word(q, r, KL_R_KIND) == KL_RESULT_CONST) kl_buf_fmt(&decided, "%s%u", decided.n ? ", " : "", r);
        }
        kl_str ids = kl_buf_view(&decided);
        if (!ids.n) continue;
        most += kl_buf_view(&e).n;
        kl_buf_fmt(&list, " %s CASE WHEN \"d%u\" IN (%.*s) THEN %.*s ELSE '' END", q->d->join, s, KL_FMT(ids),
                   KL_FMT(kl_sql_quoted(q, kl_buf_view(&e))));
        kl_buf_fmt(&in, "%s\"d%u\" IN (%.*s)", in.n ? " OR " : "", s, KL_FMT(ids));
        kl_buf_fmt(&open, "%s\"d%u\" = -1", open.n ? " OR " : "", s);
    }
    kl_str l = kl_buf_view(&list), i = kl_buf_view(&in), u = kl_buf_view(&open);
    kl_str state_name = kl_sql_name(q, kl_str_fmt(q->arena, "%.*s.state", (int)o->name.size, o->name.data));
    if (!i.n) {
        kl_buf_fmt(q->out, ",\n  CAST(NULL AS %s) AS %.*s, 'none' AS %.*s", q->d->text, KL_FMT(q->outcome[outcome]),
                   KL_FMT(state_name));
        return;
    }
    kl_str grown = kl_str_fmt(q->arena, "%s%.*s", grows(q, most), KL_FMT(l));
    kl_buf_fmt(q->out, ",\n  CASE WHEN NOT (%.*s) AND (%.*s) THEN '[' %s %.*s %s ']' END AS %.*s", KL_FMT(u), KL_FMT(i),
               q->d->join, KL_FMT(kl_sql_fill(q->arena, q->d->after_two, grown, grown, grown)), q->d->join,
               KL_FMT(q->outcome[outcome]));
    kl_buf_fmt(q->out, ",\n  CASE WHEN %.*s THEN 'undetermined' WHEN %.*s THEN 'decided' ELSE 'none' END AS %.*s",
               KL_FMT(u), KL_FMT(i), KL_FMT(state_name));
}

/* ------------------------------------------------------------------ lists of names */
typedef struct names { /* ' a' || ' b' …, each when its condition holds */
    kl_sql *q;
    kl_buf text;
    size_t most; /* bytes of all */
} names;

static void name_when(names *n, kl_str name, kl_str when) {
    n->most += name.n + 1;
    kl_buf_fmt(&n->text, "\n    %s CASE WHEN %.*s THEN %.*s ELSE '' END", n->q->d->join, KL_FMT(when),
               KL_FMT(kl_sql_quoted(n->q, kl_str_fmt(n->q->arena, " %.*s", KL_FMT(name)))));
}

static void put_names(names *n, const char *column) {
    const kl_dialect *d = n->q->d;
    const char *from = grows(n->q, n->most), *list = from == d->empty ? d->list : d->long_list;
    kl_str grown = kl_str_fmt(n->q->arena, "%s%.*s", from, KL_FMT(kl_buf_view(&n->text)));
    kl_buf_fmt(n->q->out, ",\n  %.*s AS \"%s\"", KL_FMT(kl_sql_fill(n->q->arena, list, grown, grown, grown)), column);
}

static kl_str has_state(kl_sql *q, uint32_t slot) { /* whether the slot has some other state than none */
    kl_buf b;
    bool *wanted = results_of(q, slot);
    kl_buf_init(&b, q->arena);
    kl_buf_fmt(&b, "\"d%u\" NOT IN (-3", slot);
    for (uint32_t r = 0; r < q->view.rows[KL_S_RESULTS]; r++)
        if (wanted[r] && result_word(q, r, KL_R_KIND) == KL_RESULT_NONE) kl_buf_fmt(&b, ", %u", r);
    kl_buf_fmt(&b, ")");
    for (uint32_t r = 0; r < q->view.rows[KL_S_RESULTS]; r++)
        if (wanted[r] && result_word(q, r, KL_R_KIND) == KL_RESULT_NUMBER)
            kl_buf_fmt(&b, " AND NOT (\"d%u\" = %u AND %.*s = 2)", slot, r,
                       KL_FMT(q->number[result_word(q, r, KL_R_VALUE)].tag));
    return kl_buf_view(&b);
}

static void deciders(kl_sql *q) {
    names n = {.q = q};
    kl_buf_init(&n.text, q->arena);
    for (uint32_t e = 0; e < q->info.entries; e++) {
        kl_buf when;
        kl_entry_info info;
        kl_buf_init(&when, q->arena);
        for (uint32_t s = 0; s < q->view.rows[KL_S_SLOTS]; s++)
            for (uint32_t c = kl_sql_word(q, KL_S_SLOTS, s, KL_L_FIRST_CANDIDATE),
                          end = c + kl_sql_word(q, KL_S_SLOTS, s, KL_L_CANDIDATES);
                 c < end; c++) {
                if (kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_ENTRY) != e) continue;
                uint32_t outcome = kl_sql_word(q, KL_S_SLOTS, s, KL_L_OUTCOME);
                bool is_many = kl_sql_word(q, KL_S_OUTCOMES, outcome, KL_O_FLAGS) & KL_OUTCOME_MANY;
                kl_str by = kl_sql_truth(q, kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_BY));
                kl_buf_fmt(&when, "%s(%.*s AND %.*s%s)", when.n ? " OR " : "", KL_FMT(by), KL_FMT(has_state(q, s)),
                           is_many ? kl_str_fmt(q->arena, " AND \"d%u\" <> -1", s).p : "");
            }
        if (!when.n) continue;
        kl_entry_of(q->program, e, &info);
        name_when(&n, kl_sql_string(info.id), kl_buf_view(&when));
    }
    put_names(&n, "decided_by");
}

static void blocked(kl_sql *q) {
    names n = {.q = q};
    kl_buf_init(&n.text, q->arena);
    uint32_t period = KL_ABSENT;
    for (uint32_t e = 0; e < q->info.entries && period == KL_ABSENT; e++)
        if (kl_sql_word(q, KL_S_ENTRIES, e, KL_E_KIND) == KL_ENTRY_PERIOD)
            period = kl_sql_word(q, KL_S_ENTRIES, e, KL_E_TRUTH);
    kl_str scope = kl_sql_truth(q, kl_sql_word(q, KL_S_GUIDELINE, 0, KL_G_SCOPE));
    for (uint32_t i = 0; i < q->view.rows[KL_S_BLOCKS]; i++) {
        uint32_t e = kl_sql_word(q, KL_S_BLOCKS, i, 0);
        bool again = false;
        for (uint32_t k = 0; k < i; k++) again |= kl_sql_word(q, KL_S_BLOCKS, k, 0) == e;
        if (again) continue;
        kl_buf when;
        kl_entry_info info;
        kl_buf_init(&when, q->arena);
        for (uint32_t k = i; k < q->view.rows[KL_S_BLOCKS]; k++)
            if (kl_sql_word(q, KL_S_BLOCKS, k, 0) == e)
                kl_buf_fmt(&when, "%s(%.*s AND %.*s)", when.n ? " OR " : "",
                           KL_FMT(kl_sql_truth(q, kl_sql_word(q, KL_S_BLOCKS, k, 1))),
                           KL_FMT(kl_sql_truth(q, kl_sql_word(q, KL_S_BLOCKS, k, 2))));
        kl_str held = kl_buf_view(&when);
        kl_str all = kl_str_fmt(q->arena, "(%.*s) AND CASE WHEN NOT %.*s THEN 0 ELSE 1 END = 1%s%.*s", KL_FMT(held),
                                KL_FMT(scope), period == KL_ABSENT ? "" : " AND ",
                                KL_FMT(period == KL_ABSENT ? KL_STR("") : kl_sql_truth(q, period)));
        kl_entry_of(q->program, e, &info);
        name_when(&n, kl_sql_string(info.id), all);
    }
    put_names(&n, "blocked_by");
}

static void waiting(kl_sql *q) {
    names missing = {.q = q}, open = {.q = q};
    kl_buf_init(&missing.text, q->arena);
    kl_buf_init(&open.text, q->arena);
    bool *read = kl_alloc_array(q->arena, q->info.fields + q->info.assumptions + 1, sizeof *read);
    for (uint32_t i = 0; i < q->view.rows[KL_S_REFS]; i++) {
        uint32_t kind = kl_sql_word(q, KL_S_REFS, i, 0), index = kl_sql_word(q, KL_S_REFS, i, 1);
        if (kind == KL_REF_FIELD) read[index] = true;
        if (kind == KL_REF_ASSUMPTION) read[q->info.fields + index] = true;
    }
    for (uint32_t f = 0; f < q->info.fields; f++) {
        kl_field_info info;
        kl_field_of(q->program, f, &info);
        if (read[f]) name_when(&missing, kl_sql_string(info.name), kl_str_fmt(q->arena, "\"field %u\" = 1", f));
    }
    for (uint32_t a = 0; a < q->info.assumptions; a++) {
        kl_assumption_info info;
        kl_assumption_of(q->program, a, &info);
        if (read[q->info.fields + a])
            name_when(&open, kl_sql_string(info.name), kl_str_fmt(q->arena, "\"assumption %u\" = 1", a));
    }
    for (uint32_t e = 0; e < q->info.entries; e++) {
        kl_entry_info info;
        kl_entry_of(q->program, e, &info);
        if (kl_sql_may_be_open(q, e))
            name_when(&open, kl_sql_string(info.id), kl_str_fmt(q->arena, "\"edition %u\" = 1", e));
    }
    put_names(&missing, "missing");
    put_names(&open, "open");
}

/* Registered otherwise than decided, or than could be decided. */
static kl_str differs(kl_sql *q, uint32_t outcome) {
    uint32_t slot = kl_sql_word(q, KL_S_OUTCOMES, outcome, KL_O_FIRST_SLOT),
             field = kl_sql_word(q, KL_S_OUTCOMES, outcome, KL_O_AUDITED);
    bool *wanted = results_of(q, slot);
    kl_buf told;
    kl_buf_init(&told, q->arena);
    for (uint32_t r = 0; r < q->view.rows[KL_S_RESULTS]; r++)
        if (wanted[r] && result_word(q, r, KL_R_KIND) != KL_RESULT_OPEN)
            kl_buf_fmt(&told, " WHEN %u THEN %.*s", r, KL_FMT(kl_sql_told(q, r)));
    kl_str is = kl_buf_view(&told), registered = kl_sql_told_field(q, field);
    kl_str now = kl_str_fmt(
        q->arena, "(%.*s)",
        KL_FMT(kl_sql_exact(q, kl_str_fmt(q->arena, "CASE \"d%u\"%.*s WHEN -3 THEN 'none' END", slot, KL_FMT(is)))));
    kl_str first = kl_sql_fill(q->arena, q->d->first, now, now, now);
    return kl_str_fmt(q->arena,
                      "%.*s IS NOT NULL AND CASE WHEN NOT %.*s THEN 0 WHEN %.*s = '=' THEN CASE WHEN "
                      "%.*s = %.*s THEN 0 ELSE 1 END WHEN %.*s = 'not_stated' THEN 1"
                      " WHEN %.*s IN ('conflict', 'error') OR %.*s LIKE 'external%%' THEN 0 WHEN \"possible %u\" = 1 "
                      "THEN 0 ELSE 1 END = 1",
                      KL_FMT(q->field[field]), KL_FMT(kl_sql_truth(q, kl_sql_word(q, KL_S_GUIDELINE, 0, KL_G_SCOPE))),
                      KL_FMT(first), KL_FMT(now), KL_FMT(registered), KL_FMT(now), KL_FMT(now), KL_FMT(now), outcome);
}

static void findings(kl_sql *q) {
    names found = {.q = q}, warned = {.q = q};
    kl_buf_init(&found.text, q->arena);
    kl_buf_init(&warned.text, q->arena);
    kl_str scope = kl_sql_truth(q, kl_sql_word(q, KL_S_GUIDELINE, 0, KL_G_SCOPE));
    for (uint32_t i = 0; i < q->view.rows[KL_S_REQUIREMENTS]; i++) {
        kl_entry_info info;
        kl_entry_of(q->program, kl_sql_word(q, KL_S_REQUIREMENTS, i, 0), &info);
        name_when(kl_sql_word(q, KL_S_REQUIREMENTS, i, 1) ? &warned : &found, kl_sql_string(info.id),
                  kl_str_fmt(q->arena, "%.*s AND %.*s",
                             KL_FMT(kl_sql_truth(q, kl_sql_word(q, KL_S_REQUIREMENTS, i, 4))), KL_FMT(scope)));
    }
    for (uint32_t o = 0; o < q->info.outcomes; o++) {
        kl_outcome_info info;
        kl_outcome_of(q->program, o, &info);
        if (info.audited != KL_INDEX_NONE) name_when(&found, kl_sql_string(info.name), differs(q, o));
    }
    put_names(&found, "findings");
    put_names(&warned, "warnings");
}

/* Whether what was registered is among the results that are still possible: a table beside the last stage. */
static void possible(kl_sql *q) {
    bool some = false;
    kl_str told = KL_STR("e.told"), first = kl_sql_fill(q->arena, q->d->first, told, told, told);
    for (uint32_t o = 0; o < q->info.outcomes; o++) {
        uint32_t field = kl_sql_word(q, KL_S_OUTCOMES, o, KL_O_AUDITED),
                 slot = kl_sql_word(q, KL_S_OUTCOMES, o, KL_O_FIRST_SLOT);
        if (field == KL_ABSENT) continue;
        if (!some) {
            kl_sql_begin(q, true, "whether what was registered is among the results that are still possible",
                         "possible");
            kl_buf_fmt(q->out, "\n  SELECT e.record");
        }
        some = true;
        kl_buf_fmt(q->out,
                   ",\n    max(CASE WHEN e.slot = %u AND (e.told IS NULL OR NOT (e.told = 'not_stated' OR (e.told = "
                   "'none' AND e.reason = 0) OR (%.*s = '=' AND e.told <> %.*s))) THEN 1 ELSE 0 END) "
                   "AS \"possible %u\"",
                   slot, KL_FMT(first), KL_FMT(kl_sql_told_field(q, field)), o);
    }
    if (!some) return;
    kl_buf_fmt(q->out, "\n  FROM (");
    for (uint32_t b = 0; b < q->stages; b++)
        kl_buf_fmt(q->out, "%sSELECT record, slot, told, reason FROM ends%u WHERE mode = 1", b ? " UNION ALL " : "", b);
    kl_buf_fmt(q->out, ") e JOIN s%u s ON s.\"#\" = e.record GROUP BY e.record", q->stage);
}

void kl_sql_select(kl_sql *q) {
    bool audited = false;
    possible(q);
    for (uint32_t o = 0; o < q->info.outcomes; o++)
        audited |= kl_sql_word(q, KL_S_OUTCOMES, o, KL_O_AUDITED) != KL_ABSENT;
    kl_sql_begin(q, false, NULL, "the select");
    kl_buf_fmt(q->out, "SELECT ");
    if (q->info.key != KL_INDEX_NONE)
        kl_buf_fmt(q->out, "%.*s AS \"key\"", KL_FMT(q->field[q->info.key]));
    else
        kl_buf_fmt(q->out, "s.\"#\" AS \"key\"");
    for (uint32_t o = 0; o < q->info.outcomes; o++) {
        kl_outcome_info info;
        kl_outcome_of(q->program, o, &info);
        if (info.many)
            many(q, o, &info);
        else
            value_and_state(q, o, &info);
    }
    deciders(q);
    blocked(q);
    waiting(q);
    findings(q);
    kl_buf_fmt(q->out,
               ",\n  CAST(NULL AS %s) AS \"rejected\"\nFROM s%u s LEFT JOIN waiting ON waiting.record = s.\"#\"",
               q->d->text, q->stage);
    if (audited) kl_buf_fmt(q->out, " LEFT JOIN possible ON possible.record = s.\"#\"");
    kl_buf_fmt(q->out, "\nUNION ALL\nSELECT ");
    if (q->info.key != KL_INDEX_NONE)
        kl_buf_fmt(q->out, "%.*s", KL_FMT(q->field[q->info.key]));
    else
        kl_buf_fmt(q->out, "\"#\"");
    for (uint32_t o = 0; o < q->info.outcomes; o++) kl_buf_fmt(q->out, ", NULL, NULL");
    kl_buf_fmt(q->out,
               ", NULL, NULL, NULL, NULL, NULL, NULL, \"rejected\" FROM post WHERE \"rejected\" IS NOT NULL;\n");
}
