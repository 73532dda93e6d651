#include "campaign/campaign.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "campaign/data_records.hpp"
#include "campaign/distribute_simulations.hpp"
#include "parallel/broadcast_record.hpp"

namespace snpse {

Campaign::Campaign(const World& world, const CampaignFolder* folder, const Method& method)
    : world_(world), folder_(folder), method_(method) {
  while (const auto step = next_step()) {
    bool committed = false;
    world_.on_root([&] { committed = folder_->committed(*step); });
    if (!world_.any(committed)) break;
    load(*step);
  }
}

void Campaign::load(const Step& step) {
  Proposal proposal;
  Record record;
  switch (step.phase) {
    case Phase::propose:
      world_.on_root([&] {
        proposal = folder_->load_proposal(step.round);
        record = to_record(proposal.figures, proposal.region);
      });
      broadcast(world_, record);
      return take(step, proposal_from(std::move(proposal.theta), record));
    case Phase::simulate:
      return load_simulations(step);
    case Phase::train:
      world_.on_root([&] { record = folder_->load_network(step.round); });
      broadcast(world_, record);
      return take(step, std::move(record));
    case Phase::infer:
      last_ = step;
  }
}

std::optional<Step> Campaign::next_step() const {
  if (!last_) return Step{1, Phase::propose};
  switch (last_->phase) {
    case Phase::propose:
      return Step{last_->round, Phase::simulate};
    case Phase::simulate:
      return Step{last_->round, Phase::train};
    case Phase::train:
      if (method_.simulations_after(rounds_) > 0) return Step{last_->round + 1, Phase::propose};
      return Step{last_->round, Phase::infer};
    case Phase::infer:
      break;
  }
  return std::nullopt;
}

std::span<const RoundData> Campaign::finished_rounds() const {
  const bool unfinished = !rounds_.empty() && rounds_.back().network.values().empty();
  return rounds().first(rounds_.size() - (unfinished ? 1 : 0));
}

void Campaign::take(const Step& step, Proposal proposal) {
  const auto size = world_.broadcast(std::int64_t{proposal.theta.rows()});
  if (!world_.is_root()) proposal.theta.resize(0, 0);
  rounds_.emplace_back();
  rounds_.back().proposal = std::move(proposal);
  rounds_.back().size = size;
  last_ = step;
}

void Campaign::load_simulations(const Step& step) {
  std::string file;
  if (folder_ != nullptr) file = folder_->simulations_file(step.round).string();
  world_.broadcast(file);
  auto& share = rounds_.back().simulations;
  share = distribute_simulations(world_, file);
  next_id_ += world_.sum(share.theta.rows());
  last_ = step;
}

void Campaign::take(const Step& step, Record network) {
  rounds_.back().network = std::move(network);
  last_ = step;
}

void Campaign::commit(const Step& step, Proposal proposal) {
  world_.on_root([&] { folder_->save_proposal(step.round, proposal); });
  take(step, std::move(proposal));
}

void Campaign::extend(const Proposal& proposal) {
  const auto own = static_cast<Eigen::Index>(rounds_.back().size);
  Proposal extended = proposal;
  world_.on_root([&] {
    extended.theta.topRows(own) = rounds_.back().proposal.theta;
    folder_->reopen(last_->round);
    folder_->save_proposal(last_->round, extended);
  });
  if (last_->phase == Phase::simulate) next_id_ -= own;
  rounds_.pop_back();
  take({last_->round, Phase::propose}, std::move(extended));
}

void Campaign::commit(const Step& step, RoundNetwork network) {
  world_.on_root([&] { folder_->save_network(step.round, network); });
  take(step, std::move(network.network));
}

void Campaign::commit_posterior(const Step& step, const Record& posterior) {
  world_.on_root([&] { folder_->save_posterior(posterior); });
  last_ = step;
}

SimulationPlan Campaign::open_simulations(const Step& step, int x_dim, std::uint64_t seed) {
  SimulationPlan plan;
  plan.theta = rounds_.back().proposal.theta;
  plan.first_id = next_id_;
  plan.x_dim = x_dim;
  plan.seed = seed;
  plan.round = static_cast<std::uint32_t>(step.round);
  world_.on_root([&] {
    parts_.emplace(folder_->parts(step.round), folder_->header("part"), plan.theta.rows(), x_dim,
                   plan.first_id);
    plan.todo = parts_->todo();
  });
  return plan;
}

void Campaign::keep(const SimulationPart& part) {
  parts_->append(part);
}

void Campaign::commit_simulations(const Step& step) {
  world_.on_root([&] {
    folder_->save_simulations(step.round, rounds_.back().proposal.theta, *parts_);
    parts_->remove();
  });
  parts_.reset();
  load_simulations(step);
}

Checkpoints Campaign::checkpoints(const Step& step) const {
  return {[folder = folder_, step] { return folder->load_checkpoint(step.round); },
          [folder = folder_, step](const Record& record) { folder->save_checkpoint(step.round, record); }};
}

}  // namespace snpse
