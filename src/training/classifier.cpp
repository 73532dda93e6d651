#include "training/classifier.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "training/adam.hpp"

namespace snpse {
namespace {

constexpr double kLearningRate = 1e-3;
constexpr double kWeightPenalty = 1e-4;
constexpr double kTolerance = 1e-4;  // a smaller fall of the loss is none
constexpr int kPatience = 10;        // epochs without a fall
constexpr std::int64_t kBatch = 200;

}  // namespace

Classifier::Classifier(std::int64_t inputs, std::int64_t hidden, RandomStream random) : random_(random) {
  const std::array<std::int64_t, 4> widths{inputs, hidden, hidden, 1};
  std::int64_t weights = 0;
  std::int64_t biases = 0;
  for (std::size_t l = 0; l < 3; ++l) {
    weights += widths[l] * widths[l + 1];
    biases += widths[l + 1];
  }
  for (auto* flat : {&parameters_, &gradient_, &first_moment_, &second_moment_, &denominator_})
    *flat = torch::zeros({weights + biases});
  weights_ = parameters_.narrow(0, 0, weights);
  weights_gradient_ = gradient_.narrow(0, 0, weights);

  std::int64_t weight_at = 0;
  std::int64_t bias_at = weights;
  for (std::size_t l = 0; l < 3; ++l) {
    const std::int64_t in = widths[l];
    const std::int64_t out = widths[l + 1];
    const double bound = std::sqrt(6.0 / static_cast<double>(in + out));  // Glorot and Bengio 2010
    for (const auto& [begin, size] : {std::pair{weight_at, in * out}, std::pair{bias_at, out}}) {
      float* values = parameters_.data_ptr<float>() + begin;
      std::generate_n(values, size, [&] { return static_cast<float>(bound * (2 * random_.uniform() - 1)); });
    }
    layers_[l] = {
        parameters_.narrow(0, weight_at, in * out).view({in, out}), parameters_.narrow(0, bias_at, out),
        gradient_.narrow(0, weight_at, in * out).view({in, out}), gradient_.narrow(0, bias_at, out)};
    weight_at += in * out;
    bias_at += out;
  }
}

int Classifier::train(const torch::Tensor& x, const torch::Tensor& y, int max_epochs,
                      const std::function<void()>& stop_point) {
  const c10::InferenceMode no_gradients;
  double best = std::numeric_limits<double>::infinity();
  int without_fall = 0;
  int epochs = 0;
  while (epochs < max_epochs && without_fall <= kPatience) {
    stop_point();
    const double loss = run_epoch(x, y);
    without_fall = loss > best - kTolerance ? without_fall + 1 : 0;
    best = std::min(best, loss);
    ++epochs;
  }
  return epochs;
}

torch::Tensor Classifier::probability(const torch::Tensor& x) const {
  const c10::InferenceMode no_gradients;
  Workspace work = make_workspace(x.size(0));
  forward(x, work);
  return work.activation[2];
}

double Classifier::accuracy(const torch::Tensor& x, const torch::Tensor& y) const {
  const c10::InferenceMode no_gradients;
  return probability(x).gt(0.5).eq(y).to(torch::kDouble).mean().item<double>();
}

Classifier::Workspace Classifier::make_workspace(std::int64_t rows) const {
  Workspace work;
  for (std::size_t l = 0; l < 3; ++l) {
    work.activation[l] = torch::empty({rows, layers_[l].weight.size(1)});
    work.delta[l] = torch::empty_like(work.activation[l]);
  }
  return work;
}

void Classifier::forward(const torch::Tensor& x, Workspace& work) const {
  for (std::size_t l = 0; l < 3; ++l) {
    at::addmm_out(work.activation[l], layers_[l].bias, l == 0 ? x : work.activation[l - 1],
                  layers_[l].weight);
    if (l < 2)
      work.activation[l].relu_();
    else
      work.activation[l].sigmoid_();
  }
}

void Classifier::backward(const torch::Tensor& x, const torch::Tensor& y, Workspace& work) {
  const auto rows = static_cast<double>(x.size(0));
  at::sub_out(work.delta[2], work.activation[2], y).div_(rows);
  for (std::size_t l = 3; l-- > 0;) {
    at::mm_out(layers_[l].weight_gradient, (l == 0 ? x : work.activation[l - 1]).t(), work.delta[l]);
    at::sum_out(layers_[l].bias_gradient, work.delta[l], 0);
    if (l == 0) break;
    at::mm_out(work.delta[l - 1], work.delta[l], layers_[l].weight.t());
    at::threshold_backward_out(work.delta[l - 1], work.delta[l - 1], work.activation[l - 1], 0);
  }
  weights_gradient_.add_(weights_, kWeightPenalty / rows);
}

void Classifier::adam_step() {
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double rate =
      kLearningRate * std::sqrt(1 - std::pow(Adam::kBeta2, t)) / (1 - std::pow(Adam::kBeta1, t));
  first_moment_.lerp_(gradient_, 1 - Adam::kBeta1);
  second_moment_.mul_(Adam::kBeta2).addcmul_(gradient_, gradient_, 1 - Adam::kBeta2);
  at::sqrt_out(denominator_, second_moment_).add_(Adam::kEpsilon);
  parameters_.addcdiv_(first_moment_, denominator_, -rate);
}

/// Returns the mean over rows of the loss, each batch's before the step that it led to.
double Classifier::run_epoch(const torch::Tensor& x, const torch::Tensor& y) {
  const std::int64_t n = x.size(0);
  const auto order = torch::tensor(random_.permutation(n));
  const torch::Tensor shuffled_x = x.index_select(0, order);
  const torch::Tensor shuffled_y = y.index_select(0, order);
  Workspace work = make_workspace(std::min(kBatch, n));
  torch::Tensor loss = torch::zeros({});
  for (std::int64_t begin = 0; begin < n; begin += kBatch) {
    const std::int64_t rows = std::min(kBatch, n - begin);
    if (rows != work.delta[0].size(0)) work = make_workspace(rows);  // the last batch
    const torch::Tensor batch_x = shuffled_x.narrow(0, begin, rows);
    const torch::Tensor batch_y = shuffled_y.narrow(0, begin, rows);
    forward(batch_x, work);
    loss += at::binary_cross_entropy(work.activation[2], batch_y, {}, at::Reduction::Sum);
    loss += 0.5 * kWeightPenalty * at::dot(weights_, weights_);
    backward(batch_x, batch_y, work);
    adam_step();
  }
  return loss.item<double>() / static_cast<double>(n);
}

}  // namespace snpse
