#pragma once

#include <chrono>

#include "campaign/event_file.hpp"
#include "util/log.hpp"
#include "util/progress_rate.hpp"

namespace snpse {

/// Passes everything on to another log, and keeps warnings and, every few seconds, progress in the campaign's
/// event_log, where `snpse status` finds them.
class CampaignLog : public Log {
 public:
  CampaignLog(Log& screen, EventFile& event_log) : screen_(screen), event_log_(event_log) {}

  void info(std::string_view message) override { screen_.info(message); }
  void warning(std::string_view message) override;
  void progress(const Progress& progress) override;

 private:
  Log& screen_;
  EventFile& event_log_;
  ProgressRate rate_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace snpse
