#include "inference/truncation.hpp"

#include <cmath>
#include <limits>
#include <string>

#include <boost/math/distributions/chi_squared.hpp>
#include <gtest/gtest.h>

#include "inference/neighbour_distance.hpp"
#include "inference/truncation_check.hpp"
#include "support/columns.hpp"
#include "support/normal_posterior.hpp"
#include "support/scratch_folder.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;
using testing::NormalPosterior;

constexpr DrawKey kKey{7, Purpose::proposal, 2};
constexpr double kEpsilon = 0.01;

/// Prior and posterior of one case, the latter well inside the former's support or across its edge.
struct Case {
  std::string name;
  std::shared_ptr<const Prior> prior;
  NormalPosterior posterior;
};

std::vector<Case> all_cases() {
  Matrix covariance(2, 2);
  covariance << 2, 0.9, 0.9, 1;
  return {
      {"uniform", make_product_prior({make_uniform(-3, 5), make_uniform(0, 4)}), {{1, 1}, 0.6}},
      {"log-normal", make_product_prior({make_lognormal(0, 0.7), make_lognormal(0.5, 0.4)}), {{1, 2}, 0.3}},
      {"correlated", make_multivariate_normal(Eigen::Vector2d(1, 0), covariance), {{0.5, 0.5}, 0.5}}};
}

HighestDensityRegion region_of(const World& world, const NormalPosterior& posterior) {
  Log log;
  TruncationOptions options;
  options.epsilon = kEpsilon;
  options.samples = 20000;
  return highest_density_region(world, posterior, posterior.density(world), options, kKey, log);
}

/// What lies in the region, and the fraction of the prior draws inside the box that do, by brute force.
struct Rejection {
  Matrix theta;
  double in_box = 0;
  double in_region = 0;
};

Rejection reject(const Case& c, const World& world, const HighestDensityRegion& region, Eigen::Index n) {
  const Matrix drawn = draw_rows(*c.prior, n, 99, Purpose::prior, 0);
  const Vector density = c.posterior.log_prob(world, drawn, {}, {});
  Rejection result{Matrix(n, 2)};
  for (Eigen::Index i = 0; i < n; ++i) {
    if (!region.box.contains(row_of(drawn, i))) continue;
    ++result.in_box;
    if (density[i] < region.threshold) continue;
    result.theta.row(static_cast<Eigen::Index>(result.in_region++)) = drawn.row(i);
  }
  result.theta.conservativeResize(static_cast<Eigen::Index>(result.in_region), Eigen::NoChange);
  return result;
}

void expect_same_on_all_ranks(const World& world, const Matrix& mine) {
  Matrix of_root = mine;
  world.broadcast(of_root);
  EXPECT_EQ(mine, of_root);
}

TEST(HighestDensityRegion, LeavesOutTheShareEpsilonOfAllDraws) {
  const World world;
  for (const double deviation : {1.0, 0.2}) {
    const NormalPosterior posterior({1, -2}, deviation);
    const auto region = region_of(world, posterior);
    const double squared = -2 * (region.threshold + 2 * std::log(deviation) + std::log(2 * M_PI));
    const boost::math::chi_squared radius(2);
    EXPECT_NEAR(boost::math::cdf(boost::math::complement(radius, squared)), kEpsilon,
                5 * std::sqrt(kEpsilon / 20000));
  }
}

TEST(HighestDensityRegion, BoxHoldsTheDrawsWithTheMargin) {
  const World world;
  Log log;
  const NormalPosterior posterior({1, -2}, 0.5);
  const TruncationOptions options{.epsilon = 0.02, .samples = 500, .margin = 0.1};
  const auto region = highest_density_region(world, posterior, posterior.density(world), options, kKey, log);
  const auto draws = posterior.sample(world, 500, {kKey.seed, Purpose::truncation, kKey.round}, log).theta;
  for (Eigen::Index j = 0; j < 2; ++j) {
    const double low = draws.col(j).minCoeff();
    const double high = draws.col(j).maxCoeff();
    EXPECT_NEAR(region.box.low[j], low - 0.1 * (high - low), 1e-12);
    EXPECT_NEAR(region.box.high[j], high + 0.1 * (high - low), 1e-12);
  }
}

