/* view.h - a verified image as the emitters of other languages read it: words, strings and constants of its tables.
 * May include: lang/base, runtime/image.
 * Start at kl_view_open(); the columns of each table are named in runtime/image.h. */
#ifndef KL_COMPILER_VIEW_H
#define KL_COMPILER_VIEW_H

#include "lang/base/base.h"
#include "runtime/image.h"

typedef struct kl_view {
    const char *at[KL_S_COUNT];
    uint32_t rows[KL_S_COUNT];
} kl_view;

static inline uint64_t kl_view_bytes(const char *p, int n) { /* little-endian */
    uint64_t v = 0;
    while (n-- > 0) v = v << 8 | (unsigned char)p[n];
    return v;
}

static inline kl_view kl_view_open(kl_str image) {
    kl_view v;
    for (int s = 0; s < KL_S_COUNT; s++) {
        v.at[s] = image.p + kl_view_bytes(image.p + KL_H_DIRECTORY + s * 8, 4);
        v.rows[s] = (uint32_t)kl_view_bytes(image.p + KL_H_DIRECTORY + s * 8 + 4, 4);
    }
    return v;
}

static inline uint32_t kl_view_word(const kl_view *v, kl_section s, uint32_t row, uint32_t word) {
    static const uint8_t words[KL_S_COUNT] = KL_STRIDES;
    return (uint32_t)kl_view_bytes(v->at[s] + ((size_t)row * words[s] + word) * 4, 4);
}

static inline kl_str kl_view_text(const kl_view *v, kl_section s, uint32_t row, uint32_t word) {
    return (kl_str){v->at[KL_S_STRINGS] + kl_view_word(v, s, row, word), kl_view_word(v, s, row, word + 1)};
}

static inline int64_t kl_view_const(const kl_view *v, uint32_t i) {
    return (int64_t)kl_view_bytes(v->at[KL_S_CONSTS] + (size_t)i * 8, 8);
}

static inline uint64_t kl_view_mask(const kl_view *v, uint32_t i) {
    return kl_view_bytes(v->at[KL_S_MASKS] + (size_t)i * 8, 8);
}

/* Where the document says it: the entry's own citation, else that of what holds it. */
static inline kl_str kl_view_cite(const kl_view *v, uint32_t entry) {
    kl_str cite = kl_view_text(v, KL_S_ENTRIES, entry, KL_E_CITE);
    while (!cite.n && kl_view_word(v, KL_S_ENTRIES, entry, KL_E_PARENT) != KL_ABSENT) {
        entry = kl_view_word(v, KL_S_ENTRIES, entry, KL_E_PARENT);
        cite = kl_view_text(v, KL_S_ENTRIES, entry, KL_E_CITE);
    }
    return cite;
}

#endif
