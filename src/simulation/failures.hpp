#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/serialization/access.hpp>

#include "core/simulator.hpp"

namespace snpse {

/// Why some simulations did not end well.
struct FailureCause {
  std::string text;        ///< of the first of them: status and message; empty: causes beyond those kept
  std::int64_t first = 0;  ///< its id
  std::int64_t count = 0;  ///< simulations whose messages are alike but for numbers

  template <typename Archive>
  void serialize(Archive& archive, unsigned /*version*/) {
    archive& text& first& count;
  }
};

/// The text with # in place of every number: messages that are alike but for numbers become the same.
std::string without_numbers(const std::string& text);

/// Simulations that did not end well, in groups whose messages are alike but for numbers.
class Failures {
 public:
  void add(std::int64_t id, Status status, const std::string& message);
  void add(const Failures& more);
  /// The groups in the order of their first simulations, and last what is beyond the kinds that are kept.
  std::vector<FailureCause> causes() const;
  /// What most of them have in common, in few letters; empty where all ended well.
  std::string most_frequent() const;
  /// A line for each group: its first simulation with the message, and how many more are alike.
  std::vector<std::string> lines() const;

 private:
  void add(const std::string& kind, const FailureCause& group);

  friend class boost::serialization::access;
  template <typename Archive>
  void serialize(Archive& archive, unsigned /*version*/) {
    archive& groups_& others_;
  }

  std::map<std::string, FailureCause> groups_;  // by the message without numbers
  std::int64_t others_ = 0;                     // simulations beyond the kinds that are kept
};

}  // namespace snpse
