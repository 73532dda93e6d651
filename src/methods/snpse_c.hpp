#pragma once

#include "methods/posterior_proposals.hpp"
#include "score/score_model.hpp"
#include "score/unconditional_score.hpp"
#include "training/stages.hpp"

namespace snpse {

/// SNPSE-C: the network learns the posterior's score s from proposals that are not the prior, by what leads
/// from s to the score under them (ProposalCorrection); the score of the perturbed mixture of all parameters
/// that were simulated is an unconditional network's, trained first.
///
/// s is the posterior's score without noise, and the perturbed one's only where all laws are Gaussians: the
/// flow along it goes astray elsewhere (with 2000 simulations of two_moons to a C2ST of 0.962). From round 2
/// on draws are those of annealed Langevin dynamics, which need no more than the scores of some path (0.537):
/// as sampler.kind = "sde" says, or with steps of their own. The density is the flow's all the same.
class SnpseC : public PosteriorProposals {
 public:
  using PosteriorProposals::PosteriorProposals;
  RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                     const StepContext& context) const override;
  std::shared_ptr<const PosteriorDistribution> checked_posterior(std::span<const RoundData> rounds,
                                                                 const Vector& x) const override;

 private:
  std::shared_ptr<const PosteriorDistribution> approximation(
      std::span<const RoundData> rounds) const override;
  /// Collective. The score of the perturbed mixture of all proposals; null where a stop was requested.
  std::shared_ptr<const UnconditionalScore> mixture_score(std::span<const RoundData> rounds,
                                                          const ScoreModel& like, Stages& stages,
                                                          const StepContext& context) const;
};

}  // namespace snpse
