#pragma once

#include <vector>

#include "network/linear_layer.hpp"
#include "network/network_layout.hpp"
#include "numerics/tensor.hpp"

namespace snpse {

/// A network that learns, together with the score, which few numbers of x the posterior depends on
/// (SummaryKind).
class SummaryNetwork {
 public:
  /// weights [m]: the flat buffer that layout lies in.
  SummaryNetwork(const SummaryShape& shape, const SummaryLayout& layout, const torch::Tensor& weights);

  /// x [n, w] in a FeatureTransform -> [n, shape.outputs].
  torch::Tensor operator()(const torch::Tensor& x) const;
  /// All its layers; they share their tensors with it.
  std::vector<LinearLayer> layers() const;

 private:
  torch::Tensor of_rows(const torch::Tensor& x) const;
  torch::Tensor of_series(const torch::Tensor& x) const;

  SummaryShape shape_;
  std::vector<LinearLayer> each_;   // of a row, or the convolutions
  std::vector<LinearLayer> joint_;  // of all of x
};

}  // namespace snpse
