#include "network/inference_pass.hpp"

#include "network/cpu/cpu_inference_pass.hpp"
#include "network/cpu/energy_inference_pass.hpp"
#include "network/score_network.hpp"
#include "network/torch_inference_pass.hpp"

namespace snpse {

std::unique_ptr<InferencePass> make_inference_pass(const ScoreNetwork& network,
                                                   InferencePass::Wanted wanted) {
  const auto& shape = network.shape();
  if (is_residual(shape.kind)) return std::make_unique<TorchInferencePass>(network);
  const float* weights = network.weights().data_ptr<float>();
  if (is_energy(shape.kind)) return std::make_unique<EnergyInferencePass>(shape, weights, wanted);
  return std::make_unique<CpuInferencePass>(shape, weights, wanted);
}

}  // namespace snpse
