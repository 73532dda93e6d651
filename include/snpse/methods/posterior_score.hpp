#pragma once

#include <functional>
#include <memory>
#include <span>

#include "snpse/inference/score_posterior.hpp"
#include "snpse/methods/method.hpp"
#include "snpse/methods/valid_rows.hpp"

namespace snpse {

/// Collective. The weights of the losses of this rank's rows [k].
using RowWeights = std::function<Vector(const ValidRows& rows)>;

/// Collective. Trains a fresh model of the posterior score by plain denoising score matching on the valid
/// simulations of all rounds whose parameters lie in the support of `prior`, the one that they count as drawn
/// from; the diffusion's space is made from that prior. By settings.invalid.policy invalid simulations are
/// trained on as well, and the network's record has the replacement. weigh: of the losses; none: all 1.
/// Error(data) where too few simulations are valid.
TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context,
                                     const RowWeights& weigh = {});

/// The posterior at x_obs of such a network. Undefined values of x_obs are replaced as those of the training
/// data were; Error(data) where they were not.
std::unique_ptr<ScorePosterior> trained_posterior(const Record& network, std::shared_ptr<const Prior> prior,
                                                  const Vector& x_obs, const SamplerOptions& options);

}  // namespace snpse
