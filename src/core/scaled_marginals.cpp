#include "core/scaled_marginals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "util/error.hpp"

namespace snpse {
namespace {

namespace boost_policies = boost::math::policies;
// Quantiles beyond all numbers are infinite, what is no number stays none, and where the search of a quantile
// is too slow to end its last value will do.
using QuietPolicy = boost_policies::policy<boost_policies::domain_error<boost_policies::ignore_error>,
                                           boost_policies::overflow_error<boost_policies::ignore_error>,
                                           boost_policies::evaluation_error<boost_policies::ignore_error>,
                                           boost_policies::promote_double<false>>;

/// location + scale u, where u has a distribution of Boost.Math on [low, high].
template <typename Distribution>
class ScaledMarginal : public Marginal {
 public:
  ScaledMarginal(Distribution distribution, double location, double scale, double low, double high)
      : distribution_(std::move(distribution)), location_(location), scale_(scale), low_(low), high_(high) {}

  double log_pdf(double value) const final {
    const double u = standard(value);
    if (!(u >= low_ && u <= high_) || !std::isfinite(u)) return -kInfinity;
    // Where the density is infinite at an edge, a number next to the edge stands for it.
    constexpr double kLeast = std::numeric_limits<double>::min();
    constexpr double kNextToOne = 1 - std::numeric_limits<double>::epsilon() / 2;
    const double inside =
        std::clamp(u, std::isfinite(low_) ? low_ + kLeast : low_, high_ == 1 ? kNextToOne : high_);
    return log_density(inside) - std::log(scale_);
  }
  double cdf(double value) const final {
    const double u = standard(value);
    return u <= low_ ? 0 : u >= high_ ? 1 : boost::math::cdf(distribution_, u);
  }
  double survival(double value) const final {
    const double u = standard(value);
    return u <= low_ ? 1 : u >= high_ ? 0 : boost::math::cdf(boost::math::complement(distribution_, u));
  }
  double quantile(double p) const final {
    return placed(found([&] { return boost::math::quantile(distribution_, p); }, p < 0.5));
  }
  double upper_quantile(double q) const final {
    return placed(
        found([&] { return boost::math::quantile(boost::math::complement(distribution_, q)); }, q >= 0.5));
  }
  double low() const final { return std::isfinite(low_) ? placed(low_) : low_; }
  double high() const final { return std::isfinite(high_) ? placed(high_) : high_; }

 private:
  /// Of u, inside its support.
  virtual double log_density(double u) const = 0;

  /// A quantile, or the edge on its side where it is so near that no number lies between.
  template <typename Search>
  double found(const Search& search, bool is_low) const {
    try {
      return search();
    } catch (const boost::math::evaluation_error&) {
      return is_low ? low_ : high_;
    }
  }

  double standard(double value) const { return (value - location_) / scale_; }
  double placed(double u) const {
    constexpr double kMost = std::numeric_limits<double>::max();
    return std::clamp(location_ + scale_ * std::clamp(u, low_, high_), -kMost, kMost);
  }

  Distribution distribution_;
  double location_;
  double scale_;
  double low_;
  double high_;
};

using Exponential = boost::math::exponential_distribution<double, QuietPolicy>;
class ExponentialMarginal final : public ScaledMarginal<Exponential> {
 public:
  explicit ExponentialMarginal(double rate) : ScaledMarginal(Exponential(1), 0, 1 / rate, 0, kInfinity) {}

 private:
  double log_density(double u) const override { return -u; }
};

using Gamma = boost::math::gamma_distribution<double, QuietPolicy>;
class GammaMarginal final : public ScaledMarginal<Gamma> {
 public:
  GammaMarginal(double shape, double rate)
      : ScaledMarginal(Gamma(shape, 1), 0, 1 / rate, 0, kInfinity), shape_(shape) {}

 private:
  double log_density(double u) const override { return (shape_ - 1) * std::log(u) - u - std::lgamma(shape_); }

  double shape_;
};

using InverseGamma = boost::math::inverse_gamma_distribution<double, QuietPolicy>;
class InverseGammaMarginal final : public ScaledMarginal<InverseGamma> {
 public:
  InverseGammaMarginal(double shape, double scale)
      : ScaledMarginal(InverseGamma(shape, 1), 0, scale, 0, kInfinity), shape_(shape) {}

 private:
  double log_density(double u) const override {
    return -(shape_ + 1) * std::log(u) - 1 / u - std::lgamma(shape_);
  }

