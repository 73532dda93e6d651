#include "cli/program.hpp"
#include "numerics/blas_kernels.hpp"

int main(int argc, char** argv) {
  snpse::restart_with_better_blas(argv);
  return snpse::run_program(argc, argv);
}
