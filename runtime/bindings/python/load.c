/* load.c - rule text to images, as the command compiles it: files and what they use, checked, and every diagnostic as text.
 * May include: the compiler's and the language room's front doors, POSIX.
 * Start at kl_py_compile(). One compilation is one arena; out of memory leaves it by a jump. */
#define _GNU_SOURCE /* open_memstream() */
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compiler.h"
#include "lang/lang.h"
#include "runtime/bindings/python/binding.h"

static kl_str view(kl_string s) {
    return (kl_str){s.data, s.size};
}

/* ------------------------------------------------------------------ reading files */
typedef struct given { /* a text that stands for a file */
    kl_str path, text;
} given;

static bool read_file(void *self, kl_arena *a, kl_str path, kl_str *text) {
    const given *g = self;
    if (g->text.p && kl_str_eq(g->path, path)) {
        *text = g->text;
        return true;
    }
    FILE *f = fopen(kl_str_dup(a, path).p, "rbe");
    if (!f) return false;
    kl_buf b;
    kl_buf_init(&b, a);
    char part[16384];
    for (size_t n; (n = fread(part, 1, sizeof part, f)) != 0;) kl_buf_add(&b, part, n);
    bool ok = !ferror(f);
    int why = errno;
    fclose(f);
    errno = why;
    *text = kl_buf_view(&b);
    return ok;
}

/* ------------------------------------------------------------------ one compilation */
typedef struct work {
    kl_arena *arena;
    kl_options options;
    kl_surface lang;
    FILE *out; /* what is wrong */
    ir_guideline **guidelines;
    size_t found;
    bool bad;
} work;

static void add_image(work *w, kl_str image, kl_py_compiled *to) {
    kl_py_image *images = realloc(to->images, (to->count + 1) * sizeof *images);
    if (images) to->images = images;
    char *data = malloc(image.n ? image.n : 1);
    if (!images || !data) {
        free(data);
        fprintf(w->out, "out of memory\n");
        w->bad = true;
        return;
    }
    memcpy(data, image.p, image.n);
    images[to->count++] = (kl_py_image){data, image.n};
}

static void compile(work *w, const kl_py_source *source, kl_py_compiled *to) {
    given g = {view(source->path), view(source->text)};
    kl_diags d;
    kl_diags_init(&d, w->arena, w->lang);
    w->options.reader = (kl_reader){read_file, &g};
    const kl_sources *s = kl_load(w->arena, &d, &w->options, g.path);
    if (!s) {
        fprintf(w->out, "%.*s: %s\n", KL_FMT(g.path), strerror(errno));
        w->bad = true;
        return;
    }
    ir_guideline *guideline = kl_check(w->arena, &d, s);
    kl_buf image;
    kl_buf_init(&image, w->arena);
    if (guideline && !d.errors && kl_emit_image(w->arena, &d, guideline, &image) && !d.errors) {
        add_image(w, kl_buf_view(&image), to);
        w->guidelines[w->found++] = guideline;
    } else if (d.errors) {
        kl_diags_text(&d, w->out, false);
        w->bad = true;
    }
}

static void compile_all(work *w, const kl_py_source *sources, size_t count, kl_py_compiled *out) {
    w->guidelines = kl_alloc_array(w->arena, count + 1, sizeof *w->guidelines);
    for (size_t i = 0; i < count; i++) compile(w, &sources[i], out);
    if (w->bad || w->found < 2) return;
    kl_diags d;
    kl_diags_init(&d, w->arena, w->lang);
    if (kl_check_editions(w->arena, &d, w->guidelines, w->found)) return;
    kl_diags_text(&d, w->out, false);
    w->bad = true;
}

void kl_py_compile(const kl_py_source *sources, size_t count, const kl_string *include, size_t includes, bool swedish,
                   kl_py_compiled *out) {
    *out = (kl_py_compiled){0};
    size_t size = 0;
    work w = {.arena = kl_arena_new(0), .lang = swedish ? KL_SV : KL_EN};
    w.out = open_memstream(&out->trouble, &size);
    kl_str *folders = calloc(includes + 1, sizeof *folders);
    static jmp_buf enough; /* the caller holds the interpreter's lock: one compilation at a time */
    if (!w.arena || !w.out || !folders || setjmp(enough)) {
        if (w.out) fprintf(w.out, "out of memory\n");
    } else {
        kl_arena_guard(w.arena, &enough);
        for (size_t i = 0; i < includes; i++) folders[i] = view(include[i]);
        w.options.include = folders;
        w.options.include_count = includes;
        compile_all(&w, sources, count, out);
    }
    if (w.out) fclose(w.out);
    if (!size) {
        free(out->trouble);
        out->trouble = NULL;
    }
    free(folders);
    kl_arena_free(w.arena);
}

void kl_py_compiled_free(kl_py_compiled *c) {
    for (size_t i = 0; i < c->count; i++) free(c->images[i].data);
    free(c->images);
    free(c->trouble);
    *c = (kl_py_compiled){0};
}
