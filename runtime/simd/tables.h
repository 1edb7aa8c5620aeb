/* tables.h - the tables of kernels that vector instructions make possible, each compiled where the compiler knows them.
 * May include: kernels.h of the runtime. Never used before kl_simd_has() of cpu.h has said that the machine runs them.
 * Start at kl_kernels_best() of klausul.h. */
#ifndef KL_RUNTIME_SIMD_TABLES_H
#define KL_RUNTIME_SIMD_TABLES_H

#include "runtime/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define KL_TABLES_X86 1
extern const kl_kernels kl_kernels_sse2, kl_kernels_avx2, kl_kernels_avx512;
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__)
#define KL_TABLES_ARM 1
extern const kl_kernels kl_kernels_neon;
#endif

#endif
