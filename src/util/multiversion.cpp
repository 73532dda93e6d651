#include "util/multiversion.hpp"

namespace snpse {

VectorLevel processor_level() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return VectorLevel::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return VectorLevel::avx2;
#endif
  return VectorLevel::baseline;
}

VectorLevel multiversion_level() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  // The loader asks the same two questions where it chooses among the clones.
  if (__builtin_cpu_supports("x86-64-v4")) return VectorLevel::avx512;
  if (__builtin_cpu_supports("x86-64-v3")) return VectorLevel::avx2;
#endif
  return VectorLevel::baseline;
}

}  // namespace snpse
