/* base.h - arena, strings, vectors and UTF-8: what the language room builds on.
 * May include: the C library and libutf8proc only (behind unicode.c); knows nothing of Klausul.
 * Start at kl_arena (one per compilation, never freed piecemeal) and kl_str (length-counted, never NUL-terminated). */
#ifndef KL_LANG_BASE_H
#define KL_LANG_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- arena ---- */
typedef struct kl_arena kl_arena;

/* A new arena, or NULL when memory is out. `limit` caps the bytes handed out (0: no cap). */
kl_arena *kl_arena_new(size_t limit);
/* Frees the arena and all that was taken from it. */
void kl_arena_free(kl_arena *a);
/* Zeroed memory, aligned for any type. When memory is out it jumps to the arena's escape (see kl_arena_guard). */
void *kl_alloc(kl_arena *a, size_t size);
void *kl_alloc_array(kl_arena *a, size_t count, size_t size); /* checks the product */

/* Where kl_alloc goes when memory is out: `jump` is a jmp_buf * owned by the caller of the compilation. */
void kl_arena_guard(kl_arena *a, void *jump);
/* Test hook: fail the n-th allocation from now (0: never). */
void kl_arena_fail_after(kl_arena *a, size_t n);

/* ---- strings ---- */
typedef struct kl_str {
    const char *p;
    size_t n;
} kl_str;

#define KL_STR(lit) ((kl_str){(lit), sizeof(lit) - 1})
#define KL_FMT(s) (int)(s).n, (s).p /* for "%.*s" */

kl_str kl_str_of(const char *c); /* a view of a NUL-terminated string */
bool kl_str_eq(kl_str a, kl_str b);
int kl_str_cmp(kl_str a, kl_str b);
kl_str kl_str_dup(kl_arena *a, kl_str s);               /* NUL follows the copy, not counted */
kl_str kl_str_fmt(kl_arena *a, const char *format, ...) /* printf into the arena */
    __attribute__((format(printf, 2, 3)));
kl_str kl_str_vfmt(kl_arena *a, const char *format, va_list args);

/* A growing byte buffer in the arena. */
typedef struct kl_buf {
    kl_arena *arena;
    char *p;
    size_t n, cap;
} kl_buf;

void kl_buf_init(kl_buf *b, kl_arena *a);
void kl_buf_add(kl_buf *b, const void *p, size_t n);
void kl_buf_str(kl_buf *b, kl_str s);
void kl_buf_fmt(kl_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
kl_str kl_buf_view(const kl_buf *b);

/* ---- vectors: struct { T *p; size_t n, cap; } in the arena ---- */
#define KL_VEC(T)                                                                                                      \
    struct {                                                                                                           \
        T *p;                                                                                                          \
        size_t n, cap;                                                                                                 \
    }
/* Appends VALUE; grows by doubling. */
#define KL_PUSH(arena, v, ...)                                                                                         \
    ((v)->n == (v)->cap ? ((v)->p = kl_vec_grow((arena), (v)->p, &(v)->cap, sizeof *(v)->p), (void)0) : (void)0,       \
     (void)((v)->p[(v)->n++] = __VA_ARGS__))
void *kl_vec_grow(kl_arena *a, void *p, size_t *cap, size_t size);

/* ---- UTF-8 ---- */
/* Offset of the first byte that is not well-formed UTF-8, or s.n when all is. */
size_t kl_utf8_check(kl_str s);
/* The code point at s.p[*at], stepping *at past it; s must be well formed. */
uint32_t kl_utf8_next(kl_str s, size_t *at);
/* Columns a terminal gives the text: combining marks 0, wide characters 2. */
size_t kl_utf8_width(kl_str s);
/* Canonical composition (NFC), in the arena; the same view when nothing changes. */
kl_str kl_utf8_compose(kl_arena *a, kl_str s);
bool kl_utf8_letter(uint32_t c); /* a letter a name may hold */

/* Damerau-Levenshtein distance up to `most` (else most + 1), over code points: for spelling suggestions. */
size_t kl_str_distance(kl_str a, kl_str b, size_t most);

#endif
