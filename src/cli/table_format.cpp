#include "cli/table_format.hpp"

#include <optional>

#include <boost/algorithm/string/case_conv.hpp>

#include "util/error.hpp"

namespace snpse {
namespace {

std::optional<TableFormat> format_of_suffix(const std::filesystem::path& output) {
  const auto suffix = boost::to_lower_copy(output.extension().string());
  if (suffix == ".csv") return TableFormat::csv;
  if (suffix == ".h5" || suffix == ".hdf5") return TableFormat::hdf5;
  if (suffix.empty()) return std::nullopt;
  fail(ExitCode::usage, "'{}' ends in '{}', which is no format: name the file .csv, or .h5 for HDF5",
       output.string(), suffix);
}

}  // namespace

TableFormat format_of(const std::filesystem::path& output, const std::string& wanted) {
  const auto of_suffix = format_of_suffix(output);
  if (wanted.empty()) return of_suffix.value_or(TableFormat::csv);
  const auto format = wanted == "hdf5" ? TableFormat::hdf5 : TableFormat::csv;
  if (of_suffix && *of_suffix != format)
    fail(ExitCode::usage, "'{}' is no name of a file in the format {}: change either", output.string(),
         wanted);
  return format;
}

}  // namespace snpse
