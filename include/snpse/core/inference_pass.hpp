#pragma once

#include <cstdint>
#include <memory>

namespace snpse {

class ScoreNetwork;

/// A network's answer where all rows share the observation and the noise level, and its divergence, on one
/// CPU core. That of a perceptron works through the rows in blocks that stay in the cache, on buffers that
/// are allocated once.
class InferencePass {
 public:
  virtual ~InferencePass() = default;
  enum class Wanted { answer, divergence };

  /// What the network stands between, at one noise level. Input j is linear in z_(j mod d) with slope
  /// input[j], [views * d]. What is wanted is the divergence of answer[i] answer_i, [d]. gains [views * d]:
  /// see Preconditioning; energy networks only.
  struct Slopes {
    const float* input;
    const float* answer;
    const float* gains;
  };

  /// input [n, views * d] -> answer [n, d]. joint: x_part + time_part of ScoreNetwork, [joint_width].
  virtual void answer(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                      float* answer) = 0;
  /// The same with the divergence [n] = sum over i of slopes.answer[i] d answer_i / d z_i, exactly: the
  /// tangents of all d directions are pushed through the network. This and the next need Wanted::divergence.
  virtual void answer_and_divergence(const float* input, std::int64_t n, const float* joint,
                                     const Slopes& slopes, float* answer, float* divergence) = 0;
  /// The Skilling-Hutchinson estimate of the divergence: the mean of v . J v over the probes v [count, n, d].
  virtual void answer_and_estimate(const float* input, std::int64_t n, const float* joint,
                                   const Slopes& slopes, const float* probes, std::int64_t count,
                                   float* answer, float* divergence) = 0;
};

/// The pass of this network, which must outlive it.
std::unique_ptr<InferencePass> make_inference_pass(const ScoreNetwork& network, InferencePass::Wanted wanted);

}  // namespace snpse
