#include "snpse/core/threads.hpp"

#include <climits>

#include <ATen/Parallel.h>
#include <malloc.h>

// OpenBLAS has threads of its own that LibTorch does not know of; another BLAS lacks the symbol, which is
// then null.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace snpse {

void prepare_process(int threads) {
  at::set_num_threads(threads);
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(threads);
  mallopt(M_MMAP_THRESHOLD, INT_MAX);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

}  // namespace snpse
