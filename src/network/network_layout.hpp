#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "network/network_kind.hpp"

namespace snpse {

/// Of a SummaryNetwork.
struct SummaryShape {
  SummaryKind kind = SummaryKind::none;
  int features =
      1;  // of each datum (FeatureTransform): x is all data by their first feature, then by their second
  int parts = 1;  // rows or series
  int outputs = 0;
};

struct NetworkShape {
  int theta_dim = 0;  // d
  int x_dim = 0;      // what it sees of x, p or more
  int width = 256;
  int depth = 3;
  int views =
      1;  // how often theta stands in the network's input, each time scaled and shifted in another way
  NetworkKind kind = NetworkKind::mlp;
  SummaryShape summary = {};
  bool x_shortcut = false;  // whether x also adds to what its embedding makes of it by one linear layer

  bool has_summary() const { return summary.kind != SummaryKind::none; }
  /// What the embedding of x sees.
  int x_inputs() const { return has_summary() ? summary.outputs : x_dim; }
  int inputs() const { return views * theta_dim; }
  /// Of what x and time add up to.
  int joint_width() const { return is_residual(kind) ? depth * width : width; }
  int outputs() const { return is_energy(kind) ? 1 : theta_dim; }
};

inline constexpr int kTimeFeatures = 64;

/// A linear layer within the flat buffer of weights.
struct LayerLayout {
  std::int64_t inputs;
  std::int64_t outputs;
  std::int64_t weight;               // where [inputs, outputs] begins, row-major
  std::optional<std::int64_t> bias;  // where [outputs] begins, if there is one
  std::int64_t fan_in;               // of the layer that this one is a part of
  bool activated;                    // whether SiLU follows
};

inline constexpr int kSummaryKernel = 5;  // points of a convolution
/// Whether a SummaryNetwork takes the mean of each two neighbours of a series of that length.
constexpr bool is_halved(std::int64_t length) {
  return length > 8;
}

struct SummaryLayout {
  std::vector<LayerLayout>
      each;  // of a row; or the convolutions, whose inputs are [channels, kSummaryKernel]
  std::vector<LayerLayout> joint;  // of all of x -> outputs
};

/// Where the layers of ScoreNetwork lie. The trunk's first layer is in three parts, for the embeddings of
/// theta and x and for the time features; the first two end the embeddings, since no activation lies between.
///
/// Of a residual network theta is one layer, x and time end in what they add in each block, side by side, and
/// the trunk holds two layers a block and a last one.
struct NetworkLayout {
  explicit NetworkLayout(const NetworkShape& shape);

  SummaryLayout summary;                  // empty where there is none
  std::vector<LayerLayout> theta;         // views * d -> width, the trunk's part included
  std::vector<LayerLayout> x;             // x_inputs -> joint_width, the trunk's part included
  std::optional<LayerLayout> x_shortcut;  // x_inputs -> joint_width
  LayerLayout time;                // kTimeFeatures -> joint_width, with the bias of the sum of the parts
  std::vector<LayerLayout> trunk;  // width -> outputs, from the activation of that sum
  std::int64_t count = 0;          // of all weights

  /// All layers as they follow one another in the buffer.
  std::vector<LayerLayout> in_order() const;
};

}  // namespace snpse
