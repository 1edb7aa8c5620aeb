/* lookup.c - short strings to small numbers: open addressing on the first and last eight bytes, and the pool of bytes.
 * May include: the C library.
 * Start at kl_lookup_find(): it runs once for every cell that holds a code. */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

/* Both ends of the string in two words, without reading a byte outside it. */
static inline void pack(const char *p, size_t n, uint64_t *low, uint64_t *high) {
    if (n >= 8) {
        memcpy(low, p, 8);
        memcpy(high, p + n - 8, 8);
        return;
    }
    *high = 0;
    if (n >= 4) {
        uint32_t a, b;
        memcpy(&a, p, 4);
        memcpy(&b, p + n - 4, 4);
        *low = a | (uint64_t)b << 32;
    } else if (n) {
        *low = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 |
               (uint64_t)(unsigned char)p[n - 1] << 16;
    } else {
        *low = 0;
    }
}

static inline size_t hash(uint64_t low, uint64_t high, size_t n) {
    uint64_t h = (low ^ n) * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ (h >> 32) ^ high) * UINT64_C(0xD6E8FEB86659FD93);
    return (size_t)(h ^ (h >> 32));
}

uint32_t kl_lookup_find(const kl_lookup *l, const char *data, size_t size) {
    if (!l->slots) return KL_INDEX_NONE;
    uint64_t low, high;
    pack(data, size, &low, &high);
    for (size_t i = hash(low, high, size) & l->mask;; i = (i + 1) & l->mask) {
        const kl_lookup_slot *s = &l->slots[i];
        if (!s->value) return KL_INDEX_NONE;
        if (s->low == low && s->high == high && s->size == size && (size <= 16 || memcmp(s->data, data, size) == 0))
            return s->value - 1;
    }
}

static bool grow(kl_lookup *l) {
    size_t room = l->slots ? (l->mask + 1) * 2 : 16;
    kl_lookup_slot *slots = calloc(room, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; l->slots && i <= l->mask; i++) {
        if (!l->slots[i].value) continue;
        size_t at = hash(l->slots[i].low, l->slots[i].high, l->slots[i].size) & (room - 1);
        while (slots[at].value) at = (at + 1) & (room - 1);
        slots[at] = l->slots[i];
    }
    free(l->slots);
    l->slots = slots;
    l->mask = room - 1;
    return true;
}

bool kl_lookup_add(kl_lookup *l, kl_string s, uint32_t value) {
    if (s.size > UINT32_MAX) return false;
    if (kl_lookup_find(l, s.data, s.size) != KL_INDEX_NONE) return true;
    if ((!l->slots || (l->used + 1) * 2 > l->mask + 1) && !grow(l)) return false;
    kl_lookup_slot slot = {.size = (uint32_t)s.size, .value = value + 1, .data = s.data};
    pack(s.data, s.size, &slot.low, &slot.high);
    size_t at = hash(slot.low, slot.high, s.size) & l->mask;
    while (l->slots[at].value) at = (at + 1) & l->mask;
    l->slots[at] = slot;
    l->used++;
    return true;
}

void kl_lookup_free(kl_lookup *l) {
    free(l->slots);
    *l = (kl_lookup){0};
}

/* ------------------------------------------------------------------ pool */
struct kl_pool_block {
    kl_pool_block *next;
    size_t room;
    char *bytes;
};

char *kl_pool_take(kl_pool *p, size_t size) {
    size = (size + 15) & ~(size_t)15;
    while (p->now && p->now->room - p->used < size && p->now->next) p->now = p->now->next, p->used = 0;
    if (!p->now || p->now->room - p->used < size) {
        size_t room = size > 65536 ? size : 65536;
        kl_pool_block *b = malloc(sizeof *b);
        char *bytes = b ? malloc(room) : NULL;
        if (!bytes) {
            free(b);
            p->failed = true;
            return NULL;
        }
        *b = (kl_pool_block){NULL, room, bytes};
        if (p->now)
            p->now->next = b;
        else
            p->first = b;
        p->now = b;
        p->used = 0;
    }
    char *at = p->now->bytes + p->used;
    p->used += size;
    return at;
}

void kl_pool_reset(kl_pool *p) {
    p->now = p->first;
    p->used = 0;
}

void kl_pool_free(kl_pool *p) {
    while (p->first) {
        kl_pool_block *b = p->first;
        p->first = b->next;
        free(b->bytes);
        free(b);
    }
    *p = (kl_pool){0};
}
