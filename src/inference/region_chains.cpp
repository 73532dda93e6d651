#include "inference/region_chains.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <Eigen/Cholesky>
#include <fmt/format.h>

#include "util/error.hpp"

namespace snpse {
namespace {

// States of each chain that are kept, about.
constexpr std::int64_t kStatesOfAChain = 8;
// Fewer chains would not tell a correlation.
constexpr std::int64_t kFewestChains = 256;
// First interval of a line in differences of two draws, times the square root of the number of parameters. In
// an ellipsoid this interval is about as long as a chord.
constexpr double kWidth = 3;
// Points of a curve that the region may refuse, and points that the prior may refuse.
constexpr int kMostRefusals = 8;
constexpr int kMostCheapRefusals = 100;
// The correlation with the start that is small, beyond what chance gives.
constexpr double kLargestMemory = 0.1;
constexpr double kDeviations = 3;
// Steps between two looks at the memory, and between two states that are kept, at least.
constexpr int kStepsOfALook = 2;
constexpr std::int64_t kLeastStride = 2;

/// A curve through one chain's present state, which is its point at 0, and the interval of it that is left.
struct Curve {
  double low = 0;
  double high = 1;
  double level = 0;  // the prior's log-density must reach it
  int cheap_refusals = 0;
  int refusals = 0;
  Vector direction;  // a line: the state plus position * direction
  Vector across;  // a circle: in units of the spread, at right angles to the state and as long; empty: a line

  void shrink(double position) { (position < 0 ? low : high) = position; }
};

class Chains {
 public:
  Chains(const Matrix& starts, const Matrix& spread, const RestrictedPrior& target,
         const std::function<RandomStream(std::uint64_t)>& random_of)
      : theta_(starts),
        spread_(spread),
        centre_(spread.colwise().mean()),
        lower_(lower_factor(spread)),
        target_(target),
        log_prior_(log_prob_rows(target.prior, starts)),
        density_(target.density_inside(starts)) {
    for (Eigen::Index i = 0; i < starts.rows(); ++i)
      streams_.push_back(random_of(static_cast<std::uint64_t>(i)));
  }

  const Matrix& theta() const { return theta_; }

  /// What is measured of each chain: the parameters and the log-density, [c, d + 1].
  Matrix figures() const {
    Matrix all(theta_.rows(), theta_.cols() + 1);
    all << theta_, density_;
    return all;
  }

  void step() {
    slice(&Chains::line_of);
    if (theta_.cols() > 1) slice(&Chains::circle_of);
  }

 private:
  using CurveOf = Curve (Chains::*)(Eigen::Index chain);

  /// Of the covariance of the rows of draws, which may lie in a plane.
  static Eigen::MatrixXd lower_factor(const Matrix& draws) {
    constexpr double kLeast = 1e-9;
    const Matrix centred = draws.rowwise() - draws.colwise().mean();
    Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(draws.rows());
    covariance.diagonal() *= 1 + kLeast;
    covariance.diagonal().array() += std::numeric_limits<double>::min();
    return covariance.llt().matrixL();
  }

  RandomStream& stream(Eigen::Index chain) { return streams_[static_cast<std::size_t>(chain)]; }
  Vector whitened(Eigen::Index chain) const {
    return lower_.triangularView<Eigen::Lower>().solve(theta_.row(chain).transpose() - centre_);
  }

  Curve line_of(Eigen::Index chain) {
    auto& random = stream(chain);
    const auto m = static_cast<std::uint64_t>(spread_.rows());
    const auto first = random.below(m);
    const auto second = (first + 1 + random.below(m - 1)) % m;
    Curve line;
    line.direction =
        kWidth / std::sqrt(static_cast<double>(theta_.cols())) *
        (spread_.row(static_cast<Eigen::Index>(first)) - spread_.row(static_cast<Eigen::Index>(second)))
            .transpose();
    line.low = -random.uniform();
    line.high = line.low + 1;
    return line;
  }

  Curve circle_of(Eigen::Index chain) {
    auto& random = stream(chain);
    const Vector z = whitened(chain);
    Curve circle;
    circle.across.resize(z.size());
    for (double& value : circle.across) value = random.normal();
    circle.across -= circle.across.dot(z) / z.squaredNorm() * z;
    circle.across *= z.norm() / circle.across.norm();
    circle.low = -2 * std::numbers::pi * random.uniform();
    circle.high = circle.low + 2 * std::numbers::pi;
    return circle;
  }

  Vector point_of(Eigen::Index chain, const Curve& curve, double position) const {
    if (curve.across.size() == 0) return theta_.row(chain).transpose() + position * curve.direction;
    const Vector z = std::cos(position) * whitened(chain) + std::sin(position) * curve.across;
    return centre_ + lower_.triangularView<Eigen::Lower>() * z;
  }

  void slice(CurveOf curve_of) {
    std::vector<Curve> curves;
    std::vector<Eigen::Index> moving(static_cast<std::size_t>(theta_.rows()));
    std::iota(moving.begin(), moving.end(), 0);
    for (const auto chain : moving) {
      curves.push_back((this->*curve_of)(chain));
      curves.back().level = log_prior_[chain] + std::log(stream(chain).uniform());
    }
    while (!moving.empty()) moving = move(moving, curves);
  }

  /// A point of a chain's curve.
  struct Point {
    Eigen::Index chain;
    double position;
    double log_prior;
    Vector theta;
  };

