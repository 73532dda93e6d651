#include "campaign/seed_check.hpp"

#include <algorithm>

namespace snpse {
namespace {

// Of the random numbers of simulations that are repeated, beyond those of a campaign and of a diagnosis.
constexpr std::uint32_t kOtherSeeds = 3U << 22U;

/// Collective. Side by side the parameters and data of the first simulations of all ranks that are ok.
Matrix first_ok(const World& world, const LocalSimulations& mine) {
  std::vector<Eigen::Index> ok;
  for (std::size_t i = 0; i < mine.status.size() && std::ssize(ok) < kSeedRepeats; ++i)
    if (mine.status[i] == Status::ok) ok.push_back(static_cast<Eigen::Index>(i));
  Matrix found(std::ssize(ok), mine.theta.cols() + mine.x->width());
  found << mine.theta(ok, Eigen::all), mine.x->read(ok);
  const Matrix all = world.gather_rows(found);
  return all.topRows(std::min(all.rows(), kSeedRepeats));
}

}  // namespace

Finding check_seed_of_round(const RoundData& round_1, double seconds, double busy_seconds,
                            const Experiment& setup, const Config& config, const StepContext& context) {
  constexpr double kPartOfRound = 0.01;
  constexpr double kShort = 1;
  const double each = busy_seconds / static_cast<double>(std::max<std::int64_t>(round_1.size, 1));
  if (setup.task || each > std::max(kShort, kPartOfRound * seconds)) return seed_ignored_finding({});
  const Matrix before = first_ok(context.world, round_1.simulations);
  const auto d = round_1.simulations.theta.cols();
  Log silent;  // what there is to say of the simulator was said while the round was simulated
  const auto again = run_extra(ExtraSimulations::all(before.leftCols(d), config.seed, kOtherSeeds), setup,
                               extra_options(config), {context.world, context.stop, silent});
  return seed_ignored_finding(count_repeats(before.rightCols(before.cols() - d), again.x));
}

}  // namespace snpse
