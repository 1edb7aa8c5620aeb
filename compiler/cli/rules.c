/* rules.c - loads GUIDELINE: which files are editions of it, in which order, and what --assume says of them.
 * May include: the compiler's front door, the runtime and its io.
 * Start at kl_rules_load(). */
#include "compiler/cli/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "KLAUSUL\x1a";

ir_guideline *kl_rules_compile(kl_cli *c, kl_str path, bool quiet, bool *trouble, kl_str *image) {
    kl_diags d;
    kl_diags_init(&d, c->arena, c->lang);
    kl_options o = kl_cli_options(c);
    const kl_sources *s = kl_load(c->arena, &d, &o, path);
    ir_guideline *g = s ? kl_check(c->arena, &d, s) : NULL;
    if (!s) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        *trouble = true;
        return NULL;
    }
    kl_buf b;
    kl_buf_init(&b, c->arena);
    if (g && !d.errors) kl_emit_image(c->arena, &d, g, &b);
    *image = kl_buf_view(&b);
    if (d.errors) {
        kl_diags_text(&d, stderr, c->color_err);
        *trouble = true;
        return NULL;
    }
    if (!g && !quiet) {
        kl_say(c, KL_D_NO_GUIDELINE, 1, path);
        *trouble = true;
    }
    return g;
}

bool kl_rules_admit(kl_cli *c, kl_str path, kl_str image, const kl_program **program) {
    kl_fault fault;
    size_t size = kl_program_size();
    *program = kl_verify(kl_alloc(c->arena, size), size, image.p, image.n, &fault);
    if (*program) return true;
    kl_say_at(c, path, KL_D_IMAGE_REFUSED, 2, kl_str_fmt(c->arena, "%zu", fault.offset), kl_str_of(fault.reason));
    return false;
}

static bool add_edition(kl_cli *c, kl_rules *rules, kl_str path, kl_str image, ir_guideline *ir) {
    kl_edition e = {.path = path, .image = image, .ir = ir};
    if (!kl_rules_admit(c, path, image, &e.program)) return false;
    kl_describe(e.program, &e.info);
    e.schema = kl_schema_new(e.program);
    e.teller = kl_teller_new(e.program);
    KL_PUSH(c->arena, &rules->editions, e);
    if (e.schema && e.teller) return true;
    kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, ENOMEM));
    return false;
}

static bool add_file(kl_cli *c, kl_rules *rules, kl_str path, bool in_folder) {
    kl_str text;
    if (kl_path_is(c->arena, path) == KL_PATH_ABSENT || !kl_file_read(c->arena, path, &text)) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        return false;
    }
    if (text.n >= 8 && memcmp(text.p, magic, 8) == 0) {
        /* The image must stand on an eight-byte boundary. */
        char *image = kl_alloc(c->arena, text.n);
        memcpy(image, text.p, text.n);
        return add_edition(c, rules, path, (kl_str){image, text.n}, NULL);
    }
    bool trouble = false;
    kl_str image;
    ir_guideline *g = kl_rules_compile(c, path, in_folder, &trouble, &image);
    if (!g) return !trouble;
    return add_edition(c, rules, path, image, g);
}

static int by_start(const void *x, const void *y) {
    const kl_edition *a = x, *b = y;
    return (a->info.from > b->info.from) - (a->info.from < b->info.from);
}

static bool editions_agree(kl_cli *c, kl_str path, const kl_rules *rules) {
    const kl_edition *all = rules->editions.p;
    ir_guideline **g = kl_alloc_array(c->arena, rules->editions.n, sizeof(ir_guideline *));
    for (size_t i = 0; i < rules->editions.n; i++) {
        kl_str first = kl_str_from(all[0].info.name), name = kl_str_from(all[i].info.name);
        g[i] = all[i].ir;
        if (kl_str_eq(first, name)) continue;
        kl_say(c, KL_D_FOLDER_MIXED, 3, path, first, name);
        return false;
    }
    kl_diags d;
    kl_diags_init(&d, c->arena, c->lang);
    if (rules->editions.n < 2 || kl_check_editions(c->arena, &d, g, rules->editions.n)) return true;
    kl_diags_text(&d, stderr, c->color_err);
    return false;
}

