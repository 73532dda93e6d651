#pragma once

#include <string>

namespace snpse {

/// What `snpse explain` says: of a key of a campaign file, "section.key" or the key alone, what it does,
/// which values it takes, its value in each preset and where it comes from; of a section, its keys; of a kind
/// of prior, its numbers. Error(usage) that names the nearest key for an unknown one.
std::string explanation_of(const std::string& name);

}  // namespace snpse
