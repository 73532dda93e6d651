#include "config/simulator_location.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>

namespace snpse {
namespace fs = std::filesystem;
namespace {

/// Whether a relative path leads out of its folder.
bool leads_out(const fs::path& relative) {
  return relative.empty() || *relative.begin() == "..";
}

/// The path as seen from the folder that it lies in; empty where it lies elsewhere, or is no absolute path.
fs::path inside(const std::string& path, const fs::path& folder) {
  if (!fs::path(path).is_absolute()) return {};
  const auto relative = fs::path(path).lexically_relative(folder);
  return leads_out(relative) || relative == "." ? fs::path() : relative;
}

/// Whether simulator.files lists the file, or a folder that holds it.
bool is_listed(const fs::path& file, const std::vector<std::string>& files) {
  return std::ranges::any_of(files, [&](const std::string& listed) {
    const auto below = file.lexically_relative(fs::path(listed).lexically_normal());
    return !leads_out(below);
  });
}

/// The lists of words of which some name files.
std::array<std::vector<std::string>*, 4> words_of(SimulatorOptions& simulator) {
  auto& run = simulator.run_options;
  return {&simulator.command, &simulator.run, &run.link, &run.copy};
}

void move(Config& config, const fs::path& to, const std::function<bool(const fs::path&)>& moves) {
  const fs::path from = config.simulator.folder;
  const fs::path target = absolute_folder(to);
  const auto move_path = [&](std::string& path) {
    const auto relative = inside(path, from);
    if (!relative.empty() && moves(relative)) path = (target / relative).string();
  };
  for (auto* words : words_of(config.simulator))
    for (auto& word : *words) move_path(word);
  move_path(config.simulator.library);
  move_path(config.simulator.run_options.template_file);
  move_path(config.prior_library);
  config.simulator.folder = target.string();
}

}  // namespace

fs::path absolute_folder(const fs::path& folder) {
  const auto path = fs::absolute(folder.empty() ? "." : folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

void resolve_command(SimulatorOptions& simulator) {
  std::error_code ignored;
  for (auto* words : {&simulator.command, &simulator.run})
    for (auto& word : *words)
      if (const auto file = fs::path(simulator.folder) / word; fs::is_regular_file(file, ignored))
        word = file.lexically_normal().string();
  for (auto* words : {&simulator.run_options.link, &simulator.run_options.copy})
    for (auto& word : *words) word = absolute_folder(fs::path(simulator.folder) / word).string();
}

void move_simulator(Config& config, const fs::path& to) {
  move(config, to, [](const fs::path&) { return true; });
}

void move_simulator_files(Config& config, const fs::path& to) {
  move(config, to, [&](const fs::path& file) { return is_listed(file, config.simulator.files); });
}

Config relative_to(const Config& config, const fs::path& base) {
  Config result = config;
  const fs::path from = absolute_folder(base);
  auto& simulator = result.simulator;
  for (auto* words : words_of(simulator))
    for (auto& word : *words)
      if (const auto relative = inside(word, simulator.folder); !relative.empty()) word = relative.string();
  for (auto* path :
       {&simulator.folder, &simulator.library, &simulator.run_options.template_file, &result.prior_library})
    if (!path->empty()) *path = fs::path(*path).lexically_relative(from).string();
  return result;
}

}  // namespace snpse
