#pragma once

#include <cstdint>
#include <vector>

#include "network/network_layout.hpp"
#include "numerics/buffer.hpp"
#include "numerics/row_kernels.hpp"

namespace snpse {

/// The layers of an energy network from its views of theta to the energy e, with the derivatives of e by
/// those views: the gradient g by a pass back, the Hessian times a vector v by a pass of v forward and
/// another one back, and with it the gradient of v . g by the weights. Plain loops around BLAS products, for
/// up to max_rows rows. Each call reads what the one before it left, in the order in which they stand here.
class EnergyChain {
 public:
  /// The highest derivative that will be asked for.
  enum class Order { value, gradient, hessian };
  /// weights: the network's flat buffer, read at each call.
  EnergyChain(const NetworkLayout& layout, const float* weights, std::int64_t max_rows, Order order);

  /// e [rows] of input [rows, inputs]. joint: what x and t add before the activation that follows the
  /// embeddings, ScoreNetwork's x_part + time_part, [rows or 1, width].
  const float* value(const float* input, RowsView joint, std::int64_t rows);
  /// g = de / d input, [rows, inputs].
  const float* gradient(std::int64_t rows);
  /// The Hessian of e by the input times direction, both [rows, inputs].
  const float* hessian_product(const float* direction, std::int64_t rows);
  /// Adds the gradient of the sum over rows of direction . g by the weights of these layers to the flat
  /// buffer `gradients`; input: value()'s.
  void add_weight_gradient(const float* input, const float* direction, std::int64_t rows, float* gradients);
  /// The gradient of the same by joint, [rows, width], after add_weight_gradient(); the caller may write to
  /// it.
  float* joint_gradient() { return layers_[joint_].curvature.data(); }

 private:
  /// One layer, with a the sum that goes into its activation, h the value that comes out of it, and v . g
  /// the derivative of e in the direction v.
  struct Layer {
    LayerLayout at;
    bool activated;
    Buffer output;     // h
    Buffer slope;      // silu'(a)
    Buffer bend;       // silu''(a), and after gradient() that times de/dh
    Buffer delta;      // de/da
    Buffer tangent;    // the derivative of h in the direction v
    Buffer curvature;  // d (v . g) / da
  };
  Layer& last() { return layers_.back(); }
  const float* weight(const Layer& layer) const { return weights_ + layer.at.weight; }
  void push_forward(const float* direction, std::int64_t rows);
  void pull_back(std::int64_t rows);

  std::vector<Layer> layers_;
  std::size_t joint_;  // which layer ends the embedding
  const float* weights_;
  Buffer scratch_;  // [max_rows, widest]
  Buffer result_;   // [max_rows, inputs]
};

}  // namespace snpse
