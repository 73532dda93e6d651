#pragma once

#include <string>
#include <vector>

namespace snpse {

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

/// The keys whose values differ between two texts of to_toml(), a key that the frozen text lacks having its
/// default there; one that is a sentence and says where, if the
/// frozen one was damaged and is no TOML.
std::vector<KeyDifference> differences(const std::string& frozen_text, const std::string& new_text);
/// The same for people, one line each: "training.batch: 256, now 128".
std::vector<std::string> describe_difference(const std::string& frozen_text, const std::string& new_text);
/// The keys that differ, one a line; empty where none does.
std::string difference_of(const std::string& frozen, const std::string& wanted);

}  // namespace snpse
