#include "parallel/block_work.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <span>
#include <utility>

#include "util/error.hpp"

namespace snpse {
namespace {

/// In a part a block is these numbers, then its values.
struct BlockHead {
  std::int64_t rank, number, rows, columns;
};
constexpr std::size_t kHead = 4;

BlockHead head_at(const std::vector<double>& part, std::size_t place) {
  const auto number = [&](std::size_t i) { return static_cast<std::int64_t>(part[place + i]); };
  return {number(0), number(1), number(2), number(3)};
}

}  // namespace

BlockWork::BlockWork(const World& world, const StopRequest& stop, BlockParts parts)
    : world_(world), stop_(stop), parts_(std::move(parts)) {
  std::vector<double> all;
  world_.on_root([&] {
    if (parts_.load)
      for (const auto& part : parts_.load()) all.insert(all.end(), part.begin(), part.end());
  });
  world_.broadcast(all);
  for (std::size_t place = 0; place < all.size();) {
    const auto head = head_at(all, place);
    place += kHead;
    if (head.rank == world_.rank())
      kept_[head.number] = Eigen::Map<const Matrix>(all.data() + place, head.rows, head.columns);
    place += static_cast<std::size_t>(head.rows * head.columns);
  }
}

Matrix BlockWork::next(const std::function<Matrix()>& compute) {
  const auto number = next_;
  if (auto found = kept_.extract(number)) {
    ++next_;
    return std::move(found.mapped());
  }
  Matrix values = compute();
  ++next_;
  fresh_.push_back({number, values});
  return values;
}

bool BlockWork::keeping_is_due() const {
  // The longer the work, the rarer, so that there are some hundred parts at most.
  constexpr double kShortest = 2;
  constexpr double kLongest = 60;
  return world_.is_root() &&
         seconds_since(last_) > std::clamp(seconds_since(start_) / 50, kShortest, kLongest);
}

void BlockWork::keep() {
  std::vector<double> mine;
  for (const auto& [number, values] : fresh_) {
    for (const std::int64_t of_head :
         {std::int64_t{world_.rank()}, number, std::int64_t{values.rows()}, std::int64_t{values.cols()}})
      mine.push_back(static_cast<double>(of_head));
    mine.insert(mine.end(), values.data(), values.data() + values.size());
  }
  fresh_.clear();
  last_ = Clock::now();
  const Matrix part =
      world_.gather_rows(Eigen::Map<const Matrix>(mine.data(), static_cast<Eigen::Index>(mine.size()), 1));
  world_.on_root([&] {
    if (parts_.add && part.size() > 0) parts_.add({part.data(), part.data() + part.size()});
  });
}

std::vector<Matrix> compute_blocks(const World& world, std::int64_t n,
                                   const std::function<Matrix(std::int64_t block)>& compute) {
  std::vector<Matrix> results;
  auto* work = world.work();
  if (work == nullptr) {
    while (std::ssize(results) < n) results.push_back(compute(std::ssize(results)));
    return results;
  }
  std::exception_ptr error;
  for (;;) {
    try {
      if (std::ssize(results) < n)
        results.push_back(work->next([&] {
          stop_point(world);
          return compute(std::ssize(results));
        }));
      stop_point(world);
    } catch (...) {
      error = std::current_exception();
    }
    const bool unfinished = std::ssize(results) < n;
    std::array<std::int64_t, 3> ranks_that_fail_keep_go_on{error ? 1 : 0, work->keeping_is_due() ? 1 : 0,
                                                           unfinished ? 1 : 0};
    world.sum(std::span<std::int64_t>(ranks_that_fail_keep_go_on));
    const auto [fail, keep, go_on] = ranks_that_fail_keep_go_on;
    if (fail + keep > 0) work->keep();
    world.raise_together(error);
    if (go_on == 0) return results;
  }
}

void stop_point(const World& world) {
  if (world.work() != nullptr && world.work()->stop_requested())
    fail(ExitCode::stopped, "{}", kStoppedAsAsked);
}

}  // namespace snpse
