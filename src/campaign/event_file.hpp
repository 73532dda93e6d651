#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/config_difference.hpp"

namespace snpse {

/// The campaign's event log for machines: one JSON object a line, {"time": ISO 8601 UTC, "event": name,
/// fields...}. A line is appended by one write, so a killed program leaves whole lines but perhaps the last,
/// and readers may follow while it grows.
class EventFile {
 public:
  /// Creates the file or continues it. Error(cannot_create).
  explicit EventFile(const std::filesystem::path& path);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  /// fields: a JSON object. Error(io).
  void append(const std::string& event, const nlohmann::ordered_json& fields);
  /// That a key of the configuration has another value from now on.
  void append(const KeyDifference& change);

 private:
  void append_line(const std::string& line);

  std::filesystem::path path_;
  int descriptor_;
};

/// The events of an event log so far, none where it is absent; a line that a crash tore is left out. Of
/// progress events that follow each other only the last one is read: there are many.
std::vector<nlohmann::ordered_json> read_events(const std::filesystem::path& path);
/// The losses of the training under way, in their order: those of progress events since the last step was
/// committed.
std::vector<double> losses_since_commit(const std::filesystem::path& path);
/// When an event happened, in seconds since 1970; none where the event does not say.
std::optional<double> time_of(const nlohmann::ordered_json& event);

}  // namespace snpse
