#include "network/cpu/cpu_inference_pass.hpp"

#include <algorithm>

#include "network/cpu/inference_blocks.hpp"
#include "numerics/gemm.hpp"

namespace snpse {
CpuInferencePass::CpuInferencePass(const NetworkShape& shape, const float* weights, Wanted wanted)
    : layout_(shape),
      theta_(layout_.theta, weights, kInferenceBlock, wanted == Wanted::divergence),
      trunk_(layout_.trunk, weights, kInferenceBlock, wanted == Wanted::divergence),
      inputs_(shape.inputs()),
      dim_(shape.theta_dim),
      width_(shape.width) {
  if (wanted == Wanted::output) return;
  for (Buffer* buffer : {&derivative_, &tangents_, &sums_, &starts_, &ends_})
    *buffer = Buffer(static_cast<std::size_t>(kInferenceBlock * width_));
  for (Buffer* buffer : {&first_layer_, &last_layer_})
    *buffer = Buffer(static_cast<std::size_t>(dim_ * width_));
}

void CpuInferencePass::forward(const float* input, std::int64_t rows, const float* joint, float* output) {
  const MatrixSize size{rows, width_};
  float* hidden = theta_.forward(input, rows);
  if (derivative_.data() != nullptr)
    silu_rows(hidden, derivative_.data(), {joint, 0}, size);
  else
    silu_rows(hidden, {joint, 0}, size);
  const float* result = trunk_.forward(hidden, rows);
  std::copy(result, result + rows * dim_, output);
}

void CpuInferencePass::output(const float* input, std::int64_t n, const float* joint,
                              const Slopes& /*slopes*/, float* output) {
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    forward(input + first * inputs_, rows, joint, output + first * dim_);
  });
}

void CpuInferencePass::add_direction(const Direction& direction, std::int64_t rows) {
  const MatrixSize size{rows, width_};
  multiply_rows(tangents_.data(), direction.start, theta_.derivative(0), size);
  float* hidden = theta_.push_forward(tangents_.data(), 1, theta_.size(), rows);
  multiply_elements(hidden, derivative_.data(), size.count());
  const float* last = trunk_.push_forward(hidden, 0, trunk_.size() - 1, rows);
  add_product(sums_.data(), last, direction.end, size);
}

void CpuInferencePass::fold(const Slopes& slopes) {
  const float* first = theta_.weight(0);                 // [views * d, width]
  const float* last = trunk_.weight(trunk_.size() - 1);  // [width, d]
  std::fill_n(first_layer_.data(), dim_ * width_, 0.0F);
  for (std::int64_t i = 0; i < inputs_; ++i)
    for (std::int64_t j = 0; j < width_; ++j)
      first_layer_.data()[(i % dim_) * width_ + j] += slopes.input[i] * first[i * width_ + j];
  for (std::int64_t i = 0; i < dim_; ++i)
    for (std::int64_t j = 0; j < width_; ++j)
      last_layer_.data()[i * width_ + j] = slopes.output[i] * last[j * dim_ + i];
}

void CpuInferencePass::output_and_divergence(const float* input, std::int64_t n, const float* joint,
                                             const Slopes& slopes, float* output, float* divergence) {
  fold(slopes);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    const MatrixSize size{rows, width_};
    forward(input + first * inputs_, rows, joint, output + first * dim_);
    std::fill_n(sums_.data(), size.count(), 0.0F);
    for (std::int64_t i = 0; i < dim_; ++i)
      add_direction({{first_layer_.data() + i * width_, 0}, {last_layer_.data() + i * width_, 0}}, rows);
    sum_each_row(divergence + first, sums_.data(), size);
  });
}

void CpuInferencePass::output_and_estimate(const float* input, std::int64_t n, const float* joint,
                                           const Slopes& slopes, const float* probes, std::int64_t count,
                                           float* output, float* divergence) {
  fold(slopes);
  for_each_block(n, [&](std::int64_t first, std::int64_t rows) {
    const MatrixSize size{rows, width_};
    const ProductSize product{rows, dim_, width_};
    forward(input + first * inputs_, rows, joint, output + first * dim_);
    std::fill_n(sums_.data(), size.count(), 0.0F);
    for (std::int64_t i = 0; i < count; ++i) {
      const float* probe = probes + (i * n + first) * dim_;
      multiply(probe, first_layer_.data(), starts_.data(), product, Accumulate::no);
      multiply(probe, last_layer_.data(), ends_.data(), product, Accumulate::no);
      add_direction({{starts_.data(), width_}, {ends_.data(), width_}}, rows);
    }
    sum_each_row(divergence + first, sums_.data(), size);
  });
  for (std::int64_t i = 0; i < n; ++i) divergence[i] /= static_cast<float>(count);
}

}  // namespace snpse
