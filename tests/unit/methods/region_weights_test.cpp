#include "methods/region_weights.hpp"

#include <gtest/gtest.h>

#include "util/random.hpp"

namespace snpse {
namespace {

// The prior is U(0, 1). Round 2 simulated in [0.5, 0.6], which cut the posterior on [0.4, 0.7] away; round 3
// in [0.3, 0.8].
constexpr double kLow[] = {0, 0.5, 0.3};
constexpr double kHigh[] = {1, 0.6, 0.8};
constexpr int kSizes[] = {2000, 20000, 10000};

struct Simulated {
  Vector theta;
  Matrix inside;
  std::vector<int> round;
};

Simulated simulate() {
  Simulated all{Vector(32000), Matrix(32000, 2), {}};
  RandomStream random(1, Purpose::prior, 0, 0);
  for (int round = 0; round < 3; ++round)
    for (int k = 0; k < kSizes[round]; ++k) {
      const auto i = static_cast<Eigen::Index>(all.round.size());
      all.theta[i] = kLow[round] + (kHigh[round] - kLow[round]) * random.uniform();
      for (int j = 1; j < 3; ++j)
        all.inside(i, j - 1) = all.theta[i] >= kLow[j] && all.theta[i] <= kHigh[j] ? 1 : 0;
      all.round.push_back(round + 1);
    }
  return all;
}

/// Of all weight inside [0.3, 0.8] what lies in [from, to].
double fraction(const Simulated& all, const Vector& weights, double from, double to) {
  double part = 0;
  double whole = 0;
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    if (all.inside(i, 1) == 0) continue;
    whole += weights[i];
    if (all.theta[i] >= from && all.theta[i] <= to) part += weights[i];
  }
  return part / whole;
}

TEST(RegionWeights, MakeAPoolWithAFailedRegionProportionalToThePriorInsideTheLast) {
  const auto all = simulate();
  const Vector weights = region_weights(all.inside, all.round, {false, true, false});
  // Without them 20 000 of 31 000 rows would lie in the failed region's fifth.
  EXPECT_GT(fraction(all, Vector::Ones(weights.size()), 0.5, 0.6), 0.6);
  EXPECT_NEAR(fraction(all, weights, 0.5, 0.6), 0.2, 0.02);
  EXPECT_NEAR(fraction(all, weights, 0.5, 0.55), 0.1, 0.01);
  EXPECT_NEAR(fraction(all, weights, 0.3, 0.5), 0.4, 0.02);
  EXPECT_EQ(weights.maxCoeff(), 1);
}

TEST(RegionWeights, AreAllOneWhereNoRegionFailed) {
  const auto all = simulate();
  EXPECT_EQ(region_weights(all.inside, all.round, {false, false, false}), Vector::Ones(32000));
}

}  // namespace
}  // namespace snpse
