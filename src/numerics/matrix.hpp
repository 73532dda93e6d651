#pragma once

#include <span>

#include <Eigen/Core>

namespace snpse {

/// One row a draw or a simulation; row-major, so that a row is contiguous.
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

inline std::span<const double> row_of(const Matrix& m, Eigen::Index i) {
  return {m.data() + i * m.cols(), static_cast<std::size_t>(m.cols())};
}
inline std::span<double> row_of(Matrix& m, Eigen::Index i) {
  return {m.data() + i * m.cols(), static_cast<std::size_t>(m.cols())};
}

/// Puts the rows of `more` below those of `rows`, which takes its width from `more` where it is empty.
inline void append_rows(Matrix& rows, const Matrix& more) {
  rows.conservativeResize(rows.rows() + more.rows(), more.cols());
  rows.bottomRows(more.rows()) = more;
}

}  // namespace snpse
