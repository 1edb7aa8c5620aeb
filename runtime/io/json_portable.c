/* json_portable.c - the loop over NDJSON lines in plain C, eight bytes at a time: what the other variants must agree with.
 * May include: runtime/io/json_scan.inc.
 * Start at kl_json_loop_portable(). */
#include "runtime/io/json.h"

#include <string.h>

#define LOOP kl_json_loop_portable

static inline bool alike(const char *p, const char *text, uint32_t size) {
    uint64_t a, b, differ = 0;
    uint32_t at = 0;
    for (; at + 8 <= size; at += 8) {
        memcpy(&a, p + at, sizeof a);
        memcpy(&b, text + at, sizeof b);
        differ |= a ^ b;
    }
    for (; at < size; at++) differ |= (uint64_t)(p[at] ^ text[at]);
    return differ == 0;
}

static inline size_t plain(const char *p, bool *high) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    const char *start = p;
    for (;; p += 8) {
        uint64_t v;
        memcpy(&v, p, sizeof v);
        uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
        uint64_t stop = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((v - ones * 0x20) & ~v);
        if (stop & tops) break;
        *high |= (v & tops) != 0;
    }
    for (;; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\' || c < 0x20) return (size_t)(p - start);
        *high |= c >= 0x80;
    }
}

#include "runtime/io/json_scan.inc"
