#include "training/base_model_fit.hpp"

#include <utility>

namespace snpse {

BaseModelFit::BaseModelFit(ParameterSpace space, FeatureTransform view, std::optional<Pooling> pooling)
    : space_(std::move(space)), view_(std::move(view)), pooling_(std::move(pooling)) {}

Matrix BaseModelFit::features(const Matrix& x) const {
  if (!pooling_) return view_.apply(x);
  Matrix pooled(x.rows(), pooling_->cols());
  for_each_block(x.rows(), view_.width(), [&](Eigen::Index first, Eigen::Index count) {
    pooled.middleRows(first, count) = view_.apply(x.middleRows(first, count)) * *pooling_;
  });
  return pooled;
}

GaussianRegressionFit BaseModelFit::regression(const SampleOfRows& rows) const {
  auto result = fit_regression(space_.to_z(rows.theta), features(rows.x));
  if (pooling_) result.regression.weights = *pooling_ * result.regression.weights;
  return result;
}

PrincipalComponents BaseModelFit::components(const SampleOfRows& rows, Eigen::Index k) const {
  auto result = PrincipalComponents::fit(features(rows.x), k);
  if (!pooling_) return result;
  return {*pooling_ * result.mean, *pooling_ * result.axes};
}

TiltedPriorFit BaseModelFit::tilted_prior(const SampleOfRows& rows,
                                          const std::vector<GaussianPiece>& prior) const {
  const Matrix z = space_.to_z(rows.theta);
  const Matrix seen = features(rows.x);
  auto result = TiltedPrior::fit(prior, z, seen, fit_regression(z, seen));
  if (pooling_) result.tilted.weights = *pooling_ * result.tilted.weights;
  return result;
}

Eigen::Index BaseModelFit::coefficients() const {
  return (pooling_ ? pooling_->cols() : view_.width()) + 1;
}

}  // namespace snpse
