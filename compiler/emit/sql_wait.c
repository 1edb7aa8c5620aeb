/* sql_wait.c - what undetermined outcomes wait for, as SQL: a question counts when two of its answers can lead to different ends.
 * May include: compiler/emit/sql.h.
 * Start at kl_sql_wait(); two nodes go down together with the same answers until both are ends. */
#include "compiler/emit/sql.h"

static void all_blocks(kl_sql *q, const char *head, const char *columns, const char *table, const char *where) {
    kl_sql_begin(q, true, NULL, "%s", head);
    for (uint32_t b = 0; b < q->stages; b++)
        kl_buf_fmt(q->out, "%s\n  SELECT %s FROM %s%u%s", b ? " UNION ALL" : "", columns, table, b, where);
}

/* Whether the slot's result is known to be undetermined, on the last stage. */
static kl_str undetermined(kl_sql *q, uint32_t slot) {
    kl_buf b;
    kl_buf_init(&b, q->arena);
    uint32_t first = kl_sql_word(q, KL_S_SLOTS, slot, KL_L_FIRST_CANDIDATE),
             end = first + kl_sql_word(q, KL_S_SLOTS, slot, KL_L_CANDIDATES);
    kl_buf_fmt(&b, "\"d%u\" = -1", slot);
    for (uint32_t c = first; c < end; c++) {
        uint32_t r = kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_RESULT), kind = kl_sql_word(q, KL_S_RESULTS, r, KL_R_KIND);
        if (kind == KL_RESULT_OPEN) kl_buf_fmt(&b, " OR \"d%u\" = %u", slot, r);
        if (kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD)
            kl_buf_fmt(&b, " OR (\"d%u\" = %u AND (%.*s) IS NULL)", slot, r, KL_FMT(kl_sql_told(q, r)));
    }
    return kl_buf_view(&b);
}

static void open_slots(kl_sql *q) {
    kl_sql_begin(q, true, "outcomes that are undetermined, and the result they have although it is unknown",
                 "open(record, slot, result)");
    for (uint32_t s = 0; s < q->view.rows[KL_S_SLOTS]; s++)
        kl_buf_fmt(q->out, "%s\n  SELECT \"#\", %u, \"d%u\" FROM s%u WHERE %.*s", s ? " UNION ALL" : "", s, s, q->stage,
                   KL_FMT(undetermined(q, s)));
    if (!q->view.rows[KL_S_SLOTS]) kl_buf_fmt(q->out, "\n  SELECT \"#\", 0, 0 FROM s%u WHERE 1 = 0", q->stage);
}

/* Whether a record may wait for an edition of this entry that is not at hand. */
bool kl_sql_may_be_open(const kl_sql *q, uint32_t entry) {
    for (uint32_t i = 0; i < q->view.rows[KL_S_QUESTIONS]; i++)
        if (kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_KIND) == KL_Q_EDITION &&
            kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_SOURCE) == entry)
            return true;
    for (uint32_t i = 0; i < q->view.rows[KL_S_RESULTS]; i++)
        if (kl_sql_word(q, KL_S_RESULTS, i, KL_R_KIND) == KL_RESULT_OPEN &&
            kl_sql_word(q, KL_S_RESULTS, i, KL_R_VALUE) == entry)
            return true;
    uint32_t before = kl_sql_word(q, KL_S_ENTRIES, entry, KL_E_BEFORE),
             after = kl_sql_word(q, KL_S_ENTRIES, entry, KL_E_AFTER);
    return before == 1 || after == 1;
}

static bool read_by_some(const kl_sql *q, uint32_t kind, uint32_t index) {
    for (uint32_t i = 0; i < q->view.rows[KL_S_REFS]; i++)
        if (kl_sql_word(q, KL_S_REFS, i, 0) == kind && kl_sql_word(q, KL_S_REFS, i, 1) == index) return true;
    return false;
}

/* Fields that are unknown, and editions that are not at hand, in the records that have something open. */
static void unknown(kl_sql *q) {
    bool some = false;
    uint32_t dated = kl_sql_word(q, KL_S_GUIDELINE, 0, KL_G_DATED_BY);
    kl_sql_begin(q, true, NULL, "unknown(record, kind, number)");
    for (uint32_t f = 0; f < q->info.fields; f++) {
        if (!read_by_some(q, KL_REF_FIELD, f)) continue;
        kl_buf_fmt(q->out, "%s\n  SELECT \"#\", 0, %u FROM s%u WHERE %.*s IS NULL", some ? " UNION ALL" : "", f,
                   q->stage, KL_FMT(q->field[f]));
        some = true;
    }
    for (uint32_t e = 0; e < q->info.entries && dated != KL_ABSENT; e++) {
        kl_entry_info info;
        kl_entry_of(q->program, e, &info);
        if (info.before == 1 && info.from != INT32_MIN) {
            kl_buf_fmt(q->out, "%s\n  SELECT \"#\", 3, %u FROM s%u WHERE %.*s < %.*s", some ? " UNION ALL" : "", e,
                       q->stage, KL_FMT(q->field[dated]), KL_FMT(kl_sql_date(q, info.from)));
            some = true;
        }
        if (info.after == 1 && info.through != INT32_MAX) {
            kl_buf_fmt(q->out, "%s\n  SELECT \"#\", 3, %u FROM s%u WHERE %.*s > %.*s", some ? " UNION ALL" : "", e,
                       q->stage, KL_FMT(q->field[dated]), KL_FMT(kl_sql_date(q, info.through)));
            some = true;
        }
    }
    if (!some) kl_buf_fmt(q->out, "\n  SELECT \"#\", 0, 0 FROM s%u WHERE 1 = 0", q->stage);
}

