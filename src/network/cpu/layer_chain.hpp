#pragma once

#include <cstdint>
#include <vector>

#include "network/network_layout.hpp"
#include "numerics/buffer.hpp"

namespace snpse {

/// Layers that follow one another, each with SiLU behind it or not, on buffers of its own for up to max_rows
/// rows. What forward() leaves in them is read by backward() and push_forward().
class LayerChain {
 public:
  /// weights: the network's flat buffer, read at each call. with_derivatives: whether backward() or
  /// push_forward() will be called.
  LayerChain(std::vector<LayerLayout> layers, const float* weights, std::int64_t max_rows,
             bool with_derivatives);

  /// input [rows, inputs] -> [rows, outputs], in a buffer that the caller may write to.
  float* forward(const float* input, std::int64_t rows);

  /// Adds the gradient of the weights, given forward()'s input and d loss / d output [rows, outputs], to the
  /// flat buffer `gradients`; writes d loss / d input [rows, inputs] unless input_gradient is null. The last
  /// layer must be without SiLU.
  void backward(const float* input, const float* output_gradient, std::int64_t rows, float* gradients,
                float* input_gradient);

  /// Tangents [rows, ...] of the input of layer `first` -> tangents of the input of layer `last`, which may
  /// be one past the end: Jacobian times vector at the inputs of the last forward(). The result lies in a
  /// buffer of this chain.
  float* push_forward(float* tangents, std::size_t first, std::size_t last, std::int64_t rows);

  /// SiLU's derivative behind layer i [rows, outputs].
  const float* derivative(std::size_t i) const { return derivatives_[i].data(); }
  std::size_t size() const { return layers_.size(); }
  const float* weight(std::size_t i) const { return weights_ + layers_[i].weight; }

 private:
  float* other_than(const float* buffer) {
    return buffer == scratch_[0].data() ? scratch_[1].data() : scratch_[0].data();
  }

  std::vector<LayerLayout> layers_;
  const float* weights_;
  std::vector<Buffer> outputs_;      // of each layer [max_rows, outputs], after SiLU
  std::vector<Buffer> derivatives_;  // of SiLU; empty where there is none
  Buffer scratch_[2];                // gradients or tangents
};

}  // namespace snpse
