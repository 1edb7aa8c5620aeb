/* load.c - reads a rule file and the files it uses, each once, and says which use which.
 * May include: lang, compiler/compiler, compiler/limits.
 * Start at kl_load(); locate() knows where `använd a.b` looks. */
#include <string.h>

#include "compiler/compiler.h"
#include "compiler/limits.h"

typedef struct load {
    kl_arena *arena;
    kl_diags *diags;
    const kl_options *options;
    kl_sources *sources;
    KL_VEC(uint32_t) open; /* the files being read, outermost first: a file met again here is a cycle */
} load;

/* The folder of a path, with its slash; empty for the current one. */
static kl_str folder_of(kl_str path) {
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/') n--;
    return (kl_str){path.p, n};
}

/* The folder above, or false when there is none to try. Folders above the current one are `../`, `../../`, … */
static bool parent_of(kl_arena *a, kl_str *folder, unsigned *above) {
    kl_str f = *folder;
    if (f.n == 1 && f.p[0] == '/') return false;
    bool climbs = f.n == 0 || (f.n >= 3 && memcmp(f.p + f.n - 3, "../", 3) == 0 && (f.n == 3 || f.p[f.n - 4] == '/'));
    if (climbs || (f.n == 2 && memcmp(f.p, "./", 2) == 0)) {
        if (++*above > KL_MAX_PARENTS) return false;
        *folder = climbs ? kl_str_fmt(a, "%.*s../", KL_FMT(f)) : KL_STR("../");
        return true;
    }
    *folder = folder_of((kl_str){f.p, f.n - 1});
    return true;
}

/* a.b → a/b.klausul */
static kl_str file_name(kl_arena *a, kl_str name) {
    kl_str s = kl_str_fmt(a, "%.*s.klausul", KL_FMT(name));
    char *p = kl_alloc(a, s.n + 1);
    memcpy(p, s.p, s.n);
    for (size_t i = 0; i < name.n; i++)
        if (p[i] == '.') p[i] = '/';
    return (kl_str){p, s.n};
}

static uint32_t known_file(const load *l, kl_str path) {
    for (size_t i = 0; i < l->sources->files.n; i++)
        if (kl_str_eq(l->sources->files.p[i]->path, path)) return (uint32_t)i;
    return UINT32_MAX;
}

/* Tries one place. True when the file is known already or could be read. */
static bool try_path(load *l, kl_str path, kl_str *text, uint32_t *known) {
    *known = known_file(l, path);
    if (*known != UINT32_MAX) return true;
    return l->options->reader.read(l->options->reader.self, l->arena, path, text);
}

static bool locate(load *l, kl_str user, kl_str name, kl_str *path, kl_str *text, uint32_t *known) {
    kl_str wanted = file_name(l->arena, name);
    kl_str folder = folder_of(user);
    unsigned above = 0;
    do {
        *path = kl_str_fmt(l->arena, "%.*s%.*s", KL_FMT(folder), KL_FMT(wanted));
        if (try_path(l, *path, text, known)) return true;
    } while (parent_of(l->arena, &folder, &above));
    for (size_t i = 0; i < l->options->include_count; i++) {
        kl_str dir = l->options->include[i];
        const char *slash = dir.n > 0 && dir.p[dir.n - 1] == '/' ? "" : "/";
        *path = kl_str_fmt(l->arena, "%.*s%s%.*s", KL_FMT(dir), slash, KL_FMT(wanted));
        if (try_path(l, *path, text, known)) return true;
    }
    return false;
}

/* a → b → a, from the file that is met again to the use that meets it. */
static kl_str cycle_path(const load *l, size_t from) {
    kl_buf b;
    kl_buf_init(&b, l->arena);
    for (size_t i = from; i < l->open.n; i++)
        kl_buf_fmt(&b, "%.*s → ", KL_FMT(l->sources->files.p[l->open.p[i]]->path));
    kl_buf_str(&b, l->sources->files.p[l->open.p[from]]->path);
    return kl_buf_view(&b);
}

static uint32_t read_file(load *l, kl_str path, kl_str text);

static void follow_use(load *l, uint32_t user, const kl_piece *p) {
    const kl_file *file = l->sources->files.p[user];
    kl_str path, text;
    uint32_t known;
    if (!locate(l, file->path, p->name.text, &path, &text, &known)) {
        kl_report(l->diags, file, p->name.span, KL_D_USE_MISSING, 2, p->name.text, file_name(l->arena, p->name.text));
        return;
    }
    if (known != UINT32_MAX)
        for (size_t i = 0; i < l->open.n; i++)
            if (l->open.p[i] == known) {
                kl_report(l->diags, file, p->name.span, KL_D_USE_CYCLE, 1, cycle_path(l, i));
                return;
            }
    if (known == UINT32_MAX) {
        if (l->sources->files.n >= KL_MAX_FILES) {
            kl_report(l->diags, file, p->name.span, KL_D_LIMIT_FILES, 1, kl_str_fmt(l->arena, "%d", KL_MAX_FILES));
            return;
        }
        known = read_file(l, path, text);
    }
    KL_PUSH(l->arena, &l->sources->uses, ((kl_use){user, known, p}));
}

static uint32_t read_file(load *l, kl_str path, kl_str text) {
    uint32_t self = (uint32_t)l->sources->files.n;
    kl_file *file = kl_parse(l->arena, l->diags, path, text);
    KL_PUSH(l->arena, &l->sources->files, file);
    KL_PUSH(l->arena, &l->open, self);
    for (size_t i = 0; i < file->pieces.n; i++)
        if (file->pieces.p[i]->kind == KL_P_USE) follow_use(l, self, file->pieces.p[i]);
    l->open.n--;
    return self;
}

kl_sources *kl_load(kl_arena *a, kl_diags *d, const kl_options *o, kl_str path) {
    load l = {.arena = a, .diags = d, .options = o, .sources = kl_alloc(a, sizeof(kl_sources))};
    kl_str text;
    if (!o->reader.read(o->reader.self, a, path, &text)) return NULL;
    read_file(&l, path, text);
    return l.sources;
}