static void outcomes_of_slots(kl_sql *q) {
    kl_sql_begin(q, true, NULL, "slots(slot, outcome)");
    for (uint32_t s = 0; s < q->view.rows[KL_S_SLOTS]; s++) {
        kl_str row = kl_str_fmt(q->arena, "%u, %u", s, kl_sql_word(q, KL_S_SLOTS, s, KL_L_OUTCOME));
        kl_buf_fmt(q->out, "%s%.*s", s ? q->d->between : q->d->rows,
                   KL_FMT(kl_sql_fill(q->arena, q->d->row, row, row, row)));
    }
    if (!q->view.rows[KL_S_SLOTS]) kl_buf_fmt(q->out, "\n  SELECT 0, 0%s WHERE 1 = 0", q->d->from_nothing);
}

/* One column for each thing that may be waited for. */
static void gathered(kl_sql *q) {
    kl_sql_begin(q, true, NULL, "waiting");
    kl_buf_fmt(q->out, "\n  SELECT record");
    for (uint32_t f = 0; f < q->info.fields; f++)
        if (read_by_some(q, KL_REF_FIELD, f))
            kl_buf_fmt(q->out, ",\n    max(CASE WHEN kind = 0 AND number = %u THEN 1 ELSE 0 END) AS \"field %u\"", f,
                       f);
    for (uint32_t a = 0; a < q->info.assumptions; a++)
        if (read_by_some(q, KL_REF_ASSUMPTION, a))
            kl_buf_fmt(q->out, ",\n    max(CASE WHEN kind = 1 AND number = %u THEN 1 ELSE 0 END) AS \"assumption %u\"",
                       a, a);
    for (uint32_t e = 0; e < q->info.entries; e++) {
        if (kl_sql_may_be_open(q, e))
            kl_buf_fmt(q->out, ",\n    max(CASE WHEN kind >= 3 AND number = %u THEN 1 ELSE 0 END) AS \"edition %u\"", e,
                       e);
    }
    kl_buf_fmt(q->out, "\n  FROM needed GROUP BY record");
}

