#include "training/pooled_features.hpp"

#include <algorithm>

namespace snpse {
namespace {

constexpr Eigen::Index kMostPoints = 16;      // of a series, by each feature
constexpr Eigen::Index kMostFeatures = 1000;  // of other data

}  // namespace

FeatureTransform ranked_transform(const Matrix& x, const ModelOptions& options) {
  if (options.summary != SummaryKind::rows) return FeatureTransform::with_ranks(x);
  const Eigen::Index parts = options.summary_parts;
  const Eigen::Index columns = x.cols() / parts;
  const auto of_row =
      FeatureTransform::with_ranks(Eigen::Map<const Matrix>(x.data(), x.rows() * parts, columns));
  return {{of_row.standardiser.mean.replicate(parts, 1), of_row.standardiser.deviation.replicate(parts, 1)},
          of_row.knots->replicate(1, parts)};
}

std::optional<Pooling> pooling(const SummaryShape& summary, Eigen::Index width) {
  const bool rows = summary.kind == SummaryKind::rows;
  const bool series = summary.kind == SummaryKind::series;
  // What is not known to be anything else is taken for one long series.
  const Eigen::Index blocks_of_features = rows || series ? summary.features : 1;
  const Eigen::Index parts = rows || series ? summary.parts : 1;
  const Eigen::Index data = width / blocks_of_features;
  const Eigen::Index length = data / parts;  // of a row or a series
  const Eigen::Index points = std::min(series ? kMostPoints : kMostFeatures, length);
  const Eigen::Index kept = rows ? length : parts * points;
  if (kept == data) return std::nullopt;
  const auto column_of = [&](Eigen::Index i) {
    const Eigen::Index datum = i % data;
    const Eigen::Index place = datum % length;
    return i / data * kept + (rows ? place : datum / length * points + place * points / length);
  };
  Vector counts = Vector::Zero(blocks_of_features * kept);
  for (Eigen::Index i = 0; i < width; ++i) ++counts[column_of(i)];
  Pooling pool(width, counts.size());
  for (Eigen::Index i = 0; i < width; ++i) pool.insert(i, column_of(i)) = 1 / counts[column_of(i)];
  return pool;
}

}  // namespace snpse
