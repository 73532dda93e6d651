#include <cmath>
#include <numbers>

#include "tasks/builtin.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr double kMeanRadius = 0.1;
constexpr double kRadiusSpread = 0.01;
constexpr double kOffset = 0.25;

struct Point {
  double x;
  double y;
};

/// A point of the noisy half circle.
Point draw_crescent(RandomStream& random) {
  const double angle = std::numbers::pi * (random.uniform() - 0.5);
  const double radius = kMeanRadius + kRadiusSpread * random.normal();
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// theta ~ U(-1, 1)^2. In the rotated parameters u = (theta1 + theta2) / sqrt 2, v = (theta2 - theta1) / sqrt
/// 2 the simulator is x = crescent + (0.25 - |u|, v).
class TwoMoons final : public Task {
 public:
  std::string name() const override { return "two_moons"; }
  std::vector<std::string> parameter_names() const override { return theta_names(kDim); }
  int x_dim() const override { return kDim; }
  std::shared_ptr<const Prior> prior() const override { return make_cube_prior(kDim, -kEdge, kEdge); }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    const Point crescent = draw_crescent(random);
    return {crescent.x + kOffset - std::abs(theta[0] + theta[1]) / std::numbers::sqrt2,
            crescent.y + (theta[1] - theta[0]) / std::numbers::sqrt2};
  }

  /// Given x_obs the map from the crescent's point to (|u|, v) is a reflection and a shift, and (u, v) to
  /// theta a rotation: all keep volumes. So a point of the crescent mapped back, with a fair sign for u, has
  /// a density proportional to the likelihood, and what is left after dropping draws without a solution (|u|
  /// < 0) or outside the prior's box is the posterior, for every x_obs and also where the box cuts the moons.
  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    Matrix theta(n, kDim);
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random(seed, Purpose::reference, 0, static_cast<std::uint64_t>(i));
      draw_posterior(x_obs, random, row_of(theta, i));
    }
    return theta;
  }

 private:
  static constexpr int kDim = 2;
  static constexpr double kEdge = 1;
  static constexpr int kMaxTries = 1000000;  // for one posterior draw

  static void draw_posterior(std::span<const double> x_obs, RandomStream& random, std::span<double> theta) {
    for (int tries = 0; tries < kMaxTries; ++tries) {
      const Point crescent = draw_crescent(random);
      const double distance = crescent.x + kOffset - x_obs[0];
      const double u = random.below(2) == 0 ? distance : -distance;
      const double v = x_obs[1] - crescent.y;
      theta[0] = (u - v) / std::numbers::sqrt2;
      theta[1] = (u + v) / std::numbers::sqrt2;
      if (distance >= 0 && std::abs(theta[0]) <= kEdge && std::abs(theta[1]) <= kEdge) return;
    }
    fail(ExitCode::data,
         "none of {} draws for the observation ({}, {}) lay in the prior's box: it is too far from what "
         "theta in "
         "[-1, 1] can give",
         kMaxTries, x_obs[0], x_obs[1]);
  }
};

}  // namespace

std::shared_ptr<const Task> make_two_moons() {
  return std::make_shared<TwoMoons>();
}

}  // namespace snpse