  double shape_;
};

using Beta = boost::math::beta_distribution<double, QuietPolicy>;
class BetaMarginal final : public ScaledMarginal<Beta> {
 public:
  BetaMarginal(double alpha, double beta)
      : ScaledMarginal(Beta(alpha, beta), 0, 1, 0, 1), alpha_(alpha), beta_(beta) {}

 private:
  double log_density(double u) const override {
    return (alpha_ - 1) * std::log(u) + (beta_ - 1) * std::log1p(-u) + std::lgamma(alpha_ + beta_) -
           std::lgamma(alpha_) - std::lgamma(beta_);
  }

  double alpha_;
  double beta_;
};

using StudentT = boost::math::students_t_distribution<double, QuietPolicy>;
class StudentTMarginal final : public ScaledMarginal<StudentT> {
 public:
  StudentTMarginal(double degrees_of_freedom, double location, double scale)
      : ScaledMarginal(StudentT(degrees_of_freedom), location, scale, -kInfinity, kInfinity),
        degrees_(degrees_of_freedom) {}

 private:
  double log_density(double u) const override {
    return std::lgamma((degrees_ + 1) / 2) - std::lgamma(degrees_ / 2) -
           0.5 * std::log(degrees_ * std::numbers::pi) -
           (degrees_ + 1) * std::log(std::hypot(1.0, u / std::sqrt(degrees_)));
  }

  double degrees_;
};

class LogUniformMarginal final : public Marginal {
 public:
  LogUniformMarginal(double low, double high) : low_(low), high_(high), width_(std::log(high / low)) {}

  double log_pdf(double value) const override {
    return value >= low_ && value <= high_ ? -std::log(value) - std::log(width_) : -kInfinity;
  }
  double cdf(double value) const override {
    return value <= low_ ? 0 : std::min(std::log(value / low_) / width_, 1.0);
  }
  double survival(double value) const override {
    return value >= high_ ? 0 : value <= low_ ? 1 : std::log(high_ / value) / width_;
  }
  double quantile(double p) const override { return std::clamp(low_ * std::exp(p * width_), low_, high_); }
  double upper_quantile(double q) const override {
    return std::clamp(high_ * std::exp(-q * width_), low_, high_);
  }
  double low() const override { return low_; }
  double high() const override { return high_; }

 private:
  double low_;
  double high_;
  double width_;  // of the logarithm
};

void require_positive(double value, const char* name) {
  if (!(value > 0 && std::isfinite(value)))
    fail(ExitCode::config, "the {} {} is not a positive number: give one above 0", name, value);
}

}  // namespace

std::shared_ptr<const Marginal> make_exponential(double rate) {
  require_positive(rate, "rate");
  return std::make_shared<ExponentialMarginal>(rate);
}

std::shared_ptr<const Marginal> make_gamma(double shape, double rate) {
  require_positive(shape, "shape");
  require_positive(rate, "rate");
  return std::make_shared<GammaMarginal>(shape, rate);
}

std::shared_ptr<const Marginal> make_inverse_gamma(double shape, double scale) {
  require_positive(shape, "shape");
  require_positive(scale, "scale");
  return std::make_shared<InverseGammaMarginal>(shape, scale);
}

std::shared_ptr<const Marginal> make_beta(double alpha, double beta) {
  require_positive(alpha, "alpha");
  require_positive(beta, "beta");
  return std::make_shared<BetaMarginal>(alpha, beta);
}

std::shared_ptr<const Marginal> make_student_t(double degrees_of_freedom, double location, double scale) {
  require_positive(degrees_of_freedom, "number of degrees of freedom");
  require_positive(scale, "scale");
  if (!std::isfinite(location))
    fail(ExitCode::config, "the location {} is not finite: give a finite number", location);
  return std::make_shared<StudentTMarginal>(degrees_of_freedom, location, scale);
}

std::shared_ptr<const Marginal> make_loguniform(double low, double high) {
  if (!(low > 0 && low < high && std::isfinite(high / low)))
    fail(ExitCode::config,
         "a log-uniform prior on [{}, {}] is impossible: give finite edges above 0, the lower one first", low,
         high);
  return std::make_shared<LogUniformMarginal>(low, high);
}

std::shared_ptr<const Marginal> make_half_normal(double scale) {
  return make_truncated_normal(0, scale, 0, kInfinity);
}

}  // namespace snpse
