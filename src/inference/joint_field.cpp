#include "inference/joint_field.hpp"

#include <cmath>
#include <utility>

#include <Eigen/Cholesky>

#include "numerics/tensor_matrix.hpp"

namespace snpse {
namespace {

NoiseLevel level_of(double t, double alpha, double sigma) {
  const auto column = [](double value) { return torch::full({1, 1}, value, torch::kFloat64); };
  return {column(t), column(alpha), column(sigma)};
}

ScoreField::Centre centre_of(const GaussianComposition& gaussians) {
  const Matrix covariance = inverse(gaussians.precision());
  return {to_tensor(gaussians.mean().transpose()), to_tensor(covariance.diagonal().cwiseSqrt().transpose())};
}

}  // namespace

JointField::JointField(const ScoreModel& model, Parts parts)
    : ScoreField(model, centre_of(parts.gaussians)), parts_(std::move(parts)) {}

torch::Tensor JointField::predicted_noise(const torch::Tensor& z_t, double t) const {
  const torch::NoGradGuard no_gradients;
  return parts_.kind == CompositionKind::gauss ? gauss(z_t, t) : bridge(z_t, t);
}

torch::Tensor JointField::gauss(const torch::Tensor& z_t, double t) const {
  const auto& gaussians = parts_.gaussians;
  const auto& diffusion = model().diffusion();
  const double r = diffusion.ratio(t);
  const Matrix identity = Matrix::Identity(gaussians.precision().rows(), gaussians.precision().cols());
  // r^2 may be so large that I is lost, or so small that P is: of the sum neither is.
  const Eigen::LLT<Matrix> joint(identity + r * r * gaussians.precision());
  // What multiplies rows from the right: all these matrices but their product are symmetric.
  const auto weight = [&](const Matrix& precision) {
    return to_tensor(joint.solve(identity + r * r * precision).transpose());
  };
  const auto level = level_of(t, diffusion.alpha(t), diffusion.sigma(t));
  auto sum = parts_.perturbed_prior->predicted_noise(z_t, level).matmul(weight(gaussians.prior_precision())) *
             static_cast<double>(1 - observations());
  for (Eigen::Index j = 0; j < observations(); ++j) {
    parts_.stop_point();
    sum += model()
               .predicted_noise(z_t, parts_.conditions[static_cast<std::size_t>(j)], t)
               .matmul(weight(gaussians.posterior_precision(j)));
  }
  return sum;
}

torch::Tensor JointField::noise_of_smooth_prior(const torch::Tensor& z_t, double t) const {
  // So little noise that the prior does not feel it, and single precision still does.
  constexpr double kNext = 1e-4;
  const double length = std::hypot(model().diffusion().alpha(t), model().diffusion().sigma(t));
  const auto little = parts_.smooth_prior->predicted_noise(z_t / length, level_of(0, 1, kNext));
  return little * (model().diffusion().sigma(t) / length / kNext);
}

torch::Tensor JointField::bridge(const torch::Tensor& z_t, double t) const {
  const auto& diffusion = model().diffusion();
  const auto others = static_cast<double>(observations() - 1);
  auto sum = parts_.kind == CompositionKind::paper
                 ? parts_.perturbed_prior->predicted_noise(
                       z_t, level_of(t, diffusion.alpha(t), diffusion.sigma(t))) *
                       -others
                 : noise_of_smooth_prior(z_t, t) * (-others * (1 - t));
  for (const auto& condition : parts_.conditions) {
    parts_.stop_point();
    sum += model().predicted_noise(z_t, condition, t);
  }
  return sum;
}

Matrix JointField::covariance(double t) const {
  const auto& gaussians = parts_.gaussians;
  const double r = model().diffusion().ratio(t);
  const Matrix noise = r * r * Matrix::Identity(mean().size(), mean().size());
  if (parts_.kind == CompositionKind::gauss) return inverse(gaussians.precision()) + noise;
  const auto others = static_cast<double>(observations() - 1);
  const Matrix prior = inverse(inverse(gaussians.prior_precision()) + noise);
  Matrix precision = prior;
  for (Eigen::Index j = 0; j < observations(); ++j)
    precision += inverse(inverse(gaussians.posterior_precision(j)) + noise) - prior;
  // The prior is taken away at a part of its precision, or what Geffner's bridge makes of it.
  if (parts_.kind == CompositionKind::geffner)
    precision += others * (prior - (1 - t) / (1 + r * r) * gaussians.prior_precision());
  return inverse(precision);
}

}  // namespace snpse
