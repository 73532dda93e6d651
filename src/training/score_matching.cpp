#include "snpse/training/score_matching.hpp"

#include "snpse/core/device.hpp"
#include "snpse/training/pass_matching.hpp"
#include "snpse/training/torch_matching.hpp"
#include "snpse/util/error.hpp"

namespace snpse {

std::unique_ptr<ScoreMatching> make_score_matching(ScoreModel& model, int draws, Device device, int rank) {
  const auto& shape = model.network().shape();
  const bool has_pass = !shape.has_summary() && !is_residual(shape.kind);
  if (device == Device::cpu && has_pass) return std::make_unique<PassMatching>(model, draws);
  if (device == Device::cpu) return std::make_unique<TorchMatching>(model, torch::kCPU);
  require_gpu();
  return std::make_unique<TorchMatching>(model, torch::Device(torch::kCUDA, rank % gpu_count()));
}

}  // namespace snpse
