/* sql.c - a guideline as a view in SQL: every outcome with its state, who decided, what blocked, what is missing.
 * May include: compiler/compiler, compiler/emit/sql.h.
 * Start at kl_emit_sql(). */
#include "compiler/emit/sql.h"
#include "compiler/compiler.h"

static kl_str on_one_line(kl_arena *a, kl_string s) {
    char *p = kl_alloc(a, s.size + 1);
    for (size_t i = 0; i < s.size; i++) p[i] = s.data[i] == '\n' || s.data[i] == '\r' ? ' ' : s.data[i];
    return (kl_str){p, s.size};
}

void kl_sql_begin(kl_sql *q, bool once, const char *comment, const char *head, ...) {
    kl_sql_part *p = kl_alloc(q->arena, sizeof *p);
    va_list args;
    va_start(args, head);
    p->head = kl_str_vfmt(q->arena, head, args);
    va_end(args);
    p->once = once;
    p->comment = comment ? kl_str_of(comment) : KL_STR("");
    kl_buf_init(&p->text, q->arena);
    KL_PUSH(q->arena, &q->parts, p);
    q->out = &p->text;
}

kl_str kl_sql_bare(kl_str head) {
    size_t n = 0;
    while (n < head.n && head.p[n] != '(') n++;
    return (kl_str){head.p, n};
}

/* One query: the parts stand before it by name. */
static void one_query(kl_sql *q, kl_buf *out, kl_str name) {
    kl_buf_str(out, kl_sql_fill(q->arena, q->d->create, name, name, name));
    for (size_t i = 0; i < q->parts.n; i++) {
        const kl_sql_part *p = q->parts.p[i];
        kl_str text = kl_buf_view(&p->text);
        if (p->comment.n) kl_buf_fmt(out, "-- %.*s\n", KL_FMT(p->comment));
        if (i + 1 < q->parts.n)
            kl_buf_fmt(out, "%.*s AS%s (%.*s)%s\n", KL_FMT(p->head), p->once ? q->d->once : "", KL_FMT(text),
                       i + 2 < q->parts.n ? "," : "");
        else
            kl_buf_fmt(out, "\n%.*s", KL_FMT(text));
    }
}

/* A table's own name, as a text that is run by hand: without the quotes that it may have. */
static kl_str table_name(kl_sql *q, kl_str table) {
    if (table.n && table.p[0] == '"') table = (kl_str){table.p + 1, table.n - 2};
    return kl_str_fmt(q->arena, "%s%.*s", q->d->temporary, KL_FMT(table));
}

/* The guideline's name as one of a temporary table: prov.avgift as ora$ptt_prov_avgift. */
static kl_str last_table(kl_sql *q, kl_str quoted) {
    const char *prefix = q->d->last_table;
    if (!prefix) return quoted;
    kl_str name = kl_str_fmt(q->arena, "%s%.*s", prefix, (int)q->info.name.size, q->info.name.data);
    char *p = kl_alloc(q->arena, name.n + 1);
    for (size_t i = 0; i < name.n; i++) p[i] = name.p[i] == '.' ? '_' : name.p[i];
    if (name.n > q->d->name_most) kl_sql_refuse(q, KL_SQL_NAME, kl_sql_string(q->info.name), q->d->name_most);
    return (kl_str){p, name.n};
}

/* A table of constants in several statements, where the database takes only so many in one. */
static void more_rows(kl_sql *q, kl_buf *out, kl_str table, kl_str text) {
    for (size_t from = 0, i = 0; i <= text.n; i++) {
        if (i < text.n && text.p[i] != KL_SQL_MORE) continue;
        kl_str rows = {text.p + from, i - from};
        if (from) kl_buf_str(out, kl_sql_fill(q->arena, q->d->more, table, rows, rows));
        from = i + 1;
    }
}

