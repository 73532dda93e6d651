#include "snpse/methods/posterior_score.hpp"

#include <algorithm>
#include <cmath>

#include "snpse/core/tensor_matrix.hpp"
#include "snpse/training/trainer.hpp"

namespace snpse {
namespace {

struct Rows {
  Matrix theta;  // [n, d]
  Matrix x;      // [n, p]
};

Rows valid_rows(std::span<const RoundData> rounds, const Prior& prior) {
  Eigen::Index total = 0;
  for (const auto& round : rounds) total += round.simulations.theta.rows();
  const auto& first = rounds.front().simulations;
  Rows rows{Matrix(total, first.theta.cols()), Matrix(total, first.x.cols())};
  Eigen::Index count = 0;
  for (const auto& round : rounds) {
    const auto& simulations = round.simulations;
    for (Eigen::Index i = 0; i < simulations.theta.rows(); ++i) {
      if (simulations.status[static_cast<std::size_t>(i)] != Status::ok) continue;
      if (!std::isfinite(prior.log_prob(row_of(simulations.theta, i)))) continue;
      rows.theta.row(count) = simulations.theta.row(i);
      rows.x.row(count++) = simulations.x.row(i);
    }
  }
  rows.theta.conservativeResize(count, Eigen::NoChange);
  rows.x.conservativeResize(count, Eigen::NoChange);
  return rows;
}

/// Song & Ermon 2020, technique 1: the largest distance between two training parameters.
double largest_distance(const Matrix& z) {
  constexpr Eigen::Index kEnough = 5000;
  const Eigen::Index n = std::min(z.rows(), kEnough);
  double largest = 0;
  for (Eigen::Index i = 1; i < n; ++i)
    largest = std::max(largest, (z.topRows(i).rowwise() - z.row(i)).rowwise().squaredNorm().maxCoeff());
  return std::sqrt(largest);
}

Diffusion make_diffusion(const ModelOptions& options, const Matrix& z) {
  switch (options.process) {
    case Process::vp:
      return Diffusion::variance_preserving(options.beta_min, options.beta_max);
    case Process::subvp:
      return Diffusion::sub_variance_preserving(options.beta_min, options.beta_max);
    case Process::ve:
      break;
  }
  const double low = options.sigma_min > 0 ? options.sigma_min : (z.cols() == 2 ? 0.01 : 0.05);
  const double high = options.sigma_max > 0 ? options.sigma_max : std::max(largest_distance(z), 2 * low);
  return Diffusion::variance_exploding(low, high);
}

}  // namespace

TrainedNetwork train_posterior_score(std::span<const RoundData> rounds,
                                     const std::shared_ptr<const Prior>& prior,
                                     const MethodSettings& settings, std::uint64_t seed,
                                     const Checkpoints& checkpoints, const StepContext& context) {
  constexpr Eigen::Index kFewest = 10;
  const auto rows = valid_rows(rounds, *prior);
  if (rows.theta.rows() < kFewest)
    fail(ExitCode::data,
         "only {} valid simulations lie in the region to train on; at least {} are needed: raise "
         "method.simulations or mend the simulator",
         rows.theta.rows(), kFewest);
  const auto& options = settings.model;
  const auto space = options.space == Space::whitened
                         ? ParameterSpace::whitened(prior)
                         : ParameterSpace::standardised(Standardiser::fit(rows.theta));
  const Matrix z = space.to_z(rows.theta);
  const auto regression = options.parametrisation == Parametrisation::preconditioned
                              ? Regression::fit(z, rows.x)
                              : Regression::none(rows.x.cols(), z.cols());
  const auto round = static_cast<std::uint32_t>(rounds.size());
  NetworkShape shape{static_cast<int>(z.cols()), static_cast<int>(rows.x.cols()), options.width,
                     options.depth};
  shape.kind = options.network;
  ScoreModel model({make_diffusion(options, z), options.parametrisation, options.t_min, space,
                    Standardiser::fit(rows.x), regression},
                   shape, seed, round);
  const TrainingData data{to_tensor(z), to_tensor(model.x_inputs(rows.x)),
                          to_tensor(regression.mean(rows.x))};
  TrainedNetwork result;
  result.report = train(context.world, model, data, settings.training, {seed, round}, checkpoints,
                        context.stop, context.log);
  if (!result.report.stopped) result.network = model.to_record();
  return result;
}

}  // namespace snpse
