#pragma once

#include <memory>

#include "snpse/methods/stages.hpp"
#include "snpse/methods/unconditional_score.hpp"

namespace snpse {

/// Collective. The score of the perturbed prior in the space of `like`: closed form, or where there is none
/// that of a network trained on draws of the prior (paper, algorithm 2), which becomes one of the stages.
/// Null where a stop was requested.
std::shared_ptr<const KnownScore> train_prior_score(const Problem& problem, const ScoreModel& like,
                                                    const MethodSettings& settings, std::uint32_t round,
                                                    Stages& stages, const StepContext& context);

/// The same once it is trained; network: what the last stage returned.
std::shared_ptr<const KnownScore> load_prior_score(const std::shared_ptr<const Prior>& prior,
                                                   const ScoreModel& like, const Record& network);

/// Mean and deviation of the prior in a space, [d]: exact where it is whitened, else those of draws.
Standardiser prior_moments(const Problem& problem, const ParameterSpace& space);

}  // namespace snpse
