#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "score/score_model.hpp"

namespace snpse::testing {

/// One of each process; all of them run from little noise to much.
inline std::vector<Diffusion> all_diffusions() {
  return {Diffusion::variance_exploding(0.01, 20), Diffusion::variance_preserving(0.1, 11),
          Diffusion::sub_variance_preserving(0.1, 11), Diffusion::straight(0.01, 50)};
}

inline Standardiser no_standardiser(int n) {
  return {Vector::Zero(n), Vector::Ones(n)};
}

/// Data as they are.
inline FeatureTransform plain_view(int n) {
  return {no_standardiser(n), std::nullopt};
}

inline constexpr int kXDim = 2;
inline constexpr int kWidth = 16;

/// A small network with data of two dimensions.
inline ScoreModel small_model(const Diffusion& diffusion, Parametrisation parametrisation,
                              const ParameterSpace& space, int dim, double t_min = 1e-3) {
  return {{diffusion, parametrisation, t_min, space, plain_view(kXDim), GaussianRegression::none(kXDim, dim)},
          {dim, kXDim, kWidth, 2},
          1,
          1};
}

/// The same in a space that is that of theta itself.
inline ScoreModel small_model(const Diffusion& diffusion, Parametrisation parametrisation, int dim,
                              double t_min = 1e-3) {
  return small_model(diffusion, parametrisation, ParameterSpace::standardised(no_standardiser(dim)), dim,
                     t_min);
}

/// A mean that varies with x, and other deviations than one.
inline GaussianRegression some_regression(int dim) {
  auto regression = GaussianRegression::none(kXDim, dim);
  for (int i = 0; i < dim; ++i) {
    regression.weights.col(i).setConstant(0.2 - 0.1 * i);
    regression.offset[i] = 0.3 * i - 0.2;
    regression.deviation[i] = 0.2 + 0.15 * i;
  }
  return regression;
}

/// The same that starts from a regression.
inline ScoreModel small_model(const Diffusion& diffusion, Parametrisation parametrisation,
                              const GaussianRegression& regression, NetworkKind kind = NetworkKind::mlp) {
  const int dim = static_cast<int>(regression.offset.size());
  NetworkShape shape{dim, kXDim, kWidth, 2};
  shape.kind = kind;
  return {{diffusion, parametrisation, 1e-3, ParameterSpace::standardised(no_standardiser(dim)),
           plain_view(kXDim), regression},
          shape,
          1,
          1};
}

/// Makes the network output b, whatever it is asked: its last layer lies at the end of the weights, bias
/// last.
inline void set_constant_output(ScoreModel& model, const Vector& b) {
  auto weights = model.network().weights();
  auto last = weights.narrow(0, weights.numel() - b.size() * (kWidth + 1), b.size() * (kWidth + 1));
  last.zero_();
  for (Eigen::Index i = 0; i < b.size(); ++i)
    weights.data_ptr<float>()[weights.numel() - b.size() + i] = static_cast<float>(b[i]);
}

/// What the network of a constant_model answers.
inline const Eigen::Vector2d kOutput(0.8, -0.5);

/// A small model of two parameters whose network answers b.
inline ScoreModel constant_model(const Diffusion& diffusion, const Vector& b, double t_min = 1e-3) {
  auto model = small_model(diffusion, Parametrisation::preconditioned, 2, t_min);
  set_constant_output(model, b);
  return model;
}

/// A model at one observation.
inline ScoreModel::Condition some_condition(const ScoreModel& model) {
  return model.condition(Eigen::Vector2d(0.3, -1.2));
}

/// Fills all weights with draws of N(0, 0.3^2), so that the output varies much with all inputs.
inline void randomise(ScoreModel& model) {
  RandomStream random(2, Purpose::initial_weights, 0, 0);
  auto weights = model.network().weights();
  for (std::int64_t i = 0; i < weights.numel(); ++i)
    weights.data_ptr<float>()[i] = static_cast<float>(0.3 * random.normal());
}

/// A model that starts from a regression, all of whose weights are at work.
inline ScoreModel some_model(const Diffusion& diffusion, Parametrisation parametrisation, int dim,
                             NetworkKind kind) {
  auto model = small_model(diffusion, parametrisation, some_regression(dim), kind);
  randomise(model);
  return model;
}

/// The probability flow of a preconditioned model whose network answers b, in closed form.
///
/// In y = z_t / alpha and r = sigma / alpha it is dy/dr = eps = (r y / n - b) / n with n^2 = 1 + r^2. Then
/// u = y / n obeys du/dr = eps / n - y r / n^3 = -b / n^2, so that u(r) = u(r_0) - b (atan r - atan r_0).
class ConstantOutputFlow {
 public:
  ConstantOutputFlow(const ScoreModel& model, Vector b)
      : diffusion_(model.diffusion()), t_min_(model.t_min()), b_(std::move(b)) {}

  /// z at time `to` of the trajectory through z [n, d] at time `from`.
  Matrix move(const Matrix& z, double from, double to) const {
    const double r_0 = diffusion_.ratio(from);
    const double r = diffusion_.ratio(to);
    const double atans = std::atan(r) - std::atan(r_0);
    return ((z / length(from)).rowwise() - atans * b_.transpose()) * length(to);
  }

  /// z at t_min of the draws that start from `noise` [n, d] at t = 1. There z_t / alpha is N(m, 1 + r^2) with
  /// m the denoised 0, -r eps(0) = r b / n.
  Matrix draw(const Matrix& noise) const {
    return move((length(1) * noise).rowwise() + reference_mean().transpose(), 1, t_min_);
  }

  /// The denoised z_0 = (z - sigma eps) / alpha of z [n, d] at t_min.
  Matrix denoise(const Matrix& z) const {
    const double alpha = diffusion_.alpha(t_min_);
    const double sigma = diffusion_.sigma(t_min_);
    const double n = length(t_min_);
    const Matrix eps = (z * (sigma / n)).rowwise() - alpha * b_.transpose();
    return (z - eps * (sigma / n)) / alpha;
  }

  /// log density at z [n, d]: the reference's where the trajectory ends, and the volume's growth on the way.
  Vector log_density(const Matrix& z) const {
    const Matrix end = (move(z, t_min_, 1).rowwise() - reference_mean().transpose()) / length(1);
    const auto d = static_cast<double>(z.cols());
    const double constant = -d * std::log(length(t_min_) * std::sqrt(2 * M_PI));
    return (-0.5 * end.rowwise().squaredNorm()).array() + constant;
  }

 private:
  /// Of z at t = 1.
  Vector reference_mean() const { return diffusion_.sigma(1) / std::hypot(1, diffusion_.ratio(1)) * b_; }
  /// alpha(t) sqrt(1 + r^2): what z is a constant multiple of where b = 0.
  double length(double t) const { return std::hypot(diffusion_.alpha(t), diffusion_.sigma(t)); }

  Diffusion diffusion_;
  double t_min_;
  Vector b_;
};

/// The streams first to first + n - 1 of a purpose.
inline std::vector<RandomStream> streams(Purpose purpose, std::size_t n, std::uint64_t first = 0) {
  std::vector<RandomStream> result;
  for (std::size_t i = 0; i < n; ++i) result.emplace_back(1, purpose, 0, first + i);
  return result;
}

/// n draws of N(0, I), [n, d].
inline Matrix standard_normal_rows(Eigen::Index n, int dim) {
  RandomStream random(3, Purpose::prior, 0, 0);
  Matrix rows(n, dim);
  for (double& value : rows.reshaped()) value = random.normal();
  return rows;
}

}  // namespace snpse::testing
