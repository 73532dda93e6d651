#include "training/adam.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "util/multiversion.hpp"

namespace snpse {
namespace {

/// The factors of one step, the same for every weight.
struct StepFactors {
  float rate;  // learning rate over the bias correction of the first moment
  float root;  // 1 / square root of the bias correction of the second
  float kept;  // fraction of a weight that the decay leaves
  float gain;  // of the average for the new weight
};

/// One pass over all that Adam reads and writes, since it is memory that limits it.
SNPSE_MULTIVERSION void update(float* __restrict weights, float* __restrict first, float* __restrict second,
                               float* __restrict average, const float* __restrict gradients, std::int64_t n,
                               StepFactors factors) {
  constexpr auto kKeep1 = static_cast<float>(Adam::kBeta1);
  constexpr auto kKeep2 = static_cast<float>(Adam::kBeta2);
  constexpr auto kGain1 = static_cast<float>(1 - Adam::kBeta1);
  constexpr auto kGain2 = static_cast<float>(1 - Adam::kBeta2);
  constexpr auto kTiny = static_cast<float>(Adam::kEpsilon);
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = gradients[i];
    const float mean = kKeep1 * first[i] + kGain1 * g;
    const float square = kKeep2 * second[i] + kGain2 * (g * g);
    first[i] = mean;
    second[i] = square;
    const float weight =
        factors.kept * weights[i] - factors.rate * mean / (std::sqrt(square) * factors.root + kTiny);
    weights[i] = weight;
    average[i] += factors.gain * (weight - average[i]);
  }
}

}  // namespace

Adam::Adam(torch::Tensor weights)
    : weights_(std::move(weights)),
      state_{torch::zeros_like(weights_), torch::zeros_like(weights_), weights_.clone(), 0} {}

void Adam::step(const torch::Tensor& gradients, double learning_rate, double weight_decay, double averaging) {
  ++state_.steps;
  const auto n = static_cast<double>(state_.steps);
  const double correction1 = 1 - std::pow(Adam::kBeta1, n);
  const double correction2 = 1 - std::pow(Adam::kBeta2, n);
  update(weights_.data_ptr<float>(), state_.first.data_ptr<float>(), state_.second.data_ptr<float>(),
         state_.average.data_ptr<float>(), gradients.data_ptr<float>(), weights_.numel(),
         {static_cast<float>(learning_rate / correction1), static_cast<float>(1 / std::sqrt(correction2)),
          static_cast<float>(1 - learning_rate * weight_decay),
          static_cast<float>(1 - std::min(averaging, (1 + n) / (10 + n)))});
}

void Adam::swap_average() {
  float* weights = weights_.data_ptr<float>();
  std::swap_ranges(weights, weights + weights_.numel(), state_.average.data_ptr<float>());
}

void Adam::restore(const State& state) {
  state_.first.copy_(state.first);
  state_.second.copy_(state.second);
  state_.average.copy_(state.average);
  state_.steps = state.steps;
}

}  // namespace snpse
