#pragma once

#include "config/value_reader.hpp"

namespace snpse {

/// Reads [[parameter]] and [prior] of the campaign file into config.
void read_priors(const toml::table& root, ValueReader& reader, Config& config);

}  // namespace snpse
