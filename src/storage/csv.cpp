#include "storage/csv.hpp"

#include <charconv>
#include <iterator>
#include <optional>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

std::optional<double> to_number(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  double value = 0;
  const char* end = field.data() + field.size();
  const auto [rest, error] = std::from_chars(field.data(), end, value);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> fields;
  boost::split(fields, line, boost::is_any_of(","));
  for (auto& field : fields) boost::trim(field);
  return fields;
}

bool is_line_of_names(const std::vector<std::string>& fields) {
  return std::none_of(fields.begin(), fields.end(), [](const auto& field) { return to_number(field); });
}

/// Collects rows of equal length.
class RowReader {
 public:
  explicit RowReader(const std::filesystem::path& path) : path_(path) {}

  void add(const std::vector<std::string>& fields, std::size_t line) {
    if (columns_ == 0) columns_ = fields.size();
    if (fields.size() != columns_)
      fail(ExitCode::data, "'{}', line {}: {} values where the lines above have {}", path_.string(), line,
           fields.size(), columns_);
    for (const auto& field : fields) {
      const auto value = to_number(field);
      if (!value)
        fail(ExitCode::data, "'{}', line {}: '{}' is not a number; separate numbers by commas",
             path_.string(), line, field);
      values_.push_back(*value);
    }
  }

  Matrix matrix() const {
    const auto columns = static_cast<Eigen::Index>(columns_);
    const auto rows = columns == 0 ? 0 : static_cast<Eigen::Index>(values_.size()) / columns;
    return Eigen::Map<const Matrix>(values_.data(), rows, columns);
  }

 private:
  const std::filesystem::path& path_;
  std::size_t columns_ = 0;
  std::vector<double> values_;
};

std::string quoted_where_needed(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  return fmt::format("\"{}\"", boost::replace_all_copy(field, "\"", "\"\""));
}

}  // namespace

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const Matrix& values) {
  ensure(static_cast<Eigen::Index>(names.size()) == values.cols(), "one name a column");
  std::string text = fmt::format("{}\n", fmt::join(names, ","));
  for (Eigen::Index i = 0; i < values.rows(); ++i)
    fmt::format_to(std::back_inserter(text), "{}\n", fmt::join(row_of(values, i), ","));
  write_durably(path, text);
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const std::vector<std::vector<std::string>>& rows) {
  std::string text = fmt::format("{}\n", fmt::join(names, ","));
  for (const auto& row : rows) {
    ensure(row.size() == names.size(), "one field a column");
    std::vector<std::string> fields;
    for (const auto& field : row) fields.push_back(quoted_where_needed(field));
    fmt::format_to(std::back_inserter(text), "{}\n", fmt::join(fields, ","));
  }
  write_durably(path, text);
}

Matrix read_csv(const std::filesystem::path& path) {
  const std::string text = read_whole(path);
  std::vector<std::string> lines;
  boost::split(lines, text, boost::is_any_of("\n"));
  RowReader reader(path);
  bool names_allowed = true;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    boost::trim(lines[i]);
    if (lines[i].empty() || lines[i].starts_with('#')) continue;
    const auto fields = split(lines[i]);
    if (!(names_allowed && is_line_of_names(fields))) reader.add(fields, i + 1);
    names_allowed = false;
  }
  return reader.matrix();
}

Matrix read_observations(const std::filesystem::path& path, Eigen::Index p) {
  Matrix x = read_csv(path);
  if (p > 1 && x.cols() == 1 && x.rows() == p) x.transposeInPlace();
  if (x.rows() == 0 || x.cols() != p)
    fail(ExitCode::data,
         "'{}' holds {} lines of {} values, but an observation has {}: give one observation a line, its "
         "values "
         "separated by commas",
         path.string(), x.rows(), x.cols(), p);
  return x;
}

}  // namespace snpse
