#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <boost/math/distributions/normal.hpp>

#include "core/prior.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

namespace policies = boost::math::policies;
// Infinite quantiles and NaN are values here, not exceptions.
using Policy =
    policies::policy<policies::domain_error<policies::ignore_error>,
                     policies::overflow_error<policies::ignore_error>, policies::promote_double<false>>;
using Normal = boost::math::normal_distribution<double, Policy>;

constexpr double kTailAtEdge = 1e-9;  // the least tail probability beside a finite edge of the support
constexpr double kTailAtInfinity =
    1e-300;  // and beside an infinite one, where only underflow must be kept out

double normal_cdf(double z) {
  return boost::math::cdf(Normal(), z);
}
double normal_quantile(double p) {
  return boost::math::quantile(Normal(), p);
}
double least_tail(double edge) {
  return std::isfinite(edge) ? kTailAtEdge : kTailAtInfinity;
}
double log_normal_pdf(double z) {
  return -0.5 * z * z - 0.5 * std::log(2 * std::numbers::pi);
}

class UniformMarginal final : public Marginal {
 public:
  UniformMarginal(double low, double high) : low_(low), high_(high) {}

  double log_pdf(double value) const override {
    return value >= low_ && value <= high_ ? -std::log(high_ - low_) : -kInfinity;
  }
  double cdf(double value) const override { return std::clamp((value - low_) / (high_ - low_), 0.0, 1.0); }
  double survival(double value) const override {
    return std::clamp((high_ - value) / (high_ - low_), 0.0, 1.0);
  }
  double quantile(double p) const override { return std::clamp(low_ + p * (high_ - low_), low_, high_); }
  double upper_quantile(double q) const override {
    return std::clamp(high_ - q * (high_ - low_), low_, high_);
  }
  double low() const override { return low_; }
  double high() const override { return high_; }

  std::shared_ptr<const Marginal> restricted_to(double low, double high) const override {
    return make_uniform(std::max(low, low_), std::min(high, high_));
  }
  std::vector<GaussianTerm> gaussian_terms() const override {
    return {{{0, 0, low_, high_}, -std::log(high_ - low_)}};
  }

 private:
  double low_;
  double high_;
};

class NormalMarginal final : public Marginal {
 public:
  NormalMarginal(double mean, double standard_deviation)
      : mean_(mean), standard_deviation_(standard_deviation) {}

  double log_pdf(double value) const override {
    return log_normal_pdf(NormalMarginal::whiten(value)) - std::log(standard_deviation_);
  }
  double cdf(double value) const override { return normal_cdf(NormalMarginal::whiten(value)); }
  double survival(double value) const override { return normal_cdf(-NormalMarginal::whiten(value)); }
  double quantile(double p) const override { return NormalMarginal::unwhiten(normal_quantile(p)); }
  double upper_quantile(double q) const override { return NormalMarginal::unwhiten(-normal_quantile(q)); }
  double low() const override { return -kInfinity; }
  double high() const override { return kInfinity; }
  double whiten(double value) const override { return (value - mean_) / standard_deviation_; }
  double unwhiten(double z) const override { return mean_ + standard_deviation_ * z; }
  std::vector<GaussianTerm> gaussian_terms() const override {
    const double precision = 1 / (standard_deviation_ * standard_deviation_);
    return {{{mean_, precision, -kInfinity, kInfinity}, NormalMarginal::log_pdf(mean_)}};
  }

 private:
  double mean_;
  double standard_deviation_;
};

class LogNormalMarginal final : public Marginal {
 public:
  LogNormalMarginal(double location, double scale) : location_(location), scale_(scale) {}

  double log_pdf(double value) const override {
    if (!(value > 0) || !std::isfinite(value)) return -kInfinity;
    return log_normal_pdf(LogNormalMarginal::whiten(value)) - std::log(scale_) - std::log(value);
  }
  double cdf(double value) const override {
    return value > 0 ? normal_cdf(LogNormalMarginal::whiten(value)) : 0;
  }
  double survival(double value) const override {
    return value > 0 ? normal_cdf(-LogNormalMarginal::whiten(value)) : 1;
  }
  double quantile(double p) const override { return LogNormalMarginal::unwhiten(normal_quantile(p)); }
  double upper_quantile(double q) const override { return LogNormalMarginal::unwhiten(-normal_quantile(q)); }
  double low() const override { return 0; }
  double high() const override { return kInfinity; }
  double whiten(double value) const override { return (std::log(into_range(value)) - location_) / scale_; }
  double unwhiten(double z) const override { return into_range(std::exp(location_ + scale_ * z)); }

 private:
  static double into_range(double value) {
    return std::clamp(value, std::numeric_limits<double>::min(), std::numeric_limits<double>::max());
  }

  double location_;
  double scale_;
};

