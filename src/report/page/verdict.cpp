#include <fmt/format.h>

#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "util/shell.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

/// What the page says first.
struct Judgement {
  std::string verdict;  ///< the class of the box
  std::string sentence;
  std::vector<std::string> advice = {};  ///< as text
};

const InferenceReport* inference_of(const CampaignView& view) {
  const InferenceReport* found = nullptr;
  for (const auto& committed : view.steps)
    if (const auto* report = std::get_if<InferenceReport>(&committed.report)) found = report;
  return found;
}

std::string sentence_of(const std::string& verdict) {
  if (verdict == "pass") return "\u2713 pass: the posterior passed every check of snpse diagnose";
  if (verdict == "warn") return "! warn: the posterior may be used with care";
  if (verdict == "undecided") return "? undecided: some checks could not have failed, whatever the posterior";
  return "\u2717 fail: the posterior may not be used";
}

Judgement by_diagnosis(const Json& diagnosis) {
  const auto verdict = diagnosis.at("verdict").get<std::string>();
  Judgement judgement{verdict, sentence_of(verdict)};
  for (const auto& finding : diagnosis.at("findings"))
    if (finding.contains("advice"))
      judgement.advice.push_back(fmt::format("{} ({}): {}", finding.at("check").get<std::string>(),
                                             finding.at("verdict").get<std::string>(),
                                             finding.at("advice").get<std::string>()));
  return judgement;
}

Judgement by_self_check(const CampaignView& view) {
  const auto diagnose =
      fmt::format("snpse diagnose {} says more, by simulations of its own", shell_word(view.path));
  const auto* report = inference_of(view);
  if (report == nullptr || !report->self_check || report->self_check->checks.empty())
    return {"", "not checked: nothing is known of the posterior's quality", {diagnose}};
  for (const auto& check : report->self_check->checks)
    if (check.verdict != "pass" && check.verdict != "note")
      return {check.verdict == "fail" ? "fail" : "warn",
              fmt::format("{} {}: {} is {:.3g} on {} held-out simulations, and up to {:.3g} passes",
                          check.verdict == "fail" ? "\u2717" : "!", check.verdict, check.check, check.figure,
                          report->self_check->pairs, check.threshold),
              {diagnose}};
  return {"pass",
          fmt::format("\u2713 calibrated on {} held-out simulations of the run", report->self_check->pairs),
          {diagnose}};
}

Judgement by_progress(const CampaignView& view) {
  const auto& status = view.status;
  const auto place = fmt::format("round {} of {}, {}", status.at("round").get<int>(),
                                 status.at("rounds").get<int>(), status.at("phase").get<std::string>());
  if (status.contains("error"))
    return {"fail",
            fmt::format("\u2717 the campaign failed in {}", place),
            {status.at("error").get<std::string>(),
             fmt::format("mend what is named above and run again: snpse run {}", shell_word(view.path))}};
  if (status.at("state") != "running")
    return {"",
            fmt::format("the campaign stopped in {}", place),
            {fmt::format("continue it: snpse run {}", shell_word(view.path))}};
  const auto& left = status.at("seconds_left");
  return {"", fmt::format(
                  "the campaign is running: {}{}", place,
                  left.is_null() ? "" : fmt::format(", about {} left", duration_text(left.get<double>())))};
}

Judgement judgement_of(const CampaignView& view) {
  if (view.status.at("state") != "finished") return by_progress(view);
  return view.diagnosis ? by_diagnosis(*view.diagnosis) : by_self_check(view);
}

}  // namespace

std::string verdict_of(const CampaignView& view) {
  return judgement_of(view).verdict;
}

std::string verdict_section(const CampaignView& view) {
  const auto judgement = judgement_of(view);
  std::vector<std::string> items;
  for (const auto& advice : judgement.advice) items.push_back(html_text(advice));
  return fmt::format("<div class=\"verdict {}\">\n<p><strong>{}</strong></p>\n{}</div>\n", judgement.verdict,
                     html_text(judgement.sentence), html_list(items));
}

}  // namespace snpse
