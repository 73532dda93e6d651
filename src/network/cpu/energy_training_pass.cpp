#include "network/cpu/energy_training_pass.hpp"

#include "numerics/row_kernels.hpp"

namespace snpse {

EnergyTrainingPass::EnergyTrainingPass(const NetworkShape& shape, const float* weights,
                                       std::int64_t max_simulations, std::int64_t max_rows)
    : layout_(shape),
      context_(layout_, weights, max_simulations),
      energy_(layout_, weights, max_rows, EnergyChain::Order::hessian),
      views_(shape.views),
      dim_(shape.theta_dim),
      width_(shape.width),
      joint_(static_cast<std::size_t>(max_rows * width_)),
      output_(static_cast<std::size_t>(max_rows * dim_)),
      direction_(static_cast<std::size_t>(max_rows * shape.inputs())) {}

const float* EnergyTrainingPass::forward(const Rows& rows) {
  const std::int64_t draw = rows.simulations * width_;
  const float* x_part = context_.x_part(rows);
  context_.time_part(rows, joint_.data(), Accumulate::no);
  for (int i = 0; i < rows.draws; ++i) add(joint_.data() + i * draw, x_part, draw);
  energy_.value(rows.theta, {joint_.data(), width_}, rows.count());
  sum_views(output_.data(), energy_.gradient(rows.count()), {rows.gradient_scale, views_ * dim_},
            {rows.count(), dim_}, views_);
  return output_.data();
}

void EnergyTrainingPass::backward(const Rows& rows, const float* output_gradient, float* gradients) {
  spread_to_views(direction_.data(), output_gradient, {rows.gradient_scale, views_ * dim_},
                  {rows.count(), dim_}, views_);
  energy_.add_weight_gradient(rows.theta, direction_.data(), rows.count(), gradients);
  float* gradient = energy_.joint_gradient();
  add_column_sums(gradients + *layout_.time.bias, gradient, {rows.count(), width_});
  context_.backward(rows, gradient, gradients);
}

}  // namespace snpse
