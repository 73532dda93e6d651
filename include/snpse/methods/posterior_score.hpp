#pragma once

#include <functional>
#include <memory>
#include <span>

#include "snpse/inference/score_posterior.hpp"
#include "snpse/methods/method.hpp"
#include "snpse/methods/score_training.hpp"
#include "snpse/methods/valid_rows.hpp"

namespace snpse {

/// Collective. The weights of the losses of this rank's rows [k].
using RowWeights = std::function<Vector(const ValidRows& rows)>;
/// What a model starts from in `space`, given the regression of the rows z [m, d] that was fitted there.
using StartOf =
    std::function<Regression(const Regression& fitted, const Matrix& z, const ParameterSpace& space)>;

/// What a method does with rounds that are not draws of the prior.
struct PoolOptions {
  /// The prior in a box, where the rows are taken from; the diffusion's space is made from it. None: the
  /// prior.
  std::shared_ptr<const Prior> boxed = nullptr;
  RowWeights weigh = {};  // of the losses; none: all 1
  StartOf start_of = {};  // none: the regression itself
};

/// Collective. A fresh model of the posterior score, and the valid simulations of all rounds whose parameters
/// lie in the support of the prior, of which round 1 are draws, or of pool.boxed. By settings.invalid.policy
/// invalid simulations are trained on as well.
/// Error(data) where too few simulations are valid.
ScoreTraining posterior_score(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                              const MethodSettings& settings, std::uint64_t seed, const StepContext& context,
                              const PoolOptions& pool = {});

/// Collective. The simulations that posterior_score() with the same arguments keeps from the training for a
/// check of the posterior: pairs of the law that the network is trained under, with `boxed` as
/// PoolOptions::boxed. None where settings.training.check_share is 0. The same on every rank.
SampleOfRows rows_to_check(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                           const MethodSettings& settings, std::uint64_t seed, const World& world,
                           const std::shared_ptr<const Prior>& boxed = nullptr);
/// Collective. Those of them that round 1 simulated, which are draws of the prior.
SampleOfRows draws_of_prior_to_check(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed, const World& world);

/// Collective. Trains it by plain denoising score matching.
TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context,
                                     const PoolOptions& pool = {});

/// x_obs with undefined values replaced as those of the network's training data were; Error(data) where they
/// were not.
Vector complete_observation(const Record& network, const Vector& x_obs);

/// The posterior at x_obs, completed, of such a network.
std::unique_ptr<ScorePosterior> trained_posterior(const Record& network, std::shared_ptr<const Prior> prior,
                                                  const Vector& x_obs, const SamplerOptions& options);

}  // namespace snpse
