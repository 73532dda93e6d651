#include <fmt/format.h>

#include "snpse/campaign/data_records.hpp"
#include "snpse/cli/campaign_access.hpp"
#include "snpse/cli/commands.hpp"
#include "snpse/storage/csv.hpp"

namespace snpse {
namespace {

/// The observation to condition on, the same on every rank.
Vector choose_observation(const SampleArguments& arguments, const Session& session, const Vector& own,
                          const Method& method) {
  if (arguments.observation.empty()) return own;
  if (!method.amortised())
    fail(ExitCode::usage,
         "this campaign's posterior holds at its own observation alone: leave out --observation, or run "
         "a campaign with method.name = \"npse\"");
  Matrix x;
  session.world.on_root([&] {
    x = read_csv(arguments.observation);
    if (x.size() != own.size())
      fail(ExitCode::data, "'{}' holds {} values, but an observation has {}", arguments.observation.string(),
           x.size(), own.size());
  });
  session.world.broadcast(x);
  return x.reshaped<Eigen::RowMajor>();
}

void write_samples(const std::filesystem::path& output, const CampaignFolder& folder,
                   const PosteriorSamples& samples, std::vector<std::string> names, const Vector& x,
                   const Vector& log_prob) {
  auto record = posterior_record(samples, names, x);
  Matrix table = samples.theta;
  if (log_prob.size() > 0) {
    record.put("log_prob", std::vector<double>(log_prob.begin(), log_prob.end()));
    names.emplace_back("log_prob");
    table.conservativeResize(Eigen::NoChange, table.cols() + 1);
    table.rightCols(1) = log_prob;
  }
  if (output.extension() == ".h5")
    write_record(output, folder.header("posterior"), record);
  else
    write_csv(output, names, table);
}

}  // namespace

ExitCode sample_command(const SampleArguments& arguments, const Session& session) {
  const auto& world = session.world;
  const TrainedCampaign campaign(world, arguments.folder);
  const auto x = choose_observation(arguments, session, campaign.setup().x_obs, campaign.method());
  const auto posterior = campaign.posterior(x);
  const auto samples = campaign.sample(*posterior, arguments.samples, arguments.seed, session.log);
  const DrawKey density_key{arguments.seed, Purpose::hutchinson,
                            static_cast<std::uint32_t>(campaign.rounds())};
  const Vector log_prob =
      arguments.log_prob ? posterior->log_prob(world, samples.theta, campaign.config().density, density_key)
                         : Vector();
  world.on_root([&] {
    write_samples(arguments.output, campaign.folder(), samples, campaign.setup().parameter_names, x,
                  log_prob);
  });
  if (world.is_root() && campaign.rounds() < campaign.method().rounds())
    session.log.warning(fmt::format("the campaign is unfinished: these draws are of round {} of {}",
                                    campaign.rounds(), campaign.method().rounds()));
  return ExitCode::ok;
}

}  // namespace snpse
