#include "campaign/folder.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "campaign/data_records.hpp"
#include "campaign/simulator_files.hpp"
#include "config/config_file.hpp"
#include "core/record_checks.hpp"
#include "util/shell.hpp"

namespace snpse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kConfiguration = "campaign.toml";
constexpr std::array kCheckpoints{"checkpoint.h5", "checkpoint.previous.h5"};  // the newest first

bool is_empty_or_absent(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) return true;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().filename() != kSimulatorFolder &&    // which is filled first
        entry.path().filename().string().front() != '.')  // the lock and unfinished writes
      return false;
  return true;
}

}  // namespace

const char* to_string(Phase phase) {
  switch (phase) {
    case Phase::propose:
      return "propose";
    case Phase::simulate:
      return "simulate";
    case Phase::train:
      return "train";
    case Phase::infer:
      return "infer";
  }
  return "unknown";
}

CampaignFolder::CampaignFolder(fs::path path) : path_(std::move(path)) {
  std::error_code unknown;
  if (!fs::exists(path_ / kConfiguration, unknown) && !unknown)
    fail(ExitCode::missing_input,
         "'{}' is no campaign folder: it holds no {}; start one with 'snpse run FILE --out {}'",
         path_.string(), kConfiguration, shell_word(path_));
  configuration_ = read_whole(path_ / kConfiguration);
}

CampaignFolder CampaignFolder::create(const fs::path& path, const std::string& configuration,
                                      std::uint64_t seed, int rounds, const Difference& difference) {
  std::error_code ignored;
  if (!fs::exists(path / kConfiguration, ignored)) {
    if (!is_empty_or_absent(path))
      fail(ExitCode::data,
           "'{}' is not empty and holds no {}: it is no campaign of ours; name another folder with --out",
           path.string(), kConfiguration);
    make_folder(path);
    write_durably(path / kConfiguration, configuration);
  }
  CampaignFolder folder(path);
  folder.seed_ = seed;
  // Comments and the order of lines may differ, as between versions of the program.
  if (folder.configuration_ != configuration)
    folder.changes_ = difference(folder.configuration_, configuration);
  std::string refused;
  for (const auto& change : folder.changes_)
    if (!may_change(change, folder, rounds)) refused += fmt::format("\n  {}", change.text());
  if (!refused.empty())
    fail(ExitCode::config,
         "'{}' was started with another configuration:{}\nUndo the change, or start a new campaign with "
         "another --out. 'snpse run {}' continues the campaign as it is, and 'snpse extend' adds simulations "
         "to a finished one",
         path.string(), refused, shell_word(path));
  folder.tidy();
  if (folder.changes_.empty())
    folder.changes_ = folder.edits_by_hand();
  else
    folder.refreeze(configuration, folder.changes_);
  return folder;
}

std::vector<KeyDifference> CampaignFolder::edits_by_hand() const {
  std::vector<KeyDifference> edits;
  const auto file = last_file();
  if (!file) return edits;
  std::ranges::copy_if(differences(read_header(*file).configuration, configuration_),
                       std::back_inserter(edits), may_change_any_time);
  return edits;
}

std::optional<fs::path> CampaignFolder::last_file() const {
  if (fs::exists(posterior_file())) return posterior_file();
  std::optional<fs::path> last;
  for (int round = 1; fs::exists(round_folder(round)); ++round)
    for (const auto& file :
         {proposal_file(round), simulations_file(round), round_folder(round) / "network.h5"})
      if (fs::exists(file)) last = file;
  return last;
}

void CampaignFolder::refreeze(const std::string& configuration,
                              const std::vector<KeyDifference>& differences) {
  const auto decides = [](const KeyDifference& difference) { return !may_change_any_time(difference); };
  const bool decided = std::ranges::any_of(differences, decides);
  for (int round = 1; fs::exists(round_folder(round)); ++round) {
    if (decided) remove_checkpoints(round);
    fs::remove_all(blocks(round));
  }
  write_durably(path_ / kConfiguration, configuration);
  configuration_ = configuration;
}

void CampaignFolder::tidy() const {
  remove_leftovers(path_);
  for (int round = 1; fs::exists(round_folder(round)); ++round) {
    remove_leftovers(round_folder(round));
    if (committed({round, Phase::simulate})) fs::remove_all(parts(round));
    if (committed({round, Phase::train})) remove_checkpoints(round);
    if (committed({round, Phase::infer})) fs::remove_all(blocks(round));
  }
}

fs::path CampaignFolder::round_folder(int round) const {
  return path_ / "rounds" / fmt::format("{:03}", round);
}

fs::path CampaignFolder::parts(int round) const {
  return round_folder(round) / "parts";
}

fs::path CampaignFolder::blocks(int round) const {
  return round_folder(round) / "blocks";
}

