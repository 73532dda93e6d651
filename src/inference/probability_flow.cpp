#include "snpse/inference/probability_flow.hpp"

#include <cmath>

#include "snpse/inference/integrate.hpp"

namespace snpse {
namespace {
constexpr double kRho = 7;
}

std::vector<double> noise_grid(const ScoreModel& model, int points) {
  const double low = std::pow(model.diffusion().ratio(model.t_min()), 1 / kRho);
  const double high = std::pow(model.diffusion().ratio(1.0), 1 / kRho);
  std::vector<double> grid;
  for (int i = 0; i < points; ++i) grid.push_back(std::pow(low + (high - low) * i / (points - 1), kRho));
  return grid;
}

torch::Tensor sample_heun(const ScoreModel& model, const ScoreModel::Condition& condition,
                          const torch::Tensor& noise, int steps) {
  const torch::NoGradGuard no_gradients;
  const auto& diffusion = model.diffusion();
  const auto slope = [&](const torch::Tensor& scaled, double ratio) {
    const double t = diffusion.time_of_ratio(ratio);
    return model.noise(scaled * diffusion.alpha(t), condition, t);
  };
  const auto grid = noise_grid(model, steps);
  auto scaled = noise * (diffusion.reference_deviation() / diffusion.alpha(1.0));
  for (std::size_t i = grid.size(); i-- > 1;) {
    const double step = grid[i - 1] - grid[i];
    const auto first = slope(scaled, grid[i]);
    const auto second = slope(scaled + step * first, grid[i - 1]);
    scaled = scaled + (step / 2) * (first + second);
  }
  return scaled - grid.front() * slope(scaled, grid.front());
}

torch::Tensor sample_dopri5(const ScoreModel& model, const ScoreModel::Condition& condition,
                            const torch::Tensor& noise, double tolerance) {
  const torch::NoGradGuard no_gradients;
  const auto& diffusion = model.diffusion();
  const auto start = (noise * diffusion.reference_deviation()).to(torch::kFloat64).contiguous();
  const auto count = static_cast<std::size_t>(start.numel());
  std::vector<double> y(start.data_ptr<double>(), start.data_ptr<double>() + count);
  const auto as_tensor = [&](const std::vector<double>& values) {
    return torch::from_blob(const_cast<double*>(values.data()), noise.sizes(), torch::kFloat64)
        .to(torch::kFloat32);
  };
  const auto rhs = [&](const std::vector<double>& z, std::vector<double>& slope, double t) {
    const auto eps = model.noise(as_tensor(z), condition, t).contiguous();
    const double drift = diffusion.drift(t);
    const double weight = diffusion.diffusion_squared(t) / (2 * diffusion.sigma(t));  // score = -eps / sigma
    const float* predicted = eps.data_ptr<float>();
    for (std::size_t i = 0; i < z.size(); ++i)
      slope[i] = drift * z[i] + weight * static_cast<double>(predicted[i]);
  };
  integrate_dopri5(rhs, y, 1.0, model.t_min(), tolerance);
  return as_tensor(y);
}

}  // namespace snpse
