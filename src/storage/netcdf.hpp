#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace snpse {

/// Numbers or texts of a netCDF file, row-major.
using NetcdfValues = std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;
using NetcdfAttributes = std::map<std::string, std::variant<std::int64_t, double, std::string>>;

/// An axis of the variables of one group, with the name of each of its places.
struct NetcdfDimension {
  std::string name;
  NetcdfValues coordinates;
};

struct NetcdfVariable {
  std::string name;
  std::vector<std::string> dimensions;  ///< of its group; none: a scalar
  NetcdfValues values;                  ///< as many as the dimensions' sizes say
  NetcdfAttributes attributes = {};
};

struct NetcdfGroup {
  std::string name;
  std::vector<NetcdfDimension> dimensions;
  std::vector<NetcdfVariable> variables;
  NetcdfAttributes attributes = {};
};

/// Writes a netCDF-4 file durably (see write_durably): an HDF5 file whose dimensions are HDF5's dimension
/// scales. The root has groups and attributes alone. Texts are of variable length, in UTF-8. The bytes depend
/// on the arguments alone: no time stamps.
void write_netcdf(const std::filesystem::path& path, const std::vector<NetcdfGroup>& groups,
                  const NetcdfAttributes& attributes);

/// A name that netCDF allows: without '/', and beginning with a letter, a digit or '_'.
std::string netcdf_name(const std::string& name);

}  // namespace snpse