bool CampaignFolder::committed(const Step& step) const {
  switch (step.phase) {
    case Phase::propose:
      return fs::exists(proposal_file(step.round));
    case Phase::simulate:
      return fs::exists(simulations_file(step.round));
    case Phase::train:
      return fs::exists(round_folder(step.round) / "network.h5");
    case Phase::infer:
      return fs::exists(posterior_file());
  }
  throw std::logic_error("unknown phase");
}

FileHeader CampaignFolder::header(const std::string& type, int round) const {
  FileHeader header;
  header.type = type;
  header.seed = seed_ ? *seed_ : parse_config(configuration_, kConfiguration, path_).seed;
  header.configuration = configuration_;
  header.round = round;
  return header;
}

HeaderCheck CampaignFolder::own_files(int round) const {
  return [round, own = path_ / kConfiguration, configuration = configuration_](const fs::path& file,
                                                                               const FileHeader& header) {
    if (header.round != 0 && header.round != round)
      fail(
          ExitCode::data,
          "'{}' is of round {}, but round {} is wanted: put the campaign's own file back, or move it away and "
          "run again to redo this step",
          file.string(), header.round, round);
    if (header.configuration == configuration) return;
    std::string differing;
    for (const auto& difference : differences(header.configuration, configuration))
      if (!may_ever_change(difference)) differing += fmt::format("\n  {}", difference.text());
    if (!differing.empty())
      fail(ExitCode::data,
           "'{}' is not of the campaign that '{}' says:{}\nUndo the change of campaign.toml or put the "
           "campaign's own file back; or move the file away and run again to redo its step",
           file.string(), own.string(), differing);
  };
}

int CampaignFolder::last_round() const {
  int last = 0;
  while (committed({last + 1, Phase::train})) ++last;
  return last;
}

void CampaignFolder::save_proposal(int round, const Proposal& proposal) const {
  make_folder(round_folder(round));
  Record record = to_record(proposal.figures, proposal.region);
  record.put("theta", proposal.theta);
  write_record(proposal_file(round), header("proposal", round), record);
}

Proposal CampaignFolder::load_proposal(int round) const {
  Record record = read_record(proposal_file(round), "proposal", own_files(round));
  check_draws(record);
  Matrix theta = record.take<Matrix>("theta");
  auto proposal = proposal_from(std::move(theta), record);
  if (proposal.region && proposal.region->box.low.size() != proposal.theta.cols())
    record.reject("box/low", fmt::format("has {} entries, but there are {} parameters",
                                         proposal.region->box.low.size(), proposal.theta.cols()));
  return proposal;
}

fs::path CampaignFolder::proposal_file(int round) const {
  return round_folder(round) / "proposal.h5";
}

void CampaignFolder::check_proposal(int round) const {
  own_files(round)(proposal_file(round), read_header(proposal_file(round)));
}

fs::path CampaignFolder::simulations_file(int round) const {
  return round_folder(round) / "simulations.h5";
}

// Each step's last file is the one whose existence commits it.
void CampaignFolder::save_simulations(int round, const Matrix& theta, const SimulationParts& parts) const {
  Record provenance = to_record(parts.provenance());
  put_in(provenance, parts.faults());
  write_record(provenance_file(round), header("provenance", round), provenance);
  Record outcomes = parts.outcomes();
  outcomes.put("theta", theta);
  write_record(simulations_file(round), header("simulations", round), outcomes, parts.x());
}

fs::path CampaignFolder::provenance_file(int round) const {
  return round_folder(round) / "provenance.h5";
}

Provenance CampaignFolder::load_provenance(int round) const {
  return provenance_from(read_record(provenance_file(round), "provenance", own_files(round)));
}

std::vector<Fault> CampaignFolder::load_faults(int round) const {
  if (committed({round, Phase::simulate}))
    return faults_from(read_record(provenance_file(round), "provenance", own_files(round)));
  std::vector<Fault> faults;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parts(round), ignored)) {
    if (!number_of_part(entry.path())) continue;
    try {
      const auto more = faults_of_part(entry.path(), own_files(round));
      faults.insert(faults.end(), more.begin(), more.end());
    } catch (const Error&) {
      // While the campaign runs, parts are merged and removed under our eyes.
      if (fs::exists(entry.path(), ignored)) throw;
    }
  }
  std::ranges::stable_sort(faults, {}, &Fault::id);
  return faults;
}

