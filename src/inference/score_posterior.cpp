#include "inference/score_posterior.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "inference/density.hpp"
#include "inference/sampler.hpp"
#include "inference/supported_draws.hpp"
#include "numerics/tensor_matrix.hpp"

namespace snpse {

ScorePosterior::ScorePosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> support,
                               const Vector& x_obs, const SamplerOptions& options)
    : model_(std::move(model)),
      support_(std::move(support)),
      condition_(model_->condition(x_obs)),
      options_(options) {}

PosteriorSamples ScorePosterior::sample(const World& world, std::int64_t n, const DrawKey& key,
                                        Log& log) const {
  const ModelField field(*model_, condition_);
  const auto draw = [&](std::span<RandomStream> streams) {
    return model_->space().to_theta(to_matrix(sample_field(field, streams, options_)));
  };
  return draw_in_support(world, *support_, n, key, options_.min_acceptance, draw, log);
}

torch::Tensor ScorePosterior::log_density(const torch::Tensor& z, std::span<const std::int64_t> indices,
                                          const DensityOptions& options, const DrawKey& key) const {
  torch::Tensor probes;
  if (options.trace == Trace::hutchinson) {
    auto streams = streams_of(key, indices);
    probes = rademacher_probes(streams, options.probes, model_->dim());
  }
  if (options.solver == DensitySolver::dopri5)
    return log_density_dopri5(*model_, condition_, z, options.tolerance, probes);
  return log_density_adams(*model_, condition_, z, options.steps, probes);
}

Vector ScorePosterior::over_blocks(const World& world, const Matrix& theta,
                                   const BlockDensity& density_of) const {
  const auto share = world.rows_of(theta.rows());
  Matrix mine = Matrix::Constant(share.size(), 1, -std::numeric_limits<double>::infinity());
  std::vector<std::int64_t> inside;
  for (Eigen::Index i = share.begin; i < share.end; ++i)
    if (std::isfinite(support_->log_prob(row_of(theta, i)))) inside.push_back(i);
  for (std::size_t begin = 0; begin < inside.size(); begin += kSamplerBlock) {
    const auto rows =
        std::span(inside).subspan(begin, std::min<std::size_t>(kSamplerBlock, inside.size() - begin));
    const Matrix block = theta(rows, Eigen::all);
    const auto density = density_of(to_tensor(model_->space().to_z(block)), rows).contiguous();
    const Vector log_det = model_->space().log_det(block);
    for (std::size_t i = 0; i < rows.size(); ++i)
      mine(rows[i] - share.begin, 0) = density.data_ptr<double>()[i] + log_det[static_cast<Eigen::Index>(i)];
  }
  return world.gather_rows(mine).col(0);
}

double ScorePosterior::log_mass_in_support(const World& world) const {
  if (model_->space().whitens(*support_)) return 0;
  if (log_mass_) return *log_mass_;
  auto flow = options_;
  if (flow.kind == SamplerKind::sde) flow.kind = SamplerKind::adams;
  const ModelField field(*model_, condition_);
  const auto share = world.rows_of(kDrawsOfMass);
  std::int64_t inside = 0;
  for (Eigen::Index begin = share.begin; begin < share.end; begin += kSamplerBlock) {
    std::vector<std::int64_t> indices(
        static_cast<std::size_t>(std::min<Eigen::Index>(kSamplerBlock, share.end - begin)));
    std::iota(indices.begin(), indices.end(), begin);
    auto streams = streams_of({.purpose = Purpose::normaliser}, indices);
    const Matrix theta = model_->space().to_theta(to_matrix(sample_field(field, streams, flow)));
    inside += log_prob_rows(*support_, theta).array().isFinite().count();
  }
  inside = world.sum(inside);
  if (inside < 1)
    fail(ExitCode::data,
         "none of {} draws of the posterior lies in the prior's support, so that its density has no "
         "normaliser: "
         "start a new campaign with more simulations or model.space = \"whitened\"",
         kDrawsOfMass);
  log_mass_ = std::log(static_cast<double>(inside) / static_cast<double>(kDrawsOfMass));
  return *log_mass_;
}

Vector ScorePosterior::log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                                const DrawKey& key) const {
  return unnormalised_log_prob(world, theta, options, key).array() - log_mass_in_support(world);
}

Vector ScorePosterior::unnormalised_log_prob(const World& world, const Matrix& theta,
                                             const DensityOptions& options, const DrawKey& key) const {
  return over_blocks(world, theta, [&](const torch::Tensor& z, std::span<const std::int64_t> indices) {
    return log_density(z, indices, options, key);
  });
}

Vector ScorePosterior::unnormalised_log_prob(const World& world, const Matrix& theta, double ratio) const {
  const auto& diffusion = model_->diffusion();
  const double t = diffusion.time_of_ratio(std::max(ratio, diffusion.ratio(model_->t_min())));
  return over_blocks(world, theta, [&](const torch::Tensor& z, std::span<const std::int64_t>) {
    return model_->unnormalised_log_density(z * diffusion.alpha(t), condition_, t);
  });
}

}  // namespace snpse
