#include "score/diffusion.hpp"

#include <cmath>

#include "util/error.hpp"

namespace snpse {

Diffusion Diffusion::variance_exploding(double sigma_min, double sigma_max) {
  ensure(0 < sigma_min && sigma_min < sigma_max, "0 < sigma_min < sigma_max");
  return {Process::ve, sigma_min, sigma_max};
}

Diffusion Diffusion::variance_preserving(double beta_min, double beta_max) {
  ensure(0 < beta_min && beta_min <= beta_max, "0 < beta_min <= beta_max");
  return {Process::vp, beta_min, beta_max};
}

Diffusion Diffusion::sub_variance_preserving(double beta_min, double beta_max) {
  ensure(0 < beta_min && beta_min <= beta_max, "0 < beta_min <= beta_max");
  return {Process::subvp, beta_min, beta_max};
}

double Diffusion::beta(double t) const {
  return low_ + t * (high_ - low_);
}

double Diffusion::integrated_beta(double t) const {
  return t * low_ + t * t * (high_ - low_) / 2;
}

double Diffusion::alpha(double t) const {
  return process_ == Process::ve ? 1.0 : std::exp(-integrated_beta(t) / 2);
}

double Diffusion::sigma(double t) const {
  switch (process_) {
    case Process::ve:
      return low_ * std::pow(high_ / low_, t);
    case Process::vp:
      return std::sqrt(-std::expm1(-integrated_beta(t)));
    case Process::subvp:
      return -std::expm1(-integrated_beta(t));
  }
  throw std::logic_error("unknown process");
}

double Diffusion::ratio(double t) const {
  return sigma(t) / alpha(t);
}

double Diffusion::time_of_ratio(double ratio) const {
  if (process_ == Process::ve) return std::log(ratio / low_) / std::log(high_ / low_);
  // VP: ratio^2 = e^B - 1; sub-VP: ratio = 2 sinh(B / 2). Then B(t) = b solved for t without cancellation.
  const double b = process_ == Process::vp ? std::log1p(ratio * ratio) : 2 * std::asinh(ratio / 2);
  return 2 * b / (low_ + std::sqrt(low_ * low_ + 2 * (high_ - low_) * b));
}

double Diffusion::drift(double t) const {
  return process_ == Process::ve ? 0.0 : -beta(t) / 2;
}

double Diffusion::diffusion_squared(double t) const {
  switch (process_) {
    case Process::ve:
      return sigma(t) * sigma(t) * 2 * std::log(high_ / low_);
    case Process::vp:
      return beta(t);
    case Process::subvp:
      return beta(t) * -std::expm1(-2 * integrated_beta(t));
  }
  throw std::logic_error("unknown process");
}

double Diffusion::reference_deviation() const {
  return process_ == Process::ve ? high_ : 1.0;
}

}  // namespace snpse
