#include "campaign/faults.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "simulation/failures.hpp"

namespace snpse {

std::vector<KnownFault> known_faults(const CampaignFolder& folder) {
  std::vector<KnownFault> known;
  std::int64_t first_id = 0;
  for (int round = 1; folder.committed({round, Phase::propose}); ++round) {
    const Matrix theta = folder.load_proposal(round).theta;
    for (auto& fault : folder.load_faults(round)) {
      const auto row = fault.id - first_id;
      if (row < 0 || row >= theta.rows())
        fail(ExitCode::data, "'{}' says that simulation {} failed, which is not of the round",
             folder.round_folder(round).string(), fault.id);
      const auto values = row_of(theta, row);
      known.push_back({std::move(fault), round, {values.begin(), values.end()}});
    }
    first_id += theta.rows();
  }
  return known;
}

std::vector<FaultGroup> group_by_cause(const std::vector<KnownFault>& faults) {
  std::map<std::pair<Status, std::string>, FaultGroup> by_cause;
  std::map<std::pair<Status, std::string>, std::set<std::int64_t>> ids;
  for (const auto& known : faults) {
    const auto& fault = known.fault;
    const std::pair key(fault.status, without_numbers(fault.message));
    auto& group = by_cause[key];
    if (group.attempts++ == 0) {
      group.status = fault.status;
      group.cause = fault.message;
      group.example = known;
    }
    ids[key].insert(fault.id);
    group.simulations = std::ssize(ids[key]);
  }
  std::vector<FaultGroup> groups;
  for (auto& [key, group] : by_cause) groups.push_back(std::move(group));
  std::ranges::stable_sort(groups, std::greater<>(), &FaultGroup::attempts);
  return groups;
}

}  // namespace snpse
