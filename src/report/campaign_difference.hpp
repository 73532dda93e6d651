#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "config/config_difference.hpp"
#include "report/draw_set.hpp"

namespace snpse {

/// How many simulations the rounds of a campaign have.
struct SimulationCount {
  std::int64_t all = 0;
  std::int64_t valid = 0;
};

/// How far apart the two posteriors of a parameter are.
struct MarginalDifference {
  std::string name;
  double distance = 0;  ///< the largest between the distribution functions
  double bound = 0;     ///< that equal posteriors keep to with probability 0.99, about
  double shift = 0;     ///< of the mean from A to B, in standard deviations of A; 0 where A has none
  double widening = 0;  ///< the standard deviation of B, divided by that of A; 1 where A has none
};

/// What differs between two posteriors A and B, and between the campaigns that they are of.
struct CampaignDifference {
  std::string a, b;                                             ///< the sources
  std::vector<KeyDifference> configuration;                     ///< empty where either is no campaign
  std::optional<SimulationCount> simulations_a, simulations_b;  ///< none where it is no campaign
  std::vector<std::string> only_in_a, only_in_b;                ///< parameters
  std::vector<MarginalDifference> marginals;                    ///< of the parameters that both have
  std::optional<double> c2st;  ///< of those parameters together; none where there are none
};

/// The draws of the parameters that both have, in A's order: [n, k] and [m, k].
struct CommonDraws {
  std::vector<std::string> names;
  Matrix a, b;
};
CommonDraws common_draws(const DrawSet& a, const DrawSet& b);

/// All but the C2ST, which needs all ranks.
CampaignDifference difference_between(const DrawSet& a, const DrawSet& b);

std::string difference_text(const CampaignDifference& difference);
nlohmann::ordered_json difference_json(const CampaignDifference& difference);

}  // namespace snpse