TEST(TruncatedPrior, IsThePriorRejectedOutsideTheRegion) {
  const World world;
  Log log;
  const Eigen::Index n = 5000;
  for (const auto& c : all_cases()) {
    SCOPED_TRACE(c.name);
    const auto region = region_of(world, c.posterior);
    const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, region, c.posterior.density(world),
                                            n, {}, kKey, log);
    ASSERT_EQ(draws.theta.rows(), n);
    EXPECT_FALSE(draws.chains);
    expect_same_on_all_ranks(world, draws.theta);
    EXPECT_GE(c.posterior.log_prob(world, draws.theta, {}, {}).minCoeff(), region.threshold);
    EXPECT_TRUE(log_prob_rows(*c.prior, draws.theta).allFinite());
    for (Eigen::Index i = 0; i < n; ++i) EXPECT_TRUE(region.box.contains(row_of(draws.theta, i)));

    const Eigen::Index brute = 200000;
    const auto expected = reject(c, world, region, brute);
    const auto m = static_cast<double>(expected.theta.rows());
    for (Eigen::Index j = 0; j < 2; ++j)
      EXPECT_LT(ks_distance(column(draws.theta, j), column(expected.theta, j)),
                ks_bound(static_cast<std::size_t>(n * m / (n + m))));
    const double acceptance = expected.in_region / expected.in_box;
    EXPECT_NEAR(draws.acceptance, acceptance,
                5 * std::sqrt(acceptance * (1 - acceptance) *
                              (1 / expected.in_box + 1 / static_cast<double>(draws.candidates))));
    const double mass = expected.in_box / static_cast<double>(brute);
    EXPECT_NEAR(draws.prior_mass_of_box, mass, 5 * std::sqrt(mass * (1 - mass) / 20000));
  }
}

TEST(TruncatedPrior, GivesExactlyAsManyDrawsAsAskedAndFollowsItsKey) {
  const World world;
  Log log;
  const auto c = all_cases().front();
  const auto region = region_of(world, c.posterior);
  const auto draw = [&](std::int64_t n, std::uint64_t seed) {
    return draw_truncated_prior(world, *c.prior, c.posterior, region, c.posterior.density(world), n, {},
                                {seed, Purpose::proposal, 2}, log)
        .theta;
  };
  for (const std::int64_t n : {1, 7, 3001}) EXPECT_EQ(draw(n, 7).rows(), n);
  EXPECT_EQ(draw(7, 7), draw(3001, 7).topRows(7));
  EXPECT_NE(draw(7, 7), draw(7, 8));
}

/// A density with a coarse one that differs from it by up to half a nat, back and forth.
RegionDensity screened_density(const NormalPosterior& posterior, const World& world) {
  return {[&](const Matrix& theta) { return posterior.log_prob(world, theta, {}, {}); },
          [&](const Matrix& theta) {
            return Vector(posterior.log_prob(world, theta, {}, {}).array() +
                          0.5 * (20 * theta.col(0).array()).sin());
          }};
}

TEST(TruncatedPrior, ScreensSpareDensitiesAndLoseNextToNothing) {
  const World world;
  Log log;
  const std::int64_t n = 5000;
  TruncationOptions options;
  options.epsilon = kEpsilon;
  options.samples = 20000;
  for (const auto& c : all_cases()) {
    SCOPED_TRACE(c.name);
    const auto plain = region_of(world, c.posterior);
    const auto density = screened_density(c.posterior, world);
    const auto region = highest_density_region(world, c.posterior, density, options, kKey, log);
    ASSERT_EQ(region.screens.size(), 2U);
    EXPECT_EQ(region.threshold, plain.threshold);
    const auto exact = draw_truncated_prior(world, *c.prior, c.posterior, plain, c.posterior.density(world),
                                            n, {}, kKey, log);
    const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, region, density, n, {}, kKey, log);
    EXPECT_EQ(exact.evaluated, exact.candidates);
    EXPECT_LT(draws.evaluated, draws.candidates);
    EXPECT_GE(draws.evaluated, n);
    EXPECT_GE(c.posterior.log_prob(world, draws.theta, {}, {}).minCoeff(), region.threshold);
    // What the screens lose lies at the region's edge, where the prior has more than the posterior's
    // fraction.
    EXPECT_NEAR(draws.acceptance, exact.acceptance, 0.03 * exact.acceptance);
  }
}

