#pragma once

namespace snpse {

enum class SamplerKind {
  adams,   ///< probability-flow ODE, Adams-Bashforth method of fixed steps
  dopri5,  ///< probability-flow ODE, adaptive Dormand-Prince 5(4)
  sde,     ///< reverse SDE, Euler-Maruyama with Langevin corrector steps
};

struct SamplerOptions {
  SamplerKind kind = SamplerKind::adams;
  int steps = 32;                ///< adams: a network evaluation each
  double tolerance = 1e-4;       ///< dopri5: absolute and relative, a step
  int sde_steps = 500;           ///< sde: time steps
  int corrector_steps = 0;       ///< sde: Langevin steps after each time step
  double min_acceptance = 0.01;  ///< fail when fewer draws than this fraction lie in the prior's support
};

enum class Trace {
  exact,       ///< one tangent pushed through the network for each parameter
  hutchinson,  ///< Skilling-Hutchinson estimate from `probes` random directions
};

enum class DensitySolver {
  adams,   ///< Adams-Bashforth method of fixed steps
  dopri5,  ///< adaptive Dormand-Prince 5(4), to some 0.002 nats at tolerance 1e-4
};

struct DensityOptions {
  DensitySolver solver = DensitySolver::adams;
  int steps = 40;           ///< adams: a network evaluation each
  double tolerance = 1e-4;  ///< dopri5: absolute and relative, a step
  Trace trace = Trace::exact;
  int probes = 8;  ///< hutchinson: Rademacher directions a draw
};

enum class CompositionKind {
  gauss,    ///< exact where all posteriors are Gaussians; drawn from by the sampler
  paper,    ///< the paper's bridge, by Langevin dynamics
  geffner,  ///< that of Geffner et al. 2023, by Langevin dynamics
};

/// How the scores of several independent observations are put together (JointField).
struct CompositionOptions {
  CompositionKind kind = CompositionKind::gauss;
  int levels = 100;        ///< paper, geffner: noise levels
  int langevin_steps = 5;  ///< paper, geffner: steps at each
};

/// The posterior mass outside a truncated region of d parameters: a thousandth a parameter, and at most a
/// hundredth. It takes less than 1 % from the standard deviation of a normal posterior for every d, where .02
/// takes 7 % of one parameter: the mass that is lost is the tail.
constexpr double default_epsilon(int dim) {
  return dim < 10 ? 0.001 * dim : 0.01;
}

/// TSNPSE's proposal: the prior restricted to the highest-density region of the present posterior.
struct TruncationOptions {
  double epsilon = 0;            ///< posterior mass outside the region; 0: what default_epsilon() says
  int samples = 5000;            ///< draws from which the threshold is estimated
  int density_steps = 20;        ///< steps of each log-density; 0: as DensityOptions say
  double energy_ratio = 0.05;    ///< energy networks: noise over signal at which the energy is taken; 0: that
                                 ///< at t_min
  int screen_steps = 8;          ///< steps of a coarser one that drops most candidates, after those far
                                 ///< from all draws; 0: no such screens
  double margin = 0.02;          ///< the bounding box is wider than the draws by this fraction on each side
  double min_acceptance = 1e-3;  ///< below it the proposal falls back on Markov chains in the region
  int resampling_pool = 32;      ///< fallback: posterior draws of which one is picked as a chain's start
  int chain_steps = 100;         ///< fallback: steps in which a chain is to forget its start, at most
  bool boxed = true;  ///< the last network learns the prior inside the region's box from the simulations
                      ///< there; else the whole prior from all simulations
  bool mend = true;  ///< after a region that was cut too tight the next one is wider, and the failed region's
                     ///< simulations are weighed; else the check is only told
  double probe = 0.3;  ///< of the budget that is left, what a round takes whose region is not known to hold
  int least_probe = 500;   ///< fewer simulations are no probe, and a round takes all that is left
  double shrinking = 0.5;  ///< a round of few simulations, in a region that keeps less than this fraction of
                           ///< the one before, is not the last; 0: it may be
  double tolerance = 0;    ///< fraction of the next posterior outside the region that calls for a warning; 0:
                           ///< what a region that is wide enough leaves out, see check_truncation()
};

/// The log-density that decides which parameters are in a region.
inline DensityOptions density_of_region(const TruncationOptions& truncation, const DensityOptions& density) {
  return truncation.density_steps == 0 ? density : DensityOptions{.steps = truncation.density_steps};
}

}  // namespace snpse