/* ------------------------------------------------------------------ --assume NAME=VALUE */
static bool assume(kl_cli *c, kl_rules *rules, kl_str given) {
    const char *eq = memchr(given.p, '=', given.n);
    if (!eq) {
        kl_say(c, KL_D_ASSUME_FORM, 1, given);
        return false;
    }
    kl_str name = kl_str_from(kl_trim((kl_string){given.p, (size_t)(eq - given.p)}));
    kl_string text = kl_trim((kl_string){eq + 1, given.n - (size_t)(eq + 1 - given.p)});
    kl_str value = kl_str_from(text);
    bool unknown = kl_str_eq(value, KL_STR("okänt")) || kl_str_eq(value, KL_STR("unknown")), found = false;
    kl_str_list names = {0};
    for (size_t i = 0; i < rules->editions.n; i++) {
        const kl_edition *e = &rules->editions.p[i];
        for (uint32_t k = 0; k < e->info.assumptions; k++) {
            kl_assumption_info a;
            kl_assumption_of(e->program, k, &a);
            KL_PUSH(c->arena, &names, kl_str_from(a.name));
            if (!kl_str_eq(kl_str_from(a.name), name)) continue;
            kl_assumed as = {i, k, !unknown, 0};
            found = true;
            if (!unknown && kl_parse_assumed(e->schema, &a, text, &as.value)) {
                kl_say(c, KL_D_ASSUME_VALUE, 2, name, value);
                return false;
            }
            KL_PUSH(c->arena, &rules->assumed, as);
        }
    }
    if (found) return true;
    kl_say(c, KL_D_ASSUME_NAME, 1, name);
    kl_say_hint(c, kl_closest(name, names.p, names.n));
    return false;
}

/* Whether the runtime takes every value: types and bounds are its business. */
static bool try_assumed(kl_cli *c, const kl_rules *rules) {
    for (size_t i = 0; i < rules->assumed.n; i++) {
        const kl_assumed *as = &rules->assumed.p[i];
        const kl_program *p = rules->editions.p[as->edition].program;
        kl_workspace *w = kl_workspace_new(p, 0, NULL, 0);
        bool ok = w && kl_assume(w, as->assumption, as->known, as->value);
        free(w);
        if (ok) continue;
        kl_assumption_info a;
        kl_assumption_of(p, as->assumption, &a);
        kl_bytes text = {0};
        kl_bytes_value(&text, p, a.kind, a.scale, a.set, &(kl_result){.state = KL_DECIDED, .number = as->value},
                       c->lang == KL_SV ? ',' : '.', kl_cli_word(c, "ja", "yes"), kl_cli_word(c, "nej", "no"));
        kl_say(c, KL_D_ASSUME_VALUE, 2, kl_str_from(a.name), (kl_str){text.data, text.size});
        kl_bytes_free(&text);
        return false;
    }
    return true;
}

static bool ready(kl_cli *c, kl_rules *rules) {
    size_t n = rules->editions.n;
    rules->schemas = kl_alloc_array(c->arena, n, sizeof *rules->schemas);
    rules->tellers = kl_alloc_array(c->arena, n, sizeof *rules->tellers);
    int32_t *from = kl_alloc_array(c->arena, n, sizeof *from);
    uint32_t *dated = kl_alloc_array(c->arena, n, sizeof *dated);
    for (size_t i = 0; i < n; i++) {
        const kl_edition *e = &rules->editions.p[i];
        rules->schemas[i] = e->schema;
        rules->tellers[i] = e->teller;
        from[i] = e->info.from;
        dated[i] = e->info.dated_by;
    }
    rules->dated = (kl_editions){n, rules->schemas, from, dated};
    for (size_t i = 0; i < c->given[KL_FLAG_ASSUME].n; i++)
        if (!assume(c, rules, c->given[KL_FLAG_ASSUME].p[i])) return false;
    return try_assumed(c, rules);
}

bool kl_rules_load(kl_cli *c, kl_str path, kl_rules *rules) {
    *rules = (kl_rules){0};
    if (kl_path_is(c->arena, path) != KL_PATH_FOLDER) return add_file(c, rules, path, false) && ready(c, rules);
    kl_str_list files = {0};
    if (!kl_folder_list(c->arena, path, ".klausul", false, &files)) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        return false;
    }
    if (!files.n) {
        kl_say(c, KL_D_FOLDER_EMPTY, 1, path);
        return false;
    }
    for (size_t i = 0; i < files.n; i++)
        if (!add_file(c, rules, files.p[i], true)) return false;
    if (!rules->editions.n) {
        kl_say(c, KL_D_NO_GUIDELINE, 1, path);
        return false;
    }
    qsort(rules->editions.p, rules->editions.n, sizeof *rules->editions.p, by_start);
    return editions_agree(c, path, rules) && ready(c, rules);
}

void kl_rules_free(kl_rules *rules) {
    for (size_t i = 0; i < rules->editions.n; i++) {
        kl_schema_free(rules->editions.p[i].schema);
        kl_teller_free(rules->editions.p[i].teller);
    }
    rules->editions.n = 0;
}

kl_workspace *kl_rules_workspace(const kl_rules *rules, size_t edition) {
    return kl_workspace_new(rules->editions.p[edition].program, edition, rules->assumed.p, rules->assumed.n);
}
