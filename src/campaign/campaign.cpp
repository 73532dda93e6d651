#include "campaign/campaign.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "campaign/block_folder.hpp"
#include "campaign/data_records.hpp"
#include "campaign/distribute_simulations.hpp"
#include "core/record_checks.hpp"
#include "parallel/broadcast_record.hpp"

namespace snpse {

ProblemSize size_of(const Experiment& setup) {
  return {setup.prior->dim(), setup.observations.cols()};
}

Campaign::Campaign(const World& world, const CampaignFolder* folder, const Method& method,
                   const ProblemSize& size)
    : world_(world), folder_(folder), method_(method), size_(size) {
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
        if (proposal.theta.cols() != size_.parameters)
          fail(ExitCode::data, "'{}': the field 'theta' has {} parameters, but the prior has {}",
               folder_->proposal_file(step.round).string(), proposal.theta.cols(), size_.parameters);
        record = to_record(proposal.figures, proposal.region);
      });
      broadcast(world_, record);
      return take(step, proposal_from(std::move(proposal.theta), record));
    case Phase::simulate:
      return load_simulations(step);
    case Phase::train:
      world_.on_root([&] {
        record = folder_->load_network(step.round);
        folder_->load_training(step.round);  // for its checks
      });
      broadcast(world_, record);
      return take(step, std::move(record));
    case Phase::infer:
      world_.on_root([&] { folder_->load_posterior(size_.parameters); });  // for its checks
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
  auto& local = rounds_.back().simulations;
  if (folder_ == nullptr)
    local = distribute_simulations(world_, file);
  else
    local = distribute_simulations(world_, file, {folder_->own_files(step.round), [&](const Record& read) {
                                                    check_simulations(step.round, read);
                                                  }});
  if (local.x->width() != size_.data)
    fail(ExitCode::data, "'{}' holds simulations of {} data, but the observation has {}", file,
         local.x->width(), size_.data);
  next_id_ += world_.sum(local.theta.rows());
  last_ = step;
}

void Campaign::check_simulations(int round, const Record& simulations) const {
  const auto& theta = rounds_.back().proposal.theta;
  const auto& found = finite_matrix_in(simulations, "theta", theta.rows(), theta.cols());
  if (found != theta) simulations.reject("theta", "holds other parameters than the round's proposal.h5");
  const auto n = static_cast<std::size_t>(theta.rows());
  const auto& id = wholes_in(simulations, "id", n, next_id_, next_id_ + theta.rows() - 1);
  if (std::ranges::adjacent_find(id, std::greater_equal()) != id.end())
    simulations.reject("id", "does not ascend");
  const auto provenance = folder_->load_provenance(round);
  if (provenance.worker.size() != n)
    fail(ExitCode::data, "'{}' is of {} simulations, but provenance.h5 beside it of {}", simulations.origin(),
         n, provenance.worker.size());
}

void Campaign::take(const Step& step, Record network) {
  rounds_.back().network = std::move(network);
  last_ = step;
}

std::int64_t Campaign::draws() const {
  std::int64_t n = 0;
  world_.on_root([&] { n = folder_->load_posterior(size_.parameters).get<Matrix>("theta").rows(); });
  return world_.broadcast(n);
}

PosteriorSamples Campaign::reopen_posterior() {
  PosteriorSamples samples;
  world_.on_root([&] { samples = posterior_samples_from(folder_->load_posterior(size_.parameters)); });
  world_.broadcast(samples.theta);
  samples.report.drawn = world_.broadcast(samples.report.drawn);
  samples.report.leaked = world_.broadcast(samples.report.leaked);
  last_ = Step{last_->round, Phase::train};
  return samples;
}

void Campaign::commit(const Step& step, Proposal proposal) {
  world_.on_root([&] {
    if (step.round > 1) folder_->set_posterior_aside(step.round - 1);
    folder_->save_proposal(step.round, proposal);
    remove_blocks(step);
  });
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
  world_.on_root([&] {
    folder_->save_network(step.round, network);
    remove_blocks(step);
  });
  take(step, std::move(network.network));
}

void Campaign::commit_posterior(const Step& step, const Record& posterior) {
  world_.on_root([&] {
    folder_->save_posterior(step.round, posterior);
    remove_blocks(step);
  });
  last_ = step;
}

void Campaign::open_simulations(const Step& step, SimulationPlan& plan) {
  plan.theta = rounds_.back().proposal.theta;
  plan.first_id = next_id_;
  world_.on_root([&] {
    parts_.emplace(folder_->parts(step.round), folder_->header("part", step.round), plan.theta.rows(),
                   plan.x_dim, plan.first_id, folder_->own_files(step.round));
    plan.todo = parts_->todo();
  });
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

BlockParts Campaign::blocks(const Step& step) const {
  if (folder_ == nullptr) return {};
  const auto header = folder_->header("blocks", step.round);
  return block_folder(folder_->blocks(step.round), header,
                      fmt::format("{} by version {}", to_string(step.phase), header.program_version),
                      world_.size());
}

void Campaign::remove_blocks(const Step& step) const {
  std::filesystem::remove_all(folder_->blocks(step.round));
}

}  // namespace snpse
