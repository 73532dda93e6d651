#include "diagnostics/calibration.hpp"

#include <map>

#include <gtest/gtest.h>

#include "support/calibration_problem.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

using testing::Flaw;
using testing::TwoModes;

std::map<std::string, Finding> findings_of(Flaw flaw, std::uint64_t seed = 1) {
  std::map<std::string, Finding> by_name;
  for (const auto& finding :
       calibration_findings(TwoModes(flaw, seed).pairs(500, 99), {"a", "b"}, 0.01, seed))
    by_name[finding.check] = finding;
  return by_name;
}

TEST(UniformDistance, IsTheLargestDifferenceOfDistributionFunctions) {
  EXPECT_DOUBLE_EQ(uniform_distance((Vector(2) << 0.75, 0.25).finished()), 0.25);
  EXPECT_DOUBLE_EQ(uniform_distance((Vector(2) << 0.9, 0.95).finished()), 0.9);
  EXPECT_DOUBLE_EQ(uniform_distance((Vector(2) << 0.1, 0.2).finished()), 0.8);
}

TEST(UniformCurve, IsTheFractionOfPositionsUpToEachLevel) {
  const auto curve = uniform_curve((Vector(2) << 0.75, 0.25).finished());
  ASSERT_EQ(curve.size(), 51U);
  EXPECT_EQ(curve.front(), 0);
  EXPECT_EQ(curve[12], 0);    // up to 0.24
  EXPECT_EQ(curve[13], 0.5);  // up to 0.26
  EXPECT_EQ(curve[37], 0.5);
  EXPECT_EQ(curve[38], 1);
  EXPECT_EQ(curve.back(), 1);
}

TEST(UniformBound, IsExceededByUniformsAsRarelyAsItSays) {
  RandomStream random(1, Purpose::prior, 1, 0);
  int beyond = 0;
  for (int repetition = 0; repetition < 2000; ++repetition) {
    Vector positions(100);
    for (double& value : positions) value = random.uniform();
    if (uniform_distance(positions) > uniform_bound(100, 0.1)) ++beyond;
  }
  // 10 % at most, and not far below: 2000 repetitions know a fraction of 0.1 up to 0.0067.
  EXPECT_LT(beyond, 2000 * (0.1 + 4 * 0.0067));
  EXPECT_GT(beyond, 2000 * 0.06);
}

TEST(Calibration, PassesTheExactPosterior) {
  for (const std::uint64_t seed : {1, 2, 3})
    for (const auto& [name, finding] : findings_of(Flaw::none, seed))
      EXPECT_EQ(finding.verdict(), Verdict::pass) << name << " " << finding.figure;
}

TEST(Calibration, CatchesPosteriorsThatAreTooNarrowOrTooWide) {
  auto narrow = findings_of(Flaw::too_narrow);
  EXPECT_EQ(narrow["sbc"].verdict(), Verdict::fail);
  EXPECT_NE(narrow["sbc"].advice.find("too narrow"), std::string::npos);
  EXPECT_EQ(narrow["coverage"].verdict(), Verdict::fail);
  EXPECT_NE(narrow["coverage"].advice.find("overconfident"), std::string::npos);
  auto wide = findings_of(Flaw::too_wide);
  EXPECT_EQ(wide["coverage"].verdict(), Verdict::warn);
  EXPECT_NE(wide["coverage"].advice.find("too cautious"), std::string::npos);
}

TEST(Calibration, HasACurveForEachParameterAndEachOtherCheck) {
  auto found = findings_of(Flaw::none);
  ASSERT_EQ(found["sbc"].curves.size(), 2U);
  EXPECT_EQ(found["sbc"].curves[1].of, "b");
  for (const char* check : {"coverage", "tarp"}) {
    ASSERT_EQ(found[check].curves.size(), 1U) << check;
    // The curve leaves the diagonal by the figure at most, and by nearly as much between two levels.
    double farthest = 0;
    for (int i = 0; i <= 50; ++i)
      farthest =
          std::max(farthest, std::abs(found[check].curves[0].values[static_cast<std::size_t>(i)] - i / 50.0));
    EXPECT_LE(farthest, found[check].figure + 1e-12) << check;
    EXPECT_GE(farthest, found[check].figure - 1.0 / 50) << check;
  }
}

TEST(Calibration, CatchesAShift) {
  auto found = findings_of(Flaw::shifted);
  EXPECT_EQ(found["sbc"].verdict(), Verdict::fail);
  EXPECT_NE(found["sbc"].advice.find("b: its draws are too high"), std::string::npos) << found["sbc"].advice;
}

TEST(Calibration, CatchesAMissingMode) {
  auto found = findings_of(Flaw::one_mode_missing);
  EXPECT_EQ(found["sbc"].verdict(), Verdict::fail);
  EXPECT_EQ(found["coverage"].verdict(), Verdict::fail);
}

TEST(Calibration, CatchesAPosteriorThatDoesNotHeedTheDataByItsPoints) {
  auto found = findings_of(Flaw::prior_returned);
  EXPECT_EQ(found["tarp"].verdict(), Verdict::fail);
  // The prior is calibrated on average: the two others cannot tell.
  EXPECT_EQ(found["sbc"].verdict(), Verdict::pass);
  EXPECT_EQ(found["coverage"].verdict(), Verdict::pass);
}

TEST(Calibration, PositionsOfTiesAreUniform) {
  // Parameters that are all the same: each lies anywhere among its draws.
  const Eigen::Index n = 2000;
  CalibrationPairs pairs{Matrix::Zero(n, 1), Matrix::Zero(n, 1), {}, Vector::Zero(n), Matrix::Zero(n, 3)};
  RandomStream random(1, Purpose::prior, 1, 0);
  for (Eigen::Index i = 0; i < n; ++i) {
    pairs.theta(i, 0) = random.normal();
    pairs.draws.push_back(Matrix(3, 1));
    for (double& value : pairs.draws.back().reshaped()) value = random.normal();
  }
  EXPECT_LT(uniform_distance(rank_positions(pairs, 4).col(0)), testing::ks_bound(n));
}

}  // namespace
}  // namespace snpse
