#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "core/prior.hpp"

namespace snpse::testing {

/// Whether draws theta [n, d] follow a density, from what integration by parts says of its score s in the
/// whitened prior space: E[s] = 0 and E[z s^T] = -I. Returns the largest deviation of an average from it, in
/// units of its standard error. log_likelihood need be known up to a constant.
inline double stein_deviation(const Prior& prior, const Matrix& theta,
                              const std::function<double(std::span<const double>)>& log_likelihood) {
  const Matrix z = to_whitened_rows(prior, theta);
  const auto log_posterior = [&](const Vector& at) {
    std::vector<double> mapped(static_cast<std::size_t>(at.size()));
    prior.from_whitened({at.data(), mapped.size()}, mapped);
    return log_likelihood(mapped) - 0.5 * at.squaredNorm();
  };
  const Eigen::Index d = z.cols();
  Matrix terms(z.rows(), d * (d + 1));  // s and z s^T + I
  constexpr double kStep = 1e-4;
  for (Eigen::Index i = 0; i < z.rows(); ++i)
    for (Eigen::Index j = 0; j < d; ++j) {
      const Vector step = kStep * Vector::Unit(d, j);
      const Vector at = z.row(i);
      const double score = (log_posterior(at + step) - log_posterior(at - step)) / (2 * kStep);
      terms(i, j) = score;
      terms.row(i).segment(d + j * d, d) = score * z.row(i);
      terms(i, d + j * d + j) += 1;
    }
  const Eigen::RowVectorXd means = terms.colwise().mean();
  const Eigen::RowVectorXd variances = (terms.rowwise() - means).colwise().squaredNorm() / z.rows();
  return (means.array().abs() / (variances.array() / static_cast<double>(z.rows())).sqrt()).maxCoeff();
}

}  // namespace snpse::testing
