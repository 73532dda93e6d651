#pragma once

#include <memory>

#include "core/prior.hpp"
#include "core/record.hpp"
#include "inference/score_posterior.hpp"

namespace snpse {

/// x_obs with undefined values replaced as those of the network's training data were; Error(data) where they
/// were not.
Vector complete_observation(const Record& network, const Vector& x_obs);

/// The posterior at x_obs, completed, of such a network.
std::unique_ptr<ScorePosterior> trained_posterior(const Record& network, std::shared_ptr<const Prior> prior,
                                                  const Vector& x_obs, const SamplerOptions& options);

}  // namespace snpse
