#include "snpse/core/training_pass.hpp"

#include "snpse/core/gemm.hpp"
#include "snpse/core/row_kernels.hpp"

namespace snpse {

TrainingPass::TrainingPass(const NetworkShape& shape, const float* weights, std::int64_t max_simulations,
                           std::int64_t max_rows)
    : layout_(shape),
      weights_(weights),
      x_(layout_.x, weights, max_simulations, true),
      theta_(layout_.theta, weights, max_rows, true),
      trunk_(layout_.trunk, weights, max_rows, true),
      width_(shape.width),
      derivative_(static_cast<std::size_t>(max_rows * width_)),
      gradient_(static_cast<std::size_t>(max_rows * width_)) {}

const float* TrainingPass::forward(const Rows& rows) {
  const MatrixSize draw{rows.simulations, width_};
  float* x_part = x_.forward(rows.x, rows.simulations);
  add_rows(x_part, {weights_ + *layout_.time.bias, 0}, draw);
  joint_ = theta_.forward(rows.theta, rows.count());
  multiply(rows.time_features, weights_ + layout_.time.weight, joint_, {rows.count(), kTimeFeatures, width_},
           Result::add);
  for (int i = 0; i < rows.draws; ++i)
    silu_rows(joint_ + i * draw.count(), derivative_.data() + i * draw.count(), {x_part, width_}, draw);
  return trunk_.forward(joint_, rows.count());
}

void TrainingPass::backward(const Rows& rows, const float* output_gradient, float* gradients) {
  float* gradient = gradient_.data();
  trunk_.backward(joint_, output_gradient, rows.count(), gradients, gradient);
  multiply_and_add_column_sums(gradient, derivative_.data(), gradients + *layout_.time.bias,
                               {rows.count(), width_});
  multiply_transposed(rows.time_features, gradient, gradients + layout_.time.weight,
                      {kTimeFeatures, rows.count(), width_}, Result::add);
  theta_.backward(rows.theta, gradient, rows.count(), gradients, nullptr);
  // What a simulation's embedding gets from all its draws, gathered in the first one's place.
  const std::int64_t draw = rows.simulations * width_;
  for (int i = 1; i < rows.draws; ++i) add(gradient, gradient + i * draw, draw);
  x_.backward(rows.x, gradient, rows.simulations, gradients, nullptr);
}

}  // namespace snpse
