/* Plain loops in the widest vectors of the machine that runs them.
 *
 * The build is for any x86-64; a function marked COSMOS_SIMD_CLONES is compiled for AVX-512, AVX2 and the baseline, and the loader takes the
 * fitting one once. Which one it is depends on the machine alone, so the same machine gives the same bits. Elsewhere (other
 * processors, C libraries without indirect functions, sanitizers, whose run time is not up when the loader chooses) it is the one plain function.
 *
 * Helpers called in such a loop must be COSMOS_SIMD_INLINE, or they stay calls of baseline code. The mark goes before `static`:
 *
 *   COSMOS_SIMD_CLONES static void scale (float *restrict x, float factor, size_t n)
 */
#pragma once

#include <limits.h> /* says whether this is the GNU C library */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer) \
    || __has_feature(undefined_behavior_sanitizer)
#define COSMOS_SIMD_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define COSMOS_SIMD_SANITIZED 1
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(COSMOS_SIMD_SANITIZED) && __has_attribute(target_clones)
#define COSMOS_SIMD_CLONES __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define COSMOS_SIMD_CLONES
#endif

#define COSMOS_SIMD_INLINE static inline __attribute__ ((always_inline))
