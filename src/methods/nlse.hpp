#pragma once

#include "methods/npse.hpp"
#include "score/unconditional_score.hpp"

namespace snpse {

/// NLSE (paper, appendix B): as NPSE, but the network models the score of the perturbed likelihood; that of
/// the perturbed prior, closed form or an unconditional network's, is added to it in the loss and in
/// sampling.
///
/// The plain parametrisation's network is the likelihood's score itself. The preconditioned one's model
/// starts from a regression posterior, so that the likelihood starts from the quotient of that and N(0, I),
/// what a Gaussian likelihood would be: its score is the model's own less that of the perturbed N(0, I), and
/// what is added to the model is the prior's less the same. In the whitened space that is nothing, and in the
/// natural one the model has the prior in what it starts from: there NLSE is NPSE to the bit, read in another
/// way. In the standardised space the added score carries the prior's edges.
///
/// The perturbed likelihood depends on the prior: it is not that of another one.
class Nlse : public Npse {
 public:
  using Npse::Npse;
  RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                     const StepContext& context) const override;

 private:
  std::shared_ptr<const ScoreModel> model(const Record& network) const override;
  /// Whether the added score is none.
  bool is_npse() const;
  /// What is added to the model, given the prior's score.
  std::shared_ptr<const UnconditionalScore> added(std::shared_ptr<const UnconditionalScore> prior) const;
};

}  // namespace snpse
