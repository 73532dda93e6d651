#include "diagnostics/predictive.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/calibration_problem.hpp"

namespace snpse {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

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
    if (predictive_p_value(rows.topRows(200), rows.row(200).transpose()).p <= 0.1) ++at_most_tenth;
  }
  // Twice the smaller of two probabilities is below .1 with at most that probability, and in half of it.
  EXPECT_LE(at_most_tenth, 500 * 0.1 + 4 * std::sqrt(500 * 0.09));
  EXPECT_GE(at_most_tenth, 500 * 0.05 - 4 * std::sqrt(500 * 0.0475));
}

TEST(PredictivePValue, IsTheLeastForDataFarOutInOneValueOrAgainstACorrelation) {
  const Matrix rows = correlated_rows(400, 1);
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(5, 30)).p, 2.0 / 401);
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(6, 4)).p, 2.0 / 401);  // usual values both
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(6, 6)).smallest, 2.0 / 401);
  EXPECT_GT(predictive_p_value(rows, Eigen::Vector2d(6, 6)).p, 0.2);
  EXPECT_EQ(farthest_value(rows, Eigen::Vector2d(5, 30)), 1);
}

TEST(PredictivePValue, LeavesOutWhatIsNotDefined) {
  Matrix rows = correlated_rows(400, 1);
  rows(0, 0) = kUndefined;
  rows.col(1).tail(200).setConstant(kUndefined);
  // Of x_obs the second value is undefined, so that only one row lacks something.
  EXPECT_GT(predictive_p_value(rows, Eigen::Vector2d(5, kUndefined)).p, 0.2);
  EXPECT_DOUBLE_EQ(predictive_p_value(rows, Eigen::Vector2d(50, kUndefined)).p, 2.0 / 400);
  EXPECT_EQ(farthest_value(rows.rowwise().reverse(), Eigen::Vector2d(kUndefined, 50)), 1);
}

TEST(PredictivePValue, KnowsConstantValues) {
  Matrix rows = correlated_rows(400, 1);
  rows.col(1).setConstant(3);
  EXPECT_GT(predictive_p_value(rows, Eigen::Vector2d(5, 3)).p, 0.2);
  EXPECT_LT(predictive_p_value(rows, Eigen::Vector2d(5, 300)).p, 0.01);
}

TEST(PosteriorPredictive, PassesTheExactPosteriorAndCatchesThePriorAndAShift) {
  const Eigen::Vector2d x_obs(3.2, -3.4);
  const auto verdict = [&](testing::Flaw flaw, const Vector& x) {
    testing::TwoModes problem(flaw, 3);
    return posterior_predictive_finding(problem.simulate(problem.draw(x_obs, 500)), x.transpose(), 0.01)
        .verdict();
  };
  EXPECT_EQ(verdict(testing::Flaw::none, x_obs), Verdict::pass);
  EXPECT_EQ(verdict(testing::Flaw::prior_returned, x_obs), Verdict::fail);
  EXPECT_EQ(verdict(testing::Flaw::none, x_obs + Eigen::Vector2d(0, 2)), Verdict::fail);
}

TEST(PriorPredictive, WarnsOfAnObservationUnlikeAllSimulations) {
  const Matrix rows = correlated_rows(1000, 2);
  const auto finding = prior_predictive_finding(rows, Eigen::RowVector2d(3, 9), 0.01);
  EXPECT_EQ(finding.verdict(), Verdict::warn);
  EXPECT_NE(finding.advice.find("value 2"), std::string::npos) << finding.advice;
  EXPECT_EQ(prior_predictive_finding(rows, Eigen::RowVector2d(3, 3), 0.01).verdict(), Verdict::pass);
}

TEST(PosteriorPredictive, FailsAtAnObservationThatIsFarOutWithAsManySimulationsAsItAsksForAndNoFewer) {
  for (const Eigen::Index observations : {1, 2, 5}) {
    Matrix x(observations, 2);
    x.rowwise() = Eigen::RowVector2d(5, 5);
    x.row(observations - 1) << 5, 30;
    const auto fewest = fewest_simulations(observations, 0.01);
    EXPECT_EQ(fewest, 200 * observations);  // 2 k / (n + 1) < 1 / 100
    const auto enough = posterior_predictive_finding(correlated_rows(fewest, 1), x, 0.01);
    EXPECT_EQ(enough.verdict(), Verdict::fail) << enough.figure;
    if (observations > 1) {
      EXPECT_NE(enough.advice.find(fmt::format("of observation {}", observations)), std::string::npos);
    }
    const auto too_few = posterior_predictive_finding(correlated_rows(fewest - 1, 1), x, 0.01);
    EXPECT_EQ(too_few.verdict(), Verdict::undecided) << too_few.figure;
    EXPECT_NE(too_few.what.find("cannot be decided"), std::string::npos);
  }
}

TEST(PosteriorPredictive, AsksForAsManySimulationsAsAreEnoughOfThemValid) {
  // Half of 300 are valid, where 200 have to be: 1.2 * 200 / 0.5 are asked for.
  Matrix rows = correlated_rows(300, 1);
  rows.topRows(150).setConstant(kUndefined);
  const auto finding = posterior_predictive_finding(rows, Eigen::RowVector2d(5, 30), 0.01);
  EXPECT_EQ(finding.verdict(), Verdict::undecided);
  EXPECT_NE(finding.advice.find("raise --simulations to 480"), std::string::npos) << finding.advice;
}

TEST(Overall, IsTheWorstVerdict) {
  Finding pass{.figure = 1, .threshold = 2};
  Finding note{.figure = 3, .threshold = 2, .missed = Verdict::note};
  Finding unknown{.figure = 1, .threshold = 2, .decided = false};
  Finding warn{.figure = 3, .threshold = 2, .missed = Verdict::warn};
  Finding fail{.figure = 1, .threshold = 2, .at_most = false};
  EXPECT_EQ(overall(std::vector{pass}), Verdict::pass);
  EXPECT_EQ(overall(std::vector{pass, note}), Verdict::pass);
  EXPECT_EQ(overall(std::vector{pass, note, warn}), Verdict::warn);
  EXPECT_EQ(overall(std::vector{pass, unknown, warn}), Verdict::undecided);
  EXPECT_EQ(overall(std::vector{fail, unknown, undecided_finding("sbc", "", "")}), Verdict::fail);
  EXPECT_EQ(overall(std::vector{warn, fail, pass}), Verdict::fail);
}

}  // namespace
}  // namespace snpse
