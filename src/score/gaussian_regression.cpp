#include "score/gaussian_regression.hpp"

#include <cmath>
#include <limits>

#include <Eigen/Eigenvalues>

#include "numerics/spectrum.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr double kLeastDeviation = 1e-6;  // where x determines a parameter
constexpr Eigen::Index kRowsOfAFeature = 10;
// Times the number of rows. The last ones leave nothing of the features: where they say nothing of a
// parameter.
constexpr double kPenalties[] = {1e-12, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3,
                                 1e-2,  1e-1,  1,    10,   100,  1e3,  1e4};

/// Which components count in a regression, and how much their coefficients shrink.
struct Filter {
  Eigen::Index components = 0;  // those with the largest eigenvalues
  double penalty = 0;           // a row
};

/// The regressions of some rows, one for each filter.
class SpectralRegression {
 public:
  SpectralRegression(const Matrix& z, const Matrix& features)
      : n_(static_cast<double>(z.rows())),
        f_mean_(features.colwise().mean()),
        z_mean_(z.colwise().mean()),
        svd_(features.rowwise() - f_mean_),
        projected_(svd_.left.transpose() * (z.rowwise() - z_mean_)) {}

  Eigen::Index rank() const { return svd_.rank(); }
  /// The coefficients of the components for one parameter, [r].
  Vector coefficients(const Filter& filter, Eigen::Index parameter) const {
    const Eigen::Index cut = std::max<Eigen::Index>(0, rank() - filter.components);
    Vector result = projected_.col(parameter).array() * svd_.eigenvalues.array().sqrt() /
                    (svd_.eigenvalues.array() + filter.penalty * n_);
    result.head(cut).setZero();  // eigenvalues ascend
    return result;
  }
  /// The features of other rows in the axes of the components, [m, r].
  Matrix scores(const Matrix& features) const { return (features.rowwise() - f_mean_) * svd_.right; }
  double mean_of(Eigen::Index parameter) const { return z_mean_[parameter]; }
  const Matrix& axes() const { return svd_.right; }  // [w, r]
  const Eigen::RowVectorXd& feature_mean() const { return f_mean_; }

 private:
  double n_;
  Eigen::RowVectorXd f_mean_;
  Eigen::RowVectorXd z_mean_;
  Spectrum svd_;
  Matrix projected_;  // [r, d]
};

/// All components, and halves of them down to two.
std::vector<Filter> filters_of(Eigen::Index rank) {
  std::vector<Filter> filters;
  for (Eigen::Index components = rank; components >= 2 || filters.empty(); components /= 2)
    for (const double penalty : kPenalties) filters.push_back({components, penalty});
  return filters;
}

/// Rows of a fold, and the regression of the other rows.
struct Fold {
  std::vector<Eigen::Index> rows;
  SpectralRegression others;
  Matrix z;       // of the rows
  Matrix scores;  // of the rows

  Vector predict(const Filter& filter, Eigen::Index parameter) const {
    return (scores * others.coefficients(filter, parameter)).array() + others.mean_of(parameter);
  }
};

std::vector<Fold> make_folds(const Matrix& z, const Matrix& features) {
  const Eigen::Index folds = std::min<Eigen::Index>(5, z.rows());
  std::vector<Fold> result;
  for (Eigen::Index fold = 0; fold < folds; ++fold) {
    std::vector<Eigen::Index> rows;
    std::vector<Eigen::Index> others;
    for (Eigen::Index i = 0; i < z.rows(); ++i) (i % folds == fold ? rows : others).push_back(i);
    SpectralRegression regression(z(others, Eigen::all), features(others, Eigen::all));
    Matrix scores = regression.scores(features(rows, Eigen::all));
    Matrix own = z(rows, Eigen::all);
    result.push_back({std::move(rows), std::move(regression), std::move(own), std::move(scores)});
  }
  return result;
}

GaussianRegressionFit fit_by_cross_validation(const Matrix& z, const Matrix& features) {
  const auto folds = make_folds(z, features);
  const SpectralRegression all(z, features);
  const auto filters = filters_of(all.rank());
  GaussianRegressionFit best{GaussianRegression::none(features.cols(), z.cols()), Vector(z.cols()),
                             Matrix(z.rows(), z.cols())};
  for (Eigen::Index i = 0; i < z.cols(); ++i) {
    double least = std::numeric_limits<double>::infinity();
    const Filter* chosen = nullptr;
    for (const auto& filter : filters) {
      double squared = 0;
      for (const auto& fold : folds) squared += (fold.z.col(i) - fold.predict(filter, i)).squaredNorm();
      if (!(squared < least)) continue;
      least = squared;
      chosen = &filter;
    }
    ensure(chosen != nullptr, "finite z and features");
    best.penalty[i] = chosen->penalty;
    for (const auto& fold : folds) {
      const Vector mean = fold.predict(*chosen, i);
      for (std::size_t k = 0; k < fold.rows.size(); ++k)
        best.left_out_mean(fold.rows[k], i) = mean[static_cast<Eigen::Index>(k)];
    }
    best.regression.weights.col(i) = all.axes() * all.coefficients(*chosen, i);
    best.regression.offset[i] = all.mean_of(i) - all.feature_mean() * best.regression.weights.col(i);
    best.regression.deviation[i] =
        std::max(kLeastDeviation, std::sqrt(least / static_cast<double>(z.rows())));
  }
  return best;
}

