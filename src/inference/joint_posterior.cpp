#include "inference/joint_posterior.hpp"

#include <numeric>
#include <utility>

#include "inference/langevin.hpp"
#include "inference/sampler.hpp"
#include "inference/supported_draws.hpp"
#include "numerics/tensor_matrix.hpp"
#include "parallel/block_work.hpp"
#include "score/perturbed_prior.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

// Draws of each single posterior, and of the prior, whose moments are taken.
constexpr Eigen::Index kPilots = 1000;
constexpr Eigen::Index kPriorDraws = 20000;

}  // namespace

JointPosterior::JointPosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> prior,
                               const Matrix& observations, const SamplerOptions& sampler,
                               const CompositionOptions& composition)
    : model_(std::move(model)),
      prior_(std::move(prior)),
      perturbed_prior_(perturbed_prior(*prior_, model_->space())),
      smooth_prior_(perturbed_prior_without_edges(*prior_, model_->space())),
      sampler_(sampler),
      composition_(composition) {
  if (!perturbed_prior_)
    fail(ExitCode::config,
         "the perturbed prior has no closed form in the standardised space, so that observations cannot be "
         "put together: train with model.space = \"natural\" or \"whitened\"");
  for (const auto& x : observations.rowwise()) conditions_.push_back(model_->condition(x.transpose()));
}

GaussianComposition JointPosterior::gaussians(const World& world, const DrawKey& key) const {
  std::vector<Gaussian> posteriors;
  const auto range = world.rows_of(kPilots);
  for (const auto& condition : conditions_) {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(range.size()));
    std::iota(indices.begin(), indices.end(),
              static_cast<std::int64_t>(posteriors.size()) * kPilots + range.begin);
    auto streams = streams_of({key.seed, Purpose::composition, key.round}, indices);
    const ModelField of_model(*model_, condition);
    const StoppableField field(of_model, [&] { stop_point(world); });
    const auto draws = compute_blocks(
        world, 1, [&](std::int64_t) { return to_matrix(sample_field(field, streams, sampler_)); });
    posteriors.push_back(Gaussian::fit(world.gather_rows(draws.front())));
  }
  const auto& space = model_->space();
  const Matrix draws = draw_rows(*prior_, kPriorDraws, key.seed, Purpose::composition, key.round,
                                 static_cast<std::uint64_t>(conditions_.size()) * kPilots);
  return {Gaussian::fit(space.to_z(draws)), posteriors};
}

PosteriorSamples JointPosterior::sample(const World& world, std::int64_t n, const DrawKey& key,
                                        Log& log) const {
  const JointField joint(*model_, {conditions_, perturbed_prior_, smooth_prior_, gaussians(world, key),
                                   composition_.kind, [&] { stop_point(world); }});
  const auto draw = [&](std::span<RandomStream> streams) {
    const auto z = composition_.kind == CompositionKind::gauss
                       ? sample_field(joint, streams, sampler_)
                       : sample_langevin(joint, streams, composition_.levels, composition_.langevin_steps);
    return model_->space().to_theta(to_matrix(z));
  };
  return draw_in_support(world, *prior_, n, key, sampler_.min_acceptance, draw, log);
}

Vector JointPosterior::log_prob(const World& /*world*/, const Matrix& /*theta*/,
                                const DensityOptions& /*options*/, const DrawKey& /*key*/) const {
  fail(ExitCode::usage,
       "the posterior of several observations together is known by its draws alone: leave out --log-prob");
}

}  // namespace snpse
