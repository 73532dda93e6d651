#pragma once

#include <string>

namespace snpse {

class CampaignFolder;

/// A key of the configuration with the values that it was frozen with and is wanted with, as TOML writes
/// them; "absent" where it is not there. Values that are both empty: the key is a sentence that says what is
/// wrong.
struct KeyDifference {
  std::string key;
  std::string frozen;
  std::string wanted;

  /// "training.batch: 256, now 128"
  std::string text() const;
};

/// Whether a stopped campaign of so many rounds may go on with the wanted value: the key is one that messages
/// advise to change, and the steps that it decides are yet to come. Numbers of simulations may only grow.
bool may_change(const KeyDifference& difference, const CampaignFolder& folder, int rounds);

}  // namespace snpse
