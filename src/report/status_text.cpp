#include "report/status_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "util/printable.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 80;
constexpr std::size_t kBar = 24;

std::string cell(const Json& row, const char* key, const char* format) {
  return row.contains(key) ? fmt::format(fmt::runtime(format), row.at(key).get<double>()) : "-";
}

std::string percent_cell(const Json& row, const char* key) {
  return row.contains(key) ? percent(row.at(key).get<double>(), 2) : "-";
}

int rounds_in(const Json& status) {
  const auto round = status.contains("round") ? status.at("round").get<int>() : 0;
  return std::max(round, status.at("rounds").get<int>());
}

/// What is done now, or next; empty where the campaign is finished.
std::string present_line(const Json& status) {
  if (!status.contains("phase")) return "";
  auto text =
      fmt::format("{}: round {} of {}, {}", status.at("state") == "running" ? "now" : "next",
                  status.at("round").get<int>(), rounds_in(status), status.at("phase").get<std::string>());
  if (!status.contains("progress")) return text + "\n";
  const auto& progress = status.at("progress");
  text += fmt::format(" {}", progress.at("done").get<std::int64_t>());
  if (const auto total = progress.at("total").get<std::int64_t>(); total > 0)
    text += fmt::format("/{}", total);
  if (progress.contains("seconds_left"))
    text += fmt::format(", {} left", duration_text(progress.at("seconds_left").get<double>()));
  if (const auto detail = progress.at("detail").get<std::string>(); !detail.empty()) text += ", " + detail;
  return text + "\n";
}

std::string time_text(const Json& status) {
  auto text = duration_text(status.at("elapsed_seconds").get<double>()) + " so far";
  if (status.at("state") != "finished" && !status.at("seconds_left").is_null())
    text += fmt::format(", about {} left", duration_text(status.at("seconds_left").get<double>()));
  return text;
}

std::string error_line(const Json& status) {
  if (!status.contains("error")) return "";
  return "the last run ended with an error: " + printable(status.at("error").get<std::string>()) + "\n";
}

std::string round_table(const Json& status) {
  auto text =
      fmt::format("{:>5} {:>8} {:>9} {:>6} {:>7} {:>6} {:>10} {:>6} {:>7} {:>7}\n", "round", "proposed",
                  "simulated", "failed", "timeout", "valid", "acceptance", "steps", "loss", "outside");
  for (const auto& row : status.at("round_table"))
    text += fmt::format("{:>5} {:>8} {:>9} {:>6} {:>7} {:>6} {:>10} {:>6} {:>7} {:>7}\n",
                        row.at("round").get<int>(), cell(row, "proposed", "{:.0f}"),
                        cell(row, "simulated", "{:.0f}"), cell(row, "failed", "{:.0f}"),
                        cell(row, "timeout", "{:.0f}"), percent_cell(row, "valid_share"),
                        percent_cell(row, "acceptance"), cell(row, "steps", "{:.0f}"),
                        cell(row, "validation_loss", "{:.4g}"), percent_cell(row, "outside_share"));
  return text;
}

/// Cut to the width of a screen.
std::string line(std::string text) {
  if (text.size() > kColumns) text = printable(text, kColumns - 3);
  return text + "\n";
}

std::string bar(double done, double total) {
  const double part = total > 0 ? std::clamp(done / total, 0.0, 1.0) : 0;
  const auto full = static_cast<std::size_t>(part * kBar);
  return fmt::format("[{}{}] {:.0f}/{:.0f} {:3.0f} %", std::string(full, '#'), std::string(kBar - full, '-'),
                     done, total, 100 * part);
}

/// The bar of the step under way, with its rate and the time that is left.
std::string progress_line(const Json& progress) {
  const auto done = progress.at("done").get<double>();
  const auto total = progress.at("total").get<double>();
  auto text = fmt::format("{:<12}", progress.at("what").get<std::string>());
  if (total <= 0) return line(text + fmt::format("{:.0f}", done));
  text += bar(done, total);
  if (const double left = progress.value("seconds_left", 0.0); left > 0 && done < total)
    text += fmt::format(" {} a second, {} left", short_number((total - done) / left), duration_text(left));
  return line(text);
}

std::int64_t sum_of(const Json& status, const char* key) {
  std::int64_t sum = 0;
  for (const auto& row : status.at("round_table")) sum += row.value(key, std::int64_t{0});
  return sum;
}

/// How many simulations did not end well, and why.
std::string failure_lines(const Json& status) {
  const auto failed = sum_of(status, "failed");
  const auto timeout = sum_of(status, "timeout");
  const auto invalid = sum_of(status, "invalid");
  if (failed + timeout + invalid == 0) return line("not ok      none");
  auto text = line(fmt::format("not ok      {} failed, {} timed out, {} invalid", failed, timeout, invalid));
  constexpr std::size_t kMost = 5;
  std::size_t shown = 0;
  const auto& table = status.at("round_table");
  for (auto row = table.rbegin(); row != table.rend(); ++row)
    if (row->contains("causes"))
      for (const auto& cause : row->at("causes"))
        if (shown < kMost && !cause.at("text").get<std::string>().empty()) {
          text += line(fmt::format("{:>10}  round {}: {}", cause.at("count").get<std::int64_t>(),
                                   row->at("round").get<int>(), cause.at("text").get<std::string>()));
          ++shown;
        }
  return text;
}

std::string label(const std::string& value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n')
      escaped += "\\n";
    else
      escaped += c;
  }
  return escaped;
}

