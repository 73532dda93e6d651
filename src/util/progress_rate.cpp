#include "util/progress_rate.hpp"

namespace snpse {

bool ProgressRate::begins(const Progress& progress, Time now) {
  const bool begins = progress.what != what_ || progress.done < latest_;
  latest_ = progress.done;
  if (!begins) return false;
  what_ = progress.what;
  first_ = progress.done;
  begun_ = now;
  return true;
}

double ProgressRate::a_second(const Progress& progress, Time now) const {
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  return seconds > 0 ? static_cast<double>(progress.done - first_) / seconds : 0;
}

std::optional<double> ProgressRate::seconds_left(const Progress& progress, Time now) const {
  const double rate = a_second(progress, now);
  if (rate <= 0 || progress.total <= progress.done) return std::nullopt;
  return static_cast<double>(progress.total - progress.done) / rate;
}

}  // namespace snpse
