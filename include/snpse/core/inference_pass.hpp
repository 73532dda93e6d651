#pragma once

#include <cstdint>

#include "snpse/core/layer_chain.hpp"
#include "snpse/core/network_layout.hpp"
#include "snpse/core/row_kernels.hpp"
#include "snpse/util/buffer.hpp"

namespace snpse {

/// ScoreNetwork's output where all rows share the observation and the noise level, and its divergence in
/// theta, on one CPU core. Works through the rows in blocks that stay in the cache, on buffers that are
/// allocated once.
class InferencePass {
 public:
  enum class Wanted { output, divergence };
  /// weights: the network's flat buffer, read at each call.
  InferencePass(const NetworkShape& shape, const float* weights, Wanted wanted);

  /// theta [n, d] -> output [n, d]. joint: x_part + time_part of ScoreNetwork, [width].
  void output(const float* theta, std::int64_t n, const float* joint, float* output);

  /// The same with the divergence [n] = sum over i of d output_i / d theta_i, exactly: the tangents of all d
  /// directions are pushed through the network. This and the next need Wanted::divergence.
  void output_and_divergence(const float* theta, std::int64_t n, const float* joint, float* output,
                             float* divergence);
  /// The Skilling-Hutchinson estimate of the divergence: the mean of v . J v over the probes v [count, n, d].
  void output_and_estimate(const float* theta, std::int64_t n, const float* joint, const float* probes,
                           std::int64_t count, float* output, float* divergence);

 private:
  /// A vector v for each row, as the network sees it from its two ends: v times the first layer's weights,
  /// and v times the last layer's transposed, [rows, width] or one row for all.
  struct Direction {
    RowsView start;
    RowsView end;
  };
  void forward(const float* theta, std::int64_t rows, const float* joint, float* output);
  /// Adds v . J v, spread over the units of the last hidden layer, to sums_.
  void add_direction(const Direction& direction, std::int64_t rows);

  NetworkLayout layout_;
  LayerChain theta_;
  LayerChain trunk_;
  std::int64_t dim_;
  std::int64_t width_;
  Buffer derivative_;  // [block, width], of the SiLU before the trunk
  Buffer tangents_;    // [block, width]
  Buffer sums_;        // [block, width]
  Buffer starts_;      // [block, width], of probes
  Buffer ends_;        // [block, width], of probes
  Buffer last_layer_;  // [d, width], the last layer's weights transposed
};

}  // namespace snpse
