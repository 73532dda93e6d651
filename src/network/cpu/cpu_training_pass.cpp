#include "network/cpu/cpu_training_pass.hpp"

#include "numerics/row_kernels.hpp"

namespace snpse {

CpuTrainingPass::CpuTrainingPass(const NetworkShape& shape, const float* weights,
                                 std::int64_t max_simulations, std::int64_t max_rows)
    : layout_(shape),
      context_(layout_, weights, max_simulations),
      theta_(layout_.theta, weights, max_rows, true),
      trunk_(layout_.trunk, weights, max_rows, true),
      width_(shape.width),
      derivative_(static_cast<std::size_t>(max_rows * width_)),
      gradient_(static_cast<std::size_t>(max_rows * width_)) {}

const float* CpuTrainingPass::forward(const PassRows& rows) {
  const MatrixSize draw{rows.simulations, width_};
  const float* x_part = context_.x_part(rows);
  joint_ = theta_.forward(rows.theta, rows.count());
  context_.add_time_part(rows, joint_);
  for (int i = 0; i < rows.draws; ++i)
    silu_rows(joint_ + i * draw.count(), derivative_.data() + i * draw.count(), {x_part, width_}, draw);
  return trunk_.forward(joint_, rows.count());
}

void CpuTrainingPass::backward(const PassRows& rows, const float* output_gradient, float* gradients) {
  float* gradient = gradient_.data();
  trunk_.backward(joint_, output_gradient, rows.count(), gradients, gradient);
  multiply_and_add_column_sums(gradient, derivative_.data(), gradients + *layout_.time.bias,
                               {rows.count(), width_});
  theta_.backward(rows.theta, gradient, rows.count(), gradients, nullptr);
  context_.backward(rows, gradient, gradients);
}

}  // namespace snpse
