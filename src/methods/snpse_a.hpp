#pragma once

#include "methods/posterior_proposals.hpp"

namespace snpse {

/// SNPSE-A: the network learns the posterior under p~, whose draws are resampled by prior / p~.
class SnpseA : public PosteriorProposals {
 public:
  using PosteriorProposals::PosteriorProposals;
  RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                     const StepContext& context) const override;
  /// Of all rounds: the network learns the posterior under p~.
  SampleOfRows check_rows(std::span<const RoundData> rounds, const World& world) const override;

 private:
  std::shared_ptr<const PosteriorDistribution> approximation(
      std::span<const RoundData> rounds) const override;
};

}  // namespace snpse
