#include "cli/check/trial.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "campaign/seed_check.hpp"
#include "util/clock.hpp"
#include "util/stop.hpp"

namespace snpse {
namespace {

constexpr std::uint32_t kFirstRound = 1;  // whose simulations a trial runs

/// What runs until a time limit. Says nothing while it runs: the report has it all.
class TimedContext {
 public:
  TimedContext(const World& world, double seconds) : world_(world), seconds_(seconds), stop_(seconds) {}

  StepContext context() { return {world_, stop_, silent_}; }

  /// Collective. Error(stopped) where a signal came before the time was up.
  void heed_signals() const {
    const bool early = stop_.requested() && seconds_since(start_) < seconds_;
    if (world_.any(early)) fail(ExitCode::stopped, "stopped as requested; the same command checks again");
  }

 private:
  const World& world_;
  double seconds_;
  Clock::time_point start_ = Clock::now();
  StopRequest stop_;
  Log silent_;
};

/// Of sorted values; fraction from 0 to 1.
double quantile(const std::vector<double>& sorted, double fraction) {
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::lround(fraction * last))];
}

/// The first simulations of round 1, the first few of them again with other seeds: as rows behind all others,
/// which are run right after the rows that they repeat.
ExtraSimulations with_repeats(const Matrix& theta, Eigen::Index repeats, std::uint64_t seed) {
  Matrix all(theta.rows() + repeats, theta.cols());
  all << theta, theta.topRows(repeats);
  auto simulations = ExtraSimulations::all(std::move(all), seed, kFirstRound);
  const auto begin = simulations.todo.begin();
  std::rotate(begin + repeats, begin + theta.rows(), simulations.todo.end());
  return simulations;
}

/// Without the rows from n on.
void keep_first(ExtraOutcomes& outcomes, Eigen::Index n) {
  const auto kept =
      static_cast<std::size_t>(std::ranges::lower_bound(outcomes.rows, n) - outcomes.rows.begin());
  outcomes.x.conservativeResize(n, Eigen::NoChange);
  outcomes.rows.resize(kept);
  outcomes.status.resize(kept);
  outcomes.seconds.resize(kept);
  outcomes.worker.resize(kept);
}

/// So many failures say enough.
FarmOptions until_failures(const Config& config, Eigen::Index simulations) {
  constexpr double kFailures = 20;
  auto options = extra_options(config);
  options.failure_budget = kFailures / static_cast<double>(simulations);
  options.budget_is_error = false;
  return options;
}

}  // namespace

std::optional<SimulationTimes> simulation_times(const ExtraOutcomes& outcomes) {
  std::map<int, double> first;  // of each worker, in the order in which simulations are handed out
  std::vector<double> others;
  for (std::size_t i = 0; i < outcomes.rows.size(); ++i) {
    if (outcomes.status[i] != Status::ok && outcomes.status[i] != Status::invalid) continue;
    if (!first.emplace(outcomes.worker[i], outcomes.seconds[i]).second) others.push_back(outcomes.seconds[i]);
  }
  if (first.empty()) return std::nullopt;
  SimulationTimes times;
  const bool only_first = others.empty();
  if (only_first)
    for (const auto& [worker, seconds] : first) others.push_back(seconds);
  std::ranges::sort(others);
  times.mean = std::accumulate(others.begin(), others.end(), 0.0) / static_cast<double>(others.size());
  times.median = quantile(others, 0.5);
  times.low = quantile(others, 0.05);
  times.high = quantile(others, 0.95);
  double slowest = 0;
  for (const auto& [worker, seconds] : first) slowest = std::max(slowest, seconds);
  if (!only_first && slowest > times.high) times.start = slowest - times.median;
  return times;
}

Trial try_simulator(const Experiment& setup, const Config& config, std::int64_t most, double seconds,
                    const World& world) {
  constexpr double kForFirst = 0.7;  // of the time; the rest is for a second start
  const auto start = Clock::now();
  const auto repeats = std::min<Eigen::Index>(kSeedRepeats, most);
  const Matrix theta = draw_rows(*setup.prior, most, config.seed, Purpose::prior, kFirstRound);
  auto simulations = with_repeats(theta, repeats, config.seed);
  Trial trial;
  {
    TimedContext timed(world, kForFirst * seconds);
    trial.outcomes =
        run_extra(simulations, setup, until_failures(config, simulations.theta.rows()), timed.context());
    timed.heed_signals();
  }
  const Matrix x = trial.outcomes.x.topRows(repeats);
  trial.other_seed = count_repeats(x, trial.outcomes.x.bottomRows(repeats));
  keep_first(trial.outcomes, most);
  trial.times = simulation_times(trial.outcomes);
  if (trial.ok() == 0) return trial;
  simulations.todo.resize(static_cast<std::size_t>(repeats));
  TimedContext timed(world, std::max(0.0, seconds - world.broadcast(seconds_since(start))));
  const auto again = run_extra(simulations, setup, until_failures(config, repeats), timed.context());
  trial.same_seed = count_repeats(x, again.x.topRows(repeats));
  timed.heed_signals();
  return trial;
}

}  // namespace snpse
