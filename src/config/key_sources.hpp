#pragma once

#include <map>
#include <string>

namespace snpse {

/// Where keys of the campaign file come from, by "section.key": the paper, or what else they are taken from.
/// Keys without an entry are our own.
const std::map<std::string, std::string>& key_sources();

}  // namespace snpse
