#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"
#include "campaign/folder.hpp"
#include "cli/commands.hpp"
#include "config/config_edit.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "storage/durable_file.hpp"
#include "util/shell.hpp"

namespace snpse {
namespace {

/// How far the campaign is.
struct Extent {
  int begun = 0;                 ///< rounds that are proposed
  int trained = 0;               ///< rounds whose network is trained
  std::int64_t simulations = 0;  ///< of the rounds that are proposed
};

Extent extent_of(const CampaignFolder& folder) {
  Extent extent;
  while (folder.committed({extent.begun + 1, Phase::propose}))
    extent.simulations += folder.load_proposal(++extent.begun).theta.rows();
  extent.trained = folder.last_round();
  return extent;
}

/// How many further rounds the campaign gets, whose last round is this one.
int further_rounds(const ExtendArguments& arguments, const CampaignFolder& folder, const Config& config,
                   int round) {
  RoundData last;
  last.proposal = folder.load_proposal(round);
  last.network = folder.load_network(round);
  const int least = make_method(set_up(config, {}), config)->least_further_rounds(last);
  if (arguments.rounds > 0 && arguments.rounds < least)
    fail(
        ExitCode::usage,
        "the last region was cut too tight, and its network cannot look beyond it: give --rounds {} or more, "
        "so that another network can",
        least);
  return std::max(arguments.rounds, least);
}

/// The configuration of the campaign with more simulations. A campaign that has spent its simulations gets
/// further rounds; a campaign under way shares the simulations among the rounds that are left.
std::string with_simulations(const ExtendArguments& arguments, const CampaignFolder& folder,
                             const Config& config) {
  auto text = with_value(folder.configuration(), "method", "simulations",
                         fmt::format("{}", config.method.simulations + arguments.simulations));
  const auto extent = extent_of(folder);
  const bool spent =
      extent.trained > 0 && extent.trained == extent.begun && extent.simulations >= config.method.simulations;
  if (is_amortised(config)) {
    if (arguments.rounds > 0)
      fail(ExitCode::usage,
           "{} adds one round, whose parameters are drawn from the prior; leave out --rounds",
           config.method.name);
    return text;
  }
  const int rounds = spent ? extent.trained + further_rounds(arguments, folder, config, extent.trained)
                           : std::max(rounds_of(config), extent.begun) + arguments.rounds;
  return with_value(text, "method", "rounds", fmt::format("{}", rounds));
}

void print(const ExtendArguments& arguments, const std::vector<KeyDifference>& changes) {
  const auto next = fmt::format("snpse run {}", shell_word(arguments.folder));
  if (!arguments.json) {
    fmt::print("next: {}\n", next);
    return;
  }
  auto changed = nlohmann::ordered_json::array();
  for (const auto& change : changes)
    changed.push_back({{"key", change.key}, {"before", change.frozen}, {"now", change.wanted}});
  const nlohmann::ordered_json said{
      {"folder", arguments.folder.string()}, {"changes", changed}, {"next", next}};
  fmt::print("{}\n", said.dump(2));
}

void extend(const ExtendArguments& arguments, Log& log) {
  CampaignFolder folder(arguments.folder);
  const FolderLock lock(arguments.folder);
  const auto config = parse_config(folder.configuration(), "campaign.toml", ".");
  auto text = folder.configuration();
  if (arguments.simulations > 0) text = with_simulations(arguments, folder, config);
  if (arguments.samples > 0)
    text = with_value(text, "posterior", "samples",
                      fmt::format("{}", config.posterior.samples + arguments.samples));
  parse_config(text, "campaign.toml", ".");  // its rules hold for the new values as well
  const auto changes = differences(folder.configuration(), text);
  folder.refreeze(text, changes);
  EventFile events(folder.events());
  for (const auto& change : changes) {
    events.append(change);
    log.info(change.text());
  }
  print(arguments, changes);
}

}  // namespace

ExitCode extend_command(const ExtendArguments& arguments, const Session& session) {
  session.world.on_root([&] { extend(arguments, session.log); });
  return ExitCode::ok;
}

}  // namespace snpse
