#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "report/page/corner.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

constexpr std::size_t kMostInCorner = 10;    // parameters that all have a place
constexpr std::size_t kChosenForCorner = 7;  // of more parameters
constexpr std::size_t kMostMarginals = 60;
constexpr std::size_t kMostPairs = 8;
constexpr std::size_t kMostRounds = 3;  // whose parameters a picture shows

std::vector<Axis> axes_of(const CampaignView& view) {
  std::vector<Axis> axes;
  for (Eigen::Index j = 0; j < view.draws.cols(); ++j) {
    auto axis = axis_of(view.draws.col(j), view.prior.rows() > 0 ? Vector(view.prior.col(j)) : Vector());
    if (view.truth) {
      const double room = 0.05 * axis.width();
      axis.low = std::min(axis.low, (*view.truth)[j] - room);
      axis.high = std::max(axis.high, (*view.truth)[j] + room);
    }
    axes.push_back(axis);
  }
  return axes;
}

/// Rounds to show beside the prior and the posterior: round 1 is the prior, and of many only some.
std::vector<std::size_t> shown_rounds(std::size_t rounds) {
  std::vector<std::size_t> shown;
  const std::size_t later = rounds > 0 ? rounds - 1 : 0;
  const std::size_t n = std::min(later, kMostRounds);
  for (std::size_t i = 1; i <= n; ++i) shown.push_back((i * later + n - 1) / n);
  return shown;
}

ParameterPlots plots_of(const CampaignView& view) {
  constexpr std::array kDashes{4, 2, 3};
  ParameterPlots plots{view.names, axes_of(view), {}, view.truth};
  if (view.prior.rows() > 0) plots.layers.push_back({&view.prior, kGrey, false, 2});
  const auto rounds = shown_rounds(view.rounds.size());
  for (std::size_t i = 0; i < rounds.size(); ++i)
    plots.layers.push_back({&view.rounds[rounds[i]].proposed, kOrange, false, kDashes[i % kDashes.size()]});
  plots.layers.push_back({&view.draws, kBlue, true});
  return plots;
}

std::string legend_of(const CampaignView& view) {
  std::string legend = "<span class=\"key blue\"></span>posterior: in a pair the regions of 50 % and 95 %";
  if (view.prior.rows() > 0) legend += " <span class=\"key grey thin dashed\"></span>prior";
  const auto rounds = shown_rounds(view.rounds.size());
  if (!rounds.empty()) {
    legend += " <span class=\"key orange thin dashed\"></span>parameters that round ";
    for (std::size_t i = 0; i < rounds.size(); ++i)
      legend += fmt::format("{}{}", i == 0 ? "" : i + 1 == rounds.size() ? " and " : ", ", rounds[i] + 1);
    legend += " simulated";
  }
  if (view.truth) legend += " <span class=\"key red thin\"></span>true value";
  return legend +
         ". Each curve is scaled to its highest point; thin outlines stand where a density is a fifth of its highest value.";
}

/// The parameters, those that the data tell most of first; in their order where no prior is known.
std::vector<Eigen::Index> by_information(const CampaignView& view) {
  std::vector<Eigen::Index> order(view.names.size());
  std::iota(order.begin(), order.end(), 0);
  if (view.prior.rows() > 0)
    std::ranges::stable_sort(order, {}, [&](Eigen::Index j) { return view.width(j); });
  return order;
}

/// For the corner: the most informed parameters, and those of the strongest correlations.
std::vector<Eigen::Index> chosen(const CampaignView& view) {
  auto order = by_information(view);
  if (order.size() <= kMostInCorner) {
    std::ranges::sort(order);
    return order;
  }
  std::vector<Eigen::Index> some;
  const auto add = [&](Eigen::Index j) {
    if (some.size() < kChosenForCorner && std::ranges::find(some, j) == some.end()) some.push_back(j);
  };
  for (std::size_t i = 0; i < 4; ++i) add(order[i]);
  for (const auto& pair : view.summary->correlations) {
    add(static_cast<Eigen::Index>(pair.first));
    add(static_cast<Eigen::Index>(pair.second));
  }
  for (const auto j : order) add(j);
  return some;
}

std::string summary_html(const CampaignView& view) {
  const auto& summary = *view.summary;
  std::vector<std::string> head{"parameter", "mean", "sd", "median", "5 %", "95 %", "mode", "shrinkage"};
  if (view.truth) head.emplace_back("true value");
  std::vector<std::vector<std::string>> rows;
  for (std::size_t j = 0; j < summary.parameters.size(); ++j) {
    const auto& p = summary.parameters[j];
    auto& row = rows.emplace_back(std::vector{html_text(p.name)});
    for (const double value : {p.mean, p.sd, p.median, p.q05, p.q95, p.mode})
      row.push_back(rounded(value, p.sd));
    row.push_back(p.shrinkage ? percent(*p.shrinkage) : "\u2013");
    if (view.truth) row.push_back(rounded((*view.truth)[static_cast<Eigen::Index>(j)], p.sd));
  }
  auto text = html_table(head, rows);
  text += fmt::format(
      "<p>{} draws{}. Shrinkage: 1 \u2212 variance / variance of the prior, 0 % where the data say "
      "nothing. Mode: {}.</p>\n",
      summary.draws,
      summary.leakage
          ? fmt::format(", {} leaked out of the prior and were rejected", percent(*summary.leakage))
          : "",
      summary.mode_by == ModeBy::density ? "the draw of the greatest log-density"
                                         : "of each parameter alone, by a kernel estimate");
  return text;
}

