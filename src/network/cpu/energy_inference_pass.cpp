#include "network/cpu/energy_inference_pass.hpp"

#include <algorithm>

#include "network/cpu/inference_blocks.hpp"
#include "numerics/row_kernels.hpp"

namespace snpse {

EnergyInferencePass::EnergyInferencePass(const NetworkShape& shape, const float* weights, Wanted wanted)
    : energy_(NetworkLayout(shape), weights, kInferenceBlock,
              wanted == Wanted::divergence ? EnergyChain::Order::hessian : EnergyChain::Order::gradient),
      views_(shape.views),
      dim_(shape.theta_dim),
      at_views_(static_cast<std::size_t>(kInferenceBlock * shape.inputs())),
      product_(static_cast<std::size_t>(kInferenceBlock * dim_)),
      unit_(static_cast<std::size_t>(kInferenceBlock * dim_)) {}

void EnergyInferencePass::forward(const float* input, std::int64_t rows, const float* joint,
                                  const Slopes& slopes, float* output) {
  energy_.value(input, {joint, 0}, rows);
  sum_views(output, energy_.gradient(rows), {slopes.gradient_scale, 0}, {rows, dim_}, views_);
}

void EnergyInferencePass::output(const float* input, std::int64_t n, const float* joint, const Slopes& slopes,
                                 float* output) {
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    forward(input + first * views_ * dim_, rows, joint, slopes, output + first * dim_);
  });
}

void EnergyInferencePass::add_direction(const float* v, std::int64_t rows, const Slopes& slopes,
                                        float* sums) {
  spread_to_views(at_views_.data(), v, {slopes.input, 0}, {rows, dim_}, views_);
  sum_views(product_.data(), energy_.hessian_product(at_views_.data(), rows), {slopes.gradient_scale, 0},
            {rows, dim_}, views_);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < dim_; ++j)
      sums[i] += v[i * dim_ + j] * slopes.output[j] * product_.data()[i * dim_ + j];
}

void EnergyInferencePass::output_and_divergence(const float* input, std::int64_t n, const float* joint,
                                                const Slopes& slopes, float* output, float* divergence) {
  std::fill_n(divergence, n, 0.0F);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    forward(input + first * views_ * dim_, rows, joint, slopes, output + first * dim_);
    for (std::int64_t i = 0; i < dim_; ++i) {
      for (std::int64_t k = 0; k < rows * dim_; ++k) unit_.data()[k] = k % dim_ == i ? 1.0F : 0.0F;
      add_direction(unit_.data(), rows, slopes, divergence + first);
    }
  });
}

void EnergyInferencePass::output_and_estimate(const float* input, std::int64_t n, const float* joint,
                                              const Slopes& slopes, const float* probes, std::int64_t count,
                                              float* output, float* divergence) {
  std::fill_n(divergence, n, 0.0F);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    forward(input + first * views_ * dim_, rows, joint, slopes, output + first * dim_);
    for (std::int64_t i = 0; i < count; ++i)
      add_direction(probes + (i * n + first) * dim_, rows, slopes, divergence + first);
  });
  for (std::int64_t i = 0; i < n; ++i) divergence[i] /= static_cast<float>(count);
}

void energy_of_rows(const NetworkShape& shape, const float* weights, const float* input, std::int64_t n,
                    const float* joint, float* energies) {
  EnergyChain chain(NetworkLayout(shape), weights, kInferenceBlock, EnergyChain::Order::value);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    const float* e = chain.value(input + first * shape.inputs(), {joint, 0}, rows);
    std::copy_n(e, rows, energies + first);
  });
}

}  // namespace snpse
