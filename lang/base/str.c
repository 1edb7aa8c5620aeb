/* str.c - length-counted strings, growing buffers and vectors in the arena, and the distance between two words.
 * May include: base.h and the C library.
 * Start at kl_str_fmt() and kl_buf_add(). */
#include <stdio.h>
#include <string.h>

#include "lang/base/base.h"

kl_str kl_str_of(const char *c) {
    return (kl_str){c, c ? strlen(c) : 0};
}

bool kl_str_eq(kl_str a, kl_str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int kl_str_cmp(kl_str a, kl_str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

kl_str kl_str_dup(kl_arena *a, kl_str s) {
    char *p = kl_alloc(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    return (kl_str){p, s.n};
}

kl_str kl_str_vfmt(kl_arena *a, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0) n = 0;
    char *p = kl_alloc(a, (size_t)n + 1);
    (void)vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (kl_str){p, (size_t)n};
}

kl_str kl_str_fmt(kl_arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    kl_str s = kl_str_vfmt(a, format, args);
    va_end(args);
    return s;
}

void *kl_vec_grow(kl_arena *a, void *p, size_t *cap, size_t size) {
    size_t old = *cap, next = old ? old * 2 : 4;
    void *q = kl_alloc_array(a, next, size);
    if (old) memcpy(q, p, old * size);
    *cap = next;
    return q;
}

void kl_buf_init(kl_buf *b, kl_arena *a) {
    *b = (kl_buf){.arena = a};
}

void kl_buf_add(kl_buf *b, const void *p, size_t n) {
    if (n > b->cap - b->n) {
        size_t cap = b->cap ? b->cap : 64;
        while (cap - b->n < n) cap *= 2;
        char *q = kl_alloc(b->arena, cap);
        if (b->n) memcpy(q, b->p, b->n);
        b->p = q;
        b->cap = cap;
    }
    if (n) memcpy(b->p + b->n, p, n);
    b->n += n;
}

void kl_buf_str(kl_buf *b, kl_str s) {
    kl_buf_add(b, s.p, s.n);
}

void kl_buf_fmt(kl_buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    kl_buf_str(b, kl_str_vfmt(b->arena, format, args));
    va_end(args);
}

kl_str kl_buf_view(const kl_buf *b) {
    return (kl_str){b->p, b->n};
}

enum { DISTANCE_MAX = 128 };

static size_t points(kl_str s, uint32_t out[DISTANCE_MAX]) {
    size_t n = 0;
    for (size_t at = 0; at < s.n;) {
        uint32_t c = kl_utf8_next(s, &at);
        if (n < DISTANCE_MAX) out[n] = c;
        n++;
    }
    return n;
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Three rows of the table are enough: a swap of neighbours looks two rows back. */
size_t kl_str_distance(kl_str a, kl_str b, size_t most) {
    uint32_t x[DISTANCE_MAX], y[DISTANCE_MAX];
    size_t rows[3][DISTANCE_MAX + 1];
    size_t n = points(a, x), m = points(b, y);
    if (n > DISTANCE_MAX || m > DISTANCE_MAX || (n > m ? n - m : m - n) > most) return most + 1;
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++) last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = x[i - 1] != y[j - 1];
            now[j] = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return least(last[m], most + 1);
}
