#include "cli/program.hpp"

#include <snpse/program.hpp>

#include "api/simulator_adapter.hpp"
#include "numerics/blas_kernels.hpp"

namespace snpse {

int main(int argc, char** argv, const MakeSimulator& make_simulator) {
  restart_with_better_blas(argv);
  return run_program(argc, argv, adapt(make_simulator));
}

}  // namespace snpse
