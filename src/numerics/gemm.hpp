#pragma once

#include <cstdint>
#include <optional>

#include "util/multiversion.hpp"

namespace snpse {

/// What becomes of the values that the result of a product had before.
enum class Accumulate { no, yes };

/// Whether the BLAS computes products A^T B with two long sides, where there is oneDNN as well. The levels
/// are those of the two libraries' kernels; nothing where the BLAS's is not known.
bool blas_takes_long_transposed(std::optional<VectorLevel> blas, VectorLevel onednn);

/// Products of row-major float32 matrices, C [rows, columns] from a sum over `inner`, by oneDNN or the BLAS.
/// The choice depends on the size and on the kernels of both, so that equal processors compute equal bits.
struct ProductSize {
  std::int64_t rows;
  std::int64_t inner;
  std::int64_t columns;
};

void multiply(const float* a, const float* b, float* c, const ProductSize& size,
              Accumulate accumulate);  // C = A B
void multiply_by_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                            Accumulate accumulate);  // C = A B^T: b [columns, inner]
void multiply_transposed(const float* a, const float* b, float* c, const ProductSize& size,
                         Accumulate accumulate);  // C = A^T B: a [inner, rows]

}  // namespace snpse
