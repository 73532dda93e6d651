#include "score/perturbed_prior.hpp"

#include <algorithm>
#include <optional>

namespace snpse {
namespace {

GaussianProduct standard_normals(Eigen::Index dim) {
  return {Matrix::Identity(dim, dim), std::vector<std::vector<GaussianTerm>>(
                                          static_cast<std::size_t>(dim), {{{0, 1, -kInfinity, kInfinity}}})};
}

}  // namespace

PerturbedPrior::PerturbedPrior(const GaussianProduct& product) {
  const auto d = static_cast<std::int64_t>(product.factors.size());
  axes_ = torch::from_blob(const_cast<double*>(product.axes.data()), {d, d}, torch::kFloat64).clone();
  std::size_t most = 0;
  for (const auto& factor : product.factors) most = std::max(most, factor.size());
  for (std::size_t k = 0; k < most; ++k) {
    auto table = torch::empty({5, 1, d}, torch::kFloat64);
    for (std::int64_t i = 0; i < d; ++i) {
      const auto& factor = product.factors[static_cast<std::size_t>(i)];
      const bool has = k < factor.size();
      const auto& [piece, log_height] = has ? factor[k] : factor.front();
      const double log_weight =
          has ? log_height - 0.5 * piece.precision * piece.mean * piece.mean : -kInfinity;
      double* to = table.data_ptr<double>() + i;
      for (const double value : {piece.mean, piece.precision, piece.low, piece.high, log_weight}) {
        *to = value;
        to += d;
      }
    }
    terms_.push_back({{table[0] * table[1], table[1], table[2], table[3]}, table[4]});
  }
}

NoiseAndSlope PerturbedPrior::along_axes(const torch::Tensor& z_t, const NoiseLevel& level) const {
  const auto y_t = z_t.to(torch::kFloat64).matmul(axes_);
  if (terms_.size() == 1) return PerturbedPieces(terms_.front().pieces, y_t, level).noise_and_slope();
  std::vector<torch::Tensor> log_weights;
  std::vector<torch::Tensor> noises;
  std::vector<torch::Tensor> slopes;
  for (const auto& [pieces, log_weight] : terms_) {
    const PerturbedPieces term(pieces, y_t, level);
    const auto [noise, slope] = term.noise_and_slope();
    log_weights.push_back(log_weight + term.log_density());
    noises.push_back(noise);
    slopes.push_back(slope);
  }
  const auto weights = torch::softmax(torch::stack(log_weights), 0);
  const auto mean_of = [&](const torch::Tensor& values) { return (weights * values).sum(0); };
  const auto noise = torch::stack(noises);
  const auto mean = mean_of(noise);
  return {mean,
          mean_of(torch::stack(slopes)) - mean_of((noise - mean).square()) / level.sigma.to(torch::kFloat64)};
}

torch::Tensor PerturbedPrior::to_z(const torch::Tensor& along_axes) const {
  return along_axes.matmul(axes_.t()).to(torch::kFloat32);
}

torch::Tensor PerturbedPrior::predicted_noise(const torch::Tensor& z_t, const NoiseLevel& level) const {
  return to_z(along_axes(z_t, level).noise);
}

NoiseAndDivergence PerturbedPrior::predicted_noise_and_divergence(const torch::Tensor& z_t,
                                                                  const NoiseLevel& level,
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

torch::Tensor RelativeScore::predicted_noise(const torch::Tensor& z_t, const NoiseLevel& level) const {
  return score_->predicted_noise(z_t, level) - slope_of_standard_normal(level) * z_t;
}

NoiseAndDivergence RelativeScore::predicted_noise_and_divergence(const torch::Tensor& z_t,
                                                                 const NoiseLevel& level,
                                                                 const torch::Tensor& probes) const {
  const auto [noise, divergence] = score_->predicted_noise_and_divergence(z_t, level, probes);
  const auto slope = slope_of_standard_normal(level);
  return {noise - slope * z_t, divergence - static_cast<double>(z_t.size(1)) * slope.squeeze(1)};
}

namespace {

std::optional<GaussianProduct> product_in(const Prior& prior, const ParameterSpace& space) {
  if (!space.standardiser()) return standard_normals(prior.dim());
  return prior.gaussian_product(*space.standardiser());
}

}  // namespace

std::shared_ptr<const UnconditionalScore> perturbed_prior(const Prior& prior, const ParameterSpace& space) {
  const auto product = product_in(prior, space);
  return product ? std::make_shared<const PerturbedPrior>(*product) : nullptr;
}

std::shared_ptr<const UnconditionalScore> perturbed_prior_without_edges(const Prior& prior,
                                                                        const ParameterSpace& space) {
  auto product = product_in(prior, space);
  if (!product) return nullptr;
  for (auto& factor : product->factors)
    for (auto& [piece, log_height] : factor) {
      piece.low = -kInfinity;
      piece.high = kInfinity;
    }
  return std::make_shared<const PerturbedPrior>(*product);
}

}  // namespace snpse
