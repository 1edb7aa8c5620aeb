/* utf8.c - well-formedness and code points of UTF-8 text.
 * May include: base.h and the C library.
 * Start at kl_utf8_check(); everything else assumes it has passed. */
#include "lang/base/base.h"

static size_t sequence(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

size_t kl_utf8_check(kl_str s) {
    const unsigned char *p = (const unsigned char *)s.p;
    for (size_t i = 0; i < s.n;) {
        size_t k = sequence(p[i]);
        if (k == 1) {
            i++;
            continue;
        }
        if (k == 0 || s.n - i < k) return i;
        for (size_t j = 1; j < k; j++)
            if ((p[i + j] & 0xC0) != 0x80) return i;
        if ((p[i] == 0xE0 && p[i + 1] < 0xA0) || (p[i] == 0xED && p[i + 1] > 0x9F) || /* overlong, surrogates */
            (p[i] == 0xF0 && p[i + 1] < 0x90) || (p[i] == 0xF4 && p[i + 1] > 0x8F))   /* overlong, past U+10FFFF */
            return i;
        i += k;
    }
    return s.n;
}

uint32_t kl_utf8_next(kl_str s, size_t *at) {
    const unsigned char *p = (const unsigned char *)s.p + *at;
    size_t k = sequence(p[0]);
    if (k <= 1 || s.n - *at < k) {
        *at += 1;
        return p[0];
    }
    uint32_t c = p[0] & (0x7Fu >> k);
    for (size_t j = 1; j < k; j++) c = c << 6 | (p[j] & 0x3Fu);
    *at += k;
    return c;
}
