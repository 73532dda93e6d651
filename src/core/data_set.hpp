#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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
  std::vector<std::int64_t> worker;              // [n], rank
  std::vector<std::int64_t> attempts;            // [n]
  std::vector<double> seconds;                   // [n]
  std::vector<std::string> imported_from = {};   ///< the files of data that were not simulated here
  std::vector<std::int64_t> imported_file = {};  // [n], which of these files; [0]: all were simulated here
  std::vector<std::int64_t> imported_row = {};   // [n], of the file, from 1; 0: simulated here; [0]: all were
};

/// An attempt of a simulation that did not end well. A later attempt may have.
struct Fault {
  std::int64_t id = 0;
  Status status = Status::failed;
  std::int64_t attempt = 1;  ///< of the simulation, in one sitting of the campaign
  std::optional<int> exit_code = {};
  std::optional<int> signal = {};
  double seconds = 0;
  std::int64_t rank = 0;
  std::string host = {};
  std::string message = {};  ///< the cause, printable
  std::string printed = {};  ///< the end of its standard error, printable

  bool operator==(const Fault&) const = default;
};

}  // namespace snpse
