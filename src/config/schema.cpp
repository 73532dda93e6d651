#include "config/schema.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/schema_fields.hpp"
#include "config/simulator_schema.hpp"
#include "methods/method.hpp"

namespace snpse {
namespace {

Names<Space> space_names() {
  return {{"natural", Space::natural}, {"whitened", Space::whitened}, {"standardised", Space::standardised}};
}

Names<std::optional<Space>> early_space_names() {
  Names<std::optional<Space>> names{{"same", std::nullopt}};
  for (const auto& [name, space] : space_names()) names.emplace_back(name, space);
  return names;
}

Names<Process> named_processes() {
  return {
      {"ve", Process::ve}, {"vp", Process::vp}, {"subvp", Process::subvp}, {"straight", Process::straight}};
}

Section method_section(MethodOptions& o) {
  return {"method",
          "how the posterior is inferred",
          {
              {"name", "the algorithm", choice(o.name, method_names())},
              {"preset", "the values of all keys that are not given", choice(o.preset, preset_names())},
              {"rounds", "npse and nlse: always 1", number(o.rounds, between(1, 9999))},
              {"simulations", "over all rounds", number(o.simulations, at_least(1))},
              {"first_round", "simulations of round 1; 0: as in the others, at most first_share",
               number(o.first_round, at_least(0))},
              {"first_share", "part of all simulations", number(o.first_share, Range{0, 1, false, true})},
              {"resampling_candidates", "snpse_a: draws for each that is picked for the posterior",
               number(o.resampling_candidates, at_least(1))},
              {"largest_weight", "snpse_b: where weights, 1 on average, are cut; 0: nowhere",
               number(o.largest_weight, at_least(0))},
          }};
}

Section model_section(ModelOptions& o) {
  return {
      "model",
      "diffusion and score network",
      {
          {"space", "where the diffusion runs", choice<Space>(o.space, space_names())},
          {"early_space", "that of tsnpse's rounds before the last",
           choice<std::optional<Space>>(o.early_space, early_space_names())},
          {"process", "the forward process", choice<Process>(o.process, named_processes())},
          {"sigma_min", "ve, straight: smallest noise", number(o.sigma_min, above(0))},
          {"sigma_max", "ve, straight: largest; 0: the largest distance of two parameters of round 1",
           number(o.sigma_max, at_least(0))},
          {"beta_min", "vp, subvp: noise rate at time 0", number(o.beta_min, at_least(0))},
          {"beta_max", "vp, subvp: noise rate at time 1", number(o.beta_max, above(0))},
          {"t_min", "time at which training begins and sampling ends",
           number(o.t_min, strictly_between(0, 1))},
          {"parametrisation", "what the network computes",
           choice<Parametrisation>(o.parametrisation, {{"preconditioned", Parametrisation::preconditioned},
                                                       {"noise", Parametrisation::noise},
                                                       {"velocity", Parametrisation::velocity}})},
          {"network", "mlp, or energy: slower steps, but tsnpse's truncation is one pass; or residual blocks",
           choice<NetworkKind>(o.network, {{"mlp", NetworkKind::mlp},
                                           {"energy", NetworkKind::energy},
                                           {"residual", NetworkKind::residual},
                                           {"residual_energy", NetworkKind::residual_energy}})},
          {"width", "units of every hidden layer", number(o.width, between(1, 65536))},
          {"depth", "layers of each of the three perceptrons, or residual blocks",
           number(o.depth, between(2, 1000))},
          {"networks", "whose mean is the score; 0: three and calibrated below 5000 simulations, else one",
           number(o.networks, between(0, 1000))},
          {"summary", "a network that learns statistics of x: of rows in any order, or of time series",
           choice<SummaryKind>(o.summary, {{"none", SummaryKind::none},
                                           {"mlp", SummaryKind::mlp},
                                           {"rows", SummaryKind::rows},
                                           {"series", SummaryKind::series}})},
          {"summary_parts", "how many rows or series x is made of, one after the other",
           number(o.summary_parts, at_least(1))},
          {"summary_size", "statistics that it learns", number(o.summary_size, between(1, 65536))},
      }};
}

Section training_section(TrainingOptions& o) {
  return {
      "training",
      "how the network is fitted",
      {
          {"device", "where gradients are computed; sampling is always on the CPU",
           choice<Device>(o.device, {{"cpu", Device::cpu}, {"cuda", Device::cuda}})},
          {"learning_rate", "of Adam", number(o.learning_rate, above(0))},
          {"warmup", "steps over which the rate rises from 0", number(o.warmup, at_least(0))},
          {"batch", "simulations a step, over all ranks", number(o.batch, between(1, 1e6))},
          {"noise_draws", "noise levels for each simulation of a step",
           number(o.noise_draws, between(1, 1000))},
          {"weight_decay", "decoupled", number(o.weight_decay, at_least(0))},
          {"noise_levels", "how noise levels are drawn; uniform: each time by itself",
           choice<NoiseLevels>(o.noise_levels,
                               {{"lognormal", NoiseLevels::lognormal}, {"uniform", NoiseLevels::uniform}})},
          {"noise_mean", "lognormal: mean of the logarithm", number(o.noise_mean, Range{})},
          {"noise_deviation", "lognormal: its standard deviation", number(o.noise_deviation, above(0))},
          {"validation_share", "simulations held out", number(o.validation_share, strictly_between(0, 1))},
          {"check_share", "simulations kept for the check of the posterior at the end of a run; 0: no check",
           number(o.check_share, Range{.low = 0, .high = 0.5})},
          {"validation_draws", "noise levels a held-out simulation",
           number(o.validation_draws, between(1, 1000))},
          {"iteration", "sweeps that validation_every, patience, max_steps and early_steps count; 0: steps",
           number(o.iteration, between(0, 1000))},
          {"validation_every", "steps", number(o.validation_every, at_least(1))},
          {"patience", "steps without a lower validation loss until training ends; 0: 500 to 1500",
           number(o.patience, at_least(0))},
          {"smoothing", "validation losses in a row that are averaged",
           number(o.smoothing, between(1, 1000))},
          {"max_steps", "of the whole training", number(o.max_steps, at_least(1))},
          {"early_steps", "tsnpse: where less, max_steps of rounds before the last; 0: the same",
           number(o.early_steps, at_least(0))},
          {"cooldown", "fraction of max_steps over which the rate falls to 0",
           number(o.cooldown, between(0, 1))},
          {"averaging", "decay of the moving average of the weights",
           number(o.averaging, Range{.low = 0, .high = 1, .high_included = false})},
          {"memory", "GB of x that a rank holds; where it is more, batches are read from the files",
           number(o.memory, at_least(0))},
          {"checkpoint_seconds", "training lost at most when killed", number(o.checkpoint_seconds, above(0))},
      }};
}

Section sampler_section(SamplerOptions& o) {
  return {"sampler",
          "draws from the posterior",
          {
              {"kind", "adams and dopri5 solve the ODE, sde the reverse SDE",
               choice<SamplerKind>(o.kind, {{"adams", SamplerKind::adams},
                                            {"dopri5", SamplerKind::dopri5},
                                            {"sde", SamplerKind::sde}})},
              {"steps", "adams: a network evaluation each", number(o.steps, at_least(1))},
              {"tolerance", "dopri5: absolute and relative", number(o.tolerance, strictly_between(0, 1))},
              {"sde_steps", "sde: time steps", number(o.sde_steps, at_least(1))},
              {"corrector_steps", "sde: Langevin steps after each", number(o.corrector_steps, at_least(0))},
              {"min_acceptance", "fail with fewer draws in the prior's support",
               number(o.min_acceptance, strictly_between(0, 1))},
          }};
}

Section density_section(DensityOptions& o) {
  return {"density",
          "the posterior's log-density",
          {
              {"solver", "of the ODE",
               choice<DensitySolver>(o.solver,
                                     {{"adams", DensitySolver::adams}, {"dopri5", DensitySolver::dopri5}})},
              {"steps", "adams: a network evaluation each", number(o.steps, at_least(1))},
              {"tolerance", "dopri5: absolute and relative", number(o.tolerance, strictly_between(0, 1))},
              {"trace", "of the drift's Jacobian",
               choice<Trace>(o.trace, {{"exact", Trace::exact}, {"hutchinson", Trace::hutchinson}})},
              {"probes", "hutchinson: random directions a draw", number(o.probes, between(1, 10000))},
          }};
}

Section truncation_section(TruncationOptions& o) {
  return {
      "truncation",
      "tsnpse's proposal: the prior inside the posterior's highest-density region",
      {
          {"epsilon", "posterior mass outside; 0: a thousandth a parameter, a hundredth at most",
           number(o.epsilon, Range{.low = 0, .high = 1, .high_included = false})},
          {"samples", "draws that decide the threshold", number(o.samples, between(1, 1e8))},
          {"density_steps", "steps of each log-density; 0: as [density] says",
           number(o.density_steps, at_least(0))},
          {"screen_steps", "steps of a coarser one that drops most candidates; 0: no screens",
           number(o.screen_steps, at_least(0))},
          {"margin", "widens the bounding box on each side", number(o.margin, at_least(0))},
          {"min_acceptance", "below it Markov chains draw the proposal",
           number(o.min_acceptance, strictly_between(0, 1))},
          {"resampling_pool", "draws of which one is picked as a chain's start",
           number(o.resampling_pool, at_least(1))},
          {"chain_steps", "in which a chain is to forget its start", number(o.chain_steps, at_least(1))},
          {"energy_ratio", "energy networks: noise over signal where they decide; 0: at t_min",
           number(o.energy_ratio, at_least(0))},
          {"boxed", "true: the last network learns from the simulations in the region's box alone",
           FlagField{&o.boxed}},
          {"mend", "true: a region that was cut too tight is followed by a wider one", FlagField{&o.mend}},
          {"probe", "of the budget left, what goes to a region not known to hold; 0: all",
           number(o.probe, between(0, 1))},
          {"least_probe", "simulations of a probe, below which there is none",
           number(o.least_probe, at_least(1))},
          {"shrinking", "few simulations: another round where less of the last region is kept; 0: never",
           number(o.shrinking, between(0, 1))},
          {"tolerance", "warn where more of the next posterior is outside; 0: than is to be expected",
           number(o.tolerance, between(0, 1))},
      }};
}

Section invalid_section(InvalidOptions& o) {
  return {"invalid",
          "simulations that leave a value of x undefined",
          {
              {"policy", "not trained on, or completed: each undefined value, or all of the row",
               choice<InvalidPolicy>(o.policy, {{"drop", InvalidPolicy::drop},
                                                {"replace", InvalidPolicy::replace},
                                                {"replace_row", InvalidPolicy::replace_row}})},
              {"region", "learned: tsnpse's later rounds leave out what a classifier expects to be invalid",
               choice<ValidRegionKind>(
                   o.region, {{"none", ValidRegionKind::none}, {"learned", ValidRegionKind::learned}})},
              {"lost_share", "learned: fraction of the valid ones lost at most, with 95 % confidence",
               number(o.lost_share, strictly_between(0, 1))},
          }};
}

Section composition_section(CompositionOptions& o) {
  return {"composition",
          "the posterior of several observations (observation.rows) together",
          {
              {"kind", "how their scores are put together",
               choice<CompositionKind>(o.kind, {{"gauss", CompositionKind::gauss},
                                                {"paper", CompositionKind::paper},
                                                {"geffner", CompositionKind::geffner}})},
              {"levels", "paper, geffner: noise levels of Langevin dynamics", number(o.levels, at_least(1))},
              {"langevin_steps", "paper, geffner: steps at each", number(o.langevin_steps, at_least(1))},
          }};
}

}  // namespace

bool Range::contains(double value) const {
  return std::isfinite(value) && (low_included ? value >= low : value > low) &&
         (high_included ? value <= high : value < high);
}

std::string Range::text() const {
  const auto lower = [&] { return fmt::format("{} {}", low_included ? "at least" : "above", low); };
  const auto upper = [&] { return fmt::format("{} {}", high_included ? "at most" : "below", high); };
  if (std::isfinite(low) && std::isfinite(high)) return lower() + " and " + upper();
  if (std::isfinite(low)) return lower();
  return std::isfinite(high) ? upper() : "a finite number";
}

std::vector<std::string> process_names() {
  std::vector<std::string> names;
  for (const auto& [name, process] : named_processes()) names.push_back(name);
  return names;
}

std::vector<Section> schema_of(Config& config) {
  return {
      {"campaign", "", {{"seed", "all random numbers follow from it", number(config.seed, at_least(0))}}},
      simulator_section(config.simulator),
      {"observation",
       "",
       {{"x", "what was observed; nan: not defined", NumberListField{&config.observation.x}},
        {"rows", "independent observations of the same parameters, one after the other in x",
         number(config.observation.rows, at_least(1))},
        {"file",
         "a CSV file in place of x, an observation a line; of p values in one column: one observation",
         NumberFileField{&config.observation.x, &config.observation.rows}},
        {"names", "of the values of x, or of its series, for tables and messages",
         TextListField{&config.observation.names, "\"name\", ..."}},
        {"times", "of the values of a series; x is one or several series, one after the other",
         NumberListField{&config.observation.times}}}},
      method_section(config.method),
      model_section(config.model),
      training_section(config.training),
      sampler_section(config.sampler),
      density_section(config.density),
      truncation_section(config.truncation),
      invalid_section(config.invalid),
      composition_section(config.composition),
      {"posterior", "", {{"samples", "draws at the end", number(config.posterior.samples, at_least(1))}}},
  };
}

}  // namespace snpse
