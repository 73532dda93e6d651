#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace snpse {

enum class TableFormat { csv, hdf5, npz, arviz };

/// What `snpse export` writes.
inline constexpr std::array kExportFormats{TableFormat::csv, TableFormat::hdf5, TableFormat::npz,
                                           TableFormat::arviz};
/// What `snpse sample` writes.
inline constexpr std::array kSampleFormats{TableFormat::csv, TableFormat::hdf5, TableFormat::npz};

/// The name of a format, as options take it.
const char* to_string(TableFormat format);
std::vector<std::string> names_of(std::span<const TableFormat> formats);

/// The format of an output that a user named, one of `allowed`: its suffix says it: .csv, .h5 or .hdf5, .npz,
/// or .nc. wanted: the name of a format, or empty, for a name without a suffix, such as a pipe or "-"; CSV
/// where it is empty. Error(usage) for another suffix, and for one that is not what is wanted.
TableFormat format_of(const std::filesystem::path& output, std::span<const TableFormat> allowed,
                      const std::string& wanted = "");

}  // namespace snpse
