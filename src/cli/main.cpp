#include <cstdio>
#include <cstdlib>

#include "cli/program.hpp"
#include "numerics/blas_kernels.hpp"

int main(int argc, char** argv) {
  snpse::restart_with_better_blas(argv);
  const int code = snpse::run_program(argc, argv);
  std::fflush(nullptr);
  std::_Exit(code);  // LibTorch and its 300 libraries take a tenth of a second to tidy up
}
