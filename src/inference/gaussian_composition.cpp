#include "inference/gaussian_composition.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

namespace snpse {
namespace {

/// The nearest precision to that of `covariance` that is no less than the prior's in any direction.
Matrix precision_beyond(const Matrix& covariance, const Matrix& prior_covariance) {
  const Eigen::LLT<Eigen::MatrixXd> prior(prior_covariance);
  const Eigen::MatrixXd lower = prior.matrixL();
  // In the units of the prior, whose precision is I there.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> relative(lower.transpose() * inverse(covariance) *
                                                                lower);
  const Eigen::MatrixXd axes =
      lower.transpose().triangularView<Eigen::Upper>().solve(relative.eigenvectors());
  return axes * relative.eigenvalues().cwiseMax(1).asDiagonal() * axes.transpose();
}

}  // namespace

Matrix inverse(const Matrix& positive) {
  return positive.llt().solve(Matrix::Identity(positive.rows(), positive.cols()));
}

Gaussian Gaussian::fit(const Matrix& draws) {
  const Vector mean = draws.colwise().mean();
  const Matrix centred = draws.rowwise() - mean.transpose();
  return {mean, centred.transpose() * centred / static_cast<double>(draws.rows() - 1)};
}

GaussianComposition::GaussianComposition(const Gaussian& prior, const std::vector<Gaussian>& posteriors)
    : prior_precision_(inverse(prior.covariance)), precision_(prior_precision_) {
  Vector weighted = prior_precision_ * prior.mean;
  for (const auto& posterior : posteriors) {
    posterior_precision_.push_back(precision_beyond(posterior.covariance, prior.covariance));
    precision_ += posterior_precision_.back() - prior_precision_;
    weighted += posterior_precision_.back() * posterior.mean - prior_precision_ * prior.mean;
  }
  mean_ = precision_.llt().solve(weighted);
}

}  // namespace snpse