/* Two nodes go down together, with the same answers, until both are ends. */
static void pairs(kl_sql *q) {
    uint32_t steps = 0;
    for (uint32_t s = 0; s < q->view.rows[KL_S_SLOTS]; s++) {
        uint32_t first = kl_sql_word(q, KL_S_SLOTS, s, KL_L_FIRST_NODE), n = kl_sql_word(q, KL_S_SLOTS, s, KL_L_NODES),
                 asked = 0;
        bool *seen = kl_alloc_array(q->arena, q->view.rows[KL_S_QUESTIONS] + 1, sizeof *seen);
        for (uint32_t x = first; x < first + n; x++) {
            uint32_t question = kl_sql_word(q, KL_S_NODES, x, 0);
            asked += !seen[question];
            seen[question] = true;
        }
        if (asked > steps) steps = asked;
    }
    kl_sql_begin(
        q, true,
        "an open question counts when two of its answers can lead to different ends: two nodes go down together",
        "pairs_0(record, slot, question, one, other)");
    kl_buf_fmt(q->out, "\n  SELECT DISTINCT r.record, r.slot, s.question, s.one, s.other\n  FROM open o JOIN reached r "
                       "ON r.record = o.record AND r.slot = o.slot JOIN siblings s ON s.node = r.node\n"
                       "    JOIN answered a ON a.record = r.record AND a.question = s.question WHERE a.answer IS NULL");
    for (uint32_t i = 0; i < steps; i++) {
        kl_sql_begin(q, false, NULL, "placed_%u", i);
        kl_buf_fmt(
            q->out,
            "\n  SELECT p.record, p.slot, p.question, p.one, p.other, x.place AS \"at one\", y.place AS \"at other\",\n"
            "    CASE WHEN y.place IS NULL OR x.place <= y.place THEN p.one ELSE p.other END AS top,\n"
            "    CASE WHEN y.place IS NULL OR x.place <= y.place THEN x.question ELSE y.question END AS asks\n"
            "  FROM pairs_%u p LEFT JOIN nodes x ON x.node = p.one LEFT JOIN nodes y ON y.node = p.other WHERE p.one "
            ">= 0 OR p.other >= 0",
            i);
        kl_sql_begin(q, true, NULL, "pairs_%u(record, slot, question, one, other)", i + 1);
        kl_buf_fmt(
            q->out,
            "\n  SELECT DISTINCT p.record, p.slot, p.question, CASE WHEN p.top = p.one THEN e.child ELSE p.one END,\n"
            "    CASE WHEN p.\"at one\" = p.\"at other\" THEN g.child WHEN p.top = p.other THEN e.child ELSE p.other "
            "END\n"
            "  FROM placed_%u p JOIN answered a ON a.record = p.record AND a.question = p.asks JOIN edges e ON e.node "
            "= p.top\n"
            "    LEFT JOIN edges g ON p.\"at one\" = p.\"at other\" AND g.node = p.other AND g.answer = e.answer\n"
            "  WHERE (e.answer = a.answer OR (a.answer IS NULL AND e.tried = 1))\n"
            "    AND CASE WHEN p.top = p.one THEN e.child ELSE p.one END <> CASE WHEN p.\"at one\" = p.\"at other\" "
            "THEN g.child WHEN p.top = p.other THEN e.child ELSE p.other END",
            i);
    }
    kl_sql_begin(q, true, NULL, "counted(record, slot, owner)");
    for (uint32_t i = 0; i <= steps; i++)
        kl_buf_fmt(q->out,
                   "%s\n  SELECT p.record, p.slot, p.question FROM pairs_%u p JOIN ended x ON x.record = p.record AND "
                   "x.slot = p.slot AND x.result = -1 - p.one\n"
                   "    JOIN ended y ON y.record = p.record AND y.slot = p.slot AND y.result = -1 - p.other WHERE "
                   "x.told IS NULL OR y.told IS NULL OR x.told <> y.told",
                   i ? " UNION" : "", i);
    kl_buf_fmt(q->out, "\n  UNION SELECT e.record, e.slot, -1 - e.result FROM ended e JOIN open o ON o.record = "
                       "e.record AND o.slot = e.slot WHERE e.told IS NULL\n"
                       "  UNION SELECT record, slot, -1 - result FROM open WHERE result >= 0");
}

/* An undetermined outcome that feeds another brings what it waits for. */
static void feeds(kl_sql *q) {
    kl_sql_begin(q, true, "an undetermined outcome that feeds another brings what it waits for",
                 "feeds_0(record, slot, fed)");
    kl_buf_fmt(q->out, "SELECT record, slot, slot FROM open");
    for (uint32_t i = 1; i < q->stages; i++) {
        kl_sql_begin(q, true, NULL, "feeds_%u(record, slot, fed)", i);
        kl_buf_fmt(q->out,
                   "\n  SELECT DISTINCT f.record, f.slot, o.slot FROM feeds_%u f JOIN counted c ON c.record = f.record "
                   "AND c.slot = f.fed\n"
                   "    JOIN \"reads\" r ON r.owner = c.owner AND r.kind = 2 JOIN slots s ON s.outcome = r.number AND "
                   "s.slot < f.fed JOIN open o ON o.record = f.record AND o.slot = s.slot",
                   i - 1);
    }
    kl_sql_begin(q, true, NULL, "feeds(record, slot, fed)");
    for (uint32_t i = 0; i < (q->stages ? q->stages : 1); i++)
        kl_buf_fmt(q->out, "%sSELECT record, slot, fed FROM feeds_%u", i ? " UNION " : "", i);
}

void kl_sql_wait(kl_sql *q) {
    all_blocks(q, "reached(record, slot, node)", "record, slot, node", "reach", " WHERE mode = 0");
    all_blocks(q, "answered(record, question, answer)", "record, question, answer", "answers", "");
    all_blocks(q, "ended(record, slot, result, told)", "record, slot, result, told", "ends", " WHERE mode = 0");
    open_slots(q);
    pairs(q);
    outcomes_of_slots(q);
    unknown(q);
    feeds(q);
    kl_sql_begin(q, true, NULL, "needed(record, kind, number)");
    kl_buf_fmt(q->out, "\n  SELECT DISTINCT f.record, r.kind, r.number\n  FROM feeds f JOIN counted c ON c.record = "
                       "f.record AND c.slot = f.fed JOIN \"reads\" r ON r.owner = c.owner\n"
                       "    LEFT JOIN unknown u ON u.record = f.record AND u.kind = r.kind AND u.number = r.number\n  "
                       "WHERE r.kind IN (1, 4) OR u.record IS NOT NULL");
    gathered(q);
}
