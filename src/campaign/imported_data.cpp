#include "campaign/imported_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/csv.hpp"
#include "storage/dataset.hpp"
#include "storage/npz.hpp"
#include "util/error.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

// Of random numbers: beyond the rounds of a campaign, of its checks and of `snpse simulate`.
constexpr std::uint32_t kRoundOfImport = (3U << 22U) + (1U << 20U);

/// All rows of a file, before any is left out.
struct FileRows {
  Matrix theta;
  Matrix x;
  Matrix status;  // [n, 1]; [0, 0]: the file has none
};

constexpr const char* kDensity = "log_prob";  // of a proposal

[[noreturn]] void reject_proposal(const fs::path& file) {
  fail(
      ExitCode::data,
      "'{}' has '{}', the log-density of a proposal, but an import takes draws of the prior alone: no method "
      "weighs the rows of round 1. Leave '{}' out if the parameters are draws of the prior, else simulate "
      "anew",
      file.string(), kDensity, kDensity);
}

FileRows rows_of_hdf5(const fs::path& file) {
  if (has_dataset(file, kDensity)) reject_proposal(file);
  FileRows rows{read_dataset(file, "theta"), read_dataset(file, "x"), {}};
  if (has_dataset(file, "status")) rows.status = read_dataset(file, "status");
  return rows;
}

FileRows rows_of_numpy(const fs::path& file) {
  const auto arrays = read_numpy(file, VectorArrays::as_columns);
  const auto find = [&](const char* name) { return std::ranges::find(arrays, name, &NumpyTable::name); };
  if (find(kDensity) != arrays.end()) reject_proposal(file);
  FileRows rows;
  for (const auto& [name, values] : {std::pair("theta", &rows.theta), std::pair("x", &rows.x)}) {
    if (find(name) == arrays.end())
      fail(ExitCode::data,
           "'{}' has no array of numbers '{}': write both by numpy.savez(FILE, theta=theta, x=x), one "
           "simulation a row",
           file.string(), name);
    *values = find(name)->values;
  }
  if (const auto status = find("status"); status != arrays.end()) rows.status = status->values;
  return rows;
}

bool is_numpy(const fs::path& file) {
  return file.extension() == ".npz" || file.extension() == ".npy";
}

FileRows rows_of_csv(const fs::path& file, const std::vector<std::string>& parameters, Eigen::Index p) {
  const auto table = read_named_table(file);
  std::vector<Eigen::Index> of_theta, of_x;
  for (const auto& parameter : parameters) {
    const auto found = std::ranges::find(table.names, parameter);
    if (found == table.names.end())
      fail(ExitCode::data,
           "'{}' has no column '{}': its columns are {}; name each parameter's column as the "
           "campaign file does",
           file.string(), parameter, fmt::join(table.names, ", "));
    of_theta.push_back(found - table.names.begin());
  }
  for (Eigen::Index column = 0; column < std::ssize(table.names); ++column)
    if (std::ranges::find(of_theta, column) == of_theta.end()) of_x.push_back(column);
  const auto names_density = [&](Eigen::Index j) {
    return table.names[static_cast<std::size_t>(j)] == kDensity;
  };
  if (std::ssize(of_x) == p + 1 && std::ranges::any_of(of_x, names_density)) reject_proposal(file);
  return {table.values(Eigen::all, of_theta), table.values(Eigen::all, of_x), {}};
}

void check_shape(const fs::path& file, const FileRows& rows, Eigen::Index d, Eigen::Index p) {
  const auto reject = [&](const std::string& what) { fail(ExitCode::data, "'{}' {}", file.string(), what); };
  if (rows.theta.rows() == 0) reject("holds no simulations");
  if (rows.theta.cols() != d)
    reject(fmt::format("has {} parameters a simulation, but the campaign has {}", rows.theta.cols(), d));
  if (rows.x.cols() != p)
    reject(fmt::format("has {} data a simulation, but the observation has {}", rows.x.cols(), p));
  if (rows.x.rows() != rows.theta.rows())
    reject(fmt::format("has {} rows of theta, but {} rows of x", rows.theta.rows(), rows.x.rows()));
  if (rows.status.size() > 0 && rows.status.size() != rows.theta.rows())
    reject(
        fmt::format("has {} entries of status, but {} rows of theta", rows.status.size(), rows.theta.rows()));
}

