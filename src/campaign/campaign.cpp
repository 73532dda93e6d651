#include "snpse/campaign/campaign.hpp"

#include <utility>

#include "snpse/campaign/data_records.hpp"
#include "snpse/parallel/broadcast_record.hpp"

namespace snpse {

Campaign::Campaign(const World& world, const CampaignFolder* folder, const Method& method)
    : world_(world), folder_(folder), total_rounds_(method.rounds()) {
  load();
}

void Campaign::load() {
  // One record a committed step, in the order of the steps; the broadcast then needs no knowledge of their
  // kinds.
  std::vector<std::pair<Phase, Record>> committed;
  world_.on_root([&] {
    for (int round = 1; round <= total_rounds_; ++round) {
      if (!folder_->committed({round, Phase::propose})) return;
      auto proposal = folder_->load_proposal(round);
      proposal.report.put("theta", proposal.theta);
      committed.emplace_back(Phase::propose, proposal.report);
      if (!folder_->committed({round, Phase::simulate})) return;
      committed.emplace_back(Phase::simulate, to_record(folder_->load_simulations(round)));
      if (!folder_->committed({round, Phase::train})) return;
      committed.emplace_back(Phase::train, folder_->load_network(round));
    }
    if (folder_->committed({total_rounds_, Phase::infer}))
      committed.emplace_back(Phase::infer, folder_->load_posterior());
  });
  const auto count = static_cast<std::size_t>(world_.broadcast(static_cast<double>(committed.size())));
  committed.resize(count);
  for (auto& [phase, record] : committed) {
    phase = static_cast<Phase>(static_cast<int>(world_.broadcast(static_cast<double>(phase))));
    broadcast(world_, record);
    switch (phase) {
      case Phase::propose:
        rounds_.emplace_back();
        rounds_.back().proposal = {record.get<Matrix>("theta"), record};
        break;
      case Phase::simulate:
        rounds_.back().simulations = simulations_from(record);
        break;
      case Phase::train:
        rounds_.back().network = std::move(record);
        break;
      case Phase::infer:
        posterior_committed_ = true;
        break;
    }
  }
}

std::optional<Step> Campaign::next_step() const {
  if (posterior_committed_) return std::nullopt;
  if (rounds_.empty()) return Step{1, Phase::propose};
  const int round = static_cast<int>(rounds_.size());
  if (rounds_.back().simulations.id.empty()) return Step{round, Phase::simulate};
  if (rounds_.back().network.values().empty()) return Step{round, Phase::train};
  if (round < total_rounds_) return Step{round + 1, Phase::propose};
  return Step{round, Phase::infer};
}

std::span<const RoundData> Campaign::finished_rounds() const {
  const bool unfinished = !rounds_.empty() && rounds_.back().network.values().empty();
  return rounds().first(rounds_.size() - (unfinished ? 1 : 0));
}

std::int64_t Campaign::first_id(int round) const {
  std::int64_t before = 0;
  for (int r = 1; r < round; ++r) before += rounds_[static_cast<std::size_t>(r - 1)].proposal.theta.rows();
  return before;
}

void Campaign::commit(const Step& step, Proposal proposal) {
  world_.on_root([&] { folder_->save_proposal(step.round, proposal); });
  rounds_.emplace_back();
  rounds_.back().proposal = std::move(proposal);
}

void Campaign::commit(const Step& step, TrainedNetwork network) {
  world_.on_root([&] { folder_->save_network(step.round, network); });
  rounds_.back().network = std::move(network.network);
}

void Campaign::commit_posterior(const Record& posterior) {
  world_.on_root([&] { folder_->save_posterior(posterior); });
  posterior_committed_ = true;
}

SimulationPlan Campaign::open_simulations(const Step& step, int x_dim, std::uint64_t seed) {
  SimulationPlan plan;
  plan.theta = rounds_.back().proposal.theta;
  plan.first_id = first_id(step.round);
  plan.x_dim = x_dim;
  plan.seed = seed;
  plan.round = static_cast<std::uint32_t>(step.round);
  world_.on_root([&] {
    parts_.emplace(folder_->parts(step.round), folder_->header("part"), plan.theta.rows(),
                   static_cast<int>(plan.theta.cols()), x_dim, plan.first_id);
    plan.todo = parts_->todo();
  });
  return plan;
}

void Campaign::keep(const SimulationPart& part) {
  parts_->append(part);
}

void Campaign::commit_simulations(const Step& step) {
  Record record;
  world_.on_root([&] {
    ensure(static_cast<std::size_t>(rounds_.back().proposal.theta.rows()) == parts_->simulations().id.size(),
           "a round is committed whole");
    folder_->save_simulations(step.round, parts_->simulations(), parts_->provenance());
    parts_->remove();
    record = to_record(parts_->simulations());
  });
  broadcast(world_, record);
  rounds_.back().simulations = simulations_from(record);
  parts_.reset();
}

Checkpoints Campaign::checkpoints(const Step& step) const {
  return {[folder = folder_, step] { return folder->load_checkpoint(step.round); },
          [folder = folder_, step](const Record& record) { folder->save_checkpoint(step.round, record); }};
}

}  // namespace snpse
