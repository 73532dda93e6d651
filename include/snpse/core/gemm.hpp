#pragma once

#include <cstdint>

namespace snpse {

/// What becomes of the values that the result of a product had before.
enum class Result { overwrite, add };

/// Products of row-major float32 matrices, C [rows, columns] from a sum over `inner`, by oneDNN or the BLAS,
/// whichever is faster.
struct ProductSize {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t columns;
};

void multiply(const float* a, const float* b, float* c, const ProductSize& size, Result result);  // C = A B
void multiply_by_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                            Result result);  // C = A B^T: b [columns, inner]
void multiply_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                         Result result);  // C = A^T B: a [inner, rows]

}  // namespace snpse
