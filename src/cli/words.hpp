#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace snpse {

/// The verbs of the program.
std::vector<std::string> verbs_of(const CLI::App& app);

/// The message for arguments that CLI11 did not expect: it names the nearest verb or option.
std::string unexpected(const CLI::App& app, const std::string& argument);

}  // namespace snpse
