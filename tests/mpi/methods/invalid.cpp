// Simulations that leave a statistic undefined, on a toy with known posteriors.
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include <boost/math/distributions/binomial.hpp>
#include <gtest/gtest.h>

#include "core/standardiser.hpp"
#include "methods/npse.hpp"
#include "methods/trained_posterior.hpp"
#include "methods/valid_region.hpp"
#include "support/columns.hpp"
#include "support/scratch_folder.hpp"
#include "support/statistics.hpp"
#include "training/invalid_summary.hpp"
#include "training/posterior_score.hpp"

namespace snpse {
namespace {

using testing::column;
using testing::ks_bound;
using testing::ks_distance;
using testing::normal_cdf;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNoise = 0.5;  // of both statistics
constexpr double kEdge = 0.5;   // above which the second one is not defined
constexpr Eigen::Index kSimulations = 6000;
// Beyond the error of sampling, what a small network may be off.
// (Each posterior differs from that of another policy, or without the second statistic, by 0.3 or more.)
constexpr double kOfNetwork = 0.1;

/// theta ~ N(0, 1); x = two observations of it with noise, of which the second is not defined above kEdge.
std::shared_ptr<const Prior> toy_prior() {
  return make_product_prior({make_normal(0, 1)});
}

double normal_density(double value, double mean, double deviation) {
  const double z = (value - mean) / deviation;
  return std::exp(-z * z / 2) / (deviation * std::sqrt(2 * std::numbers::pi));
}

RoundData distributed(const World& world, const Simulations& all) {
  const auto range = world.rows_of(all.theta.rows());
  RoundData round;
  auto& mine = round.simulations;
  mine.theta = all.theta.middleRows(range.begin, range.size());
  mine.x = std::make_shared<RowsInMemory>(all.x.middleRows(range.begin, range.size()));
  for (auto i = static_cast<std::size_t>(range.begin); i < static_cast<std::size_t>(range.end); ++i) {
    mine.id.push_back(all.id[i]);
    mine.status.push_back(all.status[i]);
  }
  round.size = all.theta.rows();
  return round;
}

/// n simulations whose parameters are draws of the prior below `limit`.
Simulations simulate_toy(Eigen::Index n, std::uint32_t round, double limit) {
  Simulations all{Matrix(n, 1), Matrix(n, 2), {}, {}, {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    RandomStream random(11, Purpose::simulator, round, static_cast<std::uint64_t>(i));
    double theta = random.normal();
    while (theta > limit) theta = random.normal();
    const double second = theta + kNoise * random.normal();
    all.theta(i, 0) = theta;
    all.x.row(i) << theta + kNoise * random.normal(), second > kEdge ? kNaN : second;
    all.id.push_back(i);
    all.status.push_back(second > kEdge ? Status::invalid : Status::ok);
  }
  return all;
}

Simulations simulate_toy(Eigen::Index n) {
  return simulate_toy(n, 1, std::numeric_limits<double>::infinity());
}

constexpr int kCells = 20000;

/// The distribution function of an unnormalised density on [-5, 5].
std::function<double(double)> cdf_of(const std::function<double(double)>& density) {
  std::vector<double> below{0};
  for (int i = 0; i < kCells; ++i) below.push_back(below.back() + density(-5 + 10 * (i + 0.5) / kCells));
  return [below](double value) {
    const auto cell = std::clamp(static_cast<int>((value + 5) / 10 * kCells), 0, kCells);
    return below[static_cast<std::size_t>(cell)] / below.back();
  };
}

/// p(theta) p(x_1 given theta), the first statistic being 0.2.
double joint_with_first(double theta) {
  return normal_density(theta, 0, 1) * normal_density(0.2, theta, kNoise);
}

/// p(the second statistic is not defined given theta).
double undefined_given(double theta) {
  return normal_cdf((theta - kEdge) / kNoise);
}

MethodSettings small_settings(InvalidPolicy policy) {
  MethodSettings settings;
  settings.model.width = 32;
  settings.model.depth = 2;
  settings.model.networks = 1;
  settings.training.max_steps = 1200;
  settings.training.averaging = 0.99;
  settings.invalid.policy = policy;
  return settings;
}

/// The network's record of a training on these rounds.
Record network_of(const World& world, const std::vector<RoundData>& rounds, const MethodSettings& settings) {
  const StopRequest stop;
  Log log;
  return train_posterior_score(rounds, toy_prior(), settings, 1, {}, {world, stop, log}).network;
}

Matrix draws_at(const World& world, const Record& network, double second) {
  Log log;
  const Vector x_obs = Eigen::Vector2d(0.2, second);
  return trained_posterior(network, toy_prior(), x_obs, {})->sample(world, 4000, {2}, log).theta;
}

/// The draws at x_obs = (0.2, second) follow this unnormalised density.
void expect_posterior(const World& world, const Record& network, double second,
                      const std::function<double(double)>& density) {
  const auto draws = column(draws_at(world, network, second), 0);
  EXPECT_LT(ks_distance(draws, cdf_of(density)), kOfNetwork + ks_bound(draws.size())) << second;
}

constexpr double kSecond = -0.6;  // a valid one

/// p(theta) p(x given theta) at x = (0.2, kSecond).
double joint(double theta) {
  return joint_with_first(theta) * normal_density(kSecond, theta, kNoise);
}

TEST(InvalidSimulations, DroppingThemGivesThePosteriorAtAValidObservation) {
  const World world;
  const auto network = network_of(world, {distributed(world, simulate_toy(kSimulations))},
                                  small_settings(InvalidPolicy::drop));
  expect_posterior(world, network, kSecond, joint);
  expect_error(ExitCode::data, "invalid.policy = \"replace\"", [&] { draws_at(world, network, kNaN); });
}

TEST(InvalidSimulations, ReplacingStatisticsGivesThePosteriorAtValidAndInvalidObservations) {
  const World world;
  const auto network = network_of(world, {distributed(world, simulate_toy(kSimulations))},
                                  small_settings(InvalidPolicy::replace));
  expect_posterior(world, network, kSecond, joint);
  expect_posterior(world, network, kNaN,
                   [](double theta) { return joint_with_first(theta) * undefined_given(theta); });
}

TEST(InvalidSimulations, ReplacingRowsForgetsWhatAnInvalidObservationDefines) {
  const World world;
  const auto network = network_of(world, {distributed(world, simulate_toy(kSimulations))},
                                  small_settings(InvalidPolicy::replace_row));
  expect_posterior(world, network, kSecond, joint);
  expect_posterior(world, network, kNaN,
                   [](double theta) { return normal_density(theta, 0, 1) * undefined_given(theta); });
}

TEST(InvalidSimulations, WhatARegionCutsWronglyComesOutTooLowByTheStatedFactor) {
  const World world;
  // Through the middle of the posterior: precision 9, mean 4 (0.2 + kSecond) / 9.
  const double limit = 4 * (0.2 + kSecond) / 9;
  // A smaller network, or a shorter training, smooths the jump at the limit: the fraction beyond is then too
  // large.
  auto settings = small_settings(InvalidPolicy::drop);
  settings.model.width = 64;
  settings.model.depth = 3;
  settings.training.max_steps = 3000;
  const auto network = network_of(world,
                                  {distributed(world, simulate_toy(kSimulations / 2)),
                                   distributed(world, simulate_toy(kSimulations / 2, 2, limit))},
                                  settings);
  // n_1 / Z_1 over the sum of n_r / Z_r, with Z_1 = 1 and Z_2 = Phi(limit): 0.30 of the half beyond the
  // limit.
  const double factor = 1 / (1 + 1 / normal_cdf(limit));
  const Matrix draws = draws_at(world, network, kSecond);
  const double beyond = (draws.col(0).array() > limit).cast<double>().mean();
  EXPECT_NEAR(beyond, factor / (1 + factor), 0.08);
}

TEST(InvalidNote, SaysHowManyAndWhatTheyDo) {
  EXPECT_EQ(invalid_summary({}, {10, 0, 0, 0}), "");
  EXPECT_EQ(
      invalid_summary({}, {6, 4, 0, 0}),
      "4 of 10 simulations are invalid: dropped, which does not change the posterior at a valid observation");
  EXPECT_NE(invalid_summary({.policy = InvalidPolicy::replace}, {6, 4, 0, 0}).find("4 of 10"),
            std::string::npos);
  const auto both = invalid_summary({}, {5, 2, 2, 1});
  EXPECT_NE(both.find("2 of 10"), std::string::npos);
  EXPECT_NE(both.find("; 3 of 10 simulations failed or timed out"), std::string::npos);
}

TEST(Replacement, IsTwoDeviationsBelowTheMeanWhoeverHoldsTheRows) {
  const World world;
  const auto all = simulate_toy(1001);
  const auto found = Replacement::fit(world, distributed(world, all).simulations, false);
  for (Eigen::Index j = 0; j < 2; ++j) {
    std::vector<double> defined;
    for (const double value : all.x.col(j))
      if (std::isfinite(value)) defined.push_back(value);
    const auto moments = Standardiser::fit(
        Eigen::Map<const Matrix>(defined.data(), static_cast<Eigen::Index>(defined.size()), 1));
    EXPECT_EQ(found.values[j], moments.mean[0] - 2 * moments.deviation[0]);
    EXPECT_NEAR(found.values[j], testing::mean_of(defined) - 2 * std::sqrt(testing::variance_of(defined)),
                1e-12);
  }
}

TEST(Replacement, CompletesStatisticsOrRowsAndIsKeptWithTheNetwork) {
  Matrix x(3, 2);
  x << 1, 2, kNaN, 3, 4, std::numeric_limits<double>::infinity();
  Record network;
  Replacement{Eigen::Vector2d(-7, -8), false}.put_in(network);
  EXPECT_EQ(Replacement::from_record(network)->apply(x), (Matrix(3, 2) << 1, 2, -7, 3, 4, -8).finished());
  Replacement{Eigen::Vector2d(-7, -8), true}.put_in(network);
  EXPECT_EQ(Replacement::from_record(network)->apply(x), (Matrix(3, 2) << 1, 2, -7, -8, -7, -8).finished());
  EXPECT_FALSE(Replacement::from_record(Record()).has_value());
}

TEST(Replacement, RefusesAStatisticThatIsNeverDefined) {
  const World world;
  auto all = simulate_toy(20);
  all.x.col(1).setConstant(kNaN);
  expect_error(ExitCode::data, "value 2 of x",
               [&] { Replacement::fit(world, distributed(world, all).simulations, false); });
}

TEST(ClassifierCalibration, CutsAsManyAsTheBinomialBoundAllows) {
  std::vector<double> scores;
  for (int i = 0; i < 1000; ++i) scores.push_back((i * 7919) % 1000);
  const auto found = ClassifierCalibration::from(scores, 0.05);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->held_out, 1000);
  EXPECT_EQ(found->threshold, static_cast<double>(found->cut));  // the scores are 0, 1, ..., 999
  const boost::math::binomial lost(1000, 0.05);
  EXPECT_LE(boost::math::cdf(lost, static_cast<double>(found->cut)), 0.05);
  EXPECT_GT(boost::math::cdf(lost, static_cast<double>(found->cut + 1)), 0.05);
  EXPECT_LE(found->most_lost, 0.05);
}

TEST(ClassifierCalibration, NeedsAsManyAsTellTheLoss) {
  // None of n lost: (1 - share)^n = 5 %.
  EXPECT_FALSE(ClassifierCalibration::from(std::vector<double>(298, 1.0), 0.01).has_value());
  const auto found = ClassifierCalibration::from(std::vector<double>(299, 1.0), 0.01);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->cut, 0);
  EXPECT_NEAR(found->most_lost, 1 - std::pow(0.05, 1.0 / 299), 1e-12);
  EXPECT_FALSE(ClassifierCalibration::from({}, 0.5).has_value());
}

/// Uniform parameters on a square whose simulations are valid where their sum is below 0.4.
Simulations corner_simulations(Eigen::Index n) {
  Simulations all{
      draw_rows(*make_product_prior({make_uniform(-1, 1), make_uniform(-1, 1)}), n, 1, Purpose::prior, 1),
      Matrix::Zero(n, 1),
      {},
      {},
      {}};
  for (Eigen::Index i = 0; i < n; ++i) {
    all.id.push_back(i);
    all.status.push_back(all.theta.row(i).sum() < 0.4 ? Status::ok : Status::invalid);
  }
  return all;
}

std::optional<ValidRegion> learn_corner(const World& world, const Simulations& all) {
  Log log;
  const std::vector<RoundData> rounds{distributed(world, all)};
  return ValidRegion::learn(world, rounds, make_product_prior({make_uniform(-1, 1), make_uniform(-1, 1)}),
                            0.02, 1, log);
}

TEST(ValidRegion, KeepsAllButTheStatedShareOfValidOnesAndFewOthers) {
  const World world;
  const auto region = learn_corner(world, corner_simulations(4000));
  ASSERT_TRUE(region.has_value());
  const auto screen = region->screen(world);
  const Matrix fresh =
      draw_rows(*make_product_prior({make_uniform(-1, 1), make_uniform(-1, 1)}), 20000, 2, Purpose::prior, 1);
  const Vector score = screen.value(fresh);
  double valid = 0;
  double lost = 0;
  double kept_of_invalid = 0;
  for (Eigen::Index i = 0; i < fresh.rows(); ++i) {
    const bool kept = score[i] >= screen.threshold;
    if (fresh.row(i).sum() < 0.4) {
      ++valid;
      lost += kept ? 0 : 1;
    } else {
      kept_of_invalid += kept ? 1 : 0;
    }
  }
  EXPECT_LE(region->calibration().most_lost, 0.02);
  EXPECT_LE(lost / valid, region->calibration().most_lost + 5 * std::sqrt(0.02 / valid));
  EXPECT_LT(kept_of_invalid / (20000 - valid), 0.1);
}

TEST(ValidRegion, TellsTheShareOfDrawsWhereHardlyAnySimulationIsValid) {
  const World world;
  const auto prior = make_product_prior({make_uniform(-1, 1), make_uniform(-1, 1)});
  auto all = corner_simulations(4000);
  std::vector<RoundData> rounds{distributed(world, all)};
  // A fifth of the draws well beyond the edge; the others on the valid side of it.
  Matrix draws(1000, 2);
  RandomStream random(5, Purpose::posterior, 0, 0);
  for (Eigen::Index i = 0; i < draws.rows(); ++i) {
    draws(i, 0) = -0.5 + random.uniform();
    draws(i, 1) = 0.4 - draws(i, 0) + (i < 200 ? 0.3 : -0.5 * random.uniform());
  }
  const auto fraction = fraction_of_invalid_draws(world, rounds, prior, draws, 1);
  ASSERT_TRUE(fraction.has_value());
  EXPECT_NEAR(*fraction, 0.2, 0.05);
  all.status.assign(all.status.size(), Status::ok);
  rounds = {distributed(world, all)};
  EXPECT_FALSE(fraction_of_invalid_draws(world, rounds, prior, draws, 1).has_value());
}

TEST(ValidRegion, IsTheSameFromWhatIsKeptOfIt) {
  const World world;
  const auto region = learn_corner(world, corner_simulations(2000));
  ASSERT_TRUE(region.has_value());
  Record proposal;
  put_in(proposal, {-2.5, {Vector::Constant(2, -1), Vector::Constant(2, 0.5)}, region->trained()});
  const auto kept = truncated_region_from(proposal);
  ASSERT_TRUE(kept.has_value() && kept->valid.has_value());
  EXPECT_EQ(kept->threshold, -2.5);
  EXPECT_EQ(kept->box.high[1], 0.5);
  const auto prior = make_product_prior({make_uniform(-1, 1), make_uniform(-1, 1)});
  const auto again = ValidRegion::from(*kept->valid, prior);
  const Matrix theta = draw_rows(*prior, 50, 3, Purpose::prior, 1);
  EXPECT_EQ(again.screen(world).value(theta), region->screen(world).value(theta));
  EXPECT_EQ(again.calibration().threshold, region->calibration().threshold);
  EXPECT_FALSE(truncated_region_from(Record()).has_value());
}

TEST(ValidRegion, IsNotLearnedFromTooFewOrWhereAllAreValid) {
  const World world;
  EXPECT_FALSE(learn_corner(world, corner_simulations(100)).has_value());
  auto all = corner_simulations(2000);
  std::ranges::fill(all.status, Status::ok);
  EXPECT_FALSE(learn_corner(world, all).has_value());
}

}  // namespace
}  // namespace snpse