/* A script: each part fills a temporary table, for databases that would compute a part anew wherever it is read. */
static void script(kl_sql *q, kl_buf *out, kl_str name) {
    const kl_dialect *d = q->d;
    kl_str last = last_table(q, name);
    kl_buf drops;
    kl_buf_init(&drops, q->arena);
    for (size_t i = 0; d->drop && i < q->parts.n; i++) {
        kl_str table = i + 1 < q->parts.n ? table_name(q, kl_sql_bare(q->parts.p[i]->head)) : last;
        kl_buf_str(&drops, kl_sql_fill(q->arena, d->drop, table, table, table));
    }
    kl_buf_str(out, kl_sql_fill(q->arena, d->begin, last, kl_buf_view(&drops), last));
    for (size_t i = 0; i < q->parts.n; i++) {
        const kl_sql_part *p = q->parts.p[i];
        kl_str text = kl_buf_view(&p->text), table = i + 1 < q->parts.n ? kl_sql_bare(p->head) : last, first = text;
        for (first.n = 0; first.n < text.n && text.p[first.n] != KL_SQL_MORE;) first.n++;
        kl_str columns = i + 1 < q->parts.n ? (kl_str){p->head.p + table.n, p->head.n - table.n} : KL_STR("");
        if (p->comment.n) kl_buf_fmt(out, "-- %.*s\n", KL_FMT(p->comment));
        const char *pattern = i + 1 == q->parts.n ? d->last : columns.n ? d->named : d->part;
        kl_buf_str(out, kl_sql_fill(q->arena, pattern, table, columns, first));
        more_rows(q, out, table, text);
    }
    kl_buf_fmt(out, "%s", d->end);
}

bool kl_emit_sql(kl_arena *a, const kl_program *program, kl_str image, kl_str dialect, kl_buf *out,
                 kl_sql_trouble *trouble) {
    kl_sql q = {.arena = a, .program = program, .view = kl_view_open(image), .d = kl_dialect_of(dialect)};
    kl_describe(program, &q.info);
    kl_str name = kl_sql_ident(a, kl_sql_string(q.info.name)),
           record = q.info.record.size ? on_one_line(a, q.info.record) : KL_STR("records");
    q.outcome = kl_alloc_array(a, q.info.outcomes + 1, sizeof *q.outcome);
    kl_buf text;
    kl_buf_init(&text, a);
    kl_buf_fmt(
        &text,
        "-- %.*s %.*s: %.*s\n-- Made by klausul %s for %s; change the rules, not this file. sha256 of the rules: ",
        KL_FMT(on_one_line(a, q.info.name)), KL_FMT(on_one_line(a, q.info.edition)),
        KL_FMT(on_one_line(a, q.info.document)), KLAUSUL_VERSION, q.d->server);
    for (int i = 0; i < 32; i++) kl_buf_fmt(&text, "%02x", (unsigned)q.info.source_hash[i]);
    kl_buf_fmt(&text, "\n-- It reads the table \"%.*s\" with one column for each field; NULL is unknown.\n",
               KL_FMT(record));
    kl_sql_tables(&q);
    kl_sql_fields(&q);
    kl_sql_line(&q);
    *trouble = q.trouble;
    if (q.trouble.reason) return false;
    static const char *const own[] = {"key",  "decided_by", "blocked_by", "assumptions", "missing",
                                      "open", "findings",   "warnings",   "rejected"};
    for (uint32_t o = 0; o < q.info.outcomes; o++) { /* an outcome named as a column that all have stands beside it */
        kl_outcome_info info;
        kl_outcome_of(program, o, &info);
        kl_str column = kl_sql_string(info.name);
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            if (kl_str_eq(column, kl_str_of(own[i]))) column = kl_str_fmt(a, "%s.value", own[i]);
        q.outcome[o] = kl_sql_ident(a, column);
    }
    kl_sql_wait(&q);
    kl_sql_select(&q);
    if (q.d->begin)
        script(&q, &text, name);
    else
        one_query(&q, &text, name);
    kl_sql_spell(&q, kl_buf_view(&text), out);
    if (q.d->columns_most && q.width > q.d->columns_most)
        kl_sql_refuse(&q, KL_SQL_TABLE, kl_sql_string(q.info.name), q.d->columns_most);
    *trouble = q.trouble;
    return q.trouble.reason == KL_SQL_FINE;
}
