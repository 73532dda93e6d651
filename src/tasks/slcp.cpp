#include <cmath>
#include <numbers>

#include "tasks/builtin.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

constexpr int kPoints = 4;
constexpr double kJitter = 1e-6;  // added to both variances

/// Lower Cholesky factor of the points' covariance, given theta3, theta4, theta5.
struct Cholesky {
  Cholesky(double theta3, double theta4, double theta5) {
    const double scale_x = theta3 * theta3;
    const double scale_y = theta4 * theta4;
    xx = std::sqrt(scale_x * scale_x + kJitter);
    yx = std::tanh(theta5) * scale_x * scale_y / xx;
    yy = std::sqrt(scale_y * scale_y + kJitter - yx * yx);
  }

  double xx;
  double yx;
  double yy;
};

/// Mean of the observed points and their scatter, the sum of (point - mean)(point - mean)^T.
struct Scatter {
  explicit Scatter(std::span<const double> x) {
    for (std::size_t i = 0; i < x.size(); i += 2) {
      mean_x += x[i] / kPoints;
      mean_y += x[i + 1] / kPoints;
    }
    for (std::size_t i = 0; i < x.size(); i += 2) {
      xx += (x[i] - mean_x) * (x[i] - mean_x);
      xy += (x[i] - mean_x) * (x[i + 1] - mean_y);
      yy += (x[i + 1] - mean_y) * (x[i + 1] - mean_y);
    }
  }

  /// ln of |S|^(-3/2) exp(-tr(S^-1 scatter) / 2), where S = L L^T.
  double log_weight(const Cholesky& l) const {
    // tr(S^-1 scatter) is the trace of the scatter of L^-1 (x, y)^T.
    const double slope = l.yx / l.xx;
    const double trace = xx / (l.xx * l.xx) + (yy - 2 * slope * xy + slope * slope * xx) / (l.yy * l.yy);
    return -(kPoints - 1) * std::log(l.xx * l.yy) - 0.5 * trace;
  }

  /// Its maximum over all S, at S = scatter / 3.
  double largest_log_weight() const {
    const double determinant = (xx * yy - xy * xy) / ((kPoints - 1) * (kPoints - 1));
    return -0.5 * (kPoints - 1) * std::log(determinant) - (kPoints - 1);
  }

  double mean_x = 0;
  double mean_y = 0;
  double xx = 0;
  double xy = 0;
  double yy = 0;
};

/// "Simple likelihood, complex posterior": theta ~ U(-3, 3)^5, x four points of a plane normal whose scales
/// are theta3^2 and theta4^2, so that the posterior has four mirrored modes.
class Slcp final : public Task {
 public:
  std::string name() const override { return "slcp"; }
  std::vector<std::string> parameter_names() const override { return theta_names(kDim); }
  int x_dim() const override { return 2 * kPoints; }
  std::shared_ptr<const Prior> prior() const override { return make_cube_prior(kDim, -kEdge, kEdge); }

  std::vector<double> simulate(std::span<const double> theta, RandomStream& random) const override {
    const Cholesky l(theta[2], theta[3], theta[4]);
    std::vector<double> x;
    for (int i = 0; i < kPoints; ++i) {
      const double a = random.normal();
      const double b = random.normal();
      x.push_back(theta[0] + l.xx * a);
      x.push_back(theta[1] + l.yx * a + l.yy * b);
    }
    return x;
  }

  /// Independent exact draws by rejection. The likelihood factors into N(m; mean of the points, S / 4) and
  /// Scatter's weight of S. So theta3 to theta5 drawn from the prior and kept in proportion to the weight,
  /// then m drawn from that normal and the whole dropped where m leaves the prior's box, follow the
  /// posterior.
  Matrix reference_posterior(std::span<const double> x_obs, Eigen::Index n,
                             std::uint64_t seed) const override {
    require_observation(*this, x_obs);
    const Scatter scatter(x_obs);
    Matrix theta(n, kDim);
    for (Eigen::Index i = 0; i < n; ++i) {
      RandomStream random(seed, Purpose::reference, 0, static_cast<std::uint64_t>(i));
      draw_posterior(scatter, random, row_of(theta, i));
    }
    return theta;
  }

 private:
  static constexpr int kDim = 5;
  static constexpr double kEdge = 3;
  static constexpr int kMaxTries = 1000000;  // for one posterior draw

  static void draw_posterior(const Scatter& scatter, RandomStream& random, std::span<double> theta) {
    const double largest = scatter.largest_log_weight();
    for (int tries = 0; tries < kMaxTries; ++tries) {
      for (std::size_t j = 2; j < kDim; ++j) theta[j] = kEdge * (2 * random.uniform() - 1);
      const Cholesky l(theta[2], theta[3], theta[4]);
      if (!(random.uniform() < std::exp(scatter.log_weight(l) - largest))) continue;
      const double a = random.normal() / std::sqrt(kPoints);
      const double b = random.normal() / std::sqrt(kPoints);
      theta[0] = scatter.mean_x + l.xx * a;
      theta[1] = scatter.mean_y + l.yx * a + l.yy * b;
      if (std::abs(theta[0]) <= kEdge && std::abs(theta[1]) <= kEdge) return;
    }
    fail(ExitCode::data,
         "none of {} draws was accepted as a posterior draw for points around ({:.3g}, {:.3g}): the "
         "observation is "
         "too far from what the prior predicts",
         kMaxTries, scatter.mean_x, scatter.mean_y);
  }
};

}  // namespace

std::shared_ptr<const Task> make_slcp() {
  return std::make_shared<Slcp>();
}

}  // namespace snpse
