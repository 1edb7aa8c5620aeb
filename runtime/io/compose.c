/* compose.c - canonical composition of a text, so that a letter and its combining mark are the letter.
 * May include: libutf8proc. A host that has composition of its own puts a file in the place of this one (bindings/wasm).
 * Start at kl_composed(). */
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "runtime/io/inside.h"

kl_string kl_composed(kl_pool *pool, kl_string s) {
    bool marks = false; /* U+0300..U+036F begin with CC 80..CD AF */
    for (size_t i = 0; i < s.size && !marks; i++)
        marks = (unsigned char)s.data[i] == 0xCC || (unsigned char)s.data[i] == 0xCD;
    if (!marks) return s;
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.data, (utf8proc_ssize_t)s.size, &out,
                                      UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    char *copy = n > 0 ? kl_pool_take(pool, (size_t)n) : NULL;
    if (copy) {
        memcpy(copy, out, (size_t)n);
        s = (kl_string){copy, (size_t)n};
    }
    free(out);
    return s;
}
