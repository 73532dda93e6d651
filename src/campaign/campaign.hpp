#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "campaign/folder.hpp"
#include "campaign/simulation_parts.hpp"
#include "config/experiment.hpp"
#include "inference/posterior.hpp"
#include "methods/method.hpp"
#include "parallel/block_work.hpp"
#include "parallel/world.hpp"
#include "simulation/farm.hpp"

namespace snpse {

struct ProblemSize {
  Eigen::Index parameters = 0;
  Eigen::Index data = 0;  ///< of one x
};
ProblemSize size_of(const Experiment& setup);

/// The state of a campaign on all ranks: what its folder has committed. Rank 0 reads and writes the folder;
/// the networks of committed steps are in every rank's memory, and of their simulations its part but for x
/// (see distribute_simulations()). Every member marked "Collective" throws the same Error on all ranks where
/// rank 0's disk fails.
class Campaign {
 public:
  /// Collective. folder: rank 0's, null on the others. Loads all that is committed; Error(data) for a file
  /// that is not of this folder's campaign, its round and these sizes.
  Campaign(const World& world, const CampaignFolder* folder, const Method& method, const ProblemSize& size);

  /// The step after what is committed; none at the end.
  std::optional<Step> next_step() const;
  /// All rounds begun, and those whose network is trained.
  std::span<const RoundData> rounds() const { return rounds_; }
  std::span<const RoundData> finished_rounds() const;

  void commit(const Step& step, Proposal proposal);                  ///< Collective.
  void commit(const Step& step, RoundNetwork network);               ///< Collective.
  void commit_posterior(const Step& step, const Record& posterior);  ///< Collective.

  /// Collective. Gives the last round, whose network is yet to be trained, the rows of the proposal beyond
  /// the round's own as further parameters. What was simulated is kept, and next_step() simulates the rest.
  void extend(const Proposal& proposal);
  /// Collective. How many draws the committed posterior has.
  std::int64_t draws() const;
  /// Collective. Makes infer the next step of a finished campaign, and returns the draws that it has so far.
  PosteriorSamples reopen_posterior();
  /// Collective. Opens the present round's simulations: reads on rank 0 what earlier sittings brought, and
  /// plans the rest.
  void open_simulations(const Step& step, SimulationPlan& plan);
  /// Rank 0 only: keeps a part on disk.
  void keep(const SimulationPart& part);
  /// Collective. All of the round's simulations have been kept.
  void commit_simulations(const Step& step);

  /// Where the training of the round keeps its checkpoints.
  Checkpoints checkpoints(const Step& step) const;
  /// Where the step keeps the blocks that it has computed.
  BlockParts blocks(const Step& step) const;

 private:
  void load(const Step& step);
  void load_simulations(const Step& step);
  /// Rank 0: that the simulations are those of the round's proposal, and the provenance is theirs.
  void check_simulations(int round, const Record& simulations) const;
  void take(const Step& step, Proposal proposal);
  void take(const Step& step, Record network);
  /// Rank 0 only: removes what the step kept, once the step is committed.
  void remove_blocks(const Step& step) const;

  const World& world_;
  const CampaignFolder* folder_;
  const Method& method_;
  ProblemSize size_;
  std::vector<RoundData> rounds_;
  std::optional<Step> last_;  // committed
  std::int64_t next_id_ = 0;  // of simulations that are yet to be committed
  std::optional<SimulationParts> parts_;
};

}  // namespace snpse
