/* message.c - the command's own messages: wordings from the catalogue, arguments put in, printed on standard error.
 * May include: the language room's catalogue.
 * Start at kl_say(). */
#include "compiler/cli/cli.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *text[2], *hint[2];
} wordings[KL_D_COUNT] = {
#define KL_DIAG(code, name, severity, sv, en, tip, hint) [KL_D_##name] = {{sv, en}, {tip, hint}},
#include "lang/diag.def"
#undef KL_DIAG
};

static void fill(kl_buf *b, const char *wording, const kl_str *args, size_t count) {
    for (const char *p = wording; *p; p++) {
        if (*p == '%' && p[1] >= '1' && p[1] <= '9') {
            size_t i = (size_t)(p[1] - '1');
            if (i < count) kl_buf_str(b, args[i]);
            p++;
        } else {
            kl_buf_add(b, p, 1);
        }
    }
}

kl_str kl_wording(kl_arena *a, kl_surface lang, kl_diag_id id, const kl_str *args, size_t count) {
    kl_buf b;
    kl_buf_init(&b, a);
    fill(&b, wordings[id].text[lang], args, count);
    return kl_buf_view(&b);
}

kl_str kl_visible(kl_arena *a, kl_str s) {
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] >= 0x20 && s.p[n] != 0x7F) n++;
    if (n == s.n) return s;
    char *p = kl_alloc(a, s.n);
    for (size_t i = 0; i < s.n; i++) p[i] = (unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F ? '?' : s.p[i];
    return (kl_str){p, s.n};
}

static void say(kl_cli *c, kl_str place, kl_diag_id id, size_t count, va_list list) {
    kl_str args[9];
    for (size_t i = 0; i < count && i < 9; i++) args[i] = va_arg(list, kl_str);
    bool error = kl_diag_severity(id) == KL_ERROR;
    const char *word = error ? kl_cli_word(c, "fel", "error") : kl_cli_word(c, "varning", "warning");
    const char *on = c->color_err ? (error ? "\033[1;31m" : "\033[1;33m") : "", *off = c->color_err ? "\033[0m" : "";
    kl_str text = kl_visible(c->arena, kl_wording(c->arena, c->lang, id, args, count));
    place = kl_visible(c->arena, place);
    fprintf(stderr, "%.*s: %s%s[%s]%s: %.*s\n", KL_FMT(place), on, word, kl_diag_code(id), off, KL_FMT(text));
    const char *hint = wordings[id].hint[c->lang];
    if (hint && !c->hinted[id]) {
        c->hinted[id] = true;
        kl_buf b;
        kl_buf_init(&b, c->arena);
        fill(&b, hint, args, count);
        fprintf(stderr, "%s: %.*s\n", kl_cli_word(c, "tips", "hint"), KL_FMT(kl_buf_view(&b)));
    }
}

void kl_say(kl_cli *c, kl_diag_id id, size_t arg_count, ...) {
    va_list list;
    va_start(list, arg_count);
    say(c, KL_STR("klausul"), id, arg_count, list);
    va_end(list);
}

void kl_say_at(kl_cli *c, kl_str place, kl_diag_id id, size_t arg_count, ...) {
    va_list list;
    va_start(list, arg_count);
    say(c, place, id, arg_count, list);
    va_end(list);
}

void kl_say_hint(kl_cli *c, kl_str close) {
    if (!close.n) return;
    fprintf(stderr, c->lang == KL_SV ? "tips: menade du %.*s?\n" : "hint: did you mean %.*s?\n", KL_FMT(close));
}

kl_str kl_why(const kl_cli *c, int error) {
    static const struct {
        int error;
        const char *sv, *en;
    } words[] = {{ENOENT, "den finns inte", "there is no such file"},
                 {EACCES, "åtkomst nekas", "permission denied"},
                 {EISDIR, "det är en mapp", "it is a folder"},
                 {EEXIST, "den håller på att skrivas", "it is being written already"},
                 {ENOTDIR, "en del av sökvägen är ingen mapp", "a part of the path is no folder"},
                 {ENOSPC, "det finns ingen plats kvar", "no space is left"},
                 {EPIPE, "mottagaren har slutat läsa", "the reader has stopped reading"},
                 {ENOMEM, "minnet räcker inte", "out of memory"},
                 {EIO, "enheten svarar med fel", "the device gives an error"},
                 {EROFS, "skivan är skrivskyddad", "the disk is read-only"},
                 {EFBIG, "filen blir för stor", "the file grows too large"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].error == error) return kl_str_of(kl_cli_word(c, words[i].sv, words[i].en));
    return kl_str_of(strerror(error));
}

kl_str kl_why_write(const kl_cli *c, int error) {
    return error == ENOENT ? kl_str_of(kl_cli_word(c, "mappen finns inte", "there is no such folder"))
                           : kl_why(c, error);
}

kl_str kl_closest(kl_str wanted, const kl_str *candidates, size_t count) {
    kl_str best = {"", 0};
    size_t least = wanted.n / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t d = kl_str_distance(wanted, candidates[i], least);
        if (d < least) least = d, best = candidates[i];
    }
    return best;
}

const char *kl_cli_word(const kl_cli *c, const char *sv, const char *en) {
    return c->lang == KL_SV ? sv : en;
}
