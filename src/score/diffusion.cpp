#include "score/diffusion.hpp"

#include <cmath>

#include "util/error.hpp"

namespace snpse {

namespace {

/// Whether the two numbers of a process are in their range.
bool are_valid(Process process, double low, double high) {
  if (!(low > 0) || !std::isfinite(high)) return false;
  switch (process) {
    case Process::ve:
      return low < high;
    case Process::vp:
    case Process::subvp:
      return low <= high;
    case Process::straight:
      return low < 1 && high > 1;
  }
  return false;
}

}  // namespace

std::optional<Diffusion> Diffusion::make(Process process, double low, double high) {
  if (!are_valid(process, low, high)) return std::nullopt;
  return Diffusion(process, low, high);
}

Diffusion Diffusion::variance_exploding(double sigma_min, double sigma_max) {
  ensure(are_valid(Process::ve, sigma_min, sigma_max), "0 < sigma_min < sigma_max");
  return {Process::ve, sigma_min, sigma_max};
}

Diffusion Diffusion::variance_preserving(double beta_min, double beta_max) {
  ensure(are_valid(Process::vp, beta_min, beta_max), "0 < beta_min <= beta_max");
  return {Process::vp, beta_min, beta_max};
}

Diffusion Diffusion::sub_variance_preserving(double beta_min, double beta_max) {
  ensure(are_valid(Process::subvp, beta_min, beta_max), "0 < beta_min <= beta_max");
  return {Process::subvp, beta_min, beta_max};
}

Diffusion Diffusion::straight(double sigma_min, double sigma_max) {
  ensure(are_valid(Process::straight, sigma_min, sigma_max), "0 < sigma_min < 1 < sigma_max");
  return {Process::straight, sigma_min, sigma_max};
}

double Diffusion::beta(double t) const {
  return low_ + t * (high_ - low_);
}

double Diffusion::integrated_beta(double t) const {
  return t * low_ + t * t * (high_ - low_) / 2;
}

double Diffusion::alpha(double t) const {
  switch (process_) {
    case Process::ve:
      return 1;
    case Process::vp:
    case Process::subvp:
      return std::exp(-integrated_beta(t) / 2);
    case Process::straight:
      return 1 - t * (1 - 1 / high_);
  }
  throw std::logic_error("unknown process");
}

double Diffusion::sigma(double t) const {
  switch (process_) {
    case Process::ve:
      return low_ * std::pow(high_ / low_, t);
    case Process::vp:
      return std::sqrt(-std::expm1(-integrated_beta(t)));
    case Process::subvp:
      return -std::expm1(-integrated_beta(t));
    case Process::straight:
      return low_ + t * (1 - low_);
  }
  throw std::logic_error("unknown process");
}

double Diffusion::ratio(double t) const {
  return sigma(t) / alpha(t);
}

double Diffusion::time_of_integrated_beta(double b) const {
  return 2 * b / (low_ + std::sqrt(low_ * low_ + 2 * (high_ - low_) * b));  // without cancellation
}

double Diffusion::time_of_ratio(double ratio) const {
  switch (process_) {
    case Process::ve:
      return std::log(ratio / low_) / std::log(high_ / low_);
    case Process::vp:  // ratio^2 = e^B - 1
      return time_of_integrated_beta(std::log1p(ratio * ratio));
    case Process::subvp:  // ratio = 2 sinh(B / 2)
      return time_of_integrated_beta(2 * std::asinh(ratio / 2));
    case Process::straight:
      return (ratio - low_) / (1 - low_ + ratio * (1 - 1 / high_));
  }
  throw std::logic_error("unknown process");
}

double Diffusion::drift(double t) const {
  switch (process_) {
    case Process::ve:
      return 0;
    case Process::vp:
    case Process::subvp:
      return -beta(t) / 2;
    case Process::straight:
      return -(1 - 1 / high_) / alpha(t);
  }
  throw std::logic_error("unknown process");
}

double Diffusion::diffusion_squared(double t) const {
  switch (process_) {
    case Process::ve:
      return sigma(t) * sigma(t) * 2 * std::log(high_ / low_);
    case Process::vp:
      return beta(t);
    case Process::subvp:
      return beta(t) * -std::expm1(-2 * integrated_beta(t));
    case Process::straight:
      return 2 * sigma(t) * (1 - low_ - drift(t) * sigma(t));
  }
  throw std::logic_error("unknown process");
}

double Diffusion::reference_deviation() const {
  switch (process_) {
    case Process::ve:
      return high_;
    case Process::vp:
    case Process::subvp:
    case Process::straight:
      return 1;
  }
  throw std::logic_error("unknown process");
}

}  // namespace snpse
