#include "cli/table_format.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/error.hpp"

namespace snpse {
namespace {

constexpr std::array<std::pair<const char*, TableFormat>, 5> kSuffixes{{{".csv", TableFormat::csv},
                                                                        {".h5", TableFormat::hdf5},
                                                                        {".hdf5", TableFormat::hdf5},
                                                                        {".npz", TableFormat::npz},
                                                                        {".nc", TableFormat::arviz}}};

bool contains(std::span<const TableFormat> formats, TableFormat format) {
  return std::ranges::find(formats, format) != formats.end();
}

std::string suffixes_of(std::span<const TableFormat> formats) {
  std::vector<std::string> suffixes;
  for (const auto& [suffix, format] : kSuffixes)
    if (contains(formats, format)) suffixes.emplace_back(suffix);
  return fmt::format("{}", fmt::join(suffixes, ", "));
}

std::optional<TableFormat> format_of_suffix(const std::filesystem::path& output,
                                            std::span<const TableFormat> allowed) {
  const auto suffix = boost::to_lower_copy(output.extension().string());
  if (suffix.empty()) return std::nullopt;
  for (const auto& [name, format] : kSuffixes)
    if (suffix == name && contains(allowed, format)) return format;
  fail(ExitCode::usage, "'{}' ends in '{}', which is no format here: name the file {}", output.string(),
       suffix, suffixes_of(allowed));
}

}  // namespace

const char* to_string(TableFormat format) {
  switch (format) {
    case TableFormat::csv:
      return "csv";
    case TableFormat::hdf5:
      return "hdf5";
    case TableFormat::npz:
      return "npz";
    case TableFormat::arviz:
      return "arviz";
  }
  return "";
}

std::vector<std::string> names_of(std::span<const TableFormat> formats) {
  std::vector<std::string> names;
  for (const auto format : formats) names.emplace_back(to_string(format));
  return names;
}

TableFormat format_of(const std::filesystem::path& output, std::span<const TableFormat> allowed,
                      const std::string& wanted) {
  const auto of_suffix = format_of_suffix(output, allowed);
  if (wanted.empty()) return of_suffix.value_or(TableFormat::csv);
  const auto format =
      *std::ranges::find_if(allowed, [&](const auto candidate) { return wanted == to_string(candidate); });
  if (of_suffix && *of_suffix != format)
    fail(ExitCode::usage, "'{}' is no name of a file in the format {}: change either", output.string(),
         wanted);
  return format;
}

}  // namespace snpse
