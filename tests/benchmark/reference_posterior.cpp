// How a task's exact sampler agrees with samples from elsewhere, and how fast it is; under mpirun or alone:
//
//     benchmark_reference_posterior TASK OBSERVATION.csv REFERENCE.csv
#include <ctime>
#include <vector>

#include <fmt/format.h>

#include "diagnostics/c2st.hpp"
#include "parallel/world.hpp"
#include "storage/csv.hpp"
#include "tasks/task.hpp"

namespace snpse {
namespace {

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

int run(int argc, char** argv) {
  const MpiSession session(argc, argv);
  const World world;
  if (argc != 4) return 64;
  const auto task = make_task(argv[1]);
  const Matrix x_obs = read_csv(argv[2]);
  const Matrix reference = read_csv(argv[3]);
  const double start = cpu_seconds();
  const Matrix theta = task->reference_posterior(row_of(x_obs, 0), reference.rows(), 1);
  const double seconds = cpu_seconds() - start;
  const double accuracy = c2st(world, reference, theta, {}).mean;
  if (world.is_root())
    fmt::print(R"({{"task": "{}", "draws": {}, "cpu_seconds": {:.2f}, "c2st": {:.4f}}})"
               "\n",
               task->name(), theta.rows(), seconds, accuracy);
  return 0;
}

}  // namespace
}  // namespace snpse

int main(int argc, char** argv) {
  return snpse::run(argc, argv);
}
