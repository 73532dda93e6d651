#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "campaign/block_folder.hpp"
#include "campaign/data_records.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "cli/table_format.hpp"
#include "config/experiment.hpp"
#include "storage/csv.hpp"
#include "storage/output_file.hpp"
#include "util/memory.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// The observations in the file, [n, p], the same on every rank.
Matrix other_observations(const SampleArguments& arguments, const Session& session, Eigen::Index p,
                          const Config& config) {
  if (!is_amortised(config))
    fail(ExitCode::usage,
         "this campaign's posterior holds at its own observation alone: leave out --observation, or run "
         "a campaign with method.name = \"npse\"");
  Matrix x;
  session.world.on_root([&] { x = read_observations(arguments.observation, p); });
  session.world.broadcast(x);
  return x;
}

/// Where an interrupted command keeps its draws; nowhere where the output is no ordinary file.
fs::path parts_folder(const fs::path& output) {
  std::error_code unknown;
  const bool ordinary = fs::is_regular_file(output, unknown) || !fs::exists(output, unknown);
  return ordinary && output != "-" ? fs::path(output.string() + ".parts") : fs::path();
}

/// What decides the draws besides the campaign's folder and the seed.
std::string purpose_of(const SampleArguments& arguments, const TrainedCampaign& campaign,
                       const std::vector<Matrix>& groups) {
  auto purpose =
      fmt::format("{} samples of round {} by version {}{}, seed {}, at", arguments.samples, campaign.rounds(),
                  SNPSE_VERSION, arguments.log_prob ? " with log_prob" : "", arguments.seed);
  for (const auto& group : groups)
    purpose += fmt::format(" {} x {}: {}", group.rows(), group.cols(),
                           fmt::join(group.data(), group.data() + group.size(), " "));
  return purpose;
}

/// What the draws are given: each of the groups is put together, and has draws of its own.
std::vector<Matrix> groups_of(const SampleArguments& arguments, const Session& session,
                              const TrainedCampaign& campaign) {
  const auto& own = campaign.setup().observations;
  if (arguments.observation.empty()) return {own};
  const Matrix x = other_observations(arguments, session, own.cols(), campaign.config());
  if (arguments.iid) return {x};
  std::vector<Matrix> groups;
  for (const auto& row : x.rowwise()) groups.emplace_back(row);
  return groups;
}

/// A table of draws: parameters, and what else was asked for.
struct Table {
  std::vector<std::string> names;
  Matrix values;

  void add_column(const std::string& name, const Vector& column) {
    names.push_back(name);
    values.conservativeResize(column.size(), values.cols() + 1);
    values.rightCols(1) = column;
  }
};

/// The draws of all groups below each other.
PosteriorSamples join(const std::vector<PosteriorSamples>& of_groups) {
  PosteriorSamples all = of_groups.front();
  for (const auto& samples : std::span(of_groups).subspan(1)) {
    append_rows(all.theta, samples.theta);
    all.report.drawn += samples.report.drawn;
    all.report.leaked += samples.report.leaked;
  }
  return all;
}

/// Which group a draw is of, from 1, [groups * n].
Vector group_of_draws(std::size_t groups, Eigen::Index n) {
  const Vector numbers = Vector::LinSpaced(static_cast<Eigen::Index>(groups), 1, static_cast<double>(groups));
  return numbers.transpose().replicate(n, 1).reshaped();
}

void write_samples(const std::filesystem::path& output, const CampaignFolder& folder,
                   const PosteriorSamples& samples, const std::vector<std::string>& names,
                   const std::vector<Matrix>& groups, const Vector& log_prob) {
  Table table{names, samples.theta};
  Matrix x(0, groups.front().cols());
  for (const auto& group : groups) append_rows(x, group);
  auto record = posterior_record(samples, names, x);
  const auto add = [&](const std::string& name, const Vector& column) {
    record.put(name, std::vector<double>(column.begin(), column.end()));
    table.add_column(name, column);
  };
  if (log_prob.size() > 0) add("log_prob", log_prob);
  const auto count = static_cast<Eigen::Index>(groups.size());
  if (count > 1) add("observation", group_of_draws(groups.size(), samples.theta.rows() / count));
  write_output(output, [&](const std::filesystem::path& file) {
    if (format_of(output, kSampleFormats) == TableFormat::hdf5)
      write_record(file, folder.header("posterior", folder.last_round()), record);
    else
      write_csv(file, table.names, table.values);
  });
}

}  // namespace

ExitCode sample_command(const SampleArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  format_of(arguments.output, kSampleFormats);  // before any draws
  const TrainedCampaign campaign(session.world, arguments.folder, session.log);
  require_memory(static_cast<double>(arguments.samples) * sizeof(double) *
                     static_cast<double>(campaign.setup().prior->dim()),
                 fmt::format("--samples {}", arguments.samples));
  const auto groups = groups_of(arguments, session, campaign);
  if (arguments.log_prob && std::ranges::any_of(groups, [](const Matrix& x) { return x.rows() > 1; }))
    fail(ExitCode::usage,
         "the posterior of several observations together is known by its draws alone: leave out --log-prob");
  const DrawKey density_key{arguments.seed, Purpose::hutchinson,
                            static_cast<std::uint32_t>(campaign.rounds())};
  const auto folder = parts_folder(arguments.output);
  BlockParts parts;
  if (session.world.is_root() && !folder.empty())
    parts = block_folder(folder, campaign.folder().header("blocks", campaign.rounds()),
                         purpose_of(arguments, campaign, groups), session.world.size());
  BlockWork work(session.world, stop, parts);
  const World world(session.world, work);
  std::vector<PosteriorSamples> of_groups;
  Vector log_prob;
  for (const auto& group : groups) {
    const auto posterior = campaign.posterior(group);
    of_groups.push_back(
        posterior->sample(world, arguments.samples, campaign.draw_key(arguments.seed), session.log));
    if (!arguments.log_prob) continue;
    log_prob.conservativeResize(log_prob.size() + arguments.samples);
    log_prob.tail(arguments.samples) =
        posterior->log_prob(world, of_groups.back().theta, campaign.config().density, density_key);
  }
  world.on_root([&] {
    write_samples(arguments.output, campaign.folder(), join(of_groups), campaign.setup().parameter_names,
                  groups, log_prob);
    if (!folder.empty()) fs::remove_all(folder);
  });
  if (world.is_root() && campaign.rounds() < campaign.method().rounds())
    session.log.warning(fmt::format("the campaign is unfinished: these draws are of round {} of {}",
                                    campaign.rounds(), campaign.method().rounds()));
  return ExitCode::ok;
}

}  // namespace snpse
