#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "config/config.hpp"
#include "numerics/matrix.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// The C2ST of draws against reference draws.
struct Comparison {
  double c2st = 0;
  std::vector<double> folds;
};
/// Collective. Of as many rows as both have; rank 0's are taken. Error(data) where their columns differ.
Comparison compare(const World& world, Matrix reference, Matrix theta, std::uint64_t seed);
/// Collective. A folder's posterior samples against exact draws, or against the rows of `reference` where
/// that is not empty. Needs a built-in task.
Comparison compare_with_exact(const World& world, const std::filesystem::path& folder, const Config& config,
                              const Matrix& reference);

}  // namespace snpse
