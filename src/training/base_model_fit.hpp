#pragma once

#include <optional>
#include <vector>

#include "core/gaussian_product.hpp"
#include "score/feature_transform.hpp"
#include "score/gaussian_regression.hpp"
#include "score/parameter_space.hpp"
#include "score/principal_components.hpp"
#include "score/tilted_prior.hpp"
#include "training/pooled_features.hpp"
#include "training/valid_rows.hpp"

namespace snpse {

/// Fits what a preconditioned model is before it is trained, to parameters in `space` and to what is left of
/// the features of x by the pooling.
class BaseModelFit {
 public:
  BaseModelFit(ParameterSpace space, FeatureTransform view, std::optional<Pooling> pooling);

  GaussianRegressionFit regression(const SampleOfRows& rows) const;
  /// The k first, or fewer.
  PrincipalComponents components(const SampleOfRows& rows, Eigen::Index k) const;
  /// `prior`: in the space; the law of the rows' parameters.
  TiltedPriorFit tilted_prior(const SampleOfRows& rows, const std::vector<GaussianPiece>& prior) const;
  /// Of a parameter.
  Eigen::Index coefficients() const;

 private:
  Matrix features(const Matrix& x) const;

  ParameterSpace space_;
  FeatureTransform view_;
  std::optional<Pooling> pooling_;
};

}  // namespace snpse
