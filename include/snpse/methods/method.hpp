#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "snpse/core/data_set.hpp"
#include "snpse/core/model_options.hpp"
#include "snpse/core/prior.hpp"
#include "snpse/core/record.hpp"
#include "snpse/inference/options.hpp"
#include "snpse/inference/posterior.hpp"
#include "snpse/inference/truncation_check.hpp"
#include "snpse/methods/options.hpp"
#include "snpse/parallel/world.hpp"
#include "snpse/training/options.hpp"
#include "snpse/training/report.hpp"
#include "snpse/util/log.hpp"
#include "snpse/util/stop.hpp"

namespace snpse {

/// Some simulations.
struct SampleOfRows {
  Matrix theta;                  // [m, d]
  Matrix x;                      // [m, p]
  std::vector<std::int64_t> id;  // [m], ascending; see ValidRows
};

/// What is to be inferred.
struct Problem {
  std::shared_ptr<const Prior> prior;
  Vector x_obs;  // [p]
  std::uint64_t seed = 0;
};

struct MethodSettings {
  MethodOptions method;
  ModelOptions model;
  TrainingOptions training;
  SamplerOptions sampler;
  TruncationOptions truncation;
  InvalidOptions invalid;
  CompositionOptions composition;
};

/// Where the next simulations are to be run.
struct Proposal {
  Matrix theta;   // [n, d]
  Record report;  // what a user or a later step wants to know of it; acceptance rates, a region's bounds, ...
};

/// The key of a committed proposal's report for the number of its parameters, which all ranks know by it.
inline constexpr const char* kProposed = "simulations";

/// What a round has brought so far; a part that is yet to come is empty.
struct RoundData {
  Proposal proposal;  // theta on rank 0 only
  SimulationShare simulations;
  Record network;
  std::int64_t size = 0;  // simulations on all ranks, valid or not
};

struct TrainedNetwork {
  Record network;  // all that posterior() needs; empty if stopped
  TrainingReport report;
  /// Of a method with importance weights: their effective sample size as a share of their number.
  std::optional<double> effective_share = std::nullopt;
  /// Of tsnpse from round 2 on: whether the round's region was wide enough for this posterior. The network
  /// has it as well.
  std::optional<TruncationCheck> truncation = std::nullopt;
  /// What simulations that are not ok do to the posterior; empty where all are.
  std::string invalid_note = {};
};

/// What a step may use besides the data. The same on every rank but for the log.
struct StepContext {
  const World& world;
  const StopRequest& stop;
  Log& log;
};

/// A sequential method: proposals, loss and correction. The campaign calls its steps round by round and keeps
/// what they return; a method has no state of its own, so a campaign can be continued after any step. Rounds
/// count from 1; `rounds` holds all rounds up to and including the present one.
class Method {
 public:
  virtual ~Method() = default;
  /// The number of rounds that is planned, and how many simulations each runs then.
  virtual int rounds() const = 0;
  virtual std::int64_t simulations(int round) const = 0;
  /// Whether its posterior holds for other observations than x_obs.
  virtual bool amortised() const = 0;
  /// Whether posterior() at the x of a simulation is that under the law of all parameters that were
  /// simulated, by which calibration is checked.
  virtual bool holds_at_simulated_data() const { return amortised(); }
  /// How many simulations the round after the finished ones runs; 0: there is no such round. It depends on
  /// the settings, and on the sizes and networks of the finished rounds: an even part of what the settings
  /// leave to the rounds that are left. It is simulations() unless the settings were changed between two
  /// rounds.
  virtual std::int64_t simulations_after(std::span<const RoundData> finished) const;
  /// How many of the n parameters that were proposed for the round after `finished` it simulates, 1 to n, by
  /// what their proposal's report says. The budget keeps the others for a further round.
  virtual std::int64_t simulations_of(const Record& report, std::int64_t n,
                                      std::span<const RoundData> finished) const;
  /// Collective. n parameters to simulate in the round after `rounds`. The first of them are those that a
  /// smaller n gives, but for snpse_a's, which are resampled from more draws then.
  virtual Proposal propose(std::span<const RoundData> rounds, std::int64_t n,
                           const StepContext& context) const = 0;
  /// Collective. The network of the last of `rounds`, from the simulations of all of them.
  virtual TrainedNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                               const StepContext& context) const = 0;
  /// Collective. Simulations that had no part in the training of the last of `rounds`, by which
  /// checked_posterior() can be checked: pairs of the law under which it is the posterior. The same on every
  /// rank.
  virtual SampleOfRows check_rows(std::span<const RoundData> rounds, const World& world) const;
  /// What check_rows() check, at the x of one of them: posterior(), or what that is made of.
  virtual std::shared_ptr<const Posterior> checked_posterior(std::span<const RoundData> rounds,
                                                             const Vector& x) const {
    return posterior(rounds, x);
  }
  /// The posterior at x_obs from the last of `rounds`.
  virtual std::shared_ptr<const Posterior> posterior(std::span<const RoundData> rounds,
                                                     const Vector& x_obs) const = 0;
  /// The posterior of one theta given the independent observations [n, p] together: posterior() where n is 1.
  /// Error(usage) where n is more and the method is not amortised.
  virtual std::shared_ptr<const Posterior> joint_posterior(std::span<const RoundData> rounds,
                                                           const Matrix& observations) const;
};

/// The names that make_method() knows.
std::vector<std::string> method_names();
/// The method named settings.method.name. Error(config) that names the nearest one where it is unknown.
std::unique_ptr<Method> make_method(const Problem& problem, const MethodSettings& settings);

}  // namespace snpse
