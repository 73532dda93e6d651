#include "snpse/inference/relative_flow.hpp"

#include "snpse/core/tensor_matrix.hpp"

namespace snpse {

RelativeFlow::RelativeFlow(const ScoreModel& model, const ScoreModel::Condition& condition)
    : model_(model), condition_(condition), deviation_(to_tensor(model.regression().deviation.transpose())) {}

torch::Tensor RelativeFlow::scale(double ratio) const {
  return (deviation_.square() + ratio * ratio).sqrt();
}

torch::Tensor RelativeFlow::to_w(const torch::Tensor& y, double ratio) const {
  return (y - condition_.mean) / scale(ratio);
}

torch::Tensor RelativeFlow::to_y(const torch::Tensor& w, double ratio) const {
  return condition_.mean + scale(ratio) * w;
}

double RelativeFlow::log_scale(double ratio) const {
  return scale(ratio).to(torch::kFloat64).log().sum().item<double>();
}

torch::Tensor RelativeFlow::relative(const torch::Tensor& noise, const torch::Tensor& w, double ratio) const {
  const auto v = scale(ratio);
  return (noise - w * (ratio / v)) / v;
}

torch::Tensor RelativeFlow::slope(const torch::Tensor& w, double ratio) const {
  const double t = model_.diffusion().time_of_ratio(ratio);
  return relative(model_.noise(to_y(w, ratio) * model_.diffusion().alpha(t), condition_, t), w, ratio);
}

RelativeFlow::SlopeAndDivergence RelativeFlow::slope_and_divergence(const torch::Tensor& w, double ratio,
                                                                    const torch::Tensor& probes) const {
  const double t = model_.diffusion().time_of_ratio(ratio);
  const double alpha = model_.diffusion().alpha(t);
  const auto [noise, divergence] = model_.noise_and_divergence(to_y(w, ratio) * alpha, condition_, t, probes);
  const double of_gaussian = (ratio / scale(ratio).to(torch::kFloat64).square()).sum().item<double>();
  return {relative(noise, w, ratio), divergence.to(torch::kFloat64) * alpha - of_gaussian};
}

}  // namespace snpse