TEST(HighestDensityRegion, HasNoScreensFromFewDraws) {
  const World world;
  Log log;
  const auto c = all_cases().front();
  for (const int samples : {1, 2, 1000}) {
    const TruncationOptions options{.epsilon = kEpsilon, .samples = samples};
    const auto region =
        highest_density_region(world, c.posterior, screened_density(c.posterior, world), options, kKey, log);
    EXPECT_TRUE(region.screens.empty());
  }
}

TEST(NeighbourDistance, IsThatToTheNearestInTheDrawsOwnUnits) {
  const World world;
  Matrix draws(4, 2);
  draws << 1, 10, 1, -10, -1, 10, -1, -10;  // covariance diag(1, 100), mean zero
  const NeighbourDistance distance(draws);
  Matrix theta(5, 2);
  theta << 1, 10, 0, 10, 1, 0, 4, 50, -1, -13;
  const Vector expected = (Vector(5) << 0, 1, 1, 5, 0.3).finished();
  EXPECT_LT((distance(world, theta) - expected).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(TruncatedPrior, LeavesOutWhatHasNoDensity) {
  const World world;
  Log log;
  const auto c = all_cases().front();
  const auto region = region_of(world, c.posterior);
  const LogProb broken = [&](const Matrix& theta) {
    Vector density = c.posterior.log_prob(world, theta, {}, {});
    for (Eigen::Index i = 0; i < theta.rows(); ++i)
      if (theta(i, 0) > 1) density[i] = std::numeric_limits<double>::quiet_NaN();
    return density;
  };
  const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, region, {broken}, 500, {}, kKey, log);
  EXPECT_LE(draws.theta.col(0).maxCoeff(), 1);
}

/// c's density, but without one for a fraction of all rows, spread over them.
RegionDensity partly_undefined(const Case& c, const World& world, double fraction) {
  return {[&, fraction](const Matrix& theta) {
    Vector density = c.posterior.log_prob(world, theta, {}, {});
    const auto every = static_cast<Eigen::Index>(1 / fraction);
    for (Eigen::Index i = 0; i < density.size(); i += every)
      density[i] = std::numeric_limits<double>::quiet_NaN();
    return density;
  }};
}

TEST(HighestDensityRegion, LeavesOutDrawsWithoutADensityAndRefusesManyOfThem) {
  const World world;
  Log log;
  const auto c = all_cases().front();
  const TruncationOptions options{.epsilon = 0.02, .samples = 5000};
  const auto region_where_undefined = [&](double fraction) {
    return highest_density_region(world, c.posterior, partly_undefined(c, world, fraction), options, kKey,
                                  log);
  };
  // Of 2 % of the draws that are left out, 0.5 % have no density: the threshold leaves out 1.5 % more.
  const double radius =
      -2 * (region_where_undefined(0.005).threshold + 2 * std::log(0.6) + std::log(2 * M_PI));
  EXPECT_NEAR(std::exp(-radius / 2), 0.015, 5 * std::sqrt(0.015 / 5000));
  expect_error(ExitCode::data, "250 of 5000 posterior draws have no finite log-density",
               [&] { region_where_undefined(0.05); });
}

/// A wide flat prior, and a region whose box is that wide: acceptance is the disc's fraction of it.
struct FlatCase {
  std::shared_ptr<const Prior> prior = make_product_prior({make_uniform(-10, 10), make_uniform(-10, 10)});
  NormalPosterior posterior{{1, -2}, 1};
  HighestDensityRegion region;
  explicit FlatCase(const World& world) : region(region_of(world, posterior)) {
    region.box = {Vector::Constant(2, -10), Vector::Constant(2, 10)};
  }
  double squared_radius() const { return -2 * (region.threshold + std::log(2 * M_PI)); }
  double acceptance() const { return M_PI * squared_radius() / 400; }
};

TEST(TruncatedPrior, FallsBackOnResamplingBelowTheLeastAcceptance) {
  const World world;
  Log log;
  const FlatCase c(world);
  const std::int64_t n = 2000;
  const TruncationOptions options{
      .epsilon = 0.02, .min_acceptance = 2 * c.acceptance(), .resampling_pool = 256};
  const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, c.region, c.posterior.density(world),
                                          n, options, kKey, log);
  EXPECT_TRUE(draws.chains);
  ASSERT_EQ(draws.theta.rows(), n);
  expect_same_on_all_ranks(world, draws.theta);
  EXPECT_GE(c.posterior.log_prob(world, draws.theta, {}, {}).minCoeff(), c.region.threshold);
  // Uniform on a disc of squared radius q: the squared radius is uniform on [0, q]. (posterior draws would
  // have a fraction 1 - exp(-q / 4), 0.9, inside half of it.) A pool of 256 leaves a small bias.
  const Vector squared = c.posterior.squared_radius(draws.theta);
  const std::vector<double> sample(squared.begin(), squared.end());
  const double q = c.squared_radius();
  EXPECT_LT(ks_distance(sample, [&](double value) { return value / q; }), 0.02 + ks_bound(sample.size()));
  EXPECT_NEAR(draws.theta.col(0).mean(), 1, 0.02 + 5 * std::sqrt(q / 4 / static_cast<double>(n)));
  EXPECT_NEAR(draws.theta.col(1).mean(), -2, 0.02 + 5 * std::sqrt(q / 4 / static_cast<double>(n)));
}

