#pragma once

namespace snpse {

/// The numbers are part of the file format.
enum class NetworkKind {
  mlp = 0,       ///< the paper's score network, with d outputs
  energy = 1,    ///< the same with one output, whose gradient by theta_t makes the score, so that its value
                 ///< makes an unnormalised log-density (paper, appendix G; see Preconditioning)
  residual = 2,  ///< mlp with residual blocks for a trunk
  residual_energy = 3,  ///< energy with residual blocks for a trunk, as the authors' code also has it
};

constexpr bool is_energy(NetworkKind kind) {
  return kind == NetworkKind::energy || kind == NetworkKind::residual_energy;
}
constexpr bool is_residual(NetworkKind kind) {
  return kind == NetworkKind::residual || kind == NetworkKind::residual_energy;
}

/// What stands before the network's embedding of x, and is trained with it. The numbers are part of the file
/// format.
enum class SummaryKind {
  none = 0,
  mlp = 1,     ///< a perceptron
  rows = 2,    ///< one that is the same for x's rows in any order: x is a list of rows of the same kind
  series = 3,  ///< convolutions along time: x is one series after another, all of the same length
};

}  // namespace snpse
