#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "snpse/campaign/config.hpp"
#include "snpse/cli/command_line.hpp"

namespace snpse {

/// The campaign that `snpse bench` runs. Errors: see load_config(); Error(usage) where there is neither a
/// reference nor an exact posterior to compare with.
Config benchmark_config(const BenchArguments& arguments);

/// What a campaign's steps took and said, over all sittings. A kill at the wrong microsecond loses a step.
struct Costs {
  std::map<std::string, double> seconds;                   ///< by phase, over all rounds
  std::vector<double> acceptance;                          ///< of the truncated rounds
  std::optional<double> effective_share;                   ///< of the last round with importance weights
  std::optional<double> outside_share, outside_tolerance;  ///< of the last truncated round
  std::optional<double> invalid_draws;                     ///< share of the posterior's draws
  double leakage = 0;                                      ///< of the posterior's draws

  double total() const;
};
/// diary: a campaign's events.jsonl.
Costs costs_of(const std::filesystem::path& diary);

}  // namespace snpse
