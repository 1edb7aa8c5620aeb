/* kernels.c - the tables of kernels by name, and the widest that this machine runs.
 * May include: kernels.h of the runtime, cpu.h and tables.h of this room. Each table is a file of its own beside this one.
 * Start at kl_kernels_best(). */
#include <string.h>

#include "runtime/simd/cpu.h"
#include "runtime/simd/tables.h"

static const kl_kernels plain = {"portable",     kl_plain_spread, kl_plain_gates,  kl_plain_reach,  kl_plain_settle,
                                 kl_plain_codes, kl_plain_range,  kl_plain_slices, kl_plain_beyond, kl_plain_turn,
                                 kl_single,      kl_arrange,      kl_plain_fields};

static const kl_kernels *table(kl_simd v) {
    switch (v) {
#if KL_TABLES_X86
    case KL_SIMD_SSE2: return &kl_kernels_sse2;
    case KL_SIMD_AVX2: return &kl_kernels_avx2;
    case KL_SIMD_AVX512: return &kl_kernels_avx512;
#elif KL_TABLES_ARM
    case KL_SIMD_NEON: return &kl_kernels_neon;
#endif
    case KL_SIMD_PORTABLE: return &plain;
    default: return NULL;
    }
}

const kl_kernels *kl_kernels_best(void) {
    return table(kl_simd_best());
}

const kl_kernels *kl_kernels_of(const char *name) {
    for (int v = 0; v < KL_SIMD_COUNT; v++)
        if (strcmp(name, kl_simd_name((kl_simd)v)) == 0) return kl_simd_has((kl_simd)v) ? table((kl_simd)v) : NULL;
    return NULL;
}

const char *kl_kernels_name(const kl_kernels *k) {
    return k->name;
}
