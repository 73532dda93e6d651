#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "diagnostics/calibration.hpp"
#include "util/random.hpp"

namespace snpse::testing {

/// How a posterior is wrong on purpose.
enum class Flaw { none, too_narrow, too_wide, shifted, one_mode_missing, prior_returned };

inline const std::vector<std::pair<Flaw, std::string>> kFlaws{{Flaw::none, "exact"},
                                                              {Flaw::too_narrow, "too narrow"},
                                                              {Flaw::too_wide, "too wide"},
                                                              {Flaw::shifted, "shifted"},
                                                              {Flaw::one_mode_missing, "one mode missing"},
                                                              {Flaw::prior_returned, "prior returned"}};

/// theta ~ N(0, I) in two dimensions, x = (|theta_1|, theta_2) + N(0, 0.3^2 I): the posterior of theta_2 is
/// N(x / 1.09, 0.3^2 / 1.09), that of theta_1 the same at each of the two signs, weighted by their evidence.
class TwoModes {
 public:
  TwoModes(Flaw flaw, std::uint64_t seed) : flaw_(flaw), random_(seed, Purpose::prior, 1, 0) {}

  CalibrationPairs pairs(Eigen::Index n, Eigen::Index draws) {
    CalibrationPairs pairs{Matrix(n, 2), Matrix(n, 2), {}, Vector(n), Matrix(n, draws)};
    for (Eigen::Index i = 0; i < n; ++i) {
      for (double& value : row_of(pairs.theta, i)) value = random_.normal();
      pairs.x.row(i) << std::abs(pairs.theta(i, 0)) + kNoise * random_.normal(),
          pairs.theta(i, 1) + kNoise * random_.normal();
      const Vector x = pairs.x.row(i).transpose();
      pairs.draws.push_back(draw(x, draws));
      pairs.log_prob[i] = log_prob(pairs.theta.row(i).transpose(), x);
      for (Eigen::Index j = 0; j < draws; ++j)
        pairs.log_prob_of_draws(i, j) = log_prob(pairs.draws.back().row(j).transpose(), x);
    }
    return pairs;
  }

  /// Of the posterior at x, [n, 2].
  Matrix draw(const Vector& x, Eigen::Index n) {
    Matrix theta(n, 2);
    for (Eigen::Index i = 0; i < n; ++i) {
      // theta_1 = |theta_1| with either sign: a draw of the half line, reflected at random.
      double size = -1;
      while (size < 0) size = centre(x[0]) + deviation() * random_.normal();
      const double sign = flaw_ != Flaw::one_mode_missing && random_.uniform() < 0.5 ? -1 : 1;
      theta.row(i) << (flaw_ == Flaw::prior_returned ? random_.normal() : sign * size + shift()),
          centre(x[1]) + shift() + deviation() * random_.normal();
    }
    return theta;
  }
  /// That of a draw of the prior, [2].
  Vector observation() {
    Matrix theta(1, 2);
    theta << random_.normal(), random_.normal();
    return simulate(theta).row(0).transpose();
  }
  /// Data of parameters, [n, 2].
  Matrix simulate(const Matrix& theta) {
    Matrix x(theta.rows(), 2);
    for (Eigen::Index i = 0; i < theta.rows(); ++i)
      x.row(i) << std::abs(theta(i, 0)) + kNoise * random_.normal(), theta(i, 1) + kNoise * random_.normal();
    return x;
  }

 private:
  static constexpr double kNoise = 0.3;

  bool is_prior() const { return flaw_ == Flaw::prior_returned; }
  double centre(double x) const { return is_prior() ? 0 : x / (1 + kNoise * kNoise); }
  double shift() const { return flaw_ == Flaw::shifted ? 0.15 : 0; }
  double deviation() const {
    if (is_prior()) return 1;
    const double factor = flaw_ == Flaw::too_narrow ? 0.7 : flaw_ == Flaw::too_wide ? 1.4 : 1;
    return factor * kNoise / std::sqrt(1 + kNoise * kNoise);
  }
  static double log_normal(double z) { return -0.5 * z * z; }

  double log_prob(const Vector& theta, const Vector& x) const {
    const double first = theta[0] - shift();
    const double second =
        log_normal((theta[1] - shift() - centre(x[1])) / deviation()) - std::log(deviation());
    if (is_prior()) return log_normal(first) + second;
    // The half normal's mass, which differs between x.
    const double mass = 0.5 * std::erfc(-centre(x[0]) / deviation() / std::sqrt(2.0));
    if (flaw_ == Flaw::one_mode_missing && first < 0) return -std::numeric_limits<double>::infinity();
    return log_normal((std::abs(first) - centre(x[0])) / deviation()) - std::log(deviation() * mass) + second;
  }

  Flaw flaw_;
  RandomStream random_;
};

}  // namespace snpse::testing
