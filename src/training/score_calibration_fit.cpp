#include "training/score_calibration_fit.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <Eigen/Cholesky>

namespace snpse {
namespace {

// Deviations of the random walk: of its mean, and of its step from one level to the next.
constexpr double kWalkMean = 0.2;
constexpr double kWalkStep = 0.05;
constexpr double kLeastFactor = 0.1;

// What the mean over an ensemble keeps of a network's squared error; our choice. On bernoulli_glm two thirds
// of the error in the mean are common to networks, of which the mean over three keeps 2/3 + 1/9.
constexpr double kOfEnsemble = 0.75;

Eigen::Index nearest_level(double level) {
  const auto place = std::lround((level - ScoreCalibration::kLeast) / ScoreCalibration::kStep);
  return std::clamp<Eigen::Index>(place, 0, ScoreCalibration::kLevels - 1);
}

/// The inverse covariance of the random walk.
Matrix walk_precision() {
  Matrix result =
      Matrix::Constant(ScoreCalibration::kLevels, ScoreCalibration::kLevels,
                       1 / (kWalkMean * kWalkMean * ScoreCalibration::kLevels * ScoreCalibration::kLevels));
  for (Eigen::Index level = 1; level < ScoreCalibration::kLevels; ++level) {
    const double precision = 1 / (kWalkStep * kWalkStep);
    result(level, level) += precision;
    result(level - 1, level - 1) += precision;
    result(level, level - 1) -= precision;
    result(level - 1, level) -= precision;
  }
  return result;
}

}  // namespace

ScoreCalibrationFit::ScoreCalibrationFit(const ScoreModel& model)
    : model_(model),
      squared_(Matrix::Zero(ScoreCalibration::kLevels, model.dim())),
      product_(Matrix::Zero(ScoreCalibration::kLevels, model.dim())) {}

void ScoreCalibrationFit::add(const ScoreNetwork& network, const TrainingRows& rows,
                              const NoiseBatch& noise) {
  const torch::NoGradGuard no_gradients;
  const auto repeated = [&](const torch::Tensor& part) { return part.repeat({noise.draws, 1}); };
  const auto z_t = noise.level.alpha * repeated(rows.z) + noise.level.sigma * noise.eps;
  const ScoreModel::Condition condition{repeated(network.x_part(rows.x)), repeated(rows.mean),
                                        repeated(rows.tilt)};
  const auto noise_of_network = model_.noise_of_network(network, z_t, condition, noise.level).contiguous();
  const float* predicted = noise_of_network.data_ptr<float>();
  const float* eps = noise.eps.data_ptr<float>();
  for (std::int64_t row = 0; row < z_t.size(0); ++row) {
    const double alpha = noise.level.alpha.data_ptr<float>()[row];
    const double sigma = noise.level.sigma.data_ptr<float>()[row];
    const double weight = rows.weight.data_ptr<float>()[row % noise.simulations];
    for (Eigen::Index i = 0; i < model_.dim(); ++i, ++predicted, ++eps) {
      const auto level = nearest_level(model_.log_noise_ratio(alpha, sigma, i));
      const double scale = model_.preconditioning(alpha, sigma, i).c_out;
      const double in_units = weight * *predicted / (scale * scale);
      squared_(level, i) += in_units * *predicted;
      product_(level, i) += in_units * *eps;
    }
  }
}

ScoreCalibration ScoreCalibrationFit::finish(const World& world) const {
  Matrix squared = squared_;
  Matrix product = product_;
  for (auto* sums : {&squared, &product})
    world.sum(std::span<double>(sums->data(), static_cast<std::size_t>(sums->size())));
  // The errors have variance one in the units of the network: 1 - factor has the posterior density
  // exp(-(1/2) sum of ((1 - factor)^2 squared - 2 (1 - factor) (squared - product))) times the walk's.
  const Matrix walk = walk_precision();
  ScoreCalibration result{Matrix(ScoreCalibration::kLevels, model_.dim())};
  for (Eigen::Index i = 0; i < model_.dim(); ++i) {
    Matrix precision = walk;
    precision.diagonal() += squared.col(i);
    const Vector excess = squared.col(i) - product.col(i);
    const Vector lost = precision.llt().solve(excess);
    result.factor.col(i) = (1 - kOfEnsemble * lost.array()).max(kLeastFactor).matrix();
  }
  return result;
}

}  // namespace snpse
