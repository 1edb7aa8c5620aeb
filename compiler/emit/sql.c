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

static kl_str bare(kl_str head) { /* the name without its columns */
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

/* A script: each part fills a temporary table, for databases that would compute a part anew wherever it is read. */
static void script(kl_sql *q, kl_buf *out, kl_str name) {
    for (size_t i = 0; i < q->parts.n; i++) {
        const kl_sql_part *p = q->parts.p[i];
        kl_str text = kl_buf_view(&p->text), table = i + 1 < q->parts.n ? bare(p->head) : name;
        if (p->comment.n) kl_buf_fmt(out, "-- %.*s\n", KL_FMT(p->comment));
        kl_buf_fmt(out, "DROP TABLE IF EXISTS temp.%.*s;\nCREATE TEMP TABLE %.*s AS\n", KL_FMT(table), KL_FMT(table));
        if (i + 1 < q->parts.n && table.n < p->head.n)
            kl_buf_fmt(out, "WITH %.*s AS (%.*s)\nSELECT * FROM %.*s;\n", KL_FMT(p->head), KL_FMT(text), KL_FMT(table));
        else
            kl_buf_fmt(out, "%.*s%s", KL_FMT(text), i + 1 < q->parts.n ? ";\n" : "");
    }
}

bool kl_emit_sql(kl_arena *a, const kl_program *program, kl_str image, kl_str dialect, kl_buf *out, kl_str *trouble) {
    kl_sql q = {.arena = a, .program = program, .view = kl_view_open(image), .d = kl_dialect_of(dialect)};
    kl_describe(program, &q.info);
    kl_str name = kl_sql_ident(a, kl_sql_string(q.info.name)),
           record = q.info.record.size ? on_one_line(a, q.info.record) : KL_STR("records");
    q.outcome = kl_alloc_array(a, q.info.outcomes + 1, sizeof *q.outcome);
    kl_buf_fmt(
        out, "-- %.*s %.*s: %.*s\n-- Made by klausul %s for %s; change the rules, not this file. sha256 of the rules: ",
        KL_FMT(on_one_line(a, q.info.name)), KL_FMT(on_one_line(a, q.info.edition)),
        KL_FMT(on_one_line(a, q.info.document)), KLAUSUL_VERSION, q.d->name);
    for (int i = 0; i < 32; i++) kl_buf_fmt(out, "%02x", (unsigned)q.info.source_hash[i]);
    kl_buf_fmt(out, "\n-- It reads the table \"%.*s\" with one column for each field; NULL is unknown.\n",
               KL_FMT(record));
    kl_sql_tables(&q);
    kl_sql_fields(&q);
    kl_sql_line(&q);
    *trouble = q.trouble;
    if (q.trouble.n) return false;
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
    if (q.d->script)
        script(&q, out, name);
    else
        one_query(&q, out, name);
    *trouble = q.trouble;
    return q.trouble.n == 0;
}
