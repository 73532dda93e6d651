#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/simulator.hpp"
#include "numerics/matrix.hpp"
#include "numerics/rows.hpp"

namespace snpse {

/// What one round simulated: only what follows from the campaign's seed and the proposal, so that it is
/// byte-identical whoever computed it. Row i is simulation id[i], ids ascending.
struct Simulations {
  Matrix theta;                    // [n, d]
  Matrix x;                        // [n, p], NaN where there is no answer
  std::vector<std::int64_t> id;    // [n]
  std::vector<std::int64_t> seed;  // [n], what an external simulator received
  std::vector<Status> status;      // [n]
};

/// A rank's part of what a round simulated: a contiguous part, ascending by rank.
struct LocalSimulations {
  Matrix theta;                   // [k, d]
  std::shared_ptr<const Rows> x;  // [k, p]
  std::vector<std::int64_t> id;   // [k]
  std::vector<Status> status;     // [k]
};

/// Who computed it and how long that took, row by row beside Simulations.
struct Provenance {
  std::vector<std::int64_t> worker;    // [n], rank
  std::vector<std::int64_t> attempts;  // [n]
  std::vector<double> seconds;         // [n]
};

}  // namespace snpse
