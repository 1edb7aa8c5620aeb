/* test.c - the verb test: runs the examples of every guideline named and reports failures and coverage as text, JSON or JUnit.
 * May include: compiler/cli/examples.
 * Start at kl_verb_test(). */
#include "compiler/cli/mutate.h"
#include "compiler/cli/suggest.h"

#include <errno.h>
#include <string.h>

typedef KL_VEC(kl_examples) suites;

static bool suggest(kl_cli *c, const kl_examples *x, kl_bytes *out) {
    size_t before = out->size;
    kl_str head = kl_str_fmt(c->arena, "# %.*s\n", KL_FMT(x->path));
    kl_bytes_add(out, head.p, head.n);
    size_t start = out->size;
    bool ok = kl_suggest(c, x, out);
    if (out->size == start) out->size = before; /* nothing to suggest */
    return ok;
}

static bool run_file(kl_cli *c, kl_str path, suites *all, bool named, kl_bytes *out, size_t *left) {
    bool trouble = false;
    kl_str image;
    if (kl_path_is(c->arena, path) == KL_PATH_ABSENT) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        return false;
    }
    ir_guideline *g = kl_rules_compile(c, path, !named, &trouble, &image);
    if (!g) return !trouble;
    kl_examples x = {.path = path, .ir = g, .edition = {.path = path, .image = image, .ir = g}};
    if (!kl_rules_admit(c, path, image, &x.edition.program)) return false;
    kl_describe(x.edition.program, &x.edition.info);
    x.edition.teller = kl_teller_new(x.edition.program);
    bool ok = x.edition.teller && kl_examples_run(c, &x);
    if (ok && kl_cli_has(c, KL_FLAG_SUGGEST)) ok = suggest(c, &x, out);
    if (ok && kl_cli_has(c, KL_FLAG_MUTATE)) ok = kl_mutate(c, &x, kl_cli_is(c, KL_FLAG_FORMAT, "json"), out, left);
    kl_teller_free(x.edition.teller);
    x.edition.teller = NULL;
    if (!ok) kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, ENOMEM));
    KL_PUSH(c->arena, all, x);
    return ok;
}

static kl_str share_text(kl_cli *c, unsigned share) {
    return share % 10 ? kl_str_fmt(c->arena, "%u%c%u", share / 10, c->lang == KL_SV ? ',' : '.', share % 10)
                      : kl_str_fmt(c->arena, "%u", share / 10);
}

static kl_str entry_id(const kl_examples *x, uint32_t entry) {
    return x->ir->entries.p[entry].id;
}

/* ------------------------------------------------------------------ text */
static void print_failures(kl_cli *c, kl_bytes *out, const kl_examples *x) {
    for (size_t i = 0; i < x->runs.n; i++) {
        const kl_example_run *run = &x->runs.p[i];
        for (size_t k = 0; k < run->failures.n; k++) {
            const kl_failure *f = &run->failures.p[k];
            size_t line = 0, column = 0;
            kl_place(f->file, f->span.start, &line, &column);
            kl_str text = kl_str_fmt(c->arena,
                                     kl_cli_word(c, "%.*s:%zu:%zu: exemplet ”%.*s”: %.*s väntades %.*s, blev %.*s\n",
                                                 "%.*s:%zu:%zu: example “%.*s”: %.*s expected %.*s, got %.*s\n"),
                                     KL_FMT(f->file->path), line, column, KL_FMT(run->example->title), KL_FMT(f->what),
                                     KL_FMT(f->expected), KL_FMT(f->got));
            kl_bytes_add(out, text.p, text.n);
        }
    }
}

static void print_uncovered(kl_cli *c, kl_bytes *out, const kl_examples *x) {
    for (size_t i = 0; i < x->covered.n; i++) {
        const kl_covered *k = &x->covered.p[i];
        if (!k->counts || (k->truths[KL_YES] && k->truths[KL_NO])) continue;
        const char *never = k->truths[KL_YES]  ? kl_cli_word(c, "aldrig nej", "never no")
                            : k->truths[KL_NO] ? kl_cli_word(c, "aldrig ja", "never yes")
                                               : kl_cli_word(c, "aldrig ja, aldrig nej", "never yes, never no");
        kl_str id = entry_id(x, k->entry);
        size_t width = kl_utf8_width(id);
        kl_str text = kl_str_fmt(c->arena, "  %.*s%*s %s\n", KL_FMT(id), width < 40 ? (int)(40 - width) : 0, "", never);
        kl_bytes_add(out, text.p, text.n);
    }
}

