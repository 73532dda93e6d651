#pragma once

#include <array>
#include <optional>

#include "network/network_kind.hpp"

namespace snpse {

/// The forward process that turns parameters into noise (paper, section 2.1; Song et al. 2021).
/// The numbers are part of the file format.
enum class Process { ve = 0, vp = 1, subvp = 2, straight = 3 };
inline constexpr std::array kProcesses{Process::ve, Process::vp, Process::subvp, Process::straight};

/// The space in which the diffusion runs.
enum class Space {
  natural,       ///< standardised where the prior has edges that the model can start from (TiltedPrior), else
                 ///< whitened
  whitened,      ///< the prior is N(0, I) there, and every draw lies in its support
  standardised,  ///< zero mean and unit variance over the training set; draws may leak out of the support
};

/// What the network computes. The numbers are part of the file format.
enum class Parametrisation {
  preconditioned = 0,  ///< the mixture of data and noise of Karras et al. 2022: untrained, it is the prior's
                       ///< score
  noise = 1,           ///< minus sigma times the score, from the raw theta_t and t, as in the paper
  velocity = 2,  ///< eps - z_0, the velocity of the straight path, from the raw theta_t and t: flow matching
                 ///< (Lipman et al. 2023)
};

struct ModelOptions {
  Space space = Space::natural;
  std::optional<Space> early_space;  ///< that of tsnpse's rounds before the last; none: the same
  Process process = Process::ve;
  double sigma_min = 0.002;  ///< VE and straight: smallest noise
  double sigma_max = 15;     ///< VE and straight: largest noise over signal; 0: the paper's rule (largest
                             ///< distance of two parameters that round 1 trains on)
  double beta_min = 0.1;     ///< VP and sub-VP
  double beta_max = 11;      ///< VP and sub-VP
  double t_min = 1e-5;       ///< diffusion time at which sampling ends and training begins
  Parametrisation parametrisation = Parametrisation::preconditioned;
  NetworkKind network = NetworkKind::mlp;
  int width = 256;   ///< units of every hidden layer
  int depth = 3;     ///< layers of each of the three perceptrons, or residual blocks
  int networks = 0;  ///< trained on the same simulations from other weights and with other rows held out, of
                     ///< whose scores the mean is taken; 0: three of fewer than 5000 simulations, else one
  SummaryKind summary = SummaryKind::none;
  int summary_parts = 1;  ///< how many rows or series x is made of
  int summary_size = 32;  ///< how many numbers the summary network makes of x
};

}  // namespace snpse
