#include "diagnostics/calibration.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/standardiser.hpp"
#include "diagnostics/cross_fit.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

// What random numbers of a pair are for; part of a stream's index.
enum class Part : std::uint32_t { rank = 0, coverage = 1, tarp = 2, reference = 3 };

RandomStream stream_of(std::uint64_t seed, Part part, Eigen::Index pair) {
  return {seed, Purpose::calibration, static_cast<std::uint32_t>(part), static_cast<std::uint64_t>(pair)};
}

double position(const Eigen::Ref<const Vector>& of_draws, double of_theta, RandomStream& random) {
  const auto below = (of_draws.array() < of_theta).count();
  return (static_cast<double>(below) + random.uniform()) / (static_cast<double>(of_draws.size()) + 1);
}

/// A point for each pair, from its x and the other half of the pairs, [n, d]; all in standardised units.
Matrix reference_points(const Matrix& theta, const Matrix& x, std::uint64_t seed) {
  Matrix points(theta.rows(), theta.cols());
  cross_fit(theta, x, [&](const GaussianRegression& regression, const std::vector<Eigen::Index>& rows) {
    points(rows, Eigen::all) = regression.mean(Matrix(x(rows, Eigen::all)));
    for (const auto i : rows) {
      auto random = stream_of(seed, Part::reference, i);
      for (Eigen::Index j = 0; j < theta.cols(); ++j)
        points(i, j) += regression.deviation[j] * random.normal();
    }
  });
  return points;
}

/// What the positions of one parameter say of the draws, for a person.
std::string describe_ranks(const Vector& positions) {
  const double mean = positions.mean();
  const double variance = (positions.array() - mean).square().mean();
  // By the deviations of both from those of a uniform, in units of their standard errors.
  const double shift = (mean - 0.5) / std::sqrt(1.0 / 12);
  const double spread = (variance - 1.0 / 12) / std::sqrt(1.0 / 180);
  if (std::abs(shift) > std::abs(spread))
    return shift > 0 ? "its draws are too low" : "its draws are too high";
  return spread > 0 ? "its draws are too narrow" : "its draws are too wide";
}

Finding uniform_finding(std::string check, const Vector& positions, double level, std::string what) {
  return {.check = std::move(check),
          .figure = uniform_distance(positions),
          .threshold = uniform_bound(positions.size(), level),
          .what = std::move(what),
          .curves = {{{}, uniform_curve(positions)}}};
}

}  // namespace

Matrix rank_positions(const CalibrationPairs& pairs, std::uint64_t seed) {
  Matrix positions(pairs.theta.rows(), pairs.theta.cols());
  for (Eigen::Index i = 0; i < positions.rows(); ++i) {
    auto random = stream_of(seed, Part::rank, i);
    for (Eigen::Index j = 0; j < positions.cols(); ++j)
      positions(i, j) = position(pairs.draws[static_cast<std::size_t>(i)].col(j), pairs.theta(i, j), random);
  }
  return positions;
}

Vector coverage_positions(const CalibrationPairs& pairs, std::uint64_t seed) {
  Vector positions(pairs.theta.rows());
  for (Eigen::Index i = 0; i < positions.size(); ++i) {
    auto random = stream_of(seed, Part::coverage, i);
    positions[i] = position(-pairs.log_prob_of_draws.row(i).transpose(), -pairs.log_prob[i], random);
  }
  return positions;
}

Vector tarp_positions(const CalibrationPairs& pairs, std::uint64_t seed) {
  const auto scale = Standardiser::fit(pairs.theta);
  const Matrix theta = scale.apply(pairs.theta);
  const Matrix points = reference_points(theta, Standardiser::fit(pairs.x).apply(pairs.x), seed);
  Vector positions(theta.rows());
  for (Eigen::Index i = 0; i < positions.size(); ++i) {
    auto random = stream_of(seed, Part::tarp, i);
    const Matrix draws = scale.apply(pairs.draws[static_cast<std::size_t>(i)]);
    positions[i] = position((draws.rowwise() - points.row(i)).rowwise().norm(),
                            (theta.row(i) - points.row(i)).norm(), random);
  }
  return positions;
}

double uniform_distance(Vector positions) {
  std::sort(positions.begin(), positions.end());
  const auto n = static_cast<double>(positions.size());
  const Vector after = Vector::LinSpaced(positions.size(), 1 / n, 1);
  return std::max((after - positions).maxCoeff(), (positions - after).maxCoeff() + 1 / n);
}

std::vector<double> uniform_curve(const Vector& positions) {
  constexpr int kSteps = 50;
  std::vector<double> values;
  for (int step = 0; step <= kSteps; ++step)
    values.push_back(static_cast<double>((positions.array() <= static_cast<double>(step) / kSteps).count()) /
                     static_cast<double>(positions.size()));
  return values;
}

double uniform_bound(Eigen::Index n, double level) {
  return std::sqrt(std::log(2 / level) / (2 * static_cast<double>(n)));
}

std::vector<Finding> calibration_findings(const CalibrationPairs& pairs,
                                          const std::vector<std::string>& names, double level,
                                          std::uint64_t seed) {
  const double each = level / static_cast<double>(pairs.theta.cols() + 2);
  const auto threshold =
      fmt::format("over {} pairs; by chance more once in {:.0f} times", pairs.theta.rows(), 1 / each);
  const Matrix ranks = rank_positions(pairs, seed);
  Eigen::Index worst = 0;
  for (Eigen::Index j = 1; j < ranks.cols(); ++j)
    if (uniform_distance(ranks.col(j)) > uniform_distance(ranks.col(worst))) worst = j;
  const auto& name = names[static_cast<std::size_t>(worst)];
  auto sbc = uniform_finding("sbc", ranks.col(worst), each,
                             fmt::format("distance of the ranks of {} from uniform, {}", name, threshold));
  sbc.curves.clear();
  for (Eigen::Index j = 0; j < ranks.cols(); ++j)
    sbc.curves.push_back({names[static_cast<std::size_t>(j)], uniform_curve(ranks.col(j))});
  sbc.advice = fmt::format("{}: {}; start a new campaign with more simulations or another network", name,
                           describe_ranks(ranks.col(worst)));
  const Vector covered = coverage_positions(pairs, seed);
  auto coverage = uniform_finding("coverage", covered, each,
                                  fmt::format("distance of expected coverage from nominal, {}", threshold));
  if (covered.mean() > 0.5) {
    coverage.advice =
        "credible regions hold the truth too rarely: the posterior is overconfident; start a new "
        "campaign with more simulations, or with model.networks = 3";
  } else {
    coverage.missed = Verdict::warn;
    coverage.advice =
        "credible regions are too wide: the posterior is too cautious; start a new campaign "
        "with more simulations";
  }
  auto tarp = uniform_finding(
      "tarp", tarp_positions(pairs, seed), each,
      fmt::format("distance of expected coverage by random points from nominal, {}", threshold));
  tarp.advice =
      "the posterior as a whole is off, or does not heed the data; start a new campaign with "
      "more simulations";
  return {std::move(sbc), std::move(coverage), std::move(tarp)};
}

}  // namespace snpse