static void print_text(kl_cli *c, kl_bytes *out, const suites *all) {
    for (size_t i = 0; i < all->n; i++) {
        const kl_examples *x = &all->p[i];
        size_t unknown = 0;
        for (size_t k = 0; k < x->covered.n; k++)
            unknown += x->covered.p[k].counts && x->covered.p[k].truths[KL_UNKNOWN];
        print_failures(c, out, x);
        kl_str text = kl_str_fmt(c->arena,
                                 kl_cli_word(c,
                                             "%.*s: %zu exempel, %zu fel; %zu av %zu klausuler, undantag och rader "
                                             "prövade åt båda håll (%.*s %%), %zu också okända\n",
                                             "%.*s: %zu examples, %zu failed; %zu of %zu clauses, exceptions and rows "
                                             "tried both ways (%.*s %%), %zu also unknown\n"),
                                 KL_FMT(x->path), x->runs.n, x->failed, x->both, x->counted,
                                 KL_FMT(share_text(c, kl_examples_share(x->both, x->counted))), unknown);
        kl_bytes_add(out, text.p, text.n);
        print_uncovered(c, out, x);
    }
    if (!all->n) kl_bytes_text(out, kl_cli_word(c, "inga exempel\n", "no examples\n"));
}

/* ------------------------------------------------------------------ JSON */
static void json_pair(kl_bytes *out, const char *before, const char *name, kl_str value) {
    kl_bytes_text(out, before);
    kl_bytes_char(out, '"');
    kl_bytes_text(out, name);
    kl_bytes_text(out, "\": ");
    kl_bytes_json(out, kl_string_from(value));
}

static void json_number(kl_bytes *out, const char *name, uint64_t n) {
    kl_bytes_text(out, ", \"");
    kl_bytes_text(out, name);
    kl_bytes_text(out, "\": ");
    kl_bytes_number(out, (int64_t)n, 0, '.');
}

static void print_json(kl_bytes *out, const suites *all) {
    kl_bytes_text(out, "[");
    for (size_t i = 0; i < all->n; i++) {
        const kl_examples *x = &all->p[i];
        json_pair(out, i ? ",\n{" : "\n{", "file", x->path);
        json_pair(out, ", ", "guideline", x->ir->name);
        json_number(out, "examples", x->runs.n);
        json_number(out, "failed", x->failed);
        json_number(out, "counted", x->counted);
        json_number(out, "both_ways", x->both);
        kl_bytes_text(out, ", \"failures\": [");
        bool first = true;
        for (size_t r = 0; r < x->runs.n; r++)
            for (size_t k = 0; k < x->runs.p[r].failures.n; k++) {
                const kl_failure *f = &x->runs.p[r].failures.p[k];
                size_t line = 0, column = 0;
                kl_place(f->file, f->span.start, &line, &column);
                json_pair(out, first ? "\n  {" : ",\n  {", "example", x->runs.p[r].example->title);
                json_pair(out, ", ", "what", f->what);
                json_pair(out, ", ", "expected", f->expected);
                json_pair(out, ", ", "got", f->got);
                json_pair(out, ", ", "file", f->file->path);
                json_number(out, "line", line);
                json_number(out, "column", column);
                kl_bytes_char(out, '}');
                first = false;
            }
        kl_bytes_text(out, "], \"coverage\": {");
        first = true;
        for (size_t k = 0; k < x->covered.n; k++) {
            const kl_covered *v = &x->covered.p[k];
            if (!v->counts) continue;
            kl_bytes_text(out, first ? "\n  " : ",\n  ");
            first = false;
            kl_bytes_json(out, kl_string_from(entry_id(x, v->entry)));
            kl_bytes_text(out, ": {\"yes\": ");
            kl_bytes_number(out, (int64_t)v->truths[KL_YES], 0, '.');
            json_number(out, "no", v->truths[KL_NO]);
            json_number(out, "unknown", v->truths[KL_UNKNOWN]);
            kl_bytes_char(out, '}');
        }
        kl_bytes_text(out, "}}");
    }
    kl_bytes_text(out, "\n]\n");
}

