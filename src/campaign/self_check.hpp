#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/experiment.hpp"
#include "diagnostics/finding.hpp"
#include "methods/method.hpp"

namespace snpse {

/// What a campaign's own simulations say of its posterior.
struct SelfCheck {
  Eigen::Index pairs = 0;              // simulations that the network was checked on
  std::vector<Finding> findings = {};  // empty where there are too few of them
  /// Whether no check that could be decided found anything.
  bool passed() const;
  /// One sentence for the log.
  std::string summary() const;
};

/// Collective. Checks the posterior of the last of `rounds` on the simulations that were kept from its
/// training, at no cost of simulations, at some hundred pairs of few draws each: calibration_findings(), and
/// local_c2st_finding() at one observation or composition_finding() of several. None where the method's
/// posterior holds at its own observation alone, or training.check_share is 0.
std::optional<SelfCheck> self_check(const Method& method, std::span<const RoundData> rounds,
                                    const Experiment& setup, std::uint64_t seed, const StepContext& context);

}  // namespace snpse
