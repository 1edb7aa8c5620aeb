/* unicode.c - display width, composition and letters: what needs to know the Unicode tables.
 * May include: base.h, the C library and libutf8proc (the only file that does). A host that has tables of its own puts a file in the place
 * of this one (runtime/bindings/wasm). Start at kl_utf8_compose(). */
#include <string.h>
#include <utf8proc.h>

#include "lang/base/base.h"

size_t kl_utf8_width(kl_str s) {
    size_t width = 0;
    for (size_t at = 0; at < s.n;) {
        if ((unsigned char)s.p[at] < 0x80) {
            width++;
            at++;
            continue;
        }
        int w = utf8proc_charwidth((utf8proc_int32_t)kl_utf8_next(s, &at));
        width += w > 0 ? (size_t)w : 0;
    }
    return width;
}

kl_str kl_utf8_compose(kl_arena *a, kl_str s) {
    bool plain = true;
    for (size_t i = 0; i < s.n && plain; i++)
        plain = (unsigned char)s.p[i] < 0xCC; /* below U+0300 everything is composed already */
    if (plain) return s;
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)s.p;
    utf8proc_ssize_t n = utf8proc_decompose(in, (utf8proc_ssize_t)s.n, NULL, 0, options);
    if (n < 0) return s;
    utf8proc_int32_t *points = kl_alloc_array(a, (size_t)n + 1, sizeof *points);
    n = utf8proc_decompose(in, (utf8proc_ssize_t)s.n, points, n, options);
    n = n < 0 ? n : utf8proc_normalize_utf32(points, n, options);
    if (n < 0) return s;
    char *out = kl_alloc(a, (size_t)n * 4 + 1);
    size_t size = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++)
        size += (size_t)utf8proc_encode_char(points[i], (utf8proc_uint8_t *)out + size);
    if (size == s.n && memcmp(out, s.p, size) == 0) return s;
    return (kl_str){out, size};
}

bool kl_utf8_letter(uint32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}
