#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "config/data_names.hpp"
#include "report/page/figures.hpp"
#include "report/page/html.hpp"
#include "report/page/sections.hpp"
#include "report/quantiles.hpp"
#include "util/text.hpp"

namespace snpse {
namespace {

using Json = nlohmann::ordered_json;

// So many values of x are a table and a picture of single values; more are shown as a series.
constexpr std::size_t kMostValues = 24;

/// How x is shown: as series of so many values each, or value by value.
struct Shown {
  std::size_t length = 0;  ///< of a series; 0: x is none
  DataLayout layout;

  explicit Shown(const CampaignView& view) : layout(data_layout(view.config)) {
    const auto p = static_cast<std::size_t>(view.observations.cols());
    const auto parts = static_cast<std::size_t>(view.config.model.summary_parts);
    if (!layout.times.empty())
      length = layout.times.size();
    else if (view.config.model.summary == SummaryKind::series)
      length = p / std::max<std::size_t>(parts, 1);
    else if (p > kMostValues)
      length = p;
  }
  std::string name(std::size_t series) const {
    if (series < layout.series.size()) return layout.series[series];
    return fmt::format("series {}", series + 1);
  }
};

std::vector<PredictiveBand> bands_of(const CampaignView& view, const Shown& shown) {
  const auto names = data_columns(view.config);
  std::vector<PredictiveBand> bands;
  for (Eigen::Index j = 0; j < std::min(view.predictive.cols(), view.observations.cols()); ++j) {
    std::vector<double> values;
    for (Eigen::Index i = 0; i < view.predictive.rows(); ++i)
      if (std::isfinite(view.predictive(i, j))) values.push_back(view.predictive(i, j));
    if (values.empty()) continue;
    const Vector finite = Eigen::Map<const Vector>(values.data(), std::ssize(values));
    const auto q = quantiles_of(finite, {0.05, 0.25, 0.5, 0.75, 0.95});
    const auto place = static_cast<std::size_t>(j);
    PredictiveBand band{names[place], q[0], q[1], q[2], q[3], q[4], {}, 0, 0, static_cast<double>(j + 1)};
    if (shown.length > 0) {
      band.series = place / shown.length;
      const auto within = place % shown.length;
      band.at = shown.layout.times.empty() ? static_cast<double>(within + 1) : shown.layout.times[within];
    }
    for (Eigen::Index row = 0; row < view.observations.rows(); ++row)
      band.observed.push_back(view.observations(row, j));
    band.position = static_cast<double>((finite.array() < band.observed.front()).count()) /
                    static_cast<double>(finite.size());
    bands.push_back(std::move(band));
  }
  return bands;
}

/// A picture for each of the first few series.
std::string series_figures(const std::vector<PredictiveBand>& bands, const Shown& shown, PictureBook& book) {
  constexpr std::size_t kMostSeries = 12;
  std::string figures;
  for (std::size_t begin = 0; begin < bands.size() && bands[begin].series < kMostSeries;) {
    auto end = begin;
    while (end < bands.size() && bands[end].series == bands[begin].series) ++end;
    auto picture = series_picture({bands.begin() + static_cast<std::ptrdiff_t>(begin),
                                   bands.begin() + static_cast<std::ptrdiff_t>(end)},
                                  shown.layout.times.empty() ? "value of x" : "time");
    if (bands.back().series > 0)
      picture.caption =
          fmt::format("<strong>{}.</strong> ", html_text(shown.name(bands[begin].series))) + picture.caption;
    figures += book.add(std::move(picture));
    begin = end;
  }
  return figures;
}

std::string bands_table(const std::vector<PredictiveBand>& bands) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& band : bands) {
    const double deviation = (band.high - band.low) / 3.3;
    rows.push_back({html_text(band.name), rounded(band.observed.front(), deviation),
                    rounded(band.median, deviation), rounded(band.low, deviation),
                    rounded(band.high, deviation),
                    std::isfinite(band.observed.front()) ? percent(band.position) : "\u2013"});
  }
  return html_table({"value", "observed", "median", "5 %", "95 %", "data below the observed value"}, rows);
}

std::string cell(const Json& finding, const char* key) {
  return finding.at(key).is_null() ? "\u2013" : fmt::format("{:.3g}", finding.at(key).get<double>());
}

