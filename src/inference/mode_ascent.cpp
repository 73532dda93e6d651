#include "inference/mode_ascent.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "numerics/tensor_matrix.hpp"

namespace snpse {
namespace {

// Of the smallest deviation of the draws: noise that smooths the network's errors, but hardly moves the mode.
constexpr std::array kNoiseLevels{0.5, 0.3, 0.2, 0.1, 0.05};
constexpr int kStepsAtLevel = 8;
constexpr double kStep = 0.7;     // 1 is Newton's step for a Gaussian
constexpr double kLongest = 1.0;  // of a step, in standard deviations

/// The gradient in z [d] of log |det dz/dtheta| at theta(z), which is the difference between the
/// log-densities of theta and z.
Vector gradient_of_log_det(const ParameterSpace& space, const Eigen::RowVectorXd& z) {
  constexpr double kDifference = 1e-3;  // z is of order 1
  const auto d = z.size();
  Matrix around = z.replicate(2 * d, 1);
  for (Eigen::Index j = 0; j < d; ++j) {
    around(j, j) += kDifference;
    around(d + j, j) -= kDifference;
  }
  const Vector values = space.log_det(space.to_theta(around));
  return (values.head(d) - values.tail(d)) / (2 * kDifference);
}

}  // namespace

Matrix ascend_to_mode(const ScoreField& field, const Matrix& draws, const Matrix& start) {
  const auto& space = field.model().space();
  const auto& diffusion = field.model().diffusion();
  const Matrix around = space.to_z(draws);
  const Eigen::RowVectorXd mean = around.colwise().mean();
  const Eigen::MatrixXd centred = around.rowwise() - mean;
  const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(around.rows());
  const double least = std::sqrt(covariance.diagonal().minCoeff());
  Eigen::RowVectorXd z = space.to_z(start).row(0);
  Matrix passed(0, z.size());
  for (const double level : kNoiseLevels) {
    const double t = diffusion.time_of_ratio(std::max(level * least, diffusion.ratio(field.model().t_min())));
    const double ratio = diffusion.ratio(t);
    for (int i = 0; i < kStepsAtLevel; ++i) {
      const Matrix noise = to_matrix(field.predicted_noise(to_tensor(Matrix(z)) * diffusion.alpha(t), t));
      const Vector gradient = -noise.row(0).transpose() / ratio + gradient_of_log_det(space, z);
      const Vector step = covariance * gradient;
      const double length = std::sqrt(std::max(gradient.dot(step), 0.0));
      if (!std::isfinite(length)) return space.to_theta(passed);
      z += step.transpose() * std::min(kStep, length > 0 ? kLongest / length : kStep);
      append_rows(passed, z);
    }
  }
  return space.to_theta(passed);
}

}  // namespace snpse
