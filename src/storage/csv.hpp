#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// Writes a line of names [d], then one line a row of values [n, d], durably (see write_durably); every
/// number in the shortest form that reads back exactly.
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const Matrix& values);
/// As above, with text in the fields, each row as long as names; quoted where it has to be (RFC 4180).
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const std::vector<std::vector<std::string>>& rows);

/// The numbers of a file of comma-separated values, [n, d]; "nan" and "inf" are numbers. A first line without
/// any number is taken as the names, empty lines and lines that start with '#' are skipped.
/// Errors: missing_input where it is absent or unreadable; data, naming the line, for what is no number and
/// for lines of different lengths.
Matrix read_csv(const std::filesystem::path& path);

/// The observations in a file of comma-separated values, [n, p]: one a line, p values each. A file whose only
/// column has p > 1 values is one observation, since many programs write a vector as a column; a file of n
/// lines of one value holds n observations where p is 1. Errors: as read_csv(); data where the file holds no
/// observations of p values.
Matrix read_observations(const std::filesystem::path& path, Eigen::Index p);

}  // namespace snpse
