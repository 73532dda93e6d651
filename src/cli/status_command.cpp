#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "campaign/status.hpp"
#include "cli/commands.hpp"
#include "cli/failures_report.hpp"
#include "config/config_file.hpp"
#include "report/status_text.hpp"
#include "storage/durable_file.hpp"
#include "storage/output_file.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

Json status_of(const std::filesystem::path& path) {
  const CampaignFolder folder(path);
  const auto config = parse_config(folder.configuration(), "campaign.toml", path);
  try {
    return campaign_status(folder, config);
  } catch (const Json::exception& error) {
    fail(ExitCode::data, "'{}' holds an event that cannot be understood ({}): move the file away",
         folder.events().string(), error.what());
  }
}

/// Whether the terminal's character set has block characters.
bool shows_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    return locale.find("UTF-8") != std::string_view::npos || locale.find("utf8") != std::string_view::npos;
  }
  return false;
}

void write_prometheus(const StatusArguments& arguments, const Json& status) {
  if (arguments.prometheus.empty()) return;
  const auto name = std::filesystem::absolute(arguments.folder).lexically_normal().string();
  write_output(arguments.prometheus, [&](const std::filesystem::path& file) {
    write_durably(file, prometheus_text(name, status));
  });
}

/// Says again and again how far the campaign is, until it is finished.
void watch(const StatusArguments& arguments) {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  for (;;) {
    const auto status = status_of(arguments.folder);
    write_prometheus(arguments, status);
    // On a terminal each text stands where the last one stood.
    fmt::print("{}{}{}", is_terminal ? "\x1b[H\x1b[J" : "",
               watched_text(arguments.folder.string(), status, shows_unicode()), is_terminal ? "" : "\n");
    std::fflush(stdout);
    if (status.at("state") == "finished") return;
    std::this_thread::sleep_for(std::chrono::duration<double>(arguments.every));
  }
}

void say_status(const StatusArguments& arguments) {
  const auto status = status_of(arguments.folder);
  write_prometheus(arguments, status);
  if (arguments.prometheus == kStandardOutput) return;
  fmt::print("{}", arguments.json ? status.dump(2) + "\n" : status_text(status));
}

}  // namespace

ExitCode status_command(const StatusArguments& arguments, const Session& session) {
  if (arguments.failures) {
    session.world.on_root([&] { print_failures(arguments); });
    return ExitCode::ok;
  }
  session.world.on_root([&] { arguments.watch ? watch(arguments) : say_status(arguments); });
  return ExitCode::ok;
}

}  // namespace snpse
