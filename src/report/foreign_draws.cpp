#include "report/foreign_draws.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include <boost/algorithm/string/case_conv.hpp>

#include "storage/csv.hpp"
#include "storage/netcdf_reader.hpp"
#include "storage/npz.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

bool is_log_density(const std::string& column) {
  constexpr std::array kNames{"log_prob", "lp", "lp__"};
  return std::ranges::find(kNames, column) != kNames.end();
}

/// Whether a column counts draws or is a sampler's own, as CmdStan writes it.
bool is_no_parameter(const std::string& column) {
  return column == "chain" || column == "draw" || column == "in_region" || column.ends_with("__");
}

/// The number of columns before x_1, x_2, ... at the end, which are the data that `snpse sample --predict`
/// writes behind the parameters; all columns where there are no such ones, or no others.
Eigen::Index columns_before_data(const std::vector<std::string>& names) {
  const auto first = std::ranges::find(names, "x_1");
  for (auto name = first; name != names.end(); ++name)
    if (*name != fmt::format("x_{}", name - first + 1)) return std::ssize(names);
  return first == names.begin() ? std::ssize(names) : first - names.begin();
}

std::vector<std::string> numbered_names(Eigen::Index d) {
  std::vector<std::string> names;
  for (Eigen::Index j = 1; j <= d; ++j) names.push_back(fmt::format("parameter_{}", j));
  return names;
}

DrawSet from_csv(const fs::path& path) {
  auto table = read_table(path);
  if (table.names.empty()) table.names = numbered_names(table.values.cols());
  DrawSet draws;
  std::vector<Eigen::Index> columns;
  for (Eigen::Index j = 0; j < columns_before_data(table.names); ++j) {
    const auto& name = table.names[static_cast<std::size_t>(j)];
    if (is_log_density(name))
      draws.log_density = table.values.col(j);
    else if (!is_no_parameter(name)) {
      draws.names.push_back(name);
      columns.push_back(j);
    }
  }
  draws.theta = table.values(Eigen::all, columns);
  return draws;
}

DrawSet from_numpy(const fs::path& path) {
  constexpr std::array kNames{"theta", "samples", "posterior_samples", "posterior"};
  auto tables = read_numpy(path);
  auto chosen = std::ranges::find_first_of(tables, kNames, {}, &NumpyTable::name);
  if (chosen == tables.end() && tables.size() == 1) chosen = tables.begin();
  if (chosen == tables.end())
    fail(
        ExitCode::data,
        "'{}' has {} arrays of two dimensions: name the one of the draws, one draw a row, \"theta\" or \"samples\"",
        path.string(), tables.size());
  DrawSet draws;
  draws.theta = std::move(chosen->values);
  draws.names = numbered_names(draws.theta.cols());
  return draws;
}

/// The place of element i of an array, such as "[1,0]"; empty for a scalar.
std::string place_text(std::size_t i, const std::vector<std::size_t>& shape) {
  if (shape.empty()) return "";
  std::vector<std::size_t> place(shape.size());
  for (std::size_t k = shape.size(); k-- > 0; i /= shape[k]) place[k] = i % shape[k];
  return fmt::format("[{}]", fmt::join(place, ","));
}

DrawSet from_arviz(const fs::path& path) {
  const auto variables = read_netcdf_group(path, "posterior");
  if (!variables) fail(ExitCode::data, "'{}' has no group 'posterior', as ArviZ's files have", path.string());
  DrawSet draws;
  std::vector<std::vector<double>> columns;
  std::optional<std::size_t> n;
  for (const auto& [name, shape, values] : *variables) {
    if (shape.size() < 2) continue;
    const auto rows = shape[0] * shape[1];
    if (rows != n.value_or(rows))
      fail(ExitCode::data, "'{}': the variable '{}' has {} draws, but others have {}", path.string(), name,
           rows, *n);
    n = rows;
    const std::vector<std::size_t> inner(shape.begin() + 2, shape.end());
    const auto size = std::accumulate(inner.begin(), inner.end(), std::size_t{1}, std::multiplies<>());
    for (std::size_t i = 0; i < size; ++i) {
      draws.names.push_back(name + place_text(i, inner));
      auto& column = columns.emplace_back();
      for (std::size_t row = 0; row < rows; ++row) column.push_back(values[row * size + i]);
    }
  }
  draws.theta.resize(static_cast<Eigen::Index>(n.value_or(0)), static_cast<Eigen::Index>(columns.size()));
  for (std::size_t j = 0; j < columns.size(); ++j)
    draws.theta.col(static_cast<Eigen::Index>(j)) =
        Eigen::Map<const Vector>(columns[j].data(), draws.theta.rows());
  for (const auto& [name, shape, values] :
       read_netcdf_group(path, "sample_stats").value_or(std::vector<NetcdfTable>{}))
    if (is_log_density(name) && std::ssize(values) == draws.theta.rows())
      draws.log_density = Eigen::Map<const Vector>(values.data(), draws.theta.rows());
  return draws;
}

}  // namespace

DrawSet foreign_draws(const fs::path& path) {
  const auto suffix = boost::to_lower_copy(path.extension().string());
  auto draws = suffix == ".nc"                        ? from_arviz(path)
               : suffix == ".npz" || suffix == ".npy" ? from_numpy(path)
                                                      : from_csv(path);
  draws.source = path.string();
  if (draws.theta.rows() == 0) fail(ExitCode::data, "'{}' has no draws: give one draw a row", path.string());
  return draws;
}

}  // namespace snpse
