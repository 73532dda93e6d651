#include <fmt/format.h>

#include "campaign/predictions.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "report/page/page.hpp"
#include "storage/csv.hpp"
#include "storage/durable_file.hpp"
#include "storage/output_file.hpp"
#include "util/shell.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// Collective. Simulates at the first draws of the campaign's posterior, and keeps what comes out.
void predict_at_draws(const fs::path& path, const ReportArguments& arguments, const Session& session,
                      const StopRequest& stop) {
  const auto& world = session.world;
  const TrainedCampaign campaign(world, path, session.log, {session.in_process, arguments.simulator});
  Matrix theta;
  world.on_root([&] {
    if (!campaign.folder().committed({1, Phase::infer}))
      fail(ExitCode::missing_input,
           "'{}' has no posterior yet to simulate at: leave out --predict, or run 'snpse run {}'",
           path.string(), shell_word(path));
    make_folder(path / "logs");
    const auto draws = campaign.folder().load_posterior(campaign.setup().prior->dim()).take<Matrix>("theta");
    theta = draws.topRows(std::min<Eigen::Index>(arguments.predict, draws.rows()));
  });
  const auto x =
      predict(campaign.config(), campaign.setup(), theta, campaign.config().seed, {world, stop, session.log});
  world.on_root([&] { campaign.folder().save_predictive(theta, x); });
}

std::vector<double> truth_in(const fs::path& file) {
  if (file.empty()) return {};
  const auto rows = read_csv(file);
  if (rows.rows() != 1)
    fail(ExitCode::data, "'{}' has {} rows, but the true parameters are one row", file.string(), rows.rows());
  return {rows.data(), rows.data() + rows.size()};
}

}  // namespace

void write_report(const ReportArguments& arguments, const Session& session, const StopRequest& stop) {
  if (arguments.predict > 0)
    for (const auto& folder : arguments.folders) predict_at_draws(folder, arguments, session, stop);
  session.world.on_root([&] {
    const auto truth = truth_in(arguments.truth);
    std::vector<CampaignView> views;
    for (const auto& folder : arguments.folders) views.push_back(look_at(folder, truth));
    const auto page = campaign_page(views);
    write_output(arguments.output, [&](const fs::path& file) { write_durably(file, page.html); });
    if (!page.complaint.empty())
      session.log.warning(fmt::format("the report has no pictures, or not all: {}", page.complaint));
    if (arguments.output != kStandardOutput) fmt::print("report: {}\n", arguments.output.string());
  });
}

ExitCode report_command(const ReportArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  write_report(arguments, session, stop);
  return ExitCode::ok;
}

}  // namespace snpse
