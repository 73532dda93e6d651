#include "training/pooled_features.hpp"

#include <gtest/gtest.h>

#include "util/random.hpp"

namespace snpse {
namespace {

Matrix random_matrix(Eigen::Index rows, Eigen::Index columns) {
  RandomStream random(1, Purpose::prior, 0, 0);
  Matrix m(rows, columns);
  for (double& value : m.reshaped()) value = random.normal();
  return m;
}

TEST(Pooling, OfRowsIsTheirMeanByEachFeature) {
  const auto pool = pooling({SummaryKind::rows, 2, 3, 8}, 2 * 3 * 2);
  ASSERT_TRUE(pool);
  const Matrix features = random_matrix(4, 12);
  const Matrix pooled = features * *pool;
  ASSERT_EQ(pooled.cols(), 4);
  for (Eigen::Index feature = 0; feature < 2; ++feature)
    for (Eigen::Index column = 0; column < 2; ++column) {
      const auto of_row = [&](Eigen::Index row) -> Vector {
        return features.col(feature * 6 + row * 2 + column);
      };
      EXPECT_TRUE(pooled.col(feature * 2 + column).isApprox((of_row(0) + of_row(1) + of_row(2)) / 3, 1e-12));
    }
}

TEST(Pooling, OfLongSeriesIsTheMeanOfNeighbours) {
  const auto pool = pooling({SummaryKind::series, 1, 2, 8}, 2 * 48);
  ASSERT_TRUE(pool);
  const Matrix features = random_matrix(4, 96);
  const Matrix pooled = features * *pool;
  ASSERT_EQ(pooled.cols(), 32);
  EXPECT_TRUE(pooled.col(0).isApprox(features.leftCols(3).rowwise().mean(), 1e-12));
  EXPECT_TRUE(pooled.col(31).isApprox(features.rightCols(3).rowwise().mean(), 1e-12));
  EXPECT_TRUE(pooled.col(16).isApprox(features.middleCols(48, 3).rowwise().mean(), 1e-12));
}

TEST(Pooling, OfMoreDataThanAFitCouldBearIsTheMeanOfNeighbours) {
  const auto pool = pooling({}, 2 * 1500);
  ASSERT_TRUE(pool);
  const Matrix features = random_matrix(4, 3000);
  const Matrix pooled = features * *pool;
  ASSERT_EQ(pooled.cols(), 1000);
  EXPECT_TRUE(pooled.col(500).isApprox(features.middleCols(1500, 3).rowwise().mean(), 1e-12));
  EXPECT_TRUE(pooling({SummaryKind::mlp, 2, 1, 8}, 3000));
}

TEST(Pooling, IsNoneWhereAllFeaturesAreUsed) {
  EXPECT_FALSE(pooling({}, 1000));
  EXPECT_FALSE(pooling({}, 12));
  EXPECT_FALSE(pooling({SummaryKind::mlp, 2, 1, 8}, 12));
  EXPECT_FALSE(pooling({SummaryKind::series, 2, 3, 8}, 12));
}

TEST(RankedView, SeesRowsOfOneKindInOneWay) {
  ModelOptions options;
  options.summary = SummaryKind::rows;
  options.summary_parts = 3;
  Matrix x = random_matrix(50, 6);
  x.leftCols(2) *= 10;  // as it may happen by chance
  const auto view = ranked_transform(x, options);
  Matrix turned(50, 6);
  turned << x.rightCols(4), x.leftCols(2);
  const Matrix seen = view.apply(x);
  const Matrix seen_turned = view.apply(turned);
  EXPECT_EQ(seen_turned.leftCols(4), seen.middleCols(2, 4));
  EXPECT_EQ(seen_turned.middleCols(6, 4), seen.rightCols(4));
  EXPECT_EQ(seen_turned.rightCols(2), seen.middleCols(6, 2));
  options.summary = SummaryKind::none;
  EXPECT_EQ(ranked_transform(x, options).apply(x), FeatureTransform::with_ranks(x).apply(x));
}

}  // namespace
}  // namespace snpse
