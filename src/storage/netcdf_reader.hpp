#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace snpse {

/// A variable of numbers in a netCDF-4 file, row-major.
struct NetcdfTable {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<double> values;
};

/// The variables of numbers in a group of a netCDF-4 file, of any program, but for its coordinates; none
/// where there is no such group. Errors: missing_input where the file is absent or unreadable; data where it
/// is no netCDF-4 file or is damaged; config where the variables are larger than memory.
std::optional<std::vector<NetcdfTable>> read_netcdf_group(const std::filesystem::path& path,
                                                          const std::string& group);

}  // namespace snpse
