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

  /// The file that the record was read from, which all messages about its values name; empty: none.
  const std::string& origin() const { return origin_; }
  void set_origin(std::string file) { origin_ = std::move(file); }

  /// The value under key; Error(data) that names the file and the key where it is absent or of another type.
  template <typename T>
  const T& get(const std::string& key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) reject(key, "is missing");
    const T* value = std::get_if<T>(&found->second);
    if (value == nullptr) reject(key, "has the wrong type");
    return *value;
  }

  /// Error(data): the value under key is not what it has to be. what: "is missing", "has 3 rows, not 4", ...
  [[noreturn]] void reject(const std::string& key, const std::string& what) const {
    fail(ExitCode::data, "{}the field '{}' {}", origin_.empty() ? "" : fmt::format("'{}': ", origin_), key,
         what);
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
  std::string origin_;
};

}  // namespace snpse
