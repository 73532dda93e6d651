#include "campaign/campaign_log.hpp"

#include <nlohmann/json.hpp>

namespace snpse {
namespace {

// Between events: long work leaves few, and the rate of work that begins is soon known.
constexpr auto kPause = std::chrono::milliseconds(5000);
constexpr auto kFirstPause = std::chrono::milliseconds(500);

}  // namespace

void CampaignLog::warning(std::string_view message) {
  screen_.warning(message);
  event_log_.append("warning", {{"message", message}});
}

void CampaignLog::progress(const Progress& progress) {
  screen_.progress(progress);
  const auto now = std::chrono::steady_clock::now();
  rate_.begins(progress, now);
  if (now < next_) return;
  nlohmann::ordered_json fields{{"what", progress.what},
                                {"done", progress.done},
                                {"total", progress.total},
                                {"detail", progress.detail}};
  if (progress.loss) fields["loss"] = *progress.loss;
  const auto left = rate_.seconds_left(progress, now);
  if (left) fields["seconds_left"] = *left;
  next_ = now + (left ? kPause : kFirstPause);
  event_log_.append("progress", fields);
}

}  // namespace snpse
