#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/serialization/access.hpp>

#include "core/simulator.hpp"

namespace snpse {

/// Simulations that did not end well, in groups whose messages are alike but for numbers.
class Failures {
 public:
  void add(std::int64_t id, Status status, const std::string& message);
  void add(const Failures& more);
  /// A line for each group: its first simulation with the message, and how many more are alike.
  std::vector<std::string> lines() const;

 private:
  struct Group {
    std::int64_t first = 0;  // id
    std::string text;        // of the first one
    std::int64_t count = 0;

    template <typename Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
      archive& first& text& count;
    }
  };

  void add(const std::string& kind, const Group& group);

  friend class boost::serialization::access;
  template <typename Archive>
  void serialize(Archive& archive, unsigned /*version*/) {
    archive& groups_& others_;
  }

  std::map<std::string, Group> groups_;  // by the message without numbers
  std::int64_t others_ = 0;              // simulations beyond the kinds that are kept
};

}  // namespace snpse
