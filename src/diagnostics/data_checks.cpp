#include "diagnostics/data_checks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace snpse {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Of outliers, constant values and parameters: how many are named.
constexpr std::size_t kNamed = 3;
// An observation so many widths of the simulations' range beyond that range is no chance, whatever its other
// values; with fewer simulations their range says too little.
constexpr double kFar = 3;
constexpr std::int64_t kFewestOfRange = 10;

/// "a, b, c and 4 more"
std::string listed(const std::vector<std::string>& items) {
  const auto shown = std::span(items).first(std::min(items.size(), kNamed));
  const auto more = items.size() - shown.size();
  return fmt::format("{}{}", fmt::join(shown, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

std::string describe(const Outlier& outlier, Eigen::Index observations, std::span<const std::string> names) {
  const auto of = observations == 1 ? "" : fmt::format(" of observation {}", outlier.observation + 1);
  return fmt::format("{}{} is {:.4g}, simulated were {:.4g} to {:.4g}", value_text(outlier.value, names), of,
                     outlier.x, outlier.low, outlier.high);
}

}  // namespace

DataRange::DataRange(Eigen::Index p) : bounds_(2, p) {
  bounds_.row(0).setConstant(kInfinity);
  bounds_.row(1).setConstant(-kInfinity);
}

void DataRange::add(const Matrix& x) {
  for (const auto& row : x.rowwise()) {
    bool any = false;
    for (Eigen::Index j = 0; j < row.size(); ++j) {
      if (!std::isfinite(row[j])) continue;
      any = true;
      bounds_(0, j) = std::min(bounds_(0, j), row[j]);
      bounds_(1, j) = std::max(bounds_(1, j), row[j]);
    }
    if (any) ++rows_;
  }
}

void DataRange::add(const DataRange& other) {
  bounds_.row(0) = bounds_.row(0).cwiseMin(other.bounds_.row(0));
  bounds_.row(1) = bounds_.row(1).cwiseMax(other.bounds_.row(1));
  rows_ += other.rows_;
}

DataRange DataRange::over_ranks(const World& world) const {
  DataRange all(width());
  const Matrix of_ranks = world.gather_rows(bounds_);
  for (Eigen::Index i = 0; i < of_ranks.rows(); i += 2) {
    DataRange of_rank(width());
    of_rank.bounds_ = of_ranks.middleRows(i, 2);
    all.add(of_rank);
  }
  all.rows_ = world.sum(rows_);
  return all;
}

DataRange range_of(const World& world, const Rows& mine) {
  DataRange range(mine.width());
  for_each_block(mine.size(), mine.width(),
                 [&](Eigen::Index first, Eigen::Index count) { range.add(mine.block(first, count)); });
  return range.over_ranks(world);
}

std::vector<Outlier> outliers(const DataRange& range, const Matrix& observations) {
  std::vector<Outlier> found;
  for (Eigen::Index i = 0; i < observations.rows(); ++i)
    for (Eigen::Index j = 0; j < observations.cols(); ++j) {
      const double x = observations(i, j);
      const double beyond = std::max(range.low(j) - x, x - range.high(j));
      // Not so where x is not defined, or no simulation has this value.
      if (!(beyond > 0) || !std::isfinite(beyond)) continue;
      found.push_back({i, j, x, range.low(j), range.high(j), beyond / (range.high(j) - range.low(j))});
    }
  std::ranges::stable_sort(found, std::ranges::greater(), &Outlier::distance);
  return found;
}

Finding observation_finding(const DataRange& simulated, const Matrix& observations,
                            std::span<const std::string> names) {
  const auto found = outliers(simulated, observations);
  const double by_chance = 2 * static_cast<double>(observations.array().isFinite().count()) /
                           static_cast<double>(simulated.rows() + 1);
  const bool far = simulated.rows() >= kFewestOfRange && !found.empty() && found.front().distance > kFar;
  std::vector<std::string> worst;
  for (const auto& outlier : found) worst.push_back(describe(outlier, observations.rows(), names));
  return {.check = "observation",
          .figure = static_cast<double>(found.size()),
          .threshold = far ? 0 : by_chance + 3 * std::sqrt(by_chance),
          .missed = Verdict::warn,
          .what = far ? "values of x_obs beyond all simulations, one of them far beyond"
                      : "values of x_obs beyond all simulations of the last round; by chance and three "
                        "deviations more",
          .advice =
              fmt::format("x_obs lies outside all that was simulated ({} valid simulations): {}; the network "
                          "extrapolates there, and the prior or the simulator may be wrong",
                          simulated.rows(), listed(worst))};
}

std::vector<Eigen::Index> constant_values(const DataRange& simulated) {
  std::vector<Eigen::Index> constant;
  for (Eigen::Index j = 0; j < simulated.width(); ++j)
    if (simulated.low(j) == simulated.high(j)) constant.push_back(j);
  return constant;
}

Finding constant_data_finding(const DataRange& simulated, std::span<const std::string> names) {
  const auto constant = constant_values(simulated);
  std::vector<std::string> named;
  for (const auto j : constant)
    named.push_back(fmt::format("{} is {:.6g}", value_text(j, names), simulated.low(j)));
  return {.check = "constant_data",
          .figure = static_cast<double>(constant.size()),
          .threshold = 0,
          .decided = simulated.rows() > 1,
          .missed = Verdict::note,
          .what = "values of x that are the same in all simulations",
          .advice = is_constant(simulated)
                        ? fmt::format("all {} valid simulations gave the same x ({}), so that x says nothing "
                                      "about any parameter: mend the simulator",
                                      simulated.rows(), listed(named))
                        : fmt::format("{} in all simulations, and says nothing about the parameters: leave "
                                      "it out of x, or mend the simulator",
                                      listed(named))};
}

bool is_constant(const DataRange& simulated) {
  return simulated.rows() > 1 &&
         constant_values(simulated).size() == static_cast<std::size_t>(simulated.width());
}

Repeats count_repeats(const Matrix& x, const Matrix& again) {
  Repeats repeats;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    if (!x.row(i).array().isFinite().any() || !again.row(i).array().isFinite().any()) continue;
    ++repeats.compared;
    const auto a = x.row(i).array();
    const auto b = again.row(i).array();
    if ((a == b || (a.isNaN() && b.isNaN())).all()) ++repeats.equal;
  }
  return repeats;
}

Finding seed_ignored_finding(const Repeats& other_seed) {
  return {.check = "seed_ignored",
          .figure = static_cast<double>(other_seed.equal),
          .threshold = static_cast<double>(other_seed.compared - 1),
          .decided = other_seed.compared > 0,
          .missed = Verdict::warn,
          .what = "simulations that gave the same x with another seed; all of them",
          .advice = fmt::format("the simulator ignores its seed: in {} of {} cases the same parameters gave "
                                "the same x with another seed. Take the noise of x from the seed; if the "
                                "simulator has no noise, the posterior is that of a simulator without noise",
                                other_seed.equal, other_seed.compared)};
}

Finding seed_repeats_finding(const Repeats& same_seed) {
  return {.check = "seed_repeats",
          .figure = static_cast<double>(same_seed.compared - same_seed.equal),
          .threshold = 0,
          .decided = same_seed.compared > 0,
          .missed = Verdict::warn,
          .what = "simulations that gave another x with the same parameters and the same seed",
          .advice = fmt::format("a simulation cannot be repeated: in {} of {} cases the same parameters and "
                                "the same seed gave another x. Take all random numbers from the seed; else a "
                                "stopped campaign does not continue to the same posterior",
                                same_seed.compared - same_seed.equal, same_seed.compared)};
}

double two_sample_distance(Vector a, Vector b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  Eigen::Index i = 0;
  Eigen::Index j = 0;
  double largest = 0;
  while (i < a.size() && j < b.size()) {
    const double at = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= at) ++i;
    while (j < b.size() && b[j] <= at) ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return largest;
}

double two_sample_bound(Eigen::Index n, Eigen::Index m, double level) {
  return std::sqrt(std::log(2 / level) / 2 * (1 / static_cast<double>(n) + 1 / static_cast<double>(m)));
}

Finding uninformed_finding(const Matrix& draws, const Matrix& prior_draws,
                           const std::vector<std::string>& names, double level) {
  constexpr double kNothing = 0.03;
  const double threshold = std::max(kNothing, two_sample_bound(draws.rows(), prior_draws.rows(), level));
  double least = 1;
  std::vector<std::string> uninformed;
  for (Eigen::Index j = 0; j < draws.cols(); ++j) {
    const double distance = two_sample_distance(draws.col(j), prior_draws.col(j));
    least = std::min(least, distance);
    if (distance < threshold) uninformed.push_back(names[static_cast<std::size_t>(j)]);
  }
  return {
      .check = "uninformed",
      .figure = least,
      .threshold = threshold,
      .at_most = false,
      .decided = threshold < 1,
      .missed = Verdict::note,
      .what = "least distance of a parameter's posterior from its prior; our choice, or what chance explains",
      .advice = fmt::format("the data say next to nothing about {}: {} the prior", listed(uninformed),
                            uninformed.size() > 1 ? "their posteriors are" : "its posterior is")};
}

}  // namespace snpse
