/* cpu.c - asks the processor which vector instructions it has.
 * May include: the C library, and cpuid.h's builtins where the compiler has them.
 * Start at kl_simd_has(). */
#include "runtime/simd/cpu.h"

bool kl_simd_has(kl_simd v) {
#if defined(__x86_64__) && defined(__GNUC__)
    __builtin_cpu_init();
    if (v == KL_SIMD_SSE2) return true;
    if (v == KL_SIMD_AVX2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (v == KL_SIMD_AVX512)
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
               __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
#elif defined(__aarch64__) && defined(__ARM_NEON)
    if (v == KL_SIMD_NEON) return true;
#endif
    return v == KL_SIMD_PORTABLE;
}

kl_simd kl_simd_best(void) {
    static const kl_simd order[] = {KL_SIMD_AVX512, KL_SIMD_AVX2, KL_SIMD_SSE2, KL_SIMD_NEON};
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        if (kl_simd_has(order[i])) return order[i];
    return KL_SIMD_PORTABLE;
}

const char *kl_simd_name(kl_simd v) {
    static const char *const names[KL_SIMD_COUNT] = {"portable", "sse2", "avx2", "avx512", "neon"};
    return names[v];
}
