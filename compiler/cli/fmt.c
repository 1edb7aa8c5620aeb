/* fmt.c - the verb fmt: rule files written in the canonical layout, or said to differ from it.
 * May include: the language room's front door.
 * Start at kl_verb_fmt(). */
#include "compiler/cli/cli.h"

#include <errno.h>
#include <string.h>

static int fmt_one(kl_cli *c, kl_str path) {
    bool standard = kl_str_eq(path, KL_STR("-"));
    kl_str text;
    if (!kl_file_read(c->arena, path, &text)) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, errno));
        return KL_EXIT_TROUBLE;
    }
    kl_diags d;
    kl_diags_init(&d, c->arena, c->lang);
    const kl_file *file = kl_parse(c->arena, &d, standard ? KL_STR("<stdin>") : path, text);
    if (d.errors) {
        kl_diags_text(&d, stderr, c->color_err);
        return KL_EXIT_TROUBLE;
    }
    kl_str words = kl_cli_value(c, KL_FLAG_KEYWORDS);
    kl_surface surface = !words.n ? file->surface : words.p[0] == 's' ? KL_SV : KL_EN;
    kl_str out = kl_format(c->arena, file, surface);
    bool same = kl_str_eq(out, text);
    if (kl_cli_has(c, KL_FLAG_CHECK)) {
        if (!same) printf("%.*s\n", KL_FMT(path));
        return same ? KL_EXIT_OK : KL_EXIT_FOUND;
    }
    if (standard) {
        fwrite(out.p, 1, out.n, stdout);
        return KL_EXIT_OK;
    }
    return same || kl_write_all(c, path, out.p, out.n) ? KL_EXIT_OK : KL_EXIT_TROUBLE;
}

int kl_verb_fmt(kl_cli *c) {
    kl_str_list files = {0};
    if (!kl_cli_files(c, &files)) return KL_EXIT_TROUBLE;
    int status = KL_EXIT_OK;
    for (size_t i = 0; i < files.n; i++) {
        int one = fmt_one(c, files.p[i]);
        if (one > status) status = one;
    }
    return status;
}
