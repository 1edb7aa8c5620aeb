/* read.c - the front door: checks the bytes, then scans, finds the keywords and parses.
 * May include: lang/build.h, lang/limits.h and the generated parser.
 * Start at kl_parse(). */
#include <string.h>

#include "lang/build.h"
#include "lang/limits.h"
#include "lang/parse.h"

/* Nothing is scanned that fails here: what follows relies on well-formed text without zero bytes. */
static bool readable(kl_reader *r) {
    kl_str text = r->file->text;
    kl_span start = {0, 0};
    static const char image[] = "KLAUSUL\x1a"; /* how a compiled guideline begins */
    if (text.n > KL_MAX_FILE) {
        kl_report(r->diags, r->file, start, KL_D_FILE_TOO_LARGE, 1, kl_str_fmt(r->arena, "%u", KL_MAX_FILE));
        return false;
    }
    if (text.n >= sizeof image - 1 && memcmp(text.p, image, sizeof image - 1) == 0) {
        r->file->text.n = sizeof image - 2; /* no more of it is to be shown */
        kl_report(r->diags, r->file, (kl_span){0, sizeof image - 2}, KL_D_IMAGE_GIVEN, 0);
        return false;
    }
    const char *nul = text.n ? memchr(text.p, 0, text.n) : NULL;
    size_t bad = kl_utf8_check(text);
    if (nul && (size_t)(nul - text.p) < bad) {
        uint32_t at = (uint32_t)(nul - text.p);
        kl_report(r->diags, r->file, (kl_span){at, at + 1}, KL_D_NUL_BYTE, 0);
        return false;
    }
    if (bad < text.n) {
        kl_report(r->diags, r->file, (kl_span){(uint32_t)bad, (uint32_t)bad + 1}, KL_D_NOT_UTF8, 0);
        return false;
    }
    return true;
}

kl_file *kl_parse(kl_arena *a, kl_diags *d, kl_str path, kl_str text) {
    kl_reader *r = kl_alloc(a, sizeof *r);
    kl_file *file = kl_alloc(a, sizeof *file);
    file->path = path;
    file->text = text;
    *r = (kl_reader){.arena = a, .diags = d, .file = file};
    if (!readable(r)) return file;
    if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0) r->at = 3;
    kl_scan(r);
    kl_find_keywords(r);
    kl_yyparse(r);
    kl_finish(r);
    return file;
}