const Json* finding_of(const Json& diagnosis, const char* check) {
  for (const auto& finding : diagnosis.at("findings"))
    if (finding.at("check") == check) return &finding;
  return nullptr;
}

std::vector<std::vector<double>> curves_of(const Json* finding) {
  std::vector<std::vector<double>> curves;
  if (finding == nullptr || !finding->contains("curves")) return curves;
  for (const auto& curve : finding->at("curves")) {
    auto values = curve.at("values").get<std::vector<double>>();
    if (values.size() > 1) curves.push_back(std::move(values));
  }
  return curves;
}

std::string curve_figures(const Json& diagnosis, PictureBook& book) {
  std::string figures;
  const auto* sbc = finding_of(diagnosis, "sbc");
  if (const auto curves = curves_of(sbc); !curves.empty()) {
    auto picture = rank_picture(curves, sbc->at("threshold").get<double>());
    picture.caption =
        "Simulation-based calibration: a line for each parameter stays in the band where its posteriors are exact.";
    figures += book.add(std::move(picture));
  }
  const auto add = [&](const char* check, const char* nominal, const char* caption) {
    const auto* finding = finding_of(diagnosis, check);
    const auto curves = curves_of(finding);
    if (curves.empty()) return;
    auto picture = coverage_picture(curves.front(), finding->at("threshold").get<double>(), nominal);
    picture.caption = caption;
    figures += book.add(std::move(picture));
  };
  add("coverage", "size of the highest-density region",
      "Coverage: how often regions of a size hold the true parameters. Below the band the posterior is too narrow.");
  add("tarp", "size of the region around a random point",
      "TARP: the same for regions around points that depend on the data.");
  return figures.empty() ? "" : "<div class=\"figures\">\n" + figures + "</div>\n";
}

std::string findings_table(const Json& diagnosis) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& finding : diagnosis.at("findings"))
    rows.push_back({html_text(finding.at("check").get<std::string>()),
                    html_text(finding.at("verdict").get<std::string>()),
                    html_text(finding.at("what").get<std::string>()), cell(finding, "figure"),
                    html_text(finding.at("passes").get<std::string>()) + " " + cell(finding, "threshold")});
  return html_table({"check", "verdict", "what", "figure", "passes"}, rows, 3);
}

std::string self_check_table(const CampaignView& view) {
  std::vector<std::vector<std::string>> rows;
  std::int64_t pairs = 0;
  for (const auto& committed : view.steps) {
    const auto* report = std::get_if<InferenceReport>(&committed.report);
    if (report == nullptr || !report->self_check) continue;
    rows.clear();
    pairs = report->self_check->pairs;
    for (const auto& check : report->self_check->checks)
      rows.push_back({html_text(check.check), html_text(check.verdict), fmt::format("{:.3g}", check.figure),
                      fmt::format("at most {:.3g}", check.threshold)});
  }
  if (rows.empty()) return "";
  return fmt::format("<p>At the end of the run, on {} held-out simulations:</p>\n", pairs) +
         html_table({"check", "verdict", "figure", "passes"}, rows, 2);
}

}  // namespace

std::string predictive_section(const CampaignView& view, PictureBook& book) {
  if (!view.summary) return "";
  const Shown shown(view);
  const auto bands = bands_of(view, shown);
  if (bands.empty())
    return html_section(2, "Data at draws of the posterior",
                        "<p>Nothing was simulated at draws of the posterior yet: snpse diagnose, or "
                        "snpse report with <code>--predict</code> does.</p>\n");
  const bool is_series = shown.length > 0;
  auto body =
      fmt::format("<p>{} simulations at draws of the posterior, {} of them valid.</p>\n",
                  view.predictive.rows(), (view.predictive.array().isFinite().rowwise().all()).count());
  body += (is_series ? series_figures(bands, shown, book) : book.add(values_picture(bands)));
  body += is_series ? html_details("All values", bands_table(bands)) : bands_table(bands);
  return html_section(2, "Data at draws of the posterior", body);
}

std::string checks_section(const CampaignView& view, PictureBook& book) {
  std::string body;
  if (view.diagnosis) body = findings_table(*view.diagnosis) + curve_figures(*view.diagnosis, book);
  return html_section(2, "Checks", body + self_check_table(view));
}

}  // namespace snpse
