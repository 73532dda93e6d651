#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "campaign/block_folder.hpp"
#include "campaign/predictions.hpp"
#include "campaign/trained_campaign.hpp"
#include "cli/commands.hpp"
#include "cli/sample_table.hpp"
#include "cli/table_format.hpp"
#include "config/data_names.hpp"
#include "config/experiment.hpp"
#include "report/quantiles.hpp"
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
  std::string kind = arguments.log_prob || arguments.region ? " with log_prob" : "";
  if (arguments.map) kind = " for the mode";
  auto purpose = fmt::format("{} samples of round {} by version {}{}, seed {}, at", arguments.samples,
                             campaign.rounds(), SNPSE_VERSION, kind, arguments.seed);
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

/// 1 for the draws in the highest-density region that holds this fraction of the draws (Hyndman 1996), else
/// 0.
Vector in_region(const Vector& log_prob, double mass) {
  const double threshold = quantiles_of(log_prob, {1 - mass}).front();
  return (log_prob.array() >= threshold).cast<double>();
}

/// The draws of one posterior, and what is known of each.
struct GroupOfDraws {
  PosteriorSamples samples;
  Vector log_prob;  // [n], or empty
};

bool needs_density(const SampleArguments& arguments) {
  return arguments.log_prob || arguments.region || arguments.map || !arguments.theta.empty();
}

/// Does what the arguments say for one posterior after the other.
class Sampling {
 public:
  Sampling(const SampleArguments& arguments, const TrainedCampaign& campaign, const World& world, Log& log)
      : arguments_(arguments), campaign_(campaign), world_(world), log_(log) {}

  /// Collective.
  GroupOfDraws draws_of(const PosteriorDistribution& posterior) const {
    GroupOfDraws group;
    if (arguments_.theta.empty())
      group.samples = posterior.sample(world_, arguments_.samples, campaign_.draw_key(arguments_.seed), log_);
    else
      group.samples = given_parameters();
    if (arguments_.map) return mode_of(posterior, group.samples);
    if (needs_density(arguments_)) group.log_prob = density(posterior, group.samples.theta);
    return group;
  }

 private:
  Vector density(const PosteriorDistribution& posterior, const Matrix& theta) const {
    return posterior.log_prob(
        world_, theta, campaign_.config().density,
        {arguments_.seed, Purpose::hutchinson, static_cast<std::uint32_t>(campaign_.rounds())});
  }

  PosteriorSamples given_parameters() const {
    PosteriorSamples given;
    const auto d = campaign_.setup().prior->dim();
    world_.on_root([&] {
      given.theta = read_csv(arguments_.theta);
      if (given.theta.cols() != d)
        fail(ExitCode::data, "'{}' has {} columns, but the campaign has {} parameters",
             arguments_.theta.string(), given.theta.cols(), d);
    });
    world_.broadcast(given.theta);
    given.report.drawn = given.theta.rows();
    return given;
  }

  /// The densest of the draws and of the points on the way up from the densest draw.
  GroupOfDraws mode_of(const PosteriorDistribution& posterior, const PosteriorSamples& samples) const {
    constexpr Eigen::Index kStarts = 1000;
    Matrix theta = samples.theta.topRows(std::min(samples.theta.rows(), kStarts));
    Vector log_prob = density(posterior, theta);
    Eigen::Index densest = 0;
    log_prob.maxCoeff(&densest);
    const Matrix passed = posterior.mode_candidates(samples.theta, theta.row(densest));
    if (passed.rows() == 0)
      fail(ExitCode::usage,
           "the score of this method's posterior is not that of one network: leave out --map");
    Matrix candidates = theta.row(densest);
    append_rows(candidates, passed);
    log_prob = density(posterior, candidates);
    log_prob.maxCoeff(&densest);
    GroupOfDraws mode{{candidates.row(densest), samples.report}, log_prob.segment(densest, 1)};
    return mode;
  }

