#pragma once

#include <memory>

#include "methods/method.hpp"
#include "methods/proposal_mixture.hpp"

namespace snpse {

/// Sequential methods whose proposals are the posterior so far (paper, section 3.2). The mixture of all
/// rounds then follows p~ and not the prior, which each corrects by prior / p~ in a way of its own. p~ needs
/// the densities of all earlier rounds' posteriors, so all their networks are kept; each density of a row
/// costs that of one of a posterior for every round before the present one.
class PosteriorProposals : public Method {
 public:
  PosteriorProposals(Problem problem, MethodSettings settings);

  int rounds() const override { return settings_.method.rounds; }
  std::int64_t simulations(int round) const override;
  Proposal propose(std::span<const RoundData> rounds, std::int64_t n,
                   const StepContext& context) const override;
  std::shared_ptr<const PosteriorDistribution> posterior(std::span<const RoundData> rounds,
                                                         const Vector& x_obs) const override;
  /// By draws of the prior: the network learns the posterior under it.
  SampleOfRows check_rows(std::span<const RoundData> rounds, const World& world) const override;
  std::shared_ptr<const PosteriorDistribution> checked_posterior(std::span<const RoundData> rounds,
                                                                 const Vector& x) const override;

 protected:
  /// In a network's record, where approximation() is its flow times prior / p~: the logarithm of the mean of
  /// prior / p~ under the flow.
  static constexpr const char* kLogNormaliser = "log_normaliser";

  /// What the network of the last of `rounds` stands for, as draws and density of the posterior.
  virtual std::shared_ptr<const PosteriorDistribution> approximation(
      std::span<const RoundData> rounds) const = 0;
  /// The settings for the network of the last of `rounds`. Of networks that only propose one is enough, and
  /// the densities of the mixture cost what they cost.
  MethodSettings settings_of(std::span<const RoundData> rounds) const;
  FitSettings fit_settings(std::int64_t simulated, bool last_round) const override;
  /// The flow of a round's network as it is.
  std::shared_ptr<const PosteriorDistribution> flow(const Record& network) const;
  /// The law of the parameters of `rounds`.
  ProposalMixture proposal_mixture(std::span<const RoundData> rounds) const;
  /// How densities of proposals are computed.
  DensityOptions density() const { return density_of_region(settings_.truncation, settings_.density); }

  Problem problem_;
  MethodSettings settings_;
};

}  // namespace snpse
