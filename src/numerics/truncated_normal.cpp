#include "numerics/truncated_normal.hpp"

#include <numbers>

namespace snpse {
namespace {

// Edges are at most so many deviations away, so that no difference of two of them is inf - inf.
constexpr double kFar = 1e6;
constexpr double kRootOfHalfPi = 1.2533141373155003;

}  // namespace

TruncatedMoments truncated_moments(const torch::Tensor& low, const torch::Tensor& high) {
  // Everything relative to the density at the edge that is nearer to 0 or beyond it.
  const auto mirrored = low + high < 0;
  const auto near = torch::where(mirrored, -high, low).clamp(-kFar, kFar);
  const auto far = torch::where(mirrored, -low, high).clamp(-kFar, kFar);
  const auto exponent = (far - near) * (far + near) * -0.5;
  const auto ratio = exponent.exp();  // of the densities at both edges, at most 1
  const auto scaled = [](const torch::Tensor& edge) {
    return torch::special_erfcx(edge / std::numbers::sqrt2);
  };
  const auto mass = kRootOfHalfPi * (scaled(near) - ratio * scaled(far));
  const auto mean = -exponent.expm1() / mass;
  // What holds 0 holds enough to be measured from there.
  const auto from_zero =
      kRootOfHalfPi * ((far / std::numbers::sqrt2).erf() - (near / std::numbers::sqrt2).erf());
  const auto log_mass = torch::where(near < 0, from_zero.log(), mass.log() - near.square() * 0.5);
  return {torch::where(mirrored, -mean, mean), mean.square() - (near - ratio * far) / mass, log_mass};
}

}  // namespace snpse
