#pragma once

#include <string>
#include <string_view>

namespace snpse {

/// The last bytes of each file of ours: our name and a CRC-32 of all bytes before. HDF5 ignores what follows
/// its own end of file, but its library may crash on a damaged file, so a reader checks the seal first.
std::string seal_of(std::string_view bytes);
inline constexpr std::size_t kSealSize = 16;

/// Whether bytes ends with the seal of what goes before: it is ours, complete and undamaged.
bool is_sealed(std::string_view bytes);

/// Whether the last kSealSize bytes of a file are some seal: it is ours and complete, damaged or not.
bool is_seal(std::string_view end);

}  // namespace snpse
