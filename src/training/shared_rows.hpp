#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "parallel/world.hpp"
#include "training/training_data.hpp"

namespace snpse {

/// Training rows that the ranks hold together, each its part.
class SharedRows {
 public:
  /// Collective.
  SharedRows(const World& world, TrainingData mine);

  /// How many there are on all ranks.
  std::int64_t total() const { return total_; }
  /// Values in a row.
  std::int64_t width() const {
    return 2 * mine_.rows.z.size(1) + mine_.rows.x.size(1) + mine_.rows.tilt.size(1) + 1;
  }
  /// Collective. The rows of these ids, in this order; each rank may ask for others.
  TrainingRows fetch(std::span<const std::int64_t> ids) const;

 private:
  /// Rows of consecutive ids on one rank.
  struct Run {
    std::int64_t begin;  // id
    std::int64_t end;
    int rank;
  };
  int owner(std::int64_t id) const;
  std::vector<float> packed(std::span<const std::int64_t> ids) const;

  const World& world_;
  TrainingData mine_;
  std::vector<Run> runs_;  // of all ranks, ascending
  std::int64_t total_;
};

}  // namespace snpse