GaussianRegressionFit fit_by_leaving_one_out(const Matrix& z, const Matrix& features) {
  const auto n = static_cast<double>(z.rows());
  const Eigen::RowVectorXd f_mean = features.colwise().mean();
  const Eigen::RowVectorXd z_mean = z.colwise().mean();
  const Matrix centred = z.rowwise() - z_mean;
  const Spectrum svd(features.rowwise() - f_mean);
  const Matrix projected = svd.left.transpose() * centred;  // [r, d]
  const Matrix unexplained = centred - svd.left * projected;
  const Matrix squared_left = svd.left.array().square();
  // 1 - leverage, and the residuals, as sums of positive parts: a row that is alone in a direction has so
  // small ones that a difference from 1 or from z would be rounding.
  const Vector free = (1 - 1 / n - squared_left.rowwise().sum().array()).max(0);

  GaussianRegressionFit best{GaussianRegression::none(features.cols(), z.cols()), Vector(z.cols()),
                             Matrix(z.rows(), z.cols())};
  Matrix solutions(svd.eigenvalues.size(), z.cols());
  Vector least = Vector::Constant(z.cols(), std::numeric_limits<double>::infinity());
  for (const double penalty : kPenalties) {
    const Vector shrunk = penalty * n / (svd.eigenvalues.array() + penalty * n);
    const Vector remaining = free + squared_left * shrunk;
    const Matrix residual = unexplained + svd.left * (shrunk.asDiagonal() * projected);
    const Matrix error =
        residual.array().colwise() / remaining.array().max(std::numeric_limits<double>::min());
    for (Eigen::Index i = 0; i < z.cols(); ++i) {
      const double squared = error.col(i).squaredNorm();
      if (!(squared < least[i])) continue;
      least[i] = squared;
      best.penalty[i] = penalty;
      best.left_out_mean.col(i) = z.col(i) - error.col(i);
      solutions.col(i) =
          projected.col(i).array() * svd.eigenvalues.array().sqrt() / (svd.eigenvalues.array() + penalty * n);
    }
  }
  best.regression.weights = svd.right * solutions;
  best.regression.deviation = (least / n).cwiseSqrt().cwiseMax(kLeastDeviation);
  best.regression.offset = (z_mean - f_mean * best.regression.weights).transpose();
  return best;
}

}  // namespace

GaussianRegression GaussianRegression::none(Eigen::Index features, Eigen::Index dim) {
  return {Matrix::Zero(features, dim), Vector::Zero(dim), Vector::Ones(dim)};
}

GaussianRegression GaussianRegression::fit(const Matrix& z, const Matrix& features) {
  return fit_regression(z, features).regression;
}

GaussianRegressionFit fit_regression(const Matrix& z, const Matrix& features) {
  ensure(z.rows() == features.rows() && z.rows() >= 2, "z: [n, d], features: [n, w], n >= 2");
  const bool many_rows = z.rows() >= kRowsOfAFeature * features.cols();
  return many_rows ? fit_by_leaving_one_out(z, features) : fit_by_cross_validation(z, features);
}

Matrix GaussianRegression::mean(const Matrix& features) const {
  return (features * weights).rowwise() + offset.transpose();
}

GaussianRegressionFit GaussianRegressionFit::rotated(const Matrix& z, const Matrix& rotation) const {
  const Matrix error = (z - left_out_mean) * rotation;
  const Vector deviation = error.colwise().squaredNorm().transpose() / static_cast<double>(z.rows());
  return {{regression.weights * rotation, rotation.transpose() * regression.offset,
           deviation.cwiseSqrt().cwiseMax(kLeastDeviation)},
          penalty,
          left_out_mean * rotation};
}

Matrix decorrelating_rotation(const Matrix& z, const GaussianRegressionFit& fit) {
  const Matrix error = z - fit.left_out_mean;
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(Eigen::MatrixXd(error.transpose() * error))
      .eigenvectors();
}

}  // namespace snpse
