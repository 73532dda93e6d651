#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "snpse/core/data_set.hpp"
#include "snpse/simulation/farm.hpp"
#include "snpse/storage/record_file.hpp"

namespace snpse {

/// The simulations of a round under way, on disk in parts as they come in, so that a crash loses only those
/// in flight. The parts are merged now and then, so that a slow round does not leave thousands of files.
class SimulationParts {
 public:
  /// theta: what the round simulates, [n, d]; first_id: the id of row 0. Reads the parts that are there;
  /// simulations that failed or timed out count as not done, so that a continued campaign tries them again.
  SimulationParts(std::filesystem::path folder, FileHeader header, std::int64_t n, int theta_dim, int x_dim,
                  std::int64_t first_id);

  /// The rows that are still to be simulated, ascending.
  std::vector<std::int64_t> todo() const;
  void append(const SimulationPart& part);

  /// All rows in order of their ids; to be called when todo() was done.
  const Simulations& simulations() const { return simulations_; }
  const Provenance& provenance() const { return provenance_; }

  /// Removes the parts from disk, once they are committed elsewhere.
  void remove() const;

 private:
  void take(const SimulationPart& part);
  void write(const SimulationPart& part);
  SimulationPart all_done() const;

  std::filesystem::path folder_;
  FileHeader header_;
  std::int64_t first_id_;
  Simulations simulations_;
  Provenance provenance_;
  std::vector<bool> done_;
  std::vector<std::filesystem::path> files_;
  std::int64_t next_number_ = 0;
};

}  // namespace snpse
