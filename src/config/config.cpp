#include "config/config.hpp"

#include "methods/method.hpp"
#include "util/error.hpp"
#include "util/nearest.hpp"

namespace snpse {
namespace {

constexpr std::int64_t kSmallBudget = 1000;
constexpr std::int64_t kMiddleBudget = 10000;

/// Simulations of a step (paper, appendix E.3.2).
int paper_batch(const MethodOptions& method) {
  if (method.simulations > kMiddleBudget) return 500;
  return method_traits(method.name).sequential ? 200 : 50;
}

/// Sweeps of the training set in what the authors' code counts as an iteration.
int paper_iteration(const MethodOptions& method) {
  if (method.simulations > kMiddleBudget) return 1;
  return method.simulations > kSmallBudget ? 5 : 10;
}

/// The smallest noise of the VE process (paper, appendix E.3.3).
double paper_sigma_min(const std::string& task) {
  return task == "sir" || task == "two_moons" ? 0.01 : 0.05;
}

/// Section 5 and appendix E.3 of the paper. jobs/paper/protocol.md says what differs from the paper.
void apply_paper_preset(Config& config) {
  config.method.rounds = config.method.name == "snpse_a" ? 2 : 10;
  config.method.first_share = 1;
  config.model.space = Space::standardised;
  config.model.parametrisation = Parametrisation::noise;
  config.model.sigma_min = paper_sigma_min(config.simulator.task);
  config.model.sigma_max = 0;
  config.model.networks = 1;
  config.training.learning_rate = 1e-4;
  config.training.warmup = 0;
  config.training.batch = paper_batch(config.method);
  config.training.noise_draws = 1;
  config.training.weight_decay = 0;
  config.training.noise_levels = NoiseLevels::uniform;
  config.training.validation_share = 0.15;
  config.training.check_share = 0;
  config.training.iteration = paper_iteration(config.method);
  config.training.validation_every = 1;
  config.training.smoothing = 1;
  config.training.patience = 1000;
  config.training.max_steps = 3000;
  config.training.early_steps = 0;
  config.training.cooldown = 0;
  config.training.averaging = 0;
  config.sampler.kind = SamplerKind::dopri5;
  config.density.solver = DensitySolver::dopri5;
  config.truncation.epsilon = 5e-4;
  config.truncation.samples = 20000;
  config.truncation.density_steps = 0;
  config.truncation.energy_ratio = 0;
  config.truncation.margin = 0;
  config.truncation.boxed = false;
  config.truncation.mend = false;
  config.truncation.screen_steps = 0;
  config.truncation.probe = 0;
  config.truncation.shrinking = 0;
}

}  // namespace

std::vector<std::string> preset_names() {
  return {"default", "paper"};
}

void apply_preset(Config& config) {
  const auto& preset = config.method.preset;
  if (preset == "paper") return apply_paper_preset(config);
  if (preset != "default")
    fail(ExitCode::config, "unknown preset '{}'; did you mean '{}'?", preset,
         nearest(preset, preset_names()));
}

}  // namespace snpse
