#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace snpse {

/// What `snpse explain` says: of a key of a campaign file, "section.key" or the key alone, what it does,
/// which values it takes, its value in each preset and where it comes from; of a section, its keys; of a kind
/// of prior, its numbers. Error(usage) that names the nearest key for an unknown one.
std::string explanation_of(const std::string& name);

/// The same for machines: "keys", each with key, effect, values, default, paper (its value with
/// method.preset = "paper") and source, of a section all of its keys; and "priors", each with type and
/// numbers, whose values are texts.
nlohmann::ordered_json explanation_json(const std::string& name);

}  // namespace snpse
