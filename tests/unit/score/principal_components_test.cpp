#include "score/principal_components.hpp"

#include <cmath>

#include <Eigen/QR>
#include <gtest/gtest.h>

#include "support/columns.hpp"

namespace snpse {
namespace {

using testing::normal_rows;

TEST(PrincipalComponents, AreTheDirectionsInWhichRowsDifferMost) {
  // Of 40 features all but three have deviation .1; their axes are turned. Tall and wide features alike.
  const Eigen::Vector3d deviations(9, 3, 1);
  for (const Eigen::Index n : {30, 2000}) {
    Matrix turned = 0.1 * normal_rows(n, 40, 1);
    turned.leftCols(3) = normal_rows(n, 3, 2) * deviations.asDiagonal();
    const Eigen::MatrixXd axes =
        Eigen::HouseholderQR<Eigen::MatrixXd>(Eigen::MatrixXd(normal_rows(40, 40, 3))).householderQ();
    const Matrix features = (turned * axes).array() + 5;
    const auto components = PrincipalComponents::fit(features, 3);
    const Matrix scores = components.apply(features);
    ASSERT_EQ(scores.cols(), 3);
    const double largest = std::sqrt(turned.col(0).squaredNorm() / static_cast<double>(n));
    for (Eigen::Index i = 0; i < 3; ++i) {
      EXPECT_NEAR(scores.col(i).mean(), 0, 1e-9);
      const Vector own = turned.col(i).array() - turned.col(i).mean();
      const double correlation = scores.col(i).dot(own) / (scores.col(i).norm() * own.norm());
      EXPECT_GT(std::abs(correlation), 0.9);
      const double variance = scores.col(i).squaredNorm() / static_cast<double>(n);
      EXPECT_NEAR(variance, std::sqrt(own.squaredNorm() / static_cast<double>(n)) / largest, 0.15);
    }
  }
}

TEST(PrincipalComponents, AreNoMoreThanTheFeaturesHaveDirections) {
  const Matrix one = normal_rows(50, 1, 1);
  EXPECT_EQ(PrincipalComponents::fit(one.replicate(1, 7), 5).axes.cols(), 1);
  const auto none = PrincipalComponents::fit(Matrix::Constant(50, 7, 3), 5);
  EXPECT_EQ(none.apply(Matrix::Constant(4, 7, 3)), Matrix::Zero(4, 1));
}

}  // namespace
}  // namespace snpse
