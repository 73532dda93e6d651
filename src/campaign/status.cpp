#include "campaign/status.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"
#include "campaign/step_report.hpp"
#include "config/experiment.hpp"
#include "storage/durable_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// Simulations of a round under way: what its parts hold.
std::int64_t simulations_in_parts(const fs::path& folder) {
  std::vector<bool> seen;
  std::error_code ignored;
  std::int64_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() != ".h5") continue;
    try {
      const auto part = read_fields(entry.path(), "part", {"id"});
      for (const auto id : part.get<std::vector<std::int64_t>>("id")) {
        const auto index = static_cast<std::size_t>(id);
        if (index >= seen.size()) seen.resize(index + 1, false);
        if (!seen[index]) ++count;
        seen[index] = true;
      }
    } catch (const Error&) {
      // While the campaign runs, parts are merged and removed under our eyes.
      if (fs::exists(entry.path(), ignored)) throw;
    }
  }
  return count;
}

Json round_status(const CampaignFolder& folder, int round) {
  Json row{{"round", round}};
  if (!folder.committed({round, Phase::propose})) return row;
  const auto proposal = folder.load_proposal(round);
  row["proposed"] = proposal.theta.rows();
  put_in(row, proposal.figures);
  if (!folder.committed({round, Phase::simulate})) {
    row["simulated"] = simulations_in_parts(folder.parts(round));
    return row;
  }
  const auto statuses = folder.load_statuses(round);
  row["simulated"] = statuses.size();
  const auto valid = std::count(statuses.begin(), statuses.end(), Status::ok);
  row["valid_share"] = static_cast<double>(valid) / static_cast<double>(statuses.size());
  if (!folder.committed({round, Phase::train})) return row;
  put_in(row, network_report_from(folder.load_training(round)));
  return row;
}

struct Spent {
  double seconds = 0;
  int finished_rounds = 0;
};

Spent time_spent(const std::vector<Json>& events) {
  Spent spent;
  for (const auto& committed : committed_steps(events)) {
    spent.seconds += committed.seconds();
    if (committed.step.phase == Phase::train) ++spent.finished_rounds;
  }
  return spent;
}

}  // namespace

Json campaign_status(const CampaignFolder& folder, const Config& config) {
  const int rounds = rounds_of(config);
  const auto events = read_events(folder.events());
  const bool finished = folder.committed({rounds, Phase::infer});
  const bool running = !finished && FolderLock::is_held(folder.path());
  Json table = Json::array();
  std::int64_t done = 0;
  for (int round = 1; folder.committed({round, Phase::propose}); ++round) {
    table.push_back(round_status(folder, round));
    done += table.back()["simulated"].get<std::int64_t>();
  }
  const auto spent = time_spent(events);
  Json status{{"state", finished  ? "finished"
                        : running ? "running"
                                  : "stopped"},
              {"method", config.method.name},
              {"rounds", std::max<std::size_t>(static_cast<std::size_t>(rounds), table.size())},
              {"simulations", config.method.simulations},
              {"simulations_done", done},
              {"seconds", spent.seconds},
              {"seconds_left", nullptr}};
  if (finished)
    status["seconds_left"] = 0.0;
  else if (spent.finished_rounds > 0)
    status["seconds_left"] =
        spent.seconds / spent.finished_rounds * std::max(1, rounds - spent.finished_rounds);
  if (running && !events.empty() && events.back().value("event", "") == "progress")
    status["progress"] = events.back();
  status["round_table"] = std::move(table);
  return status;
}

}  // namespace snpse
