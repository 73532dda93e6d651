#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <boost/crc.hpp>

namespace snpse {

/// The last bytes of each file of ours: our name and a CRC-32 of all bytes before. HDF5 ignores what follows
/// its own end of file, but its library may crash on a damaged file, so a reader checks the seal first.
class Seal {
 public:
  static constexpr std::size_t kSize = 16;

  /// The next bytes of the file.
  void add(std::string_view bytes) { crc_.process_bytes(bytes.data(), bytes.size()); }
  /// What the file is to end with.
  std::string text() const;

  /// That of a whole file which has none yet. Errors: missing_input (absent or unreadable).
  static Seal of(const std::filesystem::path& file);

 private:
  boost::crc_32_type crc_;
};

/// Whether the file ends with the seal of what goes before: it is ours, complete and undamaged. Errors: as
/// Seal::of().
bool is_sealed(const std::filesystem::path& file);

/// Whether the last bytes of a file are some seal: it is ours and complete, damaged or not.
bool is_seal(std::string_view end);

}  // namespace snpse
