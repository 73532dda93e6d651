#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "report/page/figures.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

constexpr const char* kNone = "\u2013";

std::string percent_or_none(const std::optional<double>& fraction) {
  return fraction ? percent(*fraction) : kNone;
}

/// The parameters that the picture of widths shows.
std::vector<Eigen::Index> narrowed_most(const CampaignView& view) {
  constexpr std::size_t kMost = 12;
  std::vector<Eigen::Index> order(view.names.size());
  std::iota(order.begin(), order.end(), 0);
  if (view.draws.rows() > 0)
    std::ranges::stable_sort(order, {}, [&](Eigen::Index j) { return view.width(j); });
  if (order.size() > kMost) order.resize(kMost);
  return order;
}

}  // namespace

std::string rounds_section(const CampaignView& view, PictureBook& book) {
  if (view.rounds.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const auto& round : view.rounds) {
    const auto& figures = round.proposal.figures;
    rows.push_back({fmt::to_string(round.round), fmt::to_string(round.proposal.simulations),
                    percent_or_none(figures.prior_mass_of_box), percent_or_none(figures.acceptance),
                    percent_or_none(figures.kept_of_region),
                    round.network ? percent_or_none(round.network->outside_fraction) : kNone,
                    round.network ? percent_or_none(round.network->outside_tolerance) : kNone});
  }
  auto body = html_table(
      {"round", "simulations", "prior in the box", "acceptance", "kept of the region", "outside", "limit"},
      rows);
  if (view.rounds.size() > 1)
    body +=
        "<p>Acceptance: the part of the box that lies in the region. Kept: the part of the region before that lies in "
        "this one. Outside: the part of the new posterior outside the region that the round simulated in, and its "
        "limit.</p>\n";
  if (view.prior.rows() > 0) body += book.add(width_picture(view, narrowed_most(view)));
  return html_section(2, "How rounds narrowed the proposal", body);
}

std::string simulations_section(const CampaignView& view) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> causes;
  for (const auto& round : view.rounds) {
    if (!round.simulations) continue;
    const auto& report = *round.simulations;
    const auto all = static_cast<double>(report.ok + report.invalid + report.failed + report.timeout);
    rows.push_back({fmt::to_string(round.round), fmt::to_string(report.ok), fmt::to_string(report.invalid),
                    fmt::to_string(report.failed), fmt::to_string(report.timeout),
                    percent(static_cast<double>(report.ok) / std::max(all, 1.0)),
                    all > 0 ? fmt::format("{:.3g}", report.busy_seconds / all) : kNone});
    for (const auto& cause : report.causes)
      causes.push_back(fmt::format("round {}, {} of the simulations: {}", round.round, cause.count,
                                   cause.text.empty()
                                       ? "other reasons"
                                       : fmt::format("{} <small>(first in simulation {})</small>",
                                                     html_text(cause.text), cause.first)));
  }
  if (rows.empty()) return "";
  auto body = html_table({"round", "ok", "invalid", "failed", "timed out", "valid", "seconds each"}, rows);
  body += html_section(3, "Why simulations did not end well", html_list(causes));
  for (const auto& round : view.rounds)
    if (round.network && round.network->invalid_note)
      body += fmt::format("<p>Round {}: {}</p>\n", round.round, html_text(*round.network->invalid_note));
  return html_section(2, "Simulations", body);
}

std::string training_section(const CampaignView& view, PictureBook& book) {
  constexpr std::size_t kMostPictures = 6;
  std::vector<std::vector<std::string>> rows;
  std::vector<const RoundView*> trained;
  for (const auto& round : view.rounds) {
    if (!round.network) continue;
    trained.push_back(&round);
    const auto& report = *round.network;
    rows.push_back({fmt::to_string(round.round), fmt::to_string(report.training_rows),
                    fmt::to_string(report.steps), fmt::to_string(report.best_step),
                    fmt::format("{:.4f}", report.validation_loss), percent_or_none(report.effective_fraction),
                    duration_text(report.seconds)});
  }
  if (rows.empty()) return "";
  auto body = html_table({"round", "simulations trained on", "steps", "best step", "validation loss",
                          "effective sample size", "time"},
                         rows);
  const auto first = trained.size() > kMostPictures ? trained.size() - kMostPictures : 0;
  body += "<div class=\"figures\">\n";
  for (std::size_t i = first; i < trained.size(); ++i) body += book.add(loss_picture(*trained[i]));
  return html_section(2, "Training", body + "</div>\n");
}

std::string time_section(const CampaignView& view, PictureBook& book) {
  if (view.steps.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  std::vector<double> busy;
  double simulating = 0;
  for (const auto& round : view.rounds) {
    auto& row = rows.emplace_back(std::vector{fmt::to_string(round.round)});
    for (const auto phase : {Phase::propose, Phase::simulate, Phase::train, Phase::infer}) {
      double seconds = 0;
      for (const auto& committed : view.steps)
        if (committed.step.round == round.round && committed.step.phase == phase)
          seconds += committed.seconds();
      row.push_back(seconds > 0 ? fmt::format("{:.1f}", seconds) : kNone);
    }
    if (!round.simulations || round.simulations->seconds <= 0) continue;
    simulating += round.simulations->seconds;
    if (round.busy_seconds.size() > busy.size()) busy.resize(round.busy_seconds.size());
    for (std::size_t rank = 0; rank < round.busy_seconds.size(); ++rank)
      busy[rank] += round.busy_seconds[rank];
  }
  for (double& share : busy) share = std::min(1.0, share / std::max(simulating, 1e-9));
  auto body = fmt::format("<p>The campaign ran for {} in all.</p>\n",
                          duration_text(view.status.at("elapsed_seconds").get<double>()));
  body += html_table({"round", "propose, s", "simulate, s", "train, s", "posterior, s"}, rows);
  body += "<div class=\"figures\">\n" + book.add(time_picture(view.steps));
  if (!busy.empty()) {
    const auto [least, most] = std::ranges::minmax_element(busy);
    auto picture = busy_picture(busy);
    picture.caption += fmt::format(
        " {} to {}, {} on average.", percent(*least), percent(*most),
        percent(std::accumulate(busy.begin(), busy.end(), 0.0) / static_cast<double>(busy.size())));
    body += book.add(std::move(picture));
  }
  return html_section(2, "Where the time went", body + "</div>\n");
}

}  // namespace snpse
