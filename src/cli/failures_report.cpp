#include "cli/failures_report.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "campaign/faults.hpp"
#include "cli/table_format.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "storage/csv.hpp"
#include "storage/output_file.hpp"
#include "util/error.hpp"
#include "util/printable.hpp"
#include "util/shell.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

struct CampaignFaults {
  std::vector<std::string> parameters;
  std::vector<KnownFault> faults;
};

CampaignFaults faults_in(const std::filesystem::path& path) {
  const CampaignFolder folder(path);
  return {parameter_names(parse_config(folder.configuration(), "campaign.toml", path)), known_faults(folder)};
}

std::string command_for(const std::filesystem::path& folder, const Fault& fault) {
  return fmt::format("snpse simulate {} --id {}", shell_word(folder), fault.id);
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const FaultGroup& group, const std::filesystem::path& folder) {
  const auto& fault = group.example.fault;
  return {{"status", to_string(group.status)},
          {"cause", printable(group.cause)},
          {"attempts", group.attempts},
          {"simulations", group.simulations},
          {"example",
           {{"id", fault.id},
            {"round", group.example.round},
            {"attempt", fault.attempt},
            {"theta", group.example.theta},
            {"exit_code", or_null(fault.exit_code)},
            {"signal", or_null(fault.signal)},
            {"standard_error", printable(fault.printed)},
            {"host", fault.host},
            {"rank", fault.rank},
            {"seconds", fault.seconds},
            {"command", command_for(folder, fault)}}}};
}

std::string theta_text(const std::vector<std::string>& names, const std::vector<double>& theta) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < theta.size(); ++i)
    values.push_back(fmt::format("{} = {:.6g}", names[i], theta[i]));
  return fmt::format("{}", fmt::join(values, ", "));
}

std::string to_text(const FaultGroup& group, const CampaignFaults& all, const std::filesystem::path& folder) {
  const auto& fault = group.example.fault;
  std::string text = fmt::format(
      "\n{} at {}: {}: {}\n"
      "  for example simulation {} of round {}, attempt {}, on rank {} of {} after {:.3g} s, with {}\n",
      count_of(group.attempts, "attempt"), count_of(group.simulations, "simulation"), to_string(group.status),
      printable(group.cause), fault.id, group.example.round, fault.attempt, fault.rank, fault.host,
      fault.seconds, theta_text(all.parameters, group.example.theta));
  std::string_view printed = fault.printed;
  if (!printed.empty()) text += "  its standard error ends with\n";
  while (!printed.empty()) {
    const auto end = std::min(printed.find('\n'), printed.size());
    text += fmt::format("    {}\n", printable(printed.substr(0, end)));
    printed.remove_prefix(std::min(end + 1, printed.size()));
  }
  return text + fmt::format("  again: {}\n", command_for(folder, fault));
}

template <typename T>
std::string cell_of(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "";
}

std::vector<std::string> row_of_fault(const KnownFault& known) {
  const auto& fault = known.fault;
  std::vector<std::string> row{fmt::to_string(fault.id), fmt::to_string(known.round), to_string(fault.status),
                               fmt::to_string(fault.attempt)};
  for (const double value : known.theta) row.push_back(fmt::to_string(value));
  for (auto& cell :
       {cell_of(fault.exit_code), cell_of(fault.signal), fmt::to_string(fault.seconds),
        fmt::to_string(fault.rank), fault.host, printable(fault.message), printable(fault.printed)})
    row.push_back(cell);
  return row;
}

}  // namespace

void print_failures(const StatusArguments& arguments) {
  const auto all = faults_in(arguments.folder);
  const auto groups = group_by_cause(all.faults);
  if (arguments.json) {
    Json json{{"failed_attempts", all.faults.size()}, {"causes", Json::array()}};
    for (const auto& group : groups) json["causes"].push_back(to_json(group, arguments.folder));
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{} for {}\n", count_of(std::ssize(all.faults), "failed attempt"),
             count_of(std::ssize(groups), "cause"));
  for (const auto& group : groups) fmt::print("{}", to_text(group, all, arguments.folder));
}

void export_failures(const ExportArguments& arguments) {
  format_of(arguments.output, std::array{TableFormat::csv}, arguments.format);  // or Error(usage)
  const auto all = faults_in(arguments.folder);
  std::vector<std::string> names{"id", "round", "status", "attempt"};
  names.insert(names.end(), all.parameters.begin(), all.parameters.end());
  for (const char* name : {"exit_code", "signal", "seconds", "rank", "host", "cause", "standard_error"})
    names.emplace_back(name);
  std::vector<std::vector<std::string>> rows;
  for (const auto& known : all.faults) rows.push_back(row_of_fault(known));
  write_output(arguments.output, [&](const std::filesystem::path& file) { write_csv(file, names, rows); });
}

}  // namespace snpse
