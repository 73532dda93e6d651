#pragma once

#include <string>

namespace snpse {

/// A campaign file with another value for the key of a section; all else stays as it is written. value: as
/// TOML writes it. Error(config) where the file is no TOML or lacks the key.
std::string with_value(const std::string& toml_text, const std::string& section, const std::string& key,
                       const std::string& value);

}  // namespace snpse
