#include "bench/grid_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "storage/csv.hpp"
#include "storage/record_file.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

enum class Kind { text, whole, real };
struct Column {
  const char* name;
  Kind kind;
};
constexpr std::array<Column, 19> kColumns{{
    {"task", Kind::text},
    {"method", Kind::text},
    {"process", Kind::text},
    {"preset", Kind::text},
    {"simulations", Kind::whole},
    {"rounds", Kind::whole},
    {"seed", Kind::whole},
    {"observation", Kind::text},
    {"ranks", Kind::whole},
    {"program", Kind::text},
    {"c2st", Kind::real},
    {"seconds_propose", Kind::real},
    {"seconds_simulate", Kind::real},
    {"seconds_train", Kind::real},
    {"seconds_infer", Kind::real},
    {"acceptance", Kind::real},
    {"effective_share", Kind::real},
    {"leakage", Kind::real},
    {"error", Kind::text},
}};

/// What the rows of one line of the summary have in common.
Json group_of(const Row& row) {
  return {row.at("task"), row.at("simulations"), row.at("method"), row.at("process")};
}

Json identity_of(const Row& row) {
  return {group_of(row), row.at("seed"), row.at("observation")};
}

std::string field_of(const Row& row, const char* column) {
  const auto found = row.find(column);
  if (found == row.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

template <typename T>
std::vector<T> list_of(const std::vector<Row>& rows, const char* column, const T& missing) {
  std::vector<T> values;
  for (const auto& row : rows) {
    const auto found = row.find(column);
    values.push_back(found == row.end() || found->is_null() ? missing : found->get<T>());
  }
  return values;
}

Record record_of(const std::vector<Row>& rows) {
  Record record;
  for (const auto& [name, kind] : kColumns) switch (kind) {
      case Kind::text:
        record.put(name, list_of<std::string>(rows, name, ""));
        break;
      case Kind::whole:
        record.put(name, list_of<std::int64_t>(rows, name, 0));
        break;
      case Kind::real:
        record.put(name, list_of<double>(rows, name, std::numeric_limits<double>::quiet_NaN()));
        break;
    }
  return record;
}

/// Mean and its standard error, null where there are too few values for it.
std::pair<Json, Json> mean_of(const std::vector<double>& values) {
  if (values.empty()) return {nullptr, nullptr};
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  if (values.size() == 1) return {mean, nullptr};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (n - 1) / n)};
}

}  // namespace

std::optional<std::string> wrong_column(const Row& row) {
  for (const auto& [name, kind] : kColumns) {
    const auto found = row.find(name);
    if (found == row.end() || found->is_null()) continue;
    const bool fits = kind == Kind::text    ? found->is_string()
                      : kind == Kind::whole ? found->is_number_integer()
                                            : found->is_number();
    if (!fits) return name;
  }
  return std::nullopt;
}

void write_table(const std::filesystem::path& folder, const std::string& settings, std::vector<Row> rows) {
  std::ranges::sort(rows, {}, identity_of);
  std::vector<std::string> names;
  for (const auto& column : kColumns) names.emplace_back(column.name);
  std::vector<std::vector<std::string>> fields;
  for (const auto& row : rows) {
    auto& line = fields.emplace_back();
    for (const auto& column : kColumns) line.push_back(field_of(row, column.name));
  }
  write_csv(folder / "table.csv", names, fields);
  FileHeader header;
  header.type = "table";
  header.configuration = settings;
  write_record(folder / "table.h5", header, record_of(rows));
}

Json summarise(const std::vector<Row>& rows) {
  std::map<Json, std::vector<const Row*>> groups;
  for (const auto& row : rows) groups[group_of(row)].push_back(&row);
  Json summary = Json::array();
  for (const auto& [group, members] : groups) {
    std::vector<double> values;
    for (const auto* row : members)
      if (row->contains("c2st")) values.push_back(row->at("c2st"));
    const auto [mean, error] = mean_of(values);
    summary.push_back({{"task", group[0]},
                       {"simulations", group[1]},
                       {"method", group[2]},
                       {"process", group[3]},
                       {"rows", members.size()},
                       {"failed", members.size() - values.size()},
                       {"c2st", mean},
                       {"standard_error", error}});
  }
  return summary;
}

std::string summary_text(const Json& summary) {
  const auto number = [](const Json& value) {
    return value.is_null() ? "-" : fmt::format("{:.3f}", value.get<double>());
  };
  std::string text = fmt::format("{:<24} {:>11} {:<12} {:<7} {:>5} {:>6} {:>6} {:>6}\n", "task",
                                 "simulations", "method", "process", "rows", "failed", "c2st", "error");
  for (const auto& line : summary)
    text += fmt::format("{:<24} {:>11} {:<12} {:<7} {:>5} {:>6} {:>6} {:>6}\n",
                        line.at("task").get<std::string>(), line.at("simulations").get<std::int64_t>(),
                        line.at("method").get<std::string>(), line.at("process").get<std::string>(),
                        line.at("rows").get<std::int64_t>(), line.at("failed").get<std::int64_t>(),
                        number(line.at("c2st")), number(line.at("standard_error")));
  return text;
}

}  // namespace snpse
