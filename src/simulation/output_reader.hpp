#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace snpse {

enum class OutputFormat {
  numbers,  ///< numbers between blanks or commas; lines that begin with # are skipped
  dakota,   ///< a value and a label a line; FAIL in place of a value: the simulation failed
  json,
  hdf5,
};

/// Where a simulation's x stands.
struct OutputOptions {
  OutputFormat format = OutputFormat::numbers;
  std::string file =
      {};  ///< in the work directory; "{output}": of a name that the program is told; empty: printed
  std::vector<std::int64_t> columns = {};  ///< numbers: of each line, from 1; empty: all
  int skip = 0;                            ///< numbers: lines at the beginning
  std::string key = {};                    ///< json: a pointer (RFC 6901); hdf5: a dataset

  bool is_printed() const { return file.empty(); }
  bool operator==(const OutputOptions&) const = default;
};

/// The numbers of such a file, in order; what is undefined in JSON (null) is NaN. Fortran's exponents
/// (1.5D-3) and Python's NaN in JSON are understood. Error(data) for a file that is absent or says anything
/// else.
std::vector<double> read_output(const std::filesystem::path& file, const OutputOptions& options);

}  // namespace snpse
