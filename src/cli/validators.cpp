#include "cli/validators.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/ranges.h>

#include "tasks/task.hpp"
#include "util/nearest.hpp"

namespace snpse {

CLI::Validator one_of(const std::vector<std::string>& names) {
  const auto check = [names](const std::string& word) {
    if (std::find(names.begin(), names.end(), word) != names.end()) return std::string();
    return fmt::format("there is no '{}'; did you mean '{}'?", word, nearest(word, names));
  };
  return {check, fmt::format("{{{}}}", fmt::join(names, ","))};
}

bool is_grid_file(const std::string& word) {
  return word.ends_with(".toml");
}

CLI::Validator task_or_grid_file() {
  const auto task = one_of(task_names());
  return {[task](std::string& word) { return is_grid_file(word) ? std::string() : task(word); },
          task.get_description() + " or FILE.toml"};
}

CLI::Validator folder_or_task() {
  const auto task = one_of(task_names());
  return {[task](std::string& word) {
            std::error_code ignored;
            return std::filesystem::is_directory(word, ignored) ? std::string() : task(word);
          },
          "DIR or " + task.get_description()};
}

}  // namespace snpse
