#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "campaign/reconfiguration.hpp"
#include "campaign/simulation_parts.hpp"
#include "core/data_set.hpp"
#include "core/record.hpp"
#include "methods/method.hpp"
#include "storage/durable_file.hpp"
#include "storage/record_file.hpp"

namespace snpse {

/// The steps of a round, in order; infer follows the last round alone.
enum class Phase { propose, simulate, train, infer };
const char* to_string(Phase phase);

/// One step of a campaign. Rounds count from 1.
struct Step {
  int round = 1;
  Phase phase = Phase::propose;
};

/// Where a campaign's folder keeps work directories of simulations.
inline constexpr const char* kWorkdirsFolder = "workdirs";

/// A campaign's folder. A step is committed when its file exists: files appear whole or not at all, so the
/// folder itself is the manifest. Each file has the configuration and the round that it was written for. What
/// is loaded must have those of the folder, but for keys that may_ever_change(), and must be what a file of
/// its kind is, or Error(data) names the file and what differs.
///
///     campaign.toml   the effective configuration, frozen at the first run
///     rounds/001/     proposal.h5, simulations.h5 + provenance.h5, network.h5 + training.h5: one pair a step
///                     parts/, blocks/ and checkpoint.h5 while a step is under way
///                     posterior.h5 of a campaign that went on after it, see set_posterior_aside()
///     posterior.h5    the draws
///     predictive.h5   draws with a simulation at each, which a diagnosis or a report made
///     events.jsonl    one line an event
///     logs/           what external simulators print
///     simulator/      the files that simulator.files lists
///     workdirs/       work directories of simulations, by their ids
class CampaignFolder {
 public:
  /// The keys of two configurations that differ.
  using Difference =
      std::function<std::vector<KeyDifference>(const std::string& frozen, const std::string& wanted)>;

  /// Opens the folder for reading. Error(missing_input) where it is no campaign.
  explicit CampaignFolder(std::filesystem::path path);
  /// Creates it, or opens it to go on: freezes the configuration at the first run. Where it was frozen with
  /// another one, the wanted one takes its place if all that differs may_change() in a campaign of so many
  /// rounds; else Error(config) that shows the difference. Error(data) where the folder holds other things.
  static CampaignFolder create(const std::filesystem::path& path, const std::string& configuration,
                               std::uint64_t seed, int rounds, const Difference& difference);

  const std::filesystem::path& path() const { return path_; }
  const std::string& configuration() const { return configuration_; }
  /// What create() changed in the frozen configuration, or was changed there by hand since the last file was
  /// committed: keys that may_change_any_time(). Other edits are found where a file is loaded.
  const std::vector<KeyDifference>& changes() const { return changes_; }
  std::filesystem::path events() const { return path_ / "events.jsonl"; }
  std::filesystem::path logs() const { return path_ / "logs"; }
  std::filesystem::path round_folder(int round) const;
  /// Where the round's simulations gather until they are committed.
  std::filesystem::path parts(int round) const;
  /// Where what a step of the round has computed gathers until the step is committed.
  std::filesystem::path blocks(int round) const;
  std::filesystem::path posterior_file() const { return path_ / "posterior.h5"; }

  bool committed(const Step& step) const;

  void save_proposal(int round, const Proposal& proposal) const;
  Proposal load_proposal(int round) const;
  std::filesystem::path proposal_file(int round) const;
  /// Whose the round's proposal is, without reading the draws. Error(data) where it is another campaign's.
  void check_proposal(int round) const;
  std::filesystem::path simulations_file(int round) const;
  void save_simulations(int round, const Matrix& theta, const SimulationParts& parts) const;
  Provenance load_provenance(int round) const;
  /// The faults of the round's simulations, also while the round is under way.
  std::vector<Fault> load_faults(int round) const;
  /// How the simulations ended, without reading the rest of them; see read_fields().
  std::vector<Status> load_statuses(int round) const;
  /// Turns the round's committed simulations back into parts, which more can join, and drops the checkpoints
  /// of a training on them. A crash at any point leaves the round as it was, or with all its simulations in
  /// parts.
  void reopen(int round) const;
  void save_network(int round, const RoundNetwork& network) const;
  Record load_network(int round) const;
  Record load_training(int round) const;
  /// Moves the posterior of a campaign that goes on, and what was found of the posterior, into the folder of
  /// the round that it was drawn after. Nothing happens where there is no posterior.
  void set_posterior_aside(int round) const;
  void save_posterior(int round, const Record& posterior) const;
  /// The draws of so many parameters.
  Record load_posterior(Eigen::Index parameters) const;
  std::filesystem::path predictive_file() const { return path_ / "predictive.h5"; }
  /// Draws of the posterior [n, d] with a simulation at each [n, p], NaN where a simulation is not ok.
  void save_predictive(const Matrix& theta, const Matrix& x) const;
  /// Record of theta and x; none where nothing was simulated at draws of the present posterior.
  std::optional<Record> load_predictive() const;

  /// Two checkpoints are kept, the newest and the one before.
  void save_checkpoint(int round, const Record& checkpoint) const;
  /// The newest readable one.
  std::optional<Record> load_checkpoint(int round) const;

  FileHeader header(const std::string& type, int round) const;
  /// Accepts the files of this campaign and round alone. Files of format version 1 do not know their round.
  HeaderCheck own_files(int round) const;
  /// The last round that is trained; 0: none.
  int last_round() const;
  /// Freezes another configuration in place of the present one, which differs in these keys. Checkpoints of
  /// trainings that a key decides are dropped: a training goes on with the settings that it began with.
  void refreeze(const std::string& configuration, const std::vector<KeyDifference>& differences);

 private:
  CampaignFolder() = default;

  /// Clears away what a crash left: files half written, and what a step needed until it was committed.
  void tidy() const;
  std::vector<KeyDifference> edits_by_hand() const;
  /// The file that was committed last; none where none is.
  std::optional<std::filesystem::path> last_file() const;
  void remove_checkpoints(int round) const;
  std::filesystem::path provenance_file(int round) const;

  std::filesystem::path path_;
  std::string configuration_;
  std::vector<KeyDifference> changes_;
  std::optional<std::uint64_t> seed_;  // where create() was told
};

}  // namespace snpse
