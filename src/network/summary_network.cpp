#include "network/summary_network.hpp"

namespace snpse {

SummaryNetwork::SummaryNetwork(const SummaryShape& shape, const SummaryLayout& layout,
                               const torch::Tensor& weights)
    : shape_(shape) {
  for (const auto& at : layout.each) each_.push_back(layer_at(weights, at));
  for (const auto& at : layout.joint) joint_.push_back(layer_at(weights, at));
}

std::vector<LinearLayer> SummaryNetwork::layers() const {
  std::vector<LinearLayer> all = each_;
  all.insert(all.end(), joint_.begin(), joint_.end());
  return all;
}

/// A perceptron of each row, and one of their mean (Zaheer et al. 2017).
torch::Tensor SummaryNetwork::of_rows(const torch::Tensor& x) const {
  const auto n = x.size(0);
  const auto rows =
      x.view({n, shape_.features, shape_.parts, -1}).transpose(1, 2);  // [n, parts, features, ...]
  const auto embedded = torch::silu(perceptron(rows.reshape({n * shape_.parts, -1}), each_));
  return embedded.view({n, shape_.parts, -1}).mean(1);
}

/// Convolutions along time, with the mean of neighbours between them.
torch::Tensor SummaryNetwork::of_series(const torch::Tensor& x) const {
  auto h = x.view({x.size(0), shape_.features * shape_.parts, -1});
  for (const auto& layer : each_) {
    const auto kernels = layer.weight.t().reshape({layer.weight.size(1), -1, kSummaryKernel});
    h = torch::silu(torch::conv1d(h, kernels, layer.bias, 1, kSummaryKernel / 2));
    if (is_halved(h.size(2))) h = torch::avg_pool1d(h, 2);
  }
  return h.flatten(1);
}

torch::Tensor SummaryNetwork::operator()(const torch::Tensor& x) const {
  if (shape_.kind == SummaryKind::rows) return perceptron(of_rows(x), joint_);
  if (shape_.kind == SummaryKind::series) return perceptron(of_series(x), joint_);
  return perceptron(x, joint_);
}

}  // namespace snpse
