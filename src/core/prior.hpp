#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/box.hpp"
#include "core/gaussian_product.hpp"
#include "core/standardiser.hpp"
#include "numerics/matrix.hpp"
#include "util/random.hpp"

namespace snpse {

/// p(theta): can be drawn from, its normalised log-density evaluated, and mapped to the whitened space where
/// it is N(0, I): z = Phi^-1(F(theta)) for each parameter, by Cholesky for a correlated normal. Where it has
/// no such map, has_whitening() is false, and the space below is one where it is standardised. Immutable;
/// safe to share between threads.
class Prior {
 public:
  virtual ~Prior() = default;

  virtual int dim() const = 0;
  /// One draw; theta: [d], written.
  virtual void draw(RandomStream& random, std::span<double> theta) const = 0;
  /// Normalised log-density at theta [d]; -infinity outside the support.
  virtual double log_prob(std::span<const double> theta) const = 0;
  /// The closed box that holds the support; edges may be infinite.
  virtual Box support() const = 0;

  virtual bool has_whitening() const { return true; }
  /// z = T(theta), both [d]; theta must lie in the support. |z| is clamped where T would be infinite.
  virtual void to_whitened(std::span<const double> theta, std::span<double> z) const = 0;
  /// theta = T^-1(z), always in the support.
  virtual void from_whitened(std::span<const double> z, std::span<double> theta) const = 0;
  /// log |det dT/dtheta| at theta: log_prob(theta) - log N(T(theta); 0, I), where there is a whitening.
  double log_det_whitening(std::span<const double> theta) const;

  /// This prior conditioned on theta in box, or null where that has no closed form with a whitening map
  /// (correlated normals). The box must meet the support.
  virtual std::shared_ptr<const Prior> restricted_to(const Box& box) const = 0;

  /// The law of standardiser.apply(theta), or nothing where it is no such product (log-normals).
  virtual std::optional<GaussianProduct> gaussian_product(const Standardiser& standardiser) const = 0;
};

/// n draws, [n, d]; row i uses the stream (seed, purpose, round, first_index + i).
Matrix draw_rows(const Prior& prior, Eigen::Index n, std::uint64_t seed, Purpose purpose, std::uint32_t round,
                 std::uint64_t first_index = 0);
/// Row by row over theta [n, d].
Matrix to_whitened_rows(const Prior& prior, const Matrix& theta);
Matrix from_whitened_rows(const Prior& prior, const Matrix& z);
Vector log_prob_rows(const Prior& prior, const Matrix& theta);

/// One continuous distribution on the line. Lives in a shared_ptr.
class Marginal : public std::enable_shared_from_this<Marginal> {
 public:
  virtual ~Marginal() = default;
  virtual double log_pdf(double value) const = 0;
  virtual double cdf(double value) const = 0;
  /// 1 - cdf without cancellation.
  virtual double survival(double value) const = 0;
  /// Inverse of cdf; p in (0, 1).
  virtual double quantile(double p) const = 0;
  /// Inverse of survival without cancellation; q in (0, 1).
  virtual double upper_quantile(double q) const = 0;
  /// The closed interval that holds the support; edges may be infinite.
  virtual double low() const = 0;
  virtual double high() const = 0;

  /// The probability of [from, to], from <= to, without cancellation in either tail.
  double mass_between(double from, double to) const;
  /// z = Phi^-1(cdf(value)), computed from the smaller tail; value in the support. A tail that ends at a
  /// finite edge counts as at least 1e-9, so that |z| stays below 6 there.
  virtual double whiten(double value) const;
  /// Inverse of whiten(); always in [low, high] (NaN for NaN).
  virtual double unwhiten(double z) const;
  /// This distribution conditioned on [low, high], which may reach beyond the support. Error(config) where
  /// the interval holds no probability.
  virtual std::shared_ptr<const Marginal> restricted_to(double low, double high) const;
  /// What this density is in proportion to the sum of; none where it is no such sum (a log-normal).
  virtual std::vector<GaussianTerm> gaussian_terms() const { return {}; }
};

// The make_ functions throw Error(config) on parameters that define no distribution.
std::shared_ptr<const Marginal> make_uniform(double low, double high);
std::shared_ptr<const Marginal> make_normal(double mean, double standard_deviation);
/// ln of the value is N(location, scale^2).
std::shared_ptr<const Marginal> make_lognormal(double location, double scale);
/// N(mean, standard_deviation^2) conditioned on [low, high]; either edge may be infinite.
std::shared_ptr<const Marginal> make_truncated_normal(double mean, double standard_deviation, double low,
                                                      double high);

/// The sum of the components' densities, each times its part of the weights, which are positive.
std::shared_ptr<const Marginal> make_mixture(const std::vector<double>& weights,
                                             const std::vector<std::shared_ptr<const Marginal>>& components);

/// Independent marginals, one a parameter; at least one.
std::shared_ptr<const Prior> make_product_prior(std::vector<std::shared_ptr<const Marginal>> marginals);
/// N(mean, covariance); covariance [d, d] symmetric positive definite, else Error(config).
std::shared_ptr<const Prior> make_multivariate_normal(const Vector& mean, const Matrix& covariance);

}  // namespace snpse
