#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "numerics/matrix.hpp"
#include "util/error.hpp"

namespace snpse {

/// Named values in the form in which they are stored: every file of a campaign is one record.
/// Keys may hold '/' to group ("network/weights").
class Record {
 public:
  using Value = std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<float>,
                             std::vector<double>, std::vector<std::string>, Matrix>;

  void put(const std::string& key, Value value) { values_[key] = std::move(value); }
  bool has(const std::string& key) const { return values_.contains(key); }
  const std::map<std::string, Value>& values() const { return values_; }

  /// The value under key; Error(data) that names the key where it is absent or of another type.
  template <typename T>
  const T& get(const std::string& key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) fail(ExitCode::data, "the field '{}' is missing", key);
    const T* value = std::get_if<T>(&found->second);
    if (value == nullptr) fail(ExitCode::data, "the field '{}' has the wrong type", key);
    return *value;
  }

  /// get(), which leaves the record without it.
  template <typename T>
  T take(const std::string& key) {
    get<T>(key);
    T value = std::move(std::get<T>(values_[key]));
    values_.erase(key);
    return value;
  }

 private:
  std::map<std::string, Value> values_;
};

}  // namespace snpse
