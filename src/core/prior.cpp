#include "core/prior.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include "util/error.hpp"

namespace snpse {
namespace {

/// log N(z; 0, I).
double log_standard_normal(const Vector& z) {
  return -0.5 * z.squaredNorm() - 0.5 * static_cast<double>(z.size()) * std::log(2 * std::numbers::pi);
}

Eigen::Map<const Vector> as_vector(std::span<const double> values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

Eigen::Map<Vector> as_vector(std::span<double> values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

class ProductPrior final : public Prior {
 public:
  explicit ProductPrior(std::vector<std::shared_ptr<const Marginal>> marginals)
      : marginals_(std::move(marginals)) {}

  int dim() const override { return static_cast<int>(marginals_.size()); }

  void draw(RandomStream& random, std::span<double> theta) const override {
    for (std::size_t i = 0; i < marginals_.size(); ++i) theta[i] = marginals_[i]->quantile(random.uniform());
  }

  double log_prob(std::span<const double> theta) const override {
    double sum = 0;
    for (std::size_t i = 0; i < marginals_.size(); ++i) sum += marginals_[i]->log_pdf(theta[i]);
    return sum;
  }

  Box support() const override {
    Box box{Vector(dim()), Vector(dim())};
    for (int i = 0; i < dim(); ++i) {
      box.low[i] = marginal(i).low();
      box.high[i] = marginal(i).high();
    }
    return box;
  }

  void to_whitened(std::span<const double> theta, std::span<double> z) const override {
    for (std::size_t i = 0; i < marginals_.size(); ++i) z[i] = marginals_[i]->whiten(theta[i]);
  }

  void from_whitened(std::span<const double> z, std::span<double> theta) const override {
    for (std::size_t i = 0; i < marginals_.size(); ++i) theta[i] = marginals_[i]->unwhiten(z[i]);
  }

  std::shared_ptr<const Prior> restricted_to(const Box& box) const override {
    std::vector<std::shared_ptr<const Marginal>> restricted;
    for (int i = 0; i < dim(); ++i) restricted.push_back(marginal(i).restricted_to(box.low[i], box.high[i]));
    return make_product_prior(std::move(restricted));
  }

  std::optional<GaussianProduct> gaussian_product(const Standardiser& standardiser) const override {
    GaussianProduct product{Matrix::Identity(dim(), dim()), {}};
    for (int i = 0; i < dim(); ++i) {
      auto terms = marginal(i).gaussian_terms();
      if (terms.empty()) return std::nullopt;
      for (auto& [piece, log_height] : terms)
        piece = piece.standardised(standardiser.mean[i], standardiser.deviation[i]);
      product.factors.push_back(std::move(terms));
    }
    return product;
  }

 private:
  const Marginal& marginal(int i) const { return *marginals_[static_cast<std::size_t>(i)]; }

  std::vector<std::shared_ptr<const Marginal>> marginals_;
};

class MultivariateNormal final : public Prior {
 public:
  MultivariateNormal(const Vector& mean, const Eigen::MatrixXd& cholesky)
      : mean_(mean), cholesky_(cholesky), log_det_(cholesky.diagonal().array().log().sum()) {}

  int dim() const override { return static_cast<int>(mean_.size()); }

  void draw(RandomStream& random, std::span<double> theta) const override {
    Vector z(mean_.size());
    for (double& value : z) value = random.normal();
    as_vector(theta) = unwhiten(z);
  }

  double log_prob(std::span<const double> theta) const override {
    return log_standard_normal(whiten(as_vector(theta))) - log_det_;
  }

  Box support() const override {
    const Vector edge = Vector::Constant(mean_.size(), std::numeric_limits<double>::infinity());
    return {-edge, edge};
  }

  void to_whitened(std::span<const double> theta, std::span<double> z) const override {
    as_vector(z) = whiten(as_vector(theta));
  }

  void from_whitened(std::span<const double> z, std::span<double> theta) const override {
    as_vector(theta) = unwhiten(as_vector(z));
  }

  std::shared_ptr<const Prior> restricted_to(const Box& /*box*/) const override { return nullptr; }

  std::optional<GaussianProduct> gaussian_product(const Standardiser& standardiser) const override {
    const Eigen::MatrixXd factor = standardiser.deviation.cwiseInverse().asDiagonal() * cholesky_;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(factor * factor.transpose());
    const Vector mean =
        eigen.eigenvectors().transpose() * (mean_ - standardiser.mean).cwiseQuotient(standardiser.deviation);
    GaussianProduct product{eigen.eigenvectors(), {}};
    for (int i = 0; i < dim(); ++i)
      product.factors.push_back({{{mean[i], 1 / eigen.eigenvalues()[i], -kInfinity, kInfinity}}});
    return product;
  }

 private:
  Vector whiten(const Vector& theta) const {
    return cholesky_.triangularView<Eigen::Lower>().solve(theta - mean_);
  }
  Vector unwhiten(const Vector& z) const { return mean_ + cholesky_.triangularView<Eigen::Lower>() * z; }

  Vector mean_;
  Eigen::MatrixXd cholesky_;  // lower triangle L, covariance = L L^T
  double log_det_;            // of L
};

}  // namespace

double Prior::log_det_whitening(std::span<const double> theta) const {
  Vector z(dim());
  to_whitened(theta, {z.data(), theta.size()});
  return log_prob(theta) - log_standard_normal(z);
}

Matrix draw_rows(const Prior& prior, Eigen::Index n, std::uint64_t seed, Purpose purpose, std::uint32_t round,
                 std::uint64_t first_index) {
  Matrix theta(n, prior.dim());
  for (Eigen::Index i = 0; i < n; ++i) {
    RandomStream random(seed, purpose, round, first_index + static_cast<std::uint64_t>(i));
    prior.draw(random, row_of(theta, i));
  }
  return theta;
}

Matrix to_whitened_rows(const Prior& prior, const Matrix& theta) {
  ensure(theta.cols() == prior.dim(), "theta: [n, d]");
  Matrix z(theta.rows(), theta.cols());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) prior.to_whitened(row_of(theta, i), row_of(z, i));
  return z;
}

Matrix from_whitened_rows(const Prior& prior, const Matrix& z) {
  ensure(z.cols() == prior.dim(), "z: [n, d]");
  Matrix theta(z.rows(), z.cols());
  for (Eigen::Index i = 0; i < z.rows(); ++i) prior.from_whitened(row_of(z, i), row_of(theta, i));
  return theta;
}

Vector log_prob_rows(const Prior& prior, const Matrix& theta) {
  ensure(theta.cols() == prior.dim(), "theta: [n, d]");
  Vector log_prob(theta.rows());
  for (Eigen::Index i = 0; i < theta.rows(); ++i) log_prob[i] = prior.log_prob(row_of(theta, i));
  return log_prob;
}

std::shared_ptr<const Prior> make_product_prior(std::vector<std::shared_ptr<const Marginal>> marginals) {
  if (marginals.empty()) fail(ExitCode::config, "a prior over 0 parameters is impossible: name at least one");
  return std::make_shared<ProductPrior>(std::move(marginals));
}

std::shared_ptr<const Prior> make_multivariate_normal(const Vector& mean, const Matrix& covariance) {
  const Eigen::Index d = mean.size();
  if (d == 0) fail(ExitCode::config, "a prior over 0 parameters is impossible: name at least one");
  if (covariance.rows() != d || covariance.cols() != d)
    fail(ExitCode::config, "the covariance is {} x {}, but the mean has {} entries: give {} x {} numbers",
         covariance.rows(), covariance.cols(), d, d, d);
  const double asymmetry = (covariance - covariance.transpose()).cwiseAbs().maxCoeff();
  if (!mean.allFinite() || !covariance.allFinite() ||
      !(asymmetry <= 1e-12 * covariance.cwiseAbs().maxCoeff()))
    fail(ExitCode::config,
         "the mean or the covariance is not finite, or the covariance not symmetric (off by {}): correct the "
         "numbers",
         asymmetry);
  const Eigen::LLT<Eigen::MatrixXd> llt(covariance);
  if (llt.info() != Eigen::Success)
    fail(ExitCode::config,
         "the covariance is not positive definite: make every variance and eigenvalue positive");
  return std::make_shared<MultivariateNormal>(mean, llt.matrixL());
}

}  // namespace snpse
