#pragma once

#include <cstdint>

#include "snpse/core/layer_chain.hpp"
#include "snpse/core/network_layout.hpp"
#include "snpse/core/row_kernels.hpp"
#include "snpse/util/buffer.hpp"

namespace snpse {

/// ScoreNetwork's output where all rows share the observation and the noise level, and its divergence, on one
/// CPU core. Works through the rows in blocks that stay in the cache, on buffers that are
/// allocated once.
class InferencePass {
 public:
  enum class Wanted { output, divergence };
  /// weights: the network's flat buffer, read at each call.
  InferencePass(const NetworkShape& shape, const float* weights, Wanted wanted);

  /// input [n, views * d] -> output [n, d]. joint: x_part + time_part of ScoreNetwork, [width].
  void output(const float* input, std::int64_t n, const float* joint, float* output);

  /// Slopes at the network's two ends, where it is a part of a function of z: input j is linear in z_(j mod
  /// d) with slope input[j], [views * d], and what is wanted is the divergence of output[i] output_i, [d].
  struct Slopes {
    const float* input;
    const float* output;
  };
  /// The same with the divergence [n] = sum over i of slopes.output[i] d output_i / d z_i, exactly: the
  /// tangents of all d directions are pushed through the network. This and the next need Wanted::divergence.
  void output_and_divergence(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                             float* output, float* divergence);
  /// The Skilling-Hutchinson estimate of the divergence: the mean of v . J v over the probes v [count, n, d].
  void output_and_estimate(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                           const float* probes, std::int64_t count, float* output, float* divergence);

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