/* ------------------------------------------------------------------ JUnit */
static void xml(kl_bytes *out, kl_str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '<')
            kl_bytes_text(out, "&lt;");
        else if (c == '>')
            kl_bytes_text(out, "&gt;");
        else if (c == '&')
            kl_bytes_text(out, "&amp;");
        else if (c == '"')
            kl_bytes_text(out, "&quot;");
        else if ((unsigned char)c >= 0x20 || c == '\t' || c == '\n')
            kl_bytes_char(out, c);
    }
}

static void print_junit(kl_cli *c, kl_bytes *out, const suites *all) {
    kl_bytes_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < all->n; i++) {
        const kl_examples *x = &all->p[i];
        kl_bytes_text(out, "  <testsuite name=\"");
        xml(out, x->path);
        kl_str counts = kl_str_fmt(c->arena, "\" tests=\"%zu\" failures=\"%zu\">\n", x->runs.n, x->failed);
        kl_bytes_add(out, counts.p, counts.n);
        for (size_t r = 0; r < x->runs.n; r++) {
            const kl_example_run *run = &x->runs.p[r];
            kl_bytes_text(out, "    <testcase classname=\"");
            xml(out, x->ir->name);
            kl_bytes_text(out, "\" name=\"");
            xml(out, run->example->title);
            kl_bytes_text(out, run->failures.n ? "\">\n" : "\"/>\n");
            for (size_t k = 0; k < run->failures.n; k++) {
                const kl_failure *f = &run->failures.p[k];
                size_t line = 0, column = 0;
                kl_place(f->file, f->span.start, &line, &column);
                kl_bytes_text(out, "      <failure message=\"");
                xml(out, kl_str_fmt(c->arena,
                                    kl_cli_word(c, "%.*s: väntades %.*s, blev %.*s", "%.*s: expected %.*s, got %.*s"),
                                    KL_FMT(f->what), KL_FMT(f->expected), KL_FMT(f->got)));
                kl_bytes_text(out, "\">");
                xml(out, kl_str_fmt(c->arena, "%.*s:%zu:%zu", KL_FMT(f->file->path), line, column));
                kl_bytes_text(out, "</failure>\n");
            }
            if (run->failures.n) kl_bytes_text(out, "    </testcase>\n");
        }
        kl_bytes_text(out, "  </testsuite>\n");
    }
    kl_bytes_text(out, "</testsuites>\n");
}

int kl_verb_test(kl_cli *c) {
    kl_str_list files = {0};
    suites all = {0};
    int64_t threshold = 0;
    kl_str given = kl_cli_value(c, KL_FLAG_THRESHOLD);
    if (given.n && (kl_parse_number(kl_string_from(given), 1, (kl_string){"", 0}, &threshold) || threshold < 0 ||
                    threshold > 1000)) {
        kl_say(c, KL_D_USAGE_CHOICE, 3, KL_STR("--threshold"), given, KL_STR("0 … 100"));
        return KL_EXIT_TROUBLE;
    }
    if (!kl_cli_files(c, &files)) return KL_EXIT_TROUBLE;
    int status = KL_EXIT_OK;
    kl_bytes out = {0};
    size_t left = 0; /* changes that no example notices */
    for (size_t i = 0; i < files.n; i++) {
        bool named = false;
        for (size_t k = 0; k < c->operands.n; k++) named |= kl_str_eq(c->operands.p[k], files.p[i]);
        if (!run_file(c, files.p[i], &all, named, &out, &left)) status = KL_EXIT_TROUBLE;
    }
    if (kl_cli_has(c, KL_FLAG_SUGGEST) || kl_cli_has(c, KL_FLAG_MUTATE))
        ; /* written file by file */
    else if (kl_cli_is(c, KL_FLAG_FORMAT, "json"))
        print_json(&out, &all);
    else if (kl_cli_is(c, KL_FLAG_FORMAT, "junit"))
        print_junit(c, &out, &all);
    else
        print_text(c, &out, &all);
    for (size_t i = 0; i < all.n && status == KL_EXIT_OK; i++)
        if (all.p[i].failed || (given.n && kl_examples_share(all.p[i].both, all.p[i].counted) < (unsigned)threshold))
            status = KL_EXIT_FOUND;
    if (left && status == KL_EXIT_OK) status = KL_EXIT_FOUND;
    if (!kl_write_all(c, kl_cli_value(c, KL_FLAG_OUTPUT), out.data, out.size)) status = KL_EXIT_TROUBLE;
    kl_bytes_free(&out);
    return status;
}
