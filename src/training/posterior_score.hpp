#pragma once

#include <functional>
#include <memory>
#include <span>

#include "training/base_model.hpp"
#include "training/round_data.hpp"
#include "training/score_training.hpp"
#include "training/trainable_rows.hpp"
#include "training/valid_rows.hpp"

namespace snpse {

/// Collective. The weights of the losses of this rank's rows [k].
using RowWeights = std::function<Vector(const ValidRows& rows)>;

/// What a method does with its rounds.
struct FitOptions {
  /// The prior in a box, where the rows are taken from; the diffusion's space is made from it. None: the
  /// prior.
  std::shared_ptr<const Prior> boxed = nullptr;
  RowWeights weigh = {};                // of the losses; none: all 1
  BaseCorrection base_correction = {};  // none: the regression itself
  bool draws_of_prior = false;          // the parameters of all rounds are, not of round 1 alone
};

/// Collective. A fresh model of the posterior score, and the valid simulations of all rounds whose parameters
/// lie in the support of the prior, of which round 1 are draws, or of options.boxed. By
/// settings.invalid.policy invalid simulations are trained on as well. Error(data) where too few simulations
/// are valid.
ScoreTraining posterior_score(std::span<const RoundData> rounds, const std::shared_ptr<const Prior>& prior,
                              const FitSettings& settings, std::uint64_t seed, const StepContext& context,
                              const FitOptions& options = {});

/// Collective. Trains posterior_score() by plain denoising score matching.
TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior, const FitSettings& settings,
                                     std::uint64_t seed, const Checkpoints& checkpoints,
                                     const StepContext& context, const FitOptions& options = {});

}  // namespace snpse
