#pragma once

#include "methods/posterior_proposals.hpp"

namespace snpse {

/// SNPSE-B: the loss of a simulation is weighted by prior / p~, so that the network learns the posterior.
class SnpseB : public PosteriorProposals {
 public:
  using PosteriorProposals::PosteriorProposals;
  RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                     const StepContext& context) const override;

 private:
  std::shared_ptr<const PosteriorDistribution> approximation(
      std::span<const RoundData> rounds) const override;
};

}  // namespace snpse
