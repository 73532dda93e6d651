#pragma once

#include "numerics/matrix.hpp"

namespace snpse {

/// The Gaussian with a mean linear in features of x (FeatureTransform), and one variance a parameter, that is
/// nearest to p(z given x): N(mean, deviation^2). What a score model starts from.
struct GaussianRegression {
  Matrix weights;    // [w, d]
  Vector offset;     // [d]
  Vector deviation;  // [d], positive; the root mean square of the leave-one-out errors

  /// N(0, I) for every x.
  static GaussianRegression none(Eigen::Index features, Eigen::Index dim);
  /// The regression of fit_regression().
  static GaussianRegression fit(const Matrix& z, const Matrix& features);

  Matrix mean(const Matrix& features) const;  // [n, w] -> [n, d]
};

/// A regression, and what a regression of other rows expects of each row.
struct GaussianRegressionFit {
  GaussianRegression regression;
  Vector penalty;        // [d], of the squared weights, a row, in units of the squared error
  Matrix left_out_mean;  // [n, d]

  /// That of the rows z rotation, given the z [n, d] that it was fitted to and an orthogonal matrix [d, d];
  /// the penalties stay those of z.
  GaussianRegressionFit rotated(const Matrix& z, const Matrix& rotation) const;
};

/// The orthogonal matrix [d, d] for which the leave-one-out errors of z [n, d] are uncorrelated.
Matrix decorrelating_rotation(const Matrix& z, const GaussianRegressionFit& fit);

/// Ridge regression of the rows z [n, d] on features [n, w], n >= 2. Where there are at least 10 rows a
/// feature, on all of them, each parameter with the penalty of the least leave-one-out error, which is exact.
/// Where there are fewer, on as many principal components of the features, and with the penalty, as have the
/// least error in five-fold cross-validation: of many noisy data a few components may hold all that they say
/// together.
GaussianRegressionFit fit_regression(const Matrix& z, const Matrix& features);

}  // namespace snpse
