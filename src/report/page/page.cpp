#include "report/page/page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/page/html.hpp"
#include "report/page/pictures.hpp"
#include "report/page/sections.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

std::string names_text(const CampaignView& view) {
  constexpr std::size_t kMost = 4;
  const auto& names = view.names;
  if (names.size() > kMost) return count_of(std::ssize(names), "parameter");
  if (names.size() < 2) return fmt::format("{}", fmt::join(names, ""));
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string simulator_text(const SimulatorOptions& simulator) {
  if (!simulator.task.empty()) return fmt::format("the built-in task {}", simulator.task);
  if (!simulator.library.empty())
    return fmt::format("the library {}", std::filesystem::path(simulator.library).filename().string());
  if (!simulator.command.empty()) {
    std::string words;
    for (const auto& word : simulator.command)
      words += (words.empty() ? "" : " ") + std::filesystem::path(word).filename().string();
    return fmt::format("the program '{}'", words);
  }
  return "the simulator of the executable";
}

/// What was inferred, from what, and by what.
std::string description(const CampaignView& view) {
  const auto& status = view.status;
  const auto rows = view.observations.rows();
  return fmt::format(
      "<p>Inferred from {}{} by {}, with {} and {} of {} simulations in {}. The campaign is {}.</p>\n",
      rows > 1 ? count_of(rows, "observation") + " of " : "", count_of(view.observations.cols(), "value"),
      html_text(simulator_text(view.config.simulator)), html_text(status.at("method").get<std::string>()),
      status.at("simulations_done").get<std::int64_t>(), status.at("simulations").get<std::int64_t>(),
      count_of(status.at("rounds").get<int>(), "round"),
      status.contains("error") ? "stopped by an error" : status.at("state").get<std::string>());
}

std::string sections_of(const CampaignView& view, PictureBook& book) {
  return verdict_section(view) + description(view) + posterior_section(view, book) +
         predictive_section(view, book) + checks_section(view, book) + rounds_section(view, book) +
         simulations_section(view) + training_section(view, book) + time_section(view, book) +
         warnings_section(view) + origin_section(view);
}

std::string comparison_table(const std::vector<CampaignView>& views) {
  std::vector<std::string> head{""};
  std::vector<std::vector<std::string>> rows{{"state"},         {"verdict"}, {"method"}, {"simulations"},
                                             {"rounds so far"}, {"time"},    {"seed"}};
  for (const auto& view : views) {
    const auto& status = view.status;
    const auto verdict = verdict_of(view);
    head.push_back(html_text(view.path.string()));
    rows[0].push_back(html_text(status.at("state").get<std::string>()));
    rows[1].push_back(verdict.empty() ? "\u2013" : html_text(verdict));
    rows[2].push_back(html_text(view.config.method.name));
    rows[3].push_back(fmt::to_string(status.at("simulations_done").get<std::int64_t>()));
    rows[4].push_back(fmt::to_string(view.rounds.size()));
    rows[5].push_back(duration_text(status.at("elapsed_seconds").get<double>()));
    rows[6].push_back(fmt::to_string(view.config.seed));
  }
  return html_table(head, rows);
}

std::string title_of(const std::vector<CampaignView>& views) {
  if (views.size() > 1) return fmt::format("{} campaigns side by side", views.size());
  return fmt::format("Posterior of {}", names_text(views.front()));
}

}  // namespace

CampaignPage campaign_page(const std::vector<CampaignView>& views) {
  PictureBook book;
  std::string body;
  if (views.size() == 1) {
    body = sections_of(views.front(), book);
  } else {
    body = comparison_table(views) + compared_posteriors(views, book);
    for (const auto& view : views)
      body += fmt::format("<article>\n<h1>{}</h1>\n{}</article>\n", html_text(view.path.string()),
                          sections_of(view, book));
  }
  body = book.fill(body + citation_section());
  auto head = fmt::format("<h1>{}</h1>\n", html_text(title_of(views)));
  if (!book.complaint().empty())
    head += fmt::format("<p><strong>This page has no pictures, or not all:</strong> {}.</p>\n",
                        html_text(book.complaint()));
  return {html_page(title_of(views),
                    head + body + fmt::format("<footer>Made by snpse {}.</footer>\n", SNPSE_VERSION)),
          book.complaint()};
}

}  // namespace snpse