/// Figures of one name in Prometheus' format.
class Metric {
 public:
  Metric(std::string& text, const char* name, const char* help) : text_(text), name_(name) {
    text_ += fmt::format("# HELP snpse_{0} {1}\n# TYPE snpse_{0} gauge\n", name, help);
  }
  void add(const std::string& labels, double value) {
    text_ += fmt::format("snpse_{}{{{}}} {}\n", name_, labels, value);
  }

 private:
  std::string& text_;
  const char* name_;
};

}  // namespace

std::string status_text(const Json& status) {
  auto text =
      fmt::format("{} ({}): {} of {} simulations\n", status.at("state").get<std::string>(),
                  status.at("method").get<std::string>(), status.at("simulations_done").get<std::int64_t>(),
                  status.at("simulations").get<std::int64_t>());
  text += "time: " + time_text(status) + "\n";
  return text + present_line(status) + error_line(status) + round_table(status);
}

std::string watched_text(const std::string& name, const Json& status, bool unicode) {
  const auto& state = status.at("state").get<std::string>();
  auto head = fmt::format("{} ({}) {}", state, status.at("method").get<std::string>(), name);
  if (status.contains("phase"))
    head = fmt::format("{} ({}), round {} of {}, {}: {}", state, status.at("method").get<std::string>(),
                       status.at("round").get<int>(), rounds_in(status),
                       status.at("phase").get<std::string>(), name);
  auto text = line(head);
  text += line("simulations " +
               bar(status.at("simulations_done").get<double>(), status.at("simulations").get<double>()));
  if (status.contains("progress")) text += progress_line(status.at("progress"));
  text += line("time        " + time_text(status));
  const auto losses = status.at("losses").get<std::vector<double>>();
  // A block character is one column and three bytes: the line is short enough without being cut.
  constexpr std::size_t kSparkline = 56;
  if (!losses.empty())
    text += fmt::format("loss        {} {:.4f}\n", sparkline(losses, kSparkline, unicode), losses.back());
  text += failure_lines(status);
  if (status.contains("error"))
    text += line("error       " + printable(status.at("error").get<std::string>()));
  return text + "\n" + round_table(status);
}

std::string sparkline(const std::vector<double>& values, std::size_t width, bool unicode) {
  static constexpr std::array kBlocks{"\u2581", "\u2582", "\u2583", "\u2584",
                                      "\u2585", "\u2586", "\u2587", "\u2588"};
  static constexpr std::array kLetters{"_", ".", "-", "~", "=", "+", "*", "#"};
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite), [](double value) { return std::isfinite(value); });
  if (finite.empty()) return "";
  const auto n = std::min(width, finite.size());
  std::vector<double> means;
  for (std::size_t i = 0; i < n; ++i) {
    const auto begin = i * finite.size() / n;
    const auto end = (i + 1) * finite.size() / n;
    double sum = 0;
    for (auto k = begin; k < end; ++k) sum += finite[k];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  const auto [low, high] = std::ranges::minmax(means);
  std::string text;
  for (const double mean : means) {
    const double height = high > low ? (mean - low) / (high - low) : 0;
    const auto step = static_cast<std::size_t>(std::lround(height * static_cast<double>(kBlocks.size() - 1)));
    text += unicode ? kBlocks[step] : kLetters[step];
  }
  return text;
}

std::string prometheus_text(const std::string& campaign, const Json& status) {
  std::string text;
  const auto own = fmt::format("campaign=\"{}\"", label(campaign));
  const auto gauge = [&](const char* name, const char* help, const Json& value) {
    if (value.is_number()) Metric(text, name, help).add(own, value.get<double>());
  };
  Metric state(text, "state", "1 for the state that the campaign is in, else 0.");
  for (const char* name : {"running", "stopped", "finished"})
    state.add(own + fmt::format(",state=\"{}\"", name), status.at("state") == name ? 1 : 0);
  gauge("error", "1 where the last run ended with an error.", status.contains("error") ? 1 : 0);
  gauge("simulations_done", "Simulations that have ended.", status.at("simulations_done"));
  gauge("simulations_planned", "Simulations of all rounds.", status.at("simulations"));
  gauge("rounds_planned", "Rounds that the campaign is to have.", status.at("rounds"));
  gauge("round", "The round under way, or to come; absent once the campaign is finished.",
        status.value("round", Json()));
  gauge("elapsed_seconds", "Time in which the campaign ran.", status.at("elapsed_seconds"));
  gauge("left_seconds", "Expected time until the posterior is drawn.", status.at("seconds_left"));
  if (status.contains("progress")) {
    const auto& progress = status.at("progress");
    const auto step = own + fmt::format(",step=\"{}\"", label(progress.at("what").get<std::string>()));
    Metric(text, "step_done", "How much of the present step is done.")
        .add(step, progress.at("done").get<double>());
    Metric(text, "step_total", "How much the present step has to do.")
        .add(step, progress.at("total").get<double>());
  }
  const auto& table = status.at("round_table");
  const auto rounds = [&](const char* name, const char* help, const char* key) {
    Metric metric(text, name, help);
    for (const auto& row : table)
      if (row.contains(key) && row.at(key).is_number())
        metric.add(own + fmt::format(",round=\"{}\"", row.at("round").get<int>()), row.at(key).get<double>());
  };
  rounds("round_simulated", "Simulations of the round that have ended.", "simulated");
  rounds("round_invalid", "Simulations of the round that are invalid.", "invalid");
  rounds("round_failed", "Simulations of the round that failed.", "failed");
  rounds("round_timeout", "Simulations of the round that were given up.", "timeout");
  rounds("round_validation_loss", "Validation loss of the round's network.", "validation_loss");
  rounds("round_acceptance", "Part of the round's box that lies in its region.", "acceptance");
  return text;
}

}  // namespace snpse
