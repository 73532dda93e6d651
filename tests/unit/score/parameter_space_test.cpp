#include "score/parameter_space.hpp"

#include <cmath>

#include <Eigen/Dense>
#include <gtest/gtest.h>

#include "support/columns.hpp"
#include "support/statistics.hpp"

namespace snpse {
namespace {

std::shared_ptr<const Prior> product_prior() {
  return make_product_prior({make_uniform(-3, 5), make_lognormal(-1, 0.4)});
}

std::shared_ptr<const Prior> correlated_prior() {
  Matrix covariance(2, 2);
  covariance << 2, 0.9, 0.9, 1;
  return make_multivariate_normal(Eigen::Vector2d(1, -2), covariance);
}

ParameterSpace standardised_space() {
  return ParameterSpace::standardised({Eigen::Vector2d(1, -2), Eigen::Vector2d(0.5, 4)});
}

Matrix some_rotation() {
  Matrix rotation(2, 2);
  rotation << 0.8, -0.6, 0.6, 0.8;
  return rotation;
}

/// One of each kind, all in two dimensions.
std::vector<ParameterSpace> all_spaces() {
  return {ParameterSpace::whitened(product_prior()), ParameterSpace::whitened(correlated_prior()),
          ParameterSpace::whitened(product_prior(), some_rotation()), standardised_space()};
}

Matrix some_parameters() {
  Matrix theta(3, 2);
  theta << -2.5, 0.2, 0.1, 0.4, 4.8, 1.3;
  return theta;
}

TEST(ParameterSpace, GoesThereAndBack) {
  for (const auto& space : all_spaces())
    EXPECT_TRUE(space.to_theta(space.to_z(some_parameters())).isApprox(some_parameters(), 1e-12));
}

TEST(ParameterSpace, LogDetIsThatOfTheFiniteDifferenceJacobian) {
  const double h = 1e-6;
  for (const auto& space : all_spaces()) {
    const Matrix theta = some_parameters();
    const Vector log_det = space.log_det(theta);
    ASSERT_EQ(log_det.size(), theta.rows());
    for (Eigen::Index i = 0; i < theta.rows(); ++i) {
      Eigen::Matrix2d jacobian;
      for (Eigen::Index j = 0; j < 2; ++j) {
        const Matrix shift = h * Eigen::Matrix2d::Identity().row(j);
        jacobian.row(j) = (space.to_z(theta.row(i) + shift) - space.to_z(theta.row(i) - shift)) / (2 * h);
      }
      EXPECT_NEAR(log_det[i], std::log(std::abs(jacobian.determinant())), 1e-6);
    }
  }
}

TEST(ParameterSpace, WhitensThePrior) {
  for (const auto& prior : {product_prior(), correlated_prior()}) {
    const Matrix theta = draw_rows(*prior, 5000, 1, Purpose::prior, 0);
    const Matrix z = ParameterSpace::whitened(prior).to_z(theta);
    EXPECT_EQ(ParameterSpace::whitened(prior, some_rotation()).to_z(theta), z * some_rotation());
    for (Eigen::Index j = 0; j < 2; ++j)
      EXPECT_LT(testing::ks_distance(testing::column(z, j), testing::normal_cdf), testing::ks_bound(5000));
  }
}

TEST(ParameterSpace, StandardisesByItsStandardiser) {
  const Matrix z = standardised_space().to_z(some_parameters());
  EXPECT_NEAR(z(0, 0), (-2.5 - 1) / 0.5, 1e-14);
  EXPECT_NEAR(z(2, 1), (1.3 + 2) / 4, 1e-14);
}

TEST(ParameterSpace, HasAStandardiserOnlyIfItStandardises) {
  EXPECT_FALSE(ParameterSpace::whitened(product_prior()).standardiser().has_value());
  ASSERT_TRUE(standardised_space().standardiser().has_value());
  EXPECT_EQ(standardised_space().standardiser()->deviation, Eigen::Vector2d(0.5, 4));
}

}  // namespace
}  // namespace snpse
