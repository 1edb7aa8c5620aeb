/* image.c - the image writer: the order of work, strings and constants kept once, sections laid end to end.
 * May include: compiler/emit.
 * Start at kl_emit_image(). Bytes follow from the sources alone: no addresses, times or paths enter. */
#include "compiler/emit/emit.h"

#include <string.h>

static const uint8_t strides[KL_S_COUNT] = KL_STRIDES;

void kl_put(kl_emit *e, kl_section s, uint32_t word) {
    KL_PUSH(e->arena, &e->tables[s], word);
}

uint32_t kl_rows(const kl_emit *e, kl_section s) {
    return (uint32_t)(e->tables[s].n / strides[s]);
}

/* ------------------------------------------------------------------ kept once */
static size_t hash_bytes(const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * UINT64_C(0x9e3779b97f4a7c15), h ^= h >> 32;
    return (size_t)h;
}

static void grow(kl_emit *e, kl_shared *s, const unsigned char *whole, size_t unit) {
    s->cap = s->cap ? s->cap * 2 : 256;
    s->table = kl_alloc_array(e->arena, s->cap, sizeof *s->table);
    for (size_t i = 0; i < s->at.n; i++) {
        size_t first = (size_t)(s->at.p[i] >> 32), n = (size_t)(s->at.p[i] & UINT32_MAX);
        size_t at = hash_bytes(whole + first * unit, n * unit) & (s->cap - 1);
        while (s->table[at]) at = (at + 1) & (s->cap - 1);
        s->table[at] = (uint32_t)i + 1;
    }
}

uint32_t kl_share(kl_emit *e, kl_shared *s, const void *whole, size_t unit, uint32_t first, const void *words,
                  uint32_t n) {
    if ((s->at.n + 1) * 2 > s->cap) grow(e, s, whole, unit);
    size_t at = hash_bytes(words, n * unit) & (s->cap - 1);
    for (; s->table[at]; at = (at + 1) & (s->cap - 1)) {
        uint64_t old = s->at.p[s->table[at] - 1];
        if ((old & UINT32_MAX) == n && memcmp((const unsigned char *)whole + (old >> 32) * unit, words, n * unit) == 0)
            return (uint32_t)(old >> 32);
    }
    KL_PUSH(e->arena, &s->at, (uint64_t)first << 32 | n);
    s->table[at] = (uint32_t)s->at.n;
    return first;
}

void kl_put_string(kl_emit *e, kl_section s, kl_str text) {
    uint32_t end = (uint32_t)e->strings.n, at = 0;
    if (text.n) at = kl_share(e, &e->shared_strings, e->strings.p, 1, end, text.p, (uint32_t)text.n);
    if (text.n && at == end) kl_buf_str(&e->strings, text);
    kl_put(e, s, at);
    kl_put(e, s, (uint32_t)text.n);
}

uint32_t kl_const_row(kl_emit *e, int64_t value) {
    uint32_t end = (uint32_t)e->consts.n;
    uint32_t at = kl_share(e, &e->shared_consts, e->consts.p, sizeof value, end, &value, 1);
    if (at == end) KL_PUSH(e->arena, &e->consts, value);
    return at;
}

uint32_t kl_refs_row(kl_emit *e, const kl_ref_list *refs) {
    uint32_t *words = kl_alloc_array(e->arena, refs->n * 2 + 1, sizeof *words), end = kl_rows(e, KL_S_REFS);
    if (refs->n == 0) return 0;
    for (size_t i = 0; i < refs->n; i++) {
        words[2 * i] = refs->p[i].kind;
        words[2 * i + 1] = refs->p[i].index;
    }
    uint32_t at =
        kl_share(e, &e->shared_refs, e->tables[KL_S_REFS].p, 2 * sizeof *words, end, words, (uint32_t)refs->n);
    for (size_t i = 0; at == end && i < refs->n * 2; i++) kl_put(e, KL_S_REFS, words[i]);
    return at;
}

uint32_t kl_mask_row(kl_emit *e, const uint64_t *words, uint32_t codes) {
    uint32_t end = (uint32_t)e->masks.n, n = (codes + 63) / 64;
    uint32_t at = kl_share(e, &e->shared_masks, e->masks.p, sizeof *words, end, words, n);
    for (uint32_t i = 0; at == end && i < n; i++) KL_PUSH(e->arena, &e->masks, words[i]);
    return at;
}

/* ------------------------------------------------------------------ sections end to end */
static void store(uint8_t *p, uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++) p[i] = (uint8_t)(v >> (8 * i));
}

