#include "snpse/methods/start.hpp"

#include <utility>

namespace snpse {

Start::Start(ParameterSpace space, DataView view, std::optional<Pooling> pooling)
    : space_(std::move(space)), view_(std::move(view)), pooling_(std::move(pooling)) {}

Matrix Start::features(const Matrix& x) const {
  if (!pooling_) return view_.apply(x);
  Matrix pooled(x.rows(), pooling_->cols());
  for_each_block(x.rows(), view_.width(), [&](Eigen::Index first, Eigen::Index count) {
    pooled.middleRows(first, count) = view_.apply(x.middleRows(first, count)) * *pooling_;
  });
  return pooled;
}

Regression Start::regression(const SampleOfRows& rows) const {
  auto result = Regression::fit(space_.to_z(rows.theta), features(rows.x));
  if (pooling_) result.weights = *pooling_ * result.weights;
  return result;
}

TiltedPrior Start::tilted_prior(const SampleOfRows& rows, const std::vector<GaussianPiece>& prior) const {
  const Matrix z = space_.to_z(rows.theta);
  const Matrix seen = features(rows.x);
  auto result = TiltedPrior::fit(prior, z, seen, fit_regression(z, seen));
  if (pooling_) result.weights = *pooling_ * result.weights;
  return result;
}

Eigen::Index Start::coefficients() const {
  return (pooling_ ? pooling_->cols() : view_.width()) + 1;
}

}  // namespace snpse
