#include "numerics/row_kernels.hpp"

#include <algorithm>
#include <bit>

#include "util/multiversion.hpp"

namespace snpse {
namespace {

/// exp(x) to 1e-7 of its value for |x| <= 86, about its value there up to |x| = 4e6: 2^n exp(r), |r| <=
/// ln(2) / 2, with the polynomial of the Cephes library (Moshier 1989). Without branches and calls, so that
/// loops over it become vector code; it is n that is clamped, since GCC makes branches of a clamp of x.
inline float fast_exp(float x) {
  constexpr float kLog2E = 1.44269504088896341F;
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kRounder = 12582912.0F;  // 1.5 * 2^23: adding it leaves an integer in the lowest bits
  constexpr int kLargest = 125;            // exponent of a float, with room for p
  constexpr int kMantissaBits = 23;
  const float shifted = x * kLog2E + kRounder;
  const float n = shifted - kRounder;
  const float r = (x - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  const int exponent = std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(kRounder);
  const int clamped = std::max(-kLargest, std::min(exponent, kLargest));
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(p) + (clamped << kMantissaBits));
}

inline float sigmoid(float x) {
  return 1.0F / (1.0F + fast_exp(-x));
}

}  // namespace

SNPSE_MULTIVERSION void add_rows(float* __restrict c, RowsView bias, MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    float* __restrict row = c + i * size.columns;
    const float* __restrict b = bias.first + i * bias.stride;
    for (std::int64_t j = 0; j < size.columns; ++j) row[j] += b[j];
  }
}

SNPSE_MULTIVERSION void silu_rows(float* __restrict c, RowsView bias, MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    float* __restrict row = c + i * size.columns;
    const float* __restrict b = bias.first + i * bias.stride;
    for (std::int64_t j = 0; j < size.columns; ++j) {
      const float a = row[j] + b[j];
      row[j] = a * sigmoid(a);
    }
  }
}

SNPSE_MULTIVERSION void silu_rows(float* __restrict c, float* __restrict derivative, RowsView bias,
                                  MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    float* __restrict row = c + i * size.columns;
    float* __restrict slope = derivative + i * size.columns;
    const float* __restrict b = bias.first + i * bias.stride;
    for (std::int64_t j = 0; j < size.columns; ++j) {
      const float a = row[j] + b[j];
      const float s = sigmoid(a);
      row[j] = a * s;
      slope[j] = s + a * s * (1.0F - s);
    }
  }
}

SNPSE_MULTIVERSION void add(float* __restrict sum, const float* __restrict a, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) sum[i] += a[i];
}

SNPSE_MULTIVERSION void multiply_elements(float* __restrict c, const float* __restrict factor,
                                          std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) c[i] *= factor[i];
}

SNPSE_MULTIVERSION void multiply_rows(float* __restrict c, RowsView a, const float* __restrict factor,
                                      MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    float* __restrict row = c + i * size.columns;
    const float* __restrict f = factor + i * size.columns;
    const float* __restrict from = a.first + i * a.stride;
    for (std::int64_t j = 0; j < size.columns; ++j) row[j] = from[j] * f[j];
  }
}

SNPSE_MULTIVERSION void add_product(float* __restrict sum, const float* __restrict a, RowsView b,
                                    MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    float* __restrict row = sum + i * size.columns;
    const float* __restrict left = a + i * size.columns;
    const float* __restrict right = b.first + i * b.stride;
    for (std::int64_t j = 0; j < size.columns; ++j) row[j] += left[j] * right[j];
  }
}

SNPSE_MULTIVERSION void add_column_sums(float* __restrict sums, const float* __restrict a, MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i)
    for (std::int64_t j = 0; j < size.columns; ++j) sums[j] += a[i * size.columns + j];
}

SNPSE_MULTIVERSION void multiply_and_add_column_sums(float* __restrict c, const float* __restrict factor,
                                                     float* __restrict sums, MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    float* __restrict row = c + i * size.columns;
    const float* __restrict f = factor + i * size.columns;
    for (std::int64_t j = 0; j < size.columns; ++j) {
      row[j] *= f[j];
      sums[j] += row[j];
    }
  }
}

void sum_each_row(float* sums, const float* a, MatrixSize size) {
  for (std::int64_t i = 0; i < size.rows; ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < size.columns; ++j) sum += static_cast<double>(a[i * size.columns + j]);
    sums[i] = static_cast<float>(sum);
  }
}

}  // namespace snpse
