#include "campaign/import.hpp"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "campaign/event_file.hpp"
#include "campaign/imported_data.hpp"
#include "campaign/simulation_parts.hpp"
#include "config/feasibility.hpp"

namespace snpse {
namespace {

SimulationPart part_of(const ImportedData& data) {
  SimulationPart part{{.theta = data.theta, .x = data.x, .id = {}, .seed = {}, .status = data.status},
                      {.worker = {},
                       .attempts = {},
                       .seconds = {},
                       .imported_from = data.files,
                       .imported_file = data.file,
                       .imported_row = data.row}};
  const auto n = data.row.size();
  for (std::size_t i = 0; i < n; ++i) part.simulations.id.push_back(static_cast<std::int64_t>(i));
  part.simulations.seed.resize(n);
  part.provenance.worker.resize(n);
  part.provenance.attempts.resize(n);
  part.provenance.seconds.resize(n);
  return part;
}

/// Rank 0 only.
void write_round(const CampaignFolder& folder, const ImportedData& data) {
  constexpr int kImportedRound = 1;
  if (folder.committed({kImportedRound, Phase::propose}))
    fail(ExitCode::data,
         "'{}' has simulations already, and an import begins a campaign: name another folder with --out",
         folder.path().string());
  folder.save_proposal(kImportedRound, Proposal{data.theta});
  SimulationParts parts(folder.parts(kImportedRound), folder.header("part", kImportedRound),
                        data.theta.rows(), static_cast<int>(data.x.cols()), 0,
                        folder.own_files(kImportedRound));
  parts.append(part_of(data));
  folder.save_simulations(kImportedRound, data.theta, parts);
  parts.remove();
}

}  // namespace

std::int64_t import_simulations(const World& world, const CampaignRequest& request,
                                const std::vector<std::filesystem::path>& data, Log& log) {
  const auto& config = request.config;
  const auto setup =
      set_up(config, {.logs = request.folder / "logs", .rank = world.rank(), .in_process = {}, .log = &log});
  std::int64_t n = 0;
  world.on_root([&] {
    require_feasible(config, setup);
    const auto imported = read_imported(data, setup.parameter_names, setup.observations.cols());
    require_prior_draws(imported, setup.parameter_names, *setup.prior, config.seed);
    n = imported.theta.rows();
    if (n > config.method.simulations)
      fail(ExitCode::config, "'{}' {} {} simulations, but method.simulations = {}: raise it",
           fmt::join(imported.files, "', '"), data.size() == 1 ? "holds" : "hold", n,
           config.method.simulations);
    const auto lock = prepare_folder(request, log);
    const auto folder = CampaignFolder::create(request.folder, request.configuration, config.seed,
                                               rounds_of(config), request.difference);
    write_round(folder, imported);
    EventFile(folder.events()).append("imported", {{"files", imported.files}, {"simulations", n}});
  });
  return world.broadcast(n);
}

}  // namespace snpse
