#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace snpse {

/// Reads and validates a campaign file: its preset's values first, then its keys over them. All that is wrong
/// is listed in one Error, each line naming its place. Errors: config; missing_input where only the
/// observation's file is absent or unreadable, or the campaign file is; data where only the observation
/// file's content is wrong. observation: a CSV file that takes the place of the [observation] section; empty:
/// none.
Config load_config(const std::filesystem::path& file, const std::filesystem::path& observation = {});

/// As load_config(), from text. source_name stands in the messages; relative paths are taken from
/// base_folder.
Config parse_config(const std::string& toml_text, const std::string& source_name,
                    const std::filesystem::path& base_folder);

/// config with other values for some keys; settings: one "section.key = value" each, as in a campaign file.
/// Errors as load_config().
Config with_settings(const Config& config, const std::vector<std::string>& settings);

/// The campaign file that has every key with its value and what it means. A function of config alone;
/// parse_config() gives config back.
std::string to_toml(const Config& config);

}  // namespace snpse
