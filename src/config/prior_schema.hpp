#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/schema.hpp"

namespace snpse {

struct PriorNumber {
  std::string name;
  double ParameterOptions::*field;
  Range range;
  bool may_be_infinite = false;
};

/// Numbers of which each component of a mixture has one.
struct PriorList {
  std::string name;
  std::vector<double> ParameterOptions::*field;
  Range range;
};

/// A kind of prior of one parameter: prior = { type = name, numbers..., lists... }; all are required, and the
/// lists are of one length.
struct PriorType {
  std::string name;
  std::vector<PriorNumber> numbers;
  std::vector<PriorList> lists = {};
  /// Words of other programs whose nearest key would mean another value, and what to write instead.
  std::map<std::string, std::string> other_words = {};
};

std::vector<PriorType> prior_types();

// Types of one parameter that the simulator receives otherwise than they are inferred.
inline constexpr const char* kIntegerPriorType = "integer";    ///< rounded
inline constexpr const char* kConstantPriorType = "constant";  ///< not inferred

// The types of [prior], the prior of all parameters together.
inline constexpr const char* kCorrelatedPriorType = "multivariate_normal";
inline constexpr const char* kLibraryPriorType = "library";
inline constexpr const char* kOrderedPriorType = "ordered";
inline constexpr const char* kDirichletPriorType = "dirichlet";

}  // namespace snpse
