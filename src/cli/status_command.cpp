#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign/status.hpp"
#include "cli/commands.hpp"
#include "config/config_file.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

std::string cell(const Json& row, const char* key, const char* format, double factor = 1) {
  return row.contains(key) ? fmt::format(fmt::runtime(format), factor * row.at(key).get<double>()) : "-";
}

void print(const Json& status) {
  fmt::print("{} ({}): {} of {} simulations, {:.0f} s so far", status.at("state").get<std::string>(),
             status.at("method").get<std::string>(), status.at("simulations_done").get<std::int64_t>(),
             status.at("simulations").get<std::int64_t>(), status.at("seconds").get<double>());
  if (status.at("state") != "finished" && !status.at("seconds_left").is_null())
    fmt::print(", about {:.0f} s left", status.at("seconds_left").get<double>());
  fmt::print("\n");
  if (status.contains("progress")) {
    const auto& progress = status.at("progress");
    fmt::print("now: {} {}/{} {}\n", progress.at("what").get<std::string>(),
               progress.at("done").get<std::int64_t>(), progress.at("total").get<std::int64_t>(),
               progress.at("detail").get<std::string>());
  }
  fmt::print("{:>5} {:>10} {:>10} {:>8} {:>12} {:>8} {:>12} {:>9}\n", "round", "proposed", "simulated",
             "valid", "acceptance", "steps", "loss", "outside");
  for (const auto& row : status.at("round_table"))
    fmt::print("{:>5} {:>10} {:>10} {:>8} {:>12} {:>8} {:>12} {:>9}\n", row.at("round").get<int>(),
               cell(row, "proposed", "{:.0f}"), cell(row, "simulated", "{:.0f}"),
               cell(row, "valid_share", "{:.1f} %", 100), cell(row, "acceptance", "{:.3g} %", 100),
               cell(row, "steps", "{:.0f}"), cell(row, "validation_loss", "{:.4f}"),
               cell(row, "outside_share", "{:.2g} %", 100));
}

}  // namespace

ExitCode status_command(const StatusArguments& arguments, const Session& session) {
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
