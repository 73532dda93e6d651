#include "network/cpu/context_pass.hpp"

#include "numerics/row_kernels.hpp"

namespace snpse {

ContextPass::ContextPass(const NetworkLayout& layout, const float* weights, std::int64_t max_simulations)
    : x_shortcut_(layout.x_shortcut),
      time_(layout.time),
      weights_(weights),
      x_(layout.x, weights, max_simulations, true) {}

const float* ContextPass::x_part(const PassRows& rows) {
  float* part = x_.forward(rows.x, rows.simulations);
  if (x_shortcut_)
    multiply(rows.x, weights_ + x_shortcut_->weight, part,
             {rows.simulations, x_shortcut_->inputs, x_shortcut_->outputs}, Accumulate::yes);
  add_rows(part, {weights_ + *time_.bias, 0}, {rows.simulations, time_.outputs});
  return part;
}

void ContextPass::add_time_part(const PassRows& rows, float* joint) const {
  multiply(rows.time_features, weights_ + time_.weight, joint, {rows.count(), kTimeFeatures, time_.outputs},
           Accumulate::yes);
}

void ContextPass::backward(const PassRows& rows, float* gradient, float* gradients) {
  multiply_transposed(rows.time_features, gradient, gradients + time_.weight,
                      {kTimeFeatures, rows.count(), time_.outputs}, Accumulate::yes);
  // What a simulation's embedding gets from all its draws, gathered in the first one's place.
  const std::int64_t draw = rows.simulations * time_.outputs;
  for (int i = 1; i < rows.draws; ++i) add(gradient, gradient + i * draw, draw);
  if (x_shortcut_)
    multiply_transposed(rows.x, gradient, gradients + x_shortcut_->weight,
                        {x_shortcut_->inputs, rows.simulations, x_shortcut_->outputs}, Accumulate::yes);
  x_.backward(rows.x, gradient, rows.simulations, gradients, nullptr);
}

}  // namespace snpse
