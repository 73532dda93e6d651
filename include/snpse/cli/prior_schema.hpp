#pragma once

#include <string>
#include <vector>

#include "snpse/campaign/config.hpp"
#include "snpse/cli/schema.hpp"

namespace snpse {

struct PriorNumber {
  std::string name;
  double ParameterOptions::*field;
  Range range;
  bool may_be_infinite = false;
};

/// A kind of prior of one parameter: prior = { type = name, numbers... }; all numbers are required.
struct PriorType {
  std::string name;
  std::vector<PriorNumber> numbers;
};

std::vector<PriorType> prior_types();

// The types of [prior], the prior of all parameters together.
inline constexpr const char* kCorrelatedPriorType = "multivariate_normal";
inline constexpr const char* kLibraryPriorType = "library";

}  // namespace snpse
