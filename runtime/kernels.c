/* kernels.c - the core's own kernels, in plain C: what the others must agree with to the bit.
 * May include: planes.inc of this room. Compiled for size, full batches and words get no code of their own.
 * Start at kl_kernels_portable(). */
#include <stdint.h>

typedef uint64_t vector;
enum { LANES = 1 };
#if defined(__OPTIMIZE_SIZE__)
#define FULL 0
#else
#define FULL 1
#endif

#if FULL
/* Four sums of sixteen, from the last number to the first: none waits for another, and nothing is shifted by a variable. */
static inline uint64_t range64(const int64_t *n, uint64_t from, uint64_t span) {
    uint64_t a = 0, b = 0, c = 0, d = 0;
    for (uint32_t x = 16; x-- > 0;) {
        a += a + ((uint64_t)n[x] - from <= span);
        b += b + ((uint64_t)n[x + 16] - from <= span);
        c += c + ((uint64_t)n[x + 32] - from <= span);
        d += d + ((uint64_t)n[x + 48] - from <= span);
    }
    return a | b << 16 | c << 32 | d << 48;
}

/* Eight codes at a time, a byte each, in the order 0 4 1 5 2 6 3 7: one product puts the lowest bits of the bytes in the order of the codes. */
static inline void slices64(uint64_t *to, uint32_t words, const uint16_t *code, uint32_t bits) {
    for (uint32_t b = 0; b < bits; b++) to[b * words] = 0;
    for (uint32_t x = 0; x < 64; x += 8) {
        uint64_t eight = 0;
        for (uint32_t i = 0; i < 4; i++)
            eight |= (uint64_t)(uint8_t)code[x + i] << (16 * i) | (uint64_t)(uint8_t)code[x + 4 + i] << (16 * i + 8);
        for (uint32_t b = 0; b < bits; b++)
            to[b * words] |= ((eight >> b & UINT64_C(0x0101010101010101)) * UINT64_C(0x0110022004400880) >> 56) << x;
    }
}

static inline int beyond64(const uint16_t *code, uint32_t most) {
    uint32_t bad = 0;
    for (uint32_t x = 0; x < 64; x++) bad |= code[x] > most;
    return (int)bad;
}
#endif

#define SCOPE
#define LOOP(name) kl_plain_##name
#include "runtime/planes.inc"

void kl_kernels_portable(kl_kernels *out) {
    out->name = "portable";
    out->spread = kl_plain_spread;
    out->gates = kl_plain_gates;
    out->reach = kl_plain_reach;
    out->settle = kl_plain_settle;
    out->codes = kl_plain_codes;
    out->range = kl_plain_range;
    out->slices = kl_plain_slices;
    out->beyond = kl_plain_beyond;
    out->turn = NULL;   /* marks.c has its own */
    out->single = NULL; /* the core has one way for all batches */
    out->arrange = NULL;
    out->fields = NULL;
}
