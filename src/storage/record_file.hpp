#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/record.hpp"
#include "numerics/rows.hpp"

namespace snpse {

/// What every file says of itself, as attributes of the HDF5 root group. A reader checks it in this order:
/// is it ours, complete and undamaged (see seal.hpp), the type, the format version.
struct FileHeader {
  std::string type;  ///< "simulations", "network", ...
  std::string program_version = SNPSE_VERSION;
  std::uint64_t seed = 0;
  std::string configuration;  ///< the effective campaign file, in full
  int round = 0;              ///< of the campaign; 0: of no round, or of a file of format version 1
};
inline constexpr int kFormatVersion = 2;

/// Throws where a file with that header is not to be used.
using HeaderCheck = std::function<void(const std::filesystem::path& path, const FileHeader& header)>;

/// Writes one HDF5 file durably (see write_durably). The bytes depend on the arguments alone: no time stamps.
/// Scalars, strings and lists become datasets of their own shape; '/' in a key makes groups.
void write_record(const std::filesystem::path& path, const FileHeader& header, const Record& record);

/// A matrix of a record that comes piece by piece, since it may be larger than memory.
struct StreamedMatrix {
  using Put = std::function<void(Eigen::Index first, const Matrix& rows)>;

  std::string name;
  Eigen::Index rows = 0;
  Eigen::Index columns = 0;
  std::function<void(const Put& put)> fill;  ///< puts every row once, in any order
};
/// As above, with one more value. What fill() throws passes through; the file is not written then.
void write_record(const std::filesystem::path& path, const FileHeader& header, const Record& record,
                  const StreamedMatrix& streamed);

/// Reads a file that write_record() made. Errors: missing_input where it is absent or unreadable; data where
/// it is truncated, damaged, foreign, of another type or of a newer format version - the message names the
/// file and what to do; what accept() throws. No value takes more memory than the file has bytes.
Record read_record(const std::filesystem::path& path, const std::string& expected_type,
                   const HeaderCheck& accept = {});
/// These fields alone, without reading the others: to say what a file holds, not to work on. Errors: as
/// read_record(), but damage goes unnoticed; data where a field is absent.
Record read_fields(const std::filesystem::path& path, const std::string& expected_type,
                   const std::vector<std::string>& names, const HeaderCheck& accept = {});
/// The rows [first, first + count) of a matrix of such a file, read as they are asked for; the file stays
/// open. By one thread. Errors: as read_fields(); read() throws Error(data) where the file cannot be read.
std::shared_ptr<const Rows> open_rows(const std::filesystem::path& path, const std::string& expected_type,
                                      const std::string& name, Eigen::Index first, Eigen::Index count);
FileHeader read_header(const std::filesystem::path& path);

}  // namespace snpse
