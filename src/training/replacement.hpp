#pragma once

#include <optional>

#include "core/data_set.hpp"
#include "core/record.hpp"
#include "parallel/world.hpp"

namespace snpse {

/// What stands in for statistics that are not defined, so that simulations that lack some can be trained on.
struct Replacement {
  Vector values;           // [p]
  bool whole_row = false;  ///< all statistics are replaced where one is not defined

  /// Collective. Of each statistic two standard deviations below its mean, over the values that the first
  /// round gave it (the paper's pyloric study). mine: this rank's part of that round. The
  /// same to the bit for any number of ranks. Error(data) where a statistic has no value.
  static Replacement fit(const World& world, const LocalSimulations& mine, bool whole_row);

  /// Kept with a network, whose data they are part of; none where its record has none.
  static std::optional<Replacement> from_record(const Record& network);
  void put_in(Record& network) const;

  /// x [n, p] without undefined values.
  Matrix apply(Matrix x) const;
};

}  // namespace snpse