void CampaignFolder::reopen(int round) const {
  remove_checkpoints(round);
  const auto file = simulations_file(round);
  if (!fs::exists(file)) return;
  fs::remove_all(parts(round));
  Record outcomes = read_fields(file, "simulations", {"theta", "id", "seed", "status"}, own_files(round));
  const auto provenance = load_provenance(round);
  const auto faults = load_faults(round);
  const auto& theta = outcomes.get<Matrix>("theta");
  const auto x = open_rows(file, "simulations", "x", 0, theta.rows());
  const auto n = static_cast<std::size_t>(theta.rows());
  const auto& id = wholes_in(outcomes, "id", n, 0);
  SimulationParts kept(parts(round), header("part", round), theta.rows(), static_cast<int>(x->width()),
                       id.empty() ? 0 : id.front(), own_files(round));
  const auto statuses = statuses_from(outcomes);
  const auto& seed = wholes_in(outcomes, "seed", n, 0);
  if (statuses.size() != n || provenance.worker.size() != n)
    outcomes.reject("status", fmt::format("has {} entries, and provenance.h5 {}, but there are {} parameters",
                                          statuses.size(), provenance.worker.size(), n));
  for_each_block(theta.rows(), x->width(), [&](Eigen::Index first, Eigen::Index count) {
    const auto part_of = [&](const auto& values) {
      return std::vector(values.begin() + first, values.begin() + first + count);
    };
    const auto imported_part_of = [&](const auto& values) {
      return provenance.imported_from.empty() ? std::vector<std::int64_t>{} : part_of(values);
    };
    kept.append({{theta.middleRows(first, count), x->block(first, count), part_of(id), part_of(seed),
                  part_of(statuses)},
                 {part_of(provenance.worker), part_of(provenance.attempts), part_of(provenance.seconds),
                  provenance.imported_from, imported_part_of(provenance.imported_file),
                  imported_part_of(provenance.imported_row)},
                 first == 0 ? faults : std::vector<Fault>{}});
  });
  fs::remove(file);
}

std::vector<Status> CampaignFolder::load_statuses(int round) const {
  return statuses_from(read_fields(simulations_file(round), "simulations", {"status"}, own_files(round)));
}

void CampaignFolder::save_network(int round, const RoundNetwork& network) const {
  write_record(round_folder(round) / "training.h5", header("training", round), training_record(network));
  write_record(round_folder(round) / "network.h5", header("network", round), network.network);
  remove_checkpoints(round);
}

void CampaignFolder::remove_checkpoints(int round) const {
  for (const char* name : kCheckpoints) fs::remove(round_folder(round) / name);
}

Record CampaignFolder::load_network(int round) const {
  return read_record(round_folder(round) / "network.h5", "network", own_files(round));
}

Record CampaignFolder::load_training(int round) const {
  Record record = read_record(round_folder(round) / "training.h5", "training", own_files(round));
  check_training(record);
  return record;
}

void CampaignFolder::set_posterior_aside(int round) const {
  for (const auto& file : {path_ / "diagnosis.json", predictive_file(), posterior_file()})
    if (fs::exists(file)) move_durably(file, round_folder(round) / file.filename());
}

void CampaignFolder::save_posterior(int round, const Record& posterior) const {
  write_record(posterior_file(), header("posterior", round), posterior);
}

Record CampaignFolder::load_posterior(Eigen::Index parameters) const {
  Record record = read_record(posterior_file(), "posterior", own_files(last_round()));
  check_posterior(record, parameters);
  return record;
}

void CampaignFolder::save_predictive(const Matrix& theta, const Matrix& x) const {
  Record record;
  record.put("theta", theta);
  record.put("x", x);
  write_record(predictive_file(), header("predictive", last_round()), record);
}

std::optional<Record> CampaignFolder::load_predictive() const {
  if (!fs::exists(predictive_file())) return std::nullopt;
  Record record = read_record(predictive_file(), "predictive", own_files(last_round()));
  check_draws(record);
  matrix_in(record, "x", record.get<Matrix>("theta").rows(), record.get<Matrix>("x").cols());
  return record;
}

void CampaignFolder::save_checkpoint(int round, const Record& checkpoint) const {
  const auto newest = round_folder(round) / kCheckpoints[0];
  if (fs::exists(newest)) fs::rename(newest, round_folder(round) / kCheckpoints[1]);
  write_record(newest, header("checkpoint", round), checkpoint);
}

std::optional<Record> CampaignFolder::load_checkpoint(int round) const {
  for (const char* name : kCheckpoints) {
    const auto file = round_folder(round) / name;
    if (!fs::exists(file)) continue;
    FileHeader header;
    const auto note_header = [&](const fs::path&, const FileHeader& found) { header = found; };
    std::optional<Record> checkpoint;
    try {
      checkpoint = read_record(file, "checkpoint", note_header);
    } catch (const Error& error) {
      // A damaged checkpoint costs training time and nothing else: the one before, or the beginning, will do.
      if (error.code() != ExitCode::data) throw;
      continue;
    }
    own_files(round)(file, header);
    return checkpoint;
  }
  return std::nullopt;
}

}  // namespace snpse
