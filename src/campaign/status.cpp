#include "campaign/status.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"
#include "campaign/step_report.hpp"
#include "config/experiment.hpp"
#include "core/record_checks.hpp"
#include "storage/durable_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// Simulations of a round under way, which are n from first_id on: what its parts hold.
std::int64_t simulations_in_parts(const CampaignFolder& folder, int round, std::int64_t first_id,
                                  std::int64_t n) {
  std::vector<bool> seen(static_cast<std::size_t>(n), false);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder.parts(round), ignored)) {
    if (!number_of_part(entry.path())) continue;
    try {
      const auto part = read_fields(entry.path(), "part", {"id"}, folder.own_files(round));
      const auto count = part.get<std::vector<std::int64_t>>("id").size();
      for (const auto id : wholes_in(part, "id", count, first_id, first_id + n - 1))
        seen[static_cast<std::size_t>(id - first_id)] = true;
    } catch (const Error&) {
      // While the campaign runs, parts are merged and removed under our eyes.
      if (fs::exists(entry.path(), ignored)) throw;
    }
  }
  return std::count(seen.begin(), seen.end(), true);
}

/// first_id: of the round's simulations.
Json round_status(const CampaignFolder& folder, int round, std::int64_t first_id) {
  Json row{{"round", round}};
  if (!folder.committed({round, Phase::propose})) return row;
  const auto proposal = folder.load_proposal(round);
  row["proposed"] = proposal.theta.rows();
  put_in(row, proposal.figures);
  if (!folder.committed({round, Phase::simulate})) {
    row["simulated"] = simulations_in_parts(folder, round, first_id, proposal.theta.rows());
    return row;
  }
  const auto statuses = folder.load_statuses(round);
  if (static_cast<Eigen::Index>(statuses.size()) != proposal.theta.rows())
    fail(ExitCode::data, "'{}' holds {} simulations, but {} were proposed",
         folder.simulations_file(round).string(), statuses.size(), proposal.theta.rows());
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
  std::int64_t proposed = 0;
  for (int round = 1; folder.committed({round, Phase::propose}); ++round) {
    table.push_back(round_status(folder, round, proposed));
    proposed += table.back()["proposed"].get<std::int64_t>();
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
