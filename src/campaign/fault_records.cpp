#include <algorithm>

#include "campaign/data_records.hpp"
#include "core/record_checks.hpp"

namespace snpse {
namespace {

// Fields of a record, each a list with an entry for each fault.
constexpr const char* kId = "faults/id";
constexpr const char* kStatus = "faults/status";
constexpr const char* kAttempt = "faults/attempt";
constexpr const char* kExitCode = "faults/exit_code";
constexpr const char* kSignal = "faults/signal";
constexpr const char* kRank = "faults/rank";
constexpr const char* kSeconds = "faults/seconds";
constexpr const char* kHost = "faults/host";
constexpr const char* kMessage = "faults/cause";
constexpr const char* kPrinted = "faults/standard_error";

constexpr std::int64_t kNoNumber = -1;  // in place of an exit code or a signal

template <typename Of>
auto list_of(const std::vector<Fault>& faults, const Of& of) {
  std::vector<std::decay_t<decltype(of(faults.front()))>> values;
  for (const auto& fault : faults) values.push_back(of(fault));
  return values;
}

std::int64_t number_or_none(const std::optional<int>& value) {
  return value ? *value : kNoNumber;
}

std::optional<int> optional_of(std::int64_t number) {
  return number == kNoNumber ? std::nullopt : std::optional(static_cast<int>(number));
}

const std::vector<std::string>& texts_in(const Record& record, const char* key, std::size_t count) {
  const auto& texts = record.get<std::vector<std::string>>(key);
  if (texts.size() != count) record.reject(key, fmt::format("has {} entries, not {}", texts.size(), count));
  return texts;
}

}  // namespace

void put_in(Record& record, const std::vector<Fault>& faults) {
  if (faults.empty()) return;
  const auto put = [&](const char* key, const auto& of) { record.put(key, list_of(faults, of)); };
  put(kId, [](const Fault& fault) { return fault.id; });
  put(kStatus, [](const Fault& fault) { return static_cast<std::int64_t>(fault.status); });
  put(kAttempt, [](const Fault& fault) { return fault.attempt; });
  put(kExitCode, [](const Fault& fault) { return number_or_none(fault.exit_code); });
  put(kSignal, [](const Fault& fault) { return number_or_none(fault.signal); });
  put(kRank, [](const Fault& fault) { return fault.rank; });
  put(kSeconds, [](const Fault& fault) { return fault.seconds; });
  put(kHost, [](const Fault& fault) { return fault.host; });
  put(kMessage, [](const Fault& fault) { return fault.message; });
  put(kPrinted, [](const Fault& fault) { return fault.printed; });
}

std::vector<Fault> faults_from(const Record& record) {
  if (!record.has(kId)) return {};
  const auto n = record.get<std::vector<std::int64_t>>(kId).size();
  constexpr std::int64_t kMostNumber = 255;  // of exit codes and signals
  const auto& id = wholes_in(record, kId, n, 0);
  const auto& status = wholes_in(record, kStatus, n, 0, static_cast<std::int64_t>(Status::timeout));
  const auto& attempt = wholes_in(record, kAttempt, n, 1);
  const auto& exit_code = wholes_in(record, kExitCode, n, kNoNumber, kMostNumber);
  const auto& signal = wholes_in(record, kSignal, n, kNoNumber, kMostNumber);
  const auto& rank = wholes_in(record, kRank, n, 0);
  const auto& seconds = numbers_in(record, kSeconds, n, 0);
  const auto& host = texts_in(record, kHost, n);
  const auto& message = texts_in(record, kMessage, n);
  const auto& printed = texts_in(record, kPrinted, n);
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < n; ++i)
    faults.push_back({.id = id[i],
                      .status = static_cast<Status>(status[i]),
                      .attempt = attempt[i],
                      .exit_code = optional_of(exit_code[i]),
                      .signal = optional_of(signal[i]),
                      .seconds = seconds[i],
                      .rank = rank[i],
                      .host = host[i],
                      .message = message[i],
                      .printed = printed[i]});
  return faults;
}

}  // namespace snpse