TEST(TruncatedPrior, KeepsRejectingAboveTheLeastAcceptance) {
  const World world;
  Log log;
  const FlatCase c(world);
  const TruncationOptions options{.epsilon = 0.02, .min_acceptance = 0.5 * c.acceptance()};
  const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, c.region, c.posterior.density(world),
                                          2000, options, kKey, log);
  EXPECT_FALSE(draws.chains);
  EXPECT_NEAR(draws.acceptance, c.acceptance(),
              5 * std::sqrt(c.acceptance() / static_cast<double>(draws.candidates)));
  EXPECT_EQ(draws.prior_mass_of_box, 1);
}

/// Expects valid simulations where the first parameter is at most 1.
Screen valid_below_one() {
  return {[](const Matrix& theta) -> Vector { return -theta.col(0); }, -1, 0.01};
}

TEST(TruncatedPrior, LeavesOutWhatIsExpectedToBeInvalid) {
  const World world;
  Log log;
  const auto c = all_cases().front();  // uniform on [-3, 5] x [0, 4], posterior around (1, 1)
  auto region = region_of(world, c.posterior);
  region.valid = valid_below_one();
  const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, region, c.posterior.density(world),
                                          500, {}, kKey, log);
  EXPECT_LE(draws.theta.col(0).maxCoeff(), 1);
  // The candidates are uniform in the box, on both sides of 1.
  const double expected = (1 - region.box.low[0]) / (region.box.high[0] - region.box.low[0]);
  const auto n = static_cast<double>(draws.candidates);
  EXPECT_NEAR(static_cast<double>(draws.valid) / n, expected, 5 * std::sqrt(0.25 / n));
}

