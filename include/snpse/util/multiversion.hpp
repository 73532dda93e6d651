#pragma once

/// Before a function of plain loops: it is compiled for AVX-512, for AVX2 and for any processor, and the
/// program takes the best that it finds at its start. What such a function calls must be inlined to take
/// part.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SNPSE_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SNPSE_MULTIVERSION
#endif
