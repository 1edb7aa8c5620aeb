/* build.c - the verbs build and verify: an image from rule text, and whether an image is sound and made from a given text.
 * May include: the compiler's front door, the runtime.
 * Start at kl_verb_build() and kl_verb_verify(). */
#include "compiler/cli/rules.h"

#include <errno.h>
#include <string.h>

/* The one rule file that GUIDELINE means: a file, or the only guideline of a folder. */
static bool one_file(kl_cli *c, kl_str path, kl_str *file) {
    *file = path;
    if (kl_path_is(c->arena, path) != KL_PATH_FOLDER) return true;
    kl_rules rules;
    bool ok = kl_rules_load(c, path, &rules);
    if (ok && rules.editions.n > 1) {
        kl_say(c, KL_D_SOME_EDITION, 1, path);
        ok = false;
    }
    if (ok) *file = rules.editions.p[0].path;
    kl_rules_free(&rules);
    return ok;
}

/* C goes into two files: X.c as asked for, and X.h beside it. */
static bool write_c(kl_cli *c, kl_str path, const kl_program *program, kl_str image) {
    kl_buf header, source;
    size_t slash = path.n;
    if (path.n < 3 || memcmp(path.p + path.n - 2, ".c", 2) != 0) {
        kl_say(c, KL_D_USAGE_CHOICE, 3, KL_STR("--output"), path, kl_str_of(kl_cli_word(c, "FIL.c", "FILE.c")));
        return false;
    }
    while (slash > 0 && path.p[slash - 1] != '/') slash--;
    kl_str beside = kl_str_fmt(c->arena, "%.*sh", (int)path.n - 1, path.p),
           include = {beside.p + slash, beside.n - slash};
    kl_buf_init(&header, c->arena);
    kl_buf_init(&source, c->arena);
    kl_emit_c(c->arena, program, image, include, &header, &source);
    return kl_write_all(c, beside, header.p, header.n) && kl_write_all(c, path, source.p, source.n);
}

/* SQL is read beside the document: its conditions are the rules' own, not others that come to the same. */
static kl_str as_written(kl_cli *c, const ir_guideline *g) {
    kl_diags d;
    kl_buf image;
    kl_diags_init(&d, c->arena, c->lang);
    kl_buf_init(&image, c->arena);
    kl_emit_image_plainly(c->arena, &d, g, &image);
    return kl_buf_view(&image);
}

/* Where the rules have what the dialect cannot say; the guideline itself, where it is in many places. */
static const kl_file *place_of(const ir_guideline *g, const kl_sql_trouble *t, kl_span *span) {
    for (size_t i = 0; i < g->outcomes.n; i++) {
        const ir_outcome *o = &g->outcomes.p[i];
        bool here = t->reason != KL_SQL_COMPUTED && kl_str_eq(o->name, t->what);
        for (size_t k = 0; k < o->columns.n && t->reason == KL_SQL_COMPUTED; k++)
            here |= kl_str_eq(o->columns.p[k].name, t->what);
        *span = o->span;
        if (here) return o->file;
    }
    for (size_t i = 0; i < g->fields.n; i++) {
        *span = g->fields.p[i].span;
        if (kl_str_eq(g->fields.p[i].name, t->what)) return g->fields.p[i].file;
    }
    *span = g->entries.n ? g->entries.p[0].span : (kl_span){0, 0};
    return g->files.p[0];
}

static kl_str why_not(kl_cli *c, const kl_sql_trouble *t) {
    static const char *const words[][2] = {
        [KL_SQL_FINE] = {"", ""},
        [KL_SQL_ROWS] = {"utfall rad för rad räknas fram för varje post",
                         "an outcome row by row is worked out for each record"},
        [KL_SQL_COMPUTED] = {"en kolumn i flera är räknad eller en mängd",
                             "a column of a many-of outcome is computed, or a set"},
        [KL_SQL_NAME] = {"ett namn har inte fler byte än", "a name has no more bytes than"},
        [KL_SQL_TEXT] = {"en text har inte fler byte än", "a text has no more bytes than"},
        [KL_SQL_TABLE] = {"en tabell har inte fler kolumner än", "a table has no more columns than"},
        [KL_SQL_CODES] = {"en lista har inte fler koder än", "a list has no more codes than"},
        [KL_SQL_DAY] = {"före 1582-10-15 räknar databasen dagar på ett annat sätt",
                        "before 1582-10-15 the database counts days otherwise"},
        [KL_SQL_BLANKS] = {"blanka i slutet av en text räknas inte i databasen",
                           "blanks at the end of a text do not count in the database"},
        [KL_SQL_EMPTY] = {"en tom text är okänd i databasen", "an empty text is unknown in the database"},
    };
    kl_str most = t->most ? kl_str_fmt(c->arena, " %u", t->most) : KL_STR("");
    return kl_str_fmt(c->arena, "%s%.*s", kl_cli_word(c, words[t->reason][0], words[t->reason][1]), KL_FMT(most));
}

