#include "network/inference_pass.hpp"

#include "network/cpu/cpu_inference_pass.hpp"
#include "network/score_network.hpp"
#include "network/torch_inference_pass.hpp"

namespace snpse {

std::unique_ptr<InferencePass> make_inference_pass(const ScoreNetwork& network,
                                                   InferencePass::Wanted wanted) {
  const auto& shape = network.shape();
  if (shape.kind != NetworkKind::mlp) return std::make_unique<TorchInferencePass>(network);
  return std::make_unique<CpuInferencePass>(shape, network.weights().data_ptr<float>(), wanted);
}

}  // namespace snpse
