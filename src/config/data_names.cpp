#include "config/data_names.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "storage/csv.hpp"
#include "util/printable.hpp"

namespace snpse {
namespace {

std::size_t width_of(const Config& config) {
  return config.observation.x.size() / static_cast<std::size_t>(config.observation.rows);
}

/// What is wrong with one name, which heads a column of a table.
std::string mistake_in_name(const std::string& name) {
  if (name.empty()) return "is empty";
  if (printable(name) != name || name.find_first_of("\n\t") != std::string::npos)
    return "holds a control character";
  if (reads_as_number(name)) return "reads as a number";
  return "";
}

}  // namespace

DataLayout data_layout(const Config& config) {
  const auto& [x, rows, names, times] = config.observation;
  if (times.empty()) return {};
  const auto count = width_of(config) / times.size();
  return {names.size() == count ? names : std::vector<std::string>{}, times, count};
}

std::vector<std::string> data_names(const Config& config) {
  const auto& observation = config.observation;
  const auto layout = data_layout(config);
  const bool each_has_one = observation.names.size() == width_of(config);
  if (layout.times.empty() || (each_has_one && layout.times.size() > 1)) return observation.names;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layout.count; ++i) {
    const auto series = !layout.series.empty() ? layout.series[i]
                        : layout.count > 1     ? fmt::format("x_{}", i + 1)
                                               : "x";
    for (const double time : layout.times) names.push_back(fmt::format("{}({})", series, time));
  }
  return names;
}

std::vector<std::string> data_columns(const Config& config) {
  auto names = data_names(config);
  if (names.empty())
    for (std::size_t i = 1; i <= width_of(config); ++i) names.push_back(fmt::format("x_{}", i));
  return names;
}

std::string mistake_in_data_names(const Config& config) {
  const auto& [x, rows, names, times] = config.observation;
  const auto width = width_of(config);
  if (!std::ranges::all_of(times, [](double time) { return std::isfinite(time); }))
    return "observation.times has a value that is not finite";
  if (!times.empty() && width % times.size() != 0)
    return fmt::format(
        "observation.times has {} entries, which do not divide the {} values of the observation",
        times.size(), width);
  const bool of_series = !times.empty() && names.size() == width / times.size();
  if (!names.empty() && names.size() != width && !of_series)
    return fmt::format("observation.names has {} entries, but the observation has {} values{}", names.size(),
                       width, times.empty() ? "" : fmt::format(" in {} series", width / times.size()));
  std::set<std::string> taken;
  for (const auto& parameter : config.parameters) taken.insert(parameter.name);
  for (const auto& name : names) {
    if (const auto mistake = mistake_in_name(name); !mistake.empty())
      return fmt::format("observation.names: \"{}\" {}", printable(name), mistake);
    if (!taken.insert(name).second)
      return fmt::format("observation.names: \"{}\" is the name of something else as well; choose another",
                         name);
  }
  return "";
}

}  // namespace snpse
