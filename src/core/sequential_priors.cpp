#include "core/sequential_priors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/scaled_marginals.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// A prior whose draws are its inverse whitening of normal draws.
class SequentialPrior : public Prior {
 public:
  void draw(RandomStream& random, std::span<double> theta) const final {
    std::vector<double> z(theta.size());
    for (double& value : z) value = random.normal();
    from_whitened(z, theta);
  }
  std::shared_ptr<const Prior> restricted_to(const Box& /*box*/) const final { return nullptr; }
  std::optional<GaussianProduct> gaussian_product(const Standardiser& /*standardiser*/) const final {
    return std::nullopt;
  }
};

class OrderedPrior final : public SequentialPrior {
 public:
  OrderedPrior(std::shared_ptr<const Marginal> marginal, int d)
      : marginal_(std::move(marginal)), normal_(make_normal(0, 1)), d_(d) {}

  int dim() const override { return d_; }

  double log_prob(std::span<const double> theta) const override {
    if (!std::ranges::is_sorted(theta)) return -kInfinity;
    double sum = std::lgamma(d_ + 1.0);  // the draws in any order
    for (const double value : theta) sum += marginal_->log_pdf(value);
    return sum;
  }

  Box support() const override {
    return {Vector::Constant(d_, marginal_->low()), Vector::Constant(d_, marginal_->high())};
  }

  // Given the value before, of survival S, the least of the m draws above is beyond theta with probability
  // (S(theta) / S)^m.
  void to_whitened(std::span<const double> theta, std::span<double> z) const override {
    double before = 1;
    for (std::size_t k = 0; k < theta.size(); ++k) {
      const double survival = marginal_->survival(theta[k]);
      const double log_beyond = draws_above(k) * std::log(std::clamp(survival / before, kLeastTail, 1.0));
      const double beyond = std::max(std::exp(log_beyond), kLeastTail);
      const double below = std::max(-std::expm1(log_beyond), kLeastTail);
      z[k] = below < beyond ? normal_->quantile(below) : normal_->upper_quantile(beyond);
      before = std::max(survival, kLeastTail);
    }
  }

  void from_whitened(std::span<const double> z, std::span<double> theta) const override {
    double before = 1;
    double least = marginal_->low();
    for (std::size_t k = 0; k < theta.size(); ++k) {
      const double log_beyond = z[k] < 0 ? std::log1p(-normal_->cdf(z[k]))
                                         : std::log(std::max(normal_->survival(z[k]), kLeastTail));
      const double ratio = std::exp(log_beyond / draws_above(k));
      const double survival = std::max(before * ratio, kLeastTail);
      // 1 - survival without cancellation, near the lower end.
      const double below = (1 - before) - before * std::expm1(log_beyond / draws_above(k));
      const double value = below < 0.5 ? marginal_->quantile(std::max(below, kLeastTail))
                                       : marginal_->upper_quantile(survival);
      theta[k] = least = std::clamp(value, least, marginal_->high());
      before = survival;
    }
  }

 private:
  static constexpr double kLeastTail = 1e-300;

  double draws_above(std::size_t k) const { return static_cast<double>(d_) - static_cast<double>(k); }

  std::shared_ptr<const Marginal> marginal_;
  std::shared_ptr<const Marginal> normal_;
  int d_;
};

class DirichletPrior final : public SequentialPrior {
 public:
  explicit DirichletPrior(const std::vector<double>& concentrations) : concentrations_(concentrations) {
    double rest = std::accumulate(concentrations.begin(), concentrations.end(), 0.0);
    log_normaliser_ = std::lgamma(rest);
    for (const double concentration : concentrations) log_normaliser_ -= std::lgamma(concentration);
    for (std::size_t k = 0; k + 1 < concentrations.size(); ++k) {
      rest -= concentrations[k];
      parts_.push_back(make_beta(concentrations[k], rest));
    }
  }

  int dim() const override { return static_cast<int>(parts_.size()); }

  double log_prob(std::span<const double> theta) const override {
    double rest = 1;
    double sum = log_normaliser_;
    for (std::size_t k = 0; k < theta.size(); ++k) {
      rest -= theta[k];
      if (!(theta[k] > 0)) return -kInfinity;
      sum += (concentrations_[k] - 1) * std::log(theta[k]);
    }
    return rest > 0 ? sum + (concentrations_.back() - 1) * std::log(rest) : -kInfinity;
  }

  Box support() const override { return {Vector::Zero(dim()), Vector::Ones(dim())}; }

  void to_whitened(std::span<const double> theta, std::span<double> z) const override {
    double rest = 1;
    for (std::size_t k = 0; k < theta.size(); ++k) {
      z[k] = parts_[k]->whiten(std::clamp(theta[k] / rest, 0.0, 1.0));
      rest = std::max(rest - theta[k], kLeastRest);
    }
  }

  void from_whitened(std::span<const double> z, std::span<double> theta) const override {
    // Parts that are 0, or all that is left, lie on the edge, where there is no density.
    constexpr double kEdge = 1e-12;
    double rest = 1;
    for (std::size_t k = 0; k < theta.size(); ++k) {
      theta[k] = rest * std::clamp(parts_[k]->unwhiten(z[k]), kEdge, 1 - kEdge);
      rest -= theta[k];
    }
  }

 private:
  static constexpr double kLeastRest = 1e-300;

  std::vector<double> concentrations_;
  double log_normaliser_ = 0;
  std::vector<std::shared_ptr<const Marginal>> parts_;  // of what the parameters before leave
};

}  // namespace

std::shared_ptr<const Prior> make_ordered(std::shared_ptr<const Marginal> marginal, int d) {
  if (d < 1) fail(ExitCode::config, "a prior over {} parameters is impossible: name at least one", d);
  return std::make_shared<OrderedPrior>(std::move(marginal), d);
}

std::shared_ptr<const Prior> make_dirichlet(const std::vector<double>& concentrations) {
  if (concentrations.size() < 2)
    fail(ExitCode::config, "a Dirichlet prior has at least two parts, not {}", concentrations.size());
  for (const double concentration : concentrations)
    if (!(concentration > 0 && std::isfinite(concentration)))
      fail(ExitCode::config, "the concentration {} is not a positive number: give one above 0",
           concentration);
  return std::make_shared<DirichletPrior>(concentrations);
}

}  // namespace snpse
