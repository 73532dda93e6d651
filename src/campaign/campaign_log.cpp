#include "campaign/campaign_log.hpp"

#include <nlohmann/json.hpp>

namespace snpse {

void CampaignLog::warning(std::string_view message) {
  screen_.warning(message);
  event_log_.append("warning", {{"message", message}});
}

void CampaignLog::progress(const Progress& progress) {
  screen_.progress(progress);
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::seconds(5);
  event_log_.append("progress", {{"what", progress.what},
                                 {"done", progress.done},
                                 {"total", progress.total},
                                 {"detail", progress.detail}});
}

}  // namespace snpse
