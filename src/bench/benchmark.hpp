#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace snpse {

/// What `snpse bench TASK` takes.
struct BenchArguments {
  std::string task;
  std::string method = "tsnpse";
  std::string preset = "default";
  int rounds = 0;  ///< 0: the preset's
  std::int64_t simulations = 10000;
  std::int64_t samples = 10000;
  std::uint64_t seed = 1;
  std::filesystem::path observation;  ///< CSV; empty: drawn from the prior predictive
  int iid = 1;                        ///< how many are drawn, of the same parameters
  std::filesystem::path reference;    ///< CSV; empty: drawn by the task's exact sampler
  std::vector<std::string> settings;  ///< "section.key=value", over the preset's
  std::filesystem::path out;          ///< the campaign's folder; empty: a temporary one
  bool json = false;
};
/// The campaign that `snpse bench` runs. Errors: see load_config(); Error(usage) where there is neither a
/// reference nor an exact posterior to compare with.
Config benchmark_config(const BenchArguments& arguments);

/// What a campaign's steps took and said, over all sittings. A kill at the wrong microsecond loses a step.
struct RunCosts {
  std::map<std::string, double> seconds;     ///< by phase, over all rounds
  std::vector<double> acceptance;            ///< of the truncated rounds
  std::optional<double> effective_fraction;  ///< of the last round with importance weights
  double leakage = 0;                        ///< of the posterior's draws

  double total() const;
};
/// event_log: a campaign's events.jsonl.
RunCosts costs_of(const std::filesystem::path& event_log);

}  // namespace snpse
