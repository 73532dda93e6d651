#pragma once

#include "snpse/methods/posterior_proposals.hpp"

namespace snpse {

/// SNPSE-B: the loss of a simulation is weighted by prior / p~, so that the network learns the posterior.
///
/// From round 2 on only simulations in a box around the posterior so far are learnt from, and the posterior
/// is that under the prior restricted to it. Elsewhere lie simulations of round 1 alone, with weights many
/// times those where the posterior is: the training and its validation would follow these.
class SnpseB : public PosteriorProposals {
 public:
  using PosteriorProposals::PosteriorProposals;
  TrainedNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                       const StepContext& context) const override;

 private:
  std::shared_ptr<const Posterior> approximation(std::span<const RoundData> rounds) const override;
};

}  // namespace snpse
