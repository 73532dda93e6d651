#include "report/page/campaign_view.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "campaign/event_file.hpp"
#include "campaign/status.hpp"
#include "config/config_file.hpp"
#include "config/experiment.hpp"
#include "storage/durable_file.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

Matrix first_rows(const Matrix& rows) {
  return rows.topRows(std::min(rows.rows(), kShownDraws));
}

/// The report of a committed step by the event log, where it has one.
template <typename Report>
std::optional<Report> report_of(const std::vector<CommittedStep>& steps, int round) {
  std::optional<Report> found;
  for (const auto& committed : steps)
    if (const auto* report = std::get_if<Report>(&committed.report); report && committed.step.round == round)
      found = *report;
  return found;
}

SimulationReport counted(const std::vector<Status>& statuses) {
  SimulationReport report;
  report.ok = std::ranges::count(statuses, Status::ok);
  report.invalid = std::ranges::count(statuses, Status::invalid);
  report.failed = std::ranges::count(statuses, Status::failed);
  report.timeout = std::ranges::count(statuses, Status::timeout);
  return report;
}

std::vector<double> busy_seconds_of(const Provenance& provenance) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < provenance.worker.size(); ++i) {
    const auto rank = static_cast<std::size_t>(provenance.worker[i]);
    if (rank >= seconds.size()) seconds.resize(rank + 1);
    seconds[rank] += provenance.seconds[i];
  }
  return seconds;
}

RoundView view_of_round(const CampaignFolder& folder, const std::vector<CommittedStep>& steps, int round) {
  RoundView view;
  view.round = round;
  const auto proposal = folder.load_proposal(round);
  view.proposed = first_rows(proposal.theta);
  view.proposal = report_of<ProposalReport>(steps, round)
                      .value_or(ProposalReport{proposal.figures, proposal.theta.rows()});
  if (!folder.committed({round, Phase::simulate})) return view;
  view.simulations = report_of<SimulationReport>(steps, round);
  if (!view.simulations) view.simulations = counted(folder.load_statuses(round));
  view.busy_seconds = busy_seconds_of(folder.load_provenance(round));
  if (!folder.committed({round, Phase::train})) return view;
  const auto training = folder.load_training(round);
  view.network = network_report_from(training);
  view.steps = training.get<std::vector<std::int64_t>>("history/step");
  view.training_loss = training.get<std::vector<double>>("history/training_loss");
  view.validation_loss = training.get<std::vector<double>>("history/validation_loss");
  return view;
}

/// The parameters that a task simulated the observation with, where its seed is one of the first few.
std::optional<Vector> known_truth(const Experiment& setup) {
  constexpr std::uint64_t kSeeds = 10;
  if (!setup.task || !setup.task->has_reference()) return std::nullopt;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    if (setup.task->observations(seed, setup.observations.rows()) != setup.observations) continue;
    const auto theta = setup.task->parameters_of_observation(seed);
    return Eigen::Map<const Vector>(theta.data(), static_cast<Eigen::Index>(theta.size()));
  }
  return std::nullopt;
}

/// What needs the prior, which may be in a library that is not here.
void add_prior(CampaignView& view) {
  try {
    const auto setup = set_up(view.config, {});
    view.prior = draws_of_prior(setup);
    view.truth = known_truth(setup);
  } catch (const Error&) {
    view.prior.resize(0, std::ssize(view.names));
  }
}

void add_posterior(CampaignView& view, const CampaignFolder& folder) {
  if (!folder.committed({1, Phase::infer})) return;
  const auto draws = draws_of(folder);
  view.summary = summary_of(draws);
  view.draws = first_rows(draws.theta);
  if (auto predictive = folder.load_predictive()) view.predictive = predictive->take<Matrix>("x");
}

std::optional<Json> diagnosis_in(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  const auto diagnosis = Json::parse(read_whole(file), nullptr, /*allow_exceptions=*/false);
  if (!diagnosis.is_object() || !diagnosis.contains("verdict") || !diagnosis.contains("findings"))
    fail(ExitCode::data, "'{}' is no diagnosis of ours: move the file away, or run 'snpse diagnose' again",
         file.string());
  return diagnosis;
}

double deviation_of_column(const Matrix& rows, Eigen::Index column) {
  if (rows.rows() < 2) return std::numeric_limits<double>::quiet_NaN();
  const auto values = rows.col(column).array();
  return std::sqrt((values - values.mean()).square().mean());
}

}  // namespace

double CampaignView::width(Eigen::Index parameter) const {
  return deviation_of_column(draws, parameter) / deviation_of_column(prior, parameter);
}

CampaignView look_at(const std::filesystem::path& path, const std::vector<double>& truth) {
  const CampaignFolder folder(path);
  CampaignView view;
  view.path = path;
  view.configuration = folder.configuration();
  view.config = parse_config(folder.configuration(), "campaign.toml", path);
  view.names = parameter_names(view.config);
  const auto& x = view.config.observation;
  const auto values = static_cast<Eigen::Index>(x.x.size());
  view.observations = Eigen::Map<const Matrix>(x.x.data(), x.rows, values / x.rows);
  view.status = campaign_status(folder, view.config);
  view.events = read_events(folder.events());
  view.steps = committed_steps(view.events);
  add_prior(view);
  if (!truth.empty()) {
    if (truth.size() != view.names.size())
      fail(ExitCode::data, "the true parameters are {} numbers, but '{}' has {} parameters", truth.size(),
           path.string(), view.names.size());
    view.truth = Eigen::Map<const Vector>(truth.data(), static_cast<Eigen::Index>(truth.size()));
  }
  for (int round = 1; folder.committed({round, Phase::propose}); ++round)
    view.rounds.push_back(view_of_round(folder, view.steps, round));
  add_posterior(view, folder);
  view.diagnosis = diagnosis_in(path / "diagnosis.json");
  return view;
}

}  // namespace snpse
