#include "diagnostics/data_checks.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "support/statistics.hpp"
#include "util/random.hpp"

namespace snpse {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

DataRange range_of_rows(const Matrix& x) {
  DataRange range(x.cols());
  range.add(x);
  return range;
}

/// 999 rows of p values from 0 to 1, both of which occur.
DataRange unit_range(Eigen::Index p) {
  return range_of_rows(Vector::LinSpaced(999, 0, 1).replicate(1, p));
}

Matrix normal_columns(Eigen::Index n, const std::vector<double>& deviations, std::uint64_t seed) {
  RandomStream random(seed, Purpose::prior, 0, 0);
  Matrix draws(n, static_cast<Eigen::Index>(deviations.size()));
  for (Eigen::Index j = 0; j < draws.cols(); ++j)
    for (double& value : draws.col(j)) value = deviations[static_cast<std::size_t>(j)] * random.normal();
  return draws;
}

TEST(DataRange, LeavesOutWhatIsNotFinite) {
  Matrix x(3, 2);
  x << 1, kNan, 3, kNan, std::numeric_limits<double>::infinity(), kNan;
  const auto range = range_of_rows(x);
  EXPECT_EQ(range.low(0), 1);
  EXPECT_EQ(range.high(0), 3);
  EXPECT_EQ(range.rows(), 2);
  // Nothing lies beyond a value that no simulation has.
  EXPECT_TRUE(outliers(range, Eigen::RowVector2d(2, 100)).empty());
}

TEST(Observation, PassesInsideTheRangeAndOnItsEdges) {
  const auto finding = observation_finding(unit_range(3), Eigen::RowVector3d(0, 0.5, 1));
  EXPECT_EQ(finding.verdict(), Verdict::pass);
  EXPECT_EQ(finding.figure, 0);
  EXPECT_EQ(observation_finding(unit_range(2), Eigen::RowVector2d(kNan, 0.5)).verdict(), Verdict::pass);
}

TEST(Observation, NamesTheValuesThatAreFarthestOut) {
  Matrix x(2, 3);
  x << 0.5, 1.2, 0.1, -3, 0.5, 0.5;
  const auto found = outliers(unit_range(3), x);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].observation, 1);
  EXPECT_EQ(found[0].value, 0);
  EXPECT_DOUBLE_EQ(found[0].distance, 3);
  EXPECT_NEAR(found[1].distance, 0.2, 1e-12);
  const auto finding = observation_finding(unit_range(3), x);
  EXPECT_EQ(finding.verdict(), Verdict::warn);
  EXPECT_NE(
      finding.advice.find("value 1 of observation 2 is -3, simulated were 0 to 1, value 2 of observation 1"),
      std::string::npos)
      << finding.advice;
}

TEST(Observation, AllowsWhatChanceExplains) {
  // Of 10 000 values, each beyond 999 others with probability 2 / 1000, 20 are expected and 20 + 3 sqrt(20) =
  // 33.4 are allowed; of 3 values 0.006 are expected and 0.24 allowed.
  Matrix x = Matrix::Constant(1, 10000, 0.5);
  x.leftCols(33).setConstant(2);
  EXPECT_EQ(observation_finding(unit_range(10000), x).verdict(), Verdict::pass);
  x(0, 33) = 2;
  EXPECT_EQ(observation_finding(unit_range(10000), x).verdict(), Verdict::warn);
  EXPECT_NEAR(observation_finding(unit_range(3), Eigen::RowVector3d(0, 0, 0)).threshold,
              0.006 + 3 * std::sqrt(0.006), 1e-12);
}

TEST(Observation, AllowsNothingFarOut) {
  // One outlier of 10 000 values is chance, but not more than three widths beyond the range.
  Matrix x = Matrix::Constant(1, 10000, 0.5);
  x(0, 7) = 4;
  EXPECT_EQ(observation_finding(unit_range(10000), x).verdict(), Verdict::pass);
  x(0, 7) = 4.1;
  EXPECT_EQ(observation_finding(unit_range(10000), x).verdict(), Verdict::warn);
  // The range of nine simulations says little.
  const auto few = range_of_rows(Vector::LinSpaced(9, 0, 1).replicate(1, 10000));
  EXPECT_EQ(observation_finding(few, x).verdict(), Verdict::pass);
}

TEST(Seed, IsIgnoredWhereAllRepetitionsWithAnotherGiveTheSame) {
  Matrix x(4, 2);
  x << 1, 2, 3, 4, 5, kNan, kNan, kNan;
  Matrix again(4, 2);
  again << 1, 2, 3, 4, 5, kNan, 7, 8;  // the last one did not answer before
  const auto same = count_repeats(x, again);
  EXPECT_EQ(same.compared, 3);
  EXPECT_EQ(same.equal, 3);
  EXPECT_EQ(seed_ignored_finding(same).verdict(), Verdict::warn);
  EXPECT_EQ(seed_repeats_finding(same).verdict(), Verdict::pass);
  again(1, 1) = 4.5;
  again.row(2).setConstant(kNan);
  const auto other = count_repeats(x, again);
  EXPECT_EQ(other.compared, 2);
  EXPECT_EQ(other.equal, 1);  // as may be with counts
  EXPECT_EQ(seed_ignored_finding(other).verdict(), Verdict::pass);
  EXPECT_EQ(seed_repeats_finding(other).verdict(), Verdict::warn);
  EXPECT_EQ(seed_ignored_finding({}).verdict(), Verdict::undecided);
  EXPECT_EQ(seed_repeats_finding({}).verdict(), Verdict::undecided);
}

