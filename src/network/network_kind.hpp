#pragma once

namespace snpse {

enum class NetworkKind {
  mlp,       ///< the paper's score network, with d outputs
  energy,    ///< the same with one output, whose gradient by theta_t makes the score, so that its value makes
             ///< an unnormalised log-density (paper, appendix G; see Preconditioning)
  residual,  ///< mlp with residual blocks for a trunk
  residual_energy,  ///< energy with residual blocks for a trunk, as the authors' code also has it
};

constexpr bool is_energy(NetworkKind kind) {
  return kind == NetworkKind::energy || kind == NetworkKind::residual_energy;
}
constexpr bool is_residual(NetworkKind kind) {
  return kind == NetworkKind::residual || kind == NetworkKind::residual_energy;
}

/// What stands before the network's embedding of x, and is trained with it.
enum class SummaryKind {
  none,
  mlp,     ///< a perceptron
  rows,    ///< one that is the same for x's rows in any order: x is a list of rows of the same kind
  series,  ///< convolutions along time: x is one series after another, all of the same length
};

}  // namespace snpse
