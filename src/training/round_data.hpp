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
#include "training/truncated_region.hpp"
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

/// What a user wants to know of a proposal. Fractions are from 0 to 1. What a method does not have is empty.
struct ProposalFigures {
  using Fraction = std::optional<double>;
  using Count = std::optional<std::int64_t>;

  Fraction acceptance = std::nullopt;         ///< fraction of the candidates in the region
  Fraction prior_mass_of_box = std::nullopt;  ///< fraction of the prior in the box around the region
  Fraction kept_of_region = std::nullopt;     ///< fraction of the last round's region that is in this one
  Fraction expected_valid = std::nullopt;     ///< fraction of the candidates that may be valid
  Fraction leakage = std::nullopt;            ///< fraction of posterior draws outside the prior's support
  Count candidates = std::nullopt;            ///< draws of the prior in the box that were compared
  Count evaluated = std::nullopt;             ///< log-densities that the comparison took
  // Of the Markov chains that drew inside the region; see ChainReport.
  Count chains = std::nullopt;
  Count chain_steps = std::nullopt;
  std::optional<double> chain_memory = std::nullopt;
  std::optional<double> effective_size = std::nullopt;
};

/// Where the next simulations are to be run.
struct Proposal {
  Matrix theta;  // [n, d]
  ProposalFigures figures = {};
  std::optional<TruncatedRegion> region = std::nullopt;
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
