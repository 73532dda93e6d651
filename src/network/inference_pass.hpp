#pragma once

#include <cstdint>
#include <memory>

namespace snpse {

class ScoreNetwork;

/// A network's output where all rows share the observation and the noise level, and its divergence, on one
/// CPU core. That of a perceptron works through the rows in blocks that stay in the cache, on buffers that
/// are allocated once.
class InferencePass {
 public:
  virtual ~InferencePass() = default;
  enum class Wanted { output, divergence };

  /// What the network stands between, at one noise level. Input j is linear in z_(j mod d) with slope
  /// input[j], [views * d]. What is wanted is the divergence of output[i] output_i, [d]. gradient_scale
  /// [views * d]: see Preconditioning; energy networks only.
  struct Slopes {
    const float* input;
    const float* output;
    const float* gradient_scale;
  };

  /// input [n, views * d] -> output [n, d]. joint: x_part + time_part of ScoreNetwork, [joint_width].
  virtual void output(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                      float* output) = 0;
  /// The same with the divergence [n] = sum over i of slopes.output[i] d output_i / d z_i, exactly: the
  /// tangents of all d directions are pushed through the network. This and the next need Wanted::divergence.
  virtual void output_and_divergence(const float* input, std::int64_t n, const float* joint,
                                     const Slopes& slopes, float* output, float* divergence) = 0;
  /// The Skilling-Hutchinson estimate of the divergence: the mean of v . J v over the probes v [count, n, d].
  virtual void output_and_estimate(const float* input, std::int64_t n, const float* joint,
                                   const Slopes& slopes, const float* probes, std::int64_t count,
                                   float* output, float* divergence) = 0;
};

/// The pass of this network, which must outlive it.
std::unique_ptr<InferencePass> make_inference_pass(const ScoreNetwork& network, InferencePass::Wanted wanted);

}  // namespace snpse
