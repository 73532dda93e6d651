#include <fmt/format.h>

#include "report/page/html.hpp"
#include "report/page/sections.hpp"

namespace snpse {

std::string warnings_section(const CampaignView& view) {
  constexpr std::size_t kMost = 50;
  std::vector<std::string> items;
  for (const auto& event : view.events)
    if (event.value("event", "") == "warning")
      items.push_back(fmt::format("{}: {}", html_text(event.value("time", "").substr(0, 19)),
                                  html_text(event.value("message", ""))));
  if (items.size() > kMost) {
    const auto left_out = items.size() - kMost;
    items.erase(items.begin(), items.end() - kMost);
    items.front() = fmt::format("{} earlier ones are in events.jsonl", left_out + 1);
  }
  return html_section(2, "What the log warned of", html_list(items));
}

std::string origin_section(const CampaignView& view) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"campaign", html_text(view.path.string())});
  rows.push_back({"seed", fmt::to_string(view.config.seed)});
  for (const auto& event : view.events)
    if (event.value("event", "") == "started")
      rows.push_back({"run at " + html_text(event.value("time", "").substr(0, 19)),
                      fmt::format("snpse {} on {} ranks; {}", html_text(event.value("program_version", "")),
                                  event.value("ranks", 0), html_text(event.value("kernels", "")))});
  return html_section(
      2, "Where this comes from",
      html_table({"", ""}, rows, 2) + html_details("Effective configuration (campaign.toml)",
                                                   "<pre>" + html_text(view.configuration) + "</pre>\n"));
}

std::string citation_section() {
  return html_section(
      2, "How to cite",
      fmt::format(
          "<p>L. Sharrock, J. Simons, S. Liu and M. Beaumont (2024). Sequential Neural Score Estimation: Likelihood-Free "
          "Inference with Conditional Score Based Diffusion Models. International Conference on Machine Learning, PMLR "
          "235:44565-44602. arXiv:2210.04872. Computed by snpse {}.</p>\n"
          "<pre>@inproceedings{{sharrock2024snpse,\n"
          "  title = {{Sequential Neural Score Estimation: Likelihood-Free Inference with\n"
          "           Conditional Score Based Diffusion Models}},\n"
          "  author = {{Sharrock, Louis and Simons, Jack and Liu, Song and Beaumont, Mark}},\n"
          "  booktitle = {{International Conference on Machine Learning}},\n"
          "  series = {{PMLR}},\n"
          "  volume = {{235}},\n"
          "  pages = {{44565--44602}},\n"
          "  year = {{2024}}\n}}</pre>\n",
          SNPSE_VERSION));
}

}  // namespace snpse
