#include "numerics/threads.hpp"

#include <climits>

#include <ATen/Parallel.h>
#include <malloc.h>
#include <sched.h>

// OpenBLAS and oneDNN have threads of their own that LibTorch does not know of; where another library takes
// their place a symbol is missing, which is then null.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));
extern "C" void omp_set_num_threads(int threads) __attribute__((weak));

namespace snpse {

void prepare_process(int threads) {
  at::set_num_threads(threads);
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(threads);
  if (omp_set_num_threads != nullptr) omp_set_num_threads(threads);
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

int usable_cores() {
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : INT_MAX;
}

}  // namespace snpse
