#pragma once

/// Before a function of plain loops: it is compiled for AVX-512, for AVX2 and for any processor, and the
/// program takes the best that it finds at its start. What such a function calls must be inlined to take
/// part; SNPSE_INLINE sees to it where the compiler would find that too long.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SNPSE_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SNPSE_MULTIVERSION
#endif
#define SNPSE_INLINE [[gnu::always_inline]] inline

namespace snpse {

/// The vector instructions that numerical code is written for; a later level has longer vectors.
enum class VectorLevel { baseline, avx2, avx512 };

/// The level of the processor that the program runs on.
VectorLevel processor_level();

/// The level of the SNPSE_MULTIVERSION functions that the processor runs.
VectorLevel multiversion_level();

}  // namespace snpse
