#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "snpse/core/record.hpp"

namespace snpse {

/// What every file says of itself, as attributes of the HDF5 root group. A reader checks it in this order:
/// is it ours, complete and undamaged (see seal.hpp), the type, the format version.
struct FileHeader {
  std::string type;  ///< "simulations", "network", ...
  std::string program_version = SNPSE_VERSION;
  std::uint64_t seed = 0;
  std::string configuration;  ///< the effective campaign file, in full
};
inline constexpr int kFormatVersion = 1;

/// Writes one HDF5 file durably (see write_durably). The bytes depend on the arguments alone: no time stamps.
/// Scalars, strings and lists become datasets of their own shape; '/' in a key makes groups.
void write_record(const std::filesystem::path& path, const FileHeader& header, const Record& record);

/// Reads a file that write_record() made. Errors: missing_input where it is absent or unreadable; data where
/// it is truncated, damaged, foreign, of another type or of a newer format version - the message names the
/// file and what to do.
Record read_record(const std::filesystem::path& path, const std::string& expected_type);
/// These fields alone, without reading the others: to say what a file holds, not to work on. Errors: as
/// read_record(), but damage goes unnoticed; data where a field is absent.
Record read_fields(const std::filesystem::path& path, const std::string& expected_type,
                   const std::vector<std::string>& names);
FileHeader read_header(const std::filesystem::path& path);

}  // namespace snpse
