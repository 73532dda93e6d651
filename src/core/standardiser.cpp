#include "core/standardiser.hpp"

#include <cmath>

#include "util/error.hpp"

namespace snpse {

Standardiser Standardiser::fit(const Matrix& rows) {
  ensure(rows.rows() > 0, "Standardiser::fit() needs rows");
  Standardiser result;
  result.mean = rows.colwise().mean();
  const Matrix centred = rows.rowwise() - result.mean.transpose();
  result.deviation = (centred.array().square().colwise().mean()).sqrt();
  for (Eigen::Index i = 0; i < result.deviation.size(); ++i) {
    // Rounding leaves a constant column with a deviation of some 1e-16 of its value.
    const double noise = 1e-12 * std::abs(result.mean[i]);
    if (!(result.deviation[i] > noise)) result.deviation[i] = 1;
  }
  return result;
}

Matrix Standardiser::apply(const Matrix& rows) const {
  return (rows.rowwise() - mean.transpose()).array().rowwise() / deviation.transpose().array();
}

Matrix Standardiser::invert(const Matrix& rows) const {
  return (rows.array().rowwise() * deviation.transpose().array()).matrix().rowwise() + mean.transpose();
}

}  // namespace snpse
