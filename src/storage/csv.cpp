#include "storage/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include "storage/durable_file.hpp"
#include "util/error.hpp"
#include "util/printable.hpp"

namespace snpse {
namespace {

constexpr std::size_t kShown = 40;  // bytes of a field in a message

/// One value of a line.
struct CsvField {
  std::string text;
  bool is_quoted = false;
};

std::optional<double> to_number(std::string_view field) {
  if (field.starts_with('+') && !field.starts_with("+-")) field.remove_prefix(1);
  double value = 0;
  const char* end = field.data() + field.size();
  const auto [rest, error] = std::from_chars(field.data(), end, value);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

/// Whether a field without quotes may be a column's name: it begins with a letter and does not stand for a
/// value that is missing.
bool begins_like_name(std::string_view text) {
  constexpr std::string_view kMinusSign = "\xe2\x88\x92";
  if (text.empty() || text.starts_with(kMinusSign)) return false;
  const auto first = static_cast<unsigned char>(text.front());
  return first == '_' || first >= 0x80 || std::isalpha(first) != 0;
}

bool is_missing_value(const std::string& text) {
  return std::ranges::any_of(std::initializer_list<const char*>{"na", "n/a", "null", "none", "missing"},
                             [&](const char* word) { return boost::iequals(text, word); });
}

/// The lines of a file, of whatever system, with the checks of what is read as numbers.
class CsvLines {
 public:
  explicit CsvLines(const std::filesystem::path& path) : path_(path), text_(read_whole(path)) {
    if (text_.starts_with("\x93NUMPY"))
      fail(ExitCode::data,
           "'{}' is a NumPy array: write it as text by numpy.savetxt(\"FILE.csv\", array, delimiter=\",\")",
           path.string());
    if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff"))
      fail(ExitCode::data, "'{}' is UTF-16: save it as UTF-8", path.string());
    if (text_.starts_with("\xef\xbb\xbf")) begin_ = 3;  // a byte-order mark
    const auto is_binary = [](char c) {
      return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
    };
    const auto binary = std::ranges::find_if(text_, is_binary);
    if (binary != text_.end())
      fail(ExitCode::data, "'{}' is no text: byte {} is 0x{:02x}; give lines of comma-separated numbers",
           path.string(), binary - text_.begin() + 1, static_cast<std::uint8_t>(*binary));
  }

  /// The next line that is neither empty nor a comment, trimmed; none at the end.
  std::optional<std::string> next() {
    while (begin_ < text_.size()) {
      const auto end = std::min(text_.find_first_of("\r\n", begin_), text_.size());
      auto line = text_.substr(begin_, end - begin_);
      begin_ = end + (text_.compare(end, 2, "\r\n") == 0 ? 2 : 1);
      ++number_;
      boost::trim(line);
      if (!line.empty() && !line.starts_with('#')) return line;
    }
    return std::nullopt;
  }

  /// Of the line that next() gave last, from 1.
  std::size_t number() const { return number_; }

  template <typename... Args>
  [[noreturn]] void reject(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ExitCode::data, "'{}', line {}: {}", path_.string(), number_,
         fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  const std::filesystem::path& path_;
  std::string text_;
  std::size_t begin_ = 0;
  std::size_t number_ = 0;
};

/// Takes a field in quotes, whose quotes are doubled, off the line; what follows is the separator or the end.
std::string take_quoted(std::string_view& line, const CsvLines& lines) {
  std::string text;
  for (line.remove_prefix(1);; line.remove_prefix(1)) {
    const auto quote = line.find('"');
    if (quote == std::string_view::npos) lines.reject("a quote does not end");
    text += line.substr(0, quote);
    line.remove_prefix(quote + 1);
    if (!line.starts_with('"')) return text;
    text += '"';
  }
}

constexpr std::string_view kBlanks = " \t";

void skip_blanks(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
}

struct CsvLine {
  std::vector<CsvField> fields;
  bool by_comma = false;
};

/// A line with a comma outside quotes is separated by commas, else by blanks.
CsvLine split(std::string_view line, const CsvLines& lines) {
  const auto separator_in = [](std::string_view text, char separator) {
    bool quoted = false;
    return std::ranges::any_of(text, [&](char c) {
      if (c == '"') quoted = !quoted;
      return c == separator && !quoted;
    });
  };
  if (separator_in(line, ';'))
    lines.reject("numbers are separated by commas or blanks, not by semicolons, and have a decimal point");
  const bool by_comma = separator_in(line, ',');
  const std::string_view ends = by_comma ? "," : kBlanks;
  std::vector<CsvField> fields;
  for (skip_blanks(line);;) {
    auto& field = fields.emplace_back();
    field.is_quoted = line.starts_with('"');
    if (field.is_quoted) field.text = take_quoted(line, lines);
    const auto end = std::min(line.find_first_of(ends), line.size());
    field.text += boost::trim_copy(std::string(line.substr(0, end)));
    line.remove_prefix(end);
    if (!by_comma) skip_blanks(line);
    if (line.empty()) return {std::move(fields), by_comma};
    if (by_comma) line.remove_prefix(1);
    skip_blanks(line);
  }
}

/// Whether the first line of a file is that of the columns' names. A line that is meant as numbers is none,
/// so that no first row is lost.
bool is_line_of_names(const std::vector<CsvField>& fields) {
  return std::ranges::all_of(fields, [](const CsvField& field) {
    if (to_number(field.text)) return false;
    return field.is_quoted || (begins_like_name(field.text) && !is_missing_value(field.text));
  });
}

/// Collects rows of equal length.
class RowReader {
 public:
  void add_names(const CsvLine& line) {
    if (line.by_comma) columns_named_ = line.fields.size();
    for (const auto& field : line.fields) names_.push_back(field.text);
  }

  void add(const std::vector<CsvField>& fields, const CsvLines& lines) {
    if (columns_named_ > 0 && columns_named_ != fields.size())
      lines.reject("{} values, but the first line has {} names", fields.size(), columns_named_);
    if (columns_ == 0) columns_ = fields.size();
    if (fields.size() != columns_)
      lines.reject("{} values where the lines above have {}", fields.size(), columns_);
    for (const auto& field : fields) {
      const auto value = to_number(field.text);
      if (!value)
        lines.reject(
            "'{}' is not a number; separate numbers by commas or blanks, and write nan for a value that "
            "is not defined",
            printable(field.text, kShown));
      values_.push_back(*value);
    }
  }

  const std::vector<std::string>& names() const { return names_; }

  Matrix matrix() const {
    const auto columns = static_cast<Eigen::Index>(columns_);
    const auto rows = columns == 0 ? 0 : static_cast<Eigen::Index>(values_.size()) / columns;
    return Eigen::Map<const Matrix>(values_.data(), rows, columns);
  }

 private:
  std::vector<std::string> names_;
  std::size_t columns_named_ = 0;  // where the first line says how many columns there are
  std::size_t columns_ = 0;
  std::vector<double> values_;
};

std::string quoted(const std::string& field) {
  return fmt::format("\"{}\"", boost::replace_all_copy(field, "\"", "\"\""));
}

std::string quoted_where_needed(const std::string& field) {
  const bool needed = field.find_first_of(",;\"\r\n") != std::string::npos || field.starts_with('=');
  return needed ? quoted(field) : field;
}

/// read_csv() takes what begins with no letter for a value, but in quotes.
std::string line_of_names(const std::vector<std::string>& names) {
  std::vector<std::string> fields;
  for (const auto& name : names)
    fields.push_back(begins_like_name(name) ? quoted_where_needed(name) : quoted(name));
  return fmt::format("{}\n", fmt::join(fields, ","));
}

}  // namespace

bool reads_as_number(const std::string& text) {
  return to_number(text).has_value();
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const Matrix& values) {
  ensure(static_cast<Eigen::Index>(names.size()) == values.cols(), "one name a column");
  std::string text = line_of_names(names);
  for (Eigen::Index i = 0; i < values.rows(); ++i)
    fmt::format_to(std::back_inserter(text), "{}\n", fmt::join(row_of(values, i), ","));
  write_durably(path, text);
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const std::vector<std::vector<std::string>>& rows) {
  std::string text = line_of_names(names);
  for (const auto& row : rows) {
    ensure(row.size() == names.size(), "one field a column");
    std::vector<std::string> fields;
    for (const auto& field : row) fields.push_back(quoted_where_needed(field));
    fmt::format_to(std::back_inserter(text), "{}\n", fmt::join(fields, ","));
  }
  write_durably(path, text);
}

namespace {

RowReader read_rows(const std::filesystem::path& path) {
  CsvLines lines(path);
  RowReader reader;
  bool names_allowed = true;
  while (const auto text = lines.next()) {
    const auto line = split(*text, lines);
    if (names_allowed && is_line_of_names(line.fields))
      reader.add_names(line);
    else
      reader.add(line.fields, lines);
    names_allowed = false;
  }
  return reader;
}

}  // namespace

Matrix read_csv(const std::filesystem::path& path) {
  return read_rows(path).matrix();
}

CsvTable read_table(const std::filesystem::path& path) {
  const auto reader = read_rows(path);
  CsvTable table{reader.names(), reader.matrix()};
  const auto named = static_cast<Eigen::Index>(table.names.size());
  if (named > 0 && table.values.rows() > 0 && named != table.values.cols())
    fail(ExitCode::data, "'{}' has {} names in its first line, but {} values a line", path.string(), named,
         table.values.cols());
  return table;
}

CsvTable read_named_table(const std::filesystem::path& path) {
  auto table = read_table(path);
  if (table.names.empty())
    fail(ExitCode::data,
         "the first line of '{}' does not have the names of its columns: write a name for each",
         path.string());
  if (table.values.rows() == 0) table.values.resize(0, std::ssize(table.names));
  return table;
}

Matrix read_observations(const std::filesystem::path& path, Eigen::Index p) {
  Matrix x = read_csv(path);
  if (p > 1 && x.cols() == 1 && x.rows() == p) x.transposeInPlace();
  if (x.rows() == 0 || x.cols() != p)
    fail(ExitCode::data,
         "'{}' holds {} lines of {} values, but an observation has {}: give one observation a line, its "
         "values separated by commas or blanks",
         path.string(), x.rows(), x.cols(), p);
  return x;
}

}  // namespace snpse
