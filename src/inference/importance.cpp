#include "inference/importance.hpp"

#include <cmath>

#include "util/error.hpp"

namespace snpse {

Matrix pick_one_of_each_group(const Matrix& rows, const Vector& log_weights, std::int64_t group,
                              const std::function<RandomStream(std::uint64_t)>& random_of,
                              const std::string& advice) {
  ensure(rows.rows() == log_weights.size() && rows.rows() % group == 0, "whole groups of weighted rows");
  Matrix picked(rows.rows() / group, rows.cols());
  for (Eigen::Index i = 0; i < picked.rows(); ++i) {
    const auto of_group = log_weights.segment(i * group, group);
    const double largest = of_group.maxCoeff();
    if (!std::isfinite(largest))
      fail(ExitCode::data, "resampling failed: none of {} posterior draws has a positive weight; {}", group,
           advice);
    const Vector weights = (of_group.array() - largest).exp();
    double left = random_of(static_cast<std::uint64_t>(i)).uniform() * weights.sum();
    Eigen::Index pick = 0;
    while (pick + 1 < group && (left -= weights[pick]) > 0) ++pick;
    picked.row(i) = rows.row(i * group + pick);
  }
  return picked;
}

Matrix resample(const Matrix& rows, const Vector& log_weights, std::int64_t n, double uniform,
                const std::string& advice) {
  ensure(rows.rows() == log_weights.size() && rows.rows() >= 1, "weighted rows");
  const double largest = log_weights.maxCoeff();
  if (!std::isfinite(largest))
    fail(ExitCode::data, "resampling failed: none of {} posterior draws has a positive weight; {}",
         rows.rows(), advice);
  // Eigen's exponential of -infinity is not quite 0.
  const Vector weights = log_weights.unaryExpr([&](double value) { return std::exp(value - largest); });
  const double step = weights.sum() / static_cast<double>(n);
  Matrix picked(n, rows.cols());
  double passed = 0;  // the weight of the rows before `row`, and its own
  Eigen::Index row = -1;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double at = (static_cast<double>(i) + uniform) * step;
    while (row < 0 || (at >= passed && row + 1 < rows.rows())) passed += weights[++row];
    picked.row(i) = rows.row(row);
  }
  return picked;
}

double effective_sample_size(const Vector& log_weights) {
  const Vector weights = (log_weights.array() - log_weights.maxCoeff()).exp();
  return weights.sum() * weights.sum() / weights.squaredNorm();
}

double log_mean_exp(const Vector& values) {
  const double largest = values.maxCoeff();
  if (!std::isfinite(largest)) return largest;
  return largest + std::log((values.array() - largest).exp().mean());
}

}  // namespace snpse
