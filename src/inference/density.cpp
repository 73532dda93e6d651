#include "inference/density.hpp"

#include <cmath>

#include "inference/integrate.hpp"
#include "inference/noise_grid.hpp"
#include "inference/reference.hpp"
#include "inference/relative_flow.hpp"

namespace snpse {

torch::Tensor log_density_dopri5(const ScoreModel& model, const ScoreModel::Condition& condition,
                                 const torch::Tensor& z_0, double tolerance, const torch::Tensor& probes,
                                 const std::function<void()>& stop_point) {
  const auto& diffusion = model.diffusion();
  const std::int64_t n = z_0.size(0);
  const std::int64_t d = z_0.size(1);
  // One row of the state: z, then the integral of the divergence so far.
  const auto as_tensor = [&](const std::vector<double>& values) {
    return torch::from_blob(const_cast<double*>(values.data()), {n, d + 1}, torch::kFloat64);
  };
  std::vector<double> state(static_cast<std::size_t>(n * (d + 1)), 0.0);
  as_tensor(state).narrow(1, 0, d).copy_(z_0);
  const auto rhs = [&](const std::vector<double>& y, std::vector<double>& slope, double t) {
    stop_point();
    const auto z = as_tensor(y).narrow(1, 0, d);
    const auto single = z.to(torch::kFloat32);
    const auto [noise, divergence] = model.predicted_noise_and_divergence(single, condition, t, probes);
    const double drift = diffusion.drift(t);
    const double weight = diffusion.diffusion_squared(t) / (2 * diffusion.sigma(t));  // score = -eps / sigma
    auto out = as_tensor(slope);
    out.narrow(1, 0, d).copy_(drift * z + weight * noise.to(torch::kFloat64));
    out.select(1, d).copy_(static_cast<double>(d) * drift + weight * divergence.to(torch::kFloat64));
  };
  integrate_dopri5(rhs, state, model.t_min(), 1.0, tolerance);
  const auto end = as_tensor(state);
  const double alpha = diffusion.alpha(1.0);
  return reference_of(ModelField(model, condition)).log_density(end.narrow(1, 0, d) / alpha) -
         static_cast<double>(d) * std::log(alpha) + end.select(1, d);
}

torch::Tensor log_density_adams(const ScoreModel& model, const ScoreModel::Condition& condition,
                                const torch::Tensor& z_0, int steps, const torch::Tensor& probes,
                                const std::function<void()>& stop_point) {
  const torch::NoGradGuard no_gradients;
  const auto& diffusion = model.diffusion();
  const std::int64_t d = z_0.size(1);
  const ModelField field(model, condition);
  const NoiseGrid grid(field, steps);
  const RelativeFlow flow(field.centre());
  const double least = grid.ratio(0);
  const double most = grid.ratio(grid.steps());
  const double alpha_start = diffusion.alpha(model.t_min());
  // One row of the state: w, then the integral of the divergence so far.
  const auto start = torch::zeros({z_0.size(0), d + 1}, torch::kFloat64);
  start.narrow(1, 0, d).copy_(flow.to_w(z_0 / alpha_start, least));
  const auto end = integrate_adams(grid, Direction::up, start, [&](const torch::Tensor& state, double ratio) {
    stop_point();
    const auto w = state.narrow(1, 0, d).to(torch::kFloat32);
    const double t = diffusion.time_of_ratio(ratio);
    const double alpha = diffusion.alpha(t);
    const auto [noise, divergence] =
        model.predicted_noise_and_divergence(flow.to_y(w, ratio) * alpha, condition, t, probes);
    return torch::cat({flow.slope(noise, w, ratio).to(torch::kFloat64),
                       flow.divergence(divergence.to(torch::kFloat64) * alpha, ratio).unsqueeze(1)},
                      1);
  });
  const double growth =
      flow.log_scale(most) - flow.log_scale(least) - static_cast<double>(d) * std::log(alpha_start);
  return reference_of(field).log_density(flow.to_y(end.narrow(1, 0, d), most)) + end.select(1, d) + growth;
}

torch::Tensor rademacher_probes(std::span<RandomStream> streams, int probes, int dim) {
  const auto n = static_cast<std::int64_t>(streams.size());
  auto result = torch::empty({n, probes, dim}, torch::kFloat32);
  float* value = result.data_ptr<float>();
  for (auto& stream : streams)
    for (int i = 0; i < probes * dim; ++i) *value++ = (stream() >> 31U) != 0 ? 1.0F : -1.0F;
  return result.permute({1, 0, 2}).contiguous();
}

}  // namespace snpse
