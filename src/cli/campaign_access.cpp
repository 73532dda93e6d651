#include "snpse/cli/campaign_access.hpp"

#include <algorithm>
#include <utility>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "snpse/cli/config_file.hpp"
#include "snpse/diagnostics/c2st.hpp"

namespace snpse {

Config share_config(const World& world, const std::string& text_on_root) {
  std::string text = text_on_root;
  world.broadcast(text);
  return parse_config(text, "campaign.toml", ".");
}

std::string difference_of(const std::string& frozen, const std::string& wanted) {
  const auto differences = describe_difference(frozen, wanted);
  return differences.empty() ? "" : fmt::format("  {}", fmt::join(differences, "\n  "));
}

std::string describe_commit(const nlohmann::ordered_json& figures, int rounds) {
  const auto phase = figures.at("phase").get<std::string>();
  const auto seconds = figures.at("seconds").get<double>();
  const int number = figures.at("round").get<int>();
  const auto round = fmt::format("round {}/{}", number, std::max(number, rounds));
  if (phase == "propose") {
    const auto n = figures.at("simulations").get<std::int64_t>();
    if (figures.contains("leakage"))
      return fmt::format("{}: proposed {} parameters from the posterior so far ({:.1f} s)", round, n,
                         seconds);
    if (!figures.contains("acceptance"))
      return fmt::format("{}: proposed {} parameters from the prior", round, n);
    const auto kept = figures.contains("kept_of_region")
                          ? fmt::format(", {:.3g} % of what was simulated in before",
                                        100 * figures.at("kept_of_region").get<double>())
                          : "";
    return fmt::format(
        "{}: proposed {} parameters from the truncated prior: a box that holds {:.3g} % of the prior, of "
        "which {:.3g} % is in the region{} ({:.1f} s)",
        round, n, 100 * figures.at("prior_mass_of_box").get<double>(),
        100 * figures.at("acceptance").get<double>(), kept, seconds);
  }
  if (phase == "simulate") {
    const auto count = [&](const char* name) { return figures.at(name).get<std::int64_t>(); };
    return fmt::format("{}: simulated {} ok, {} invalid, {} failed, {} timed out ({:.1f} s)", round,
                       count("ok"), count("invalid"), count("failed"), count("timeout"), seconds);
  }
  if (phase == "train") {
    const auto effective = figures.contains("effective_share")
                               ? fmt::format(", effective sample size {:.3g} %",
                                             100 * figures.at("effective_share").get<double>())
                               : "";
    const auto outside =
        figures.contains("outside_share")
            ? fmt::format(
                  ", {:.2g} % of the posterior outside the region simulated in (up to {:.2g} % is no "
                  "sign of one too tight)",
                  100 * figures.at("outside_share").get<double>(),
                  100 * figures.at("outside_tolerance").get<double>())
            : "";
    return fmt::format("{}: trained on {} simulations in {} steps, validation loss {:.4f}{}{} ({:.1f} s)",
                       round, figures.at("training_rows").get<std::int64_t>(),
                       figures.at("steps").get<std::int64_t>(), figures.at("validation_loss").get<double>(),
                       effective, outside, seconds);
  }
  return fmt::format("posterior: {} samples, {:.3g} % of the draws leaked out of the prior ({:.1f} s)",
                     figures.at("samples").get<std::int64_t>(), 100 * figures.at("leakage").get<double>(),
                     seconds);
}

Comparison compare(const World& world, Matrix reference, Matrix theta, std::uint64_t seed) {
  world.on_root([&] {
    if (reference.cols() != theta.cols())
      fail(ExitCode::data, "the reference samples have {} columns, the posterior {}", reference.cols(),
           theta.cols());
    // The test needs as many draws of each.
    const auto n = std::min(theta.rows(), reference.rows());
    theta.conservativeResize(n, Eigen::NoChange);
    reference.conservativeResize(n, Eigen::NoChange);
  });
  world.broadcast(theta);
  world.broadcast(reference);
  const auto result = c2st(world, reference, theta, {.seed = seed});
  return {result.mean, result.folds};
}

Comparison compare_with_exact(const World& world, const std::filesystem::path& folder, const Config& config,
                              const Matrix& reference) {
  Matrix theta;
  Matrix exact = reference;
  world.on_root([&] {
    theta = CampaignFolder(folder).load_posterior().get<Matrix>("theta");
    if (exact.size() == 0)
      exact = make_task(config.simulator.task)
                  ->reference_posterior(config.observation.x, theta.rows(), config.seed);
  });
  return compare(world, std::move(exact), std::move(theta), config.seed);
}

namespace {

std::optional<CampaignFolder> open_on_root(const World& world, const std::filesystem::path& path) {
  std::optional<CampaignFolder> folder;
  world.on_root([&] { folder.emplace(path); });
  return folder;
}

}  // namespace

TrainedCampaign::TrainedCampaign(const World& world, const std::filesystem::path& path)
    : world_(world),
      path_(path),
      folder_(open_on_root(world, path)),
      config_(share_config(world, folder_ ? folder_->configuration() : "")),
      setup_(set_up(config_, path / "logs", world.rank())),
      method_(make_method(setup_, config_)),
      campaign_(world, folder_ ? &*folder_ : nullptr, *method_) {
  if (rounds() == 0)
    fail(ExitCode::missing_input, "'{}' has no trained network yet; go on with 'snpse run {}'", path.string(),
         path.string());
}

std::shared_ptr<const Posterior> TrainedCampaign::posterior(const Matrix& observations) const {
  return method_->joint_posterior(finished_rounds(), observations);
}

PosteriorSamples TrainedCampaign::sample(const Posterior& posterior, std::int64_t n, std::uint64_t seed,
                                         Log& log) const {
  return posterior.sample(world_, n, {seed, Purpose::posterior, static_cast<std::uint32_t>(rounds())}, log);
}

}  // namespace snpse
