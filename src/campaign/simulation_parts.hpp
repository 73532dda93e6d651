#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/data_set.hpp"
#include "simulation/farm.hpp"
#include "storage/record_file.hpp"

namespace snpse {

/// The simulations of a round under way, on disk in parts as they come in, so that a crash loses only those
/// in flight. Small parts are merged now and then, so that a slow round does not leave thousands of files;
/// large ones stay as they are. x is in the files alone: it may be more than memory holds.
class SimulationParts {
 public:
  /// n rows, of p data each; first_id: the id of row 0. Reads the parts that are there; simulations that
  /// failed or timed out count as not done, so that a continued campaign tries them again. Error(data) for
  /// files that accept() refuses, that are no parts, or whose simulations are not of the round.
  SimulationParts(std::filesystem::path folder, FileHeader header, std::int64_t n, int x_dim,
                  std::int64_t first_id, HeaderCheck accept = {});

  /// The rows that are still to be simulated, ascending.
  std::vector<std::int64_t> todo() const;
  void append(const SimulationPart& part);

  /// Of all rows in order of their ids, to be called when todo() was done: what simulations.h5 holds but for
  /// theta and x; x; and what provenance.h5 holds.
  Record outcomes() const;
  StreamedMatrix x() const;
  const Provenance& provenance() const { return provenance_; }
  /// By their ids, in the order in which they came in.
  const std::vector<Fault>& faults() const { return faults_; }

  /// Removes the parts from disk, once they are committed elsewhere.
  void remove() const;

 private:
  struct File {
    std::int64_t number;  // its name; a later one knows better
    bool small;
  };

  std::filesystem::path path_of(const File& file) const;
  SimulationPart read(const File& file) const;
  File write(const SimulationPart& part);
  /// Notes that these simulations are in the file.
  void take(const SimulationPart& part, const File& file);
  void add_faults(const std::vector<Fault>& faults);
  void merge_small_files();
  /// The rows of a file's part that no other file knows better, in order of their ids.
  std::vector<Eigen::Index> own_rows(const File& file, const SimulationPart& part) const;

  std::filesystem::path folder_;
  FileHeader header_;
  HeaderCheck accept_;
  std::int64_t first_id_;
  Eigen::Index x_dim_;
  std::vector<std::int64_t> seed_;
  std::vector<Status> status_;
  Provenance provenance_;
  std::vector<Fault> faults_;        // by id
  std::vector<std::int64_t> owner_;  // of each row, the number of the file that has it, or kNone
  std::vector<bool> done_;
  std::vector<File> files_;  // ascending
};

/// The faults in a file of parts/. Errors: as read_record().
std::vector<Fault> faults_of_part(const std::filesystem::path& file, const HeaderCheck& accept);

/// The number of a file of parts/, which is the file's name; none where the name does not end in ".h5".
/// Error(data) for another name with this end.
std::optional<std::int64_t> number_of_part(const std::filesystem::path& file);

}  // namespace snpse
