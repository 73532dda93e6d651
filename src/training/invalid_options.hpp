#pragma once

namespace snpse {

enum class InvalidPolicy {
  drop,         ///< train on the valid simulations alone
  replace,      ///< train on all that answered; a stand-in takes the place of each statistic not defined
  replace_row,  ///< the same, but of all statistics of a simulation that lacks one
};

enum class ValidRegionKind {
  none,
  learned,  ///< later rounds leave out parameters that a classifier expects to be invalid
};

/// What becomes of simulations that are not ok.
struct InvalidOptions {
  InvalidPolicy policy = InvalidPolicy::drop;
  ValidRegionKind region = ValidRegionKind::none;
  double lost_share = 0.01;  ///< learned: of the valid parameters that the region may leave out, at most
};

}  // namespace snpse
