#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/prior.hpp"
#include "core/record.hpp"
#include "inference/options.hpp"
#include "inference/posterior.hpp"
#include "inference/truncation_check.hpp"
#include "methods/options.hpp"
#include "parallel/world.hpp"
#include "training/round_data.hpp"

namespace snpse {

/// What is to be inferred.
struct Problem {
  std::shared_ptr<const Prior> prior;
  Vector x_obs;  // [p]
  std::uint64_t seed = 0;
};

struct MethodSettings : FitSettings {
  MethodOptions method;
  SamplerOptions sampler;
  DensityOptions density;
  TruncationOptions truncation;
  CompositionOptions composition;
};

/// What a method is, whatever its problem and its settings.
struct MethodTraits {
  /// Whether the method plans several rounds. The others plan one.
  bool sequential = false;
  /// Whether the posterior holds for other observations than x_obs.
  bool amortised = false;
  /// Whether posterior() at the x of a simulation is that under the law of all parameters that were
  /// simulated, by which calibration is checked.
  bool holds_at_simulated_data = false;
};

/// What a round's training brings.
struct RoundNetwork : TrainedNetwork {
  /// Of a method with importance weights: their effective sample size as a fraction of their number.
  std::optional<double> effective_fraction = std::nullopt;
  /// Of tsnpse from round 2 on: whether the round's region was wide enough for this posterior. The network
  /// has it as well.
  std::optional<TruncationCheck> truncation = std::nullopt;
};

/// A round as it runs where all goes well: every region passes, and nothing is changed in between.
struct PlannedRound {
  std::int64_t simulations = 0;
  std::int64_t simulated = 0;  ///< by this round and all earlier ones, valid or not
  FitSettings fit;             ///< of what the round trains
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
  /// The rounds that run where all goes well. tsnpse has more than rounds(): it probes a region first.
  std::vector<PlannedRound> plan() const;
  /// How many simulations the round after the finished ones runs; 0: there is no such round. It depends on
  /// the settings, and on the sizes and networks of the finished rounds: an even part of what the settings
  /// leave to the rounds that are left. It is simulations() unless the settings were changed between two
  /// rounds.
  virtual std::int64_t simulations_after(std::span<const RoundData> finished) const;
  /// How many of the n parameters that were proposed for the round after `finished` are simulated, 1 to n.
  /// The budget keeps the others for a further round.
  virtual std::int64_t simulations_of(const ProposalFigures& figures, std::int64_t n,
                                      std::span<const RoundData> finished) const;
  /// The least number of rounds by which a finished campaign, whose last round this is, can go on.
  /// Error(data) where no round can follow.
  virtual int least_further_rounds(const RoundData& /*last*/) const { return 1; }
  /// Collective. n parameters to simulate in the round after `rounds`. The first of them are those that a
  /// smaller n gives, but for snpse_a's, which are resampled from more draws then.
  virtual Proposal propose(std::span<const RoundData> rounds, std::int64_t n,
                           const StepContext& context) const = 0;
  /// Collective. The network of the last of `rounds`, from the simulations of all of them.
  virtual RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                             const StepContext& context) const = 0;
  /// Collective. Simulations that had no part in the training of the last of `rounds`, by which
  /// checked_posterior() can be checked: pairs of the law under which it is the posterior. The same on every
  /// rank.
  virtual SampleOfRows check_rows(std::span<const RoundData> rounds, const World& world) const;
  /// What check_rows() check, at the x of one of them: posterior(), or what that is made of.
  virtual std::shared_ptr<const PosteriorDistribution> checked_posterior(std::span<const RoundData> rounds,
                                                                         const Vector& x) const {
    return posterior(rounds, x);
  }
  /// The posterior at x_obs from the last of `rounds`.
  virtual std::shared_ptr<const PosteriorDistribution> posterior(std::span<const RoundData> rounds,
                                                                 const Vector& x_obs) const = 0;
  /// The posterior of one theta given the independent observations [n, p] together: posterior() where n is 1.
  /// Error(usage) where n is more and the method is not amortised.
  virtual std::shared_ptr<const PosteriorDistribution> joint_posterior(std::span<const RoundData> rounds,
                                                                       const Matrix& observations) const;

 protected:
  /// The simulations of the rounds of plan().
  virtual std::vector<std::int64_t> planned_sizes() const;
  /// The settings of what a round trains, by the simulations of all rounds so far.
  virtual FitSettings fit_settings(std::int64_t /*simulated*/, bool /*last_round*/) const { return {}; }
};

/// The names that make_method() knows.
std::vector<std::string> method_names();
/// Error(config) that names the nearest name where the name is unknown.
MethodTraits method_traits(const std::string& name);
/// The method named settings.method.name. Error(config) that names the nearest one where it is unknown.
std::unique_ptr<Method> make_method(const Problem& problem, const MethodSettings& settings);

}  // namespace snpse
