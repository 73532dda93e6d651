#include <fmt/format.h>

#include "config/value_reader.hpp"

namespace snpse {
namespace {

constexpr const char* kWanted =
    "\"dakota\", the name of a file, or a table such as { file = \"{output}\", columns = [1] }, "
    "{ file = \"out.json\", pointer = \"/u\" }, { file = \"out.h5\", dataset = \"/u\" } or { stdout = true }";

bool leads_out_of_workdir(const std::string& file) {
  const auto path = std::filesystem::path(file).lexically_normal();
  return path.is_absolute() || *path.begin() == "..";
}

/// Reads the keys of one table.
class OutputTable {
 public:
  OutputTable(const toml::table& table, std::string name, ValueReader& reader)
      : table_(table), name_(std::move(name)), reader_(reader) {}

  OutputOptions read() {
    OutputOptions output;
    output.skip = static_cast<int>(whole("skip", 0).value_or(0));
    if (const auto file = text("file")) output.file = *file;
    if (const auto* columns = table_.get("columns")) output.columns = read_columns(*columns);
    read_key("pointer", OutputFormat::json, output);
    read_key("dataset", OutputFormat::hdf5, output);
    check(output);
    reader_.check_names(table_, name_ + ".", {"file", "columns", "skip", "pointer", "dataset", "stdout"});
    return output;
  }

 private:
  std::optional<std::string> text(const char* key) {
    const auto* node = table_.get(key);
    return node == nullptr ? std::nullopt : reader_.text(*node, full(key));
  }
  std::optional<std::int64_t> whole(const char* key, std::int64_t least) {
    const auto* node = table_.get(key);
    return node == nullptr ? std::nullopt : whole(*node, full(key), least);
  }
  std::optional<std::int64_t> whole(const toml::node& node, const std::string& name, std::int64_t least) {
    const auto value = reader_.whole_number(node, name);
    if (!value || (*value >= least && *value <= kMost)) return value;
    reader_.errors().add(
        line_of(node), fmt::format("{} = {} must be at least {} and at most {}", name, *value, least, kMost));
    return std::nullopt;
  }

  std::vector<std::int64_t> read_columns(const toml::node& node) {
    std::vector<std::int64_t> columns;
    const auto* array = node.as_array();
    if (array == nullptr || array->empty()) {
      complain(fmt::format("{} must be a list of columns, counted from 1", full("columns")));
      return columns;
    }
    for (const auto& element : *array)
      if (const auto column = whole(element, full("columns"), 1)) columns.push_back(*column);
    return columns;
  }

  void read_key(const char* key, OutputFormat format, OutputOptions& output) {
    const auto value = text(key);
    if (!value) return;
    output.format = format;
    output.key = *value;
    if (format == OutputFormat::json && !value->starts_with('/'))
      complain(fmt::format("{} = \"{}\" must begin with a slash, as \"/u\"", full(key), *value));
  }

  void check(const OutputOptions& output) {
    const auto* printed = table_.get("stdout");
    const bool is_printed = printed != nullptr && printed->value_exact<bool>() == true;
    if (printed != nullptr && !is_printed)
      complain(fmt::format("{} must be true or left out", full("stdout")));
    if (table_.contains("file") == is_printed)
      complain(fmt::format("{} needs either file or stdout = true", name_));
    const int ways = (table_.contains("pointer") ? 1 : 0) + (table_.contains("dataset") ? 1 : 0) +
                     (table_.contains("columns") || table_.contains("skip") ? 1 : 0);
    if (ways > 1)
      complain(fmt::format("{}: columns and skip, pointer, and dataset exclude each other", name_));
    if (output.format == OutputFormat::hdf5 && is_printed)
      complain(fmt::format("{}: a dataset is read from a file; give file", name_));
  }

  void complain(const std::string& message) { reader_.errors().add(line_of(table_), message); }
  std::string full(const char* key) const { return fmt::format("{}.{}", name_, key); }

  static constexpr std::int64_t kMost = 1'000'000'000;
  const toml::table& table_;
  std::string name_;
  ValueReader& reader_;
};

}  // namespace

void ValueReader::read_field(const toml::node& node, const std::string& name, const OutputField& field) {
  OutputOptions output;
  if (const auto* table = node.as_table()) {
    output = OutputTable(*table, name, *this).read();
  } else if (node.is_string()) {
    const auto value = text(node, name);
    if (!value) return;
    if (*value == "dakota")
      output = {.format = OutputFormat::dakota, .file = "{output}"};
    else if (*value == "stdout")
      return errors_.add(line_of(node), fmt::format("{0} = \"stdout\" names a file; write {0} = {{ stdout = "
                                                    "true }} for what the program prints",
                                                    name));
    else
      output.file = *value;
  } else {
    return add_type_problem(node, name, kWanted);
  }
  if (!output.file.empty() && leads_out_of_workdir(output.file))
    errors_.add(
        line_of(node),
        fmt::format("{} names '{}', which is not inside the simulation's work directory", name, output.file));
  *field.value = std::move(output);
}

}  // namespace snpse
