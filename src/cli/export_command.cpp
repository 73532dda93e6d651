#include <algorithm>

#include "campaign/predictions.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "cli/failures_report.hpp"
#include "cli/table_format.hpp"
#include "config/config_file.hpp"
#include "config/data_names.hpp"
#include "config/experiment.hpp"
#include "parallel/block_work.hpp"
#include "report/arviz_export.hpp"
#include "storage/csv.hpp"
#include "storage/npz.hpp"
#include "storage/output_file.hpp"

namespace snpse {
namespace {

/// Collective. The draws' log-densities, and simulations at some of the draws, which rank 0 has.
ArvizExtras compute_extras(const ExportArguments& arguments, const DrawSet& draws, const Session& session) {
  ArvizExtras extras;
  if (!arguments.log_prob && arguments.predict == 0) return extras;
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  BlockWork work(session.world, stop);
  const World world(session.world, work);
  const TrainedCampaign campaign(world, arguments.folder, session.log,
                                 {session.in_process, arguments.simulator});
  const auto& observations = campaign.setup().observations;
  Matrix theta = draws.theta;
  world.broadcast(theta);
  if (arguments.log_prob) {
    if (observations.rows() > 1)
      fail(
          ExitCode::usage,
          "the posterior of several observations together is known by its draws alone: leave out --log-prob");
    extras.log_density = campaign.posterior(observations)
                             ->log_prob(world, theta, campaign.config().density,
                                        {campaign.config().seed, Purpose::hutchinson,
                                         static_cast<std::uint32_t>(campaign.rounds())});
  }
  if (arguments.predict > 0) {
    world.on_root([&] { make_folder(arguments.folder / "logs"); });
    const auto rows = rows_to_predict(theta.rows(), arguments.predict);
    std::vector<Eigen::Index> repeated;  // a simulation for each row of the observation
    for (const auto row : rows)
      repeated.insert(repeated.end(), static_cast<std::size_t>(observations.rows()), row);
    const Matrix at = theta(repeated, Eigen::all);
    extras.predictive =
        predict(campaign.config(), campaign.setup(), at, campaign.config().seed, {world, stop, session.log});
    extras.predicted = std::ssize(rows);
  }
  return extras;
}

Record record_of(const DrawSet& draws, const Config& config) {
  Record record;
  const auto& x = config.observation.x;
  const Eigen::Index rows = config.observation.rows;
  record.put("theta", draws.theta);
  record.put("parameter_names", draws.names);
  if (const auto names = data_names(config); !names.empty()) record.put("data_names", names);
  record.put("x_obs",
             Matrix(Eigen::Map<const Matrix>(x.data(), rows, static_cast<Eigen::Index>(x.size()) / rows)));
  return record;
}

}  // namespace

ExitCode export_command(const ExportArguments& arguments, const Session& session) {
  if (arguments.failures) {
    session.world.on_root([&] { export_failures(arguments); });
    return ExitCode::ok;
  }
  const auto format = format_of(arguments.output, kExportFormats, arguments.format);
  if (format != TableFormat::arviz && (arguments.log_prob || arguments.predict > 0))
    fail(ExitCode::usage, "--log-prob and --predict are for --format arviz: 'snpse sample' has both as well");
  DrawSet draws;
  session.world.on_root([&] { draws = draws_of(CampaignFolder(arguments.folder)); });
  const auto extras = compute_extras(arguments, draws, session);
  session.world.on_root([&] {
    const CampaignFolder folder(arguments.folder);
    const auto config = parse_config(folder.configuration(), "campaign.toml", ".");
    write_output(arguments.output, [&](const std::filesystem::path& file) {
      switch (format) {
        case TableFormat::csv:
          return write_csv(file, draws.names, draws.theta);
        case TableFormat::hdf5:
          return write_record(file, folder.header("posterior", folder.last_round()),
                              folder.load_posterior(dimension_of(config)));
        case TableFormat::npz:
          return write_npz(file, record_of(draws, config));
        case TableFormat::arviz:
          return write_arviz(file, folder, config, draws, extras);
      }
    });
  });
  return ExitCode::ok;
}

}  // namespace snpse
