#include "snpse/inference/score_posterior.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "snpse/core/tensor_matrix.hpp"
#include "snpse/inference/density.hpp"
#include "snpse/inference/probability_flow.hpp"
#include "snpse/inference/reverse_sde.hpp"

namespace snpse {
namespace {

// Rows that share the steps of a solver, and one call of the network.
constexpr Eigen::Index kBlock = 1024;
// Draws before the acceptance rate is judged.
constexpr std::int64_t kEnoughToJudge = 1000;

std::vector<RandomStream> streams_of(const DrawKey& key, std::span<const std::int64_t> indices) {
  std::vector<RandomStream> streams;
  streams.reserve(indices.size());
  for (const auto i : indices)
    streams.emplace_back(key.seed, key.purpose, key.round, static_cast<std::uint64_t>(i));
  return streams;
}

}  // namespace

ScorePosterior::ScorePosterior(std::shared_ptr<const ScoreModel> model, std::shared_ptr<const Prior> support,
                               const Vector& x_obs, const SamplerOptions& options)
    : model_(std::move(model)),
      support_(std::move(support)),
      condition_(model_->condition(x_obs)),
      options_(options) {}

Matrix ScorePosterior::candidates(std::int64_t first, std::int64_t n, const DrawKey& key) const {
  Matrix theta(n, model_->dim());
  for (Eigen::Index begin = 0; begin < n; begin += kBlock) {
    const Eigen::Index rows = std::min<Eigen::Index>(kBlock, n - begin);
    std::vector<std::int64_t> indices(static_cast<std::size_t>(rows));
    std::iota(indices.begin(), indices.end(), first + begin);
    auto streams = streams_of(key, indices);
    torch::Tensor z;
    switch (options_.kind) {
      case SamplerKind::adams:
        z = sample_adams(*model_, condition_, standard_normal(streams, model_->dim()), options_.steps);
        break;
      case SamplerKind::dopri5:
        z = sample_dopri5(*model_, condition_, standard_normal(streams, model_->dim()), options_.tolerance);
        break;
      case SamplerKind::sde:
        z = sample_sde(*model_, condition_, streams, options_);
        break;
    }
    theta.middleRows(begin, rows) = model_->space().to_theta(to_matrix(z));
  }
  return theta;
}

PosteriorSamples ScorePosterior::sample(const World& world, std::int64_t n, const DrawKey& key,
                                        Log& log) const {
  const auto start = std::chrono::steady_clock::now();
  PosteriorSamples result;
  result.theta.resize(n, model_->dim());
  auto& report = result.report;
  Eigen::Index accepted = 0;
  while (accepted < n) {
    // As many as are missing, and enough more to make up for the leakage seen so far.
    const double rate = std::max(1 - report.leakage(), options_.min_acceptance);
    const auto wanted = static_cast<std::int64_t>(std::ceil(static_cast<double>(n - accepted) / rate));
    const auto share = world.share(wanted);
    const Matrix drawn = world.gather_rows(candidates(report.drawn + share.begin, share.size(), key));
    for (Eigen::Index i = 0; i < drawn.rows() && accepted < n; ++i) {
      ++report.drawn;
      if (std::isfinite(support_->log_prob(row_of(drawn, i))))
        result.theta.row(accepted++) = drawn.row(i);
      else
        ++report.leaked;
    }
    if (report.drawn >= kEnoughToJudge && 1 - report.leakage() < options_.min_acceptance)
      fail(ExitCode::data,
           "only {:.3g} % of {} posterior draws lie in the prior's support (sampler.min_acceptance is {} %); "
           "train on "
           "more simulations, or use model.space = \"whitened\"",
           100 * (1 - report.leakage()), report.drawn, 100 * options_.min_acceptance);
    log.progress({"sample", static_cast<std::uint64_t>(accepted), static_cast<std::uint64_t>(n), ""});
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
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
  const auto share = world.share(theta.rows());
  Matrix mine = Matrix::Constant(share.size(), 1, -std::numeric_limits<double>::infinity());
  std::vector<std::int64_t> inside;
  for (Eigen::Index i = share.begin; i < share.end; ++i)
    if (std::isfinite(support_->log_prob(row_of(theta, i)))) inside.push_back(i);
  for (std::size_t begin = 0; begin < inside.size(); begin += kBlock) {
    const auto rows = std::span(inside).subspan(begin, std::min<std::size_t>(kBlock, inside.size() - begin));
    const Matrix block = theta(rows, Eigen::all);
    const auto density = density_of(to_tensor(model_->space().to_z(block)), rows).contiguous();
    const Vector log_det = model_->space().log_det(block);
    for (std::size_t i = 0; i < rows.size(); ++i)
      mine(rows[i] - share.begin, 0) = density.data_ptr<double>()[i] + log_det[static_cast<Eigen::Index>(i)];
  }
  return world.gather_rows(mine).col(0);
}

Vector ScorePosterior::log_prob(const World& world, const Matrix& theta, const DensityOptions& options,
                                const DrawKey& key) const {
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
