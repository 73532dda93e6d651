#include "diagnostics/local_c2st.hpp"

#include <gtest/gtest.h>

#include "support/calibration_problem.hpp"

namespace snpse {
namespace {

using testing::Flaw;
using testing::TwoModes;

const Vector kObservation = (Vector(2) << 1, 0.5).finished();

TEST(LocalC2st, AlarmsAtTheExactPosteriorAsRarelyAsItSays) {
  constexpr int kRepetitions = 300;
  int alarms = 0;
  for (int seed = 1; seed <= kRepetitions; ++seed) {
    TwoModes problem(Flaw::none, static_cast<std::uint64_t>(seed));
    const auto found = local_c2st(problem.pairs(100, 19), kObservation, 0.1, 1);
    if (found.accuracy > found.bound) ++alarms;
  }
  EXPECT_NEAR(static_cast<double>(alarms) / kRepetitions, 0.1, 4 * std::sqrt(0.09 / kRepetitions));
}

TEST(LocalC2st, CatchesEveryFlaw) {
  for (const auto& [flaw, name] : testing::kFlaws) {
    const auto finding =
        local_c2st_finding(TwoModes(flaw, 2).pairs(500, 99), kObservation.transpose(), 0.01, 1);
    EXPECT_EQ(finding.verdict() == Verdict::pass, flaw == Flaw::none) << name << " " << finding.figure;
  }
}

/// The second problem's pairs in place of the first's where x_2 is above 0.5.
CalibrationPairs wrong_above(TwoModes right, TwoModes wrong, Eigen::Index n) {
  auto pairs = right.pairs(n, 49);
  for (Eigen::Index i = 0; i < n; ++i)
    if (pairs.x(i, 1) > 0.5) pairs.draws[static_cast<std::size_t>(i)] = wrong.draw(pairs.x.row(i), 49);
  return pairs;
}

TEST(LocalC2st, JudgesThePosteriorWhereTheObservationIs) {
  const auto pairs = wrong_above(TwoModes(Flaw::none, 3), TwoModes(Flaw::shifted, 4), 1000);
  const Vector there = (Vector(2) << 0.5, 1.5).finished();
  const Vector elsewhere = (Vector(2) << 0.5, -1.5).finished();
  EXPECT_EQ(local_c2st_finding(pairs, there.transpose(), 0.01, 1).verdict(), Verdict::fail);
  EXPECT_EQ(local_c2st_finding(pairs, elsewhere.transpose(), 0.01, 1).verdict(), Verdict::pass);
  // Of several observations the worst decides.
  Matrix both(2, 2);
  both << elsewhere.transpose(), there.transpose();
  EXPECT_EQ(local_c2st_finding(pairs, both, 0.01, 1).verdict(), Verdict::fail);
}

TEST(LocalC2st, IsUndecidedWhereRelabellingReachesWhatAnyPosteriorCould) {
  // With one draw a pair, theta and the draw are +1 and -1 in units of their spread, and of 12 pairs 4 count:
  // one relabelling in 8 puts all thetas of a parameter on one side, so that the bound is Phi(1 / 2).
  const auto finding =
      local_c2st_finding(TwoModes(Flaw::none, 1).pairs(12, 1), kObservation.transpose(), 0.01, 1);
  EXPECT_NEAR(finding.threshold, 0.5 * std::erfc(-0.5 / std::sqrt(2.0)), 0.02);
  EXPECT_EQ(finding.verdict(), Verdict::undecided) << finding.threshold;
  const auto far_off = TwoModes(Flaw::prior_returned, 1).pairs(200, 1);
  EXPECT_NE(local_c2st_finding(far_off, kObservation.transpose(), 0.01, 1).verdict(), Verdict::undecided);
}

TEST(LocalC2st, LetsAThirdOfThePairsCount) {
  TwoModes problem(Flaw::none, 5);
  EXPECT_NEAR(local_c2st(problem.pairs(300, 9), kObservation, 0.1, 1).pairs, 100, 1);
}

}  // namespace
}  // namespace snpse
