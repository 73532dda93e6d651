#include "report/summary.hpp"

#include <algorithm>
#include <cmath>

#include "report/kernel_density.hpp"
#include "report/quantiles.hpp"

namespace snpse {
namespace {

double deviation_of(const Vector& values) {
  const auto n = static_cast<double>(values.size());
  return n > 1 ? std::sqrt((values.array() - values.mean()).square().sum() / (n - 1)) : 0;
}

std::optional<double> shrinkage_of(double deviation, const Matrix& prior, Eigen::Index parameter) {
  const double of_prior = prior.rows() > 1 ? deviation_of(prior.col(parameter)) : 0;
  if (!(of_prior > 0)) return std::nullopt;
  return 1 - std::pow(deviation / of_prior, 2);
}

}  // namespace

const char* to_string(ModeBy by) {
  return by == ModeBy::density ? "density" : "kernel";
}

std::vector<Correlation> strongest_correlations(const Matrix& theta) {
  const auto n = static_cast<double>(theta.rows());
  const Eigen::RowVectorXd mean = theta.colwise().mean();
  Matrix centred = theta.rowwise() - mean;
  const Eigen::RowVectorXd length = centred.colwise().norm();
  for (Eigen::Index j = 0; j < theta.cols(); ++j)
    if (length(j) > 0) centred.col(j) /= length(j);
  const Matrix all = centred.transpose() * centred;
  constexpr double kNegligible = 0.01;
  const double least = std::max(3 / std::sqrt(n), kNegligible);
  std::vector<Correlation> result;
  for (Eigen::Index i = 0; i < theta.cols(); ++i)
    for (Eigen::Index j = i + 1; j < theta.cols(); ++j)
      if (length(i) > 0 && length(j) > 0 && std::abs(all(i, j)) > least)
        result.push_back({static_cast<std::size_t>(i), static_cast<std::size_t>(j), all(i, j)});
  std::ranges::stable_sort(result, std::greater<>(), [](const Correlation& c) { return std::abs(c.value); });
  return result;
}

Summary summary_of(const DrawSet& draws) {
  Summary summary{.source = draws.source,
                  .draws = draws.theta.rows(),
                  .mode_by = draws.log_density.size() > 0 ? ModeBy::density : ModeBy::kernel,
                  .leakage = draws.leakage,
                  .parameters = {},
                  .correlations = strongest_correlations(draws.theta)};
  if (summary.correlations.size() > kMostCorrelations) summary.correlations.resize(kMostCorrelations);
  Eigen::Index densest = 0;
  if (summary.mode_by == ModeBy::density) draws.log_density.maxCoeff(&densest);
  for (Eigen::Index j = 0; j < draws.theta.cols(); ++j) {
    const Vector values = draws.theta.col(j);
    const auto quantiles = quantiles_of(values, {0.05, 0.5, 0.95});
    const double deviation = deviation_of(values);
    summary.parameters.push_back(
        {.name = draws.names[static_cast<std::size_t>(j)],
         .mean = values.mean(),
         .sd = deviation,
         .median = quantiles[1],
         .q05 = quantiles[0],
         .q95 = quantiles[2],
         .mode = summary.mode_by == ModeBy::density ? values(densest) : kernel_density(values).mode(),
         .shrinkage = shrinkage_of(deviation, draws.prior, j)});
  }
  return summary;
}

}  // namespace snpse
