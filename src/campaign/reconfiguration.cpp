#include "campaign/reconfiguration.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>

#include "campaign/folder.hpp"

namespace snpse {
namespace {

/// A key that may change until a step is committed.
struct Changeable {
  std::string_view key;
  Phase until;
  bool first_round = false;  // the step is round 1's, else the last round's
  bool only_grows = false;
};

constexpr Changeable kChangeable[] = {
    {"method.simulations", Phase::train, false, true}, {"method.rounds", Phase::train, false, true},
    {"method.first_round", Phase::train, true, true},  {"method.resampling_candidates", Phase::infer},
    {"training.learning_rate", Phase::train},          {"truncation.epsilon", Phase::propose},
    {"truncation.resampling_pool", Phase::propose},    {"invalid.policy", Phase::train},
    {"sampler.min_acceptance", Phase::infer},
};

/// Keys that decide how the work is done, and how much of it, but none of the numbers.
constexpr std::string_view kAnyTime[] = {
    "simulator.time_limit",   "simulator.start_limit",
    "simulator.retries",      "simulator.failure_budget",
    "training.memory",        "training.checkpoint_seconds",
    "training.device",        "posterior.samples",
    "simulator.workdir",      "simulator.workdir_limit",
    "simulator.memory_limit", "simulator.ranks",
    "simulator.launcher",     "observation.names",
    "observation.times",      "simulator.url",
    "simulator.batch",        "simulator.give_up_after",
};

/// TOML without the folders of the files that it names.
std::string without_folders(const std::string& toml) {
  static const std::regex folders(R"((['"])[^'"]*/)");
  return std::regex_replace(toml, folders, "$1");
}

/// Whether the simulator and the prior are the same, and only lie elsewhere, as on another machine.
bool is_move(const KeyDifference& difference) {
  constexpr std::string_view kWhere[] = {"simulator.folder", "simulator.files"};
  constexpr std::string_view kWhat[] = {"simulator.command",  "simulator.run",  "simulator.library",
                                        "simulator.template", "simulator.link", "simulator.copy",
                                        "prior.library"};
  const auto is_one_of = [&](const auto& keys) {
    return std::ranges::find(keys, difference.key) != std::end(keys);
  };
  return is_one_of(kWhere) ||
         (is_one_of(kWhat) && without_folders(difference.frozen) == without_folders(difference.wanted));
}

bool is_larger(const std::string& frozen, const std::string& wanted) {
  double before = 0;
  double now = 0;
  const auto read = [](const std::string& text, double& value) {
    return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{};
  };
  return read(frozen, before) && read(wanted, now) && now > before;
}

}  // namespace

bool may_change_any_time(const KeyDifference& difference) {
  return is_move(difference) || std::ranges::find(kAnyTime, difference.key) != std::end(kAnyTime);
}

bool may_change(const KeyDifference& difference, const CampaignFolder& folder, int rounds) {
  if (may_change_any_time(difference)) return true;
  if (folder.committed({rounds, Phase::infer})) return false;
  for (const auto& changeable : kChangeable) {
    if (changeable.key != difference.key) continue;
    if (changeable.only_grows && !is_larger(difference.frozen, difference.wanted)) return false;
    return !folder.committed({changeable.first_round ? 1 : rounds, changeable.until});
  }
  return false;
}

bool may_ever_change(const KeyDifference& difference) {
  return may_change_any_time(difference) ||
         std::ranges::any_of(kChangeable,
                             [&](const Changeable& changeable) { return changeable.key == difference.key; });
}

}  // namespace snpse
