#include "training/prior_score.hpp"

#include "score/perturbed_prior.hpp"

namespace snpse {
namespace {

constexpr const char* kName = "prior";
constexpr Eigen::Index kDraws = 20000;
// Beyond the draws that are proposals of a first round, and the rounds of all other networks.
constexpr std::uint64_t kFirstDraw = std::uint64_t{1} << 62U;
constexpr std::uint32_t kFirstPriorRound = 1U << 22U;

Matrix draws_of_prior(const Prior& prior, std::uint64_t seed, std::uint32_t round) {
  return draw_rows(prior, kDraws, seed, Purpose::prior, round, kFirstDraw);
}

std::shared_ptr<const UnconditionalScore> from_record(const Record& network,
                                                      const std::shared_ptr<const Prior>& prior) {
  return std::make_shared<const UnconditionalScoreNetwork>(ScoreModel::from_record(network, prior));
}

}  // namespace

std::shared_ptr<const UnconditionalScore> train_prior_score(const std::shared_ptr<const Prior>& prior,
                                                            std::uint64_t seed, const ScoreModel& like,
                                                            const FitSettings& settings, std::uint32_t round,
                                                            Stages& stages, const StepContext& context) {
  if (auto known = perturbed_prior(*prior, like.space())) return known;
  const auto network = stages.network(kName, [&](const Checkpoints& checkpoints) {
    const TrainingKey key{seed, kFirstPriorRound + round};
    return run(
        unconditional_score_training(draws_of_prior(*prior, seed, round), like, settings, key, context.world),
        settings.training, key, checkpoints, context);
  });
  return network ? from_record(*network, prior) : nullptr;
}

std::shared_ptr<const UnconditionalScore> load_prior_score(const std::shared_ptr<const Prior>& prior,
                                                           const ScoreModel& like, const Record& network) {
  if (auto known = perturbed_prior(*prior, like.space())) return known;
  return from_record(part_of(network, kName), prior);
}

Standardiser prior_moments(const std::shared_ptr<const Prior>& prior, std::uint64_t seed,
                           const ParameterSpace& space) {
  if (!space.standardiser()) return {Vector::Zero(prior->dim()), Vector::Ones(prior->dim())};
  return Standardiser::fit(space.to_z(draws_of_prior(*prior, seed, 1)));
}

}  // namespace snpse
