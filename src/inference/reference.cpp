#include "inference/reference.hpp"

#include <cmath>
#include <numbers>

namespace snpse {

torch::Tensor Reference::log_density(const torch::Tensor& y) const {
  const auto width = deviation.to(torch::kFloat64);
  const auto distance = (y.to(torch::kFloat64) - mean.to(torch::kFloat64)) / width;
  return -0.5 * distance.square().sum(1) - width.log().sum() -
         0.5 * static_cast<double>(y.size(1)) * std::log(2 * std::numbers::pi);
}

Reference reference_of(const ScoreField& field) {
  const torch::NoGradGuard no_gradients;
  const auto& model = field.model();
  const auto& diffusion = model.diffusion();
  const auto shape = torch::ones({1, model.dim()}, torch::kFloat32);
  const double alpha = diffusion.alpha(1.0);
  if (model.parametrisation() != Parametrisation::preconditioned)
    return {0 * shape, shape * (diffusion.reference_deviation() / alpha)};
  const double ratio = diffusion.ratio(1.0);
  const auto& [centre, deviation] = field.centre();
  const auto mean = centre - ratio * field.predicted_noise(centre * alpha, 1.0);
  return {mean, (deviation.square() + ratio * ratio).sqrt()};
}

}  // namespace snpse
