#pragma once

#include <optional>

#include "score/model_options.hpp"

namespace snpse {

/// The forward process d z_t = f(t) z_t dt + g(t) dw on t in [0, 1], whose transition is Gaussian:
/// z_t = alpha(t) z_0 + sigma(t) eps (paper, section 2.1; Song et al. 2021).
///
/// Every such process is the VE process in the scaled variable z_t / alpha(t), whose noise is
/// ratio(t) = sigma(t) / alpha(t): the samplers that work on a grid of noise levels use that.
class Diffusion {
 public:
  /// The process with these two numbers, as the next functions take them; none where a number is not in its
  /// range.
  static std::optional<Diffusion> make(Process process, double low, double high);
  /// Variance exploding: alpha = 1, sigma = sigma_min (sigma_max / sigma_min)^t; 0 < sigma_min < sigma_max.
  static Diffusion variance_exploding(double sigma_min, double sigma_max);
  /// Variance preserving: B(t) = t beta_min + t^2 (beta_max - beta_min) / 2, alpha = exp(-B/2),
  /// sigma^2 = 1 - exp(-B); 0 < beta_min <= beta_max.
  static Diffusion variance_preserving(double beta_min, double beta_max);
  /// Sub-VP: as VP with sigma = 1 - exp(-B).
  static Diffusion sub_variance_preserving(double beta_min, double beta_max);
  /// The straight path of flow matching (Lipman et al. 2023), from the noise sigma_min to noise with a rest
  /// of signal: alpha = 1 - t (1 - 1 / sigma_max), sigma = sigma_min + t (1 - sigma_min); 0 < sigma_min < 1
  /// and 1 < sigma_max.
  static Diffusion straight(double sigma_min, double sigma_max);

  Process process() const { return process_; }
  double alpha(double t) const;
  double sigma(double t) const;
  double ratio(double t) const;
  double least_ratio() const { return ratio(0); }
  /// The t at which ratio(t) is the given value; not limited to [0, 1].
  double time_of_ratio(double ratio) const;
  double drift(double t) const;              ///< f(t): the drift is f(t) z_t
  double diffusion_squared(double t) const;  ///< g(t)^2
  /// Standard deviation of the reference distribution N(0, s^2 I) at t = 1.
  double reference_deviation() const;

  double low() const { return low_; }    ///< sigma_min or beta_min
  double high() const { return high_; }  ///< sigma_max or beta_max

 private:
  Diffusion(Process process, double low, double high) : process_(process), low_(low), high_(high) {}
  double beta(double t) const;
  double integrated_beta(double t) const;
  double time_of_integrated_beta(double b) const;

  Process process_;
  double low_;
  double high_;
};

}  // namespace snpse
