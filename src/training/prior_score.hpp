#pragma once

#include <memory>

#include "training/stages.hpp"
#include "training/unconditional_score_network.hpp"

namespace snpse {

/// Collective. The score of the perturbed prior in the space of `like`: closed form, or where there is none
/// that of a network trained on draws of the prior (paper, algorithm 2), which becomes one of the stages.
/// Null where a stop was requested.
std::shared_ptr<const UnconditionalScore> train_prior_score(const std::shared_ptr<const Prior>& prior,
                                                            std::uint64_t seed, const ScoreModel& like,
                                                            const FitSettings& settings, std::uint32_t round,
                                                            Stages& stages, const StepContext& context);

/// The same once it is trained; network: what the last stage returned.
std::shared_ptr<const UnconditionalScore> load_prior_score(const std::shared_ptr<const Prior>& prior,
                                                           const ScoreModel& like, const Record& network);

/// Mean and deviation of the prior in a space, [d]: exact where it is whitened, else those of draws.
Standardiser prior_moments(const std::shared_ptr<const Prior>& prior, std::uint64_t seed,
                           const ParameterSpace& space);

}  // namespace snpse
