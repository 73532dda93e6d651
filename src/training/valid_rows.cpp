#include "training/valid_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>
#include <utility>

namespace snpse {
namespace {

std::vector<Eigen::Index> valid_in(const LocalSimulations& simulations, const Prior& prior,
                                   bool also_invalid) {
  std::vector<Eigen::Index> valid;
  for (Eigen::Index i = 0; i < simulations.theta.rows(); ++i) {
    const auto status = simulations.status[static_cast<std::size_t>(i)];
    const bool answered = status == Status::ok || (also_invalid && status == Status::invalid);
    if (answered && std::isfinite(prior.log_prob(row_of(simulations.theta, i)))) valid.push_back(i);
  }
  return valid;
}

/// Rows picked from those of several rounds, one round after the other, completed by a replacement.
class PickedRows : public Rows {
 public:
  explicit PickedRows(const std::optional<Replacement>& replacement) : replacement_(replacement) {}

  void add(std::shared_ptr<const Rows> rows, const std::vector<Eigen::Index>& picked) {
    width_ = rows->width();
    for (const auto row : picked) places_.push_back({sources_.size(), row});
    sources_.push_back(std::move(rows));
  }

  Eigen::Index size() const override { return static_cast<Eigen::Index>(places_.size()); }
  Eigen::Index width() const override { return width_; }

  Matrix read(std::span<const Eigen::Index> rows) const override {
    Matrix result(static_cast<Eigen::Index>(rows.size()), width_);
    std::vector<std::vector<Eigen::Index>> wanted(sources_.size());
    std::vector<std::vector<Eigen::Index>> to(sources_.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& place = places_[static_cast<std::size_t>(rows[i])];
      wanted[place.source].push_back(place.row);
      to[place.source].push_back(static_cast<Eigen::Index>(i));
    }
    for (std::size_t source = 0; source < sources_.size(); ++source)
      if (!to[source].empty()) result(to[source], Eigen::all) = sources_[source]->read(wanted[source]);
    return replacement_ ? replacement_->apply(std::move(result)) : result;
  }

 private:
  struct Place {
    std::size_t source;
    Eigen::Index row;
  };
  std::optional<Replacement> replacement_;
  std::vector<std::shared_ptr<const Rows>> sources_;
  std::vector<Place> places_;
  Eigen::Index width_ = 0;
};

// Of the rows in a sample; fewer where they are so long that these would take much memory.
constexpr std::int64_t kEnough = 20000;
constexpr std::int64_t kFewest = 2000;
constexpr std::int64_t kEnoughNumbers = 20'000'000;

struct Place {
  std::int64_t below;  // rows on the ranks below this one
  std::int64_t all;    // on all ranks
};

Place place(const World& world, std::int64_t mine) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(world.size()));
  counts[static_cast<std::size_t>(world.rank())] = mine;
  world.sum(counts);
  return {std::accumulate(counts.begin(), counts.begin() + world.rank(), std::int64_t{0}),
          std::accumulate(counts.begin(), counts.end(), std::int64_t{0})};
}

/// Collective. The rows of all ranks whose id is wanted, on every rank, in the order of their ids.
template <typename Wanted>
SampleOfRows gather(const World& world, const ValidRows& mine, const Wanted& wanted) {
  const Eigen::Index d = mine.theta.cols();
  const Eigen::Index p = mine.x->width();
  std::vector<Eigen::Index> chosen;
  for (std::size_t i = 0; i < mine.id.size(); ++i)
    if (wanted(mine.id[i])) chosen.push_back(static_cast<Eigen::Index>(i));
  Matrix part(static_cast<Eigen::Index>(chosen.size()), 1 + d + p);
  for (Eigen::Index i = 0; i < part.rows(); ++i)
    part(i, 0) = static_cast<double>(mine.id[static_cast<std::size_t>(chosen[static_cast<std::size_t>(i)])]);
  part.middleCols(1, d) = mine.theta(chosen, Eigen::all);
  part.rightCols(p) = mine.x->read(chosen);
  const Matrix all = world.gather_rows(part);
  std::vector<Eigen::Index> order(static_cast<std::size_t>(all.rows()));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](Eigen::Index i) { return all(i, 0); });
  SampleOfRows sample{all(order, Eigen::seqN(1, d)), all(order, Eigen::seqN(1 + d, p)), {}};
  for (const auto i : order) sample.id.push_back(std::llround(all(i, 0)));
  return sample;
}

}  // namespace

std::int64_t rows_before(const World& world, std::int64_t mine) {
  return place(world, mine).below;
}

ValidRows valid_rows(const World& world, std::span<const RoundData> rounds, const Prior& prior,
                     const std::optional<Replacement>& replacement) {
  ValidRows rows;
  auto x = std::make_shared<PickedRows>(replacement);
  for (const auto& round : rounds) {
    const auto valid = valid_in(round.simulations, prior, replacement.has_value());
    append_rows(rows.theta, round.simulations.theta(valid, Eigen::all));
    x->add(round.simulations.x, valid);
    rows.round.insert(rows.round.end(), valid.size(), static_cast<int>(&round - rounds.data()) + 1);
    const auto [below, all] = place(world, static_cast<std::int64_t>(valid.size()));
    for (std::size_t i = 0; i < valid.size(); ++i)
      rows.id.push_back(rows.total + below + static_cast<std::int64_t>(i));
    rows.total += all;
  }
  rows.x = std::move(x);
  return rows;
}

StatusCounts count_statuses(const World& world, std::span<const RoundData> rounds) {
  StatusCounts counts{};
  for (const auto& round : rounds)
    for (const auto status : round.simulations.status) ++counts[static_cast<std::size_t>(status)];
  world.sum(counts);
  return counts;
}

SampleOfRows sample_of_all(const World& world, const ValidRows& mine, const std::vector<bool>& left_out) {
  const Eigen::Index p = mine.x->width();
  const std::int64_t enough = std::clamp(kEnoughNumbers / std::max<Eigen::Index>(1, p), kFewest, kEnough);
  const std::int64_t every = std::max<std::int64_t>(1, (mine.total + enough - 1) / enough);
  return gather(world, mine,
                [&](std::int64_t id) { return id % every == 0 && !left_out[static_cast<std::size_t>(id)]; });
}

SampleOfRows rows_of(const World& world, const ValidRows& mine, const std::vector<std::int64_t>& ids,
                     int last_round) {
  std::unordered_set<std::int64_t> wanted(ids.begin(), ids.end());
  for (std::size_t i = 0; i < mine.id.size(); ++i)
    if (mine.round[i] > last_round) wanted.erase(mine.id[i]);
  return gather(world, mine, [&](std::int64_t id) { return wanted.contains(id); });
}

}  // namespace snpse