bool is_finite_row(const Matrix& matrix, Eigen::Index row) {
  const auto values = row_of(matrix, row);
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

/// The largest distance between the distribution functions of two sets of values.
double largest_distance(Vector a, Vector b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  double largest = 0;
  for (Eigen::Index i = 0, j = 0; i < a.size() && j < b.size();) {
    const double value = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= value) ++i;
    while (j < b.size() && b[j] <= value) ++j;
    const double distance = static_cast<double>(i) / static_cast<double>(a.size()) -
                            static_cast<double>(j) / static_cast<double>(b.size());
    largest = std::max(largest, std::abs(distance));
  }
  return largest;
}

/// "simulation 3 of 'data.csv'".
std::string place_of(const ImportedData& data, Eigen::Index i) {
  const auto row = static_cast<std::size_t>(i);
  return fmt::format("simulation {} of '{}'", data.row[row],
                     data.files[static_cast<std::size_t>(data.file[row])]);
}

void require_no_repeats(const ImportedData& data) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(data.theta.rows()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const auto row = [&](Eigen::Index i) { return row_of(data.theta, i); };
  std::ranges::sort(order, [&](Eigen::Index a, Eigen::Index b) {
    return std::ranges::lexicographical_compare(row(a), row(b));
  });
  const auto twice = std::ranges::adjacent_find(
      order, [&](Eigen::Index a, Eigen::Index b) { return std::ranges::equal(row(a), row(b)); });
  if (twice == order.end()) return;
  const auto [first, second] = std::minmax(*twice, *std::next(twice));
  fail(ExitCode::data, "{} and {} have the same parameters; remove one of them", place_of(data, first),
       place_of(data, second));
}

/// Adds the simulations of a file that did not fail.
void add_file(ImportedData& data, const fs::path& file, const std::vector<std::string>& parameters,
              Eigen::Index p) {
  const auto rows = is_hdf5(file)    ? rows_of_hdf5(file)
                    : is_numpy(file) ? rows_of_numpy(file)
                                     : rows_of_csv(file, parameters, p);
  check_shape(file, rows, std::ssize(parameters), p);
  std::vector<Eigen::Index> kept;
  for (Eigen::Index i = 0; i < rows.theta.rows(); ++i) {
    if (rows.status.size() > 0 && rows.status.data()[i] >= static_cast<double>(Status::failed)) continue;
    if (!is_finite_row(rows.theta, i))
      fail(ExitCode::data, "'{}': a parameter of simulation {} is not finite", file.string(), i + 1);
    kept.push_back(i);
    data.file.push_back(std::ssize(data.files));
    data.row.push_back(i + 1);
    data.status.push_back(is_finite_row(rows.x, i) ? Status::ok : Status::invalid);
  }
  if (kept.empty()) fail(ExitCode::data, "'{}' holds failed simulations alone", file.string());
  data.files.push_back(file.string());
  append_rows(data.theta, rows.theta(kept, Eigen::all));
  append_rows(data.x, rows.x(kept, Eigen::all));
}

}  // namespace

ImportedData read_imported(const std::vector<fs::path>& files, const std::vector<std::string>& parameters,
                           Eigen::Index p) {
  ImportedData data;
  for (const auto& file : files) add_file(data, file, parameters, p);
  return data;
}

void require_prior_draws(const ImportedData& data, const std::vector<std::string>& parameters,
                         const Prior& prior, std::uint64_t seed) {
  for (Eigen::Index i = 0; i < data.theta.rows(); ++i)
    if (!std::isfinite(prior.log_prob(row_of(data.theta, i))))
      fail(ExitCode::data, "the parameters of {}, ({}), are outside the prior's support", place_of(data, i),
           fmt::join(row_of(data.theta, i), ", "));
  require_no_repeats(data);

  // The test of Kolmogorov and Smirnov for two samples, of each parameter.
  constexpr double kFalseAlarm = 1e-6;
  constexpr Eigen::Index kFewest = 20, kMostDraws = 100'000;
  const auto n = data.theta.rows();
  if (n < kFewest) return;
  const auto m = std::min(n, kMostDraws);
  const Matrix draws = draw_rows(prior, m, seed, Purpose::prior, kRoundOfImport);
  const double size = static_cast<double>(n) * static_cast<double>(m) / static_cast<double>(n + m);
  const double most = std::sqrt(-std::log(kFalseAlarm / static_cast<double>(2 * draws.cols())) / (2 * size));
  for (Eigen::Index j = 0; j < draws.cols(); ++j) {
    const double distance = largest_distance(data.theta.col(j), draws.col(j));
    if (distance > most)
      fail(
          ExitCode::data,
          "'{}': the values of '{}' are no draws of its prior: their distribution function is off by {:.2f}, and "
          "draws would be off by {:.2f} at most. Import draws of the prior alone, all of them",
          fmt::join(data.files, "', '"), parameters[static_cast<std::size_t>(j)], distance, most);
  }
}

}  // namespace snpse
