#include "methods/npse.hpp"

#include <algorithm>
#include <utility>

#include "inference/joint_posterior.hpp"
#include "inference/score_posterior.hpp"
#include "methods/trained_posterior.hpp"
#include "training/posterior_score.hpp"

namespace snpse {

Npse::Npse(Problem problem, MethodSettings settings)
    : problem_(std::move(problem)), settings_(std::move(settings)) {}

std::int64_t Npse::simulations(int /*round*/) const {
  return settings_.method.simulations;
}

std::int64_t Npse::simulations_after(std::span<const RoundData> finished) const {
  std::int64_t left = settings_.method.simulations;
  for (const auto& round : finished) left -= round.size;
  return std::max<std::int64_t>(left, 0);
}

Proposal Npse::propose(std::span<const RoundData> rounds, std::int64_t n,
                       const StepContext& /*context*/) const {
  const auto round = static_cast<std::uint32_t>(rounds.size() + 1);
  return {draw_rows(*problem_.prior, n, problem_.seed, Purpose::prior, round)};
}

RoundNetwork Npse::train(std::span<const RoundData> rounds, const Checkpoints& checkpoints,
                         const StepContext& context) const {
  return {train_posterior_score(rounds, problem_.prior, settings_, problem_.seed, checkpoints, context,
                                {.draws_of_prior = true})};
}

std::shared_ptr<const ScoreModel> Npse::model(const Record& network) const {
  return std::make_shared<const ScoreModel>(ScoreModel::from_record(network, problem_.prior));
}

SampleOfRows Npse::check_rows(std::span<const RoundData> rounds, const World& world) const {
  return rows_to_check(rounds, problem_.prior, settings_, problem_.seed, world);
}

std::shared_ptr<const PosteriorDistribution> Npse::posterior(std::span<const RoundData> rounds,
                                                             const Vector& x_obs) const {
  const auto& network = rounds.back().network;
  return std::make_shared<const ScorePosterior>(model(network), problem_.prior,
                                                complete_observation(network, x_obs), settings_.sampler);
}

std::shared_ptr<const PosteriorDistribution> Npse::joint_posterior(std::span<const RoundData> rounds,
                                                                   const Matrix& observations) const {
  if (observations.rows() == 1) return posterior(rounds, observations.row(0).transpose());
  const auto& network = rounds.back().network;
  Matrix complete = observations;
  for (Eigen::Index i = 0; i < complete.rows(); ++i)
    complete.row(i) = complete_observation(network, complete.row(i).transpose()).transpose();
  return std::make_shared<const JointPosterior>(model(network), problem_.prior, complete, settings_.sampler,
                                                settings_.composition);
}

std::unique_ptr<Method> make_npse(const Problem& problem, const MethodSettings& settings) {
  return std::make_unique<Npse>(problem, settings);
}

}  // namespace snpse
