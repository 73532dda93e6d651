#pragma once

#include <optional>

#include "core/box.hpp"
#include "core/record.hpp"
#include "training/valid_classifier.hpp"

namespace snpse {

/// The region of parameter space that a truncated round simulates in, as later rounds need it.
struct TruncatedRegion {
  double threshold = 0;  ///< unnormalised log-density, of the posterior that made the region, at its edge
  Box box;               ///< the box around the region
  std::optional<ValidClassifier> valid = std::nullopt;  ///< what else restricts the region
};

/// Writes the region into the record of a proposal.
void put_in(Record& proposal, const TruncatedRegion& region);
/// The inverse of put_in(); none where the proposal is not restricted to a region. Error(data) where a field
/// is missing.
std::optional<TruncatedRegion> truncated_region_from(const Record& proposal);

}  // namespace snpse
