#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign/status.hpp"
#include "cli/commands.hpp"
#include "cli/failures_report.hpp"
#include "config/config_file.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

std::string cell(const Json& row, const char* key, const char* format) {
  return row.contains(key) ? fmt::format(fmt::runtime(format), row.at(key).get<double>()) : "-";
}

std::string share_cell(const Json& row, const char* key) {
  return row.contains(key) ? percent(row.at(key).get<double>()) : "-";
}

/// What is done now, or next; empty where the campaign is finished.
std::string present_text(const Json& status) {
  if (!status.contains("phase")) return "";
  const auto round = status.at("round").get<int>();
  auto text =
      fmt::format("{}: round {} of {}, {}", status.at("state") == "running" ? "now" : "next", round,
                  std::max(round, status.at("rounds").get<int>()), status.at("phase").get<std::string>());
  if (!status.contains("progress")) return text + "\n";
  const auto& progress = status.at("progress");
  text += fmt::format(" {}", progress.at("done").get<std::int64_t>());
  if (const auto total = progress.at("total").get<std::int64_t>(); total > 0)
    text += fmt::format("/{}", total);
  if (progress.contains("seconds_left"))
    text += fmt::format(", {} left", duration_text(progress.at("seconds_left").get<double>()));
  if (const auto detail = progress.at("detail").get<std::string>(); !detail.empty()) text += ", " + detail;
  return text + "\n";
}

void print(const Json& status) {
  fmt::print("{} ({}): {} of {} simulations, {} so far", status.at("state").get<std::string>(),
             status.at("method").get<std::string>(), status.at("simulations_done").get<std::int64_t>(),
             status.at("simulations").get<std::int64_t>(),
             duration_text(status.at("elapsed_seconds").get<double>()));
  if (status.at("state") != "finished" && !status.at("seconds_left").is_null())
    fmt::print(", about {} left", duration_text(status.at("seconds_left").get<double>()));
  fmt::print("\n{}", present_text(status));
  fmt::print("{:>5} {:>9} {:>9} {:>7} {:>7} {:>7} {:>10} {:>6} {:>9} {:>8}\n", "round", "proposed",
             "simulated", "failed", "timeout", "valid", "acceptance", "steps", "loss", "outside");
  for (const auto& row : status.at("round_table"))
    fmt::print("{:>5} {:>9} {:>9} {:>7} {:>7} {:>7} {:>10} {:>6} {:>9} {:>8}\n", row.at("round").get<int>(),
               cell(row, "proposed", "{:.0f}"), cell(row, "simulated", "{:.0f}"),
               cell(row, "failed", "{:.0f}"), cell(row, "timeout", "{:.0f}"), share_cell(row, "valid_share"),
               share_cell(row, "acceptance"), cell(row, "steps", "{:.0f}"),
               cell(row, "validation_loss", "{:.4f}"), share_cell(row, "outside_share"));
}

}  // namespace

ExitCode status_command(const StatusArguments& arguments, const Session& session) {
  if (arguments.failures) {
    session.world.on_root([&] { print_failures(arguments); });
    return ExitCode::ok;
  }
  session.world.on_root([&] {
    const CampaignFolder folder(arguments.folder);
    const auto config = parse_config(folder.configuration(), "campaign.toml", arguments.folder);
    try {
      const auto status = campaign_status(folder, config);
      if (arguments.json)
        fmt::print("{}\n", status.dump(2));
      else
        print(status);
    } catch (const Json::exception& error) {
      fail(ExitCode::data, "'{}' holds an event that cannot be understood ({}): move the file away",
           folder.events().string(), error.what());
    }
  });
  return ExitCode::ok;
}

}  // namespace snpse
