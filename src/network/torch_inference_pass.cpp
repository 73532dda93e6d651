#include "network/torch_inference_pass.hpp"

#include <algorithm>

#include "network/cpu/inference_blocks.hpp"

namespace snpse {

torch::Tensor TorchInferencePass::view(const float* values, std::int64_t rows, std::int64_t columns) const {
  return torch::from_blob(const_cast<float*>(values), {rows, columns}, torch::kFloat32);
}

TorchInferencePass::Evaluated TorchInferencePass::evaluate(const float* input, std::int64_t rows,
                                                           const float* joint, const Slopes& slopes,
                                                           bool differentiable) const {
  const auto& shape = network_.shape();
  const auto of_all = view(joint, 1, shape.joint_width());
  const auto at = view(input, rows, shape.inputs());
  const auto result = [&] { return network_.output(at, of_all, torch::zeros_like(of_all)); };
  const bool energy = is_energy(shape.kind);
  const torch::AutoGradMode gradients(differentiable || energy);
  at.requires_grad_(differentiable || energy);
  if (!energy) return {at, result()};
  const auto by_input = torch::autograd::grad({result().sum()}, {at}, {}, differentiable, differentiable)[0];
  const auto scaled = by_input * view(slopes.gradient_scale, 1, shape.inputs());
  return {at, scaled.view({rows, shape.views, shape.theta_dim}).sum(1)};
}

torch::Tensor TorchInferencePass::pulled_back(const Evaluated& rows, const torch::Tensor& weight,
                                              const Slopes& slopes) const {
  const auto& shape = network_.shape();
  const torch::AutoGradMode gradients(true);
  const auto by_input = torch::autograd::grad({(rows.output * weight).sum()}, {rows.input}, {}, true)[0];
  const auto by_z = by_input * view(slopes.input, 1, shape.inputs());
  return by_z.view({-1, shape.views, shape.theta_dim}).sum(1);
}

void TorchInferencePass::output(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                                float* output) {
  const auto& shape = network_.shape();
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    const auto block = evaluate(input + first * shape.inputs(), rows, joint, slopes, false);
    view(output + first * shape.theta_dim, rows, shape.theta_dim).copy_(block.output.detach());
  });
}

void TorchInferencePass::output_and_divergence(const float* input, std::int64_t n, const float* joint,
                                               const Slopes& slopes, float* output, float* divergence) {
  const auto& shape = network_.shape();
  const auto units = torch::diag(view(slopes.output, 1, shape.theta_dim)[0]);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    const auto block = evaluate(input + first * shape.inputs(), rows, joint, slopes, true);
    view(output + first * shape.theta_dim, rows, shape.theta_dim).copy_(block.output.detach());
    const auto sum = view(divergence + first, rows, 1).zero_();
    for (std::int64_t i = 0; i < shape.theta_dim; ++i)
      sum.add_(pulled_back(block, units.narrow(0, i, 1), slopes).narrow(1, i, 1));
  });
}

void TorchInferencePass::output_and_estimate(const float* input, std::int64_t n, const float* joint,
                                             const Slopes& slopes, const float* probes, std::int64_t count,
                                             float* output, float* divergence) {
  const auto& shape = network_.shape();
  const auto scale = view(slopes.output, 1, shape.theta_dim);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    const auto block = evaluate(input + first * shape.inputs(), rows, joint, slopes, true);
    view(output + first * shape.theta_dim, rows, shape.theta_dim).copy_(block.output.detach());
    const auto sum = view(divergence + first, rows, 1).zero_();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto probe = view(probes + (i * n + first) * shape.theta_dim, rows, shape.theta_dim);
      const auto by_z = pulled_back(block, scale * probe, slopes);
      sum.add_((by_z * probe).sum(1, true) / static_cast<double>(count));
    }
  });
}

}  // namespace snpse
