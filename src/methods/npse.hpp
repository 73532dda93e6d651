#pragma once

#include "methods/method.hpp"
#include "score/score_model.hpp"

namespace snpse {

/// NPSE (paper, section 2): one round from the prior, one network, valid for every observation. Where
/// method.simulations grew after the network was trained, another round draws the rest from the prior, and
/// its network learns from all rounds.
class Npse : public Method {
 public:
  Npse(Problem problem, MethodSettings settings);

  int rounds() const override { return 1; }
  std::int64_t simulations(int round) const override;
  std::int64_t simulations_after(std::span<const RoundData> finished) const override;
  Proposal propose(std::span<const RoundData> rounds, std::int64_t n,
                   const StepContext& context) const override;
  RoundNetwork train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                     const StepContext& context) const override;
  SampleOfRows check_rows(std::span<const RoundData> rounds, const World& world) const override;
  std::shared_ptr<const PosteriorDistribution> posterior(std::span<const RoundData> rounds,
                                                         const Vector& x_obs) const override;
  std::shared_ptr<const PosteriorDistribution> joint_posterior(std::span<const RoundData> rounds,
                                                               const Matrix& observations) const override;

 protected:
  /// The model of the posterior's score that a network stands for.
  virtual std::shared_ptr<const ScoreModel> model(const Record& network) const;
  FitSettings fit_settings(std::int64_t /*simulated*/, bool /*last_round*/) const override {
    return settings_;
  }

  Problem problem_;
  MethodSettings settings_;
};

}  // namespace snpse
