#pragma once

#include <optional>
#include <vector>

#include "snpse/core/data_view.hpp"
#include "snpse/core/gaussian_product.hpp"
#include "snpse/core/parameter_space.hpp"
#include "snpse/core/principal_components.hpp"
#include "snpse/core/regression.hpp"
#include "snpse/core/tilted_prior.hpp"
#include "snpse/methods/pooled_features.hpp"
#include "snpse/methods/valid_rows.hpp"

namespace snpse {

/// Fits what a preconditioned model is before it is trained, to parameters in `space` and to what is left of
/// the features of x by the pooling.
class Start {
 public:
  Start(ParameterSpace space, DataView view, std::optional<Pooling> pooling);

  RegressionFit regression(const SampleOfRows& rows) const;
  /// The k first, or fewer.
  PrincipalComponents components(const SampleOfRows& rows, Eigen::Index k) const;
  /// `prior`: in the space; the law of the rows' parameters.
  TiltedPriorFit tilted_prior(const SampleOfRows& rows, const std::vector<GaussianPiece>& prior) const;
  /// Of a parameter.
  Eigen::Index coefficients() const;

 private:
  Matrix features(const Matrix& x) const;

  ParameterSpace space_;
  DataView view_;
  std::optional<Pooling> pooling_;
};

}  // namespace snpse
