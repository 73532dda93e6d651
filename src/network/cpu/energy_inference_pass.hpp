#pragma once

#include <cstdint>

#include "network/cpu/energy_chain.hpp"
#include "network/inference_pass.hpp"
#include "numerics/buffer.hpp"

namespace snpse {

/// InferencePass of NetworkKind::energy, whose output is made from the gradient of the network's one output,
/// so that a divergence takes second derivatives.
class EnergyInferencePass : public InferencePass {
 public:
  EnergyInferencePass(const NetworkShape& shape, const float* weights, Wanted wanted);

  void output(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
              float* output) override;
  void output_and_divergence(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                             float* output, float* divergence) override;
  void output_and_estimate(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                           const float* probes, std::int64_t count, float* output,
                           float* divergence) override;

 private:
  void forward(const float* input, std::int64_t rows, const float* joint, const Slopes& slopes,
               float* output);
  /// Adds v . J v to sums [rows], J the Jacobian of slopes.output output by z.
  void add_direction(const float* v, std::int64_t rows, const Slopes& slopes, float* sums);

  EnergyChain energy_;
  int views_;
  std::int64_t dim_;
  Buffer at_views_;  // [block, views * d]
  Buffer product_;   // [block, d], J v but for slopes.output
  Buffer unit_;      // [block, d], of one direction
};

/// The output of an energy network, e [n], of input [n, views * d] with one joint part [width] for all rows:
/// one pass through the network.
void energy_of_rows(const NetworkShape& shape, const float* weights, const float* input, std::int64_t n,
                    const float* joint, float* energies);

}  // namespace snpse
