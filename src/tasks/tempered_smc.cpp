#include "snpse/tasks/tempered_smc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <Eigen/Cholesky>

#include "snpse/util/error.hpp"

namespace snpse {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTargetAcceptance = 0.25;

class Population {
 public:
  Population(const Prior& prior, const LogLikelihood& log_likelihood, Eigen::Index size, std::uint64_t seed,
             const TemperedSmcOptions& options)
      : prior_(prior),
        log_likelihood_(log_likelihood),
        options_(options),
        seed_(seed),
        z_(size, prior.dim()),
        log_likelihoods_(size),
        scale_(2.38 / std::sqrt(prior.dim())) {
    for (Eigen::Index i = 0; i < size; ++i) {
      RandomStream random = stream(i);
      for (double& value : row_of(z_, i)) value = random.normal();
      log_likelihoods_[i] = log_likelihood_at(row_of(z_, i));
    }
    ++stage_;
    if (log_likelihoods_.maxCoeff() == -kInfinity)
      fail(ExitCode::data,
           "the observation is impossible under all of {} draws of the prior: check its values", size);
  }

  double temperature() const { return temperature_; }
  Matrix theta() const { return from_whitened_rows(prior_, z_); }

  void heat() {
    const double next = next_temperature();
    resample(weights(next));
    temperature_ = next;
  }

  void move_until_mixed() {
    const Eigen::MatrixXd cholesky = covariance().llt().matrixL();
    const Matrix start = z_;
    const double limit = temperature_ < 1 ? options_.correlation : options_.final_correlation;
    double acceptance = 0;
    for (int sweep = 0; sweep < options_.max_sweeps; ++sweep) {
      acceptance = move_all(cholesky);
      scale_ *= std::exp(acceptance - kTargetAcceptance);
      if (largest_correlation(start) < limit) return;
    }
    fail(ExitCode::data,
         "the reference sampler does not mix at temperature {:.3g}: {} moves with acceptance {:.2g} leave a "
         "correlation of {:.2g}; use an observation nearer to what the prior predicts",
         temperature_, options_.max_sweeps, acceptance, largest_correlation(start));
  }

 private:
  RandomStream stream(Eigen::Index particle) const {
    return {seed_, Purpose::reference, stage_, static_cast<std::uint64_t>(particle)};
  }

  double log_likelihood_at(std::span<const double> z) {
    theta_.resize(z.size());
    prior_.from_whitened(z, theta_);
    const double value = log_likelihood_(theta_);
    return std::isnan(value) ? -kInfinity : value;
  }

  /// Normalised weights [size] of the population when it is heated to next.
  Vector weights(double next) const {
    const Vector log_weights = (next - temperature_) * log_likelihoods_;
    const Vector unnormalised = (log_weights.array() - log_weights.maxCoeff()).exp();
    return unnormalised / unnormalised.sum();
  }

  double next_temperature() const {
    const auto enough = [&](double next) {
      return 1 / weights(next).squaredNorm() >= options_.effective_share * static_cast<double>(z_.rows());
    };
    if (enough(1)) return 1;
    double low = temperature_;
    double high = 1;
    for (int i = 0; i < 60 && high - low > 1e-6 * low; ++i) {
      const double middle = 0.5 * (low + high);
      (enough(middle) ? low : high) = middle;
    }
    return high;
  }

  /// Systematic: one uniform number places as many equally spaced points as there are particles.
  void resample(const Vector& weights) {
    const Matrix old_z = z_;
    const Vector old_log_likelihoods = log_likelihoods_;
    const Eigen::Index size = z_.rows();
    const double offset = stream(size).uniform();
    double cumulative = weights[0];
    Eigen::Index ancestor = 0;
    for (Eigen::Index i = 0; i < size; ++i) {
      const double point = (static_cast<double>(i) + offset) / static_cast<double>(size);
      while (cumulative < point && ancestor + 1 < size) cumulative += weights[++ancestor];
      z_.row(i) = old_z.row(ancestor);
      log_likelihoods_[i] = old_log_likelihoods[ancestor];
    }
    ++stage_;
  }

  Eigen::MatrixXd covariance() const {
    const Matrix centred = z_.rowwise() - z_.colwise().mean();
    return centred.transpose() * centred / static_cast<double>(z_.rows());
  }

  /// One Metropolis step of every particle; returns the share accepted.
  double move_all(const Eigen::MatrixXd& cholesky) {
    Vector proposal(z_.cols());
    Vector noise(z_.cols());
    Eigen::Index accepted = 0;
    for (Eigen::Index i = 0; i < z_.rows(); ++i) {
      RandomStream random = stream(i);
      for (double& value : noise) value = random.normal();
      // A random factor lets short and long steps take turns, for curved posteriors.
      noise *= scale_ * std::exp(random.normal());
      proposal = z_.row(i).transpose() + cholesky.triangularView<Eigen::Lower>() * noise;
      const double proposed = log_likelihood_at({proposal.data(), static_cast<std::size_t>(proposal.size())});
      const double log_ratio = temperature_ * (proposed - log_likelihoods_[i]) +
                               0.5 * (z_.row(i).squaredNorm() - proposal.squaredNorm());
      if (!(std::log(random.uniform()) < log_ratio)) continue;
      z_.row(i) = proposal.transpose();
      log_likelihoods_[i] = proposed;
      ++accepted;
    }
    ++stage_;
    return static_cast<double>(accepted) / static_cast<double>(z_.rows());
  }

  double largest_correlation(const Matrix& start) const {
    const auto correlation = [](const Vector& a, const Vector& b) {
      const Vector u = a.array() - a.mean();
      const Vector v = b.array() - b.mean();
      return std::abs(u.dot(v)) / (u.norm() * v.norm());
    };
    double largest = 0;
    for (Eigen::Index j = 0; j < z_.cols(); ++j)
      largest = std::max({largest, correlation(start.col(j), z_.col(j)),
                          correlation(start.col(j).cwiseAbs2(), z_.col(j).cwiseAbs2())});
    return largest;
  }

  const Prior& prior_;
  const LogLikelihood& log_likelihood_;
  const TemperedSmcOptions& options_;
  std::uint64_t seed_;
  std::uint32_t stage_ = 0;  // counts resamplings and sweeps: the round of the random streams
  Matrix z_;                 // [size, d], whitened
  Vector log_likelihoods_;   // [size]
  double temperature_ = 0;
  double scale_;               // of the random walk, in units of the population's covariance
  std::vector<double> theta_;  // scratch
};

}  // namespace

Matrix tempered_smc(const Prior& prior, const LogLikelihood& log_likelihood, Eigen::Index n,
                    std::uint64_t seed, const TemperedSmcOptions& options) {
  const Eigen::Index size = std::max(n, options.least_particles);
  Population population(prior, log_likelihood, size, seed, options);
  for (int steps = 0; population.temperature() < 1; ++steps) {
    if (steps == options.max_temperatures)
      fail(ExitCode::data,
           "the reference sampler reached temperature {:.3g} of 1 in {} steps: the observation is too far "
           "from what "
           "the prior predicts",
           population.temperature(), steps);
    population.heat();
    population.move_until_mixed();
  }
  // Neighbours descend from the same particle: take the draws from all over the population.
  const Matrix theta = population.theta();
  Matrix draws(n, prior.dim());
  for (Eigen::Index i = 0; i < n; ++i) draws.row(i) = theta.row(i * size / n);
  return draws;
}

}  // namespace snpse
