#include "config/key_sources.hpp"

namespace snpse {

const std::map<std::string, std::string>& key_sources() {
  static const std::map<std::string, std::string> sources{
      {"method.name",
       "the paper, section 2.2 (npse), 3.1 (tsnpse), 3.2 and appendix C (snpse_*), appendix B (nlse)"},
      {"method.rounds", "the paper, algorithm 1; 10 in its experiments"},
      {"method.simulations", "the paper, algorithm 1"},
      {"method.first_round",
       "the paper's study of the pyloric network: 30 000 simulations first, then 20 000 a round"},
      {"method.resampling_candidates", "the paper, section 3.2 and appendix C (snpse_a)"},
      {"model.process", "the paper, section 2.1; Song et al. 2021"},
      {"model.sigma_min", "the paper, appendix E.3, has 0.01 for SIR and Two Moons, else 0.05"},
      {"model.sigma_max",
       "the largest distance between two training parameters: Song and Ermon 2020, technique 1"},
      {"model.beta_min", "the paper, appendix E.3, has 0.1, and the authors' code 0.01; Song et al. 2021"},
      {"model.beta_max", "the paper, appendix E.3, has 11, and the authors' code 10; Song et al. 2021"},
      {"model.parametrisation",
       "noise: the paper, appendix E.3; preconditioned: Karras et al. 2022, section 5"},
      {"model.network", "mlp: the paper, appendix E.3; energy: the paper, appendix G"},
      {"model.width", "the paper, appendix E.3"},
      {"model.depth", "the paper, appendix E.3"},
      {"training.learning_rate", "the paper, appendix E.3, has 1e-4"},
      {"training.batch", "the paper, appendix E.3, has 50, 200 or 500, by rounds and simulations"},
      {"training.noise_levels", "uniform: the paper; lognormal: Karras et al. 2022, table 1"},
      {"training.noise_mean", "Karras et al. 2022, table 1, has -1.2"},
      {"training.noise_deviation", "Karras et al. 2022, table 1, has 1.2"},
      {"training.validation_share", "the paper, appendix E.3, has 15 %"},
      {"training.iteration", "the authors' code has 10, 5 or 1 sweeps, by the number of simulations"},
      {"training.patience", "the paper, appendix E.3, has 1000"},
      {"training.max_steps", "the paper, appendix E.3, has 3000 iterations"},
      {"sampler.kind", "dopri5: the paper, appendix E.3; sde: Song et al. 2021, algorithms 2 and 3"},
      {"density.trace", "Chen et al. 2018; hutchinson: Grathwohl et al. 2019"},
      {"truncation.epsilon", "the paper, section 3.1, has 5e-4"},
      {"truncation.samples", "the paper, section 3.1, has 20 000"},
      {"truncation.resampling_pool", "sampling importance resampling: Deistler et al. 2022, appendix"},
      {"invalid.policy", "replace: the paper's study of the pyloric network"},
      {"composition.kind",
       "gauss: Linhart et al. 2024; paper: the paper, appendix D; geffner: Geffner et al. 2023"},
  };
  return sources;
}

}  // namespace snpse
