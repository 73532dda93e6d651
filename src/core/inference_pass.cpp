#include "snpse/core/inference_pass.hpp"

#include "snpse/core/energy_inference_pass.hpp"
#include "snpse/core/mlp_inference_pass.hpp"

namespace snpse {

std::unique_ptr<InferencePass> make_inference_pass(const NetworkShape& shape, const float* weights,
                                                   InferencePass::Wanted wanted) {
  if (shape.kind == NetworkKind::energy) return std::make_unique<EnergyInferencePass>(shape, weights, wanted);
  return std::make_unique<MlpInferencePass>(shape, weights, wanted);
}

}  // namespace snpse