TEST(ConstantData, SaysWhereNothingEverDiffers) {
  const Matrix x = Matrix::Constant(3, 2, 1.5);
  EXPECT_TRUE(is_constant(range_of_rows(x)));
  EXPECT_FALSE(is_constant(range_of_rows(x.topRows(1))));
  EXPECT_FALSE(is_constant(unit_range(2)));
  EXPECT_NE(constant_data_finding(range_of_rows(x)).advice.find("all 3 valid simulations gave the same x"),
            std::string::npos);
}

TEST(ConstantData, NamesTheValuesThatNeverDiffer) {
  Matrix x(4, 5);
  x << 1, 2, 7, 0, 5, 1, 3, 7, kNan, 5, 1, 4, 7, 0, 5, 1, 2, 7, 0, 5;
  EXPECT_EQ(constant_values(range_of_rows(x)), (std::vector<Eigen::Index>{0, 2, 3, 4}));
  const auto finding = constant_data_finding(range_of_rows(x));
  EXPECT_EQ(finding.verdict(), Verdict::note);
  EXPECT_NE(finding.advice.find("value 1 is 1, value 3 is 7, value 4 is 0 and 1 more"), std::string::npos)
      << finding.advice;
  const std::vector<std::string> names{"a", "b", "c", "d", "e"};
  EXPECT_NE(constant_data_finding(range_of_rows(x), names).advice.find("a is 1, c is 7, d is 0 and 1 more"),
            std::string::npos);
  EXPECT_EQ(constant_data_finding(unit_range(2)).verdict(), Verdict::pass);
  EXPECT_EQ(constant_data_finding(range_of_rows(x.topRows(1))).verdict(), Verdict::undecided);
}

TEST(TwoSampleDistance, IsTheLargestDifferenceOfDistributionFunctions) {
  const auto sample = [](std::initializer_list<double> values) {
    return Vector(Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size())));
  };
  EXPECT_DOUBLE_EQ(two_sample_distance(sample({3, 1, 2}), sample({5, 4})), 1);
  EXPECT_DOUBLE_EQ(two_sample_distance(sample({1, 2, 3, 4}), sample({4, 3, 2, 1})), 0);
  EXPECT_DOUBLE_EQ(two_sample_distance(sample({1, 1, 1, 2}), sample({1, 2, 2, 2})), 0.5);
  // N(0, 1) and N(1, 1) differ most at 1/2, by 2 Phi(1/2) - 1.
  const Matrix draws = normal_columns(20000, {1, 1}, 1);
  EXPECT_NEAR(two_sample_distance(draws.col(0), draws.col(1).array() + 1), 2 * testing::normal_cdf(0.5) - 1,
              two_sample_bound(20000, 20000, 0.001));
}

TEST(TwoSampleBound, IsExceededByDrawsOfOneLawAsRarelyAsItSays) {
  int beyond = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const Matrix draws = normal_columns(200, {1, 1}, seed);
    if (two_sample_distance(draws.col(0), draws.col(1)) > two_sample_bound(200, 200, 0.1)) ++beyond;
  }
  EXPECT_LT(beyond, 1000 * (0.1 + 4 * 0.0095));  // 1000 repetitions know a fraction of 0.1 up to 0.0095
  EXPECT_GT(beyond, 1000 * 0.04);
}

TEST(Uninformed, NotesParametersWhosePosteriorIsThePrior) {
  const std::vector<std::string> names{"a", "b", "c"};
  const Matrix prior = normal_columns(10000, {1, 1, 1}, 1);
  const auto finding = uninformed_finding(normal_columns(10000, {0.3, 1, 1}, 2), prior, names, 0.01);
  EXPECT_EQ(finding.verdict(), Verdict::note);
  EXPECT_NE(finding.advice.find("about b, c: their posteriors are the prior"), std::string::npos)
      << finding.advice;
  // N(0, 1) and N(0, 0.8^2) differ by up to 0.0537: the densities cross at z^2 = ln(0.8^-2) / (0.8^-2 - 1).
  const double z = std::sqrt(std::log(1 / 0.64) / (1 / 0.64 - 1));
  EXPECT_NEAR(testing::normal_cdf(z / 0.8) - testing::normal_cdf(z), 0.0537, 1e-4);
  const auto informed = uninformed_finding(normal_columns(10000, {0.3, 0.8, 0.7}, 2), prior, names, 0.01);
  EXPECT_EQ(informed.verdict(), Verdict::pass) << informed.figure;
  // Few draws know less: 300 of each see differences from 0.13 on.
  EXPECT_NEAR(uninformed_finding(prior.topRows(300), prior.topRows(300), names, 0.01).threshold,
              std::sqrt(std::log(200.0) / 2 * 2 / 300), 1e-12);
}

}  // namespace
}  // namespace snpse