static bool write_sql(kl_cli *c, kl_str path, const ir_guideline *g, const kl_program *program, kl_str image) {
    kl_buf text;
    kl_diags d;
    kl_span span;
    kl_sql_trouble trouble;
    kl_str dialect = kl_cli_value(c, KL_FLAG_DIALECT);
    kl_buf_init(&text, c->arena);
    if (!dialect.n) {
        kl_say(c, KL_D_USAGE_NEEDS, 2, KL_STR("--target sql"), KL_STR("--dialect"));
        return false;
    }
    if (kl_emit_sql(c->arena, program, image, dialect, &text, &trouble)) return kl_write_all(c, path, text.p, text.n);
    const kl_file *file = place_of(g, &trouble, &span);
    kl_diags_init(&d, c->arena, c->lang);
    kl_report(&d, file, span, KL_D_TARGET_CANNOT, 2, dialect, trouble.what)->note = why_not(c, &trouble);
    kl_diags_text(&d, stderr, c->color_err);
    return false;
}

int kl_verb_build(kl_cli *c) {
    kl_str path, image;
    bool trouble = false;
    if (!kl_cli_has(c, KL_FLAG_OUTPUT)) {
        kl_say(c, KL_D_USAGE_FEW, 2, KL_STR("build"), kl_str_of(c->verb->operands[c->lang]));
        return KL_EXIT_TROUBLE;
    }
    if (!one_file(c, c->operands.p[0], &path)) return KL_EXIT_TROUBLE;
    if (kl_path_is(c->arena, path) == KL_PATH_ABSENT) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, ENOENT));
        return KL_EXIT_TROUBLE;
    }
    const kl_program *program;
    const ir_guideline *g = kl_rules_compile(c, path, false, &trouble, &image);
    if (g && kl_cli_is(c, KL_FLAG_TARGET, "sql")) image = as_written(c, g);
    if (!g || !kl_rules_admit(c, path, image, &program)) return KL_EXIT_TROUBLE;
    kl_str to = kl_cli_value(c, KL_FLAG_OUTPUT);
    bool ok = kl_cli_is(c, KL_FLAG_TARGET, "c")     ? write_c(c, to, program, image)
              : kl_cli_is(c, KL_FLAG_TARGET, "sql") ? write_sql(c, to, g, program, image)
                                                    : kl_write_all(c, to, image.p, image.n);
    return ok ? KL_EXIT_OK : KL_EXIT_TROUBLE;
}

/* ------------------------------------------------------------------ verify */
static kl_str hex(kl_cli *c, const uint8_t *bytes) {
    kl_buf b;
    kl_buf_init(&b, c->arena);
    for (size_t i = 0; i < 32; i++) kl_buf_fmt(&b, "%02x", (unsigned)bytes[i]);
    return kl_buf_view(&b);
}

static bool same_source(const kl_program *p, uint32_t sources, const kl_source_info *wanted) {
    for (uint32_t i = 0; i < sources; i++) {
        kl_source_info s;
        kl_source_of(p, i, &s);
        if (kl_str_eq(kl_str_from(s.name), kl_str_from(wanted->name)) && memcmp(s.hash, wanted->hash, 32) == 0)
            return true;
    }
    return false;
}

/* The image against the text: every source of the one must be a source of the other. */
static int compare(kl_cli *c, kl_str image_path, const kl_program *image, const kl_program *text) {
    kl_guideline_info a, b;
    kl_describe(image, &a);
    kl_describe(text, &b);
    int status = KL_EXIT_OK;
    for (uint32_t i = 0; i < b.sources; i++) {
        kl_source_info s;
        kl_source_of(text, i, &s);
        if (same_source(image, a.sources, &s)) continue;
        kl_say_at(c, image_path, KL_D_IMAGE_STALE, 1, kl_str_from(s.name));
        status = KL_EXIT_FOUND;
    }
    if (status == KL_EXIT_OK && memcmp(a.source_hash, b.source_hash, 32) != 0) {
        kl_say_at(c, image_path, KL_D_IMAGE_STALE, 1, kl_str_from(a.name));
        status = KL_EXIT_FOUND;
    }
    return status;
}

int kl_verb_verify(kl_cli *c) {
    kl_str path = c->operands.p[0], bytes, text;
    if (kl_path_is(c->arena, path) == KL_PATH_ABSENT || !kl_file_read(c->arena, path, &bytes)) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        return KL_EXIT_TROUBLE;
    }
    char *aligned = kl_alloc(c->arena, bytes.n + 1);
    if (bytes.n) memcpy(aligned, bytes.p, bytes.n);
    const kl_program *image, *compiled;
    if (!kl_rules_admit(c, path, (kl_str){aligned, bytes.n}, &image)) return KL_EXIT_FOUND;
    kl_guideline_info g;
    kl_describe(image, &g);
    int status = KL_EXIT_OK;
    if (c->operands.n > 1) {
        kl_str file;
        bool trouble = false;
        if (!one_file(c, c->operands.p[1], &file) || !kl_rules_compile(c, file, false, &trouble, &text) ||
            !kl_rules_admit(c, file, text, &compiled))
            return KL_EXIT_TROUBLE;
        status = compare(c, path, image, compiled);
    }
    if (status == KL_EXIT_OK)
        printf("%.*s: %s · %.*s%s%.*s · sha256 %.*s\n", KL_FMT(path),
               c->operands.n > 1 ? kl_cli_word(c, "godtas, och svarar mot texten", "admitted, and made from the text")
                                 : kl_cli_word(c, "godtas", "admitted"),
               (int)g.name.size, g.name.data, g.edition.size ? " " : "", (int)g.edition.size, g.edition.data,
               KL_FMT(hex(c, g.source_hash)));
    return status;
}
