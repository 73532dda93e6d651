#pragma once

#include <cstdint>

#include "network/cpu/layer_chain.hpp"
#include "network/inference_pass.hpp"
#include "numerics/buffer.hpp"
#include "numerics/row_kernels.hpp"

namespace snpse {

/// InferencePass of NetworkKind::mlp, whose output is the network's output.
class CpuInferencePass : public InferencePass {
 public:
  CpuInferencePass(const NetworkShape& shape, const float* weights, Wanted wanted);

  void output(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
              float* output) override;
  void output_and_divergence(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                             float* output, float* divergence) override;
  void output_and_estimate(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                           const float* probes, std::int64_t count, float* output,
                           float* divergence) override;

 private:
  /// A vector v for each row, as the network sees it from its two ends: v times the first layer's weights,
  /// and v times the last layer's transposed, [rows, width] or one row for all.
  struct Direction {
    RowsView start;
    RowsView end;
  };
  void forward(const float* input, std::int64_t rows, const float* joint, float* output);
  /// Adds v . J v, spread over the units of the last hidden layer, to sums_.
  void add_direction(const Direction& direction, std::int64_t rows);
  /// Folds the slopes into the first and the last layer.
  void fold(const Slopes& slopes);

  NetworkLayout layout_;
  LayerChain theta_;
  LayerChain trunk_;
  std::int64_t inputs_;
  std::int64_t dim_;
  std::int64_t width_;
  Buffer derivative_;   // [block, width], of the SiLU before the trunk
  Buffer tangents_;     // [block, width]
  Buffer sums_;         // [block, width]
  Buffer starts_;       // [block, width], of probes
  Buffer ends_;         // [block, width], of probes
  Buffer first_layer_;  // [d, width], d (first layer) / d z_i
  Buffer last_layer_;   // [d, width], the last layer's weights transposed, times slopes.output
};

}  // namespace snpse
