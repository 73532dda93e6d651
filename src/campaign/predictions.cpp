#include "campaign/predictions.hpp"

namespace snpse {
namespace {

// Of random numbers: beyond the rounds of a campaign, of its checks and of `snpse simulate`.
constexpr std::uint32_t kRoundOfPredictions = (3U << 22U) + (1U << 20U);

}  // namespace

void tell_outcomes(const ExtraOutcomes& outcomes, Log& log) {
  log.info(fmt::format("simulated {} ok, {} invalid, {} failed, {} timed out ({:.1f} s)",
                       outcomes.count(Status::ok), outcomes.count(Status::invalid),
                       outcomes.count(Status::failed), outcomes.count(Status::timeout), outcomes.elapsed));
  for (const auto& message : outcomes.messages) log.warning(message);
}

Matrix predict(const Config& config, const Experiment& setup, const Matrix& theta, std::uint64_t seed,
               const StepContext& context) {
  require_simulator(setup);
  auto outcomes = run_extra(ExtraSimulations::all(theta, seed, kRoundOfPredictions), setup,
                            extra_options(config), context);
  if (context.world.any(std::ssize(outcomes.rows) < theta.rows()))
    fail(ExitCode::stopped, "stopped as requested, and nothing is written; the same command simulates again");
  if (context.world.is_root()) tell_outcomes(outcomes, context.log);
  return std::move(outcomes.x);
}

}  // namespace snpse
