#include "report/summary_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

using Line = std::vector<std::string>;

/// A value whose last digit is a hundredth of the standard deviation, but for what is too long.
std::string value_cell(double value, double deviation) {
  constexpr std::size_t kLongest = 9;
  const double scale = deviation > 0 ? deviation : std::abs(value);
  const int decimals = scale > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(scale))), 0, 9) : 0;
  const double unit = std::pow(10.0, -decimals);
  // Never "-0.00".
  const auto plain = fmt::format("{:.{}f}", std::abs(value) < unit / 2 ? 0.0 : value, decimals);
  return plain.size() <= kLongest ? plain : fmt::format("{:.3e}", value);
}

Line cells_of(const ParameterSummary& p) {
  Line cells;
  for (const double value : {p.mean, p.sd, p.median, p.q05, p.q95, p.mode})
    cells.push_back(value_cell(value, p.sd));
  cells.push_back(p.shrinkage ? percent(*p.shrinkage) : "-");
  return cells;
}

/// Lines of equal length as a table: the first column to the left, the others to the right.
std::string table_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines)
    for (std::size_t j = 0; j < line.size(); ++j) widths[j] = std::max(widths[j], line[j].size());
  std::string text;
  for (const auto& line : lines) {
    text += fmt::format("{:<{}}", line[0], widths[0]);
    for (std::size_t j = 1; j < line.size(); ++j) text += fmt::format("  {:>{}}", line[j], widths[j]);
    text += "\n";
  }
  return text;
}

std::string head_of(const Summary& summary) {
  auto head = fmt::format("{}: {}", summary.source, count_of(summary.draws, "draw"));
  if (summary.leakage) head += fmt::format(", {} leaked out of the prior", percent(*summary.leakage));
  return head;
}

std::string mode_note(ModeBy by) {
  return by == ModeBy::density ? "mode: the draw of the greatest log-density\n"
                               : "mode: of each parameter alone, by a kernel estimate\n";
}

std::string correlations_text(const Summary& summary, std::size_t pairs) {
  std::string text;
  for (std::size_t i = 0; i < std::min(pairs, summary.correlations.size()); ++i) {
    const auto& [first, second, value] = summary.correlations[i];
    text += fmt::format("correlation {:>5.2f}: {}, {}\n", value, summary.parameters[first].name,
                        summary.parameters[second].name);
  }
  return text;
}

/// The parameters of all summaries, in the order in which they first appear.
std::vector<std::string> names_in(const std::vector<Summary>& summaries) {
  std::vector<std::string> names;
  for (const auto& summary : summaries)
    for (const auto& parameter : summary.parameters)
      if (std::ranges::find(names, parameter.name) == names.end()) names.push_back(parameter.name);
  return names;
}

const ParameterSummary* find(const Summary& summary, const std::string& name) {
  const auto found = std::ranges::find(summary.parameters, name, &ParameterSummary::name);
  return found == summary.parameters.end() ? nullptr : &*found;
}

Json json_of(const Summary& summary) {
  Json parameters = Json::array();
  for (const auto& p : summary.parameters) {
    parameters.push_back({{"name", p.name},
                          {"mean", p.mean},
                          {"sd", p.sd},
                          {"median", p.median},
                          {"q05", p.q05},
                          {"q95", p.q95},
                          {"mode", p.mode},
                          {"shrinkage", p.shrinkage ? Json(*p.shrinkage) : Json()}});
  }
  Json correlations = Json::array();
  for (const auto& [first, second, value] : summary.correlations)
    correlations.push_back({{"parameters", {summary.parameters[first].name, summary.parameters[second].name}},
                            {"correlation", value}});
  return {{"source", summary.source},
          {"draws", summary.draws},
          {"leakage", summary.leakage ? Json(*summary.leakage) : Json()},
          {"mode_by", to_string(summary.mode_by)},
          {"parameters", parameters},
          {"correlations", correlations}};
}

}  // namespace

std::string summary_table(const std::vector<Summary>& summaries, std::size_t pairs) {
  const bool several = summaries.size() > 1;
  const auto numbered = [&](std::size_t i, Line cells) {
    if (several) cells.insert(cells.begin(), fmt::format("{}", i + 1));
    return cells;
  };
  std::string text;
  for (std::size_t i = 0; i < summaries.size(); ++i)
    text += (several ? fmt::format("{}  ", i + 1) : "") + head_of(summaries[i]) + "\n";
  std::vector<Line> lines{{"parameter", "mean", "sd", "median", "5 %", "95 %", "mode", "shrinkage"}};
  if (several) lines[0].insert(lines[0].begin() + 1, "of");
  for (const auto& name : names_in(summaries))
    for (std::size_t i = 0; i < summaries.size(); ++i)
      if (const auto* parameter = find(summaries[i], name)) {
        lines.push_back(numbered(i, cells_of(*parameter)));
        lines.back().insert(lines.back().begin(), name);
      }
  text += table_of(lines);
  for (std::size_t i = 0; i < summaries.size(); ++i)
    text += (several ? fmt::format("{}  ", i + 1) : "") + mode_note(summaries[i].mode_by) +
            correlations_text(summaries[i], pairs);
  return text;
}

Json summary_json(const std::vector<Summary>& summaries) {
  if (summaries.size() == 1) return json_of(summaries.front());
  Json list = Json::array();
  for (const auto& summary : summaries) list.push_back(json_of(summary));
  return {{"summaries", list}};
}

std::vector<std::string> summary_columns() {
  return {"source", "parameter", "mean", "sd", "median", "q05", "q95", "mode", "mode_by", "shrinkage"};
}

std::vector<std::vector<std::string>> summary_rows(const std::vector<Summary>& summaries) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& summary : summaries)
    for (const auto& p : summary.parameters) {
      auto& row = rows.emplace_back(std::vector{summary.source, p.name});
      for (const double value : {p.mean, p.sd, p.median, p.q05, p.q95, p.mode})
        row.push_back(fmt::format("{}", value));
      row.emplace_back(to_string(summary.mode_by));
      row.push_back(p.shrinkage ? fmt::format("{}", *p.shrinkage) : "");
    }
  return rows;
}

}  // namespace snpse
