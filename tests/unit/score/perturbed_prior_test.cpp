#include "score/perturbed_prior.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Dense>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <gtest/gtest.h>

#include "numerics/tensor_matrix.hpp"
#include "support/score_models.hpp"

namespace snpse {
namespace {

NoiseLevel level_at(const Diffusion& diffusion, double t) {
  const auto scalar = [](double value) { return torch::full({1, 1}, value, torch::kFloat32); };
  return {scalar(t), scalar(diffusion.alpha(t)), scalar(diffusion.sigma(t))};
}

/// Mean and variance of z_0 given z_t, by quadrature over z_0.
struct Denoised {
  double mean;
  double variance;
};

Denoised denoised(const Marginal& prior, double z_t, double alpha, double sigma) {
  const double nearest = std::clamp(z_t / alpha, prior.low(), prior.high());
  const double reach = 12 * sigma / alpha;
  const double low = std::max({prior.low(), nearest - reach, -40.0});
  const double high = std::min({prior.high(), nearest + reach, 40.0});
  const double least = z_t - alpha * nearest;
  const auto moment = [&](int power) {
    const auto integrand = [&](double z_0) {
      const double away = z_t - alpha * z_0;
      return std::pow(z_0 - nearest, power) *
             std::exp(prior.log_pdf(z_0) + (least * least - away * away) / (2 * sigma * sigma));
    };
    // Between the density's jumps.
    std::vector<double> stops{low, high};
    for (const auto& [piece, log_height] : prior.gaussian_terms())
      for (const double edge : {piece.low, piece.high})
        if (edge > low && edge < high) stops.push_back(edge);
    std::sort(stops.begin(), stops.end());
    double total = 0;
    for (std::size_t i = 1; i < stops.size(); ++i)
      total += boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, stops[i - 1],
                                                                             stops[i], 12, 1e-12);
    return total;
  };
  const double mass = moment(0);
  const double mean = moment(1) / mass;
  return {nearest + mean, moment(2) / mass - mean * mean};
}

TEST(PerturbedPrior, IsThatOfQuadratureForEveryMarginalProcessAndNoise) {
  // Tweedie's formulas: sigma^2 score = alpha E[z_0] - z_t, sigma^2 (score)' = alpha^2 Var[z_0] / sigma^2
  // - 1.
  const auto space = ParameterSpace::standardised(testing::no_standardiser(1));
  for (const auto& marginal :
       {make_uniform(-1.5, 2), make_normal(0.3, 0.7), make_truncated_normal(0.5, 2, -1, 1.2),
        make_truncated_normal(1, 1, 2, kInfinity), make_truncated_normal(0, 0.5, -kInfinity, 0.2),
        make_uniform(-3, 5)->restricted_to(1, 1.5),
        make_mixture({1, 3}, {make_normal(-1, 0.2), make_normal(1, 0.5)}),
        make_mixture({1, 1, 2}, {make_uniform(-2, -1), make_uniform(-1, 0.5), make_normal(2, 0.4)}),
        make_mixture({2, 1}, {make_normal(-1, 0.5), make_normal(2, 1)})->restricted_to(-1.2, 2.5),
        make_mixture({1, 1}, {make_uniform(-2, -1), make_truncated_normal(0, 1, 0, 3)})
            ->restricted_to(0.1, 1)}) {
    const auto prior = make_product_prior({marginal});
    const auto score = perturbed_prior(*prior, space);
    const double far = std::isfinite(marginal->high() - marginal->low()) ? 20 : 4;
    for (const auto& diffusion : testing::all_diffusions())
      for (const double t : {0.05, 0.2, 0.5, 0.8, 1.0}) {
        const auto level = level_at(diffusion, t);
        const double alpha = level.alpha.item<float>();
        const double sigma = level.sigma.item<float>();
        // Inside, at the edges and far beyond them.
        for (const double z_0 : {std::max(marginal->low(), -2.0), std::min(marginal->high(), 2.5), 0.4})
          for (const double away : {-far, -2.0, 0.0, 1.5, far}) {
            const double z_t = static_cast<float>(alpha * z_0 + away * sigma);
            const auto [mean, variance] = denoised(*marginal, z_t, alpha, sigma);
            const double noise = (z_t - alpha * mean) / sigma;
            const double slope = (1 - alpha * alpha * variance / (sigma * sigma)) / sigma;
            const auto output =
                score->predicted_noise_and_divergence(torch::full({1, 1}, z_t, torch::kFloat32), level, {});
            EXPECT_NEAR(output.noise.item<float>(), noise, 1e-5 * (1 + std::abs(noise)));
            EXPECT_NEAR(output.divergence.item<float>(), slope, 1e-5 * (1 / sigma));
          }
      }
  }
}

TEST(PerturbedPrior, OfACorrelatedNormalIsTheGaussians) {
  Matrix covariance(3, 3);
  covariance << 2, 0.6, -0.3, 0.6, 1, 0.2, -0.3, 0.2, 0.5;
  const Eigen::Vector3d mean(1, -2, 0.5);
  const Standardiser standardiser{Eigen::Vector3d(0.5, -1, 0), Eigen::Vector3d(2, 0.5, 1)};
  const auto score = perturbed_prior(*make_multivariate_normal(mean, covariance),
                                     ParameterSpace::standardised(standardiser));
  // z = S^-1 (theta - m) is N(S^-1 (mean - m), S^-1 C S^-1).
  const Eigen::Matrix3d scale = standardiser.deviation.cwiseInverse().asDiagonal();
  const Eigen::RowVector3d centre = standardiser.apply(mean.transpose());
  const Matrix z = testing::standard_normal_rows(5, 3) * 2;
  for (const auto& diffusion : testing::all_diffusions())
    for (const double t : {0.1, 0.5, 1.0}) {
      const double alpha = diffusion.alpha(t);
      const double sigma = diffusion.sigma(t);
      const Eigen::Matrix3d precision =
          (alpha * alpha * scale * covariance * scale + sigma * sigma * Eigen::Matrix3d::Identity())
              .inverse();
      const Matrix expected = sigma * (z.rowwise() - alpha * centre) * precision;
      const auto output = score->predicted_noise_and_divergence(to_tensor(z), level_at(diffusion, t), {});
      const double tolerance = 1e-5 * (1 + expected.cwiseAbs().maxCoeff());
      EXPECT_LT((to_matrix(output.noise) - expected).cwiseAbs().maxCoeff(), tolerance);
      EXPECT_NEAR(output.divergence[0].item<float>(), sigma * precision.trace(),
                  1e-5 * sigma * precision.trace());
    }
}

TEST(PerturbedPrior, OfAWhitenedOneIsTheStandardNormals) {
  const auto prior = make_product_prior({make_lognormal(-1, 0.4), make_uniform(-3, 5)});
  const RelativeScore score(perturbed_prior(*prior, ParameterSpace::whitened(prior)));
  const auto z = to_tensor(testing::standard_normal_rows(5, 2));
  for (const auto& diffusion : testing::all_diffusions()) {
    const auto output = score.predicted_noise_and_divergence(z, level_at(diffusion, 0.4), {});
    EXPECT_LT(output.noise.abs().max().item<float>(), 1e-6);
    EXPECT_LT(output.divergence.abs().max().item<float>(), 1e-5);
  }
}

TEST(PerturbedPrior, OfLogNormalsThatAreNotWhitenedIsNone) {
  const auto prior = make_product_prior({make_lognormal(-1, 0.4), make_uniform(-3, 5)});
  EXPECT_EQ(perturbed_prior(*prior, ParameterSpace::standardised(testing::no_standardiser(2))), nullptr);
}

TEST(PerturbedPrior, TakesEachRowAtItsOwnLevel) {
  const auto prior = make_product_prior({make_uniform(-1, 1), make_normal(0, 1)});
  const auto score = perturbed_prior(*prior, ParameterSpace::standardised(testing::no_standardiser(2)));
  const auto z = to_tensor(testing::standard_normal_rows(2, 2));
  const auto diffusion = testing::all_diffusions()[1];
  const auto first = level_at(diffusion, 0.2);
  const auto second = level_at(diffusion, 0.9);
  const auto both = [](const torch::Tensor& a, const torch::Tensor& b) { return torch::cat({a, b}, 0); };
  const NoiseLevel levels{both(first.t, second.t), both(first.alpha, second.alpha),
                          both(first.sigma, second.sigma)};
  const auto expected = both(score->predicted_noise(z.narrow(0, 0, 1), first),
                             score->predicted_noise(z.narrow(0, 1, 1), second));
  EXPECT_TRUE(torch::equal(score->predicted_noise(z, levels), expected));
}

}  // namespace
}  // namespace snpse
