#pragma once

#include <cstdint>

namespace snpse {

/// Some simulations, each with `draws` noise levels, as a network's passes in training take them. Row draw *
/// simulations + i belongs to simulation i.
struct PassRows {
  std::int64_t simulations;  // k
  int draws;
  const float* x;              // [k, p], standardised
  const float* theta;          // [draws * k, views * d]
  const float* time_features;  // [draws * k, kTimeFeatures]
  std::int64_t count() const { return simulations * draws; }
};

}  // namespace snpse
