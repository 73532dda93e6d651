#pragma once

#include <vector>

#include "numerics/matrix.hpp"
#include "util/random.hpp"

namespace snpse::testing {

inline std::vector<double> column(const Matrix& m, Eigen::Index j) {
  std::vector<double> values;
  for (Eigen::Index i = 0; i < m.rows(); ++i) values.push_back(m(i, j));
  return values;
}

/// Draws of N(0, 1), [rows, columns]; others for every index.
inline Matrix normal_rows(Eigen::Index rows, Eigen::Index columns, std::uint64_t index) {
  RandomStream random(1, Purpose::prior, 0, index);
  Matrix m(rows, columns);
  for (double& value : m.reshaped()) value = random.normal();
  return m;
}

/// n simulations of one theta by streams 0 to n - 1, [n, p]; task has simulate() and x_dim().
template <typename Task>
Matrix simulate_often(const Task& task, const std::vector<double>& theta, Eigen::Index n) {
  Matrix x(n, task.x_dim());
  for (Eigen::Index i = 0; i < n; ++i) {
    RandomStream random(1, Purpose::simulator, 0, static_cast<std::uint64_t>(i));
    const std::vector<double> row = task.simulate(theta, random);
    x.row(i) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), task.x_dim());
  }
  return x;
}

/// [p, p]
inline Matrix covariance_of(const Matrix& x) {
  const Matrix centred = x.rowwise() - x.colwise().mean();
  return centred.transpose() * centred / static_cast<double>(x.rows());
}

}  // namespace snpse::testing
