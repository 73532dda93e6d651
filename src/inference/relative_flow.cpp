#include "inference/relative_flow.hpp"

namespace snpse {

torch::Tensor RelativeFlow::scale(double ratio) const {
  return (centre_.deviation.square() + ratio * ratio).sqrt();
}

torch::Tensor RelativeFlow::to_w(const torch::Tensor& y, double ratio) const {
  return (y - centre_.mean) / scale(ratio);
}

torch::Tensor RelativeFlow::to_y(const torch::Tensor& w, double ratio) const {
  return centre_.mean + scale(ratio) * w;
}

double RelativeFlow::log_scale(double ratio) const {
  return scale(ratio).to(torch::kFloat64).log().sum().item<double>();
}

torch::Tensor RelativeFlow::slope(const torch::Tensor& eps, const torch::Tensor& w, double ratio) const {
  const auto v = scale(ratio);
  return (eps - w * (ratio / v)) / v;
}

torch::Tensor RelativeFlow::divergence(const torch::Tensor& of_eps, double ratio) const {
  const double of_gaussian = (ratio / scale(ratio).to(torch::kFloat64).square()).sum().item<double>();
  return of_eps.to(torch::kFloat64) - of_gaussian;
}

}  // namespace snpse
