#include "training/shared_rows.hpp"

#include <algorithm>
#include <utility>

#include "util/error.hpp"

namespace snpse {

SharedRows::SharedRows(const World& world, TrainingData mine) : world_(world), mine_(std::move(mine)) {
  const auto& id = mine_.id;
  ensure(mine_.rows.size() == static_cast<std::int64_t>(id.size()) &&
             (mine_.x_on_demand || mine_.rows.x.size(0) == mine_.rows.size()),
         "as many parameters as data and ids");
  std::vector<Run> own;
  for (const std::int64_t i : id) {
    if (own.empty() || own.back().end != i) own.push_back({i, i, world.rank()});
    ++own.back().end;
  }
  Matrix table(static_cast<Eigen::Index>(own.size()), 3);
  for (Eigen::Index i = 0; i < table.rows(); ++i) {
    const auto& run = own[static_cast<std::size_t>(i)];
    table.row(i) << static_cast<double>(run.begin), static_cast<double>(run.end), run.rank;
  }
  table = world.gather_rows(table);
  for (const auto& row : table.rowwise())
    runs_.push_back(
        {static_cast<std::int64_t>(row[0]), static_cast<std::int64_t>(row[1]), static_cast<int>(row[2])});
  std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.begin < b.begin; });
  total_ = runs_.empty() ? 0 : runs_.back().end;
}

int SharedRows::owner(std::int64_t id) const {
  const auto after = std::upper_bound(runs_.begin(), runs_.end(), id,
                                      [](std::int64_t i, const Run& run) { return i < run.begin; });
  return std::prev(after)->rank;
}

std::vector<float> SharedRows::packed(std::span<const std::int64_t> ids) const {
  std::vector<Eigen::Index> rows;
  for (const std::int64_t id : ids)
    rows.push_back(std::lower_bound(mine_.id.begin(), mine_.id.end(), id) - mine_.id.begin());
  const auto x = mine_.x_on_demand ? mine_.x_on_demand(rows) : mine_.rows.x;
  std::vector<float> values;
  values.reserve(ids.size() * static_cast<std::size_t>(width()));
  const auto append = [&](const torch::Tensor& part, std::int64_t row) {
    const float* first = part.data_ptr<float>() + row * part.size(1);
    values.insert(values.end(), first, first + part.size(1));
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    append(mine_.rows.z, rows[i]);
    append(x, mine_.x_on_demand ? static_cast<std::int64_t>(i) : rows[i]);
    append(mine_.rows.mean, rows[i]);
    append(mine_.rows.tilt, rows[i]);
    append(mine_.rows.weight, rows[i]);
  }
  return values;
}

TrainingRows SharedRows::fetch(std::span<const std::int64_t> ids) const {
  const auto ranks = static_cast<std::size_t>(world_.size());
  std::vector<std::vector<std::int64_t>> wanted(ranks);
  for (const std::int64_t id : ids) wanted[static_cast<std::size_t>(owner(id))].push_back(id);
  const auto asked = world_.exchange(wanted);
  std::vector<std::vector<float>> answers;
  for (const auto& by_rank : asked) answers.push_back(packed(by_rank));
  const auto received = world_.exchange(answers);

  const auto count = static_cast<std::int64_t>(ids.size());
  const auto rows_like = [&](const torch::Tensor& t) {
    return torch::empty({count, t.size(1)}, torch::kFloat32);
  };
  TrainingRows rows{rows_like(mine_.rows.z), rows_like(mine_.rows.x), rows_like(mine_.rows.mean),
                    rows_like(mine_.rows.tilt), rows_like(mine_.rows.weight)};
  std::vector<const float*> next;  // of each rank's output
  for (const auto& output : received) next.push_back(output.data());
  for (std::int64_t i = 0; i < count; ++i) {
    const float*& from = next[static_cast<std::size_t>(owner(ids[static_cast<std::size_t>(i)]))];
    for (const auto* part : {&rows.z, &rows.x, &rows.mean, &rows.tilt, &rows.weight}) {
      std::copy_n(from, part->size(1), part->data_ptr<float>() + i * part->size(1));
      from += part->size(1);
    }
  }
  return rows;
}

}  // namespace snpse
