#include "score/tilted_prior.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "util/random.hpp"

namespace snpse {
namespace {

constexpr Eigen::Index kRows = 5000;
constexpr double kNoise = 0.5;

/// Rows of one parameter and one datum, x = z + kNoise eps, z by `draw`.
struct Rows {
  template <typename Draw>
  explicit Rows(const Draw& draw) : z(kRows, 1), x(kRows, 1) {
    RandomStream random(1, Purpose::prior, 0, 0);
    for (Eigen::Index i = 0; i < kRows; ++i) {
      z(i, 0) = draw(random);
      x(i, 0) = z(i, 0) + kNoise * random.normal();
    }
  }
  TiltedPrior fit(const GaussianPiece& prior) const {
    return TiltedPrior::fit({prior}, z, x, fit_regression(z, x)).tilted;
  }
  Matrix z;
  Matrix x;
};

/// The likelihood N(x; z, kNoise^2) as a function of z: exp(x z / kNoise^2 - z^2 / (2 kNoise^2)), of the
/// first of `features` alone.
void expect_the_likelihood(const TiltedPrior& fitted, Eigen::Index features = 1, double tolerance = 0.1) {
  const double precision = 1 / (kNoise * kNoise);
  EXPECT_NEAR(fitted.precision[0], precision, tolerance * precision);
  Matrix x = Matrix::Zero(2, features);
  x(1, 0) = 1;
  const Matrix tilt = fitted.tilt(x);
  EXPECT_NEAR(tilt(0, 0), 0, 0.3);
  EXPECT_NEAR(tilt(1, 0), precision, tolerance * precision);
}

TEST(TiltedPrior, FindsTheLikelihoodBetweenEdges) {
  // A regression's mean is not linear here: the edges are two deviations of the noise from the centre.
  const Rows rows([](RandomStream& random) { return 2 * random.uniform() - 1; });
  expect_the_likelihood(rows.fit({0, 0, -1, 1}));
}

TEST(TiltedPrior, FindsTheLikelihoodAmongManyFeatures) {
  constexpr Eigen::Index kMany = 400;
  Rows rows([](RandomStream& random) { return 2 * random.uniform() - 1; });
  RandomStream random(1, Purpose::prior, 0, 1);
  rows.x.conservativeResize(kRows, kMany);
  for (double& value : rows.x.rightCols(kMany - 1).reshaped()) value = random.normal();
  expect_the_likelihood(rows.fit({0, 0, -1, 1}), kMany, 0.2);  // a tenth is lost to 400 coefficients
}

TEST(TiltedPrior, FindsTheLikelihoodOfANormalWithOneEdge) {
  const Rows rows([](RandomStream& random) { return std::abs(random.normal()); });
  expect_the_likelihood(rows.fit({0, 1, 0, kInfinity}));
}

TEST(TiltedPrior, IsTheRegressionWhereThereAreNoEdges) {
  const Rows rows([](RandomStream& random) { return random.normal(); });
  const auto regression = fit_regression(rows.z, rows.x);
  const auto fitted = TiltedPrior::fit({{0, 1, -kInfinity, kInfinity}}, rows.z, rows.x, regression).tilted;
  const double precision = 1 + fitted.precision[0];
  EXPECT_NEAR(1 / std::sqrt(precision), regression.regression.deviation[0], 0.002);
  for (const double x : {-2.0, 0.3, 1.5}) {
    const Matrix at = Matrix::Constant(1, 1, x);
    EXPECT_NEAR(fitted.tilt(at)(0, 0) / precision, regression.regression.mean(at)(0, 0), 0.005);
  }
}

TEST(TiltedPrior, IsThePriorWhereXSaysNothing) {
  Rows rows([](RandomStream& random) { return 2 * random.uniform() - 1; });
  RandomStream random(1, Purpose::prior, 0, 1);
  for (double& value : rows.x.reshaped()) value = random.normal();
  const auto fitted = rows.fit({0, 0, -1, 1});
  EXPECT_LT(fitted.precision[0], 0.3);
  for (const double x : {-2.0, 0.0, 2.0}) EXPECT_NEAR(fitted.tilt(Matrix::Constant(1, 1, x))(0, 0), 0, 0.25);
}

TEST(TiltedPrior, IsThePriorWhereManyFeaturesOfFewRowsSayNothing) {
  RandomStream random(1, Purpose::prior, 0, 0);
  Matrix z(60, 1);
  for (double& value : z.reshaped()) value = 2 * random.uniform() - 1;
  Matrix x(60, 200);
  for (double& value : x.reshaped()) value = random.normal();
  const auto fitted = TiltedPrior::fit({{0, 0, -1, 1}}, z, x, fit_regression(z, x)).tilted;
  for (double& value : x.reshaped()) value = random.normal();
  // exp(tilt z - precision z^2 / 2) changes the density by less than a factor of two between the edges.
  EXPECT_LT(fitted.precision[0], 1);
  EXPECT_LT(fitted.tilt(x).cwiseAbs().maxCoeff(), 0.7);
}

TEST(TiltedPrior, TakesDataThatDetermineAParameter) {
  Rows rows([](RandomStream& random) { return 2 * random.uniform() - 1; });
  rows.x = rows.z;
  const auto fitted = rows.fit({0, 0, -1, 1});
  const double at_half = fitted.tilt(Matrix::Constant(1, 1, 0.5))(0, 0) / fitted.precision[0];
  EXPECT_NEAR(at_half, 0.5, 0.01);
  EXPECT_GT(fitted.precision[0], 1000);
}

}  // namespace
}  // namespace snpse
