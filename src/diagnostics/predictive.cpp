#include "snpse/diagnostics/predictive.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>

namespace snpse {
namespace {

double median(Vector values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Median and spread of a column: 1.48 median deviations, the standard deviation where most values are the
/// same, or 1 where all are.
struct Spread {
  double centre;
  double scale;

  explicit Spread(const Vector& values) : centre(median(values)) {
    constexpr double kOfNormal = 1.4826;
    const Vector from_centre = values.array() - centre;
    scale = kOfNormal * median(from_centre.cwiseAbs());
    if (scale <= 0) scale = std::sqrt(from_centre.array().square().mean());
    if (scale <= 0) scale = 1;
  }
};

Matrix standardise(const Matrix& rows, const Matrix& like) {
  Matrix z = rows;
  for (Eigen::Index j = 0; j < z.cols(); ++j) {
    const Spread spread(like.col(j));
    z.col(j) = (z.col(j).array() - spread.centre) / spread.scale;
  }
  return z;
}

/// The rows of `simulated` that are complete in the columns where x_obs is, and x_obs as a last row.
Matrix complete_rows(const Matrix& simulated, const Vector& x_obs) {
  std::vector<Eigen::Index> columns;
  for (Eigen::Index j = 0; j < x_obs.size(); ++j)
    if (std::isfinite(x_obs[j])) columns.push_back(j);
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < simulated.rows(); ++i)
    if (simulated.row(i)(columns).allFinite()) rows.push_back(i);
  const auto n = static_cast<Eigen::Index>(rows.size());
  Matrix all(n + 1, static_cast<Eigen::Index>(columns.size()));
  all.topRows(n) = simulated(rows, columns);
  all.row(n) = x_obs(columns).transpose();
  return all;
}

/// Squared Mahalanobis distances of rows by the mean and covariance of `like`; none where that is too few.
std::optional<Vector> mahalanobis(const Matrix& rows, const Matrix& like) {
  constexpr Eigen::Index kRowsAValue = 10;
  constexpr double kLeast = 1e-6;  // of the variance of a standardised value: some depend on others
  if (like.rows() < kRowsAValue * like.cols()) return std::nullopt;
  const Eigen::RowVectorXd mean = like.colwise().mean();
  const Eigen::MatrixXd centred = like.rowwise() - mean;
  Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(like.rows());
  covariance.diagonal().array() += kLeast * (1 + covariance.diagonal().array());
  const Eigen::MatrixXd whitened =
      covariance.llt().matrixL().solve(Eigen::MatrixXd((rows.rowwise() - mean).transpose()));
  return whitened.colwise().squaredNorm().transpose();
}

/// Of the last of distances, among all.
double p_value(const Vector& distances) {
  const auto as_far = (distances.array() >= distances[distances.size() - 1]).count();
  return static_cast<double>(as_far) / static_cast<double>(distances.size());
}

Finding finding_of(std::string check, double p, double level, std::string what) {
  return {.check = std::move(check),
          .figure = p,
          .threshold = level,
          .at_most = false,
          .what = fmt::format("{}; {:.2g} % false alarms", what, 100 * level)};
}

}  // namespace

double predictive_p_value(const Matrix& simulated, const Vector& x_obs) {
  const Matrix all = complete_rows(simulated, x_obs);
  const Eigen::Index half = (all.rows() - 1) / 2;
  if (half < 1) return 1;
  const Matrix like = all.topRows(half);
  const Matrix z = standardise(all.bottomRows(all.rows() - half), like);
  const double by_one = p_value(z.cwiseAbs().rowwise().maxCoeff());
  const auto distances = mahalanobis(z, standardise(like, like));
  return std::min(1.0, distances ? 2 * std::min(by_one, p_value(*distances)) : by_one);
}

Eigen::Index farthest_value(const Matrix& simulated, const Vector& x_obs) {
  const Matrix all = complete_rows(simulated, x_obs);
  Eigen::Index farthest = 0;
  standardise(all.bottomRows(1), all.topRows(all.rows() - 1)).row(0).cwiseAbs().maxCoeff(&farthest);
  for (Eigen::Index j = 0; j <= farthest; ++j)  // counted among the finite ones
    if (!std::isfinite(x_obs[j])) ++farthest;
  return farthest;
}

Finding posterior_predictive_finding(const Matrix& simulated, const Vector& x_obs, double level) {
  auto finding = finding_of("posterior_predictive", predictive_p_value(simulated, x_obs), level,
                            "probability of data as far out as x_obs by the posterior");
  finding.advice = fmt::format(
      "parameters of the posterior do not give data like x_obs, least in its value {}: run more "
      "rounds or simulations, and see prior_predictive",
      farthest_value(simulated, x_obs) + 1);
  return finding;
}

Finding prior_predictive_finding(const Matrix& simulated, const Vector& x_obs, double level) {
  auto finding = finding_of("prior_predictive", predictive_p_value(simulated, x_obs), level,
                            "probability of data as far out as x_obs by the prior");
  finding.missed = Verdict::warn;
  finding.advice = fmt::format(
      "no simulation of the prior is like x_obs, least in its value {}: the prior or the simulator may be "
      "wrong, or a later round has to reach it",
      farthest_value(simulated, x_obs) + 1);
  return finding;
}

}  // namespace snpse
