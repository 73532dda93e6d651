#include "core/record_checks.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace snpse {
namespace {

/// "has 3 entries, not 4"
void check_count(const Record& record, const std::string& key, std::size_t found, std::size_t wanted) {
  if (found != wanted) record.reject(key, fmt::format("has {} entries, not {}", found, wanted));
}

/// What is wrong with a value that is not from low to high.
template <typename T>
std::string out_of_range(T value, T low, T high) {
  const bool has_low = low > std::numeric_limits<T>::lowest();
  const bool has_high = high < std::numeric_limits<T>::max();
  if (has_low && has_high) return fmt::format("holds {}, which is not between {} and {}", value, low, high);
  if (has_low) return fmt::format("holds {}, but it is to be at least {}", value, low);
  return fmt::format("holds {}, which is not finite", value);
}

template <typename T>
void check_range(const Record& record, const std::string& key, T value, T low, T high) {
  if (!(value >= low && value <= high)) record.reject(key, out_of_range(value, low, high));
}

}  // namespace

double number_in(const Record& record, const std::string& key, double low, double high) {
  const double value = record.get<double>(key);
  check_range(record, key, value, low, high);
  return value;
}

std::int64_t whole_in(const Record& record, const std::string& key, std::int64_t low, std::int64_t high) {
  const auto value = record.get<std::int64_t>(key);
  check_range(record, key, value, low, high);
  return value;
}

const std::vector<std::int64_t>& wholes_in(const Record& record, const std::string& key, std::size_t count,
                                           std::int64_t low, std::int64_t high) {
  const auto& values = record.get<std::vector<std::int64_t>>(key);
  check_count(record, key, values.size(), count);
  for (const auto value : values) check_range(record, key, value, low, high);
  return values;
}

const std::vector<double>& numbers_in(const Record& record, const std::string& key, std::size_t count,
                                      double low, double high) {
  const auto& values = record.get<std::vector<double>>(key);
  check_count(record, key, values.size(), count);
  for (const auto value : values) check_range(record, key, value, low, high);
  return values;
}

const std::vector<float>& weights_in(const Record& record, const std::string& key, std::size_t count) {
  const auto& values = record.get<std::vector<float>>(key);
  check_count(record, key, values.size(), count);
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
    record.reject(key, "holds a number that is not finite");
  return values;
}

const Matrix& matrix_in(const Record& record, const std::string& key, Eigen::Index rows,
                        Eigen::Index columns) {
  const auto& matrix = record.get<Matrix>(key);
  if (matrix.rows() != rows || matrix.cols() != columns)
    record.reject(key, fmt::format("is {} x {}, not {} x {}", matrix.rows(), matrix.cols(), rows, columns));
  return matrix;
}

const Matrix& finite_matrix_in(const Record& record, const std::string& key, Eigen::Index rows,
                               Eigen::Index columns) {
  const auto& matrix = matrix_in(record, key, rows, columns);
  if (!matrix.allFinite()) record.reject(key, "holds a number that is not finite");
  return matrix;
}

}  // namespace snpse
