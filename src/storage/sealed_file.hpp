#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "storage/hdf5_handle.hpp"
#include "storage/record_file.hpp"
#include "util/error.hpp"

namespace snpse {

enum class SealCheck {
  all_bytes,  ///< the file is ours, complete and undamaged
  end_only    ///< ours and complete
};

/// Error(data) where the file does not pass.
void check_seal(const std::filesystem::path& path, SealCheck check);

Hdf5Handle open_file(const std::filesystem::path& path);

/// The rows and columns of a dataset, 1 where there are fewer dimensions. Hdf5Error where it has more than
/// two or claims more bytes than its file has: a reader of our files never gives such a dataset memory.
std::array<hsize_t, 2> checked_extent(hid_t dataset, hid_t space, hid_t type);

/// What an open file says of itself, checked in the order that FileHeader promises; the type only where one
/// is expected.
FileHeader checked_header(hid_t file, const std::filesystem::path& path,
                          const std::optional<std::string>& expected_type);

/// What read() gives; what HDF5 cannot do becomes Error(data).
template <typename Read>
auto understood(const std::filesystem::path& path, Read read) {
  const QuietHdf5 quiet;
  try {
    return read();
  } catch (const Hdf5Error& error) {
    fail(ExitCode::data,
         "'{}' cannot be understood: HDF5 failed to {}; was it written by another version of snpse?",
         path.string(), error.what());
  }
}

}  // namespace snpse
