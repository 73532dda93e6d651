#include "config/config.hpp"

#include "util/error.hpp"
#include "util/nearest.hpp"

namespace snpse {
namespace {

/// Section 5 and appendix E.3 of the paper: plain noise prediction on standardised parameters, Adam at 1e-4,
/// t uniform, 15 % held out, patience of 1000 steps, at most 3000 sweeps, an adaptive Runge-Kutta 4(5)
/// solver.
void apply_paper_preset(Config& config) {
  config.method.rounds = 10;
  config.model.space = Space::standardised;
  config.model.parametrisation = Parametrisation::noise;
  config.model.sigma_min = 0;
  config.model.sigma_max = 0;
  config.model.networks = 1;
  config.training.learning_rate = 1e-4;
  config.training.warmup = 0;
  config.training.batch = 0;
  config.training.noise_draws = 1;
  config.training.weight_decay = 0;
  config.training.noise_levels = NoiseLevels::uniform;
  config.training.validation_share = 0.15;
  config.training.patience = 1000;
  config.training.max_steps = 0;
  config.training.early_steps = 0;
  config.training.cooldown = 0;
  config.training.averaging = 0;
  config.sampler.kind = SamplerKind::dopri5;
  config.truncation.epsilon = 5e-4;
  config.truncation.samples = 20000;
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
