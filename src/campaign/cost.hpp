#pragma once

#include <cstdint>
#include <vector>

#include "config/config.hpp"
#include "config/experiment.hpp"
#include "methods/method.hpp"

namespace snpse {

/// What a campaign is to cost where all goes well: every region passes.
struct CampaignCost {
  std::vector<PlannedRound> rounds;
  int networks = 0;             ///< trained in all rounds together
  std::int64_t steps = 0;       ///< of all these networks, at most
  double seconds_a_step = 0;    ///< measured on these ranks
  double bytes_of_rank = 0;     ///< memory that the data and the draws take on the rank that holds most
  double bytes_of_machine = 0;  ///< memory that this machine has for its ranks
  int ranks_here = 1;           ///< ranks on this machine

  double training_seconds() const { return seconds_a_step * static_cast<double>(steps); }
  bool fits_memory() const { return bytes_of_rank * ranks_here <= bytes_of_machine; }
};

/// Collective. valid: the fraction of the simulations that networks are trained on. The steps are not
/// measured where the data do not fit into memory. Error(data) where the simulations of a round are too few
/// to train on.
CampaignCost campaign_cost(const Experiment& setup, const Config& config, const Method& method, double valid,
                           const StepContext& context);

}  // namespace snpse
