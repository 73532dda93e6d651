#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "numerics/matrix.hpp"

namespace snpse {

/// Writes a line of names [d], then one line a row of values [n, d], durably (see write_durably); every
/// number in the shortest form that reads back exactly, names in quotes where they need them (RFC 4180).
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const Matrix& values);
/// As above, with text in the fields, each row as long as names; quoted where it has to be (RFC 4180).
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const std::vector<std::vector<std::string>>& rows);

/// The numbers of a file of values separated by commas, or by blanks as NumPy writes them, [n, d]; "nan" and
/// "inf" are numbers. A first line of words that begin with a letter, or are quoted, is taken as the names;
/// empty lines and lines that start with '#' are skipped, as is a byte-order mark.
/// Errors: missing_input where it is absent or unreadable; data, naming the line, for what is no number, for
/// semicolons and for lines of different lengths; data for what is no text.
Matrix read_csv(const std::filesystem::path& path);
/// The same with the names of the columns.
struct CsvTable {
  std::vector<std::string> names;  ///< [d]; empty where the file has no line of names
  Matrix values;                   ///< [n, d]
};
/// Errors: as read_csv(); data too where the first line has other than one name a column.
CsvTable read_table(const std::filesystem::path& path);
/// The same of a file whose first line must have the columns' names; Error(data) where it has none.
CsvTable read_named_table(const std::filesystem::path& path);
/// Whether read_csv() takes the text for a number.
bool reads_as_number(const std::string& text);

/// The observations in a file of comma-separated values, [n, p]: one a line, p values each. A file whose only
/// column has p > 1 values is one observation, since many programs write a vector as a column; a file of n
/// lines of one value holds n observations where p is 1. Errors: as read_csv(); data where the file holds no
/// observations of p values.
Matrix read_observations(const std::filesystem::path& path, Eigen::Index p);

}  // namespace snpse
