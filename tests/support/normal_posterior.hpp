#pragma once

#include <cmath>

#include "inference/truncation.hpp"

namespace snpse::testing {

/// N(centre, deviation^2 I) in the plane.
class NormalPosterior : public PosteriorDistribution {
 public:
  NormalPosterior(const Eigen::Vector2d& centre, double deviation) : centre_(centre), deviation_(deviation) {}

  PosteriorSamples sample(const World& /*world*/, std::int64_t n, const DrawKey& key,
                          Log& /*log*/) const override {
    PosteriorSamples result{Matrix(n, 2), {}};
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random(key.seed, key.purpose, key.round, static_cast<std::uint64_t>(i));
      for (Eigen::Index j = 0; j < 2; ++j) result.theta(i, j) = centre_[j] + deviation_ * random.normal();
    }
    return result;
  }

  Vector log_prob(const World& /*world*/, const Matrix& theta, const DensityOptions& /*options*/,
                  const DrawKey& /*key*/) const override {
    return (-0.5 * squared_radius(theta)).array() - 2 * std::log(deviation_) - std::log(2 * M_PI);
  }

  /// |theta - centre|^2 / deviation^2 of each row: chi-square with two degrees of freedom.
  Vector squared_radius(const Matrix& theta) const {
    return (theta.rowwise() - centre_.transpose()).rowwise().squaredNorm() / (deviation_ * deviation_);
  }

  RegionDensity density(const World& world) const {
    return {[this, &world](const Matrix& theta) { return log_prob(world, theta, {}, {}); }};
  }

 private:
  Eigen::Vector2d centre_;
  double deviation_;
};

}  // namespace snpse::testing
