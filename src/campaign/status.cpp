#include "campaign/status.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "campaign/data_records.hpp"
#include "campaign/event_file.hpp"
#include "campaign/step_report.hpp"
#include "campaign/time_left.hpp"
#include "config/experiment.hpp"
#include "core/record_checks.hpp"
#include "storage/durable_file.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// How the simulations of a round ended so far.
SimulationReport counted(const std::unordered_map<std::int64_t, Status>& statuses) {
  SimulationReport report;
  for (const auto& [id, status] : statuses) {
    report.ok += status == Status::ok ? 1 : 0;
    report.invalid += status == Status::invalid ? 1 : 0;
    report.failed += status == Status::failed ? 1 : 0;
    report.timeout += status == Status::timeout ? 1 : 0;
  }
  return report;
}

/// Simulations of a round under way, which are n from first_id on: what its parts hold.
SimulationReport simulations_in_parts(const CampaignFolder& folder, int round, std::int64_t first_id,
                                      std::int64_t n) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder.parts(round), ignored))
    if (number_of_part(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);  // a later file knows better
  std::unordered_map<std::int64_t, Status> statuses;
  for (const auto& file : files) {
    try {
      const auto part = read_fields(file, "part", {"id", "status"}, folder.own_files(round));
      const auto status = statuses_from(part);
      const auto& id = wholes_in(part, "id", status.size(), first_id, first_id + n - 1);
      for (std::size_t i = 0; i < id.size(); ++i) statuses[id[i]] = status[i];
    } catch (const Error&) {
      // While the campaign runs, parts are merged and removed under our eyes.
      if (fs::exists(file, ignored)) throw;
    }
  }
  return counted(statuses);
}

SimulationReport simulations_in_file(const CampaignFolder& folder, int round) {
  std::unordered_map<std::int64_t, Status> statuses;
  for (const auto status : folder.load_statuses(round))
    statuses.emplace(static_cast<std::int64_t>(statuses.size()), status);
  return counted(statuses);
}

/// The report of a committed step by the event log, which is quicker to read than the step's file.
template <typename Report>
std::optional<Report> logged(const std::vector<CommittedStep>& steps, int round) {
  const auto found = std::find_if(steps.rbegin(), steps.rend(), [&](const CommittedStep& committed) {
    return committed.step.round == round && std::holds_alternative<Report>(committed.report);
  });
  if (found == steps.rend()) return std::nullopt;
  return std::get<Report>(found->report);
}

ProposalReport proposal_of(const CampaignFolder& folder, const std::vector<CommittedStep>& steps, int round) {
  if (auto report = logged<ProposalReport>(steps, round)) return *report;
  const auto proposal = folder.load_proposal(round);
  return {proposal.figures, proposal.theta.rows()};
}

/// first_id: of the round's simulations.
Json round_status(const CampaignFolder& folder, const std::vector<CommittedStep>& steps, int round,
                  std::int64_t first_id) {
  folder.check_proposal(round);
  const auto proposal = proposal_of(folder, steps, round);
  Json row{{"round", round}, {"proposed", proposal.simulations}};
  put_in(row, proposal.figures);
  const bool simulated = folder.committed({round, Phase::simulate});
  auto report = simulated ? logged<SimulationReport>(steps, round)
                          : simulations_in_parts(folder, round, first_id, proposal.simulations);
  if (!report) report = simulations_in_file(folder, round);
  const auto sum = report->ok + report->invalid + report->failed + report->timeout;
  if (simulated && sum != proposal.simulations)
    fail(ExitCode::data, "'{}' holds {} simulations, but {} were proposed",
         folder.simulations_file(round).string(), sum, proposal.simulations);
  row["simulated"] = sum;
  row["invalid"] = report->invalid;
  row["failed"] = report->failed;
  row["timeout"] = report->timeout;
  if (!simulated) return row;
  if (!report->causes.empty()) row["causes"] = to_json({{round, Phase::simulate}, *report}).at("causes");
  row["valid_share"] = static_cast<double>(report->ok) / static_cast<double>(sum);
  if (!folder.committed({round, Phase::train})) return row;
  const auto network = logged<NetworkReport>(steps, round);
  put_in(row, network ? *network : network_report_from(folder.load_training(round)));
  return row;
}

/// The numbers of parameters that were proposed, round by round.
std::int64_t proposed(const Json& table) {
  std::int64_t sum = 0;
  for (const auto& row : table) sum += row.at("proposed").get<std::int64_t>();
  return sum;
}

