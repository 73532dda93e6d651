#include "campaign/execute.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "campaign/campaign_log.hpp"
#include "campaign/event_file.hpp"
#include "campaign/simulator_files.hpp"
#include "campaign/simulator_host.hpp"
#include "config/feasibility.hpp"
#include "numerics/compute_kernels.hpp"
#include "numerics/device.hpp"
#include "storage/durable_file.hpp"

namespace snpse {
namespace {

/// Whether the event log says already that the key has this value from now on: files of a campaign keep the
/// configuration that they were written with, so that an edit of the frozen file is found again in later
/// runs.
bool is_logged(const std::vector<nlohmann::ordered_json>& events, const KeyDifference& change) {
  const auto of_key = [&](const auto& event) {
    return event.value("event", "") == "reconfigured" && event.value("key", "") == change.key;
  };
  const auto last = std::find_if(events.rbegin(), events.rend(), of_key);
  return last != events.rend() && last->value("now", "") == change.wanted;
}

/// What rank 0 holds open while a campaign runs.
struct OpenCampaign {
  OpenCampaign(const CampaignRequest& request, Log& screen)
      : folder(CampaignFolder::create(request.folder, request.configuration, request.config.seed,
                                      rounds_of(request.config), request.difference)),
        event_log(folder.events()),
        log(screen, event_log) {
    make_folder(folder.logs());
    const auto events = read_events(folder.events());
    for (const auto& change : folder.changes()) {
      if (is_logged(events, change)) continue;
      log.info(fmt::format("continued with another value of {}", change.text()));
      event_log.append(change);
    }
  }

  CampaignFolder folder;
  EventFile event_log;
  CampaignLog log;
};

std::unique_ptr<OpenCampaign> open_on_root(const World& world, const CampaignRequest& request, Log& log) {
  std::unique_ptr<OpenCampaign> opened;
  world.on_root([&] { opened = std::make_unique<OpenCampaign>(request, log); });
  return opened;
}

}  // namespace

std::unique_ptr<FolderLock> prepare_folder(const CampaignRequest& request, Log& log) {
  make_folder(request.folder);
  auto lock = std::make_unique<FolderLock>(request.folder);
  const auto& simulator = request.config.simulator;
  const int copied = copy_simulator_files(simulator.files, request.simulator, simulator.folder);
  if (copied > 0) log.info(fmt::format("copied {} files of the simulator to {}", copied, simulator.folder));
  return lock;
}

Outcome execute(const World& world, const CampaignRequest& request, const CommitListener& listener,
                const StopRequest& stop, Log& log) {
  const auto& config = request.config;
  if (config.training.device == Device::cuda) require_gpu();
  std::unique_ptr<FolderLock> lock;
  const auto prepare = [&] { world.on_root([&] { lock = prepare_folder(request, log); }); };
  // The folder is made once the campaign is known to be feasible; but set_up() may load files that are
  // copied.
  const bool has_copies = !config.simulator.files.empty();
  if (has_copies) prepare();
  auto host = simulator_host(world, config, request.folder, request.in_process, log);
  host.workdirs = request.folder / kWorkdirsFolder;
  const auto setup = set_up(config, host);
  require_simulator(setup);
  world.on_root([&] { require_feasible(config, setup); });
  if (!has_copies) prepare();
  const auto opened = open_on_root(world, request, log);
  const auto method = make_method(setup, config);
  Campaign campaign(world, opened ? &opened->folder : nullptr, *method, size_of(setup));
  const StepContext context{world, stop, opened ? opened->log : log};
  if (opened)
    opened->event_log.append("started", {{"ranks", world.size()},
                                         {"program_version", SNPSE_VERSION},
                                         {"kernels", to_string(compute_kernels())}});
  const auto hear = [&](const CommittedStep& committed) {
    opened->event_log.append("committed", to_json(committed));
    listener(committed);
  };
  const auto outcome = [&] {
    try {
      return run_rounds(campaign, *method, setup, config, hear, context);
    } catch (const Error& error) {
      // On a full disk the log cannot take it either.
      if (opened && error.code() != ExitCode::io)
        opened->event_log.append("failed", {{"message", error.what()}});
      throw;
    }
  }();
  if (opened)
    opened->event_log.append(outcome == Outcome::finished ? "finished" : "stopped",
                             nlohmann::ordered_json::object());
  return outcome;
}

}  // namespace snpse