std::string correlations_html(const CampaignView& view) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& pair : view.summary->correlations)
    rows.push_back({html_text(view.names[pair.first]), html_text(view.names[pair.second]),
                    fmt::format("{:.2f}", pair.value)});
  return rows.empty()
             ? ""
             : html_section(3, "Strongest correlations", html_table({"", "", "correlation"}, rows, 2));
}

/// What the corner leaves out of many parameters.
std::string other_pictures(const CampaignView& view, const ParameterPlots& plots, PictureBook& book) {
  if (view.names.size() <= kMostInCorner) return "";
  std::vector<std::pair<Eigen::Index, Eigen::Index>> pairs;
  for (const auto& pair : view.summary->correlations)
    if (pairs.size() < kMostPairs)
      pairs.emplace_back(static_cast<Eigen::Index>(pair.first), static_cast<Eigen::Index>(pair.second));
  std::string text;
  if (!pairs.empty()) {
    auto picture = pairs_picture(plots, pairs);
    picture.caption = "The pairs of the strongest correlations.";
    text += book.add(std::move(picture));
  }
  auto order = by_information(view);
  if (order.size() > kMostMarginals) order.resize(kMostMarginals);
  auto picture = marginals_picture(plots, order);
  picture.caption = order.size() == view.names.size()
                        ? std::string("All parameters, those that the data tell most of first.")
                        : fmt::format("The {} parameters that the data tell most of.", order.size());
  return text + book.add(std::move(picture));
}

}  // namespace

std::string rounded(double value, double deviation) {
  constexpr std::size_t kLongest = 12;
  if (!std::isfinite(value)) return "\u2013";
  const double scale = deviation > 0 ? deviation : std::abs(value);
  const int decimals = scale > 0 ? std::clamp(2 - static_cast<int>(std::floor(std::log10(scale))), 0, 9) : 0;
  const auto plain = fmt::format("{:.{}f}", value, decimals);
  return plain.size() <= kLongest ? plain : fmt::format("{:.3e}", value);
}

std::string posterior_section(const CampaignView& view, PictureBook& book) {
  if (!view.summary) return "";
  const auto plots = plots_of(view);
  auto corner = corner_picture(plots, chosen(view));
  corner.caption = legend_of(view);
  return html_section(2, "Posterior",
                      book.add(std::move(corner)) + summary_html(view) + other_pictures(view, plots, book) +
                          correlations_html(view));
}

std::string compared_posteriors(std::span<const CampaignView> views, PictureBook& book) {
  constexpr std::array kColours{kBlue, kOrange, kGreen, kRed};
  constexpr std::array kClasses{"blue", "orange", "green", "red"};
  const auto& first = views.front();
  const bool comparable = std::ranges::all_of(
      views, [&](const CampaignView& view) { return view.summary && view.names == first.names; });
  if (!comparable || views.size() > kColours.size()) return "";
  ParameterPlots plots{first.names, axes_of(first), {}, first.truth};
  std::string legend;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto axes = axes_of(views[i]);
    for (std::size_t j = 0; j < axes.size(); ++j)
      plots.axes[j] = {std::min(plots.axes[j].low, axes[j].low), std::max(plots.axes[j].high, axes[j].high)};
    plots.layers.push_back({&views[i].draws, kColours[i], true, static_cast<int>(i) + 1});
    legend += fmt::format("<span class=\"key {}{}\"></span>{} ", kClasses[i], i == 0 ? "" : " dashed",
                          html_text(views[i].path.string()));
  }
  auto corner = corner_picture(plots, chosen(first));
  corner.caption = legend + ": regions of 50 % and 95 %.";
  std::vector<std::string> head{"parameter", "campaign", "mean", "sd", "5 %", "95 %"};
  std::vector<std::vector<std::string>> rows;
  for (std::size_t j = 0; j < first.names.size(); ++j)
    for (const auto& view : views) {
      const auto& p = view.summary->parameters[j];
      rows.push_back({html_text(p.name), html_text(view.path.string()), rounded(p.mean, p.sd),
                      rounded(p.sd, p.sd), rounded(p.q05, p.sd), rounded(p.q95, p.sd)});
    }
  return html_section(2, "Posteriors side by side", book.add(std::move(corner)) + html_table(head, rows, 2));
}

}  // namespace snpse