TEST(TruncatedPrior, LeavesOutWhatIsExpectedToBeInvalidWhenItResamples) {
  const World world;
  Log log;
  FlatCase c(world);
  c.region.valid = valid_below_one();
  const TruncationOptions options{
      .epsilon = 0.02, .min_acceptance = 2 * c.acceptance(), .resampling_pool = 32};
  const auto draws = draw_truncated_prior(world, *c.prior, c.posterior, c.region, c.posterior.density(world),
                                          200, options, kKey, log);
  EXPECT_TRUE(draws.chains);
  EXPECT_LE(draws.theta.col(0).maxCoeff(), 1);
}

/// The check of a region made from one posterior on draws of another around the same centre.
TruncationCheck check_of(const World& world, double region_deviation, double deviation) {
  Log log;
  const NormalPosterior earlier({1, -2}, region_deviation);
  const NormalPosterior posterior({1, -2}, deviation);
  const TruncationOptions options{.epsilon = kEpsilon, .samples = 20000};
  const auto region = region_of(world, earlier);
  const auto draws = posterior.sample(world, 4000, {3, Purpose::posterior, 2}, log).theta;
  return check_truncation(draws, region, earlier.density(world).log_prob, options);
}

TEST(TruncationCheck, PassesWhereThePosteriorIsThatOfTheRegionOrNarrower) {
  const World world;
  const auto same = check_of(world, 0.5, 0.5);
  EXPECT_TRUE(same.passed());
  EXPECT_NEAR(same.outside, kEpsilon, 5 * std::sqrt(kEpsilon * (1.0 / 4000 + 1.0 / 20000)));
  // epsilon, 2 d / (N + 1) and three standard deviations.
  const double expected = kEpsilon + 4.0 / 20001;
  EXPECT_NEAR(same.tolerance,
              expected + 3 * std::sqrt(expected * (1 - expected) * (1.0 / 4000 + 1.0 / 20000)), 1e-12);
  EXPECT_TRUE(check_of(world, 0.5, 0.3).passed());
}

TEST(TruncationCheck, FailsWhereTheRegionWasCutTooTight) {
  const World world;
  // A disc that holds all but epsilon of N(0, s^2 I) leaves out epsilon^(s^2 / t^2) of N(0, t^2 I).
  for (const double deviation : {0.7, 1.0}) {
    const auto check = check_of(world, 0.5, deviation);
    EXPECT_FALSE(check.passed());
    const double expected = std::pow(kEpsilon, 0.25 / (deviation * deviation));
    EXPECT_NEAR(check.outside, expected, 5 * std::sqrt(expected / 4000) + 0.01);
  }
}

TEST(TruncationCheck, CountsDrawsInTheBoxsMarginAndAmongTheInvalid) {
  const World world;
  const auto everywhere = [](const Matrix& theta) -> Vector { return Vector::Zero(theta.rows()); };
  const TruncationOptions options{.epsilon = 0.02, .margin = 0.1, .tolerance = 0.2};
  HighestDensityRegion region;
  region.box = {Vector::Constant(2, -0.6), Vector::Constant(2, 0.6)};  // of draws in [-0.5, 0.5]^2
  Matrix draws(4, 2);
  draws << 0, 0, 0.49, -0.49, 0.55, 0, 0, -0.51;
  EXPECT_EQ(check_truncation(draws, region, everywhere, options).outside, 0.5);
  EXPECT_EQ(check_truncation(draws, region, everywhere, options).tolerance, 0.2);
  region.valid = Screen{[](const Matrix& theta) -> Vector { return theta.col(1); }, -0.1, 0.01};
  EXPECT_EQ(check_truncation(draws, region, everywhere, options).outside, 0.75);
}

TEST(TruncatedPrior, FailsWhereTheRegionHoldsNoPosteriorDraw) {
  const World world;
  Log log;
  FlatCase c(world);
  c.region.threshold = 0;  // above the density's largest value
  const TruncationOptions options{.epsilon = 0.02, .min_acceptance = 0.1, .resampling_pool = 4};
  expect_error(ExitCode::data, "none of 4 posterior draws", [&] {
    draw_truncated_prior(world, *c.prior, c.posterior, c.region, c.posterior.density(world), 10, options,
                         kKey, log);
  });
}

}  // namespace
}  // namespace snpse
