/* arena.c - memory for one compilation: taken in chunks, handed out zeroed, given back all at once.
 * May include: base.h and the C library.
 * Start at kl_alloc(); when memory is out it leaves by the jump that kl_arena_guard() was given. */
#include <setjmp.h>
#include <stdlib.h>

#include "lang/base/base.h"

#define CHUNK_SIZE ((size_t)256 * 1024)

typedef struct chunk {
    struct chunk *next;
    max_align_t data[];
} chunk;

struct kl_arena {
    chunk *chunks;
    char *at, *end;
    size_t used, limit;
    size_t fail_after;
    jmp_buf *escape;
};

kl_arena *kl_arena_new(size_t limit) {
    kl_arena *a = calloc(1, sizeof *a);
    if (a) a->limit = limit;
    return a;
}

void kl_arena_free(kl_arena *a) {
    if (!a) return;
    for (chunk *c = a->chunks; c;) {
        chunk *next = c->next;
        free(c);
        c = next;
    }
    free(a);
}

void kl_arena_guard(kl_arena *a, void *jump) {
    a->escape = jump;
}

void kl_arena_fail_after(kl_arena *a, size_t n) {
    a->fail_after = n;
}

static _Noreturn void out_of_memory(kl_arena *a) {
    if (a->escape) longjmp(*a->escape, 1);
    abort();
}

/* calloc keeps the promise of zeroed memory without touching pages that are never used. */
static void add_chunk(kl_arena *a, size_t need) {
    size_t size = need > CHUNK_SIZE ? need : CHUNK_SIZE;
    chunk *c = size < SIZE_MAX - sizeof *c ? calloc(1, sizeof *c + size) : NULL;
    if (!c) out_of_memory(a);
    c->next = a->chunks;
    a->chunks = c;
    a->at = (char *)c->data;
    a->end = a->at + size;
}

void *kl_alloc(kl_arena *a, size_t size) {
    const size_t align = _Alignof(max_align_t);
    if (a->fail_after && --a->fail_after == 0) out_of_memory(a);
    if (size > SIZE_MAX - align) out_of_memory(a);
    size = (size + align - 1) / align * align;
    if (a->limit && size > a->limit - a->used) out_of_memory(a);
    if (!a->at || size > (size_t)(a->end - a->at)) add_chunk(a, size);
    void *p = a->at;
    a->at += size;
    a->used += size;
    return p;
}

void *kl_alloc_array(kl_arena *a, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) out_of_memory(a);
    return kl_alloc(a, count * size);
}
