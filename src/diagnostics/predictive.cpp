#include "diagnostics/predictive.hpp"

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

Matrix standardise(Matrix rows) {
  for (Eigen::Index j = 0; j < rows.cols(); ++j) {
    const Spread spread(rows.col(j));
    rows.col(j) = (rows.col(j).array() - spread.centre) / spread.scale;
  }
  return rows;
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

/// How many rows of `simulated` are complete in the columns where x_obs is.
Eigen::Index count_valid(const Matrix& simulated, const Vector& x_obs) {
  return complete_rows(simulated, x_obs).rows() - 1;
}

/// Squared Mahalanobis distances of rows by their own mean and covariance; none where they are too few.
std::optional<Vector> mahalanobis(const Matrix& rows) {
  constexpr Eigen::Index kRowsAValue = 10;
  constexpr double kLeast = 1e-6;  // of the variance of a standardised value: some depend on others
  if (rows.rows() <= kRowsAValue * rows.cols()) return std::nullopt;
  const Eigen::RowVectorXd mean = rows.colwise().mean();
  const Eigen::MatrixXd centred = rows.rowwise() - mean;
  Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(rows.rows());
  covariance.diagonal().array() += kLeast * (1 + covariance.diagonal().array());
  const Eigen::MatrixXd whitened = covariance.llt().matrixL().solve(Eigen::MatrixXd(centred.transpose()));
  return whitened.colwise().squaredNorm().transpose();
}

/// Of the last of distances, among all.
double p_value(const Vector& distances) {
  const auto as_far = (distances.array() >= distances[distances.size() - 1]).count();
  return static_cast<double>(as_far) / static_cast<double>(distances.size());
}

/// What the finding of any predictive check has, and the value of x_obs that is farthest out.
struct Judged {
  Finding finding;
  Eigen::Index observation = 0;
  Eigen::Index value = 0;
};

Judged judge(const Matrix& simulated, const Matrix& observations, double level, const char* law) {
  Judged judged;
  PredictivePValue least;
  for (Eigen::Index i = 0; i < observations.rows(); ++i) {
    const auto found = predictive_p_value(simulated, observations.row(i).transpose());
    if (i > 0 && found.p >= least.p) continue;
    least = found;
    judged.observation = i;
  }
  judged.value = farthest_value(simulated, observations.row(judged.observation).transpose());
  const auto times = static_cast<double>(observations.rows());
  judged.finding = {
      .figure = std::min(1.0, times * least.p),
      .threshold = level,
      .at_most = false,
      .decided = times * least.smallest < level,
      .what = fmt::format(
          "probability of data as far out as x_obs by the {}; by chance less once in {:.0f} times", law,
          1 / level)};
  if (!judged.finding.decided)
    judged.finding.what = fmt::format(
        "cannot be decided: with {} simulations, {} of them valid, no probability is below {:.2g}",
        simulated.rows(), count_valid(simulated, observations.row(judged.observation).transpose()),
        times * least.smallest);
  return judged;
}

std::string name_of(const Judged& judged, Eigen::Index observations, std::span<const std::string> names) {
  const auto value = value_text(judged.value, names);
  if (observations > 1) return fmt::format("{} of observation {}", value, judged.observation + 1);
  return names.empty() ? "its " + value : value;
}

}  // namespace

PredictivePValue predictive_p_value(const Matrix& simulated, const Vector& x_obs) {
  const Matrix rows = standardise(complete_rows(simulated, x_obs));
  if (rows.rows() < 2 || rows.cols() == 0) return {};
  const double by_one = p_value(rows.cwiseAbs().rowwise().maxCoeff());
  const auto distances = mahalanobis(rows);
  const double ways = distances ? 2 : 1;
  const double p = distances ? std::min(by_one, p_value(*distances)) : by_one;
  return {std::min(1.0, ways * p), ways / static_cast<double>(rows.rows())};
}

Eigen::Index farthest_value(const Matrix& simulated, const Vector& x_obs) {
  const Matrix rows = standardise(complete_rows(simulated, x_obs));
  Eigen::Index farthest = 0;
  if (rows.cols() == 0) return farthest;
  rows.bottomRows(1).row(0).cwiseAbs().maxCoeff(&farthest);
  for (Eigen::Index j = 0; j <= farthest; ++j)  // counted among the finite ones
    if (!std::isfinite(x_obs[j])) ++farthest;
  return farthest;
}

std::int64_t fewest_simulations(Eigen::Index observations, double level) {
  return static_cast<std::int64_t>(std::floor(2 * static_cast<double>(observations) / level));
}

Finding posterior_predictive_finding(const Matrix& simulated, const Matrix& observations, double level,
                                     std::span<const std::string> names) {
  auto judged = judge(simulated, observations, level, "posterior");
  auto& finding = judged.finding;
  finding.check = "posterior_predictive";
  const auto valid = count_valid(simulated, observations.row(judged.observation).transpose());
  // As many more as are invalid, and a fifth, since that fraction varies.
  const double fraction =
      static_cast<double>(std::max<Eigen::Index>(valid, 1)) / static_cast<double>(simulated.rows());
  finding.advice =
      finding.decided
          ? fmt::format(
                "parameters of the posterior do not give data like x_obs, least in {}: see "
                "prior_predictive, and start a new campaign with more rounds or simulations",
                name_of(judged, observations.rows(), names))
          : fmt::format("raise --simulations to {:.0f}",
                        std::ceil(1.2 * static_cast<double>(fewest_simulations(observations.rows(), level)) /
                                  fraction));
  return finding;
}

Finding prior_predictive_finding(const Matrix& simulated, const Matrix& observations, double level,
                                 std::span<const std::string> names) {
  auto judged = judge(simulated, observations, level, "prior");
  auto& finding = judged.finding;
  finding.check = "prior_predictive";
  finding.missed = Verdict::warn;
  finding.advice =
      finding.decided
          ? fmt::format(
                "no simulation of the prior is like x_obs, least in {}: the prior or the simulator may be "
                "wrong, or a later round has to reach it",
                name_of(judged, observations.rows(), names))
          : fmt::format("a campaign whose first round has at least {} valid simulations can tell",
                        fewest_simulations(observations.rows(), level));
  return finding;
}

}  // namespace snpse
