#include "numerics/row_kernels.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace snpse {
namespace {

double silu(double a) {
  return a / (1 + std::exp(-a));
}

double silu_slope(double a) {
  const double s = 1 / (1 + std::exp(-a));
  return s * (1 + a * (1 - s));
}

/// Values from far below to far above what a unit ever sees, an odd number of them.
std::vector<float> all_inputs() {
  std::vector<float> values;
  for (int i = -80003; i <= 80003; ++i) values.push_back(static_cast<float>(i) * 1e-3F);
  return values;
}

TEST(SiluRows, IsSiluInDoubleToAMillionth) {
  const auto inputs = all_inputs();
  const std::vector<float> bias(inputs.size(), 0.0F);
  const MatrixSize size{1, static_cast<std::int64_t>(inputs.size())};
  auto value = inputs;
  auto other = inputs;
  std::vector<float> slope(inputs.size());
  silu_rows(value.data(), slope.data(), {bias.data(), 0}, size);
  silu_rows(other.data(), {bias.data(), 0}, size);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const double a = inputs[i];
    ASSERT_NEAR(value[i], silu(a), 1e-6 * std::abs(silu(a))) << a;
    ASSERT_NEAR(slope[i], silu_slope(a), 1e-6) << a;
    ASSERT_EQ(value[i], other[i]) << a;
  }
}

TEST(SiluRows, SaturatesAndPassesNanOn) {
  std::vector<float> values{-1e6F, -200.0F, 200.0F, 1e6F, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<float> bias(values.size(), 0.0F);
  std::vector<float> slope(values.size());
  silu_rows(values.data(), slope.data(), {bias.data(), 0}, {1, 5});
  EXPECT_NEAR(values[1], 0, 1e-30);
  EXPECT_EQ(values[2], 200.0F);
  EXPECT_NEAR(values[0], 0, 1e-30);
  EXPECT_EQ(values[3], 1e6F);
  EXPECT_TRUE(std::isnan(values[4]));
  EXPECT_NEAR(slope[1], 0, 1e-30);
  EXPECT_EQ(slope[2], 1.0F);
  EXPECT_TRUE(std::isnan(slope[4]));
}

TEST(SiluRows, AddsOneRowOrEachItsOwn) {
  std::vector<float> shared(6, 0.0F), own(6, 0.0F);
  const std::vector<float> bias{1, 2, 3, -1, -2, -3};
  silu_rows(shared.data(), {bias.data(), 0}, {2, 3});
  silu_rows(own.data(), {bias.data(), 3}, {2, 3});
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(shared[i], silu(bias[i % 3]), 1e-6);
    EXPECT_NEAR(own[i], silu(bias[i]), 1e-6);
  }
}

// The others against their definition, on 3 x 5 numbers that are exact in float32.
class RowKernels : public ::testing::Test {
 protected:
  static constexpr MatrixSize kSize{3, 5};
  static std::vector<float> numbers(float first) {
    std::vector<float> values;
    for (int i = 0; i < 15; ++i) values.push_back(first + 0.5F * static_cast<float>(i));
    return values;
  }
  std::vector<float> a_ = numbers(-2);
  std::vector<float> b_ = numbers(1);
};

TEST_F(RowKernels, AddAndMultiply) {
  auto sum = a_, product = a_, with_row = a_, row_product = a_, accumulated = a_;
  add(sum.data(), b_.data(), 15);
  multiply_elements(product.data(), b_.data(), 15);
  add_rows(with_row.data(), {b_.data(), 0}, kSize);
  multiply_rows(row_product.data(), {b_.data(), 0}, a_.data(), kSize);
  add_product(accumulated.data(), b_.data(), {b_.data() + 5, 0}, kSize);
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(sum[i], a_[i] + b_[i]);
    EXPECT_EQ(product[i], a_[i] * b_[i]);
    EXPECT_EQ(with_row[i], a_[i] + b_[i % 5]);
    EXPECT_EQ(row_product[i], a_[i] * b_[i % 5]);
    EXPECT_EQ(accumulated[i], a_[i] + b_[i] * b_[5 + i % 5]);
  }
}

TEST_F(RowKernels, SumOverRowsAndColumns) {
  std::vector<float> columns(5, 1.0F), of_product(5, 1.0F), rows(3);
  auto product = a_;
  add_column_sums(columns.data(), a_.data(), kSize);
  multiply_and_add_column_sums(product.data(), b_.data(), of_product.data(), kSize);
  sum_each_row(rows.data(), a_.data(), kSize);
  for (std::size_t j = 0; j < 5; ++j) {
    EXPECT_EQ(columns[j], 1 + a_[j] + a_[j + 5] + a_[j + 10]);
    EXPECT_EQ(of_product[j], 1 + product[j] + product[j + 5] + product[j + 10]);
    EXPECT_EQ(product[j], a_[j] * b_[j]);
  }
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(rows[i], a_[5 * i] + a_[5 * i + 1] + a_[5 * i + 2] + a_[5 * i + 3] + a_[5 * i + 4]);
}

}  // namespace
}  // namespace snpse
