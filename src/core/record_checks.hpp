#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/record.hpp"

namespace snpse {

// The values of a record that a file holds, each checked for what it has to be. All throw the Error(data) of
// Record::reject(), which names the file, the field and what the field holds instead.

/// A number from low to high; without bounds any finite one.
double number_in(const Record& record, const std::string& key,
                 double low = std::numeric_limits<double>::lowest(),
                 double high = std::numeric_limits<double>::max());
/// A whole number from low to high.
std::int64_t whole_in(const Record& record, const std::string& key, std::int64_t low,
                      std::int64_t high = std::numeric_limits<std::int64_t>::max());
/// So many whole numbers from low to high.
const std::vector<std::int64_t>& wholes_in(const Record& record, const std::string& key, std::size_t count,
                                           std::int64_t low,
                                           std::int64_t high = std::numeric_limits<std::int64_t>::max());
/// So many numbers from low to high.
const std::vector<double>& numbers_in(const Record& record, const std::string& key, std::size_t count,
                                      double low = std::numeric_limits<double>::lowest(),
                                      double high = std::numeric_limits<double>::max());
/// So many finite numbers.
const std::vector<float>& weights_in(const Record& record, const std::string& key, std::size_t count);
/// A matrix of that shape, whose numbers may be anything.
const Matrix& matrix_in(const Record& record, const std::string& key, Eigen::Index rows,
                        Eigen::Index columns);
/// A matrix of that shape, all of whose numbers are finite.
const Matrix& finite_matrix_in(const Record& record, const std::string& key, Eigen::Index rows,
                               Eigen::Index columns);

}  // namespace snpse
