#pragma once

#include <vector>

#include "numerics/matrix.hpp"
#include "score/gaussian_regression.hpp"

namespace snpse {

/// Calls use(regression, rows) for each half of the rows, every second one, with the regression of theta
/// [n, d] on x [n, p] that is fitted to the other half: what it says of a row does not know the row's theta.
template <typename Use>
void cross_fit(const Matrix& theta, const Matrix& x, const Use& use) {
  const auto half = [&](Eigen::Index first) {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index i = first; i < theta.rows(); i += 2) rows.push_back(i);
    return rows;
  };
  for (const Eigen::Index first : {0, 1}) {
    const auto others = half(1 - first);
    use(GaussianRegression::fit(theta(others, Eigen::all), Matrix(x(others, Eigen::all))), half(first));
  }
}

}  // namespace snpse
