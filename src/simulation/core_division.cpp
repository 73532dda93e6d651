#include "simulation/core_division.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <string>

#include <sched.h>
#include <unistd.h>

namespace snpse {
namespace {

/// A row of numbers that says where this rank is: a number of the machine's name, then a 1 for each core that
/// the rank may run on.
Matrix own_place() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  constexpr std::uint64_t kExactInDouble = (std::uint64_t{1} << 53U) - 1;
  const auto machine = std::hash<std::string>()(name.data()) & kExactInDouble;
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  Matrix place = Matrix::Zero(1, 1 + CPU_SETSIZE);
  place(0, 0) = static_cast<double>(machine);
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(static_cast<std::size_t>(core), &set)) place(0, 1 + core) = 1;
  return place;
}

}  // namespace

CoreDivision divide_cores(const std::vector<int>& machine, const std::vector<std::set<int>>& cores, int rank,
                          int processes) {
  CoreDivision division;
  if (processes < 1) return division;
  std::map<int, std::vector<int>> ranks_of_machine;
  for (std::size_t i = 0; i < machine.size(); ++i)
    ranks_of_machine[machine[i]].push_back(static_cast<int>(i));
  for (const auto& [number, ranks] : ranks_of_machine) {
    std::set<int> all;
    for (const int each : ranks)
      all.insert(cores[static_cast<std::size_t>(each)].begin(), cores[static_cast<std::size_t>(each)].end());
    const auto room = std::max<std::ptrdiff_t>(1, std::ssize(all) / processes);
    const int each = std::min(processes, static_cast<int>(all.size()));
    division.fewest = division.fewest == 0 ? each : std::min(division.fewest, each);
    for (std::ptrdiff_t i = 0; i < std::ssize(ranks); ++i) {
      const int other = ranks[static_cast<std::size_t>(i)];
      if (i >= room) division.idle_ranks.insert(other);
      if (i >= room || other != rank) continue;
      const auto begin = std::next(all.begin(), i * each);
      division.mine.assign(begin, std::next(begin, each));
    }
  }
  return division;
}

CoreDivision divide_cores(const World& world, int processes) {
  if (processes < 1) return {};
  const Matrix places = world.gather_rows(own_place());
  std::vector<int> machine;
  std::vector<std::set<int>> cores;
  std::map<double, int> numbers;
  for (Eigen::Index i = 0; i < places.rows(); ++i) {
    machine.push_back(numbers.emplace(places(i, 0), static_cast<int>(numbers.size())).first->second);
    cores.emplace_back();
    for (Eigen::Index core = 1; core < places.cols(); ++core)
      if (places(i, core) > 0) cores.back().insert(static_cast<int>(core - 1));
  }
  return divide_cores(machine, cores, world.rank(), processes);
}

}  // namespace snpse
