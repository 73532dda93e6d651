#include "inference/langevin.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

#include "inference/reverse_sde.hpp"
#include "numerics/tensor_matrix.hpp"

namespace snpse {
namespace {

/// What multiplies rows of the score and of normal draws in one step.
struct Step {
  torch::Tensor drift;  // [d, d]
  torch::Tensor noise;  // [d, d]
};

Step step_at(const JointField& field, double t) {
  constexpr double kLongest = 0.5;
  const double r = field.model().diffusion().ratio(t);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(field.covariance(t));
  const Eigen::ArrayXd variance = axes.eigenvalues().array();
  const double stable = r * r / static_cast<double>(field.observations());
  const Eigen::ArrayXd h = (stable / variance).min(kLongest);
  const Eigen::ArrayXd spread = ((1 - (1 - h).square()) * variance).sqrt();
  const auto& vectors = axes.eigenvectors();
  const auto along_axes = [&](const Eigen::ArrayXd& by) {
    return to_tensor(vectors * by.matrix().asDiagonal() * vectors.transpose());
  };
  return {along_axes(h * variance), along_axes(spread)};
}

}  // namespace

torch::Tensor sample_langevin(const JointField& field, std::span<RandomStream> streams, int levels,
                              int steps) {
  const torch::NoGradGuard no_gradients;
  const auto& model = field.model();
  const auto& diffusion = model.diffusion();
  const double most = diffusion.ratio(1.0);
  const double least = diffusion.ratio(model.t_min());
  const auto noise_at = [&](const torch::Tensor& y, double ratio) {
    const double t = diffusion.time_of_ratio(ratio);
    return field.predicted_noise(y * diffusion.alpha(t), t);
  };
  const Matrix start = field.covariance(1.0).llt().matrixL();
  auto y = standard_normal(streams, model.dim()).matmul(to_tensor(start.transpose())) +
           to_tensor(field.mean().transpose());
  for (int level = 1; level <= levels; ++level) {
    const double ratio = most * std::pow(least / most, static_cast<double>(level) / levels);
    const auto step = step_at(field, diffusion.time_of_ratio(ratio));
    for (int i = 0; i < steps; ++i)
      y = y - noise_at(y, ratio).matmul(step.drift) / ratio +
          standard_normal(streams, model.dim()).matmul(step.noise);
  }
  return y - least * noise_at(y, least);
}

}  // namespace snpse
