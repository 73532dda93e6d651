#include "bench/comparison.hpp"

#include <algorithm>
#include <utility>

#include "campaign/folder.hpp"
#include "config/experiment.hpp"
#include "diagnostics/c2st.hpp"
#include "parallel/block_work.hpp"
#include "tasks/task.hpp"
#include "util/end_at_once.hpp"

namespace snpse {

Comparison compare(const World& world, Matrix reference, Matrix theta, std::uint64_t seed) {
  world.on_root([&] {
    if (reference.cols() != theta.cols())
      fail(ExitCode::data, "the reference samples have {} columns, the posterior {}", reference.cols(),
           theta.cols());
    // The test needs as many draws of each.
    const auto n = std::min(theta.rows(), reference.rows());
    theta.conservativeResize(n, Eigen::NoChange);
    reference.conservativeResize(n, Eigen::NoChange);
  });
  world.broadcast(theta);
  world.broadcast(reference);
  const auto result = c2st(world, reference, theta, {.seed = seed});
  return {result.mean, result.folds};
}

Comparison compare_with_exact(const World& world, const std::filesystem::path& folder, const Config& config,
                              const Matrix& reference) {
  Matrix theta;
  Matrix exact = reference;
  world.on_root([&] {
    theta = CampaignFolder(folder).load_posterior(dimension_of(config)).get<Matrix>("theta");
    if (exact.size() > 0) return;
    stop_point(world);
    const EndAtOnce nothing_to_save;
    exact = make_task(config.simulator.task)
                ->reference_posterior(config.observation.x, theta.rows(), config.seed);
  });
  return compare(world, std::move(exact), std::move(theta), config.seed);
}

}  // namespace snpse
