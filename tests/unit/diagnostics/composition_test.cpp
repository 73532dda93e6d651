#include "diagnostics/composition.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "util/random.hpp"

namespace snpse {
namespace {

/// Pairs of two parameters whose posterior is N(0, 1) but for a bias of its draws.
CalibrationPairs biased_pairs(Eigen::Index n, double bias) {
  constexpr Eigen::Index kDraws = 200;
  RandomStream random(1, Purpose::calibration, 0, 0);
  CalibrationPairs pairs{Matrix(n, 2), Matrix::Zero(n, 1), {}, Vector::Zero(n), Matrix::Zero(n, kDraws)};
  for (Eigen::Index i = 0; i < n; ++i) {
    for (double& value : pairs.theta.row(i)) value = random.normal();
    Matrix draws(kDraws, 2);
    for (double& value : draws.reshaped()) value = random.normal() - bias;
    pairs.draws.push_back(std::move(draws));
  }
  return pairs;
}

TEST(Composition, MagnifiesABiasByTheRootOfTheNumberOfObservations) {
  // 0.2 deviations of each posterior are two of the posterior of a hundred observations.
  const auto pairs = biased_pairs(10000, 0.2);
  EXPECT_NEAR(composition_finding(pairs, 100).figure, 10 * (0.2 + 2 / std::sqrt(10000)), 0.25);
  EXPECT_EQ(composition_finding(pairs, 100).verdict(), Verdict::warn);
  EXPECT_EQ(composition_finding(pairs, 10).verdict(), Verdict::pass);
}

TEST(Composition, CountsWhatFewPairsCannotRuleOut) {
  const auto few = biased_pairs(100, 0);
  EXPECT_GE(composition_finding(few, 100).figure,
            1.8);  // two standard errors are 0.2, less what chance takes
  EXPECT_EQ(composition_finding(few, 100).verdict(), Verdict::warn);
  EXPECT_EQ(composition_finding(biased_pairs(10000, 0), 100).verdict(), Verdict::pass);
}

}  // namespace
}  // namespace snpse
