#include "training/score_matching.hpp"

#include "numerics/device.hpp"
#include "training/cpu_score_matching.hpp"
#include "training/torch_score_matching.hpp"
#include "util/error.hpp"

namespace snpse {

std::unique_ptr<ScoreMatching> make_score_matching(ScoreModel& model, int draws, Device device, int rank) {
  const auto& shape = model.network().shape();
  const bool has_pass = !shape.has_summary() && shape.kind == NetworkKind::mlp;
  if (device == Device::cpu && has_pass) return std::make_unique<CpuScoreMatching>(model, draws);
  if (device == Device::cpu) return std::make_unique<TorchScoreMatching>(model, torch::kCPU);
  require_gpu();
  return std::make_unique<TorchScoreMatching>(
      model, torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(rank % gpu_count())));
}

}  // namespace snpse