/// The step that comes next, or is under way; none where the campaign is finished.
std::optional<Step> present_step(const CampaignFolder& folder, const std::vector<CommittedStep>& steps,
                                 const Config& config, const Json& table) {
  const auto begun = static_cast<int>(table.size());
  if (begun == 0) return Step{1, Phase::propose};
  for (const auto phase : {Phase::simulate, Phase::train})
    if (!folder.committed({begun, phase})) return Step{begun, phase};
  if (proposed(table) < config.method.simulations) return Step{begun + 1, Phase::propose};
  const Step last{begun, Phase::infer};
  if (!folder.committed(last)) return last;
  const auto report = logged<InferenceReport>(steps, begun);
  if (report && report->samples != config.posterior.samples) return last;
  return std::nullopt;
}

WorkLeft work_left(const Step& present, const Config& config, int rounds, const Json& table) {
  WorkLeft work{present};
  const auto rest = std::max<std::int64_t>(0, config.method.simulations - proposed(table));
  const int later = std::max(0, rounds - present.round);
  if (present.phase == Phase::propose) {
    work.simulations_of_round = rest / (later + 1);
    work.simulations_later = rest - work.simulations_of_round;
  } else {
    const auto& row = table.back();
    work.simulations_of_round =
        row.at("proposed").get<std::int64_t>() - row.at("simulated").get<std::int64_t>();
    work.simulations_later = rest;
  }
  work.rounds_later = work.simulations_later > 0 ? std::max(1, later) : 0;
  return work;
}

/// The newest progress of the step under way; null where there is none yet.
Json newest_progress(const std::vector<Json>& events) {
  const auto last = std::find_if(events.rbegin(), events.rend(), [](const Json& event) {
    const auto name = event.value("event", "");
    return name == "progress" || name == "committed" || name == "started";
  });
  if (last == events.rend() || last->value("event", "") != "progress") return nullptr;
  return *last;
}

/// What ended the last sitting, where that was an error.
std::optional<std::string> error_of(const std::vector<Json>& events) {
  const auto last = std::find_if(events.rbegin(), events.rend(), [](const Json& event) {
    const auto name = event.value("event", "");
    return name == "started" || name == "failed";
  });
  if (last == events.rend() || last->value("event", "") != "failed") return std::nullopt;
  return last->value("message", "");
}

/// The validation losses of the training under way, or of the last one that is committed.
std::vector<double> losses_of(const CampaignFolder& folder, const std::optional<Step>& present) {
  if (present && present->phase == Phase::train)
    if (auto losses = losses_since_commit(folder.events()); !losses.empty()) return losses;
  const int round = folder.last_round();
  if (round == 0) return {};
  return folder.load_training(round).get<std::vector<double>>("history/validation_loss");
}

double seconds_of(const std::vector<CommittedStep>& steps) {
  double seconds = 0;
  for (const auto& committed : steps) seconds += committed.seconds();
  return seconds;
}

}  // namespace

Json campaign_status(const CampaignFolder& folder, const Config& config) {
  const auto events = read_events(folder.events());
  const auto steps = committed_steps(events);
  Json table = Json::array();
  std::int64_t done = 0;
  for (int round = 1; folder.committed({round, Phase::propose}); ++round) {
    table.push_back(round_status(folder, steps, round, proposed(table)));
    done += table.back()["simulated"].get<std::int64_t>();
  }
  const auto present = present_step(folder, steps, config, table);
  const bool running = present && FolderLock::is_held(folder.path());
  const int rounds = std::max(rounds_of(config), static_cast<int>(table.size()));
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  Json status{{"state", !present  ? "finished"
                        : running ? "running"
                                  : "stopped"},
              {"method", config.method.name},
              {"rounds", rounds},
              {"simulations", config.method.simulations},
              {"simulations_done", done},
              {"seconds", seconds_of(steps)},
              {"elapsed_seconds", elapsed_seconds(events, running, now)},
              {"seconds_left", present ? Json() : Json(0.0)}};
  if (const auto error = error_of(events); error && !running) status["error"] = *error;
  if (present) {
    const auto progress = running ? newest_progress(events) : Json();
    const auto work = work_left(*present, config, rounds, table);
    if (const auto left = seconds_left(work, steps, progress, now)) status["seconds_left"] = *left;
    status["round"] = present->round;
    status["phase"] = to_string(present->phase);
    if (progress.is_object()) status["progress"] = progress;
  }
  status["losses"] = losses_of(folder, present);
  status["round_table"] = std::move(table);
  return status;
}

}  // namespace snpse
