#pragma once

#include <filesystem>
#include <string>

namespace snpse {

enum class TableFormat { csv, hdf5 };

/// The format of an output that a user named: its suffix says it, .csv, or .h5 or .hdf5. wanted: "csv",
/// "hdf5" or empty, for a name without a suffix, such as a pipe or "-"; CSV where it is empty. Error(usage)
/// for another suffix, and for one that is not what is wanted.
TableFormat format_of(const std::filesystem::path& output, const std::string& wanted = "");

}  // namespace snpse
