#include "snpse/core/inference_pass.hpp"

#include "snpse/core/energy_inference_pass.hpp"
#include "snpse/core/mlp_inference_pass.hpp"
#include "snpse/core/score_network.hpp"
#include "snpse/core/torch_inference_pass.hpp"

namespace snpse {

std::unique_ptr<InferencePass> make_inference_pass(const ScoreNetwork& network,
                                                   InferencePass::Wanted wanted) {
  const auto& shape = network.shape();
  if (is_residual(shape.kind)) return std::make_unique<TorchInferencePass>(network);
  const float* weights = network.weights().data_ptr<float>();
  if (is_energy(shape.kind)) return std::make_unique<EnergyInferencePass>(shape, weights, wanted);
  return std::make_unique<MlpInferencePass>(shape, weights, wanted);
}

}  // namespace snpse
