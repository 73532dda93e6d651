#include "snpse/training/adam.hpp"

#include <cmath>
#include <utility>

namespace snpse {
namespace {
constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
}  // namespace

Adam::Adam(torch::Tensor weights)
    : weights_(std::move(weights)), state_{torch::zeros_like(weights_), torch::zeros_like(weights_), 0} {}

void Adam::step(const torch::Tensor& gradients, double learning_rate, double weight_decay) {
  const torch::NoGradGuard no_gradients;
  ++state_.steps;
  const auto n = static_cast<double>(state_.steps);
  const double correction1 = 1 - std::pow(kBeta1, n);
  const double correction2 = 1 - std::pow(kBeta2, n);
  state_.first.mul_(kBeta1).add_(gradients, 1 - kBeta1);
  state_.second.mul_(kBeta2).addcmul_(gradients, gradients, 1 - kBeta2);
  const auto denominator = state_.second.sqrt().div_(std::sqrt(correction2)).add_(kEpsilon);
  if (weight_decay > 0) weights_.mul_(1 - learning_rate * weight_decay);
  weights_.addcdiv_(state_.first, denominator, -learning_rate / correction1);
}

void Adam::restore(const State& state) {
  state_.first.copy_(state.first);
  state_.second.copy_(state.second);
  state_.steps = state.steps;
}

}  // namespace snpse
