#pragma once

namespace snpse {

enum class SamplerKind {
  heun,    ///< probability-flow ODE, Heun's method on the grid of Karras et al. 2022
  dopri5,  ///< probability-flow ODE, adaptive Dormand-Prince 5(4)
  sde,     ///< reverse SDE, Euler-Maruyama with Langevin corrector steps
};

struct SamplerOptions {
  SamplerKind kind = SamplerKind::heun;
  int steps = 24;                ///< heun: two network evaluations each
  double tolerance = 1e-4;       ///< dopri5: absolute and relative, a step
  int sde_steps = 500;           ///< sde: time steps
  int corrector_steps = 0;       ///< sde: Langevin steps after each time step
  double min_acceptance = 0.01;  ///< fail when fewer draws than this share lie in the prior's support
};

enum class Trace {
  exact,       ///< one tangent pushed through the network for each parameter
  hutchinson,  ///< Skilling-Hutchinson estimate from `probes` random directions
};

enum class DensitySolver {
  heun,  ///< Heun's method on the sampler's grid: fast, but nearly a constant too high (some 0.2 nats with 24
         ///< steps), which a truncation threshold cancels; no user's choice, since at dopri5's accuracy it is
         ///< no faster
  dopri5,  ///< adaptive Dormand-Prince 5(4), to some 0.002 nats at tolerance 1e-4
};

struct DensityOptions {
  DensitySolver solver = DensitySolver::dopri5;
  int steps = 24;           ///< heun: two network evaluations each
  double tolerance = 1e-4;  ///< dopri5: absolute and relative, a step
  Trace trace = Trace::exact;
  int probes = 8;  ///< hutchinson: Rademacher directions a draw
};

/// TSNPSE's proposal: the prior restricted to the highest-density region of the present posterior.
struct TruncationOptions {
  double epsilon = 1e-3;         ///< posterior mass outside the region
  int samples = 20000;           ///< draws from which the threshold is estimated
  int density_steps = 10;        ///< Heun steps of each log-density
  double margin = 0.02;          ///< the bounding box is wider than the draws by this share on each side
  double min_acceptance = 1e-3;  ///< below it the proposal falls back on sampling importance resampling
  int resampling_pool = 32;      ///< fallback: candidates for each draw
};

}  // namespace snpse
