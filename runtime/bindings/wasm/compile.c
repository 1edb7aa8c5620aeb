/* compile.c - what JavaScript calls of the compiler: rule texts to an image and diagnostics.
 * May include: the compiler's and the language room's front doors, the C library.
 * Start at compile(). The proofs of `klausul check` are not here: they need a solver. One module's memory is for one compilation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compiler.h"
#include "lang/lang.h"
#include "runtime/bindings/wasm/host.h"

static kl_buf made; /* the image */

KL_EXPORT("image") const char *kl_image_data(void) {
    return made.p;
}
KL_EXPORT("image_size") size_t kl_image_size(void) {
    return made.n;
}

/* ------------------------------------------------------------------ files */
typedef struct file_list {
    kl_str *paths, *texts;
    size_t count;
} file_list;

static bool read_file(void *self, kl_arena *a, kl_str path, kl_str *text) {
    const file_list *files = self;
    (void)a;
    for (size_t i = 0; i < files->count; i++)
        if (kl_str_eq(files->paths[i], path)) {
            *text = files->texts[i];
            return true;
        }
    return false;
}

static kl_str next_text(kl_given_bytes *g) {
    kl_string s = kl_next_text(g);
    return (kl_str){s.data, s.size};
}

static void take_files(kl_arena *a, kl_given_bytes *g, file_list *files, kl_options *o) {
    files->count = kl_next_number(g);
    files->paths = kl_alloc_array(a, files->count, sizeof *files->paths);
    files->texts = kl_alloc_array(a, files->count, sizeof *files->texts);
    for (size_t i = 0; i < files->count; i++) {
        files->paths[i] = next_text(g);
        files->texts[i] = next_text(g);
    }
    o->include_count = kl_next_number(g);
    kl_str *include = kl_alloc_array(a, o->include_count, sizeof *include);
    for (size_t i = 0; i < o->include_count; i++) include[i] = next_text(g);
    o->include = include;
    o->reader = (kl_reader){read_file, files};
}

/* ------------------------------------------------------------------ compiling */
/* The language of messages (1: Swedish); a number of files, each its path and its text, the guideline's own first; a number of folders to
 * look in. true: there is an image. The answer: a line of JSON for each diagnostic. */
KL_EXPORT("compile") bool kl_compile_texts(const uint8_t *bytes, size_t size) {
    kl_given_bytes g = {bytes, bytes + size};
    kl_arena *a = kl_arena_new(0);
    kl_bytes *out = kl_answer_anew();
    if (!a) __builtin_trap();
    kl_diags d;
    kl_diags_init(&d, a, kl_next_byte(&g) ? KL_SV : KL_EN);
    file_list files;
    kl_options o;
    take_files(a, &g, &files, &o);
    const kl_sources *s = kl_load(a, &d, &o, files.paths[0]);
    ir_guideline *guideline = s ? kl_check(a, &d, s) : NULL;
    kl_buf_init(&made, a);
    bool ok = guideline && !d.errors && kl_emit_image(a, &d, guideline, &made) && !d.errors;
    char *text = NULL;
    size_t said = 0;
    FILE *f = open_memstream(&text, &said);
    if (!f) __builtin_trap();
    kl_diags_json(&d, f);
    if (fclose(f)) __builtin_trap();
    kl_bytes_add(out, text, said);
    free(text);
    return ok;
}
