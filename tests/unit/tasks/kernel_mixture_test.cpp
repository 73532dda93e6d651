#include "tasks/kernel_mixture.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "support/columns.hpp"

namespace snpse {
namespace {

/// Two modes in the plane: around (-5, 0), 1 wide, and around (5, 0), 0.1 wide and twice as likely.
Matrix two_modes(Eigen::Index n) {
  RandomStream random(1, Purpose::reference, 0, 0);
  Matrix points(n, 2);
  for (Eigen::Index i = 0; i < n; ++i) {
    const bool wide = random.below(3) == 0;
    points(i, 0) = wide ? random.normal() - 5 : 0.1 * random.normal() + 5;
    points(i, 1) = (wide ? 1 : 0.1) * random.normal();
  }
  return points;
}

KernelMixture mixture_of(const Matrix& points) {
  RandomStream random(2, Purpose::reference, 0, 0);
  const auto n = static_cast<double>(points.rows());
  return {points, Vector::Constant(points.rows(), 1 / n), random};
}

TEST(KernelMixture, FollowsModesOfDifferentWidth) {
  const KernelMixture mixture = mixture_of(two_modes(4000));
  RandomStream random(3, Purpose::reference, 0, 0);
  const int n = 20000;
  double right = 0;
  double spread = 0;
  for (int i = 0; i < n; ++i) {
    std::array<double, 2> z{};
    mixture.draw(random, z);
    if (z[0] < 2) continue;
    ++right;
    spread += std::min(z[1] * z[1], 1.0);
  }
  EXPECT_NEAR(right / n, 2.0 / 3, 3 * std::sqrt(2.0 / 9 / 100));  // by 100 kernels
  EXPECT_LT(std::sqrt(spread / right), 0.2);
}

TEST(KernelMixture, DrawsFromItsDensity) {
  // E[f / q] over draws of q is the integral of f, here a normal density: the same for each f.
  const KernelMixture mixture = mixture_of(two_modes(4000));
  RandomStream random(4, Purpose::reference, 0, 0);
  const int n = 100000;
  std::array<double, 2> integral{};
  for (int i = 0; i < n; ++i) {
    std::array<double, 2> z{};
    mixture.draw(random, z);
    const double density = std::exp(mixture.log_density(z));
    integral[0] += std::exp(-0.5 * (std::pow(z[0] + 5, 2) + z[1] * z[1])) / density / n;
    integral[1] += std::exp(-50 * (std::pow(z[0] - 5, 2) + z[1] * z[1])) * 100 / density / n;
  }
  EXPECT_NEAR(integral[0] / integral[1], 1, 0.05);
}

TEST(KernelMixture, CountsPointsByTheirWeights) {
  const Matrix points = two_modes(4000);
  Vector weights = (points.col(0).array() < 0).select(Vector::Ones(4000), 0);
  weights /= weights.sum();
  RandomStream random(5, Purpose::reference, 0, 0);
  const KernelMixture mixture(points, weights, random);
  for (int i = 0; i < 1000; ++i) {
    std::array<double, 2> z{};
    mixture.draw(random, z);
    EXPECT_LT(z[0], 4);
  }
}

}  // namespace
}  // namespace snpse
