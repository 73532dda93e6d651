#include "training/noise_batch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/math/special_functions/erf.hpp>

namespace snpse {
namespace {

/// Fills row after row; `uniform(stream, draw, position)` places a row in its stratum of (0, 1).
class NoiseWriter {
 public:
  NoiseWriter(std::int64_t simulations, int draws, const ScoreModel& model, const TrainingOptions& options)
      : model_(model), options_(options) {
    const std::int64_t n = simulations * draws;
    batch_ = {simulations,
              draws,
              torch::empty({n, model.dim()}, torch::kFloat32),
              {torch::empty({n, 1}, torch::kFloat32), torch::empty({n, 1}, torch::kFloat32),
               torch::empty({n, 1}, torch::kFloat32)}};
    eps_ = batch_.eps.data_ptr<float>();
    t_ = batch_.level.t.data_ptr<float>();
    alpha_ = batch_.level.alpha.data_ptr<float>();
    sigma_ = batch_.level.sigma.data_ptr<float>();
  }

  void append(RandomStream random, double uniform_in_stratum) {
    const double t = diffusion_time(uniform_in_stratum, model_, options_);
    *t_++ = static_cast<float>(t);
    *alpha_++ = static_cast<float>(model_.diffusion().alpha(t));
    *sigma_++ = static_cast<float>(model_.diffusion().sigma(t));
    for (int i = 0; i < model_.dim(); ++i) *eps_++ = static_cast<float>(random.normal());
  }

  NoiseBatch finish() { return std::move(batch_); }

 private:
  const ScoreModel& model_;
  const TrainingOptions& options_;
  NoiseBatch batch_;
  float* eps_;
  float* t_;
  float* alpha_;
  float* sigma_;
};

}  // namespace

double diffusion_time(double uniform, const ScoreModel& model, const TrainingOptions& options) {
  const double t_min = model.t_min();
  if (options.noise_levels == NoiseLevels::uniform) return t_min + uniform * (1 - t_min);
  // One lognormal for each parameter, around the width that the regression leaves of it.
  const double place = uniform * model.dim();
  const auto parameter = std::min<Eigen::Index>(static_cast<Eigen::Index>(place), model.dim() - 1);
  const double within = std::clamp(place - static_cast<double>(parameter), 1e-12, 1 - 1e-12);
  const double normal = -std::numbers::sqrt2 * boost::math::erfc_inv(2 * within);
  const double ratio = model.regression().deviation[parameter] *
                       std::exp(options.noise_mean + options.noise_deviation * normal);
  return std::clamp(model.diffusion().time_of_ratio(ratio), t_min, 1.0);
}

NoiseBatch training_noise(std::int64_t n, std::int64_t begin, std::int64_t end, int draws,
                          const ScoreModel& model, const TrainingOptions& options, std::uint64_t seed,
                          std::uint32_t round, std::int64_t step) {
  const std::int64_t strata = n * draws;
  NoiseWriter writer(end - begin, draws, model, options);
  for (int draw = 0; draw < draws; ++draw)
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t stratum = draw * n + i;
      RandomStream random(seed, Purpose::diffusion_noise, round,
                          static_cast<std::uint64_t>(step * strata + stratum));
      const double uniform = random.uniform();
      const bool independent = options.noise_levels == NoiseLevels::uniform;
      writer.append(random, independent
                                ? uniform
                                : (static_cast<double>(stratum) + uniform) / static_cast<double>(strata));
    }
  return writer.finish();
}

NoiseBatch validation_noise(std::int64_t begin, std::int64_t end, const ScoreModel& model,
                            const TrainingOptions& options, std::uint64_t seed, std::uint32_t round) {
  const int draws = options.validation_draws;
  NoiseWriter writer(end - begin, draws, model, options);
  for (int draw = 0; draw < draws; ++draw)
    for (std::int64_t i = begin; i < end; ++i) {
      RandomStream random(seed, Purpose::validation_noise, round,
                          static_cast<std::uint64_t>(i * draws + draw));
      const double uniform = (draw + random.uniform()) / draws;
      writer.append(random, uniform);
    }
  return writer.finish();
}

}  // namespace snpse
