#pragma once

#include <cstdint>
#include <optional>

#include "network/cpu/layer_chain.hpp"
#include "network/cpu/pass_rows.hpp"
#include "numerics/gemm.hpp"

namespace snpse {

/// What x and t add to the sum before the joint activation, and the gradient of the weights that do: of one
/// network.
class ContextPass {
 public:
  ContextPass(const NetworkLayout& layout, const float* weights, std::int64_t max_simulations);

  /// The part of x with the bias of the sum, once for each simulation, [k, width].
  const float* x_part(const PassRows& rows);
  /// Adds the part of t to joint, [rows.count(), width].
  void add_time_part(const PassRows& rows, float* joint) const;
  /// Adds to `gradients` for all weights of these parts but the bias; gradient: by that sum, [rows.count(),
  /// width], overwritten.
  void backward(const PassRows& rows, float* gradient, float* gradients);

 private:
  std::optional<LayerLayout> x_shortcut_;
  LayerLayout time_;
  const float* weights_;
  LayerChain x_;
};

}  // namespace snpse
