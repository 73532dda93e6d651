#include "inference/score_posterior.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "inference/density.hpp"
#include "inference/mode_ascent.hpp"
#include "inference/sampler.hpp"
#include "inference/supported_draws.hpp"
#include "numerics/tensor_matrix.hpp"
#include "parallel/block_work.hpp"

namespace snpse {

ScorePosterior::ScorePosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> support,
                               const Vector& x_obs, const SamplerOptions& options)
    : model_(std::move(model)),
      support_(std::move(support)),
      condition_(model_->condition(x_obs)),
      options_(options) {}

PosteriorSamples ScorePosterior::sample(const World& world, std::int64_t n, const DrawKey& key,
                                        Log& log) const {
  const ModelField of_model(*model_, condition_);
  const StoppableField field(of_model, [&] { stop_point(world); });
  const auto draw = [&](std::span<RandomStream> streams) {
    return model_->space().to_theta(to_matrix(sample_field(field, streams, options_)));
  };
  return draw_in_support(world, *support_, n, key, options_.min_acceptance, draw, log);
}

Matrix ScorePosterior::mode_candidates(const Matrix& draws, const Matrix& start) const {
  return ascend_to_mode(ModelField(*model_, condition_), draws, start);
}

torch::Tensor ScorePosterior::log_density(const World& world, const torch::Tensor& z,
                                          std::span<const std::int64_t> indices,
                                          const DensityOptions& options, const DrawKey& key) const {
  torch::Tensor probes;
  if (options.trace == Trace::hutchinson) {
    auto streams = streams_of(key, indices);
    probes = rademacher_probes(streams, options.probes, model_->dim());
  }
  const auto stop = [&] { stop_point(world); };
  if (options.solver == DensitySolver::dopri5)
    return log_density_dopri5(*model_, condition_, z, options.tolerance, probes, stop);
  return log_density_adams(*model_, condition_, z, options.steps, probes, stop);
}

Vector ScorePosterior::over_blocks(const World& world, const Matrix& theta,
                                   const BlockDensity& density_of) const {
  const auto range = world.rows_of(theta.rows());
  Matrix mine = Matrix::Constant(range.size(), 1, -std::numeric_limits<double>::infinity());
  std::vector<std::int64_t> inside;
  for (Eigen::Index i = range.begin; i < range.end; ++i)
    if (std::isfinite(support_->log_prob(row_of(theta, i)))) inside.push_back(i);
  const auto n = static_cast<Eigen::Index>(inside.size());
  const auto blocks = compute_blocks(world, blocks_of(n), [&](std::int64_t block) {
    const auto rows = std::span(inside).subspan(static_cast<std::size_t>(block * kSamplerBlock),
                                                static_cast<std::size_t>(rows_of_block(block, n)));
    const Matrix of_block = theta(rows, Eigen::all);
    const auto density = density_of(to_tensor(model_->space().to_z(of_block)), rows).contiguous();
    Matrix values = model_->space().log_det(of_block);
    for (std::size_t i = 0; i < rows.size(); ++i)
      values(static_cast<Eigen::Index>(i), 0) =
          density.data_ptr<double>()[i] + values(static_cast<Eigen::Index>(i), 0);
    return values;
  });
  auto row = inside.begin();
  for (const auto& block : blocks)
    for (const double value : block.col(0)) mine(*row++ - range.begin, 0) = value;
  return world.gather_rows(mine).col(0);
}

double ScorePosterior::log_mass_in_support(const World& world) const {
  if (model_->space().whitens(*support_)) return 0;
  if (log_mass_) return *log_mass_;
  auto flow = options_;
  if (flow.kind == SamplerKind::sde) flow.kind = SamplerKind::adams;
  const ModelField of_model(*model_, condition_);
  const StoppableField field(of_model, [&] { stop_point(world); });
  const auto range = world.rows_of(kDrawsOfMass);
  const auto counts = compute_blocks(world, blocks_of(range.size()), [&](std::int64_t block) -> Matrix {
    std::vector<std::int64_t> indices(static_cast<std::size_t>(rows_of_block(block, range.size())));
    std::iota(indices.begin(), indices.end(), range.begin + block * kSamplerBlock);
    auto streams = streams_of({.purpose = Purpose::normaliser}, indices);
    const Matrix theta = model_->space().to_theta(to_matrix(sample_field(field, streams, flow)));
    const auto inside = log_prob_rows(*support_, theta).array().isFinite().count();
    return Matrix::Constant(1, 1, static_cast<double>(inside));
  });
  std::int64_t inside = 0;
  for (const auto& count : counts) inside += static_cast<std::int64_t>(count(0, 0));
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
    return log_density(world, z, indices, options, key);
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
