#pragma once

#include <cstdint>

namespace snpse {

/// Rows to be read beside those of a matrix; stride 0 where one row serves all.
struct RowsView {
  const float* first;
  std::int64_t stride;
};

struct MatrixSize {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t count() const { return rows * columns; }
};

// Loops over contiguous row-major float32 matrices, vectorised for the processor at hand. No two arguments of
// a call may overlap.

void add_rows(float* c, RowsView bias, MatrixSize size);  // c += bias
/// c = silu(c + bias) with silu(a) = a / (1 + exp(-a)), to 1e-6 of its value or better.
void silu_rows(float* c, RowsView bias, MatrixSize size);
/// The same, with silu's derivative at c + bias.
void silu_rows(float* c, float* derivative, RowsView bias, MatrixSize size);

void add(float* sum, const float* a, std::int64_t count);                        // sum += a
void multiply_elements(float* c, const float* factor, std::int64_t count);       // c *= factor
void multiply_rows(float* c, RowsView a, const float* factor, MatrixSize size);  // c = a factor
void add_product(float* sum, const float* a, RowsView b, MatrixSize size);       // sum += a b
void add_column_sums(float* sums, const float* a, MatrixSize size);              // sums: [columns]
void multiply_and_add_column_sums(float* c, const float* factor, float* sums, MatrixSize size);
void sum_each_row(float* sums, const float* a, MatrixSize size);  // sums: [rows]

}  // namespace snpse
