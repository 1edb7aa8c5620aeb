/* json_sse2.c - the loop over NDJSON lines, sixteen bytes at a time: SSE2, which every 64-bit x86 has.
 * May include: runtime/io/json_scan.inc, emmintrin.h.
 * Start at kl_json_loop_sse2(). */
#include "runtime/io/json.h"

#ifdef KL_JSON_X86
#include <emmintrin.h>

#define LOOP kl_json_loop_sse2

static inline __m128i sixteen(const char *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline uint32_t equal(const char *p, const char *q) {
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen(p), sixteen(q))) |
           (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen(p + 16), sixteen(q + 16))) << 16;
}

static inline bool alike(const char *p, const char *text, uint32_t size) {
    if (__builtin_expect(size <= 32, 1)) return (uint32_t)(~equal(p, text) << (32 - size)) == 0;
    return equal(p, text) == UINT32_MAX && (uint32_t)(~equal(p + 32, text + 32) << (64 - size)) == 0;
}

static inline size_t plain(const char *p, bool *high) {
    for (size_t n = 0;; n += 16) {
        __m128i v = sixteen(p + n), control = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
        __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), control),
                                    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
        uint32_t stops = (uint32_t)_mm_movemask_epi8(stop), tops = (uint32_t)_mm_movemask_epi8(v);
        if (stops) {
            *high |= (tops & (stops ^ (stops - 1))) != 0;
            return n + (size_t)__builtin_ctz(stops);
        }
        *high |= tops != 0;
    }
}

#include "runtime/io/json_scan.inc"
#endif
