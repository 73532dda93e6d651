#include "campaign/event_file.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sstream>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "storage/durable_file.hpp"
#include "util/error.hpp"

namespace snpse {
namespace {

/// Such as 2024-05-31T23:59:59.123Z.
std::string now_utc() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto milliseconds = now.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     milliseconds);
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0)
    fail(ExitCode::cannot_create, "cannot create '{}': {}; check the path and its permissions",
         path_.string(), std::strerror(errno));
  // After a torn last line the next event starts on a line of its own.
  char last = '\n';
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  if (size > 0 && ::pread(descriptor_, &last, 1, size - 1) == 1 && last != '\n') append_line("\n");
}

EventFile::~EventFile() {
  ::close(descriptor_);
}

void EventFile::append(const std::string& event, const nlohmann::ordered_json& fields) {
  nlohmann::ordered_json line{{"time", now_utc()}, {"event", event}};
  line.update(fields);
  append_line(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void EventFile::append(const KeyDifference& change) {
  append("reconfigured", {{"key", change.key}, {"before", change.frozen}, {"now", change.wanted}});
}

void EventFile::append_line(const std::string& line) {
  const ssize_t written = ::write(descriptor_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return;
  fail(ExitCode::io, "cannot write '{}': {}; make room and run the same command again", path_.string(),
       written < 0 ? std::strerror(errno) : "no space left");
}

std::vector<nlohmann::ordered_json> read_events(const std::filesystem::path& path) {
  std::vector<nlohmann::ordered_json> events;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return events;
  const auto add = [&](const std::string& line) {
    auto event = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (event.is_object()) events.push_back(std::move(event));
  };
  std::istringstream lines(read_whole(path));
  std::string progress;  // the last line, if it is one
  for (std::string line; std::getline(lines, line);) {
    const bool is_progress = line.find(R"("event":"progress")") != std::string::npos;
    if (!is_progress) {
      add(progress);
      add(line);
      progress.clear();
    } else if (line.ends_with('}')) {
      progress = std::move(line);
    }
  }
  add(progress);
  return events;
}

std::vector<double> losses_since_commit(const std::filesystem::path& path) {
  std::vector<double> losses;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return losses;
  std::istringstream lines(read_whole(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.find(R"("event":"committed")") != std::string::npos) losses.clear();
    if (line.find(R"("loss":)") == std::string::npos) continue;
    const auto event = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (event.is_object() && event.value("loss", nlohmann::ordered_json()).is_number())
      losses.push_back(event.at("loss").get<double>());
  }
  return losses;
}

std::optional<double> time_of(const nlohmann::ordered_json& event) {
  std::tm utc{};
  const auto text = event.value("time", "");
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return std::nullopt;
  return static_cast<double>(::timegm(&utc)) + std::strtod(rest, nullptr);
}

}  // namespace snpse
