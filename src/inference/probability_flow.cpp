#include "inference/probability_flow.hpp"

#include "inference/integrate.hpp"
#include "inference/noise_grid.hpp"
#include "inference/reference.hpp"
#include "inference/relative_flow.hpp"

namespace snpse {

torch::Tensor sample_adams(const ScoreField& field, const torch::Tensor& noise, int steps) {
  const torch::NoGradGuard no_gradients;
  const auto& diffusion = field.model().diffusion();
  const NoiseGrid grid(field, steps);
  const RelativeFlow flow(field.centre());
  const double most = grid.ratio(grid.steps());
  const double least = grid.ratio(0);
  const auto noise_at = [&](const torch::Tensor& y, double ratio) {
    const double t = diffusion.time_of_ratio(ratio);
    return field.predicted_noise(y * diffusion.alpha(t), t);
  };
  const auto start = flow.to_w(reference_of(field).sample(noise), most);
  const auto end = integrate_adams(grid, Direction::down, start, [&](const torch::Tensor& w, double ratio) {
    return flow.slope(noise_at(flow.to_y(w, ratio), ratio), w, ratio);
  });
  const auto y = flow.to_y(end, least);
  return y - least * noise_at(y, least);
}

torch::Tensor sample_dopri5(const ScoreField& field, const torch::Tensor& noise, double tolerance) {
  const torch::NoGradGuard no_gradients;
  const auto& diffusion = field.model().diffusion();
  const auto start =
      (reference_of(field).sample(noise) * diffusion.alpha(1.0)).to(torch::kFloat64).contiguous();
  const auto count = static_cast<std::size_t>(start.numel());
  std::vector<double> y(start.data_ptr<double>(), start.data_ptr<double>() + count);
  const auto as_tensor = [&](const std::vector<double>& values) {
    return torch::from_blob(const_cast<double*>(values.data()), noise.sizes(), torch::kFloat64)
        .to(torch::kFloat32);
  };
  const auto rhs = [&](const std::vector<double>& z, std::vector<double>& slope, double t) {
    const auto eps = field.predicted_noise(as_tensor(z), t).contiguous();
    const double drift = diffusion.drift(t);
    const double weight = diffusion.diffusion_squared(t) / (2 * diffusion.sigma(t));  // score = -eps / sigma
    const float* predicted = eps.data_ptr<float>();
    for (std::size_t i = 0; i < z.size(); ++i)
      slope[i] = drift * z[i] + weight * static_cast<double>(predicted[i]);
  };
  integrate_dopri5(rhs, y, 1.0, field.model().t_min(), tolerance);
  return as_tensor(y);
}

}  // namespace snpse
