/* unicode.c - in the place of lang/base/unicode.c: composition, letters and what has width, by JavaScript's own tables.
 * May include: lang/base/base.h.
 * Start at kl_utf8_compose(). Nothing in these modules lays out text: a character has width 1, or none. */
#include <string.h>

#include "lang/base/base.h"
#include "runtime/bindings/wasm/host.h"

KL_IMPORT("letter") bool kl_js_letter(uint32_t point);
KL_IMPORT("seen") bool kl_js_seen(uint32_t point); /* false: it stands in the place of what is before it, or nowhere */

size_t kl_utf8_width(kl_str s) {
    size_t width = 0;
    for (size_t at = 0; at < s.n;) {
        bool ascii = (unsigned char)s.p[at] < 0x80;
        width += kl_js_seen(kl_utf8_next(s, &at)) || ascii;
    }
    return width;
}

kl_str kl_utf8_compose(kl_arena *a, kl_str s) {
    bool plain = true;
    for (size_t i = 0; i < s.n && plain; i++)
        plain = (unsigned char)s.p[i] < 0xCC; /* below U+0300 everything is composed already */
    if (plain) return s;
    char *out = kl_alloc(a, s.n * 3 + 1); /* no text grows more */
    size_t size = kl_js_compose(s.p, s.n, out, s.n * 3);
    if (size == s.n && memcmp(out, s.p, size) == 0) return s;
    return (kl_str){out, size};
}

bool kl_utf8_letter(uint32_t c) {
    return c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') : kl_js_letter(c);
}
