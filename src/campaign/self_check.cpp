#include "campaign/self_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "diagnostics/composition.hpp"
#include "diagnostics/local_c2st.hpp"
#include "diagnostics/pairs.hpp"

namespace snpse {
namespace {

constexpr double kLevel = 0.01;  // of false alarms: of the calibration checks together, and of the local test
constexpr Eigen::Index kFewestPairs = 30;
constexpr Eigen::Index kMostPairs = 300;
constexpr std::int64_t kDraws = 31;
// Of random streams, beyond those of a campaign and of a diagnosis.
constexpr std::uint32_t kFirstRound = 3U << 22U;

/// A density that costs little: ranks are exact for any density that treats theta and the draws alike.
DensityOptions coarse_density(Eigen::Index dim) {
  constexpr Eigen::Index kFewParameters = 4;
  return {.steps = 8, .trace = dim <= kFewParameters ? Trace::exact : Trace::hutchinson, .probes = 4};
}

bool found_something(const Finding& finding) {
  return finding.verdict() == Verdict::warn || finding.verdict() == Verdict::fail;
}

}  // namespace

bool SelfCheck::passed() const {
  return std::ranges::none_of(findings, found_something);
}

std::string SelfCheck::summary() const {
  if (findings.empty())
    return fmt::format(
        "whether the posterior is calibrated is not known: {} simulations to check it on are too few ({} are "
        "needed); 'snpse diagnose' simulates more",
        pairs, kFewestPairs);
  if (passed()) return fmt::format("calibrated on {} held-out simulations", pairs);
  std::string text = fmt::format("the posterior is not calibrated on {} held-out simulations:", pairs);
  for (const auto& finding : findings)
    if (found_something(finding))
      text += fmt::format(" {} {:.3f} (up to {:.3f} passes), {};", finding.check, finding.figure,
                          finding.threshold, finding.advice);
  text.pop_back();
  return text;
}

std::optional<SelfCheck> self_check(const Method& method, std::span<const RoundData> rounds,
                                    const Experiment& setup, std::uint64_t seed, const StepContext& context) {
  const auto rows = method.check_rows(rounds, context.world);
  if (rows.theta.rows() == 0) return std::nullopt;
  const auto n = std::min(rows.theta.rows(), kMostPairs);
  if (n < kFewestPairs) return SelfCheck{n};
  const auto pairs = draw_pairs(
      context.world, rows.theta.topRows(n), rows.x.topRows(n),
      [&](const Vector& x) { return method.checked_posterior(rounds, x); },
      {kDraws, coarse_density(rows.theta.cols()), {seed, Purpose::calibration, kFirstRound}},
      [&] { return context.stop.requested(); }, context.log);
  SelfCheck result{pairs.theta.rows()};
  if (result.pairs < kFewestPairs) return result;
  result.findings = calibration_findings(pairs, setup.parameter_names, kLevel, seed);
  // Of several observations the local test would cost their number squared, and see nothing of how they add
  // up.
  if (setup.observations.rows() > 1)
    result.findings.push_back(composition_finding(pairs, setup.observations.rows()));
  else if (setup.observations.allFinite())
    result.findings.push_back(local_c2st_finding(pairs, setup.observations, kLevel, seed));
  return result;
}

}  // namespace snpse
