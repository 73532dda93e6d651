#pragma once

#include <cstdint>
#include <string>

namespace snpse {

struct MethodOptions {
  std::string name = "tsnpse";       ///< see method_names()
  std::string preset = "default";    ///< "default", or "paper": the published protocol
  int rounds = 2;                    ///< npse and nlse: always 1
  std::int64_t simulations = 10000;  ///< over all rounds
  std::int64_t first_round = 0;      ///< simulations of round 1; 0: as many as in every other, but no more
                                     ///< than first_share of all
  double first_share = 0.3;
  std::int64_t resampling_candidates = 8;  ///< snpse_a: draws for each that is picked for the posterior
  double largest_weight = 0;  ///< snpse_b: weights of simulations, 1 on average, are cut there; 0: nowhere
};

}  // namespace snpse