  const SampleArguments& arguments_;
  const TrainedCampaign& campaign_;
  const World& world_;
  Log& log_;
};

/// All groups below each other as one table, which rank 0 has.
SampleTable table_of(const SampleArguments& arguments, const TrainedCampaign& campaign,
                     const std::vector<GroupOfDraws>& groups, const std::vector<Matrix>& observations,
                     const Matrix& predicted) {
  std::vector<PosteriorSamples> samples;
  Vector log_prob(0);
  Vector region(0);
  const auto append = [](Vector& to, const Vector& more) {
    to.conservativeResize(to.size() + more.size());
    to.tail(more.size()) = more;
  };
  for (const auto& group : groups) {
    samples.push_back(group.samples);
    append(log_prob, group.log_prob);
    if (arguments.region) append(region, in_region(group.log_prob, *arguments.region));
  }
  Matrix x(0, observations.front().cols());
  for (const auto& observation : observations) append_rows(x, observation);
  const auto all = join(samples);
  SampleTable table(all, campaign.setup().parameter_names, x);
  if (log_prob.size() > 0) table.add("log_prob", log_prob);
  if (arguments.region) table.add("in_region", region);
  const auto count = static_cast<Eigen::Index>(groups.size());
  if (count > 1) table.add("observation", group_of_draws(groups.size(), all.theta.rows() / count));
  if (arguments.predict) table.add_data(predicted, data_columns(campaign.config()));
  return table;
}

}  // namespace

ExitCode sample_command(const SampleArguments& arguments, const Session& session) {
  const StopRequest stop({}, session.world.is_root() ? kStopping : "");
  format_of(arguments.output, kSampleFormats);  // before any draws
  const TrainedCampaign campaign(session.world, arguments.folder, session.log,
                                 {session.in_process, arguments.simulator});
  require_memory(static_cast<double>(arguments.samples) * sizeof(double) *
                     static_cast<double>(campaign.setup().prior->dim()),
                 fmt::format("--samples {}", arguments.samples), ExitCode::usage);
  if (arguments.predict) require_simulator(campaign.setup());
  const auto observations = groups_of(arguments, session, campaign);
  if (needs_density(arguments) &&
      std::ranges::any_of(observations, [](const Matrix& x) { return x.rows() > 1; }))
    fail(ExitCode::usage,
         "the posterior of several observations together is known by its draws alone: leave out --log-prob, "
         "--theta, --region and --map");
  const auto folder = arguments.theta.empty() ? parts_folder(arguments.output) : fs::path();
  BlockParts parts;
  if (session.world.is_root() && !folder.empty())
    parts = block_folder(folder, campaign.folder().header("blocks", campaign.rounds()),
                         purpose_of(arguments, campaign, observations), session.world.size());
  BlockWork work(session.world, stop, parts);
  const World world(session.world, work);
  const Sampling sampling(arguments, campaign, world, session.log);
  std::vector<GroupOfDraws> groups;
  Matrix theta(0, campaign.setup().prior->dim());
  for (const auto& observation : observations) {
    groups.push_back(sampling.draws_of(*campaign.posterior(observation)));
    append_rows(theta, groups.back().samples.theta);
  }
  Matrix predicted;
  if (arguments.predict) {
    world.on_root([&] { make_folder(arguments.folder / "logs"); });
    predicted =
        predict(campaign.config(), campaign.setup(), theta, arguments.seed, {world, stop, session.log});
  }
  world.on_root([&] {
    table_of(arguments, campaign, groups, observations, predicted).write(arguments.output, campaign.folder());
    if (!folder.empty()) fs::remove_all(folder);
  });
  if (world.is_root() && campaign.rounds() < campaign.method().rounds())
    session.log.warning(fmt::format("the campaign is unfinished: these draws are of round {} of {}",
                                    campaign.rounds(), campaign.method().rounds()));
  return ExitCode::ok;
}

}  // namespace snpse
