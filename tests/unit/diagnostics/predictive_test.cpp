#include "snpse/diagnostics/predictive.hpp"

#include <cmath>
#include <limits>

#include "support/calibration_problem.hpp"
#include <gtest/gtest.h>

namespace snpse {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Two correlated values, the second of which almost follows from the first.
Matrix correlated_rows(Eigen::Index n, std::uint64_t seed) {
  RandomStream random(seed, Purpose::simulator, 1, 0);
  Matrix rows(n, 2);
  for (Eigen::Index i = 0; i < n; ++i) {
    rows(i, 0) = 5 + 2 * random.normal();
    rows(i, 1) = rows(i, 0) + 0.1 * random.normal();
  }
  return rows;
}

TEST(PredictivePValue, IsAnExactProbabilityOfOneMoreRow) {
  int at_most_tenth = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const Matrix rows = correlated_rows(201, seed);
    if (predictive_p_value(rows.topRows(200), rows.row(200).transpose()) <= 0.1) ++at_most_tenth;
  }
  // Twice the smaller of two probabilities is below .1 with at most that probability, and in half of it.
  EXPECT_LE(at_most_tenth, 500 * 0.1 + 4 * std::sqrt(500 * 0.09));
  EXPECT_GE(at_most_tenth, 500 * 0.05 - 4 * std::sqrt(500 * 0.0475));
}

TEST(PredictivePValue, IsTheLeastForDataFarOutInOneValueOrAgainstACorrelation) {
  const Matrix rows = correlated_rows(400, 1);
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(5, 30)), 4.0 / 402);
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(6, 4)), 4.0 / 402);  // usual values both
  EXPECT_GT(predictive_p_value(rows, Eigen::Vector2d(6, 6)), 0.2);
  EXPECT_EQ(farthest_value(rows, Eigen::Vector2d(5, 30)), 1);
}

TEST(PredictivePValue, LeavesOutWhatIsNotDefined) {
  Matrix rows = correlated_rows(400, 1);
  rows(0, 0) = kNan;
  rows.col(1).tail(200).setConstant(kNan);
  // Of x_obs the second value is undefined, so that only one row lacks something.
  EXPECT_GT(predictive_p_value(rows, Eigen::Vector2d(5, kNan)), 0.2);
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(50, kNan)), 2 * 2.0 / 402);
  EXPECT_EQ(farthest_value(rows.rowwise().reverse(), Eigen::Vector2d(kNan, 50)), 1);
}

TEST(PredictivePValue, KnowsConstantValues) {
  Matrix rows = correlated_rows(400, 1);
  rows.col(1).setConstant(3);
  EXPECT_GT(predictive_p_value(rows, Eigen::Vector2d(5, 3)), 0.2);
  EXPECT_LT(predictive_p_value(rows, Eigen::Vector2d(5, 300)), 0.01);
}

TEST(PosteriorPredictive, PassesTheExactPosteriorAndCatchesThePriorAndAShift) {
  const Eigen::Vector2d x_obs(3.2, -3.4);
  const auto verdict = [&](testing::Flaw flaw, const Vector& x) {
    testing::TwoModes problem(flaw, 3);
    return posterior_predictive_finding(problem.simulate(problem.draw(x_obs, 500)), x, 0.01).verdict();
  };
  EXPECT_EQ(verdict(testing::Flaw::none, x_obs), Verdict::pass);
  EXPECT_EQ(verdict(testing::Flaw::prior_returned, x_obs), Verdict::fail);
  EXPECT_EQ(verdict(testing::Flaw::none, x_obs + Eigen::Vector2d(0, 2)), Verdict::fail);
}

TEST(PriorPredictive, WarnsOfAnObservationUnlikeAllSimulations) {
  const Matrix rows = correlated_rows(1000, 2);
  const auto finding = prior_predictive_finding(rows, Eigen::Vector2d(3, 9), 0.01);
  EXPECT_EQ(finding.verdict(), Verdict::warn);
  EXPECT_NE(finding.advice.find("value 2"), std::string::npos) << finding.advice;
  EXPECT_EQ(prior_predictive_finding(rows, Eigen::Vector2d(3, 3), 0.01).verdict(), Verdict::pass);
}

TEST(Overall, IsTheWorstVerdict) {
  Finding pass{.figure = 1, .threshold = 2};
  Finding warn{.figure = 3, .threshold = 2, .missed = Verdict::warn};
  Finding fail{.figure = 1, .threshold = 2, .at_most = false};
  EXPECT_EQ(overall(std::vector{pass}), Verdict::pass);
  EXPECT_EQ(overall(std::vector{pass, warn}), Verdict::warn);
  EXPECT_EQ(overall(std::vector{warn, fail, pass}), Verdict::fail);
}

}  // namespace
}  // namespace snpse