  /// A point of the curve that the prior allows, unless it refused too many.
  std::optional<Point> next_point(Eigen::Index chain, Curve& curve) {
    while (curve.cheap_refusals < kMostCheapRefusals) {
      const double position = curve.low + (curve.high - curve.low) * stream(chain).uniform();
      Vector theta = point_of(chain, curve, position);
      const double log_prior = target_.prior.log_prob({theta.data(), static_cast<std::size_t>(theta.size())});
      if (log_prior >= curve.level) return Point{chain, position, log_prior, std::move(theta)};
      curve.shrink(position);
      ++curve.cheap_refusals;
    }
    return std::nullopt;
  }

  /// Tries one point for each of these chains. Returns the chains that are to try another one.
  std::vector<Eigen::Index> move(const std::vector<Eigen::Index>& moving, std::vector<Curve>& curves) {
    std::vector<Point> points;
    for (const auto chain : moving)
      if (auto point = next_point(chain, curves[static_cast<std::size_t>(chain)]))
        points.push_back(std::move(*point));
    Matrix theta(static_cast<Eigen::Index>(points.size()), theta_.cols());
    for (Eigen::Index i = 0; i < theta.rows(); ++i)
      theta.row(i) = points[static_cast<std::size_t>(i)].theta.transpose();
    const Vector density = target_.density_inside(theta);
    std::vector<Eigen::Index> left;
    for (Eigen::Index i = 0; i < theta.rows(); ++i) {
      const auto& point = points[static_cast<std::size_t>(i)];
      if (density[i] > -std::numeric_limits<double>::infinity()) {
        theta_.row(point.chain) = theta.row(i);
        log_prior_[point.chain] = point.log_prior;
        density_[point.chain] = density[i];
        continue;
      }
      auto& curve = curves[static_cast<std::size_t>(point.chain)];
      curve.shrink(point.position);
      if (++curve.refusals < kMostRefusals) left.push_back(point.chain);
    }
    return left;
  }

  Matrix theta_;  // [c, d]
  const Matrix& spread_;
  Vector centre_;
  Eigen::MatrixXd lower_;
  const RestrictedPrior& target_;
  Vector log_prior_;  // [c]
  Vector density_;    // [c]
  std::vector<RandomStream> streams_;
};

/// The largest correlation of a column of `now` with that of `start`, both [c, k].
double largest_correlation(const Matrix& start, const Matrix& now) {
  double largest = 0;
  for (Eigen::Index j = 0; j < start.cols(); ++j) {
    const Vector a = start.col(j).array() - start.col(j).mean();
    const Vector b = now.col(j).array() - now.col(j).mean();
    const double scale = a.norm() * b.norm();
    if (scale > 0) largest = std::max(largest, a.dot(b) / scale);
  }
  return largest;
}

/// The worst effective sample size of a column of figures, each [c, k]: the variance of all states over that
/// of a chain's mean, times the number of chains, which are independent.
double effective_size_of(const std::vector<Matrix>& figures) {
  const auto states = static_cast<double>(figures.size());
  Matrix mean = Matrix::Zero(figures.front().rows(), figures.front().cols());
  for (const auto& state : figures) mean += state / states;
  const auto chains = static_cast<double>(mean.rows());
  double worst = states * chains;
  for (Eigen::Index j = 0; j < mean.cols(); ++j) {
    const double centre = mean.col(j).mean();
    double all = 0;
    for (const auto& state : figures) all += (state.col(j).array() - centre).square().sum();
    const double of_means = (mean.col(j).array() - centre).square().sum();
    if (of_means > 0) worst = std::min(worst, all / states / of_means * chains);
  }
  return worst;
}

}  // namespace

std::int64_t number_of_chains(std::int64_t n) {
  return std::max(n / kStatesOfAChain, kFewestChains);
}

ChainDraws run_region_chains(const Matrix& starts, const Matrix& spread, const RestrictedPrior& target,
                             const ChainOptions& options,
                             const std::function<RandomStream(std::uint64_t)>& random_of, Log& log) {
  ensure(starts.rows() > 1 && spread.rows() > 1, "chains need two starts and two draws of their spread");
  Chains chains(starts, spread, target, random_of);
  const Matrix first = chains.figures();
  const Eigen::Index c = starts.rows();
  const auto states = static_cast<int>((options.draws + c - 1) / c);
  const double small = kLargestMemory + kDeviations / std::sqrt(static_cast<double>(c));
  ChainDraws result{Matrix(options.draws, starts.cols()), {.chains = c}};
  auto& report = result.report;
  const auto tell = [&] {
    const auto detail = fmt::format("correlation with the starts {:.2f}", report.memory);
    log.progress({"chains", static_cast<std::uint64_t>(report.steps),
                  static_cast<std::uint64_t>(2 * options.most_steps), detail});
  };
  while (report.steps < options.most_steps && report.memory > small) {
    chains.step();
    if (++report.steps % kStepsOfALook != 0 && report.steps < options.most_steps) continue;
    report.memory = largest_correlation(first, chains.figures());
    tell();
  }
  report.start_forgotten = report.memory <= small;
  const auto stride = std::max(kLeastStride, report.steps / states);
  std::vector<Matrix> figures;
  for (int state = 0; state < states; ++state) {
    for (std::int64_t i = 0; state > 0 && i < stride; ++i, ++report.steps) chains.step();
    figures.push_back(chains.figures());
    const Eigen::Index begin = state * c;
    const Eigen::Index count = std::min<Eigen::Index>(c, options.draws - begin);
    result.theta.middleRows(begin, count) = chains.theta().topRows(count);
    tell();
  }
  report.effective_size = std::min(effective_size_of(figures), static_cast<double>(options.draws));
  return result;
}

}  // namespace snpse