static uint64_t padded(uint64_t n) {
    return (n + 7) & ~UINT64_C(7);
}

static uint64_t count_of(const kl_emit *e, kl_section s) {
    switch (s) {
    case KL_S_STRINGS: return e->strings.n;
    case KL_S_CONSTS: return e->consts.n;
    case KL_S_MASKS: return e->masks.n;
    default: return e->tables[s].n / strides[s];
    }
}

static uint64_t size_of(const kl_emit *e, kl_section s) {
    return count_of(e, s) * (s == KL_S_STRINGS ? 1u : s == KL_S_CONSTS || s == KL_S_MASKS ? 8u : strides[s] * 4u);
}

static void write_section(const kl_emit *e, kl_section s, uint8_t *to) {
    if (s == KL_S_STRINGS && e->strings.n) memcpy(to, e->strings.p, e->strings.n);
    for (size_t i = 0; s == KL_S_CONSTS && i < e->consts.n; i++) store(to + i * 8, (uint64_t)e->consts.p[i], 8);
    for (size_t i = 0; s == KL_S_MASKS && i < e->masks.n; i++) store(to + i * 8, e->masks.p[i], 8);
    for (size_t i = 0; i < e->tables[s].n; i++) store(to + i * 4, e->tables[s].p[i], 4);
}

static bool lay_out(kl_emit *e, kl_diags *d, const uint8_t hash[32], kl_buf *out) {
    uint64_t size = KL_H_DIRECTORY + KL_S_COUNT * 8;
    for (int s = 0; s < KL_S_COUNT; s++) size = padded(size) + size_of(e, (kl_section)s);
    if (size > KL_MAX_IMAGE) {
        kl_report(d, e->g->files.n ? e->g->files.p[0] : NULL, (kl_span){0, 0}, KL_D_IMAGE_TOO_LARGE, 1,
                  kl_str_fmt(e->arena, "%u", KL_MAX_IMAGE >> 20));
        return false;
    }
    uint8_t *image = kl_alloc(e->arena, (size_t)size);
    uint64_t at = KL_H_DIRECTORY + KL_S_COUNT * 8;
    memcpy(image + KL_H_HASH, hash, 32);
    for (int s = 0; s < KL_S_COUNT; s++) {
        at = padded(at);
        store(image + KL_H_DIRECTORY + s * 8, at, 4);
        store(image + KL_H_DIRECTORY + s * 8 + 4, count_of(e, (kl_section)s), 4);
        write_section(e, (kl_section)s, image + at);
        at += size_of(e, (kl_section)s);
    }
    kl_image_seal(image, (uint32_t)size);
    kl_buf_add(out, image, (size_t)size);
    return true;
}

static bool emit(kl_arena *a, kl_diags *d, const ir_guideline *g, bool shared, bool hasty, kl_buf *out) {
    kl_emit *e = kl_alloc(a, sizeof *e);
    uint8_t hash[32];
    e->arena = a;
    e->g = g;
    e->forms = kl_forms_new(a, g);
    kl_buf_init(&e->strings, a);
    kl_endings_init(&e->endings, e->forms);
    kl_deciding_init(&e->deciding, a, d, e->forms, &e->endings);
    e->deciding.hasty = hasty;
    e->first_slot = kl_alloc_array(a, g->outcomes.n + 1, sizeof *e->first_slot);
    e->slots = kl_alloc_array(a, g->outcomes.n + 1, sizeof *e->slots);
    e->assumed_words = (g->assumptions.n + 63) / 64;
    e->plain = !shared;
    kl_framing_init(e);
    kl_planes_init(e, shared);
    if (shared) kl_want_trace(e);
    kl_emit_guideline(e);
    if (!kl_emit_slots(e)) return false;
    kl_emit_trace(e);
    kl_emit_vocabulary(e);
    kl_emit_sources(e, hash);
    return lay_out(e, d, hash, out);
}

bool kl_emit_image(kl_arena *a, kl_diags *d, const ir_guideline *g, kl_buf *out) {
    return emit(a, d, g, true, false, out);
}

bool kl_emit_image_plainly(kl_arena *a, kl_diags *d, const ir_guideline *g, kl_buf *out) {
    return emit(a, d, g, false, false, out);
}

bool kl_emit_image_hastily(kl_arena *a, kl_diags *d, const ir_guideline *g, kl_buf *out) {
    return emit(a, d, g, false, true, out);
}
