#pragma once

#include "config/value_reader.hpp"

namespace snpse {

/// Error(config) that names line and column where the text is no TOML. source_name: stands in the messages.
toml::table parse_toml(const std::string& text, const std::string& source_name);

/// Reads the keys of a section that are given. node: what stands under its name.
void read_section(const toml::node& node, const Section& section, ValueReader& reader);

}  // namespace snpse
