#include "campaign/trained_campaign.hpp"

#include <utility>

#include "campaign/simulator_host.hpp"
#include "config/config_file.hpp"
#include "config/simulator_location.hpp"
#include "util/shell.hpp"

namespace snpse {

Config broadcast_config(const World& world, const std::string& text_on_root,
                        const std::filesystem::path& base) {
  std::string text = text_on_root;
  world.broadcast(text);
  return parse_config(text, "campaign.toml", base);
}

Config configuration_of(const World& world, const std::filesystem::path& path,
                        const std::string& text_on_root, const std::filesystem::path& simulator) {
  auto config = broadcast_config(world, text_on_root, path);
  if (!simulator.empty()) move_simulator(config, simulator);
  return config;
}

namespace {

[[noreturn]] void fail_untrained(const std::filesystem::path& path) {
  fail(ExitCode::missing_input, "'{}' has no trained network yet; go on with 'snpse run {}'", path.string(),
       shell_word(path));
}

std::optional<CampaignFolder> open_on_root(const World& world, const std::filesystem::path& path) {
  std::optional<CampaignFolder> folder;
  world.on_root([&] {
    folder.emplace(path);
    const int last = folder->last_round();
    if (last == 0) fail_untrained(path);
    folder->load_network(last);  // for its checks, before anything that the configuration names is loaded
  });
  return folder;
}

}  // namespace

TrainedCampaign::TrainedCampaign(const World& world, const std::filesystem::path& path, Log& log,
                                 const SimulatorSource& simulator)
    : world_(world),
      path_(path),
      folder_(open_on_root(world, path)),
      config_(configuration_of(world, path, folder_ ? folder_->configuration() : "", simulator.folder)),
      setup_(set_up(config_, simulator_host(world, config_, path, simulator.in_process, log))),
      method_(make_method(setup_, config_)),
      campaign_(world, folder_ ? &*folder_ : nullptr, *method_, size_of(setup_)) {
  if (rounds() == 0) fail_untrained(path);
}

std::shared_ptr<const PosteriorDistribution> TrainedCampaign::posterior(const Matrix& observations) const {
  return method_->joint_posterior(finished_rounds(), observations);
}

DrawKey TrainedCampaign::draw_key(std::uint64_t seed) const {
  return {seed, Purpose::posterior, static_cast<std::uint32_t>(rounds())};
}

PosteriorSamples TrainedCampaign::sample(const PosteriorDistribution& posterior, std::int64_t n,
                                         std::uint64_t seed, Log& log) const {
  return posterior.sample(world_, n, draw_key(seed), log);
}

}  // namespace snpse
