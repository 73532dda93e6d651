#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "numerics/tensor.hpp"
#include "score/noise_level.hpp"

namespace snpse {

/// Valid simulations as the network sees them.
struct TrainingRows {
  torch::Tensor z;       // [k, d] float32, parameters in the model's space
  torch::Tensor x;       // [k, w] float32, x in the model's feature_transform()
  torch::Tensor mean;    // [k, d] float32, what the model's regression expects of z given x
  torch::Tensor tilt;    // [k, d] float32, the model's tilt given x; [k, 0] where it has no tilted prior
  torch::Tensor weight;  // [k, 1] float32, of the row's loss

  std::int64_t size() const { return z.size(0); }
  /// The rows [first, first + count), in the same memory.
  TrainingRows narrow(std::int64_t first, std::int64_t count) const {
    const auto part = [&](const torch::Tensor& all) { return all.narrow(0, first, count); };
    return {part(z), part(x), part(mean), part(tilt), part(weight)};
  }
};

/// What a model's noise is to be where it is not to learn the score of its rows' law, [n, d]: an affine
/// function of eps [n, d] given z_t = alpha z_0 + sigma eps [n, d], each row at its own level.
using NoiseTarget =
    std::function<torch::Tensor(const torch::Tensor& eps, const torch::Tensor& z_t, const NoiseLevel& level)>;

/// Some rows of x, [m, w], of a rank whose memory does not hold all of them.
using FeaturesOnDemand = std::function<torch::Tensor(std::span<const Eigen::Index> rows)>;

/// Rows that the training of a network does not learn from: their ids, in a random order.
struct HeldOutRows {
  std::vector<std::int64_t> validation;  // choose the weights that are kept
  std::vector<std::int64_t> check;       // have no part in the training at all
};

/// The same for the networks of an ensemble, each of which is validated by rows of its own. See
/// hold_out_folds().
struct HeldOutFolds {
  std::vector<std::vector<std::int64_t>> validation;  // of each network; no row twice
  std::vector<std::int64_t> check;

  HeldOutRows of_network(std::size_t i) const { return {validation[i], check}; }
};

/// One rank's part of what is to be trained on.
struct TrainingData {
  TrainingRows rows;                  // [k]
  std::vector<std::int64_t> id;       // [k], ascending; 0, 1, ... are each on one rank
  HeldOutRows held_out = {};          // of all ranks' rows; the same on every rank
  FeaturesOnDemand x_on_demand = {};  // where it is given, rows.x is [0, w]
  NoiseTarget noise_target = {};      // none: eps
};

}  // namespace snpse
