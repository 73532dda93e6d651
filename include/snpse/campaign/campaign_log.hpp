#pragma once

#include <chrono>

#include "snpse/campaign/event_file.hpp"
#include "snpse/util/log.hpp"

namespace snpse {

/// Passes everything on to another log, and keeps warnings and, every few seconds, progress in the campaign's
/// diary, where `snpse status` finds them.
class CampaignLog : public Log {
 public:
  CampaignLog(Log& screen, EventFile& diary) : screen_(screen), diary_(diary) {}

  void info(std::string_view message) override { screen_.info(message); }
  void warning(std::string_view message) override;
  void progress(const Progress& progress) override;

 private:
  Log& screen_;
  EventFile& diary_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace snpse
