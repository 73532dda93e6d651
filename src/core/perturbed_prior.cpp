#include "snpse/core/perturbed_prior.hpp"

#include <limits>
#include <numbers>

namespace snpse {
namespace {

// Edges are at most so many deviations away, so that no difference of two of them is inf - inf.
constexpr double kFar = 1e6;

/// Of N(0, 1) on [low, high]: its mean, and by how much its variance falls short of 1.
struct TruncatedMoments {
  torch::Tensor mean;
  torch::Tensor lost_variance;
};

/// Everything relative to the density at the edge that is nearer to 0 or beyond it: nothing underflows.
TruncatedMoments truncated_moments(const torch::Tensor& low, const torch::Tensor& high) {
  const auto mirrored = low + high < 0;
  const auto near = torch::where(mirrored, -high, low).clamp(-kFar, kFar);
  const auto far = torch::where(mirrored, -low, high).clamp(-kFar, kFar);
  const auto exponent = (far - near) * (far + near) * -0.5;
  const auto ratio = exponent.exp();  // of the densities at both edges, at most 1
  const auto scaled = [](const torch::Tensor& edge) {
    return torch::special_erfcx(edge / std::numbers::sqrt2);
  };
  constexpr double kRootOfHalfPi = 1.2533141373155003;
  const auto mass = kRootOfHalfPi * (scaled(near) - ratio * scaled(far));
  const auto mean = -exponent.expm1() / mass;
  return {torch::where(mirrored, -mean, mean), mean.square() - (near - ratio * far) / mass};
}

torch::Tensor as_double(const torch::Tensor& tensor) {
  return tensor.to(torch::kFloat64);
}

GaussianProduct standard_normals(Eigen::Index dim) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return {Matrix::Identity(dim, dim),
          std::vector<GaussianPiece>(static_cast<std::size_t>(dim), {0, 1, -kInfinity, kInfinity})};
}

}  // namespace

PerturbedPrior::PerturbedPrior(const GaussianProduct& product) {
  const auto d = static_cast<std::int64_t>(product.pieces.size());
  axes_ = torch::from_blob(const_cast<double*>(product.axes.data()), {d, d}, torch::kFloat64).clone();
  auto table = torch::empty({4, 1, d}, torch::kFloat64);
  for (std::int64_t i = 0; i < d; ++i) {
    const auto& piece = product.pieces[static_cast<std::size_t>(i)];
    double* to = table.data_ptr<double>() + i;
    for (const double value : {piece.mean, piece.precision, piece.low, piece.high}) {
      *to = value;
      to += d;
    }
  }
  mean_ = table[0];
  precision_ = table[1];
  low_ = table[2];
  high_ = table[3];
}

PerturbedPrior::AlongAxes PerturbedPrior::along_axes(const torch::Tensor& z_t,
                                                     const NoiseLevel& level) const {
  const auto y_t = as_double(z_t).matmul(axes_);
  const auto alpha = as_double(level.alpha);
  const auto sigma = as_double(level.sigma);
  const auto w_squared = alpha.square() + sigma.square() * precision_;
  const auto w = w_squared.sqrt();
  const auto centre = (alpha * y_t + sigma.square() * precision_ * mean_) / w_squared;
  const auto [mean, lost_variance] =
      truncated_moments((low_ - centre) * w / sigma, (high_ - centre) * w / sigma);
  return {sigma * precision_ * (y_t - alpha * mean_) / w_squared - alpha / w * mean,
          (sigma * precision_ + alpha.square() / sigma * lost_variance) / w_squared};
}

torch::Tensor PerturbedPrior::to_z(const torch::Tensor& along_axes) const {
  return along_axes.matmul(axes_.t()).to(torch::kFloat32);
}

torch::Tensor PerturbedPrior::noise(const torch::Tensor& z_t, const NoiseLevel& level) const {
  return to_z(along_axes(z_t, level).noise);
}

NoiseAndDivergence PerturbedPrior::noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                        const torch::Tensor& /*probes*/) const {
  const auto [noise, slope] = along_axes(z_t, level);
  return {to_z(noise), slope.sum(1).to(torch::kFloat32)};
}

namespace {

/// The noise of N(0, I) is this times z_t.
torch::Tensor slope_of_standard_normal(const NoiseLevel& level) {
  return level.sigma / (level.alpha.square() + level.sigma.square());
}

}  // namespace

torch::Tensor RelativeScore::noise(const torch::Tensor& z_t, const NoiseLevel& level) const {
  return score_->noise(z_t, level) - slope_of_standard_normal(level) * z_t;
}

NoiseAndDivergence RelativeScore::noise_and_divergence(const torch::Tensor& z_t, const NoiseLevel& level,
                                                       const torch::Tensor& probes) const {
  const auto [noise, divergence] = score_->noise_and_divergence(z_t, level, probes);
  const auto slope = slope_of_standard_normal(level);
  return {noise - slope * z_t, divergence - static_cast<double>(z_t.size(1)) * slope.squeeze(1)};
}

std::shared_ptr<const KnownScore> perturbed_prior(const Prior& prior, const ParameterSpace& space) {
  const auto product =
      space.standardiser() ? prior.gaussian_product(*space.standardiser()) : standard_normals(prior.dim());
  return product ? std::make_shared<const PerturbedPrior>(*product) : nullptr;
}

}  // namespace snpse
