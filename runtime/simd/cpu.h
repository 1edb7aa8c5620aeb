/* cpu.h - which vector instructions this machine has: the variants that the evaluator and the reading of records may use.
 * May include: the C library. A variant that the compiler did not build or the machine lacks is never chosen.
 * Start at kl_simd_best(). */
#ifndef KL_RUNTIME_SIMD_CPU_H
#define KL_RUNTIME_SIMD_CPU_H

#include <stdbool.h>

typedef enum kl_simd {
    KL_SIMD_PORTABLE,
    KL_SIMD_SSE2,
    KL_SIMD_AVX2,
    KL_SIMD_AVX512,
    KL_SIMD_NEON,
    KL_SIMD_COUNT
} kl_simd;

bool kl_simd_has(kl_simd v);         /* built in, and this machine can run it */
kl_simd kl_simd_best(void);          /* the widest that kl_simd_has() */
const char *kl_simd_name(kl_simd v); /* portable, sse2, avx2, avx512, neon */

#endif
