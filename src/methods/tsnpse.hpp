#pragma once

#include "inference/score_posterior.hpp"
#include "inference/truncation.hpp"
#include "methods/method.hpp"
#include "methods/truncated_rounds.hpp"
#include "training/posterior_score.hpp"

namespace snpse {

/// TSNPSE (paper, section 3.1 and algorithm 1): each round simulates from the prior restricted to the
/// highest-density region of the posterior so far. By proposition 3.1 the mixture of all rounds then needs no
/// weights.
///
/// The last round's model lives in the prior restricted to the bounding box of that region, so that its
/// whitened space resolves what the region holds; simulations of earlier rounds outside the box are left out.
/// The network of an earlier round judges the region that the round simulated in, so that the network must be
/// able to leave it: its model lives in the box of the last region before that has passed, or in the whole
/// prior.
///
/// Where the posterior of a round's network does not lie inside the round's region, the region failed: an
/// earlier posterior was wrong. The next round simulates in the region of the new posterior, widened to a
/// tenth of epsilon, and the failed region's simulations are weighed so that they do not favour it
/// (region_weights()). The budget is kept until a region has passed (truncated_rounds()).
///
/// With invalid.region = "learned" the proposals also leave out parameters whose simulations are expected to
/// be invalid. Those that cannot give x_obs have no posterior, so that proposition 3.1 holds all the same.
/// What is left out and could have given x_obs is simulated in earlier rounds alone, so that its posterior
/// comes out too low: by n_1 / Z_1 over the sum of n_r / Z_r, with n_r the simulations of the rounds and Z_r
/// the prior's mass in their regions.
class Tsnpse : public Method {
 public:
  Tsnpse(Problem problem, MethodSettings settings);

  int rounds() const override { return settings_.method.rounds; }
  std::int64_t simulations(int round) const override;
  std::int64_t simulations_after(std::span<const RoundData> finished) const override;
  std::int64_t simulations_of(const ProposalFigures& figures, std::int64_t n,
                              std::span<const RoundData> finished) const override;
  /// Two after a region that failed: the last network cannot look beyond that region's box, and the network
  /// of the next round but the last one can.
  int least_further_rounds(const RoundData& last) const override;
  Proposal propose(std::span<const RoundData> rounds, std::int64_t n,
                   const StepContext& context) const override;
  RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                     const StepContext& context) const override;
  SampleOfRows check_rows(std::span<const RoundData> rounds, const World& world) const override;
  std::shared_ptr<const PosteriorDistribution> posterior(std::span<const RoundData> rounds,
                                                         const Vector& x_obs) const override;

 protected:
  std::vector<std::int64_t> planned_sizes() const override;
  FitSettings fit_settings(std::int64_t simulated, bool last_round) const override;

 private:
  /// The settings with the epsilon that they leave to the number of parameters.
  TruncationOptions truncation() const;
  /// Collective. The fraction of the last round's parameters that lie in the region: of the prior's mass in
  /// the region that they were drawn from.
  double kept_fraction(std::span<const RoundData> rounds, const HighestDensityRegion& region,
                       const LogProb& log_prob, const World& world) const;
  /// Where regions are not mended, a region that failed counts as one that passed.
  RegionState state_of(const RoundData& round) const;
  bool has_failed(std::span<const RoundData> rounds) const;
  /// Whether the last of `rounds` spends what is left of the budget.
  bool is_last(std::span<const RoundData> rounds) const;
  /// Whether the model of the last of `rounds` lives in the box of that round's region.
  bool is_in_own_box(std::span<const RoundData> rounds) const;
  /// Where the model of the last of `rounds` lives.
  std::shared_ptr<const Prior> model_prior(std::span<const RoundData> rounds) const;
  /// Weights of the losses, where a region before the last one failed; else none. All arguments must outlive
  /// it.
  RowWeights weights(std::span<const RoundData> rounds, const StepContext& context) const;
  /// What decides on candidates: an energy network's value, or the density of the flow. Both arguments must
  /// outlive it.
  RegionDensity region_density(const ScorePosterior& posterior, const World& world) const;
  /// Collective. Whether the last round's region holds the posterior of its network; warns where not.
  TruncationCheck check_region(std::span<const RoundData> rounds, const Record& network,
                               const StepContext& context) const;
  std::unique_ptr<ScorePosterior> score_posterior(std::span<const RoundData> rounds,
                                                  const Vector& x_obs) const;

  Problem problem_;
  MethodSettings settings_;
};

}  // namespace snpse
