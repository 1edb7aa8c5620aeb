/* check.c - the verb check: rule files read and checked, all that is wrong printed at once.
 * May include: the compiler's and the language room's front doors.
 * Start at kl_verb_check(). */
#include "compiler/cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool read_file(void *self, kl_arena *a, kl_str path, kl_str *text) {
    (void)self;
    return kl_path_is(a, path) != KL_PATH_FOLDER && kl_file_read(a, path, text);
}

kl_options kl_cli_options(kl_cli *c) {
    return (kl_options){.reader = {read_file, NULL},
                        .include = c->given[KL_FLAG_INCLUDE].p,
                        .include_count = c->given[KL_FLAG_INCLUDE].n};
}

void kl_cli_print(kl_cli *c, kl_diags *d, FILE *out, kl_str format) {
    if (kl_str_eq(format, KL_STR("json")))
        kl_diags_json(d, out);
    else if (kl_str_eq(format, KL_STR("github")))
        kl_diags_github(d, out);
    else
        kl_diags_text(d, out, out == stdout ? c->color_out : c->color_err);
}

bool kl_cli_files(kl_cli *c, kl_str_list *files) {
    for (size_t i = 0; i < c->operands.n; i++) {
        kl_str path = c->operands.p[i];
        if (kl_path_is(c->arena, path) != KL_PATH_FOLDER) {
            KL_PUSH(c->arena, files, path);
            continue;
        }
        size_t before = files->n;
        if (!kl_folder_list(c->arena, path, ".klausul", true, files)) {
            kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
            return false;
        }
        if (files->n == before) {
            kl_say(c, KL_D_FOLDER_EMPTY, 1, path);
            return false;
        }
    }
    return true;
}

/* A word list that several guidelines use is read with each of them, but what it holds is said once. */
static bool said(const kl_diags *all, const kl_diag *d) {
    for (size_t i = 0; i < all->list.n; i++) {
        const kl_diag *o = &all->list.p[i];
        bool same = o->id == d->id && o->span.start == d->span.start && o->span.end == d->span.end && o->file &&
                    d->file && kl_str_eq(o->file->path, d->file->path);
        for (size_t k = 0; same && k < d->arg_count; k++) same = kl_str_eq(o->args[k], d->args[k]);
        if (same) return true;
    }
    return false;
}

static void merge(kl_diags *all, const kl_diags *d) {
    for (size_t i = 0; i < d->list.n; i++) {
        if (said(all, &d->list.p[i])) continue;
        KL_PUSH(all->arena, &all->list, d->list.p[i]);
        if (kl_diag_severity(d->list.p[i].id) == KL_ERROR)
            all->errors++;
        else
            all->warnings++;
    }
}

typedef KL_VEC(ir_guideline *) guideline_list;

typedef struct meter { /* the line on the terminal */
    bool shown;
    size_t percent;
} meter;

static void show_progress(void *self, size_t done, size_t all) {
    meter *m = self;
    size_t percent = all ? done * 100 / all : 100;
    if (percent == m->percent && m->shown) return;
    m->shown = true;
    m->percent = percent;
    if (done < all)
        fprintf(stderr, "\r%3zu %%", percent);
    else
        fputs("\r     \r", stderr);
    fflush(stderr);
}

static bool read_effort(kl_cli *c, uint32_t *effort) {
    kl_str text = kl_cli_value(c, KL_FLAG_EFFORT);
    uint64_t n = 0;
    if (!kl_cli_has(c, KL_FLAG_EFFORT)) return true;
    for (size_t i = 0; i < text.n && text.n <= 9; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            n = 0, text.n = 0;
        else
            n = n * 10 + (uint64_t)(text.p[i] - '0');
    }
    *effort = (uint32_t)n;
    if (n > 0 && text.n <= 9) return true;
    kl_say(c, KL_D_USAGE_CHOICE, 3, KL_STR("--effort"), kl_cli_value(c, KL_FLAG_EFFORT), KL_STR("1–999999999"));
    return false;
}

/* Reads, checks and emits one file: the emitter has limits of its own to report. */
static int check_one(kl_cli *c, kl_str path, const kl_proof_options *proof, kl_diags *all, guideline_list *good) {
    kl_diags d;
    kl_diags_init(&d, c->arena, c->lang);
    kl_options o = kl_cli_options(c);
    kl_sources *s = kl_load(c->arena, &d, &o, path);
    if (!s) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        return KL_EXIT_TROUBLE;
    }
    ir_guideline *g = kl_check(c->arena, &d, s);
    kl_buf image;
    kl_buf_init(&image, c->arena);
    if (g && d.errors == 0) kl_emit_image(c->arena, &d, g, &image);
    if (g && d.errors == 0) kl_prove(c->arena, &d, g, kl_buf_view(&image), proof);
    merge(all, &d);
    if (g && d.errors == 0) KL_PUSH(c->arena, good, g);
    return d.errors || d.warnings ? KL_EXIT_FOUND : KL_EXIT_OK;
}

/* Files that name the same guideline are editions of it. */
static int check_editions(kl_cli *c, const guideline_list *all, kl_diags *d) {
    for (size_t i = 0; i < all->n; i++) {
        guideline_list same = {0};
        bool first = true;
        for (size_t k = 0; k < all->n; k++) {
            if (!kl_str_eq(all->p[k]->name, all->p[i]->name)) continue;
            first = first && k >= i;
            KL_PUSH(c->arena, &same, all->p[k]);
        }
        if (first && kl_check_editions(c->arena, d, same.p, same.n)) kl_prove_editions(c->arena, d, same.p, same.n);
    }
    return d->list.n ? KL_EXIT_FOUND : KL_EXIT_OK;
}

int kl_verb_check(kl_cli *c) {
    kl_str_list files = {0};
    kl_proof_options proof = {.effort = KL_PROOF_EFFORT};
    if (!read_effort(c, &proof.effort) || !kl_cli_files(c, &files)) return KL_EXIT_TROUBLE;
    meter m = {0};
    proof.self = &m;
    if (isatty(STDERR_FILENO)) proof.progress = show_progress;
    kl_diags all;
    kl_diags_init(&all, c->arena, c->lang);
    guideline_list good = {0};
    int status = KL_EXIT_OK;
    for (size_t i = 0; i < files.n; i++) {
        int one = check_one(c, files.p[i], &proof, &all, &good);
        if (one > status) status = one;
    }
    int editions = check_editions(c, &good, &all);
    if (editions > status) status = editions;
    kl_cli_print(c, &all, stdout, kl_cli_value(c, KL_FLAG_FORMAT));
    return status;
}
