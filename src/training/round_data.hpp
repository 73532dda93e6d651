#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/data_set.hpp"
#include "core/record.hpp"
#include "numerics/matrix.hpp"
#include "parallel/world.hpp"
#include "score/model_options.hpp"
#include "training/invalid_options.hpp"
#include "training/options.hpp"
#include "training/report.hpp"
#include "util/log.hpp"
#include "util/stop.hpp"

namespace snpse {

/// Some simulations.
struct SampleOfRows {
  Matrix theta;                  // [m, d]
  Matrix x;                      // [m, p]
  std::vector<std::int64_t> id;  // [m], ascending; see ValidRows
};

/// What the fit of a network to simulations depends on.
struct FitSettings {
  ModelOptions model;
  TrainingOptions training;
  InvalidOptions invalid;
};

/// What a user wants to know of a proposal. Shares are numbers from 0 to 1; a share that a method does not
/// have is empty.
struct ProposalFigures {
  std::optional<double> acceptance = std::nullopt;  ///< share of the candidates in the region
  std::optional<double> prior_mass_of_box =
      std::nullopt;  ///< share of the prior in the box around the region
  std::optional<double> kept_of_region =
      std::nullopt;  ///< share of the last round's region that is in this one
  std::optional<double> expected_valid = std::nullopt;  ///< share of the candidates that may be valid
  std::optional<double> leakage = std::nullopt;  ///< share of a posterior's draws outside the prior's support
};

/// Where the next simulations are to be run.
struct Proposal {
  Matrix theta;  // [n, d]
  ProposalFigures figures = {};
  Record region = {};  // what later rounds need to know of the region; see TruncatedRegion
};

/// What a round has brought so far; a part that is yet to come is empty.
struct RoundData {
  Proposal proposal;  // theta on rank 0 only
  LocalSimulations simulations;
  Record network;
  std::int64_t size = 0;  // simulations on all ranks, valid or not
};

/// A trained network, and how its training went.
struct TrainedNetwork {
  Record network;  // all that posterior() needs; empty if stopped
  TrainingReport report;
  /// What simulations that are not ok do to the posterior; empty where all are.
  std::string invalid_summary = {};
};

/// What a step may use besides the data. The same on every rank but for the log.
struct StepContext {
  const World& world;
  const StopRequest& stop;
  Log& log;
};

}  // namespace snpse
