#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "campaign/folder.hpp"
#include "core/data_set.hpp"
#include "numerics/matrix.hpp"

namespace snpse {

/// A fault with what the campaign knows of its simulation.
struct KnownFault {
  Fault fault;
  int round = 0;
  std::vector<double> theta;  // [d]
};

/// All attempts of a campaign's simulations that did not end well, by round and id, also of a round under
/// way. Errors: as CampaignFolder.
std::vector<KnownFault> known_faults(const CampaignFolder& folder);

/// Faults whose causes are alike but for numbers.
struct FaultGroup {
  Status status = Status::failed;
  std::string cause;             ///< that of the example
  std::int64_t attempts = 0;     ///< that ended so
  std::int64_t simulations = 0;  ///< of which these were
  KnownFault example;            ///< the first
};

/// The groups, the one of most attempts first.
std::vector<FaultGroup> group_by_cause(const std::vector<KnownFault>& faults);

}  // namespace snpse