/// Another marginal conditioned on an interval, by inversion of its distribution function. Every probability
/// is taken from the base's smaller tail, so that it stays exact far out in either one.
class RestrictedMarginal final : public Marginal {
 public:
  RestrictedMarginal(std::shared_ptr<const Marginal> base, double low, double high)
      : base_(std::move(base)),
        low_(std::max(low, base_->low())),
        high_(std::min(high, base_->high())),
        below_(base_->cdf(low_)),
        above_(base_->survival(high_)),
        mass_(low_ < high_ ? base_->mass_between(low_, high_) : 0) {
    if (!(mass_ >= std::numeric_limits<double>::min()))
      fail(
          ExitCode::config,
          "the interval [{}, {}] holds no probability of a prior with support [{}, {}]: move the interval or "
          "widen the prior",
          low, high, base_->low(), base_->high());
  }

  double log_pdf(double value) const override {
    return value >= low_ && value <= high_ ? base_->log_pdf(value) - std::log(mass_) : -kInfinity;
  }
  double cdf(double value) const override {
    return base_->mass_between(low_, std::clamp(value, low_, high_)) / mass_;
  }
  double survival(double value) const override {
    return base_->mass_between(std::clamp(value, low_, high_), high_) / mass_;
  }
  double quantile(double p) const override { return at(p, 1 - p); }
  double upper_quantile(double q) const override { return at(1 - q, q); }
  double low() const override { return low_; }
  double high() const override { return high_; }

  std::shared_ptr<const Marginal> restricted_to(double low, double high) const override {
    return base_->restricted_to(std::max(low, low_), std::min(high, high_));
  }

  std::vector<GaussianTerm> gaussian_terms() const override {
    auto terms = base_->gaussian_terms();
    for (auto& [piece, log_height] : terms) {
      piece.low = std::max(piece.low, low_);
      piece.high = std::min(piece.high, high_);
      log_height -= std::log(mass_);
    }
    std::erase_if(terms, [](const auto& term) { return !(term.piece.low < term.piece.high); });
    return terms;
  }

 private:
  /// The value with the fraction p of the mass below it and q = 1 - p above.
  double at(double p, double q) const {
    const double base_p = below_ + p * mass_;
    const double value = base_p <= 0.5 ? base_->quantile(base_p) : base_->upper_quantile(above_ + q * mass_);
    return std::clamp(value, low_, high_);
  }

  std::shared_ptr<const Marginal> base_;
  double low_;
  double high_;
  double below_;  // the base's mass below low_
  double above_;  // and above high_
  double mass_;   // and between them
};

void require_scale(double value, const char* name) {
  if (!(value > 0 && std::isfinite(value)))
    fail(ExitCode::config, "the {} {} is not a positive number: give one above 0", name, value);
}

void require_finite(double value, const char* name) {
  if (!std::isfinite(value))
    fail(ExitCode::config, "the {} {} is not finite: give a finite number", name, value);
}

}  // namespace

double Marginal::mass_between(double from, double to) const {
  return cdf(from) > 0.5 ? survival(from) - survival(to) : cdf(to) - cdf(from);
}

double Marginal::whiten(double value) const {
  const double below = cdf(value);
  const double above = survival(value);
  return below <= above ? normal_quantile(std::max(below, least_tail(low())))
                        : -normal_quantile(std::max(above, least_tail(high())));
}

double Marginal::unwhiten(double z) const {
  if (std::isnan(z)) return z;
  const double tail = std::max(normal_cdf(-std::abs(z)), kTailAtInfinity);
  return std::clamp(z < 0 ? quantile(tail) : upper_quantile(tail), low(), high());
}

std::shared_ptr<const Marginal> Marginal::restricted_to(double low, double high) const {
  return std::make_shared<RestrictedMarginal>(shared_from_this(), low, high);
}

std::shared_ptr<const Marginal> make_uniform(double low, double high) {
  if (!(low < high) || !std::isfinite(high - low))
    fail(ExitCode::config,
         "a uniform prior on [{}, {}] is impossible: give finite edges, the lower one first", low, high);
  return std::make_shared<UniformMarginal>(low, high);
}

std::shared_ptr<const Marginal> make_normal(double mean, double standard_deviation) {
  require_finite(mean, "mean");
  require_scale(standard_deviation, "standard deviation");
  return std::make_shared<NormalMarginal>(mean, standard_deviation);
}

std::shared_ptr<const Marginal> make_lognormal(double location, double scale) {
  require_finite(location, "location");
  require_scale(scale, "scale");
  return std::make_shared<LogNormalMarginal>(location, scale);
}

std::shared_ptr<const Marginal> make_truncated_normal(double mean, double standard_deviation, double low,
                                                      double high) {
  return make_normal(mean, standard_deviation)->restricted_to(low, high);
}

}  // namespace snpse
